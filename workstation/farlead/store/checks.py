"""What ``doctor`` asks: nothing lost, nothing contradictory, nothing damaged."""

from sqlalchemy import Connection, and_, exists, func, not_, or_, select

from farlead.messages import Message, message
from farlead.model.lives import DeliveryState, ReportState, StudyState
from farlead.model.review import Outcome
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.values import Balance

_STUDY = schema.study.c
_CLAIM = schema.claim.c
_REPORT = schema.report.c
_DELIVERY = schema.delivery.c
_REVIEW = schema.review.c


class CheckPart(Base):
    """Checks that change nothing."""

    def balance(self) -> Balance:
        """Arrivals by the audit trail against studies by state, at one moment."""
        with self._read() as connection:
            arrived = connection.execute(
                select(func.count()).where(schema.audit.c.action == "study.arrived")
            ).scalar_one()
            rows = connection.execute(select(_STUDY.state, func.count()).group_by(_STUDY.state))
            counted = {StudyState(state): int(number) for state, number in rows}
            states = {state: counted.get(state, 0) for state in StudyState}
            return Balance(int(arrived), states, self.now())

    def identity_conflicts(self) -> int:
        """Studies that nobody may sign before a reader has confirmed whose they are."""
        done = (StudyState.REPORTED, StudyState.WITHDRAWN)
        with self._read() as connection:
            return int(
                connection.execute(
                    select(func.count()).where(
                        _STUDY.identity_conflict != 0, _STUDY.state.not_in(done)
                    )
                ).scalar_one()
            )

    def check(self) -> list[Message]:
        """Everything that is wrong with the store; empty when it is sound."""
        balance = self.balance()
        with self._read() as connection:
            found = [
                message("store.damaged", what=what) for what in self._database.damage(connection)
            ]
            lacks = self._database.missing(connection)
            if lacks:
                found.append(message("store.schema_missing", names=", ".join(sorted(lacks))))
            found += _contradictions(connection)
        if not balance.whole:
            found.append(
                message(
                    "store.unbalanced",
                    arrived=balance.arrived,
                    found=sum(balance.states.values()),
                )
            )
        return found


def _contradictions(connection: Connection) -> list[Message]:
    held = exists().where(_CLAIM.study_id == _STUDY.id)
    issued = (str(ReportState.FINAL), str(ReportState.WITHDRAWN))
    final = exists().where(_REPORT.study_id == _STUDY.id, _REPORT.state.in_(issued))
    amended = exists().where(_REPORT.study_id == _STUDY.id, _REPORT.supersedes.is_not(None))
    rules = {
        "store.claimed_by_nobody": and_(_STUDY.state == StudyState.CLAIMED, not_(held)),
        "store.held_but_free": and_(_STUDY.state != StudyState.CLAIMED, held),
        "store.reported_without_report": and_(_STUDY.state == StudyState.REPORTED, not_(final)),
        "store.final_but_open": and_(_STUDY.state != StudyState.REPORTED, final, not_(amended)),
    }
    found = [
        message(identifier, number=str(number))
        for identifier, rule in rules.items()
        for number in connection.execute(select(_STUDY.number).where(rule)).scalars()
    ]
    delivered = exists().where(_DELIVERY.report_id == _REPORT.id)
    replaced = exists().where(_REVIEW.report_id == _REPORT.id, _REVIEW.outcome == Outcome.REPLACED)
    lost = select(_REPORT.id).where(
        or_(_REPORT.state == ReportState.FINAL, _REPORT.state == ReportState.SUPERSEDED),
        not_(or_(delivered, replaced)),
    )
    found += [
        message("store.signed_not_sent", report=report)
        for report in connection.execute(lost).scalars()
    ]
    unsigned = (
        select(_DELIVERY.id)
        .join(schema.report, _REPORT.id == _DELIVERY.report_id)
        .where(_REPORT.state == ReportState.DRAFT, _DELIVERY.state != DeliveryState.PARKED)
    )
    found += [
        message("store.sent_not_signed", delivery=delivery)
        for delivery in connection.execute(unsigned).scalars()
    ]
    return found

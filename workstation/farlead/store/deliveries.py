"""How deliveries stand: what is due, what waits for whom, what became of it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select

from farlead.errors import NotFound
from farlead.messages import message
from farlead.model.connection import Backlog, Parked
from farlead.model.lives import DeliveryState
from farlead.model.report import Delivery, DeliveryEvent, NoticeKind
from farlead.store import leases, schema
from farlead.store.base import Base
from farlead.store.columns import Selection
from farlead.store.rows import delivery_of, message_of

_DELIVERY, _NOTICE = schema.delivery.c, schema.notice.c
_WORST = (
    DeliveryState.PARKED, DeliveryState.DUE, DeliveryState.SENT, DeliveryState.CONFIRMED,
)  # fmt: skip
_ENDED = (DeliveryState.CONFIRMED, DeliveryState.DROPPED)
_FIRST = (
    NoticeKind.CRITICAL, NoticeKind.CRITICAL_OVER, NoticeKind.RETAKE, NoticeKind.RETAKE_OVER,
)  # fmt: skip
_PRESSING = case((_NOTICE.kind.in_(_FIRST), 0), else_=1)

#: Kind of the leases of destinations.
DESTINATION = "delivery"


class DeliveriesPart(Base):
    """Looks at the outbox; nothing is changed."""

    def due_deliveries(self, limit: int, *, to: str | None = None) -> list[Delivery]:
        """Deliveries whose time has come; `to` one place, or to all.

        Critical values and retakes go first, because a patient may still be lying there; then
        what has waited longest.
        """
        query = _with_notice(select(schema.delivery)).where(_due(self.now()))
        if to is not None:
            query = query.where(_DELIVERY.destination == to)
        query = query.order_by(_PRESSING, _DELIVERY.created, _DELIVERY.id)
        with self._read() as connection:
            rows = connection.execute(query.limit(limit))
            return [delivery_of(row) for row in rows]

    def free_destinations(self, limit: int, *, but: Collection[str] = ()) -> list[str]:
        """Where something is to be done and nobody is at it, the longest waiting first.

        Deliveries are due there, or were begun by a process that is gone.
        """
        with self._read() as connection:
            others = {*but, *leases.taken(connection, DESTINATION, self.now())}
            rows = connection.execute(
                _with_notice(select(_DELIVERY.destination))
                .where(
                    or_(_due(self.now()), _left(self.now())),
                    _DELIVERY.destination.not_in(sorted(others)),
                )
                .group_by(_DELIVERY.destination)
                .order_by(func.min(_PRESSING), func.min(_DELIVERY.created), _DELIVERY.destination)
                .limit(limit)
            )
            return [str(name) for name in rows.scalars()]

    def deliveries(self, study_id: int) -> list[Delivery]:
        """All deliveries of a study's reports."""
        with self._read() as connection:
            rows = connection.execute(
                select(schema.delivery).where(_DELIVERY.study_id == study_id).order_by(_DELIVERY.id)
            )
            return [delivery_of(row) for row in rows]

    def brought(self, studies: Collection[int]) -> dict[int, DeliveryState]:
        """How far each study is at its destinations: the worst counts."""
        with self._read() as connection:
            return brought(connection, studies)

    def deliveries_of(self, report_id: int) -> list[tuple[Delivery, NoticeKind | None]]:
        """Deliveries of one version of a report, the first one first; with what is told of it.

        None is the report itself; a preliminary report and a withdrawal are notices about it.
        """
        with self._read() as connection:
            rows = connection.execute(
                _with_notice(select(schema.delivery, _NOTICE.kind.label("kind")))
                .where(or_(_DELIVERY.report_id == report_id, _NOTICE.report_id == report_id))
                .order_by(_DELIVERY.id)
            ).all()
            return [(delivery_of(row), NoticeKind(row.kind) if row.kind else None) for row in rows]

    def failing_deliveries(self) -> list[Delivery]:
        """Deliveries whose last try failed and that will be tried again."""
        return self._not_confirmed(_DELIVERY.state == DeliveryState.DUE, _DELIVERY.attempts > 0)

    def open_deliveries(self) -> list[Delivery]:
        """Everything that has still to arrive, the oldest first."""
        return self._not_confirmed(_DELIVERY.state.not_in(_ENDED))

    def parked_deliveries(self, number: str) -> list[Delivery]:
        """Those of the study of this number that wait for a person; NotFound."""
        with self._read() as connection:
            study_id = connection.execute(
                select(schema.study.c.id).where(schema.study.c.number == number)
            ).scalar()
        if study_id is None:
            raise NotFound(message("store.no_number", number=number))
        return self._not_confirmed(
            _DELIVERY.state == DeliveryState.PARKED, _DELIVERY.study_id == study_id
        )

    def parked_at(self, destination: str) -> list[Parked]:
        """What waits for a person at one destination, the oldest first."""
        study, report = schema.study.c, schema.report.c
        with self._read() as connection:
            rows = connection.execute(
                select(
                    _DELIVERY.id, study.number, report.version, _NOTICE.kind, _DELIVERY.changed,
                    _DELIVERY.attempts, _DELIVERY.error,
                )
                .join(schema.study, study.id == _DELIVERY.study_id)
                .join(schema.notice, _NOTICE.id == _DELIVERY.notice_id, isouter=True)
                .join(
                    schema.report,
                    report.id == func.coalesce(_DELIVERY.report_id, _NOTICE.report_id),
                    isouter=True,
                )
                .where(
                    _DELIVERY.state == DeliveryState.PARKED, _DELIVERY.destination == destination
                )
                .order_by(_DELIVERY.changed, _DELIVERY.id)
            )  # fmt: skip
            return [
                Parked(
                    r.id,
                    r.number,
                    r.version,
                    r.changed,
                    r.attempts,
                    message_of(r.error),
                    NoticeKind(r.kind) if r.kind else None,
                )
                for r in rows
            ]

    def _not_confirmed(self, *conditions: ColumnElement[bool]) -> list[Delivery]:
        with self._read() as connection:
            rows = connection.execute(
                select(schema.delivery).where(*conditions).order_by(_DELIVERY.id)
            )
            return [delivery_of(row) for row in rows]

    def backlogs(self) -> dict[str, Backlog]:
        """How deliveries to each destination stand, by its name."""
        state, destination = _DELIVERY.state, _DELIVERY.destination
        under_way = state.in_([DeliveryState.DUE, DeliveryState.SENT])
        with self._read() as connection:
            counted = connection.execute(
                select(
                    destination,
                    func.sum(case((under_way, 1), else_=0)),
                    func.sum(case((state == DeliveryState.PARKED, 1), else_=0)),
                    func.max(_DELIVERY.confirmed),
                    func.sum(case((state == DeliveryState.SENT, 1), else_=0)),
                ).group_by(destination)
            ).all()
            failed = connection.execute(
                select(destination, _DELIVERY.error)
                .where(state.not_in(_ENDED), _DELIVERY.error.is_not(None))
                .order_by(_DELIVERY.changed)
            ).all()
        troubles = {str(name): message_of(error) for name, error in failed}
        return {
            str(name): Backlog(
                int(waiting), int(parked), confirmed, troubles.get(str(name)), int(sent)
            )
            for name, waiting, parked, confirmed, sent in counted
        }

    def awaiting_answer(self) -> list[Delivery]:
        """Deliveries whose receiver was asked to vouch for them and has not answered."""
        return self._not_confirmed(
            _DELIVERY.state == DeliveryState.SENT, _DELIVERY.asked.is_not(None)
        )

    def left_deliveries(self, destination: str) -> list[Delivery]:
        """Tries to a place that were begun and not ended: who has the place now made none of them.

        Whoever made them is gone; or its receiver was asked to vouch for it, and did not in time.
        """
        with self._read() as connection:
            rows = connection.execute(
                select(schema.delivery)
                .where(_left(self.now()), _DELIVERY.destination == destination)
                .order_by(_DELIVERY.created, _DELIVERY.id)
            )
            return [delivery_of(row) for row in rows]

    def brought_before(self, delivery: Delivery) -> tuple[Delivery, ...]:
        """Reports of the same study that may have reached the same destination before this.

        The first one first; preliminary ones count.
        """
        with self._read() as connection:
            rows = connection.execute(
                select(schema.delivery)
                .join(schema.notice, _NOTICE.id == _DELIVERY.notice_id, isouter=True)
                .where(
                    _DELIVERY.study_id == delivery.study,
                    _DELIVERY.destination == delivery.destination,
                    _DELIVERY.id < delivery.id,
                    begun(),
                    or_(_DELIVERY.report_id.is_not(None), _NOTICE.kind == NoticeKind.PRELIMINARY),
                )
                .order_by(_DELIVERY.id)
            )
            return tuple(delivery_of(row) for row in rows)

    def first_word(self, delivery: Delivery) -> str:
        """Identifier of the first delivery to this destination about the same request or case."""
        about = schema.notice.alias("about").c
        with self._read() as connection:
            found = connection.execute(
                select(_DELIVERY.identifier)
                .join(schema.notice, _NOTICE.id == _DELIVERY.notice_id)
                .where(
                    _DELIVERY.destination == delivery.destination,
                    exists().where(
                        about.id == delivery.notice,
                        or_(about.retake_id == _NOTICE.retake_id, about.case_id == _NOTICE.case_id),
                    ),
                )
                .order_by(_DELIVERY.id)
                .limit(1)
            )
            return str(found.scalar() or delivery.identifier)

    def delivery_history(self, delivery_id: int) -> list[DeliveryEvent]:
        """Everything that happened to a delivery, the oldest first."""
        event = schema.delivery_event.c
        with self._read() as connection:
            rows = connection.execute(
                select(schema.delivery_event)
                .where(event.delivery_id == delivery_id)
                .order_by(event.id)
            )
            return [
                DeliveryEvent(row.at, DeliveryState(row.state), message_of(row.told))
                for row in rows
            ]


def _with_notice(query: Selection) -> Selection:
    return query.join(schema.notice, _NOTICE.id == _DELIVERY.notice_id, isouter=True)


def _due(now: datetime) -> ColumnElement[bool]:
    come = or_(_DELIVERY.next_try.is_(None), _DELIVERY.next_try <= now)
    return and_(_DELIVERY.state == DeliveryState.DUE, come)


def begun() -> ColumnElement[bool]:
    """Whether it may have reached its destination: a try was made, if before a person's again."""
    event = schema.delivery_event.c
    noted = exists().where(event.delivery_id == _DELIVERY.id, event.state == DeliveryState.SENT)
    return or_(_DELIVERY.attempts > 0, noted)


def brought(connection: Connection, studies: Collection[int]) -> dict[int, DeliveryState]:
    """How far each study is at its destinations: the worst counts; what was dropped does not."""
    rows = connection.execute(
        select(_DELIVERY.study_id, _DELIVERY.state)
        .where(_DELIVERY.study_id.in_(list(studies)), _DELIVERY.state != DeliveryState.DROPPED)
        .distinct()
    )
    found: dict[int, DeliveryState] = {}
    for row in rows:
        state = DeliveryState(row.state)
        worst = found.get(row.study_id, state)
        found[row.study_id] = min(state, worst, key=_WORST.index)
    return found


def _left(now: datetime) -> ColumnElement[bool]:
    """Handed over, or about to be, and nobody will hear of it: no answer is still expected."""
    over = or_(_DELIVERY.asked.is_(None), _DELIVERY.next_try <= now)
    return and_(_DELIVERY.state == DeliveryState.SENT, over)

"""Shifts: what a reader leaves, handed over and taken on in one transaction each."""

from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, exists, insert, select, update
from sqlalchemy.orm import aliased

from farlead.errors import ClaimRefused, NotFound
from farlead.messages import message
from farlead.model.handover import HandOver, Left, LeftOver
from farlead.model.lives import ReportState, StudyState
from farlead.model.people import Account
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import Fetched, Selection
from farlead.store.holding import lock

_HANDOVER, _STUDY, _REPORT = schema.handover.c, schema.study.c, schema.report.c
_CASE, _CLAIM = schema.critical_case.c, schema.claim.c
# States of a study in which somebody may be writing.
_OPEN = (StudyState.WAITING, StudyState.CLAIMED, StudyState.REPORTED)
_ITEMS = TypeAdapter(tuple[LeftOver, ...])

#: Of these a draft or a reservation passes on; a correction that was begun rests with its report.
_PASSED_ON = (StudyState.WAITING, StudyState.CHECKED, StudyState.REPORTED)
#: A study that waits is at risk when so little of its promised time is left.
NEAR = timedelta(minutes=15)


class HandoverPart(Base):
    """Handing over and taking on."""

    def left_over(self, account: Account) -> tuple[LeftOver, ...]:
        """What this reader leaves, and what of the whole house is pressing."""
        with self._read() as connection:
            return _left(connection, account, self.now())

    def hand_over(self, account: Account, station: str, note: str) -> HandOver:
        """Hand the shift over as it stands now; an older one that nobody took stays open."""
        with self._write(listed=False) as connection:
            items = _left(connection, account, self.now())
            handover_id = connection.execute(
                insert(schema.handover)
                .values(
                    giver_id=account.id,
                    station=station,
                    given=self.now(),
                    note=note.strip(),
                    items=_ITEMS.dump_json(items).decode(),
                )
                .returning(_HANDOVER.id)
            ).scalar_one()
            subject = f"handover:{handover_id}"
            self._record(account.login, "shift.given", subject, count=len(items), station=station)
            return _one(connection, handover_id)

    def handovers(self) -> list[HandOver]:
        """Shifts that nobody has taken on, the oldest first."""
        with self._read() as connection:
            rows = connection.execute(_selected().where(_HANDOVER.taken.is_(None)))
            return [_of(row) for row in rows]

    def take_shift(self, handover_id: int, account: Account, station: str) -> HandOver:
        """Take a shift on: drafts and checked studies of the giver are this reader's from now on.

        What the giver has in hand again, or has signed meanwhile, is left as it is.

        Raises
        ------
        ClaimRefused
            Somebody has taken it on already, or it is this reader's own.
        NotFound
        """
        with self._write() as connection:
            row = connection.execute(
                select(schema.handover).where(_HANDOVER.id == handover_id).with_for_update()
            ).one_or_none()
            if row is None:
                raise NotFound(message("handover.none", handover=handover_id))
            if row.taken is not None:
                raise ClaimRefused(message("handover.taken"))
            if row.giver_id == account.id:
                raise ClaimRefused(message("handover.own"))
            connection.execute(
                update(schema.handover)
                .where(_HANDOVER.id == handover_id)
                .values(taken=self.now(), taker_id=account.id)
            )
            subject = f"handover:{handover_id}"
            self._record(account.login, "shift.taken", subject, station=station)
            for item in _ITEMS.validate_json(row.items):
                if item.kind in (Left.DRAFT, Left.CHECKED):
                    self._pass_on(connection, item, row.giver_id, account)
            return _one(connection, handover_id)

    def _pass_on(
        self, connection: Connection, item: LeftOver, giver: int, account: Account
    ) -> None:
        study = lock(connection, item.study)
        now, state = self.now(), StudyState(study.state)
        held = connection.execute(
            select(_CLAIM.study_id).where(_CLAIM.study_id == item.study, _CLAIM.until > now)
        ).first()
        if held is not None or state not in _PASSED_ON:
            return
        mine = 0
        if state is StudyState.CHECKED and study.reserved_by == giver:
            connection.execute(
                update(schema.study).where(_STUDY.id == item.study).values(reserved_by=account.id)
            )
            mine = 1
        mine += connection.execute(
            update(schema.report)
            .where(
                _REPORT.study_id == item.study,
                _REPORT.state == ReportState.DRAFT,
                _REPORT.author_id == giver,
            )
            .values(author_id=account.id)
        ).rowcount
        if mine:
            self._record(
                account.login,
                "study.handed_over",
                f"study:{item.study}",
                kind=str(item.kind),
                giver=giver,
            )


def _left(connection: Connection, account: Account, now: datetime) -> tuple[LeftOver, ...]:
    """Critical values, what is in hand, drafts, checked ones, promises that are near; each once."""
    own_draft = (_REPORT.state == ReportState.DRAFT) & (_REPORT.author_id == account.id)
    drafts = (
        _studies()
        .join(schema.report, _REPORT.study_id == _STUDY.id)
        .where(own_draft, _STUDY.state.in_(_OPEN))
    )
    held = (
        _studies()
        .join(schema.claim, _CLAIM.study_id == _STUDY.id)
        .where(
            _CLAIM.account_id == account.id,
            _CLAIM.until > now,
            ~exists().where(own_draft, _REPORT.study_id == _STUDY.id),
        )
    )
    checked = _studies().where(_STUDY.state == StudyState.CHECKED, _STUDY.reserved_by == account.id)
    cases = (
        _studies(_CASE.since)
        .join(schema.critical_case, _CASE.study_id == _STUDY.id)
        .where(_CASE.closed.is_(None))
    )
    near = _studies().where(_STUDY.state == StudyState.WAITING, _STUDY.due <= now + NEAR)
    asked = (
        (Left.CASE, cases), (Left.HELD, held), (Left.DRAFT, drafts), (Left.CHECKED, checked),
        (Left.AT_RISK, near),
    )  # fmt: skip
    return tuple(
        LeftOver(kind, row.id, row.number, row.unit_name, row.due)
        for kind, query in asked
        for row in connection.execute(query.order_by(_STUDY.due, _STUDY.id))
    )


def _studies(due: ColumnElement[datetime] | None = None) -> Selection:
    """Studies with their unit; `due` in the place of the promised time."""
    wanted = _STUDY.due if due is None else due
    unit = schema.unit.c
    return select(_STUDY.id, _STUDY.number, unit.name.label("unit_name"), wanted.label("due")).join(
        schema.unit, unit.code == _STUDY.unit_code
    )


def _selected() -> Selection:
    giver, taker = aliased(schema.account), aliased(schema.account)
    return (
        select(schema.handover, giver.c.name.label("giver_name"), taker.c.name.label("taker_name"))
        .join(giver, giver.c.id == _HANDOVER.giver_id)
        .join(taker, taker.c.id == _HANDOVER.taker_id, isouter=True)
        .order_by(_HANDOVER.id)
    )


def _one(connection: Connection, handover_id: int) -> HandOver:
    return _of(connection.execute(_selected().where(_HANDOVER.id == handover_id)).one())


def _of(row: Fetched) -> HandOver:
    return HandOver(
        id=row.id,
        giver=row.giver_id,
        giver_name=row.giver_name,
        station=row.station,
        given=row.given,
        note=row.note,
        items=_ITEMS.validate_json(row.items),
        taken=row.taken,
        taker_name=row.taker_name or "",
    )

"""The outbox: at least once, with an identifier made before the first try."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from farlead.errors import NotFound
from farlead.messages import Message, message
from farlead.model.connection import Backlog, Parked
from farlead.model.lease import Lease
from farlead.model.lives import DELIVERY, DeliveryState, ReportState
from farlead.model.people import Account
from farlead.model.report import Asked, Delivery, DeliveryEvent, NoticeKind
from farlead.store import leases, schema
from farlead.store.base import Base
from farlead.store.columns import ASKED, MESSAGE, Fetched, Selection
from farlead.store.holding import lock
from farlead.store.notices import notice_outdated
from farlead.store.rows import delivery_of, message_of

_DELIVERY, _NOTICE, _REPORT = schema.delivery.c, schema.notice.c, schema.report.c
_WORST = (
    DeliveryState.PARKED, DeliveryState.DUE, DeliveryState.SENT, DeliveryState.CONFIRMED,
)  # fmt: skip
_ENDED = (DeliveryState.CONFIRMED, DeliveryState.DROPPED)
_FIRST = (
    NoticeKind.CRITICAL, NoticeKind.CRITICAL_OVER, NoticeKind.RETAKE, NoticeKind.RETAKE_OVER,
)  # fmt: skip
_PRESSING = case((_NOTICE.kind.in_(_FIRST), 0), else_=1)
_ACTOR = "service:delivery"
_OPERATOR = "operator"

#: Kind of the leases of destinations.
DESTINATION = "delivery"


class OutboxPart(Base):
    """Deliveries from due to confirmed."""

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

    def begin_delivery(self, delivery_id: int, lease: Lease | None = None) -> bool:
        """Write down that a try is made now; False when it has been made, or is not due.

        What something newer has taken the place of is dropped instead of sent; and while
        something of the same study is under way to the same place, it waits: there nothing
        overtakes. Whoever dies in the middle leaves it ``sent``: seen by
        :meth:`left_deliveries`. WorkTaken when another process has the destination now.
        """
        with self._write() as connection:
            leases.fence(connection, lease)
            row = _row(connection, delivery_id)
            drop_outdated(connection, row.study_id, self.now())
            if _under_way(connection, row.study_id, row.destination):
                return False
            begun = connection.execute(
                update(schema.delivery)
                .where(_DELIVERY.id == delivery_id, _DELIVERY.state == DeliveryState.DUE)
                .values(
                    state=str(DeliveryState.SENT),
                    attempts=_DELIVERY.attempts + 1,
                    changed=self.now(),
                    next_try=None,
                )
            )
            if begun.rowcount:
                add_event(connection, delivery_id, DeliveryState.SENT, self.now())
            return bool(begun.rowcount)

    def await_answer(
        self,
        delivery_id: int,
        asked: Asked,
        until: datetime,
        told: Message,
        lease: Lease | None = None,
    ) -> None:
        """Handed over, and its receiver asked to vouch for it: ``sent`` until then. WorkTaken.

        Whoever has the destination next leaves it alone while there is time; what is overdue is
        among :meth:`left_deliveries`.
        """
        with self._write() as connection:
            leases.fence(connection, lease)
            self._step(
                connection,
                delivery_id,
                DeliveryState.SENT,
                told,
                asked=ASKED.dump_json(asked).decode(),
                next_try=until,
            )

    def awaiting_answer(self) -> list[Delivery]:
        """Deliveries whose receiver was asked to vouch for them and has not answered."""
        return self._not_confirmed(
            _DELIVERY.state == DeliveryState.SENT, _DELIVERY.asked.is_not(None)
        )

    def confirm(
        self,
        delivery_id: int,
        proof: Message | None = None,
        lease: Lease | None = None,
        *,
        asked: Asked | None = None,
    ) -> None:
        """The destination has it; `proof` says how that is known, and is kept. WorkTaken.

        With `asked` it is the answer to that, and does nothing where nobody waits for it.
        """
        with self._write() as connection:
            leases.fence(connection, lease)
            if not _waits_for(connection, delivery_id, asked):
                return
            self._step(
                connection,
                delivery_id,
                DeliveryState.CONFIRMED,
                proof,
                confirmed=self.now(),
                next_try=None,
                error=None,
            )

    def retry(
        self,
        delivery_id: int,
        error: Message,
        next_try: datetime,
        lease: Lease | None = None,
        *,
        asked: Asked | None = None,
    ) -> None:
        """A try failed: due again at `next_try`, the failure is kept. WorkTaken.

        With `asked` as in :meth:`confirm`.
        """
        with self._write() as connection:
            leases.fence(connection, lease)
            if not _waits_for(connection, delivery_id, asked):
                return
            self._step(
                connection,
                delivery_id,
                DeliveryState.DUE,
                error,
                error=MESSAGE.dump_json(error).decode(),
                next_try=next_try,
            )

    def park(
        self,
        delivery_id: int,
        error: Message,
        lease: Lease | None = None,
        *,
        asked: Asked | None = None,
    ) -> None:
        """No more tries: it waits for a person. WorkTaken. With `asked` as in :meth:`confirm`."""
        with self._write() as connection:
            leases.fence(connection, lease)
            if not _waits_for(connection, delivery_id, asked):
                return
            self._step(
                connection,
                delivery_id,
                DeliveryState.PARKED,
                error,
                error=MESSAGE.dump_json(error).decode(),
                next_try=None,
            )

    def unpark(self, delivery_id: int, account: Account | None = None) -> None:
        """A person says: try again, as often as from the beginning.

        Without an account it was said at the command line of the machine.
        """
        with self._write() as connection:
            self._step(connection, delivery_id, DeliveryState.DUE, next_try=None, attempts=0)
            actor = account.login if account is not None else _OPERATOR
            self._record(connection, actor, "delivery.again", f"delivery:{delivery_id}")

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
        event = schema.delivery_event.c
        begun = exists().where(event.delivery_id == _DELIVERY.id, event.state == DeliveryState.SENT)
        with self._read() as connection:
            rows = connection.execute(
                select(schema.delivery)
                .join(schema.notice, _NOTICE.id == _DELIVERY.notice_id, isouter=True)
                .where(
                    _DELIVERY.study_id == delivery.study,
                    _DELIVERY.destination == delivery.destination,
                    _DELIVERY.id < delivery.id,
                    or_(_DELIVERY.attempts > 0, begun),
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

    def resume(self, delivery_id: int, lease: Lease | None = None) -> None:
        """A try that nobody ended is due again: its receiver takes a repeat for what it is."""
        with self._write() as connection:
            leases.fence(connection, lease)
            if _row(connection, delivery_id).state == DeliveryState.SENT:
                self._step(connection, delivery_id, DeliveryState.DUE, next_try=None)

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

    def _step(
        self,
        connection: Connection,
        delivery_id: int,
        new: DeliveryState,
        told: Message | None = None,
        **values: object,
    ) -> None:
        row = _row(connection, delivery_id)
        old = DeliveryState(row.state)
        DELIVERY.check(old, new)
        if old is DeliveryState.CONFIRMED:
            return  # confirmed by another service in the meantime
        if row.asked is not None:  # answered, or nobody waits any more
            values.setdefault("asked", None)
        connection.execute(
            update(schema.delivery)
            .where(_DELIVERY.id == delivery_id)
            .values(state=str(new), changed=self.now(), **values)
        )
        add_event(connection, delivery_id, new, self.now(), told)
        if old is not new and new in (DeliveryState.CONFIRMED, DeliveryState.PARKED):
            self._record(
                connection,
                _ACTOR,
                f"delivery.{new}",
                f"delivery:{delivery_id}",
                report=row.report_id,
                notice=row.notice_id,
                destination=row.destination,
            )


def _with_notice(query: Selection) -> Selection:
    return query.join(schema.notice, _NOTICE.id == _DELIVERY.notice_id, isouter=True)


def _due(now: datetime) -> ColumnElement[bool]:
    come = or_(_DELIVERY.next_try.is_(None), _DELIVERY.next_try <= now)
    return and_(_DELIVERY.state == DeliveryState.DUE, come)


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


def _waits_for(connection: Connection, delivery_id: int, asked: Asked | None) -> bool:
    """Whether the answer to `asked` is still waited for; always where none is given."""
    if asked is None:
        return True
    row = _row(connection, delivery_id)
    return bool(row.state == DeliveryState.SENT and delivery_of(row).asked == asked)


def drop_outdated(connection: Connection, study_id: int, now: datetime) -> None:
    """What waits of a study although something newer has taken its place goes nowhere any more."""
    waiting = connection.execute(
        select(_DELIVERY.id, _DELIVERY.notice_id, _REPORT.state)
        .join(schema.report, _REPORT.id == _DELIVERY.report_id, isouter=True)
        .where(
            _DELIVERY.study_id == study_id,
            _DELIVERY.state.in_([DeliveryState.DUE, DeliveryState.PARKED]),
        )
    ).all()
    for row in waiting:
        outdated = (
            row.state != ReportState.FINAL
            if row.notice_id is None
            else notice_outdated(connection, row.notice_id)
        )
        if outdated:
            _drop(connection, row.id, now)


def _drop(connection: Connection, delivery_id: int, now: datetime) -> None:
    connection.execute(
        update(schema.delivery)
        .where(_DELIVERY.id == delivery_id)
        .values(state=str(DeliveryState.DROPPED), changed=now, next_try=None)
    )
    add_event(connection, delivery_id, DeliveryState.DROPPED, now, message("store.outdated"))


def _under_way(connection: Connection, study_id: int, destination: str) -> bool:
    """What was handed over and is only to be vouched for cannot be overtaken any more."""
    under_way = select(_DELIVERY.id).where(
        _DELIVERY.study_id == study_id,
        _DELIVERY.destination == destination,
        _DELIVERY.state == DeliveryState.SENT,
        _DELIVERY.asked.is_(None),
    )
    return connection.execute(under_way).first() is not None


def add_event(
    connection: Connection,
    delivery_id: int,
    state: DeliveryState,
    now: datetime,
    told: Message | None = None,
) -> None:
    """One step of a delivery, kept for good."""
    connection.execute(
        insert(schema.delivery_event).values(
            delivery_id=delivery_id,
            at=now,
            state=str(state),
            told=MESSAGE.dump_json(told).decode() if told else None,
        )
    )


def _row(connection: Connection, delivery_id: int) -> Fetched:
    """A delivery, its study and itself locked: in this order, like everybody else."""
    study_id: int | None = connection.execute(
        select(_DELIVERY.study_id).where(_DELIVERY.id == delivery_id)
    ).scalar()
    if study_id is None:
        raise NotFound(message("store.no_delivery", delivery=delivery_id))
    lock(connection, study_id)
    return connection.execute(
        select(schema.delivery).where(_DELIVERY.id == delivery_id).with_for_update()
    ).one()

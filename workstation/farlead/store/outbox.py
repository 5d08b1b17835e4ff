"""The outbox: at least once, with an identifier made before the first try."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, or_, select, update

from farlead.errors import NotFound
from farlead.messages import Message, message
from farlead.model.lease import Lease
from farlead.model.lives import DELIVERY, DeliveryState, ReportState
from farlead.model.people import Account
from farlead.model.report import Asked, NoticeKind
from farlead.store import leases, schema
from farlead.store.columns import ASKED, MESSAGE, Fetched
from farlead.store.deliveries import DeliveriesPart
from farlead.store.holding import lock
from farlead.store.notices import notice_outdated
from farlead.store.rows import delivery_of

_DELIVERY, _REPORT = schema.delivery.c, schema.report.c
_ACTOR = "service:delivery"
_OPERATOR = "operator"


class OutboxPart(DeliveriesPart):
    """Deliveries from due to confirmed."""

    def begin_delivery(self, delivery_id: int, lease: Lease | None = None) -> bool:
        """Write down that a try is made now; False when it has been made, or is not due.

        What something newer has taken the place of is dropped instead of sent; and while
        something of the same study is under way to the same place, it waits, a preliminary
        report also for the next try of what was said before it: there nothing overtakes.
        Whoever dies in the middle leaves it ``sent``: seen by :meth:`left_deliveries`.
        WorkTaken when another process has the destination now.
        """
        with self._write() as connection:
            leases.fence(connection, lease)
            row = _row(connection, delivery_id)
            drop_outdated(connection, row.study_id, self.now())
            if _under_way(connection, row.study_id, row.destination):
                return False
            if (until := _first_goes(connection, row)) is not None:
                _wait(connection, delivery_id, until)
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
            self._record(actor, "delivery.again", f"delivery:{delivery_id}")

    def resume(self, delivery_id: int, lease: Lease | None = None) -> None:
        """A try that nobody ended is due again: its receiver takes a repeat for what it is."""
        with self._write() as connection:
            leases.fence(connection, lease)
            if _row(connection, delivery_id).state == DeliveryState.SENT:
                self._step(connection, delivery_id, DeliveryState.DUE, next_try=None)

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
                _ACTOR,
                f"delivery.{new}",
                f"delivery:{delivery_id}",
                report=row.report_id,
                notice=row.notice_id,
                destination=row.destination,
            )


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


def _first_goes(connection: Connection, row: Fetched) -> datetime | None:
    """When what a preliminary report must not overtake is tried again: it is amended, or was.

    A final report and its withdrawal stay true until the next signature, so they go first; one
    that waits for a person holds up nothing.
    """
    notice = schema.notice.c
    kind = connection.execute(select(notice.kind).where(notice.id == row.notice_id)).scalar()
    if kind != NoticeKind.PRELIMINARY:
        return None
    until: datetime | None = connection.execute(
        select(func.max(_DELIVERY.next_try))
        .join(schema.notice, notice.id == _DELIVERY.notice_id, isouter=True)
        .where(
            _DELIVERY.study_id == row.study_id,
            _DELIVERY.destination == row.destination,
            _DELIVERY.id < row.id,
            _DELIVERY.state == DeliveryState.DUE,
            or_(_DELIVERY.report_id.is_not(None), notice.kind == NoticeKind.WITHDRAWN),
        )
    ).scalar()
    return until


def _wait(connection: Connection, delivery_id: int, until: datetime) -> None:
    connection.execute(
        update(schema.delivery).where(_DELIVERY.id == delivery_id).values(next_try=until)
    )


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

"""The outbox: at least once, with an identifier made before the first try."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, or_, select, update

from farlead.errors import NotFound
from farlead.messages import Message, message
from farlead.model.connection import Backlog, Parked
from farlead.model.lease import Lease
from farlead.model.lives import DELIVERY, DeliveryState
from farlead.model.people import Account
from farlead.model.report import Delivery, DeliveryEvent
from farlead.store import leases, schema
from farlead.store.base import Base
from farlead.store.columns import MESSAGE, Fetched
from farlead.store.rows import delivery_of, message_of

_DELIVERY = schema.delivery.c
_ACTOR = "service:delivery"
_OPERATOR = "operator"

#: Kind of the leases of destinations.
DESTINATION = "delivery"


class OutboxPart(Base):
    """Deliveries from due to confirmed."""

    def due_deliveries(self, limit: int, *, to: str | None = None) -> list[Delivery]:
        """Deliveries whose time has come, the longest waiting first; `to` one place, or to all."""
        query = select(schema.delivery).where(_due(self.now()))
        if to is not None:
            query = query.where(_DELIVERY.destination == to)
        with self._read() as connection:
            rows = connection.execute(query.order_by(_DELIVERY.created, _DELIVERY.id).limit(limit))
            return [delivery_of(row) for row in rows]

    def free_destinations(self, limit: int, *, but: Collection[str] = ()) -> list[str]:
        """Where something is to be done and nobody is at it, the longest waiting first.

        Deliveries are due there, or were begun by a process that is gone.
        """
        with self._read() as connection:
            others = {*but, *leases.taken(connection, DESTINATION, self.now())}
            rows = connection.execute(
                select(_DELIVERY.destination)
                .where(
                    or_(_due(self.now()), _DELIVERY.state == DeliveryState.SENT),
                    _DELIVERY.destination.not_in(sorted(others)),
                )
                .group_by(_DELIVERY.destination)
                .order_by(func.min(_DELIVERY.created), _DELIVERY.destination)
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

    def failing_deliveries(self) -> list[Delivery]:
        """Deliveries whose last try failed and that will be tried again."""
        return self._not_confirmed(_DELIVERY.state == DeliveryState.DUE, _DELIVERY.attempts > 0)

    def open_deliveries(self) -> list[Delivery]:
        """Everything that is not confirmed, the oldest first."""
        return self._not_confirmed(_DELIVERY.state != DeliveryState.CONFIRMED)

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
                    _DELIVERY.id, study.number, report.version, _DELIVERY.changed,
                    _DELIVERY.attempts, _DELIVERY.error,
                )
                .join(schema.study, study.id == _DELIVERY.study_id)
                .join(schema.report, report.id == _DELIVERY.report_id)
                .where(
                    _DELIVERY.state == DeliveryState.PARKED, _DELIVERY.destination == destination
                )
                .order_by(_DELIVERY.changed, _DELIVERY.id)
            )  # fmt: skip
            return [
                Parked(r.id, r.number, r.version, r.changed, r.attempts, message_of(r.error))
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
                ).group_by(destination)
            ).all()
            failed = connection.execute(
                select(destination, _DELIVERY.error)
                .where(state != DeliveryState.CONFIRMED, _DELIVERY.error.is_not(None))
                .order_by(_DELIVERY.changed)
            ).all()
        troubles = {str(name): message_of(error) for name, error in failed}
        return {
            str(name): Backlog(int(waiting), int(parked), confirmed, troubles.get(str(name)))
            for name, waiting, parked, confirmed in counted
        }

    def begin_delivery(self, delivery_id: int, lease: Lease | None = None) -> bool:
        """Write down that a try is made now; False when it has been made, or is not due.

        Whoever dies in the middle leaves it ``sent``: seen by :meth:`left_deliveries`. WorkTaken
        when another process has the destination now.
        """
        with self._write() as connection:
            leases.fence(connection, lease)
            begun = connection.execute(
                update(schema.delivery)
                .where(_DELIVERY.id == delivery_id, _DELIVERY.state == DeliveryState.DUE)
                .values(
                    state=str(DeliveryState.SENT),
                    attempts=_DELIVERY.attempts + 1,
                    changed=self.now(),
                )
            )
            if begun.rowcount:
                self._event(connection, delivery_id, DeliveryState.SENT)
            return bool(begun.rowcount)

    def confirm(
        self, delivery_id: int, proof: Message | None = None, lease: Lease | None = None
    ) -> None:
        """The destination has it; `proof` says how that is known, and is kept. WorkTaken."""
        with self._write() as connection:
            leases.fence(connection, lease)
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
        self, delivery_id: int, error: Message, next_try: datetime, lease: Lease | None = None
    ) -> None:
        """A try failed: due again at `next_try`, the failure is kept. WorkTaken."""
        with self._write() as connection:
            leases.fence(connection, lease)
            self._step(
                connection,
                delivery_id,
                DeliveryState.DUE,
                error,
                error=MESSAGE.dump_json(error).decode(),
                next_try=next_try,
            )

    def park(self, delivery_id: int, error: Message, lease: Lease | None = None) -> None:
        """No more tries: it waits for a person. WorkTaken."""
        with self._write() as connection:
            leases.fence(connection, lease)
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

        Whoever made them is gone.
        """
        with self._read() as connection:
            rows = connection.execute(
                select(schema.delivery)
                .where(_DELIVERY.state == DeliveryState.SENT, _DELIVERY.destination == destination)
                .order_by(_DELIVERY.created, _DELIVERY.id)
            )
            return [delivery_of(row) for row in rows]

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

    def _event(
        self,
        connection: Connection,
        delivery_id: int,
        state: DeliveryState,
        told: Message | None = None,
    ) -> None:
        connection.execute(
            insert(schema.delivery_event).values(
                delivery_id=delivery_id,
                at=self.now(),
                state=str(state),
                told=MESSAGE.dump_json(told).decode() if told else None,
            )
        )

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
        connection.execute(
            update(schema.delivery)
            .where(_DELIVERY.id == delivery_id)
            .values(state=str(new), changed=self.now(), **values)
        )
        self._event(connection, delivery_id, new, told)
        if old is not new and new in (DeliveryState.CONFIRMED, DeliveryState.PARKED):
            self._record(
                connection,
                _ACTOR,
                f"delivery.{new}",
                f"delivery:{delivery_id}",
                report=row.report_id,
                destination=row.destination,
            )


def _due(now: datetime) -> ColumnElement[bool]:
    come = or_(_DELIVERY.next_try.is_(None), _DELIVERY.next_try <= now)
    return and_(_DELIVERY.state == DeliveryState.DUE, come)


def _row(connection: Connection, delivery_id: int) -> Fetched:
    row = connection.execute(
        select(schema.delivery).where(_DELIVERY.id == delivery_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(message("store.no_delivery", delivery=delivery_id))
    return row

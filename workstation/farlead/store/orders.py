"""Orders: taken from units' systems, joined with their studies, put right by persons."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Text, cast, exists, insert, literal, not_, select, update

from farlead.errors import NotFound, OrderRefused
from farlead.messages import message
from farlead.model.lives import ORDER, OrderState, StudyState
from farlead.model.order import Candidate, Control, KeptOrder, OpenOrder, Order, why_open
from farlead.model.people import Account
from farlead.model.whose import contradictions
from farlead.store import schema
from farlead.store.columns import FOUND, Fetched, Selection
from farlead.store.columns import ORDER as ORDER_JSON
from farlead.store.database import upsert
from farlead.store.identity import masked
from farlead.store.joining import CLOSED, issued
from farlead.store.matching import Act, Looking, accession_number, look
from farlead.store.people import ensure_unit
from farlead.store.persons import Merge, PersonPart, PersonUpdate
from farlead.store.receipts import Receipt, ReceiptPart
from farlead.store.rows import studies, study_of

_ORDER = schema.study_order.c
_NUMBER = schema.order_number.c
_MESSAGE = schema.order_message.c
_EVENT = schema.order_event.c
_LINK = schema.patient_link.c
_STUDY = schema.study.c
_ASIDE = {StudyState.QUARANTINED, StudyState.WITHDRAWN}
_BOTH_OPEN = (OrderState.WAITING, OrderState.JOINED)

#: A change may mend a name; it may not make the order another person's.
_NUMBERS = frozenset({"local_number", "national_id", "health_card"})


#: What one message may say.
Said = tuple[Control, Order] | Merge | PersonUpdate


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """What happened to an order, and who did it.

    `act` is ``received``, ``changed``, ``cancelled``, ``joined``, ``parted`` (by a person),
    ``lost`` (changed so that it fits its study no more), ``closed`` or ``reopened``.
    """

    act: str
    actor: str
    at: datetime
    study: int | None
    reason: str


class OrderPart(PersonPart, ReceiptPart):
    """What the listener, the pollers and the people at the reconciliation list do."""

    def take_orders(
        self,
        source: str,
        said: Sequence[Said],
        receipt: Receipt | None = None,
    ) -> bool:
        """Take what one message says, all of it or nothing; False for a repeat.

        Raises
        ------
        OrderRefused
            It contradicts what is known; nothing was taken.
        """
        with self._write() as connection:
            self._database.serialise(connection, "intake")
            if receipt is not None and not self._is_new(connection, receipt):
                return False
            for each in said:
                if isinstance(each, Merge):
                    self._merge(connection, source, each)
                elif isinstance(each, PersonUpdate):
                    self._update_person(connection, source, each)
                else:
                    self._take_order(connection, source, *each)
            return True

    def match_orders(self) -> int:
        """Look once more for the studies of orders that wait; how many were joined."""
        since = self.now() - self._window.after
        recent = select(_ORDER.id).where(_ORDER.received >= since)
        word = exists().where(_LINK.source == literal("order:").concat(cast(_ORDER.id, Text)))
        numbered = exists().where(_NUMBER.order_id == _ORDER.id, _NUMBER.current == 1)
        with self._read() as connection:
            waiting = connection.execute(recent.where(_ORDER.state == OrderState.WAITING))
            looked_for = [int(order_id) for order_id in waiting.scalars()]
            joined = connection.execute(
                recent.where(_ORDER.state == OrderState.JOINED, numbered, not_(word))
            )
            unnamed = [int(order_id) for order_id in joined.scalars()]
        if not looked_for and not unnamed:
            return 0
        with self._write(listed=False) as connection:
            self._database.serialise(connection, "intake")
            joined_now = sum(self._match_order(connection, each) for each in looked_for)
            for order_id in unnamed:  # a person has joined it, who may not see numbers
                looking = look(connection, order_id, lock=True)
                if looking.row.state == OrderState.JOINED:
                    self._identify(connection, looking, looking.row.study_id)
            if joined_now:
                self._database.touch(connection)
            return joined_now

    # Reading

    def order(self, order_id: int) -> KeptOrder:
        """One order; NotFound."""
        with self._read() as connection:
            return _kept(_required(connection, order_id))

    def orders(
        self, states: Iterable[OrderState] = tuple(OrderState), limit: int = 500
    ) -> list[KeptOrder]:
        """Orders in these states, the newest first."""
        with self._read() as connection:
            query = _orders().where(_ORDER.state.in_([str(state) for state in states]))
            rows = connection.execute(query.order_by(_ORDER.id.desc()).limit(limit))
            return [_kept(row) for row in rows]

    def open_orders(self) -> list[OpenOrder]:
        """Orders that a person must look at, the oldest first, each with both its sides."""
        now, found = self.now(), []
        with self._read() as connection:
            query = _orders().where(_ORDER.state == OrderState.WAITING)
            for row in connection.execute(query.order_by(_ORDER.received, _ORDER.id)).all():
                kept, candidates = _kept(row), _candidates(connection, row.found)
                why = why_open(kept, candidates, now, self._window)
                if why is not None:
                    found.append(OpenOrder(kept, candidates, why))
        return found

    def order_events(self, order_id: int) -> list[OrderEvent]:
        """What happened to an order, the first act first."""
        with self._read() as connection:
            rows = connection.execute(
                select(schema.order_event).where(_EVENT.order_id == order_id).order_by(_EVENT.id)
            )
            return [OrderEvent(r.act, r.actor, r.at, r.study_id, r.reason) for r in rows]

    # By a person

    def join_order(self, order_id: int, study_id: int, who: Account | str, reason: str) -> int:
        """Say that an order asks for a study, whatever differs.

        A reported study stays as it is: the request that follows it is joined, which is opened
        where there is none on the list.

        Returns
        -------
        int
            The study that is joined now.

        Raises
        ------
        NotFound
        OrderRefused
            The study is another unit's, is in quarantine or withdrawn, or has an order already;
            or no reason is given.
        IllegalTransition
            The order does not wait.
        """
        act = _act(who, reason)
        with self._write() as connection:
            row = _required(connection, order_id, lock=True)
            ORDER.check(OrderState(row.state), OrderState.JOINED)
            stated = Looking(row, ORDER_JSON.validate_json(row.content), ())
            study = self._joinable(connection, row, study_id)
            joined = self._opened_again(connection, study.id, stated.order)
            self._join(connection, stated, joined, act)
            return joined

    def _joinable(self, connection: Connection, row: Fetched, study_id: int) -> Fetched:
        """The study that a person means, or the last request that follows it."""
        asked = connection.execute(studies().where(_STUDY.id == study_id)).one_or_none()
        if asked is None:
            raise NotFound(message("store.no_study", study=study_id))
        study = connection.execute(
            studies()
            .where(_STUDY.unit_code == asked.unit_code, _STUDY.study_key == asked.study_key)
            .order_by(_STUDY.part.desc())
            .limit(1)
        ).one()
        if {asked.state, study.state} & _ASIDE or asked.unit_code != row.unit_code:
            raise OrderRefused(message("orders.not_joinable", number=asked.number))
        over = StudyState(study.state) in CLOSED or issued(connection, study.id)
        if row.state == OrderState.JOINED or (study.order_state == OrderState.JOINED and not over):
            raise OrderRefused(message("orders.taken", number=study.number))
        return study

    def part_order(self, order_id: int, who: Account | str, reason: str) -> None:
        """Take an order off its study; it waits again. NotFound, OrderRefused."""
        act = _act(who, reason)
        with self._write() as connection:
            row = _required(connection, order_id, lock=True)
            if row.state != OrderState.JOINED:
                raise OrderRefused(message("orders.not_joined"))
            known = FOUND.validate_json(row.found)
            marked = [
                (study, by, (*differs, "parted") if study == row.study_id else differs)
                for study, by, differs in known
            ]
            connection.execute(
                update(schema.study_order)
                .where(_ORDER.id == order_id)
                .values(found=FOUND.dump_json(tuple(marked)).decode())
            )
            self._leave(connection, order_id, OrderState.WAITING, "parted", act)

    def close_order(self, order_id: int, who: Account | str, reason: str) -> None:
        """An order has no study and will have none. NotFound, OrderRefused."""
        act = _act(who, reason)
        with self._write() as connection:
            row = _required(connection, order_id, lock=True)
            if row.state != OrderState.WAITING:
                raise OrderRefused(message("orders.not_waiting"))
            self._leave(connection, order_id, OrderState.CLOSED, "closed", act)

    def reopen_order(self, order_id: int, who: Account | str, reason: str) -> None:
        """A closed order waits for its study again. NotFound, OrderRefused."""
        act = _act(who, reason)
        with self._write() as connection:
            row = _required(connection, order_id, lock=True)
            if row.state != OrderState.CLOSED:
                raise OrderRefused(message("orders.not_closed"))
            self._leave(connection, order_id, OrderState.WAITING, "reopened", act)

    # Taking

    def _take_order(
        self, connection: Connection, source: str, control: Control, stated: Order
    ) -> None:
        ensure_unit(connection, stated.unit)
        row = _known_order(connection, stated)
        if control is Control.CANCEL:
            self._cancel(connection, row, stated)
        elif row is None:
            self._add_order(connection, source, stated)
        elif control is not Control.LISTED or (
            row.source == source and OrderState(row.state) in _BOTH_OPEN
        ):
            self._change(connection, row, control, stated)

    def _add_order(self, connection: Connection, source: str, stated: Order) -> None:
        order_id = connection.execute(
            insert(schema.study_order)
            .values(
                **_columns(stated),
                unit_code=stated.unit,
                source=source,
                state=str(OrderState.WAITING),
                received=self.now(),
            )
            .returning(_ORDER.id)
        ).scalar_one()
        self._learn_numbers(connection, order_id, stated)
        self._happened(connection, order_id, None, "received", Act())
        self._match_order(connection, order_id)

    def _cancel(self, connection: Connection, row: Fetched | None, stated: Order) -> None:
        if row is None:
            raise OrderRefused(message("orders.unknown", number=stated.number))
        if row.state == OrderState.CANCELLED:
            return
        _refuse_other(row, stated, _NUMBERS)
        connection.execute(
            update(schema.study_order)
            .where(_ORDER.id == row.id)
            .values(state=str(OrderState.CANCELLED))
        )
        self._happened(connection, row.id, row.study_id, "cancelled", Act())

    def _change(
        self, connection: Connection, row: Fetched, control: Control, stated: Order
    ) -> None:
        """A known order: said again, changed, or asked for anew after it was over."""
        state = OrderState(row.state)
        same = ORDER_JSON.validate_json(row.content) == _masked(stated)
        if same and state in _BOTH_OPEN:
            return
        if state is OrderState.CANCELLED and control is Control.CHANGE:
            raise OrderRefused(message("orders.cancelled", number=stated.number))
        if control is not Control.LISTED:
            _refuse_other(row, stated, _NUMBERS if control is Control.CHANGE else None)
        connection.execute(
            update(schema.study_order).where(_ORDER.id == row.id).values(**_columns(stated))
        )
        self._learn_numbers(connection, row.id, stated)
        if state in _BOTH_OPEN:
            self._happened(connection, row.id, row.study_id, "changed", Act())
        else:
            self._leave(connection, row.id, OrderState.WAITING, "reopened", Act())
        if state is OrderState.JOINED:
            self._keep_or_leave(connection, row)
        self._match_order(connection, row.id)

    def _keep_or_leave(self, connection: Connection, row: Fetched) -> None:
        """A changed order that contradicts its study now is a matter for a person."""
        looking = look(connection, row.id)
        study = connection.execute(studies().where(_STUDY.id == row.study_id)).one()
        if set(self._differs(connection, looking, study)) - {"time", "taken"}:
            self._leave(connection, row.id, OrderState.WAITING, "lost", Act())
        else:
            self._join(connection, looking, row.study_id, Act())

    def _learn_numbers(self, connection: Connection, order_id: int, stated: Order) -> None:
        connection.execute(
            update(schema.order_number).where(_NUMBER.order_id == order_id).values(current=0)
        )
        for number in self._identity.identifiers(stated.unit, stated.patient):
            connection.execute(
                upsert(connection, schema.order_number)
                .values(
                    order_id=order_id,
                    kind=str(number.kind),
                    scope=number.scope,
                    hash=number.hash,
                    masked=number.masked,
                    current=1,
                )
                .on_conflict_do_update(
                    index_elements=["order_id", "kind", "scope", "hash"], set_={"current": 1}
                )
            )


def _masked(stated: Order) -> Order:
    return replace(stated, patient=masked(stated.patient))


def _columns(stated: Order) -> dict[str, object]:
    return {
        "placer": stated.placer,
        "filler": stated.filler,
        "accession": accession_number(stated),
        "content": ORDER_JSON.dump_json(_masked(stated)).decode(),
    }


def _refuse_other(row: Fetched, stated: Order, only: frozenset[str] | None) -> None:
    """OrderRefused where a message under a known number speaks of another patient."""
    known = ORDER_JSON.validate_json(row.content)
    fields = contradictions(known.patient, stated.patient)
    wrong = next((field for field in fields if only is None or field in only), None)
    if wrong is not None:
        raise OrderRefused(message("orders.other_patient", number=stated.number, field=wrong))


def _known_order(connection: Connection, stated: Order) -> Fetched | None:
    """The order that a message speaks of: by the placer's number, the filler's, the accession."""
    accession = accession_number(stated)
    # Two orders with numbers of their own may share a filler's number or an accession number.
    alone = [_ORDER.placer.is_(None)] if stated.placer else []
    tries = (
        (stated.placer, [_ORDER.placer == stated.placer]),
        (stated.filler, [_ORDER.filler == stated.filler, *alone]),
        (accession, [_ORDER.accession == accession, *alone]),
    )
    for number, conditions in tries:
        if number:
            row = connection.execute(
                select(schema.study_order)
                .where(_ORDER.unit_code == stated.unit, *conditions)
                .order_by(_ORDER.id.desc())
                .limit(1)
            ).one_or_none()
            if row is not None:
                return row
    return None


def _act(who: Account | str, reason: str) -> Act:
    if not reason.strip():
        raise OrderRefused(message("store.reason_needed"))
    if isinstance(who, Account):
        return Act(who.login, who.id, reason.strip())
    return Act(who, None, reason.strip())


def _orders() -> Selection:
    last = (
        select(_EVENT.reason)
        .where(_EVENT.order_id == _ORDER.id, _EVENT.reason != "")
        .order_by(_EVENT.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(
        schema.study_order, _STUDY.number.label("study_number"), last.label("last_reason")
    ).join(schema.study, _STUDY.id == _ORDER.study_id, isouter=True)


def _candidates(connection: Connection, found: str) -> tuple[Candidate, ...]:
    """Studies that were found for an order, those that are still there."""
    known = FOUND.validate_json(found)
    if not known:
        return ()
    aside = (str(StudyState.QUARANTINED), str(StudyState.WITHDRAWN))
    rows = connection.execute(
        studies().where(_STUDY.id.in_([each[0] for each in known]), _STUDY.state.not_in(aside))
    )
    there = {row.id: study_of(row) for row in rows}
    return tuple(
        Candidate(there[study], by, differs) for study, by, differs in known if study in there
    )


def _required(connection: Connection, order_id: int, *, lock: bool = False) -> Fetched:
    query = _orders().where(_ORDER.id == order_id)
    if lock:
        query = query.with_for_update(of=schema.study_order)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(message("orders.no_order", order=order_id))
    return row


def _kept(row: Fetched) -> KeptOrder:
    return KeptOrder(
        id=row.id,
        order=ORDER_JSON.validate_json(row.content),
        source=row.source,
        state=OrderState(row.state),
        received=row.received,
        study=row.study_id,
        study_number=row.study_number,
        reason=row.last_reason or "",
    )

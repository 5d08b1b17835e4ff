"""Which study an order asks for: joined where exactly one fits and nothing contradicts it.

Everything else waits for a person; nothing is guessed. Orders and studies may come in either
order: each arrival looks for the other side.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    insert,
    not_,
    or_,
    select,
    update,
)

from farlead.messages import Parameter
from farlead.model.lives import OrderState, StudyState
from farlead.model.order import Candidate, Found, Order, OrderWindow, fitting
from farlead.model.people import name_parts
from farlead.model.study import Kind, Request, ScreeningState, doubtful_clock
from farlead.model.whose import contradictions
from farlead.store import patients, schema
from farlead.store.columns import FOUND, ORDER, PATIENT, REQUEST, Fetched, Selection
from farlead.store.identity import Identifier, IdentifierKind
from farlead.store.joining import CLOSED, accession_of, issued
from farlead.store.links import link, linked, unlink
from farlead.store.opening import Opening, OpeningPart
from farlead.store.patients import has_numbers, holders, resolve
from farlead.store.rows import studies, study_of

_ORDER = schema.study_order.c
_NUMBER = schema.order_number.c
_EVENT = schema.order_event.c
_STUDY = schema.study.c
_PATIENT = schema.patient.c

#: Whether any order of a study's unit waits: mostly none does.
_ANY_WAITING = (
    select(_ORDER.id)
    .join(schema.study, _STUDY.unit_code == _ORDER.unit_code)
    .where(_STUDY.id == bindparam("study"), _ORDER.state == OrderState.WAITING)
    .limit(1)
)

#: Who acts where no person does.
MATCHER = "service:orders"

#: A patient's earlier studies are none that an order of today may be about.
_NEAR = timedelta(days=14)
_MOST = 10
_ASIDE = (str(StudyState.QUARANTINED), str(StudyState.WITHDRAWN))


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something with an order: a person, or the program; and why."""

    actor: str = MATCHER
    account_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Looking:
    """An order that is being compared: its row, what it says, the patient's numbers."""

    row: Fetched
    order: Order
    numbers: tuple[Identifier, ...]

    @property
    def asked(self) -> datetime:
        """Around which its study is looked for."""
        at: datetime = self.order.requested or self.row.received
        return at


class MatchingPart(OpeningPart):
    """Finding the other side, and joining the two."""

    @property
    def _window(self) -> OrderWindow:
        return self._rules.orders

    def _match_study(self, connection: Connection, study_id: int) -> None:
        """Look for the order of a study that has just come, or has become more."""
        if connection.execute(_ANY_WAITING, {"study": study_id}).first() is None:
            return
        study = connection.execute(select(schema.study).where(_STUDY.id == study_id)).one()
        for order_id in self._orders_for(connection, study):
            self._match_order(connection, order_id)

    def _match_order(self, connection: Connection, order_id: int) -> bool:
        """Join an order that waits with its study, if there is one and only one."""
        looking = look(connection, order_id, lock=True)
        if looking.row.state != OrderState.WAITING:
            return False
        candidates = self._candidates(connection, looking)
        self._remember(connection, looking, candidates)
        fits = fitting(candidates)
        if len(fits) != 1 or self._rivals(connection, fits[0]) != [order_id]:
            return False
        study_id = self._opened_again(connection, fits[0].study.id, looking.order)
        self._join(connection, looking, study_id, Act())
        self._identify(connection, looking, study_id)
        return True

    def _identify(self, connection: Connection, looking: Looking, study_id: int) -> None:
        """A study that names nobody by a number is its order's patient's, while they are joined."""
        patient_id = connection.execute(
            select(_STUDY.patient_id).where(_STUDY.id == study_id)
        ).scalar()
        if patient_id is None or not looking.numbers or has_numbers(connection, patient_id):
            return
        now = self.now()
        found = resolve(connection, looking.order.patient, looking.numbers, now)
        if found.conflict:
            self._doubt(connection, study_id, patient_id, "number")
        elif found.patient_id != patient_id:
            link(connection, found.patient_id, patient_id, word_of(looking.row.id), now)

    def _remember(
        self, connection: Connection, looking: Looking, candidates: list[Candidate]
    ) -> None:
        """What was found, for people who may not see the numbers by which it was."""
        found = tuple((each.study.id, each.by, each.differs) for each in candidates)
        stored = FOUND.dump_json(found).decode()
        if stored != looking.row.found:
            connection.execute(
                update(schema.study_order).where(_ORDER.id == looking.row.id).values(found=stored)
            )

    def _rivals(self, connection: Connection, candidate: Candidate) -> list[int]:
        """Orders that wait and fit a study as well as any other does."""
        study = connection.execute(
            select(schema.study).where(_STUDY.id == candidate.study.id)
        ).one()
        found: dict[Found, list[int]] = {Found.ACCESSION: [], Found.NUMBER: []}
        for order_id in self._orders_for(connection, study):
            fits = fitting(self._candidates(connection, look(connection, order_id)))
            by = next((each.by for each in fits if each.study.id == study.id), None)
            if by is not None:
                found[by].append(order_id)
        return found[Found.ACCESSION] or found[Found.NUMBER]

    def _orders_for(self, connection: Connection, study: Fetched) -> list[int]:
        """Orders that wait and name the study's accession number or its patient's numbers."""
        waiting = and_(_ORDER.unit_code == study.unit_code, _ORDER.state == OrderState.WAITING)
        if connection.execute(select(_ORDER.id).where(waiting).limit(1)).first() is None:
            return []
        known = schema.patient_identifier.c
        same = and_(
            known.kind == _NUMBER.kind, known.scope == _NUMBER.scope, known.hash == _NUMBER.hash
        )
        records = linked(connection, [study.patient_id]) if study.patient_id is not None else set()
        numbered = exists().where(
            _NUMBER.order_id == _ORDER.id, _NUMBER.current == 1, same, known.patient_id.in_(records)
        )
        named = _ORDER.accession == study.accession
        rows = connection.execute(
            select(_ORDER.id).where(waiting, or_(named, numbered)).order_by(_ORDER.id)
        )
        return [int(order_id) for order_id in rows.scalars()]

    def _candidates(self, connection: Connection, looking: Looking) -> list[Candidate]:
        """Studies that an order may be about, and such of an equal name."""
        order, unit = looking.order, looking.row.unit_code
        here = studies().where(_STUDY.unit_code == unit, _STUDY.state.not_in(_ASIDE), _newest())
        near = _STUDY.arrived.between(looking.asked - _NEAR, looking.asked + _NEAR)
        found: dict[int, tuple[Fetched, Found]] = {}
        if looking.row.accession is not None:
            query = here.where(_STUDY.accession == looking.row.accession)
            _add(connection, found, query, Found.ACCESSION)
        records = linked(connection, set(holders(connection, looking.numbers).values()))
        if records:
            query = here.where(_STUDY.patient_id.in_(records), near)
            _add(connection, found, query, Found.NUMBER)
        if name_parts(order.patient.name):
            named = select(_PATIENT.id).where(_PATIENT.name == order.patient.name)
            _add(connection, found, here.where(_STUDY.patient_id.in_(named), near), Found.NAME)
        return [
            Candidate(study_of(row), by, self._differs(connection, looking, row))
            for row, by in found.values()
        ]

    def _differs(self, connection: Connection, looking: Looking, study: Fetched) -> tuple[str, ...]:
        """Fields in which an order and a study (a row of :func:`studies`) contradict each other."""
        order, unit = looking.order, looking.row
        fields = [*contradictions(PATIENT.validate_json(study.patient), order.patient)]
        if study.patient_id is not None:
            fields += [
                str(number.kind)
                for number in looking.numbers
                if not number.scope and patients.has_other(connection, study.patient_id, number)
            ]
            fields += filter(None, [patients.differs(connection, study.patient_id, order.patient)])
        if unit.accession and study.accession and unit.accession != study.accession:
            fields.append("accession")
        if order.kind is not None and order.kind != study.kind:
            fields.append("kind")
        if not self._window.holds(looking.asked, done(study)):
            fields.append("time")
        if study.order_state == OrderState.JOINED and study.order_id != unit.id:
            fields.append("taken")
        if _parted(connection, unit.id, study.id):
            fields.append("parted")
        return tuple(dict.fromkeys(fields))

    def _opened_again(self, connection: Connection, study_id: int, order: Order) -> int:
        """The study to join an order to: for a reported one a new request that follows it."""
        row = connection.execute(
            select(schema.study).where(_STUDY.id == study_id).with_for_update(key_share=True)
        ).one()
        if StudyState(row.state) not in CLOSED and not issued(connection, study_id):
            return study_id
        known = row.patient_id
        return self._insert(
            connection,
            Opening(
                unit=row.unit_code,
                key=row.study_key,
                kind=Kind(row.kind),
                request=Request(accession=order.request.accession or row.accession),
                patient=PATIENT.validate_json(row.patient),
                found=patients.Found(known, bool(row.identity_conflict)) if known else None,
                screening=ScreeningState(row.screening_state),
                acquired=row.acquired,
                study_uid=row.study_uid,
                part=row.part + 1,
                linked=study_id,
                screening_id=row.screening_id,
                objects_refused=bool(row.objects_refused),
            ),
        )

    def _join(self, connection: Connection, looking: Looking, study_id: int, act: Act) -> None:
        """The study shows what the order says; a raised priority takes it out of a batch."""
        study = connection.execute(select(schema.study).where(_STUDY.id == study_id)).one()
        asked = REQUEST.validate_json(study.request).priority
        wanted = looking.order.request.priority
        promised = self.now() + self._rules.promised.of(Kind(study.kind), wanted)
        connection.execute(  # one that was cancelled makes room
            update(schema.study_order)
            .where(_ORDER.study_id == study_id, _ORDER.state == OrderState.CANCELLED)
            .values(study_id=None)
        )
        connection.execute(
            update(schema.study_order)
            .where(_ORDER.id == looking.row.id)
            .values(
                state=str(OrderState.JOINED),
                study_id=study_id,
                due=promised if wanted > asked else None,
            )
        )
        if wanted > asked and study.state == StudyState.CHECKED:
            connection.execute(
                update(schema.study)
                .where(_STUDY.id == study_id)
                .values(state=str(StudyState.WAITING), reserved_by=None)
            )
            self._record(act.actor, "study.returned", f"study:{study_id}")
        self._happened(connection, looking.row.id, study_id, "joined", act)

    def _leave(
        self, connection: Connection, order_id: int, state: OrderState, what: str, act: Act
    ) -> None:
        """The order is no longer joined; its study loses nothing but what the order said."""
        before = connection.execute(select(_ORDER.study_id).where(_ORDER.id == order_id)).scalar()
        connection.execute(
            update(schema.study_order)
            .where(_ORDER.id == order_id)
            .values(state=str(state), study_id=None, due=None)
        )
        unlink(connection, word_of(order_id), act.account_id, act.reason, self.now())
        self._happened(connection, order_id, before, what, act)

    def _happened(
        self, connection: Connection, order_id: int, study_id: int | None, what: str, act: Act
    ) -> None:
        """Write down what became of an order, beside it and in the audit trail."""
        connection.execute(
            insert(schema.order_event).values(
                order_id=order_id,
                study_id=study_id,
                act=what,
                actor=act.actor,
                account_id=act.account_id,
                reason=act.reason,
                at=self.now(),
            )
        )
        subject = f"order:{order_id}" if study_id is None else f"study:{study_id}"
        detail: dict[str, Parameter] = {"order": order_id}
        if act.reason:
            detail["reason"] = act.reason
        self._record(act.actor, f"order.{what}", subject, **detail)


def look(connection: Connection, order_id: int, *, lock: bool = False) -> Looking:
    """An order with what it says; `lock`: nobody else changes it until the transaction ends."""
    query = select(schema.study_order).where(_ORDER.id == order_id)
    row = connection.execute(query.with_for_update() if lock else query).one()
    numbers = connection.execute(
        select(schema.order_number).where(_NUMBER.order_id == order_id, _NUMBER.current == 1)
    )
    return Looking(
        row,
        ORDER.validate_json(row.content),
        tuple(Identifier(IdentifierKind(n.kind), n.scope, n.hash, n.masked) for n in numbers),
    )


def word_of(order_id: int) -> str:
    """By whose word an order's patient and a study's are one."""
    return f"order:{order_id}"


def done(study: Fetched) -> datetime:
    """When a study was made, as far as its device's clock can be believed."""
    acquired, arrived = study.acquired, study.arrived
    believed: datetime = arrived if doubtful_clock(acquired, arrived) else acquired or arrived
    return believed


def accession_number(order: Order) -> str | None:
    """An order's accession number as it is looked up."""
    return accession_of(order.request)


def _newest() -> ColumnElement[bool]:
    later = schema.study.alias("later")
    return not_(
        exists().where(
            later.c.unit_code == _STUDY.unit_code,
            later.c.study_key == _STUDY.study_key,
            later.c.part > _STUDY.part,
        )
    )


def _add(
    connection: Connection, found: dict[int, tuple[Fetched, Found]], query: Selection, by: Found
) -> None:
    for row in connection.execute(query.order_by(_STUDY.id.desc()).limit(_MOST)):
        found.setdefault(row.id, (row, by))


def _parted(connection: Connection, order_id: int, study_id: int) -> bool:
    """Whether a person has parted the two, the last time that they were joined."""
    last = connection.execute(
        select(_EVENT.act)
        .where(
            _EVENT.order_id == order_id,
            _EVENT.study_id == study_id,
            _EVENT.act.in_(("joined", "parted")),
        )
        .order_by(_EVENT.id.desc())
        .limit(1)
    ).scalar()
    return last == "parted"

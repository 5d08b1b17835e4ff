"""From database rows to the model's values, and the selections that both list and parts use."""

from collections import defaultdict, namedtuple
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, ScalarSelect, and_, bindparam, exists, or_, select

from farlead.errors import NotFound
from farlead.messages import Message, message
from farlead.model.lives import DeliveryState, OrderState, ReportState, StudyState
from farlead.model.order import Order
from farlead.model.people import Patient, Unit, completed
from farlead.model.report import Claim, Delivery
from farlead.model.review import Outcome, Review
from farlead.model.screening import Screening
from farlead.model.study import (
    AskedBy,
    Kind,
    Request,
    ScreeningState,
    StoredObject,
    Study,
    merged,
)
from farlead.model.whose import identity_doubt
from farlead.model.worklist import Row as ListRow
from farlead.store import schema
from farlead.store.columns import (
    ASKED,
    MESSAGE,
    ORDER,
    PATIENT,
    REQUEST,
    SCREENING,
    SCREENING_DETAIL,
    Fetched,
    Selection,
)
from farlead.store.database import among

_STUDY = schema.study.c
_OBJECT = schema.study_object.c
_MOST = 500  # values that are asked for at once

#: States of studies that are on the list.
LISTED = tuple(str(s) for s in (StudyState.WAITING, StudyState.CLAIMED, StudyState.CHECKED))


@cache
def studies() -> Selection:
    """Studies with their unit's name, their order, and whether another patient looks the same."""
    pair, order = schema.possible_pair.c, schema.study_order.c
    alike = exists().where(
        or_(pair.first_id == _STUDY.patient_id, pair.second_id == _STUDY.patient_id),
        pair.decision.is_(None),
    )
    return (
        select(
            schema.study,
            schema.unit.c.name.label("unit_name"),
            alike.label("possibly_same"),
            order.id.label("order_id"),
            order.source.label("order_source"),
            order.state.label("order_state"),
            order.content.label("order_content"),
            order.due.label("order_due"),
        )
        .join_from(schema.study, schema.unit)
        .join(schema.study_order, order.study_id == _STUDY.id, isouter=True)
    )


@cache
def list_rows() -> Selection:
    """Studies with their screening, claim, draft, and the second signature they wait for."""
    report, claim, screening = schema.report.c, schema.claim.c, schema.screening.c
    review, author = schema.review.c, schema.account.alias("author")
    signed = schema.report.alias("signed")
    drafted = exists().where(report.study_id == _STUDY.id, report.state == ReportState.DRAFT)
    return (
        studies()
        .add_columns(
            screening.result.label("screening_result"),
            claim.account_id.label("claim_account"),
            schema.account.c.name.label("claim_reader"),
            claim.station.label("claim_station"),
            claim.fencing.label("claim_fencing"),
            claim.until.label("claim_until"),
            drafted.label("has_draft"),
            _sent_back().label("sent_back_to"),
            review.report_id.label("review_report"),
            review.asked.label("review_asked"),
            review.escalates.label("review_escalates"),
            author.c.id.label("review_author"),
            author.c.name.label("review_author_name"),
        )
        .join(
            schema.review,
            and_(review.study_id == _STUDY.id, review.outcome.is_(None)),
            isouter=True,
        )
        .join(signed, signed.c.id == review.report_id, isouter=True)
        .join(author, author.c.id == signed.c.signer_id, isouter=True)
        .join(schema.screening, screening.id == _STUDY.screening_id, isouter=True)
        .join(schema.claim, claim.study_id == _STUDY.id, isouter=True)
        .join(schema.account, schema.account.c.id == claim.account_id, isouter=True)
    )


def _sent_back() -> ScalarSelect[Any]:
    """Account to which the second reader has sent the draft of a study back."""
    report, review = schema.report.c, schema.review.c
    back = exists().where(review.report_id == report.id, review.outcome == Outcome.SENT_BACK)
    return (
        select(report.author_id)
        .where(report.study_id == _STUDY.id, report.state == ReportState.DRAFT, back)
        .scalar_subquery()
    )


def study_of(row: Fetched, objects: tuple[StoredObject, ...] = ()) -> Study:
    """A study from a row of :func:`studies`; what its order says counts as if it had come along."""
    patient, request = PATIENT.validate_json(row.patient), REQUEST.validate_json(row.request)
    due, asked_by = row.due, None
    if row.order_id is not None:
        ordered = ORDER.validate_json(row.order_content)
        asked_by = asked(row, ordered, patient, request)
        patient, request = with_order(patient, request, ordered)
        due = min(due, row.order_due or due)
    return Study(
        id=row.id,
        number=row.number,
        unit=Unit(row.unit_code, row.unit_name),
        kind=Kind(row.kind),
        state=StudyState(row.state),
        patient_id=row.patient_id,
        patient=patient,
        request=request,
        acquired=row.acquired,
        arrived=row.arrived,
        due=due,
        study_uid=row.study_uid,
        linked=row.linked,
        possibly_same=bool(row.possibly_same),
        quarantine=message_of(row.quarantine),
        objects=objects,
        identity_conflict=bool(row.identity_conflict),
        objects_refused=bool(row.objects_refused),
        asked_by=asked_by,
    )


def with_order(patient: Patient, request: Request, order: Order) -> tuple[Patient, Request]:
    """What a study's documents say, completed by its order; a doubt about whose it is stays."""
    doubt = patient.doubt or identity_doubt(patient, order.patient, None)
    return replace(completed(patient, order.patient), doubt=doubt), merged(request, order.request)


def asked(row: Fetched, order: Order, patient: Patient, request: Request) -> AskedBy:
    """Whose order it is, and what the study shows because of it."""
    now_patient, now_request = with_order(patient, request, order)
    filled = (*_filled(patient, now_patient), *_filled(request, now_request))
    return AskedBy(
        row.order_id, order.number, row.order_source, OrderState(row.order_state), filled
    )


def _filled(before: Patient | Request, now: Patient | Request) -> list[str]:
    names = [field.name for field in fields(before) if field.name != "doubt"]
    return [name for name in names if getattr(before, name) != getattr(now, name)]


def list_row_of(row: Fetched, objects: tuple[StoredObject, ...] = ()) -> ListRow:
    """A row of the list from a row of :func:`list_rows`."""
    state = ScreeningState(row.screening_state)
    result = row.screening_result if state is ScreeningState.DONE else None
    return ListRow(
        study=study_of(row, objects),
        screening_state=state,
        screening=None if result is None else _screening(row.screening_id, result),
        failure=message_of(row.screening_failure),
        claim=_claim_of_list(row),
        has_draft=bool(row.has_draft),
        review=_review_of_list(row),
        sent_back_to=row.sent_back_to,
    )


@lru_cache(maxsize=4096)
def _screening(_screening_id: int, result: str) -> Screening:
    """A result never changes, so a list that is read every second decodes it once."""
    return SCREENING.validate_json(result)


def in_full(screening: Screening, detail: str | None) -> Screening:
    """A result with what is stored apart from it; without, where it is older than that."""
    found = None if detail is None else SCREENING_DETAIL.validate_json(detail)
    return replace(screening, detail=found)


def _claim_of_list(row: Fetched) -> Claim | None:
    if row.claim_account is None:
        return None
    return Claim(
        row.id, row.claim_account, row.claim_reader, row.claim_station, row.claim_fencing,
        row.claim_until,
    )  # fmt: skip


def _review_of_list(row: Fetched) -> Review | None:
    if row.review_report is None:
        return None
    return Review(
        row.review_report, row.review_author, row.review_author_name, row.review_asked,
        row.review_escalates,
    )  # fmt: skip


def claim_of(row: Fetched) -> Claim:
    """A claim from a row of ``claim`` joined with its account's name."""
    return Claim(row.study_id, row.account_id, row.name, row.station, row.fencing, row.until)


def delivery_of(row: Fetched) -> Delivery:
    """A delivery from its row."""
    return Delivery(
        id=row.id,
        report=row.report_id,
        study=row.study_id,
        destination=row.destination,
        identifier=row.identifier,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        next_try=row.next_try,
        confirmed=row.confirmed,
        error=message_of(row.error),
        notice=row.notice_id,
        asked=ASKED.validate_json(row.asked) if row.asked else None,
    )


def message_of(stored: str | None) -> Message | None:
    """A stored message."""
    return None if stored is None else MESSAGE.validate_json(stored)


def objects_of(
    connection: Connection, ids: Iterable[int]
) -> Mapping[int, tuple[StoredObject, ...]]:
    """Objects by study, in the order of their arrival.

    A request that reopens a study without bringing an object has those of the study it follows.
    """
    wanted = list(ids)
    own = _own_objects(connection, wanted)
    bare = [each for each in wanted if each not in own]
    linked: dict[int, int] = {}
    for start in range(0, len(bare), _MOST):
        linked |= _linked(connection, bare[start : start + _MOST])
    return {**own, **_of_linked(connection, linked)}


def _own_objects(
    connection: Connection, wanted: Sequence[int]
) -> Mapping[int, tuple[StoredObject, ...]]:
    return _by_study(
        row
        for start in range(0, len(wanted), _MOST)
        for row in connection.execute(_objects(connection, wanted[start : start + _MOST])).all()
    )


def _linked(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """Studies that follow another, with that other one."""
    some = among(connection, _STUDY.id, ids)
    query = select(_STUDY.id, _STUDY.linked).where(some, _STUDY.linked.is_not(None))
    return {row.id: row.linked for row in connection.execute(query)}


def _of_linked(
    connection: Connection, linked: Mapping[int, int]
) -> dict[int, tuple[StoredObject, ...]]:
    if not linked:
        return {}
    objects = objects_of(connection, set(linked.values()))
    return {study_id: objects.get(before, ()) for study_id, before in linked.items()}


def _objects(connection: Connection, ids: Sequence[int]) -> Selection:
    mine = among(connection, _OBJECT.study_id, ids)
    return select(schema.study_object).where(mine).order_by(_OBJECT.id)


def _by_study(rows: Iterable[Fetched]) -> Mapping[int, tuple[StoredObject, ...]]:
    found: dict[int, list[StoredObject]] = defaultdict(list)
    for row in _plain(rows):
        found[row.study_id].append(_object_of(row))
    return {study_id: tuple(objects) for study_id, objects in found.items()}


def _object_of(row: Fetched) -> StoredObject:
    return StoredObject(
        sha256=row.sha256,
        size=row.size,
        digest=row.digest,
        file_name=row.file_name,
        sop_instance_uid=row.sop_instance_uid,
        sop_class_uid=row.sop_class_uid,
        received=row.received,
    )


def read_rows(
    connection: Connection, found: Sequence[Fetched]
) -> dict[int, tuple[ListRow, int | None]]:
    """Rows of the list by study from rows of :func:`list_rows`, with whom each is reserved for."""
    own = _own_objects(connection, [row.id for row in found])
    linked = {r.id: r.linked for r in found if r.linked is not None and r.id not in own}
    objects = {**own, **_of_linked(connection, linked)}
    rows = _plain(found)
    return {r.id: (list_row_of(r, objects.get(r.id, ())), r.reserved_by) for r in rows}


def rows_of(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[ListRow, int | None]]:
    """The same for these studies."""
    found: dict[int, tuple[ListRow, int | None]] = {}
    for start in range(0, len(ids), _MOST):
        some = among(connection, _STUDY.id, ids[start : start + _MOST])
        found |= read_rows(connection, connection.execute(list_rows().where(some)).all())
    return found


def _plain(rows: Iterable[Fetched]) -> Iterator[Fetched]:
    """The rows as tuples whose fields are read ten times as fast: a list has forty of each row."""
    made = None
    for row in rows:
        made = made or _tuple_of(row._fields)
        yield made._make(row)


@cache
def _tuple_of(fields: tuple[str, ...]) -> Any:
    return namedtuple("Plain", fields)


def whole_study(connection: Connection, study_id: int) -> Study:
    """A study with its objects; NotFound."""
    row = connection.execute(_one_study(), {"study": study_id}).one_or_none()
    if row is None:
        raise no_study(study_id)
    return study_of(row, objects_of(connection, [study_id]).get(study_id, ()))


@cache
def _one_study() -> Selection:
    """Made once: it is long."""
    return studies().where(_STUDY.id == bindparam("study"))


def whole_studies(connection: Connection, ids: Iterable[int]) -> dict[int, Study]:
    """Those of these studies that there are, with their objects, by id."""
    wanted, found = sorted(set(ids)), dict[int, Study]()
    for start in range(0, len(wanted), _MOST):
        some = among(connection, _STUDY.id, wanted[start : start + _MOST])
        rows = connection.execute(studies().where(some)).all()
        objects = objects_of(connection, [row.id for row in rows])
        found |= {row.id: study_of(row, objects.get(row.id, ())) for row in rows}
    return found


def no_study(study_id: int) -> NotFound:
    """The error for an unknown study."""
    return NotFound(message("store.no_study", study=study_id))

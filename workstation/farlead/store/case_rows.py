"""Cases of critical values as rows: selecting, joining their parts, building the values."""

from collections.abc import Iterable, Sequence
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import BindParameter, Connection, bindparam, select
from sqlalchemy.orm import aliased

from farlead.errors import NotFound
from farlead.messages import message
from farlead.model.critical import Call, CallMade, CriticalCase, Finding, Way
from farlead.model.escalation import Escalation, Mark
from farlead.model.lives import CaseState
from farlead.model.people import Unit
from farlead.store import schema
from farlead.store.columns import MESSAGE, PATIENT, REQUEST, Fetched, Selection

_CASE, _FINDING, _CALL = schema.critical_case.c, schema.critical_finding.c, schema.critical_call.c
_ESCALATION, _STUDY = schema.critical_escalation.c, schema.study.c

#: What screening raised, and a mark of the clock, as they are kept.
SUSPICION = TypeAdapter(tuple[Finding, ...])
MARK = TypeAdapter(Mark)


def whole_case(connection: Connection, case_id: int) -> CriticalCase:
    """One case; NotFound."""
    found = cases_of_rows(connection, _ONE, case=case_id)
    if not found:
        raise NotFound(message("critical.no_case", case=case_id))
    return found[0]


@cache
def selected_cases() -> Selection:
    """Cases with their study and names; the one whose clock runs longest first."""
    opener, closer, seer = (aliased(schema.account) for _ in range(3))
    return (
        select(
            schema.critical_case,
            opener.c.name.label("opener"),
            closer.c.name.label("closer"),
            seer.c.name.label("seer"),
            _STUDY.number.label("study_number"),
            _STUDY.unit_code,
            schema.unit.c.name.label("unit_name"),
            _STUDY.patient,
            _STUDY.request,
            _STUDY.acquired,
            _STUDY.arrived,
        )
        .join(schema.study, _STUDY.id == _CASE.study_id)
        .join(schema.unit, schema.unit.c.code == _STUDY.unit_code)
        .join(opener, opener.c.id == _CASE.opened_by, isouter=True)
        .join(seer, seer.c.id == _CASE.seen_by, isouter=True)
        .join(closer, closer.c.id == _CASE.closed_by, isouter=True)
        .order_by(_CASE.since, _CASE.id)
    )


def cases_of_rows(connection: Connection, query: Selection, **asked: object) -> list[CriticalCase]:
    """The cases that a query selects, whole; most studies have none."""
    rows = connection.execute(query, asked).all()
    if not rows:
        return []
    ids = [row.id for row in rows]
    findings, calls = _findings(connection, ids), calls_of(connection, ids)
    marks = _escalations(connection, ids)
    return [
        _case_of(row, findings.get(row.id, ()), calls.get(row.id, ()), marks.get(row.id, ()))
        for row in rows
    ]


# Made once, like all that is asked again and again: making them takes longer than the answer.
_ONE = selected_cases().where(_CASE.id == bindparam("case"))
#: Suspicions and cases that nobody has ended; those of a study that a reader has opened.
RUNNING = selected_cases().where(_CASE.closed.is_(None))
OPENED_OF = selected_cases().where(_CASE.study_id == bindparam("study"), _CASE.opened.is_not(None))
_IDS: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_FINDINGS = select(schema.critical_finding).where(_FINDING.case_id.in_(_IDS)).order_by(_FINDING.id)
_CALLS = (
    select(schema.critical_call, schema.account.c.name.label("reader"))
    .join(schema.account, schema.account.c.id == _CALL.account_id)
    .where(_CALL.case_id.in_(_IDS))
    .order_by(_CALL.id)
)
_MARKS = (
    select(schema.critical_escalation)
    .where(_ESCALATION.case_id.in_(_IDS))
    .order_by(_ESCALATION.mark)
)


def _case_of(
    row: Fetched,
    findings: tuple[Finding, ...],
    calls: tuple[Call, ...],
    marks: tuple[Escalation, ...],
) -> CriticalCase:
    return CriticalCase(
        id=row.id,
        study=row.study_id,
        number=row.study_number,
        unit=Unit(row.unit_code, row.unit_name),
        patient=PATIENT.validate_json(row.patient),
        request=REQUEST.validate_json(row.request),
        acquired=row.acquired,
        arrived=row.arrived,
        state=CaseState(row.state),
        since=row.since,
        opened=row.opened,
        opened_by=row.opener or "",
        findings=findings or SUSPICION.validate_json(row.suspicion),
        calls=calls,
        closed=row.closed,
        closed_by=row.closer or "",
        reason=row.reason,
        taken_over_by=row.taken_over_by,
        seen=row.seen,
        seen_by=row.seer or "",
        escalations=marks,
    )


def _findings(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[Finding, ...]]:
    rows = connection.execute(_FINDINGS, {"ids": list(ids)})
    found: dict[int, tuple[Finding, ...]] = {}
    for row in rows:
        finding = Finding(row.code, MESSAGE.validate_json(row.finding), row.source)
        found[row.case_id] = (*found.get(row.case_id, ()), finding)
    return found


def calls_of(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[Call, ...]]:
    """Every call of these cases."""
    rows = connection.execute(_CALLS, {"ids": list(ids)})
    found: dict[int, tuple[Call, ...]] = {}
    for row in rows:
        made = CallMade(
            Way(row.way), row.number, row.person, bool(row.reached), bool(row.read_back), row.advice
        )
        found[row.case_id] = (*found.get(row.case_id, ()), Call(row.at, row.reader, made))
    return found


def _escalations(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[Escalation, ...]]:
    rows = connection.execute(_MARKS, {"ids": list(ids)})
    found: dict[int, tuple[Escalation, ...]] = {}
    for row in rows:
        reached = Escalation(MARK.validate_json(row.told), row.due, row.at, row.station)
        found[row.case_id] = (*found.get(row.case_id, ()), reached)
    return found

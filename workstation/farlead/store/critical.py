"""Cases of critical values: opened with the acceptance, closed only with their facts."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.orm import aliased

from farlead.errors import CaseError, NotFound
from farlead.messages import message
from farlead.model.critical import (
    Call,
    CallMade,
    CriticalCase,
    Finding,
    Way,
    is_critical,
    lacking,
)
from farlead.model.lives import CaseState
from farlead.model.people import Account, Unit
from farlead.model.report import Decision, Draft
from farlead.model.screening import Flag
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import MESSAGE, PATIENT, REQUEST, SCREENING, Fetched, Selection
from farlead.store.holding import lock
from farlead.store.rows import no_study

_CASE, _FINDING, _CALL = schema.critical_case.c, schema.critical_finding.c, schema.critical_call.c
_STUDY, _SCREENING = schema.study.c, schema.screening.c


class CriticalPart(Base):
    """Opening, calling, ending."""

    def declare_case(
        self, study_id: int, account: Account, finding: Finding, since: datetime | None = None
    ) -> CriticalCase:
        """A reader declares a critical value that screening did not raise.

        An open case of the study takes the finding up. The clock of a new one starts now.

        Raises
        ------
        CaseError
            The finding has no words.
        NotFound
        """
        if not str(finding.text.parameters.get("text", "-")).strip():
            raise CaseError(message("critical.lacks_finding"))
        with self._write() as connection:
            reader = (account.id, account.login)
            begun = min(since or self.now(), self.now())
            case_id = self._opened(connection, study_id, reader, [finding], begun)
            return _whole(connection, case_id)

    def record_call(
        self,
        case_id: int,
        account: Account,
        station: str,
        made: CallMade,
        at: datetime | None = None,
    ) -> CriticalCase:
        """One try to reach the unit; CaseError when the case is over.

        `at` is when it was made, where that is told later than now.
        """
        with self._write() as connection:
            case = _locked(connection, case_id)
            if case.state != CaseState.OPEN:
                raise CaseError(message("critical.over"))
            connection.execute(
                insert(schema.critical_call).values(
                    case_id=case_id,
                    at=at or self.now(),
                    account_id=account.id,
                    station=station,
                    way=str(made.way),
                    number=made.number.strip(),
                    person=made.person.strip(),
                    reached=int(made.reached),
                    read_back=int(made.reached and made.read_back),
                    advice=made.advice.strip(),
                )
            )
            self._record(
                connection,
                account.login,
                "critical.called",
                f"study:{case.study_id}",
                case=case_id,
                way=str(made.way),
                reached=made.reached,
                read_back=made.read_back,
                station=station,
            )
            return _whole(connection, case_id)

    def close_case(
        self,
        case_id: int,
        account: Account,
        ending: CaseState,
        *,
        reason: str = "",
        taken_over_by: str = "",
    ) -> CriticalCase:
        """End a case in one of its three ways.

        Raises
        ------
        CaseError
            Something that this ending needs is missing, and says what; or the case is over.
        """
        with self._write() as connection:
            case = _locked(connection, case_id)
            if case.state != CaseState.OPEN:
                raise CaseError(message("critical.over"))
            calls = _calls(connection, [case_id]).get(case_id, ())
            lacks = lacking((call.made for call in calls), ending, reason, taken_over_by)
            if lacks is not None:
                raise CaseError(lacks)
            connection.execute(
                update(schema.critical_case)
                .where(_CASE.id == case_id)
                .values(
                    state=str(ending),
                    closed=self.now(),
                    closed_by=account.id,
                    reason=reason.strip(),
                    taken_over_by=taken_over_by.strip(),
                )
            )
            self._record(
                connection,
                account.login,
                "critical.closed",
                f"study:{case.study_id}",
                case=case_id,
                ending=str(ending),
            )
            return _whole(connection, case_id)

    def open_cases(self) -> list[CriticalCase]:
        """Cases that nobody has ended, the one whose clock runs longest first."""
        with self._read() as connection:
            return _cases(connection, _selected().where(_CASE.state == CaseState.OPEN))

    def cases(self, study_id: int) -> list[CriticalCase]:
        """All cases of a study, the first one first."""
        with self._read() as connection:
            return _cases(connection, _selected().where(_CASE.study_id == study_id))

    def case(self, case_id: int) -> CriticalCase:
        """One case; NotFound."""
        with self._read() as connection:
            return _whole(connection, case_id)

    def open_accepted(self, study_id: int, account: Account, draft: Draft) -> None:
        """Open the case of what this draft accepts as critical, where there is none yet."""
        with self._read() as connection:
            if not _uncovered(connection, study_id, None, draft):
                return
        with self._write() as connection:
            self._open_accepted(connection, study_id, (account.id, account.login), None, draft)

    def _open_accepted(
        self,
        connection: Connection,
        study_id: int,
        reader: tuple[int, str],
        before: Draft | None,
        draft: Draft,
    ) -> None:
        """In the transaction that keeps the draft: accepting and opening are one step.

        `reader` is who accepts, by id and log-in name.
        """
        flags = _uncovered(connection, study_id, before, draft)
        if not flags:
            return
        findings = [Finding(flag.code, flag.text, flag.rule) for flag in flags]
        since = min(_suspected(connection, study_id, {f.code for f in flags}), self.now())
        self._opened(connection, study_id, reader, findings, since)
        self._database.touch(connection)

    def _opened(
        self,
        connection: Connection,
        study_id: int,
        reader: tuple[int, str],
        findings: Sequence[Finding],
        since: datetime,
    ) -> int:
        """The open case of the study with these findings; the case is made where there is none."""
        known = _running(connection, study_id)
        case_id = known or self._begin_case(connection, study_id, reader[0], since)
        for finding in findings:
            connection.execute(
                insert(schema.critical_finding).values(
                    case_id=case_id,
                    code=finding.code,
                    source=finding.source,
                    finding=MESSAGE.dump_json(finding.text).decode(),
                    added=self.now(),
                    account_id=reader[0],
                )
            )
            self._record(
                connection,
                reader[1],
                "critical.found" if known else "critical.opened",
                f"study:{study_id}",
                case=case_id,
                code=finding.code,
                source=finding.source,
                since=since.isoformat(),
            )
        return case_id

    def _begin_case(
        self, connection: Connection, study_id: int, account_id: int, since: datetime
    ) -> int:
        made: int = connection.execute(
            insert(schema.critical_case)
            .values(
                study_id=study_id,
                state=str(CaseState.OPEN),
                since=since,
                opened=self.now(),
                opened_by=account_id,
            )
            .returning(_CASE.id)
        ).scalar_one()
        return made


def _running(connection: Connection, study_id: int) -> int | None:
    """The open case of a study; NotFound where there is no such study."""
    if connection.execute(select(_STUDY.id).where(_STUDY.id == study_id)).first() is None:
        raise no_study(study_id)
    known: int | None = connection.execute(
        select(_CASE.id)
        .where(_CASE.study_id == study_id, _CASE.state == CaseState.OPEN)
        .with_for_update()
    ).scalar()
    return known


def _uncovered(
    connection: Connection, study_id: int, before: Draft | None, draft: Draft
) -> list[Flag]:
    """Critical suggestions that the draft accepts and that no case covers.

    One that is accepted anew after its case has ended opens another.
    """
    accepted = {c for c, d in draft.decisions.items() if d is Decision.ACCEPTED}
    if not accepted:
        return []
    flags = [
        flag
        for flag in _newest_flags(connection, study_id)
        if flag.code in accepted and is_critical(flag.severity)
    ]
    anew = {
        flag.code
        for flag in flags
        if before is not None and before.decisions.get(flag.code) is Decision.REJECTED
    }
    covered = _covered(connection, study_id, open_only=False)
    running = _covered(connection, study_id, open_only=True)
    return [f for f in flags if f.code not in (running if f.code in anew else covered)]


def _newest_flags(connection: Connection, study_id: int) -> tuple[Flag, ...]:
    result: str | None = connection.execute(
        select(_SCREENING.result)
        .where(_SCREENING.study_id == study_id)
        .order_by(_SCREENING.id.desc())
        .limit(1)
    ).scalar()
    return () if result is None else SCREENING.validate_json(result).flags


def _covered(connection: Connection, study_id: int, *, open_only: bool) -> set[str]:
    query = (
        select(_FINDING.code)
        .join(schema.critical_case, _CASE.id == _FINDING.case_id)
        .where(_CASE.study_id == study_id)
    )
    if open_only:
        query = query.where(_CASE.state == CaseState.OPEN)
    return set(connection.execute(query).scalars())


def _suspected(connection: Connection, study_id: int, codes: set[str]) -> datetime:
    """When screening first raised one of these as critical."""
    results = connection.execute(
        select(_SCREENING.made, _SCREENING.result)
        .where(_SCREENING.study_id == study_id)
        .order_by(_SCREENING.id)
    )
    for made, result in results:
        raised = SCREENING.validate_json(result).flags
        if any(flag.code in codes and is_critical(flag.severity) for flag in raised):
            return made  # type: ignore[no-any-return]  # a column of times
    raise RuntimeError(f"study {study_id}: an accepted suggestion was never raised")


def _locked(connection: Connection, case_id: int) -> Fetched:
    """A case for change. Its study is locked first, as by everybody who saves or signs."""
    study_id = connection.execute(
        select(_CASE.study_id).where(_CASE.id == case_id)
    ).scalar_one_or_none()
    if study_id is None:
        raise NotFound(message("critical.no_case", case=case_id))
    lock(connection, study_id)
    return connection.execute(
        select(schema.critical_case).where(_CASE.id == case_id).with_for_update()
    ).one()


def _whole(connection: Connection, case_id: int) -> CriticalCase:
    found = _cases(connection, _selected().where(_CASE.id == case_id))
    if not found:
        raise NotFound(message("critical.no_case", case=case_id))
    return found[0]


def _selected() -> Selection:
    opener, closer = aliased(schema.account), aliased(schema.account)
    return (
        select(
            schema.critical_case,
            opener.c.name.label("opener"),
            closer.c.name.label("closer"),
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
        .join(opener, opener.c.id == _CASE.opened_by)
        .join(closer, closer.c.id == _CASE.closed_by, isouter=True)
        .order_by(_CASE.since, _CASE.id)
    )


def _cases(connection: Connection, query: Selection) -> list[CriticalCase]:
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    findings, calls = _findings(connection, ids), _calls(connection, ids)
    return [_case_of(row, findings.get(row.id, ()), calls.get(row.id, ())) for row in rows]


def _case_of(row: Fetched, findings: tuple[Finding, ...], calls: tuple[Call, ...]) -> CriticalCase:
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
        opened_by=row.opener,
        findings=findings,
        calls=calls,
        closed=row.closed,
        closed_by=row.closer or "",
        reason=row.reason,
        taken_over_by=row.taken_over_by,
    )


def _findings(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[Finding, ...]]:
    rows = connection.execute(
        select(schema.critical_finding).where(_FINDING.case_id.in_(ids)).order_by(_FINDING.id)
    )
    found: dict[int, tuple[Finding, ...]] = {}
    for row in rows:
        finding = Finding(row.code, MESSAGE.validate_json(row.finding), row.source)
        found[row.case_id] = (*found.get(row.case_id, ()), finding)
    return found


def _calls(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[Call, ...]]:
    rows = connection.execute(
        select(schema.critical_call, schema.account.c.name.label("reader"))
        .join(schema.account, schema.account.c.id == _CALL.account_id)
        .where(_CALL.case_id.in_(ids))
        .order_by(_CALL.id)
    )
    found: dict[int, tuple[Call, ...]] = {}
    for row in rows:
        made = CallMade(
            Way(row.way), row.number, row.person, bool(row.reached), bool(row.read_back), row.advice
        )
        found[row.case_id] = (*found.get(row.case_id, ()), Call(row.at, row.reader, made))
    return found

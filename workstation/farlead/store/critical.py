"""Cases of critical values: opened with the acceptance, closed only with their facts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, or_, select, update

from farlead.errors import CaseError, NotFound
from farlead.messages import message
from farlead.model.critical import (
    CallMade,
    CriticalCase,
    Finding,
    is_critical,
    lacking,
)
from farlead.model.lives import CaseState
from farlead.model.people import Account
from farlead.model.report import Decision, Draft, NoticeKind
from farlead.model.screening import Flag
from farlead.store import schema
from farlead.store.case_rows import (
    OPENED_OF,
    SUSPICION,
    calls_of,
    cases_of_rows,
    selected_cases,
    whole_case,
)
from farlead.store.columns import MESSAGE, SCREENING, Fetched
from farlead.store.holding import lock
from farlead.store.saying import add_notice, findings_text
from farlead.store.suspicions import SuspicionPart, running_case

_CASE, _FINDING = schema.critical_case.c, schema.critical_finding.c
_SCREENING = schema.screening.c


class CriticalPart(SuspicionPart):
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
            lock(connection, study_id)
            reader = (account.id, account.login)
            begun = min(since or self.now(), self.now())
            case_id = self._opened(connection, study_id, reader, [finding], begun)
            return whole_case(connection, case_id)

    def confirm_case(self, case_id: int, account: Account) -> CriticalCase:
        """A reader takes all that is suspected as a critical value; CaseError when it is over."""
        with self._write() as connection:
            case = _locked(connection, case_id)
            if case.state != CaseState.SUSPECTED:
                raise CaseError(message("critical.judged"))
            findings = SUSPICION.validate_json(case.suspicion)
            reader = (account.id, account.login)
            self._opened(connection, case.study_id, reader, findings, case.since)
            return whole_case(connection, case_id)

    def record_call(
        self,
        case_id: int,
        account: Account,
        station: str,
        made: CallMade,
        at: datetime | None = None,
    ) -> CriticalCase:
        """One try to reach the unit; CaseError when the case is over.

        `at` is when it was made, where that is told later than now; told again it counts once.
        """
        with self._write() as connection:
            case = _locked(connection, case_id)
            if at is not None and _is_told(connection, case_id, account, at):
                return whole_case(connection, case_id)
            _in_hand(case)
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
            # After the call, which may be told later than it was made: its own time counts.
            self._escalate_case(connection, case_id, station, account)
            self._record(
                account.login,
                "critical.called",
                f"study:{case.study_id}",
                case=case_id,
                way=str(made.way),
                reached=made.reached,
                read_back=made.read_back,
                station=station,
            )
            return whole_case(connection, case_id)

    def close_case(
        self,
        case_id: int,
        account: Account,
        ending: CaseState,
        *,
        reason: str = "",
        taken_over_by: str = "",
        station: str = "",
    ) -> CriticalCase:
        """End a case in one of its three ways; a mere suspicion only as no critical value.

        Raises
        ------
        CaseError
            Something that this ending needs is missing, and says what; or the case is over.
        """
        with self._write() as connection:
            case = _locked(connection, case_id)
            suspected = case.state == CaseState.SUSPECTED
            if not suspected:
                _in_hand(case)
            calls = calls_of(connection, [case_id]).get(case_id, ())
            made = (call.made for call in calls)
            lacks = lacking(made, ending, reason, taken_over_by, suspected=suspected)
            if lacks is not None:
                raise CaseError(lacks)
            self._escalate_case(connection, case_id, station, account)
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
                account.login,
                "critical.closed",
                f"study:{case.study_id}",
                case=case_id,
                ending=str(ending),
            )
            if (
                ending is CaseState.NOT_CRITICAL and not suspected
            ):  # nothing was told of a suspicion
                add_notice(
                    connection,
                    case.study_id,
                    NoticeKind.CRITICAL_OVER,
                    self.now(),
                    case_id=case_id,
                    account_id=account.id,
                )
            return whole_case(connection, case_id)

    def open_cases(self) -> list[CriticalCase]:
        """Critical values that nobody has ended, the one whose clock runs longest first."""
        with self._read() as connection:
            return cases_of_rows(connection, selected_cases().where(_CASE.state == CaseState.OPEN))

    def cases(self, study_id: int) -> list[CriticalCase]:
        """All cases of a study that a reader has opened, the first one first."""
        with self._read() as connection:
            return cases_of_rows(connection, OPENED_OF, study=study_id)

    def cases_since(self, begin: datetime) -> list[CriticalCase]:
        """Cases and suspicions whose clock began then or later, and all that still run."""
        with self._read() as connection:
            chosen = selected_cases().where(or_(_CASE.since >= begin, _CASE.closed.is_(None)))
            return cases_of_rows(connection, chosen)

    def case(self, case_id: int) -> CriticalCase:
        """One case; NotFound."""
        with self._read() as connection:
            return whole_case(connection, case_id)

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
        known = running_case(connection, study_id)
        joined = known is not None and known.state == CaseState.OPEN
        if known is None:
            case_id = self._begin_case(connection, study_id, reader[0], since)
        else:
            case_id = int(known.id)
        if known is not None and not joined:
            self._take_suspicion(connection, case_id, reader)
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
                reader[1],
                "critical.found" if joined else "critical.opened",
                f"study:{study_id}",
                case=case_id,
                code=finding.code,
                source=finding.source,
                since=since.isoformat(),
            )
        add_notice(
            connection,
            study_id,
            NoticeKind.CRITICAL,
            self.now(),
            case_id=case_id,
            account_id=reader[0],
            content=findings_text(finding.text for finding in findings),
        )
        return case_id

    def _take_suspicion(
        self, connection: Connection, case_id: int, reader: tuple[int, str]
    ) -> None:
        """What was suspected is a critical value; whoever judges it has seen it."""
        self._escalate_case(connection, case_id, "", None)
        now = self.now()
        connection.execute(
            update(schema.critical_case)
            .where(_CASE.id == case_id)
            .values(
                state=str(CaseState.OPEN),
                opened=now,
                opened_by=reader[0],
                seen=func.coalesce(_CASE.seen, now),
                seen_by=func.coalesce(_CASE.seen_by, reader[0]),
            )
        )

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


def _in_hand(case: Fetched) -> None:
    """CaseError unless a reader has opened the case and nobody has ended it."""
    if case.state == CaseState.SUSPECTED:
        raise CaseError(message("critical.lacks_judgement"))
    if case.state != CaseState.OPEN:
        raise CaseError(message("critical.over"))


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


def _is_told(connection: Connection, case_id: int, account: Account, at: datetime) -> bool:
    """Whether this person's call of this moment is entered already."""
    call = schema.critical_call.c
    same = (call.case_id == case_id, call.account_id == account.id, call.at == at)
    return connection.execute(select(call.id).where(*same)).first() is not None


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

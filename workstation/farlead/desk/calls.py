"""Critical values while the database is away: cases and calls from what the station keeps."""

from collections.abc import Iterable
from dataclasses import replace

from farlead.access.accounts import Right, Session, require
from farlead.desk.known import Known
from farlead.desk.opened import OpenStudy
from farlead.errors import CaseError
from farlead.journal import Journal
from farlead.messages import message
from farlead.model.critical import Call, CallMade, CriticalCase, Finding, is_critical
from farlead.model.lives import CaseState
from farlead.model.outage import KeptCall, KeptCase
from farlead.model.report import Decision, Draft
from farlead.settings import Clock


class KeptCases:
    """Cases as the station knows them: the store's last ones, and those declared since.

    Parameters
    ----------
    journal : Journal
    known : Known
    session : Session
    clock : callable
    """

    def __init__(self, journal: Journal, known: Known, session: Session, clock: Clock) -> None:
        self._journal, self._known = journal, known
        self._session, self._clock = session, clock

    def open(self) -> list[CriticalCase]:
        """Suspected and open cases, the one whose clock runs longest first."""
        found = _merged(self._known.cases, self._journal.cases())
        calls = self._journal.calls()
        return sorted((self._called(case, calls) for case in found), key=lambda case: case.since)

    def of(self, study: int) -> list[CriticalCase]:
        """Cases of a study."""
        return [case for case in self.open() if case.study == study]

    def declare(self, opened: OpenStudy, finding: Finding) -> CriticalCase:
        """Open a case of a study, or add a finding to it."""
        study, now = opened.row.study, self._clock()
        number = 1 + sum(1 for _ in self._journal.cases())
        case = CriticalCase(
            id=-number,
            study=study.id,
            number=study.number,
            unit=study.unit,
            patient=study.patient,
            request=study.request,
            acquired=study.acquired,
            arrived=study.arrived,
            state=CaseState.OPEN,
            since=now,
            opened=now,
            opened_by=self._session.account.name,
            findings=(finding,),
        )
        self._journal.declare(KeptCase(case, finding))
        return self.of(study.id)[0]

    def accepted(self, opened: OpenStudy, draft: Draft) -> None:
        """Accepting a critical suggestion opens its case, as it does in the store."""
        found = opened.row.screening
        taken = [c for c in self.of(opened.row.study.id) if c.state is CaseState.OPEN]
        covered = {finding.code for case in taken for finding in case.findings}
        before = opened.draft.decisions
        for flag in found.flags if found is not None else ():
            accepted = draft.decisions.get(flag.code) is Decision.ACCEPTED
            new = accepted and before.get(flag.code) is not Decision.ACCEPTED
            if new and is_critical(flag.severity) and flag.code not in covered:
                self.declare(opened, Finding(flag.code, flag.text, flag.rule))

    def confirm(self, case_id: int, opened: OpenStudy) -> CriticalCase:
        """Take what is suspected as a critical value; CaseError when that is judged."""
        case = next((case for case in self.open() if case.id == case_id), None)
        if case is None or case.state is not CaseState.SUSPECTED:
            raise CaseError(message("critical.judged"))
        for finding in case.findings:
            self.declare(opened, finding)
        return next(case for case in self.open() if case.id == case_id)

    def call(self, case_id: int, made: CallMade) -> CriticalCase:
        """Keep a try to reach the unit; CaseError when there is no such case."""
        require(self._session, Right.HANDLE_CRITICAL)
        if all(case.id != case_id for case in self.open()):
            raise CaseError(message("critical.over"))
        self._journal.call(KeptCall(case_id, made, self._clock()))
        return next(case for case in self.open() if case.id == case_id)

    def _called(self, case: CriticalCase, calls: Iterable[KeptCall]) -> CriticalCase:
        name = self._session.account.name
        more = (Call(kept.at, name, kept.made) for kept in calls if kept.case == case.id)
        return replace(case, calls=(*case.calls, *more))


def _merged(stored: Iterable[CriticalCase], kept: Iterable[KeptCase]) -> list[CriticalCase]:
    """The store's cases, and one for each study of which something was declared since.

    What the store only suspects is open by what was declared; one that it has open stays as it is.
    """
    found = {case.study: case for case in stored}
    here: set[int] = set()  # studies whose case is as this station says
    for each in kept:
        study, case = each.case.study, found.get(each.case.study)
        if study in here and case is not None:
            found[study] = replace(case, findings=(*case.findings, each.finding))
        elif case is None:
            found[study] = each.case
            here.add(study)
        elif case.state is CaseState.SUSPECTED:
            found[study] = replace(
                case,
                state=CaseState.OPEN,
                opened=each.case.opened,
                opened_by=each.case.opened_by,
                findings=(each.finding,),
            )
            here.add(study)
    return list(found.values())

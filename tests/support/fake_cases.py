"""Cases of critical values in memory, with the rules of the model: a part of the scripted desk."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from farlead.errors import CaseError
from farlead.messages import message
from farlead.model.critical import (
    Call,
    CallMade,
    Contact,
    CriticalCase,
    Finding,
    declared,
    is_critical,
    lacking,
)
from farlead.model.escalation import Escalation, reached
from farlead.model.lives import CaseState
from farlead.model.people import Account
from farlead.model.report import Claim, Decision, Draft
from farlead.model.worklist import Row
from farlead.settings import CriticalSettings

MARKS = CriticalSettings().marks

CONTACTS = (
    Contact("示例医师丁", "值班医师", "0000-0000 转 601"),
    Contact("急诊护士站", "", "0000-0000 转 602"),
    Contact("总值班", "", "0000-0000 转 100"),
)


@dataclass
class FakeCases:
    """What the desk does about critical values; `touch` says that the list has changed."""

    clock: Callable[[], datetime]
    account: Account
    touch: Callable[[], None]
    all: list[CriticalCase] = field(default_factory=list)

    def accepted(self, row: Row, draft: Draft) -> None:
        """Accepting a critical suggestion opens its case."""
        for flag in row.screening.flags if row.screening else ():
            known = {f.code for c in self.all if c.study == row.study.id for f in c.findings}
            decided = draft.decisions.get(flag.code) is Decision.ACCEPTED
            mine = [c for c in self.running() if c.study == row.study.id]
            if decided and mine and mine[0].state is CaseState.SUSPECTED:
                self.confirm(mine[0].id)
            elif decided and is_critical(flag.severity) and flag.code not in known:
                self.open(row, Finding(flag.code, flag.text, flag.rule), row.study.arrived)

    def open(self, row: Row, finding: Finding, since: datetime) -> CriticalCase:
        study = row.study
        case = CriticalCase(
            len(self.all) + 1, study.id, study.number, study.unit, study.patient, study.request,
            study.acquired, study.arrived, CaseState.OPEN, since, self.clock(),
            self.account.name, (finding,),
        )  # fmt: skip
        self.all.append(case)
        self.touch()
        return case

    def suspect(self, row: Row) -> CriticalCase:
        """Screening raises all that it finds critical in a row."""
        flags = row.screening.flags if row.screening else ()
        found = tuple(Finding(f.code, f.text, f.rule) for f in flags if is_critical(f.severity))
        study = row.study
        case = CriticalCase(
            len(self.all) + 1, study.id, study.number, study.unit, study.patient, study.request,
            study.acquired, study.arrived, CaseState.SUSPECTED, self.clock(), None, "", found,
        )  # fmt: skip
        self.all.append(case)
        self.touch()
        return case

    def see(self, study: int) -> None:
        """A reader has opened a study."""
        for case in self.running():
            if case.study == study and case.seen is None:
                self._keep(replace(case, seen=self.clock(), seen_by=self.account.name))

    def confirm(self, case_id: int) -> CriticalCase:
        case = self.all[case_id - 1]
        now, name = self.clock(), self.account.name
        return self._keep(replace(case, state=CaseState.OPEN, opened=now, opened_by=name))

    def look(self) -> None:
        """Marks that the clocks have passed."""
        now = self.clock()
        for case in self.running():
            seen = case.seen or case.opened
            known = {each.mark.number for each in case.escalations}
            marks = reached(MARKS, case.since, now, seen=seen, received=case.received)
            new = [
                Escalation(mark, case.since + mark.after, now, "seat")
                for mark in marks
                if mark.number not in known
            ]
            if new:
                self._keep(replace(case, escalations=(*case.escalations, *new)))

    def running(self) -> list[CriticalCase]:
        found = [case for case in self.all if case.running]
        return sorted(found, key=lambda case: (case.since, case.id))

    def declare(
        self, rows: dict[int, Row], what: Claim | int, source: Finding | str
    ) -> CriticalCase:
        study = what.study if isinstance(what, Claim) else what
        finding = declared(source) if isinstance(source, str) else source
        return self.open(rows[study], finding, self.clock())

    def call(self, case_id: int, made: CallMade) -> CriticalCase:
        case = self._running(case_id)
        call = Call(self.clock(), self.account.name, made)
        return self._keep(replace(case, calls=(*case.calls, call)))

    def close(self, case_id: int, ending: CaseState, reason: str, taker: str) -> CriticalCase:
        case = self._running(case_id)
        suspected = case.state is CaseState.SUSPECTED
        made = (call.made for call in case.calls)
        lacks = lacking(made, ending, reason, taker, suspected=suspected)
        if lacks is not None:
            raise CaseError(lacks)
        ended = replace(
            case, state=ending, closed=self.clock(), closed_by=self.account.name,
            reason=reason, taken_over_by=taker,
        )  # fmt: skip
        return self._keep(ended)

    def _running(self, case_id: int) -> CriticalCase:
        case = self.all[case_id - 1]
        if not case.running:
            raise CaseError(message("critical.over"))
        return case

    def _keep(self, case: CriticalCase) -> CriticalCase:
        self.all[case.id - 1] = case
        self.touch()
        return case

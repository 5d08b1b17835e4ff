"""Critical values: the plain loop of declaring, calling and ending a case."""

from datetime import datetime, timedelta
from pathlib import Path

from farlead.access.accounts import Right, Session, require
from farlead.desk.sheets import Table, save
from farlead.messages import Message, Parameter, in_both, message
from farlead.model.chestpain import Moment, Timeline, lines_of
from farlead.model.critical import (
    CallMade,
    Contact,
    CriticalCase,
    Finding,
    at_hand,
    contacts,
    declared,
)
from farlead.model.escalation import Mark
from farlead.model.handover import HandOver, LeftOver
from farlead.model.lives import CaseState
from farlead.model.report import Claim, Decision, Draft
from farlead.reporting.compositor import Compositor
from farlead.settings import Clock, Settings
from farlead.store import Store


class CaseDesk:
    """The part of a desk that deals with cases; any reader may go on with any case.

    Parameters
    ----------
    settings : Settings
        Has the units' lists of contacts.
    store : Store
    session : Session
    compositor : Compositor
        Sets the form.
    """

    def __init__(
        self, settings: Settings, store: Store, session: Session, compositor: Compositor
    ) -> None:
        self._settings, self._store, self._session = settings, store, session
        self._compositor = compositor
        self._lists: dict[str, tuple[Contact, ...]] = {}  # as they were last read, by unit

    def cases(self) -> list[CriticalCase]:
        """Suspected and open cases, the one whose clock runs longest first.

        What their clocks have passed is written by whoever looks first: here, too.
        """
        require(self._session, Right.SEE_LIST)
        if self._session.may(Right.HANDLE_CRITICAL):
            self._store.escalate(self._session.station, self._session.account)
        return self._store.running_cases()

    def case_log(self, days: int = 1) -> list[CriticalCase]:
        """Running cases, and those of the last days, the oldest first."""
        require(self._session, Right.SEE_LIST)
        return self._store.cases_since(self._store.now() - timedelta(days=days))

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Marks of the clock, as the settings are."""
        return self._settings.critical.marks

    def cases_of(self, study_id: int) -> list[CriticalCase]:
        """All cases of a study, ended ones too, the first one first."""
        require(self._session, Right.OPEN_STUDY)
        return self._cases_of(study_id)

    def _cases_of(self, study_id: int) -> list[CriticalCase]:
        return self._store.cases(study_id)

    def contacts(self, case: CriticalCase) -> tuple[Contact, ...]:
        """Whom to call: from the request, then from the unit's list, who is there now first."""
        self._lists[case.unit.code] = self._store.contacts(case.unit.code).get(case.unit.code, ())
        return self._contacts_known(case, self._store.now)

    def _contacts_known(self, case: CriticalCase, clock: Clock) -> tuple[Contact, ...]:
        """The list that was last read; that of the settings where there is none."""
        code = case.unit.code
        listed = self._lists.get(code) or self._settings.contacts(code)
        return contacts(case.request, at_hand(listed, clock()))

    def open_case(self, what: Claim | int, source: Finding | str) -> CriticalCase:
        """Declare a critical value of a study.

        Parameters
        ----------
        what : Claim or int
            The claim in hand, or the id of the study, reported ones too.
        source : Finding or str
            What is critical; a text is the reader's own words.

        Raises
        ------
        PermissionDenied, NotFound
        CaseError
            The finding has no words.
        """
        require(self._session, Right.HANDLE_CRITICAL)
        study_id = what.study if isinstance(what, Claim) else what
        finding = declared(source) if isinstance(source, str) else source
        return self._store.declare_case(study_id, self._session.account, finding)

    def confirm_case(self, case_id: int) -> CriticalCase:
        """Take what screening suspects as a critical value; CaseError when that is judged."""
        require(self._session, Right.HANDLE_CRITICAL)
        return self._store.confirm_case(case_id, self._session.account)

    def case_form(self, case_id: int) -> bytes:
        """The form of a case as it stands, as PDF; audited. NotFound, ComposeError."""
        require(self._session, Right.SEE_LIST)
        case = self._store.case(case_id)
        detail: dict[str, Parameter] = {"case": case_id, "station": self._session.station}
        self._store.audit(
            self._session.account.login, "critical.printed", f"study:{case.study}", detail
        )
        return self._compositor.case_form(
            case,
            hospital=self._settings.hospital,
            printed=self._store.now(),
            language=self._settings.language,
            demo=self._settings.demo,
        )

    def left_over(self) -> tuple[LeftOver, ...]:
        """What this reader leaves open, and what of the house is pressing."""
        require(self._session, Right.SEE_LIST)
        return self._store.left_over(self._session.account)

    def hand_over(self, note: str = "") -> HandOver:
        """Hand the shift over as it stands now."""
        require(self._session, Right.CLAIM)
        return self._store.hand_over(self._session.account, self._session.station, note)

    def handovers(self) -> list[HandOver]:
        """Shifts that nobody has taken on, the oldest first."""
        require(self._session, Right.SEE_LIST)
        return self._store.handovers()

    def take_shift(self, handover_id: int) -> HandOver:
        """Take a colleague's shift on: what was his is this reader's. ClaimRefused, NotFound."""
        require(self._session, Right.CLAIM)
        return self._store.take_shift(handover_id, self._session.account, self._session.station)

    def chest_pain(self, study_id: int) -> Timeline:
        """What is known of the chest pain clock of a study; NotFound."""
        require(self._session, Right.OPEN_STUDY)
        return self._store.chest_pain(study_id)

    def export_chest_pains(self, days: int, file: Path) -> int:
        """Write the clocks of what arrived in the last `days` to a file, and tell how many.

        By its ending ``.csv`` or ``.xlsx``; audited before it is written. FarleadError.
        """
        require(self._session, Right.OPEN_STUDY)
        end = self._store.now()
        begin = end - timedelta(days=days)
        found = self._store.chest_pains(begin, end)
        detail: dict[str, Parameter] = {
            "from": begin.isoformat(),
            "to": end.isoformat(),
            "count": len(found),
        }
        login = self._session.account.login
        self._store.audit(login, "chestpain.exported", f"station:{self._session.station}", detail)
        save([Table("chest pain", lines_of(found))], file)
        return len(found)

    def enter_time(self, study_id: int, moment: Moment, at: datetime) -> Timeline:
        """Enter what is missing, with this reader's name; CaseError says why not."""
        require(self._session, Right.WRITE_REPORT)
        return self._store.enter_time(study_id, moment, at, self._session.account)

    def record_call(self, case_id: int, made: CallMade) -> CriticalCase:
        """One try to reach the unit; CaseError when the case is over."""
        require(self._session, Right.HANDLE_CRITICAL)
        session = self._session
        return self._store.record_call(case_id, session.account, session.station, made)

    def close_case(
        self, case_id: int, ending: CaseState, *, reason: str = "", taken_over_by: str = ""
    ) -> CriticalCase:
        """End a case; CaseError says what is missing."""
        require(self._session, Right.HANDLE_CRITICAL)
        return self._store.close_case(
            case_id,
            self._session.account,
            ending,
            reason=reason,
            taken_over_by=taken_over_by,
            station=self._session.station,
        )


def denied(cases: list[CriticalCase], draft: Draft) -> Message | None:
    """Why a draft contradicts how the case of what it accepts has ended; None when it does not."""
    last = {finding.code: (case, finding) for case in cases for finding in case.findings}
    for case, finding in last.values():
        accepted = draft.decisions.get(finding.code) is Decision.ACCEPTED
        if accepted and case.state is CaseState.NOT_CRITICAL:
            return message("critical.denied_in_draft", **in_both("finding", finding.text))
    return None

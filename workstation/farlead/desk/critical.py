"""Critical values: the plain loop of declaring, calling and ending a case."""

from farlead.access.accounts import Right, Session, require
from farlead.messages import Message, in_both, message
from farlead.model.critical import (
    CallMade,
    Contact,
    CriticalCase,
    Finding,
    contacts,
    declared,
)
from farlead.model.lives import CaseState
from farlead.model.report import Claim, Decision, Draft
from farlead.settings import Settings
from farlead.store import Store


class CaseDesk:
    """The part of a desk that deals with cases; any reader may go on with any case.

    Parameters
    ----------
    settings : Settings
        Has the units' lists of contacts.
    store : Store
    session : Session
    """

    def __init__(self, settings: Settings, store: Store, session: Session) -> None:
        self._settings, self._store, self._session = settings, store, session

    def cases(self) -> list[CriticalCase]:
        """Open cases, the one whose clock runs longest first."""
        require(self._session, Right.SEE_LIST)
        return self._store.open_cases()

    def cases_of(self, study_id: int) -> list[CriticalCase]:
        """All cases of a study, ended ones too, the first one first."""
        require(self._session, Right.OPEN_STUDY)
        return self._cases_of(study_id)

    def _cases_of(self, study_id: int) -> list[CriticalCase]:
        return self._store.cases(study_id)

    def contacts(self, case: CriticalCase) -> tuple[Contact, ...]:
        """Whom to call: from the request, then from the unit's list."""
        unit = next((u for u in self._settings.units if u.code == case.unit.code), None)
        listed = () if unit is None else unit.contacts
        return contacts(case.request, (Contact(c.name, c.role, c.number) for c in listed))

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
            case_id, self._session.account, ending, reason=reason, taken_over_by=taken_over_by
        )


def denied(cases: list[CriticalCase], draft: Draft) -> Message | None:
    """Why a draft contradicts how the case of what it accepts has ended; None when it does not."""
    last = {finding.code: (case, finding) for case in cases for finding in case.findings}
    for case, finding in last.values():
        accepted = draft.decisions.get(finding.code) is Decision.ACCEPTED
        if accepted and case.state is CaseState.NOT_CRITICAL:
            return message("critical.denied_in_draft", **in_both("finding", finding.text))
    return None

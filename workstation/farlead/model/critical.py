"""The case of a critical value: what was found, who was called, how it ended."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from farlead.messages import Message, message
from farlead.model.escalation import Escalation
from farlead.model.hours import within
from farlead.model.lives import CaseState
from farlead.model.people import Patient, Unit
from farlead.model.study import Request, Severity

#: Source of a finding that no rule raised: the reader declared it.
DECLARED = "declared"


class Way(StrEnum):
    """How somebody was tried to be reached."""

    TELEPHONE = "telephone"
    MOBILE = "mobile"
    MESSAGE = "message"
    IN_PERSON = "in_person"


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call at a unit; an empty field is unknown, and shown so.

    `hours` is when (:mod:`farlead.model.hours`); empty is always. `away`: not at this hour.
    """

    name: str = ""
    role: str = ""
    number: str = ""
    hours: str = ""
    away: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What is critical.

    Parameters
    ----------
    code : str
        Code of the suggestion; ``declared`` where the reader declared it.
    text : Message
    source : str
        Name and version of the rule, or ``declared``.
    """

    code: str
    text: Message
    source: str


@dataclass(frozen=True, slots=True)
class CallMade:
    """One try to reach the unit, as the reader records it.

    Parameters
    ----------
    way : Way
    number : str
        Number that was called.
    person : str
        Who answered; for a try in vain who was wanted, where that is known.
    reached : bool
    read_back : bool
        The receiver repeated the finding, and it was right.
    advice : str
        What the reader advised.
    """

    way: Way
    number: str
    person: str
    reached: bool
    read_back: bool = False
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A try with its time and the reader who made it."""

    at: datetime
    reader: str
    made: CallMade


@dataclass(frozen=True, slots=True)
class CriticalCase:
    """A case as the store knows it. Times are aware, UTC.

    Parameters
    ----------
    study, number : int, str
        The study and its number as people know it.
    since : datetime
        When screening raised the suspicion; the declaration where it raised none. The clock
        runs from here.
    opened, opened_by : datetime or None, str
        When and by whom the suspicion was taken as a critical value; None while it is none.
    findings : tuple of Finding
        What was accepted or declared; while nothing was, what screening raised.
    seen, seen_by : datetime or None, str
        When a reader first opened the study of a suspicion.
    escalations : tuple of Escalation
        Marks of the clock that were reached, the first one first.
    closed_by : str
        Name of the reader.
    reason : str
        Why it is no critical value.
    taken_over_by : str
        Who took over when the unit could not be reached.
    """

    id: int
    study: int
    number: str
    unit: Unit
    patient: Patient
    request: Request
    acquired: datetime | None
    arrived: datetime
    state: CaseState
    since: datetime
    opened: datetime | None
    opened_by: str
    findings: tuple[Finding, ...]
    calls: tuple[Call, ...] = ()
    closed: datetime | None = None
    closed_by: str = ""
    reason: str = ""
    taken_over_by: str = ""
    seen: datetime | None = None
    seen_by: str = ""
    escalations: tuple[Escalation, ...] = ()

    @property
    def running(self) -> bool:
        """Whether nobody has ended it."""
        return self.closed is None

    @property
    def received(self) -> datetime | None:
        """When the unit first had it."""
        return next((call.at for call in self.calls if received(call.made)), None)

    @property
    def receipt(self) -> Call | None:
        """The call by which the unit has it: reached, receiver named, repeated; the last one."""
        return next((call for call in reversed(self.calls) if received(call.made)), None)


def received(made: CallMade) -> bool:
    """Whether somebody with a name has heard and repeated it."""
    return made.reached and made.read_back and bool(made.person.strip())


def lacking(
    calls: Iterable[CallMade],
    ending: CaseState,
    reason: str = "",
    taken_over_by: str = "",
    *,
    suspected: bool = False,
) -> Message | None:
    """What is missing for a case to end so; None when nothing is. `suspected`: nobody judged it.

    The same conditions are triggers of the database.
    """
    made = tuple(calls)
    if suspected and ending is not CaseState.NOT_CRITICAL:
        return message("critical.lacks_judgement")
    match ending:
        case CaseState.TOLD:
            return None if any(map(received, made)) else _lacks_receipt(made)
        case CaseState.NOT_CRITICAL:
            return None if reason.strip() else message("critical.lacks_reason")
        case CaseState.UNREACHABLE:
            if any(map(received, made)):
                return message("critical.was_reached")
            if not made:
                return message("critical.lacks_try")
            return None if taken_over_by.strip() else message("critical.lacks_taker")
        case CaseState.OPEN | CaseState.SUSPECTED:
            return message("critical.no_ending")


def _lacks_receipt(made: tuple[CallMade, ...]) -> Message:
    reached = [call for call in made if call.reached]
    if not reached:
        return message("critical.lacks_call")
    if not any(call.person.strip() for call in reached):
        return message("critical.lacks_receiver")
    return message("critical.lacks_read_back")


def declared(text: str) -> Finding:
    """A finding in the reader's own words."""
    return Finding(DECLARED, message("critical.declared", text=text.strip()), DECLARED)


def is_critical(severity: Severity) -> bool:
    """Whether accepting a suggestion of this severity opens a case."""
    return severity >= Severity.CRITICAL


def contacts(request: Request, listed: Iterable[Contact]) -> tuple[Contact, ...]:
    """Whom to call: the requesting doctor first, then the unit's list; each number once."""
    asked = Contact(
        request.requesting_doctor or "", request.department or "", request.callback_number or ""
    )
    found = [asked] if asked.number or asked.name else []
    for contact in listed:
        if not contact.number or contact.number not in {known.number for known in found}:
            found.append(contact)
    return tuple(found)


def at_hand(listed: Iterable[Contact], now: datetime) -> list[Contact]:
    """A unit's list at this hour: who can be called comes first, the others say that they are away.

    Nobody is left out: in need a number out of its hours is better than none.
    """
    marked = [replace(contact, away=not within(contact.hours, now)) for contact in listed]
    return sorted(marked, key=lambda contact: contact.away)

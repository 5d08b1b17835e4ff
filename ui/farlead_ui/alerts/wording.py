"""Words of the cases: who it is about, what to say on the telephone, how calls went."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from farlead.model.critical import Call, Contact, CriticalCase, Way
from farlead.model.escalation import Mark, Tells
from farlead.model.lives import CaseState
from farlead.model.people import Sex
from farlead_ui import words
from farlead_ui.theme.appearance import Appearance

translate = QCoreApplication.translate


def person(case: CriticalCase) -> str:
    """Name, sex and age."""
    name = words.plain(case.patient.name or "") or translate("alerts", "name not given")
    return f"{name}  {_sex_and_age(case)}"


def _sex_and_age(case: CriticalCase) -> str:
    years = case.patient.age_at((case.acquired or case.arrived).date())
    if case.patient.sex is Sex.UNKNOWN and years is None:
        return translate("alerts", "sex, age not given")
    return f"{words.sex(case.patient.sex)} {words.age(years)}"


def findings(case: CriticalCase, appearance: Appearance) -> str:
    """What is critical."""
    return appearance.joined([words.plain(appearance.text(f.text)) for f in case.findings])


def to_say(case: CriticalCase, appearance: Appearance) -> str:
    """What the reader says on the telephone."""
    question = words.plain(case.request.clinical_question or "")
    name = words.plain(case.patient.name or "") or translate("alerts", "name not given")
    comma = translate("alerts", ", ")
    who = comma.join(part for part in (name, _sex_and_age(case), question) if part)
    told = translate("alerts", "“{who}: {finding}. Please act at once, and repeat it to me.”")
    return told.format(who=who, finding=findings(case, appearance))


def contact(value: Contact) -> str:
    """Name, role and hours; or that nobody is known."""
    known = [words.plain(part) for part in (value.name, value.role) if part.strip()]
    told = "  ".join(known) or translate("alerts", "name not given")
    if not value.hours:
        return told
    away = translate("alerts", "{who} ({hours}, not now)")
    here = translate("alerts", "{who} ({hours})")
    return (away if value.away else here).format(who=told, hours=words.plain(value.hours))


def tells(mark: Mark) -> str:
    """Who is told at a mark of the clock, with name and number where they are known."""
    roles = {
        Tells.SENIOR_READER: translate("alerts", "senior reader"),
        Tells.DUTY_MANAGER: translate("alerts", "duty manager"),
        Tells.ALL_STATIONS: translate("alerts", "all stations"),
    }
    parts = (roles[mark.tells], words.plain(mark.name), words.plain(mark.phone))
    return " ".join(part for part in parts if part)


def moment(value: datetime) -> str:
    """Time of day."""
    return words.clock_time(value)


def number(value: Contact) -> str:
    """The number to call, or that none is known."""
    return words.plain(value.number) or translate("alerts", "no number known")


def way(value: Way) -> str:
    """How somebody was tried to be reached."""
    names = {
        Way.TELEPHONE: translate("alerts", "Phone"),
        Way.MOBILE: translate("alerts", "Mobile"),
        Way.MESSAGE: translate("alerts", "Message"),
        Way.IN_PERSON: translate("alerts", "Visit"),
    }
    return names[value]


def call(value: Call) -> str:
    """One try in one line: when, how, whether it reached anybody."""
    made = value.made
    if not made.reached:
        outcome = translate("alerts", "not reached")
    elif made.read_back:
        outcome = translate("alerts", "reached, repeated")
    else:
        outcome = translate("alerts", "reached, not repeated")
    parts = (words.clock_time(value.at), way(made.way), made.number, made.person, outcome)
    line = "  ".join(words.plain(part) for part in parts if part)
    return f"{line} · {words.plain(made.advice)}" if made.advice else line


def state(value: CaseState) -> str:
    """How a case stands."""
    names = {
        CaseState.SUSPECTED: translate("alerts", "suspected, to be judged"),
        CaseState.OPEN: translate("alerts", "to be told"),
        CaseState.TOLD: translate("alerts", "told"),
        CaseState.NOT_CRITICAL: translate("alerts", "not a critical value"),
        CaseState.UNREACHABLE: translate("alerts", "unit unreachable"),
    }
    return names[value]

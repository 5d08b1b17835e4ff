"""Words that several rooms use: kinds, sex and age, times. Translated under one context."""

import unicodedata
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from farlead.messages import message
from farlead.model.lives import DeliveryState
from farlead.model.people import IdentityDoubt, Sex
from farlead.model.screening import Quality
from farlead.model.study import Kind, ScreeningState, Study
from farlead.model.worklist import Row, unknown
from farlead_ui.theme.appearance import Appearance
from farlead_ui.waiting import quarantined

# Control characters and separators of lines and paragraphs (Unicode general categories).
_BREAKING = {"Cc", "Zl", "Zp"}
# Marks, embeddings, overrides and isolates that change the direction of what follows.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

translate = QCoreApplication.translate


def kind(value: Kind) -> str:
    """Kind of study, short."""
    names = {
        Kind.ECG: translate("words", "ECG"),
        Kind.ULTRASOUND: translate("words", "Ultrasound"),
        Kind.CT: translate("words", "CT"),
        Kind.MR: translate("words", "MR"),
        Kind.RADIOGRAPH: translate("words", "DR"),
        Kind.FUNDUS: translate("words", "Fundus"),
        Kind.OTHER: translate("words", "Images"),
        Kind.UNKNOWN: translate("words", "File"),
    }
    return names[value]


def sex(value: Sex) -> str:
    """Sex, or that it is not given."""
    names = {
        Sex.MALE: translate("words", "M"),
        Sex.FEMALE: translate("words", "F"),
        Sex.OTHER: translate("words", "other sex"),
        Sex.UNKNOWN: translate("words", "sex not given"),
    }
    return names[value]


def age(years: float | None) -> str:
    """Age in years; days and months in the first two years; or that it is not given."""
    if years is None:
        return translate("words", "age not given")
    if years < 1 / 12:
        return translate("words", "{n} d").format(n=round(years * 365.25))
    if years < 2:
        return translate("words", "{n} mo").format(n=int(years * 12))
    return translate("words", "{n} y").format(n=int(years))


def sex_and_age(row: Row) -> str:
    """Both, as the list says them."""
    patient, study = row.study.patient, row.study
    years = patient.age_at((study.acquired or study.arrived).date())
    if patient.sex is Sex.UNKNOWN and years is None:
        return translate("words", "sex, age not given")
    return f"{sex(patient.sex)} {age(years)}"


def plain(text: str) -> str:
    """A text from outside on one line: control characters and changes of direction taken out."""
    shown = "".join(c for c in text if c not in _TURNING)
    if not any(unicodedata.category(c) in _BREAKING for c in shown):
        return shown
    return " ".join("".join(_spaced(c) for c in shown).split())


def _spaced(character: str) -> str:
    return " " if unicodedata.category(character) in _BREAKING else character


def person(study: Study, appearance: Appearance) -> str:
    """Who a study speaks of: name, sex and age, number."""
    patient = study.patient
    years = patient.age_at((study.acquired or study.arrived).date())
    name = plain(patient.name or "") or translate("words", "name not given")
    return appearance.joined(
        [name, f"{sex(patient.sex)} {age(years)}", masked(patient.local_number)]
    )


def doubt(study: Study) -> str:
    """What is doubtful about the person; empty where nothing is."""
    if study.identity_conflict:
        return translate("words", "identity in doubt")
    if study.patient.doubt is None and not study.possibly_same:
        return ""  # nearly always: a list asks for each of its rows
    told = {
        IdentityDoubt.REQUEST_ALONE: translate("words", "identity by the request alone"),
        IdentityDoubt.NOT_COMPARED: translate("words", "file and request not compared"),
        IdentityDoubt.OTHER_SCRIPT: translate("words", "names in different scripts: check"),
        IdentityDoubt.NOT_IN_TEXT: translate("words", "request not in the file's text: check"),
        IdentityDoubt.AT_ODDS: translate("words", "identity number does not fit: check"),
    }
    same = translate("words", "possibly same patient") if study.possibly_same else ""
    doubtful = told[study.patient.doubt] if study.patient.doubt else ""
    return " · ".join(text for text in (doubtful, same) if text)


def refused(study: Study) -> str:
    """That an archive does not give what was received; empty where it does."""
    if not study.objects_refused:
        return ""
    return translate("words", "file lost or altered in the archive")


def not_given(value: str | None) -> str:
    """The value, or that it was not given."""
    return value or translate("words", "not given")


def masked(number: str | None) -> str:
    """A patient's number with its middle hidden."""
    if number is None:
        return not_given(None)
    number = plain(number)
    if len(number) <= 4:
        return number[:1] + "***"
    return f"{number[:2]}***{number[-2:]}"


def left(time: timedelta) -> str:
    """Time left until a promise; after it, by how much it is late."""
    seconds = int(time.total_seconds())
    if seconds < 0:
        return translate("words", "late {t}").format(t=span(-seconds))
    return span(seconds)


def span(seconds: int) -> str:
    """A length of time: minutes and seconds, from one hour on hours."""
    if seconds < 3600:
        return f"{seconds // 60:02d}:{seconds % 60:02d}"
    if seconds < 36000:
        return translate("words", "{h} h {m:02d}").format(h=seconds // 3600, m=seconds // 60 % 60)
    if seconds < 48 * 3600:
        return translate("words", "{h} h").format(h=seconds // 3600)
    return translate("words", "{d} d").format(d=seconds // 86400)


def clock_time(at: datetime | None) -> str:
    """Hours and minutes here, or that the time was not given."""
    return not_given(at.astimezone().strftime("%H:%M") if at else None)


def date(at: datetime) -> str:
    """Day here."""
    return at.astimezone().strftime("%Y-%m-%d")


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago something was last seen."""
    if at is None:
        return translate("words", "never seen")
    return translate("words", "{t} ago").format(t=span(max(int((now - at).total_seconds()), 0)))


def finding(row: Row, appearance: Appearance, now: datetime) -> str:
    """What the list calls a study: the finding, or that it must be looked at, or its kind."""
    if quarantined(row):
        return translate("words", "File cannot be read")
    flags = row.screening.flags if row.screening else ()
    if flags:
        worst = max(flags, key=lambda flag: flag.severity)
        return appearance.text(worst.text)
    if unknown(row, now):
        return translate("words", "Not screened: look first")
    if row.screening_state is ScreeningState.PENDING:
        return translate("words", "Being screened")
    if row.screening is not None:
        return translate("words", "Screened: nothing found")
    named = kind(row.study.kind)
    return translate("words", "{kind}, not screened").format(kind=named)


#: Shapes beside the words: sent and confirmed are never told apart by colour alone.
_BROUGHT = {
    DeliveryState.CONFIRMED: "✓",
    DeliveryState.SENT: "→",
    DeliveryState.DUE: "…",
    DeliveryState.PARKED: "◆",
    DeliveryState.DROPPED: "–",
}


def brought(state: DeliveryState, appearance: Appearance) -> str:
    """How far a report is at its destinations: to be sent, sent, confirmed, or parked."""
    return f"{_BROUGHT[state]} {appearance.text(message(f'deliveries.{state}'))}"


def quality(value: Quality) -> str:
    """Verdict on the signal."""
    names = {
        Quality.FIT: translate("words", "signal fit"),
        Quality.FIT_WITH_REMARK: translate("words", "signal fit with remark"),
        Quality.RETAKE: translate("words", "signal unfit"),
    }
    return names[value]

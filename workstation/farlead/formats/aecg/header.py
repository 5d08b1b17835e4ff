"""Whose annotated ECG it is, from which device, when.

References
----------
HL7 aECG Implementation Guide, sections on the subject, the device and control variables;
LOINC 21612-7 and 30525-0 (age); HL7 AdministrativeGender.
"""

from datetime import datetime, timedelta

from farlead.formats.aecg.series import amount, code_of
from farlead.formats.assembly import Notes
from farlead.formats.xml_fields import joined, stated
from farlead.formats.xml_tree import Node
from farlead.formats.xml_values import calendar_day, point_in_time
from farlead.messages import message
from farlead.model.people import PLACEHOLDERS, Patient, Sex
from farlead.model.recording import Device, RequestHints

_SUBJECT = (
    "componentOf",
    "timepointEvent",
    "componentOf",
    "subjectAssignment",
    "subject",
    "trialSubject",
)
_SEXES = {"M": Sex.MALE, "F": Sex.FEMALE, "UN": Sex.OTHER}
_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "min": 60.0, "h": 3600.0}
_LONGEST = 14 * 86_400.0  # seconds that a width, or a damaged sampling interval, may come to
_AGES = {"21612-7", "30525-0"}
_YEARS = {"a": 1.0, "mo": 1 / 12, "wk": 7 / 365.25, "d": 1 / 365.25, "h": 1 / 8766}
_OLDEST_AGE = 150.0
_FILTERS = {
    "MDC_ECG_CTL_VBL_ATTR_FILTER_LOW_PASS": "low_pass",
    "MDC_ECG_CTL_VBL_ATTR_FILTER_HIGH_PASS": "high_pass",
    "MDC_ECG_CTL_VBL_ATTR_FILTER_NOTCH": "notch",
}
_FREQUENCIES = (
    "MDC_ECG_CTL_VBL_ATTR_FILTER_CUTOFF_FREQ",
    "MDC_ECG_CTL_VBL_ATTR_FILTER_NOTCH_FREQ",
)
_HERTZ = {"Hz": 1.0, "kHz": 1e3}


def patient(root: Node) -> Patient:
    """Subject of the document."""
    subject = root.find(*_SUBJECT)
    if subject is None:
        return Patient(age_years=_age(root))
    person = subject.find("subjectDemographicPerson")
    gender = _attribute(person, "administrativeGenderCode", "code") or ""
    return Patient(
        name=_person(person.find("name") if person else None),
        local_number=_told(_attribute(subject, "id", "extension")),
        sex=_SEXES.get(gender.upper(), Sex.UNKNOWN),
        birth_date=calendar_day(_attribute(person, "birthTime", "value")),
        age_years=_age(root),
    )


def _person(name: Node | None) -> str | None:
    """Name for display: family name first, as the parts stand in a plain one."""
    if name is None:
        return None
    family = [part.content() for part in name.all("family")]
    given = [part.content() for part in name.all("given")]
    return _told(joined(*family, *given)) or _told(name.content())


def _age(root: Node) -> float | None:
    for variable in root.all("controlVariable"):
        observation = variable.find("relatedObservation")
        if observation is None or code_of(observation)[0] not in _AGES:
            continue
        value, unit = amount(observation.find("value"))
        if value is not None and unit in _YEARS and 0 <= value * _YEARS[unit] <= _OLDEST_AGE:
            return value * _YEARS[unit]
    return None


def device(series: Node, notes: Notes) -> Device:
    """Device that recorded the series, with its filters."""
    author = series.find("author", "seriesAuthor")
    made = author.find("manufacturedSeriesDevice") if author else None
    serials = (
        made.content("serialNumber") or made.content("SerialNumber") if made else None,
        _attribute(made, "id", "extension"),
        _attribute(author, "id", "extension"),
    )
    return Device(
        manufacturer=author.content("manufacturerOrganization", "name") if author else None,
        model=made.content("manufacturerModelName") if made else None,
        serial=next((one for one in map(_told, serials) if one and one.strip("0")), None),
        **_filters(series, notes),
    )


def _filters(series: Node, notes: Notes) -> dict[str, float]:
    """Cutoff frequencies in hertz of the filters that state one."""
    found: dict[str, float] = {}
    for outer in series.all("controlVariable"):
        for variable in outer.all("controlVariable"):
            name = _FILTERS.get(code_of(variable)[0].upper())
            for component in variable.all("component") if name else ():
                setting = component.find("controlVariable")
                if setting is None or code_of(setting)[0].upper() not in _FREQUENCIES:
                    continue
                value, unit = amount(setting.find("value"))
                if value is None or value <= 0 or unit not in _HERTZ:
                    notes.add(message("formats.note.attribute", tag=setting.place))
                elif name:
                    found.setdefault(name, value * _HERTZ[unit])
    return found


def start(series: Node, root: Node, seconds: float, notes: Notes) -> datetime | None:
    """Beginning of a series of so many seconds, by the effective time of it or of the document.

    Where only the centre is stated, the beginning is half the stated width before it, or half of
    what was recorded; that is noted.
    """
    for node in (series, root):
        time = node.find("effectiveTime")
        for text in (_attribute(time, "low", "value"), _attribute(node, "effectiveTime", "value")):
            found = point_in_time(text)
            if found is not None:
                return found
        centre = point_in_time(_attribute(time, "center", "value"))
        if centre is not None and time is not None:
            width, unit = amount(time.find("width"))
            if width is not None and width > 0 and unit in _SECONDS:
                seconds = width * _SECONDS[unit]
            seconds = min(seconds, _LONGEST)
            notes.add(message("formats.aecg.note.centre", seconds=f"{seconds / 2:g}"))
            return centre - timedelta(seconds=seconds / 2)
    return None


def hints(root: Node) -> RequestHints:
    """Reason for the ECG and the place where it was recorded."""
    reason = _attribute(root, "reasonCode", "displayName") or _attribute(root, "reasonCode", "code")
    site = root.find("location", "testingSite", "location")
    return RequestHints(
        clinical_question=_told(reason),
        institution=_told(site.content("name")) if site else None,
    )


def _attribute(node: Node | None, tag: str, name: str) -> str | None:
    child = node.find(tag) if node else None
    return (child.attributes.get(name, "").strip() or None) if child else None


def _told(text: str | None) -> str | None:
    """Text, unless it only fills the place of one."""
    text = stated(text)
    return text if text and text.upper() not in PLACEHOLDERS else None

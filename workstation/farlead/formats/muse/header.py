"""Whose MUSE file it is, from which device, when, and what was asked."""

import re
from datetime import datetime

from farlead.formats.assembly import Notes
from farlead.formats.xml_fields import day, joined, moment, number, sex, stated, whole
from farlead.formats.xml_tree import Node
from farlead.messages import message
from farlead.model.people import Patient
from farlead.model.recording import Device, Identity, RequestHints

_DATE = re.compile(r"(?P<m>\d{1,2})-(?P<d>\d{1,2})-(?P<y>\d{4})", re.ASCII)
_AGE_UNITS = {
    "YEARS": 1.0,
    "MONTHS": 1 / 12,
    "WEEKS": 7 / 365.25,
    "DAYS": 1 / 365.25,
    "HOURS": 1 / 365.25 / 24,
}
_OLDEST_AGE = 150
_PERCENT = 100.0  # HighPassFilter 16 is 0.16 Hz
_MOST_HERTZ = 2000.0
_NO_FILTER = ("NONE", "OFF", "0")
_TEST = "TestDemographics"


def patient(root: Node, notes: Notes) -> Patient:
    """Patient as the file states it."""
    person = root.find("PatientDemographics")
    if person is None:
        return Patient()
    born = person.content("DateofBirth")
    birth_date = day(born, _DATE)
    if stated(born) and birth_date is None:
        notes.add(message("formats.note.attribute", tag="DateofBirth"))
    return Patient(
        name=joined(person.content("PatientLastName"), person.content("PatientFirstName")),
        local_number=stated(person.content("PatientID")),
        sex=sex(person.content("Gender")),
        birth_date=birth_date,
        age_years=_age(person, notes),
    )


def _age(person: Node, notes: Notes) -> float | None:
    text = person.content("PatientAge")
    value = number(text)
    years = _AGE_UNITS.get((person.content("AgeUnits") or "").upper())
    if value is not None and years is not None and 0 <= value * years <= _OLDEST_AGE:
        return value * years
    if text is not None:
        notes.add(message("formats.note.attribute", tag="PatientAge"))
    return None


def start(root: Node, notes: Notes) -> datetime | None:
    """Time of acquisition, without a zone: the file never states one."""
    on, at = root.content(_TEST, "AcquisitionDate"), root.content(_TEST, "AcquisitionTime")
    found = moment(day(on, _DATE), at)
    if found is None and (stated(on) or stated(at)):
        notes.add(message("formats.note.attribute", tag="AcquisitionDate, AcquisitionTime"))
    return found


def device(root: Node, waveform: Node, notes: Notes) -> Device:
    """Recording device and the filters of the rhythm."""
    return Device(
        model=stated(root.content(_TEST, "AcquisitionDevice")),
        serial=stated(root.content("PharmaData", "PharmaCartID")),
        high_pass=_high_pass(waveform, notes),
        low_pass=_hertz(waveform, "LowPassFilter", notes),
        notch=_hertz(waveform, "ACFilter", notes),
    )


def _high_pass(waveform: Node, notes: Notes) -> float | None:
    """Whole numbers are hundredths of a hertz; what a fraction means is not known (noted)."""
    text = waveform.content("HighPassFilter")
    value = whole(text)
    if value is not None and 0 < value <= _MOST_HERTZ:
        return value / _PERCENT
    if text is not None and text.upper() not in _NO_FILTER:
        notes.add(message("formats.note.attribute", tag="HighPassFilter"))
    return None


def _hertz(waveform: Node, field: str, notes: Notes) -> float | None:
    text = waveform.content(field)
    value = number(text)
    if value is not None and 0 < value <= _MOST_HERTZ:
        return value
    if text is not None and text.upper() not in _NO_FILTER:
        notes.add(message("formats.note.attribute", tag=field))
    return None


def identity(root: Node) -> Identity:
    """Number of the order; the file has no name of its own that is unique by a standard."""
    return Identity(accession=stated(root.content("Order", "HISOrderNumber")))


def hints(root: Node) -> RequestHints:
    """Request data in the file's own elements."""
    test = root.find(_TEST)
    if test is None:
        test = Node(_TEST, {}, root.line)
    return RequestHints(
        clinical_question=stated(root.content("Order", "ReasonForTest"))
        or stated(test.content("TestReason")),
        requesting_doctor=_doctor(test, "OrderingMD") or _doctor(test, "ReferringMD"),
        department=stated(test.content("LocationName")),
        institution=stated(test.content("SiteName")),
        priority=stated(test.content("Priority")),
    )


def _doctor(test: Node, role: str) -> str | None:
    return joined(test.content(f"{role}LastName"), test.content(f"{role}FirstName"))

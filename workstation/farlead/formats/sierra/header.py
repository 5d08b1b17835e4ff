"""Whose Philips ECG XML file it is, from which device, when, and what was asked."""

import re
from datetime import datetime

from farlead.formats.assembly import Notes
from farlead.formats.sierra.waveforms import Details, differ
from farlead.formats.xml_fields import day, joined, moment, number, sex, stated
from farlead.formats.xml_tree import Node
from farlead.messages import message
from farlead.model.people import Patient
from farlead.model.recording import Device, Identity, RequestHints

_DATE = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", re.ASCII)
_BANDWIDTH = re.compile(r"([\d.]{1,8})\s*-\s*([\d.]{1,8})", re.ASCII)
_AGE_UNITS = {"years": 1.0, "months": 1 / 12, "weeks": 7 / 365.25, "days": 1 / 365.25}
_OLDEST_AGE = 150
_MOST_HERTZ = 2000.0
_PARTS_OF_MODEL = 3  # maker:model number:software


def patient(root: Node, notes: Notes) -> Patient:
    """Patient as the file states it."""
    person = root.find("patient", "generalpatientdata")
    if person is None:
        return Patient()
    born = person.content("age", "dateofbirth") or person.content("dateofbirth")
    birth_date = day(born, _DATE)
    if stated(born) and birth_date is None:
        notes.add(message("formats.note.attribute", tag="dateofbirth"))
    name = [person.content("name", part) for part in ("lastname", "firstname", "middlename")]
    return Patient(
        name=joined(*name),
        local_number=stated(person.content("patientid")) or stated(person.content("MRN")),
        sex=sex(person.content("sex")),
        birth_date=birth_date,
        age_years=_age(person),
    )


def _age(person: Node) -> float | None:
    """Age as stated; the default age of the device is nobody's."""
    for unit, years in _AGE_UNITS.items():
        value = number(person.content("age", unit))
        if value is not None and 0 <= value * years <= _OLDEST_AGE:
            return value * years
    return None


def start(root: Node, notes: Notes) -> datetime | None:
    """Time of acquisition; with a zone where the time ends in one."""
    acquisition = root.find("dataacquisition")
    attributes = acquisition.attributes if acquisition else {}
    on, at = attributes.get("date"), attributes.get("time")
    found = moment(day(on, _DATE), at)
    if found is None and (stated(on) or stated(at)):
        notes.add(message("formats.note.attribute", tag="dataacquisition date, time"))
    return found


def device(root: Node, details: Details, notes: Notes) -> Device:
    """Recording device, the filters of the samples, the gain of the report."""
    machine = root.find("dataacquisition", "machine")
    attributes = machine.attributes if machine else {}
    description = attributes.get("detaildescription", "").split(":")
    band = _BANDWIDTH.fullmatch(_agreed("signalbandwidth", details, notes) or "")
    notched = (_agreed("notchfiltered", details, notes) or "").upper() == "TRUE"
    return Device(
        manufacturer=stated(description[0]) if len(description) == _PARTS_OF_MODEL else None,
        model=stated(machine.text.strip()) if machine else None,
        serial=stated(attributes.get("machineid", "").strip()),
        high_pass=_hertz(_agreed("hipass", details, notes) or (band[1] if band else None)),
        low_pass=_hertz(_agreed("lowpass", details, notes) or (band[2] if band else None)),
        notch=_first_hertz(_agreed("notchfilterfreqs", details, notes)) if notched else None,
        gain=_gain(root),
    )


def _agreed(name: str, details: Details, notes: Notes) -> str | None:
    """What is said of a filter; nothing, noted, where two places contradict each other."""
    inner, outer = details.both(name)
    if differ(inner, outer):
        notes.add(message("formats.note.attribute", tag=name))
        return None
    return inner or outer


def _hertz(text: str | None) -> float | None:
    value = number(text)
    return value if value is not None and 0 < value <= _MOST_HERTZ else None


def _first_hertz(text: str | None) -> float | None:
    words = (text or "").replace(",", " ").split()
    return _hertz(words[0]) if words else None


def _gain(root: Node) -> float | None:
    gain = root.find("reportinfo", "reportgain", "amplitudegain")
    if gain is None or gain.attributes.get("unit", "").strip().lower() != "mm/mv":
        return None
    value = number(gain.content("overallgain"))
    return value if value is not None and 0 < value <= _MOST_HERTZ else None


def identity(root: Node) -> Identity:
    """Number of the order; the document's name is no identity by a standard."""
    order = root.find("orderinfo")
    if order is None:
        return Identity()
    numbers = (order.content("ordernumber"), order.content("uniqueorderid"))
    return Identity(accession=next((text for n in numbers if (text := stated(n))), None))


def hints(root: Node) -> RequestHints:
    """Request data in the file's own elements."""
    order = root.find("orderinfo")
    acquisition = root.find("dataacquisition")
    acquirer = acquisition.find("acquirer") if acquisition else None
    attributes = acquisition.attributes if acquisition else {}
    urgent = attributes.get("statflag", "").strip().upper() == "TRUE"
    priority = stated(order.attributes.get("priority", "").strip()) if order else None
    return RequestHints(
        clinical_question=stated(order.content("reasonfororder")) if order else None,
        requesting_doctor=_first(acquirer, "orderingclinician", "referringclinician"),
        department=_first(acquirer, "departmentname", "departmentid"),
        institution=_first(acquirer, "institutionname", "facilityname"),
        priority=priority or ("STAT" if urgent else None),
    )


def _first(node: Node | None, *fields: str) -> str | None:
    found = (stated(node.content(field)) for field in fields) if node else iter(())
    return next((text for text in found if text), None)

"""Whose file it is, from which device, when: what waveforms and images have in common.

References
----------
DICOM PS3.3 C.7.1.1 (Patient), C.7.2.1 (General Study), C.7.5.1 (General Equipment),
C.12.1 (SOP Common); PS3.5 section 6.2 (DA, TM, DT, AS, PN).
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from farlead.formats.dicom.attributes import Attributes, tag_text
from farlead.messages import message
from farlead.model.people import Patient, Sex
from farlead.model.recording import Device, Identity, RequestHints

_UID = re.compile(r"[0-9A-Za-z.\-_]{1,128}")
_AGE = re.compile(r"(\d{1,3})([DWMY])")
_AGE_UNITS = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}
_DATE = re.compile(r"(\d{4})[.\-]?(\d{2})[.\-]?(\d{2})")
_TIME = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(?:\.(\d{1,6}))?")
_ZONE = re.compile(r"([+-])(\d{2})(\d{2})$")
#: Where the time of acquisition may stand, the most certain first.
_TIMES = (
    ("AcquisitionDate", "AcquisitionTime"),
    ("ContentDate", "ContentTime"),
    ("SeriesDate", "SeriesTime"),
    ("StudyDate", "StudyTime"),
)
#: Times of which the last is that of the study: a recording may have been made on another day.
_OF_RECORDING = "AcquisitionDate"
_OLDEST, _LATEST = 1900, 2200  # years; others are filled in by devices, and no zone fits them


def patient(attributes: Attributes) -> Patient:
    """Patient as the file states it."""
    sex, born = attributes.text("PatientSex"), attributes.text("PatientBirthDate")
    age = attributes.text("PatientAge")
    found = Patient(
        name=person(attributes, "PatientName"),
        local_number=attributes.text("PatientID"),
        sex=Sex(sex.upper()) if sex and sex.upper() in set(Sex) else Sex.UNKNOWN,
        birth_date=_date(born),
        age_years=_age(age),
    )
    for keyword, text, read in (
        ("PatientSex", sex, sex is not None and sex.upper() in set(Sex)),
        ("PatientBirthDate", born, found.birth_date is not None),
        ("PatientAge", age, found.age_years is not None),
    ):
        if text and not read:
            attributes.note(message("formats.note.attribute", tag=tag_text(keyword)))
    return found


def person(attributes: Attributes, keyword: str) -> str | None:
    """A person's name for display: the ideographic group where there is one."""
    text = attributes.text(keyword)
    if text is None:
        return None
    groups = [_joined(group) for group in text.split("=")]
    ideographic = groups[1] if len(groups) > 1 else ""
    return ideographic or groups[0] or next((g for g in groups if g), None)


def _joined(group: str) -> str:
    parts = [part.strip() for part in group.split("^") if part.strip()]
    between = " " if group.isascii() or not _ideographs(group) else ""
    return between.join(parts)


def _ideographs(text: str) -> bool:
    return any("\u3400" <= c <= "\u9fff" or c >= "\U00020000" for c in text)


def device(attributes: Attributes) -> Device:
    """Recording device, without filters."""
    return Device(
        manufacturer=attributes.text("Manufacturer"),
        model=attributes.text("ManufacturerModelName"),
        serial=attributes.text("DeviceSerialNumber"),
    )


def identity(attributes: Attributes) -> Identity:
    """How the file names its study and itself."""
    return Identity(
        study_uid=_uid(attributes, "StudyInstanceUID"),
        sop_instance_uid=_uid(attributes, "SOPInstanceUID"),
        sop_class_uid=_uid(attributes, "SOPClassUID"),
        accession=attributes.text("AccessionNumber"),
    )


def _uid(attributes: Attributes, keyword: str) -> str | None:
    """UID as it stands: devices write wrong ones, and they name the object all the same."""
    text = attributes.text(keyword)
    return text if text and _UID.fullmatch(text) else None


def series_uid(attributes: Attributes) -> str | None:
    """Series Instance UID."""
    return _uid(attributes, "SeriesInstanceUID")


def instance_number(attributes: Attributes) -> int | None:
    """Instance Number."""
    number = attributes.number("InstanceNumber")
    return None if number is None else int(number)


def hints(attributes: Attributes) -> RequestHints:
    """Request data in the file's own attributes."""
    question = ("ReasonForTheRequestedProcedure", "ReasonForStudy", "AdmittingDiagnosesDescription")
    doctor = ("ReferringPhysicianName", "RequestingPhysician")
    return RequestHints(
        clinical_question=next((t for k in question if (t := attributes.text(k))), None),
        requesting_doctor=next((t for k in doctor if (t := person(attributes, k))), None),
        department=attributes.text("RequestingService")
        or attributes.text("InstitutionalDepartmentName"),
        institution=attributes.text("InstitutionName"),
        priority=attributes.text("RequestedProcedurePriority"),
    )


def start(attributes: Attributes, *, acquired: bool = True) -> datetime | None:
    """Time of acquisition; naive when the file states no zone; None (noted) without any.

    A time of content, series or study is taken where there is no other, and noted unless the
    object is one that nobody acquired (`acquired`), such as a report.
    """
    zone = _zone(attributes.text("TimezoneOffsetFromUTC") or "")
    whole = attributes.text("AcquisitionDateTime") or ""
    found = _datetime(whole[:8], whole[8:], _zone(whole) or zone)
    if found is not None:
        return found
    if whole:
        tag = tag_text("AcquisitionDateTime")
        attributes.note(message("formats.note.attribute", tag=tag))
    for day, time in _TIMES:
        found = _datetime(attributes.text(day), attributes.text(time), zone)
        if found is not None:
            if acquired and day != _OF_RECORDING:
                tag = tag_text(time)
                attributes.note(message("formats.dicom.note.clock_of_study", tag=tag))
            return found
    attributes.note(message("formats.note.clock"))
    return None


def _datetime(day: str | None, time: str | None, zone: timezone | None) -> datetime | None:
    date_found, match = _date(day), _TIME.match(time or "")
    if date_found is None or match is None:
        return None
    hour, minute, second, fraction = match.groups()
    try:
        return datetime(
            date_found.year,
            date_found.month,
            date_found.day,
            int(hour),
            int(minute or 0),
            min(int(second or 0), 59),  # 60 is a leap second
            int((fraction or "0").ljust(6, "0")),
            zone,
        )
    except ValueError:
        return None


def _zone(text: str) -> timezone | None:
    match = _ZONE.search(text)
    if match is None:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if offset >= timedelta(hours=24):
        return None
    if not offset:
        return UTC
    return timezone(-offset if match[1] == "-" else offset)


def _date(text: str | None) -> date | None:
    match = _DATE.match(text or "")
    if match is None:
        return None
    try:
        found = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return found if _OLDEST <= found.year <= _LATEST else None


def _age(text: str | None) -> float | None:
    match = _AGE.fullmatch((text or "").upper())
    return int(match[1]) * _AGE_UNITS[match[2]] if match else None

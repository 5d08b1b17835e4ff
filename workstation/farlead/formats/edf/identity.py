"""Who, when and with what: identification fields, start, filters of the device."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from farlead.formats.assembly import Notes
from farlead.formats.edf.header import Header
from farlead.messages import message
from farlead.model.people import Patient, Sex
from farlead.model.recording import FREE_TEXT, Device

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
#: Two-digit years from this one on are of the 20th century.
CLIPPING = 85
#: What devices without a clock write.
_NO_DATE = date(1985, 1, 1)
_SEXES = {"F": Sex.FEMALE, "M": Sex.MALE, "X": Sex.UNKNOWN}
_DATE = re.compile(r"(\d\d?)-([A-Za-z]{3})-(\d{4})")
_TRIPLE = re.compile(r" ?(\d{1,2})[.:/\-] ?(\d{1,2})[.:/\-] ?(\d{1,2})")
_FILTER = re.compile(r"\b(HP|LP|N):?\s*(\d+(?:\.\d+)?)\s*Hz", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """What the recording field states: date, number of the investigation, equipment."""

    day: date | None = None
    number: str | None = None
    equipment: str | None = None


def patient_of(header: Header, notes: Notes) -> Patient:
    """Patient by the subfields of EDF+: code, sex, birth date, name.

    Older files have free text there; it is shown in a note, and no part of it is guessed at
    (intake looks whether a request's name and number stand in it).
    """
    fields = header.patient.split()
    born = _day(fields[2]) if len(fields) > 2 else None
    if len(fields) < 4 or fields[1] not in _SEXES or not (born or fields[2] == "X"):
        if header.patient not in ("", "X"):
            notes.add(message(FREE_TEXT, text=header.patient))
        return Patient()
    return Patient(
        name=_subfield(fields[3]),
        local_number=_subfield(fields[0]),
        sex=_SEXES[fields[1]],
        birth_date=born,
    )


def origin_of(header: Header) -> Origin:
    """The subfields of EDF+ after ``Startdate``; empty for the free text of older files."""
    fields = header.recording.split()
    if len(fields) < 5 or fields[0] != "Startdate":
        return Origin()
    return Origin(_day(fields[1]), _subfield(fields[2]), _subfield(fields[4]))


def start_of(header: Header, origin: Origin, onset: Fraction, notes: Notes) -> datetime | None:
    """Time of the first sample, `onset` seconds after the header's; None where it is none."""
    clock = _TRIPLE.fullmatch(header.time.strip())
    short = _short_day(header.date)
    if origin.day and short and origin.day != short:
        notes.add(
            message("formats.edf.note.dates", one=origin.day.isoformat(), other=short.isoformat())
        )
        return None
    day = origin.day or short
    if clock is None or day is None or (day == _NO_DATE and origin.day is None):
        return None
    try:
        hour, minute, second = (int(part) for part in clock.groups())
        at = datetime.combine(day, time(hour, minute, second))
        return at + timedelta(microseconds=round(onset * 1_000_000))
    except (ValueError, OverflowError):
        return None


def device_of(origin: Origin, prefiltering: Iterable[str], notes: Notes) -> Device:
    """Device with those filters that all leads share."""
    found: dict[str, set[float | None]] = {"HP": set(), "LP": set(), "N": set()}
    for text in prefiltering:
        told = {kind.upper(): float(value) for kind, value in _FILTER.findall(text)}
        for kind, values in found.items():
            values.add(told.get(kind))
    if any(len(values) > 1 for values in found.values()):
        notes.add(message("formats.edf.note.filters"))
    shared = {kind: next(iter(v)) if len(v) == 1 else None for kind, v in found.items()}
    return Device(
        model=origin.equipment,
        high_pass=shared["HP"],
        low_pass=shared["LP"],
        notch=shared["N"],
    )


def _subfield(text: str) -> str | None:
    words = text.replace("_", " ").strip()
    return words if words and words != "X" else None


def _day(text: str) -> date | None:
    parts = _DATE.fullmatch(text)
    if parts is None or parts[2].upper() not in MONTHS:
        return None
    try:
        return date(int(parts[3]), MONTHS.index(parts[2].upper()) + 1, int(parts[1]))
    except ValueError:
        return None


def _short_day(text: str) -> date | None:
    parts = _TRIPLE.fullmatch(text.rstrip())
    if parts is None:
        return None
    day, month, year = (int(part) for part in parts.groups())
    try:
        return date(year + (1900 if year >= CLIPPING else 2000), month, day)
    except ValueError:
        return None

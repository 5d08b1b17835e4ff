"""EDF+C files of recordings: strict, 16 bits a sample.

Each lead gets the coarsest step that loses nothing, else the finest that holds its amplitude
(then a loss is told). EDF+ allows only US-ASCII in the header: a name, number or device with
other characters is written as ``X`` (unknown), never transliterated, and the loss is told; the
text of annotations is UTF-8 and keeps them.

References
----------
Kemp B, Olivan J, European data format 'plus', Clin Neurophysiol 2003;114:1755, with its
additional specifications and standard texts for labels.
"""

import io
import math
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.formats.assembly import Notes
from farlead.formats.edf.identity import MONTHS
from farlead.formats.edf_writer.annotations import annotation_part
from farlead.formats.edf_writer.quantum import Quantised, decimal, quantised
from farlead.formats.losses import losses
from farlead.formats.unfit import Unfit
from farlead.messages import Message, message
from farlead.model.people import Patient, Sex
from farlead.model.recording import Device, Recording

__all__ = ["encode_edf"]

_RECORD_BYTES = 61_440  # most of a data record
_MOST_RECORDS = 99_999_999
_YEARS = range(1985, 2085)
_FIELD, _IDENTIFICATION, _LABEL, _FILTERS = 8, 80, 16, 80
_PIECE = 1 << 9  # data records that are put together at a time


class _Timing(NamedTuple):
    """Data records: samples of a lead in each, their duration in seconds, their number."""

    samples: int
    duration: Fraction
    records: int


def encode_edf(recording: Recording) -> tuple[bytes, tuple[Message, ...]]:
    """EDF+C file of a recording.

    Returns
    -------
    bytes
    tuple of Message
        What the file does not hold of the recording.

    Raises
    ------
    Unfit
        What EDF+ cannot hold: samples that are not recorded, a lead name beyond 12 ASCII
        characters, a rate and length that no data records give, a start outside 1985–2084, an
        amplitude beyond 16 bits.
    """
    prepared = _Prepared(recording)
    file = io.BytesIO()
    prepared.write(file)
    return file.getvalue(), tuple(prepared.notes)


class _Prepared:
    """All that is decided before the first byte is written."""

    def __init__(self, recording: Recording) -> None:
        _check(recording)
        self.notes = losses(recording, zone=False)
        self.recording = recording
        self.labels = [_label(lead) for lead in recording.leads]
        self.timing = _timing(recording)
        self.leads = [_quantised(recording, i, self.notes) for i in range(len(recording.leads))]
        first = Fraction(recording.start.microsecond if recording.start else 0, 1_000_000)
        self.annotations = annotation_part(
            recording, first, self.timing.records, self.timing.duration
        )

    def write(self, file: BinaryIO) -> None:
        file.write(self._general())
        file.write(self._signals())
        samples, _, records = self.timing
        width = len(self.annotations[0])
        marks = np.frombuffer(b"".join(self.annotations), np.uint8).reshape(records, width)
        for begin in range(0, records, _PIECE):
            end = min(begin + _PIECE, records)
            parts: list[NDArray[np.uint8]] = [
                lead.digital[begin * samples : end * samples]
                .astype("<i2")
                .view(np.uint8)
                .reshape(end - begin, -1)
                for lead in self.leads
            ]
            file.write(np.concatenate([*parts, marks[begin:end]], axis=1).tobytes())

    def _general(self) -> bytes:
        recording, (_, duration, records) = self.recording, self.timing
        start = recording.start
        return b"".join(
            [
                _text("0", _FIELD),
                _text(_patient(recording.patient, self.notes), _IDENTIFICATION),
                _text(_origin(recording, self.notes), _IDENTIFICATION),
                _text(start.strftime("%d.%m.%y") if start else "01.01.85", _FIELD),
                _text(start.strftime("%H.%M.%S") if start else "00.00.00", _FIELD),
                _text(str(256 * (len(self.leads) + 2)), _FIELD),
                _text("EDF+C", 44),
                _text(str(records), _FIELD),
                _text(decimal(duration) or "", _FIELD),
                _text(str(len(self.leads) + 1), 4),
            ]
        )

    def _signals(self) -> bytes:
        n = len(self.leads)
        filters = _filters(self.recording.device)
        columns: list[tuple[int, list[str]]] = [
            (_LABEL, [*self.labels, "EDF Annotations"]),
            (80, [""] * (n + 1)),
            (_FIELD, ["uV"] * n + [""]),
            (_FIELD, [*(lead.limits[0] for lead in self.leads), "-1"]),
            (_FIELD, [*(lead.limits[1] for lead in self.leads), "1"]),
            (_FIELD, [*(lead.limits[2] for lead in self.leads), "-32768"]),
            (_FIELD, [*(lead.limits[3] for lead in self.leads), "32767"]),
            (_FILTERS, [filters] * n + [""]),
            (_FIELD, [str(self.timing.samples)] * n + [str(len(self.annotations[0]) // 2)]),
            (32, [""] * (n + 1)),
        ]
        return b"".join(_text(text, size) for size, texts in columns for text in texts)


def _check(recording: Recording) -> None:
    channels, n = recording.samples.shape
    if not channels or not n or channels != len(recording.leads):
        raise Unfit("empty")
    for lead, row in zip(recording.leads, recording.samples, strict=True):
        if not np.isfinite(row).all():
            raise Unfit("gaps", lead=lead)
    if recording.start is not None and recording.start.year not in _YEARS:
        first, last = _YEARS[0], _YEARS[-1]
        raise Unfit("year", year=recording.start.year, first=first, last=last)


def _text(text: str, size: int) -> bytes:
    data = text.encode("ascii")
    if len(data) > size:
        raise Unfit("field", text=text, size=size)
    return data.ljust(size)


def _label(lead: str) -> str:
    label = lead if lead.upper().startswith(("ECG", "EKG")) else f"ECG {lead}"
    if len(label) > _LABEL or not (label.isascii() and label.isprintable()):
        raise Unfit("lead", lead=lead)
    return label


def _timing(recording: Recording) -> _Timing:
    """Whole data records of an exact duration, as near to a second as there are."""
    channels, n = recording.samples.shape
    fs = Fraction(recording.fs).limit_denominator(1_000_000)
    if float(fs) != recording.fs:
        fs = Fraction(recording.fs)
    most = _RECORD_BYTES // 2 // channels
    possible = [
        count
        for count in _divisors(n)
        if count <= most and n // count <= _MOST_RECORDS and decimal(count / fs)
    ]
    if not possible:
        raise Unfit("records", samples=n, fs=f"{recording.fs:g}")
    best = min(possible, key=lambda count: abs(math.log(float(count / fs))))
    return _Timing(best, best / fs, n // best)


def _divisors(n: int) -> list[int]:
    low = [i for i in range(1, math.isqrt(n) + 1) if n % i == 0]
    return sorted({*low, *(n // i for i in low)})


def _quantised(recording: Recording, index: int, notes: Notes) -> Quantised:
    lead = recording.leads[index]
    try:
        result = quantised(recording.samples[index])
    except ValueError as error:
        raise Unfit("lead_amplitude", lead=lead) from error
    if not result.lossless:
        notes.add(message("formats.lost.quantised", lead=lead, step=f"{float(result.step):g}"))
    return result


def _patient(patient: Patient, notes: Notes) -> str:
    code = _subfield(patient.local_number, "code", notes)
    sex = {Sex.FEMALE: "F", Sex.MALE: "M"}.get(patient.sex, "X")
    born = _day(patient.birth_date) if patient.birth_date else "X"
    name = _subfield(patient.name, "name", notes)
    return _fitting([code, sex, born, name], {3: "name", 0: "code"}, notes)


def _origin(recording: Recording, notes: Notes) -> str:
    day = _day(recording.start) if recording.start else "X"
    number = _subfield(recording.identity.accession, "number", notes)
    device = recording.device
    told = " ".join(word for word in (device.manufacturer, device.model, device.serial) if word)
    equipment = _subfield(told, "equipment", notes)
    fields = ["Startdate", day, number, "X", equipment]
    return _fitting(fields, {4: "equipment", 2: "number"}, notes)


def _subfield(text: str | None, field: str, notes: Notes) -> str:
    """Text as a subfield: spaces become underscores, ``X`` stands for unknown."""
    words = "_".join((text or "").split())
    if not words.isascii() or not words.isprintable():
        notes.add(message("formats.lost.not_ascii", field=f"@formats.lost.field.{field}"))
        return "X"
    return words or "X"


def _fitting(fields: list[str], droppable: dict[int, str], notes: Notes) -> str:
    for index, field in droppable.items():
        if len(" ".join(fields)) > _IDENTIFICATION:
            fields[index] = "X"
            notes.add(message("formats.lost.too_long", field=f"@formats.lost.field.{field}"))
    return " ".join(fields)


def _day(day: date) -> str:
    return f"{day.day:02}-{MONTHS[day.month - 1]}-{day.year:04}"


def _filters(device: Device) -> str:
    told: Sequence[tuple[str, float | None]] = (
        ("HP", device.high_pass),
        ("LP", device.low_pass),
        ("N", device.notch),
    )
    return " ".join(f"{kind}:{value:.15g}Hz" for kind, value in told if value)

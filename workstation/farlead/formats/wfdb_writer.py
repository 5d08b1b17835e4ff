"""WFDB records from recordings: a header and one signal file, or both in a ZIP.

Format 16 where a gain exists for every lead that loses nothing in 16 bits, else format 32. Not
written, because WFDB has no place for them: the patient's name and numbers, the device, median
beats, and annotations that have a position.

References
----------
PhysioNet, WFDB Applications Guide: header(5), signal(5).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.formats.unfit import Unfit
from farlead.model.people import Sex
from farlead.model.recording import Annotation, Recording

#: Gains of devices and databases in units a millivolt; the coarse ones only for what is too
#: large for the others.
_GAINS = (
    *(200.0, 204.8, 1000 / 4.88, 250.0, 400.0, 409.6, 500.0, 800.0, 1000.0, 2000.0, 2048.0),
    *(4000.0, 4096.0, 5000.0, 10_000.0, 20_000.0, 100_000.0, 100.0, 50.0, 20.0, 10.0, 1.0),
)
_LARGEST = {16: (1 << 15) - 1, 32: (1 << 31) - 1}
_LARGEST_PEAK = 1e6  # a kilovolt
_EXPONENTS = range(-12, 127)
_BLOCK = 1 << 18
_MINUTE = timedelta(minutes=1)
_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")


class _Scale(NamedTuple):
    """How one lead is stored: bits needed, units a millivolt."""

    bits: int
    gain: float


def encode_wfdb(recording: Recording, name: str = "ecg") -> Mapping[str, bytes]:
    """Files of a record by their names, the header first.

    Parameters
    ----------
    recording : Recording
        NaN becomes the value that marks a sample as not recorded.
    name : str
        Of the record: letters, digits, hyphens, underscores.

    Returns
    -------
    mapping of str to bytes
        Reading them gives the samples bit-identically, unless a lead spans more than 31 bits
        between its peak and its finest step: then within 2⁻³⁰ of its peak.

    Raises
    ------
    Unfit
        No leads or samples, infinite samples, an amplitude above a kilovolt, or a name that no
        record may have.
    """
    _check(recording, name)
    scales = [_scale(row) for row in recording.samples]
    bits = max(scale.bits for scale in scales)
    codes = np.empty(recording.samples.T.shape, f"<i{bits // 8}")
    for lead, scale in enumerate(scales):
        codes[:, lead] = _codes(recording.samples[lead], scale.gain, bits)
    header = _header(recording, name, scales, codes)
    return {f"{name}.hea": header.encode("utf-8"), f"{name}.dat": codes.tobytes()}


def _check(recording: Recording, name: str) -> None:
    leads, n = recording.samples.shape
    if not _NAME.fullmatch(name):
        raise Unfit("name", name=name)
    if leads != len(recording.leads) or not leads or not n:
        raise Unfit("empty")


def _scale(row: NDArray[np.float32]) -> _Scale:
    """The first known gain that loses nothing, else the power of two that does, or nearly."""
    finite = np.isfinite(row)
    if np.isinf(row).any():
        raise Unfit("infinite")
    peak = float(np.max(np.abs(row), where=finite, initial=0.0))
    if peak > _LARGEST_PEAK:
        raise Unfit("amplitude", mv=f"{peak:g}")
    for gain in _GAINS:
        if round(peak * gain) <= _LARGEST[16] and _lossless(row, gain):
            return _Scale(16, gain)
    fitting = [2.0**power for power in _EXPONENTS if peak * 2.0**power <= _LARGEST[32]]
    for gain in fitting:
        if _lossless(row, gain):
            return _Scale(16 if peak * gain <= _LARGEST[16] else 32, gain)
    return _Scale(32, fitting[-1])


def _lossless(row: NDArray[np.float32], gain: float) -> bool:
    """Whether every sample is a multiple of one unit."""
    for part in _parts(row):
        known = part[~np.isnan(part)]
        units = np.rint(known.astype(np.float64) * gain)
        if not np.array_equal((units / gain).astype(np.float32), known):
            return False
    return True


def _parts(row: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    for begin in range(0, row.size, _BLOCK):
        yield row[begin : begin + _BLOCK]


def _codes(row: NDArray[np.float32], gain: float, bits: int) -> NDArray[np.integer]:
    codes = np.empty(row.size, np.int32)
    for begin, part in enumerate(_parts(row)):
        units = np.rint(part.astype(np.float64) * gain)
        units[np.isnan(units)] = -_LARGEST[bits] - 1
        codes[begin * _BLOCK : begin * _BLOCK + part.size] = units
    return codes


def _header(
    recording: Recording, name: str, scales: list[_Scale], codes: NDArray[np.integer]
) -> str:
    n, leads = codes.shape
    bits = codes.dtype.itemsize * 8
    record = [name, str(leads), _number(recording.fs), str(n), *_start(recording)]
    lines = [" ".join(record)]
    for lead, scale in enumerate(scales):
        total = int(codes[:, lead].sum(dtype=np.int64)) & 0xFFFF
        checksum = total - 0x10000 if total & 0x8000 else total
        label = " ".join(recording.leads[lead].split())
        lines.append(
            f"{name}.dat {bits} {_number(scale.gain)}(0)/mV {bits} 0 "
            f"{int(codes[0, lead])} {checksum} 0 {label}"
        )
    lines.extend(f"# {' '.join(line.split())}" for line in _comments(recording))
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _start(recording: Recording) -> list[str]:
    start = _wall_clock(recording)
    if start is None:
        return []
    fraction = f".{start.microsecond:06d}".rstrip("0").rstrip(".")
    return [f"{start:%H:%M:%S}{fraction}", f"{start.day:02d}/{start.month:02d}/{start.year:04d}"]


def _wall_clock(recording: Recording) -> datetime | None:
    """First sample's time; an offset that is no whole minute, as before 1901, becomes UTC."""
    start = recording.start
    offset = start.utcoffset() if start is not None else None
    return start.astimezone(UTC) if start is not None and offset and offset % _MINUTE else start


def _comments(recording: Recording) -> Iterator[str]:
    patient, start = recording.patient, _wall_clock(recording)
    age = patient.age_at(start.date()) if start is not None else patient.age_years
    if age is not None:
        yield f"Age: {round(age, 3):g}"
    if patient.sex in (Sex.MALE, Sex.FEMALE):
        yield f"Sex: {patient.sex}"
    if start is not None and start.utcoffset() is not None:
        zone = start.strftime("%z")
        yield f"UTC offset: {zone[:3]}:{zone[3:5]}"
    for annotation in recording.annotations:
        if annotation.position is None and annotation.text.strip():
            yield _statement(annotation)


def _statement(annotation: Annotation) -> str:
    if annotation.value is None:
        return annotation.text
    return f"{annotation.text}: {annotation.value:g} {annotation.unit or ''}".rstrip()

"""EDF, EDF+, BDF and BDF+ files by their published description, from known digital values.

>>> data = edf_bytes([Signal("ECG II", digital)], samples=500)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PATIENT = "T0001 F 17-MAY-1960 Li_Si"
RECORDING = "Startdate 22-NOV-2026 A77 X Recorder_9"

#: Where a field of the general part stands, and its length.
GENERAL = {
    "version": (0, 8),
    "patient": (8, 80),
    "recording": (88, 80),
    "date": (168, 8),
    "time": (176, 8),
    "header_bytes": (184, 8),
    "reserved": (192, 44),
    "records": (236, 8),
    "duration": (244, 8),
    "signals": (252, 4),
}


@dataclass(frozen=True)
class Signal:
    """One signal; `digital` holds its values over all data records."""

    label: str | bytes
    digital: NDArray[np.integer]
    dimension: str | bytes = "uV"
    physical: tuple[str, str] = ("-3276.8", "3276.7")
    range: tuple[str, str] = ("-32768", "32767")
    prefiltering: str = ""


def tal(onset: str, *texts: str | bytes, duration: str | None = None) -> bytes:
    """One time-stamped annotation list."""
    told = onset.encode() + (b"" if duration is None else b"\x15" + duration.encode())
    parts = [text if isinstance(text, bytes) else text.encode() for text in texts]
    return told + b"\x14" + b"".join(part + b"\x14" for part in parts) + b"\0"


def edf_bytes(
    signals: Sequence[Signal],
    *,
    records: int = 10,
    duration: str = "1",
    lists: Sequence[bytes] | None = None,
    bits: int = 16,
    kind: str | None = None,
    general: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """The bytes of a file.

    Parameters
    ----------
    signals : sequence of Signal
    records : int
        Data records; each signal's values are divided among them.
    lists : sequence of bytes, optional
        Annotation lists of each data record; they make the file an EDF+ one.
    bits : int
        16, or 24 for BDF.
    kind : str, optional
        The reserved field.
    general : mapping, optional
        Fields of the general part that are written otherwise, see :data:`GENERAL`.
    """
    width, family = bits // 8, "EDF" if bits == 16 else "BDF"
    parts = [_split(signal.digital, records, width) for signal in signals]
    columns: list[list[str | bytes]] = [
        [
            signal.label,
            "electrode",
            signal.dimension,
            *signal.physical,
            *signal.range,
            signal.prefiltering,
            str(signal.digital.size // records),
            "",
        ]
        for signal in signals
    ]
    if lists is not None:
        size = max(len(item) for item in lists)
        size += -size % width
        parts.append([item.ljust(size, b"\0") for item in lists])
        label, limits = f"{family} Annotations", ("-32768", "32767")
        columns.append([label, "", "", "-1", "1", *limits, "", str(size // width), ""])
        kind = kind or f"{family}+C"
    fields: dict[str, str | bytes] = {
        "version": "0" if bits == 16 else b"\xffBIOSEMI",
        "patient": PATIENT,
        "recording": RECORDING,
        "date": "22.11.26",
        "time": "01.30.00",
        "header_bytes": str(256 * (1 + len(columns))),
        "reserved": kind or "",
        "records": str(records),
        "duration": duration,
        "signals": str(len(columns)),
        **(general or {}),
    }
    head = b"".join(_field(fields[name], size) for name, (_, size) in GENERAL.items())
    sizes = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
    for index, size in enumerate(sizes):
        head += b"".join(_field(column[index], size) for column in columns)
    return head + b"".join(part[i] for i in range(records) for part in parts)


def replaced(data: bytes, name: str, value: str | bytes) -> bytes:
    """The file with another value in a field of the general part."""
    begin, size = GENERAL[name]
    return data[:begin] + _field(value, size) + data[begin + size :]


def millivolts(signal: Signal, factor: float = 0.001) -> NDArray[np.float64]:
    """What the header says of the signal's values; `factor` is the unit in millivolts."""
    low, high = (float(text) for text in signal.physical)
    first, last = (float(text) for text in signal.range)
    share = (signal.digital.astype(np.float64) - first) / (last - first)
    return (low + share * (high - low)) * factor


def _split(digital: NDArray[np.integer], records: int, width: int) -> list[bytes]:
    values = digital.astype("<i4").reshape(records, -1)
    raw = values.view(np.uint8).reshape(records, -1, 4)[:, :, :width]
    return [np.ascontiguousarray(record).tobytes() for record in raw]


def _field(value: str | bytes, size: int) -> bytes:
    data = value if isinstance(value, bytes) else value.encode("ascii")
    assert len(data) <= size, (value, size)
    return data.ljust(size)

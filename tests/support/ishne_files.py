"""ISHNE Holter files by the published table of the format, from known values."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

#: Offset and bytes of fields that tests change.
FIELDS = {
    "checksum": (8, 2),
    "variable_size": (10, 4),
    "samples": (14, 4),
    "variable_offset": (18, 4),
    "ecg_offset": (22, 4),
    "first_name": (28, 40),
    "last_name": (68, 40),
    "id": (108, 20),
    "sex": (128, 2),
    "leads": (156, 2),
    "specs": (158, 24),
    "quality": (182, 24),
    "resolution": (206, 24),
    "pacemaker": (230, 2),
    "recorder": (232, 40),
    "rate": (272, 2),
}
_FIXED = 522


def ishne_bytes(
    steps: NDArray[np.integer],
    *,
    specs: Sequence[int],
    resolution: Sequence[int],
    rate: int = 200,
    quality: Sequence[int] | None = None,
    names: tuple[bytes, bytes] = (b"Si", b"Li"),
    number: bytes = b"H0001",
    sex: int = 2,
    birth: tuple[int, int, int] = (17, 5, 1960),
    day: tuple[int, int, int] = (22, 11, 2026),
    clock: tuple[int, int, int] = (1, 30, 0),
    pacemaker: int = 0,
    recorder: bytes = b"digital",
    variable: bytes = b"",
    samples: int | None = None,
    checksum: int | None = None,
) -> bytes:
    """The bytes of a file; `steps` has a row for each lead, `resolution` is in nV."""
    leads, n = steps.shape
    begin = _FIXED + len(variable)
    block = b"".join(
        [
            _numbers(4, len(variable), n if samples is None else samples, _FIXED, begin),
            _numbers(2, 1),
            _text(names[0], 40),
            _text(names[1], 40),
            _text(number, 20),
            _numbers(2, sex, 0, *birth, *day, *day, *clock, leads),
            _numbers(2, *_twelve(specs)),
            _numbers(2, *_twelve(quality or [1] * leads)),
            _numbers(2, *_twelve(resolution)),
            _numbers(2, pacemaker),
            _text(recorder, 40),
            _numbers(2, rate),
            _text(b"", 80),
            _text(b"", 80),
            _text(b"", 88),
            variable,
        ]
    )
    stored = ccitt(block) if checksum is None else checksum
    ecg = np.ascontiguousarray(steps.T).astype("<i2").tobytes()
    return b"ISHNE1.0" + stored.to_bytes(2, "little") + block + ecg


def patched(data: bytes, field: str, value: bytes, *, sign: bool = True) -> bytes:
    """The file with other bytes in a field; with `sign`, the checksum is right again."""
    begin, size = FIELDS[field]
    changed = data[:begin] + value.ljust(size, b"\0") + data[begin + size :]
    if not sign:
        return changed
    end = int.from_bytes(data[22:26], "little")
    return changed[:8] + ccitt(changed[10:end]).to_bytes(2, "little") + changed[10:]


def ccitt(data: bytes) -> int:
    """CRC-CCITT bit by bit: polynomial 1021 hex, begun with all ones."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _twelve(values: Sequence[int]) -> list[int]:
    return [*values, *[-9] * (12 - len(values))]


def _numbers(size: int, *values: int) -> bytes:
    return b"".join(value.to_bytes(size, "little", signed=True) for value in values)


def _text(data: bytes, size: int) -> bytes:
    assert len(data) <= size
    return data.ljust(size, b"\0")

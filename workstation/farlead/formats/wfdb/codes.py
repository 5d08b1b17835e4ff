"""Storage formats of WFDB signal files: bytes to integers, block by block.

References
----------
PhysioNet, WFDB Applications Guide, signal(5).
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Integers: TypeAlias = NDArray[np.int32]

#: Format of a signal without samples.
NO_DATA = 0
#: Formats compressed with FLAC, which are not read.
COMPRESSED = frozenset({508, 516, 524})
#: A block holds a multiple of this many samples, so that it begins and ends with a byte.
WHOLE = 6


class Code(NamedTuple):
    """One storage format: groups of some samples in some bytes.

    Parameters
    ----------
    samples, size : int
        Samples and bytes of a group.
    invalid : int or None
        Value of a sample that was not recorded.
    decode : callable
        Whole groups of bytes to integers.
    tails : tuple of int
        Bytes that 0, 1, … samples of an incomplete last group take.
    differences : bool
        Samples are the sums of what is stored.
    """

    samples: int
    size: int
    invalid: int | None
    decode: Callable[[bytes], Integers]
    tails: tuple[int, ...] = (0,)
    differences: bool = False

    def bytes_for(self, count: int) -> int:
        """Bytes that `count` samples take."""
        groups, rest = divmod(count, self.samples)
        return groups * self.size + self.tails[rest]

    def samples_in(self, size: int) -> int:
        """Samples that `size` bytes hold."""
        groups, rest = divmod(size, self.size)
        return groups * self.samples + sum(tail <= rest for tail in self.tails[1:])

    def integers(self, data: bytes, count: int) -> Integers:
        """`count` samples of their bytes."""
        missing = -len(data) % self.size
        return self.decode(data + b"\0" * missing if missing else data)[:count]


def _plain(dtype: str, shift: int = 0) -> Callable[[bytes], Integers]:
    """Integers of one machine type; `shift` is subtracted (offset binary)."""

    def decode(data: bytes) -> Integers:
        values = np.frombuffer(data, dtype).astype(np.int32)
        if shift:
            values -= shift
        return values

    return decode


def _signed(values: NDArray[np.integer], bits: int) -> Integers:
    """Two's complement of the low `bits` bits."""
    unused = 32 - bits
    return (values.astype(np.int32) << unused) >> unused


def _24(data: bytes) -> Integers:
    wide = np.zeros((len(data) // 3, 4), np.uint8)
    wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
    return wide.view("<i4")[:, 0] >> 8


def _212(data: bytes) -> Integers:
    """Low byte, a byte with both high nibbles, low byte of the second."""
    triples = np.frombuffer(data, np.uint8).reshape(-1, 3)
    middle = triples[:, 1].astype(np.int32)
    values = np.empty((len(triples), 2), np.int32)
    values[:, 0] = triples[:, 0] | (middle & 0x0F) << 8
    values[:, 1] = triples[:, 2] | (middle & 0xF0) << 4
    return _signed(values.reshape(-1), 12)


def _310(data: bytes) -> Integers:
    """Bits 1 to 10 of two words, then the high five bits of both, the first word's lowest."""
    words = np.frombuffer(data, "<u2").reshape(-1, 2).astype(np.int32)
    values = np.empty((len(words), 3), np.int32)
    values[:, :2] = words >> 1
    values[:, 2] = words[:, 0] >> 11 | (words[:, 1] >> 11) << 5
    return _signed(values.reshape(-1), 10)


def _311(data: bytes) -> Integers:
    """Ten bits each of a 32-bit word, the lowest first."""
    words = np.frombuffer(data, "<u4")
    values = np.stack([words >> shift for shift in (0, 10, 20)], axis=1)
    return _signed(values.reshape(-1), 10)


CODES: Mapping[int, Code] = {
    8: Code(1, 1, None, _plain("i1"), differences=True),
    16: Code(1, 2, -(1 << 15), _plain("<i2")),
    24: Code(1, 3, -(1 << 23), _24),
    32: Code(1, 4, -(1 << 31), _plain("<i4")),
    61: Code(1, 2, -(1 << 15), _plain(">i2")),
    80: Code(1, 1, -(1 << 7), _plain("u1", 1 << 7)),
    160: Code(1, 2, -(1 << 15), _plain("<u2", 1 << 15)),
    212: Code(2, 3, -(1 << 11), _212, tails=(0, 2)),
    310: Code(3, 4, -(1 << 9), _310, tails=(0, 2, 4)),
    311: Code(3, 4, -(1 << 9), _311, tails=(0, 2, 3)),
}

"""Stored numbers of a DICOM waveform channel to millivolts.

Value = sample × Channel Sensitivity × Sensitivity Correction Factor + Channel Baseline, in
the channel's own unit; nothing else is done to the samples.

====  ==============================  ====
SB    8 bits, signed                  yes
UB    8 bits, unsigned                yes
MB    8 bits, mu-law                  yes, by the decoder values of G.711 (±8031)
AB    8 bits, A-law                   yes, by the decoder values of G.711 (±4032)
SS    16 bits, signed                 yes
US    16 bits, unsigned               yes
SL    32 bits, signed                 yes
UL    32 bits, unsigned               yes
SV/UV 64 bits                         no: no ECG object may use them
====  ==============================  ====

References
----------
DICOM PS3.3 C.10.9.1.4, C.10.9.1.5 (sample interpretation, bits stored, padding value);
ITU-T G.711 tables 1 and 2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.dicom.attributes import Attributes, tag_text
from farlead.messages import message

_TYPES = {
    ("SB", 8): "i1",
    ("UB", 8): "u1",
    ("MB", 8): "u1",
    ("AB", 8): "u1",
    ("SS", 16): "i2",
    ("US", 16): "u2",
    ("SL", 32): "i4",
    ("UL", 32): "u4",
}
_MOST_CHANNELS = 512
_PADDING_RUN_SECONDS = 0.1  # a run of all leads that is taken as missing though the value is usual
#: Samples that are worked on at a time, so that a day of ECG needs no second copy.
_PIECE = 1 << 16


def _mu_law() -> NDArray[np.int16]:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    size = (((code & 15) << 1) + 33 << (code >> 4 & 7)) - 33
    return np.where(code & 0x80, -size, size).astype(np.int16)


def _a_law() -> NDArray[np.int16]:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment, step = code >> 4 & 7, (code & 15) << 1
    size = np.where(segment, step + 33 << np.maximum(segment - 1, 0), step + 1)
    return np.where(code & 0x80, size, -size).astype(np.int16)


#: Decoder output of each stored byte.
COMPANDED = {"MB": _mu_law(), "AB": _a_law()}


@dataclass(frozen=True, slots=True)
class Scale:
    """``(code × factor + baseline) / per_millivolt``; the first `stored` bits are the code."""

    factor: float
    baseline: float
    per_millivolt: float
    stored: int


@dataclass(frozen=True, slots=True)
class Stored:
    """Samples of a multiplex group as they stand in the file.

    Parameters
    ----------
    codes : ndarray of int, shape (n, channels)
        A view on the bytes of the file.
    table : ndarray of int16 or None
        What companded codes mean.
    padding : int or None
        Code of a sample that was not recorded.
    gaps : tuple of (int, int)
        Runs that were not recorded in any channel, where the code alone does not tell.
    """

    codes: NDArray[np.integer]
    table: NDArray[np.int16] | None = None
    padding: int | None = None
    gaps: tuple[tuple[int, int], ...] = ()

    def convert(self, channel: int, scale: Scale, row: NDArray[np.float32]) -> bool:
        """Write millivolts of a channel into `row`; whether the bits stored fit its codes."""
        column = self.codes[:, channel]
        extended = self._extended(column, scale.stored)
        shift = column.dtype.itemsize * 8 - scale.stored if extended else 0
        for begin in range(0, row.size, _PIECE):
            piece = column[begin : begin + _PIECE]
            values = self._numbers(piece, shift)
            out = row[begin : begin + piece.size]
            with np.errstate(over="ignore"):  # what is too large becomes infinite
                values *= scale.factor
                if scale.baseline:
                    values += scale.baseline
                if scale.per_millivolt != 1:
                    values /= scale.per_millivolt
                out[:] = values
            if self.padding is not None:
                out[piece == self.padding] = np.nan
        for start, stop in self.gaps:
            row[start:stop] = np.nan
        return extended is not None

    def _numbers(self, codes: NDArray[np.integer], shift: int) -> NDArray[np.float64]:
        """What codes mean; with `shift` their sign stands so many bits below the first."""
        if shift:
            codes = codes.astype(codes.dtype.newbyteorder("="))
            codes = (codes << shift) >> shift
        return codes.astype(np.float64) if self.table is None else self.table[codes] * 1.0

    def _extended(self, column: NDArray[np.integer], stored: int) -> bool | None:
        """Whether the sign stands in the last bit stored; None when codes need more bits."""
        allocated = column.dtype.itemsize * 8
        if not 0 < stored < allocated or self.table is not None:
            return False
        known = column if self.padding is None else column[column != self.padding]
        if not known.size:
            return False
        low, high, signed = int(known.min()), int(known.max()), column.dtype.kind == "i"
        half = 1 << (stored - 1)
        if low >= (-half if signed else 0) and high < (half if signed else 2 * half):
            return False
        return True if signed and low >= 0 and high < 2 * half else None


def stored_samples(item: Attributes, fs: float) -> Stored:
    """Samples of a multiplex group.

    Raises
    ------
    UnreadableFile
        Fewer bytes than announced, an unknown sample type.
    """
    channels = item.positive("NumberOfWaveformChannels")
    n = item.positive("NumberOfWaveformSamples")
    if channels > _MOST_CHANNELS:
        raise item.wrong("NumberOfWaveformChannels", "channels")
    interpretation = item.text("WaveformSampleInterpretation") or ""
    code = _TYPES.get((interpretation, item.positive("WaveformBitsAllocated")))
    if code is None:
        raise item.wrong("WaveformSampleInterpretation", "samples", interpretation)
    dtype = np.dtype(item.order + code)
    expected = n * channels * dtype.itemsize
    data = _whole_words(item, "WaveformData", dtype)
    if len(data) < expected:
        tag = tag_text("WaveformData")
        reason = message("formats.dicom.truncated", tag=tag, expected=expected, found=len(data))
        raise UnreadableFile(reason, tag=tag)
    codes = np.frombuffer(data, dtype, n * channels).reshape(n, channels)
    table = COMPANDED.get(interpretation)
    if table is not None:
        item.note(message("formats.note.companded"))
    padding, gaps = _padding(item, codes, fs)
    return Stored(codes, table, padding, gaps)


def _whole_words(item: Attributes, keyword: str, dtype: np.dtype[np.generic]) -> memoryview:
    """Bytes of a value; single bytes in big endian words of two are put in their order."""
    data = item.data(keyword)
    if not len(data) or dtype.itemsize > 1 or item.order == "<" or item.vr(keyword) != "OW":
        return data
    return memoryview(np.frombuffer(data, ">u2", len(data) // 2).astype("<u2").tobytes())


def _padding(
    item: Attributes, codes: NDArray[np.integer], fs: float
) -> tuple[int | None, tuple[tuple[int, int], ...]]:
    """Which samples the device marks as not recorded, by Waveform Padding Value.

    Some devices write a padding value of 0 beside signals that pass through 0. Such a value
    is honoured only where all channels show it for 0.1 s or longer.
    """
    raw = _whole_words(item, "WaveformPaddingValue", codes.dtype)
    if len(raw) < codes.dtype.itemsize:
        return None, ()
    value = int(np.frombuffer(raw, codes.dtype, 1)[0])
    pieces = [codes[at : at + _PIECE] for at in range(0, len(codes), _PIECE)]
    if not any((piece == value).any() for piece in pieces):
        return None, ()
    around = (any((p < value).any() for p in pieces), any((p > value).any() for p in pieces))
    if not all(around):
        return value, ()
    item.note(message("formats.note.padding_in_range", value=value))
    whole = np.concatenate([(piece == value).all(axis=1) for piece in pieces])
    edges = np.flatnonzero(np.diff(whole.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    least = _PADDING_RUN_SECONDS * fs
    return None, tuple((int(a), int(b)) for a, b in edges if b - a >= least)

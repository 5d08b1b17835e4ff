"""Samples: digital values of the data records to millivolts, gaps between data records."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Fill, Notes
from farlead.formats.edf.header import Header, Signal, number, whole, wrong_channel
from farlead.formats.edf.leads import Lead
from farlead.messages import message

_PIECE = 1 << 16  # samples that are converted at a time
#: Most cells (leads × samples) of a recording with gaps, unless its samples are as many.
_MOST_WITH_GAPS = 1 << 25
_RANGES = {2: (-(1 << 15), (1 << 15) - 1), 3: (-(1 << 23), (1 << 23) - 1)}
_SIGN = 1 << 23


class Scale(NamedTuple):
    """Millivolts = `gain` × digital value + `offset`; digital values from `low` to `high`."""

    gain: float
    offset: float
    low: int
    high: int


class Places(NamedTuple):
    """Where each data record begins in the recording, in samples, and its length."""

    begins: NDArray[np.int64]
    samples: int


def scale(lead: Lead, width: int) -> Scale:
    """Conversion of a lead; UnreadableFile where the header's limits give none."""
    label, texts = lead.signal.label, lead.signal.limits
    low, high = (number(text) for text in texts[:2])
    first, last = (whole(text) for text in texts[2:])
    names = ("physical_minimum", "physical_maximum", "digital_minimum", "digital_maximum")
    for value, name, text in zip((low, high, first, last), names, texts, strict=True):
        if value is None:
            raise wrong_channel(name, label, text)
    assert low is not None and high is not None  # noqa: S101, PT018  # told to mypy
    assert first is not None and last is not None  # noqa: S101, PT018
    if low == high:
        raise UnreadableFile(message("formats.edf.flat", channel=label, value=texts[0].strip()))
    smallest, largest = _RANGES[width]
    if not smallest <= first < last <= largest:
        found = f"{texts[2].strip()} … {texts[3].strip()}"
        raise UnreadableFile(message("formats.edf.digital", channel=label, found=found))
    gain = (high - low) / (last - first) * Fraction(10) ** lead.power
    offset = low * Fraction(10) ** lead.power - gain * first
    return Scale(float(gain), float(offset), first, last)


def contiguous(header: Header, count: int) -> Places:
    """Places of data records that follow one another."""
    return Places(np.arange(header.records, dtype=np.int64) * count, header.records * count)


def spaced(
    header: Header, leads: Sequence[Lead], times: NDArray[np.float64], fs: float, notes: Notes
) -> Places:
    """Places of data records by their own times (seconds); NaN samples between them.

    Raises
    ------
    UnreadableFile
        A time is missing, records overlap, or lie so far apart that the gaps would fill memory.
    """
    count = leads[0].signal.samples
    missing = np.flatnonzero(np.isnan(times)) if times.size else np.zeros(1, np.int64)
    if missing.size:
        raise UnreadableFile(message("formats.edf.no_time", record=int(missing[0]) + 1))
    seconds = times - times[0]
    longest = max(_MOST_WITH_GAPS, len(leads) * header.records * count) / len(leads) / fs
    if seconds.max() >= longest:
        raise UnreadableFile(message("formats.edf.far_apart", seconds=f"{seconds.max():.0f}"))
    begins = np.rint(seconds * fs).astype(np.int64)
    gaps = np.diff(begins) - count
    if gaps.size and gaps.min() < -1:  # one sample is rounding
        raise UnreadableFile(message("formats.edf.overlap", record=int(gaps.argmin()) + 2))
    if (gaps > 0).any():
        total = f"{gaps[gaps > 0].sum() / fs:.1f}"
        notes.add(message("formats.edf.note.gaps", count=int((gaps > 0).sum()), seconds=total))
    return Places(begins, int(begins[-1]) + count)


def filler(
    data: bytes, header: Header, leads: Sequence[Lead], places: Places, notes: Notes
) -> Fill:
    """What writes each lead's millivolts into its row."""
    scales = [scale(lead, header.width) for lead in leads]
    digital = _digital(data, header)

    def fill(rows: Sequence[NDArray[np.float32]]) -> None:
        for row, lead, by in zip(rows, leads, scales, strict=True):
            if _convert(row, lead.signal, by, places, digital):
                notes.add(message("formats.edf.note.out_of_range", channel=lead.signal.label))

    return fill


def _digital(data: bytes, header: Header) -> Callable[[Signal, int, int], NDArray[np.int32]]:
    """Function that gives some data records of a signal, shape (records, samples)."""
    raw = np.frombuffer(data, np.uint8, header.records * header.record, offset=header.size)
    if header.width == 2:
        words = raw.view("<i2").reshape(header.records, -1)

        def records(signal: Signal, begin: int, end: int) -> NDArray[np.int32]:
            return words[begin:end, signal.begin : signal.begin + signal.samples].astype(np.int32)

        return records
    triples = raw.reshape(header.records, -1, 3)

    def records_of_24_bits(signal: Signal, begin: int, end: int) -> NDArray[np.int32]:
        part = triples[begin:end, signal.begin : signal.begin + signal.samples].astype(np.int32)
        values = part[..., 0] | part[..., 1] << 8 | part[..., 2] << 16
        return (values ^ _SIGN) - _SIGN

    return records_of_24_bits


def _convert(
    row: NDArray[np.float32],
    signal: Signal,
    by: Scale,
    places: Places,
    digital: Callable[[Signal, int, int], NDArray[np.int32]],
) -> bool:
    """Write one lead; whether some values lie outside the stated digital range."""
    records = places.begins.size
    together = places.samples == records * signal.samples  # no gap: many records at a time
    if not together:
        row.fill(np.nan)
    step = max(_PIECE // signal.samples, 1)
    outside = False
    for begin in range(0, records, step):
        values = digital(signal, begin, min(begin + step, records))
        outside |= bool(values.min() < by.low or values.max() > by.high)
        millivolts = values * by.gain + by.offset
        if together:
            row[begin * signal.samples :][: values.size] = millivolts.ravel()
        else:
            for at, part in zip(places.begins[begin : begin + step], millivolts, strict=True):
                row[at : at + signal.samples] = part
    return outside

"""Segments of WFDB records by the rhythm that experts marked in them, cut without reading the rest.

Needs wfdb, which is imported when the first record is looked at. Databases without marks of beats
(the MIT-BIH malignant ventricular ectopy database) are looked at like the others.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.beat_database import BEATS, BROKEN, between
from farlead.analysis.critical_database import recording_of
from farlead.analysis.rhythm_database import annotations, rhythm_spans
from farlead.errors import UnreadableFile
from farlead.messages import message
from farlead.model.recording import Recording


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What experts marked in a record.

    Parameters
    ----------
    name : str
        Of the record.
    fs : float
        Hertz.
    length : int
        Samples.
    rhythms : tuple of (int, int, str)
        Spans in samples, half open; fibrillation of the ventricles between its own marks as VFL.
    beats : ndarray of int64
        Reference beats in samples; empty where the database has none.
    """

    name: str
    fs: float
    length: int
    rhythms: tuple[tuple[int, int, str], ...]
    beats: NDArray[np.int64]

    def fills(self, first: int, last: int) -> frozenset[str]:
        """Rhythms that are marked throughout a span."""
        return frozenset(name for a, b, name in self.rhythms if a <= first and b >= last)

    def touches(self, first: int, last: int) -> frozenset[str]:
        """Rhythms that are marked anywhere in a span."""
        return frozenset(name for a, b, name in self.rhythms if a < last and b > first)

    def rate(self, first: int, last: int) -> float | None:
        """Mean rate of a span by the reference beats, a minute; None with fewer than two."""
        within = self.beats[(self.beats >= first) & (self.beats < last)]
        if within.size < 2:
            return None
        return float(60 * self.fs * (within.size - 1) / (within[-1] - within[0]))


def read_marks(folder: Path, name: str, extension: str = "atr") -> Marks:
    """Marks of a record, without its signal.

    Raises
    ------
    UnreadableFile
        When it is broken.
    """
    header, marks = annotations(folder, name, extension)
    symbols, samples = marks.symbols, marks.samples
    length = int(header.sig_len)
    lethal = between(samples, symbols == "[", symbols == "]", length)
    spans = rhythm_spans(samples.tolist(), marks.notes, length)
    rhythms = sorted([*spans, *((a, b, "VFL") for a, b in lethal)])
    beats = samples[np.isin(symbols, list(BEATS))]
    return Marks(name, float(header.fs), length, tuple(rhythms), beats)


def read_segment(folder: Path, name: str, first: int, last: int) -> Recording:
    """Samples of a record, in millivolts.

    Raises
    ------
    UnreadableFile
        When it is broken, or has no ECG.
    """
    wfdb = import_module("wfdb")
    try:
        record = wfdb.rdrecord(str(folder / name), sampfrom=first, sampto=last)
    except BROKEN as error:
        raise UnreadableFile(message("bench.broken", record=name, error=str(error))) from error
    return recording_of(record, name)

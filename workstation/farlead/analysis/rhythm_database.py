"""Records of WFDB databases with marked rhythms, and windows of them.

Needs wfdb, which is imported when the first record is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.beat_database import BEATS, BROKEN, BeatRecord, ecg_scales, names, read
from farlead.errors import UnreadableFile
from farlead.messages import message

#: Division of the MIT-BIH records after de Chazal 2004 (doi:10.1109/TBME.2004.827359): tuned on
#: the first, scored on the second; those with a pacemaker are in neither.
DS1 = frozenset(
    {
        "101", "106", "108", "109", "112", "114", "115", "116", "118", "119", "122",
        "124", "201", "203", "205", "207", "208", "209", "215", "220", "223", "230",
    }
)  # fmt: skip
DS2 = frozenset(
    {
        "100", "103", "105", "111", "113", "117", "121", "123", "200", "202", "210",
        "212", "213", "214", "219", "221", "222", "228", "231", "232", "233", "234",
    }
)  # fmt: skip
#: Codes of ventricular beats, and of those that neither count as such nor against them (EC57).
VENTRICULAR, NEITHER = frozenset("VE"), frozenset("FQ/f?")
#: Marks of rhythms.
FIBRILLATION, FLUTTER = "AFIB", "AFL"
LETHAL = frozenset({"VT", "VFL", "VFIB", "VF"})


class WindowKind(StrEnum):
    """What a window holds.

    FIBRILLATION and LETHAL (ventricular tachycardia, flutter or fibrillation) fill it; FLUTTER
    windows hold atrial flutter anywhere; MIXED ones are fibrillation in part.
    """

    FIBRILLATION = "af"
    FLUTTER = "flutter"
    MIXED = "mixed"
    LETHAL = "lethal"
    OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False)
class RhythmRecord:
    """A record with reference beats and rhythms.

    Parameters
    ----------
    record : BeatRecord
    leads : tuple of str
        Names of its leads.
    samples, symbols : ndarray
        Reference beats and their codes, shape (beats,).
    rhythms : tuple of (int, int, str)
        Spans of marked rhythms in samples, half open; fibrillation of the ventricles is marked
        by its own codes and stands here, too.
    """

    record: BeatRecord
    leads: tuple[str, ...]
    samples: NDArray[np.int64]
    symbols: NDArray[np.str_]
    rhythms: tuple[tuple[int, int, str], ...]

    @property
    def name(self) -> str:
        """Of the record."""
        return self.record.name

    def windows(self, seconds: float = 10.0) -> Iterator[tuple[int, int, WindowKind]]:
        """Windows one after another from the start: first sample, end, and what they hold."""
        length, n = round(seconds * self.record.fs), self.record.signal.shape[1]
        for first in range(0, n - length + 1, length):
            yield first, first + length, self.kind(first, first + length)

    def kind(self, first: int, last: int) -> WindowKind:
        """What lies between two samples."""
        within = [
            (min(b, last) - max(a, first), name)
            for a, b, name in self.rhythms
            if a < last and b > first
        ]
        filled = {name: sum(n for n, each in within if each == name) for _, name in within}
        if sum(n for name, n in filled.items() if name in LETHAL) >= last - first:
            return WindowKind.LETHAL
        if FLUTTER in filled:
            return WindowKind.FLUTTER
        if FIBRILLATION not in filled:
            return WindowKind.OTHER
        whole = filled[FIBRILLATION] >= last - first
        return WindowKind.FIBRILLATION if whole else WindowKind.MIXED


def rhythm_records(
    folder: Path, extension: str = "atr", only: frozenset[str] | None = None
) -> Iterator[RhythmRecord]:
    """Records of a folder with marked rhythms, in order of their names; or `only` some of them.

    Raises
    ------
    FileNotFoundError
        When there is no annotated record.
    UnreadableFile
        When one of them is of no use.
    """
    for name in names(folder, extension):
        if only is None or name in only:
            yield read_rhythms(folder, name, extension)


def read_rhythms(folder: Path, name: str, extension: str = "atr") -> RhythmRecord:
    """One record.

    Raises
    ------
    UnreadableFile
        When it is broken, or has no ECG or no beat marks.
    """
    record = read(folder, name, extension)
    header, marks = annotations(folder, name, extension)
    beat = np.isin(marks.symbols, list(BEATS))
    leads = tuple(header.sig_name[lead] for lead in ecg_scales(header.sig_name, header.units))
    spans = rhythm_spans(marks.samples.tolist(), marks.notes, record.signal.shape[1])
    lethal = [(a, b, "VFL") for a, b in record.exclude]
    cut = [part for span in spans for part in _without(span, record.exclude)]
    rhythms = tuple(sorted(cut + lethal))
    return RhythmRecord(record, leads, marks.samples[beat], marks.symbols[beat], rhythms)


@dataclass(frozen=True, slots=True, eq=False)
class Annotations:
    """Marks of a record in their order: symbol, place in samples, note without its padding."""

    symbols: NDArray[np.str_]
    samples: NDArray[np.int64]
    notes: tuple[str, ...]


def annotations(folder: Path, name: str, extension: str = "atr") -> tuple[Any, Annotations]:
    """Header of a record, as wfdb has it, and its marks; the signal is not read.

    Raises
    ------
    UnreadableFile
        When it is broken.
    """
    wfdb = import_module("wfdb")
    try:
        header = wfdb.rdheader(str(folder / name))
        marks = wfdb.rdann(str(folder / name), extension)
    except BROKEN as error:
        raise UnreadableFile(message("bench.broken", record=name, error=str(error))) from error
    notes = tuple(note.rstrip("\x00").strip() for note in marks.aux_note)
    return header, Annotations(np.array(marks.symbol), np.asarray(marks.sample, np.int64), notes)


def rhythm_spans(
    samples: Sequence[int], notes: Sequence[str], length: int
) -> list[tuple[int, int, str]]:
    """Rhythms from their mark to the next one, in samples, half open."""
    begun = [
        (at, note[1:]) for at, note in zip(samples, notes, strict=True) if note.startswith("(")
    ]
    ends = [at for at, _ in begun[1:]] + [length]
    return [(at, end, name) for (at, name), end in zip(begun, ends, strict=True) if end > at]


def _without(
    span: tuple[int, int, str], cut: Sequence[tuple[int, int]]
) -> list[tuple[int, int, str]]:
    """What is left of a span outside of others."""
    parts = [span]
    for a, b in cut:
        parts = [
            piece
            for first, last, name in parts
            for piece in ((first, min(last, a), name), (max(first, b), last, name))
            if piece[1] > piece[0]
        ]
    return parts

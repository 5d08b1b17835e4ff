"""Rhythms and ventricular beats of WFDB databases against the marks: what `bench rhythm` counts.

Each window is cut out and read by itself, as a recording that came in: our own beats, all channels,
nothing of the annotations.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.rhythm_database import (
    NEITHER,
    VENTRICULAR,
    RhythmRecord,
    WindowKind,
    rhythm_records,
)
from farlead_signal import delineate, find_beats
from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_labels import label_beats
from farlead_signal.pacing import find_spikes
from farlead_signal.representative import representative
from farlead_signal.rhythms import RhythmFindings, rhythms
from farlead_signal.scoring import LEARNING, BeatScore, match_beats

#: Length of a window, and what is given before and after it for context, in seconds.
WINDOW, BEFORE, AFTER = 10.0, 20.0, 30.0
#: Findings that raise a recording: rules make each of them urgent or critical.
NAMED = frozenset(
    {
        "rhythm.vf", "rhythm.vt", "rhythm.vt.polymorphic", "rhythm.vt.bidirectional",
        "rhythm.torsades", "rhythm.wide_tachycardia", "rhythm.ventricular", "rhythm.asystole",
        "ectopy.v.run",
    }
)  # fmt: skip
#: What is not known ranks with urgent.
UNKNOWN = "rhythm.unknown"


@dataclass(frozen=True, slots=True)
class Shares:
    """Windows with a finding where it is marked (tp, fn) and where it is not (fp, tn)."""

    tp: int = 0
    fn: int = 0
    fp: int = 0
    tn: int = 0

    @property
    def sensitivity(self) -> float:
        """Percent; NaN without marked windows."""
        return 100 * self.tp / (self.tp + self.fn) if self.tp + self.fn else float("nan")

    @property
    def specificity(self) -> float:
        """Percent; NaN without other windows."""
        return 100 * self.tn / (self.tn + self.fp) if self.tn + self.fp else float("nan")

    def __add__(self, other: "Shares") -> "Shares":
        return Shares(
            self.tp + other.tp, self.fn + other.fn, self.fp + other.fp, self.tn + other.tn
        )


@dataclass(frozen=True, slots=True)
class RhythmResult:
    """One record.

    Parameters
    ----------
    name : str
    alone, context : Shares
        Atrial fibrillation in windows of 10 s, read alone and with 60 s.
    apart : mapping
        Windows left out: kind -> number; in flutter and mixed windows, how many were called
        fibrillation or flutter (``flutter_found``, ``mixed_found``).
    ventricular : BeatScore
        Ventricular beats from 5:00.
    lethal : int
        Windows filled by ventricular tachycardia, flutter or fibrillation.
    unnamed, missed : tuple of int
        First samples of those of them without a finding of that kind, and of those that nothing
        raises.
    """

    name: str
    alone: Shares
    context: Shares
    apart: Counter[str]
    ventricular: BeatScore
    lethal: int
    unnamed: tuple[int, ...]
    missed: tuple[int, ...]


def compare_rhythms(
    folder: Path, extension: str = "atr", only: frozenset[str] | None = None
) -> Iterator[RhythmResult]:
    """Results of all records of a database, or of `only` some of them.

    Raises
    ------
    FileNotFoundError
        When there is no annotated record.
    UnreadableFile
        When one is of no use.
    """
    for record in rhythm_records(folder, extension, only):
        yield score_record(record)


def score_record(record: RhythmRecord) -> RhythmResult:
    """One record."""
    alone, context, apart = Shares(), Shares(), Counter[str]()
    lethal, unnamed, missed = 0, [], []
    for first, last, kind in record.windows(WINDOW):
        found = read_rhythm(record, first, last)
        codes = {one.code for one in found.findings}
        if kind is WindowKind.LETHAL:
            lethal += 1
            if not codes & NAMED:
                unnamed.append(first)
                if UNKNOWN not in codes:
                    missed.append(first)
        if kind in {WindowKind.FLUTTER, WindowKind.MIXED}:
            apart[kind.value] += 1
            apart[f"{kind.value}_found"] += bool(codes & {"rhythm.af", "rhythm.flutter"})
            continue
        marked = kind is WindowKind.FIBRILLATION
        alone += _share(marked, found="rhythm.af" in codes)
        context += _share(marked, found=_fibrillating_with_context(record, first, last))
    beats = ventricular_score(record)
    return RhythmResult(
        record.name, alone, context, apart, beats, lethal, tuple(unnamed), tuple(missed)
    )


def _share(marked: bool, *, found: bool) -> Shares:
    return Shares(marked and found, marked and not found, found and not marked,
                  not found and not marked)  # fmt: skip


def read_rhythm(record: RhythmRecord, first: int, last: int) -> RhythmFindings:
    """Rhythm between two samples, as of a recording of its own."""
    signal, fs = record.record.signal[:, first:last], record.record.fs
    finding = find_beats(signal, fs)
    points = delineate(signal, fs, finding.r_peaks)
    spikes = find_spikes(signal, fs)
    beat = representative(signal, fs, finding.r_peaks, points, spikes.positions)
    return rhythms(signal, fs, record.leads, finding, points, beat, spikes)


def _fibrillating_with_context(record: RhythmRecord, first: int, last: int) -> bool:
    """Whether fibrillation is found in a window when the 60 s around it are read."""
    fs, n = record.record.fs, record.record.signal.shape[1]
    begin = max(0, first - round(BEFORE * fs))
    end = min(n, last + round(AFTER * fs))
    signal = record.record.signal[:, begin:end]
    found = rhythms(signal, fs, record.leads, find_beats(signal, fs))
    middle = (first + last) // 2 - begin
    spans = [span for one in found.findings if one.code == "rhythm.af" for span in one.spans]
    return any(span.start <= middle < span.stop for span in spans)


def ventricular_score(record: RhythmRecord) -> BeatScore:
    """Ventricular beats of the whole record after EC57.

    A beat that we call ventricular counts as found where it matches one marked V or E, as false
    where it matches another beat or none; it does not count where it matches a fusion, paced or
    unclassifiable beat.
    """
    base = record.record
    finding = find_beats(base.signal, base.fs)
    labels = label_beats(base.signal, base.fs, finding.r_peaks)
    ours = labels.is_class(BeatClass.VENTRICULAR)
    return score_ventricular(record, finding.r_peaks, ours)


def score_ventricular(
    record: RhythmRecord, peaks: NDArray[np.int64], ours: NDArray[np.bool_]
) -> BeatScore:
    """Score of given beats, of which `ours` marks the ventricular ones."""
    base = record.record
    pairs, extra, missed = match_beats(
        record.samples, peaks, base.fs, start=LEARNING, exclude=base.exclude
    )
    codes = dict(zip(record.samples.tolist(), record.symbols.tolist(), strict=True))
    called = dict(zip(peaks.tolist(), ours.tolist(), strict=True))
    tp = fp = 0
    fn = _counted(codes[at] for at in missed.tolist())
    for theirs, own in pairs.tolist():
        code = codes[theirs]
        if code in VENTRICULAR:
            tp, fn = tp + called[own], fn + (not called[own])
        elif code not in NEITHER:
            fp += called[own]
    return BeatScore(tp, fp + sum(called[at] for at in extra.tolist()), fn)


def _counted(codes: Iterable[str]) -> int:
    return sum(code in VENTRICULAR for code in codes)

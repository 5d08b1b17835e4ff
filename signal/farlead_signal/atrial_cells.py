"""Atrial evidence along a recording: cells of 10 s, each judged for itself and with its minute."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.atrial import Atrial, flutter_waves, judge
from farlead_signal.beat_windows import BeatWindows, cut_beats
from farlead_signal.spans import SignalSpan, runs

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

#: Length of a cell; a rest shorter than SHORT belongs to the cell before, in seconds.
CELL, SHORT = 10.0, 5.0
#: Odds of a cell are cut here before they are averaged with those of its neighbours, and their
#: weights: fibrillation lasts, noise and ectopy seldom fill a minute.
MOST_ODDS = 3.0
WEIGHTS = np.array([0.15, 0.20, 0.30, 0.20, 0.15])
#: Fewest beats of a cell that are judged.
FEWEST = 5
#: A PR segment begins so long before R, in seconds; it must lie in the recording.
PR_BEGINS = 0.30
#: Repetition of coarse fibrillation waves, which counts as fibrillation where intervals are as
#: irregular as this: what looks like P waves is then the waves' own rhythm.
COARSE_REPEATS, COARSE_IRREGULAR = 0.50, 0.10


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: where it lies, which beats it holds, and its evidence (None with few beats).

    `odds` are those of fibrillation with the minute around, NaN where nothing is known.
    """

    span: SignalSpan
    first: int
    last: int
    evidence: Atrial | None
    odds: float

    @property
    def flutter(self) -> bool:
        """Whether flutter waves are seen."""
        return self.evidence is not None and self.evidence.flutter

    @property
    def fibrillation(self) -> bool:
        """Whether fibrillation is more likely than not, and no flutter is seen."""
        return self.odds > 0 and not self.flutter


def atrial_cells(
    signal: NDArray[np.floating],
    fs: float,
    peaks: Ints,
    other: Bools,
    beats: BeatWindows | None = None,
) -> tuple[Cell, ...]:
    """Atrial evidence of a recording.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts, finite.
    fs : float
        Hertz.
    peaks : ndarray of int64, shape (beats,)
        Samples of R.
    other : ndarray of bool, shape (beats,)
        Ventricular and paced beats.
    beats : BeatWindows, optional
        Of all beats, where they are already cut.
    """
    edges = _edges(signal.shape[1], fs)
    bounds = np.searchsorted(peaks, edges)
    seconds = peaks / fs
    whole = peaks > PR_BEGINS * fs

    def evidence(first: int, last: int, begin: int, end: int) -> Atrial | None:
        if last - first < FEWEST:
            return None
        part = slice(first, last)
        windows = cut_beats(signal, fs, peaks[part]) if beats is None else _some(beats, part)
        found = judge(seconds[part], other[part], windows, whole[part])
        repeats, cycle = flutter_waves(signal[:, begin:end], fs, peaks[part] - begin)
        found = replace(found, repeats=repeats, cycle=cycle)
        coarse = repeats > COARSE_REPEATS and found.irregularity > COARSE_IRREGULAR
        return replace(found, odds=max(found.odds, MOST_ODDS)) if coarse else found

    return _cells(edges, bounds, evidence)


def _some(beats: BeatWindows, part: slice) -> BeatWindows:
    values = beats.values[part]
    if len(values) == len(beats.values):
        return beats
    return replace(beats, values=values, at=beats.at[part])


def _edges(n: int, fs: float) -> Ints:
    length = round(CELL * fs)
    edges = np.arange(0, n, length)
    if edges.size > 1 and n - edges[-1] < SHORT * fs:
        edges = edges[:-1]
    return np.append(edges, n).astype(np.int64)


def _cells(
    edges: Ints, bounds: Ints, evidence: Callable[[int, int, int, int], Atrial | None]
) -> tuple[Cell, ...]:
    beats, samples = bounds.tolist(), edges.tolist()
    limits = list(zip(beats[:-1], beats[1:], samples[:-1], samples[1:], strict=True))
    found = [evidence(*each) for each in limits]
    alone = np.array([np.nan if one is None else one.odds for one in found])
    odds = _with_minute(alone) if alone.size > 1 else alone
    return tuple(
        Cell(SignalSpan(begin, end, "cell"), first, last, one, odd)
        for (first, last, begin, end), one, odd in zip(limits, found, odds.tolist(), strict=True)
    )


def _with_minute(odds: Floats) -> Floats:
    """Odds averaged with those of the neighbours; unknown ones do not count."""
    known = np.isfinite(odds)
    values = np.where(known, np.clip(odds, -MOST_ODDS, MOST_ODDS), 0)
    sums = np.convolve(values, WEIGHTS, "full")[2:-2]
    weights = np.convolve(known.astype(float), WEIGHTS, "full")[2:-2]
    return np.where(known, sums / np.maximum(weights, WEIGHTS.min()), np.nan)


def stretches(cells: tuple[Cell, ...], chosen: Bools) -> list[tuple[SignalSpan, int, int]]:
    """Spans and beats (first, behind the last) of neighbouring chosen cells."""
    return [
        (
            SignalSpan(cells[a].span.start, cells[b - 1].span.stop, "atrial"),
            cells[a].first,
            cells[b - 1].last,
        )
        for a, b in runs(chosen).tolist()
    ]

"""P and T waves in windows of beats: where they are looked for, and whether a P wave is there.

Both are looked for at half the working rate: they have nothing above 20 Hz.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from farlead_signal.complexes import covered
from farlead_signal.humps import Edges, Humps, humps
from farlead_signal.rows import means
from farlead_signal.windows import (
    Floats,
    Ints,
    correlations,
    middle,
    picked,
    slopes,
    smoothing,
    summing,
)

#: P and T waves are looked at on every second sample.
STEP = 2
#: σ of the Gaussian over P and T waves, in seconds: 3 dB at 17 and 9 Hz.
P_SMOOTH, T_SMOOTH = 0.008, 0.013
#: Steepest rise and fall of one wave are no farther apart than this, in seconds.
P_LONGEST, T_LONGEST = 0.08, 0.17
#: Onset and offset are no farther from the steepest slopes than this, in seconds.
P_REACH, T_REACH = 0.04, 0.16
#: Share of the steepest slope at which the waves begin and end, and the tangent's share of the end.
P_EDGES, T_EDGES = (0.42, 0.60, 0.0), (0.38, 0.28, 0.6)
#: Shortest RR interval, in seconds: 300/min.
SHORTEST = 0.2
#: The way of P: its slopes less this share of the steepest, which is noise; it begins and ends
#: where FIRST of it is covered and LAST is left.
P_STEEP, P_FIRST, P_LAST = 0.20, 0.02, 0.03
#: Noise and drift are as great in a lead with a small P wave as in the others: this share of what
#: is usually steepest in a lead is noise as well, up to P_NOISY of the lead's own.
P_COMMON, P_NOISY = 0.15, 0.6
#: T begins so long after the complex at the earliest, in seconds.
T_AFTER = 0.065
#: A slope of T counts in full up to T_FULL √RR after R, in seconds, and not from T_GONE √RR on:
#: T ends at 0.37 √RR, in 99 of 100 beats before 0.5 √RR (Bazett's law, RR around the beat).
T_FULL, T_GONE = 0.36, 0.58
#: T ends so long before the next R, in RR and in seconds: there its P wave and complex begin. An
#: early beat comes upon a T wave that has its usual length: T_USUAL √(RR before), up to T_MEETS
#: before the early R, in seconds.
T_SHARE, T_SPARED, T_USUAL, T_MEETS = 0.9, 0.10, 0.45, 0.08
#: A slope of P counts in full from P_CLEAR to P_FULL before the complex, in seconds, and not at all
#: at the complex (its own start) and from P_GONE on: PR intervals of 0.34 s are rare.
P_CLEAR, P_FULL, P_GONE = 0.040, 0.26, 0.42
#: P may begin before the previous T has ended in all leads, in seconds.
P_ON_T = 0.0
#: Between the end of T and the complex there must be room for the shortest P wave, in seconds.
P_SHORTEST = 0.050
#: Leads agree: width of the window with most slope over all leads, and the distances from its
#: centre up to which a slope counts in full and from which it does not, in seconds.
P_NEAR, T_NEAR = (0.12, 0.05, 0.10), (0.16, 0.10, 0.17)
#: A slope of T counts by this even far from where the leads agree.
T_LEAST = 0.3
#: Part of the beat before the complex in which P waves are compared between beats, in seconds.
COMPARED = 0.30
#: A beat has a P wave when its correlation with half of the other beats reaches this: that of
#: waves of fibrillation with one another is 0 ± 0.15, that of sinus P waves 0.5 to 1.
SUPPORT = 0.40
#: A P wave rises and falls: its lower side has this share of its height at least, over all
#: leads. The beginning of QRS and the end of T have one side only. It is so high in some lead at
#: least, in millivolts: smaller ones need not be recognised (IEC 60601-2-25: 0.03 mV). Upon a T
#: wave it may only be seen to go, and has to be higher.
SIDES, LEAST_P, LEAST_ON_T = 0.3, 0.015, 0.040
#: Waves that differ in size by more than this correlate the less, the more they differ.
UNLIKE = 2.0
#: Beats of the same P wave are averaged by their correlation, from none to full weight.
P_ALIKE, P_SAME = 0.2, 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Atrial:
    """P waves, and in which beats there is one, shape (beats,)."""

    waves: Humps
    there: np.ndarray


def lends(before: Floats, after: Floats) -> NDArray[np.bool_]:
    """Which beats may lend to which in their average, shape (beats, beats).

    Where a beat's T wave is looked for, another's next complex must not have begun. Half of the
    beats lend to all.

    Parameters
    ----------
    before, after : ndarray, shape (beats,)
        RR interval from the beat before and to the next one, in seconds.
    """
    latest = T_GONE * np.sqrt(np.maximum(0.5 * (before + after), SHORTEST))
    enough = np.minimum(np.minimum(after, latest + T_MEETS), middle(after, 0))
    return np.asarray(after >= enough[:, None])


def repolarisation(
    mean: Floats, last: Ints, r: int, before: Floats, after: Floats, fs: float
) -> Humps:
    """T wave of each lead and beat.

    Parameters
    ----------
    mean : ndarray, shape (leads, beats, w)
        Beats averaged with their like.
    last : ndarray of int64, shape (beats,)
        End of the complex over all leads.
    r : int
    before, after : ndarray, shape (beats,)
        RR interval from the beat before and to the next one, in seconds.
    fs : float
        Hertz.
    """
    rows, fs = _smoothed(mean[:, :, r:], T_SMOOTH * fs), fs / STEP
    time = np.arange(rows.shape[2]) / fs
    rr = np.maximum(0.5 * (before + after), SHORTEST)
    weight = _falling(time / np.sqrt(rr)[:, None], T_FULL, T_GONE)
    begin = (last - r)[:, None] / (STEP * fs) + T_AFTER
    met = np.minimum(T_USUAL * np.sqrt(np.maximum(before, 0)), after - T_MEETS)
    end = np.maximum(T_SHARE * after - T_SPARED, met)
    weight *= (time >= begin) & (time <= end[:, None])
    steep = slopes(rows)
    weight *= np.maximum(_near(steep, weight, fs, *T_NEAR), T_LEAST)
    edges, longest = Edges(*T_EDGES, round(T_REACH * fs)), round(T_LONGEST * fs)
    return humps(rows, steep, weight.astype(rows.dtype), edges, longest).moved(STEP, r)


def atrial(
    beats: Floats, calm: Ints, t_off: Floats, on_t: NDArray[np.bool_], r: int, fs: float
) -> Atrial:
    """P wave of each lead and beat.

    Parameters
    ----------
    beats : ndarray, shape (leads, beats, w)
    calm : ndarray of int64, shape (beats,)
        Where P waves are looked for up to: see :func:`farlead_signal.complexes.calm_before`.
    t_off : ndarray, shape (beats,)
        End of the previous beat's T wave, as a window index.
    on_t : ndarray of bool, shape (beats,)
        Whether the P wave may lie upon that T wave.
    r : int
    fs : float
        Hertz.
    """
    end = np.minimum(np.maximum(calm, 1), r)
    begin = np.minimum(np.maximum(t_off - P_ON_T * fs, 0), end).astype(np.int64)
    at = np.minimum(np.maximum(np.arange(r + 1), begin[:, None]), end[:, None])
    held = picked(beats[:, :, : r + 1], at[None])
    rows, fs = _smoothed(held, P_SMOOTH * fs), fs / STEP
    correlated = _correlated(rows, end // STEP, fs)
    weights = np.minimum(np.maximum((correlated - P_ALIKE) / (P_SAME - P_ALIKE), 0), 1)
    np.fill_diagonal(weights, 1)
    weights = (weights / weights.sum(1, keepdims=True)).astype(rows.dtype)
    rows = np.matmul(weights, rows)
    at = np.arange(rows.shape[2])
    ahead = (end[:, None] - STEP * at) / (STEP * fs)
    weight = _falling(ahead, P_FULL, P_GONE) * np.minimum(np.maximum(ahead / P_CLEAR, 0), 1)
    weight *= STEP * at >= begin[:, None]
    steep = slopes(rows)
    weight *= _near(steep, weight, fs, *P_NEAR)
    edges, longest = Edges(*P_EDGES, round(P_REACH * fs)), round(P_LONGEST * fs)
    weight = weight.astype(rows.dtype)
    waves = _by_way(humps(rows, steep, weight, edges, longest), steep, weight)
    room = end - begin >= P_SHORTEST * STEP * fs
    return Atrial(waves.moved(STEP, 0), _supported(correlated) & room & _whole(waves, on_t))


def _whole(waves: Humps, on_t: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Beats in which the wave comes and goes, and is high enough in some lead."""
    height = np.abs(waves.height)
    share = SIDES * height.sum(0)
    comes = np.maximum(np.minimum(waves.before, waves.after), 0).sum(0) >= share
    goes = np.maximum(waves.after, 0).sum(0) >= share
    highest = height.max(0)
    return np.asarray((comes & (highest >= LEAST_P)) | (on_t & goes & (highest >= LEAST_ON_T)))


def _by_way(waves: Humps, steep: Floats, weight: Floats) -> Humps:
    """P waves with onset and offset halfway to where the way of their slopes begins and ends.

    A notched or biphasic wave is more than its most prominent hump.
    """
    steep = np.abs(steep)
    steep *= weight
    own = np.maximum.reduce(steep, 2, keepdims=True)
    common = P_COMMON * middle(own, 0)
    steep -= np.minimum(np.maximum(P_STEEP * own, common), P_NOISY * own)
    begin, end = covered(np.maximum(steep, 0, out=steep), (P_FIRST, 1 - P_LAST))
    onset, offset = 0.5 * (waves.onset + begin), 0.5 * (waves.offset + end)
    return replace(waves, onset=onset, offset=offset)


def _smoothed(rows: Floats, sigma: float) -> Floats:
    leads, beats, w = rows.shape
    matrix = smoothing(w, sigma, STEP)
    return np.asarray((rows.reshape(-1, w) @ matrix).reshape(leads, beats, -1))


def _falling(values: Floats, full: float, gone: float) -> Floats:
    return np.asarray(np.minimum(np.maximum((gone - values) / (gone - full), 0), 1))


def _near(
    steep: Floats, weight: Floats, fs: float, width: float, full: float, gone: float
) -> Floats:
    """1 where the slopes of all leads together are steepest, falling to 0 away from there."""
    lines = (steep * steep).reshape(len(steep), -1)
    share = 1 / np.maximum(means(lines), 1e-12)
    energy = (share @ lines).reshape(weight.shape) * weight
    half, n = round(width / 2 * fs), steep.shape[2]
    centre = (energy @ summing(n, half - 1, half)).argmax(1)
    return _falling(np.abs(np.arange(n) - centre[:, None]) / fs, full, gone)


def _correlated(rows: Floats, end: Ints, fs: float) -> Floats:
    """Correlation of what lies before the complex between all beats, straight lines removed.

    What is much smaller in one beat than in another is not the same wave.
    """
    span = round(COMPARED * fs)
    part = picked(rows, (end[:, None] + np.arange(-span, 0))[None]) @ _without_line(span)
    likeness, size = correlations(part)
    smaller, greater = np.minimum(size[:, None], size), np.maximum(size[:, None], size)
    return np.asarray(likeness * np.minimum(1, UNLIKE * smaller / (greater + 1e-9)))


@lru_cache(maxsize=16)
def _without_line(n: int) -> NDArray[np.float32]:
    """Matrix that takes the slope about the middle out of `n` samples."""
    line = np.linspace(-1, 1, n)
    return np.asarray(np.eye(n) - np.outer(line, line) / (line @ line), np.float32)


def _supported(correlated: Floats) -> np.ndarray:
    """Beats that are like half of the others; of one or two beats nothing can be said."""
    count = len(correlated)
    if count < 3:
        return np.ones(count, bool)
    # Off the diagonal: what follows each of its entries, up to the next one.
    others = correlated.reshape(-1)[1:].reshape(count - 1, count + 1)[:, :-1]
    return np.asarray(middle(others.reshape(count, count - 1), 1) >= SUPPORT)

"""The origin of each beat: conducted, supraventricular, ventricular, paced or a fusion.

A ventricular beat is told by what its origin does to the ECG: another shape than the conducted
beats (the wave front takes another way), slower and smoother slopes (from muscle cell to muscle
cell), no P wave at its usual place, a T wave that points away from the QRS complex, an early
arrival. Seven figures of this kind are added with fixed weights; above 0 the beat is ventricular.
It is the one classification of beats: the median beat takes its members from it, and the rhythm
may rename classes that hang on the recording as a whole (:mod:`farlead_signal.rhythms`).

Beats of one shape share their evidence: each figure is the mean over all beats like this one
within some minutes, weighted by the likeness. So one early beat of a bigeminy speaks for all of
its kind, and no beat has to be put into a group. Recordings of any length are worked on in
blocks, with neighbours on both sides; what is usual follows the recording within minutes.

References
----------
P. de Chazal, M. O'Dwyer, R. B. Reilly, IEEE Trans Biomed Eng 51 (2004) 1196-1206,
doi:10.1109/TBME.2004.827359 (division of the MIT-BIH records). See docs/screening.md.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_evidence import CORE, QRS, TAKES_PART, evidence
from farlead_signal.beat_windows import BeatWindows, cut_beats, middle
from farlead_signal.rows import without_mean

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

#: Beats of a block, and neighbours on each side that are looked at with it: some minutes.
BLOCK, MARGIN = 256, 64
#: Half width of the running median that is the usual interval, in intervals.
USUAL_HALF = 5
#: Logarithms of interval ratios are cut here: a pause of a second lead or a missed beat must
#: not outweigh the rest.
SHORTEST, LONGEST = -1.0, 0.7
#: No interval is shorter than this, in seconds.
INSTANT = 0.001

#: Weights, fitted by logistic regression on the 22 records of DS1 of MIT-BIH, read whole and in
#: windows of 10 s, with the signs held to what physiology says; each record weighs as the square
#: root of its beats, a missed ventricular beat one and a half times as much as a false one. Which
#: figures there are was chosen by leaving one record out: the pause lost, aberrant beats have it.
WEIGHTS = {
    # log of the shape's distance over the scatter of conducted beats, of all beats like this
    "distance": 1.071,
    # the same of this beat alone, saturated: a shape for itself
    "own_distance": 1.728,
    # slowness (ms: amplitude over slope), in 10 ms
    "slowness": 2.027,
    # log of smoothness (ms: slope over change of slope) over that of the dominant beats: what
    # comes through the bundles has quick parts, however late a part of the wall is
    "smoother": 5.843,
    # correlation of the PR segment with that of the dominant beats: the same P wave before it
    "p_like": -2.446,
    # -1 (T points where QRS points) to 1 (away from it)
    "discordance": 2.723,
    # log of usual interval over that before the beat, of all beats like this, times distance
    "early_and_unlike": 7.795,
}
#: What a beat needs beyond nothing.
NEEDED = 8.793

#: Beats of another shape are conducted, whatever their form, when they come on time (mean log of
#: the interval ratio of all beats like this) and either follow the same P wave (correlation) or
#: are no slower than a conducted complex (in 10 ms) and no pause follows (log): a bundle branch
#: block that comes and goes. Their odds are no more than CONDUCTED.
PUNCTUAL, SAME_P, NOT_SLOW, NO_PAUSE, CONDUCTED = 0.07, 0.5, 2.0, 0.05, -1.0
#: With a shorter usual interval the T wave of the beat before stands where P is looked for: that
#: does not hold then. In seconds.
FAST = 0.6

#: All classes, the usual one first.
KINDS = tuple(BeatClass)
#: An early beat of the dominant shape is supraventricular when its interval is below this share
#: of the usual one and of the one before: the second keeps breathing from making early beats.
EARLY, SUDDEN = 0.82, 0.85
#: Share of the other intervals, without pauses after early beats, whose log is off the usual one by
#: more than OFF, from which no beat is called early: in fibrillation every interval is another.
OFF, IRREGULAR = 0.12, 0.35
#: A pacing spike belongs to a QRS complex whose R comes within this time after it, in seconds:
#: paced complexes reach R in 40 to 150 ms. An atrial spike comes earlier.
SPIKE = (-0.03, 0.16)
#: The same before the onset where it is known: the spike itself may be taken for the onset.
SPIKE_BEFORE_ONSET = (-0.03, 0.08)
#: Spikes are often too small to be found: where this share of the dominant beats (two at least)
#: has one, all of them are paced.
SPIKES_SEEN = 0.2
#: A fusion beat is on time (log of interval ratio), and made of both others by this share
#: each, with less than REST of its energy left over.
ON_TIME, PART, REST = 0.12, 0.2, 0.12


@dataclass(frozen=True, slots=True, eq=False)
class BeatLabels:
    """Origin of every beat.

    Parameters
    ----------
    classes : tuple of BeatClass
    ventricular : ndarray of float64, shape (beats,)
        Log odds of ventricular origin.
    early : ndarray of float64, shape (beats,)
        Log of the interval before the beat over the usual one; 0 for the first beat.
    dominant : ndarray of bool, shape (beats,)
        Beats of the dominant shape of their minutes.
    width : ndarray of float64, shape (beats,)
        Slowness in ms: root mean square of the QRS complex over that of its slope.
    likeness : ndarray of float64, shape (beats,)
        To the dominant shape, 2 x·y / (x·x + y·y) over all leads where it fits best: 1 for the
        same beat, 0.97 for the same shape at 1.3 times the size, -1 for the inverse.
    at : ndarray of int64, shape (beats,)
        Sample at which the dominant shape has its middle where it fits best.
    windows : BeatWindows or None
        The beats as they were cut; None where there was more than one block.
    """

    classes: tuple[BeatClass, ...]
    ventricular: Floats
    early: Floats
    dominant: Bools
    width: Floats
    likeness: Floats
    at: Ints
    windows: BeatWindows | None = None

    def is_class(self, *wanted: BeatClass) -> Bools:
        """Beats of these classes."""
        return np.array([one in wanted for one in self.classes], bool)


def label_beats(
    signal: ArrayLike,
    fs: float,
    r_peaks: ArrayLike,
    spikes: ArrayLike | None = None,
    onsets: ArrayLike | None = None,
) -> BeatLabels:
    """Origin of the beats of a recording.

    Parameters
    ----------
    signal : array_like, shape (n,) or (leads, n)
        Millivolts. What is not finite counts as 0.
    fs : float
        Sampling rate in hertz.
    r_peaks : array_like of int, shape (beats,)
        Samples, ascending.
    spikes : array_like of int, optional
        Samples of the pacing spikes, ascending.
    onsets : array_like of int, optional
        Samples at which the QRS complexes begin, below zero where not known. Without them a
        spike is looked for before R.

    Returns
    -------
    BeatLabels
        Empty without beats.
    """
    samples = np.atleast_2d(np.asarray(signal))
    peaks = np.asarray(r_peaks, np.int64)
    if peaks.size == 0 or samples.size == 0:
        none = np.zeros(0)
        return BeatLabels((), none, none, none > 0, none, none, np.zeros(0, np.int64))
    early, late = interval_ratios(peaks / fs)
    blocks, windows = [], None
    for look, tell in _blocks(peaks.size):
        windows = cut_beats(samples, fs, peaks[look])
        fast = _usual(peaks[look]) < FAST * fs
        figures = figures_of_block(windows, early[look], late[look], fast=fast)
        at = windows.at + np.rint(figures.lag * (fs / windows.rate)).astype(np.int64)
        blocks.append([*(each[tell] for each in figures.of_beats()), at[tell]])
    odds, dominant, width, fused, likeness, at = map(np.concatenate, zip(*blocks, strict=True))
    paced = _spiked(peaks, fs, spikes, onsets)
    if np.count_nonzero(paced & dominant) >= max(2, SPIKES_SEEN * np.count_nonzero(dominant)):
        paced = paced | dominant
    classes = _classes(odds, early, dominant, fused, paced)
    only = windows if len(blocks) == 1 else None
    return BeatLabels(classes, odds, early, dominant, width, likeness, at, only)


def _blocks(count: int) -> list[tuple[slice, slice]]:
    """Beats looked at together, and which of them are told."""
    found = []
    for first in range(0, count, BLOCK):
        low, last = max(0, first - MARGIN), min(first + BLOCK, count)
        found.append((slice(low, min(last + MARGIN, count)), slice(first - low, last - low)))
    return found


def _usual(peaks: Ints) -> float:
    """Median interval in samples; infinite for a single beat."""
    return float(middle((peaks[1:] - peaks[:-1]).astype(float))) if peaks.size > 1 else np.inf


def interval_ratios(seconds: Floats) -> tuple[Floats, Floats]:
    """Log of the interval before and after each beat over the usual one around.

    Parameters
    ----------
    seconds : ndarray of float64, shape (beats,)
        Ascending.

    Returns
    -------
    before, after : ndarray of float64, shape (beats,)
        Cut at SHORTEST and LONGEST; 0 where the recording ends.
    """
    intervals = np.maximum(seconds[1:] - seconds[:-1], INSTANT)
    if intervals.size < 2:
        return np.zeros(seconds.size), np.zeros(seconds.size)
    # An early beat and the pause after it make two usual intervals: their mean is one.
    pairs = running_median(0.5 * (intervals[1:] + intervals[:-1]), USUAL_HALF)
    usual = np.concatenate([pairs[:1], pairs, pairs[-1:]])
    before = np.log(np.concatenate([usual[:1], intervals]) / usual)
    after = np.log(np.concatenate([intervals, usual[-1:]]) / usual)
    return before.clip(SHORTEST, LONGEST), after.clip(SHORTEST, LONGEST)


def running_median(values: Floats, half: int) -> Floats:
    """Median of the values within `half` on each side; beyond the ends they go on mirrored."""
    if values.size > half:
        before, after = values[half:0:-1], values[-2 : -half - 2 : -1]
    else:
        before, after = values[:1].repeat(half), values[-1:].repeat(half)
    padded = np.concatenate([before, values, after])
    around = np.arange(values.size) + np.arange(2 * half + 1)[:, None]
    return np.asarray(np.sort(padded[around], axis=0)[half])


@dataclass(frozen=True, slots=True, eq=False)
class BlockFigures:
    """Of the beats of one block: log odds, dominance, slowness (ms), whether it is a sum.

    Then likeness to the dominant shape, and where it fits best, in samples of the windows.
    """

    odds: Floats
    dominant: Bools
    width: Floats
    fused: Bools
    likeness: Floats
    lag: Ints

    def of_beats(self) -> tuple[NDArray[np.generic], ...]:
        """What holds for a beat wherever its window was cut."""
        return self.odds, self.dominant, self.width, self.fused, self.likeness


def figures_of_block(
    beats: BeatWindows, early: Floats, late: Floats, *, fast: bool
) -> BlockFigures:
    """What is told of the beats of one block.

    Parameters
    ----------
    beats : BeatWindows
    early, late : ndarray of float64, shape (beats,)
        Of :func:`interval_ratios`.
    fast : bool
        Whether T waves stand where P waves are looked for.
    """
    figures, share, lag = evidence(beats, early, late)
    odds = np.full(len(share), -NEEDED)
    for name, weight in WEIGHTS.items():
        odds += weight * figures[name]
    conducted = figures["p_like"] > SAME_P
    conducted |= (figures["slowness"] < NOT_SLOW) & (figures["pause"] < NO_PAUSE)
    blocked = conducted & (np.abs(figures["like_early"]) < PUNCTUAL) & (not fast)
    odds[blocked] = np.minimum(odds[blocked], CONDUCTED)
    # Of a QRS complex that the recording's ends cut off no other origin is told.
    cut = ~beats.recorded(*CORE)
    odds[cut] = np.minimum(odds[cut], 0.0)
    fused = _sums(beats, share, odds, np.abs(early) < ON_TIME)
    dominant, width = share > TAKES_PART, 10 * figures["own_slowness"]
    return BlockFigures(odds, dominant, width, fused, 1 - figures["apart"], lag)


def _sums(beats: BeatWindows, share: Floats, odds: Floats, on_time: Bools) -> Bools:
    """Beats on time that are a sum of the dominant and a ventricular shape."""
    found = np.zeros(len(odds), bool)
    early = (odds > 0) & ~on_time
    asked = np.flatnonzero(on_time & (share <= TAKES_PART) & (odds >= CONDUCTED))
    if asked.size == 0 or not early.any():
        return found
    qrs = without_mean(beats.part(*QRS)).reshape(len(odds), -1).astype(np.float64)
    pair = np.stack([share @ qrs / share.sum(), qrs[early].mean(0)])
    parts = qrs[asked] @ pair.T @ np.linalg.inv(pair @ pair.T + 1e-6 * np.eye(2))
    rest = np.sum((qrs[asked] - parts @ pair) ** 2, axis=1)
    found[asked] = (parts > PART).all(1) & (rest < REST * np.sum(qrs[asked] ** 2, axis=1))
    return found


def _spiked(peaks: Ints, fs: float, spikes: ArrayLike | None, onsets: ArrayLike | None) -> Bools:
    """Beats with a pacing spike just before them."""
    marks = np.zeros(0, np.int64) if spikes is None else np.asarray(spikes, np.int64)
    first, last = peaks - SPIKE[1] * fs, peaks - SPIKE[0] * fs
    if onsets is not None:
        on = np.asarray(onsets, np.int64)
        first = np.where(on >= 0, on - SPIKE_BEFORE_ONSET[1] * fs, first)
        last = np.where(on >= 0, on - SPIKE_BEFORE_ONSET[0] * fs, last)
    low = np.searchsorted(marks, first)
    return np.asarray(np.searchsorted(marks, last, side="right") > low)


def _classes(
    odds: Floats, early: Floats, dominant: Bools, fused: Bools, paced: Bools
) -> tuple[BeatClass, ...]:
    ventricular = odds > 0
    sudden = np.concatenate([[False], early[1:] - early[:-1] < np.log(SUDDEN)])
    premature = (early < np.log(EARLY)) & (sudden | _next(ventricular))
    plain = ~(ventricular | premature | _next(ventricular | premature))
    premature &= np.count_nonzero(np.abs(early[plain]) > OFF) <= IRREGULAR * plain.sum()
    found = np.zeros(odds.size, np.int64)
    for kind, chosen in (
        (BeatClass.UNKNOWN, ~dominant & ~ventricular & (odds > CONDUCTED)),
        (BeatClass.SUPRAVENTRICULAR, premature),
        (BeatClass.VENTRICULAR, ventricular),
        (BeatClass.FUSION, fused),
        (BeatClass.PACED, paced),
    ):
        found[chosen] = KINDS.index(kind)
    return tuple(KINDS[number] for number in found.tolist())


def _next(marked: Bools) -> Bools:
    """Beats after marked ones."""
    return np.concatenate([[False], marked[:-1]])

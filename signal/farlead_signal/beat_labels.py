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
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_windows import BeatWindows, cut_beats, middle

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

#: The QRS complex lies within this time around the middle of its slopes, in seconds.
QRS = (-0.11, 0.16)
#: Without all of this part no other origin is told of a beat, in seconds.
CORE = (-0.03, 0.06)
#: The P wave lies here, in seconds.
PR = (-0.26, -0.07)
#: Level before the complex, the complex, and the T wave, for their areas, in seconds.
LEVEL, MAIN_AREA, T_AREA = (-0.12, -0.06), (-0.06, 0.10), (0.16, 0.36)
#: Beats are moved so many samples (8 ms each) against one another, and against the dominant one.
ROOM, ROOM_DOMINANT = 2, 5
#: Likeness from which beats begin to share their evidence, and from where they share it fully:
#: breathing leaves 0.97 and more, fusion and other origins 0.9 and less.
ALIKE_FROM, ALIKE = 0.82, 0.94
#: In the choice of the dominant shape a beat counts by exp(EARLY_COUNTS x log of its interval
#: over the usual one) when early, and a shape by exp(-slowness / SLOWNESS_COUNTS in ms): among
#: shapes of like frequency the one that is on time and fast is conducted.
EARLY_COUNTS, SLOWNESS_COUNTS = 4.0, 8.0
#: Beats take part in the dominant shape from this share of likeness.
TAKES_PART = 0.3
#: Distance of shape (1 - likeness): what is added to it, and to the scatter of the dominant
#: beats, before the ratio is taken: the least that noise leaves.
DISTANCE_FLOOR, SCATTER_FLOOR = 0.01, 0.02
#: The ratio's logarithm is cut here.
NEAREST, FARTHEST = -1.0, 3.5
#: Distance at which a single beat's own shape is clearly another.
FAR = 0.15

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
    return float(middle(np.diff(peaks))) if peaks.size > 1 else np.inf


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
    intervals = np.maximum(np.diff(seconds), INSTANT)
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
    mode = "reflect" if values.size > half else "edge"
    padded = np.pad(values, half, mode=mode)  # type: ignore[call-overload]  # a str, not a literal
    return np.asarray(np.sort(sliding_window_view(padded, 2 * half + 1), axis=1)[:, half])


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


def evidence(
    beats: BeatWindows, early: Floats, late: Floats
) -> tuple[dict[str, Floats], Floats, Ints]:
    """Figures by the names of WEIGHTS and more, share in the dominant shape, and lag to it.

    Parameters
    ----------
    beats : BeatWindows
    early, late : ndarray of float64, shape (beats,)
        Of :func:`interval_ratios`.
    """
    qrs = _without_mean(beats.part(*QRS))
    power = np.einsum("mlw,mlw->m", qrs, qrs)
    slopes = qrs[:, :, 1:] - qrs[:, :, :-1]
    steep = np.einsum("mlw,mlw->m", slopes, slopes) + 1e-9
    turns = slopes[:, :, 1:] - slopes[:, :, :-1]
    sharp = np.einsum("mlw,mlw->m", turns, turns) + 1e-9
    slowness = np.maximum(1000 / beats.rate * np.sqrt(power / steep), 1.0)
    smooth = np.log(np.maximum(1000 / beats.rate * np.sqrt(steep / sharp), 1.0))
    alike = _likenesses(beats, qrs)
    weights = alike / alike.sum(1, keepdims=True)
    slow = weights @ slowness
    merit = (alike @ np.exp(EARLY_COUNTS * np.minimum(early, 0))) * np.exp(-slow / SLOWNESS_COUNTS)
    share = alike[int(merit.argmax())]
    share = np.where(share > TAKES_PART, share, 0) / share[share > TAKES_PART].sum()
    template = np.tensordot(share, beats.values, (0, 0)).astype(np.float32)
    like, lag = _likeness_to(beats, template)
    apart = np.maximum(1 - like, 0)  # rounding on a huge scale
    p_like = _as_usual(_correlation(beats, template, PR), share, beats.recorded(*PR))
    discordance = _as_usual(_discordance(beats), share, beats.recorded(QRS[0], T_AREA[1]))
    own = np.stack([apart, p_like, early, late, discordance, smooth], axis=1)
    like_apart, p_like, like_early, like_late, discordance, like_smooth = (weights @ own).T
    scatter = share @ apart
    distance = np.log((like_apart + DISTANCE_FLOOR) / (scatter + SCATTER_FLOOR))
    figures = {
        "apart": apart,
        "distance": distance.clip(NEAREST, FARTHEST),
        "own_distance": np.tanh(apart / FAR),
        "slowness": slow / 10,
        "smoother": like_smooth - share @ smooth,
        "own_slowness": slowness / 10,
        "like_early": like_early,
        "p_like": p_like,
        "discordance": discordance,
        "pause": np.maximum(like_late, 0),
        "early_and_unlike": np.maximum(-like_early, 0) * like_apart,
    }
    return figures, share / share.max(), lag


def _as_usual(values: Floats, share: Floats, known: Bools) -> Floats:
    """Figures with those that the recording's ends cut off as the dominant beats have them."""
    if known.all() or not share[known].any():
        return values
    return np.where(known, values, share[known] @ values[known] / share[known].sum())


def _without_mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(values - values.mean(2, keepdims=True))


def _energies(wide: NDArray[np.float32], width: int) -> Floats:
    """Energy without the leads' means of all windows of `width`, shape (beats, places)."""
    sums = np.zeros((*wide.shape[:2], wide.shape[2] + 1))
    np.cumsum(wide, axis=2, out=sums[:, :, 1:])
    squares = np.zeros((len(wide), wide.shape[2] + 1))
    np.cumsum(np.einsum("mlw,mlw->mw", wide, wide), axis=1, out=squares[:, 1:])
    means = sums[:, :, width:] - sums[:, :, :-width]
    energy = squares[:, width:] - squares[:, :-width]
    return np.asarray(energy - np.einsum("mlp,mlp->mp", means, means) / width)


def _wide(beats: BeatWindows, room: int) -> NDArray[np.float32]:
    """QRS complexes with `room` samples more on both sides."""
    apart = room / beats.rate
    return beats.part(QRS[0] - apart, QRS[1] + apart)


def _likenesses(beats: BeatWindows, qrs: NDArray[np.float32]) -> Floats:
    """How far each pair of beats shares its evidence: 0 to 1, 1 for a beat itself."""
    wide, count = _wide(beats, ROOM), len(qrs)
    width = wide.shape[2] - 2 * ROOM
    energies = _energies(wide, width).astype(np.float32)
    here, own = qrs[:, :, :width].reshape(count, -1), energies[:, ROOM, None]
    best = np.full((count, count), -1, np.float32)
    for moved in range(2 * ROOM + 1):
        # One of the two has no mean, so that the other's does not matter.
        row = wide[:, :, moved : moved + width].reshape(count, -1)
        like = here @ row.T
        like /= own + energies[:, moved] + np.float32(1e-6)
        np.maximum(best, like, out=best)
    shared = (2 * np.maximum(best, best.T) - ALIKE_FROM) / (ALIKE - ALIKE_FROM)
    shared = np.minimum(np.maximum(shared, 0), 1)
    np.fill_diagonal(shared, 1)
    return shared.astype(np.float64)


def _likeness_to(beats: BeatWindows, template: NDArray[np.float32]) -> tuple[Floats, Ints]:
    """Likeness of every beat to one at the best place, and how far that lies from its own."""
    wide = _wide(beats, ROOM_DOMINANT)
    places = 2 * ROOM_DOMINANT + 1
    width = wide.shape[2] - places + 1
    one = _wide(beats.one(template), 0)[:, :, :width]
    one = _without_mean(one)[0]
    shifted = np.zeros((*wide.shape[1:], places), np.float32)
    for moved in range(places):
        shifted[:, moved : moved + width, moved] = one
    product = wide.reshape(len(wide), -1) @ shifted.reshape(-1, places)
    energy = _energies(wide, width) + (np.einsum("lw,lw->", one, one) + 1e-6)
    like = 2 * product / energy
    best = like.argmax(1)
    return like[np.arange(len(best)), best], best - ROOM_DOMINANT


def _correlation(
    beats: BeatWindows, template: NDArray[np.float32], part: tuple[float, float]
) -> Floats:
    """Correlation of a part of every beat with that of one, over all leads."""
    rows = _without_mean(beats.part(*part))
    line = _without_mean(beats.one(template).part(*part))[0]
    own = np.einsum("mlw,mlw->m", rows, rows) * np.einsum("lw,lw->", line, line)
    return np.asarray(np.einsum("mlw,lw->m", rows, line) / np.sqrt(own + 1e-6))


def _discordance(beats: BeatWindows) -> Floats:
    """Minus the cosine between the areas of QRS complex and T wave over the leads."""
    level = beats.part(*LEVEL).mean(2)
    qrs = beats.part(*MAIN_AREA).mean(2) - level
    t = beats.part(*T_AREA).mean(2) - level
    sizes = np.einsum("ml,ml->m", qrs, qrs) * np.einsum("ml,ml->m", t, t)
    return np.asarray(-np.einsum("ml,ml->m", qrs, t) / np.sqrt(sizes + 1e-6))


def _sums(beats: BeatWindows, share: Floats, odds: Floats, on_time: Bools) -> Bools:
    """Beats on time that are a sum of the dominant and a ventricular shape."""
    found = np.zeros(len(odds), bool)
    early = (odds > 0) & ~on_time
    asked = np.flatnonzero(on_time & (share <= TAKES_PART) & (odds >= CONDUCTED))
    if asked.size == 0 or not early.any():
        return found
    qrs = _without_mean(beats.part(*QRS)).reshape(len(odds), -1).astype(np.float64)
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
    sudden = np.concatenate([[0.0], np.diff(early)]) < np.log(SUDDEN)
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

"""The representative beat: the median, lead by lead, of the beats of the dominant class.

See docs/measurement.md for how it works and where it fails.

References
----------
CSE Working Party, "Recommendations for measurement standards in quantitative
electrocardiography", Eur Heart J 6 (1985) 815-825. P. Kligfield et al., Circulation 115 (2007)
1306-1324, doi:10.1161/CIRCULATIONAHA.106.180200 (representative complexes).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_labels import BeatLabels, label_beats
from farlead_signal.beat_windows import windows_at
from farlead_signal.blanking import without_spikes
from farlead_signal.delineation import Fiducials
from farlead_signal.median_points import of_members
from farlead_signal.middle import middle
from farlead_signal.orderstats import order_statistics
from farlead_signal.rows import finite, means, without_mean

__all__ = ["BeatClass", "Representative", "median_of", "representative"]

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float32]

#: The window reaches so long before R (PR intervals up to 0.5 s) and after it, in seconds: one
#: RR interval, no less than LEAST_AFTER and no more than MOST_AFTER (the longest QT).
BEFORE, LEAST_AFTER, MOST_AFTER = 0.60, 0.50, 0.80
#: Members are as like the dominant shape as this, or more: above what breathing (amplitude up to
#: 1.5 times) and moderate noise leave, below a conducted beat and a ventricular one.
ALIKE = 0.8
#: Members of the median; of more beats so many are taken, evenly spread.
MEMBERS = 256
#: Sorting networks are faster than partitioning up to so many members.
NETWORK = 40
#: Peaks of one group are put in place within this time, in seconds: one sample of the rate at
#: which shapes are compared, and some more.
NEAR = 0.016
#: Half of the QRS complex by which beats are put in place, in seconds.
QRS_HALF = 0.060
#: The level of the PQ junction is the mean from so long before QRS onset to so long before it,
#: in seconds: after the P wave, before the first rounding of the QRS complex.
LEVEL_FROM, LEVEL_TO = 0.018, 0.004
#: Levels of beats farther apart than this do not tell the baseline between them, in seconds.
APART = 2.5
#: Beats nearer than this to one another are not two, in seconds.
BEFORE_NEXT = 0.1
#: Noise is looked at so long before P and after T, in seconds.
BESIDE = 0.040
#: Efficiency of the median: its standard error is this times that of the mean.
MEDIAN_ERROR = 1.2533


@dataclass(frozen=True, slots=True, eq=False)
class Representative:
    """Median beat of the dominant class.

    Parameters
    ----------
    classes : tuple of BeatClass
        One for each beat of the recording.
    beats : ndarray of float32, shape (leads, w)
        Millivolts above the level of the PQ junction; NaN in a lead that was not recorded.
    r : int
        Index of R in it.
    members : ndarray of int64
        Indices of the beats that made it.
    noise : ndarray of float32, shape (leads,)
        Standard error of the median in mV: spread of the members around it outside of P wave,
        QRS complex and T wave; NaN where there are fewer than three members.
    fiducials : Fiducials
        Of the median beat (one beat), in indices of its window: the middle ones of the members,
        and over all leads from these.
    kind : BeatClass
        What most members are: dominant, paced, or ventricular.
    labels : BeatLabels, optional
        Of all beats, with the evidence of their classes.
    """

    classes: tuple[BeatClass, ...]
    beats: Floats
    r: int
    members: Ints
    noise: Floats
    fiducials: Fiducials
    kind: BeatClass = BeatClass.DOMINANT
    labels: BeatLabels | None = None

    def told(self, classes: Sequence[BeatClass]) -> "Representative":
        """The same with the classes that the rhythm as a whole gives the beats.

        A tachycardia of one wide shape looks like any other rhythm of one shape until its rate and
        its P waves are asked for.
        """
        return replace(self, classes=tuple(classes), kind=_kind(classes, self.members))


def _kind(classes: Sequence[BeatClass], members: Ints) -> BeatClass:
    found = [classes[number] for number in members.tolist()]
    kind: BeatClass = max(dict.fromkeys(found), key=found.count)
    return kind


def representative(
    signal: ArrayLike,
    fs: float,
    r_peaks: ArrayLike,
    fiducials: Fiducials,
    spikes: ArrayLike | None = None,
) -> Representative | None:
    """Classes of all beats, and the median beat of the dominant class.

    Parameters
    ----------
    signal : array_like, shape (n,) or (leads, n)
        Millivolts. What is not finite counts as not recorded.
    fs : float
        Sampling rate in hertz.
    r_peaks : array_like of int, shape (beats,)
        Samples, ascending.
    fiducials : Fiducials
        Of the same beats (:func:`farlead_signal.delineation.delineate`).
    spikes : array_like of int, optional
        Samples of the pacing spikes, ascending; the spikes are bridged before anything is
        measured.

    Returns
    -------
    Representative or None
        None when there is no beat or no sample.
    """
    samples = np.atleast_2d(np.asarray(signal))
    peaks = np.asarray(r_peaks, np.int64)
    if peaks.size == 0 or samples.size == 0:
        return None
    if not finite(samples):
        samples = np.where(np.isfinite(samples), samples, np.nan)
    paced = None if spikes is None else np.asarray(spikes, np.int64)
    if paced is not None:
        samples = without_spikes(samples, fs, paced)
    overall = fiducials.overall or fiducials
    labels = label_beats(samples, fs, peaks, paced, overall.qrs_on)
    chosen = _members(labels, peaks, samples.shape[1], fs)
    return _of(samples, fs, _aligned(labels, peaks, chosen), fiducials, labels, chosen)


def median_of(
    signal: NDArray[np.floating],
    fs: float,
    r_peaks: Ints,
    fiducials: Fiducials,
    labels: BeatLabels,
    chosen: Ints,
) -> Representative:
    """Median beat of some beats of one shape, whichever that is.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts. What is not finite counts as not recorded.
    fs : float
        Hertz.
    r_peaks : ndarray of int64, shape (beats,)
        Samples, ascending.
    fiducials : Fiducials
        Of the same beats.
    labels : BeatLabels
        Of the same beats.
    chosen : ndarray of int64, shape (members,)
        Their numbers, one at least.
    """
    samples = signal if finite(signal) else np.where(np.isfinite(signal), signal, np.nan)
    return _of(samples, fs, r_peaks, fiducials, labels, chosen)


def _of(
    samples: NDArray[np.floating],
    fs: float,
    aligned: Ints,
    fiducials: Fiducials,
    labels: BeatLabels,
    chosen: Ints,
) -> Representative:
    overall = fiducials.overall or fiducials
    cut = _window(samples, fs, fiducials.r_peaks, aligned, chosen)
    onset = _onset(overall, cut)
    beats = cut.levelled(onset, fs)
    median = _median(beats)
    points = of_members(fiducials, chosen, cut.r - cut.at, median.shape[1], fs)
    level = _level_at(median, points, cut.r - onset, fs)
    return Representative(
        classes=labels.classes,
        beats=(median - level).astype(np.float32),
        r=cut.r,
        members=chosen,
        noise=_noise(beats, median, points, fs),
        fiducials=points,
        kind=_kind(labels.classes, chosen),
        labels=labels,
    )


def _members(labels: BeatLabels, peaks: Ints, n: int, fs: float) -> Ints:
    """Beats for the median: of the dominant shape, not early, whole, and not too many."""
    usual = labels.is_class(BeatClass.DOMINANT, BeatClass.PACED) & (labels.likeness > ALIKE)
    chosen = np.flatnonzero(usual if usual.any() else labels.dominant)
    whole = chosen[(peaks[chosen] >= BEFORE * fs) & (peaks[chosen] + LEAST_AFTER * fs < n)]
    chosen = whole if whole.size else chosen
    if chosen.size > MEMBERS:
        chosen = chosen[np.linspace(0, chosen.size - 1, MEMBERS).astype(int)]
    return chosen


def _aligned(labels: BeatLabels, peaks: Ints, chosen: Ints) -> Ints:
    """Samples of R, each on the same wave of the dominant shape as the members' usual one."""
    return labels.at - round(middle((labels.at - peaks)[chosen]))


def _window(
    samples: NDArray[np.floating], fs: float, peaks: Ints, aligned: Ints, chosen: Ints
) -> "_Aligned":
    """Windows of the members, up to the usual interval after one."""
    gaps = (peaks[1:] - peaks[:-1]) / fs
    after = gaps[chosen[chosen < gaps.size]]
    every = after if after.size else gaps
    usual = middle(every) if every.size else MOST_AFTER
    reach = round(min(max(usual, LEAST_AFTER), MOST_AFTER) * fs)
    return _Aligned.of(samples, fs, aligned, chosen, reach)


@dataclass(frozen=True, slots=True, eq=False)
class _Aligned:
    """Windows of the members, shape (members, leads, w), with R at index `r` of each."""

    windows: Floats
    at: Ints
    chosen: Ints
    r: int

    @classmethod
    def of(
        cls, samples: NDArray[np.floating], fs: float, aligned: Ints, chosen: Ints, after: int
    ) -> "_Aligned":
        room, r = max(1, round(NEAR * fs)), round(BEFORE * fs)
        half, at = round(QRS_HALF * fs), aligned[chosen]
        at = at + _lags(windows_at(samples, at - half - room, 2 * (half + room) + 1), room)
        return cls(windows_at(samples, at - r, r + after + 1), at, chosen, r)

    def levelled(self, onset: int, fs: float) -> Floats:
        """Windows without baseline; the QRS complexes begin `onset` samples before R.

        The baseline is a parabola through the levels of the PQ junctions of this member and its
        neighbours, a line or a constant where these are too far away.
        """
        level = self._level(onset, fs)
        knots = np.empty((*level.shape, 3), np.float32)
        knots[..., 1], knots[0, :, 0], knots[-1, :, 2] = level, level[0], level[-1]
        knots[1:, :, 0], knots[:-1, :, 2] = level[:-1], level[1:]
        t = ((np.arange(self.windows.shape[2]) - self.r + onset) / fs).astype(np.float32)
        powers = np.array([np.ones_like(t), t, t * t])
        baseline = knots @ _parabolas(self.at / fs) @ powers
        return np.asarray(np.subtract(self.windows, baseline, out=baseline))

    def _level(self, onset: int, fs: float) -> Floats:
        first = self.r - onset - max(1, round(LEVEL_FROM * fs))
        last = max(self.r - onset - round(LEVEL_TO * fs), first + 1)
        return np.asarray(means(self.windows[:, :, max(first, 0) : max(last, 1)]))


def _lags(wide: Floats, room: int) -> Ints:
    """Moves, up to `room` samples, at which QRS complexes fit their mean best."""
    part = without_mean(wide)
    if not finite(part):
        part[~np.isfinite(part).all(2)] = 0
    count, leads, width = part.shape
    if count < 2 or width <= 2 * room:
        return np.zeros(count, np.int64)
    lags = 2 * room + 1
    mean = np.add.reduce(part)[:, room : width - room] / np.float32(count)
    shifted = np.zeros((leads, width, lags), np.float32)
    for lag in range(lags):
        shifted[:, lag : lag + width - 2 * room, lag] = mean
    fit = part.reshape(count, -1) @ shifted.reshape(-1, lags)
    moves = fit.argmax(1) - room
    return np.asarray(np.minimum(np.maximum(moves - int(middle(moves)), -room), room), np.int64)


def _parabolas(seconds: NDArray[np.float64]) -> Floats:
    """Lagrange's polynomials of each member and its neighbours, shape (members, 3, 3).

    ``[member, which]`` are the coefficients of 1, t and t² of the weight that the level before
    (0), at (1) and after (2) the member has at the time t from its own level. A neighbour that is
    too far away has no weight.
    """
    gap = seconds[1:] - seconds[:-1]
    near = np.concatenate([[False], (gap > BEFORE_NEXT) & (gap < APART), [False]])
    # One over the time to the neighbour: 0 where there is none.
    a = np.where(near[:-1], -1.0 / np.concatenate([[1.0], np.maximum(gap, BEFORE_NEXT)]), 0.0)
    b = np.where(near[1:], 1.0 / np.concatenate([np.maximum(gap, BEFORE_NEXT), [1.0]]), 0.0)
    found = np.zeros((seconds.size, 3, 3), np.float32)
    found[:, 1, 0] = 1
    # (t / a) (1 - t / b) / (1 - a / b), with a / b = (1 / b) / (1 / a)
    for row, own, other in ((0, a, b), (2, b, a)):
        share = np.where(own != 0, own / np.where(own != 0, own - other, 1.0) * own, 0.0)
        found[:, row, 1], found[:, row, 2] = share, -share * other
    found[:, 1, 1:] = -found[:, 0, 1:] - found[:, 2, 1:]
    return found


def _onset(overall: Fiducials, cut: _Aligned) -> int:
    """How many samples before R the members' QRS complexes begin."""
    on = overall.qrs_on[cut.chosen]
    apart = cut.at[on >= 0] - on[on >= 0]
    usual = int(middle(apart)) if apart.size else cut.r // 12
    return min(max(usual, 1), cut.r // 3)


def _median(beats: Floats) -> Floats:
    count = len(beats)
    if not finite(beats):
        return _median_of_finite(beats)
    if count > NETWORK:
        return np.asarray(np.median(beats, axis=0))
    if count % 2:
        return order_statistics(list(beats), count // 2)[0]
    low, high = order_statistics(list(beats), count // 2 - 1, count // 2)
    return np.asarray(0.5 * (low + high), np.float32)


def _median_of_finite(beats: Floats) -> Floats:
    """Median over the members that are whole in a lead; NaN in a lead where none is."""
    kept = np.where(np.isfinite(beats).all(2, keepdims=True), beats, np.nan)
    some = np.isfinite(kept[:, :, 0]).any(0)
    median = np.full(beats.shape[1:], np.nan, np.float32)
    if some.any():
        median[some] = np.nanmedian(kept[:, some], axis=0)
    return median


def _level_at(median: Floats, points: Fiducials, onset: int, fs: float) -> Floats:
    """Level of the PQ junction in the median beat, shape (leads, 1)."""
    overall = points.overall or points
    on = int(overall.qrs_on.flat[0]) if overall.qrs_on.size else -1
    on = on if on > 0 else onset
    first = max(on - max(1, round(LEVEL_FROM * fs)), 0)
    last = max(on - round(LEVEL_TO * fs), first + 1)
    return np.asarray(means(median[:, first:last])[:, None])


def _noise(beats: Floats, median: Floats, points: Fiducials, fs: float) -> Floats:
    """Standard error of the median, from the members' spread outside of the waves."""
    count, leads, width = beats.shape
    outside = _outside(points.overall or points, width, fs)
    if count < 3 or outside.size == 0:
        return np.full(leads, np.nan, np.float32)
    rest = beats[:, :, outside] - median[:, outside]
    power = np.add.reduce(np.vecdot(rest, rest))
    error = np.sqrt(power / (outside.size * count * (count - 1)))
    return np.asarray(MEDIAN_ERROR * error, np.float32)


def _outside(overall: Fiducials, width: int, fs: float) -> Ints:
    """Samples just before P, between P and QRS, and just after T.

    Farther away lie the waves of the neighbours, at another time in every member.
    """
    p_on, p_off, qrs_on, t_off = (
        int(getattr(overall, name).flat[0]) for name in ("p_on", "p_off", "qrs_on", "t_off")
    )
    beside = round(BESIDE * fs)
    if qrs_on < 0:
        return np.zeros(0, np.int64)
    begins = p_on if 0 <= p_on <= p_off else qrs_on - beside
    ends = p_off if 0 <= p_on <= p_off else qrs_on - beside
    parts = [(begins - beside, begins), (ends + 1, qrs_on)]
    parts += [(t_off + 1, t_off + 1 + beside)] if t_off > qrs_on else []
    return np.concatenate([np.arange(max(a, 0), min(b, width)) for a, b in parts])

"""What each beat is: where it comes from, told from its shape, its time and its P wave."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.delineation import ABSENT, Fiducials
from farlead_signal.middle import middle
from farlead_signal.orderstats import order_statistics
from farlead_signal.shapes import Shapes

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

#: From here a QRS complex is wide, in seconds.
WIDE = 0.120
#: Wider than the narrow one by so much, it has another origin, in seconds.
WIDER = 0.030
#: A beat is early when its interval is below this share of the usual one and of the one before:
#: the second keeps the slow swing of breathing from making ectopic beats.
EARLY, SUDDEN = 0.80, 0.88
#: Half width of the running median that is the usual interval, in intervals.
USUAL_HALF = 4
#: Share of the intervals that are neither early nor a pause after an early one, but off the usual
#: one by more than OFF, from which no beat is called early by its interval: in atrial
#: fibrillation every interval is another.
OFF, IRREGULAR = 0.12, 0.35
#: An early beat as like the dominant one as this comes from above the ventricles.
NEAR = 0.6
#: Share of beats with a P wave from which a group has P waves, and below which it has none.
WITH_P, WITHOUT_P = 0.5, 0.2
#: A regular rhythm of wide beats without P waves is ventricular when it is faster or slower
#: than bundle branch block with P waves that are not seen is likely to be (per minute), or wider
#: than a bundle branch block (seconds).
FAST, SLOW, VERY_WIDE = 100.0, 50.0, 0.160
#: Variation of RR (median deviation over median) up to which a rhythm is regular.
REGULAR = 0.06
#: A pacing spike belongs to a QRS complex that begins within this time after it, in seconds.
#: Atrial spikes come 0.12 s or more before.
SPIKE = 0.080
#: A spike may be found so long after the measured onset: it makes the onset itself.
SPIKE_LATE = 0.030
#: Beats of one shape are paced when this share of them, two at least, have a spike: the filters of
#: many recorders leave only some of the spikes to be found.
SPIKED = 0.25
#: Where the onset is not known it is taken to be so long before R, in seconds.
ONSET = 0.050
#: A fusion beat is made of both others, each at least by this share, and what is left over is
#: less than REST of its energy: real fusion is no exact sum, the fronts extinguish each other.
PART, REST = 0.2, 0.25


class BeatClass(StrEnum):
    """Origin of a beat as far as shape, time and P wave tell it."""

    DOMINANT = "dominant"
    SUPRAVENTRICULAR = "supraventricular"
    VENTRICULAR = "ventricular"
    PACED = "paced"
    FUSION = "fusion"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of beats of one shape, and what they are.

    `group` and `early` have one entry for each beat, `kinds` one for each group; `main` is the
    group of the dominant class, -1 when no beats are alike.
    """

    group: Ints
    early: Bools
    kinds: tuple[BeatClass, ...]
    main: int

    def classes(self) -> tuple[BeatClass, ...]:
        """Class of every beat."""
        near = {BeatClass.DOMINANT: BeatClass.SUPRAVENTRICULAR}
        return tuple(
            BeatClass.UNKNOWN
            if number < 0
            else near.get(self.kinds[number], self.kinds[number])
            if early
            else self.kinds[number]
            for number, early in zip(self.group.tolist(), self.early.tolist(), strict=True)
        )

    def main_beats(self) -> Ints:
        """Numbers of the beats of the main group that are not early."""
        return np.flatnonzero((self.group == self.main) & ~self.early)


def classify(
    shapes: Shapes, fs: float, r_peaks: Ints, fiducials: Fiducials, spikes: Ints | None
) -> Groups:
    """What the groups of beats are.

    Parameters
    ----------
    shapes : Shapes
    fs : float
        Hertz.
    r_peaks : ndarray of int64, shape (beats,)
    fiducials : Fiducials
        Of the same beats, with those over all leads.
    spikes : ndarray of int64 or None
        Samples of the pacing spikes; None when they were not looked for.
    """
    count = len(shapes.templates)
    if count == 0:
        none = np.zeros(r_peaks.size, bool)
        return Groups(shapes.group, none, (), -1)
    facts = _Facts.of(shapes, fs, r_peaks, fiducials, spikes)
    main = facts.main()
    kinds = [_kind(facts, shapes, number, main) for number in range(count)]
    for number in _fused(shapes, kinds, main):
        kinds[number] = BeatClass.FUSION
    # Without P waves an early beat of the dominant shape is as likely one of fibrillation.
    early = facts.early & ~(facts.with_p[main] < WITHOUT_P)
    # The beat after one of another shape that came early is on time: that one was interpolated.
    early[1:] &= ~(facts.early[:-1] & (shapes.group[1:] != shapes.group[:-1]))
    return Groups(shapes.group, early, tuple(kinds), main)


@dataclass(frozen=True, slots=True, eq=False)
class _Facts:
    """What is known of each group: beats, width, share with P and with spikes, share early."""

    counts: Ints
    width: Floats
    with_p: Floats
    spiked: Floats
    premature: Floats
    early: Bools
    rate: float
    regular: bool

    @classmethod
    def of(
        cls, shapes: Shapes, fs: float, r_peaks: Ints, fiducials: Fiducials, spikes: Ints | None
    ) -> "_Facts":
        overall = fiducials.overall or fiducials
        count = len(shapes.templates)
        known = (overall.qrs_on >= 0) & (overall.qrs_off >= 0)
        width = np.where(known, (overall.qrs_off - overall.qrs_on) / fs, np.nan)
        p = np.where(overall.p_on >= 0, 1.0, np.where(overall.p_on == ABSENT, 0.0, np.nan))
        intervals = np.diff(r_peaks) / fs
        early = early_beats(intervals)
        usual = middle(intervals)
        apart = middle(np.abs(intervals - usual)) if intervals.size > 2 else np.inf
        per_group = [shapes.group == number for number in range(count)]
        return cls(
            counts=np.array([inside.sum() for inside in per_group]),
            width=np.array([middle(width[inside & known]) for inside in per_group]),
            with_p=np.array([_mean(p[inside]) for inside in per_group]),
            spiked=_shares(_spiked(overall, r_peaks, fs, spikes), per_group),
            premature=_shares(early, per_group),
            early=early,
            rate=60.0 / usual if usual > 0 else np.nan,
            regular=apart <= REGULAR * usual,
        )

    def paced(self, number: int) -> bool:
        """Whether enough beats of a group have a spike just before them."""
        share = float(self.spiked[number])
        return share > 0.5 or (share >= SPIKED and share * self.counts[number] > 1.5)

    def main(self) -> int:
        """The group with most beats.

        In bigeminy chance decides which kind has one beat more in the strip: among groups within
        one beat of the greatest the one with P waves is taken, then the narrowest.
        """
        near = np.flatnonzero(self.counts >= max(int(self.counts.max()) - 1, 1))
        if self.counts.max() < 3:  # two beats say nothing about what is usual
            near = np.flatnonzero(self.counts == self.counts.max())
        if near.size == 1:
            return int(near[0])
        conducted = np.nan_to_num(self.with_p[near]) >= WITH_P
        order = np.lexsort((near, np.nan_to_num(self.width[near], nan=np.inf), ~conducted))
        return int(near[order[0]])


def _kind(facts: _Facts, shapes: Shapes, number: int, main: int) -> BeatClass:
    if facts.paced(number):
        return BeatClass.PACED
    if number == main:
        return _main_kind(facts, main)
    like = float(shapes.likeness[number, main])
    wide = _wide(facts, number, main)
    early = facts.premature[number] > 0.5
    if like > NEAR and not wide:
        return BeatClass.SUPRAVENTRICULAR if early else _main_kind(facts, main)
    if wide or facts.width[number] >= WIDE:
        return BeatClass.VENTRICULAR
    if facts.paced(main) or _main_kind(facts, main) is BeatClass.VENTRICULAR:
        return BeatClass.SUPRAVENTRICULAR if early else BeatClass.DOMINANT
    return BeatClass.VENTRICULAR if early else BeatClass.UNKNOWN


def _wide(facts: _Facts, number: int, main: int) -> bool:
    width, usual = facts.width[number], facts.width[main]
    return bool(width >= WIDE and not width < usual + WIDER)


def _main_kind(facts: _Facts, main: int) -> BeatClass:
    """Dominant, or ventricular where most beats are: wide, without P, and not by irregular AF."""
    width = facts.width[main]
    if not (width >= WIDE and facts.with_p[main] < WITHOUT_P):
        return BeatClass.DOMINANT
    conducted = (facts.with_p >= WITH_P) & (facts.width <= width - WIDER)
    unusual = facts.rate >= FAST or facts.rate <= SLOW or width >= VERY_WIDE
    if conducted.any() or (facts.regular and unusual):
        return BeatClass.VENTRICULAR
    return BeatClass.DOMINANT


def early_beats(intervals: Floats) -> Bools:
    """Beats that come early for the rhythm around, shape (intervals + 1,).

    Parameters
    ----------
    intervals : ndarray, shape (beats - 1,)
        RR intervals in any unit.

    Returns
    -------
    ndarray of bool
        All False where most intervals are off the usual one: nothing is early there.
    """
    count = intervals.size
    early = np.zeros(count + 1, bool)
    if count < 3:
        return early
    # An early beat and the pause after it make two usual intervals: their mean is one.
    pairs = 0.5 * (intervals[1:] + intervals[:-1])
    usual = _usual(pairs, count)
    short = intervals < EARLY * usual
    plain = ~short
    plain[1:] &= ~short[:-1]
    off = np.abs(intervals - usual) > OFF * usual
    if np.count_nonzero(off & plain) > IRREGULAR * np.count_nonzero(plain):
        return early
    sudden = np.ones(count, bool)
    sudden[1:] = intervals[1:] < SUDDEN * intervals[:-1]
    follows = short.copy()
    follows[1:] &= short[:-1]
    # A run of short intervals is early when its first one came suddenly.
    start = np.maximum.accumulate(np.where(short & ~follows, np.arange(count), -1))
    early[1:] = short & (start >= 0) & sudden[np.maximum(start, 0)]
    return early


def _usual(pairs: Floats, count: int) -> Floats:
    """Median of the 9 values nearest to each of `count` places, at the ends the last 9."""
    width = min(2 * USUAL_HALF + 1, pairs.size)
    inner = pairs.size - width + 1
    middle = order_statistics([pairs[i : i + inner] for i in range(width)], width // 2)[0]
    before = (count - inner + 1) // 2
    return np.pad(middle, (before, count - inner - before), mode="edge")


def _spiked(overall: Fiducials, r_peaks: Ints, fs: float, spikes: Ints | None) -> Bools:
    """Beats with a pacing spike just before their QRS complex."""
    if spikes is None or spikes.size == 0:
        return np.zeros(r_peaks.size, bool)
    known = overall.qrs_on >= 0
    onset = np.where(known, overall.qrs_on, r_peaks - round(ONSET * fs))
    latest = np.where(known, onset + round(SPIKE_LATE * fs), r_peaks)
    after = np.searchsorted(spikes, latest, side="right") - 1
    last = spikes[np.maximum(after, 0)]
    found: Bools = (after >= 0) & (onset - last <= SPIKE * fs)
    return found


def _fused(shapes: Shapes, kinds: list[BeatClass], main: int) -> list[int]:
    """Groups that are a sum of the main shape and of a ventricular or paced one."""
    others = [
        number
        for number, kind in enumerate(kinds)
        if number != main and kind in (BeatClass.VENTRICULAR, BeatClass.PACED)
    ]
    counts = np.bincount(shapes.group[shapes.group >= 0], minlength=len(kinds))
    found = []
    for number in others:
        far = [v for v in others if v != number and counts[v] >= counts[number]]
        far = [v for v in far if shapes.likeness[v, main] < shapes.likeness[number, main]]
        if any(_is_sum(shapes, number, main, v) for v in far):
            found.append(number)
    return found


def _is_sum(shapes: Shapes, number: int, a: int, b: int) -> bool:
    """Whether a template is a sum of two others, each moved as it fits best."""
    lags, width = 2 * shapes.room + 1, shapes.size + 2 * shapes.room
    rows = shapes.templates.reshape(len(shapes.templates), -1, width)
    at = np.arange(lags)[:, None] + np.arange(shapes.size)
    first, second = (rows[n][:, at].transpose(1, 0, 2).reshape(lags, -1) for n in (a, b))
    whole = rows[number][:, shapes.room : shapes.room + shapes.size].ravel()
    aa, bb = (np.einsum("lf,lf->l", x, x) for x in (first, second))
    ab, aw, bw = first @ second.T, first @ whole, second @ whole
    det = aa[:, None] * bb - ab**2 + 1e-9
    x = (aw[:, None] * bb - ab * bw) / det
    y = (aa[:, None] * bw - ab * aw[:, None]) / det
    rest = whole @ whole - x * aw[:, None] - y * bw
    rest[(x < PART) | (y < PART)] = np.inf
    return bool(rest.min() < REST * (whole @ whole))


def _shares(marked: Bools, per_group: list[Bools]) -> Floats:
    return np.array([marked[inside].mean() if inside.any() else 0.0 for inside in per_group])


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else np.nan

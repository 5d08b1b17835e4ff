"""What the rhythm is read from: beats, their labels and intervals, P waves, the median beat."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from statistics import median
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.atrial_cells import Cell, atrial_cells
from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_labels import BeatLabels, label_beats
from farlead_signal.beat_windows import BeatWindows, middle
from farlead_signal.conduction_av import Conduction
from farlead_signal.delineation import Fiducials
from farlead_signal.findings import Finding
from farlead_signal.middle import mean
from farlead_signal.pacing import Spikes
from farlead_signal.qrs import BeatFinding
from farlead_signal.representative import ALIKE, Representative
from farlead_signal.spans import SignalSpan
from farlead_signal.wenckebach import wenckebach

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]

#: From here on a QRS complex is wide, in ms.
WIDE = 120.0
#: Slowness (ms, see BeatLabels.width) from which a QRS complex is broad: conducted ones have 8
#: to 20, those of left bundle branch block 19 to 23 (LUDB, odd records).
BROAD = 20.0
#: Conducted beats from which conduction is looked at in these alone; share of the beats that come
#: from above where their conduction may have periods.
FEWEST, MOSTLY = 4, 0.8
#: Early beats in turn with others, so many at least, have P waves of their own.
IN_TURN = 3


@dataclass(frozen=True)
class Reading:
    """Everything the questions are asked of.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts, finite.
    fs : float
        Hertz.
    names : tuple of str
        Of the leads.
    peaks : ndarray of int64, shape (beats,)
        Four or more, samples.
    labels : BeatLabels
    beats : BeatWindows or None
        Of recordings that are labelled in one block.
    cells : tuple of Cell
        Stretches with the evidence of their atria.
    fiducials, representative, spikes
        As far as they were given.
    hidden : tuple of SignalSpan
        Where no beats are claimed.
    """

    signal: NDArray[np.floating]
    fs: float
    names: tuple[str, ...]
    peaks: Ints
    labels: BeatLabels
    beats: BeatWindows | None
    cells: tuple[Cell, ...]
    fiducials: Fiducials | None
    representative: Representative | None
    spikes: Spikes | None
    hidden: tuple[SignalSpan, ...]

    @classmethod
    def of(
        cls,
        signal: NDArray[np.floating],
        fs: float,
        names: tuple[str, ...],
        finding: BeatFinding,
        fiducials: Fiducials | None,
        representative: Representative | None,
        spikes: Spikes | None,
    ) -> "Reading":
        """Label the beats, where the median beat has not done so, and look for atria."""
        peaks = finding.r_peaks
        labels = None if representative is None else representative.labels
        if labels is None:
            labels = label_beats(signal, fs, peaks, None if spikes is None else spikes.positions)
        beats = labels.windows
        other = ~labels.is_class(BeatClass.DOMINANT, BeatClass.SUPRAVENTRICULAR)
        other |= _every_other(labels.is_class(BeatClass.SUPRAVENTRICULAR))
        cells = atrial_cells(signal, fs, peaks, other, beats)
        return cls(signal, fs, names, peaks, labels, beats, cells, fiducials, representative,
                   spikes, finding.spans)  # fmt: skip

    @cached_property
    def seconds(self) -> Floats:
        """Times of the beats from the start."""
        return np.asarray(self.peaks / self.fs)

    @cached_property
    def intervals(self) -> Floats:
        """RR intervals in seconds."""
        return np.asarray(self.seconds[1:] - self.seconds[:-1])

    @cached_property
    def rate(self) -> float:
        """Beats a minute over the whole recording."""
        return 60.0 / mean(self.intervals)

    def share(self, *kinds: BeatClass) -> float:
        """Share of the beats that are of these classes, 0 to 1."""
        return sum(one in kinds for one in self.labels.classes) / len(self.labels.classes)

    @cached_property
    def conduction(self) -> Conduction | None:
        """What P waves without QRS complexes are looked for with; None for long recordings."""
        if self.beats is None:
            return None
        conducted = self.labels.is_class(BeatClass.DOMINANT)
        if np.count_nonzero(conducted) < FEWEST:
            conducted = np.ones(self.peaks.size, bool)
        plain = conducted[1:] & conducted[:-1]
        usual = float(middle(self.intervals[plain] if plain.any() else self.intervals))
        return Conduction(self.signal, self.fs, self.peaks, self.beats, conducted, usual)

    @cached_property
    def growing_pr(self) -> tuple[Finding, ...]:
        """Wenckebach's periods, where the beats come in groups."""
        above = self.share(BeatClass.DOMINANT, BeatClass.SUPRAVENTRICULAR)
        narrow = not self.broad and above > MOSTLY
        known = self.conduction if narrow else None
        return () if known is None else wenckebach(known)

    @cached_property
    def usual(self) -> NDArray[np.bool_]:
        """Beats of the dominant class and shape."""
        return self.labels.is_class(BeatClass.DOMINANT) & (self.labels.likeness > ALIKE)

    @property
    def qtc(self) -> float | None:
        """QT of the median beat in ms, after Fridericia with its members' usual interval."""
        one, qt = self.representative, self._between("qrs_on", "t_off")
        if one is None or not qt > 0 or one.kind is not BeatClass.DOMINANT:
            return None
        before = one.members[one.members > 0]
        rr = self.intervals[before - 1]
        return None if rr.size == 0 else qt / float(np.cbrt(middle(rr)))

    @cached_property
    def qrs(self) -> float:
        """QRS duration of the median beat in ms, NaN where not known."""
        return self._between("qrs_on", "qrs_off")

    @cached_property
    def slowness(self) -> float:
        """Of the dominant beats' QRS complexes, in ms."""
        return float(middle(self.labels.width[self.labels.dominant]))

    @cached_property
    def broad(self) -> bool:
        """Whether the dominant QRS complex is wide or slow."""
        return self.qrs >= WIDE or self.slowness >= BROAD

    @property
    def spread(self) -> float:
        """Mean deviation of the intervals from their median, as a share of it."""
        usual = float(middle(self.intervals))
        return mean(np.abs(self.intervals - usual)) / usual

    @property
    def share_with_p(self) -> float:
        """Share of the beats in which the delineation finds a P wave, NaN where not delineated."""
        if self.fiducials is None:
            return np.nan
        points = self.fiducials.overall or self.fiducials
        return float((points.p_on >= 0).mean())

    @property
    def pr(self) -> float:
        """PR interval of the median beat in ms, NaN where not known."""
        return self._between("p_on", "qrs_on")

    def _between(self, first: str, last: str) -> float:
        if self.representative is None:
            return np.nan
        points = self.representative.fiducials.overall or self.representative.fiducials
        a, b = (int(getattr(points, name).flat[0]) for name in (first, last))
        return 1000 * (b - a) / self.fs if min(a, b) >= 0 else np.nan

    def middle(self, name: str) -> float:
        """Median of a figure over the cells, NaN where none is known."""
        values = [getattr(one.evidence, name) for one in self.cells if one.evidence is not None]
        known = [value for value in values if isfinite(value)]
        return median(known) if known else np.nan

    def clear_leads(self) -> tuple[str, ...]:
        """Names of the leads in which P waves (or their absence) are told best."""
        counted = Counter(
            lead for one in self.cells if one.evidence is not None for lead in one.evidence.p_leads
        )
        return tuple(
            self.names[lead] for lead, _ in counted.most_common(3) if lead < len(self.names)
        )


def _every_other(early: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Early beats where exactly every other one is early; none elsewhere."""
    at = early.nonzero()[0]
    in_turn = at.size >= IN_TURN and (at[1:] - at[:-1] == 2).all()
    return early if in_turn else np.zeros(early.size, bool)

"""Our fiducial points, or another's, against the marks of a database.

A mark and a found point belong together when each is the other's nearest and they are no more
than 150 ms apart. Points outside of the span that is marked in a lead say nothing and are left
out: LUDB marks the inner beats only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.wave_database import Wave, WaveRecord
from farlead_signal.delineation import Fiducials

#: Points of the comparison: wave, and column of its rows of marks.
POINTS: Mapping[str, tuple[Wave, int]] = {
    "p_on": (Wave.P, 0),
    "p_peak": (Wave.P, 1),
    "p_off": (Wave.P, 2),
    "qrs_on": (Wave.QRS, 0),
    "qrs_off": (Wave.QRS, 2),
    "t_on": (Wave.T, 0),
    "t_peak": (Wave.T, 1),
    "t_off": (Wave.T, 2),
}
#: Farthest that a found point may be from its mark, in seconds.
WITHIN = 0.150

Samples: TypeAlias = NDArray[np.int64]
#: Found points of each lead, by the names of POINTS.
Found: TypeAlias = Mapping[str, list[Samples]]


@dataclass(frozen=True, slots=True, eq=False)
class PointScore:
    """How one kind of point was found.

    Parameters
    ----------
    errors : ndarray of float64
        Found minus marked, in milliseconds, of all pairs.
    missed : int
        Marks without a found point.
    extra : int
        Found points without a mark, within the marked spans.
    """

    errors: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    missed: int = 0
    extra: int = 0

    def __add__(self, other: "PointScore") -> "PointScore":
        """Both together."""
        errors = np.concatenate([self.errors, other.errors])
        return PointScore(errors, self.missed + other.missed, self.extra + other.extra)

    @property
    def mean(self) -> float:
        """Mean error in milliseconds; NaN without pairs."""
        return float(self.errors.mean()) if self.errors.size else float("nan")

    @property
    def sd(self) -> float:
        """Standard deviation of the errors in milliseconds; NaN below two pairs."""
        return float(self.errors.std(ddof=1)) if self.errors.size > 1 else float("nan")

    @property
    def sensitivity(self) -> float:
        """Share of the marks that have a found point, 0 to 1; NaN without marks."""
        marked = self.errors.size + self.missed
        return self.errors.size / marked if marked else float("nan")

    @property
    def ppv(self) -> float:
        """Share of the found points that have a mark, 0 to 1; NaN without found points."""
        found = self.errors.size + self.extra
        return self.errors.size / found if found else float("nan")


def score_points(
    marks: Samples, found: Samples, fs: float, span: tuple[int, int] | None = None
) -> PointScore:
    """Found points against marks.

    Parameters
    ----------
    marks, found : ndarray of int64
        Samples; what is below zero is no point.
    fs : float
        Hertz.
    span : (int, int), optional
        First and last marked sample of the lead; without it points count as extra everywhere.
    """
    marks, found = np.unique(marks[marks >= 0]), np.unique(found[found >= 0])
    to_found, to_mark = _nearest(marks, found), _nearest(found, marks)
    errors = np.zeros(0)
    if marks.size and found.size:
        mutual = to_mark[to_found] == np.arange(marks.size)
        errors = 1000 / fs * (found[to_found] - marks)[mutual]
        errors = errors[np.abs(errors) <= 1000 * WITHIN + 1e-6]
    inside = found.size if span is None else int(((found >= span[0]) & (found <= span[1])).sum())
    return PointScore(errors, marks.size - errors.size, max(0, inside - errors.size))


def _nearest(points: Samples, others: Samples) -> Samples:
    """Index of the nearest other of each point; the earlier of two equally near ones."""
    if others.size == 0:
        return np.zeros(0, np.int64)
    after = np.minimum(np.searchsorted(others, points), others.size - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(points - others[before]) <= np.abs(others[after] - points)
    return np.asarray(np.where(nearer, before, after), np.int64)


def by_lead(fiducials: Fiducials) -> dict[str, list[Samples]]:
    """Our points, as :func:`score_record` wants them."""
    return {name: list(np.atleast_2d(getattr(fiducials, name))) for name in POINTS}


def score_record(record: WaveRecord, found: Found) -> dict[str, PointScore]:
    """Points of one record, all leads together.

    Parameters
    ----------
    record : WaveRecord
    found : mapping of str to list of ndarray of int64
        For each name of :data:`POINTS` the samples found in each lead.
    """
    score = _joint if record.joint else _each_lead
    return {name: score(record, found[name], *which) for name, which in POINTS.items()}


def _each_lead(record: WaveRecord, points: list[Samples], wave: Wave, column: int) -> PointScore:
    score = PointScore()
    for marks, lead in zip(record.marks, points, strict=True):
        score += score_points(marks.rows[wave][:, column], lead, record.fs, marks.span)
    return score


def _joint(record: WaveRecord, points: list[Samples], wave: Wave, column: int) -> PointScore:
    """Each mark against the lead that is nearest to it; extra is what the best lead has."""
    marks, span = record.marks[0].rows[wave][:, column], record.marks[0].span
    nearest = score_points(marks, np.concatenate(points), record.fs, span)
    extra = min(score_points(marks, lead, record.fs, span).extra for lead in points)
    return PointScore(nearest.errors, nearest.missed, extra)


def total(scores: Iterable[Mapping[str, PointScore]]) -> dict[str, PointScore]:
    """Pairs, misses and extras of many records together."""
    summed = {name: PointScore() for name in POINTS}
    for each in scores:
        summed = {name: score + each[name] for name, score in summed.items()}
    return summed

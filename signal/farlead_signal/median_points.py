"""Fiducial points of the median beat: the middle ones of its members.

The median beat is not delineated a second time. Its members have been, each averaged with its
like, and the middle of their points hangs on no single one of them. A wave that most members do
not have is absent, whatever their median seems to show.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.delineation import ABSENT, POINTS, UNKNOWN, Fiducials
from farlead_signal.order import in_order
from farlead_signal.overall import over_leads

Ints: TypeAlias = NDArray[np.int64]

#: The mean of the members' points so near to the middle one, in seconds: points are whole
#: samples, and their mean is finer.
NEAR = 0.012
QRS_ON = POINTS.index("qrs_on")


def of_members(
    fiducials: Fiducials, members: Ints, moved: Ints, width: int, fs: float
) -> Fiducials:
    """Points of the median beat, in indices of its window.

    Parameters
    ----------
    fiducials : Fiducials
        Of all beats, in samples of the recording.
    members : ndarray of int64, shape (members,)
        Beats that made the median.
    moved : ndarray of int64, shape (members,)
        Index in the window less sample of the recording, of each member.
    width : int
        Samples of the window; what lies outside is unknown.
    fs : float
        Hertz.
    """
    points = np.array([getattr(fiducials, name) for name in POINTS])
    # Members, points, leads: sums over the first axis are quick.
    every = points.reshape(len(POINTS), -1, points.shape[-1]).transpose(2, 0, 1).take(members, 0)
    inside = every + moved[:, None, None]
    known = (every >= 0) & (inside >= 0) & (inside < width)
    count = np.add.reduce(known, dtype=np.int64)
    absent = np.add.reduce(every == ABSENT, dtype=np.int64)
    ordered = np.sort(np.where(known, inside, np.inf), axis=0)
    near = np.abs(ordered - _middle(ordered, count)) <= max(NEAR * fs, 1.0)
    total, number = np.add.reduce(np.where(near, ordered, 0)), np.add.reduce(near, dtype=np.int64)
    leads = np.where(count > 0, total / np.maximum(number, 1), np.inf)
    leads = np.where(absent > count, np.nan, leads)[..., None]
    every_lead = np.concatenate([leads, over_leads(leads, fs)[:, None]], axis=1)
    every_lead = in_order(every_lead, fs, alone=True)
    onset = every_lead[QRS_ON, -1]
    # Intervals are rounded, not their ends: all points move with the QRS onset to a sample.
    known_onset = np.where(np.isfinite(onset), onset, 0)
    points = _samples(every_lead + (np.rint(known_onset) - known_onset))
    of_leads, of_all = points[:, :-1], points[:, -1]
    r_peaks = (fiducials.r_peaks[members[:1]] + moved[:1]).astype(np.int64)
    named = dict(zip(POINTS, of_leads, strict=True))
    whole = Fiducials(**dict(zip(POINTS, of_all, strict=True)), r_peaks=r_peaks)
    return Fiducials(**named, r_peaks=r_peaks, overall=whole)


def _middle(ordered: NDArray[np.float64], count: Ints) -> NDArray[np.float64]:
    """Median of the first so many of each column, 0 where there is none."""
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, len(ordered) - 1)
    values, place = ordered.reshape(-1), np.arange(count.size).reshape(count.shape)
    both = values.take(place + count.size * low) + values.take(place + count.size * high)
    return np.where(count > 0, 0.5 * both, 0)


def _samples(points: NDArray[np.floating]) -> Ints:
    known = np.isfinite(points)
    whole = np.rint(np.where(known, points, 0)).astype(np.int64)
    return np.asarray(np.where(known, whole, np.where(np.isnan(points), ABSENT, UNKNOWN)))

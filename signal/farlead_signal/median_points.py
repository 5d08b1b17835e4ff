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
    every = np.stack([np.atleast_2d(getattr(fiducials, name))[:, members] for name in POINTS])
    inside = every + moved
    known = (every >= 0) & (inside >= 0) & (inside < width)
    count, absent = known.sum(2), (every == ABSENT).sum(2)
    ordered = np.sort(np.where(known, inside, np.inf).reshape(-1, members.size), axis=1)
    number = count.reshape(-1)
    low, high = np.maximum(number - 1, 0) // 2, np.minimum(number // 2, members.size - 1)
    start, values = np.arange(0, ordered.size, members.size), ordered.reshape(-1)
    middle = np.where(number > 0, 0.5 * (values.take(start + low) + values.take(start + high)), 0)
    near = np.abs(ordered - middle[:, None]) <= max(NEAR * fs, 1.0)
    found = np.where(near, ordered, 0).sum(1) / np.maximum(near.sum(1), 1)
    leads = np.where(number > 0, found, np.inf).reshape(count.shape)
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


def _samples(points: NDArray[np.floating]) -> Ints:
    known = np.isfinite(points)
    whole = np.rint(np.where(known, points, 0)).astype(np.int64)
    return np.asarray(np.where(known, whole, np.where(np.isnan(points), ABSENT, UNKNOWN)))

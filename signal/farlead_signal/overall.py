"""Points over all leads: the earliest onset and the latest offset that another lead supports.

A global interval begins with the earliest onset and ends with the latest offset of any lead (IEC
60601-2-25, definitions of the global measurements; CSE working party, doi:10.1093/oxfordjournals.
eurheartj.a061863). A single lead with noise in it would decide alone; so the outermost point counts
only if others lie near it, else the next one is asked.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating]

#: So many other leads support a point where so many leads have one.
SUPPORTERS = ((6, 2), (3, 1))
#: How near they are, in seconds, for P on, P off, QRS on, QRS off, T on and T off: the steps in
#: which readers of one ECG differ, wider for T.
NEAR = (0.012, 0.012, 0.008, 0.010, 0.020, 0.016)
#: The outermost of many leads' points lies outward of the truth by their scatter, in seconds.
MANY, OUTWARD = 6, 0.002
#: Rows of the onsets and offsets among the points, which of them are onsets, and rows of the peaks.
EDGES, ONSETS, PEAKS = (0, 2, 3, 4, 5, 7), (1, -1, 1, -1, 1, -1), (1, 6)


def over_leads(points: Floats, fs: float) -> Floats:
    """Points over all leads.

    Parameters
    ----------
    points : ndarray, shape (8, leads, beats)
        P on, peak, off, QRS on, off, T on, peak, off; NaN is absent, infinity unknown.
    fs : float
        Samples a second of the points.

    Returns
    -------
    ndarray, shape (8, beats)
        Absent where it is in some lead and found in none.
    """
    known = np.isfinite(points)
    side = np.array(ONSETS)[:, None]
    edges = np.where(known[list(EDGES)], side[..., None] * points[list(EDGES)], np.inf)
    found = np.empty((len(points), points.shape[2]))
    outward = np.where(np.isfinite(edges).sum(1) >= MANY, OUTWARD * fs, 0)
    found[list(EDGES)] = side * (_earliest(edges, np.array(NEAR)[:, None] * fs) + outward)
    peaks = np.sort(np.where(known[list(PEAKS)], points[list(PEAKS)], np.inf), axis=1)
    found[list(PEAKS)] = _middle(peaks, known[list(PEAKS)].sum(1))
    nothing = np.where(np.isnan(points).any(1), np.nan, np.inf)
    return np.where(known.any(1), found, nothing)


def _earliest(points: Floats, near: Floats) -> Floats:
    """Smallest value that enough others lie near behind; the middle one when there is none.

    Parameters
    ----------
    points : ndarray, shape (kinds, leads, beats)
        Infinite where there is none.
    near : ndarray, shape (kinds, 1)
    """
    ordered = np.sort(points, axis=1)
    count = np.isfinite(ordered).sum(1)
    found, fallback = ordered[:, 0], _middle(ordered, count)
    for least, supporters in reversed(SUPPORTERS):
        if ordered.shape[1] < least:
            continue
        ahead, behind = ordered[:, :-supporters], ordered[:, supporters:]
        held = np.isfinite(behind) & (behind <= ahead + near[:, None])
        first = np.take_along_axis(ahead, held.argmax(1)[:, None], 1)[:, 0]
        found = np.where(count >= least, np.where(held.any(1), first, fallback), found)
    return np.asarray(found)


def _middle(ordered: Floats, count: NDArray[np.integer]) -> Floats:
    """Median of the finite values, which come first along the second axis."""
    places = np.stack(
        [np.maximum(count - 1, 0) // 2, np.minimum(count // 2, ordered.shape[1] - 1)], 1
    )
    both = np.take_along_axis(ordered, places, 1)
    return np.asarray(0.5 * (both[:, 0] + both[:, 1]))

"""Points over all leads: the earliest onset and the latest offset that another lead supports.

A global interval begins with the earliest onset and ends with the latest offset of any lead (IEC
60601-2-25, definitions of the global measurements; CSE working party, doi:10.1093/oxfordjournals.
eurheartj.a061863). A single lead with noise in it would decide alone; so the outermost point counts
only if others lie near it, else the next one is asked.
"""

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating]

#: So many other leads support a point where so many leads have one.
SUPPORTERS = ((6, 2), (3, 1))
#: How near they are, in seconds, for P on, P off, QRS on, QRS off, T on and T off: the steps in
#: which readers of one ECG differ, wider for T.
NEAR = (0.012, 0.012, 0.008, 0.010, 0.020, 0.016)
_NEAR = np.array(NEAR)[:, None, None]
#: The outermost of many leads' points lies outward of the truth by their scatter, in seconds.
MANY, OUTWARD = 6, 0.002
#: Rows of the onsets and offsets among the points, and which of all points are not offsets.
EDGES = np.array((0, 2, 3, 4, 5, 7))
SIDE = np.array((1, 1, -1, 1, -1, 1, 1, -1))[:, None]
#: Rows of the peaks.
PEAKS = np.array((1, 6))


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
    count = np.add.reduce(known, 1, np.int64)
    ordered = np.sort(np.where(known, SIDE[..., None] * points, np.inf), axis=1)
    found = _middle(ordered, count)
    edges, of_edges = ordered[EDGES], count[EDGES]
    outward = (of_edges >= MANY) * (OUTWARD * fs)
    found[EDGES] = _earliest(edges, of_edges, found[EDGES], _NEAR * fs) + outward
    found *= SIDE
    if count.all():
        return found
    nothing = np.where(np.isnan(points).any(1), np.nan, np.inf)
    return np.where(count > 0, found, nothing)


def _earliest(
    ordered: Floats, count: NDArray[np.integer], fallback: Floats, near: Floats
) -> Floats:
    """Smallest value that enough others lie near behind; the middle one when there is none.

    Parameters
    ----------
    ordered : ndarray, shape (kinds, leads, beats)
        Ascending, infinite where there is none.
    count, fallback : ndarray, shape (kinds, beats)
        Finite values, and the middle one.
    near : ndarray, shape (kinds, 1, 1)
    """
    found = ordered[:, 0]
    rules = SUPPORTERS[:1] if count.min() >= SUPPORTERS[0][0] else SUPPORTERS[::-1]
    for least, supporters in rules:
        if ordered.shape[1] < least:
            continue
        ahead, behind = ordered[:, :-supporters], ordered[:, supporters:]
        held = np.isfinite(behind) & (behind <= ahead + near)
        first = _taken(ordered, held.argmax(1))
        found = np.where(count >= least, np.where(held.any(1), first, fallback), found)
    return np.asarray(found)


def _middle(ordered: Floats, count: NDArray[np.integer]) -> Floats:
    """Median of the finite values, which come first along the second axis."""
    low, high = np.maximum(count - 1, 0) // 2, np.minimum(count // 2, ordered.shape[1] - 1)
    return 0.5 * (_taken(ordered, low) + _taken(ordered, high))


def _taken(ordered: Floats, places: NDArray[np.integer]) -> Floats:
    """Values of shape (kinds, beats) at places along the second axis."""
    start = _starts(*ordered.shape)
    return np.asarray(ordered.reshape(-1).take(start + ordered.shape[2] * places))


@lru_cache(maxsize=64)
def _starts(kinds: int, leads: int, beats: int) -> NDArray[np.int64]:
    """Places of the first lead in an array of this shape."""
    return np.arange(0, kinds * leads * beats, leads * beats)[:, None] + np.arange(beats)

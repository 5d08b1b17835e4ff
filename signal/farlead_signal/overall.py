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
#: How near they are, in seconds: the steps in which readers of one ECG differ, wider for T's end.
NEAR = {"p_on": 0.012, "p_off": 0.012, "qrs_on": 0.008, "qrs_off": 0.010, "t_on": 0.020}
NEAR_T_OFF = 0.016
#: Points of which the earliest, the latest, and the middle one counts.
EARLIEST, LATEST = ("p_on", "qrs_on", "t_on"), ("p_off", "qrs_off", "t_off")


def over_leads(name: str, points: Floats, fs: float) -> Floats:
    """One kind of point over all leads.

    Parameters
    ----------
    name : str
        Such as ``p_on``.
    points : ndarray, shape (leads, beats)
        Not finite where a lead has none.
    fs : float
        Samples a second of the points.

    Returns
    -------
    ndarray, shape (beats,)
        NaN where no lead has one.
    """
    known = np.where(np.isfinite(points), points, np.inf)
    if name in EARLIEST:
        return _earliest(known, NEAR[name] * fs)
    if name in LATEST:
        return -_earliest(np.where(np.isinf(known), known, -known), NEAR.get(name, NEAR_T_OFF) * fs)
    return _middle(np.sort(known, axis=0))


def _earliest(points: Floats, near: float) -> Floats:
    """Smallest value that enough others lie near behind; the middle one when there is none."""
    ordered = np.sort(points, axis=0)
    count = np.isfinite(ordered).sum(0)
    found = np.where(count > 0, ordered[0] if len(ordered) else np.nan, np.nan)
    for least, supporters in reversed(SUPPORTERS):
        if len(ordered) < least:
            continue
        with np.errstate(invalid="ignore"):
            held = ordered[supporters:] - ordered[:-supporters] <= near
        first = np.take_along_axis(ordered, held.argmax(0)[None], 0)[0]
        found = np.where(count >= least, np.where(held.any(0), first, _middle(ordered)), found)
    return np.asarray(found)


def _middle(ordered: Floats) -> Floats:
    """Median of the finite values of each column, which come first."""
    count = np.isfinite(ordered).sum(0)
    if len(ordered) == 0:
        return np.full(ordered.shape[1], np.nan)
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    both = np.take_along_axis(ordered, np.stack([low, np.minimum(high, len(ordered) - 1)]), 0)
    return np.where(count > 0, 0.5 * (both[0] + np.where(count > 0, both[1], 0)), np.nan)

"""Points in the order in which a heart makes them.

Onsets, peaks and offsets are found each by itself and drawn to the middle of the leads each by
itself; so a wave can come out of order by a little, which is mended, or by more, which means that
one of its points belongs to something else: then the whole wave is unknown.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

#: Waves may overlap by this and are then cut where the later, or the QRS complex, begins, in
#: seconds: the scatter of one point.
OVERLAP = 0.012
#: Where the points of each wave stand.
P, QRS, T = slice(0, 3), slice(3, 5), slice(5, 8)


def in_order(points: Floats, fs: float, *, alone: bool = False) -> Floats:
    """Points that ascend from P onset to T offset and on to the next beat.

    Parameters
    ----------
    points : ndarray, shape (8, ..., beats)
        P onset, peak, offset, QRS onset, offset, T onset, peak, offset in samples of the
        recording, beats ascending; NaN is absent, infinite unknown.
    fs : float
        Hertz.
    alone : bool
        The beats do not follow one another.

    Returns
    -------
    ndarray, shape (8, ..., beats)
        P and T are unknown as a whole where their order is wrong, and all waves of a beat
        whose QRS offset does not follow its onset.
    """
    kept, most, known = points.copy(), OVERLAP * fs, np.isfinite(points)
    p, qrs, t = kept[P], kept[QRS], kept[T]
    whole_p, whole_qrs, whole_t = (np.logical_and.reduce(known[part]) for part in (P, QRS, T))
    wrong = qrs[0] >= qrs[1]
    for wave, whole in ((p, whole_p), (qrs, whole_qrs), (t, whole_t)):
        _unknown(wave, whole & wrong)
    p[2] = np.where(p[2] <= qrs[0] + most, np.minimum(p[2], qrs[0]), p[2])
    _unknown(p, whole_p & ((p[0] > p[1]) | (p[1] > p[2]) | (p[2] > qrs[0])))
    t[0] = np.where(t[0] >= qrs[1] - most, np.maximum(t[0], qrs[1]), t[0])
    if not alone:
        next_wave = np.where(np.isfinite(p[0]), p[0], qrs[0])[..., 1:]
        last = t[2, ..., :-1]
        t[2, ..., :-1] = np.where(np.isfinite(last) & (last > next_wave), next_wave, last)
    early = np.isfinite(qrs[1]) & (t[0] < qrs[1])
    _unknown(t, whole_t & ((t[0] > t[1]) | (t[1] > t[2]) | early))
    return kept


def _unknown(wave: Floats, wrong: NDArray[np.bool_]) -> None:
    """Mark waves as unknown, in place."""
    if wrong.any():
        wave[:, wrong] = np.inf

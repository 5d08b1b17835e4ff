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
    kept, most = points.copy(), OVERLAP * fs
    p, qrs, t = kept[:3], kept[3:5], kept[5:]
    with np.errstate(invalid="ignore"):
        wrong = qrs[0] >= qrs[1]
        for wave in (p, qrs, t):
            _unknown(wave, wrong)
        p[2] = np.where(_known(p[2], qrs[0]) & (p[2] <= qrs[0] + most), _less(p[2], qrs[0]), p[2])
        _unknown(p, (p[0] > p[1]) | (p[1] > p[2]) | (_known(p[2], qrs[0]) & (p[2] > qrs[0])))
        t[0] = np.where(
            _known(t[0], qrs[1]) & (t[0] >= qrs[1] - most), -_less(-t[0], -qrs[1]), t[0]
        )
        following = np.full(qrs[0].shape, np.inf)
        if not alone:
            following[..., :-1] = np.where(np.isfinite(p[0]), p[0], qrs[0])[..., 1:]
        t[2] = np.where(_known(t[2], following), _less(t[2], following), t[2])
        early = _known(t[0], qrs[1]) & (t[0] < qrs[1])
        _unknown(t, (t[0] > t[1]) | (t[1] > t[2]) | early)
    return kept


def _known(*points: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.logical_and.reduce([np.isfinite(point) for point in points]))


def _less(point: Floats, limit: Floats) -> Floats:
    return np.asarray(np.minimum(point, limit))


def _unknown(wave: Floats, wrong: NDArray[np.bool_]) -> None:
    """Mark waves, in place, whose known points are in the wrong order."""
    wave[:, wrong & np.isfinite(wave).all(axis=0)] = np.inf

"""Pacing spikes taken out of a signal, so that they are not measured as waves of the heart."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: A spike and what the filters of the amplifier leave of it: from so long before its place to
#: so long after it, in seconds. A bridge of 8 ms hides no wave.
FROM, TO = 0.003, 0.005


def without_spikes(
    signal: NDArray[np.floating], fs: float, spikes: ArrayLike
) -> NDArray[np.floating]:
    """The signal with a straight line in place of each pacing spike.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts.
    fs : float
        Hertz.
    spikes : array_like of int
        Samples.

    Returns
    -------
    ndarray, shape (leads, n)
        The signal itself when there are no spikes, else a new array.
    """
    places = np.asarray(spikes, np.int64).ravel()
    n = signal.shape[1]
    places = places[(places >= 0) & (places < n)]
    if places.size == 0:
        return signal
    before, after = max(1, round(FROM * fs)), max(1, round(TO * fs))
    first, last = np.maximum(places - before, 0), np.minimum(places + after, n - 1)
    share = np.linspace(0.0, 1.0, before + after + 1)
    at = np.rint(first[:, None] + share * (last - first)[:, None]).astype(np.int64)
    bridged = signal.copy()
    begin, end = signal[:, first, None], signal[:, last, None]
    bridged[:, at] = begin + share * (end - begin)
    return bridged

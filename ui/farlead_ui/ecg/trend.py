"""What the bar below a long recording shows: rate over time, in pixel columns; no Qt."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: Fewer beats than this are no trend.
LEAST_BEATS = 30


def rates(
    r_peaks: Sequence[int] | NDArray[np.integer], fs: float, duration: float, width: int
) -> tuple[Floats, Floats]:
    """Lowest and highest rate of each pixel column.

    Parameters
    ----------
    r_peaks : sequence of int
        R positions in samples, growing.
    fs : float
        Sampling rate in hertz.
    duration : float
        Seconds of the recording.
    width : int
        Pixel columns.

    Returns
    -------
    low, high : ndarray of float32, shape (width,)
        Beats a minute, from the single intervals; NaN where no interval ends.
    """
    low, high = np.full(width, np.nan, np.float32), np.full(width, np.nan, np.float32)
    at = np.asarray(r_peaks, np.float64) / fs
    apart = np.diff(at)
    known = apart > 0
    rate, column = 60.0 / apart[known], (at[1:][known] / duration * width).astype(np.intp)
    if rate.size:
        column = np.clip(column, 0, width - 1)
        filled, first = np.unique(column, return_index=True)
        low[filled] = np.minimum.reduceat(rate, first)
        high[filled] = np.maximum.reduceat(rate, first)
    return low, high

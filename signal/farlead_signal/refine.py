"""From the envelope's maximum to the peak sample of the QRS complex."""

import numpy as np
from numpy.typing import NDArray

from farlead_signal.envelope import Grid
from farlead_signal.levels import BLOCK

#: The peak lies within this distance of the envelope's maximum, in seconds.
REACH = 0.060


def refine(
    samples: NDArray[np.floating],
    positions: NDArray[np.int64],
    weights: NDArray[np.float32],
    grid: Grid,
) -> NDArray[np.int64]:
    """Peak samples of the beats, in the lead that shows them best at the time.

    Parameters
    ----------
    samples : ndarray, shape (leads, n)
    positions : ndarray of int64
        Envelope samples.
    weights : ndarray, shape (leads, blocks)

    Returns
    -------
    ndarray of int64
        Ascending, in samples. The peak is the sample farthest from the line between the two
        ends of the window around the envelope's maximum.
    """
    if positions.size == 0:
        return positions.astype(np.int64)
    n = samples.shape[1]
    centres = np.minimum(positions * grid.step + grid.step // 2, n - 1)
    reach = max(1, round(REACH * grid.fs))
    index = np.clip(centres[:, None] + np.arange(-reach, reach + 1), 0, n - 1)
    block = np.minimum(positions // (grid.size * BLOCK), weights.shape[1] - 1)
    best = weights.argmax(0)[block] if samples.shape[0] > 1 else np.zeros(positions.size, int)
    window = samples[best[:, None], index]
    window = window - 0.5 * (window[:, :1] + window[:, -1:])
    peaks = index[np.arange(positions.size), np.abs(window).argmax(1)]
    return np.unique(peaks.astype(np.int64))

"""From the envelope's maximum to the peak sample of the QRS complex."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from farlead_signal.envelope import Grid
from farlead_signal.levels import BLOCK

#: The peak lies within this distance of the envelope's maximum, in seconds.
REACH = 0.060
#: Beats refined at once: their windows stay in the processor's cache.
TOGETHER = 1024


def refine(
    samples: NDArray[np.floating],
    positions: list[NDArray[np.int64]],
    weights: NDArray[np.float32],
    grid: Grid,
) -> list[NDArray[np.int64]]:
    """Peak samples of the beats, in the lead that shows them best at the time.

    Parameters
    ----------
    samples : ndarray, shape (recordings, leads, n)
    positions : list of ndarray of int64
        Envelope samples of the beats of each recording.
    weights : ndarray, shape (recordings, leads, blocks)

    Returns
    -------
    list of ndarray of int64
        Ascending, in samples: beats are farther apart than two reaches. The peak is the sample
        farthest from the line between the two ends of the window around the envelope's maximum.
    """
    recordings, leads, n = samples.shape
    counts = [part.size for part in positions]
    if sum(counts) == 0:
        return [np.zeros(0, np.int64) for _ in positions]
    which = np.repeat(np.arange(recordings), counts)
    places = np.concatenate(positions)
    reach = min(max(1, round(REACH * grid.fs)), (n - 1) // 2)
    start = np.clip(places * grid.step + grid.step // 2 - reach, 0, n - 1 - 2 * reach)
    row = which * leads
    if leads > 1:
        block = np.minimum(places // (grid.size * BLOCK), weights.shape[2] - 1)
        row = row + weights.argmax(1)[which, block]
    windows = sliding_window_view(samples.reshape(-1), 2 * reach + 1)
    offset = row * n
    peaks = start
    for first in range(0, start.size, TOGETHER):
        part = slice(first, first + TOGETHER)
        peaks[part] += _farthest(windows[offset[part] + start[part]])
    return np.split(peaks, np.cumsum(counts)[:-1])


def _farthest(windows: NDArray[np.floating]) -> NDArray[np.intp]:
    """Index of the sample farthest from the line between both ends, for each row."""
    ends = windows[:, :1] + windows[:, -1:]
    apart = np.abs(windows - ends * windows.dtype.type(0.5))
    return np.asarray(apart.argmax(1))

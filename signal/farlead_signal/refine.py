"""From the envelope's maximum to the peak sample of the QRS complex."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from farlead_signal.envelope import Grid
from farlead_signal.levels import BLOCK

Ints = NDArray[np.int64]

#: The peak lies within REACH of the envelope's maximum, in seconds, and is what is farthest from
#: the mean within AROUND. A peak farther than CENTRED from where its window was put is looked
#: for once more around itself, so that it does not depend on where the envelope's samples lie.
REACH, AROUND, CENTRED = 0.050, 0.100, 0.028
#: The mean is that of so many samples, evenly spread.
MEAN_OF = 15
#: The second search may not lead farther than this from the envelope's maximum, in seconds.
FARTHEST = 0.065
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
        Ascending, in samples.
    """
    recordings, leads, n = samples.shape
    counts = [part.size for part in positions]
    if sum(counts) == 0:
        return [np.zeros(0, np.int64) for _ in positions]
    which = np.repeat(np.arange(recordings), counts)
    places = np.concatenate(positions)
    row = which * leads
    if leads > 1:
        block = np.minimum(places // (grid.size * BLOCK), weights.shape[2] - 1)
        row = row + weights.argmax(1)[which, block]
    flat = samples.reshape(-1)
    centres = np.minimum(places * grid.step + grid.step // 2, n - 1)
    peaks = _peaks(flat, row * n, centres, n, grid.fs)
    again = np.flatnonzero(np.abs(peaks - centres) > CENTRED * grid.fs)
    second = _peaks(flat, row[again] * n, peaks[again], n, grid.fs)
    near = np.abs(second - centres[again]) <= FARTHEST * grid.fs
    peaks[again[near]] = second[near]
    return [_ascending(part) for part in np.split(peaks, np.cumsum(counts)[:-1])]


def _peaks(flat: NDArray[np.floating], offset: Ints, centres: Ints, n: int, fs: float) -> Ints:
    """Peak around each centre, in the row of `n` samples that begins at each offset."""
    around = min(round(AROUND * fs), (n - 1) // 2)
    reach = min(max(1, round(REACH * fs)), around)
    start = offset + np.clip(centres - around, 0, n - 1 - 2 * around)
    mean_of = np.linspace(0, 2 * around, MEAN_OF).astype(np.int64)
    windows = sliding_window_view(flat, 2 * reach + 1)
    found = np.empty_like(start)
    for first in range(0, start.size, TOGETHER):
        part = start[first : first + TOGETHER]
        base = flat[part[:, None] + mean_of].mean(1, keepdims=True)
        apart = windows[part + (around - reach)] - base
        found[first : first + TOGETHER] = part + np.abs(apart, out=apart).argmax(1)
    return found - offset + (around - reach)


def _ascending(peaks: Ints) -> Ints:
    """Peaks as they are, or sorted and once each where two beats share a peak."""
    return peaks if bool((np.diff(peaks) > 0).all()) else np.unique(peaks)

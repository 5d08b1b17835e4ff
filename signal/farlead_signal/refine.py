"""From the envelope's maximum to the peak sample of the QRS complex.

The place of the maximum is interpolated between the envelope's samples, and everything around
it is weighted smoothly: the answer does not depend on where the envelope's samples happen to
lie in the recording, nor on whether a sample is just inside or just outside of a window.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from farlead_signal.envelope import Grid
from farlead_signal.fusion import Fused
from farlead_signal.levels import BLOCK

Ints = NDArray[np.int64]
Floats = NDArray[np.floating]

#: The peak is what is farthest from the mean around. Distance counts in full within WHOLE of
#: the envelope's maximum and not at all beyond REACH, in seconds: half a normal QRS complex,
#: and more than half of a wide one.
WHOLE, REACH = 0.040, 0.080
#: Half width of the window over which the mean is taken, in seconds.
AROUND = 0.150
#: The weights may move a peak by this at most, in seconds; it is looked for so far again.
MOVED = 0.008
#: Beats refined at once: bounds the memory of their windows.
TOGETHER = 2048


def refine(
    samples: NDArray[np.floating], positions: list[Ints], fused: Fused, grid: Grid
) -> list[Ints]:
    """Peak samples of the beats, in the lead that shows them best at the time.

    Parameters
    ----------
    samples : ndarray, shape (recordings, leads, n)
    positions : list of ndarray of int64
        Envelope samples of the beats of each recording.
    fused : Fused
        On what the beats were decided.

    Returns
    -------
    list of ndarray of int64
        Ascending, in samples.
    """
    _, leads, n = samples.shape
    counts = [part.size for part in positions]
    if sum(counts) == 0:
        return [np.zeros(0, np.int64) for _ in positions]
    which = np.arange(len(counts)).repeat(counts)
    places = np.concatenate(positions)
    row = which * leads
    if leads > 1:
        block = np.minimum(places // (grid.size * BLOCK), fused.weights.shape[2] - 1)
        row = row + fused.weights[which, :, block].argmax(1)
    centres = np.minimum(_centres(fused.curve, which, places, grid), n - 1)
    peaks = _peaks(samples.reshape(-1), row * n, centres, n, grid.fs)
    if len(counts) == 1:
        return [_ascending(peaks)]
    return [_ascending(part) for part in np.split(peaks, np.cumsum(counts)[:-1])]


def _centres(curve: NDArray[np.float32], which: Ints, places: Ints, grid: Grid) -> Ints:
    """Nearest sample to the top of a parabola through the envelope's maximum."""
    _, size, cells = curve.shape
    inner = np.minimum(np.maximum(places, 1), size * cells - 2)
    cell = inner // size
    within = inner - cell * size
    at = (which * size + within) * cells + cell
    wrap = (size - 1) * cells - 1  # from the first sample of a cell to the last of the one before
    flat = curve.reshape(-1)
    before = flat[np.where(within > 0, at - cells, at + wrap)]
    after = flat[np.where(within < size - 1, at + cells, at - wrap)]
    bent = np.maximum(2 * flat[at] - before - after, np.float32(1e-30))
    offset = np.minimum(np.maximum((after - before) / (2 * bent), -0.5), 0.5)
    samples = np.rint((inner + offset) * grid.step + 0.5 * (grid.step - 1))
    return np.asarray(samples, np.int64)


def _peaks(flat: Floats, offset: Ints, centres: Ints, n: int, fs: float) -> Ints:
    """Peak around each centre, in the row of `n` samples that begins at each offset."""
    mean_of, taper, moved = _window(fs)
    around, reach = mean_of.size // 2, taper.size // 2
    whole = reach // 2 - 1
    found = np.empty_like(centres)
    for first in range(0, centres.size, TOGETHER):
        part = slice(first, first + TOGETHER)
        windows = _windows(flat, offset[part], centres[part], n, around).astype(np.float32)
        base = windows @ mean_of
        inner = windows[:, around - reach : around + reach + 1] - base[:, None]
        apart = np.abs(inner, out=inner)
        top = (apart * taper).argmax(1)
        far = np.flatnonzero(np.abs(top - reach) > whole)
        if far.size:
            near = np.minimum(np.maximum(top[far, None] + moved, 0), 2 * reach)
            best = apart[far[:, None], near].argmax(1)
            top[far] = near[np.arange(far.size), best]
        found[part] = top - reach
    return np.asarray(np.minimum(np.maximum(centres + found, 0), n - 1), np.int64)


@lru_cache(maxsize=16)
def _window(fs: float) -> tuple[NDArray[np.float32], NDArray[np.float32], Ints]:
    """Weights of the mean, weights of the distance, and where a peak is looked for again."""
    around, reach = max(1, round(AROUND * fs)), max(1, round(REACH * fs))
    mean_of = np.hanning(2 * around + 3)[1:-1]
    beyond = (np.abs(np.arange(-reach, reach + 1)) / fs - WHOLE) / (REACH - WHOLE)
    taper = np.cos(0.5 * np.pi * np.minimum(np.maximum(beyond, 0), 1))
    again = max(1, round(MOVED * fs))
    return (
        (mean_of / mean_of.sum()).astype(np.float32),
        taper.astype(np.float32),
        np.arange(-again, again + 1),
    )


def _windows(flat: Floats, offset: Ints, centres: Ints, n: int, around: int) -> Floats:
    """Samples around each centre; beyond the ends of a row its last value goes on."""
    width = 2 * around + 1
    start = centres - around
    kept = np.minimum(np.maximum(start, 0), max(n - width, 0))
    if n < width:
        cut = np.arange(start.size)
        windows: Floats = np.empty((start.size, width), flat.dtype)
    else:
        cut = np.flatnonzero(kept != start)
        item = flat.itemsize
        every: Floats = np.ndarray(
            (flat.size - width + 1, width), flat.dtype, flat, 0, (item, item)
        )
        windows = every[offset + kept]
    if cut.size:
        inside = np.minimum(np.maximum(start[cut, None] + np.arange(width), 0), n - 1)
        windows[cut] = flat[offset[cut, None] + inside]
    return windows


def _ascending(peaks: Ints) -> Ints:
    """Peaks as they are, or sorted and once each where two beats share a peak."""
    return peaks if bool((peaks[1:] > peaks[:-1]).all()) else np.unique(peaks)

"""Running levels of an envelope: how high QRS complexes reach, and how high the rest does.

All arrays carry the cells or seconds on the last axis; leading axes (recordings, leads) are
independent of one another.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: Cells of one block: one second, in which a heart at 60/min or more beats at least once.
BLOCK = 10
#: Half width in blocks of the running statistics: 11 s in all, long enough to bridge a pause
#: of 3 s, short enough to follow a lead that slips.
HALF = 5
#: Quantile of the block maxima that stands for the QRS level; below the median, a heart
#: slower than 60/min would leave more blocks without than with a QRS.
LEVEL_QUANTILE = 0.55
#: Rank (from 0) within a block's ten cells that stands for the rest of the signal: at most
#: seven of ten cells hold parts of QRS and T at 180/min.
NOISE_RANK = 2
#: Envelope of amplifier noise and of the last bit of common converters, in millivolts.
NOISE_FLOOR = 0.001


def blocks(cells: Floats) -> Floats:
    """Cells of each block, shape (..., blocks, BLOCK); the last block ends with the signal."""
    count = cells.shape[-1]
    if count < BLOCK:
        pad = [(0, 0)] * (cells.ndim - 1) + [(0, BLOCK - count)]
        return np.pad(cells, pad, mode="symmetric")[..., None, :]
    whole = count // BLOCK * BLOCK
    inner = cells[..., :whole].reshape(*cells.shape[:-1], -1, BLOCK)
    if whole == count:
        return inner
    return np.concatenate([inner, cells[..., None, -BLOCK:]], axis=-2)


def running_quantile(values: Floats, half: int, quantile: float) -> Floats:
    """Order statistic of the 2 * half + 1 values around each, mirrored at the ends."""
    pad = [(0, 0)] * (values.ndim - 1) + [(half, half)]
    windows = sliding_window_view(np.pad(values, pad, mode="symmetric"), 2 * half + 1, axis=-1)
    rank = round(quantile * 2 * half)
    return np.asarray(np.partition(windows, rank, axis=-1)[..., rank])


def levels(cells: Floats) -> tuple[Floats, Floats]:
    """QRS level and noise level of each block.

    Parameters
    ----------
    cells : ndarray, shape (..., cells)
        Greatest envelope of each cell, in millivolts.

    Returns
    -------
    level, noise : ndarray, shape (..., blocks)
    """
    by_block = blocks(cells)
    level = running_quantile(by_block.max(-1), HALF, LEVEL_QUANTILE)
    low = np.partition(by_block, NOISE_RANK, axis=-1)[..., NOISE_RANK]
    noise = running_quantile(low, HALF, 0.5)
    return level, np.maximum(noise, np.float32(NOISE_FLOOR))


def to_cells(per_block: Floats, count: int) -> Floats:
    """Values of the blocks repeated for each of `count` cells."""
    last = per_block.shape[-1] - 1
    return per_block[..., np.minimum(np.arange(count) // BLOCK, last)]

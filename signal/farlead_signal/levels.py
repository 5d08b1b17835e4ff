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
#: The level is at least this share of the second greatest block maximum of the 11 s: with
#: beats so rare that most blocks hold none, the quantile alone would be the level of noise.
RARE_SHARE, RARE_QUANTILE = 0.65, 0.9
#: Rank (from 0) within the maxima of a block's ten cells that stands for the rest of the
#: signal: at most seven of ten cells hold parts of QRS and T at 180/min.
NOISE_RANK = 2
#: Above 180/min every cell holds a part of a QRS, but not all of the cell: the noise level is
#: at most this multiple of the block's middling cell minimum. In noise it is 2.7 times that.
VALLEY_RANK, VALLEY_MULTIPLE = 4, 4.0
#: Contrast, level over noise, from which a block is taken to hold QRS complexes, and its
#: geometric mean over 11 blocks. Gaussian noise of any colour has 2.0, at its luckiest in an
#: hour 3.0, and around a lucky block 2.5.
CONTRAST, CONTRAST_AROUND = 3.2, 2.6
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


def running_quantiles(values: Floats, half: int, *quantiles: float) -> list[Floats]:
    """Order statistics of the 2 * half + 1 values around each, mirrored at the ends."""
    pad = [(0, 0)] * (values.ndim - 1) + [(half, half)]
    windows = sliding_window_view(np.pad(values, pad, mode="symmetric"), 2 * half + 1, axis=-1)
    ranks = [round(quantile * 2 * half) for quantile in quantiles]
    ordered = np.partition(windows, sorted(set(ranks)), axis=-1)
    return [ordered[..., rank] for rank in ranks]


def levels(highest: Floats, lowest: Floats, floor: float = NOISE_FLOOR) -> tuple[Floats, Floats]:
    """QRS level and noise level of each block.

    Parameters
    ----------
    highest, lowest : ndarray, shape (..., cells)
        Greatest and least envelope of each cell.
    floor : float
        Least noise level.

    Returns
    -------
    level, noise : ndarray, shape (..., blocks)
    """
    by_block = blocks(highest)
    usual, rare = running_quantiles(by_block.max(-1), HALF, LEVEL_QUANTILE, RARE_QUANTILE)
    rest = np.partition(by_block, NOISE_RANK, axis=-1)[..., NOISE_RANK]
    valley = np.partition(blocks(lowest), VALLEY_RANK, axis=-1)[..., VALLEY_RANK]
    (noise,) = running_quantiles(rest, HALF, 0.5)
    (quiet,) = running_quantiles(valley, HALF, 0.5)
    noise = np.minimum(noise, np.float32(VALLEY_MULTIPLE) * quiet)
    return np.maximum(usual, np.float32(RARE_SHARE) * rare), np.maximum(noise, np.float32(floor))


def convincing(level: Floats, noise: Floats, seconds: float) -> NDArray[np.bool_]:
    """Blocks whose contrast is more than noise attains by luck, shape as `level`.

    Parameters
    ----------
    level, noise : ndarray, shape (..., blocks)
    seconds : float
        Length of the recording: the shorter it is, the more luck noise has.
    """
    contrast = level / noise
    luck = min(1.0 + 1.0 / seconds + 4.0 / seconds**2, 3.2)
    around = running_mean(np.log(np.maximum(contrast, np.float32(1e-3))), HALF)
    enough: NDArray[np.bool_] = contrast > CONTRAST * luck
    return enough & (around > np.log(CONTRAST_AROUND * luck))


def running_mean(values: Floats, half: int) -> Floats:
    """Mean of the 2 * half + 1 values around each, mirrored at the ends."""
    pad = [(0, 0)] * (values.ndim - 1) + [(half + 1, half)]
    total = np.cumsum(np.pad(values, pad, mode="symmetric"), axis=-1, dtype=np.float64)
    width = 2 * half + 1
    return ((total[..., width:] - total[..., :-width]) / width).astype(np.float32)


def to_cells(per_block: Floats, count: int) -> Floats:
    """Values of the blocks repeated for each of `count` cells."""
    last = per_block.shape[-1] - 1
    return per_block[..., np.minimum(np.arange(count) // BLOCK, last)]

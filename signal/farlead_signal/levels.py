"""Running levels of an envelope: how high QRS complexes reach, and how high the rest does.

All arrays carry the cells or seconds on the last axis; leading axes (recordings, leads) are
independent of one another.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from farlead_signal.orderstats import order_statistics

Floats = NDArray[np.float32]

#: Order statistics of fewer sets than this are taken by sorting, of more by networks: the
#: first saves calls, the second work.
FEW = 600

#: Up to so many blocks a running mean is one product with a matrix.
SHORT = 64
#: Cells of one block: one second, in which a heart at 60/min or more beats at least once.
BLOCK = 10
#: Half width in blocks of the running statistics: 11 s in all, long enough to bridge a pause
#: of 3 s, short enough to follow a lead that slips.
HALF = 5
#: Quantile of the block maxima that stands for the QRS level; below the median, a heart
#: slower than 60/min would leave more blocks without than with a QRS.
LEVEL_QUANTILE = 0.55
UPPER = round(2 * HALF * LEVEL_QUANTILE)
#: The level is at least this share of the second greatest block maximum within so many blocks
#: on each side: with beats so rare that most blocks hold none, the quantile alone would be the
#: level of noise. The second, because a single tall one may be an artefact.
RARE_SHARE, RARE_HALF = 0.5, 10
#: Rank (from 0) within the maxima of a block's ten cells that stands for the rest of the
#: signal: at most seven of ten cells hold parts of QRS and T at 180/min.
NOISE_RANK = 2
#: Above 180/min every cell holds a part of a QRS, but not all of the cell: the noise level is
#: at most this multiple of the block's middling cell minimum. In noise it is 2.7 times that.
VALLEY_RANK, VALLEY_MULTIPLE = 4, 4.0
#: Contrast, level over noise, from which a block is taken to hold QRS complexes, and its
#: geometric mean over 11 blocks. Gaussian noise of any colour has 2.0, at its luckiest in an
#: hour 3.2, and at the ends of a recording, once in 250, 3.0 around a lucky block.
CONTRAST, CONTRAST_AROUND = 3.4, 3.0
#: Envelope of amplifier noise and of the last bit of common converters, in millivolts.
NOISE_FLOOR = 0.001


@lru_cache(maxsize=64)
def _mirrored(count: int, before: int, after: int) -> NDArray[np.int64]:
    """Indices that continue `count` values at both ends as mirror images."""
    wide = np.arange(-before, count + after) % (2 * count)
    return np.where(wide < count, wide, 2 * count - 1 - wide)


@lru_cache(maxsize=64)
def _windows(count: int, half: int) -> NDArray[np.int64]:
    """Places of the 2 * half + 1 values around each of `count`, mirrored at the ends."""
    around = np.arange(count)[:, None] + np.arange(2 * half + 1)
    return np.asarray(_mirrored(count, half, half)[around])


@lru_cache(maxsize=64)
def _cells_of_blocks(count: int) -> NDArray[np.int64]:
    """Cells of each block, shape (blocks, BLOCK)."""
    if count < BLOCK:
        return _mirrored(count, 0, BLOCK - count)[None]
    first = np.minimum(np.arange(-(-count // BLOCK)) * BLOCK, count - BLOCK)
    return first[:, None] + np.arange(BLOCK)


@lru_cache(maxsize=64)
def _block_of_cell(cells: int, count: int) -> NDArray[np.int64]:
    return np.minimum(np.arange(cells) // BLOCK, count - 1)


def block_ranks(cells: Floats, *ranks: int) -> list[Floats]:
    """Order statistics of the BLOCK cells of every block, each of shape (..., blocks).

    The last block ends with the signal; less than a block of signal is mirrored.
    """
    index = _cells_of_blocks(cells.shape[-1])
    if cells.size < FEW * BLOCK:
        return _sorted(cells, index, ranks)
    whole = cells[..., : cells.shape[-1] // BLOCK * BLOCK]
    members = np.empty((BLOCK, *cells.shape[:-1], index.shape[0]), cells.dtype)
    by_member = np.moveaxis(whole.reshape(*whole.shape[:-1], -1, BLOCK), -1, 0)
    members[..., : by_member.shape[-1]] = by_member
    if whole.size < cells.size:
        members[..., -1] = np.moveaxis(cells[..., -BLOCK:], -1, 0)
    return order_statistics(list(members), *ranks)


def running_ranks(values: Floats, half: int, *ranks: int) -> list[Floats]:
    """Order statistics of the 2 * half + 1 values around each, mirrored at the ends."""
    count = values.shape[-1]
    if values.size < FEW:
        return _sorted(values, _windows(count, half), ranks)
    padded = values[..., _mirrored(count, half, half)]
    windows = [padded[..., i : i + count] for i in range(2 * half + 1)]
    return order_statistics(windows, *ranks)


def _sorted(values: Floats, index: NDArray[np.int64], ranks: Sequence[int]) -> list[Floats]:
    """Order statistics of the sets of values that the rows of `index` name."""
    members = values.take(index, -1)
    members.sort(axis=-1)
    return [members[..., rank] for rank in ranks]


def second_greatest(values: Floats, half: int) -> Floats:
    """Second greatest of the 2 * half + 1 values around each; zero goes on beyond the ends.

    A mirror image would show a single tall value twice. The two greatest of a window are made
    from those of its halves, and these from those of theirs.
    """
    count, width = values.shape[-1], 2 * half + 1
    if 1 < count <= half + 1:  # every window holds all
        return np.sort(values, axis=-1)[..., -2:-1].repeat(count, axis=-1)
    first = np.zeros((*values.shape[:-1], count + 2 * half), values.dtype)
    first[..., half : half + count] = values
    second = np.zeros_like(first)
    done: tuple[Floats, Floats] | None = None
    most, length = 0, 1
    while length <= width:
        if width & length:
            place = (first[..., most : most + count], second[..., most : most + count])
            done = place if done is None else _two_greatest(done, place)
            most += length
        ahead = (first[..., length:], second[..., length:])
        first, second = _two_greatest((first[..., :-length], second[..., :-length]), ahead)
        length *= 2
    return place[1] if done is None else done[1]


def _two_greatest(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """The two greatest of two sets, of each of which the two greatest are given."""
    lesser = np.minimum(a[0], b[0])
    return np.maximum(a[0], b[0]), np.maximum(np.maximum(a[1], b[1]), lesser)


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
    rest, greatest = block_ranks(_without_ends(highest), NOISE_RANK, BLOCK - 1)
    (valley,) = block_ranks(lowest, VALLEY_RANK)
    three = np.empty((3, *greatest.shape), np.float32)
    three[0], three[1], three[2] = greatest, rest, valley
    middle, upper = running_ranks(three, HALF, HALF, UPPER)
    usual, noise, quiet = upper[0], middle[1], middle[2]
    rare = second_greatest(greatest, RARE_HALF)
    noise = np.minimum(noise, np.float32(VALLEY_MULTIPLE) * quiet)
    return np.maximum(usual, np.float32(RARE_SHARE) * rare), np.maximum(noise, np.float32(floor))


def _without_ends(highest: Floats) -> Floats:
    """Cells with the first and the last replaced by their neighbours.

    Where the recording begins and ends a hum or a wave breaks off, which is no QRS complex.
    """
    if highest.shape[-1] < 3:
        return highest
    inner = highest.copy()
    inner[..., 0], inner[..., -1] = highest[..., 1], highest[..., -2]
    return inner


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
    if contrast.shape[-1] > 2 * HALF:
        # The ends are known by half a window, so they have luck twice as often.
        for ends, inner in ((slice(HALF), HALF), (slice(-HALF, None), -HALF - 1)):
            np.minimum(around[..., ends], around[..., inner, None], out=around[..., ends])
    enough = (contrast > CONTRAST * luck) & (around > np.log(CONTRAST_AROUND * luck))
    return np.asarray(enough)


def running_mean(values: Floats, half: int) -> Floats:
    """Mean of the 2 * half + 1 values around each, mirrored at the ends."""
    count = values.shape[-1]
    if count <= SHORT:
        return np.asarray(values @ _means(count, half))
    padded = values[..., _mirrored(count, half + 1, half)]
    total = np.cumsum(padded, axis=-1, dtype=np.float64)
    width = 2 * half + 1
    return ((total[..., width:] - total[..., :-width]) / width).astype(np.float32)


@lru_cache(maxsize=64)
def _means(count: int, half: int) -> Floats:
    """Matrix that turns `count` values into the means around each."""
    shares = np.zeros((count, count))
    np.add.at(shares, (_windows(count, half), np.arange(count)[:, None]), 1 / (2 * half + 1))
    return shares.astype(np.float32)


def running_block_means(marks: NDArray[np.bool_], half: int) -> Floats:
    """Number of marked cells in a block, mean of the 2 * half + 1 blocks around each."""
    count = marks.shape[-1]
    index = _cells_of_blocks(count)
    if index.shape[0] <= SHORT:
        return np.asarray(marks.astype(np.float32) @ _block_means(count, half))
    return running_mean(block_sums(marks), half)


@lru_cache(maxsize=64)
def _block_means(count: int, half: int) -> Floats:
    """Matrix that turns marks of `count` cells into means around each block."""
    index = _cells_of_blocks(count)
    sums = np.zeros((count, index.shape[0]))
    np.add.at(sums, (index, np.arange(index.shape[0])[:, None]), 1.0)
    return np.asarray(sums @ _means(index.shape[0], half), np.float32)


def block_sums(marks: NDArray[np.bool_]) -> Floats:
    """Number of marked cells in every block."""
    members = marks.take(_cells_of_blocks(marks.shape[-1]), -1)
    return np.asarray(np.add.reduce(members, axis=-1, dtype=np.float32))


def to_cells(per_block: Floats, count: int) -> Floats:
    """Values of the blocks repeated for each of `count` cells."""
    return per_block.take(_block_of_cell(count, per_block.shape[-1]), -1)

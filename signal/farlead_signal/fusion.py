"""One envelope out of many leads, each weighted by how clearly it shows QRS complexes.

Two things make a lead clear. Its *contrast*, the QRS level over the level of the rest:
Rayleigh-distributed noise has 1.6 to 3.0 in windows of 11 s whatever its amplitude and colour,
leads with QRS complexes have 3.5 to 100. And few maxima *between*: a lead with many maxima of
middling height (tall T waves, muscle, motion) leaves doubt about which of them are beats.

The leads' envelopes are added as amplitudes, each in units of its own QRS level, and not as
power: what only one lead shows then counts by that lead's weight, not by its square root.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead_signal.envelope import Grid
from farlead_signal.levels import (
    NOISE_FLOOR,
    convincing,
    levels,
    running_block_means,
    to_cells,
)
from farlead_signal.middle import middle

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

#: Contrast of noise at its luckiest; a lead that has no more keeps a share of LEAST_QUALITY,
#: so that noise in all leads stays noise.
NOISE_CONTRAST, LEAST_QUALITY = 3.0, 0.0001
#: Contrast above that of noise beyond which a lead is not any clearer.
ENOUGH_CONTRAST = 15.0
#: Maxima between these shares of the QRS level are of middling height.
MIDDLING = (0.2, 0.6)
#: Half width, in blocks, over which maxima of middling height are counted: 21 s.
COUNTED = 10
#: Doubt of a lead without any maximum of middling height; keeps the weights finite.
LEAST_DOUBT = 0.1
#: Keeps the shares of leads finite where none has a say; far below what one lead has.
LEAST_TOTAL = np.float32(1e-9)
#: Envelope below this is no signal at all, in millivolts.
FLAT = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """The envelope on which beats are decided, for several recordings.

    Parameters
    ----------
    curve : ndarray of float32, shape (recordings, size, cells)
        The envelope or its square: only where it is greatest in a cell is asked of it.
    heights : ndarray of float32, shape (recordings, cells)
        Greatest envelope of each cell; of several leads in units of their QRS level.
    level, noise : ndarray of float32, shape (recordings, blocks)
    beating : ndarray of bool, shape (recordings, blocks)
        Blocks that hold more than noise.
    weights : ndarray of float32, shape (recordings, leads, blocks)
        Share of each lead, adding up to 1 or 0.
    missing : ndarray of bool, shape (recordings, leads, cells), or None
        Cells with gaps.
    flat : ndarray of bool, shape (recordings, cells)
        Cells in which no lead moves.
    """

    curve: Floats
    heights: Floats
    level: Floats
    noise: Floats
    beating: Bools
    weights: Floats
    missing: Bools | None
    flat: Bools

    def mean_weights(self, recording: int) -> Floats:
        """Share of each lead of one recording, mean over the time with beats."""
        weights = self.weights[recording]
        used = self.beating[recording]
        if not used.any():
            return np.zeros(weights.shape[0], np.float32)
        return np.asarray(weights @ used.astype(np.float32) / np.count_nonzero(used), np.float32)

    def contrast(self, recording: int) -> float:
        """QRS level over noise level of one recording, median over time."""
        return middle(self.level[recording] / self.noise[recording])

    def doubt(self, recording: int) -> float:
        """Maxima of middling height for each tall one, over one recording."""
        heights = self.heights[recording]
        share = heights / np.maximum(to_cells(self.level[recording], heights.size), FLAT)
        tops = local_maxima(heights)
        middling = tops & (share > MIDDLING[0]) & (share < MIDDLING[1])
        tall = int(np.count_nonzero(tops & (share >= MIDDLING[1])))
        return int(np.count_nonzero(middling)) / max(1, tall)


def fuse(squared: Floats, missing: Bools | None, grid: Grid, samples: int) -> Fused:
    """Weigh the leads and add their envelopes.

    Parameters
    ----------
    squared : ndarray, shape (recordings, leads, size, cells)
        Squared envelopes; worked on in place.
    missing : ndarray of bool, shape (recordings * leads, n), or None
    samples : int
        Length of the recordings.
    """
    recordings, leads, _, cells = squared.shape
    whole = max(1, samples // (grid.step * grid.size))  # a last part of a cell is no measure
    seconds = samples / grid.fs
    gaps = None
    if missing is not None:
        gaps = missing_cells(missing, grid, cells).reshape(recordings, leads, cells)
        squared = np.where(gaps[:, :, None], np.float32(0), squared)
    highest, lowest = np.sqrt(squared.max(2)), np.sqrt(squared.min(2))
    level, noise = levels(highest[..., :whole], lowest[..., :whole])
    flat = _still(highest, gaps)
    if leads == 1:
        beating = convincing(level, noise, seconds)
        first = (squared[:, 0], highest[:, 0], level[:, 0], noise[:, 0], beating[:, 0])
        return Fused(*first, beating.astype(np.float32), gaps, flat)
    weights = _weights(highest[..., :whole], level, noise)
    scale = np.maximum(level, np.float32(FLAT))
    factors = to_cells(np.asarray(weights / scale, np.float32), cells)
    np.sqrt(squared, out=squared)
    squared *= factors[:, :, None]
    curve = np.add.reduce(squared, axis=1)
    heights = curve.max(1)
    level, noise = levels(heights[:, :whole], curve.min(1)[:, :whole], FLAT)
    beating = convincing(level, noise, seconds)
    return Fused(curve, heights, level, noise, beating, weights, gaps, flat)


def _weights(highest: Floats, level: Floats, noise: Floats) -> Floats:
    """Share of each lead in each block, shape (recordings, leads, blocks)."""
    scale = np.maximum(level, np.float32(FLAT))
    share: Floats = highest / to_cells(scale, highest.shape[-1])
    tops = local_maxima(share)
    marks = np.empty((2, *share.shape), bool)
    np.logical_and(tops, share >= MIDDLING[1], out=marks[1])
    np.logical_and(tops, share > MIDDLING[0], out=marks[0])
    marks[0] &= share < MIDDLING[1]
    few, many = running_block_means(marks, COUNTED)
    doubt = few / (many + np.float32(0.2))
    contrast = np.maximum(level / noise - NOISE_CONTRAST, LEAST_QUALITY)
    quality = np.minimum(contrast, ENOUGH_CONTRAST) / (LEAST_DOUBT + doubt) ** 2
    quality *= level >= 3 * NOISE_FLOOR
    total = np.add.reduce(quality, axis=1, keepdims=True)
    return np.asarray(quality / np.maximum(total, LEAST_TOTAL), np.float32)


def local_maxima(heights: Floats) -> Bools:
    """Cells that are higher than both neighbours, shape as `heights`."""
    tops = heights > 0
    rising = heights[..., 1:] >= heights[..., :-1]
    tops[..., 1:] &= rising
    tops[..., :-1] &= ~rising
    return tops


def _still(highest: Floats, gaps: Bools | None) -> Bools:
    """Cells in which no lead moves, of those that were recorded at all."""
    still = highest < FLAT
    if gaps is None:
        return np.asarray(still.all(1))
    return np.asarray((still | gaps).all(1) & ~gaps.all(1))


def missing_cells(missing: Bools, grid: Grid, cells: int) -> Bools:
    """Cells touched by a gap, with their neighbours, shape (rows, cells)."""
    length = grid.step * grid.size
    padded = np.zeros((missing.shape[0], cells * length), bool)
    padded[:, : missing.shape[1]] = missing
    by_cell = padded.reshape(missing.shape[0], cells, length)
    touched: Bools = np.logical_or.reduce(by_cell, axis=2)
    wider = touched.copy()
    wider[:, 1:] |= touched[:, :-1]
    wider[:, :-1] |= touched[:, 1:]
    return wider

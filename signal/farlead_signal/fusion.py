"""One envelope out of many leads, each weighted by how clearly it shows QRS complexes.

A lead's *contrast* is its QRS level divided by the level of the rest. Rayleigh-distributed
noise has a contrast of 1.6 to 2.9 in windows of 11 s whatever its amplitude and colour, leads
with QRS complexes have 3.5 to 100. A lead without contrast has no say, and does not spoil
the others.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead_signal.envelope import Grid
from farlead_signal.levels import levels, to_cells

Floats = NDArray[np.float32]

#: Contrast of noise at its luckiest.
NOISE_CONTRAST = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """The envelope on which beats are decided, for several recordings.

    Parameters
    ----------
    squared : ndarray of float32, shape (recordings, size, cells)
        Squared envelope; of several leads in units of their QRS level.
    heights : ndarray of float32, shape (recordings, cells)
        Greatest envelope of each cell.
    level, noise : ndarray of float32, shape (recordings, blocks)
    weights : ndarray of float32, shape (recordings, leads, blocks)
        Share of each lead, adding up to 1 or 0.
    missing : ndarray of bool, shape (recordings, leads, cells), or None
        Cells with gaps.
    flat : ndarray of bool, shape (recordings, cells)
        Cells in which no lead moves.
    """

    squared: Floats
    heights: Floats
    level: Floats
    noise: Floats
    weights: Floats
    missing: NDArray[np.bool_] | None
    flat: NDArray[np.bool_]

    def mean_weights(self, recording: int) -> Floats:
        """Share of each lead of one recording, mean over the time in which any lead counts."""
        weights = self.weights[recording]
        used = weights.sum(0) > 0
        if not used.any():
            return np.zeros(weights.shape[0], np.float32)
        return np.asarray(weights[:, used].mean(1), np.float32)


def fuse(squared: Floats, missing: NDArray[np.bool_] | None, grid: Grid) -> Fused:
    """Weigh the leads and add their squared envelopes.

    Parameters
    ----------
    squared : ndarray, shape (recordings, leads, size, cells)
    missing : ndarray of bool, shape (recordings * leads, n), or None
    """
    recordings, leads, _, cells = squared.shape
    gaps = None
    if missing is not None:
        gaps = missing_cells(missing, grid, cells).reshape(recordings, leads, cells)
        squared = np.where(gaps[:, :, None], np.float32(0), squared)
    heights = np.sqrt(squared.max(2))
    level, noise = levels(heights)
    flat = _still(heights, gaps)
    contrast = level / noise
    if leads == 1:
        weights = (contrast > NOISE_CONTRAST).astype(np.float32)
        return Fused(squared[:, 0], heights[:, 0], level[:, 0], noise[:, 0], weights, gaps, flat)
    quality = np.maximum(contrast - NOISE_CONTRAST, 0) ** 2
    weights = quality / np.maximum(quality.sum(1, keepdims=True), 1e-9)
    factors = to_cells(weights / np.maximum(level, 1e-6) ** 2, cells)
    together = np.zeros_like(squared[:, 0])
    for lead in range(leads):
        together += factors[:, lead, None] * squared[:, lead]
    fused_heights = np.sqrt(together.max(1))
    fused_level, fused_noise = levels(fused_heights)
    return Fused(together, fused_heights, fused_level, fused_noise, weights, gaps, flat)


#: Envelope below this is no signal at all, in millivolts.
FLAT = 1e-4


def _still(heights: Floats, gaps: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """Cells in which no lead moves, of those that were recorded at all."""
    still = heights < FLAT
    if gaps is None:
        return np.asarray(still.all(1))
    return np.asarray((still | gaps).all(1) & ~gaps.all(1))


def missing_cells(missing: NDArray[np.bool_], grid: Grid, cells: int) -> NDArray[np.bool_]:
    """Cells touched by a gap, with their neighbours, shape (rows, cells)."""
    length = grid.step * grid.size
    padded = np.zeros((missing.shape[0], cells * length), bool)
    padded[:, : missing.shape[1]] = missing
    by_cell = padded.reshape(missing.shape[0], cells, length)
    touched: NDArray[np.bool_] = np.logical_or.reduce(by_cell, axis=2)
    wider = touched.copy()
    wider[:, 1:] |= touched[:, :-1]
    wider[:, :-1] |= touched[:, 1:]
    return wider

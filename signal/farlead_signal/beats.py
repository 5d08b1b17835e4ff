"""Which maxima of the envelope are beats."""

import numpy as np
from numpy.typing import NDArray

from farlead_signal.envelope import Grid
from farlead_signal.fusion import NOISE_CONTRAST, Fused
from farlead_signal.levels import BLOCK

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]

#: No two beats are closer than this, in seconds: the ventricles are refractory.
REFRACTORY = 0.25
#: A beat rises above this share of the local QRS level plus this multiple of the noise level.
LEVEL_SHARE, NOISE_SHARE = 0.27, 0.8
#: Seconds of silence put between the recordings of a batch on the common time axis.
APART = 10.0


def decide(fused: Fused, grid: Grid) -> list[Ints]:
    """Positions of the beats of each recording, in envelope samples."""
    recordings, size, cells = fused.squared.shape
    offset = int(cells * size + APART * grid.rate)
    which, cell, times, heights = candidates(fused, offset)
    keep = tallest(times, heights, int(REFRACTORY * grid.rate))
    which, cell, times, heights = which[keep], cell[keep], times[keep], heights[keep]
    level, noise = fused.level, fused.noise
    block = np.minimum(cell // BLOCK, level.shape[1] - 1)
    local_level, local_noise = level[which, block], noise[which, block]
    enough = heights > LEVEL_SHARE * local_level + NOISE_SHARE * local_noise
    enough &= local_level > contrast_needed(cells / grid.cells_per_second) * local_noise
    times, which = times[enough], which[enough]
    return [times[which == r] - r * offset for r in range(recordings)]


def contrast_needed(seconds: float) -> float:
    """Contrast from which beats are claimed; a short recording gives noise more luck."""
    return NOISE_CONTRAST * (1.0 + 1.0 / seconds)


def candidates(fused: Fused, offset: int) -> tuple[Ints, Ints, Ints, Floats]:
    """Cells whose maximum exceeds their neighbours': recording, cell, time, height.

    Times are in envelope samples on an axis common to all recordings, `offset` apart.
    """
    heights = fused.heights
    padded = np.pad(heights, ((0, 0), (1, 1)))
    tops = (heights >= padded[:, :-2]) & (heights > padded[:, 2:])
    which, cell = np.nonzero(tops)
    inner = fused.squared[which, :, cell].argmax(1)
    times = cell * fused.squared.shape[1] + inner + which * offset
    return which, cell, times, heights[which, cell]


def tallest(times: Ints, heights: Floats, reach: int) -> NDArray[np.bool_]:
    """Which candidates have no taller one closer than `reach`."""
    keep = np.ones(times.size, bool)
    for step in (1, 2):
        close = times[step:] - times[:-step] < reach
        later_lower = heights[step:] < heights[:-step]
        keep[step:] &= ~(close & later_lower)
        keep[:-step] &= ~(close & ~later_lower)
    return keep

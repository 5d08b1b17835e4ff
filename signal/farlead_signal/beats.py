"""Which maxima of the envelope are beats.

Three questions are put to every maximum, all vectorised:

1. Is a taller one too near? Within 0.2 s always; up to 0.36 s it must be the taller in relation
   to its neighbour the nearer it is, which removes T waves and keeps early beats.
2. Does the place need a beat? The time between the next clearly taller maxima on both sides is
   compared with the RR interval around. Where it is one interval, another beat would be
   interpolated and must be tall; where it is two, a beat is missing and a small one will do.
3. Does it rise above the noise, and is the stretch anything but noise?
"""

import numpy as np
from numpy.typing import NDArray

from farlead_signal.envelope import Grid
from farlead_signal.fusion import Fused, local_maxima
from farlead_signal.levels import BLOCK, running_ranks

Ints = NDArray[np.int64]
Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]

#: No two beats are closer than this, in seconds: the ventricles are refractory.
REFRACTORY = 0.2
#: Up to here a maximum may be the T wave of the one before, in seconds.
REPOLARISED = 0.36
#: Least share of the taller neighbour's height just before REPOLARISED.
EARLY_SHARE = 0.2
#: Share of the local QRS level that a maximum needs, where no beat is missing and where one is.
EXTRA_SHARE, MISSING_SHARE = 0.48, 0.18
#: Stretches between taller maxima, in RR intervals, at which these shares hold.
EXTRA_FROM, MISSING_FROM = 1.2, 1.6
#: A maximum is clearly taller than another by this factor.
TALLER = 1.4
#: Longest RR interval taken as the usual one, in seconds: in bigeminy the small beats are
#: missing at first, and the interval between the tall ones is no measure of the rhythm.
USUAL_RR = 1.0
#: Share of the QRS level, and multiple of the noise level, of beats beyond doubt from which
#: the RR interval is taken; the multiple holds for all beats.
SURE_SHARE, NOISE_SHARE = 0.3, 1.5
#: Half width of the running median of RR intervals, in intervals.
MEDIAN_HALF = 5
#: Maxima looked at on each side for a taller one.
STEPS = 5
#: Seconds of silence put between the recordings of a batch on the common time axis.
APART = 30.0


def decide(fused: Fused, grid: Grid) -> list[Ints]:
    """Positions of the beats of each recording, in envelope samples."""
    recordings, size, cells = fused.curve.shape
    offset = int(cells * size + APART * grid.rate)
    which, cell = np.divmod(np.flatnonzero(local_maxima(fused.heights)), cells)
    block = np.minimum(cell // BLOCK, fused.level.shape[1] - 1)
    level, noise = fused.level[which, block], fused.noise[which, block]
    height = fused.heights[which, cell]
    worth = height > MISSING_SHARE * level + NOISE_SHARE * noise
    worth &= fused.beating[which, block]
    which, cell, height = which[worth], cell[worth], height[worth]
    times = cell * size + fused.curve[which, :, cell].argmax(1) + which * offset
    alone = _not_overtopped(times / grid.rate, height)
    times, height = times[alone], height[alone]
    level, noise = level[worth][alone], noise[worth][alone]
    share = _share_needed(times / grid.rate, height, level, noise)
    times = times[height > share * level + NOISE_SHARE * noise]
    ends = np.searchsorted(times, np.arange(1, recordings) * offset)
    return [part - r * offset for r, part in enumerate(np.split(times, ends))]


def _not_overtopped(seconds: Floats, height: Floats) -> Bools:
    """Maxima that are tall enough beside their near neighbours (question 1)."""
    keep = np.ones(seconds.size, bool)
    for step in (1, 2, 3):
        apart = seconds[step:] - seconds[:-step]
        share = np.interp(apart, [REFRACTORY, REPOLARISED], [1.0, EARLY_SHARE], left=1.0, right=0.0)
        keep[step:] &= height[step:] >= share * height[:-step]
        keep[:-step] &= height[:-step] > share * height[step:]
    return keep


def _share_needed(seconds: Floats, height: Floats, level: Floats, noise: Floats) -> Floats:
    """Share of the QRS level that each maximum needs (question 2)."""
    sure = seconds[height > SURE_SHARE * level + NOISE_SHARE * noise]
    if sure.size < 4:
        return np.full(seconds.size, SURE_SHARE)
    usual = np.minimum(np.interp(seconds, sure[:-1], _running_median(np.diff(sure))), USUAL_RR)
    before, after = _next_taller(seconds, height)
    stretch = (after - before) / usual
    return np.interp(stretch, [EXTRA_FROM, MISSING_FROM], [EXTRA_SHARE, MISSING_SHARE])


def _running_median(intervals: Floats) -> Floats:
    return running_ranks(intervals, MEDIAN_HALF, MEDIAN_HALF)[0]


def _next_taller(seconds: Floats, height: Floats) -> tuple[Floats, Floats]:
    """Time of the nearest clearly taller maximum before and after each, or infinite."""
    limit = TALLER * height
    before = np.full(seconds.size, -np.inf)
    after = np.full(seconds.size, np.inf)
    for step in range(min(STEPS, seconds.size - 1), 0, -1):  # the nearest is written last
        np.copyto(after[:-step], seconds[step:], where=height[step:] > limit[:-step])
        np.copyto(before[step:], seconds[:-step], where=height[:-step] > limit[step:])
    return before, after

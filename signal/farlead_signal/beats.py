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
from farlead_signal.levels import BLOCK, to_cells

Ints = NDArray[np.int64]
Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]

#: No two beats are closer than this, in seconds: the ventricles are refractory.
REFRACTORY = 0.2
#: Up to here a maximum may be the T wave of the one before, in seconds.
REPOLARISED = 0.36
#: Least share of the taller neighbour's height just before REPOLARISED.
EARLY_SHARE = 0.2
LOSS = (1.0 - EARLY_SHARE) / (REPOLARISED - REFRACTORY)
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
AROUND = np.arange(-MEDIAN_HALF, MEDIAN_HALF + 1)
#: Maxima looked at on each side for a taller one.
STEPS = 5
#: Seconds of silence put between the recordings of a batch on the common time axis.
APART = 30.0


def decide(fused: Fused, grid: Grid) -> list[Ints]:
    """Positions of the beats of each recording, in envelope samples."""
    recordings, size, cells = fused.curve.shape
    blocks = fused.level.shape[1]
    least = MISSING_SHARE * fused.level + NOISE_SHARE * fused.noise
    least[~fused.beating] = np.inf
    worth = local_maxima(fused.heights)
    worth &= fused.heights > to_cells(least, cells)
    cell = np.flatnonzero(worth)
    height = fused.heights.reshape(-1)[cell]
    if recordings == 1:
        block = np.minimum(cell // BLOCK, blocks - 1)
        times = cell * size + fused.curve[0, :, cell].argmax(1)
    else:
        which, cell = np.divmod(cell, cells)
        block = np.minimum(cell // BLOCK, blocks - 1) + which * blocks
        offset = int(cells * size + APART * grid.rate)
        times = cell * size + fused.curve[which, :, cell].argmax(1) + which * offset
    level, noise = fused.level.reshape(-1)[block], NOISE_SHARE * fused.noise.reshape(-1)[block]
    alone = _not_overtopped(times / grid.rate, height)
    times, height, level, noise = times[alone], height[alone], level[alone], noise[alone]
    times = times[_needed(times / grid.rate, height, level, noise)]
    if recordings == 1:
        return [times]
    ends = np.searchsorted(times, np.arange(1, recordings) * offset)
    return [part - r * offset for r, part in enumerate(np.split(times, ends))]


def _not_overtopped(seconds: Floats, height: Floats) -> Bools:
    """Maxima that are tall enough beside their near neighbours (question 1)."""
    keep = np.ones(seconds.size, bool)
    for step in (1, 2, 3):
        apart = seconds[step:] - seconds[:-step]
        first = np.flatnonzero(apart <= REPOLARISED)
        if first.size == 0:
            break
        second = first + step
        share = 1.0 - LOSS * np.maximum(apart[first] - REFRACTORY, 0.0)
        keep[second[height[second] < share * height[first]]] = False
        keep[first[height[first] <= share * height[second]]] = False
    return keep


def _needed(seconds: Floats, height: Floats, level: Floats, noise: Floats) -> Bools:
    """Maxima that are tall enough for their place (question 2) and above the noise.

    Only those too small for an extra beat have to be looked at closely.
    """
    keep = height > EXTRA_SHARE * level + noise
    small = np.flatnonzero(~keep)
    if small.size:
        sure = seconds[height > SURE_SHARE * level + noise]
        share = _share_needed(small, seconds, height, sure)
        keep[small] = height[small] > share * level[small] + noise[small]
    return keep


def _share_needed(at: Ints, seconds: Floats, height: Floats, sure: Floats) -> Floats:
    """Share of the QRS level that the maxima `at` need."""
    if sure.size < 4:
        return np.full(at.size, SURE_SHARE)
    before, after = _next_taller(at, seconds, height)
    stretch = (after - before) / np.minimum(_usual_interval(seconds[at], sure), USUAL_RR)
    missing = (stretch - EXTRA_FROM) / (MISSING_FROM - EXTRA_FROM)
    missing = np.minimum(np.maximum(missing, 0.0), 1.0)
    return EXTRA_SHARE + (MISSING_SHARE - EXTRA_SHARE) * missing


def _usual_interval(seconds: Floats, sure: Floats) -> Floats:
    """Running median of the RR intervals, between beats by a straight line."""
    intervals = np.diff(sure)
    i = np.maximum(np.searchsorted(sure[:-1], seconds, "right") - 1, 0)
    both = np.concatenate([i, np.minimum(i + 1, intervals.size - 1)])
    wide = (both[:, None] + AROUND) % (2 * intervals.size)
    around = intervals[np.minimum(wide, 2 * intervals.size - 1 - wide)]
    around.sort(axis=1)
    here, following = around[:, MEDIAN_HALF].reshape(2, -1)
    passed = np.minimum(np.maximum((seconds - sure[i]) / intervals[i], 0.0), 1.0)
    return np.asarray(here + (following - here) * passed)


def _next_taller(at: Ints, seconds: Floats, height: Floats) -> tuple[Floats, Floats]:
    """Time of the nearest clearly taller maximum before and after each, or infinite."""
    limit = TALLER * height[at]
    before, after = np.full(at.size, -np.inf), np.full(at.size, np.inf)
    for step in range(STEPS, 0, -1):  # the nearest is written last
        ahead = np.minimum(at + step, seconds.size - 1)
        np.copyto(after, seconds[ahead], where=height[ahead] > limit)
        back = np.maximum(at - step, 0)
        np.copyto(before, seconds[back], where=height[back] > limit)
    return before, after

"""QRS detection once more, slowly and plainly: what :mod:`farlead_signal.qrs` computes.

One value after the other, in double precision, with Python's own loops and sorts; for one
recording without gaps, without the search for fibrillation and without the refinement of the
peak. It shares constants, and no code, with the fast path; tests compare the two.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from farlead_signal import beats as rule
from farlead_signal import fusion, levels
from farlead_signal.envelope import Grid, wavelet

Values = list[float]


def reference_beats(signal: NDArray[np.floating], fs: float) -> list[int]:
    """Beats as envelope samples of `fs / step`, as ``decide`` gives them.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts, finite.
    fs : float
        Hertz.
    """
    grid = Grid.of(fs)
    seconds = signal.shape[1] / fs
    whole = max(1, signal.shape[1] // (grid.step * grid.size))
    envelopes = [_envelope(lead, grid) for lead in signal.astype(np.float64)]
    if len(envelopes) > 1:
        together, floor = _fused(envelopes, grid, whole), fusion.FLAT
    else:
        together, floor = envelopes[0], levels.NOISE_FLOOR
    level, noise = _levels(together, grid, whole, floor)
    beating = _beating(level, noise, seconds)
    return _decided(together, grid, level, noise, beating)


def _envelope(lead: NDArray[np.float64], grid: Grid) -> Values:
    """Magnitude of the wavelet's answer at every envelope sample."""
    step, taps = grid.step, wavelet(grid.rate)
    low = lead[: len(lead) // step * step].reshape(-1, step).mean(1).tolist()
    cells = -(-len(lead) // (step * grid.size))
    half = len(taps) // 2
    length = cells * grid.size
    padded = np.array([_mirrored(low, i) for i in range(-half, length + half)])
    known = [abs(complex(np.dot(padded[i : i + 2 * half + 1], taps))) for i in range(len(low))]
    return known + [0.0] * (length - len(low))


def _cells(values: Values, size: int) -> list[Values]:
    return [values[i : i + size] for i in range(0, len(values), size)]


def _mirrored(values: Sequence[float], index: int) -> float:
    index %= 2 * len(values)
    return values[index] if index < len(values) else values[2 * len(values) - 1 - index]


def _blocks(cells: Sequence[float]) -> list[Values]:
    """Ten cells for each second; the last ten end with the signal."""
    if len(cells) < levels.BLOCK:
        return [[_mirrored(cells, i) for i in range(levels.BLOCK)]]
    starts = range(0, len(cells), levels.BLOCK)
    last = len(cells) - levels.BLOCK
    return [list(cells[min(s, last) : min(s, last) + levels.BLOCK]) for s in starts]


def _around(values: Sequence[float], at: int, half: int) -> Values:
    return sorted(_mirrored(values, at + k) for k in range(-half, half + 1))


def _levels(values: Values, grid: Grid, whole: int, floor: float) -> tuple[Values, Values]:
    """QRS level and noise level of every block."""
    cells = _cells(values, grid.size)[:whole]
    tall = [max(cell) for cell in cells]
    if len(tall) >= 3:  # the ends of the recording are no measure
        tall[0], tall[-1] = tall[1], tall[-2]
    highest = [sorted(block) for block in _blocks(tall)]
    lowest = [sorted(block) for block in _blocks([min(cell) for cell in cells])]
    greatest = [block[-1] for block in highest]
    rest = [block[levels.NOISE_RANK] for block in highest]
    valley = [block[levels.VALLEY_RANK] for block in lowest]
    width = 2 * levels.HALF
    level, noise = [], []
    for at in range(len(greatest)):
        ordered = _around(greatest, at, levels.HALF)
        usual = ordered[round(levels.LEVEL_QUANTILE * width)]
        near = greatest[max(0, at - levels.RARE_HALF) : at + levels.RARE_HALF + 1]
        rare = sorted([0.0, *near])[-2]
        level.append(max(usual, levels.RARE_SHARE * rare))
        quiet = levels.VALLEY_MULTIPLE * _around(valley, at, levels.HALF)[levels.HALF]
        noise.append(max(min(_around(rest, at, levels.HALF)[levels.HALF], quiet), floor))
    return level, noise


def _beating(level: Values, noise: Values, seconds: float) -> list[bool]:
    """Blocks that hold more than noise."""
    luck = min(1 + 1 / seconds + 4 / seconds**2, 3.2)
    contrast = [a / b for a, b in zip(level, noise, strict=True)]
    logs = [math.log(max(c, 1e-3)) for c in contrast]
    half = levels.HALF
    means = [sum(_around(logs, at, half)) / (2 * half + 1) for at in range(len(logs))]
    if len(means) > 2 * half:  # the ends are known by half a window
        first, last = means[half], means[-half - 1]
        means[:half] = [min(mean, first) for mean in means[:half]]
        means[-half:] = [min(mean, last) for mean in means[-half:]]
    return [
        c > levels.CONTRAST * luck and mean > math.log(levels.CONTRAST_AROUND * luck)
        for c, mean in zip(contrast, means, strict=True)
    ]


def _fused(envelopes: list[Values], grid: Grid, whole: int) -> Values:
    """Sum of the leads, each in units of its QRS level and weighted by its quality."""
    found = [_levels(values, grid, whole, levels.NOISE_FLOOR) for values in envelopes]
    quality = [
        _quality(values, level, noise, grid, whole)
        for values, (level, noise) in zip(envelopes, found, strict=True)
    ]
    count = len(quality[0])
    total = [sum(lead[b] for lead in quality) for b in range(count)]
    together = [0.0] * len(envelopes[0])
    for values, (level, _), lead in zip(envelopes, found, quality, strict=True):
        for i, value in enumerate(values):
            b = min(i // (grid.size * levels.BLOCK), count - 1)
            if total[b] > 0:
                together[i] += lead[b] / total[b] * value / max(level[b], fusion.FLAT)
    return together


def _quality(values: Values, level: Values, noise: Values, grid: Grid, whole: int) -> Values:
    """Contrast over doubt, for every block of one lead."""
    height = [max(cell) for cell in _cells(values, grid.size)[:whole]]
    share = [
        h / max(level[min(i // levels.BLOCK, len(level) - 1)], fusion.FLAT)
        for i, h in enumerate(height)
    ]
    tops = {i for i in range(len(share)) if _is_top(share, i)}
    low, high = fusion.MIDDLING
    middling = [1.0 if i in tops and low < share[i] < high else 0.0 for i in range(whole)]
    tall = [1.0 if i in tops and share[i] >= high else 0.0 for i in range(whole)]
    counts = [[sum(block) for block in _blocks(marks)] for marks in (middling, tall)]
    quality = []
    for b, (a, n) in enumerate(zip(level, noise, strict=True)):
        few, many = (sum(_around(marks, b, fusion.COUNTED)) for marks in counts)
        width = 2 * fusion.COUNTED + 1
        doubt = (few / width) / (many / width + 0.2)
        contrast = min(
            max(a / n - fusion.NOISE_CONTRAST, fusion.LEAST_QUALITY), fusion.ENOUGH_CONTRAST
        )
        contrast = contrast if a >= 3 * levels.NOISE_FLOOR else 0.0
        quality.append(contrast / (fusion.LEAST_DOUBT + doubt) ** 2)
    return quality


def _is_top(heights: Sequence[float], at: int) -> bool:
    before = heights[at - 1] if at else -1.0
    after = heights[at + 1] if at + 1 < len(heights) else -1.0
    return heights[at] > 0 and heights[at] >= before and heights[at] > after


def _decided(
    values: Values, grid: Grid, level: Values, noise: Values, beating: list[bool]
) -> list[int]:
    """The three questions of :mod:`farlead_signal.beats`, put to one maximum after the other."""
    cells = _cells(values, grid.size)
    heights = [max(cell) for cell in cells]
    candidates = []
    for i, height in enumerate(heights):
        b = min(i // levels.BLOCK, len(level) - 1)
        least = rule.MISSING_SHARE * level[b] + rule.NOISE_SHARE * noise[b]
        if _is_top(heights, i) and beating[b] and height > least:
            time = i * grid.size + cells[i].index(height)
            candidates.append((time, height, level[b], noise[b]))
    alone = [c for c in candidates if not _overtopped(c, candidates, grid.rate)]
    sure = [c[0] / grid.rate for c in alone if c[1] > rule.SURE_SHARE * c[2] + _above_noise(c)]
    return [
        c[0] for c in alone if c[1] > _share(c, alone, sure, grid.rate) * c[2] + _above_noise(c)
    ]


Candidate = tuple[int, float, float, float]


def _above_noise(candidate: Candidate) -> float:
    return rule.NOISE_SHARE * candidate[3]


def _overtopped(one: Candidate, candidates: list[Candidate], rate: float) -> bool:
    at = candidates.index(one)
    for other in candidates[max(0, at - 3) : at + 4]:
        apart = abs(other[0] - one[0]) / rate
        if other is one or apart > rule.REPOLARISED:
            continue
        slope = (1 - rule.EARLY_SHARE) / (rule.REPOLARISED - rule.REFRACTORY)
        share = 1.0 - slope * max(0.0, apart - rule.REFRACTORY)
        limit = share * other[1]
        if one[1] < limit or (one[1] == limit and other[0] > one[0]):
            return True
    return False


def _share(one: Candidate, alone: list[Candidate], sure: Values, rate: float) -> float:
    """Share of the QRS level that a maximum needs at its place."""
    if len(sure) < 4:
        return rule.SURE_SHARE
    at = alone.index(one)
    before = [c[0] for c in alone[max(0, at - rule.STEPS) : at] if c[1] > rule.TALLER * one[1]]
    after = [c[0] for c in alone[at + 1 : at + 1 + rule.STEPS] if c[1] > rule.TALLER * one[1]]
    stretch = math.inf
    if before and after:
        usual = min(_usual_interval(one[0] / rate, sure), rule.USUAL_RR)
        stretch = (after[0] - before[-1]) / rate / usual
    return float(
        np.interp(
            stretch,
            [rule.EXTRA_FROM, rule.MISSING_FROM],
            [rule.EXTRA_SHARE, rule.MISSING_SHARE],
        )
    )


def _usual_interval(second: float, sure: Values) -> float:
    """Running median of the RR intervals, between beats by a straight line."""
    intervals = [b - a for a, b in pairwise(sure)]
    i = sum(1 for s in sure[:-1] if s <= second) - 1
    here = _median_around(intervals, max(i, 0))
    if i < 0 or i + 1 >= len(intervals):
        return here
    following = _median_around(intervals, i + 1)
    return here + (following - here) * (second - sure[i]) / intervals[i]


def _median_around(intervals: Values, at: int) -> float:
    return median(_around(intervals, at, rule.MEDIAN_HALF))

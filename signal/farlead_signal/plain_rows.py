"""Steps of the plain delineation on one row of samples; see :mod:`delineation_reference`."""

from math import inf, sqrt
from typing import TypeAlias

from farlead_signal.windows import gaussian

#: Samples of one lead.
Row: TypeAlias = list[float]


def smooth(row: Row, sigma: float, step: int = 1) -> Row:
    """Gaussian of `sigma` samples, every `step`-th sample; the ends go on as they are."""
    weights = [float(weight) for weight in gaussian(sigma)]
    reach, end = len(weights) // 2, len(row) - 1
    return [
        sum(w * row[min(max(i + k - reach, 0), end)] for k, w in enumerate(weights))
        for i in range(0, len(row), step)
    ]


def slope(row: Row) -> Row:
    """Half of the change from the sample before to the sample after; zero at the ends."""
    return [0.0, *(0.5 * (row[i + 1] - row[i - 1]) for i in range(1, len(row) - 1)), 0.0]


def correlation(a: list[Row], b: list[Row]) -> float:
    """Correlation over all leads, each lead's mean removed."""
    products = [0.0, 0.0, 0.0]
    for x, y in zip(a, b, strict=True):
        x_mean, y_mean = sum(x) / len(x), sum(y) / len(y)
        for u, v in zip(x, y, strict=True):
            products[0] += (u - x_mean) * (v - y_mean)
            products[1] += (u - x_mean) ** 2
            products[2] += (v - y_mean) ** 2
    return products[0] / sqrt(max(products[1], 1e-12) * max(products[2], 1e-12))


def covered(way: Row, share: float) -> float:
    """Where a share of the sum of a row is reached, between samples."""
    wanted, gone = share * sum(way), 0.0
    for i, part in enumerate(way):
        if gone + part >= wanted:
            return i - 0.5 + (wanted - gone) / max(part, 1e-12)
        gone += part
    return len(way) - 1.0


def hump(
    row: Row, weight: Row, edges: tuple[float, float, float], reach: int, longest: int
) -> tuple[float, float, float, float, float]:
    """Onset, peak, offset, side before and after; see :func:`farlead_signal.humps.humps`."""
    rise, fall = _sides(
        row, [s * w for s, w in zip(slope(row), weight, strict=True)], weight, longest
    )
    sign = 1.0 if rise <= fall else -1.0
    first, second = min(rise, fall), max(rise, fall)
    up = [sign * v for v in row]
    going = [sign * s if w > 0 else 0.0 for s, w in zip(slope(row), weight, strict=True)]
    top = max(range(first, second + 1), key=lambda i: up[i])
    onset = _foot(going, first, edges[0], reach)
    turned = _foot([-v for v in reversed(going)], len(row) - 1 - second, edges[1], reach)
    offset = len(row) - 1 - turned
    level = up[round(offset)]
    fallen = (level - up[second]) / min(going[second], -1e-9)
    tangent = second + min(max(fallen, 0.0), reach)
    offset = edges[2] * tangent + (1 - edges[2]) * offset
    before = up[top] - up[round(onset)]
    after = up[top] - level
    return onset, _vertex(up, top), offset, before, after


def _sides(row: Row, steep: Row, weight: Row, longest: int) -> tuple[int, int]:
    """Places of the steepest rise and fall."""
    high, low = steep.index(max(steep)), steep.index(min(steep))
    falling = -steep[low] >= steep[high]
    main, sign = (low, 1.0) if falling else (high, -1.0)
    down, going = [sign * v for v in row], [sign * s for s in steep]

    def inside(first: int, last: int) -> list[int]:
        return [i for i in range(max(first, 0), min(last, len(row) - 1) + 1) if weight[i] > 0]

    top = _highest(down, inside(main - longest, main))
    bottom = _highest([-v for v in down], inside(main, main + longest))
    earlier, later = inside(top - longest, top), inside(bottom, bottom + longest)
    before = down[top] - min((down[i] for i in earlier), default=inf)
    after = max((down[i] for i in later), default=-inf) - down[bottom]
    side, other = _highest(going, earlier), _highest(going, later)
    if max(before, 0) * max(going[side], 0) < max(after, 0) * max(going[other], 0):
        side = other
    return (side, main) if falling else (main, side)


def _highest(values: Row, places: list[int]) -> int:
    return max(places, key=lambda i: values[i]) if places else 0


def _foot(going: Row, first: int, share: float, reach: int) -> float:
    """Where the slope before `first` has come down to a share of the slope there."""
    limit = share * going[first]
    found = max(first - reach, 0)
    for i in range(first - 1, max(first - reach, 0) - 1, -1):
        if going[i] < limit:
            found = i
            break
    part = (limit - going[found]) / max(going[min(found + 1, len(going) - 1)] - going[found], 1e-12)
    return found + min(max(part, 0.0), 1.0)


def _vertex(row: Row, top: int) -> float:
    before, after = row[max(top - 1, 0)], row[min(top + 1, len(row) - 1)]
    bent = max(2 * row[top] - before - after, 1e-12)
    return top + min(max((after - before) / (2 * bent), -0.5), 0.5)

"""Minima and maxima for drawing: a pyramid by pairwise halving, and pixel columns from it.

A trace that is zoomed out is drawn as one vertical line a pixel column, from the least to the
greatest sample in it, so that no spike is lost. The pyramid makes this as cheap for a day as
for ten seconds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: Samples under one value of the pyramid's finest level.
BASE = 16
#: Samples worked on at once while the finest level is made: they stay in the processor's cache.
CACHED = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """One lead and the extremes of its halvings.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
    lows, highs : tuple of ndarray
        Level 0 holds the extremes of BASE samples each, every further level those of twice as
        many; the last value of a level may cover fewer. NaN samples are left out; a value is
        NaN only where all its samples are.
    """

    samples: Floats
    lows: tuple[Floats, ...]
    highs: tuple[Floats, ...]


def pyramid(samples: NDArray[np.floating]) -> Pyramid:
    """Pyramid over one lead, shape (n,).

    Raises
    ------
    ValueError
        When the array is not one-dimensional.
    """
    if samples.ndim != 1:
        raise ValueError(f"one lead is wanted, not an array of shape {samples.shape}")
    lead = np.ascontiguousarray(samples, np.float32)
    low, high = _base(lead)
    lows, highs = [low], [high]
    while low.size > 64:
        low, high = _halved(low, np.fmin), _halved(high, np.fmax)
        lows.append(low)
        highs.append(high)
    return Pyramid(lead, tuple(lows), tuple(highs))


def _base(lead: Floats) -> tuple[Floats, Floats]:
    size = -(-lead.size // BASE)
    low, high = np.empty(size, np.float32), np.empty(size, np.float32)
    for first in range(0, lead.size, CACHED):
        part = lead[first : first + CACHED]
        a, b = part, part
        for _ in range(BASE.bit_length() - 1):
            a, b = _halved(a, np.fmin), _halved(b, np.fmax)
        low[first // BASE : first // BASE + a.size] = a
        high[first // BASE : first // BASE + b.size] = b
    return low, high


def _halved(values: Floats, extreme: np.ufunc) -> Floats:
    even = values.size // 2 * 2
    half: Floats = extreme(values[0:even:2], values[1:even:2])
    return half if even == values.size else np.append(half, values[-1])


def columns(
    lead: Pyramid | NDArray[np.floating], start: float, stop: float, width: int
) -> tuple[Floats, Floats]:
    """Least and greatest sample of each pixel column.

    Parameters
    ----------
    lead : Pyramid or ndarray, shape (n,)
    start, stop : float
        Range shown, in samples; may reach outside the recording.
    width : int
        Pixel columns.

    Returns
    -------
    low, high : ndarray of float32, shape (width,)
        NaN in columns outside the recording or over gaps. A column holds all samples that it
        touches, so neighbouring columns of a steep trace meet. Where a column is narrower than
        one sample both are the sample nearest to its middle: draw samples as a line then,
        they are fewer than the columns.

    Raises
    ------
    ValueError
        When the width is not positive or the range is empty.
    """
    if width < 1 or not stop > start:
        raise ValueError(f"no columns to draw: {start} to {stop} in {width}")
    made = lead if isinstance(lead, Pyramid) else None
    samples = made.samples if made else np.asarray(lead, np.float32)
    per_column = (stop - start) / width
    low, high, unit = _level(made, samples, per_column)
    edges = (start + per_column * np.arange(width + 1)) / unit
    first = np.floor(edges[:-1]).astype(np.int64)
    last = np.maximum(np.ceil(edges[1:]).astype(np.int64), first + 1)
    if per_column < 1:
        first = np.floor(0.5 * (edges[:-1] + edges[1:])).astype(np.int64)
        last = first + 1
    inside = (last > 0) & (first < low.size)
    out_low, out_high = np.full(width, np.nan, np.float32), np.full(width, np.nan, np.float32)
    if inside.any():
        a = np.clip(first[inside], 0, low.size - 1)
        b = np.clip(last[inside], a + 1, low.size)
        out_low[inside] = _reduced(low, a, b, np.fmin)
        out_high[inside] = _reduced(high, a, b, np.fmax)
    return out_low, out_high


def _level(made: Pyramid | None, samples: Floats, per_column: float) -> tuple[Floats, Floats, int]:
    """Coarsest level with at least four values in a column: low, high, samples under a value."""
    if made is None or per_column < 4 * BASE:
        return samples, samples, 1
    depth = min(int(np.log2(per_column / (4 * BASE))), len(made.lows) - 1)
    return made.lows[depth], made.highs[depth], BASE << depth


def _reduced(
    values: Floats, first: NDArray[np.int64], last: NDArray[np.int64], extreme: np.ufunc
) -> Floats:
    """Extreme of ``values[first:last]`` for each pair; the stretches may overlap."""
    pairs = np.stack([first, last], axis=1).ravel()
    padded = np.append(values, np.float32(np.nan))  # reduceat takes no index at the very end
    return np.asarray(extreme.reduceat(padded, pairs)[::2], np.float32)

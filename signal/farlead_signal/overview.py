"""Minima and maxima for drawing: a pyramid of quarterings, and pixel columns from it.

A trace that is zoomed out is drawn as one vertical line a pixel column, from the least to the
greatest sample in it, so that no spike is lost. The pyramid makes this as cheap for a day as
for ten seconds.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: Samples under one value of the pyramid's finest level.
BASE = 16
#: Values of a level under one value of the next: two levels then weigh a sixth of the samples.
STEP = 4
#: Samples worked on at once while the finest level is made: they stay in the processor's cache.
CACHED = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """One lead and the extremes of its quarterings.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
    lows, highs : tuple of ndarray
        Level 0 holds the extremes of BASE samples each, every further level those of STEP times
        as many; the last value of a level may cover fewer. NaN samples are left out; a value is
        NaN only where all its samples are.
    """

    samples: Floats
    lows: tuple[Floats, ...]
    highs: tuple[Floats, ...]

    @property
    def nbytes(self) -> int:
        """Memory of all levels, without that of the samples."""
        return sum(level.nbytes for level in (*self.lows, *self.highs))


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
        low, high = _joined(low, STEP, np.fmin), _joined(high, STEP, np.fmax)
        lows.append(low)
        highs.append(high)
    return Pyramid(lead, tuple(lows), tuple(highs))


def _base(lead: Floats) -> tuple[Floats, Floats]:
    """Extremes of BASE samples each, block by block through one buffer."""
    size = -(-lead.size // BASE)
    low, high = np.empty(size, np.float32), np.empty(size, np.float32)
    turned = np.empty((BASE, CACHED // BASE), np.float32)
    whole = lead.size // BASE * BASE
    for first in range(0, whole, CACHED):
        part = lead[first : min(first + CACHED, whole)].reshape(-1, BASE)
        at = slice(first // BASE, first // BASE + len(part))
        block = turned[:, : len(part)]
        block[:] = part.T  # reduced along rows that lie in one piece, with wide instructions
        np.minimum.reduce(block, axis=0, out=low[at])
        if np.isnan(low[at]).any():  # gaps are left out, which is slower
            np.fmin.reduce(block, axis=0, out=low[at])
            np.fmax.reduce(block, axis=0, out=high[at])
        else:
            np.maximum.reduce(block, axis=0, out=high[at])
    if whole < lead.size:
        low[-1], high[-1] = np.fmin.reduce(lead[whole:]), np.fmax.reduce(lead[whole:])
    return low, high


def _joined(values: Floats, by: int, extreme: np.ufunc) -> Floats:
    """Extreme of every `by` values; the last one may cover fewer."""
    whole = values.size // by * by
    joined: Floats = values[0:whole:by]
    for at in range(1, by):
        joined = extreme(joined, values[at:whole:by])
    if whole == values.size:
        return joined
    return np.append(joined, extreme.reduce(values[whole:]))


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
    per_column = (stop - start) / width
    return _extremes(lead, start + per_column * np.arange(width + 1), per_column)


def lattice(
    lead: Pyramid | NDArray[np.floating], first: int, stop: int, per_column: float, offset: int = 0
) -> tuple[Floats, Floats]:
    """The same for columns that are counted from the start of the recording.

    A column is the same whichever others it is asked for with.

    Parameters
    ----------
    lead : Pyramid or ndarray, shape (n,)
    first, stop : int
        Columns, half open.
    per_column : float
        Samples.
    offset : int
        Sample of the recording that `lead` begins with.

    Returns
    -------
    low, high : ndarray of float32, shape (stop - first,)
        As of `columns`.

    Raises
    ------
    ValueError
        When there is no column, or no sample in one.
    """
    if stop <= first or not per_column > 0:
        raise ValueError(f"no columns to draw: {first} to {stop} of {per_column} samples")
    return _extremes(lead, np.arange(first, stop + 1) * per_column - offset, per_column)


def _extremes(
    lead: Pyramid | NDArray[np.floating], at: NDArray[np.floating], per_column: float
) -> tuple[Floats, Floats]:
    """Extremes between neighbouring places, in samples."""
    made = lead if isinstance(lead, Pyramid) else None
    samples = made.samples if made else np.asarray(lead, np.float32)
    low, high, unit = _level(made, samples, per_column)
    edges = at / unit
    first = np.floor(edges[:-1]).astype(np.int64)
    last = np.maximum(np.ceil(edges[1:]).astype(np.int64), first + 1)
    if per_column < 1:
        first = np.floor(0.5 * (edges[:-1] + edges[1:])).astype(np.int64)
        last = first + 1
    inside = (last > 0) & (first < low.size)
    width = len(first)
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
    depth = min(int(math.log(per_column / (4 * BASE), STEP) + 1e-9), len(made.lows) - 1)
    return made.lows[depth], made.highs[depth], BASE * STEP**depth


def _reduced(
    values: Floats, first: NDArray[np.int64], last: NDArray[np.int64], extreme: np.ufunc
) -> Floats:
    """Extreme of ``values[first:last]`` for each pair; the stretches may overlap."""
    lowest = int(first[0])
    pairs = np.stack([first, last], axis=1).ravel() - lowest
    part = values[lowest : int(last.max())]
    padded = np.append(part, np.float32(np.nan))  # reduceat takes no index at the very end
    return np.asarray(extreme.reduceat(padded, pairs)[::2], np.float32)

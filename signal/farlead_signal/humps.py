"""P and T waves: a hump between its steepest rise and its steepest fall."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead_signal.windows import Floats, Ints, picked, slopes


@dataclass(frozen=True, slots=True, eq=False)
class Humps:
    """The most prominent hump of each row, upright or inverted; arrays of shape (leads, beats).

    Parameters
    ----------
    onset, peak, offset : ndarray
        Indices of the rows, between samples.
    height : ndarray
        From the chord between onset and offset to the peak, with its sign.
    """

    onset: Floats
    peak: Floats
    offset: Floats
    height: Floats

    def places(self) -> tuple[Floats, Floats, Floats]:
        """Onset, peak and offset."""
        return self.onset, self.peak, self.offset

    def moved(self, step: int, start: int) -> "Humps":
        """The same in indices of rows of which these are every `step`-th sample from `start`."""
        onset, peak, offset = (start + step * place for place in self.places())
        return Humps(onset, peak, offset, self.height)


@dataclass(frozen=True, slots=True)
class Edges:
    """Where a hump begins and ends, by its slopes.

    Parameters
    ----------
    rise, fall : float
        The hump begins and ends where the slope has come down to this share of its steepest.
    tangent : float
        Share of the tangent's end in the offset, 0 to 1; the rest is the slope's.
    reach : int
        Greatest distance of onset and offset from the steepest slopes, in samples.
    """

    rise: float
    fall: float
    tangent: float
    reach: int


def humps(rows: Floats, weight: Floats, edges: Edges, longest: int) -> Humps:
    """The hump of each row that is steepest where it is expected.

    Parameters
    ----------
    rows : ndarray, shape (leads, beats, w)
        Smoothed.
    weight : ndarray, shape (beats, w) or (leads, beats, w)
        How much a slope counts at each place; no wave is where it is 0.
    edges : Edges
    longest : int
        Greatest distance of the steepest rise from the steepest fall, in samples.
    """
    at = np.arange(rows.shape[2])
    steep = slopes(rows)
    rise, fall = _pair(rows, steep, weight, longest)
    steep = np.where(weight > 0, steep, 0)
    sign = np.where(rise <= fall, 1, -1).astype(rows.dtype)[..., None]
    first, second = np.minimum(rise, fall)[..., None], np.maximum(rise, fall)[..., None]
    upright, going = sign * rows, sign * steep
    between = (at >= first) & (at <= second)
    top = np.where(between, upright, -np.inf).argmax(2)[..., None]
    onset = _left(going, first, edges.rise, edges.reach)
    offset = _right(going, second, edges.fall, edges.reach)
    level = picked(upright, np.rint(offset).astype(np.int64))
    slope = np.minimum(picked(going, second), -1e-9)
    tangent = second + np.minimum(
        np.maximum((level - picked(upright, second)) / slope, 0), edges.reach
    )
    offset = edges.tangent * tangent + (1 - edges.tangent) * offset
    feet = 0.5 * (picked(upright, np.rint(onset).astype(np.int64)) + level)
    height = sign * (picked(upright, top) - feet)
    return Humps(onset[..., 0], _vertex(upright, top)[..., 0], offset[..., 0], height[..., 0])


def _pair(rows: Floats, steep: Floats, weight: Floats, longest: int) -> tuple[Ints, Ints]:
    """Steepest rise and fall: the steepest slope of all, and the other side of the hump it borders.

    A slope borders two humps, one before it and one, the other way up, after it. The one that
    stands out more from its far side counts.
    """
    at = np.arange(steep.shape[2])
    steep, inside = steep * weight, weight > 0
    high, low = steep.argmax(2)[..., None], steep.argmin(2)[..., None]
    falling = -picked(steep, low) >= picked(steep, high)
    main, sign = np.where(falling, low, high), np.where(falling, 1, -1).astype(rows.dtype)
    down, going = sign * rows, sign * steep
    apart = at - main
    top = _top(down, inside & (apart <= 0) & (apart >= -longest))
    bottom = _top(-down, inside & (apart >= 0) & (apart <= longest))
    earlier = inside & (at <= top) & (at >= top - longest)
    later = inside & (at >= bottom) & (at <= bottom + longest)
    before = picked(down, top) - np.where(earlier, down, np.inf).min(2, keepdims=True)
    after = np.where(later, down, -np.inf).max(2, keepdims=True) - picked(down, bottom)
    up_before = np.where(earlier, going, -np.inf).argmax(2)[..., None]
    up_after = np.where(later, going, -np.inf).argmax(2)[..., None]
    outstanding = np.maximum(before, 0) * np.maximum(picked(going, up_before), 0)
    later_one = np.maximum(after, 0) * np.maximum(picked(going, up_after), 0)
    first = outstanding >= later_one
    partner = np.where(first, up_before, up_after)
    rise, fall = np.where(falling, partner, main), np.where(falling, main, partner)
    return rise[..., 0], fall[..., 0]


def _top(rows: Floats, inside: NDArray[np.bool_]) -> Ints:
    return np.asarray(np.where(inside, rows, -np.inf).argmax(2)[..., None])


def _left(going: Floats, first: Ints, share: float, reach: int) -> Floats:
    """Where the slope before `first` has come down to a share of the slope there."""
    at = np.arange(going.shape[2])
    limit = share * picked(going, first)
    under = (going < limit) & (at < first) & (at >= first - reach)
    where = np.where(under, at, -1).max(2, keepdims=True)
    where = np.where(where < 0, np.maximum(first - reach, 0), where)
    here, there = picked(going, where), picked(going, where + 1)
    part = (limit - here) / np.maximum(there - here, 1e-12)
    return np.asarray(where + np.minimum(np.maximum(part, 0), 1))


def _right(going: Floats, second: Ints, share: float, reach: int) -> Floats:
    mirrored = _left(-going[..., ::-1], going.shape[2] - 1 - second, share, reach)
    return np.asarray(going.shape[2] - 1 - mirrored)


def _vertex(rows: Floats, top: Ints) -> Floats:
    """Top of the parabola through a maximum and its neighbours."""
    before, here, after = (picked(rows, top + k) for k in (-1, 0, 1))
    bent = np.maximum(2 * here - before - after, 1e-12)
    return np.asarray(top + np.minimum(np.maximum((after - before) / (2 * bent), -0.5), 0.5))

"""P and T waves: a hump between its steepest rise and its steepest fall."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from farlead_signal.windows import Floats, Ints

_UP, _DOWN = np.float32(1), np.float32(-1)


@dataclass(frozen=True, slots=True, eq=False)
class Humps:
    """The most prominent hump of each row, upright or inverted; arrays of shape (leads, beats).

    Parameters
    ----------
    onset, peak, offset : ndarray
        Indices of the rows, between samples.
    height : ndarray
        From the chord between onset and offset to the peak, with its sign.
    before, after : ndarray
        From onset and from offset to the peak, above 0 for a hump; about 0 where a slope has no
        other side.
    """

    onset: Floats
    peak: Floats
    offset: Floats
    height: Floats
    before: Floats
    after: Floats

    def places(self) -> tuple[Floats, Floats, Floats]:
        """Onset, peak and offset."""
        return self.onset, self.peak, self.offset

    def moved(self, step: int, start: int) -> "Humps":
        """The same in indices of rows of which these are every `step`-th sample from `start`."""
        onset, peak, offset = (start + step * place for place in self.places())
        return Humps(onset, peak, offset, self.height, self.before, self.after)


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


def humps(rows: Floats, steep: Floats, weight: Floats, edges: Edges, longest: int) -> Humps:
    """The hump of each row that is steepest where it is expected.

    Parameters
    ----------
    rows : ndarray, shape (leads, beats, w)
        Smoothed.
    steep : ndarray, shape (leads, beats, w)
        Their slopes (:func:`farlead_signal.windows.slopes`).
    weight : ndarray, shape (beats, w)
        How much a slope counts at each place; above 0 in one stretch, no wave is elsewhere.
    edges : Edges
    longest : int
        Greatest distance of the steepest rise from the steepest fall, in samples.
    """
    inside = weight > 0
    steep = steep * inside
    lines = _Lines.of(rows, steep * weight, inside)
    rise, fall = _pair(lines, longest)
    sign = np.where(rise <= fall, _UP, _DOWN)
    first, second = np.minimum(rise, fall), np.maximum(rise, fall)
    at = lines.start + np.minimum(first + _steps(0, 2 * longest), second)
    top = first + (lines.values.take(at) * sign).argmax(0)
    begin, end = _feet(lines, steep.reshape(-1), sign, np.array([first, second]), edges)
    level, base = lines.at(np.rint(np.array([end, begin]))) * sign
    slope = np.minimum(steep.reshape(-1).take(lines.start + second) * sign, -1e-9)
    fallen = np.maximum((level - lines.values.take(lines.start + second) * sign) / slope, 0)
    tangent = second + np.minimum(fallen, edges.reach)
    end = edges.tangent * tangent + (1 - edges.tangent) * end
    beside = lines.at(top + _steps(-1, 1)) * sign
    before, after = beside[1] - base, beside[1] - level
    height = sign * 0.5 * (before + after)
    places = (begin, top + _vertex(beside), end, height, before, after)
    return Humps(*(place.reshape(rows.shape[:2]) for place in places))


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Rows one below the other. What is asked of each has the rows along its last axis.

    Parameters
    ----------
    values, steep : ndarray, shape (rows * w,)
        Samples, and slopes by their weight.
    start : ndarray of int64, shape (rows,)
        Where each row begins.
    w : int
    low, high : ndarray of int64, shape (rows,)
        First and last index within each row where a wave may be.
    main : ndarray of int64, shape (rows,)
        The steepest slope.
    sign : ndarray, shape (rows,)
        1 where that falls, -1 where it rises.
    """

    values: Floats
    steep: Floats
    start: Ints
    w: int
    low: Ints
    high: Ints
    main: Ints
    sign: Floats

    @classmethod
    def of(cls, rows: Floats, steep: Floats, inside: NDArray[np.bool_]) -> "_Lines":
        leads, beats, w = steep.shape
        first, last = inside.argmax(1), w - 1 - inside[:, ::-1].argmax(1)
        some = inside[:, 0] | (first > 0)
        ends = np.empty((2, leads, beats), np.int64)
        ends[0], ends[1] = first, last * some
        low, high = ends.reshape(2, -1)
        start, flat, lines = _starts(leads * beats, w), steep.reshape(-1), steep.reshape(-1, w)
        most, least = lines.argmax(1), lines.argmin(1)
        falling = -flat.take(start + least) >= flat.take(start + most)
        main = np.minimum(np.maximum(np.where(falling, least, most), low), high)
        sign = np.where(falling, _UP, _DOWN)
        return cls(rows.reshape(-1), flat, start, w, low, high, main, sign)

    def within(self, at: Ints) -> Ints:
        """Indices kept to where a wave may be."""
        return np.asarray(np.minimum(np.maximum(at, self.low), self.high))

    def at(self, places: NDArray[np.generic]) -> Floats:
        """Samples at some indices of each row, which are kept within it."""
        kept = np.minimum(np.maximum(places, 0), self.w - 1).astype(np.int64)
        return np.asarray(self.values.take(self.start + kept))


@lru_cache(maxsize=64)
def _starts(count: int, w: int) -> Ints:
    return np.arange(0, count * w, w)


@lru_cache(maxsize=64)
def _steps(first: int, last: int) -> Ints:
    return np.arange(first, last + 1)[:, None]


@lru_cache(maxsize=16)
def _sides(longest: int) -> tuple[Ints, Floats]:
    """Steps to the left and to the right, (longest + 1, 2, 1), and the sign of each side."""
    steps = np.stack([np.arange(-longest, 1), np.arange(longest + 1)], axis=1)[..., None]
    return steps, np.array([[1], [-1]], np.float32)


def _pair(lines: _Lines, longest: int) -> tuple[Ints, Ints]:
    """Steepest rise and fall: the steepest slope of all, and the other side of the hump it borders.

    A slope borders two humps, one before it and one, the other way up, after it. The one that
    stands out more from its far side counts.
    """
    main, sign = lines.main, lines.sign
    around = lines.within(main + _steps(-longest, longest))
    down = lines.values.take(lines.start + around) * sign
    tops = np.array([down[: longest + 1].argmax(0) - longest, down[longest:].argmin(0)])
    ends = lines.within(main + tops)
    steps, up = _sides(longest)
    beyond = lines.start + lines.within(ends + steps)
    way = sign * up
    foot = np.minimum.reduce(lines.values.take(beyond) * way)
    rising = lines.steep.take(beyond) * sign
    height = lines.values.take(lines.start + ends) * way - foot
    outstanding = np.maximum(height, 0) * np.maximum(np.maximum.reduce(rising), 0)
    partner = lines.within(ends + steps[0] + rising.argmax(0))
    partner = np.where(outstanding[0] >= outstanding[1], partner[0], partner[1])
    falling = sign > 0
    return np.where(falling, partner, main), np.where(falling, main, partner)


@lru_cache(maxsize=16)
def _outward(reach: int) -> tuple[Ints, Ints]:
    """Steps outward from a rise and from a fall, (reach, 2, 1), and the direction of each."""
    way = np.array([[-1], [1]])
    return way * np.arange(1, reach + 1)[:, None, None], way


def _feet(
    lines: _Lines, steep: Floats, sign: Floats, begins: Ints, edges: Edges
) -> tuple[Floats, Floats]:
    """Where the slope outside of the steepest ones has come down to a share of them."""
    (steps, way), most = _outward(edges.reach), lines.w - 1
    going = sign * -way
    limit = _shares(edges.rise, edges.fall) * (steep.take(lines.start + begins) * going)
    at = np.minimum(np.maximum(begins + steps, 0), most)
    under = steep.take(lines.start + at) * going < limit
    near = np.where(np.logical_or.reduce(under), under.argmax(0), edges.reach - 1)
    where = np.minimum(np.maximum(begins + way * (near + 1), 0), most)
    inner = np.minimum(np.maximum(where - way, 0), most)
    here, there = steep.take(lines.start + np.array([where, inner])) * going
    part = (limit - here) / np.maximum(there - here, 1e-12)
    begin, end = where - way * np.minimum(np.maximum(part, 0), 1)
    return begin, end


@lru_cache(maxsize=16)
def _shares(rise: float, fall: float) -> NDArray[np.float64]:
    return np.array([[rise], [fall]])


def _vertex(beside: Floats) -> Floats:
    """Top of the parabola through a maximum and its neighbours, from the maximum."""
    before, here, after = beside
    bent = np.maximum(2 * here - before - after, 1e-12)
    return np.asarray(np.minimum(np.maximum((after - before) / (2 * bent), -0.5), 0.5))

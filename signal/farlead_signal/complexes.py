"""QRS onset and offset in windows of beats."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from farlead_signal.windows import Floats, Ints, middle, picked, slopes, summing

#: The complex over all leads is where their slope exceeds this share of its greatest.
STEEP = 0.13
#: ... and this many times the usual slope around it: mains never is calm.
RESTLESS = 1.6
#: A run of smaller slopes of this length ends the complex, in seconds; before it the run is
#: longer, because a Q wave of 40 ms stands still at its top.
CALM, CALM_BEFORE = 0.016, 0.024
#: How far the complex may reach before and after R, in seconds.
REACH_BEFORE, REACH_AFTER = 0.20, 0.26
#: Signal that is looked at beyond that, in seconds.
MARGIN = 0.04
#: In its lead the complex begins where FIRST of its way (the sum of its slopes) is covered,
#: less LEAD_IN of the time from there to where SECOND is, at most LONGEST (in seconds): the start
#: of a slow onset, which readers mark by sight. It ends where all but LAST is covered.
FIRST, SECOND, LEAD_IN = 0.01, 0.30, 0.30
LONGEST = 0.0065
LAST = 0.01
#: A jump so near to the start of the complex is a pacing spike; the complex begins so long after
#: it at the earliest, in seconds.
SPIKE_WITHIN, SPIKE_LASTS = 0.016, 0.030
#: The steepest part of the complex is not looked for so near to a jump, in seconds.
SPIKE_BLURS = 0.012
#: P waves are looked for up to so long before the complex at the latest, in seconds. From TAPERS
#: before it on what is STEEPER than all from EARLIEST to there is the complex's slow beginning.
SPARED, TAPERS, EARLIEST, STEEPER = 0.020, 0.060, 0.240, 2.0
#: A lead's complex may begin before, and end after, that of all leads by this, in seconds.
BEYOND = 0.008


def complexes(
    beats: Floats, jumped: NDArray[np.bool_], r: int, fs: float
) -> tuple[Floats, Floats, Ints, Ints]:
    """Onset and offset in each lead and over all.

    Parameters
    ----------
    beats : ndarray, shape (leads, beats, w)
        Averaged with their like.
    jumped : ndarray of bool, shape (beats, w)
        Where the signal jumps from one sample to the next.
    r : int
    fs : float

    Returns
    -------
    onsets, offsets : ndarray, shape (leads, beats)
        Window indices, between samples.
    first, last : ndarray of int64, shape (beats,)
        Over all leads.
    """
    start = max(0, r - round((REACH_BEFORE + MARGIN) * fs))
    part = slice(start, r + round((REACH_AFTER + MARGIN) * fs))
    onset, offset, first, last = _within(beats[:, :, part], jumped[:, part], r - start, fs)
    return onset + start, offset + start, first + start, last + start


def _within(
    beats: Floats, jumped: NDArray[np.bool_], r: int, fs: float
) -> tuple[Floats, Floats, Ints, Ints]:
    steep = slopes(beats)
    np.abs(steep, out=steep)
    power = np.add.reduce(steep * steep)
    first, last = extent(np.sqrt(power / len(steep)), jumped, r, fs)
    if jumped.any():
        first = _after_spike(first, jumped, fs)
    beyond = round(BEYOND * fs)
    low, high = max(int(first.min()) - beyond, 0), int(last.max()) + beyond + 1
    at = np.arange(low, min(high, beats.shape[2]))
    inside = (at >= (first - beyond)[:, None]) & (at <= (last + beyond)[:, None])
    begin, second, end = covered(steep[:, :, low:high] * inside, (FIRST, SECOND, 1 - LAST))
    onset = begin - np.minimum(LEAD_IN * (second - begin), LONGEST * fs)
    return onset + low, end + low, first, last


def extent(activity: Floats, jumped: NDArray[np.bool_], r: int, fs: float) -> tuple[Ints, Ints]:
    """First and last sample of the complex, shape (beats,), from the slope over all leads."""
    near = round(0.1 * fs)
    smooth = activity.copy()
    smooth[:, 1:-1] += activity[:, :-2]
    smooth[:, 1:-1] += activity[:, 2:]
    smooth[:, 1:-1] *= np.float32(1 / 3)
    low = max(0, r - near)
    part = smooth[:, low : r + near]
    if jumped.any():
        part = np.where(_around(jumped, round(SPIKE_BLURS * fs))[:, low : r + near], 0, part)
    beats = np.arange(len(smooth))
    peak = part.argmax(1) + low
    size = max(2, round(CALM * fs))
    limit = np.maximum(STEEP * smooth[beats, peak], RESTLESS * middle(smooth, 1))
    low_slope = smooth < limit[:, None]
    calm, longer = _runs(low_slope, size), max(size, round(CALM_BEFORE * fs))
    at, peak = np.arange(activity.shape[1]), peak[:, None]
    still = _runs(low_slope, longer) & (at + longer <= peak)
    begin = np.where(still, at + longer, 0).max(1)
    end = np.where(calm & (at > peak), at - 1, activity.shape[1]).min(1)
    begin = np.maximum(begin, r - round(REACH_BEFORE * fs))
    end = np.minimum(end, r + round(REACH_AFTER * fs))
    return begin, end


def calm_before(mean: Floats, first: Ints, fs: float) -> Ints:
    """Where a P wave must be over, shape (beats,): SPARED before the complex or earlier.

    A complex that begins slowly is no P wave. What is STEEPER over all leads than anything from
    EARLIEST to TAPERS before the complex belongs to the complex.
    """
    early, late = round(EARLIEST * fs), round(TAPERS * fs)
    part = picked(mean, (first[:, None] + np.arange(-early - 1, 1))[None])
    steep = part[:, :, 2:] - part[:, :, :-2]
    power = np.add.reduce(steep * steep)
    usual = power[:, : early - late].max(1, keepdims=True)
    above = power[:, early - late :] > STEEPER**2 * usual
    begins = np.where(above.any(1), above.argmax(1), late) - late - 1
    return np.asarray(first + np.minimum(begins, -round(SPARED * fs)), np.int64)


def _around(marks: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Marks and what is within `reach` samples of them."""
    if not marks.any():
        return marks
    beats, w = marks.shape
    around = np.zeros((beats, w + 2 * reach), bool)
    for k in range(2 * reach + 1):
        around[:, k : k + w] |= marks
    return around[:, reach : reach + w]


def _after_spike(first: Ints, jumped: NDArray[np.bool_], fs: float) -> Ints:
    """Start of the complex behind the pacing spike that it begins with."""
    at = np.arange(jumped.shape[1])
    near = np.abs(at - first[:, None]) <= round(SPIKE_WITHIN * fs)
    last = np.where(jumped & near, at, -1).max(1)
    return np.where(last >= 0, np.maximum(first, last + round(SPIKE_LASTS * fs)), first)


def _runs(held: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Where a run of `size` true samples starts."""
    runs = np.zeros_like(held)
    last = max(held.shape[1] - size + 1, 0)
    runs[:, :last] = held[:, :last]
    for k in range(1, size):
        runs[:, :last] &= held[:, k : last + k]
    return runs


def covered(parts: Floats, shares: tuple[float, ...]) -> Floats:
    """Where each share of the sum of each row of parts is reached, between samples.

    Parameters
    ----------
    parts : ndarray, shape (leads, beats, w)
        Not negative.
    shares : tuple of float

    Returns
    -------
    ndarray, shape (shares, leads, beats)
    """
    leads, beats, w = parts.shape
    way = parts.reshape(-1, w) @ summing(w, w, 0)
    flat, start = way.reshape(-1), np.arange(0, way.size, w)
    wanted = _column(shares) * way[:, -1]
    after = (way >= wanted[..., None]).argmax(2)
    high, low = flat.take(start + after), flat.take(start + np.maximum(after - 1, 0))
    low *= after > 0
    part = (wanted - low) / np.maximum(high - low, 1e-12)
    place = after - 0.5 + np.minimum(np.maximum(part, 0), 1)
    return np.asarray(place.reshape(-1, leads, beats))


@lru_cache(maxsize=8)
def _column(shares: tuple[float, ...]) -> NDArray[np.float32]:
    return np.array(shares, np.float32)[:, None]

"""QRS onset and offset in windows of beats."""

import numpy as np
from numpy.typing import NDArray

from farlead_signal.windows import Floats, Ints, picked, slopes

#: The complex over all leads is where their slope exceeds this share of its greatest.
STEEP = 0.13
#: A run of smaller slopes of this length ends the complex, in seconds.
CALM = 0.016
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
    steep = np.abs(slopes(beats))
    first, last = extent(np.sqrt(np.square(steep).mean(0)), jumped, r, fs)
    first = _after_spike(first, jumped, fs)
    beyond = round(BEYOND * fs)
    at = np.arange(beats.shape[2])
    inside = (at >= (first - beyond)[:, None]) & (at <= (last + beyond)[:, None])
    way = np.where(inside, steep, 0).cumsum(2)
    begin = covered(way, FIRST)
    onset = begin - np.minimum(LEAD_IN * (covered(way, SECOND) - begin), LONGEST * fs)
    end = covered(way, 1 - LAST)
    return onset, end, first, last


def extent(activity: Floats, jumped: NDArray[np.bool_], r: int, fs: float) -> tuple[Ints, Ints]:
    """First and last sample of the complex, shape (beats,), from the slope over all leads."""
    near = round(0.1 * fs)
    activity = activity.copy()
    activity[:, 1:-1] = (activity[:, 2:] + activity[:, 1:-1] + activity[:, :-2]) / 3
    low = max(0, r - near)
    quiet = np.where(_around(jumped, round(SPIKE_BLURS * fs)), 0, activity)
    peak = quiet[:, low : r + near].argmax(1)[:, None] + low
    calm = _runs(activity < STEEP * picked(activity[None], peak[None])[0], max(2, round(CALM * fs)))
    at = np.arange(activity.shape[1])
    size = max(2, round(CALM * fs))
    begin = np.where(calm & (at + size <= peak), at + size, 0).max(1)
    end = np.where(calm & (at > peak), at - 1, activity.shape[1]).min(1)
    begin = np.maximum(begin, r - round(REACH_BEFORE * fs))
    end = np.minimum(end, r + round(REACH_AFTER * fs))
    return begin, end


def _around(marks: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    """Marks and what is within `reach` samples of them."""
    if not marks.any():
        return marks
    padded = np.pad(marks, [(0, 0), (reach, reach)])
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, 1).any(2))


def _after_spike(first: Ints, jumped: NDArray[np.bool_], fs: float) -> Ints:
    """Start of the complex behind the pacing spike that it begins with."""
    at = np.arange(jumped.shape[1])
    near = np.abs(at - first[:, None]) <= round(SPIKE_WITHIN * fs)
    last = np.where(jumped & near, at, -1).max(1)
    return np.where(last >= 0, np.maximum(first, last + round(SPIKE_LASTS * fs)), first)


def _runs(held: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Where a run of `size` true samples starts."""
    runs = held.copy()
    for k in range(1, size):
        runs[:, : held.shape[1] - k] &= held[:, k:]
        runs[:, held.shape[1] - k :] = False
    return runs


def covered(way: Floats, share: float) -> Floats:
    """Where a share of each row's sum is reached, between samples; `way` is a cumulated sum."""
    wanted = share * way[..., -1:]
    after = (way >= wanted).argmax(-1)[..., None]
    high, low = picked(way, after), np.where(after > 0, picked(way, after - 1), 0)
    part = (wanted - low) / np.maximum(high - low, 1e-12)
    return np.asarray((after - 0.5 + np.minimum(np.maximum(part, 0), 1))[..., 0])

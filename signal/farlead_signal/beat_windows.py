"""Beats cut out of a recording side by side, put in place, at the rate at which shapes are told.

One cut serves the questions of rhythm: which beats are alike (their QRS complexes), whether P
waves stand before them (the PR segment) and which way the T wave points.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.rows import finite, from_own_start, means

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float32]

#: Rate of the windows aimed at, in hertz: twice the highest frequency that tells the shape of a
#: QRS complex, and enough for a P wave.
RATE = 125.0
#: A window reaches so long before and after R, in seconds: the P wave of a PR interval of
#: 0.24 s, and a T wave.
BEFORE, AFTER = 0.33, 0.46
#: A peak may be found on another wave of the complex: so far beats are moved at most, seconds.
MOVED = 0.056
#: The slopes of the QRS complex are looked for from so long before R to so long after it.
SLOPES = (0.10, 0.14)
#: Slopes below this share of the steepest are noise or T wave.
SLIGHT = 0.05
#: Below this standard deviation a lead has no signal, in millivolts.
NOTHING = 1e-4
#: What is greater, in millivolts, is no heart's, and its square must stay a number.
MOST = np.float32(1e6)
#: A lead is raised to this share of the usual size at most: leads count alike whatever their
#: size, but a lead of noise alone does not.
LEAST_LEAD = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class BeatWindows:
    """Beats side by side.

    Parameters
    ----------
    values : ndarray of float32, shape (beats, leads, w)
        Leads of one size (the usual QRS complex has a standard deviation of 1).
    rate : float
        Hertz.
    r : int
        Index of the middle of the QRS complex's slopes in each window.
    scale : ndarray of float32, shape (leads,)
        What the millivolts were multiplied by.
    at : ndarray of int64, shape (beats,)
        Sample of the recording at index `r` of each window.
    fs, n : float, int
        Hertz and length of the recording.
    """

    values: Floats
    rate: float
    r: int
    scale: Floats
    at: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    fs: float = np.nan
    n: int = 0

    def part(self, begin: float, end: float, moved: int = 0) -> Floats:
        """Samples from `begin` to `end` seconds after R, `moved` samples later; a view."""
        first = self.r + round(begin * self.rate) + moved
        return self.values[:, :, first : first + round((end - begin) * self.rate)]

    def recorded(self, begin: float, end: float) -> NDArray[np.bool_]:
        """Beats of which all from `begin` to `end` seconds after R lies in the recording."""
        inside = (self.at + begin * self.fs >= 0) & (self.at + end * self.fs <= self.n)
        return np.asarray(inside)

    def one(self, template: Floats) -> "BeatWindows":
        """A single beat of the same rate and scale, shape (leads, w)."""
        return BeatWindows(template[None], self.rate, self.r, self.scale)


def middle(rows: NDArray[np.floating]) -> NDArray[np.floating]:
    """Median over the first axis, for few rows faster than numpy's."""
    ordered, count = rows.copy(), len(rows)
    ordered.sort(axis=0)
    if count % 2:
        return np.asarray(ordered[count // 2])
    return np.asarray(0.5 * (ordered[count // 2 - 1] + ordered[count // 2]))


def windows_at(signal: NDArray[np.floating], start: Ints, width: int) -> Floats:
    """Windows of a recording, shape (windows, leads, width); its ends go on beyond themselves.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        At least one sample.
    start : ndarray of int64, shape (windows,)
        First samples; may lie outside.
    width : int
    """
    leads, n = signal.shape
    if n >= width:
        signal = np.ascontiguousarray(signal)
        inside = np.minimum(np.maximum(start, 0), n - width)
        down, right = signal.strides
        shape, strides = (n - width + 1, leads, width), (right, down, right)
        every: NDArray[np.floating] = np.ndarray(shape, signal.dtype, signal, 0, strides)
        found: Floats = every[inside].astype(np.float32, copy=False)
        out = (inside != start).nonzero()[0]
    else:
        found = np.empty((start.size, leads, width), np.float32)
        out = np.arange(start.size)
    if out.size:
        at = np.minimum(np.maximum(start[out, None] + np.arange(width), 0), n - 1)
        found[out] = signal[:, at].transpose(1, 0, 2)
    return found


def cut_beats(signal: NDArray[np.floating], fs: float, r_peaks: Ints) -> BeatWindows:
    """Cut out beats.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts; what is not finite counts as 0.
    fs : float
        Hertz.
    r_peaks : ndarray of int64, shape (beats,)
        Samples, at least one.
    """
    step = max(1, round(fs / RATE))
    rate = fs / step
    room = round(MOVED * rate)
    before, width = round(BEFORE * rate), round(BEFORE * rate) + round(AFTER * rate)
    start = r_peaks - (before + room) * step
    raw = windows_at(signal, start, (width + 2 * room) * step)
    mean = np.full(step, 1 / step, np.float32)
    values = (raw.reshape(-1, step) @ mean).reshape(r_peaks.size, signal.shape[0], -1)
    if not finite(values):
        values = np.where(np.isfinite(values), values, np.float32(0))
    np.minimum(np.maximum(values, -MOST, out=values), MOST, out=values)
    middle = before + room
    qrs = values[:, :, middle - round(SLOPES[0] * rate) : middle + round(SLOPES[1] * rate)]
    scale = _scale(qrs)
    values *= scale[:, None]
    moved = np.minimum(np.maximum(_centres(qrs * scale[:, None]), -room), room)
    values = from_own_start(values, room + moved, width)
    at = r_peaks + moved * step
    return BeatWindows(values, rate, before, scale, at, fs, signal.shape[1])


def _scale(qrs: Floats) -> Floats:
    """One over the usual size of the QRS complex in each lead; 0 for a lead without signal."""
    width = qrs.shape[2]
    power = np.vecdot(qrs, qrs) - width * means(qrs) ** 2
    sizes = np.sqrt(np.maximum(middle(power), 0) / width)
    seen = sizes[sizes > NOTHING]
    if seen.size == 0:
        return np.zeros(sizes.size, np.float32)
    least = LEAST_LEAD * float(middle(seen))
    return np.asarray(np.where(sizes > NOTHING, 1 / np.maximum(sizes, least), 0), np.float32)


def _centres(qrs: Floats) -> Ints:
    """Where the slopes have their centre, in samples from the median of all beats."""
    steps = qrs[:, :, 1:] - qrs[:, :, :-1]
    power = np.add.reduce(steps * steps, 1)
    power = np.maximum(power - SLIGHT * power.max(1, keepdims=True), 0)
    centre = power @ np.arange(power.shape[1], dtype=np.float32)
    centre /= power.sum(1) + np.float32(1e-9)
    return np.asarray(np.rint(centre - middle(centre)), np.int64)

"""Where P wave, QRS complex and T wave begin, peak and end, in every beat and lead.

See docs/measurement.md for how it works, what it was tuned on and where it fails.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from farlead_signal.qrs import detect_qrs

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]

#: Positions below zero: the wave is not there; it cannot be judged (the recording ends, a gap,
#: an unusable lead, noise above the wave).
ABSENT, UNKNOWN = -1, -2

#: A window reaches from so long before R to so long after it, in seconds.
BEFORE, AFTER = 0.6, 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Fiducials:
    """Fiducial points, in samples; :data:`ABSENT` or :data:`UNKNOWN` below zero.

    Parameters
    ----------
    p_on, p_peak, p_off, qrs_on, qrs_off, t_on, t_peak, t_off : ndarray of int64
        Shape (leads, beats); (beats,) for a one-dimensional signal and in `overall`.
    r_peaks : ndarray of int64, shape (beats,)
        The beats.
    overall : Fiducials or None
        Over all leads: earliest onset and latest offset; None in itself.
    """

    p_on: Ints
    p_peak: Ints
    p_off: Ints
    qrs_on: Ints
    qrs_off: Ints
    t_on: Ints
    t_peak: Ints
    t_off: Ints
    r_peaks: Ints
    overall: "Fiducials | None" = None


POINTS = ("p_on", "p_peak", "p_off", "qrs_on", "qrs_off", "t_on", "t_peak", "t_off")


def delineate(signal: ArrayLike, fs: float, r_peaks: ArrayLike | None = None) -> Fiducials:
    """Fiducial points of every beat and lead.

    Parameters
    ----------
    signal : array_like, shape (n,) or (leads, n)
        Millivolts. What is not finite counts as not recorded.
    fs : float
        Sampling rate in hertz, 60 or more.
    r_peaks : array_like of int, shape (beats,), optional
        Samples of the QRS peaks, ascending; found by :func:`detect_qrs` when not given.

    Returns
    -------
    Fiducials
        In samples of the signal.
    """
    samples = np.ascontiguousarray(signal, np.float64)
    rows = samples[None] if samples.ndim == 1 else samples
    peaks = detect_qrs(samples, fs) if r_peaks is None else np.asarray(r_peaks, np.int64)
    n, before, width = rows.shape[1], round(BEFORE * fs), round((BEFORE + AFTER) * fs)
    at = peaks[:, None] - before + np.arange(width)
    beats = rows[:, np.clip(at, 0, max(n - 1, 0))] if n else np.zeros((len(rows), 0, width))
    gaps = np.diff(peaks) / fs
    ends = np.array([2.0])
    found = _points(beats, fs, before, np.r_[ends, gaps], np.r_[gaps, ends])
    starts = peaks - before
    found = np.where(found < 0, found, found + starts)
    found[(found >= n) | ((found < 0) & (found > UNKNOWN) & False)] = UNKNOWN
    return _fiducials(found, peaks, one=samples.ndim == 1)


def delineate_beats(
    beats: ArrayLike, fs: float, r: int, before: ArrayLike, after: ArrayLike
) -> Fiducials:
    """Fiducial points of beats whose windows are already cut, such as a median beat.

    Parameters
    ----------
    beats : array_like, shape (leads, beats, w)
        Millivolts.
    fs : float
        Hertz.
    r : int
        Index of the QRS peak in the windows.
    before, after : array_like, shape (beats,)
        RR interval to the beat before and after, in seconds.

    Returns
    -------
    Fiducials
        Positions are indices of the windows.
    """
    windows = np.asarray(beats, np.float64)
    found = _points(windows, fs, r, np.asarray(before, float), np.asarray(after, float))
    return _fiducials(found, np.full(windows.shape[1], r, np.int64), one=False)


def _fiducials(found: Ints, peaks: Ints, *, one: bool) -> Fiducials:
    onsets, offsets = {"p_on", "qrs_on", "t_on"}, {"p_off", "qrs_off", "t_off"}
    every = {}
    for name, lead in zip(POINTS, found, strict=True):
        known = lead >= 0
        low = np.where(known, lead, np.iinfo(np.int64).max).min(0, initial=np.iinfo(np.int64).max)
        high = lead.max(0, initial=UNKNOWN)
        middle = np.sort(np.where(known, lead, high), 0)[len(lead) // 2] if len(lead) else high
        chosen = low if name in onsets else high if name in offsets else middle
        every[name] = np.where(known.any(0), chosen, high)
    named = dict(zip(POINTS, found[:, 0] if one else found, strict=True))
    return Fiducials(**named, r_peaks=peaks, overall=Fiducials(**every, r_peaks=peaks))


def _points(windows: Floats, fs: float, r: int, before: Floats, after: Floats) -> Ints:
    """A first simple version: slopes against a share of the steepest one of each wave."""
    w = windows.shape[2]
    if windows.size == 0:
        return np.full((8, *windows.shape[:2]), UNKNOWN, np.int64)
    clean = np.where(np.isfinite(windows), windows, 0.0)
    quick = np.abs(_slope(clean, max(1, round(0.008 * fs))))
    slow = _slope(clean, max(1, round(0.02 * fs)))
    at = np.arange(w) - r
    qrs_on, _, qrs_off = _wave(quick, (at > -0.1 * fs) & (at < 0.12 * fs), 0.1, clean)
    t_first = (qrs_off + round(0.06 * fs))[..., None] - r
    t_last = np.minimum(0.6, 0.65 * after)[:, None] * fs
    t_on, t_peak, t_off = _wave(np.abs(slow), (at > t_first) & (at < t_last), 0.15, clean)
    p_first = -np.minimum(0.35, 0.5 * before)[:, None] * fs
    p_last = (qrs_on - round(0.02 * fs))[..., None] - r
    p_on, p_peak, p_off = _wave(np.abs(slow), (at > p_first) & (at < p_last), 0.15, clean)
    found = np.stack([p_on, p_peak, p_off, qrs_on, qrs_off, t_on, t_peak, t_off])
    found[:, ~np.isfinite(windows).all(2)] = UNKNOWN
    found[:, np.ptp(clean, 2) == 0] = UNKNOWN
    return found


def _slope(rows: Floats, reach: int) -> Floats:
    padded = np.pad(rows, [(0, 0), (0, 0), (reach, reach)], mode="edge")
    return padded[..., 2 * reach :] - padded[..., : -2 * reach]


def _wave(steep: Floats, inside: NDArray[np.bool_], share: float, rows: Floats) -> tuple[Ints, ...]:
    held = np.where(inside, steep, 0.0)
    above = held > share * held.max(2, keepdims=True)
    first, last = above.argmax(2), above.shape[2] - 1 - above[..., ::-1].argmax(2)
    at = np.arange(rows.shape[2])
    within = (at >= first[..., None]) & (at <= last[..., None])
    base = np.take_along_axis(rows, first[..., None], 2)
    peak = np.where(within, np.abs(rows - base), -1.0).argmax(2)
    gone = ~above.any(2)
    return tuple(np.where(gone, ABSENT, p).astype(np.int64) for p in (first, peak, last))

"""Where P wave, QRS complex and T wave begin, peak and end, in every beat and lead.

See docs/measurement.md for how it works, what it was tuned on and where it fails.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from farlead_signal.complexes import calm_before, complexes
from farlead_signal.order import in_order
from farlead_signal.overall import over_leads
from farlead_signal.qrs import checked_signal, detect_qrs
from farlead_signal.rows import finite
from farlead_signal.waves import COMPARED, atrial, lends, repolarisation
from farlead_signal.windows import (
    AFTER,
    BEFORE,
    SMOOTH,
    WORKING_RATE,
    Floats,
    Ints,
    aligned,
    alike,
    cut,
    jumps,
    middle,
    slopes,
    smoothed,
)

#: Positions below zero: the wave is not there; it cannot be judged (the recording ends, a gap,
#: an unusable lead, noise above the wave).
ABSENT, UNKNOWN = -1, -2
#: Points in the order of the arrays inside.
POINTS = ("p_on", "p_peak", "p_off", "qrs_on", "qrs_off", "t_on", "t_peak", "t_off")
#: To which of P wave, QRS complex and T wave each belongs.
WAVES = np.array((0, 0, 0, 1, 1, 2, 2, 2))
#: Beats that are worked on at once, and averaged with one another, at most: about 20 s.
TOGETHER = 24
#: RR interval before the first and after the last beat, in seconds: nothing is known of it.
UNSEEN = 1.0
#: Before a beat that is not early (RR interval against the middle one) there is room for a PR
#: interval of this length, in seconds: what seems to be the end of T may be a P wave upon it.
EARLY, P_ROOM = 0.8, 0.20
#: Signal that a block needs beyond its windows, in seconds, for the smoothing.
MARGIN = 0.3
#: A lead follows the middle of the leads: it keeps this share of its distance when that is small,
#: and is never farther than this share of so many seconds. Leads see different parts of P.
P_FOLLOWS, FOLLOWS = (0.85, 0.050), (0.8, 0.040)
_KEPT, _FAR = np.array([P_FOLLOWS] * 3 + [FOLLOWS] * 5).T[:, :, None, None]
#: A lead is usable in a beat when its complex is higher than this, in millivolts: amplifier noise.
LOWEST = 0.02
#: Less than this of a wave's height, in millivolts, is not told from noise.
SHALLOW = 0.010
#: A peak so far from the middle of the leads is that of another wave or of noise, in seconds.
P_APART, T_APART = 0.050, 0.120
#: Signal that must be known beyond a P or T wave, in seconds.
BEYOND = 0.020


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
        Over all leads, see :mod:`farlead_signal.overall`; None in itself.
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

    Raises
    ------
    ValueError
        As :func:`detect_qrs` does; for R peaks that do not ascend or lie outside of the signal.

    References
    ----------
    Multi-lead rules: Laguna et al., doi:10.1006/cbmr.1994.1006; slopes as boundaries: Martínez et
    al., doi:10.1109/TBME.2003.821031. Ours differs: see docs/measurement.md.
    """
    samples = checked_signal(signal, fs)
    peaks = detect_qrs(samples, fs) if r_peaks is None else _checked_peaks(r_peaks, samples)
    rows = samples[None] if samples.ndim == 1 else samples
    found = np.full((len(POINTS), len(rows), peaks.size), np.inf)
    every = np.full((len(POINTS), peaks.size), np.inf)
    gaps = (peaks[1:] - peaks[:-1]) / fs
    before, after = np.concatenate([[UNSEEN], gaps]), np.concatenate([gaps, [UNSEEN]])
    if rows.size:
        for first in range(0, peaks.size, TOGETHER):
            part = slice(first, first + TOGETHER)
            found[:, :, part], every[:, part] = _block(
                rows, fs, peaks[part], before[part], after[part]
            )
    found, every = _ordered(found, every, fs)
    return _fiducials(found, every, peaks, one=samples.ndim == 1)


def _ordered(
    found: Floats, every: Floats, fs: float, *, alone: bool = False
) -> tuple[Floats, Floats]:
    points = in_order(np.concatenate([found, every[:, None]], axis=1), fs, alone=alone)
    return points[:, :-1], points[:, -1]


def _checked_peaks(r_peaks: ArrayLike, samples: NDArray[np.floating]) -> Ints:
    peaks = np.asarray(r_peaks)
    if peaks.size == 0:
        return np.zeros(0, np.int64)
    if peaks.ndim != 1 or peaks.dtype.kind not in "iuf" or not np.isfinite(peaks).all():
        raise ValueError("R peaks are samples: one dimension of finite numbers")
    if peaks[0] < 0 or peaks[-1] >= samples.shape[-1] or (peaks[1:] <= peaks[:-1]).any():
        raise ValueError("R peaks ascend and lie within the signal")
    return peaks.astype(np.int64)


def delineate_beats(
    beats: ArrayLike, fs: float, r: int, before: ArrayLike, after: ArrayLike
) -> Fiducials:
    """Fiducial points of beats whose windows are already cut, such as a median beat.

    Parameters
    ----------
    beats : array_like, shape (leads, beats, w)
        Millivolts. Windows from 0.6 s before to 0.8 s after R show all that can be found.
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
    windows = np.asarray(beats, np.float32)
    peaks = np.full(windows.shape[1], r, np.int64)
    if windows.size == 0:
        nothing = np.full((len(POINTS), *windows.shape[:2]), np.inf)
        return _fiducials(nothing, np.full((len(POINTS), peaks.size), np.inf), peaks, one=False)
    known = np.isfinite(windows)
    clean = windows if known.all() else np.where(known, windows, np.float32(0))
    step = max(1, round(fs / WORKING_RATE))
    light = smoothed(clean, SMOOTH * fs, step)
    marks = _gathered(jumps(clean, fs), step, light.shape[-1])
    gaps = ~_gathered(~known, step, light.shape[-1])
    intervals = np.asarray(before, np.float64), np.asarray(after, np.float64)
    found, every = _points(light, marks, gaps, fs / step, round(r / step), *intervals)
    found, every = _ordered(found * step, every * step, fs, alone=True)
    return _fiducials(found, every, peaks, one=False)


def _gathered(marks: NDArray[np.bool_], step: int, size: int) -> NDArray[np.bool_]:
    """Marks of samples as marks of every `step`-th sample."""
    padded = np.zeros((*marks.shape[:-1], size * step), bool)
    padded[..., : marks.shape[-1]] = marks
    return np.asarray(padded.reshape(*marks.shape[:-1], size, step).any(-1))


def _block(
    rows: NDArray[np.floating], fs: float, peaks: Ints, before: Floats, after: Floats
) -> tuple[Floats, Floats]:
    """Points of neighbouring beats, in samples of the recording."""
    step = max(1, round(fs / WORKING_RATE))
    low = max(0, int(peaks[0]) - round((BEFORE + MARGIN) * fs))
    low -= low % step
    piece = np.asarray(
        rows[:, low : int(peaks[-1]) + round((AFTER + MARGIN) * fs)], dtype=np.float32
    )
    gaps = not finite(rows) and not finite(piece)
    if gaps:
        unknown = ~np.isfinite(piece)
        piece = np.where(unknown, np.float32(0), piece)
    light, rate = smoothed(piece, SMOOTH * fs, step), fs / step
    n = light.shape[1]
    steep = slopes(light)
    activity = np.add.reduce(np.abs(steep, out=steep))
    centres = aligned(activity, (peaks - low + step // 2) // step, rate)
    r, w = round(BEFORE * rate), round(AFTER * rate)
    jumped = jumps(piece, fs)
    marks = np.zeros((peaks.size, r + w), bool)
    if jumped.any():
        marks = cut(_gathered(jumped, step, n), centres, r, w)
    at = centres[:, None] + np.arange(-r, w)
    known = ((at >= 0) & (at < n))[None]
    if gaps:
        known = known & ~cut(_gathered(unknown, step, n), centres, r, w)
    found, every = _points(cut(light, centres, r, w), marks, known, rate, r, before, after)
    return (found + (centres - r)) * step + low, (every + (centres - r)) * step + low


def _points(
    beats: Floats,
    jumped: NDArray[np.bool_],
    known: NDArray[np.bool_],
    fs: float,
    r: int,
    before: Floats,
    after: Floats,
) -> tuple[Floats, Floats]:
    """Points of each lead, (8, leads, beats), and over all, (8, beats), as window indices.

    NaN stands for absent, infinity for unknown.
    """
    weights = alike(beats, r, fs, lends(before, after))
    mean = np.matmul(weights.astype(beats.dtype), beats)
    found = np.full((len(POINTS), *beats.shape[:2]), np.inf)
    unknown = (~known).cumsum(2, dtype=np.int32)
    usable = _usable(mean, unknown, r, fs)
    use = usable.any(1)
    if use.all():
        found = _of_usable(mean, beats, jumped, usable, unknown, r, before, after, fs)
    elif use.any():
        unknown = unknown[use] if len(unknown) > 1 else unknown
        found[:, use] = _of_usable(
            mean[use], beats[use], jumped, usable[use], unknown, r, before, after, fs
        )
    return found, over_leads(found, fs)


def _of_usable(
    mean: Floats,
    beats: Floats,
    jumped: NDArray[np.bool_],
    usable: NDArray[np.bool_],
    unknown: Ints,
    r: int,
    before: Floats,
    after: Floats,
    fs: float,
) -> Floats:
    onset, offset, first, last = complexes(mean, jumped, r, fs)
    t = repolarisation(mean, last, r, before, after, fs)
    ended = middle(t.offset, 0)
    ended = np.concatenate([ended[:1], ended[:-1]]) - before * fs
    on_time = before >= EARLY * middle(before, 0)
    on_t = on_time & (ended > first - P_ROOM * fs)
    ended = np.where(on_t, first - P_ROOM * fs, ended)
    p = atrial(beats, calm_before(mean, first, fs), ended, on_t, r, fs)
    points = np.array([*p.waves.places(), onset, offset, *t.places()])
    usual = middle(points, 1)[:, None]
    # Leads in which another wave was taken than in most, and what is not told from noise.
    doubtful = (
        (np.abs(points[1] - usual[1]) > P_APART * fs) | (np.abs(p.waves.height) < SHALLOW),
        (np.abs(points[6] - usual[6]) > T_APART * fs) | (np.abs(t.height) < SHALLOW),
    )
    points = _following(points, usual, fs)
    points[:3, :, ~p.there] = np.nan
    return _judged(points, usable, unknown, doubtful, fs)


def _usable(mean: Floats, unknown: Ints, r: int, fs: float) -> NDArray[np.bool_]:
    """Leads and beats with a whole complex in them."""
    low, high = max(0, r - round(0.08 * fs)), min(r + round(0.08 * fs), mean.shape[2] - 1)
    part = mean[:, :, low : high + 1]
    tall = np.maximum.reduce(part, 2) - np.minimum.reduce(part, 2) >= LOWEST
    return np.asarray(tall & (unknown[:, :, high] == unknown[:, :, low]))


def _following(points: Floats, usual: Floats, fs: float) -> Floats:
    """Points of the leads, drawn to the middle of the leads."""
    kept, far = _KEPT, _FAR * fs
    return np.asarray(usual + kept * far * np.tanh((points - usual) / far))


def _judged(
    points: Floats,
    usable: NDArray[np.bool_],
    unknown: Ints,
    doubtful: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    fs: float,
) -> Floats:
    """Points, infinite where they cannot be judged."""
    p_on, onset, offset, t_off = points[0], points[3], points[4], points[7]
    without = np.isnan(p_on)
    begin = np.where(without, onset - COMPARED * fs, p_on)
    more = BEYOND * fs
    first = np.array([onset - more, begin - more, offset])
    last = np.array([offset + more, onset, t_off + more])
    whole, before, after = _all_known(unknown, first, last)
    whole = whole & usable
    p_whole = whole & before & (without | ~doubtful[0])
    t_whole = whole & after & ~doubtful[1]
    return np.where(np.array([p_whole, whole, t_whole])[WAVES], points, np.inf)


def _all_known(unknown: Ints, first: Floats, last: Floats) -> NDArray[np.bool_]:
    """Whether all samples from first to last are known; `unknown` counts those that are not.

    Parameters
    ----------
    unknown : ndarray, shape (leads or 1, beats, w)
    first, last : ndarray, shape (spans, leads, beats)
    """
    leads, beats, w = unknown.shape
    start = np.arange(0, leads * beats * w, w).reshape(leads, beats)
    at = np.array([np.floor(first), np.ceil(last)])
    at = np.minimum(np.maximum(at, 0), w - 1).astype(np.int64)
    counts = unknown.reshape(-1).take(start + at)
    return np.asarray((counts[0] == counts[1]) & (first >= 0) & (last <= w - 1))


def _fiducials(found: Floats, every: Floats, peaks: Ints, *, one: bool) -> Fiducials:
    of_leads, of_all = _samples(found), _samples(every)
    named = dict(zip(POINTS, of_leads[:, 0] if one else of_leads, strict=True))
    whole = Fiducials(**dict(zip(POINTS, of_all, strict=True)), r_peaks=peaks)
    return Fiducials(**named, r_peaks=peaks, overall=whole)


def _samples(points: Floats) -> Ints:
    """Nearest samples; NaN is absent, what is infinite or before the first sample is unknown."""
    known = np.isfinite(points)
    whole = np.rint(np.where(known, points, 0)).astype(np.int64)
    missing = np.where(np.isnan(points), ABSENT, UNKNOWN)
    return np.asarray(np.where(known & (whole >= 0), whole, missing), np.int64)

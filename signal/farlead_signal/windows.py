"""Beats cut out as windows, aligned to one another and averaged with those of the same shape.

Arrays of beats have the shape (leads, beats, w); the R peak is at one index in all of them.
"""

from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Values = TypeVar("Values", np.bool_, np.floating)

#: Samples a second that are worked on, at least about: boundaries lie between samples.
WORKING_RATE = 250.0
#: σ of the Gaussian before samples are left out, in seconds: 3 dB at 33 Hz keeps the edges of the
#: QRS complex and takes most of mains and muscle.
SMOOTH = 0.004
#: A window reaches from so long before R to so long after it, in seconds: P with a PR interval of
#: 0.4 s and its surroundings, and a QT interval of 0.6 s.
BEFORE, AFTER = 0.60, 0.80
#: Part of the beat by which beats are aligned, and how far they may be moved, in seconds.
ALIGN_BEFORE, ALIGN_AFTER, MOVED = 0.16, 0.24, 0.048
#: Part of the beat by which shapes are compared, in seconds: QRS complex and most of ST and T.
ALIKE_BEFORE, ALIKE_AFTER = 0.08, 0.36
#: A step of one sample that is so high, mean over the leads in millivolts, and so many times the
#: mean step around (so many seconds before and after) is a pacing spike's or an artefact's: the
#: steepest part of a QRS complex lasts 10 ms or more and stays below 2.5 times.
JUMP, JUMP_TIMES, JUMP_AROUND = 0.10, 4.0, 0.012
#: Correlation from which beats begin to count as alike, and from which they count in full.
ALIKE, SAME = 0.90, 0.98


def gaussian(sigma: float) -> NDArray[np.float32]:
    """Gaussian weights of odd length that add up to 1; `sigma` in samples."""
    reach = max(1, round(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-3)) ** 2)
    return np.asarray(weights / weights.sum(), np.float32)


def smoothed(rows: Floats, sigma: float, step: int = 1) -> Floats:
    """Rows along the last axis under a Gaussian of `sigma` samples, every `step`-th sample."""
    weights = gaussian(sigma)
    reach, n = weights.size // 2, rows.shape[-1]
    padded = np.empty((*rows.shape[:-1], n + 2 * reach), rows.dtype)
    padded[..., reach : n + reach] = rows
    padded[..., :reach], padded[..., n + reach :] = rows[..., :1], rows[..., -1:]
    last = (-(-n // step) - 1) * step + 1
    total = weights[reach] * padded[..., reach : reach + last : step]
    for k in range(reach):
        mirrored = padded[..., k : k + last : step] + padded[..., 2 * reach - k :][..., :last:step]
        mirrored *= weights[k]
        total += mirrored
    return np.asarray(total)


def slopes(rows: Floats) -> Floats:
    """Change from each sample to the next but one, halved; zero at the ends."""
    steep = np.empty_like(rows)
    steep[..., 0] = steep[..., -1] = 0
    np.subtract(rows[..., 2:], rows[..., :-2], out=steep[..., 1:-1])
    steep *= 0.5
    return steep


def cut(rows: NDArray[Values], centres: Ints, before: int, after: int) -> NDArray[Values]:
    """Windows around each centre, shape (..., beats, w); the last value goes on beyond the ends."""
    at = centres[:, None] + np.arange(-before, after)
    return np.asarray(rows[..., np.clip(at, 0, rows.shape[-1] - 1)])


def picked(rows: Floats, at: Ints) -> Floats:
    """Values of each row at some of its indices, which are kept within it.

    Parameters
    ----------
    rows : ndarray, shape (leads, beats, w)
    at : ndarray of int64, shape (leads or 1, beats, k)

    Returns
    -------
    ndarray, shape (leads, beats, k)
    """
    leads, beats, w = rows.shape
    starts = np.arange(0, leads * beats * w, w).reshape(leads, beats, 1)
    kept = np.minimum(np.maximum(at, 0), w - 1)
    return np.asarray(np.ascontiguousarray(rows).reshape(-1).take(starts + kept))


def middle(rows: Floats, axis: int) -> Floats:
    """Median along an axis, without the care of numpy's for what is not finite."""
    ordered, count = np.sort(rows, axis=axis), rows.shape[axis]
    low = ordered.take((count - 1) // 2, axis)
    return np.asarray(low if count % 2 else 0.5 * (low + ordered.take(count // 2, axis)))


def jumps(rows: Floats, fs: float) -> NDArray[np.bool_]:
    """Where one step between samples stands out from those around, shape (..., n).

    Parameters
    ----------
    rows : ndarray, shape (leads, ..., n)
        Millivolts, not smoothed.
    fs : float
        Hertz.
    """
    change = np.abs(rows[..., 1:] - rows[..., :-1]).mean(0)
    half = max(1, round(JUMP_AROUND * fs))
    edges = [(0, 0)] * (change.ndim - 1) + [(half + 1, half)]
    summed = np.pad(change, edges).cumsum(-1, dtype=np.float64)
    around = (summed[..., 2 * half + 1 :] - summed[..., : -2 * half - 1]) / (2 * half + 1)
    found = np.zeros(rows.shape[1:], bool)
    found[..., 1:] = (change > JUMP) & (change > JUMP_TIMES * around)
    return found


def aligned(activity: Floats, peaks: Ints, fs: float) -> Ints:
    """Peaks moved so that the activities around them lie on their median.

    Parameters
    ----------
    activity : ndarray, shape (n,)
        Slope over all leads.
    peaks : ndarray of int64, shape (beats,)
    fs : float
        Hertz.
    """
    before, after, moved = (round(s * fs) for s in (ALIGN_BEFORE, ALIGN_AFTER, MOVED))
    for _ in range(2):
        wide = cut(activity, peaks, before + moved, after + moved)
        usual = middle(wide[:, moved : moved + before + after], 0)
        places = np.lib.stride_tricks.sliding_window_view(wide, before + after, axis=1)
        squares = np.pad(np.square(wide).cumsum(1), [(0, 0), (1, 0)])
        power = squares[:, before + after :] - squares[:, : -before - after]
        power = np.sqrt(np.maximum(power, 1e-12))
        peaks = peaks + (places @ usual / power).argmax(1) - moved
    return np.asarray(peaks, np.int64)


def alike(beats: Floats, r: int, fs: float) -> Floats:
    """Weights with which beats of the same shape are averaged, shape (beats, beats); rows add to 1.

    Parameters
    ----------
    beats : ndarray, shape (leads, beats, w)
    r : int
        Index of R.
    fs : float
        Hertz.
    """
    part = beats[:, :, max(0, r - round(ALIKE_BEFORE * fs)) : r + round(ALIKE_AFTER * fs)]
    weights = np.clip((correlations(part) - ALIKE) / (SAME - ALIKE), 0, 1)
    np.fill_diagonal(weights, 1)
    return np.asarray(weights / weights.sum(1, keepdims=True))


def correlations(part: Floats) -> Floats:
    """Correlation of each beat with each other over all leads, shape (beats, beats)."""
    centred = part - part.mean(2, keepdims=True)
    power = np.sqrt(np.maximum(np.square(centred).sum((0, 2)), 1e-12))
    products = np.matmul(centred, centred.transpose(0, 2, 1)).sum(0)
    return np.asarray(products / np.outer(power, power))

"""Beats cut out as windows, aligned to one another and averaged with those of the same shape.

Arrays of beats have the shape (leads, beats, w); the R peak is at one index in all of them.
"""

from functools import lru_cache
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from farlead_signal.rows import without_mean

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
#: Results that are smoothed by one product.
BLOCK = 16
#: Correlation from which beats begin to count as alike, and from which they count in full.
ALIKE, SAME = 0.90, 0.98


@lru_cache(maxsize=64)
def gaussian(sigma: float) -> NDArray[np.float32]:
    """Gaussian weights of odd length that add up to 1; `sigma` in samples."""
    reach = max(1, round(3 * sigma))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-3)) ** 2)
    return np.asarray(weights / weights.sum(), np.float32)


@lru_cache(maxsize=64)
def smoothing(n: int, sigma: float, step: int) -> NDArray[np.float32]:
    """Matrix of a Gaussian on `n` samples, every `step`-th of the results; shape (n, results).

    Before the first and after the last sample the signal goes on as there. A product with it
    is faster than the sum over shifted rows as long as the rows are short.
    """
    weights = gaussian(sigma)
    reach, count = weights.size // 2, -(-n // step)
    matrix = np.zeros((n, count), np.float32)
    for k, weight in enumerate(weights.tolist()):
        at = np.clip(np.arange(0, n, step) + k - reach, 0, n - 1)
        matrix[at, np.arange(count)] += np.float32(weight)
    return matrix


@lru_cache(maxsize=64)
def _smoothing_of_blocks(sigma: float, step: int) -> NDArray[np.float32]:
    """As :func:`smoothing`, of BLOCK results from all samples that they need."""
    reach = gaussian(sigma).size // 2
    whole = smoothing((BLOCK - 1) * step + 1 + 2 * reach, sigma, 1)
    return np.ascontiguousarray(whole[:, reach : reach + (BLOCK - 1) * step + 1 : step])


def smoothed(rows: Floats, sigma: float, step: int = 1) -> Floats:
    """Rows along the last axis under a Gaussian of `sigma` samples, every `step`-th sample."""
    matrix = _smoothing_of_blocks(sigma, step)
    reach, n = gaussian(sigma).size // 2, rows.shape[-1]
    lines, count = rows.size // max(n, 1), -(-n // step)
    blocks = -(-count // BLOCK)
    padded = np.empty((lines, (blocks - 1) * BLOCK * step + len(matrix)), rows.dtype)
    padded[:, reach : n + reach] = rows.reshape(lines, n)[:, : padded.shape[1] - reach]
    padded[:, :reach], padded[:, n + reach :] = (
        padded[:, reach, None],
        rows.reshape(lines, n)[:, -1:],
    )
    down, right = padded.strides
    shape, strides = (lines, blocks, len(matrix)), (down, BLOCK * step * right, right)
    pieces = np.ndarray(shape, padded.dtype, padded, 0, strides).reshape(-1, len(matrix))
    found = (pieces @ matrix).reshape(lines, blocks * BLOCK)[:, :count]
    return np.asarray(found.reshape(*rows.shape[:-1], count))


def slopes(rows: Floats) -> Floats:
    """Change from each sample to the next but one, halved; zero at the ends."""
    steep = np.empty(rows.shape, rows.dtype)
    line, whole = rows.reshape(-1), steep.reshape(-1)  # as one line: the seams are ends of rows
    np.subtract(line[2:], line[:-2], out=whole[1:-1])
    steep[..., 0] = steep[..., -1] = 0
    whole *= rows.dtype.type(0.5)
    return steep


def cut(rows: NDArray[Values], centres: Ints, before: int, after: int) -> NDArray[Values]:
    """Windows around each centre, shape (..., beats, w); the last value goes on beyond the ends."""
    n, width, places = rows.shape[-1], before + after, centres.tolist()
    ahead, behind = max(0, before - min(places)), max(0, max(places) + after - n)
    lines = rows.reshape(-1, n)
    whole = np.empty((len(lines), ahead + n + behind), rows.dtype)
    whole[:, ahead : ahead + n] = lines
    whole[:, :ahead], whole[:, ahead + n :] = lines[:, :1], lines[:, -1:]
    down, right = whole.strides
    shape = (len(lines), whole.shape[1] - width + 1, width)
    every = np.ndarray(shape, whole.dtype, whole, 0, (down, right, right))
    found = every[:, centres - before + ahead]
    return np.asarray(found.reshape(*rows.shape[:-1], centres.size, width))


@lru_cache(maxsize=64)
def _starts(leads: int, beats: int, w: int) -> Ints:
    return np.arange(0, leads * beats * w, w).reshape(leads, beats, 1)


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
    kept = np.minimum(np.maximum(at, 0), rows.shape[2] - 1)
    return np.asarray(rows.reshape(-1).take(_starts(*rows.shape) + kept))


@lru_cache(maxsize=64)
def summing(n: int, before: int, after: int) -> NDArray[np.float32]:
    """Matrix that adds up samples from `before` ones before each to `after` ones after it."""
    apart = np.arange(n)[:, None] - np.arange(n)
    return np.asarray((apart >= -before) & (apart <= after), np.float32)


def middle(rows: Floats, axis: int) -> Floats:
    """Median along an axis, without the care of numpy's for what is not finite."""
    ordered, count, before = rows.copy(), rows.shape[axis], (slice(None),) * axis
    ordered.sort(axis=axis)
    low = ordered[(*before, (count - 1) // 2)]
    return np.asarray(low if count % 2 else 0.5 * (low + ordered[(*before, count // 2)]))


def jumps(rows: Floats, fs: float) -> NDArray[np.bool_]:
    """Where one step between samples stands out from those around, shape (..., n).

    Parameters
    ----------
    rows : ndarray, shape (leads, ..., n)
        Millivolts, not smoothed.
    fs : float
        Hertz.
    """
    steps = rows[..., 1:] - rows[..., :-1]
    change = np.add.reduce(np.abs(steps, out=steps)) / np.float32(len(rows))
    found = np.zeros(rows.shape[1:], bool)
    high = change > JUMP
    if not high.any():
        return found
    half = max(1, round(JUMP_AROUND * fs))
    wide = np.zeros((*change.shape[:-1], change.shape[-1] + 2 * half), np.float32)
    wide[..., half:-half] = change
    *at, place = high.nonzero()
    near = wide[(*(row[:, None] for row in at), place[:, None] + np.arange(2 * half + 1))]
    around = np.add.reduce(near, 1, np.float64) / (2 * half + 1)
    found[(*at, place + 1)] = change[high] > JUMP_TIMES * around
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
    width = before + after
    for _ in range(2):
        wide = cut(activity, peaks, before + moved, after + moved)
        usual = middle(wide[:, moved : moved + width], 0)
        down, right = wide.strides
        shape = (len(wide), 2 * moved + 1, width)
        places = np.ndarray(shape, wide.dtype, wide, 0, (down, right, right))
        power = np.square(wide) @ adding_up(wide.shape[1], width)
        fit = (places @ usual) / np.sqrt(np.maximum(power, 1e-12))
        move = fit.argmax(1) - moved
        peaks = peaks + move
        if not move.any():
            break
    return np.asarray(peaks, np.int64)


@lru_cache(maxsize=16)
def adding_up(n: int, width: int) -> NDArray[np.float32]:
    """Matrix that adds up `width` samples from each place on, shape (n, places)."""
    apart = np.arange(n)[:, None] - np.arange(n - width + 1)
    return np.asarray((apart >= 0) & (apart < width), np.float32)


def alike(beats: Floats, r: int, fs: float, lent: NDArray[np.bool_]) -> Floats:
    """Weights with which beats of the same shape are averaged, shape (beats, beats); rows add to 1.

    Parameters
    ----------
    beats : ndarray, shape (leads, beats, w)
    r : int
        Index of R.
    fs : float
        Hertz.
    lent : ndarray of bool, shape (beats, beats)
        Which beats may lend to which.
    """
    part = beats[:, :, max(0, r - round(ALIKE_BEFORE * fs)) : r + round(ALIKE_AFTER * fs)]
    likeness, _ = correlations(part)
    weights = lent * np.minimum(np.maximum((likeness - ALIKE) / (SAME - ALIKE), 0), 1)
    np.fill_diagonal(weights, 1)
    return np.asarray(weights / weights.sum(1, keepdims=True))


def correlations(part: Floats) -> tuple[Floats, Floats]:
    """Correlation of each beat with each other over all leads, and the size of each.

    Of shape (beats, beats) and (beats,).
    """
    centred = without_mean(part)
    products = np.add.reduce(np.matmul(centred, centred.transpose(0, 2, 1)))
    size = np.sqrt(np.maximum(products.diagonal(), 1e-12))
    return products / (size[:, None] * size), size

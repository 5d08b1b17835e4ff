"""The QRS envelope: how much of the signal is QRS-like, ten values of decision a second.

The signal is averaged down to about 120 Hz and correlated with one complex Gabor wavelet at
15 Hz. Its squared magnitude has no delay, is blind to polarity and needs no moving window. It
is kept in *cells* of 0.1 s: array ``(leads, samples of a cell, cells)``, so that the maximum of
every cell is one vectorised reduction.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

#: Working rate aimed at, in hertz: twice the highest frequency that matters for detection.
WORKING_RATE = 120.0
#: Centre of the QRS band in hertz, and standard deviation of the Gaussian window in seconds:
#: a QRS lasts 0.06 to 0.12 s and has its energy at 8 to 25 Hz, T waves end below 8 Hz.
CENTRE, SIGMA = 15.0, 0.030
#: Half length of the wavelet, in seconds.
REACH = 0.075
#: Length of a cell in seconds; longer than REACH, so that a cell needs only its neighbours.
CELL = 0.1
#: Values from here on have no square in single precision; they are taken as not recorded.
IMPOSSIBLE = 1e15
#: Cells worked on at once: their frames stay in the processor's cache.
CHUNK = 2048

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Grid:
    """How samples, envelope samples and cells relate.

    Parameters
    ----------
    fs : float
        Sampling rate in hertz.
    step : int
        Samples averaged into one envelope sample.
    size : int
        Envelope samples in a cell.
    """

    fs: float
    step: int
    size: int

    @property
    def rate(self) -> float:
        """Envelope samples per second."""
        return self.fs / self.step

    @classmethod
    def of(cls, fs: float) -> "Grid":
        """Grid for a sampling rate in hertz."""
        step = max(1, round(fs / WORKING_RATE))
        return cls(fs, step, max(2, round(CELL * fs / step)))


def wavelet(rate: float, centre: float = CENTRE, sigma: float = SIGMA) -> NDArray[np.complex128]:
    """Zero-mean Gabor wavelet sampled at `rate`; a sine of amplitude 1 at `centre` gives 1."""
    half = int(np.ceil(REACH * rate))
    t = np.arange(-half, half + 1) / rate
    window = np.exp(-0.5 * (t / sigma) ** 2)
    carrier = window * np.exp(2j * np.pi * centre * t)
    zero_mean = carrier - window * carrier.sum() / window.sum()
    response = abs(np.sum(zero_mean * np.exp(-2j * np.pi * centre * t)))
    return np.asarray(2.0 * zero_mean / response)


@lru_cache(maxsize=16)
def toeplitz(rate: float, size: int) -> Floats:
    """Matrix that turns one frame (a cell and its margins) into real and imaginary parts.

    Returns
    -------
    ndarray of float32, shape (2 * size, size + taps - 1)
    """
    taps = wavelet(rate)
    rows = np.zeros((size, size + taps.size - 1), complex)
    for k in range(size):
        rows[k, k : k + taps.size] = taps
    return np.concatenate([rows.real, rows.imag]).astype(np.float32)


def squared_envelope(signal: NDArray[np.floating], grid: Grid) -> Floats:
    """Squared envelope of every lead, in cells.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts, finite.
    grid : Grid

    Returns
    -------
    ndarray of float32, shape (leads, size, cells)
        ``[lead, k, c]`` belongs to envelope sample ``c * size + k``; zero where the last cell
        reaches beyond the recording.
    """
    leads, n = signal.shape
    cells = -(-n // (grid.step * grid.size))
    matrix = toeplitz(grid.rate, grid.size)
    out = np.empty((leads, grid.size, cells), np.float32)
    by_sample = out.transpose(1, 0, 2)
    rows = max(1, CHUNK // cells)
    for row in range(0, leads, rows):
        some = slice(row, row + rows)
        for first in range(0, cells, CHUNK):
            last = min(first + CHUNK, cells)
            frames = _frames(signal[some], grid, first, last, matrix.shape[1])
            product = matrix @ frames.reshape(-1, matrix.shape[1]).T
            product *= product
            parts = product.reshape(2, grid.size, *frames.shape[:2])
            np.add(parts[0], parts[1], out=by_sample[:, some, first:last])
    out[:, max(1, n // grid.step) - (cells - 1) * grid.size :, -1] = 0
    return out


def _frames(signal: NDArray[np.floating], grid: Grid, first: int, last: int, length: int) -> Floats:
    """Decimated frames of the cells `first` to `last`, shape (leads, cells, length)."""
    margin = (length - grid.size) // 2
    low = decimated(signal, grid.step, first * grid.size - margin, last * grid.size + margin)
    across, along = low.strides
    shape = (low.shape[0], last - first, length)
    view: Floats = np.ndarray(shape, np.float32, low, 0, (across, grid.size * along, along))
    return np.ascontiguousarray(view)


def decimated(signal: NDArray[np.floating], step: int, start: int, stop: int) -> Floats:
    """Means of `step` samples; beyond its ends the recording goes on as its mirror image.

    A mirror image makes no step at the end, whatever the recording does there.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
    step : int
        Samples of a mean.
    start, stop : int
        Which means; may reach outside the recording.

    Returns
    -------
    ndarray of float32, shape (leads, stop - start)
    """
    leads, n = signal.shape
    whole = n // step
    out = np.empty((leads, stop - start), np.float32)
    if whole == 0:
        out[:] = signal.mean(1, keepdims=True)
        return out
    first, last = max(start, 0), min(stop, whole)
    weights = np.full(step, 1.0 / step, signal.dtype)
    part = signal[:, first * step : last * step].reshape(leads, -1, step)
    out[:, first - start : last - start] = part @ weights
    if start < first:
        out[:, : first - start] = signal[:, _mirrored(whole, step, start, first)] @ weights
    if last < stop:
        out[:, last - start :] = signal[:, _mirrored(whole, step, last, stop)] @ weights
    return out


@lru_cache(maxsize=32)
def _mirrored(whole: int, step: int, start: int, stop: int) -> NDArray[np.int64]:
    """Samples of the means `start` to `stop` of the mirror image of `whole` means."""
    mirror = np.arange(start, stop) % (2 * whole)
    inside = np.where(mirror < whole, mirror, 2 * whole - 1 - mirror)
    return np.asarray(inside[:, None] * step + np.arange(step), np.int64)


def without_gaps(signal: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.bool_]]:
    """Signal whose gaps are bridged, and where they were.

    Samples that are not finite, or so large that their squares are not, are replaced by a
    straight line from the last good one to the next, so that a gap makes no edge; a lead
    without any good sample becomes zero.
    """
    missing = ~(np.abs(signal) < IMPOSSIBLE)  # also where it is not a number
    filled = np.where(missing, signal.dtype.type(0), signal)
    positions = np.arange(signal.shape[-1])
    for lead, gaps in enumerate(missing):
        if gaps.any() and not gaps.all():
            good = ~gaps
            filled[lead, gaps] = np.interp(positions[gaps], positions[good], signal[lead, good])
    return filled, missing

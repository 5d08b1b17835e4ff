"""The mains sinusoid of a tracing, estimated where the tracing is calm.

In each cycle level, slope, cosine and sine are found by least squares. The sizes are averaged over
half a second each way (Hann), each cycle with a weight that is small where something steeper than
usual is left beside the sinusoid. The mains' true frequency is found from how the sizes turn.

References
----------
C. Levkov et al., "Removal of power-line interference from the ECG: a review of the subtraction
procedure", BioMedical Engineering OnLine 4 (2005) 50, doi:10.1186/1475-925X-4-50.
"""

import math
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import convolve1d, maximum_filter1d

from farlead_signal.blocks import between

__all__ = ["mains"]

Singles: TypeAlias = NDArray[np.float32]
Doubles: TypeAlias = NDArray[np.float64]
Complexes: TypeAlias = NDArray[np.complex128]

#: The sinusoid is estimated over so many seconds each way.
REACH = 0.5
#: Fewer cycles than this tell nothing of mains; it may be off by so many hertz.
LEAST_BLOCKS, DRIFT = 5, 0.6
#: A stretch has a say in the estimate of mains in full below, and none far above, so many times
#: the lead's middle activity.
STEEP = 1.6


def mains(values: Singles, fs: float, frequency: float) -> Singles:
    """The mains sinusoid in each lead.

    Parameters
    ----------
    values : ndarray of float32, shape (leads, n)
        Millivolts, without gaps.
    fs, frequency : float
        Hertz.

    Returns
    -------
    ndarray of float32, shape (leads, n)
        To be subtracted; zero where there are too few cycles to tell.
    """
    n, angle = values.shape[1], 2 * math.pi * frequency / fs
    size = math.ceil(fs / frequency)
    if n // size < LEAST_BLOCKS:
        return np.zeros_like(values)
    blocks = _Blocks(values, size, angle)
    # The first guess tells which cycles are steep apart from it; these have no say in the second.
    slow = _slow(blocks.sizes, blocks.calm(), fs / size)
    slow = _slow(blocks.sizes, blocks.calm(slow), fs / size)
    cosine, sine = _waves(n, angle)
    made = between(slow.real, size, n)
    made *= cosine
    across = between(slow.imag, size, n)
    across *= sine
    made -= across
    return made


@lru_cache(maxsize=8)
def _waves(n: int, angle: float) -> tuple[Singles, Singles]:
    turn = _turn(n, angle)
    return turn.real.astype(np.float32), turn.imag.astype(np.float32)


class _Blocks:
    """Blocks of about one cycle: level, slope, cosine and sine in each by least squares.

    `sizes` are those of the sinusoid that starts with the stretch, shape (leads, blocks).
    """

    def __init__(self, values: Singles, size: int, angle: float) -> None:
        leads, count = len(values), values.shape[1] // size
        blocks = values[:, : count * size].reshape(leads, count, size)
        at = np.arange(size)
        waves = [np.cos(angle * at), np.sin(angle * at)]
        basis = np.stack([np.ones(size), at - at.mean(), *waves], axis=1)
        products = basis.T @ basis
        rows = np.ascontiguousarray(basis.T, np.float32)
        # No BLAS: its threads cost more than they give.
        found = np.einsum("lcj,kj->lck", blocks, rows).astype(np.float64)
        fitted = np.einsum("lck,ki->lci", found, np.linalg.inv(products)[:, 2:])
        self._turn = _turn(count, -angle * size)
        self.sizes: Complexes = (fitted[:, :, 0] - 1j * fitted[:, :, 1]) * self._turn
        straight = np.einsum("lck,ki->lci", found[:, :, :2], np.linalg.inv(products[:2, :2]))
        self._size, self._waves = size, products[2:, 2:]
        self._power = np.einsum("lcj,lcj->lc", blocks, blocks).astype(np.float64) - (
            found[:, :, :2] * straight
        ).sum(2)
        self._alike = found[:, :, 2:] - np.einsum("lck,ki->lci", straight, products[:2, 2:])

    def calm(self, slow: Complexes | None = None) -> Doubles:
        """What each block has to say, apart from this wave: little where it is steep."""
        power = self._power
        if slow is not None:
            wave = slow * self._turn.conj()
            parts = np.stack([wave.real, -wave.imag], axis=2)
            own = np.einsum("lci,ij,lcj->lc", parts, self._waves, parts)
            power = power - 2 * (parts * self._alike).sum(2) + own
        activity = maximum_filter1d(np.sqrt(np.maximum(power, 0.0) / self._size), 3, axis=1)
        usual = np.maximum(np.median(activity, axis=1, keepdims=True), 1e-9)
        return np.asarray(
            1e-6 + 1 / (1 + np.square(np.square(np.square(activity / (STEEP * usual)))))
        )


def _slow(sizes: Complexes, weights: Doubles, rate: float) -> Complexes:
    """Sizes smoothed over time, the wave's true frequency taken off before and put on after."""
    both = weights[:, 1:] * weights[:, :-1]
    drift = float(np.angle((both * sizes[:, 1:] * sizes[:, :-1].conj()).sum()))
    if abs(drift) > 2 * math.pi * DRIFT / rate:
        drift = 0.0
    turn = np.exp(1j * drift * np.arange(sizes.shape[1]))
    kernel = np.hanning(2 * round(REACH * rate) + 3)[1:-1]
    summed = convolve1d(sizes * turn.conj() * weights, kernel, axis=1, mode="constant")
    return np.asarray(summed / convolve1d(weights, kernel, axis=1, mode="constant") * turn)


@lru_cache(maxsize=16)
def _turn(n: int, angle: float) -> Complexes:
    """A circle run through in steps of `angle`."""
    return np.asarray(np.exp(1j * angle * np.arange(n)))

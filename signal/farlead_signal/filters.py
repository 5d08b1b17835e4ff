"""Display filters: baseline, mains, muscle; all without shift in time, and each named.

For looking only: nothing is measured or screened on what comes out of here.

*Baseline.* The slowly moving level is estimated and subtracted: the smoothest curve near the
means of short blocks, with second differences as the measure of roughness. Away from the ends it
is a Butterworth high-pass of second order run forward and backward; at the ends the level goes on
straight, so a recording of 10 s needs no time to settle.

*Mains.* A sinusoid is estimated and subtracted, its size and phase changing slowly (half a
second); steep parts, QRS complexes above all, have no say in the estimate. A notch filter answers
a QRS complex with oscillations of the mains frequency before and after it; what is subtracted
here is a slow sinusoid, which has none (tests/dsp/test_filters.py compares both). Only the
fundamental is taken.

*Muscle.* Mean under a Gaussian. A Butterworth low-pass run forward and backward is steeper but
overshoots by 4 % before and after each steep edge: beside a tall R wave that is a small q and s
that were never recorded. All weights here are positive, so no wave appears that was not there.

Frequencies are those at which 3 dB are lost by the whole of it.

References
----------
P. Kligfield et al., Circulation 115 (2007) 1306-1324, doi:10.1161/CIRCULATIONAHA.106.180200.
M. P. Tarvainen et al., IEEE Trans Biomed Eng 49 (2002) 172-175, doi:10.1109/10.979357.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.linalg import cho_solve_banded, cholesky_banded

from farlead_signal.blocks import between
from farlead_signal.mains import mains

__all__ = ["BASELINES", "MAINS", "MUSCLES", "ORIGINAL", "Setting", "filtered"]

Doubles: TypeAlias = NDArray[np.float64]
Singles: TypeAlias = NDArray[np.float32]
Floats: TypeAlias = NDArray[np.floating]

#: What can be chosen, in hertz.
BASELINES = (0.05, 0.15, 0.5)
MAINS = (50.0, 60.0)
MUSCLES = (25.0, 35.0, 40.0, 100.0, 150.0)
#: Diagnostic bandwidth of adults, in hertz.
DIAGNOSTIC = (0.05, 150.0)
#: A low-pass above this share of the sampling rate has nothing left to take.
HIGHEST_SHARE = 0.45
#: Gaps up to so long, in seconds, are bridged by a straight line for the filters (not in what
#: they give); longer ones part the recording: nothing beyond them is looked at.
BRIDGED = 0.1
#: Blocks whose means tell the level, in seconds: a cycle of 50 Hz and of 60 Hz nearly.
BLOCK = 0.02
#: The squared Butterworth high-pass has lost 3 dB where (f / corner)^4 is this.
HALF_POWER = 1 + math.sqrt(2)
#: Standard deviations up to which a Gaussian has weights.
TAILS = 4.0
#: Times the slowest time constant of the baseline that is looked at beside a window.
SETTLED = 4.0
#: Seconds beside a window that mains and muscle filter look at.
BESIDE = 1.5


@dataclass(frozen=True, slots=True)
class Setting:
    """Which filters are on; each in hertz, None for off.

    Parameters
    ----------
    baseline : float or None
        High-pass, one of `BASELINES`.
    mains : float or None
        One of `MAINS`.
    muscle : float or None
        Low-pass, one of `MUSCLES`.

    Raises
    ------
    ValueError
        For another frequency.
    """

    baseline: float | None = None
    mains: float | None = None
    muscle: float | None = None

    def __post_init__(self) -> None:
        for value, known in (
            (self.baseline, BASELINES), (self.mains, MAINS), (self.muscle, MUSCLES),
        ):  # fmt: skip
            if value is not None and value not in known:
                raise ValueError(f"no filter: {value} Hz")

    def within(self, fs: float) -> "Setting":
        """What of it a recording of this sampling rate can be given."""
        muscle = self.muscle if (self.muscle or 0) <= HIGHEST_SHARE * fs else None
        mains = self.mains if (self.mains or 0) <= HIGHEST_SHARE * fs else None
        return Setting(self.baseline, mains, muscle)

    @property
    def diagnostic(self) -> bool:
        """Whether the diagnostic bandwidth of adults is left whole."""
        low, high = DIAGNOSTIC
        return (self.baseline or 0.0) <= low and (self.muscle or high) >= high


#: No filter at all.
ORIGINAL = Setting()


def filtered(
    samples: ArrayLike, fs: float, setting: Setting, start: int = 0, stop: int | None = None
) -> NDArray[np.float32]:
    """Samples of a window, filtered.

    Parameters
    ----------
    samples : array_like, shape (leads, n)
        Millivolts; not finite where nothing was recorded.
    fs : float
        Sampling rate in hertz.
    setting : Setting
        What does not fit the sampling rate is left out (:meth:`Setting.within`).
    start, stop : int
        Window, half open; the whole recording by default. What lies beside it is looked at as
        far as the filters reach, so that neighbouring windows meet within a few microvolts.

    Returns
    -------
    ndarray of float32, shape (leads, stop - start)
        Not a number where `samples` are not finite.
    """
    whole = np.asarray(samples)
    n = whole.shape[1]
    stop = n if stop is None else min(stop, n)
    setting = setting.within(fs)
    if setting == ORIGINAL or stop <= start:
        return np.asarray(whole[:, start:stop], np.float32)
    first, last = _reach(n, fs, setting, start, stop)
    part = whole[:, first:last]
    found = np.full((len(whole), stop - start), np.nan, np.float32)
    for rows, begin, end, values in _pieces(part, fs):
        a, b = max(begin, start - first), min(end, stop - first)
        if a < b:
            made = _piece(values, fs, setting, a - begin, b - begin)
            found[rows, a + first - start : b + first - start] = made
    inside = whole[:, start:stop]
    if not np.isfinite(inside.sum()):
        found[~np.isfinite(inside)] = np.nan
    return found


def _reach(n: int, fs: float, setting: Setting, start: int, stop: int) -> tuple[int, int]:
    slow = SETTLED * math.sqrt(2) / (2 * math.pi * setting.baseline) if setting.baseline else 0.0
    beside = math.ceil((slow + BESIDE) * fs)
    return max(0, start - beside), min(n, stop + beside)


def _pieces(part: Floats, fs: float) -> Iterator[tuple[NDArray[np.intp], int, int, Floats]]:
    """Leads and stretches between long gaps, with short gaps bridged."""
    finite = np.isfinite(part)
    if finite.all():
        yield np.arange(len(part)), 0, part.shape[1], part
        return
    masks, group = np.unique(finite, axis=0, return_inverse=True)
    for number, mask in enumerate(masks):
        rows = np.flatnonzero(group.ravel() == number)
        for begin, end in _stretches(mask, round(BRIDGED * fs)):
            values = part[rows, begin:end]
            there = mask[begin:end]
            if not there.all():
                known, missing = np.flatnonzero(there), np.flatnonzero(~there)
                for lead in values:
                    lead[missing] = np.interp(missing, known, lead[known])
            yield rows, begin, end, values


def _stretches(mask: NDArray[np.bool_], bridged: int) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    begins, ends = edges[::2], edges[1::2]
    if not begins.size:
        return
    parted = begins[1:] - ends[:-1] > bridged
    yield from zip(
        begins[np.concatenate(([True], parted))].tolist(),
        ends[np.concatenate((parted, [True]))].tolist(),
        strict=True,
    )


def _piece(values: Floats, fs: float, setting: Setting, start: int, stop: int) -> Singles:
    """One stretch without gaps, from `start` to `stop`.

    Single precision from where the level is taken off: a tenth of a microvolt in 1 V.
    """
    beside = math.ceil(BESIDE * fs)
    first, last = max(0, start - beside), min(values.shape[1], stop + beside)
    level = values[:, :1]
    if setting.baseline is not None:
        slow = _level(values, fs, setting.baseline)[:, first:last]
        made, level = values[:, first:last] - slow, level * 0
    else:
        made = values[:, first:last] - level
    made = made.astype(np.float32, copy=False)
    if setting.mains is not None:
        made -= mains(made, fs, setting.mains)
    if setting.muscle is not None:
        made = _smooth(made, fs, setting.muscle)
    return made[:, start - first : stop - first] + level.astype(np.float32)


# -- baseline -----------------------------------------------------------------------------------


def _level(values: Floats, fs: float, corner: float) -> Singles:
    """Slow level of a stretch."""
    leads, n = values.shape
    size = max(1, round(BLOCK * fs))
    count = n // size
    if count < 3:
        return np.repeat(values.mean(1, dtype=np.float32)[:, None], n, axis=1)
    blocks = values[:, : count * size].reshape(leads, count, size).mean(2)
    smooth = cho_solve_banded(
        (_roughness(count, corner, fs / size), False), blocks.T.astype(np.float64)
    ).T
    return between(np.ascontiguousarray(smooth), size, n)


@lru_cache(maxsize=32)
def _roughness(count: int, corner: float, rate: float) -> Doubles:
    """Factor of I + λ DᵀD with second differences D, upper bands, for `count` blocks."""
    weight = (2 * math.sin(math.pi * corner / HALF_POWER**0.25 / rate)) ** -4
    bands = np.zeros((3, count))
    bands[2] = 1.0
    for row, value in ((0, 1.0), (1, -2.0), (2, 1.0)):
        bands[2, row : count - 2 + row] += weight * value * value
    bands[1, 1:-1] += weight * -2.0
    bands[1, 2:] += weight * -2.0
    bands[0, 2:] += weight
    return np.asarray(cholesky_banded(bands))


# -- muscle -------------------------------------------------------------------------------------


def _smooth(values: Singles, fs: float, corner: float) -> Singles:
    """Mean under a Gaussian; at the ends the signal goes on turned about its end."""
    n, reach = values.shape[1], _gaussian(corner / fs).size - 1
    inside = min(reach, n - 1)
    before = 2 * values[:, :1] - values[:, inside:0:-1]
    after = 2 * values[:, -1:] - values[:, -2 : -2 - inside : -1]
    whole = np.concatenate((before, values, after), axis=1)
    length = _length(n, inside, reach)
    spectrum = rfft(whole, length)
    spectrum *= _response(corner / fs, length)
    made = irfft(spectrum, length, overwrite_x=True)
    return np.asarray(made[:, inside : inside + n])


def _length(n: int, inside: int, reach: int) -> int:
    return int(next_fast_len(n + 2 * inside + reach, real=True))


@lru_cache(maxsize=32)
def _gaussian(corner: float) -> Doubles:
    """Right half of the weights, the middle one first, that lose 3 dB at a share of the rate."""
    low, high = 0.05, 2.0 / corner
    for _ in range(60):
        sigma = (low + high) / 2
        at = np.arange(math.ceil(TAILS * sigma) + 1)
        weights = np.exp(-0.5 * (at / sigma) ** 2)
        weights /= 2 * weights.sum() - weights[0]
        left = 2 * (weights * np.cos(2 * math.pi * corner * at)).sum() - weights[0]
        low, high = (sigma, high) if left > math.sqrt(0.5) else (low, sigma)
    return np.asarray(weights)


@lru_cache(maxsize=16)
def _response(corner: float, length: int) -> Singles:
    weights = np.zeros(length)
    half = _gaussian(corner)
    weights[: half.size] = half
    weights[-1 : -half.size : -1] = half[1:]
    return np.asarray(rfft(weights).real, np.float32)

"""How good each lead of a recording is: missing, flat, saturated, noisy, mains.

What is measured is what a technician would mend: a contact that is off, an amplifier at its
limit, muscle noise, mains hum. Whether QRS complexes can be told at all is a matter of
:mod:`farlead_signal.fusion`.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

#: A lead counts as missing or flat when this share of its time is.
SHARE_OFF = 0.5
#: Runs of equal samples from this length on are flat, in seconds.
FLAT_RUN = 0.2
#: Runs of equal samples at the lead's extreme from this length on are saturation, in seconds.
SATURATED_RUN = 0.016
#: Share of the time at the extreme from which a lead is saturated.
SHARE_SATURATED = 0.01
#: Noise above the QRS band from which a lead is noisy, in millivolts rms: half of a small QRS
#: complex; and the amplitude of mains hum that hides ST changes of 0.1 mV.
NOISY, HUMMING = 0.06, 0.1
MAINS = (50.0, 60.0)
#: Longer recordings are looked at in so many windows of WINDOW seconds, evenly spread.
WINDOW, WINDOWS = 10.0, 60


class LeadState(StrEnum):
    """Verdict on one lead, the worst that applies."""

    GOOD = "good"
    MAINS = "mains"
    NOISY = "noisy"
    SATURATED = "saturated"
    FLAT = "flat"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class LeadQuality:
    """What was measured on one lead.

    Parameters
    ----------
    state : LeadState
    missing, flat, saturated : float
        Shares of the time, 0 to 1.
    noise : float
        Noise above the QRS band, mV rms.
    mains : float
        Amplitude at 50 or 60 Hz, the greater, in mV.
    """

    state: LeadState
    missing: float
    flat: float
    saturated: float
    noise: float
    mains: float

    @property
    def usable(self) -> bool:
        """Whether there is a signal in this lead at all."""
        return self.state not in (LeadState.FLAT, LeadState.MISSING)


def assess(samples: NDArray[np.floating], fs: float) -> tuple[LeadQuality, ...]:
    """Quality of every lead.

    Parameters
    ----------
    samples : ndarray, shape (leads, n)
        Millivolts; what is not finite counts as missing.
    fs : float
        Hertz.
    """
    parts = _windows(samples, fs)
    return tuple(_lead(lead, fs) for lead in parts)


def _windows(samples: NDArray[np.floating], fs: float) -> NDArray[np.floating]:
    """Samples as (leads, windows, samples of a window)."""
    n, length = samples.shape[-1], int(WINDOW * fs)
    if n <= WINDOWS * length:
        return samples[:, None]
    starts = np.linspace(0, n - length, WINDOWS).astype(int)
    return samples[:, starts[:, None] + np.arange(length)]


def _lead(parts: NDArray[np.floating], fs: float) -> LeadQuality:
    total = parts.size
    if total == 0:
        return LeadQuality(LeadState.MISSING, 1.0, 0.0, 0.0, 0.0, 0.0)
    gaps = ~np.isfinite(parts)
    missing = float(gaps.mean())
    if missing == 1.0:
        return LeadQuality(LeadState.MISSING, 1.0, 0.0, 0.0, 0.0, 0.0)
    clean = np.where(gaps, np.float32(0), parts) if missing else parts
    equal = (np.diff(clean, axis=-1) == 0) & ~gaps[..., 1:]
    flat = _share_in_runs(equal, FLAT_RUN * fs, total) if equal.any() else 0.0
    saturated = _saturated(clean, equal, fs) if flat < SHARE_OFF else 0.0
    noise, mains = _noise(clean), _mains(clean, fs)
    state = _state(missing, flat, saturated, noise, mains)
    return LeadQuality(state, missing, flat, saturated, noise, mains)


def _state(missing: float, flat: float, saturated: float, noise: float, mains: float) -> LeadState:
    if missing > SHARE_OFF:
        return LeadState.MISSING
    if flat + missing > SHARE_OFF:
        return LeadState.FLAT
    if saturated > SHARE_SATURATED:
        return LeadState.SATURATED
    if mains > HUMMING:
        return LeadState.MAINS
    return LeadState.NOISY if noise > NOISY else LeadState.GOOD


def _share_in_runs(equal: NDArray[np.bool_], shortest: float, total: int) -> float:
    """Share of the samples in runs of equal samples of at least `shortest`."""
    closed = np.zeros((equal.shape[0], equal.shape[1] + 2), bool)
    closed[:, 1:-1] = equal
    edges = np.flatnonzero(np.diff(closed.ravel().astype(np.int8)))
    lengths = edges[1::2] - edges[::2] + 1
    return float(lengths[lengths >= max(shortest, 2)].sum() / total)


def _saturated(clean: NDArray[np.floating], equal: NDArray[np.bool_], fs: float) -> float:
    extreme = (clean == clean.max()) | (clean == clean.min())
    return _share_in_runs(equal & extreme[..., 1:], max(SATURATED_RUN * fs, 4), clean.size)


def _noise(clean: NDArray[np.floating]) -> float:
    """Standard deviation of white noise with the same median second difference."""
    if clean.shape[-1] < 3:
        return 0.0
    second = clean[..., 2:] - 2 * clean[..., 1:-1] + clean[..., :-2]
    return float(np.median(np.abs(second)) / (0.6745 * np.sqrt(6.0)))


def _mains(clean: NDArray[np.floating], fs: float) -> float:
    """Amplitude at a mains frequency, median over seconds, the greater of 50 and 60 Hz."""
    length = int(fs)
    count = clean.shape[-1] // length
    if count == 0:
        return 0.0
    seconds = clean[..., : count * length].reshape(-1, length)
    t = np.arange(length) / fs
    found = 0.0
    for frequency in MAINS:
        if frequency < 0.45 * fs:
            wave = (np.exp(-2j * np.pi * frequency * t) * np.hanning(length)).astype(np.complex64)
            found = max(found, float(np.median(np.abs(seconds @ wave))) * 4.0 / length)
    return found

"""Synthetic ECGs for the tests of the signal core and of screening."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
#: Share of the QRS amplitude that each of the twelve leads shows.
SHARES = (0.6, 1.0, 0.4, -0.8, 0.1, 0.7, -0.6, -0.9, 0.5, 1.1, 1.2, 0.9)


def ecg(
    beats: Sequence[float],
    fs: float,
    seconds: float,
    *,
    amplitude: float = 1.0,
    t_wave: float = 0.3,
    p_wave: float = 0.1,
    noise: float = 0.0,
    seed: int = 0,
    width: float = 0.012,
) -> NDArray[np.float32]:
    """One lead with a QRS complex (peak `amplitude` mV) and a T wave at every given second."""
    waves = (amplitude, t_wave, p_wave, width)
    return _ecg(tuple(beats), fs, seconds, waves, noise, seed).copy()


@lru_cache(maxsize=64)
def _ecg(
    beats: tuple[float, ...], fs: float, seconds: float, waves: tuple[float, ...], noise: float,
    seed: int,
) -> NDArray[np.float32]:  # fmt: skip
    amplitude, t_wave, p_wave, width = waves
    t = np.arange(round(seconds * fs)) / fs
    x = np.random.default_rng(seed).normal(0, noise, t.size) if noise else np.zeros(t.size)
    for beat in beats:
        x += amplitude * (
            np.exp(-0.5 * ((t - beat) / width) ** 2)
            - 0.15 * np.exp(-0.5 * ((t - beat + 2.5 * width) / width) ** 2)
            - 0.25 * np.exp(-0.5 * ((t - beat - 2.5 * width) / width) ** 2)
            + t_wave * np.exp(-0.5 * ((t - beat - 0.28) / 0.045) ** 2)
            + p_wave * np.exp(-0.5 * ((t - beat + 0.16) / 0.022) ** 2)
        )
    return x.astype(np.float32)


def steady(rate: float, seconds: float, first: float = 0.5) -> list[float]:
    """Times of beats at an even rate per minute."""
    return list(np.arange(first, seconds - 0.1, 60.0 / rate))


def twelve(lead: NDArray[np.float32], noise: float = 0.005, seed: int = 1) -> NDArray[np.float32]:
    """Twelve leads, each showing its share of one lead, with its own noise."""
    rng = np.random.default_rng(seed)
    rows = np.outer(SHARES, lead) + rng.normal(0, noise, (len(SHARES), lead.size))
    return rows.astype(np.float32)

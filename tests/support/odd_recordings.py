"""Recordings as no device should make them, for tests and for the fuzzer."""

from collections.abc import Callable
from random import Random

import numpy as np
from numpy.typing import NDArray

from farlead.model.recording import Recording
from support_ecg import LEADS, ecg, steady, twelve

RATES = (60.0, 100.0, 125.0, 128.0, 250.0, 257.3, 360.0, 500.0, 977.0, 1000.0, 2000.0)
IMPOSSIBLE = (0.0, -500.0, float("nan"), float("inf"), 1e-9, 59.9, 1e12)
NAMES = ("I", "II", "V1", "V1", "aVR", "", "lead v2", "?", "MLII", "ECG 1", "心电", "X" * 300)

Samples = NDArray[np.generic]


def odd_recording(chance: Random, *, seconds: float = 10.0) -> Recording:
    """A recording of at most `seconds`, damaged in a few ways."""
    fs = chance.choice(RATES)
    samples: Samples = _signal(chance, fs, seconds)
    for _ in range(chance.randint(0, 3)):
        samples = chance.choice(_DAMAGES)(samples, chance)
    rows = len(samples) if samples.ndim else 0
    names = LEADS if rows == 12 else ()
    if chance.random() < 0.3 or not names:
        names = tuple(chance.choice(NAMES) for _ in range(rows + chance.choice((0, 0, 0, 1, -1))))
    if chance.random() < 0.1:
        fs = chance.choice(IMPOSSIBLE)
    return Recording(samples, names, fs)  # type: ignore[arg-type]  # that is the point


def _signal(chance: Random, fs: float, seconds: float) -> Samples:
    length = chance.choice((seconds, seconds, seconds, seconds / 3, 1.0))
    noise = np.random.default_rng(chance.randrange(1 << 30))
    rate = chance.choice((8, 30, 60, 75, 110, 180, 260, 400))
    beats = steady(rate, length, first=chance.random())
    lead = ecg(beats, fs, length, amplitude=chance.choice((0.02, 0.5, 1.0, 4.0)))
    rows = chance.choice((1, 2, 3, 8, 12, 12, 12, 12, 15))
    samples = np.resize(twelve(lead), (rows, lead.size))
    strength = chance.choice((0.0, 0.0, 0.01, 0.1, 1.0))
    return (samples + strength * noise.normal(size=samples.shape)).astype(np.float32)


def _some(samples: Samples, chance: Random) -> NDArray[np.bool_]:
    """A stretch of some leads, or single samples."""
    chosen = np.zeros(samples.shape, bool)
    if not samples.size or samples.ndim != 2:
        return chosen
    rows = chance.sample(range(len(samples)), chance.randint(1, len(samples)))
    first = chance.randrange(samples.shape[1])
    chosen[rows, first : first + chance.randint(1, samples.shape[1])] = True
    if chance.random() < 0.3:
        chosen &= np.random.default_rng(first).random(samples.shape) < 0.05
    return chosen


def _filled(value: float) -> Callable[[Samples, Random], Samples]:
    def damage(samples: Samples, chance: Random) -> Samples:
        if samples.dtype.kind != "f":
            return samples
        return np.where(_some(samples, chance), samples.dtype.type(value), samples)

    return damage


def _raw(samples: Samples, _: Random) -> Samples:
    if samples.dtype.kind not in "fi":
        return samples
    with np.errstate(all="ignore"):
        return (np.nan_to_num(samples.astype(np.float64)) * 1000).clip(-32768, 32767).astype("<i2")


_DAMAGES: tuple[Callable[[Samples, Random], Samples], ...] = (
    _filled(float("nan")),
    _filled(float("inf")),
    _filled(float("-inf")),
    _filled(0.0),
    _filled(3e38),
    _filled(5.0),
    lambda samples, _: samples[..., :1],
    lambda samples, _: samples[..., :0],
    lambda samples, chance: samples[..., : chance.randint(0, 40)],
    lambda samples, _: samples[:0] if samples.ndim else samples,
    lambda samples, _: samples[0] if samples.ndim and len(samples) else samples,
    lambda samples, _: samples[None],
    lambda samples, _: samples.astype(np.float64) * 1e6 if samples.dtype.kind == "f" else samples,
    lambda samples, _: samples.astype(np.float64) * 1e-9 if samples.dtype.kind == "f" else samples,
    lambda samples, _: samples[..., ::-1],
    lambda samples, _: np.asfortranarray(samples),
    _raw,
    lambda samples, _: samples.astype(complex),
    lambda samples, _: samples.astype(str)[..., :50],
)

"""How good each lead of a recording is: missing, flat, saturated, pops, noise, mains, wander.

What is measured is what a technician would mend: a contact that is off or loose, an amplifier at
its limit, mains hum, muscle noise, breathing and movement. Whether QRS complexes can be told at all
is a matter of :mod:`farlead_signal.fusion`. All leads are measured at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from farlead_signal.flatness import flatness
from farlead_signal.orderstats import order_statistics
from farlead_signal.rows import means, within

Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]
Scalar = TypeVar("Scalar", bound=np.generic)

#: A lead counts as missing or flat when this share of its time is.
SHARE_OFF = 0.5
#: Share of the time at the extreme from which a lead is saturated.
SHARE_SATURATED = 0.01
#: Noise above the QRS band from which a lead is noisy, in millivolts rms: half of a small QRS
#: complex; the amplitude of mains hum that hides ST changes of 0.1 mV.
NOISY, HUMMING = 0.06, 0.1
#: Muscle noise in its own band from which a lead is noisy, in millivolts rms: Q waves of 0.1 mV
#: and P waves drown in it.
TREMBLING = 0.05
#: The baseline's way from trough to peak from which ST cannot be read in every beat, in
#: millivolts; and a step of it within :data:`STEP_WITHIN` seconds that only a contact makes.
DRIFTING, STEP, STEP_WITHIN = 1.0, 0.8, 0.4
#: What no electrode gives, in millivolts, counts as missing.
IMPOSSIBLE = 1e6
MAINS = (50.0, 60.0)
#: Muscle noise has most of its power here, in hertz; the mains' neighbourhood is left out.
MUSCLE, BESIDE_MAINS = (30.0, 100.0), 5.0
#: Blocks for noise, in seconds: short enough that some lie between QRS complexes. Of all blocks
#: the one at this rank counts, so that even at 180/min QRS complexes do not.
BLOCK, QUIET = 0.2, 0.3
#: The baseline is the median over so many blocks (1.4 s): it bridges a QRS complex and its T wave.
BASELINE_BLOCKS = 7
#: Longer recordings are looked at in so many windows of WINDOW seconds, evenly spread.
WINDOW, WINDOWS = 10.0, 60


class LeadState(StrEnum):
    """Verdict on one lead, the worst that applies."""

    GOOD = "good"
    WANDER = "wander"
    NOISY = "noisy"
    MAINS = "mains"
    POPS = "pops"
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
    mains50, mains60 : float
        Amplitude at 50 and at 60 Hz, in mV.
    muscle : float
        Noise from 30 to 100 Hz between QRS complexes, the mains left out, mV rms.
    wander : float
        Way of the baseline from trough to peak within 10 s, mV: in full up to 0.3 Hz; what is
        faster than 0.7 Hz hardly counts.
    pops : float
        Steps of the baseline in 10 s.
    """

    state: LeadState
    missing: float
    flat: float
    saturated: float
    noise: float
    mains: float
    mains50: float = 0.0
    mains60: float = 0.0
    muscle: float = 0.0
    wander: float = 0.0
    pops: float = 0.0

    @property
    def usable(self) -> bool:
        """Whether there is a signal in this lead at all."""
        return self.state not in (LeadState.FLAT, LeadState.MISSING)


def assess(samples: NDArray[np.floating], fs: float) -> tuple[LeadQuality, ...]:
    """Quality of every lead.

    Parameters
    ----------
    samples : ndarray, shape (leads, n)
        Millivolts; what is not finite or beyond a kilovolt counts as missing.
    fs : float
        Hertz.
    """
    parts = _windows(samples, fs)
    if parts.size == 0:
        gone = LeadQuality(LeadState.MISSING, 1.0, 0.0, 0.0, 0.0, 0.0)
        return tuple(gone for _ in range(len(samples)))
    known, clean, missing = None, parts, np.zeros(len(parts))
    if not within(parts, IMPOSSIBLE):
        known = np.abs(parts) < IMPOSSIBLE
        missing = 1.0 - known.mean(axis=(1, 2))
        clean = np.where(known, parts, np.float32(0))
    still = flatness(clean, known, fs)
    shares = zip(missing.tolist(), still.flat.tolist(), still.saturated.tolist(), strict=True)
    measured = _Measures.of(clean, known, fs).of_leads()
    return tuple(_lead(*each, *values) for each, values in zip(shares, measured, strict=True))


def _lead(missing: float, flat: float, saturated: float, *values: float) -> LeadQuality:
    """Quality from the shares of time and the values of `_Measures`, in their order."""
    noise, mains50, mains60, muscle, wander, pops = values
    if missing + flat > SHARE_OFF:
        saturated = 0.0
    mains = max(mains50, mains60)
    applies = (
        (LeadState.MISSING, missing > SHARE_OFF),
        (LeadState.FLAT, flat + missing > SHARE_OFF),
        (LeadState.SATURATED, saturated > SHARE_SATURATED),
        (LeadState.POPS, pops >= 1),
        (LeadState.MAINS, mains > HUMMING),
        (LeadState.NOISY, noise > NOISY or muscle > TREMBLING),
        (LeadState.WANDER, wander > DRIFTING),
    )
    state = next((state for state, true in applies if true), LeadState.GOOD)
    return LeadQuality(state, missing, flat, saturated, noise, mains, *values[1:])


def _windows(samples: NDArray[np.floating], fs: float) -> NDArray[np.floating]:
    """Samples as (leads, windows, samples of a window)."""
    n, length = samples.shape[-1], int(WINDOW * fs)
    count = min(-(-n // length), WINDOWS)
    if count <= 1:
        return np.ascontiguousarray(samples)[:, None]
    starts = np.linspace(0, n - length, count).astype(int)
    return samples[:, starts[:, None] + np.arange(length)]


@dataclass(frozen=True, slots=True, eq=False)
class _Measures:
    """Measures of all leads, shape (leads,) each."""

    noise: Floats
    mains50: Floats
    mains60: Floats
    muscle: Floats
    wander: Floats
    pops: Floats

    @classmethod
    def of(cls, clean: Floats, known: Bools | None, fs: float) -> "_Measures":
        """Measure samples of shape (leads, windows, n); `known` None: all of them are."""
        none = np.zeros(len(clean))
        length = max(int(BLOCK * fs), 3)
        count = clean.shape[2] // length
        if count == 0:
            return cls(none, none, none, none, none, none)
        level = means(clean.reshape(len(clean), -1))  # of electrodes up to 300 mV
        clean = clean - level[:, None, None]
        blocks = _blocks(clean, length)
        whole = None if known is None else _all(_blocks(known, length))
        mains = _mains(clean, known, fs)
        return cls(
            noise=_quiet(_second_differences(blocks), whole),
            mains50=mains[0],
            mains60=mains[1],
            muscle=_muscle(blocks, whole, fs),
            **_baseline(blocks, whole, fs),
        )

    def of_leads(self) -> Iterator[tuple[float, ...]]:
        """The measures of each lead, in the order of their names."""
        return zip(*(getattr(self, name).tolist() for name in self.__slots__), strict=True)


def _blocks(values: NDArray[Scalar], length: int) -> NDArray[Scalar]:
    """(leads, windows, n) as (leads, windows, blocks, length)."""
    leads, windows, n = values.shape
    count = n // length
    return values[:, :, : count * length].reshape(leads, windows, count, length)


def _all(blocks: Bools) -> Bools:
    return np.asarray(blocks.all(axis=3))


def _quiet(power: Floats, whole: Bools | None) -> Floats:
    """Root of the quiet blocks' power, blocks with gaps left out, shape (leads,)."""
    rows = power.reshape(len(power), -1)
    if whole is None:
        rank = int(QUIET * (rows.shape[1] - 1))
        quiet: Floats = np.sqrt(np.partition(rows, rank, axis=1)[:, rank])
        return quiet
    return np.sqrt(_ranked(np.where(whole.reshape(rows.shape), rows, np.nan), QUIET))


def _ranked(rows: Floats, share: float) -> Floats:
    """Order statistic of what is a number in each row; 0 where nothing is."""
    ordered = np.sort(rows, axis=1)  # not a number comes last
    rank = (share * np.maximum(np.isfinite(rows).sum(axis=1) - 1, 0)).astype(int)
    found: Floats = np.nan_to_num(ordered[np.arange(len(rows)), rank])
    return found


def _second_differences(blocks: Floats) -> Floats:
    """Variance of white noise that has the second differences of each block."""
    line = blocks.reshape(-1)  # as one line: what spans two blocks is left out at the end
    second = np.zeros(blocks.shape, blocks.dtype)
    first = line[1:] - line[:-1]
    np.subtract(first[1:], first[:-1], out=second.reshape(-1)[:-2])
    inner = second[..., :-2]
    power: Floats = np.vecdot(inner, inner) / (6.0 * inner.shape[-1])
    return power


def _muscle(blocks: Floats, whole: Bools | None, fs: float) -> Floats:
    waves, share = _muscle_waves(blocks.shape[-1], fs)
    if waves.shape[1] == 0:
        return np.zeros(len(blocks))
    found = blocks.reshape(-1, blocks.shape[-1]) @ waves
    power = np.vecdot(found, found) / share
    return _quiet(power.reshape(blocks.shape[:3]), whole)


@lru_cache(maxsize=8)
def _muscle_waves(length: int, fs: float) -> tuple[NDArray[np.float32], float]:
    """Hann-weighted waves of the muscle's band as columns; what part of its power they see."""
    step = fs / length
    every = np.arange(np.ceil(MUSCLE[0] / step), np.floor(MUSCLE[1] / step) + 1) * step
    every = every[every < 0.45 * fs]
    away = np.min([np.abs(every - mains) for mains in MAINS], axis=0) > BESIDE_MAINS + 1e-6
    phase = 2 * np.pi * np.outer(np.arange(length) / fs, every[away])
    window = _hann(length)
    waves = np.hstack([np.cos(phase), np.sin(phase)]) * window
    # White noise of variance 1 gives each pair of columns the window's energy; its power within
    # the band is the band's share of the spectrum.
    share = away.sum() * (window**2).sum() / max(2 * step * every.size / fs, 1e-9)
    return np.ascontiguousarray(waves, np.float32), float(share)


def _hann(length: int) -> NDArray[np.float64]:
    """Periodic Hann window as a column: an offset leaks into no wave of whole periods."""
    window: NDArray[np.float64] = np.hanning(length + 1)[:-1, None]
    return window


def _mains(clean: Floats, known: Bools | None, fs: float) -> Floats:
    """Amplitudes at 50 and 60 Hz, median over seconds, shape (2, leads)."""
    length = int(fs)
    if clean.shape[2] < length:
        return np.zeros((2, len(clean)))
    waves = _mains_waves(length, fs)
    found = _blocks(clean, length).reshape(-1, length) @ waves
    amplitude = np.hypot(found[:, :2], found[:, 2:]).reshape(len(clean), -1, 2)
    if known is not None:
        whole = _all(_blocks(known, length)).reshape(len(clean), -1)
        both = [_ranked(np.where(whole, amplitude[..., k], np.nan), 0.5) for k in range(2)]
        return np.stack(both)
    middle: Floats = np.sort(amplitude, axis=1)[:, (amplitude.shape[1] - 1) // 2].T
    return middle


@lru_cache(maxsize=8)
def _mains_waves(length: int, fs: float) -> NDArray[np.float32]:
    """Cosines of both mains frequencies, then sines, as columns; zero where out of reach."""
    reached = np.array([frequency < 0.45 * fs for frequency in MAINS])
    phase = 2 * np.pi * np.outer(np.arange(length) / fs, MAINS)
    window = _hann(length)
    waves = np.hstack([np.cos(phase), np.sin(phase)]) * window * np.tile(reached, 2)
    return np.asarray(waves * 4.0 / length, np.float32)


def _baseline(blocks: Floats, whole: Bools | None, fs: float) -> dict[str, Floats]:
    """Way of the baseline and number of its steps, median over windows."""
    length = blocks.shape[3]
    means = blocks @ np.full(length, 1.0 / length, blocks.dtype)
    if whole is not None:
        means = _bridged(means, whole)
    if means.shape[2] < BASELINE_BLOCKS:
        return {"wander": np.zeros(len(means)), "pops": np.zeros(len(means))}
    count = means.shape[2] - BASELINE_BLOCKS + 1
    near = [means[..., at : at + count] for at in range(BASELINE_BLOCKS)]
    (middle,) = order_statistics(near, BASELINE_BLOCKS // 2)
    way = middle.max(axis=2) - middle.min(axis=2)
    apart = max(round(STEP_WITHIN * fs / length), 1)
    jumps = np.abs(middle[..., apart:] - middle[..., :-apart]) > STEP
    begun = jumps[..., :1].sum(axis=2) + (jumps[..., 1:] & ~jumps[..., :-1]).sum(axis=2)
    return {"wander": _median(way), "pops": _median(begun)}


def _median(rows: Floats) -> Floats:
    """Lower median of each row; of a single window its value."""
    middle: Floats = np.sort(rows, axis=1)[:, (rows.shape[1] - 1) // 2]
    return middle


def _bridged(means: Floats, whole: Bools) -> Floats:
    """Means with those of blocks with gaps replaced by the last one known, or the first."""
    at = np.where(whole, np.arange(means.shape[2]), -1)
    last = np.maximum.accumulate(at, axis=2)
    last = np.where(last < 0, whole.argmax(axis=2)[..., None], last)
    found: Floats = np.take_along_axis(means, last, axis=2)
    return found

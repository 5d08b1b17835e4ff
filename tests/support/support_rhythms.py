"""Made-up rhythms: calibration ECGs of known origin, and look-alikes; none is a patient's."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from calibration_ecg import (
    FROM_EIGHT,
    LEADS,
    NORMAL,
    PREMATURE,
    WITHOUT_P,
    Calibration,
    Shape,
    make,
    steady,
)
from farlead_signal import delineate, find_beats
from farlead_signal.pacing import find_spikes
from farlead_signal.representative import representative
from farlead_signal.rhythms import RhythmFindings, rhythms

FS = 500.0
NONE = (0.0,) * 8
#: A P wave alone, and a beat of the other side of the heart.
ONLY_P = replace(NORMAL, q=NONE, r=NONE, s=NONE, t=NONE)
OTHER_SIDE = replace(
    PREMATURE,
    q=tuple(-v for v in PREMATURE.q),
    r=tuple(-v for v in PREMATURE.r),
    s=tuple(-v for v in PREMATURE.s),
    t=tuple(-v for v in PREMATURE.t),
)
#: A third way through the ventricles: another axis.
THIRD_WAY = replace(
    PREMATURE,
    r=(-1.2, 0.3, -1.0, 0.8, 1.5, -1.4, 1.2, 0.9),
    t=(0.4, -0.2, 0.3, -0.5, -0.6, 0.4, -0.3, -0.2),
)
Beats = list[tuple[float, Shape]]


def read(
    signal: NDArray[np.floating], fs: float = FS, names: Sequence[str] = LEADS
) -> RhythmFindings:
    """The whole way from samples to rhythm."""
    beats, spikes = find_beats(signal, fs), find_spikes(signal, fs)
    points = delineate(signal, fs, beats.r_peaks)
    median = representative(signal, fs, beats.r_peaks, points, spikes.positions)
    return rhythms(signal, fs, names, beats, points, median, spikes)


def codes(found: RhythmFindings) -> set[str]:
    """Codes of all findings."""
    return {one.code for one in found.findings}


def at(times: Sequence[float], shape: Shape = NORMAL) -> Beats:
    """Beats of one shape."""
    return [(float(time), shape) for time in times]


def ecg(beats: Beats, seconds: float = 10.0, **options: float) -> Calibration:
    """A recording with a little noise."""
    options.setdefault("noise", 0.008)
    seed = int(options.pop("seed", 0))
    return make(sorted(beats, key=lambda beat: beat[0]), FS, seconds, seed=seed, **options)


def arrhythmia(depth: float = 0.15, seconds: float = 10.0, seed: int = 0) -> Calibration:
    """Sinus arrhythmia: the rate follows the breath."""
    times, now = [], 0.4
    while now < seconds - 0.5:
        times.append(now)
        now += 0.85 * (1 + depth * np.sin(2 * np.pi * 0.25 * now))
    return ecg(at(times), seconds, seed=seed)


def flutter(
    ratios: Sequence[int], rate: float = 290.0, seconds: float = 10.0, size: float = 0.18
) -> Calibration:
    """Flutter waves of a saw's form in II, III and aVF, and beats after some of them."""
    cycle = 60 / rate
    times, now, i = [], 0.4, 0
    while now < seconds - 0.5:
        times.append(now)
        now += cycle * ratios[i % len(ratios)]
        i += 1
    made = ecg(at(times, replace(WITHOUT_P, t=tuple(0.5 * v for v in NORMAL.t))), seconds)
    phase = (np.arange(made.signal.shape[1]) / FS - 0.3) / cycle % 1.0
    saw = np.where(phase < 0.75, 0.5 - phase / 0.75, (phase - 0.75) / 0.25 - 0.5)
    saw = np.convolve(saw, np.hanning(25) / np.hanning(25).sum(), "same")
    weights = FROM_EIGHT @ (size * np.array([0.05, 1.0, -0.5, -0.2, 0, 0, 0, 0]))
    return replace(made, signal=(made.signal + np.outer(weights, saw)).astype(np.float32))


def fibrillating_ventricles(seconds: float = 10.0, seed: int = 0) -> NDArray[np.float32]:
    """A coarse wave that wanders around 5 Hz, in all leads."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * FS)) / FS
    phase = 2 * np.pi * np.cumsum(5 + 0.5 * np.sin(2 * np.pi * 0.3 * t)) / FS
    eight = (
        0.5 * (1 + 0.3 * np.sin(2 * np.pi * 0.2 * t)) * np.sin(phase + rng.uniform(0, 6, (8, 1)))
    )
    return (FROM_EIGHT @ eight + 0.01 * rng.normal(size=(12, t.size))).astype(np.float32)


def standstill(seconds: float = 10.0, seed: int = 0) -> NDArray[np.float32]:
    """No beats: amplifier noise and a slow baseline."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * FS)) / FS
    slow = 0.05 * np.sin(2 * np.pi * 0.2 * t + rng.uniform(0, 6, (12, 1)))
    return (slow + 0.006 * rng.normal(size=(12, t.size))).astype(np.float32)


def wenckebach(group: int = 4, seconds: float = 10.0) -> Calibration:
    """P waves at 75/min; PR grows by 60 ms a beat, the last P of each group is not conducted."""
    beats: Beats = []
    for i, p in enumerate(np.arange(0.3, seconds - 0.6, 0.8)):
        place = i % group
        if place == group - 1:
            beats.append((p + 0.16, ONLY_P))
        else:
            pr = 0.16 + 0.06 * place
            beats.append((p + pr, replace(NORMAL, pr=pr)))
    return ecg(beats, seconds)


def dropped(every: int = 4, seconds: float = 10.0, rate: float = 75.0) -> Calibration:
    """Mobitz II: every n-th P wave is not conducted, PR does not change."""
    times = np.arange(0.5, seconds - 0.5, 60 / rate)
    return ecg(
        [(float(on), ONLY_P if i % every == every - 1 else NORMAL) for i, on in enumerate(times)],
        seconds,
    )


def dissociated(
    ventricular: float = 38.0, atrial: float = 80.0, seconds: float = 10.0, shape: Shape = WITHOUT_P
) -> Calibration:
    """Complete block: P waves and beats, each at their own rate."""
    beats = steady(ventricular, seconds, shape, first=0.7)
    return ecg([*beats, *steady(atrial, seconds, ONLY_P, first=0.35)], seconds)


def run_of(count: int, rate: float, shapes: Sequence[Shape] = (PREMATURE,)) -> Calibration:
    """Sinus rhythm with a run of ventricular beats in the middle."""
    before = [(0.5 + 0.8 * i, NORMAL) for i in range(4)]
    start = before[-1][0] + 0.5
    run = [(start + 60 / rate * i, shapes[i % len(shapes)]) for i in range(count)]
    after = [(run[-1][0] + 1.0 + 0.8 * i, NORMAL) for i in range(12)]
    return ecg([*before, *run, *(beat for beat in after if beat[0] < 9.4)])

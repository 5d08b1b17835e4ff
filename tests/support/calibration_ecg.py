"""Calibration ECGs: twelve leads built of pieces with finite support, and their true values.

Every wave is a half sine between two known times, so that onset, peak, offset and amplitude are
exact in continuous time at any sampling rate, as in the calibration signals of IEC 60601-2-25.
The limb leads obey Einthoven and Goldberger: I and II are given, the others follow.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
#: Sizes are given for I, II, V1 to V6; rows make the twelve leads of them.
FROM_EIGHT = np.zeros((12, 8))
FROM_EIGHT[:6, :2] = [[1, 0], [0, 1], [-1, 1], [-0.5, -0.5], [1, -0.5], [-0.5, 1]]
FROM_EIGHT[6:, 2:] = np.eye(6)
#: The waves of the ventricles' depolarisation in their order.
QRS = ("q", "r", "s", "r2")
NAMES = ("p_on", "p_peak", "p_off", "qrs_on", "qrs_off", "t_on", "t_peak", "t_off")
#: No wave: NaN in the true fiducials.
NONE = np.nan


@dataclass(frozen=True)
class Shape:
    """One beat. Times in seconds, sizes in millivolts of I, II, V1 ... V6.

    `pr` is from P onset to QRS onset, `qt` from QRS onset to T offset. `st` is the level at J
    and `st_end` the one at T onset; `skew` is where in its time T has its peak. `label` is what
    the beat must be called.
    """

    label: str = "dominant"
    pr: float = 0.160
    p_time: float = 0.100
    qrs_times: tuple[float, float, float, float] = (0.020, 0.042, 0.030, 0.0)
    t_time: float = 0.190
    qt: float = 0.400
    skew: float = 0.55
    p: tuple[float, ...] = (0.08, 0.14, 0.07, 0.08, 0.08, 0.08, 0.08, 0.08)
    q: tuple[float, ...] = (-0.06, -0.09, 0, 0, 0, -0.06, -0.09, -0.08)
    r: tuple[float, ...] = (0.70, 1.15, 0.25, 0.55, 0.85, 1.40, 1.50, 1.10)
    s: tuple[float, ...] = (-0.10, -0.16, -0.90, -1.40, -0.90, -0.50, -0.25, -0.10)
    r2: tuple[float, ...] = (0.0,) * 8
    st: tuple[float, ...] = (0.0,) * 8
    st_end: tuple[float, ...] | None = None
    t: tuple[float, ...] = (0.20, 0.32, 0.10, 0.40, 0.45, 0.42, 0.38, 0.28)
    spike: float | None = None

    @property
    def qrs(self) -> float:
        """Duration of the QRS complex over all leads, seconds."""
        return sum(self.qrs_times)

    def leads(self, name: str) -> Floats:
        """Size of a wave in the twelve leads, millivolts."""
        return FROM_EIGHT @ np.asarray(getattr(self, name), float)

    def times(self) -> dict[str, tuple[float, float]]:
        """Begin and end of every piece, seconds from QRS onset."""
        edges = np.concatenate([[0.0], np.cumsum(self.qrs_times)])
        pieces = {name: (edges[i], edges[i + 1]) for i, name in enumerate(QRS)}
        pieces["p"] = (-self.pr, -self.pr + self.p_time)
        pieces["t"] = (self.qt - self.t_time, self.qt)
        return pieces


#: An ordinary beat, and beats that differ from it in one thing each.
NORMAL = Shape()
WITHOUT_P = replace(NORMAL, p=(0.0,) * 8)
EARLY = replace(NORMAL, label="supraventricular", pr=0.130, p=tuple(0.7 * v for v in NORMAL.p))
PREMATURE = Shape(
    label="ventricular",
    p=(0.0,) * 8,
    qrs_times=(0.030, 0.070, 0.060, 0.0),
    q=(0.1, -0.15, 0.2, 0.3, 0.2, 0.1, 0.0, 0.0),
    r=(0.9, -1.3, 1.6, 2.1, 1.9, 0.9, -0.4, -0.7),
    s=(-0.2, 0.3, -0.4, -0.5, -0.3, -0.2, 0.2, 0.3),
    t_time=0.22,
    qt=0.46,
    t=(-0.3, 0.5, -0.5, -0.7, -0.6, -0.3, 0.2, 0.3),
)
PACED = Shape(
    label="paced",
    p=(0.0,) * 8,
    qrs_times=(0.040, 0.070, 0.050, 0.0),
    q=(0.1, -0.2, -0.1, -0.2, -0.2, -0.1, -0.1, -0.1),
    r=(0.7, -1.2, -0.8, -1.5, -1.6, -1.4, -1.0, -0.6),
    s=(0.2, -0.4, -0.2, -0.3, -0.3, -0.2, -0.2, -0.2),
    t_time=0.22,
    qt=0.46,
    t=(-0.2, 0.5, 0.3, 0.5, 0.5, 0.5, 0.4, 0.2),
    spike=0.010,
)
BUNDLE_BRANCH = replace(
    NORMAL,
    qrs_times=(0.020, 0.040, 0.030, 0.050),
    r2=(-0.15, -0.1, 0.9, 0.5, 0.1, -0.1, -0.2, -0.2),
    qt=0.430,
)


def fused(a: Shape, b: Shape, share: float = 0.5) -> Shape:
    """A beat between `a` and `b`: sizes and times are mixed (the QRS onsets coincide)."""

    def mix(name: str) -> tuple[float, ...]:
        return tuple(
            (1 - share) * x + share * y
            for x, y in zip(getattr(a, name), getattr(b, name), strict=True)
        )

    sizes = {name: mix(name) for name in ("q", "r", "s", "t", "qrs_times")}
    return replace(a, label="fusion", p=a.p, **sizes)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Calibration:
    """A calibration ECG and what is true of it.

    `signal` is (12, n) float32 in mV. `fiducials` holds for every name of NAMES an array
    (12, beats) in samples (not rounded), NaN where the lead has no such wave; `overall` the same
    over all leads, (beats,). `on` are the QRS onsets in samples, `r_peaks` the tops of the R
    piece, rounded; `spikes` the pacing spikes.
    """

    signal: NDArray[np.float32]
    fs: float
    shapes: tuple[Shape, ...]
    on: Floats
    r_peaks: NDArray[np.int64]
    fiducials: dict[str, Floats]
    overall: dict[str, Floats]
    spikes: NDArray[np.int64]
    names: tuple[str, ...] = field(default=LEADS)

    @property
    def labels(self) -> tuple[str, ...]:
        """What each beat must be called."""
        return tuple(shape.label for shape in self.shapes)


def half_sine(t: Floats, begin: float, end: float, skew: float = 0.5) -> Floats:
    """A wave of height 1 from `begin` to `end` with its top at the share `skew` of its time."""
    if end <= begin:
        return np.zeros_like(t)
    x = (t - begin) / (end - begin)
    phase = np.where(x < skew, 0.5 * x / skew, 0.5 + 0.5 * (x - skew) / (1 - skew))
    return np.where((x > 0) & (x < 1), np.sin(np.pi * phase), 0.0)


def beat_wave(shape: Shape, t: Floats) -> Floats:
    """One beat, shape (12, t); `t` in seconds from QRS onset."""
    wave = np.zeros((12, t.size))
    for name, (begin, end) in shape.times().items():
        skew = shape.skew if name == "t" else 0.5
        wave += np.outer(shape.leads(name), half_sine(t, begin, end, skew))
    wave += _st(shape, t)
    if shape.spike is not None:
        inside = (t >= -shape.spike) & (t < -shape.spike + 0.0021)
        wave[:, inside] += np.linspace(2.0, 4.0, 12)[:, None]
    return wave


def _st(shape: Shape, t: Floats) -> Floats:
    """ST level: up from the top of the last QRS piece to J, on to T onset, gone at T offset."""
    st = shape.leads("st")
    st_end = st if shape.st_end is None else shape.leads("st_end")
    last = max(i for i, time in enumerate(shape.qrs_times) if time > 0)
    top = shape.qrs - 0.5 * shape.qrs_times[last]
    knots = [top, shape.qrs, shape.qt - shape.t_time, shape.qt]
    rises = np.stack([np.interp(t, knots, [0, 1, 0, 0]), np.interp(t, knots, [0, 0, 1, 0])])
    return np.outer(st, rises[0]) + np.outer(st_end, rises[1])


def make(
    beats: Sequence[tuple[float, Shape]],
    fs: float = 500.0,
    seconds: float = 10.0,
    *,
    noise: float = 0.0,
    mains: float = 0.0,
    wander: float = 0.0,
    fibrillation: float = 0.0,
    seed: int = 0,
) -> Calibration:
    """Calibration ECG with its beats' QRS onsets at the given seconds.

    Parameters
    ----------
    beats : sequence of (float, Shape)
        Ascending times of QRS onset.
    noise, mains, wander, fibrillation : float
        Standard deviation of white noise, amplitude of 50 Hz, of respiratory wander (0.2 to
        0.35 Hz), and of atrial fibrillation waves (5 to 8 Hz), in mV.
    """
    t = np.arange(round(seconds * fs)) / fs
    signal = np.zeros((12, t.size))
    for on, shape in beats:
        first, last = np.searchsorted(t, [on - 0.6, on + 1.0])
        signal[:, first:last] += beat_wave(shape, t[first:last] - on)
    rng = np.random.default_rng(seed)
    signal += noise * rng.normal(size=signal.shape)
    signal += mains * np.sin(2 * np.pi * 50 * t + rng.uniform(0, 6, (12, 1)))
    signal += wander * _waves(t, rng, (0.2, 0.35))
    signal += fibrillation * FROM_EIGHT @ _waves(t, rng, (5.0, 8.0), 8)
    on = np.array([time for time, _ in beats]) * fs
    shapes = tuple(shape for _, shape in beats)
    fiducials = _true(on, shapes, fs)
    spikes = [o - s.spike * fs for o, s in zip(on, shapes, strict=True) if s.spike is not None]
    return Calibration(
        signal.astype(np.float32),
        fs,
        shapes,
        on,
        _peaks(on, shapes, fs, t.size),
        fiducials,
        _over_all(fiducials),
        np.rint(np.array(spikes)).astype(np.int64),
    )


def _waves(
    t: Floats, rng: np.random.Generator, band: tuple[float, float], rows: int = 12
) -> Floats:
    """Three sines of random frequency in a band, other phases in each row."""
    parts = [
        np.sin(2 * np.pi * rng.uniform(*band) * t + rng.uniform(0, 6.28, (rows, 1)))
        for _ in range(3)
    ]
    return np.asarray(sum(parts) / np.sqrt(3))


def _peaks(on: Floats, shapes: Sequence[Shape], fs: float, n: int) -> NDArray[np.int64]:
    tops = [o + fs * sum(s.times()["r"]) / 2 for o, s in zip(on, shapes, strict=True)]
    return np.minimum(np.rint(np.array(tops)), n - 1).astype(np.int64)


def _true(on: Floats, shapes: Sequence[Shape], fs: float) -> dict[str, Floats]:
    found = {name: np.full((12, len(shapes)), NONE) for name in NAMES}
    for i, shape in enumerate(shapes):
        for name, value in _times_of(shape).items():
            found[name][:, i] = on[i] + fs * value
    return found


def _times_of(shape: Shape) -> dict[str, Floats]:
    """Onsets, peaks and offsets of one beat in the twelve leads, seconds from QRS onset."""
    pieces = shape.times()
    size = np.stack([shape.leads(name) for name in QRS])
    seen = np.abs(size) > 1e-9
    begins = np.array([pieces[name][0] for name in QRS])[:, None]
    ends = np.array([pieces[name][1] for name in QRS])[:, None]
    p = np.where(np.abs(shape.leads("p")) > 1e-9, 0.0, NONE)
    t = np.where(np.abs(shape.leads("t")) > 1e-9, 0.0, NONE)
    return {
        "p_on": p + pieces["p"][0],
        "p_peak": p + sum(pieces["p"]) / 2,
        "p_off": p + pieces["p"][1],
        "qrs_on": np.where(seen, begins, np.inf).min(0),
        "qrs_off": np.where(seen, ends, -np.inf).max(0),
        "t_on": t + pieces["t"][0],
        "t_peak": t + pieces["t"][0] + shape.skew * shape.t_time,
        "t_off": t + pieces["t"][1],
    }


def _over_all(fiducials: dict[str, Floats]) -> dict[str, Floats]:
    """Earliest onset, latest offset and middle peak over the leads; NaN where none has one."""
    rule: dict[str, Callable[[Floats], float]] = {"on": np.min, "eak": np.median, "off": np.max}
    found = {}
    for name, values in fiducials.items():
        take = rule[name[-3:] if name.endswith(("eak", "off")) else "on"]
        found[name] = np.array(
            [take(v[~np.isnan(v)]) if (v == v).any() else NONE for v in values.T]
        )
    return found


def steady(
    rate: float = 75.0, seconds: float = 10.0, shape: Shape = NORMAL, first: float = 0.5
) -> list[tuple[float, Shape]]:
    """Beats of one shape at an even rate per minute."""
    return [(float(on), shape) for on in np.arange(first, seconds - 0.5, 60.0 / rate)]


def sinus(rate: float = 75.0, seconds: float = 10.0, **options: float) -> Calibration:
    """Sinus rhythm; options as for :func:`make`."""
    fs = options.pop("fs", 500.0)
    options["seed"] = int(options.get("seed", 0))
    return make(steady(rate, seconds), fs, seconds, **options)  # type: ignore[arg-type]


def atrial_fibrillation(seconds: float = 10.0, fs: float = 500.0, seed: int = 0) -> Calibration:
    """Irregular beats without P waves over fibrillation waves of 0.05 mV."""
    rng = np.random.default_rng(seed)
    on = 0.5 + np.cumsum(rng.uniform(0.45, 1.05, int(seconds * 3)))
    beats = [(float(time), WITHOUT_P) for time in on if time < seconds - 0.5]
    return make(beats, fs, seconds, fibrillation=0.05, noise=0.005, seed=seed)


def with_premature(
    every: int = 4, seconds: float = 10.0, shape: Shape = PREMATURE, **options: float
) -> Calibration:
    """Sinus rhythm at 75/min with every n-th beat early (by 40 %) and of another shape."""
    fs = options.pop("fs", 500.0)
    beats = [
        (on - 0.32, shape) if i % every == every - 1 else (on, beat)
        for i, (on, beat) in enumerate(steady(75.0, seconds))
    ]
    return make(beats, fs, seconds, **options)  # type: ignore[arg-type]


def paced(seconds: float = 10.0, rate: float = 70.0, **options: float) -> Calibration:
    """Ventricular pacing at an even rate, spikes 10 ms before each QRS complex."""
    fs = options.pop("fs", 500.0)
    return make(steady(rate, seconds, PACED), fs, seconds, **options)  # type: ignore[arg-type]

"""Synthetic beats that show one thing each, and their look-alikes. None of them is a patient's."""

from dataclasses import replace

import numpy as np

from calibration_ecg import FROM_EIGHT, LEADS, NORMAL, Calibration, Shape, make
from farlead.analysis.measure import measure
from farlead.model.people import Patient, Sex
from farlead.model.recording import Recording
from farlead_signal.findings import Finding

FS, SECONDS = 500.0, 10.0
ORDER = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
Sizes = tuple[float, ...]


def sizes(base: Sizes = (0.0,) * 8, **leads: float) -> Sizes:
    """Sizes in I, II, V1 to V6: `base` with those given by name."""
    return tuple({**dict(zip(ORDER, base, strict=True)), **leads}.values())


#: Right bundle branch block: R′ in V1 and V2, long S in I, V5, V6.
RBBB = replace(
    NORMAL,
    qrs_times=(0.020, 0.040, 0.036, 0.048),
    s=sizes(NORMAL.s, V1=-0.5, V2=-0.8, I=-0.1, V6=-0.1),
    r2=(-0.25, -0.15, 0.80, 0.45, 0.0, -0.15, -0.25, -0.28),
    t=sizes(NORMAL.t, V1=-0.2, V2=0.1),
    qt=0.430,
)
#: Left bundle branch block: V1 rS, broad R without Q in I, V5, V6, T against QRS.
LBBB = replace(
    NORMAL,
    qrs_times=(0.030, 0.046, 0.060, 0.0),
    q=(0.25, 0.2, 0.12, 0.15, 0.15, 0.15, 0.3, 0.3),
    r=(0.8, 0.5, -0.9, -1.5, -1.4, -0.4, 1.0, 0.95),
    s=(0.9, 0.55, -1.0, -1.7, -1.5, -0.3, 1.1, 1.05),
    st=(-0.05, -0.02, 0.12, 0.2, 0.18, 0.03, -0.06, -0.06),
    t=(-0.25, -0.1, 0.3, 0.5, 0.5, 0.2, -0.25, -0.25),
    t_time=0.200,
    qt=0.440,
)
#: Large left ventricle with strain: tall R in I, V5, V6, ST down and T turned over there.
STRAIN = replace(
    NORMAL,
    r=sizes(NORMAL.r, I=1.5, V4=2.0, V5=3.0, V6=2.6),
    s=sizes(NORMAL.s, V1=-2.0, V2=-2.4, V3=-1.4),
    st=sizes(I=-0.08, V1=0.1, V2=0.15, V5=-0.12, V6=-0.10),
    st_end=sizes(I=-0.12, V1=0.12, V2=0.2, V5=-0.18, V6=-0.15),
    t=sizes(NORMAL.t, I=-0.2, V4=0.1, V5=-0.3, V6=-0.28),
)


def st(base: Shape = NORMAL, end: float = 1.0, **leads: float) -> Shape:
    """ST at these levels; at T onset it is `end` times as high."""
    level = sizes(**leads)
    return replace(base, st=level, st_end=tuple(end * each for each in level))


def anterior(level: float) -> Shape:
    """ST elevation of V2 to V4 with depression in the inferior leads."""
    return st(V2=level, V3=level, V4=0.8 * level, I=0.4 * level, II=-0.4 * level)


def inferior(level: float, v1: float = 0.0) -> Shape:
    """ST elevation of II, III and aVF, more in III; aVL depressed."""
    return st(II=level, I=-0.5 * level, V1=v1)


def posterior(level: float) -> Shape:
    """Depression of V1 to V3 with tall R and upright T waves there."""
    tall = replace(
        NORMAL,
        r=sizes(NORMAL.r, V1=0.7, V2=1.2, V3=1.3),
        s=sizes(NORMAL.s, V1=-0.4, V2=-0.6, V3=-0.5),
        t=sizes(NORMAL.t, V1=0.3, V2=0.6, V3=0.6),
    )
    return st(tall, V1=-level, V2=-level, V3=-level)


def de_winter(level: float, t: float = 0.9) -> Shape:
    """J depressed in V2 to V5, ST rising into tall T waves."""
    down = sizes(V2=-level, V3=-level, V4=-level, V5=-0.8 * level)
    tall = sizes(NORMAL.t, V2=t, V3=t, V4=t, V5=0.8 * t)
    return replace(NORMAL, st=down, st_end=sizes(), t=tall, t_time=0.240)


def wellens(depth: float) -> Shape:
    """T waves of V2 to V4 symmetrically upside down over a level ST."""
    return replace(
        NORMAL, t=sizes(NORMAL.t, V2=-depth, V3=-1.1 * depth, V4=-depth, V5=0.1), skew=0.5
    )


def evolving(up: float, t: float) -> Shape:
    """QS in V1 to V3, ST still up, T turned over in V2 to V4."""
    q = sizes(NORMAL.q, V1=-0.5, V2=-0.8, V3=-0.8)
    r = sizes(NORMAL.r, V1=-0.7, V2=-1.0, V3=-0.9, V4=0.3)
    s = sizes(NORMAL.s, V1=-0.4, V2=-0.6, V3=-0.6)
    base = replace(NORMAL, q=q, r=r, s=s, t=sizes(NORMAL.t, V2=-t, V3=-t, V4=-t))
    return st(base, V1=up, V2=up, V3=up)


def brugada(level: float, end: float, t: float) -> Shape:
    """High take-off of J in V1 and V2 that falls to `end` times its height."""
    base = replace(NORMAL, t=sizes(NORMAL.t, V1=t, V2=t))
    return st(base, end, V1=level, V2=level)


def hyperkalaemia(qrs: float, p: float, t: float) -> Shape:
    """Tall narrow T waves, QRS `qrs` seconds wide, P `p` times as high."""
    return replace(
        NORMAL,
        p=tuple(p * each for each in NORMAL.p),
        qrs_times=(0.25 * qrs, 0.45 * qrs, 0.30 * qrs, 0.0),
        t=sizes(NORMAL.t, II=0.6 * t, V2=t, V3=t, V4=t, V5=0.8 * t),
        t_time=0.130,
        skew=0.5,
        qt=0.400,
    )


def early(level: float) -> Shape:
    """Concave elevation from a high J in the lateral leads with tall R and T waves."""
    base = replace(
        NORMAL, r=sizes(NORMAL.r, V4=1.9, V5=1.9, V6=1.6), t=sizes(NORMAL.t, V4=0.8, V5=0.8, V6=0.6)
    )
    return st(base, 0.3, V4=level, V5=level, V6=level)


def saddle(r2: float, low: float) -> Shape:
    """R′ in V1 and V2 that falls to `low` and rises into an upright T wave."""
    base = replace(
        NORMAL,
        qrs_times=(0.018, 0.034, 0.026, 0.026),
        r2=sizes(V1=r2, V2=r2),
        t=sizes(NORMAL.t, V1=0.3, V2=0.4),
    )
    return st(base, V1=low, V2=low)


def with_delta(one: Calibration, before: float, share: float) -> Calibration:
    """The same with QRS complexes that begin `before` seconds earlier, slowly, on the P wave.

    A ramp rises to this share of R, and goes while R falls.
    """
    t = np.arange(one.signal.shape[1]) / one.fs
    signal = one.signal.astype(float)
    for on, shape in zip(one.on / one.fs, one.shapes, strict=True):
        top, end = on + shape.qrs_times[0] + 0.5 * shape.qrs_times[1], on + shape.qrs
        ramp = np.interp(t, [on - before, on, top, end], [0, 1, 1, 0], left=0, right=0)
        signal += share * np.outer(shape.leads("r"), ramp)
    return replace(one, signal=signal.astype(np.float32))


def with_wave(one: Calibration, after: float, seconds: float, **leads: float) -> Calibration:
    """The same with half a sine more in each beat, from so long after QRS onset on."""
    t = np.arange(one.signal.shape[1]) / one.fs
    signal = one.signal.astype(float)
    for on in one.on / one.fs:
        part = (t - on - after) / seconds
        wave = np.where((part > 0) & (part < 1), np.sin(np.pi * np.clip(part, 0, 1)), 0.0)
        signal += np.outer(FROM_EIGHT @ np.array(sizes(**leads)), wave)
    return replace(one, signal=signal.astype(np.float32))


def low_potassium(u: float, st_level: float = -0.1, t: float = 0.08) -> Recording:
    """ST down, T low and U waves of `u` mV in V2 to V5."""
    flat = replace(NORMAL, t=sizes(NORMAL.t, V2=t, V3=t, V4=t, V5=t), qt=0.380)
    shape = st(flat, V2=st_level, V3=st_level, V4=st_level, V5=st_level)
    waves = with_wave(made(shape), 0.42, 0.22, V2=u, V3=u, V4=u, V5=u)
    return recorded(waves.signal)


def right_load(s1: float, q3: float, t3: float, rate: float) -> Recording:
    """S in I, and Q and T of III, in mV (II is left as it is: III is II less I)."""
    shape = replace(
        NORMAL,
        q=sizes(NORMAL.q, I=0.0, II=-q3),
        s=sizes(NORMAL.s, I=-s1, II=-0.05),
        r=sizes(NORMAL.r, I=0.45, II=0.9),
        t=sizes(NORMAL.t, I=0.25, II=0.25 - t3),
        qt=0.34,
    )
    return recorded(made(shape, rate).signal)


def right_ventricle(r: float, s5: float) -> Recording:
    """Axis to the right, R in V1 and S in V5 and V6."""
    shape = replace(
        NORMAL,
        r=sizes(NORMAL.r, I=0.15, II=0.9, V1=r, V5=0.8, V6=0.6),
        s=sizes(NORMAL.s, I=-0.8, V1=-0.15, V5=-s5, V6=-s5),
    )
    return recorded(made(shape).signal)


def tall_p(height: float) -> Recording:
    """P wave of II, in mV."""
    return recorded(made(replace(NORMAL, p=sizes(NORMAL.p, II=height))).signal)


def terminal_p(depth: float) -> Recording:
    """P wave of V1 that ends with 60 ms below the line, in mV."""
    one = made(replace(NORMAL, p=sizes(NORMAL.p, V1=0.0), p_time=0.120, pr=0.18))
    return recorded(with_wave(one, -0.12, 0.06, V1=-depth).signal)


def made(shape: Shape, rate: float = 66.0, noise: float = 0.004) -> Calibration:
    """Ten seconds of one shape at an even rate."""
    on = np.arange(0.45, SECONDS - 0.5, 60.0 / rate)
    return make([(float(each), shape) for each in on], FS, SECONDS, noise=noise)


def recorded(signal: np.ndarray, sex: Sex = Sex.MALE, age: float = 55.0) -> Recording:
    """Twelve leads as the recording of a patient."""
    return Recording(signal, LEADS, FS, patient=Patient(name="某甲", sex=sex, age_years=age))


def recording(
    shape: Shape, sex: Sex = Sex.MALE, age: float = 55.0, rate: float = 66.0
) -> Recording:
    """One shape of beat as the recording of a patient."""
    return recorded(made(shape, rate).signal, sex, age)


def found(shape: Shape | Recording, rate: float = 66.0) -> dict[str, Finding]:
    """Findings by code."""
    ecg = recording(shape, rate=rate) if isinstance(shape, Shape) else shape
    return {one.code: one for one in measure(ecg).findings}

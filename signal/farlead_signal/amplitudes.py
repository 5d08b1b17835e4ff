"""Amplitudes and durations of the waves in each lead, ST, and voltage sums.

Measured on the median beat against the level of the PQ junction, between the global onsets and
offsets. J is the global QRS offset, or where a lead's steep end of QRS is over, if that is
shortly behind it. Never from pixels.

References
----------
CSE Working Party, "Recommendations for measurement standards in quantitative
electrocardiography", Eur Heart J 6 (1985) 815-825. P. Kligfield et al., Circulation 115 (2007)
1306-1324, doi:10.1161/CIRCULATIONAHA.106.180200. IEC 60601-2-25 (automated measurements).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.delineation import ABSENT
from farlead_signal.representative import Representative
from farlead_signal.rows import from_own_start, means
from farlead_signal.values import Value, known, unknown

Floats: TypeAlias = NDArray[np.floating]

#: Smallest wave of a QRS complex, in mV and seconds (two slopes of 0.03 mV for 6 ms).
LEAST_WAVE, LEAST_TIME = 0.030, 0.006
#: A wave lasts as long as it is farther from the baseline than this, in mV, and than three times
#: the noise of the median beat.
LEVEL, LEVEL_OF_NOISE = 0.010, 3.0
#: Opposite part of a P or T wave that makes it biphasic, in mV.
SECOND_P, SECOND_T = 0.030, 0.050
#: ST is measured at J and so long after it, in seconds, as the mean of POINT seconds from there:
#: before J the QRS complex is steep.
AFTER_J = MappingProxyType({"j": 0.0, "j40": 0.040, "j60": 0.060, "j80": 0.080})
POINT = 0.004
#: Where a lead falls or rises faster than STEEP mV/s over RUN seconds, its QRS complex has not
#: ended yet; its J is looked for so long after the global offset, in seconds.
STEEP, RUN, LATER = 5.0, 0.006, 0.020
#: The slope of ST is that of a straight line from J to so long after it, in seconds.
SLOPE = 0.080
#: Noise of the median beat above which amplitudes of a lead are doubtful, in mV.
NOISY = 0.025

_LEVEL = "against the PQ junction, median beat"
METHODS = MappingProxyType(
    {
        "p": f"greatest deflection from P onset to P offset, {_LEVEL}",
        "p2": f"greatest deflection of the other sign in P, {_LEVEL}",
        "q": f"first negative wave before R, {_LEVEL}; the whole complex where `qs` holds",
        "r": f"first positive wave, {_LEVEL}",
        "s": f"first negative wave after R, {_LEVEL}",
        "r2": f"second positive wave, {_LEVEL}",
        "s2": f"second negative wave after R, {_LEVEL}",
        "q_ms": "time of the Q wave beyond the baseline",
        "r_ms": "time of the R wave beyond the baseline",
        "s_ms": "time of the S wave beyond the baseline",
        "r2_ms": "time of the R′ wave beyond the baseline",
        "qrs_pp": "highest less lowest point from QRS onset to QRS offset, median beat",
        "j": f"at the QRS offset, where the lead's steep end of QRS is over, {_LEVEL}",
        "j40": f"40 ms after J, {_LEVEL}",
        "j60": f"60 ms after J, {_LEVEL}",
        "j80": f"80 ms after J, {_LEVEL}",
        "st_slope": "straight line from J to 80 ms after it, median beat",
        "t": f"greatest deflection from T onset to T offset, {_LEVEL}",
        "t2": f"greatest deflection of the other sign in T, {_LEVEL}",
    }
)
UNITS = MappingProxyType(
    {
        name: "ms" if name.endswith("_ms") else "mV/s" if name == "st_slope" else "mV"
        for name in METHODS
    }
)


@dataclass(frozen=True, slots=True)
class LeadMeasures:
    """What is measured in one lead; None where there is no such wave or it cannot be told.

    Parameters
    ----------
    lead : str
    p, p2, q, r, s, r2, s2, j, j40, j60, j80, t, t2 : float or None
        Millivolts with their sign. `p2` and `t2` are the part of the other sign where the wave
        has two.
    q_ms, r_ms, s_ms, r2_ms : float or None
        Milliseconds.
    st_slope : float or None
        Millivolts in a second.
    qrs_pp : float or None
        Height from the lowest to the highest point of the QRS complex, mV.
    qs : bool
        The complex is one negative wave: `q` is its depth, there is no R.
    reason : str
        Why nothing is known (all None), or why it is doubtful; "" when it is good.
    absent : tuple of (str, str)
        Names that are None for a reason of their own, and the reason.
    """

    lead: str
    p: float | None = None
    p2: float | None = None
    q: float | None = None
    r: float | None = None
    s: float | None = None
    r2: float | None = None
    s2: float | None = None
    q_ms: float | None = None
    r_ms: float | None = None
    s_ms: float | None = None
    r2_ms: float | None = None
    qrs_pp: float | None = None
    j: float | None = None
    j40: float | None = None
    j60: float | None = None
    j80: float | None = None
    st_slope: float | None = None
    t: float | None = None
    t2: float | None = None
    qs: bool = False
    reason: str = ""
    absent: tuple[tuple[str, str], ...] = ()

    def value(self, name: str) -> Value:
        """A measure with unit, method, quality and reason, by its name."""
        found: float | None = getattr(self, name)
        if found is not None:
            return known(found, UNITS[name], METHODS[name], self.reason)
        wave = name.removesuffix("_ms")
        reason = self.reason or dict(self.absent).get(wave, f"{wave}_absent")
        return unknown(UNITS[name], METHODS[name], reason)


def measure_leads(
    beat: Representative | None, names: Sequence[str], fs: float
) -> tuple[LeadMeasures, ...]:
    """Amplitudes and durations of every lead of a median beat.

    Parameters
    ----------
    beat : Representative or None
    names : sequence of str
        One for each lead.
    fs : float
        Hertz.
    """
    if beat is None:
        return tuple(LeadMeasures(name, reason="no_beats") for name in names)
    points = _Points.of(beat)
    if points.qrs_on < 0 or points.qrs_off <= points.qrs_on:
        return tuple(LeadMeasures(name, reason="qrs_unknown") for name in names)
    usable = np.isfinite(beat.beats.sum(1))
    rows = beat.beats.astype(np.float64)
    rows[~usable] = 0
    noise = np.where(np.isnan(beat.noise), 0.0, beat.noise)
    measured, absent = _measured(rows, points, fs)
    height = measured["qrs_pp"]
    waves = _qrs_waves(rows[:, points.qrs_on : points.qrs_off + 1], noise, fs)
    missing = tuple(absent.items())
    leads = []
    for i, name in enumerate(names):
        if not usable[i] or height[i] == 0:
            reason = "lead_missing" if not usable[i] else "lead_flat"
            leads.append(LeadMeasures(name, reason=reason))
        else:
            doubt = "noise" if noise[i] > NOISY else ""
            own: dict[str, Any] = {key: column[i] for key, column in measured.items()}
            leads.append(LeadMeasures(name, **own, **waves[i], reason=doubt, absent=missing))
    return tuple(leads)


@dataclass(frozen=True, slots=True)
class _Points:
    """Global points of the median beat."""

    p: tuple[int, int]
    qrs_on: int
    qrs_off: int
    t: tuple[int, int]

    @classmethod
    def of(cls, beat: Representative) -> "_Points":
        overall = beat.fiducials.overall or beat.fiducials
        names = ("p_on", "p_off", "qrs_on", "qrs_off", "t_on", "t_off")
        p_on, p_off, on, off, t_on, t_off = (int(getattr(overall, n).flat[0]) for n in names)
        return cls((p_on, p_off), on, off, (t_on, t_off))


_Columns: TypeAlias = dict[str, list[float | None]]


def _measured(rows: Floats, points: _Points, fs: float) -> tuple[_Columns, dict[str, str]]:
    """Everything but the QRS waves by its name, a value for each lead; what is not there, why."""
    measured, absent = _st(rows, points.qrs_off, fs)
    for wave, second in (("p", SECOND_P), ("t", SECOND_T)):
        found, gone = _wave(rows, wave, getattr(points, wave), second)
        measured |= found
        absent |= gone
    qrs = rows[:, points.qrs_on : points.qrs_off + 1]
    measured["qrs_pp"] = (qrs.max(1) - qrs.min(1)).tolist()
    return measured, absent


def _st(rows: Floats, offset: int, fs: float) -> tuple[_Columns, dict[str, str]]:
    """Level of ST at and after each lead's J, and its slope."""
    mean = max(1, round(POINT * fs) + 1)
    j = _own_j(rows, offset, fs)
    found: _Columns = {}
    absent = {}
    for name, after in AFTER_J.items():
        part = _from(rows, j + round(after * fs), mean)
        if part is None:
            absent[name] = "window_ends"
        else:
            found[name] = means(part).tolist()
    count = round(SLOPE * fs) + 1
    part = _from(rows, j, count)
    if part is None:
        absent["st_slope"] = "window_ends"
    else:
        t = (np.arange(count) - 0.5 * (count - 1)) / fs
        found["st_slope"] = (part @ (t / (t @ t))).tolist()
    return found, absent


def _own_j(rows: Floats, offset: int, fs: float) -> NDArray[np.int64]:
    """Where the QRS complex of each lead has ended; the global offset where that is not soon."""
    run, room = max(1, round(RUN * fs)), round(LATER * fs)
    part = rows[:, offset : offset + room + 1 + run]
    if part.shape[1] <= run:
        return np.full(len(rows), offset)
    calm = np.abs(part[:, run:] - part[:, :-run]) <= STEEP * run / fs
    return np.asarray(offset + np.where(calm.any(1), calm.argmax(1), 0))


def _from(rows: Floats, first: NDArray[np.int64], count: int) -> Floats | None:
    """So many samples of each lead from its own one on; None where the window ends before."""
    if int(first.max()) + count > rows.shape[1]:
        return None
    return from_own_start(rows, first, count)


def _wave(
    rows: Floats, name: str, ends: tuple[int, int], second: float
) -> tuple[_Columns, dict[str, str]]:
    """Greatest deflection within a wave, and that of the other sign when it is a wave too."""
    first, last = ends
    if first < 0 or last <= first:
        reason = f"{name}_absent" if first == ABSENT else f"{name}_unknown"
        return {}, {name: reason, f"{name}2": reason}
    part = rows[:, first : last + 1]
    low, high = part.min(1), part.max(1)
    up = high >= -low
    main, other = np.where(up, high, low), np.where(up, low, high)
    least = np.where(other * main < 0, np.abs(other), 0.0).tolist()
    seconds = [v if w >= second else None for v, w in zip(other.tolist(), least, strict=True)]
    return {name: main.tolist(), f"{name}2": seconds}, {}


def _qrs_waves(qrs: Floats, noise: Floats, fs: float) -> list[dict[str, Any]]:
    """Q, R, S, R′ and S′ of every lead with their durations, as arguments of LeadMeasures."""
    level = np.maximum(LEVEL, LEVEL_OF_NOISE * noise)[:, None]
    sign = np.zeros((qrs.shape[0], qrs.shape[1] + 2), np.int8)
    sign[:, 1:-1] = (qrs > level).astype(np.int8) - (qrs < -level)
    flat = sign.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    size = np.zeros((qrs.shape[0], qrs.shape[1] + 2))
    size[:, 1:-1] = np.abs(qrs)
    heights = np.maximum.reduceat(size.ravel(), edges) if edges.size else np.zeros(0)
    lead, start = np.divmod(edges, sign.shape[1])
    stop = np.append(edges[1:], flat.size) - lead * sign.shape[1]
    found: list[list[_Part]] = [[] for _ in qrs]
    ends = np.abs(qrs[:, -1]).tolist()
    columns = (lead, start, stop, flat[edges], heights)
    for i, a, b, way, height in zip(*(column.tolist() for column in columns), strict=True):
        # The last stretch is a wave only when it turns back: else it is the way up to ST.
        turns = b <= qrs.shape[1] or height - ends[i] >= LEAST_WAVE
        if way and height >= LEAST_WAVE and b - a >= LEAST_TIME * fs and turns:
            _add(found[i], _Part(way, a, b, height))
    return [_named(parts, fs) for parts in found]


@dataclass(slots=True)
class _Part:
    """A deflection: its sign, first sample, sample after its last one, and height in mV."""

    way: int
    start: int
    stop: int
    height: float


def _add(parts: list[_Part], part: _Part) -> None:
    """Add a deflection; one of the same sign as the last belongs to the same, notched wave."""
    if parts and parts[-1].way == part.way:
        parts[-1].stop = part.stop
        parts[-1].height = max(parts[-1].height, part.height)
    else:
        parts.append(part)


def _named(parts: list[_Part], fs: float) -> dict[str, Any]:
    """Waves by their names in their order: Q only before R, a lone negative wave is QS."""
    order = ["q", "r", "s", "r2", "s2"]
    named: dict[str, Any] = {}
    place = 0 if parts and parts[0].way < 0 else 1
    for name, part in zip(order[place:], parts, strict=False):
        named[name] = part.way * part.height
        if name != "s2":
            named[f"{name}_ms"] = 1000.0 * (part.stop - part.start) / fs
    named["qs"] = len(parts) == 1 and parts[0].way < 0
    return named

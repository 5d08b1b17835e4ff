"""Rates and intervals of a recording, each with its quality or the reason why there is none.

Intervals are global: from the earliest onset to the latest offset over all leads, on the median
beat. How much they vary from beat to beat tells how far they can be trusted.

References
----------
P. Kligfield et al., "Recommendations for the standardization and interpretation of the
electrocardiogram, part I", Circulation 115 (2007) 1306-1324,
doi:10.1161/CIRCULATIONAHA.106.180200. P. M. Rautaharju et al., part IV (QT), Circulation 119
(2009) e241-e250, doi:10.1161/CIRCULATIONAHA.108.191096.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from farlead_signal.delineation import ABSENT, Fiducials
from farlead_signal.middle import mean, middle, spread
from farlead_signal.qt import QtFormula, qtc
from farlead_signal.representative import BeatClass, Representative
from farlead_signal.values import Value, known, unknown

__all__ = ["Intervals", "QtFormula", "Value", "measure_intervals", "qtc"]

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

#: Scatter from beat to beat (robust standard deviation) above which an interval is doubtful, in
#: ms: about twice the scatter of one beat's marks between two experts.
SCATTER = MappingProxyType({"p": 25.0, "pr": 20.0, "qrs": 15.0, "qt": 30.0})
#: The median beat and the median of the single beats differ by more than this, in ms: one of
#: them saw another wave.
APART = MappingProxyType({"p": 30.0, "pr": 25.0, "qrs": 20.0, "qt": 40.0})
#: Members below which an interval is doubtful: one bad beat carries it.
FEW = 3
#: Noise of the median beat above which wave ends are doubtful, in mV (median over the leads): the
#: smallest wave that must be recognised has 0.03 mV.
NOISY = 0.03
#: Share of the members that must have a P wave, for the median beat's P to be theirs.
WITH_P = 0.5
#: Scatter of PR above which P waves do not lead to the QRS complexes, in ms.
DISSOCIATED = 60.0
#: Variation of RR (standard deviation over mean) from which, without P waves, fibrillation of the
#: atria is the likely reason.
IRREGULAR = 0.12
#: A T wave that ends closer than this to the next QRS complex is cut off, in ms: the next P wave
#: and the PR segment lie there.
NEXT_BEAT = 120.0
#: A rate is the mean over so many successive intervals, for the least and the greatest.
SUCCESSIVE = 3
#: Intervals within which a human heart can work, in ms; others are refused as mistaken.
POSSIBLE = MappingProxyType(
    {"p": (20.0, 250.0), "pr": (60.0, 600.0), "qrs": (40.0, 300.0), "qt": (150.0, 900.0)}
)


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Rates and intervals.

    Parameters
    ----------
    p, pr, qrs, qt, jt : Value
        Milliseconds, global, of the median beat.
    qtc : mapping of QtFormula to Value
        Milliseconds, by the mean RR of the recording.
    rate, rate_min, rate_max : Value
        Ventricular rate per minute: mean over all intervals, and the least and the greatest mean
        over three successive ones.
    atrial_rate : Value
        Per minute, from P to P; known where each QRS complex has its P wave.
    rr_mean : Value
        Milliseconds.
    rr : ndarray of float64, shape (beats - 1,)
        All RR intervals in milliseconds.
    """

    p: Value
    pr: Value
    qrs: Value
    qt: Value
    jt: Value
    qtc: Mapping[QtFormula, Value]
    rate: Value
    rate_min: Value
    rate_max: Value
    atrial_rate: Value
    rr_mean: Value
    rr: Floats


def measure_intervals(
    fs: float,
    r_peaks: ArrayLike,
    fiducials: Fiducials | None,
    beat: Representative | None,
    breaks: ArrayLike = (),
) -> Intervals:
    """Rates and intervals of a recording.

    Parameters
    ----------
    fs : float
        Sampling rate in hertz.
    r_peaks : array_like of int, shape (beats,)
        Samples, ascending.
    fiducials : Fiducials or None
        Of the same beats; None where waves were not looked for.
    beat : Representative or None
    breaks : array_like of int
        Samples within spans where no beats could be claimed: intervals across one do not count.
    """
    peaks = np.asarray(r_peaks, np.int64)
    rr = _rr(peaks, fs, np.asarray(breaks, np.int64))
    rates = _rates(rr)
    if beat is None or fiducials is None:
        measured = {name: unknown("ms", _METHOD[name], "no_beats") for name in _METHOD}
        atrial = unknown("/min", _ATRIAL, "no_beats")
    else:
        single = _Spread.of(beat, fiducials, fs)
        measured = _intervals(beat, single, rr, fs)
        atrial = _atrial_rate(fiducials, measured["pr"], fs)
    qt = measured["qt"]
    return Intervals(
        **measured,
        jt=_jt(measured["qrs"], qt),
        qtc=MappingProxyType({way: _corrected(qt, rates["mean"], way) for way in QtFormula}),
        rate=_per_minute(rates["mean"], _RATE),
        rate_min=_per_minute(rates["slowest"], _EXTREME),
        rate_max=_per_minute(rates["fastest"], _EXTREME),
        atrial_rate=atrial,
        rr_mean=rates["mean"],
        rr=rr,
    )


_GLOBAL = "{}, earliest onset to latest offset over all leads of the median beat"
_METHOD = {
    "p": _GLOBAL.format("P onset to P offset"),
    "pr": "P onset to QRS onset, the earliest of all leads of the median beat",
    "qrs": _GLOBAL.format("QRS onset to QRS offset"),
    "qt": _GLOBAL.format("QRS onset to T offset"),
}
_RATE = "60 s over the mean of all RR intervals"
_EXTREME = f"60 s over the mean of {SUCCESSIVE} successive RR intervals"
_ATRIAL = "60 s over the mean of all PP intervals"
_RR = "mean of all RR intervals"


def _rr(peaks: Ints, fs: float, breaks: Ints) -> Floats:
    rr = 1000.0 * (peaks[1:] - peaks[:-1]) / fs
    if breaks.size:
        order = np.searchsorted(np.sort(breaks), peaks)
        rr = rr[order[1:] == order[:-1]]
    return np.asarray(rr, np.float64)


def _rates(rr: Floats) -> dict[str, Value]:
    """Mean, longest and shortest RR, the latter two as means of successive intervals."""
    if rr.size == 0:
        none = unknown("ms", _RR, "one_beat")
        return {"mean": none, "slowest": none, "fastest": none}
    doubt = "" if rr.size >= FEW - 1 else "few_beats"
    length = min(SUCCESSIVE, rr.size)
    means = np.convolve(rr, np.full(length, 1.0 / length), "valid")
    return {
        "mean": known(mean(rr), "ms", _RR, doubt),
        "slowest": known(means.max(), "ms", _RR, doubt),
        "fastest": known(means.min(), "ms", _RR, doubt),
    }


def _per_minute(rr: Value, method: str) -> Value:
    if rr.value is None:
        return unknown("/min", method, rr.reason)
    return known(60_000.0 / rr.value, "/min", method, rr.reason)


@dataclass(frozen=True, slots=True, eq=False)
class _Spread:
    """Intervals of the single members in ms, NaN where a point is not known; share with P."""

    each: Mapping[str, Floats]
    with_p: float
    ventricular: bool

    @classmethod
    def of(cls, beat: Representative, fiducials: Fiducials, fs: float) -> "_Spread":
        overall = fiducials.overall or fiducials
        at = np.array([getattr(overall, name) for name in _POINTS])[:, beat.members]
        first, last = at[_FIRST], at[_LAST]
        each = np.where((first >= 0) & (last >= 0), 1000.0 * (last - first) / fs, np.nan)
        p_on = at[_POINTS.index("p_on")]
        with_p, without = np.count_nonzero(p_on >= 0), np.count_nonzero(p_on == ABSENT)
        share = int(with_p) / max(int(with_p) + int(without), 1)
        return cls(dict(zip(_ENDS, each, strict=True)), share, beat.kind is BeatClass.VENTRICULAR)

    def doubt(self, name: str, value: float) -> str:
        """Why an interval of the median beat is doubtful in the light of the single beats."""
        each = self.each[name][~np.isnan(self.each[name])]
        if each.size < FEW:
            return "few_beats"
        if spread(each) > SCATTER[name]:
            return f"{name}_varies"
        return f"{name}_differs" if abs(value - middle(each)) > APART[name] else ""


_ENDS = {
    "p": ("p_on", "p_off"),
    "pr": ("p_on", "qrs_on"),
    "qrs": ("qrs_on", "qrs_off"),
    "qt": ("qrs_on", "t_off"),
}
_POINTS = ("p_on", "p_off", "qrs_on", "qrs_off", "t_off")
_FIRST, _LAST = ([_POINTS.index(ends[side]) for ends in _ENDS.values()] for side in (0, 1))


def _intervals(beat: Representative, single: _Spread, rr: Floats, fs: float) -> dict[str, Value]:
    overall = beat.fiducials.overall or beat.fiducials
    at = {name: int(getattr(overall, name).flat[0]) for name in _POINTS}
    seen = beat.noise[np.isfinite(beat.noise)]
    noise = middle(seen) if seen.size else 0.0
    found = {}
    for name, (a, b) in _ENDS.items():
        reason = _missing(name, at[a], at[b], single, rr)
        value = 1000.0 * (at[b] - at[a]) / fs
        if not reason and not POSSIBLE[name][0] <= value <= POSSIBLE[name][1]:
            reason = f"{name}_impossible"
        if not reason and name == "qt" and _cut_off(beat, at, fs, rr):
            reason = "t_cut_off"
        if reason:
            found[name] = unknown("ms", _METHOD[name], reason)
        else:
            doubt = "noise" if noise > NOISY else single.doubt(name, value)
            found[name] = known(value, "ms", _METHOD[name], doubt)
    return found


def _missing(name: str, first: int, last: int, single: _Spread, rr: Floats) -> str:
    """Why an interval cannot be told; "" when it can."""
    if name in ("p", "pr"):
        reason = "ventricular" if single.ventricular else _no_p(first, single, rr)
        if reason or (name == "p" and last < 0):
            return reason or "p_unknown"
        if name == "pr" and _scatter(single.each["pr"]) > DISSOCIATED:
            return "pr_dissociated"
    if name == "qt" and last == ABSENT:
        return "t_absent"
    if first < 0 or last < 0:
        return {"qt": "t_end_unknown"}.get(name, "qrs_unknown") if first >= 0 else "qrs_unknown"
    return ""


def _no_p(first: int, single: _Spread, rr: Floats) -> str:
    """Why there is no P wave to measure; "" when there is one."""
    if first == ABSENT or single.with_p < WITH_P:
        return "p_absent_irregular" if _irregular(rr) else "p_absent"
    if first < 0:
        return "p_unknown"
    # Fibrillation waves leave something in the median that looks like a P wave, at another
    # place in each beat.
    elsewhere = _scatter(single.each["pr"]) > SCATTER["pr"]
    return "p_uncertain_irregular" if elsewhere and _irregular(rr) else ""


def _irregular(rr: Floats) -> bool:
    return rr.size > 3 and bool(rr.std() > IRREGULAR * rr.mean())


def _scatter(each: Floats) -> float:
    kept = each[~np.isnan(each)]
    return spread(kept) if kept.size else 0.0


def _cut_off(beat: Representative, at: dict[str, int], fs: float, rr: Floats) -> bool:
    """Whether the T wave's end lies where the next beat has begun."""
    if rr.size == 0 or beat.kind is BeatClass.UNKNOWN:
        return False
    onset = at["qrs_on"] - beat.r
    next_onset = middle(rr) + 1000.0 * onset / fs
    return bool(1000.0 * (at["t_off"] - beat.r) / fs > next_onset - NEXT_BEAT)


def _jt(qrs: Value, qt: Value) -> Value:
    method = "QT less QRS"
    if qt.value is None or qrs.value is None:
        return unknown("ms", method, qt.reason if qt.value is None else qrs.reason)
    return known(qt.value - qrs.value, "ms", method, qt.reason or qrs.reason)


def _corrected(qt: Value, rr: Value, formula: QtFormula) -> Value:
    method = f"QT of the median beat by {formula.value.capitalize()} with the mean RR"
    if qt.value is None or rr.value is None:
        return unknown("ms", method, qt.reason if qt.value is None else rr.reason)
    return known(qtc(qt.value, rr.value, formula), "ms", method, qt.reason or rr.reason)


def _atrial_rate(fiducials: Fiducials, pr: Value, fs: float) -> Value:
    """Rate of the P waves where each beat has one at a constant distance; unknown elsewhere."""
    overall = fiducials.overall or fiducials
    if pr.value is None:
        return unknown("/min", _ATRIAL, pr.reason)
    peaks = overall.p_peak
    seen = peaks >= 0
    if seen.mean() < 0.8 or pr.reason == "pr_varies":
        return unknown("/min", _ATRIAL, "p_not_before_each_beat")
    both = seen[1:] & seen[:-1]
    pp = 1000.0 * (peaks[1:] - peaks[:-1])[both] / fs
    if pp.size < FEW - 1:
        return unknown("/min", _ATRIAL, "few_beats")
    return known(60_000.0 / mean(pp), "/min", _ATRIAL, pr.reason)

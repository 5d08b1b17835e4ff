"""Calibration ECGs are measured back: intervals, amplitudes and voltage sums.

Limits: P and PQ 10 ms, QRS 6 ms, QT 12 ms; amplitudes 25 µV or 5 %, whichever is more.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import calibration_ecg as made
from calibration_ecg import Calibration, Shape
from farlead_signal.qt import QtFormula, qtc
from support_measure import Measured, measure_calibration

LIMITS = {"p": 10.0, "pr": 10.0, "qrs": 6.0, "qt": 12.0}
ELEVATED = replace(
    made.NORMAL,
    st=(0.0, 0.1, 0.10, 0.25, 0.30, 0.20, 0.05, 0.0),
    st_end=(0.0, 0.12, 0.12, 0.30, 0.35, 0.22, 0.05, 0.0),
)
DEPRESSED = replace(
    made.NORMAL,
    st=(-0.1, -0.12, 0.0, 0.0, -0.1, -0.2, -0.2, -0.15),
    st_end=(-0.05, -0.06, 0.0, 0.0, -0.05, -0.1, -0.1, -0.08),
)
NARROW = replace(made.NORMAL, qrs_times=(0.015, 0.036, 0.025, 0.0), pr=0.130, qt=0.360)
FIRST_DEGREE = replace(made.NORMAL, pr=0.280)
LONG_QT = replace(made.NORMAL, qt=0.520)
INVERTED = replace(made.NORMAL, t=tuple(-0.8 * v for v in made.NORMAL.t))
SMALL = replace(
    made.NORMAL,
    **{n: tuple(0.4 * v for v in getattr(made.NORMAL, n)) for n in ("q", "r", "s", "t")},
)
SHAPES = {
    "normal": made.NORMAL,
    "elevated": ELEVATED,
    "depressed": DEPRESSED,
    "narrow": NARROW,
    "first degree": FIRST_DEGREE,
    "long QT": LONG_QT,
    "inverted T": INVERTED,
    "low voltage": SMALL,
    "bundle branch": made.BUNDLE_BRANCH,
    "paced": made.PACED,
    "fast": replace(made.NORMAL, pr=0.140, qt=0.340),
}
CASES = [(name, 500.0, 60.0, 0.0) for name in SHAPES]
CASES += [("normal", fs, 72.0, 0.0) for fs in (250.0, 257.0, 1000.0)]
CASES += [("normal", 500.0, rate, 0.0) for rate in (45.0, 90.0)] + [("fast", 500.0, 105.0, 0.0)]
CASES += [(name, 500.0, 66.0, 0.01) for name in ("normal", "elevated", "bundle branch")]


#: T on a level ST segment: on a falling one its height has no one true value.
LEVEL = [case for case in CASES if SHAPES[case[0]].st_end is None]
#: R and S have no one true value where pieces of one sign follow one another.
APART = [case for case in CASES if case[0] not in ("paced", "bundle branch", "depressed")]


def _title(case: tuple[str, float, float, float]) -> str:
    return f"{case[0]} {case[1:]}"


@pytest.fixture(scope="module", params=CASES, ids=_title)
def case(request: pytest.FixtureRequest) -> tuple[Shape, Calibration, Measured]:
    name, fs, rate, noise = request.param
    shape = SHAPES[name]
    signal = made.make(made.steady(rate, 10.0, shape, 0.7), fs, noise=noise, seed=3)
    return shape, signal, measure_calibration(signal)


@pytest.mark.parametrize("name", LIMITS)
def test_intervals(case: tuple[Shape, Calibration, Measured], name: str) -> None:
    shape, _, found = case
    value = getattr(found.intervals, name)
    if name in ("p", "pr") and not any(shape.p):
        assert value.value is None
        assert value.reason == "p_absent"
        return
    true = {"p": shape.p_time, "pr": shape.pr, "qrs": shape.qrs, "qt": shape.qt}[name]
    assert value.value == pytest.approx(1000 * true, abs=LIMITS[name])


def test_corrected_qt_is_that_of_the_measured_qt(
    case: tuple[Shape, Calibration, Measured],
) -> None:
    _, signal, found = case
    rr = 1000 * np.diff(signal.r_peaks).mean() / signal.fs
    assert found.intervals.rr_mean.value == pytest.approx(rr)
    assert found.intervals.qt.value is not None
    for formula in QtFormula:
        expected = qtc(found.intervals.qt.value, rr, formula)
        assert found.intervals.qtc[formula].value == pytest.approx(expected)


def _within(found: float | None, true: float) -> bool:
    return found is not None and abs(found - true) <= max(0.025, 0.05 * abs(true))


def _true_qrs(shape: Shape) -> list[dict[str, float]]:
    """Waves of each lead by name, from the signs of its pieces, larger than 0.04 mV only.

    None for a lead where pieces of one sign follow one another, or where ST goes on in the
    direction of the last piece: its height has no one true value.
    """
    leads = []
    sizes = {name: shape.leads(name) for name in made.QRS}
    for i in range(12):
        parts = [s[i] for s in sizes.values() if abs(s[i]) >= 0.04]
        names = ["q", "r", "s", "r2", "s2"] if parts and parts[0] < 0 else ["r", "s", "r2", "s2"]
        last = shape.leads("st")[i] * parts[-1] if parts else 0.0
        alternate = all(a * b < 0 for a, b in pairwise(parts)) and last <= 0
        leads.append(dict(zip(names, parts, strict=False)) if alternate else {})
    return leads


def test_amplitudes_of_the_waves(case: tuple[Shape, Calibration, Measured]) -> None:
    shape, _, found = case
    wrong, checked = [], 0
    for lead, true in zip(found.leads, _true_qrs(shape), strict=True):
        for name, size in true.items():
            checked += 1
            if not _within(getattr(lead, name), size):
                wrong.append((lead.lead, name, getattr(lead, name), size))
    assert not wrong
    assert checked >= {"paced": 0, "bundle branch": 15, "depressed": 5}.get(_name(shape), 20)


def _name(shape: Shape) -> str:
    return next(name for name, one in SHAPES.items() if one is shape)


def test_amplitudes_of_p(case: tuple[Shape, Calibration, Measured]) -> None:
    _amplitudes(case, "p")


@pytest.mark.parametrize("case", LEVEL, ids=_title, indirect=True)
def test_amplitudes_of_t(case: tuple[Shape, Calibration, Measured]) -> None:
    _amplitudes(case, "t")


def _amplitudes(case: tuple[Shape, Calibration, Measured], name: str) -> None:
    shape, _, found = case
    if not any(getattr(shape, name)):
        assert all(getattr(lead, name) is None for lead in found.leads)
        return
    for lead, size in zip(found.leads, shape.leads(name), strict=True):
        assert _within(getattr(lead, name), size), lead.lead


def test_st(case: tuple[Shape, Calibration, Measured]) -> None:
    """At J and 40, 60, 80 ms after it, against the ST level drawn from J to T onset."""
    shape, _, found = case
    first, last = shape.leads("st"), shape.leads("st_end" if shape.st_end else "st")
    time = shape.qt - shape.t_time - shape.qrs
    for name, after in {"j": 0.0, "j40": 0.04, "j60": 0.06, "j80": 0.08}.items():
        if after > time:
            continue
        true = first + (last - first) * after / time
        for lead, level in zip(found.leads, true, strict=True):
            assert _within(getattr(lead, name), level), (lead.lead, name)
    if time >= 0.08:
        for lead, slope in zip(found.leads, (last - first) / time, strict=True):
            assert lead.st_slope == pytest.approx(slope, abs=0.3)


@pytest.mark.parametrize("case", APART, ids=_title, indirect=True)
def test_voltage_sums(case: tuple[Shape, Calibration, Measured]) -> None:
    shape, _, found = case
    r, s = np.maximum(shape.leads("r"), 0), -np.minimum(shape.leads("s"), 0)
    at = {name: i for i, name in enumerate(made.LEADS)}
    true = {
        "rv5_sv1": r[at["V5"]] + s[at["V1"]],
        "cornell": r[at["aVL"]] + s[at["V3"]],
        "r_avl": r[at["aVL"]],
        "sokolow_lyon": max(r[at["V5"]], r[at["V6"]]) + s[at["V1"]],
        "ri_siii": r[at["I"]] + s[at["III"]],
    }
    for name, value in true.items():
        assert _within(found.sums[name].value, value), name
    low = [np.minimum(shape.leads("q"), shape.leads("s")), shape.leads("r")]
    height = np.maximum(low[1], 0) - np.minimum(low[0], 0)
    upright = height[:3].max()  # I, II, III are the tallest limb leads here
    assert _within(found.sums["limb_max"].value, max(upright, found.sums["r_avl"].value or 0))

"""What a figure is worth: doubt where its grounds are in doubt, and only there."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from farlead.analysis.figures import measurements
from farlead.analysis.measure import Measured, measure
from farlead.messages import message
from farlead.model.recording import Recording
from farlead.model.screening import Certainty, Flag, Measurement, QtFormula
from farlead.model.study import Severity
from farlead_signal.intervals import qtc
from farlead_signal.qt import QtFormula as SignalFormula
from farlead_signal.values import unknown
from support_ecg import LEADS, ecg, steady, twelve


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure(Recording(twelve(ecg(steady(72, 10), 500, 10)), LEADS, 500.0))


def _by_name(measured: Measured, *codes: str) -> dict[str, Measurement]:
    found = [Flag(code, Severity.URGENT, message("worklist.reason.urgent"), "r") for code in codes]
    return {made.name: made for made in measurements(measured, found)}


def test_an_ordinary_ecg_has_every_figure(measured: Measured) -> None:
    found = _by_name(measured)
    for name in ("heart_rate", "pr", "qrs", "qt", "qtc", "axis", "axis_t", "rv5_sv1", "rr_mean"):
        assert found[name].value is not None, name
        assert found[name].quality is not Certainty.UNKNOWN
        assert found[name].method
        assert found[name].source


def test_the_headline_is_fridericia_of_the_same_qt(measured: Measured) -> None:
    assert [f.value for f in QtFormula] == [f.value for f in SignalFormula]
    found = _by_name(measured)
    qt, rr = found["qt"].value, found["rr_mean"].value
    assert qt is not None
    assert rr is not None
    assert (found["qtc"].formula, next(iter(QtFormula))) == (QtFormula.FRIDERICIA,) * 2
    for formula in QtFormula:
        own = found[f"qtc_{formula}"]
        assert own.value == pytest.approx(qtc(qt, rr, SignalFormula(formula.value)), abs=1.0)
        assert own.formula is formula
    assert found["qtc"].value == found["qtc_fridericia"].value


@pytest.mark.parametrize(
    ("code", "reason", "doubted", "left"),
    [
        ("unknown.rhythm", "beats", ("heart_rate", "qt", "axis", "rv5_sv1"), ()),
        ("unknown.scale", "scale", ("rv5_sv1", "limb_max"), ("heart_rate", "qt", "axis")),
        ("unknown.names", "names", ("rv5_sv1", "axis"), ("heart_rate", "qt")),
        ("unknown.exchanged_la_ra", "reversed", ("rv5_sv1", "axis", "axis_t"), ("pr", "qrs")),
        ("lead.exchanged_precordial", "reversed", ("rv5_sv1",), ("axis", "axis_p", "qt")),
        ("lead.mains", "", (), ("heart_rate", "qt", "axis", "rv5_sv1")),
    ],
)
def test_doubt_goes_where_it_belongs(
    measured: Measured, code: str, reason: str, doubted: tuple[str, ...], left: tuple[str, ...]
) -> None:
    before, found = _by_name(measured), _by_name(measured, code)
    for name in doubted:
        assert before[name].quality is Certainty.GOOD, name
        assert (found[name].quality, found[name].reason) == (Certainty.DOUBTFUL, reason), name
        assert found[name].value == before[name].value
    for name in left:
        assert found[name] == before[name], name


def test_p_waves_before_some_beats_only_are_doubtful(measured: Measured) -> None:
    loose = unknown("/min", "m", "p_not_before_each_beat")
    odd = replace(measured, intervals=replace(measured.intervals, atrial_rate=loose))
    before, found = _by_name(measured), _by_name(odd)
    for name in ("p_duration", "pr", "axis_p"):
        assert before[name].quality is Certainty.GOOD
        assert found[name].quality is Certainty.DOUBTFUL
        assert found[name].reason == "p_not_before_each_beat"
    assert found["qrs"] == before["qrs"]


@pytest.mark.data
@pytest.mark.parametrize("number", [51, 83, 101, 109, 129])
def test_no_pr_is_good_in_fibrillation(farlead_data: Path, number: int) -> None:
    codes = np.fromfile(farlead_data / "ludb" / f"{number}.dat", "<i2").reshape(-1, 12).T / 1000
    recording = Recording(np.ascontiguousarray(codes, np.float32), LEADS, 500.0)
    made = {m.name: m for m in measurements(measure(recording), ())}
    for name in ("pr", "p_duration", "axis_p"):
        assert made[name].quality is not Certainty.GOOD, (name, made[name])


@pytest.mark.data
@pytest.mark.parametrize("number", [35, 103])
def test_no_pr_is_good_in_flutter_at_a_constant_ratio(farlead_data: Path, number: int) -> None:
    codes = np.fromfile(farlead_data / "ludb" / f"{number}.dat", "<i2").reshape(-1, 12).T / 1000
    recording = Recording(np.ascontiguousarray(codes, np.float32), LEADS, 500.0)
    made = {m.name: m for m in measurements(measure(recording), ())}
    for name in ("pr", "p_duration", "axis_p", "atrial_rate"):
        assert made[name].quality is not Certainty.GOOD, (name, made[name])


def test_a_long_recording_has_its_rate_and_says_why_nothing_more() -> None:
    lead = ecg(steady(72, 310), 100, 310)
    found = {m.name: m for m in measurements(measure(Recording(lead[None], ("II",), 100.0)), ())}
    assert found["heart_rate"].value == pytest.approx(72, abs=0.5)
    for name in ("pr", "qt", "qtc", "axis", "rv5_sv1"):
        assert (found[name].value, found[name].reason) == (None, "long"), name

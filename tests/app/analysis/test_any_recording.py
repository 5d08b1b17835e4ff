"""Whatever a file holds is screened: nothing raises, nothing unknown looks known."""

import time
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farlead.analysis import screen
from farlead.messages import Language, catalogue, message
from farlead.model.figures import named
from farlead.model.recording import Recording
from farlead.model.screening import Certainty, Screening
from farlead.model.study import Severity
from farlead_signal.intervals import Intervals, measure_intervals
from farlead_signal.values import unknown
from odd_recordings import IMPOSSIBLE, odd_recording
from support_ecg import LEADS, ecg, steady, twelve

#: So much no screening of ten seconds may take on any machine: one that hangs is found.
HANG_SECONDS = 20.0


def _sound(found: Screening) -> None:
    """What holds for every result."""
    assert "unknown.fault" not in {flag.code for flag in found.flags}
    assert Screening.from_json(found.to_json()) == found
    if not found.known:
        assert found.severity >= Severity.URGENT
    assert found.known == (not any(flag.code.startswith("unknown.") for flag in found.flags))
    for made in found.measurements:
        assert (made.value is None) == (made.quality is Certainty.UNKNOWN)
        assert bool(made.reason) == (made.quality is not Certainty.GOOD), made
        for language in Language:
            assert message(f"measurement.{made.name}").text(language)
            if made.reason:
                assert message(f"measurement.reason.{made.reason}").text(language)
    for flag in found.flags:
        assert all(flag.text.text(language) for language in Language)
        assert all(0 <= beat < len(found.r_peaks) for beat in flag.beats)
    _said(found)


def _said(found: Screening) -> None:
    """Every name and reason has its words in both languages."""
    assert found.detail is not None
    ids = {f"measurement.reason.{reason}" for _, reason in found.detail.missing}
    for column in found.detail.table:
        assert len(column.values) == len(found.detail.leads)
        ids.add(f"lead_quantity.{column.name}")
        ids |= {f"measurement.reason.{reason}" for reason in column.reasons if reason}
    assert ids <= set(catalogue())
    for value in (value for flag in found.flags for value in flag.values):
        assert named(value).id != "measurement.other", value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 1 << 30))
def test_no_recording_raises(seed: int) -> None:
    recording = odd_recording(Random(seed))
    begin = time.perf_counter()
    found = screen(recording)
    assert time.perf_counter() - begin < HANG_SECONDS
    _sound(found)


@pytest.mark.parametrize("fs", IMPOSSIBLE)
def test_an_impossible_sampling_rate_is_told_and_nothing_measured(fs: float) -> None:
    found = screen(Recording(twelve(ecg(steady(72, 10), 500, 10)), LEADS, fs))
    _sound(found)
    assert (found.known, found.severity) == (False, Severity.CRITICAL)
    assert {flag.code for flag in found.flags} == {"unknown.sampling"}
    assert all(made.value is None for made in found.measurements)


@pytest.mark.parametrize("count", [0, 1, 11, 13, 40])
def test_any_number_of_names_is_taken(count: int) -> None:
    names = tuple((LEADS * 4)[:count])
    found = screen(Recording(twelve(ecg(steady(72, 10), 500, 10)), names, 500.0))
    _sound(found)
    assert found.detail is not None
    assert len(found.detail.leads) == 12


def test_the_same_beats_without_and_with_an_impossible_sample() -> None:
    samples = twelve(ecg(steady(72, 10), 500, 10))
    clean = screen(Recording(samples, LEADS, 500.0))
    damaged = samples.copy()
    damaged[3, 700] = np.float32(3e38)
    found = screen(Recording(damaged, LEADS, 500.0))
    _sound(found)
    assert found.known
    assert np.abs(np.subtract(found.r_peaks, clean.r_peaks)).max() <= 2


def test_a_step_that_fails_puts_the_study_at_the_top_and_the_rest_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ArithmeticError("planted")

    recording = Recording(twelve(ecg(steady(72, 10), 500, 10)), LEADS, 500.0)
    monkeypatch.setattr("farlead.analysis.measure.delineate", broken)
    found = screen(recording)
    (flag,) = [flag for flag in found.flags if flag.code.startswith("unknown.")]
    assert flag.code == "unknown.fault"
    assert "delineation" in flag.text.text(Language.EN)
    assert (found.known, found.severity) == (False, Severity.URGENT)
    assert found.measured("heart_rate") == pytest.approx(72, abs=0.5)
    rate = found.measurement("heart_rate")
    assert rate is not None
    assert rate.quality is Certainty.DOUBTFUL
    assert "planted" in caplog.text
    caplog.clear()


def test_where_the_beats_have_no_p_wave_nothing_of_the_median_beats_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def without_p(*given: object) -> Intervals:
        found = measure_intervals(*given)  # type: ignore[arg-type]  # handed through
        gone = unknown("ms", "m", "p_absent_irregular")
        return replace(found, p=gone, pr=gone)

    recording = Recording(twelve(ecg(steady(72, 10), 500, 10)), LEADS, 500.0)
    before = screen(recording)
    assert before.measured("axis_p") is not None
    monkeypatch.setattr("farlead.analysis.measure.measure_intervals", without_p)
    found = screen(recording)
    axis = found.measurement("axis_p")
    assert axis is not None
    assert (axis.value, axis.reason) == (None, "p_absent_irregular")
    assert found.detail is not None
    for name in ("p", "p2"):
        column = found.detail.quantity(name)
        assert column is not None
        assert set(column.values) == {None}
        assert set(column.reasons) == {"p_absent_irregular"}
    assert found.measured("qrs") == before.measured("qrs")

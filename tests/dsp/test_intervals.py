"""Rates and intervals, and what is said where they cannot be told."""

from dataclasses import replace

import numpy as np
import pytest

import calibration_ecg as made
from farlead_signal.delineation import ABSENT, UNKNOWN, Fiducials
from farlead_signal.intervals import QtFormula, measure_intervals
from farlead_signal.representative import BeatClass, Representative
from farlead_signal.values import Value

POINTS = {"p_on": 0, "p_peak": 40, "p_off": 50, "qrs_on": 80, "qrs_off": 125}
POINTS |= {"t_on": 180, "t_peak": 240, "t_off": 280}


def fiducials(peaks: np.ndarray, jitter: dict[str, np.ndarray] | None = None) -> Fiducials:
    """The same beat at every peak, 2 ms a sample, R 100 samples after the window's begin."""
    moved = jitter or {}
    at = {}
    for name, place in POINTS.items():
        move = np.broadcast_to(moved.get(name, np.zeros(1, int)), peaks.shape)
        at[name] = np.where(move < -900, ABSENT, peaks - 100 + place + move)
    overall = Fiducials(**at, r_peaks=peaks)
    return Fiducials(**{n: v[None] for n, v in at.items()}, r_peaks=peaks, overall=overall)


def beat(peaks: np.ndarray, **changed: int) -> Representative:
    points = {name: np.array([place]) for name, place in (POINTS | changed).items()}
    overall = Fiducials(**points, r_peaks=np.array([100]))
    one = Fiducials(
        **{n: v[None] for n, v in points.items()}, r_peaks=np.array([100]), overall=overall
    )
    return Representative(
        classes=(BeatClass.DOMINANT,) * peaks.size,
        beats=np.zeros((1, 400), np.float32),
        r=100,
        members=np.arange(peaks.size),
        noise=np.array([0.005], np.float32),
        fiducials=one,
    )


STEADY = np.arange(12) * 400 + 300


def test_intervals_are_those_of_the_points() -> None:
    found = measure_intervals(500, STEADY, fiducials(STEADY), beat(STEADY))
    values = {name: getattr(found, name).value for name in ("p", "pr", "qrs", "qt", "jt")}
    assert values == {"p": 100, "pr": 160, "qrs": 90, "qt": 400, "jt": 310}
    assert all(getattr(found, name).quality == "good" for name in values)
    assert found.rate.value == found.atrial_rate.value == 75
    assert found.qtc[QtFormula.BAZETT].value == pytest.approx(400 / np.sqrt(0.8))


def test_rates_are_means_of_intervals() -> None:
    peaks = np.cumsum([300, 400, 400, 300, 300, 300, 500, 500, 500, 400])
    found = measure_intervals(500, peaks, fiducials(peaks), beat(peaks))
    assert found.rate.value == pytest.approx(60 * 500 * 9 / 3600)
    assert found.rate_max.value == pytest.approx(60 * 500 / 300)
    assert found.rate_min.value == pytest.approx(60 * 500 / 500)
    np.testing.assert_allclose(found.rr, np.diff(peaks) * 2.0)


def test_intervals_across_a_break_do_not_count() -> None:
    peaks = np.array([300, 700, 1100, 3100, 3500, 3900])
    found = measure_intervals(500, peaks, None, None, breaks=[2000])
    assert found.rate.value == 75
    assert found.rr.size == 4
    assert measure_intervals(500, peaks, None, None).rate.value == pytest.approx(41.67, abs=0.01)


def test_without_beats_everything_is_unknown_with_a_reason() -> None:
    for peaks in (np.zeros(0, np.int64), np.array([500])):
        found = measure_intervals(500, peaks, None, None)
        assert found.rate.reason == "one_beat"
        for name in ("p", "pr", "qrs", "qt", "jt", "atrial_rate"):
            assert getattr(found, name).value is None
            assert getattr(found, name).reason == "no_beats"
        assert found.qtc[QtFormula.HODGES].value is None


@pytest.mark.parametrize(
    ("changed", "name", "reason"),
    [
        ({"p_on": ABSENT}, "pr", "p_absent"),
        ({"p_on": ABSENT}, "p", "p_absent"),
        ({"p_on": UNKNOWN}, "pr", "p_unknown"),
        ({"p_off": UNKNOWN}, "p", "p_unknown"),
        ({"qrs_on": UNKNOWN}, "qrs", "qrs_unknown"),
        ({"qrs_off": UNKNOWN}, "qrs", "qrs_unknown"),
        ({"t_off": UNKNOWN}, "qt", "t_end_unknown"),
        ({"t_off": ABSENT}, "qt", "t_absent"),
        ({"qrs_off": 400}, "qrs", "qrs_impossible"),
    ],
)
def test_what_cannot_be_told_is_none_with_its_reason(
    changed: dict[str, int], name: str, reason: str
) -> None:
    found = measure_intervals(500, STEADY, fiducials(STEADY), beat(STEADY, **changed))
    value = getattr(found, name)
    assert (value.value, value.quality, value.reason) == (None, "unknown", reason)
    if name == "qt":
        assert {v.reason for v in found.qtc.values()} == {reason}
        assert found.jt.reason == reason


def test_fibrillation_has_no_pr_whatever_the_median_shows() -> None:
    rng = np.random.default_rng(0)
    peaks = np.cumsum(rng.integers(220, 520, 14))
    absent = {name: np.full(peaks.size, -1000) for name in ("p_on", "p_peak", "p_off")}
    found = measure_intervals(500, peaks, fiducials(peaks, absent), beat(peaks))
    assert (found.pr.value, found.pr.reason) == (None, "p_absent_irregular")
    somewhere = {"p_on": rng.integers(-60, 20, peaks.size)}
    found = measure_intervals(500, peaks, fiducials(peaks, somewhere), beat(peaks))
    assert (found.pr.value, found.pr.reason) == (None, "p_uncertain_irregular")
    assert found.atrial_rate.value is None
    assert found.qt.value == 400
    mean = 2.0 * np.diff(peaks).mean()
    assert found.qtc[QtFormula.FRAMINGHAM].value == pytest.approx(400 + 154 * (1 - mean / 1000))


def test_p_waves_that_do_not_lead_the_ventricles() -> None:
    moved = {"p_on": np.linspace(-75, 20, 12).astype(int)}
    found = measure_intervals(500, STEADY, fiducials(STEADY, moved), beat(STEADY))
    assert (found.pr.value, found.pr.reason) == (None, "pr_dissociated")


def test_a_scattering_interval_is_doubtful() -> None:
    for name, point in (("qrs", "qrs_off"), ("qt", "t_off"), ("pr", "p_on")):
        moved = {point: np.tile([-14, 14], 6)}
        found = measure_intervals(500, STEADY, fiducials(STEADY, moved), beat(STEADY))
        assert getattr(found, name).quality == "doubtful"
        assert getattr(found, name).reason == f"{name}_varies"


def test_a_median_beat_that_differs_from_its_members_is_doubtful() -> None:
    found = measure_intervals(500, STEADY, fiducials(STEADY), beat(STEADY, t_off=310))
    assert (found.qt.value, found.qt.reason) == (460, "qt_differs")
    assert found.qtc[QtFormula.FRIDERICIA].reason == "qt_differs"


def test_noise_makes_doubtful() -> None:
    noisy = replace(beat(STEADY), noise=np.array([0.05], np.float32))
    found = measure_intervals(500, STEADY, fiducials(STEADY), noisy)
    assert {found.p.reason, found.pr.reason, found.qrs.reason, found.qt.reason} == {"noise"}


def test_a_t_wave_cut_off_by_the_next_beat() -> None:
    fast = np.arange(20) * 210 + 200
    found = measure_intervals(500, fast, fiducials(fast), beat(fast))
    assert (found.qt.value, found.qt.reason) == (None, "t_cut_off")


def test_a_ventricular_rhythm_has_no_pr() -> None:
    found = measure_intervals(
        500, STEADY, fiducials(STEADY), replace(beat(STEADY), kind=BeatClass.VENTRICULAR)
    )
    assert (found.pr.value, found.pr.reason) == (None, "ventricular")
    assert found.qrs.value == 90


def test_two_beats_are_few() -> None:
    peaks = STEADY[:2]
    found = measure_intervals(500, peaks, fiducials(peaks), beat(peaks))
    assert found.rate.reason == found.qrs.reason == "few_beats"
    assert found.qrs.quality == "doubtful"


def test_a_value_cannot_be_made_without_its_reason() -> None:
    with pytest.raises(ValueError, match="quality"):
        Value(None, "ms", "", "good")
    with pytest.raises(ValueError, match="quality"):
        Value(1.0, "ms", "", "doubtful")
    with pytest.raises(ValueError, match="no value"):
        Value(float("nan"), "ms", "")


def test_atrial_fibrillation_through_the_whole_chain() -> None:
    from support_measure import measure_calibration

    for seed in range(4):
        found = measure_calibration(made.atrial_fibrillation(seed=seed)).intervals
        assert found.pr.value is None, seed
        assert found.p.value is None
        assert found.atrial_rate.value is None
        assert found.qt.value == pytest.approx(400, abs=40)

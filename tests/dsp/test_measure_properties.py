"""What must hold for the measurements whatever the recording."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import resample_poly

import calibration_ecg as made
from farlead_signal.leads import FROM_I_AND_II
from support_measure import Measured, measure, measure_calibration

SIGNAL = made.sinus(rate=68, noise=0.008, seed=7)
FOUND = measure_calibration(SIGNAL)
#: Voltages, which grow with the signal; times and angles do not.
AMPLITUDES = ("p", "q", "r", "s", "r2", "s2", "j", "j40", "j60", "j80", "t", "qrs_pp", "st_slope")
TIMES = ("p", "pr", "qrs", "qt", "jt", "rate", "rr_mean", "axis_p", "axis_qrs", "axis_t")


@pytest.mark.parametrize("scale", [0.5, 1.5, 3.0])
def test_scale_changes_voltages_in_proportion_and_no_time(scale: float) -> None:
    """A machine set to half or double gain: voltages follow, times do not."""
    found = measure(SIGNAL.signal * np.float32(scale), 500, SIGNAL.r_peaks)
    for name in TIMES:
        expected = FOUND.values()[name].value
        assert found.values()[name].value == pytest.approx(expected, abs=4), name
    for one, other in zip(FOUND.leads, found.leads, strict=True):
        for name in ("r", "s", "p", "t", "qrs_pp"):
            value = getattr(one, name)
            if value is not None and abs(value) * min(scale, 1) > 0.05:
                assert getattr(other, name) == pytest.approx(scale * value, rel=0.02), name


@pytest.mark.parametrize("lead", range(12))
def test_polarity_of_a_lead_turns_its_waves_only(lead: int) -> None:
    turned = SIGNAL.signal.copy()
    turned[lead] *= -1
    found = measure(turned, 500, SIGNAL.r_peaks)
    for name in ("p", "pr", "qrs", "qt", "rate"):
        expected = FOUND.values()[name].value
        assert found.values()[name].value == pytest.approx(expected, abs=4), name
    np.testing.assert_allclose(found.beat.beats[lead], -FOUND.beat.beats[lead], atol=0.02)
    was, now = FOUND.leads[lead], found.leads[lead]
    assert now.qrs_pp == pytest.approx(was.qrs_pp, abs=0.02)
    for name in ("j", "j40", "j60", "j80", "p", "t"):
        value = getattr(was, name)
        assert getattr(now, name) == pytest.approx(-value, abs=0.02), name
    for i, (one, other) in enumerate(zip(FOUND.leads, found.leads, strict=True)):
        if i != lead:
            assert other.r == pytest.approx(one.r, abs=0.02)
            assert other.t == pytest.approx(one.t, abs=0.02)


@pytest.mark.parametrize("shift", [1, 2, 7, 50, 123])
def test_a_shift_changes_next_to_nothing(shift: int) -> None:
    kept = SIGNAL.r_peaks[SIGNAL.r_peaks >= shift] - shift
    found = measure(SIGNAL.signal[:, shift:], 500, kept)
    for name in ("p", "pr", "qrs", "qt", "axis_qrs"):
        expected = FOUND.values()[name].value
        assert found.values()[name].value == pytest.approx(expected, abs=4), name
    for one, other in zip(FOUND.leads, found.leads, strict=True):
        assert other.qrs_pp == pytest.approx(one.qrs_pp, abs=0.02)


@pytest.mark.parametrize("offset", [-50.0, -0.7, 0.3, 5.0, 300.0])
def test_an_offset_of_the_amplifier_changes_nothing(offset: float) -> None:
    moved = (SIGNAL.signal + np.float32(offset) * np.arange(-5, 7)[:, None]).astype(np.float64)
    found = measure(moved, 500, SIGNAL.r_peaks)
    for name in ("p", "pr", "qrs", "qt", "axis_qrs", "axis_t"):
        expected = FOUND.values()[name].value
        assert found.values()[name].value == pytest.approx(expected, abs=4), name
    np.testing.assert_allclose(found.beat.beats, FOUND.beat.beats, atol=0.01)


@pytest.mark.parametrize("fs", [250, 400, 1000])
def test_another_sampling_rate_measures_the_same(fs: int) -> None:
    other = resample_poly(SIGNAL.signal, fs, 500, axis=1)
    found = measure(other, fs, np.rint(SIGNAL.r_peaks * fs / 500).astype(np.int64))
    limits = {"p": 10, "pr": 8, "qrs": 8, "qt": 10, "rate": 0.2, "axis_qrs": 4, "axis_t": 4}
    for name, limit in limits.items():
        expected = FOUND.values()[name].value
        assert found.values()[name].value == pytest.approx(expected, abs=limit), name
    for one, two in zip(FOUND.leads, found.leads, strict=True):
        assert two.qrs_pp == pytest.approx(one.qrs_pp, rel=0.06, abs=0.02)
        assert two.t == pytest.approx(one.t, rel=0.06, abs=0.02)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.integers(0, 11), min_size=1, max_size=11, unique=True))
def test_any_subset_of_leads_in_any_order(rows: list[int]) -> None:
    names = [made.LEADS[row] for row in rows]
    found = measure(SIGNAL.signal[rows], 500, SIGNAL.r_peaks, names)
    assert [lead.lead for lead in found.leads] == names
    for row, lead in zip(rows, found.leads, strict=True):
        whole = FOUND.leads[row]
        # The global QRS offset is that of the leads there are; a late S may lie beyond it.
        assert lead.qrs_pp == pytest.approx(whole.qrs_pp, rel=0.05, abs=0.025)
    limb = [name for name in names if name in FROM_I_AND_II]
    axis = found.axes.qrs
    if len(limb) < 2:
        assert axis.reason == "limb_leads_missing"
    elif axis.quality == "good":
        assert axis.value == pytest.approx(FOUND.axes.qrs.value, abs=25)
    for name, needed in (("cornell", {"aVL", "V3"}), ("sokolow_lyon", {"V1", "V5", "V6"})):
        value = found.sums[name]
        assert (value.value is not None) == (needed <= set(names))
        assert value.value is not None or value.reason == "lead_missing"


@pytest.mark.parametrize("lead", [0, 1, 5, 7])
@pytest.mark.parametrize("value", [0.0, np.nan])
def test_a_dead_lead_is_said_and_measured_by_none(lead: int, value: float) -> None:
    signal = SIGNAL.signal.copy()
    signal[lead] = value
    found = measure(signal, 500, SIGNAL.r_peaks)
    reason = "lead_missing" if np.isnan(value) else "lead_flat"
    assert found.leads[lead].reason == reason
    assert all(getattr(found.leads[lead], name) is None for name in AMPLITUDES)
    assert found.leads[lead].value("r").quality == "unknown"
    assert found.leads[lead].value("r").reason == reason
    assert found.sums["limb_max"].reason == (reason if lead < 6 else "")
    assert found.axes.qrs.value == pytest.approx(FOUND.axes.qrs.value, abs=8)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    leads=st.integers(1, 13),
    n=st.integers(1, 3000),
    fs=st.sampled_from([60.0, 125.0, 500.0, 1000.0]),
    kind=st.sampled_from(["noise", "steps", "constant", "spikes", "huge", "gaps"]),
)
def test_nonsense_is_answered_without_error(
    seed: int, leads: int, n: int, fs: float, kind: str
) -> None:
    rng = np.random.default_rng(seed)
    signal = {
        "noise": lambda: rng.normal(size=(leads, n)),
        "steps": lambda: np.sign(rng.normal(size=(leads, n))).cumsum(1),
        "constant": lambda: np.full((leads, n), rng.normal()),
        "spikes": lambda: (rng.random((leads, n)) < 0.01) * 1e3,
        "huge": lambda: rng.normal(size=(leads, n)) * 1e9,
        "gaps": lambda: np.where(rng.random((leads, n)) < 0.3, np.nan, rng.normal(size=(leads, n))),
    }[kind]()
    peaks = np.unique(rng.integers(0, n, rng.integers(1, 30)))
    names = [*made.LEADS, "X"][:leads]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = measure(signal, fs, peaks, names)
    check(found)


def check(found: Measured) -> None:
    """A number that is no number never leaves the core; what is unknown has a reason."""
    for name, value in found.values().items():
        assert (value.value is None) == (value.quality == "unknown"), name
        assert value.value is None or np.isfinite(value.value), name
        assert bool(value.reason) == (value.quality != "good"), name
    for lead in found.leads:
        for name in AMPLITUDES:
            number = getattr(lead, name)
            assert number is None or np.isfinite(number)
            assert lead.value(name).value == number

"""Leads, rhythm and quality."""

import numpy as np
import pytest

from farlead_signal import SignalSpan
from farlead_signal.leads import FROM_I_AND_II, STANDARD, standard_name, with_limb_leads
from farlead_signal.quality import LeadState, assess
from farlead_signal.rhythm import rhythm
from support_ecg import LEADS, ecg, steady, twelve


@pytest.mark.parametrize(
    ("name", "expected"),
    [("avr", "aVR"), ("Lead I", "I"), ("AVF", "aVF"), ("v3r", "V3R"), (" MLII ", "MLII")],
)
def test_standard_names(name: str, expected: str) -> None:
    assert standard_name(name) == expected


def test_limb_leads_follow_from_i_and_ii() -> None:
    rng = np.random.default_rng(0)
    one, two, v1 = rng.normal(size=(3, 50)).astype(np.float32)
    samples, names = with_limb_leads(np.stack([two, v1, one]), ("II", "V1", "I"))
    assert names == (*STANDARD[:6], "V1")
    rows = dict(zip(names, samples, strict=True))
    np.testing.assert_allclose(rows["III"], two - one, atol=1e-6)
    np.testing.assert_allclose(rows["aVR"] + rows["aVL"] + rows["aVF"], 0, atol=1e-6)
    assert set(FROM_I_AND_II) == set(STANDARD[:6])


def test_limb_leads_that_are_there_stay() -> None:
    samples = np.arange(24.0).reshape(12, 2)
    same, names = with_limb_leads(samples, LEADS)
    assert same is samples
    assert names == LEADS
    assert with_limb_leads(samples[:1], ("II",))[1] == ("II",)
    with pytest.raises(ValueError, match="names"):
        with_limb_leads(samples, ("I",))


def test_rhythm_of_regular_beats() -> None:
    found = rhythm(np.arange(100, 5000, 400), 500, 5000)
    assert found.rate == pytest.approx(75)
    assert found.rr_cv == pytest.approx(0)
    assert found.pause.seconds == pytest.approx(0.8)
    assert found.sparsest == found.beats == 13


def test_pauses_count_both_ends() -> None:
    assert rhythm(np.array([100, 500]), 100, 1000).pause.seconds == 5
    assert rhythm(np.array([600, 700]), 100, 1000).pause.seconds == 6
    nothing = rhythm(np.zeros(0, np.int64), 100, 1000)
    assert (nothing.pause.seconds, nothing.rate, nothing.sparsest) == (10, None, 0)


def test_what_could_not_be_judged_is_no_pause() -> None:
    peaks = np.array([100, 200, 700, 800])
    found = rhythm(peaks, 100, 900, [SignalSpan(250, 650, "noise")])
    assert found.pause.seconds == pytest.approx(1.0)
    assert found.rr_mean == pytest.approx(1000)


def test_sparsest_stretch_of_a_long_recording() -> None:
    peaks = np.array([*range(0, 2000, 80), *range(3000, 5000, 80)])
    assert rhythm(peaks, 100, 5000).sparsest <= 1
    assert rhythm(np.arange(0, 5000, 80), 100, 5000).sparsest == 12


def test_quality_of_each_lead() -> None:
    samples = twelve(ecg(steady(70, 10), 500, 10))
    t = np.arange(5000) / 500
    samples[0] = 0.3
    samples[1] = np.nan
    samples[2] += 0.2 * np.sin(2 * np.pi * 50 * t)
    samples[3] += np.random.default_rng(0).normal(0, 0.2, 5000)
    samples[4] = np.clip(samples[8] * 4, -0.5, 0.5)
    states = [quality.state for quality in assess(samples, 500)]
    assert states[:4] == [LeadState.FLAT, LeadState.MISSING, LeadState.MAINS, LeadState.NOISY]
    assert states[4] is LeadState.SATURATED
    assert set(states[5:]) == {LeadState.GOOD}


def test_quality_of_a_long_recording_looks_at_windows() -> None:
    signal = np.tile(ecg(steady(70, 10), 100, 10, noise=0.01), 200)[None]
    (quality,) = assess(signal, 100)
    assert quality.state is LeadState.GOOD
    assert quality.noise == pytest.approx(0.01, rel=0.5)


def test_quality_of_next_to_nothing() -> None:
    assert assess(np.zeros((1, 0)), 500)[0].state is LeadState.MISSING
    assert assess(np.zeros((1, 1)), 500)[0].mains == 0

"""Each trouble of a lead is found where it was put, and nowhere else."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from farlead_signal.quality import LeadState, assess
from support_ecg import ecg, steady, twelve
from support_reversals import ludb

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # wfdb with pandas 3.1

Samples = NDArray[np.floating]
TIME = np.arange(5000) / 500


@pytest.fixture
def clean() -> Samples:
    """Ten seconds of a made-up sinus rhythm, twelve leads at 500 Hz."""
    return twelve(ecg(steady(75, 10), 500, 10))


def noise_of(folder: Path, name: str, fs: float = 500.0, seconds: float = 10.0) -> Samples:
    """Both channels of a noise record of the noise stress collection, at another rate."""
    wfdb = pytest.importorskip("wfdb")
    record = wfdb.rdrecord(str(folder / "nstdb" / name), sampfrom=36000, sampto=36000 + 3600)
    at = np.arange(int(seconds * fs)) / fs
    signal = record.p_signal - record.p_signal.mean(axis=0)
    return np.array([np.interp(at, np.arange(3600) / 360, row) for row in signal.T])


@pytest.mark.parametrize(("frequency", "field"), [(50.0, "mains50"), (60.0, "mains60")])
def test_hum_is_measured_and_told_apart(clean: Samples, frequency: float, field: str) -> None:
    clean[4] += (0.2 * np.sin(2 * np.pi * frequency * TIME + 0.7)).astype(np.float32)
    found = assess(clean, 500)
    assert found[4].state is LeadState.MAINS
    assert getattr(found[4], field) == pytest.approx(0.2, rel=0.1)
    assert min(found[4].mains50, found[4].mains60) < 0.02
    assert found[4].mains == max(found[4].mains50, found[4].mains60)
    assert {q.state for q in (*found[:4], *found[5:])} == {LeadState.GOOD}


def test_hum_is_no_muscle_noise(clean: Samples) -> None:
    clean[4] += (0.3 * np.sin(2 * np.pi * 50 * TIME)).astype(np.float32)
    assert assess(clean, 500)[4].muscle < 0.01


def test_muscle_noise_has_its_size(clean: Samples) -> None:
    rng = np.random.default_rng(4)
    spectrum = np.fft.rfft(rng.normal(size=5000))
    frequency = np.fft.rfftfreq(5000, 1 / 500)
    band = np.fft.irfft(spectrum * ((frequency >= 30) & (frequency <= 100)))
    clean[4] += (0.1 * band / band.std()).astype(np.float32)
    found = assess(clean, 500)
    assert found[4].muscle == pytest.approx(0.1, rel=0.25)
    assert found[4].state is LeadState.NOISY
    assert found[5].muscle < 0.01


def test_qrs_complexes_are_no_muscle_noise() -> None:
    for rate in (60, 120, 180):
        beats = ecg(steady(rate, 10), 500, 10, amplitude=2.0, t_wave=0.2)[None]
        assert assess(beats, 500)[0].muscle < 0.02, rate


@pytest.mark.parametrize("frequency", [0.1, 0.2, 0.3])
def test_wander_is_measured_from_trough_to_peak(clean: Samples, frequency: float) -> None:
    clean[4] += (0.8 * np.sin(2 * np.pi * frequency * TIME)).astype(np.float32)
    found = assess(clean, 500)
    assert found[4].state is LeadState.WANDER
    assert found[4].wander == pytest.approx(1.6, rel=0.3)
    assert found[5].wander < 0.2


def test_a_step_is_a_contact_that_gave_way(clean: Samples) -> None:
    clean[4, 2600:] += 1.5
    found = assess(clean, 500)
    assert found[4].state is LeadState.POPS
    assert found[4].pops == 1
    assert {q.pops for q in (*found[:4], *found[5:])} == {0.0}


def test_clipping_is_saturation(clean: Samples) -> None:
    clean[9] = np.clip(clean[9] * 3, -0.4, 0.4)
    found = assess(clean, 500)
    assert found[9].state is LeadState.SATURATED
    assert found[9].saturated > 0.01
    assert sum(q.saturated for q in found) == found[9].saturated


@pytest.mark.parametrize("seconds", [0.1, 0.3, 2.0, 4.9])
def test_the_flat_share_is_the_time_that_nothing_moves(clean: Samples, seconds: float) -> None:
    length = int(seconds * 500)
    clean[4, 1000 : 1000 + length] = 0.25
    share = assess(clean, 500)[4].flat
    assert share == pytest.approx(seconds / 10 if seconds >= 0.2 else 0.0, abs=0.002)


def test_the_end_of_a_recording_of_odd_length_counts(clean: Samples) -> None:
    longer = np.concatenate([clean, clean[:, :2000] * np.nan], axis=1)
    found = assess(longer, 500)
    assert all(q.missing > 0.15 for q in found)


def test_gaps_are_missing_and_spoil_nothing_else(clean: Samples) -> None:
    plain = assess(clean, 500)[4]
    clean[4, 1000:2000] = np.nan
    found = assess(clean, 500)[4]
    assert found.missing == pytest.approx(0.2)
    assert found.state is LeadState.GOOD
    for name in ("noise", "mains", "muscle", "wander"):
        assert getattr(found, name) == pytest.approx(getattr(plain, name), abs=0.03)


@given(scale=st.floats(0.2, 5), sign=st.sampled_from([-1, 1]), shift=st.floats(-3, 3))
@settings(max_examples=25, deadline=None)
def test_what_is_measured_scales_and_ignores_polarity_and_offset(
    scale: float, sign: int, shift: float
) -> None:
    lead = ecg(steady(75, 10), 500, 10, noise=0.02).astype(np.float64)[None]
    plain, changed = assess(lead, 500)[0], assess(sign * scale * lead + shift, 500)[0]
    for name in ("noise", "mains50", "mains60", "muscle", "wander"):
        expected = scale * getattr(plain, name)
        assert getattr(changed, name) == pytest.approx(expected, rel=1e-3, abs=1e-5), name


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((2, 0)),
        np.zeros((0, 0)),
        np.zeros((0, 500)),
        np.zeros((1, 1)),
        np.zeros((1, 99)),
        np.full((3, 5000), np.nan),
        np.full((3, 5000), np.inf),
        np.full((1, 5000), 1e38, np.float32),
        np.tile(np.array([1e30, -1e30], np.float32), (1, 2500)),
    ],
    ids=["empty", "no lead", "no lead, long", "one", "short", "nan", "inf", "huge", "wild"],
)
def test_ugly_input_has_an_answer_for_every_lead(samples: Samples) -> None:
    for fs in (60.0, 100.0, 500.0, 1000.0):
        found = assess(samples, fs)
        assert len(found) == len(samples)
        assert all(np.isfinite(q.noise + q.mains + q.muscle + q.wander) for q in found)
        assert all(not q.usable for q in found if samples.size > 100)


@pytest.mark.parametrize("fs", [60.0, 100.0, 125.0, 250.0, 360.0, 500.0, 1000.0])
def test_a_clean_lead_is_good_at_every_rate(fs: float) -> None:
    for seconds in (3.0, 10.0, 37.3):
        lead = ecg(steady(75, seconds), fs, seconds, noise=0.005, width=0.02)[None]
        assert assess(lead, fs)[0].state is LeadState.GOOD, (fs, seconds)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "gain", "states"),
    [
        ("ma", 4.0, {LeadState.NOISY}),
        ("bw", 2.5, {LeadState.WANDER, LeadState.POPS}),
        ("em", 3.0, {LeadState.WANDER, LeadState.POPS, LeadState.NOISY}),
    ],
)
def test_real_noise_on_a_clean_record_is_found(
    farlead_data: Path, name: str, gain: float, states: set[LeadState]
) -> None:
    samples, fs = ludb(9, farlead_data)
    assert {q.state for q in assess(samples, fs)} == {LeadState.GOOD}
    for row in noise_of(farlead_data, name):
        noisy = samples.copy()
        noisy[3] += (gain * row).astype(np.float32)
        found = assess(noisy, fs)
        assert found[3].state in states, found[3]
        assert {q.state for at, q in enumerate(found) if at != 3} == {LeadState.GOOD}


@pytest.mark.data
def test_most_leads_of_real_recordings_are_good(farlead_data: Path) -> None:
    states = [q.state for n in range(1, 141, 2) for q in assess(*ludb(n, farlead_data))]
    assert sum(state is LeadState.GOOD for state in states) / len(states) > 0.95
    assert LeadState.MAINS not in states
    assert LeadState.FLAT not in states

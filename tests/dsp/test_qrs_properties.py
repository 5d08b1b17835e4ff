"""What must hold for detection whatever the recording."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import resample_poly

import farlead_signal.envelope
from farlead_signal import detect_qrs, detect_qrs_batch, find_beats
from farlead_signal.scoring import match_beats, score_beats
from support_ecg import ecg, steady, twelve

REFUSED = r"dimensions|numbers|rate"
RATES = (100.0, 125.0, 128.0, 200.0, 250.0, 257.0, 360.0, 500.0, 1000.0)


@pytest.fixture(scope="module")
def clean() -> NDArray[np.float32]:
    """A minute with sinus arrhythmia, 360 Hz."""
    rng = np.random.default_rng(5)
    beats = np.cumsum(rng.uniform(0.7, 0.95, 80))
    return ecg(beats[beats < 59.5].tolist(), 360, 60, noise=0.01)


@settings(max_examples=25, deadline=None)
@given(scale=st.floats(0.2, 20.0), sign=st.sampled_from([-1, 1]))
def test_scale_and_polarity_do_not_change_beats(scale: float, sign: int) -> None:
    signal = ecg(steady(77, 30), 360, 30, noise=0.01).astype(np.float64)
    np.testing.assert_array_equal(detect_qrs(signal * scale * sign, 360), detect_qrs(signal, 360))


@settings(max_examples=20, deadline=None)
@given(offset=st.floats(-300, 300))
def test_an_offset_does_not_change_beats(offset: float) -> None:
    signal = ecg(steady(77, 30), 360, 30, noise=0.01).astype(np.float64)
    found, moved = detect_qrs(signal, 360), detect_qrs(signal + offset, 360)
    assert found.size == moved.size
    assert np.abs(found - moved).max() <= 1


@pytest.mark.parametrize("rms", [0.002, 0.005, 0.02, 0.05])
@pytest.mark.parametrize("seconds", [1, 2, 5, 10, 60, 900])
@pytest.mark.parametrize("fs", [100.0, 360.0, 1000.0])
def test_noise_alone_gives_no_beats(rms: float, seconds: int, fs: float) -> None:
    rng = np.random.default_rng(seconds)
    for _ in range(3 if seconds < 100 else 1):
        assert detect_qrs(rng.normal(0, rms, int(seconds * fs)), fs).size == 0


@pytest.mark.parametrize("seconds", [1, 4, 12, 30])
def test_no_luck_at_the_ends_of_noise(seconds: int) -> None:
    noise = np.random.default_rng(seconds).normal(0, 0.02, (400, seconds * 125)).astype(np.float32)
    assert all(beats.size == 0 for beats in detect_qrs_batch(noise, 125))


@pytest.mark.parametrize("leads", [2, 3, 12])
def test_noise_in_many_leads_gives_no_beats(leads: int) -> None:
    noise = np.random.default_rng(leads).normal(0, 0.05, (20, leads, 5000))
    assert all(beats.size == 0 for beats in detect_qrs_batch(noise, 500))


@pytest.mark.parametrize("fs", RATES)
def test_every_sampling_rate_finds_the_same_beats(fs: float, clean: NDArray[np.float32]) -> None:
    reference = detect_qrs(clean, 360)
    other = resample_poly(clean, int(fs), 360)
    score = score_beats(reference * fs / 360, detect_qrs(other, fs), fs, window=0.02)
    assert score.f1 > 0.995


@pytest.mark.parametrize("shift", [1, 2, 5, 7, 17, 36, 101])
def test_a_shift_shifts_beats(shift: int, clean: NDArray[np.float32]) -> None:
    found = detect_qrs(clean, 360)
    shifted = detect_qrs(clean[shift:], 360) + shift
    inner = found[(found > 360) & (found < clean.size - 360)]
    assert np.abs(shifted[np.searchsorted(shifted, inner - 2)] - inner).max() <= 1


@pytest.mark.data
def test_a_shift_on_mit_bih(farlead_data: Path) -> None:
    """At most one beat in a thousand moves by more than a sample, appears or vanishes."""
    wfdb = pytest.importorskip("wfdb")
    beats = changed = 0
    for place, file in enumerate(sorted((farlead_data / "mitdb").glob("*.hea"))):
        lead = wfdb.rdrecord(str(file.with_suffix("")), channels=[0], sampto=120_000).p_signal[:, 0]
        shift = (1, 2, 5, 17)[place % 4]
        found, shifted = detect_qrs(lead, 360), detect_qrs(lead[shift:], 360) + shift
        pairs, extra, missed = match_beats(found[found >= shift], shifted, 360)
        beats += found.size
        changed += extra.size + missed.size + (np.abs(pairs[:, 0] - pairs[:, 1]) > 1).sum()
    assert changed <= 0.001 * beats


def test_the_block_size_does_not_change_beats(
    clean: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    noisy = clean + np.random.default_rng(0).normal(0, 0.1, clean.size).astype(np.float32)
    found = detect_qrs(noisy, 360)
    for chunk in (64, 100, 333, 10_000):
        monkeypatch.setattr(farlead_signal.envelope, "CHUNK", chunk)
        np.testing.assert_array_equal(detect_qrs(noisy, 360), found)


def test_a_batch_is_what_each_recording_is_alone() -> None:
    batch = np.stack([twelve(ecg(steady(r, 10), 500, 10)) for r in range(40, 160, 5)])
    batch[3, 4, 1000:2000] = np.nan
    batch[5] = 0
    for one, found in zip(batch, detect_qrs_batch(batch, 500), strict=True):
        np.testing.assert_array_equal(detect_qrs(one, 500), found)
    single = detect_qrs_batch(batch[:, 1], 500)
    np.testing.assert_array_equal(single[0], detect_qrs(batch[0, 1], 500))


@pytest.mark.parametrize("shape", [(0,), (1,), (2,), (1, 0), (0, 100), (12, 1), (3, 7)])
@pytest.mark.parametrize("value", [0.0, 1.5, np.nan, np.inf, -np.inf])
def test_nothing_to_find_is_an_empty_answer(shape: tuple[int, ...], value: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        finding = find_beats(np.full(shape, value), 250)
    assert finding.r_peaks.dtype == np.int64
    assert finding.r_peaks.size == 0
    assert finding.lead_weights.shape == (shape[0] if len(shape) == 2 else 1,)


@pytest.mark.parametrize(
    ("signal", "fs"),
    [
        (np.zeros((2, 2, 100)), 250),
        (np.float64(1), 250),
        (np.zeros(100, complex), 250),
        (np.array(["a", "b"]), 250),
        (np.zeros(100), 0),
        (np.zeros(100), -1),
        (np.zeros(100), np.nan),
        (np.zeros(100), 10),
    ],
)
def test_what_is_no_recording_is_refused(signal: NDArray[np.generic], fs: float) -> None:
    with pytest.raises(ValueError, match=REFUSED):
        find_beats(signal, fs)
    with pytest.raises(ValueError, match=REFUSED):
        detect_qrs_batch(np.zeros(5), 250)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_integers_and_lists_are_taken(dtype: type) -> None:
    signal = ecg(steady(70, 10), 250, 10)
    counts = np.rint(signal * 1000)
    expected = detect_qrs(counts.astype(dtype), 250)
    np.testing.assert_array_equal(detect_qrs(counts.astype(np.int16), 250), expected)
    np.testing.assert_array_equal(detect_qrs(counts.tolist(), 250), expected)


def test_the_input_is_not_changed() -> None:
    signal = twelve(ecg(steady(70, 10), 500, 10))
    signal[2, 50:90] = np.nan
    before = signal.copy()
    find_beats(signal, 500)
    np.testing.assert_array_equal(signal, before)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e20, 1e300])
def test_values_that_are_none_cost_only_their_place(value: float) -> None:
    signal = ecg(steady(75, 30), 360, 30, noise=0.005).astype(np.float64)
    expected = detect_qrs(signal, 360)
    signal[5000:5003] = value
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = detect_qrs(signal, 360)
    far = np.abs(expected - 5000) > 200
    assert np.isin(expected[far], found).all()
    assert found.size - expected.size <= 0


@pytest.mark.parametrize("dtype", ["f4", "f8", ">f4", "i2", "f2"])
def test_the_layout_in_memory_does_not_matter(dtype: str) -> None:
    """Columns of a table, every second sample, time reversed, and other kinds of numbers."""
    lead = ecg(steady(75, 10), 360, 10, noise=0.01)
    table = np.stack([lead, 0.5 * lead, -lead], axis=1)
    table = (1000 * table if dtype == "i2" else table).astype(dtype)
    for column in range(3):
        expected = detect_qrs(table[:, column].copy(), 360)
        assert expected.size == 12
        np.testing.assert_array_equal(detect_qrs(table[:, column], 360), expected)
    np.testing.assert_array_equal(
        detect_qrs(table.T, 360), detect_qrs(np.ascontiguousarray(table.T), 360)
    )
    assert detect_qrs(table[::-1, 0], 360).size == 12
    assert detect_qrs(table[::2, 0], 180).size == 12


def test_samples_before_leads_are_refused() -> None:
    table = np.zeros((3600, 2))
    with pytest.raises(ValueError, match="leads come first"):
        detect_qrs(table, 360)
    assert detect_qrs(table.T, 360).size == 0
    assert len(detect_qrs_batch(np.zeros((300, 720)), 360)) == 300

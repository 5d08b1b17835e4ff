"""Hard cases by design, on synthetic recordings with known beats."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from farlead_signal import detect_qrs, find_beats
from farlead_signal.scoring import score_beats
from support_ecg import ecg, steady, twelve


def errors(signal: NDArray[np.floating], beats: list[float], fs: float = 360.0) -> int:
    reference = np.rint(np.array(beats) * fs)
    return score_beats(reference, detect_qrs(signal, fs), fs).errors


@pytest.mark.parametrize("rate", [20, 30, 45, 60, 90, 120, 150, 180, 210, 240])
def test_rates(rate: float) -> None:
    beats = steady(rate, 30)
    assert errors(ecg(beats, 360, 30, t_wave=0.15, noise=0.005), beats) == 0


@pytest.mark.parametrize("t_wave", [0.5, 1.0, 1.5])
def test_tall_t_waves_are_no_beats(t_wave: float) -> None:
    beats = steady(65, 30)
    assert errors(ecg(beats, 360, 30, t_wave=t_wave, noise=0.005), beats) == 0


@pytest.mark.parametrize("amplitude", [0.1, 0.15, 0.3, 5.0, 20.0])
def test_low_and_high_amplitude(amplitude: float) -> None:
    beats = steady(75, 30)
    assert errors(ecg(beats, 360, 30, amplitude=amplitude, noise=0.003), beats) == 0


def test_the_peak_sample_is_the_r_peak() -> None:
    beats = steady(75, 30)
    found = detect_qrs(ecg(beats, 500, 30), 500)
    np.testing.assert_allclose(found, np.rint(np.array(beats) * 500), atol=1)


def test_alternating_and_wide_complexes() -> None:
    beats = steady(80, 30)
    signal = ecg(beats[::2], 360, 30) + ecg(beats[1::2], 360, 30, amplitude=0.5, t_wave=0.2)
    assert errors(signal, beats) == 0
    assert errors(ecg(beats, 360, 30, width=0.03, t_wave=0.15), beats) == 0


def test_bigeminy_with_wide_early_beats() -> None:
    normal = steady(40, 30)
    early = [b + 0.55 for b in normal if b + 0.55 < 29.5]
    signal = ecg(normal, 360, 30, noise=0.005)
    signal += ecg(early, 360, 30, amplitude=-1.3, width=0.03, t_wave=0.2)
    assert errors(signal, sorted(normal + early)) == 0


def test_pacing_spikes_are_no_beats_of_their_own() -> None:
    beats = steady(70, 30)
    signal = ecg(beats, 500, 30, width=0.028, noise=0.005)
    for beat in beats:
        at = round((beat - 0.10) * 500)
        signal[at : at + 1] += 3.0  # 2 ms at 500 Hz, 100 ms before the captured QRS complex
    assert errors(signal, beats, 500) == 0


@pytest.mark.parametrize("fs", [250, 360, 500, 1000])
@pytest.mark.parametrize("leads", [1, 12])
def test_spikes_before_atria_and_ventricles_hide_no_beat(fs: int, leads: int) -> None:
    beats = steady(70, 10)
    lead = ecg(beats, fs, 10, width=0.028, noise=0.005)
    samples = twelve(lead) if leads == 12 else lead[None].copy()
    signs = np.where(np.arange(leads) % 2, -1, 1)[:, None]
    rng = np.random.default_rng(fs + leads)
    for beat in beats:
        for before in (0.25, 0.10):
            at = round((beat - before) * fs)
            samples[:, at : at + max(1, fs // 500)] += signs * rng.uniform(1, 4)
    assert errors(samples, beats, fs) == 0
    found = detect_qrs(samples, fs)
    np.testing.assert_allclose(found, np.rint(np.array(beats) * fs), atol=0.012 * fs)


@pytest.mark.parametrize("gap", [0, 1, 5, 12, 21, 22, 30])
def test_a_spike_at_the_end_is_no_error(gap: int) -> None:
    beats = steady(70, 10)
    signal = ecg(beats, 500, 10, noise=0.005)
    signal[gap] += 4.0
    signal[-1 - gap] += 4.0
    reference = np.rint(np.array(beats) * 500)
    assert score_beats(reference, detect_qrs(signal, 500), 500, window=0.01).fn == 0


@pytest.mark.parametrize("length", [3.2, 5.0, 8.0])
def test_nothing_is_invented_in_a_pause(length: float) -> None:
    beats = [b for b in steady(70, 40) if not 15 < b < 15 + length]
    assert errors(ecg(beats, 360, 40, noise=0.01), beats) == 0


def test_asystole_after_beats() -> None:
    beats = [b for b in steady(70, 60) if b < 20]
    found = detect_qrs(ecg(beats, 360, 60, noise=0.01), 360)
    assert found.size == len(beats)


def test_baseline_wander_and_mains() -> None:
    beats = steady(75, 30)
    t = np.arange(30 * 360) / 360
    signal = ecg(beats, 360, 30) + 1.5 * np.sin(2 * np.pi * 0.3 * t)
    signal += 0.3 * np.sin(2 * np.pi * 50 * t)
    assert errors(signal, beats) == 0


def test_start_and_end() -> None:
    beats = [0.08, 0.9, 1.7, 2.5, 3.3, 4.1, 4.93]
    assert errors(ecg(beats, 360, 5.0, noise=0.005), beats) == 0


def test_bad_leads_do_not_spoil_the_rest() -> None:
    beats = steady(75, 10)
    samples = twelve(ecg(beats, 500, 10))
    rng = np.random.default_rng(4)
    t = np.arange(5000) / 500
    samples[0] = 0
    samples[1] = np.nan
    samples[2] = np.clip(samples[2] * 50, -2, 2)
    samples[3] = np.sin(2 * np.pi * 50 * t)
    samples[4] = rng.normal(0, 1, 5000)
    samples[5] = np.sin(2 * np.pi * 5 * t)
    samples[6] = np.cumsum(rng.normal(0, 0.3, 5000))
    assert errors(samples, beats, 500) == 0
    weights = find_beats(samples, 500).lead_weights
    assert weights.sum() == pytest.approx(1, abs=1e-3)
    assert weights[[0, 1, 4]].sum() < 0.05


@pytest.mark.parametrize("good", range(12))
def test_one_good_lead_carries_the_record(good: int) -> None:
    beats = steady(75, 10)
    samples = np.random.default_rng(good).normal(0, 0.3, (12, 5000))
    samples[good] = ecg(beats, 500, 10, noise=0.01)
    assert errors(samples, beats, 500) == 0


@pytest.mark.data
def test_one_real_lead_carries_the_record(farlead_data: Path) -> None:
    """Leads whose QRS complexes stand little above T waves and noise, too."""
    wfdb = pytest.importorskip("wfdb")
    rng = np.random.default_rng(0)
    for number in (1, 17, 35, 59, 61, 103, 121):
        record = wfdb.rdrecord(str(farlead_data / "ludb" / str(number)), physical=False)
        lead = record.d_signal[:, 1] / 1000.0
        samples = rng.normal(0, 0.1, (12, lead.size))
        samples[number % 12] = lead
        expected = detect_qrs(lead, record.fs)
        score = score_beats(expected, detect_qrs(samples, record.fs), record.fs)
        assert score.errors == 0, number


def test_a_gap_gives_no_beats_and_a_span() -> None:
    beats = steady(75, 30)
    signal = ecg(beats, 360, 30, noise=0.005)
    signal[3600:5400] = np.nan
    finding = find_beats(signal, 360)
    assert not ((finding.r_peaks > 3600) & (finding.r_peaks < 5400)).any()
    assert [span.kind for span in finding.spans] == ["lead_off"]
    outside = [b for b in beats if not 9.9 < b < 15.1]
    score = score_beats(np.array(outside) * 360, finding.r_peaks, 360, exclude=[(3550, 5450)])
    assert score.errors == 0


def test_fibrillation_is_a_span_without_beats() -> None:
    rng = np.random.default_rng(9)
    t = np.arange(60 * 360) / 360
    signal = ecg([b for b in steady(75, 60) if b < 25], 360, 60, noise=0.005)
    phase = 2 * np.pi * np.cumsum(4.5 + rng.normal(0, 4, t.size)) / 360
    envelope = 0.5 + 0.2 * np.sin(2 * np.pi * 0.3 * t)
    signal[25 * 360 :] += (envelope * np.sin(phase))[25 * 360 :].astype(np.float32)
    finding = find_beats(signal, 360)
    fibrillating = sum(s.stop - s.start for s in finding.spans if s.kind == "vf")
    assert fibrillating > 30 * 360
    assert not (finding.r_peaks > 28 * 360).any()

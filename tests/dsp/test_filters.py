"""Display filters: what they take, what they leave, and that nothing moves in time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.signal import filtfilt, iirnotch

from farlead_signal.filters import BASELINES, MAINS, MUSCLES, ORIGINAL, Setting, filtered
from support_sheet import beats

ONE_EACH = [
    *(Setting(baseline=b) for b in BASELINES),
    *(Setting(mains=m) for m in MAINS),
    *(Setting(muscle=m) for m in MUSCLES),
    Setting(0.5, 50.0, 25.0),
]
RATES = (250.0, 360.0, 500.0, 1000.0)


def ecg(fs: float = 500.0, seconds: float = 10.0) -> NDArray[np.float64]:
    return beats(fs, seconds, 3)


def gain_at(frequency: float, setting: Setting, fs: float = 1000.0) -> float:
    """Share of a long sinusoid that is left in its middle."""
    t = np.arange(int(120 * fs)) / fs
    wave = np.sin(2 * np.pi * frequency * t)[None]
    middle = slice(int(50 * fs), int(70 * fs))
    return float(np.abs(filtered(wave, fs, setting)[0, middle]).max())


def test_the_original_is_untouched() -> None:
    x = ecg().astype(np.float32)
    assert (filtered(x, 500.0, ORIGINAL) == x).all()


def test_other_frequencies_are_refused() -> None:
    for wrong in ({"baseline": 0.67}, {"mains": 55.0}, {"muscle": 20.0}):
        with pytest.raises(ValueError, match="no filter"):
            Setting(**wrong)


@pytest.mark.parametrize("corner", BASELINES)
def test_a_baseline_filter_loses_3_db_at_its_name(corner: float) -> None:
    setting = Setting(baseline=corner)
    assert gain_at(corner, setting, 100.0) == pytest.approx(0.707, abs=0.05)
    assert gain_at(corner / 2, setting, 100.0) < 0.2
    assert gain_at(corner * 4, setting, 100.0) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("corner", MUSCLES)
def test_a_muscle_filter_loses_3_db_at_its_name(corner: float) -> None:
    setting = Setting(muscle=corner)
    assert gain_at(corner + 0.01, setting) == pytest.approx(0.707, abs=0.01)
    assert gain_at(corner / 4 + 0.01, setting) > 0.97
    assert gain_at(corner * 2 + 0.01, setting) < 0.3


@pytest.mark.parametrize("setting", ONE_EACH, ids=str)
@settings(max_examples=10, deadline=None)
@given(factor=st.floats(0.2, 20.0), shift=st.floats(-5.0, 5.0))
def test_scale_and_shift(setting: Setting, factor: float, shift: float) -> None:
    """Twice the tracing is twice the result; a level stays, or goes away with the baseline."""
    x = ecg()
    plain = filtered(x, 500.0, setting)
    moved = filtered(factor * x + shift, 500.0, setting)
    level = 0.0 if setting.baseline is not None else shift
    assert np.allclose(moved, factor * plain + level, atol=2e-5 * (factor + abs(shift)))


@pytest.mark.parametrize("setting", ONE_EACH, ids=str)
@pytest.mark.parametrize("fs", RATES)
def test_nothing_moves_in_time(setting: Setting, fs: float) -> None:
    """A filter run backwards gives the same, and R waves stay where they are."""
    x = ecg(fs)
    made = filtered(x, fs, setting)
    back = filtered(x[:, ::-1], fs, setting)[:, ::-1]
    assert np.abs(made - back).max() < 0.02 * np.abs(x).max()
    strong = np.abs(x[2])
    for beat in range(10):
        part = slice(round(beat * fs), round((beat + 1) * fs))
        assert abs(strong[part].argmax() - np.abs(made[2, part]).argmax()) <= 0.006 * fs


@pytest.mark.parametrize(("corner", "most"), [(0.05, 0.015), (0.15, 0.03), (0.5, 0.12)])
def test_what_a_baseline_filter_does_to_st(corner: float, most: float) -> None:
    """Millivolts by which ST moves against PQ, beside a QRS complex of 1.8 mV with T of 0.45 mV."""
    fs, x = 500.0, ecg()
    made = filtered(x, fs, Setting(baseline=corner))
    pq, junction = round(0.34 * fs), round(0.45 * fs)
    at = np.arange(1, 9) * round(fs)
    change = (made[:, at + junction] - made[:, at + pq]) - (x[:, at + junction] - x[:, at + pq])
    assert np.abs(change).max() < most


def test_a_long_st_elevation_is_kept_at_0_05_and_falls_at_0_5_hz() -> None:
    """0.3 mV for 0.3 s in each beat, 36 beats a minute: what "ST" in the warning means."""
    fs = 500.0
    phase = (np.arange(5000) / fs) % 1.67
    x = (0.3 * ((phase > 0.40) & (phase < 0.70)))[None]
    kept, fallen = (
        float(np.median(made[0, 250:-250][x[0, 250:-250] > 0]))
        - float(np.median(made[0, 250:-250][x[0, 250:-250] == 0]))
        for made in (filtered(x, fs, Setting(b)) for b in (0.05, 0.5))
    )
    assert kept == pytest.approx(0.3, abs=0.004)
    assert fallen < 0.28


def test_wander_goes() -> None:
    fs = 500.0
    t = np.arange(5000) / fs
    wander = 0.8 * np.sin(2 * np.pi * 0.2 * t + 1.0)
    left = filtered(ecg() + wander, fs, Setting(0.5)) - filtered(ecg(), fs, Setting(0.5))
    assert np.abs(left[:, 500:-500]).max() < 0.09
    slope = 0.2 * t
    left = filtered(ecg() + slope, fs, Setting(0.05)) - filtered(ecg(), fs, Setting(0.05))
    assert np.abs(left).max() < 1e-4  # to the very ends


@pytest.mark.parametrize("fs", RATES)
@pytest.mark.parametrize("frequency", [49.7, 50.0, 50.3])
def test_mains_goes_though_its_frequency_is_off(fs: float, frequency: float) -> None:
    x = ecg(fs)
    hum = 0.3 * np.sin(2 * np.pi * frequency * np.arange(x.shape[1]) / fs + 0.7)
    made = filtered(x + hum, fs, Setting(mains=50.0))
    left = made - filtered(x, fs, Setting(mains=50.0))
    assert np.abs(left).max() < 0.015  # of 0.3 mV, at the ends and under QRS too
    assert np.sqrt(np.square(left).mean()) < 0.003


def test_mains_of_changing_size_goes() -> None:
    fs, x = 500.0, ecg()
    t = np.arange(5000) / fs
    hum = (0.1 + 0.02 * t) * np.sin(2 * np.pi * 50.0 * t)
    left = filtered(x + hum, fs, Setting(mains=50.0)) - x
    assert np.sqrt(np.square(left).mean()) < 0.004


def test_the_mains_filter_rings_less_on_qrs_than_a_notch() -> None:
    """A lone tall complex: what either filter draws beside it."""
    fs = 500.0
    t = np.arange(5000) / fs
    x = np.random.default_rng(3).normal(0, 0.003, (1, 5000))
    x[0] += 2.0 * np.exp(-(((t - 5.0) / 0.008) ** 2))
    beside = (np.abs(t - 5.0) > 0.06) & (np.abs(t - 5.0) < 0.4)
    ours = filtered(x, fs, Setting(mains=50.0))
    notch = filtfilt(*iirnotch(50.0, 30.0, fs), x, axis=1)
    assert np.abs(ours - x)[0, beside].max() < 0.003
    assert np.abs(notch - x)[0, beside].max() > 0.012


@pytest.mark.parametrize("corner", MUSCLES)
def test_a_muscle_filter_draws_no_wave_that_was_not_there(corner: float) -> None:
    """A step and a pulse stay between their own lowest and highest value."""
    x = np.zeros((2, 4000))
    x[0, 2000:] = 1.0
    x[1, 1990:2010] = 1.0
    made = filtered(x, 1000.0, Setting(muscle=corner))
    assert made.min() > -1e-6
    assert made.max() < 1 + 1e-6
    assert (np.diff(made[0]) > -1e-6).all()


def test_what_a_low_pass_hides() -> None:
    """At 40 Hz a pacing spike of 2 ms nearly goes and a narrow R wave loses height."""
    fs = 1000.0
    t = np.arange(4000) / fs
    x = np.zeros((2, 4000))
    x[0, 2000:2002] = 1.0
    x[1] = np.exp(-(((t - 2.0) / 0.008) ** 2))
    at_40, at_150 = (filtered(x, fs, Setting(muscle=c)) for c in (40.0, 150.0))
    assert at_40[0].max() < 0.3
    assert at_40[1].max() < 0.9
    assert at_150[1].max() > 0.97


@pytest.mark.parametrize("setting", ONE_EACH, ids=str)
def test_gaps_stay_gaps_and_part_the_recording(setting: Setting) -> None:
    x = ecg()
    x[1, 2000:2400] = np.nan  # long: in one lead
    x[:, 3000:3010] = np.nan  # short: in all
    x[2, 0] = x[2, -1] = np.nan
    made = filtered(x, 500.0, setting)
    assert (np.isnan(made) == np.isnan(x)).all()
    other = x.copy()
    other[1, 2400:] += 3.0 * np.sin(np.arange(2600))
    assert (filtered(other, 500.0, setting)[1, :2000] == made[1, :2000]).all()
    assert np.allclose(filtered(other, 500.0, setting)[0], made[0], atol=0.02, equal_nan=True)


@pytest.mark.parametrize("setting", ONE_EACH, ids=str)
@pytest.mark.parametrize("n", [1, 2, 3, 7, 30, 61])
def test_few_samples(setting: Setting, n: int) -> None:
    made = filtered(ecg()[:, :n], 500.0, setting)
    assert made.shape == (3, n)
    assert np.isfinite(made).all()
    assert np.abs(made).max() < 4.0


def test_nothing_recorded_stays_nothing() -> None:
    x = np.full((2, 100), np.nan)
    assert np.isnan(filtered(x, 500.0, Setting(0.5, 50.0, 40.0))).all()
    assert filtered(np.zeros((0, 10)), 500.0, Setting(0.5)).shape == (0, 10)


def test_a_window_is_the_whole_there() -> None:
    x = beats(250.0, 120.0, 2)
    for setting in ONE_EACH:
        whole = filtered(x, 250.0, setting)
        part = filtered(x, 250.0, setting, 15000, 17500)
        assert np.abs(part - whole[:, 15000:17500]).max() < 0.005, setting


def test_what_the_sampling_rate_cannot_have_is_left_out() -> None:
    assert Setting(0.05, 50.0, 150.0).within(250.0) == Setting(0.05, 50.0, None)
    assert Setting(0.05, 60.0, 40.0).within(100.0) == Setting(0.05, None, 40.0)
    x = ecg(250.0)
    assert (filtered(x, 250.0, Setting(muscle=150.0)) == x.astype(np.float32)).all()


def test_which_settings_leave_the_diagnostic_bandwidth_whole() -> None:
    assert ORIGINAL.diagnostic
    assert Setting(0.05, 50.0, 150.0).diagnostic
    assert not Setting(0.15).diagnostic
    assert not Setting(muscle=100.0).diagnostic

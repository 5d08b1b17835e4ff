"""Pacing spikes are found where they are; QRS complexes, noise and loose contacts are none."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from farlead_signal.pacing import Chamber, Spikes, find_spikes
from support_ecg import ecg, steady, twelve
from support_pacing import noise, paced_numbers, with_spikes
from support_reversals import ludb

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # wfdb with pandas 3.1

Samples = NDArray[np.floating]


def sharp(fs: float = 500.0, seconds: float = 10.0) -> Samples:
    """A made-up ECG with narrow QRS complexes."""
    return twelve(ecg(steady(75, seconds), fs, seconds, width=0.006))


def put(fs: float = 500.0, seconds: float = 10.0) -> NDArray[np.int64]:
    return np.round((np.array(steady(75, seconds)) - 0.07) * fs).astype(np.int64)


@pytest.mark.parametrize("fs", [500.0, 1000.0, 2000.0])
@pytest.mark.parametrize("height", [0.6, 2.0, -1.0])
def test_spikes_are_found_at_their_place_and_height(fs: float, height: float) -> None:
    at = put(fs)
    found = find_spikes(with_spikes(sharp(fs), fs, at, height), fs)
    assert found.able
    assert found.positions.size == at.size
    assert np.abs(found.positions - at).max() <= 0.004 * fs
    np.testing.assert_allclose(found.amplitude, abs(height), rtol=0.35)
    assert (found.leads >= 5).all()


def test_one_lead_is_enough() -> None:
    samples = with_spikes(sharp(), 500, put(), 1.0)
    assert find_spikes(samples[1], 500).positions.size == put().size


def test_scale_polarity_and_offset_change_nothing() -> None:
    samples = with_spikes(sharp(), 500, put(), 1.0).astype(np.float64)
    plain = find_spikes(samples, 500)
    for other in (1.5 * samples, -samples, samples + 3.0, samples[::-1]):
        np.testing.assert_array_equal(find_spikes(other, 500).positions, plain.positions)


def test_sharp_qrs_complexes_are_no_spikes() -> None:
    for width in (0.004, 0.006, 0.012):
        tall = twelve(ecg(steady(120, 10), 500, 10, width=width, amplitude=3.0))
        assert find_spikes(tall, 500).positions.size == 0


def test_a_loose_electrode_makes_no_spike() -> None:
    samples = sharp()
    for at in (1130, 2210, 3330, 4410):
        samples[:, at:] += 1.5 * (-1) ** at  # all leads jump, and stay there
        samples[6, at + 60] += 3.0  # one lead alone has a glitch
    assert find_spikes(samples, 500).positions.size == 0


def test_a_single_spike_is_not_believed() -> None:
    assert find_spikes(with_spikes(sharp(), 500, put()[4:5], 2.0), 500).positions.size == 0


def test_white_noise_has_no_spikes() -> None:
    rng = np.random.default_rng(0)
    for rms in (0.01, 0.1, 1.0):
        assert find_spikes(rng.normal(0, rms, (12, 30000)), 500).positions.size == 0


@pytest.mark.parametrize("fs", [100.0, 250.0, 360.0])
def test_a_slow_recording_cannot_tell(fs: float) -> None:
    found = find_spikes(sharp(fs), fs)
    assert (found.able, found.reason, found.positions.size) == (False, "rate", 0)


@pytest.mark.data
@pytest.mark.parametrize("number", [1, 41, 77, 105])
def test_a_filtered_recording_cannot_tell(farlead_data: Path, number: int) -> None:
    samples, fs = ludb(number, farlead_data)
    assert find_spikes(samples, fs).able
    low = butter(4, 35 / (fs / 2), output="sos")
    found = find_spikes(sosfiltfilt(low, samples.astype(float), axis=1), fs)
    assert (found.able, found.reason) == (False, "bandwidth")


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((12, 5000)),
        np.full((12, 5000), np.nan),
        np.full((2, 5000), np.inf),
        np.full((2, 5000), 0.4, np.float32),
        np.zeros((1, 1)),
        np.zeros((1, 0)),
        np.zeros((0, 5000)),
        np.zeros(3),
    ],
    ids=["zero", "nan", "inf", "constant", "one", "empty", "no lead", "three"],
)
def test_what_holds_no_signal_cannot_tell(samples: Samples) -> None:
    found = find_spikes(samples, 500)
    assert (found.able, found.reason) == (False, "no_signal")
    assert find_spikes(samples, float("nan")).reason == "rate"


def test_the_edge_of_a_gap_is_no_spike() -> None:
    samples = sharp().astype(np.float64) + 2.0
    for begin in (700, 1700, 2700, 3700):
        samples[:, begin : begin + 60] = np.nan
    found = find_spikes(samples, 500)
    assert found.able
    assert found.positions.size == 0


@pytest.mark.data
def test_real_recordings_without_a_pacemaker_have_no_spikes(farlead_data: Path) -> None:
    paced = paced_numbers(farlead_data)
    for number in range(1, 141, 2):
        if number not in paced:
            found = find_spikes(*ludb(number, farlead_data))
            assert found.able, number
            assert found.positions.size == 0, number


@pytest.mark.data
def test_real_noise_makes_no_spikes(farlead_data: Path) -> None:
    for name in ("ma", "em", "bw"):
        dirt = noise(name)
        for number in (1, 9, 57, 119):
            samples, fs = ludb(number, farlead_data)
            assert find_spikes(samples + dirt, fs).positions.size == 0, (name, number)


@pytest.mark.data
def test_paced_recordings_have_spikes(farlead_data: Path) -> None:
    tuned_on = [number for number in paced_numbers(farlead_data) if number % 2]
    assert tuned_on
    for number in tuned_on:
        assert find_spikes(*ludb(number, farlead_data)).positions.size >= 3, number


def spikes_at(*positions: int) -> Spikes:
    count = len(positions)
    return Spikes(np.array(positions, np.int64), np.full(count, 9), np.ones(count), True)


def test_the_qrs_complex_that_follows_tells_the_chamber() -> None:
    r_peaks = np.array([500, 1000, 1500, 2000])
    qrs_on = np.array([480, -1, 1480, 1980])
    found = spikes_at(390, 470, 965, 1485, 1900, 1970, 2300).chambers(500, qrs_on, r_peaks)
    a, v, unknown = Chamber.ATRIAL, Chamber.VENTRICULAR, Chamber.UNKNOWN
    assert found == (a, v, v, v, a, v, unknown)
    assert spikes_at(100).chambers(500, [], []) == (unknown,)

"""Pacing spikes are bridged, and nothing else is touched."""

import numpy as np
import pytest

import calibration_ecg as made
from farlead_signal.blanking import without_spikes


@pytest.mark.parametrize("fs", [500.0, 1000.0])
def test_spikes_go_and_the_rest_stays(fs: float) -> None:
    signal = made.paced(fs=fs)
    plain = made.make(
        [(on / fs, made.replace(made.PACED, spike=None)) for on in signal.on], fs
    ).signal
    found = without_spikes(signal.signal, fs, signal.spikes)
    assert np.abs(signal.signal - plain).max() > 2
    assert np.abs(found - plain).max() < 0.1
    far = np.ones(found.shape[1], bool)
    for spike in signal.spikes:
        far[spike - round(0.004 * fs) : spike + round(0.006 * fs)] = False
    np.testing.assert_array_equal(found[:, far], signal.signal[:, far])


def test_without_spikes_the_signal_is_the_same_object() -> None:
    signal = np.zeros((2, 100), np.float32)
    assert without_spikes(signal, 500, []) is signal
    assert without_spikes(signal, 500, [-5, 100, 700]) is signal


def test_a_spike_at_the_end_is_bridged_too() -> None:
    signal = np.zeros((1, 100), np.float32)
    signal[0, [0, 98]] = 5.0
    assert np.abs(without_spikes(signal, 500, [0, 98])[0, 2:98]).max() < 5

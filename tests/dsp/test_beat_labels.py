"""Origin of beats: what is made is found, whatever the size, rate and length of the recording."""

import numpy as np
import pytest

from calibration_ecg import (
    BUNDLE_BRANCH,
    EARLY,
    NORMAL,
    PREMATURE,
    fused,
    make,
    paced,
    sinus,
    steady,
    with_premature,
)
from farlead_signal import find_beats
from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_labels import BLOCK, interval_ratios, label_beats
from support_rhythms import arrhythmia, at, ecg


def told(calibration, scale=1.0, leads=slice(None)):
    signal = calibration.signal[leads] * np.float32(scale)
    peaks = find_beats(signal, calibration.fs).r_peaks
    assert peaks.size == len(calibration.labels)
    return [
        one.value for one in label_beats(signal, calibration.fs, peaks, calibration.spikes).classes
    ]


@pytest.mark.parametrize("every", [2, 3, 4, 6])
@pytest.mark.parametrize("leads", [slice(None), [1, 6], [1]], ids=["12", "II V1", "II"])
def test_ventricular_beats_are_found_in_any_pattern(every: int, leads: object) -> None:
    made = with_premature(every, noise=0.01)
    assert told(made, leads=leads) == list(made.labels)


@pytest.mark.parametrize("scale", [0.2, 1.0, 20.0])
def test_size_does_not_matter(scale: float) -> None:
    made = with_premature(4, noise=0.005)
    assert told(made, scale) == list(made.labels)


@pytest.mark.parametrize("fs", [200.0, 250.0, 360.0, 1000.0])
def test_the_sampling_rate_does_not_matter(fs: float) -> None:
    made = with_premature(4, noise=0.01, fs=fs)
    assert told(made) == list(made.labels)


@pytest.mark.parametrize(
    "made",
    [
        sinus(75, noise=0.03),
        sinus(140, noise=0.01),
        arrhythmia(0.2),
        ecg(steady(75, 10, BUNDLE_BRANCH)),
    ],
    ids=["noise", "fast", "arrhythmia", "bundle branch block"],
)
def test_sinus_rhythm_has_no_other_beats(made: object) -> None:
    assert set(told(made)) == {"dominant"}


def test_an_early_beat_of_the_same_shape_comes_from_above() -> None:
    beats = [(t - (0.3 if i % 5 == 4 else 0.0), EARLY if i % 5 == 4 else NORMAL)
             for i, t in enumerate(np.arange(0.5, 9.5, 0.8))]  # fmt: skip
    made = ecg(beats)
    assert told(made) == list(made.labels)


def test_a_bundle_branch_block_that_comes_and_goes_is_conducted() -> None:
    beats = [
        (t, BUNDLE_BRANCH if 4 <= i < 8 else NORMAL) for i, t in enumerate(np.arange(0.5, 9.5, 0.8))
    ]
    assert "ventricular" not in told(ecg(beats))


def test_beats_with_a_spike_are_paced() -> None:
    made = paced(noise=0.005)
    assert set(told(made)) == {"paced"}


def test_a_fusion_beat_on_time_is_neither_of_both() -> None:
    both = fused(NORMAL, PREMATURE, 0.75)
    times = np.arange(0.5, 9.5, 0.8)
    beats = [(float(t), NORMAL) for t in times]
    beats[3] = (beats[3][0] - 0.3, PREMATURE)
    beats[9] = (beats[9][0] - 0.3, PREMATURE)
    beats[6] = (beats[6][0], both)
    labels = told(ecg(beats))
    assert labels[3] == labels[9] == "ventricular"
    assert labels[6] in {"fusion", "dominant", "unknown"}


def test_long_recordings_are_told_in_blocks_and_follow_a_change() -> None:
    first = [(0.5 + 0.8 * i, NORMAL if i % 7 else PREMATURE) for i in range(450)]
    then = [(0.5 + 0.8 * i, BUNDLE_BRANCH if i % 7 else PREMATURE) for i in range(450, 900)]
    moved = [(t - (0.3 if shape is PREMATURE else 0), shape) for t, shape in [*first, *then]]
    made = make(moved[1:], 250.0, 722.0, noise=0.01)
    assert len(moved) > 2 * BLOCK
    signal = made.signal[[1, 6]]
    peaks = find_beats(signal, 250.0).r_peaks
    labels = label_beats(signal, 250.0, peaks).is_class(BeatClass.VENTRICULAR)
    wanted = np.array([label == "ventricular" for label in made.labels])
    assert peaks.size == wanted.size
    far = np.abs(np.arange(wanted.size) - 450) > 2 * 64
    assert np.array_equal(labels[far], wanted[far])


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    beats = [(0.5 + 0.8 * i - (0.3 if i % 5 == 4 else 0), PREMATURE if i % 5 == 4 else NORMAL)
             for i in range(100)]  # fmt: skip
    made = make(beats, 250.0, 82.0, noise=0.01)
    signal = made.signal[[1, 7]]
    peaks = find_beats(signal, 250.0).r_peaks
    whole = label_beats(signal, 250.0, peaks).classes
    monkeypatch.setattr("farlead_signal.beat_labels.BLOCK", 16)
    assert label_beats(signal, 250.0, peaks).classes == whole


@pytest.mark.parametrize(
    "signal",
    [
        np.zeros((2, 5000)), np.full((2, 5000), np.nan), np.zeros((0, 0)), np.ones((1, 1)),
        np.full((2, 5000), np.inf),
    ],
    ids=["flat", "nan", "empty", "one", "infinite"],
)  # fmt: skip
def test_odd_input_has_a_defined_answer(signal: np.ndarray) -> None:
    assert label_beats(signal, 500.0, []).classes == ()
    if signal.shape[-1] > 1:
        labels = label_beats(signal, 500.0, np.array([1000, 2000, 3000]))
        assert len(labels.classes) == 3
        assert np.isfinite(labels.ventricular).all()
        assert not (labels.ventricular > 0).any()


def test_intervals_are_compared_with_the_usual_one() -> None:
    seconds = np.cumsum([0.5, 0.8, 0.8, 0.8, 0.48, 1.12, 0.8, 0.8, 0.8])
    before, after = interval_ratios(seconds)
    assert before[4] == pytest.approx(np.log(0.6), abs=0.02)
    assert after[4] == pytest.approx(np.log(1.4), abs=0.02)
    assert abs(before[2]) < 0.02
    assert before.size == after.size == seconds.size
    assert interval_ratios(np.array([1.0]))[0].tolist() == [0.0]


def test_single_beats_and_pairs_are_told() -> None:
    made = ecg(at([2.0, 5.0]))
    assert len(label_beats(made.signal, 500.0, made.r_peaks[:1]).classes) == 1
    assert len(label_beats(made.signal, 500.0, made.r_peaks).classes) == 2

"""The fast measurements agree with the plain ones."""

from pathlib import Path

import numpy as np
import pytest

import calibration_ecg as made
from calibration_ecg import Calibration
from farlead_signal import detect_qrs
from farlead_signal import measurement_reference as plain
from support_measure import Measured, measure, measure_calibration

CASES = {
    "sinus": made.sinus(noise=0.01),
    "wander": made.sinus(rate=60, noise=0.02, wander=0.2),
    "bundle branch": made.make(made.steady(60, 10, made.BUNDLE_BRANCH), noise=0.01),
    "ventricular": made.with_premature(4, noise=0.01),
    "250 Hz": made.sinus(fs=250.0, noise=0.01),
    "fibrillation": made.atrial_fibrillation(),
}


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[Calibration, Measured]:
    signal = CASES[request.param]
    return signal, measure_calibration(signal)


def test_median_beat(case: tuple[Calibration, Measured]) -> None:
    """Members are put in place by the fast way; levels, baselines and medians are compared."""
    signal, found = case
    beat, fs = found.beat, signal.fs
    overall = found.fiducials.overall
    assert overall is not None
    centres = _centres(signal, found)
    onset = int(
        np.median([c - overall.qrs_on[m] for c, m in zip(centres, beat.members, strict=True)])
    )
    after = beat.beats.shape[1] - beat.r - 1
    expected = plain.median_beat(signal.signal, fs, centres, beat.r, after, onset)
    on = int(beat.fiducials.overall.qrs_on[0])  # type: ignore[union-attr]
    level = expected[:, on - round(0.018 * fs) : on - round(0.004 * fs)].mean(1, keepdims=True)
    np.testing.assert_allclose(beat.beats, expected - level, atol=2e-4)


def _centres(signal: Calibration, found: Measured) -> list[int]:
    """Where each member was put: the move at which its window fits the median beat best."""
    beat = found.beat
    part = slice(beat.r - 30, beat.r + 30)
    mean = beat.beats[:, part] - beat.beats[:, part].mean(1, keepdims=True)
    centres = []
    for member in beat.members:
        peak = int(signal.r_peaks[member])
        fits = []
        for move in range(-8, 9):
            at = peak + move - beat.r
            window = signal.signal[:, max(at, 0) + part.start : max(at, 0) + part.stop]
            fits.append(float((mean * (window - window.mean(1, keepdims=True))).sum()))
        centres.append(peak + int(np.argmax(fits)) - 8)
    return centres


def compare(found: Measured, fs: float) -> None:
    beat = found.beat
    overall = beat.fiducials.overall
    assert overall is not None
    at = {name: int(getattr(overall, name)[0]) for name in made.NAMES}
    compared = 0
    for row, noise, lead in zip(beat.beats.astype(float), beat.noise, found.leads, strict=True):
        if lead.qrs_pp is None:
            continue
        compared += 1
        expected = plain.qrs_waves(row, at["qrs_on"], at["qrs_off"], float(noise), fs)
        for name in ("q", "r", "s", "r2", "s2", "q_ms", "r_ms", "s_ms", "r2_ms"):
            assert getattr(lead, name) == pytest.approx(expected.get(name)), (lead.lead, name)
        for name, value in plain.st_levels(row, at["qrs_off"], fs).items():
            assert getattr(lead, name) == pytest.approx(value, abs=1e-6), (lead.lead, name)
        for name in ("p", "t"):
            if at[f"{name}_on"] >= 0:
                value = plain.greatest(row, at[f"{name}_on"], at[f"{name}_off"])
                assert getattr(lead, name) == pytest.approx(value)
    assert compared > 6
    if found.intervals.qrs.value is not None:
        assert found.intervals.qrs.value == 1000 * (at["qrs_off"] - at["qrs_on"]) / fs
    if found.intervals.qt.value is not None:
        assert found.intervals.qt.value == 1000 * (at["t_off"] - at["qrs_on"]) / fs
    if found.intervals.pr.value is not None:
        assert found.intervals.pr.value == 1000 * (at["qrs_on"] - at["p_on"]) / fs


def test_waves_st_and_intervals(case: tuple[Calibration, Measured]) -> None:
    signal, found = case
    compare(found, signal.fs)


def test_axis(case: tuple[Calibration, Measured]) -> None:
    _, found = case
    overall = found.beat.fiducials.overall
    assert overall is not None
    limb = dict(zip(made.LEADS[:6], found.beat.beats, strict=False))
    for wave in ("qrs", "t"):
        ends = (int(getattr(overall, f"{wave}_{end}")[0]) for end in ("on", "off"))
        expected = plain.axis(limb, *ends)
        assert getattr(found.axes, wave).value == pytest.approx(expected)


@pytest.mark.data
def test_real_recordings(farlead_data: Path) -> None:
    for number in range(1, 141, 6):
        codes = np.fromfile(farlead_data / "ludb" / f"{number}.dat", "<i2").reshape(-1, 12)
        signal = np.ascontiguousarray(codes.T / 1000, np.float32)
        compare(measure(signal, 500.0, detect_qrs(signal, 500.0)), 500.0)

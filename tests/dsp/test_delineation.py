"""Fiducial points: what must not change them, what must be left unknown, and absent P waves."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

import calibration_ecg as made
import support_ecg
from farlead_signal import ABSENT, UNKNOWN, Fiducials, delineate, delineate_beats
from farlead_signal.delineation import POINTS
from farlead_signal.intervals import measure_intervals
from farlead_signal.representative import representative

FS = 500.0
#: P waves that are clear in all leads: those of NORMAL cancel out to 0.01 mV in aVL, which is
#: just where a wave is told from noise.
CLEAR = replace(made.NORMAL, p=(0.10, *made.NORMAL.p[1:]))


def calibration(
    fs: float = FS, shape: made.Shape = made.NORMAL, noise: float = 0.004
) -> made.Calibration:
    return made.make(made.steady(70, 10.0, shape, 0.7), fs, noise=noise, seed=5)


def points(found: Fiducials) -> NDArray[np.int64]:
    """All points of all leads, shape (8, leads, beats)."""
    return np.stack([getattr(found, name) for name in POINTS])


def far_apart(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """Greatest difference where both are known; they are known at the same places."""
    assert np.array_equal(a >= 0, b >= 0)
    assert (a >= 0).mean() > 0.7
    return float(np.abs(a - b)[a >= 0].max())


@pytest.fixture(scope="module")
def ecg() -> made.Calibration:
    return calibration(shape=CLEAR)


@pytest.fixture(scope="module")
def found(ecg: made.Calibration) -> NDArray[np.int64]:
    return points(delineate(ecg.signal, FS, ecg.r_peaks))


@pytest.mark.parametrize("scale", [0.5, 2.0, 8.0])
def test_amplitude_does_not_matter(
    ecg: made.Calibration, found: NDArray[np.int64], scale: float
) -> None:
    """Beyond the floor of noise: a wave of some microvolts is unknown when it is halved."""
    scaled = points(delineate(scale * ecg.signal, FS, ecg.r_peaks))
    known = (found >= 0) & (scaled >= 0)
    assert known.mean() > 0.7
    assert np.abs(found - scaled)[known].max() <= 1
    assert ((found >= 0) != (scaled >= 0)).mean() < 0.05


def test_scale_and_polarity_of_one_lead_do_not_matter(
    ecg: made.Calibration, found: NDArray[np.int64]
) -> None:
    """Leads are added as they are, so another lead's points may move by a little."""
    other = ecg.signal.copy()
    other[3] *= -1.0
    assert far_apart(found, points(delineate(other, FS, ecg.r_peaks))) == 0
    other[3] *= 2.0
    assert far_apart(found, points(delineate(other, FS, ecg.r_peaks))) <= 3


@pytest.mark.parametrize("shift", [1, 2, 7, 333])
def test_points_shift_with_the_signal(
    ecg: made.Calibration, found: NDArray[np.int64], shift: int
) -> None:
    """Up to 4 ms of a point may be due to where the working samples lie, on average 2 ms."""
    moved = np.concatenate([np.repeat(ecg.signal[:, :1], shift, 1), ecg.signal], 1)
    shifted = points(delineate(moved, FS, ecg.r_peaks + shift))[:, :, 1:-1]
    inner = found[:, :, 1:-1]
    assert far_apart(inner + shift, shifted) <= 4
    assert np.abs(inner + shift - shifted).mean() < 1.1


@pytest.mark.parametrize("fs", [250.0, 257.0, 360.0, 1000.0])
def test_sampling_rate_does_not_matter(fs: float) -> None:
    at_500, other = calibration(noise=0), calibration(fs, noise=0)
    a = points(delineate(at_500.signal, FS, at_500.r_peaks))[:, :, 1:-1] / FS
    b = points(delineate(other.signal, fs, other.r_peaks))[:, :, 1:-1] / fs
    apart = np.abs(a - b)
    assert np.percentile(apart, 95) < 0.008
    assert apart.max() < 0.020


@pytest.mark.parametrize("kept", [[1], [1, 7], [0, 1, 6, 10]])
def test_any_leads_will_do(ecg: made.Calibration, kept: list[int]) -> None:
    found = delineate(ecg.signal[kept], FS, ecg.r_peaks)
    assert found.overall is not None
    for name in ("p_on", "qrs_on", "qrs_off", "t_off"):
        error = getattr(found.overall, name)[1:-1] - ecg.overall[name][1:-1]
        assert np.abs(error).max() <= 0.016 * FS, name


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.0])
def test_a_lead_without_signal_is_unknown_and_moves_no_other(
    ecg: made.Calibration, bad: float
) -> None:
    signal = ecg.signal.copy()
    signal[5] = bad
    found = points(delineate(signal, FS, ecg.r_peaks))
    others = [lead for lead in range(12) if lead != 5]
    without = points(delineate(ecg.signal[others], FS, ecg.r_peaks))
    assert (found[:, 5] == UNKNOWN).all()
    assert far_apart(found[:, others], without) <= 1


def test_a_gap_makes_unknown_what_it_touches(ecg: made.Calibration) -> None:
    signal, beat = ecg.signal.copy(), 4
    gap = round(ecg.fiducials["t_peak"][1, beat])
    signal[1, gap - 10 : gap + 10] = np.nan
    found = points(delineate(signal, FS, ecg.r_peaks))[:, 1, beat]
    assert (found[5:] == UNKNOWN).all()
    assert (found[:5] >= 0).all()


def test_waves_cut_by_the_ends_are_unknown(ecg: made.Calibration) -> None:
    begin = round(ecg.fiducials["p_peak"][1, 2])
    end = round(ecg.fiducials["t_peak"][1, 6])
    peaks = ecg.r_peaks[2:7] - begin
    found = points(delineate(ecg.signal[:, begin:end], FS, peaks))
    assert (found[:3, :, 0] == UNKNOWN).all()
    assert (found[5:, :, -1] == UNKNOWN).all()
    assert (found[3:5] >= 0).all()
    assert (found[:, :, 1:-1] >= 0).mean() > 0.95


@pytest.mark.parametrize("shape", [(0,), (1,), (12, 0), (12, 1), (0, 50), (2, 5000), (5000,)])
@pytest.mark.parametrize("value", [0.0, np.nan])
def test_nothing_gives_nothing(shape: tuple[int, ...], value: float) -> None:
    found = delineate(np.full(shape, value), FS)
    assert found.r_peaks.size == 0
    assert found.p_on.shape == (0,) if len(shape) == 1 else (shape[0], 0)


@pytest.mark.parametrize("peak", [0, 1, 25, 4999])
def test_beats_at_the_ends_and_in_nothing_are_unknown(peak: int) -> None:
    assert (points(delineate(np.zeros((3, 5000)), FS, [peak])) == UNKNOWN).all()
    assert (points(delineate(np.zeros((3, 1)), FS, [0])) == UNKNOWN).all()


def test_one_dimension_in_one_dimension_out(ecg: made.Calibration) -> None:
    found = delineate(ecg.signal[1], FS, ecg.r_peaks)
    assert found.qrs_on.shape == found.r_peaks.shape == ecg.r_peaks.shape
    assert np.array_equal(found.qrs_on, delineate(ecg.signal[1:2], FS, ecg.r_peaks).qrs_on[0])


def test_points_are_in_their_order(found: NDArray[np.int64]) -> None:
    inner = found[:, :, 1:-1]
    assert (np.diff(inner, axis=0)[(inner[:-1] >= 0) & (inner[1:] >= 0)] >= 0).all()


def test_absent_p_is_absent_in_every_lead() -> None:
    for ecg in (calibration(shape=made.WITHOUT_P, noise=0.01), made.atrial_fibrillation(20.0)):
        found = delineate(ecg.signal, FS, ecg.r_peaks)
        assert found.overall is not None
        inner = found.p_peak[:, 1:-1]
        assert (inner < 0).mean() > 0.9
        assert (inner[inner < 0] == ABSENT).mean() > 0.9
        assert (found.overall.p_on[1:-1] == ABSENT).mean() > 0.9
        assert (found.qrs_on[:, 1:-1] >= 0).all()


@pytest.mark.parametrize("rate", [50.0, 75.0, 90.0])
@pytest.mark.parametrize("noise", [0.0, 0.002, 0.005, 0.010])
def test_no_p_wave_is_made_of_the_begin_of_qrs_or_the_end_of_t(rate: float, noise: float) -> None:
    """Bell-shaped waves, which never quite begin: nothing of them is a P wave."""
    beats = support_ecg.steady(rate, 10.0)
    lead = support_ecg.ecg(beats, FS, 10.0, p_wave=0.0)
    rng = np.random.default_rng(int(rate))
    signal = np.outer(support_ecg.SHARES, lead) + noise * rng.normal(size=(12, lead.size))
    found = delineate(signal, FS)
    assert found.overall is not None
    assert (found.overall.p_on[1:-1] == ABSENT).all()
    beat = representative(signal, FS, found.r_peaks, found)
    assert beat is not None
    assert measure_intervals(FS, found.r_peaks, found, beat).pr.reason == "p_absent"


def error_of_p(shape: made.Shape, rate: float = 65.0, noise: float = 0.006) -> NDArray[np.float64]:
    """Distance of P onset from the true one in ms, all leads of the inner beats that have one."""
    ecg = made.make(made.steady(rate, 10.0, shape, 0.7), FS, noise=noise, seed=2)
    found = delineate(ecg.signal, FS, ecg.r_peaks)
    true, ours = ecg.fiducials["p_on"][:, 1:-1], found.p_on[:, 1:-1]
    assert (ours >= 0).mean() > 0.9
    return np.asarray(1000 / FS * (ours - true)[ours >= 0])


@pytest.mark.parametrize(
    "shape",
    [
        replace(
            made.NORMAL,
            qrs_times=(0.050, 0.060, 0.050, 0.0),
            q=tuple(0.12 * size for size in made.NORMAL.r),
        ),
        replace(made.NORMAL, pr=0.100, qrs_times=(0.045, 0.040, 0.030, 0.0)),
        replace(made.NORMAL, pr=0.330, qt=0.380),
        replace(made.NORMAL, pr=0.400, qt=0.360, p_time=0.090),
    ],
    ids=["slow begin of QRS", "P up to QRS", "PR 0.33 s", "PR 0.40 s"],
)
def test_p_is_found_whatever_stands_before_qrs(shape: made.Shape) -> None:
    error = error_of_p(shape)
    assert np.abs(np.median(error)) <= 12
    assert (np.abs(error) > 30).mean() < 0.05


def test_a_small_p_wave_is_found_before_a_slow_q() -> None:
    small = replace(made.NORMAL, p=tuple(0.3 * size for size in made.NORMAL.p))
    error = error_of_p(small, noise=0.004)
    assert np.abs(np.median(error)) <= 12


def test_early_beats_lend_nothing_to_the_t_wave_of_others() -> None:
    """A beat before an early one has that one's QRS complex where its T would go on."""
    ecg = made.with_premature(noise=0.01)
    found = delineate(ecg.signal, ecg.fs, ecg.r_peaks)
    error = (found.t_off - ecg.fiducials["t_off"])[found.t_off >= 0]
    assert np.abs(error).max() <= 0.040 * ecg.fs


def test_hum_does_not_widen_the_complex() -> None:
    ecg = made.make(made.steady(75, 10.0), FS, mains=0.1)
    found = delineate(ecg.signal, FS, ecg.r_peaks)
    assert found.overall is not None
    for name in ("p_on", "qrs_on", "qrs_off"):
        error = getattr(found.overall, name)[1:-1] - ecg.overall[name][1:-1]
        assert np.abs(np.median(error)) <= 0.012 * FS, name


def test_a_premature_beat_without_p_does_not_take_that_of_the_others() -> None:
    ecg = made.with_premature()
    found = delineate(ecg.signal, ecg.fs, ecg.r_peaks)
    assert found.overall is not None
    labels = np.array(ecg.labels)[1:-1]
    claimed = found.overall.p_peak[1:-1] >= 0
    assert claimed[labels == "dominant"].all()
    assert not claimed[labels == "ventricular"].any()
    assert (labels == "ventricular").sum() > 0


def test_a_median_beat_is_measured_like_any_other(ecg: made.Calibration) -> None:
    before, after = round(0.6 * FS), round(0.8 * FS)
    beat = np.median([ecg.signal[:, r - before : r + after] for r in ecg.r_peaks[1:-1]], axis=0)
    gap = np.full(1, np.diff(ecg.r_peaks).mean() / FS)
    found = points(delineate_beats(beat[:, None], FS, before, gap, gap))[:, :, 0]
    true = np.stack([ecg.fiducials[name][:, 3] - ecg.r_peaks[3] + before for name in POINTS])
    known = np.isfinite(true) & (found >= 0)
    assert known.mean() > 0.8
    assert np.abs(found - true)[known].max() <= 0.024 * FS


def test_a_long_record_takes_little_memory() -> None:
    import tracemalloc

    ecg = made.make(made.steady(70, 300.0, made.NORMAL, 0.7), 250.0, 300.0)
    tracemalloc.start()
    found = delineate(ecg.signal[:2], 250.0, ecg.r_peaks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    results = 2 * points(found).nbytes * 12 / 2
    assert peak < 8e6 + 6 * results
    assert (points(found)[:, :, 1:-1] >= 0).mean() > 0.9

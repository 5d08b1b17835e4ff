"""The fast delineation against the plain one, on made and real recordings."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import calibration_ecg as made
from farlead_signal import ABSENT, UNKNOWN, delineate, detect_qrs
from farlead_signal.delineation import POINTS
from farlead_signal.delineation_reference import delineate_plainly
from farlead_signal.order import in_order
from farlead_signal.overall import over_leads


def same(signal: NDArray[np.floating], fs: float, peaks: NDArray[np.int64]) -> int:
    """Points that both have; they are the same sample."""
    found = delineate(signal, fs, peaks)
    ours = np.stack([getattr(found, name) for name in POINTS])
    plain = np.where(ours == UNKNOWN, np.inf, delineate_plainly(signal, fs, peaks))
    plain = in_order(plain, fs)
    known = ours >= 0
    assert (np.abs(ours - plain)[known] < 0.75).all()
    assert np.isnan(plain[ours == ABSENT]).all()
    assert np.isfinite(plain[known]).all()
    return int(known.sum())


@pytest.mark.parametrize("fs", [250.0, 360.0, 1000.0])
def test_made_beats(fs: float) -> None:
    ecg = made.make(made.steady(75, 6.0, made.NORMAL, 0.7), fs, noise=0.01)
    assert same(ecg.signal[[0, 1, 7]], fs, ecg.r_peaks) > 100


def test_beats_of_two_shapes() -> None:
    ecg = made.with_premature()
    peaks = ecg.r_peaks[:7]
    signal = ecg.signal[[0, 1, 6, 7], : int(peaks[-1]) + 500]
    assert same(signal, ecg.fs, peaks) > 100


@pytest.mark.data
@pytest.mark.parametrize("record", [1, 51, 83, 105, 121])
def test_real_records(farlead_data: Path, record: int) -> None:
    """Ordinary, fibrillation, wide and early beats, and tall P waves; of those tuned on."""
    wfdb = pytest.importorskip("wfdb")
    raw = wfdb.rdrecord(str(farlead_data / "ludb" / str(record)), physical=False, sampto=3500)
    signal = np.ascontiguousarray(raw.d_signal.T[[0, 1, 6, 7]] / 1000.0)
    assert same(signal, 500.0, detect_qrs(signal, 500.0)) > 60


@pytest.mark.data
def test_points_over_all_leads(farlead_data: Path) -> None:
    wfdb = pytest.importorskip("wfdb")
    raw = wfdb.rdrecord(str(farlead_data / "ludb" / "1"), physical=False)
    found = delineate(np.ascontiguousarray(raw.d_signal.T / 1000.0), 500.0)
    assert found.overall is not None
    for name in ("p_on", "qrs_on", "qrs_off", "t_off"):
        leads, whole = getattr(found, name), getattr(found.overall, name)
        for beat in range(leads.shape[1]):
            known = np.sort(leads[leads[:, beat] >= 0, beat])
            if known.size >= 6:
                assert known[0] - 1 <= whole[beat] <= known[-1] + 1
                outer = (
                    known[: known.size // 2] if name.endswith("on") else known[known.size // 2 :]
                )
                assert outer[0] - 1 <= whole[beat] <= outer[-1] + 1


def test_one_lead_alone_does_not_decide_over_all() -> None:
    leads = np.full((8, 12, 1), 100.0) + np.arange(12)[None, :, None]
    leads[3, 0], leads[4, 0] = 40.0, 190.0
    found = over_leads(leads, 500.0)[:, 0]
    inward = 0.002 * 500.0
    assert found[3] == 101.0 + inward
    assert found[4] == 111.0 - inward


def test_over_one_and_two_leads_the_outermost_counts() -> None:
    leads = np.array([100.0, 130.0])[None, :, None] * np.ones((8, 1, 1))
    found = over_leads(leads, 500.0)[:, 0]
    assert found.tolist() == [100.0, 115.0, 130.0, 100.0, 130.0, 100.0, 115.0, 130.0]
    leads[0], leads[3] = np.nan, np.inf
    found = over_leads(leads, 500.0)[:, 0]
    assert np.isnan(found[0])
    assert np.isinf(found[3])

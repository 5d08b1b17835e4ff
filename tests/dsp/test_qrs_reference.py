"""The fast path against the plain one, on synthetic and real recordings."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from farlead_signal.beats import decide
from farlead_signal.envelope import Grid, squared_envelope
from farlead_signal.fusion import fuse
from farlead_signal.orderstats import order_statistics
from farlead_signal.qrs_reference import reference_beats
from support_ecg import ecg, steady, twelve


def fast(signal: NDArray[np.floating], fs: float) -> list[int]:
    grid = Grid.of(fs)
    fused = fuse(squared_envelope(signal, grid)[None], None, grid, signal.shape[1])
    found: list[int] = decide(fused, grid)[0].tolist()
    return found


@pytest.mark.parametrize("fs", [100.0, 257.0, 360.0, 1000.0])
@pytest.mark.parametrize("seconds", [1.0, 3.3, 30.0])
def test_synthetic(fs: float, seconds: float) -> None:
    beats = steady(83, seconds)
    signal = ecg(beats, fs, seconds, noise=0.05)[None]
    assert fast(signal, fs) == reference_beats(signal, fs)


def test_twelve_leads() -> None:
    signal = twelve(ecg(steady(70, 10), 500, 10), noise=0.1)
    signal[4] = 0
    assert fast(signal, 500) == reference_beats(signal, 500)


@pytest.mark.data
@pytest.mark.parametrize("start", [0, 20])
def test_every_record_of_mit_bih(farlead_data: Path, start: int) -> None:
    """Twenty seconds of each; whole records: tests/benchmarks/qrs_reference.py."""
    wfdb = pytest.importorskip("wfdb")
    for file in sorted((farlead_data / "mitdb").glob("*.hea")):
        window = {"sampfrom": 360 * start, "sampto": 360 * (start + 20)}
        signal = np.ascontiguousarray(wfdb.rdrecord(str(file.with_suffix("")), **window).p_signal.T)
        for leads in (1, 2):
            expected = reference_beats(signal[:leads], 360)
            assert fast(signal[:leads], 360) == expected, (file.stem, leads)


@pytest.mark.parametrize("count", [1, 2, 7, 10, 11])
def test_sorting_networks_sort(count: int) -> None:
    members = np.random.default_rng(count).integers(0, 4, (count, 500))
    ordered = np.sort(members, axis=0)
    every = order_statistics(list(members), *range(count))
    np.testing.assert_array_equal(np.array(every), ordered)
    for rank in range(count):
        np.testing.assert_array_equal(order_statistics(list(members), rank)[0], ordered[rank])

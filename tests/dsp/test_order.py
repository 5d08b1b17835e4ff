"""Fiducial points come in the order in which a heart makes them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farlead_signal import UNKNOWN, delineate
from farlead_signal.delineation import POINTS, Fiducials
from farlead_signal.order import in_order


def out_of_order(points: np.ndarray) -> int:
    """Pairs of known points in the wrong order, beats following one another."""
    p_on, onset, offset, t_off = points[0], points[3], points[4], points[7]
    wrong = sum(
        int(((points[a] >= 0) & (points[b] >= 0) & (points[a] > points[b])).sum())
        for a in range(8)
        for b in range(a + 1, 8)
    )
    begin = np.where(p_on >= 0, p_on, onset)[..., 1:]
    for end in (t_off[..., :-1], offset[..., :-1]):
        wrong += int(((end >= 0) & (begin >= 0) & (end > begin)).sum())
    return wrong


def _stacked(found: Fiducials) -> np.ndarray:
    return np.stack([getattr(found, name) for name in POINTS])


def test_what_is_in_order_stays() -> None:
    points = np.arange(8.0)[:, None] * 40 + np.array([0.0, 400.0])
    np.testing.assert_array_equal(in_order(points, 500), points)


def test_a_small_overlap_is_cut_and_a_great_one_makes_the_wave_unknown() -> None:
    points = np.arange(8.0)[:, None] * 40
    touching = points.copy()
    touching[2] = points[3] + 4
    assert in_order(touching, 500)[2] == points[3]
    crossed = points.copy()
    crossed[2] = points[3] + 20
    assert np.isinf(in_order(crossed, 500)[:3]).all()
    assert (in_order(crossed, 500)[3:] == points[3:]).all()


@given(st.lists(st.floats(0, 600), min_size=24, max_size=24))
def test_one_beat_of_any_points_is_in_order(values: list[float]) -> None:
    ordered = in_order(np.array(values).reshape(8, 3), 500, alone=True)
    known = np.where(np.isfinite(ordered), ordered, -1)
    assert sum(out_of_order(known[:, beat : beat + 1]) for beat in range(3)) == 0


@pytest.mark.data
def test_every_record_of_ludb(farlead_data: Path) -> None:
    wfdb = pytest.importorskip("wfdb")
    for number in range(1, 141):
        raw = wfdb.rdrecord(str(farlead_data / "ludb" / str(number)), physical=False)
        found = delineate(np.ascontiguousarray(raw.d_signal.T / 1000.0), 500.0)
        assert found.overall is not None
        assert out_of_order(_stacked(found)) == 0, number
        assert out_of_order(_stacked(found.overall)) == 0, number
        assert (_stacked(found) == UNKNOWN).mean() < 0.5, number

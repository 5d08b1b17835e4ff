"""Means, extremes and windows of many short rows, against the plain way to them."""

import numpy as np
import pytest

from farlead_signal.middle import mean
from farlead_signal.rows import extent, finite, from_own_start, means, within, without_mean
from farlead_signal.windows import slopes

ROWS = np.random.default_rng(3).normal(2.0, 1.0, (5, 12, 80)).astype(np.float32)


def test_means_are_those_of_numpy_also_of_a_part_of_each_row() -> None:
    part = ROWS[:, :, 20:57]
    np.testing.assert_allclose(means(part), part.mean(2), rtol=1e-5)
    np.testing.assert_allclose(means(without_mean(part)), 0, atol=1e-6)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_one_wrong_value_is_seen(wrong: float) -> None:
    rows = ROWS.copy()
    assert finite(rows)
    rows[3, 7, 41] = wrong
    assert not finite(rows)


def test_nothing_is_finite() -> None:
    assert finite(np.zeros((3, 0)))


@pytest.mark.parametrize("value", [np.nan, np.inf, 11.0, -11.0, 10.0])
def test_a_value_beyond_the_limit_is_seen(value: float) -> None:
    rows = np.clip(ROWS, -4, 4)
    assert within(rows, 10.0)  # though the sum of all squares is far beyond it
    rows[3, 7, 41] = value
    assert not within(rows, 10.0)


def test_slopes_of_each_row_know_nothing_of_the_next() -> None:
    for rows in (ROWS, ROWS[:, 2:7, 5:]):
        steep = slopes(rows)
        np.testing.assert_array_equal(steep[..., 1:-1], (rows[..., 2:] - rows[..., :-2]) * 0.5)
        assert not steep[..., [0, -1]].any()


def test_the_mean_of_a_few_values_is_that_of_numpy() -> None:
    assert mean(ROWS[0, 0]) == pytest.approx(float(ROWS[0, 0].mean()))


def test_extremes_leave_out_what_is_not_a_number() -> None:
    rows = np.array([[1.0, np.nan, -2.0], [3.0, 4.0, 5.0]])
    low, high = extent(rows)
    assert low.tolist() == [-2.0, 3.0]
    assert high.tolist() == [1.0, 5.0]


@pytest.mark.parametrize("rows", [ROWS, ROWS[:, 0], ROWS[:, 2:5, 3:]])
def test_each_row_is_cut_from_its_own_start(rows: np.ndarray) -> None:
    first = np.array([0, 17, 5, 47, 30])
    cut = from_own_start(rows, first, 30)
    for row, start, found in zip(rows, first.tolist(), cut, strict=True):
        assert np.array_equal(found, row[..., start : start + 30])

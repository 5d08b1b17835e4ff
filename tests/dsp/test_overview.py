"""Pixel columns never lose a spike and are the same with and without the pyramid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farlead_signal.overview import BASE, CACHED, STEP, columns, lattice, pyramid


def samples(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=n).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 70_000),
    width=st.integers(1, 900),
    ends=st.tuples(st.floats(-0.2, 1.2), st.floats(0.01, 1.0)),
)
def test_columns_hold_their_samples(n: int, width: int, ends: tuple[float, float]) -> None:
    lead = samples(n)
    start = ends[0] * n
    stop = start + max(ends[1] * n, 1.0)
    low, high = columns(pyramid(lead), start, stop, width)
    assert low.shape == high.shape == (width,)
    edges = start + (stop - start) / width * np.arange(width + 1)
    if (stop - start) / width < 1:
        return
    for column in range(0, width, max(1, width // 7)):
        first, last = int(np.floor(edges[column])), int(np.ceil(edges[column + 1]))
        part = lead[max(first, 0) : max(last, 0)]
        if part.size:
            assert low[column] <= part.min()
            assert high[column] >= part.max()


@given(n=st.integers(1, 5000), width=st.integers(1, 300))
@settings(max_examples=40, deadline=None)
def test_the_pyramid_adds_at_most_its_own_cells(n: int, width: int) -> None:
    lead = samples(n)
    exact, coarse = columns(lead, 0, n, width), columns(pyramid(lead), 0, n, width)
    if n / width < 4 * BASE:
        np.testing.assert_array_equal(exact, coarse)
    else:
        assert np.all(coarse[0] <= exact[0])
        assert np.all(coarse[1] >= exact[1])


@given(
    per_column=st.floats(0.3, 2000.0),
    first=st.integers(-50, 400),
    before=st.integers(0, 60),
    width=st.integers(1, 60),
    offset=st.integers(0, 9000),
)
@settings(max_examples=60, deadline=None)
def test_a_column_of_the_lattice_is_the_same_in_any_company(
    per_column: float, first: int, before: int, width: int, offset: int
) -> None:
    lead = samples(60_000)
    for source, begun in ((lead, 0), (pyramid(lead), 0), (lead[offset:], offset)):
        alone = lattice(source, first, first + width, per_column, begun)
        wide = lattice(source, first - before, first + width + 7, per_column, begun)
        for one, other in zip(alone, wide, strict=True):
            np.testing.assert_array_equal(one, other[before : before + width])
    with pytest.raises(ValueError, match="no columns"):
        lattice(lead, first, first, per_column)


def test_levels_are_extremes_of_quarterings() -> None:
    lead = samples(100_003)
    made = pyramid(lead)
    for depth, (low, high) in enumerate(zip(made.lows, made.highs, strict=True)):
        unit = BASE * STEP**depth
        assert low.size == high.size == -(-lead.size // unit)
        assert low[3] == lead[3 * unit : 4 * unit].min()
        assert high[-1] == lead[(high.size - 1) * unit :].max()


def test_the_pyramid_weighs_less_than_a_fifth_of_its_samples() -> None:
    made = pyramid(samples(1_000_000))
    assert made.nbytes <= 0.2 * made.samples.nbytes


def test_gaps_are_left_out_of_every_level() -> None:
    lead = samples(CACHED + 5000)
    lead[CACHED - 700 : CACHED + 100] = np.nan
    lead[3:9] = np.nan
    made = pyramid(lead)
    for depth, (low, high) in enumerate(zip(made.lows, made.highs, strict=True)):
        unit = BASE * STEP**depth
        for at in range(low.size):
            part = lead[at * unit : (at + 1) * unit]
            if np.isnan(part).all():
                assert np.isnan(low[at])
                assert np.isnan(high[at])
            else:
                assert (low[at], high[at]) == (np.nanmin(part), np.nanmax(part))


def test_every_sample_when_zoomed_in() -> None:
    lead = samples(1000)
    low, high = columns(pyramid(lead), 100, 110, 10)
    np.testing.assert_array_equal(low, lead[100:110])
    np.testing.assert_array_equal(high, lead[100:110])
    low, _ = columns(lead, 100, 105, 50)
    np.testing.assert_array_equal(low, np.repeat(lead[100:105], 10))


def test_outside_and_gaps_are_nan() -> None:
    lead = samples(1000)
    lead[200:500] = np.nan
    low, high = columns(pyramid(lead), -500, 1500, 200)
    assert np.isnan(low[:50]).all()
    assert np.isnan(high[150:]).all()
    assert np.isnan(low[72:98]).all()
    assert not np.isnan(low[50:69]).any()


def test_wrong_use_is_refused() -> None:
    with pytest.raises(ValueError, match="one lead"):
        pyramid(np.zeros((2, 5)))
    with pytest.raises(ValueError, match="columns"):
        columns(np.zeros(5), 0, 5, 0)
    with pytest.raises(ValueError, match="columns"):
        columns(np.zeros(5), 5, 5, 10)

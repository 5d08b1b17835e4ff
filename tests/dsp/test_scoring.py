"""Each rule of beat-by-beat comparison, by a small example."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farlead_signal.scoring import (
    BeatScore,
    average,
    gross,
    match_beats,
    score_beats,
    table,
    windowed_sensitivity,
)


@pytest.mark.parametrize(
    ("reference", "detected", "expected"),
    [
        ([], [], (0, 0, 0)),
        ([100], [], (0, 0, 1)),
        ([], [100], (0, 1, 0)),
        ([100, 200], [100, 200], (2, 0, 0)),
        ([100], [115], (1, 0, 0)),  # the limit of the window counts
        ([100], [116], (0, 1, 1)),
        ([100], [90, 101], (1, 1, 0)),  # a reference beat is matched once
        ([100, 110], [105], (1, 0, 1)),  # a detection is matched once
        ([100, 110], [90, 100], (1, 1, 1)),  # the nearer one, though two pairs were possible
        ([200, 100], [101, 201], (2, 0, 0)),  # any order
        ([100, 100], [100], (1, 0, 0)),  # the same mark twice is one beat
    ],
)
def test_matching(
    reference: list[int], detected: list[int], expected: tuple[int, int, int]
) -> None:
    score = score_beats(reference, detected, 100)
    assert (score.tp, score.fp, score.fn) == expected


def test_the_nearer_partner_is_preferred_and_a_tie_goes_to_the_earlier() -> None:
    assert match_beats([100], [90, 101], 100)[0].tolist() == [[100, 101]]
    assert match_beats([100], [95, 105], 100)[0].tolist() == [[100, 95]]


def test_the_learning_period_counts_for_both() -> None:
    assert score_beats([100, 299, 400], [100, 301, 400], 1.0, 5, start=300) == BeatScore(1, 1, 0)


def test_excluded_spans_are_widened_by_the_window() -> None:
    score = score_beats([50, 95, 150, 300], [50, 140, 205], 100, exclude=[(110, 190)])
    assert score == BeatScore(1, 0, 1)


@given(
    st.lists(st.integers(0, 5000), max_size=60, unique=True),
    st.lists(st.integers(0, 5000), max_size=60, unique=True),
)
def test_counts_add_up_and_are_symmetric(a: list[int], b: list[int]) -> None:
    score, back = score_beats(a, b, 100), score_beats(b, a, 100)
    assert score.tp + score.fn == len(a)
    assert score.tp + score.fp == len(b)
    assert score_beats(a, a, 100) == BeatScore(len(a), 0, 0)
    assert abs(score.tp - back.tp) <= 1


def test_figures_and_table() -> None:
    scores = {"a": BeatScore(90, 10, 0), "b": BeatScore(50, 0, 50)}
    assert gross(scores) == BeatScore(140, 10, 50)
    assert gross(scores).f1 == pytest.approx(280 / 340)
    assert average(scores) == pytest.approx((0.75, 0.95))
    assert math.isnan(BeatScore(0, 0, 0).f1)
    assert table(scores).count("\n") == 4


def test_windowed_sensitivity() -> None:
    reference = [100, 500, 1100, 1500, 3100]
    found = windowed_sensitivity(reference, [100, 500, 1100], 100)
    np.testing.assert_allclose(found, [1, 0.5, 0])


def test_wrong_use_is_refused() -> None:
    with pytest.raises(ValueError, match="window"):
        score_beats([1], [1], 0)
    with pytest.raises(ValueError, match="window"):
        score_beats([1], [1], 100, -1)


def test_two_detections_at_one_place_are_one_too_many() -> None:
    assert score_beats([100], [100, 100], 360) == BeatScore(1, 1, 0)


def test_fractions_are_rounded() -> None:
    assert score_beats([1000], [1149.6], 1000) == BeatScore(1, 0, 0)
    assert score_beats([1000], [1150.6], 1000) == BeatScore(0, 1, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"detected": [float("nan")]},
        {"detected": [[1, 2], [3, 4]]},
        {"detected": ["a"]},
        {"window": float("nan")},
        {"fs": float("inf")},
        {"exclude": [(200, 100)]},
        {"exclude": [(float("nan"), 100)]},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"beats are|a window|a span"):
        score_beats(**({"reference": [100], "detected": [100], "fs": 360} | wrong))

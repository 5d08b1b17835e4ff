"""Lists of samples and times in XML: exact, or refused with the line."""

from contextlib import suppress
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farlead.errors import UnreadableFile
from farlead.formats import xml_values
from farlead.formats.xml_tree import Node
from farlead.formats.xml_values import calendar_day, listed, point_in_time


def node(text: str) -> Node:
    return Node("digits", {}, 7, text)


_WORDS = st.one_of(
    st.integers(-(10**15) + 1, 10**15 - 1).map(str),
    st.integers(-32768, 32767).map(lambda n: f"{n:+d}"),
    st.decimals(-1000, 1000, places=6).map(lambda d: f"{d:f}"),
    st.integers(0, 999).map(lambda n: f".{n}"),
    st.integers(0, 999).map(lambda n: f"-{n}."),
    st.floats(-1e9, 1e9).map(lambda f: f"{f:e}"),
    st.sampled_from(["NaN", "nan", "0", "-0", "00012", "123456789012345678"]),
)


@settings(max_examples=150, deadline=None)
@given(
    words=st.lists(_WORDS, max_size=40),
    between=st.sampled_from([" ", "\n", "\t\r\n ", ",", ", ", " ,\n"]),
    piece=st.sampled_from([1, 7, 64, 1 << 20]),
    short=st.sampled_from([0, 1 << 20]),
)
def test_each_word_is_the_number_that_float_makes_of_it(
    words: list[str], between: str, piece: int, short: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xml_values, "_PIECE", piece)
        patch.setattr(xml_values, "_SHORT", short)
        found = listed(node(between.join(words)))
    assert found.tolist() == pytest.approx(
        [float(word) for word in words], rel=0, abs=0, nan_ok=True
    )


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(st.sampled_from("0123456789+-.eENa ,\n\tx_∞"), max_size=30),
        st.text(st.sampled_from("0123- \n"), max_size=12),
    ),
    st.sampled_from([2, 1 << 20]),
    st.sampled_from([0, 1 << 20]),
)
def test_any_text_is_numbers_or_a_refusal(text: str, piece: int, short: int) -> None:
    with pytest.MonkeyPatch.context() as patch, suppress(UnreadableFile):
        patch.setattr(xml_values, "_PIECE", piece)
        patch.setattr(xml_values, "_SHORT", short)
        found = listed(node(text))
        np.testing.assert_array_equal(found, _as_python_reads(text))


def _as_python_reads(text: str) -> list[float]:
    words = text.split(",") if "," in text else text.split()
    if "," in text and not words[-1].strip():
        words.pop()
    return [float(word) if word.strip() else np.nan for word in words]


@pytest.mark.parametrize("short", [0, 1 << 20])
def test_blanks_between_commas_are_missing_samples(
    monkeypatch: pytest.MonkeyPatch, short: int
) -> None:
    monkeypatch.setattr(xml_values, "_SHORT", short)
    np.testing.assert_array_equal(listed(node("1,,2, ,3,")), [1, np.nan, 2, np.nan, 3])
    np.testing.assert_array_equal(listed(node(",1")), [np.nan, 1])
    for piece in (1, 2, 3, 1 << 20):
        monkeypatch.setattr(xml_values, "_PIECE", piece)
        assert listed(node("1,2,\n ")).tolist() == [1, 2]
        np.testing.assert_array_equal(listed(node("1,,")), [1, np.nan])
    assert listed(node(" \n ")).size == 0
    assert listed(node("")).size == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1 2\n3 x", 8),
        ("1-2", 7),
        ("1 2 -", 7),
        ("1\n- 5", 8),
        ("1\n\n2 3,4", 7),
        ("1,2\n,3 4,5", 8),
        ("1 ∞", 7),
        ("1\n1_0", 8),
    ],
)
@pytest.mark.parametrize("short", [0, 1 << 20])
def test_refusals_name_the_line(
    monkeypatch: pytest.MonkeyPatch, text: str, line: int, short: int
) -> None:
    monkeypatch.setattr(xml_values, "_SHORT", short)
    with pytest.raises(UnreadableFile) as caught:
        listed(node(text))
    assert caught.value.tag == f"<digits>, {line}"


def test_a_number_of_a_million_digits_is_none() -> None:
    with pytest.raises(UnreadableFile):
        listed(node("1" * 1_000_000))


def test_values_are_converted_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_values, "_PIECE", 4)
    found = listed(node("1 2 3 4 5 6"), lambda values: (values / 2).astype(np.float32))
    assert found.dtype == np.float32
    assert found.tolist() == [0.5, 1, 1.5, 2, 2.5, 3]


@settings(max_examples=100, deadline=None)
@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2999, 1, 1)))  # noqa: DTZ001
def test_points_in_time_come_back(time: datetime) -> None:
    time = time.replace(microsecond=time.microsecond // 1000 * 1000)
    written = f"{time:%Y%m%d%H%M%S}.{time.microsecond // 1000:03d}"
    assert point_in_time(written) == time
    assert point_in_time(f"{written}+0000") == time.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text", [None, "", "2026", "20261122", "2026112213", "20261122010203x", "18990101000000",
             "20260230000000", "20261122250000", "20261122010203+9900x"]
)  # fmt: skip
def test_what_is_no_point_in_time(text: str | None) -> None:
    assert point_in_time(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19530508", date(1953, 5, 8)),
        ("1953-05-08", date(1953, 5, 8)),
        ("19530508121314", date(1953, 5, 8)),
        ("19530230", None),
        ("18000101", None),
        ("1953", None),
        (None, None),
    ],
)
def test_days(text: str | None, day: date | None) -> None:
    assert calendar_day(text) == day

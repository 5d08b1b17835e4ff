"""Marks moved by the reader: what is counted from them changes, and keeps what it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farlead.messages import Language
from farlead.model.detail import Detail, MedianBeats, WaveMarks
from farlead.model.moved import MARKS, as_left, edited, with_marks_moved, with_values_typed
from farlead.model.report import Draft
from farlead.model.screening import (
    EDITED,
    Certainty,
    Measurement,
    QtFormula,
    Quality,
    Screening,
)
from farlead.model.study import Severity
from farlead.reporting.figures import notes
from farlead.reporting.wording import Words

FS = 500.0


def screening(pr: float | None = 160.0) -> Screening:
    overall = WaveMarks(p_on=(100,), p_off=(150,), qrs_on=(180,), qrs_off=(230,), t_off=(380,))
    medians = MedianBeats(200, (0, 1), ((0,) * 450,), overall=overall)
    detail = Detail(FS, 5000, ("II",), medians=medians)
    made = [
        Measurement("heart_rate", 75.0, "/min", "counted"),
        Measurement("rr_mean", 800.0, "ms", "counted"),
        Measurement("p_duration", 100.0, "ms", "m"),
        Measurement("pr", pr, "ms", "m", Certainty.DOUBTFUL, "few_beats"),
        Measurement("qrs", 100.0, "ms", "m"),
        Measurement("qt", 400.0, "ms", "m"),
        Measurement("jt", 300.0, "ms", "m"),
        Measurement("qtc", 430.9, "ms", "m", formula=QtFormula.FRIDERICIA),
        Measurement("qtc_fridericia", 430.9, "ms", "m", formula=QtFormula.FRIDERICIA),
        Measurement("qtc_bazett", 447.2, "ms", "m", formula=QtFormula.BAZETT),
    ]
    return Screening("1", Severity.NORMAL, True, Quality.FIT, tuple(made), detail=detail)


@given(st.fixed_dictionaries({name: st.integers(-20, 20) for name in MARKS}))
def test_intervals_are_those_between_the_marks(moved: dict[str, int]) -> None:
    found = with_marks_moved(screening(), moved)
    ms = {name: 1000 * by / FS for name, by in moved.items()}
    wanted = {
        "p_duration": 100 - ms["p_on"],
        "pr": 160 + ms["qrs_on"] - ms["p_on"],
        "qrs": 100 + ms["qrs_off"] - ms["qrs_on"],
        "qt": 400 + ms["t_off"] - ms["qrs_on"],
        "jt": 300 + ms["t_off"] - ms["qrs_off"],
    }
    for name, value in wanted.items():
        assert found.measured(name) == pytest.approx(value)
    for made, before in zip(found.measurements, screening().measurements, strict=True):
        changed = made.value != before.value
        assert made.edited or not changed
        assert made.before == (before.value if made.edited else None)
        if not made.edited:
            assert made == before
    assert found.measured("heart_rate") == 75.0


def test_every_formula_follows_qt() -> None:
    found = with_marks_moved(screening(), {"t_off": 20})
    assert found.measured("qt") == 440.0
    assert found.measured("qtc") == pytest.approx(440 / 0.8 ** (1 / 3))
    assert found.measured("qtc_bazett") == pytest.approx(440 / 0.8**0.5)
    assert [m.name for m in edited(found)] == [
        "qt", "jt", "qtc", "qtc_fridericia", "qtc_bazett",
    ]  # fmt: skip
    assert all(m.method == EDITED for m in edited(found))


def test_what_was_unknown_is_told_by_the_marks_once_the_reader_has_placed_them() -> None:
    found = with_marks_moved(screening(pr=None), {"p_on": -10}).measurement("pr")
    assert found is not None
    assert (found.value, found.before, found.quality) == (180.0, None, Certainty.GOOD)


def test_nothing_moved_nothing_changed() -> None:
    for moved in ({}, {"t_off": 0}):
        assert with_marks_moved(screening(), moved) == screening()
    assert edited(None) == []


def test_a_draft_with_moved_marks_is_not_empty() -> None:
    assert not Draft(moved={"t_off": 3}).empty


def test_the_report_says_what_screening_had_measured() -> None:
    found = with_marks_moved(screening(), {"t_off": 20})
    english = notes(found, Words(Language.EN, range(0x110000)))
    assert any("Changed by the reader" in line and "QT interval 400 ms" in line for line in english)
    assert not any(
        "Marks moved" in line for line in notes(screening(), Words(Language.EN, range(0x110000)))
    )


def test_a_value_that_is_written_over_keeps_what_was_measured_and_qt_gives_qtc() -> None:
    before = screening()
    found = with_values_typed(before, {"qt": 440.0})
    made = found.measurement("qt")
    assert made is not None
    assert (made.value, made.before, made.edited) == (440.0, before.measured("qt"), True)
    corrected = found.measurement("qtc")
    assert corrected is not None
    assert corrected.before == before.measured("qtc")
    assert corrected.value is not None
    assert corrected.value > (before.measured("qtc") or 0)
    fixed = with_values_typed(before, {"qt": 440.0, "qtc": 455.0})
    assert fixed.measured("qtc") == 455.0, "what is written over itself stays as written"


def test_what_nobody_measured_cannot_be_written_over() -> None:
    assert with_values_typed(screening(), {"no_such": 1.0}) == screening()


def test_marks_and_values_are_both_as_the_reader_left_them() -> None:
    draft = Draft(moved={"t_off": 20}, typed={"pr": 180.0})
    found = as_left(screening(), draft)
    assert found is not None
    assert {m.name for m in edited(found)} >= {"qt", "pr"}
    both = as_left(screening(), Draft(moved={"t_off": 20}, typed={"qt": 500.0}))
    assert both is not None
    made = both.measurement("qt")
    assert made is not None
    assert made.before == screening().measured("qt"), "the value of screening, not of the mark"
    assert as_left(None, draft) is None

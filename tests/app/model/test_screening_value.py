"""A result of screening as a value: nothing unknown is shown, nothing is lost on its way."""

import json
import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farlead.messages import message
from farlead.model.detail import BeatKind, Detail, LeadQuantity, MedianBeats, WaveMarks
from farlead.model.screening import (
    Certainty,
    EvidenceValue,
    Flag,
    Measurement,
    QtFormula,
    Quality,
    Screening,
    Span,
)
from farlead.model.study import Severity

#: As it was stored before figures had a quality and results a detail.
OLD = """{"version":"screening-1/qrs-1","severity":3,"known":false,"quality":"unfit",
"measurements":[{"name":"heart_rate","value":65.5,"unit":"/min","method":"RR"},
{"name":"rr_mean","value":null,"unit":"ms","method":"RR"}],
"flags":[{"code":"unknown.noise","severity":3,"text":{"id":"analysis.unknown.noise",
"parameters":{"share":40}},"rule":"judged/1","statement":null,"leads":["II"],
"spans":[{"start":1,"stop":5,"kind":"noise"}]}],"r_peaks":[100,600],"spans":[]}"""


def _whole(value: float | None = 0.1 + 0.2) -> Screening:
    marks = WaveMarks(*([(3, -1, -2)] * 8))
    flag = Flag(
        "rate.slow", Severity.CRITICAL, message("analysis.rate.slow", rate=30, limit=35.0),
        "rate/1", "RH503", ("II",), (Span(1, 900, "beats"),), (0, 1),
        (EvidenceValue("rate_slowest", 30.0, "/min", 35.0),
         EvidenceValue("st_j", -0.1, "mV", lead="V5")),
    )  # fmt: skip
    detail = Detail(
        500.0, 5000, ("I", "II"), ("good", "missing"), (800.0, None), (BeatKind.DOMINANT,) * 3,
        marks, (marks, marks), (LeadQuantity("r", "mV", "m", (value, None), ("", "absent")),),
        MedianBeats(1, (0, 2), ((1, None), (-5, 7)), (marks, marks), marks), (40,),
        (("table", "few"),),
    )  # fmt: skip
    return Screening(
        "1", Severity.CRITICAL, True, Quality.FIT_WITH_REMARK, _measured(value), (flag,),
        (100, 500, 900), (Span(0, 5, "flat"),), message("analysis.lead.flat", leads="II"), detail,
    )  # fmt: skip


def _measured(value: float | None = 430.0) -> tuple[Measurement, ...]:
    shown = Measurement("qtc", value, "ms", "m", formula=QtFormula.FRIDERICIA)
    each = (
        Measurement(f"qtc_{formula}", 400.0 + place, "ms", "m", source="median_beat")
        for place, formula in enumerate(QtFormula)
    )
    return (shown, *each)


@given(st.floats())
def test_what_is_no_number_is_unknown(value: float) -> None:
    made = Measurement("qrs", value, "ms", "m", Certainty.DOUBTFUL)
    if math.isfinite(value):
        assert (made.value, made.quality) == (value, Certainty.DOUBTFUL)
    else:
        assert (made.value, made.quality) == (None, Certainty.UNKNOWN)


def test_an_unknown_figure_has_no_value() -> None:
    made = Measurement("qrs", 98.0, "ms", "m", Certainty.UNKNOWN, "noise")
    assert made.value is None
    assert Measurement("qrs", None, "ms", "m").quality is Certainty.UNKNOWN


@given(st.none() | st.floats(allow_nan=False, allow_infinity=False))
def test_json_there_and_back_is_the_same_value(value: float | None) -> None:
    whole = _whole(value)
    assert Screening.from_json(whole.to_json()) == whole
    assert Screening.from_json(whole.brief.to_json()) == whole.brief
    assert pickle.loads(pickle.dumps(whole)) == whole  # noqa: S301  # our own bytes


def test_lists_are_compact() -> None:
    stored = json.loads(_whole().to_json())
    assert stored["detail"]["rr"] == [800.0, None]
    assert stored["detail"]["overall"]["qrs_on"] == [3, -1, -2]
    assert stored["r_peaks"] == [100, 500, 900]


def test_results_of_older_programs_are_read() -> None:
    found = Screening.from_json(OLD)
    assert found.quality is Quality.RETAKE
    assert found.measured("heart_rate") == 65.5
    unknown = found.measurement("rr_mean")
    assert unknown is not None
    assert unknown.quality is Certainty.UNKNOWN
    assert found.detail is None
    assert (found.flags[0].values, found.flags[0].beats) == ((), ())


@pytest.mark.parametrize("text", ["{}", "[]", "null", OLD.replace("65.5", '"much"'), OLD[:-1]])
def test_a_damaged_result_is_no_result(text: str) -> None:
    with pytest.raises(ValueError, match="validation"):
        Screening.from_json(text)


@pytest.mark.parametrize("formula", list(QtFormula))
def test_the_headline_says_the_formula_that_made_it(formula: QtFormula) -> None:
    found = Screening("1", Severity.NORMAL, True, Quality.FIT, _measured()).corrected_by(formula)
    headline, own = found.measurement("qtc"), found.measurement(f"qtc_{formula}")
    assert headline is not None
    assert own is not None
    assert (headline.value, headline.formula) == (own.value, formula)
    assert len(found.measurements) == 5
    assert {"F", "B", "Fra", "H"} == {each.letters for each in QtFormula}


def test_a_formula_that_was_not_measured_leaves_the_headline_and_its_letters() -> None:
    made = Screening("1", Severity.NORMAL, True, Quality.FIT, _measured()[:1])
    assert made.corrected_by(QtFormula.BAZETT) == made

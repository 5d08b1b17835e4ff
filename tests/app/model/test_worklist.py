"""The order of the list: severity, unknown first, then time left; unknown is never safe."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farlead.messages import Language, message
from farlead.model.lives import StudyState
from farlead.model.people import Patient, Unit
from farlead.model.screening import Flag, Quality, Screening
from farlead.model.study import Kind, Priority, Request, ScreeningState, Severity, Study
from farlead.model.worklist import SCREENING_LIMIT, Row, order, reason, severity, unknown

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def row(
    number: int = 1,
    state: ScreeningState = ScreeningState.DONE,
    found: Severity = Severity.NORMAL,
    known: bool = True,
    priority: Priority = Priority.ROUTINE,
    age: timedelta = timedelta(minutes=1),
    kind: Kind = Kind.ECG,
) -> Row:
    study = Study(
        id=number,
        number=f"20261122-{number:04}",
        unit=Unit("jia", "甲县人民医院"),
        kind=kind,
        state=StudyState.WAITING,
        patient_id=number,
        patient=Patient(),
        request=Request(priority),
        acquired=None,
        arrived=NOW - age,
        due=NOW - age + timedelta(minutes=30),
    )
    done = state is ScreeningState.DONE
    return Row(study, state, Screening("t", found, known, Quality.FIT) if done else None)


rows = st.builds(
    row,
    st.integers(1, 10_000),
    st.sampled_from(ScreeningState),
    st.sampled_from(Severity),
    st.booleans(),
    st.sampled_from(Priority),
    st.timedeltas(timedelta(0), timedelta(hours=5)),
)


@given(rows)
def test_what_is_unknown_ranks_with_urgent_at_least(each: Row) -> None:
    if unknown(each, NOW):
        assert severity(each, NOW) >= Severity.URGENT
        assert reason(each, NOW).id == "worklist.reason.unknown"


@given(rows, rows)
def test_what_could_not_be_judged_stands_before_what_was_found_normal(a: Row, b: Row) -> None:
    if unknown(a, NOW) and not unknown(b, NOW) and severity(b, NOW) < Severity.URGENT:
        assert order(a, NOW) < order(b, NOW)


@given(rows)
def test_screening_never_lowers_what_the_unit_asked_for(each: Row) -> None:
    if each.study.request.priority > Priority.ROUTINE:
        assert severity(each, NOW) >= Severity.URGENT


@given(st.lists(rows, unique_by=lambda each: each.study.id))
def test_the_order_is_the_same_however_the_rows_come(some: list[Row]) -> None:
    forward = sorted(some, key=lambda each: order(each, NOW))
    backwards = some[::-1]
    backward = sorted(backwards, key=lambda each: order(each, NOW))
    assert [each.study.id for each in forward] == [each.study.id for each in backward]


@given(rows)
def test_every_place_in_the_list_can_be_explained(each: Row) -> None:
    for language in Language:
        assert reason(each, NOW).text(language)


@pytest.mark.parametrize(("age", "expected"), [(9.9, False), (10.1, True)])
def test_screening_that_is_pending_over_ten_seconds_is_unknown(age: float, expected: bool) -> None:
    waiting = row(state=ScreeningState.PENDING, age=timedelta(seconds=age))
    assert SCREENING_LIMIT.total_seconds() == 10
    assert unknown(waiting, NOW) is expected


def test_images_without_a_model_are_not_unknown() -> None:
    image = row(state=ScreeningState.NOT_APPLICABLE, kind=Kind.CT)
    assert not unknown(image, NOW)
    assert severity(image, NOW) is Severity.NOT_SCREENED


def test_the_dangerous_one_is_first() -> None:
    some = [
        row(1, found=Severity.NORMAL, age=timedelta(hours=3)),
        row(2, found=Severity.REMARK, age=timedelta(hours=2)),
        row(3, priority=Priority.EMERGENCY),
        row(4, known=False),
        row(37, found=Severity.CRITICAL, age=timedelta(seconds=1)),
    ]
    placed = [each.study.id for each in sorted(some, key=lambda each: order(each, NOW))]
    assert placed == [37, 4, 3, 2, 1]


def flag(code: str, rank: Severity) -> Flag:
    return Flag(code, rank, message("worklist.reason.pending"), f"{code}/2")


def screened(*flags: Flag, quality: Quality = Quality.FIT) -> Row:
    worst = max((each.severity for each in flags), default=Severity.NORMAL)
    return replace(row(), screening=Screening("t", worst, True, quality, flags=flags))


def test_a_row_names_the_rule_that_put_it_there() -> None:
    slow, pause = flag("rate.slow", Severity.CRITICAL), flag("pause", Severity.CRITICAL)
    remark = flag("axis.left", Severity.REMARK)
    told = reason(screened(remark, slow), NOW)
    assert (told.id, told.parameters["rule"]) == ("worklist.reason.critical_by", "rate.slow/2")
    told = reason(screened(slow, remark, pause), NOW)
    assert told.parameters == {"rule": "rate.slow/2", "more": 1}
    assert "rate.slow/2" in told.text(Language.ZH)
    assert reason(screened(flag("qtc.high", Severity.URGENT)), NOW).parameters["more"] == 0
    assert reason(screened(remark), NOW).id == "worklist.reason.remark"


def test_what_must_be_taken_again_ranks_with_urgent() -> None:
    unfit = screened(flag("lead.noisy", Severity.REMARK), quality=Quality.RETAKE)
    assert severity(unfit, NOW) is Severity.URGENT
    assert reason(unfit, NOW).id == "worklist.reason.unfit"
    assert unfit.screening is not None
    assert unfit.screening.rank is Severity.URGENT


def test_who_asked_is_named() -> None:
    for priority, word in ((Priority.URGENT, "加急"), (Priority.EMERGENCY, "急诊")):
        told = reason(row(priority=priority), NOW)
        assert told.id == "worklist.reason.requested"
        assert word in told.text(Language.ZH)

"""The state tables say what design allows, and an unknown step is an error."""

from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farlead.errors import IllegalTransition
from farlead.messages import Language
from farlead.model.lives import (
    CASE,
    DELIVERY,
    REPORT,
    STUDY,
    DeliveryState,
    Life,
    ReportState,
    StudyState,
)

LIVES: list[Life[Any]] = [STUDY, REPORT, DELIVERY, CASE]


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.name)
def test_every_state_has_its_row_and_can_be_reached(life: Life[StrEnum]) -> None:
    states = set(life.steps)
    assert states == set(type(next(iter(states))))
    reached = set(life.born)
    for _ in states:
        reached |= {after for state in reached for after in life.steps[state]}
    assert reached == states


@given(st.sampled_from(StudyState), st.sampled_from(StudyState))
def test_an_unknown_step_is_an_error(old: StudyState, new: StudyState) -> None:
    if STUDY.allows(old, new):
        STUDY.check(old, new)
    else:
        with pytest.raises(IllegalTransition) as caught:
            STUDY.check(old, new)
        assert old in caught.value.text(Language.ZH)


def test_what_is_over_stays_over() -> None:
    assert STUDY.steps[StudyState.REPORTED] == {StudyState.CLAIMED}  # to be amended
    assert not REPORT.steps[ReportState.SUPERSEDED]
    assert not DELIVERY.steps[DeliveryState.CONFIRMED]


def test_no_report_is_final_without_a_signature() -> None:
    before_final = {s for s in ReportState if ReportState.FINAL in REPORT.steps[s]}
    assert before_final == {ReportState.FIRST_SIGNED}

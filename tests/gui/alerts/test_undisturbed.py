"""Who is on the telephone about a critical value is not disturbed by what happens meanwhile."""

import pytest
from PySide6.QtWidgets import QApplication

from fake_desk import FakeDesk
from farlead.model.critical import CallMade, Contact, Way
from farlead.model.lives import CaseState
from farlead_ui.alerts.column import CaseColumn
from support_gui import Key, TestSeat

NORMAL = 5


def _column(seat: TestSeat) -> CaseColumn:
    return seat.station.window.case_room.column


def _accepted(seat: TestSeat) -> None:
    seat.station.reading.take(1)
    seat.looked()
    seat.press(Key.Key_Return)
    seat.scheduler.advance(1.0)


def _answered(seat: TestSeat) -> None:
    """Somebody has answered, and the reader writes down who."""
    _accepted(seat)
    seat.press(Key.Key_V)
    seat.press(Key.Key_1)
    seat.press(Key.Key_Return)
    seat.type("示例")


def _still_there(seat: TestSeat) -> None:
    form = _column(seat).call
    assert (form.person.text(), form.reached.choice) == ("示例", 0)
    assert QApplication.focusWidget() is form.person


def test_a_contact_without_a_number_empties_no_form(
    seat: TestSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (Contact("示例医师甲", "申请医师", ""),)
    monkeypatch.setattr(FakeDesk, "contacts", lambda _desk, _case: asked)
    _answered(seat)
    seat.scheduler.advance(5.0)
    _still_there(seat)


def test_a_number_that_was_taken_out_stays_out(seat: TestSeat) -> None:
    _answered(seat)
    _column(seat).call.number.clear()
    seat.scheduler.advance(5.0)
    _still_there(seat)
    assert _column(seat).call.number.text() == ""


def test_contacts_in_another_order_keep_the_one_who_is_being_called(
    seat: TestSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    _answered(seat)
    known = seat.desk.contacts(seat.desk.cases()[0])
    monkeypatch.setattr(FakeDesk, "contacts", lambda _desk, _case: known[::-1])
    seat.scheduler.advance(5.0)
    _still_there(seat)
    column = _column(seat)
    assert column.call.number.text() == known[0].number == column._number.text()


def test_the_large_number_is_that_of_the_contact_chosen(seat: TestSeat) -> None:
    _accepted(seat)
    seat.press(Key.Key_V)
    seat.press(Key.Key_Down)
    known = seat.desk.contacts(seat.desk.cases()[0])
    column = _column(seat)
    assert column.call.number.text() == known[1].number == column._number.text()


def test_a_colleagues_call_is_shown_and_changes_nothing_that_is_typed(seat: TestSeat) -> None:
    _answered(seat)
    (case,) = seat.desk.cases()
    seat.desk.record_call(case.id, CallMade(Way.MOBILE, "2", "", reached=False))
    seat.scheduler.advance(5.0)
    _still_there(seat)
    assert _column(seat)._calls_said.isVisible()


def test_a_colleagues_case_does_not_take_the_column_from_under_the_fingers(seat: TestSeat) -> None:
    """The other study was in hand here before: its case must not get this one's receiver."""
    seat.station.reading.take(2)
    seat.looked()
    seat.station.reading.close()
    _answered(seat)
    seat.desk.open_case(2, "气胸")
    seat.scheduler.advance(5.0)
    shown = seat.station.window.cases.shown
    assert shown is not None
    assert shown.study == 1
    _still_there(seat)
    assert len(seat.station.window.cases.open) == 2  # it stands in the bar


def test_a_case_that_a_colleague_has_ended_is_told(seat: TestSeat) -> None:
    _answered(seat)
    (case,) = seat.desk.cases()
    seat.desk.close_case(case.id, CaseState.NOT_CRITICAL, reason="误报")
    seat.scheduler.advance(0.5)
    assert seat.told == "critical.ended_elsewhere"


def test_beside_a_study_that_is_only_looked_at_no_other_case_is_shown(seat: TestSeat) -> None:
    _accepted(seat)
    seat.station.window.cases.hide()
    seat.station.reading.close()
    seat.station.reading.look(NORMAL)
    seat.scheduler.advance(2.0)
    seat.press(Key.Key_V)
    cases = seat.station.window.cases
    assert (cases.shown, cases.declaring) == (None, None)
    assert seat.told == "critical.not_held"

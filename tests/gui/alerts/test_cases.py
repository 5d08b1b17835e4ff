"""Critical values at the window: on every screen, by keyboard alone, never in the way."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from fake_desk import PIN, FakeDesk, flag, morning
from farlead.model.lives import CaseState
from farlead.model.report import Decision
from farlead.model.study import Severity
from farlead_ui.windows.case_room import CaseRoom
from support_gui import ALT, CTRL, NONE, SHIFT, Key, TestSeat


def _accepted(seat: TestSeat) -> None:
    """Study 1 is opened, seen, and its critical suggestion accepted."""
    seat.station.reading.take(1)
    seat.looked()
    seat.press(Key.Key_Return)
    seat.scheduler.advance(1.0)


def _room(seat: TestSeat) -> CaseRoom:
    return seat.station.window.case_room


def test_accepting_opens_the_case_beside_the_report(seat: TestSeat) -> None:
    window = seat.station.window
    assert not _room(seat).bar.isVisible()
    _accepted(seat)
    (case,) = seat.desk.cases()
    assert seat.desk.drafts[1].decisions["pause"] is Decision.ACCEPTED
    assert _room(seat).bar.isVisible()
    assert _room(seat).column.isVisible()
    assert window.cases.shown == case
    assert "示例患者一" in _room(seat).bar.chips[0].text()
    assert window.list.folded  # the sheet keeps its scale


def test_the_bar_and_the_column_take_no_keyboard(seat: TestSeat) -> None:
    seat.station.reading.take(1)
    seat.looked()
    before = QApplication.focusWidget()
    seat.press(Key.Key_Return)
    seat.scheduler.advance(1.0)
    assert _room(seat).column.isVisible()
    assert QApplication.focusWidget() is before


def test_told_by_keyboard_alone(seat: TestSeat) -> None:
    _accepted(seat)
    seat.press(Key.Key_V)
    seat.press(Key.Key_1)  # reached
    seat.press(Key.Key_Return)
    seat.type("示例医师丁")
    seat.press(Key.Key_Return)
    seat.press(Key.Key_1)  # repeated
    seat.press(Key.Key_Return)
    seat.type("转诊")
    seat.press(Key.Key_Return)
    (case,) = seat.desk.cases()
    made = case.calls[0].made
    assert (made.number, made.person, made.reached, made.read_back, made.advice) == (
        "0000-0000 转 601", "示例医师丁", True, True, "转诊",
    )  # fmt: skip
    assert case.state is CaseState.OPEN  # nothing ends by itself
    seat.press(Key.Key_1)  # told
    seat.press(Key.Key_Return)
    assert seat.desk.cases() == []
    assert seat.desk.critical.all[0].state is CaseState.TOLD
    assert seat.told == "critical.ended_told"
    assert not _room(seat).bar.isVisible()


def test_not_reached_goes_on_to_the_next_contact_and_ends_taken_over(seat: TestSeat) -> None:
    _accepted(seat)
    seat.press(Key.Key_V)
    for _ in range(2):
        seat.press(Key.Key_2)
        seat.press(Key.Key_Return)
    (case,) = seat.desk.cases()
    assert [c.made.number for c in case.calls] == ["0000-0000 转 601", "0000-0000 转 602"]
    assert not any(c.made.reached for c in case.calls)
    end = _room(seat).column.end
    end.take_keyboard()
    seat.press(Key.Key_3)
    seat.press(Key.Key_Return)
    seat.press(Key.Key_Return)  # nobody named yet
    assert seat.desk.cases() != []
    seat.type("总值班")
    seat.press(Key.Key_Return)
    ended = seat.desk.critical.all[0]
    assert (ended.state, ended.taken_over_by) == (CaseState.UNREACHABLE, "总值班")


def test_not_critical_needs_its_reason(seat: TestSeat) -> None:
    _accepted(seat)
    column = _room(seat).column
    seat.press(Key.Key_V)
    column.end.take_keyboard()
    seat.press(Key.Key_2)
    seat.press(Key.Key_Return)
    seat.press(Key.Key_Return)
    assert seat.desk.cases() != []
    assert "为何" in column.end.lacking.text()
    seat.type("已知起搏")
    seat.press(Key.Key_Return)
    assert seat.desk.critical.all[0].state is CaseState.NOT_CRITICAL
    assert seat.desk.critical.all[0].reason == "已知起搏"


def test_told_without_a_receipt_says_what_is_missing(seat: TestSeat) -> None:
    _accepted(seat)
    seat.press(Key.Key_V)
    _room(seat).column.end.take_keyboard()
    seat.press(Key.Key_1)
    assert "接通" in _room(seat).column.end.lacking.text()
    seat.press(Key.Key_Return)
    assert seat.desk.cases() != []
    assert _room(seat).column.error.isVisible()


def test_a_held_key_ends_nothing(seat: TestSeat) -> None:
    _accepted(seat)
    seat.press(Key.Key_V)
    seat.press(Key.Key_2)
    for _ in range(5):
        held = QKeyEvent(QEvent.Type.KeyPress, Key.Key_Return, NONE, "", True)
        QApplication.sendEvent(QApplication.focusWidget(), held)
    assert seat.desk.cases()[0].calls == ()


def test_a_reader_declares_what_screening_did_not_raise(seat: TestSeat) -> None:
    seat.station.reading.take(5)
    seat.looked()
    seat.press(Key.Key_V)
    seat.press(Key.Key_Return)
    assert seat.desk.cases() == []  # without words nothing is declared
    seat.type("气胸")
    seat.press(Key.Key_Return)
    (case,) = seat.desk.cases()
    assert (case.study, case.findings[0].source) == (5, "declared")
    assert seat.station.window.cases.shown == case


def test_nothing_is_declared_of_what_was_not_seen(seat: TestSeat) -> None:
    reading = seat.station.reading
    reading.take(5)
    reading.painted_at = None
    seat.scheduler.advance(1.0)
    seat.press(Key.Key_V)
    assert seat.told == "reading.nothing_painted"
    assert not _room(seat).column.isVisible()


def test_the_case_outlives_the_study_and_the_signature(
    make_seat: Callable[..., TestSeat],
) -> None:
    def fill(desk: FakeDesk) -> FakeDesk:
        morning(desk)
        desk.add("示例患者九", flags=(flag("pause", Severity.CRITICAL, statement=None),))
        return desk

    seat = make_seat(fill)
    reading = seat.station.reading
    reading.take(10)
    seat.looked()
    seat.press(Key.Key_Return)
    reading.drafting.write(conclusion="窦性停搏")
    seat.scheduler.advance(2.0)
    seat.desk.open_key(PIN)
    seat.press(Key.Key_Return, CTRL)
    assert [study for study, _ in seat.desk.signed] == [10], seat.told
    assert _room(seat).bar.isVisible()
    assert seat.station.window.cases.shown is not None
    assert reading.in_hand is not None
    assert reading.in_hand.study != 10


def test_the_locked_station_names_nobody(seat: TestSeat) -> None:
    _accepted(seat)
    seat.station.signing.lock()
    bar = _room(seat).bar
    assert bar.isVisible()
    assert "1" in bar.title.text()
    assert not any(chip.isVisible() for chip in bar.chips)
    assert not _room(seat).column.isVisible()


def test_the_clock_counts_from_the_suspicion(seat: TestSeat) -> None:
    _accepted(seat)
    case = seat.desk.cases()[0]
    past = int((seat.clock() - case.since).total_seconds())
    _room(seat).column.refresh()
    assert _room(seat).column._clock.text() == f"{past // 60:02d}:{past % 60:02d}"


def test_a_case_that_a_colleague_has_ended_leaves_this_screen(seat: TestSeat) -> None:
    _accepted(seat)
    seat.desk.close_case(1, CaseState.NOT_CRITICAL, reason="误报")
    seat.scheduler.advance(2.0)
    assert not _room(seat).bar.isVisible()
    assert not _room(seat).column.isVisible()


def test_folded_by_key_the_case_goes_on(seat: TestSeat) -> None:
    _accepted(seat)
    seat.press(Key.Key_V, ALT | SHIFT)
    assert not _room(seat).column.isVisible()
    assert _room(seat).bar.isVisible()
    assert len(seat.desk.cases()) == 1


@pytest.fixture
def two(make_seat: Callable[..., TestSeat]) -> TestSeat:
    def fill(desk: FakeDesk) -> FakeDesk:
        morning(desk)
        desk.add("示例患者九", unit=1, flags=(flag("pause", Severity.CRITICAL),), minutes=3)
        return desk

    return make_seat(fill)


def test_by_key_through_the_open_cases(two: TestSeat) -> None:
    for study in (1, 10):
        two.station.reading.take(study)
        two.looked()
        two.press(Key.Key_Return)
        two.scheduler.advance(1.0)
    cases = two.station.window.cases
    first = cases.shown
    two.press(Key.Key_V, ALT)
    assert cases.shown != first
    two.press(Key.Key_V, ALT)
    assert cases.shown == first


def test_where_there_is_no_room_the_report_gives_way_to_the_column(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat(size=(1536, 864))
    _accepted(seat)
    assert _room(seat).bar.isVisible()
    assert not _room(seat).column.isVisible()  # it does not push the report aside by itself
    seat.press(Key.Key_V)
    assert _room(seat).column.isVisible()
    assert seat.station.window.report.isHidden()
    seat.press(Key.Key_V, ALT | SHIFT)
    assert not seat.station.window.report.isHidden()

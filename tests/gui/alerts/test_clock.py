"""The clock of a critical value at the window: suspicions, marks, whom they concern, the list."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from fake_desk import ME, FakeDesk, morning
from farlead.model.lives import CaseState
from farlead.model.people import Role
from farlead_ui.windows.case_room import CaseRoom
from support_gui import CTRL, SHIFT, Key, TestSeat


@pytest.fixture
def suspected(make_seat: Callable[..., TestSeat]) -> TestSeat:
    """Screening suspects a critical value of study 1, and nobody has opened it."""

    def fill(desk: FakeDesk) -> FakeDesk:
        morning(desk)
        desk.critical.suspect(desk.rows[1])
        return desk

    return make_seat(fill)


def _room(seat: TestSeat) -> CaseRoom:
    return seat.station.window.case_room


def test_a_suspicion_is_quiet_until_nobody_has_opened_it_for_a_minute(suspected: TestSeat) -> None:
    assert not _room(suspected).bar.isVisible()
    suspected.scheduler.advance(58.0)
    assert not _room(suspected).bar.isVisible()
    suspected.scheduler.advance(4.0)
    assert _room(suspected).bar.isVisible()
    assert "疑似" in _room(suspected).bar.chips[0].text()
    assert suspected.told == "critical.alarm_unopened"


def test_opened_in_time_nobody_is_roused(suspected: TestSeat) -> None:
    suspected.scheduler.advance(30.0)
    suspected.station.reading.take(1)
    suspected.scheduler.advance(60.0)
    assert not _room(suspected).bar.isVisible()


def test_judged_by_key_the_call_follows(suspected: TestSeat) -> None:
    suspected.station.reading.take(1)
    suspected.looked()
    suspected.press(Key.Key_V)
    column = _room(suspected).column
    assert column.judge.hasFocus()
    assert not column.call.isVisible()
    suspected.press(Key.Key_Return)
    (case,) = suspected.desk.cases()
    assert (case.state, case.opened_by) == (CaseState.OPEN, ME.name)
    assert column.call.isVisible()


def test_a_suspicion_ends_only_as_no_critical_value(suspected: TestSeat) -> None:
    suspected.station.reading.take(1)
    suspected.looked()
    suspected.press(Key.Key_V)
    end = _room(suspected).column.end
    end.take_keyboard()
    suspected.press(Key.Key_1)
    assert "确认" in end.lacking.text()
    suspected.press(Key.Key_Return)
    assert len(suspected.desk.cases()) == 1
    end.take_keyboard()
    suspected.press(Key.Key_2)
    suspected.press(Key.Key_Return)
    suspected.type("起搏器")
    suspected.press(Key.Key_Return)
    assert suspected.desk.critical.all[0].state is CaseState.NOT_CRITICAL


def test_the_clock_shows_who_is_told_at_each_mark_and_when_they_were(suspected: TestSeat) -> None:
    suspected.scheduler.advance(61.0)
    suspected.station.reading.take(1)
    suspected.looked()
    suspected.press(Key.Key_V)
    suspected.scheduler.advance(300.0)
    lines = _room(suspected).column._marks.lines()
    assert [line.split("  ")[0] for line in lines] == ["1 分", "5 分", "10 分", "15 分"]
    assert ["已提醒" in line for line in lines] == [True, True, False, False]
    for line, who in zip(lines, ("无人打开", "审核医师", "值班主任", "全部阅图席"), strict=True):
        assert who in line


@pytest.mark.parametrize(
    ("role", "roused"),
    [(Role.READER, [1, 15]), (Role.SENIOR_READER, [1, 5, 15]), (Role.MANAGER, [1, 10, 15])],
)
def test_each_mark_rouses_whom_it_concerns(
    make_seat: Callable[..., TestSeat], role: Role, roused: list[int]
) -> None:
    def fill(desk: FakeDesk) -> FakeDesk:
        morning(desk)
        desk.account = replace(ME, role=role)
        desk.critical.suspect(desk.rows[1])
        return desk

    seat = make_seat(fill)
    at: list[int] = []
    begin = seat.clock()

    def note() -> None:
        at.append(round((seat.clock() - begin).total_seconds() / 60))

    seat.station.window.cases.alarmed.connect(note)
    for _ in range(34):
        seat.scheduler.advance(30.0)
    assert at == roused


def test_whoever_has_it_in_hand_is_reminded_too(suspected: TestSeat) -> None:
    suspected.station.reading.take(1)
    suspected.looked()
    suspected.scheduler.advance(301.0)
    assert suspected.told == "critical.alarm_late"


def test_a_usual_taker_is_named_by_one_digit(suspected: TestSeat) -> None:
    suspected.station.reading.take(1)
    suspected.looked()
    suspected.press(Key.Key_V)
    suspected.press(Key.Key_Return)
    suspected.press(Key.Key_2)
    suspected.press(Key.Key_Return)  # not reached
    end = _room(suspected).column.end
    end.take_keyboard()
    suspected.press(Key.Key_3)
    end.takers.setFocus()
    suspected.press(Key.Key_1)
    suspected.press(Key.Key_Return)
    assert suspected.desk.critical.all[0].taken_over_by == "120"


def test_the_list_names_running_and_ended_ones_and_saves_the_form(
    suspected: TestSeat, tmp_path: Path
) -> None:
    window = suspected.station.window
    window.exporting.ask = lambda name, _kind, done: done(str(tmp_path / name))
    suspected.press(Key.Key_V, CTRL | SHIFT)
    sheet = window.over.cases
    assert sheet.isVisible()
    assert [entry.text for entry in sheet.rows.entries] == ["示例患者一  男 67 岁"]
    suspected.press(Key.Key_S)
    (file,) = tmp_path.iterdir()
    assert file.read_bytes().startswith(b"%PDF")
    suspected.press(Key.Key_Return)
    assert not sheet.isVisible()
    assert window.cases.shown is not None
    window.cases.close(CaseState.NOT_CRITICAL, "误报")
    suspected.press(Key.Key_V, CTRL | SHIFT)
    assert "非危急值" in sheet.rows.entries[0].side
    suspected.press(Key.Key_Return)
    assert sheet.isVisible()  # what has ended is not gone on with
    assert QApplication.focusWidget() is not None

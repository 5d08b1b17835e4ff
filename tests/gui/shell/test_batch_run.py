"""Batch reading with the keyboard alone: narrowed, one after another, counted, never unseen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from fake_desk import FakeDesk, flag, morning
from farlead.model.lives import StudyState
from farlead.model.study import ScreeningState, Severity
from farlead.model.worklist import Filter
from farlead.settings import BatchSettings
from farlead_ui.waiting import Tab
from support_gui import CTRL, SHIFT, Key, TestSeat

POLL = 0.3


def long_list(desk: FakeDesk) -> FakeDesk:
    """The morning's list and six more ECGs in which nothing was found."""
    desk = morning(desk)
    for number in range(6):
        desk.add(f"示例患者百{number}", unit=number % 3, flags=(), minutes=40 + number)
    return desk


@pytest.fixture
def seat(make_seat: Callable[..., TestSeat]) -> TestSeat:
    made = make_seat(long_list)
    made.scheduler.advance(POLL)
    return made


def normal(seat: TestSeat) -> list[int]:
    return [row.study.id for row in seat.station.waiting.rows(Tab.BATCH)]


def begin(seat: TestSeat) -> None:
    seat.press(Key.Key_N, CTRL | SHIFT)
    seat.scheduler.advance(POLL)


def check(seat: TestSeat) -> int:
    """See the ECG in hand and check it; which one it was."""
    seat.looked()
    assert seat.station.reading.in_hand is not None
    study = seat.station.reading.in_hand.study
    seat.press(Key.Key_Return, CTRL | SHIFT)
    seat.scheduler.advance(POLL)
    return study


def test_a_run_shows_each_normal_ecg_once_and_never_one_again(seat: TestSeat) -> None:
    begin(seat)
    wanted = set(normal(seat))
    assert len(wanted) >= 8
    seen = [check(seat) for _ in wanted]
    assert sorted(seen) == sorted(wanted)
    assert set(seat.desk.after.checks) == wanted
    assert seat.station.window.run.done == len(wanted)
    assert seat.station.window.run.left == 0
    assert seat.station.reading.in_hand is None  # nothing is left, nothing comes back


def test_what_is_unknown_failed_or_unfit_is_not_among_them(seat: TestSeat) -> None:
    desk = seat.desk
    failed = desk.add("示例失败", flags=(), minutes=60)
    desk.rows[failed] = replace(
        desk.rows[failed], screening=None, screening_state=ScreeningState.FAILED
    )
    unfit = desk.add("示例不明", flags=(), minutes=60)
    row = desk.rows[unfit]
    assert row.screening is not None
    desk.rows[unfit] = replace(row, screening=replace(row.screening, known=False))
    remark = desk.add("示例提示", flags=(flag("x", Severity.REMARK),), minutes=60)
    desk.touch()
    begin(seat)
    assert not {failed, unfit, remark} & set(normal(seat))


def test_each_is_seen_for_the_least_time_and_that_is_told_to_the_trail(seat: TestSeat) -> None:
    begin(seat)
    seat.seen()
    in_hand = seat.station.reading.in_hand
    assert in_hand is not None
    seat.press(Key.Key_Return, CTRL | SHIFT)  # too early
    assert seat.told == "reading.not_seen_yet"
    assert not seat.desk.after.checks
    seat.scheduler.advance(9.75)
    seat.press(Key.Key_Return, CTRL | SHIFT)
    seat.scheduler.advance(POLL)
    viewed = [what for name, what in seat.desk.calls if name == "viewed"]
    assert viewed == [(in_hand.study, 10.0)]


def viewed(seat: TestSeat) -> float:
    """What is told to the trail when the ECG in hand is checked now."""
    seat.press(Key.Key_Return, CTRL | SHIFT)
    seat.scheduler.advance(POLL)
    *_, (_, seconds) = (what for name, what in seat.desk.calls if name == "viewed")
    return float(seconds)


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_is_set_changes_no_time_of_looking(seat: TestSeat, hours: int) -> None:
    begin(seat)
    seat.seen()
    seat.scheduler.advance(4.75)
    seat.clock.now += timedelta(hours=hours)
    seat.scheduler.advance(1.0)
    assert viewed(seat) == 6.0


def test_a_window_that_shows_nothing_is_not_looked_at(seat: TestSeat) -> None:
    begin(seat)
    seat.seen()
    seat.window.showMinimized()
    seat.scheduler.advance(30.0)
    assert not seat.station.signing.may_sign
    seat.window.showNormal()
    seat.scheduler.advance(0.75)
    seat.window.hide()
    seat.scheduler.advance(30.0)
    seat.window.show()
    seat.station.window.commands.run("seat.keys")  # lies over the sheet
    seat.scheduler.advance(30.0)
    seat.press(Key.Key_Escape)
    assert not seat.station.signing.may_sign
    seat.scheduler.advance(2.0)
    seat.window.activateWindow()
    seat.qtbot.waitUntil(seat.window.isActiveWindow, timeout=5000)
    assert viewed(seat) == 3.0


def test_pace_and_what_is_left(seat: TestSeat) -> None:
    begin(seat)
    whole = len(normal(seat))
    for _ in range(3):
        seat.scheduler.advance(18.0)
        check(seat)
    run = seat.station.window.run
    assert (run.done, run.left) == (3, whole - 3)
    assert run.pace == pytest.approx(20.5, abs=1.0)


def test_a_folded_list_says_how_the_run_goes(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat(long_list, size=(1536, 864))  # where the list is a rail
    seat.scheduler.advance(POLL)
    begin(seat)
    check(seat)
    check(seat)
    rail = seat.station.window.list.rail
    assert rail.isVisible()
    rail.grab()
    run = seat.station.window.run
    assert rail.told[:2] == ["2 已完成", f"{run.left} 剩余"]
    assert rail.told[2].endswith("s 每份")
    seat.station.waiting.show(Tab.INSTANT)
    rail.grab()
    assert rail.told == []


def test_a_pause_is_due_after_a_while_and_asked_for_once(seat: TestSeat) -> None:
    reading = seat.station.reading
    batch = BatchSettings(break_minutes=10)
    reading.settings = reading.settings.model_copy(update={"batch": batch})
    begin(seat)
    run = seat.station.window.run
    told = []
    reading.notice_changed.connect(lambda: told.append(seat.told))
    for _ in range(4):
        assert not run.pause_due
        seat.clock.now += timedelta(minutes=3)
        check(seat)
    assert run.pause_due
    assert told.count("arrivals.pause") == 1


def test_after_a_pause_a_new_run_begins(seat: TestSeat) -> None:
    begin(seat)
    check(seat)
    run = seat.station.window.run
    assert run.done == 1
    seat.station.reading.close()
    seat.scheduler.advance(6 * 60)
    seat.press(Key.Key_N)
    seat.scheduler.advance(POLL)
    assert run.done == 0


def test_the_list_is_narrowed_by_finding_and_day(seat: TestSeat) -> None:
    waiting = seat.station.waiting
    yesterday = seat.desk.add("示例昨日", flags=(), minutes=60)
    row = seat.desk.rows[yesterday]
    arrived = row.study.arrived - timedelta(days=1)
    seat.desk.rows[yesterday] = replace(row, study=replace(row.study, arrived=arrived))
    waiting.refresh()
    day = arrived.astimezone().date()
    assert waiting.days()[-1] == day
    waiting.narrow(Filter(day=day))
    assert [r.study.id for r in waiting.rows()] == [yesterday]
    waiting.narrow(Filter(rank=Severity.CRITICAL))
    assert [r.study.id for r in waiting.rows()] == [1]


def test_a_run_keeps_to_the_day_and_the_unit_that_were_chosen(seat: TestSeat) -> None:
    waiting = seat.station.waiting
    yesterday = seat.desk.add("示例昨日", flags=(), minutes=60)
    row = seat.desk.rows[yesterday]
    arrived = row.study.arrived - timedelta(days=1)
    seat.desk.rows[yesterday] = replace(row, study=replace(row.study, arrived=arrived))
    waiting.refresh()
    waiting.narrow(Filter(day=arrived.astimezone().date(), unit=row.study.unit.code))
    begin(seat)
    assert normal(seat) == [yesterday]
    assert seat.station.reading.in_hand is not None
    assert seat.station.reading.in_hand.study == yesterday


def test_what_is_checked_stays_checked_for_another_day(seat: TestSeat) -> None:
    begin(seat)
    study = check(seat)
    seat.station.reading.close()
    assert seat.desk.rows[study].study.state is StudyState.CHECKED
    seat.press(Key.Key_B, CTRL | SHIFT)
    assert [item.study for item in seat.station.window.batch.listed.items] == [study]

"""Handing the shift over in the window, and taking a colleague's on."""

from collections.abc import Callable

from fake_desk import OTHER, FakeDesk, morning
from farlead.model.handover import HandOver, Left, LeftOver
from farlead_ui.windows.shift_sheet import ShiftSheet
from support_gui import CTRL, SHIFT, Key, TestSeat


def _sheet(seat: TestSeat) -> ShiftSheet:
    sheet: ShiftSheet = seat.station.window.over.shift
    return sheet


def test_handed_over_by_keyboard_with_a_note(seat: TestSeat) -> None:
    seat.station.reading.take(1)
    seat.looked()
    seat.press(Key.Key_Return)  # accepted: a draft, and a critical value
    seat.scheduler.advance(2.0)
    seat.press(Key.Key_H, CTRL | SHIFT)
    assert _sheet(seat).isVisible()
    assert [entry.text for entry in _sheet(seat).rows.entries] == ["危急值", "草稿"]
    seat.type("3 号机慢")
    seat.press(Key.Key_Return)
    (given,) = seat.desk.handovers()
    assert (given.giver, given.note, len(given.items)) == (seat.desk.account.id, "3 号机慢", 2)
    assert seat.told == "handover.given"
    assert not _sheet(seat).isVisible()


def _waiting(desk: FakeDesk) -> FakeDesk:
    morning(desk)
    study = desk.rows[2].study
    left = LeftOver(Left.CASE, study.id, study.number, study.unit.name, study.due)
    desk.shifts.append(
        HandOver(1, OTHER.id, OTHER.name, "阅图席 01", desk.clock(), "查 2 号", (left,))
    )
    return desk


def test_the_next_reader_sees_it_at_log_in_and_takes_it_on(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat(_waiting)
    seat.scheduler.advance(1.5)
    assert seat.told == "handover.waits"
    seat.press(Key.Key_H, CTRL | SHIFT)
    sheet = _sheet(seat)
    assert OTHER.name in sheet._who.text()
    assert "查 2 号" in sheet._who.text()
    assert [entry.text for entry in sheet.rows.entries] == ["危急值"]
    seat.press(Key.Key_Return)
    assert seat.desk.shifts[0].taker_name == seat.desk.account.name
    assert seat.told == "handover.accepted"
    seat.press(Key.Key_H, CTRL | SHIFT)
    assert "交班" in sheet._title.text()

"""Handing the shift over in the window, and taking a colleague's on."""

from collections.abc import Callable
from dataclasses import replace

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


def _another(seat: TestSeat) -> None:
    """A colleague's shift comes and is known of."""
    seat.desk.shifts.append(
        HandOver(len(seat.desk.shifts) + 1, OTHER.id, OTHER.name, "阅图席 01", seat.clock(), "", ())
    )
    seat.scheduler.advance(20.0)


def test_a_shift_that_comes_meanwhile_does_not_turn_handing_over_into_taking_on(
    seat: TestSeat,
) -> None:
    seat.press(Key.Key_H, CTRL | SHIFT)
    _another(seat)
    seat.press(Key.Key_Return)
    other, own = seat.desk.shifts
    assert other.taken is None
    assert own.giver == seat.desk.account.id


def test_a_shift_taken_by_a_third_reader_does_not_turn_taking_on_into_handing_over(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat(_waiting)
    seat.scheduler.advance(1.5)
    seat.press(Key.Key_H, CTRL | SHIFT)
    seat.desk.shifts[0] = replace(seat.desk.shifts[0], taken=seat.clock(), taker_name="示例医师")
    seat.scheduler.advance(20.0)
    seat.press(Key.Key_Return)
    assert len(seat.desk.shifts) == 1
    assert seat.desk.shifts[0].taker_name == "示例医师"
    assert "已有人接班" in _sheet(seat).told.text()
    assert _sheet(seat).told.isVisible()


def test_the_own_shift_is_handed_over_while_another_waits(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat(_waiting)
    seat.scheduler.advance(1.5)
    seat.press(Key.Key_H, CTRL | SHIFT)
    assert _sheet(seat).other.isVisible()
    seat.press(Key.Key_E, CTRL)
    seat.press(Key.Key_Return)
    assert seat.desk.shifts[0].taken is None
    assert seat.desk.shifts[1].giver == seat.desk.account.id


def test_what_is_in_hand_goes_back_with_its_draft_when_the_shift_is_given(seat: TestSeat) -> None:
    seat.station.reading.take(5)
    seat.looked()
    seat.type("/")
    seat.type("dxxl")
    seat.press(Key.Key_Return)
    seat.press(Key.Key_H, CTRL | SHIFT)  # before the draft has been kept by itself
    seat.press(Key.Key_Return)
    (given,) = seat.desk.shifts
    assert [(left.kind, left.study) for left in given.items] == [(Left.DRAFT, 5)]
    assert seat.desk.drafts[5].statements
    assert 5 not in seat.desk.claims
    assert seat.station.reading.in_hand is None

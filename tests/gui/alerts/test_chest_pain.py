"""The chest pain clock in the window: known times with their origin, missing ones by keyboard."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtWidgets import QApplication, QLabel

from farlead.model.chestpain import Moment
from farlead_ui.chest_pain import read_time
from support_gui import CTRL, SHIFT, Key, TestSeat

NOW = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)


def _said(seat: TestSeat) -> str:
    sheet = seat.station.window.over.chest_pain
    return "\n".join(each.text() for each in sheet.findChildren(QLabel))


def test_missing_times_are_entered_by_keyboard_and_marked_so(seat: TestSeat) -> None:
    seat.station.reading.take(1)
    seat.looked()
    seat.press(Key.Key_X, CTRL | SHIFT)
    sheet = seat.station.window.over.chest_pain
    assert sheet.isVisible()
    assert list(sheet.lines) == [Moment.SYMPTOM, Moment.CONTACT]
    assert QApplication.focusWidget() is sheet.lines[Moment.SYMPTOM]
    at = (seat.clock() - timedelta(minutes=30)).astimezone()
    seat.type(at.strftime("%H:%M"))
    seat.press(Key.Key_Return)
    assert list(sheet.lines) == [Moment.CONTACT]
    assert "录入" in _said(seat)
    assert seat.desk.times[1][Moment.SYMPTOM].by == seat.desk.account.name


def test_a_time_entered_wrongly_is_put_right_by_keyboard(seat: TestSeat) -> None:
    seat.station.reading.take(1)
    seat.looked()
    seat.press(Key.Key_X, CTRL | SHIFT)
    sheet = seat.station.window.over.chest_pain
    wrong, right = (
        (seat.clock() - timedelta(minutes=ago)).astimezone().replace(second=0, microsecond=0)
        for ago in (30, 35)
    )
    for at in (wrong, wrong):  # symptom, first contact
        seat.type(at.strftime("%H:%M"))
        seat.press(Key.Key_Return)
        seat.clock.now += timedelta(seconds=1)
    sheet = seat.station.window.over.chest_pain
    seat.press(Key.Key_Escape)
    seat.press(Key.Key_X, CTRL | SHIFT)
    line = sheet.entered[Moment.SYMPTOM]
    assert QApplication.focusWidget() is line
    kept = seat.desk.times[1][Moment.SYMPTOM]
    seat.press(Key.Key_Return)  # as it stands: nothing is entered
    assert seat.desk.times[1][Moment.SYMPTOM] is kept
    seat.type(right.strftime("%H:%M"))
    seat.press(Key.Key_Return)
    assert seat.desk.times[1][Moment.SYMPTOM].at == right
    assert "改正" in _said(seat)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_table_is_written_by_keyboard(seat: TestSeat, tmp_path: Path, form: str) -> None:
    seat.station.reading.take(1)
    seat.looked()
    seat.press(Key.Key_X, CTRL | SHIFT)
    file, sheet = tmp_path / f"clocks.{form}", seat.station.window.over.chest_pain
    seat.station.window.exporting.ask = lambda _suggested, _kinds, chosen: chosen(str(file))
    sheet.days.setCurrentIndex(3)
    seat.press(Key.Key_E, CTRL)
    assert ("export_chest_pains", 365) in seat.desk.calls
    assert file.name in sheet.written.text()
    if form == "csv":
        lines = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    else:
        lines = [[cell.value for cell in row] for row in load_workbook(file).active]
    assert lines[0][:3] == ["number", "unit", "symptom"]
    assert len(lines) == len(seat.desk.rows) + 1


def test_a_table_that_cannot_be_written_is_told(seat: TestSeat, tmp_path: Path) -> None:
    seat.station.reading.take(1)
    seat.looked()
    seat.press(Key.Key_X, CTRL | SHIFT)
    nowhere = str(tmp_path / "none" / "t.csv")
    seat.station.window.exporting.ask = lambda _suggested, _kinds, chosen: chosen(nowhere)
    seat.press(Key.Key_E, CTRL)
    assert "无法写入" in seat.station.window.over.chest_pain.told.text()


def test_what_is_no_time_is_said_and_stays_to_be_mended(seat: TestSeat) -> None:
    seat.station.reading.take(1)
    seat.looked()
    seat.press(Key.Key_X, CTRL | SHIFT)
    sheet = seat.station.window.over.chest_pain
    seat.type("8.12")
    seat.press(Key.Key_Return)
    assert "看不懂" in sheet.told.text()
    assert sheet.lines[Moment.SYMPTOM].text() == "8.12"
    assert seat.desk.times == {}


@pytest.mark.parametrize(
    ("typed", "ago"),
    [("{h}:{m}", 10), ("{h}：{m}", 10), ("{h}:{m}:00", 10), ("{day} {h}:{m}", 10)],
)
def test_times_as_people_write_them(typed: str, ago: int) -> None:
    at = (NOW - timedelta(minutes=ago)).astimezone()
    text = typed.format(h=f"{at:%H}", m=f"{at:%M}", day=f"{at:%Y-%m-%d}")
    assert read_time(text, NOW) == at


def test_a_time_later_than_now_is_of_yesterday() -> None:
    later = (NOW + timedelta(minutes=5)).astimezone()
    assert read_time(f"{later:%H:%M}", NOW) == later - timedelta(days=1)
    assert read_time("25:00", NOW) is None

"""The window while the database is away: said at once, read on, kept, and taken up again."""

from collections.abc import Callable

import pytest

from fake_desk import CATALOGUE, START, morning
from farlead.messages import message
from farlead.model.outage import Offered
from farlead.model.report import Draft
from farlead_ui.windows.offered_strip import OfferedStrip
from support_gui import CTRL, SHIFT, Key, TestSeat

GONE = message("journal.no_answer", seconds=2)
STUDY = 5


@pytest.fixture
def reading(seat: TestSeat) -> TestSeat:
    """A study in hand, looked at."""
    seat.station.reading.take(STUDY)
    seat.looked()
    return seat


def _lose(seat: TestSeat) -> None:
    seat.desk.away = GONE
    seat.scheduler.advance(0.25)


def _find(seat: TestSeat) -> None:
    seat.desk.away = None
    seat.scheduler.advance(0.25)


def test_the_bar_says_it_and_goes_with_it(reading: TestSeat) -> None:
    bar = reading.station.window.outage_bar
    assert not bar.isVisible()
    _lose(reading)
    assert bar.isVisible()
    assert "数据库没有应答" in bar.title.text()
    assert reading.station.reading.writable
    _find(reading)
    assert not bar.isVisible()


def test_what_is_written_is_kept_and_handed_over(reading: TestSeat) -> None:
    _lose(reading)
    reading.station.reading.drafting.write(conclusion="断网")
    reading.scheduler.advance(1.0)
    assert reading.desk.kept().drafts == 1
    assert "草稿 1" in reading.station.window.outage_bar.kept.text()
    _find(reading)
    assert reading.desk.drafts[STUDY].conclusion == "断网"
    assert reading.told == "outage.back"
    assert reading.station.reading.writable


def test_ctrl_enter_keeps_the_report_ready_and_goes_on(reading: TestSeat) -> None:
    reading.station.reading.drafting.add(CATALOGUE[0])
    reading.desk.away = GONE
    reading.scheduler.advance(0.25)
    reading.press(Key.Key_Return, CTRL)
    assert reading.desk.kept().ready == 1
    assert reading.desk.signed == []
    assert not reading.station.reading.in_hand or reading.station.reading.in_hand.study != STUDY
    _find(reading)
    assert reading.told == "outage.back_ready"
    bar = reading.station.window.outage_bar
    assert bar.isVisible()
    assert "待签 1" in bar.kept.text()


def test_a_signature_that_meets_the_outage_is_kept_ready(reading: TestSeat) -> None:
    desk, signing = reading.desk, reading.station.signing
    desk.open_key("2468")
    reading.station.reading.drafting.add(CATALOGUE[0])
    desk.away = GONE  # nobody has asked yet
    reading.press(Key.Key_Return, CTRL)
    assert desk.kept().ready == 1
    assert signing.under_way == 0


def test_the_lease_is_not_asked_for_while_there_is_nobody_to_ask(reading: TestSeat) -> None:
    _lose(reading)
    for _ in range(4):
        reading.station.reading.activity()
        reading.scheduler.advance(31.0)
    assert reading.station.reading.writable
    assert reading.told != "store.unreachable"


def test_a_study_that_was_taken_meanwhile_is_let_go(reading: TestSeat) -> None:
    _lose(reading)
    reading.station.reading.drafting.write(conclusion="断网")
    reading.scheduler.advance(1.0)
    reading.desk.taken.add(STUDY)
    _find(reading)
    assert reading.told == "outage.offered"
    assert not reading.station.reading.writable


def test_what_an_earlier_outage_left_is_handed_over_at_log_in(seat: TestSeat) -> None:
    assert ("take_up", None) in seat.desk.calls


def test_a_colleagues_text_is_shown_and_taken_into_the_draft(reading: TestSeat) -> None:
    strip = reading.station.window.findChild(OfferedStrip)
    assert strip is not None
    assert not strip.isVisible()
    text = Draft((CATALOGUE[2],), conclusion="房颤")
    reading.desk.offers[STUDY] = (Offered("示例医师乙", "阅图席 02", text, START, START),)
    reading.desk.touch()
    reading.scheduler.advance(0.25)
    assert strip.isVisible()
    assert "示例医师乙" in strip.title.text()
    reading.press(Key.Key_A, CTRL | SHIFT)
    draft = reading.station.reading.drafting.draft
    assert CATALOGUE[2].code in {line.code for line in draft.statements}
    assert draft.conclusion.endswith("房颤")


def test_nothing_at_hand_is_said(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat(morning)
    _lose(seat)
    seat.desk.rows.clear()
    seat.station.reading.next()
    assert seat.told == "outage.nothing_at_hand"

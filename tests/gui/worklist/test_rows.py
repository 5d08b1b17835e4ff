"""The list: order, selection, tabs, filters, what others hold, what cannot be read."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QLabel

from fake_desk import START, FakeDesk, flag
from farlead.messages import Language, message
from farlead.model.study import Kind, Priority, Severity
from farlead.model.worklist import Filter, Source
from farlead_ui import words
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import LIST_WIDTH, RAIL_WIDTH, ROW, ROW_SELECTED
from farlead_ui.waiting import Tab
from support_gui import Key, TestSeat


def _studies(seat: TestSeat) -> list[int]:
    rows = seat.station.window.list.view.rows
    found = [rows.row(place) for place in range(rows.rowCount())]
    return [row.study.id for row in found if row is not None]


def test_critical_first_unreadable_last(seat: TestSeat) -> None:
    studies = _studies(seat)
    assert studies[0] == 1
    assert studies[-1] == 9
    assert len(studies) == 9


def test_new_rows_do_not_move_the_selection(seat: TestSeat) -> None:
    view = seat.station.window.list.view
    seat.station.waiting.select(4)
    resets: list[object] = []
    view.rows.modelReset.connect(lambda: resets.append(1))
    inserted: list[int] = []
    view.rows.rowsInserted.connect(lambda _p, first, _l: inserted.append(first))
    new = seat.desk.add(
        "新到",
        flags=(flag(severity=Severity.CRITICAL),),
        priority=Priority.EMERGENCY,
        minutes=1,
    )
    seat.station.waiting.poll()
    assert _studies(seat)[0] == new
    assert inserted == [0]
    assert resets == []
    chosen = view.rows.row(view.currentIndex().row())
    assert chosen is not None
    assert chosen.study.id == seat.station.waiting.selected == 4


def test_the_selection_goes_to_what_stands_in_its_place(seat: TestSeat) -> None:
    seat.station.waiting.select(2)
    place = _studies(seat).index(2)
    del seat.desk.rows[2]
    seat.desk.touch()
    seat.station.waiting.poll()
    assert seat.station.waiting.selected == _studies(seat)[place]


def test_the_selected_row_is_taller(seat: TestSeat) -> None:
    view = seat.station.window.list.view
    seat.station.waiting.select(4)
    seat.qtbot.wait(20)
    heights = {
        study: view.visualRect(view.rows.index(place)).height()
        for place, study in enumerate(_studies(seat))
    }
    assert heights[4] == ROW_SELECTED
    assert {h for study, h in heights.items() if study != 4} == {ROW}


def test_keys_in_the_list_move_and_take(seat: TestSeat) -> None:
    seat.press(Key.Key_L)
    assert seat.station.window.list.view.hasFocus()
    seat.station.waiting.select(1)
    seat.press(Key.Key_Down)
    assert seat.station.waiting.selected == _studies(seat)[1]
    seat.press(Key.Key_N)
    assert seat.station.reading.in_hand is None, "letters belong to the sheet"
    seat.press(Key.Key_Return)
    assert seat.station.reading.in_hand is not None
    assert not seat.station.window.list.view.hasFocus(), "the sheet has the keyboard"


def test_tabs_show_what_they_promise(seat: TestSeat) -> None:
    waiting = seat.station.waiting
    assert [row.study.id for row in waiting.rows(Tab.BATCH)] == [4, 5, 6]
    waiting.show(Tab.MINE)
    assert _studies(seat) == []
    seat.station.reading.take(5)
    seat.seen()
    assert _studies(seat) == [5]


def test_next_in_the_batch_tab_stays_in_the_batch(seat: TestSeat) -> None:
    waiting, reading = seat.station.waiting, seat.station.reading
    waiting.show(Tab.BATCH)
    visited = []
    for _ in range(3):
        reading.next()
        assert reading.in_hand is not None
        visited.append(reading.in_hand.study)
    assert visited == [4, 5, 6]


def test_filters_narrow_and_say_so(seat: TestSeat) -> None:
    waiting = seat.station.waiting
    waiting.narrow(Filter(kind=Kind.CT))
    assert _studies(seat) == [7]
    waiting.narrow(Filter(unit="yi", kind=Kind.CT))
    assert _studies(seat) == []
    assert seat.station.window.list._empty.isVisible()
    waiting.narrow()
    assert len(_studies(seat)) == 9


def test_counts_by_severity_leave_the_unreadable_out(seat: TestSeat) -> None:
    counts = seat.station.waiting.counts()
    assert counts[Severity.CRITICAL] == 1
    assert counts[Severity.URGENT] == 2
    assert sum(counts.values()) == 8
    assert seat.station.waiting.unreadable() == 1


def test_the_unreadable_is_shown_with_its_reason_and_takes_no_claim(seat: TestSeat) -> None:
    window, reading = seat.station.window, seat.station.reading
    reading.take(9)
    assert window.failed.isVisible()
    assert window.failed.reason.text() == message("reading.nothing_left").text(Language.ZH)
    assert 9 not in seat.desk.claims
    assert not reading.writable
    reading.next()
    assert not window.failed.isVisible()


def test_a_study_without_contents_is_failed_not_blank(seat: TestSeat) -> None:
    seat.desk.contents[4] = ()
    seat.desk.failures[4] = message("reading.fault")
    seat.station.reading.take(4)
    assert seat.station.window.failed.isVisible()
    assert seat.station.reading.painted_at is None
    seat.station.window.commands.run("study.sign")
    assert seat.desk.signed == []


def _empty(desk: FakeDesk) -> FakeDesk:
    desk.sources = (
        Source("甲", START - timedelta(seconds=2)),
        Source("乙", None, message("reading.fault")),
    )
    return desk


def test_the_empty_list_says_how_studies_come_in(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat(fill=_empty, language=Language.EN)
    window = seat.station.window
    assert window.list._empty.isVisible()
    said = [label.text() for label in window.list._empty.findChildren(QLabel)]
    assert "Nothing is waiting" in said
    assert any("fault inside" in text for text in said), "a dead source is told"
    seat.press(Key.Key_N)
    assert seat.told == "reading.nothing_left"


def test_a_store_that_cannot_be_read_is_said(
    seat: TestSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    from farlead.errors import StoreBusy

    def busy() -> int:
        raise StoreBusy(message("reading.fault"))

    monkeypatch.setattr(seat.desk, "changed", busy)
    seat.scheduler.advance(2)
    panel = seat.station.window.list
    assert panel._trouble.isVisible()
    assert len(_studies(seat)) == 9, "the last list stays, and says that it is old"


def test_the_list_folds_to_a_rail_and_by_itself_when_narrow(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat(size=(1536, 864))
    panel = seat.station.window.list
    assert panel.folded
    assert panel.width() == RAIL_WIDTH
    seat.press(Key.Key_L)
    assert not panel.folded
    assert panel.width() == LIST_WIDTH
    seat.press(Key.Key_Escape)
    seat.press(Key.Key_BracketLeft)
    assert panel.folded


def test_the_model_is_a_flat_list(seat: TestSeat) -> None:
    rows = seat.station.window.list.view.rows
    assert rows.rowCount(rows.index(0)) == 0
    assert rows.data(QModelIndex()) is None


@pytest.fixture
def english(appearance: Appearance) -> None:
    appearance.language = Language.EN


def test_times_are_said_as_time_left(english: None) -> None:
    assert words.left(timedelta(seconds=108)) == "01:48"
    assert words.left(timedelta(seconds=-70)) == "late 01:10"
    assert words.span(3 * 3600 + 300) == "3 h 05"
    assert words.span(21 * 3600) == "21 h"
    assert words.span(72 * 3600) == "3 d"


def test_ages_of_infants_and_missing_ones(english: None) -> None:
    assert words.age(0.02) == "7 d"
    assert words.age(0.6) == "7 mo"
    assert words.age(None) == "age not given"
    assert words.masked("示例-0001") == "示例***01"
    assert words.masked("12") == "1***"
    assert words.masked(None) == "not given"

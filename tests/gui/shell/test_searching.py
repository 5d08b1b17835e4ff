"""Search among all studies from the window: asked, found, opened by the usual rules."""

from dataclasses import replace

import pytest

from fake_desk import START
from farlead.messages import message
from farlead.model.lives import StudyState
from farlead.model.search import SearchMark, SearchPage, SearchQuery
from support_gui import Key, TestSeat


@pytest.fixture
def asked(seat: TestSeat) -> list[SearchQuery]:
    """What the desk was asked; it finds a waiting and a reported study."""
    seen: list[SearchQuery] = []

    def search(query: SearchQuery) -> SearchPage:
        seen.append(query)
        rows = seat.desk.worklist().rows
        waiting = next(r for r in rows if r.study.id == 5)
        done = next(r for r in rows if r.study.id == 6)
        done = replace(done, study=replace(done.study, state=StudyState.REPORTED))
        more = SearchMark(START, 6) if query.after is None else None
        return SearchPage((waiting, done), more, START)

    seat.desk.search = search  # type: ignore[attr-defined]
    seat.press(Key.Key_F3)
    return seen


def test_what_is_typed_is_asked_and_enter_opens_the_chosen_one(
    seat: TestSeat, asked: list[SearchQuery]
) -> None:
    sheet = seat.station.window.over.search
    assert sheet.isVisible()
    seat.type("wang")
    sheet.since.setText("2026-11-20")
    sheet.until.setText("2026-11-21")
    sheet.finding.setText("xfcd")
    seat.press(Key.Key_Return)
    (query,) = asked
    assert (query.patient, query.finding, query.unit, query.states) == ("wang", "xfcd", None, ())
    assert query.begin is not None
    assert query.end is not None
    assert (query.end - query.begin).days == 2
    assert len(sheet.rows.entries) == 2
    seat.press(Key.Key_Return)
    assert not sheet.isVisible()
    assert 5 in seat.desk.claims


def test_a_reported_study_is_looked_at_and_not_claimed(
    seat: TestSeat, asked: list[SearchQuery]
) -> None:
    seat.press(Key.Key_Return)
    seat.press(Key.Key_Down)
    seat.press(Key.Key_Return)
    assert len(asked) == 1
    job = seat.station.reading.in_hand
    assert job is not None
    assert (job.study, job.claim) == (6, None)
    assert 6 not in seat.desk.claims
    assert not seat.station.reading.writable
    seat.station.reading.next()
    assert seat.station.reading.writable


def test_the_next_page_comes_below(seat: TestSeat, asked: list[SearchQuery]) -> None:
    seat.press(Key.Key_Return)
    searching = seat.station.window.searching
    searching.on()
    assert asked[1].after == SearchMark(START, 6)
    assert len(searching.found) == 4
    assert searching.more is None


def test_a_day_that_is_none_is_said(seat: TestSeat, asked: list[SearchQuery]) -> None:
    sheet = seat.station.window.over.search
    sheet.since.setText("22.11.")
    seat.press(Key.Key_Return)
    assert not asked
    assert seat.station.window.searching.error == message("desk.search_day")
    assert sheet.told.text()

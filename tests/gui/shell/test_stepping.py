"""From study to study: no bare paper between, nothing of another patient, the next one at hand."""

from PySide6.QtWidgets import QApplication

from farlead_ui.reading import OPENING_SECONDS
from farlead_ui.report.suggestions import SuggestionRow
from farlead_ui.waiting import Tab
from support_gui import HeldTasks, TestSeat

CRITICAL, URGENT, REMARK, NORMAL = 1, 2, 4, 5


def named(seat: TestSeat) -> int | None:
    """Whom the head line names."""
    row = seat.station.window.head._row()
    return row.study.id if row is not None else None


def suggested(seat: TestSeat) -> list[str]:
    """What the rows of suggestions say."""
    QApplication.processEvents()
    rows = seat.station.window.report.suggestions.findChildren(SuggestionRow)
    return [row._title.text() for row in rows if not row.isHidden()]


def test_until_the_next_one_is_there_head_and_sheet_are_of_the_same_patient(
    seat: TestSeat,
) -> None:
    reading, window = seat.station.reading, seat.station.window
    reading.take(NORMAL)
    seat.looked()
    before = window.sheet.recording
    reading.tasks = tasks = HeldTasks("open")
    reading.take(URGENT)
    assert not reading.writable  # the one on the screen is not written to any more
    seat.scheduler.advance(OPENING_SECONDS / 2)
    assert named(seat) == NORMAL
    assert window.sheet.recording is before
    seat.scheduler.advance(OPENING_SECONDS)  # it takes longer: bare paper, and who is coming
    assert named(seat) == URGENT
    assert window.sheet.recording is None
    tasks.release()
    assert reading.in_hand is not None
    assert named(seat) == reading.in_hand.study == URGENT
    assert window.sheet.recording is not None


def test_no_suggestion_of_another_study_is_left(seat: TestSeat) -> None:
    reading = seat.station.reading
    for study in (CRITICAL, NORMAL, URGENT, REMARK, CRITICAL):
        reading.take(study)
        assert reading.in_hand is not None
        flags = [each.flag for each in reading.in_hand.suggestions]
        assert suggested(seat) == [seat.station.window.appearance.text(flag.text) for flag in flags]


def test_what_follows_in_the_batch_is_fetched_before_it_is_asked_for(seat: TestSeat) -> None:
    waiting = seat.station.waiting
    waiting.show(Tab.BATCH)
    seat.station.reading.next()
    seat.looked()
    assert seat.station.reading.in_hand is not None
    here = seat.station.reading.in_hand.study
    following = tuple(row.study.id for row in waiting.following(here))
    assert following
    assert ("fetch_ahead", following) in seat.desk.calls

"""What an urgent card interrupts: kept in hand by choice, at most one, given back as promised."""

import pytest
from PySide6.QtWidgets import QApplication

from fake_desk import PIN, flag
from farlead.model.study import Severity
from farlead_ui.worklist.delegate import RowDelegate
from support_gui import ALT, CTRL, Key, TestSeat

CRITICAL, URGENT, NORMAL = 1, 2, 5
POLL = 0.3
RENEW = 30.0


@pytest.fixture
def reading_one(seat: TestSeat) -> TestSeat:
    """A routine study in hand with something written; its reader keeps what is interrupted."""
    seat.scheduler.advance(POLL)
    seat.station.window.commands.run("card.keep")
    seat.station.reading.take(NORMAL)
    seat.looked()
    seat.type("/")
    seat.type("dxxl")
    seat.press(Key.Key_Return)
    return seat


def take_card(seat: TestSeat, key: Key = Key.Key_1) -> None:
    seat.press(key, ALT)
    seat.looked()


def sign(seat: TestSeat) -> None:
    """Keys only: what screening suspects is decided, a statement, the signature, the PIN."""
    seat.press(Key.Key_Escape)
    seat.press(Key.Key_Return)
    seat.press(Key.Key_X)
    seat.press(Key.Key_Slash)
    seat.type("dxxl")
    seat.press(Key.Key_Return)
    seat.press(Key.Key_Escape)
    seat.press(Key.Key_Return, CTRL)
    seat.type(PIN)
    seat.press(Key.Key_Return)
    seat.scheduler.advance(POLL)


def active(seat: TestSeat, seconds: float) -> None:
    """The reader works on for a while, a key now and then."""
    for _ in range(int(seconds // 10)):
        seat.station.reading.activity()
        seat.scheduler.advance(10.0)


def in_hand(seat: TestSeat) -> int | None:
    job = seat.station.reading.in_hand
    return job.study if job is not None else None


def shown_as(seat: TestSeat, study: int) -> str:
    """What the list says of who has a study."""
    row = seat.station.waiting.row(study)
    delegate = seat.station.window.list.view.itemDelegate()
    assert row is not None
    assert isinstance(delegate, RowDelegate)
    return delegate.held(row)


def test_unless_chosen_the_interrupted_study_goes_back(seat: TestSeat) -> None:
    seat.scheduler.advance(POLL)
    seat.station.reading.take(NORMAL)
    seat.looked()
    take_card(seat)
    assert in_hand(seat) == CRITICAL
    assert NORMAL not in seat.desk.claims


def test_chosen_it_stays_in_hand_and_one_key_returns_to_it_after_signing(
    reading_one: TestSeat,
) -> None:
    seat = reading_one
    written = seat.station.reading.drafting.draft
    take_card(seat)
    assert in_hand(seat) == CRITICAL
    assert seat.desk.drafts[NORMAL] == written
    assert seat.desk.claims[NORMAL].account == seat.desk.account.id
    assert shown_as(seat, NORMAL) == "在手，被中断"
    assert shown_as(seat, CRITICAL) == "在手"
    assert "Alt+0" in seat.station.window.status._interrupted.text()
    told: list[str | None] = []
    seat.station.reading.notice_changed.connect(lambda: told.append(seat.told))
    sign(seat)
    assert "interrupted.waits" in told
    assert seat.desk.signed[-1][0] == CRITICAL
    seat.press(Key.Key_0, ALT)
    seat.looked()
    assert in_hand(seat) == NORMAL
    assert seat.station.reading.drafting.draft == written
    assert seat.station.reading.writable
    assert shown_as(seat, NORMAL) == "在手"
    assert not seat.station.window.commands.enabled("study.back_to_interrupted")


def test_its_lease_goes_on_while_the_urgent_one_is_read(reading_one: TestSeat) -> None:
    seat = reading_one
    take_card(seat)
    seat.desk.calls.clear()
    active(seat, 15 * 60)  # longer than a routine study may lie idle
    assert seat.desk.calls.count(("renew", NORMAL)) >= 15 * 60 / RENEW - 2
    assert NORMAL in seat.desk.claims


def test_at_most_one_is_kept(reading_one: TestSeat) -> None:
    seat = reading_one
    take_card(seat, Key.Key_2)
    take_card(seat)
    assert in_hand(seat) == CRITICAL
    assert NORMAL in seat.desk.claims
    assert URGENT not in seat.desk.claims


def test_a_critical_one_is_never_kept_behind_another(seat: TestSeat) -> None:
    seat.scheduler.advance(POLL)
    seat.station.window.commands.run("card.keep")
    seat.station.reading.take(CRITICAL)
    seat.looked()
    take_card(seat)
    assert in_hand(seat) == URGENT
    assert CRITICAL not in seat.desk.claims
    assert CRITICAL in [row.study.id for row in seat.station.window.arrivals.cards]


def test_an_urgent_one_is_kept_no_longer_than_it_may_lie_idle(seat: TestSeat) -> None:
    seat.scheduler.advance(POLL)
    seat.station.window.commands.run("card.keep")
    seat.station.reading.take(URGENT)
    seat.looked()
    take_card(seat)
    assert in_hand(seat) == CRITICAL
    active(seat, 60)
    assert URGENT in seat.desk.claims
    active(seat, 60)
    assert URGENT not in seat.desk.claims
    assert in_hand(seat) == CRITICAL
    assert seat.told == "interrupted.left"


def test_locked_it_is_given_back(reading_one: TestSeat) -> None:
    seat = reading_one
    take_card(seat)
    seat.press(Key.Key_L, CTRL)
    assert NORMAL not in seat.desk.claims
    assert seat.told == "interrupted.locked"


def test_it_is_given_back_when_its_reader_is_away(reading_one: TestSeat) -> None:
    seat = reading_one
    take_card(seat)
    seat.scheduler.advance(700)
    assert NORMAL not in seat.desk.claims


def test_it_is_given_back_when_the_reader_goes_on_with_routine_work(reading_one: TestSeat) -> None:
    seat = reading_one
    take_card(seat)
    routine = seat.desk.add("示例患者卅", flags=(flag("x", Severity.REMARK),), minutes=90)
    seat.station.waiting.refresh()
    seat.station.reading.take(routine)
    seat.looked()
    active(seat, 5 * 60)
    assert NORMAL in seat.desk.claims
    active(seat, 6 * 60)
    assert NORMAL not in seat.desk.claims
    assert in_hand(seat) == routine


def test_it_is_given_back_when_the_window_closes(reading_one: TestSeat) -> None:
    seat = reading_one
    take_card(seat)
    seat.station.window.close()
    QApplication.processEvents()
    assert not {NORMAL, CRITICAL} & set(seat.desk.claims)


def test_chosen_otherwise_it_is_given_back_at_once(reading_one: TestSeat) -> None:
    seat = reading_one
    take_card(seat)
    seat.station.window.commands.run("card.keep")
    assert NORMAL not in seat.desk.claims
    assert in_hand(seat) == CRITICAL


def test_taken_over_by_another_it_is_told_and_no_more_kept(reading_one: TestSeat) -> None:
    seat = reading_one
    take_card(seat)
    seat.desk.hold_for_other(NORMAL)
    active(seat, 60)
    assert seat.told == "interrupted.lost"
    assert not seat.station.window.commands.enabled("study.back_to_interrupted")
    assert in_hand(seat) == CRITICAL


def test_opened_from_the_list_it_is_in_hand_again(reading_one: TestSeat) -> None:
    seat = reading_one
    take_card(seat)
    seat.station.waiting.select(NORMAL)
    seat.station.window.commands.run("list.focus")
    seat.press(Key.Key_Return)
    seat.looked()
    assert in_hand(seat) == NORMAL
    active(seat, 60)
    assert seat.told is None or not seat.told.startswith("interrupted")
    assert seat.station.reading.writable

"""A word that an input method has not finished: not lost, not signed unseen, not of another."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from farlead_ui.signing import Panel
from support_gui import ALT, CTRL, Key, TestSeat

CRITICAL, NORMAL = 1, 5


def _conclusion(seat: TestSeat) -> QPlainTextEdit:
    (box,) = (each for each in seat.window.findChildren(QPlainTextEdit) if each.isVisible())
    return box


def _composing(seat: TestSeat) -> None:
    """Words stand in the conclusion, and letters that are not a word yet."""
    seat.scheduler.advance(0.3)
    seat.station.reading.take(NORMAL)
    seat.looked()
    _conclusion(seat).setFocus()
    seat.type("请复查")
    QApplication.sendEvent(_conclusion(seat), QInputMethodEvent("xindian", []))


def _left(seat: TestSeat) -> None:
    """The card is in hand; what was being written is the draft of the study before."""
    reading = seat.station.reading
    assert reading.in_hand is not None
    assert reading.in_hand.study == CRITICAL
    assert seat.desk.drafts[NORMAL].conclusion == "请复查xindian"
    assert CRITICAL not in seat.desk.drafts
    seat.looked()
    _conclusion(seat).setFocus()
    assert reading.drafting.draft.conclusion == ""


def test_a_card_taken_amid_a_word_keeps_it_in_its_draft(seat: TestSeat) -> None:
    _composing(seat)
    seat.press(Key.Key_1, ALT)
    seat.scheduler.advance(0.3)
    _left(seat)


def test_the_same_by_the_mouse(seat: TestSeat) -> None:
    _composing(seat)
    card = seat.station.window.cards.cards[0]
    QTest.mouseClick(card.window().windowHandle(), Qt.MouseButton.LeftButton, pos=_place(card))
    seat.scheduler.advance(0.3)
    _left(seat)


def _place(card: object) -> QPoint:
    return card.mapTo(card.window(), QPoint(100, 60))  # type: ignore[attr-defined]


def test_nothing_is_signed_with_a_word_that_is_not_finished(seat: TestSeat) -> None:
    _composing(seat)
    seat.press(Key.Key_Return, CTRL)
    assert seat.told == "reading.unfinished_word"
    assert not [name for name, _ in seat.desk.calls if name in ("sign", "blocked_by")]
    assert _conclusion(seat).toPlainText() == "请复查xindian"
    seat.press(Key.Key_Return, CTRL)
    assert seat.station.signing.panel is Panel.PIN

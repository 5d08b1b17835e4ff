"""Signing in, change of reader, and the lock that comes by itself."""

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from farlead.errors import SignInRefused
from farlead.messages import message
from farlead_ui.tasks import InlineTasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.windows.sign_in import SignIn
from support_gui import CTRL, SHIFT, Key, TestSeat


def _opens(login: str, word: str) -> str:
    if word != "right":
        raise SignInRefused(message("access.sign_in_rests", until="08:00:05"))
    return f"desk of {login}"


@pytest.fixture
def asking(qtbot: QtBot, appearance: Appearance) -> SignIn:
    made = SignIn(_opens, InlineTasks(), appearance, "阅图席 01", "jia")
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_password_opens_the_desk(qtbot: QtBot, asking: SignIn) -> None:
    QTest.keyClicks(asking.word, "right")
    with qtbot.waitSignal(asking.entered) as entered:
        QTest.keyClick(asking.word, Key.Key_Return)
    assert entered.args == ["desk of jia"]
    assert asking.word.text() == ""


def test_a_refusal_is_told_in_words_with_its_delay(asking: SignIn) -> None:
    QTest.keyClicks(asking.word, "wrong")
    QTest.keyClick(asking.word, Key.Key_Return)
    assert "08:00:05" in asking.told.text()
    assert asking.word.selectedText() == "wrong"
    assert asking.word.hasFocus() or not asking.isActiveWindow()


def test_nobody_at_the_keyboard_locks_the_station(seat: TestSeat) -> None:
    seat.station.reading.take(5)
    seat.looked()
    seat.station.reading.drafting.write(conclusion="写到一半")
    seat.scheduler.advance(910.0)
    assert seat.station.signing.locked_since is not None
    assert seat.station.window.pages.currentWidget() is seat.station.window.lock
    assert seat.desk.drafts[5].conclusion == "写到一半"
    assert 5 not in seat.desk.claims  # long since: nobody was there


def test_somebody_at_the_keyboard_does_not(seat: TestSeat) -> None:
    for _ in range(20):
        seat.scheduler.advance(60.0)
        seat.station.reading.activity()
    assert seat.station.signing.locked_since is None


def test_another_reader_is_next_and_what_is_in_hand_is_given_back(seat: TestSeat) -> None:
    seat.station.reading.take(5)
    seat.looked()
    seat.press(Key.Key_L, CTRL | SHIFT)
    assert seat.station.window.changing_reader
    assert not seat.station.window.isVisible()
    assert 5 not in seat.desk.claims


def test_who_has_signed_in_is_not_asked_again(seat: TestSeat) -> None:
    seat.station.signing.lock()
    seat.station.signing.enter()
    assert seat.station.signing.locked_since is None

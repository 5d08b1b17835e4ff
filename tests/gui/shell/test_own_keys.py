"""The reader's own keys: given in the window, refused with a sentence, there at the next start."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from farlead.errors import SettingsError
from farlead.messages import Language
from farlead.settings import Settings
from farlead_ui.app import keep_keys
from farlead_ui.command_table import TABLE
from farlead_ui.commands import Commands, Where
from farlead_ui.own_keys import called, refused
from farlead_ui.seat import recall
from support_gui import CTRL, SHIFT, Key, TestSeat


def _change(seat: TestSeat, query: str) -> object:
    seat.press(Key.Key_K, CTRL | SHIFT)
    changer = seat.station.window.over.key_changer
    assert changer.isVisible()
    seat.type(query)
    seat.press(Key.Key_Return)
    assert changer.changing is not None
    return changer


def test_a_key_is_given_by_pressing_it_and_works_at_once(seat: TestSeat, tmp_path: Path) -> None:
    window = seat.station.window
    settings = Settings(folder=tmp_path)
    window.commands.keys_changed.connect(lambda: keep_keys(settings, window.commands))
    seat.station.reading.take(1)
    seat.seen()
    changer = _change(seat, "day or night")
    seat.press(Key.Key_F10)
    assert changer.changing is None
    assert "F10" in changer.told.text()
    assert window.status._look.toolTip().endswith("F10"), "each place that names the key"
    seat.press(Key.Key_Escape)
    before = window.appearance.look
    seat.press(Key.Key_F9)
    assert window.appearance.look is before
    seat.press(Key.Key_F10)
    assert window.appearance.look is not before
    again = Commands(window.commands._seat, TABLE, recall(tmp_path).keys)
    assert again.key("seat.look") == "F10"
    changer = _change(seat, "day or night")
    seat.press(Key.Key_Delete)
    assert window.commands.key("seat.look") == "F9"
    assert recall(tmp_path).keys == {}


def test_a_key_that_is_taken_is_refused_with_its_owner(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat(language=Language.EN)
    commands = seat.station.window.commands
    changer = _change(seat, "next study")
    while changer.changing.id != "study.next":
        seat.press(Key.Key_Escape)
        seat.press(Key.Key_Down)
        seat.press(Key.Key_Return)
    seat.press(Key.Key_G)
    assert "Standard gain" in changer.told.text()
    assert changer.changing is not None, "another key can be tried"
    seat.press(Key.Key_K, CTRL)
    assert "All commands" in changer.told.text(), "keys that work everywhere are taken everywhere"
    seat.press(Key.Key_Tab)
    assert "always leads back" in changer.told.text()
    assert commands.key("study.next") == "N"
    seat.press(Key.Key_Escape)
    assert changer.isVisible()
    seat.press(Key.Key_Escape)
    assert not changer.isVisible()


def test_the_mouse_changes_keys_too(seat: TestSeat) -> None:
    seat.station.window.commands.run("seat.own_keys")
    changer = seat.station.window.over.key_changer
    seat.type("rjyj")
    QTest.mouseClick(changer.rows, Qt.MouseButton.LeftButton, pos=changer.rows.rect().center())
    assert changer.changing.id == "seat.look"
    assert changer.default.isHidden()
    seat.press(Key.Key_F10)
    QTest.mouseClick(changer.rows, Qt.MouseButton.LeftButton, pos=changer.rows.rect().center())
    QTest.mouseClick(changer.default, Qt.MouseButton.LeftButton)
    assert seat.station.window.commands.key("seat.look") == "F9"


def test_what_would_be_missing_while_typing_is_no_key_for_everywhere(seat: TestSeat) -> None:
    commands = seat.station.window.commands
    for key in ("S", "Shift+S", "Delete", "Left", "?"):
        told = commands.give("study.sign", key)
        assert told is not None
        assert told.id == "shell.keys.typed", key
    assert commands.give("study.next", "Esc").id == "shell.keys.reserved"
    assert commands.give("study.next", "no such key").id == "shell.keys.unknown"
    assert commands.give("study.next", "Ctrl+A, Ctrl+B").id == "shell.keys.unknown"
    assert commands.own_keys == {}


def test_default_keys_come_back_only_where_they_are_free(seat: TestSeat) -> None:
    commands = seat.station.window.commands
    assert commands.give("study.next", "F10") is None
    assert commands.give("sheet.gain_standard", "N") is None, "it is free now"
    told = commands.restore("study.next")
    assert told is not None
    assert told.id == "shell.keys.taken"
    assert commands.restore("sheet.gain_standard") is None
    assert commands.restore("study.next") is None
    assert commands.own_keys == {}


def test_wrong_keys_of_the_seat_file_end_the_start_with_their_command(seat: TestSeat) -> None:
    known = seat.station.window.commands._seat
    with pytest.raises(SettingsError, match=r"study\.next.*Standard gain|study\.next.*标准增益"):
        Commands(known, TABLE, {"study.next": ("G",)})
    with pytest.raises(SettingsError, match=r"study\.sign"):
        Commands(known, TABLE, {"study.sign": ("S",)})


def test_no_two_commands_of_the_table_have_one_key_without_meaning_to(seat: TestSeat) -> None:
    """Keys heard everywhere are nobody else's; the others are shared only in one place."""
    everywhere = {k for c in TABLE if c.where is Where.EVERYWHERE for k in c.keys}
    others = {k for c in TABLE if c.where is not Where.EVERYWHERE for k in c.keys}
    assert not everywhere & others
    for command in TABLE:
        for key in command.keys:
            if key not in {"Esc", "Tab", "Shift+Tab"}:
                assert refused(command, key, TABLE, lambda c: c.keys) is None, (command.id, key)


@pytest.mark.parametrize("key", sorted({k for c in TABLE for k in c.keys} - {"Shift+Tab"}))
def test_keys_are_called_as_the_table_writes_them(key: str) -> None:
    pressed = QKeySequence(key)[0]
    assert called(pressed) == QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def test_a_modifier_alone_and_the_keypad(seat: TestSeat) -> None:
    assert called(QKeyCombination(Qt.Key.Key_Control)) == ""
    keypad = Qt.KeyboardModifier.KeypadModifier
    assert called(QKeyCombination(keypad, Qt.Key.Key_5)) == "5"
    assert called(QKeyCombination(SHIFT, Qt.Key.Key_Question)) == "?"

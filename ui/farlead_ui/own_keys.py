"""The reader's own keys: what a key is called, and why a command may not have one.

A key that two commands share by the default table stays shared: they never work at once. A key
that a reader gives has one owner wherever it is heard.
"""

from collections.abc import Callable, Iterable
from typing import Protocol

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

from farlead.messages import Message, message

_PORTABLE = QKeySequence.SequenceFormat.PortableText
#: These lead back, or from field to field, whatever else a key does.
_RESERVED = {"Esc", "Tab", "Shift+Tab", "Backtab", "Shift+Backtab"}
_MODIFIERS = {
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock,
}  # fmt: skip
_EVERYWHERE = "everywhere"


class Keyed(Protocol):
    """What is asked of a command."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Its default keys."""

    @property
    def where(self) -> str:
        """Where its keys are heard."""

    @property
    def words(self) -> str:
        """Its title."""


def called(pressed: QKeyCombination) -> str:
    """Name of a key as the table writes it; empty for a modifier alone."""
    if pressed.key() in _MODIFIERS:
        return ""
    modifiers = pressed.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    text = QKeySequence(pressed.key()).toString(_PORTABLE)
    if len(text) == 1 and not text.isalnum():
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier  # "?" is Shift and another key already
    return QKeySequence(QKeyCombination(modifiers, pressed.key())).toString(_PORTABLE)


def refused(
    command: Keyed, key: str, table: Iterable[Keyed], keys: Callable[[Keyed], tuple[str, ...]]
) -> Message | None:
    """Why this key cannot be the command's; None when it can.

    Parameters
    ----------
    command : Command
    key : str
    table : iterable of Command
    keys : callable
        Keys of a command at present.
    """
    known = QKeySequence(key)
    name = known.toString(_PORTABLE)
    pressed = _pressed(known)
    if pressed is None:
        return message("shell.keys.unknown", key=key)
    if name in _RESERVED:
        return message("shell.keys.reserved", key=key)
    if command.where == _EVERYWHERE and _typed(pressed):
        return message("shell.keys.typed", key=key)
    for other in table:
        shared = key in command.keys and key in other.keys
        if other.id != command.id and not shared and name in map(_name, keys(other)):
            places = {command.where, other.where}
            if len(places) == 1 or _EVERYWHERE in places:
                return message("shell.keys.taken", key=key, command=other.words)
    return None


def _name(key: str) -> str:
    return QKeySequence(key).toString(_PORTABLE)


def _pressed(key: QKeySequence) -> QKeyCombination | None:
    """The one key of a sequence; None for several, or for what is no key."""
    one = key[0] if key.count() == 1 else None  # type: ignore[index]  # unknown to the stubs
    return None if one is None or one.key() == Qt.Key.Key_unknown else one


def _typed(pressed: QKeyCombination) -> bool:
    """Whether it writes or edits text: as a key everywhere it would be missing while typing."""
    strong = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    function = Qt.Key.Key_F1 <= pressed.key() <= Qt.Key.Key_F35
    return not function and not pressed.keyboardModifiers() & strong

"""What a room may know of the command table: run by id, the key to show, whether it works now."""

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton


class CommandsLike(Protocol):
    """The command table as rooms see it."""

    def run(self, command: str) -> None:
        """Run a command by its id, if it is enabled."""

    def key(self, command: str) -> str:
        """Its first key as shown on screen; empty when it has none."""

    def enabled(self, command: str) -> bool:
        """Whether it works now."""


class CommandButton(QPushButton):
    """A button that runs a command: its word in bold, its key beside it.

    Parameters
    ----------
    commands : CommandsLike
    command : str
        Id in the command table.
    role : str
        ``first`` for the one filled button of an area.
    """

    def __init__(self, commands: CommandsLike, command: str, role: str = "") -> None:
        super().__init__()
        self._commands, self._command = commands, command
        self.setProperty("role", role)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._word, self._key = QLabel(), QLabel()
        self._said = ("", "")
        for part, kind in ((self._word, "word"), (self._key, "cap")):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            part.setProperty("part", kind)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(11, 0, 11, 0)
        row.setSpacing(8)
        row.addWidget(self._word)
        row.addWidget(self._key)
        self.clicked.connect(lambda: commands.run(command))

    def set_word(self, word: str) -> None:
        """Say what it does; the key comes from the table."""
        key = self._commands.key(self._command)
        if (word, key) != self._said:
            self._said = (word, key)
            self._word.setText(word)
            self._key.setText(key)
            self._key.setVisible(bool(key))
            self.setAccessibleName(word)
        self.refresh()

    def refresh(self) -> None:
        """Follow the table: enabled or not."""
        self.setEnabled(self._commands.enabled(self._command))
        width = self._row.sizeHint().width()
        if width != self.width() or self.minimumWidth() != self.maximumWidth():
            self.setFixedWidth(width)

"""Other keys for commands: choose one, press the key; what is taken is refused with a sentence."""

from functools import partial

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from farlead.messages import Message
from farlead_ui.commands import Command, Commands
from farlead_ui.own_keys import called
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label, line, restyle
from farlead_ui.windows.overlay import Overlay
from farlead_ui.windows.rows import ROW, SHOWN, Entry, Line, Rows, matches

_HEAD, _FOOT = 56, 57


class KeyChanger(Overlay):
    """Every command with its key, whether it works now or not.

    Parameters
    ----------
    parent : QWidget
    commands : Commands
        Given the keys.
    appearance : Appearance
    """

    def __init__(self, parent: QWidget, commands: Commands, appearance: Appearance) -> None:
        super().__init__(parent, 760, _HEAD + ROW * SHOWN + _FOOT + 4)
        self._commands, self._appearance = commands, appearance
        self._all: list[Entry] = []
        self.changing: Command | None = None  # its new key is waited for
        self.rows = Rows(appearance, self._begin)
        self.input = Line(self.rows.step, self._begin_chosen)
        self.input.setFrame(False)
        self.input.setStyleSheet("QLineEdit, QLineEdit:focus { border: 0; padding: 0; }")
        self.input.textChanged.connect(self._find)
        self._title = label(step="section", bold=True)
        self.told = label(step="words", wrap=True)
        self.default = button()
        self.default.clicked.connect(self._restore)
        self._compose()

    def _compose(self) -> None:
        head = across(16, self._title, 12, self.input, self.way_out(), 12)
        head.setContentsMargins(0, 10, 0, 10)
        foot = across(16, self.told, self.default, 12)
        foot.setStretch(1, 1)
        foot.setContentsMargins(0, 10, 0, 10)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(down(head, line()))
        column.addWidget(self.rows)
        column.addStretch(1)
        column.addLayout(down(line(), foot))

    def refresh(self) -> None:
        """All commands, by the words of the language."""
        self._title.setText(self.tr("Change keys"))
        self.input.setPlaceholderText(self.tr("Which command?"))
        self.default.setText(self.tr("Default") + "  Delete")
        self._list()
        self._stop()
        self.input.clear()

    def open(self) -> None:
        """Show it; the keyboard looks for a command."""
        super().open()
        self.input.setFocus()

    def wanted(self) -> int:
        """As high as what was found."""
        return _HEAD + self.rows.height() + _FOOT + 4

    # -- choosing

    def _list(self) -> None:
        commands = [c for c in self._commands.table if c.id != "seat.back"]
        self._all = [self._entry(command) for command in commands]
        self._find(self.input.text())

    def _entry(self, command: Command) -> Entry:
        words, english = command.words, command.title.format(**command.values)
        keys = " ".join(self._commands.shown_keys(command))
        own = self.tr("own key") if command.id in self._commands.own_keys else ""
        found = f"{words} {english} {command.initials} {keys}".lower()
        return Entry("command", words, own, keys, found, partial(self._change, command))

    def _find(self, query: str) -> None:
        self.rows.show_entries([entry for entry in self._all if matches(entry, query)])
        self.place()

    def _begin_chosen(self) -> None:
        if self.rows.entries:
            self._begin(self.rows.entries[self.rows.chosen])

    def _begin(self, entry: Entry) -> None:
        entry.run()

    def _change(self, command: Command) -> None:
        self.changing = command
        self.setFocus()
        self.default.setVisible(command.id in self._commands.own_keys)
        self._tell(self.tr("Press the new key of “{name}”; Esc leaves it.").format(
            name=command.words
        ))  # fmt: skip

    def _stop(self) -> None:
        self.changing = None
        self.default.hide()
        self.input.setFocus()
        self._tell(self.tr("Enter chooses the command; then press its new key."))

    # -- the key

    def event(self, event: QEvent) -> bool:
        """While a key is waited for no key is anybody else's."""
        if event.type() == QEvent.Type.ShortcutOverride and self.changing is not None:
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, N802
        """Tab is a key like others while one is waited for: it is refused with its sentence."""
        return self.changing is None and super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        command, key = self.changing, called(event.keyCombination())
        if command is None or not key or event.isAutoRepeat():
            return
        if key == "Esc":
            self._stop()
        elif key == "Del" and not self.default.isHidden():
            self._restore()
        else:
            self._done(self._commands.give(command.id, key))

    def _restore(self) -> None:
        if self.changing is not None:
            self._done(self._commands.restore(self.changing.id))

    def _done(self, refused: Message | None) -> None:
        command = self.changing
        if refused is not None or command is None:
            self._tell(self._appearance.text(refused) if refused is not None else "", wrong=True)
            return
        place = self.rows.chosen
        self._list()
        self.rows.choose(place)
        self._stop()
        keys = " ".join(self._commands.shown_keys(command))
        self._tell(self.tr("“{name}” has the key {keys} now.").format(
            name=command.words, keys=keys
        ))  # fmt: skip

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        self.told.setText(text)
        restyle(self.told, tone="urgent" if wrong else "quiet")

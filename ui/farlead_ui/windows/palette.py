"""Command palette: everything by name, in Chinese, pinyin initials or English."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from farlead_ui import words
from farlead_ui.commands import Commands
from farlead_ui.theme.appearance import Appearance
from farlead_ui.waiting import WaitingModel, quarantined
from farlead_ui.widgets import across, label, line
from farlead_ui.windows.overlay import Overlay
from farlead_ui.windows.rows import ROW, SHOWN, Entry, Line, Rows, matches

_HEAD = 56


class CommandPalette(Overlay):
    """Ctrl+K.

    Parameters
    ----------
    parent : QWidget
    commands : Commands
    waiting : WaitingModel
        Its studies are found too.
    take : callable(int)
        Opens a study.
    close_first : callable
        Closes the palette before a command runs.
    appearance : Appearance
    """

    def __init__(
        self,
        parent: QWidget,
        commands: Commands,
        waiting: WaitingModel,
        take: Callable[[int], None],
        close_first: Callable[[], None],
        appearance: Appearance,
    ) -> None:
        super().__init__(parent, 680, _HEAD + ROW * SHOWN + 3)
        self._commands, self._waiting = commands, waiting
        self._take, self._close_first, self._appearance = take, close_first, appearance
        self._all: list[Entry] = []
        self.rows = Rows(appearance, self._run)
        self.input = Line(self.rows.step, self._run_chosen)
        self.input.setFrame(False)
        self.input.setStyleSheet("QLineEdit, QLineEdit:focus { border: 0; padding: 0; }")
        self.input.textChanged.connect(self._find)
        self._hint = label(step="words", tone="quiet")
        head = across(16, self.input, self._hint, self.way_out(), 12)
        head.setContentsMargins(0, 10, 0, 10)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(line())
        column.addWidget(self.rows)
        column.addStretch(1)
        self.setFocusProxy(self.input)

    def refresh(self) -> None:
        """Everything that can be done now."""
        self._hint.setText(self.tr("Chinese, pinyin initials or English"))
        self._all = [*self._command_entries(), *self._study_entries()]
        self.input.clear()
        self._find("")

    def wanted(self) -> int:
        """As high as what was found."""
        return _HEAD + self.rows.height() + 3

    def _find(self, query: str) -> None:
        self.rows.show_entries([entry for entry in self._all if matches(entry, query)])
        self.place()

    def _run_chosen(self) -> None:
        if self.rows.entries:
            self._run(self.rows.entries[self.rows.chosen])

    def _run(self, entry: Entry) -> None:
        self._close_first()
        entry.run()

    def _command_entries(self) -> list[Entry]:
        entries = []
        for command in self._commands.table:
            if command.id in {"seat.palette", "seat.back"}:
                continue
            if not self._commands.works_below(command):
                continue
            text = command.words
            english = command.title.format(**command.values)
            entries.append(
                Entry(
                    "command",
                    text,
                    "",
                    self._commands.key(command.id),
                    f"{text} {english} {command.initials}".lower(),
                    partial(self._commands.run, command.id),
                )
            )
        return entries

    def _study_entries(self) -> list[Entry]:
        entries = []
        for row in self._waiting.rows():
            if quarantined(row):
                continue
            study = row.study
            name = words.plain(study.patient.name or "")
            parts = [name, study.unit.name, words.kind(study.kind), words.sex_and_age(row)]
            side = self._appearance.joined(parts)
            entries.append(
                Entry(
                    "person",
                    study.number,
                    side,
                    "",
                    f"{study.number} {side}".lower(),
                    partial(self._take, study.id),
                )
            )
        return entries

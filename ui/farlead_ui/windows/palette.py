"""Command palette: everything by name, in Chinese, pinyin initials or English."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from farlead_ui import words
from farlead_ui.commands import Commands
from farlead_ui.icons import pixmap
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import META, WORDS
from farlead_ui.waiting import WaitingModel, quarantined
from farlead_ui.widgets import across, key_cap, label, line
from farlead_ui.windows.overlay import Overlay

_ROW = 36
_SHOWN = 12
_HEAD = 56


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette."""

    icon: str
    text: str
    side: str
    key: str
    found_by: str
    run: Callable[[], None]


def matches(entry: Entry, query: str) -> bool:
    """Whether an entry answers to what is typed: every word of it, anywhere."""
    return all(part in entry.found_by for part in query.lower().split())


class Rows(QWidget):
    """The entries found, the chosen one filled."""

    def __init__(self, appearance: Appearance, run: Callable[[Entry], None]) -> None:
        super().__init__()
        self._appearance, self._run = appearance, run
        self.entries: list[Entry] = []
        self.chosen = 0

    def show_entries(self, entries: list[Entry]) -> None:
        """Show what was found, the first chosen."""
        self.entries, self.chosen = entries[:_SHOWN], 0
        self.setFixedHeight(_ROW * max(len(self.entries), 1))
        self.update()

    def step(self, by: int) -> None:
        """Choose the next or the one before."""
        if self.entries:
            self.chosen = (self.chosen + by) % len(self.entries)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        place = int(event.position().y()) // _ROW
        if place < len(self.entries):
            self._run(self.entries[place])

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        for place, entry in enumerate(self.entries):
            row = QRect(0, place * _ROW, self.width(), _ROW)
            self._draw(painter, row, entry, chosen=place == self.chosen)
        painter.end()

    def _draw(self, painter: QPainter, row: QRect, entry: Entry, *, chosen: bool) -> None:
        palette = self._appearance.palette
        if chosen:
            painter.fillRect(row, QColor(palette.accent))
        colour = palette.on_accent if chosen else palette.text
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(16, row.y() + 10, pixmap(entry.icon, colour, 16, ratio))
        middle = Qt.AlignmentFlag.AlignVCenter
        area = row.adjusted(44, 0, -16, 0)
        painter.setPen(QColor(colour))
        painter.setFont(font(WORDS, bold=True))
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, entry.key)
        key = painter.fontMetrics().horizontalAdvance(entry.key) + 16
        painter.setFont(font(bold=chosen))
        text = painter.fontMetrics().elidedText(
            entry.text, Qt.TextElideMode.ElideRight, area.width() - key
        )
        painter.drawText(area, middle, text)
        used = painter.fontMetrics().horizontalAdvance(text) + 12
        painter.setFont(font(META))
        painter.setPen(QColor(palette.on_accent if chosen else palette.quiet))
        painter.drawText(area.adjusted(used, 0, -key, 0), middle, entry.side)


class _Line(QLineEdit):
    def __init__(self, step: Callable[[int], None], run: Callable[[], None]) -> None:
        super().__init__()
        self._step, self._run = step, run

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        match event.key():
            case Qt.Key.Key_Up:
                self._step(-1)
            case Qt.Key.Key_Down:
                self._step(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if not event.isAutoRepeat():
                    self._run()
            case _:
                super().keyPressEvent(event)


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
        super().__init__(parent, 680, _HEAD + _ROW * _SHOWN + 3)
        self._commands, self._waiting = commands, waiting
        self._take, self._close_first, self._appearance = take, close_first, appearance
        self._all: list[Entry] = []
        self.rows = Rows(appearance, self._run)
        self.input = _Line(self.rows.step, self._run_chosen)
        self.input.setFrame(False)
        self.input.setStyleSheet("QLineEdit, QLineEdit:focus { border: 0; padding: 0; }")
        self.input.textChanged.connect(self._find)
        self._hint = label(step="words", tone="quiet")
        head = across(16, self.input, self._hint, key_cap("Esc"), 12)
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

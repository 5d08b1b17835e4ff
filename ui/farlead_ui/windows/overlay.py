"""What may lie over the middle of the window: palette, key sheet, about. One at a time.

The head line and its clock stay readable.
"""

import math
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from farlead import __version__
from farlead_ui.commands import Command, Commands, Group
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import CONTROL_WORDS, HEAD_LINE
from farlead_ui.widgets import Clicks, ElidedLabel, across, down, key_cap, label, line
from farlead_ui.windows.status import EVALUATION


class Overlay(QFrame):
    """Base: a framed area over its parent, closed by Esc or a click on it.

    Signals
    -------
    left()
        The click; Esc is the window's own command.
    """

    left = Signal()

    def __init__(self, parent: QWidget, width: int, height: int) -> None:
        super().__init__(parent)
        self._wanted = (width, height)
        self.setProperty("role", "overlay")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVisible(False)

    def way_out(self) -> QLabel:
        """The key that closes it, for its head; a click does the same."""
        cap = key_cap("Esc")
        Clicks(cap, self.left.emit, cap)
        return cap

    def open(self) -> None:
        """Show over the parent and take the keyboard."""
        self.refresh()
        self.place()
        self.show()
        self.raise_()
        self.setFocus()

    def place(self) -> None:
        """Keep inside the parent, below the head line."""
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(self._wanted[0], parent.width() - 32)
        height = min(self._wanted[1], parent.height() - HEAD_LINE - CONTROL_WORDS - 48)
        top = HEAD_LINE + CONTROL_WORDS + 12
        self.setGeometry((parent.width() - width) // 2, top, width, min(height, self.wanted()))

    def wanted(self) -> int:
        """Height that the present content needs."""
        return self._wanted[1]

    def refresh(self) -> None:
        """Make its content anew."""


_MARGIN, _GAP, _ROW = 24, 28, 21
_PAIR, _EDGE, _HEAD = 2, 8, 48
#: From so wide a window on there is room for so many columns.
_WIDE = ((1480, 5), (1180, 4), (0, 3))


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the key sheet; without keys it is a heading."""

    words: str
    caps: tuple[str, ...] = ()


class KeySheet(Overlay):
    """All keys that the table has, on one page: the groups run on from column to column."""

    def __init__(self, parent: QWidget, commands: Commands) -> None:
        super().__init__(parent, 1720, 1000)
        self._commands = commands
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(1, 1, 1, 1)
        self._inside: QWidget | None = None
        self._area = QScrollArea()
        self._high = 0

    def refresh(self) -> None:
        """Read the table."""
        if self._inside is not None:
            self._inside.hide()
            self._outer.removeWidget(self._inside)
            self._inside.deleteLater()
        head = across(
            _MARGIN, label(self.tr("Keys"), step="section", bold=True), 8,
            label(self.tr("Single letters work while the sheet has the keyboard"),
                  step="words", tone="quiet"),
            None, label(self.tr("change keys"), step="words", tone="quiet"),
            key_cap(self._commands.key("seat.own_keys")), 16, self.way_out(), 20,
        )  # fmt: skip
        head.setContentsMargins(0, 12, 0, 12)
        columns = across(gap=_GAP)
        found = self._columns()
        for rows in found:
            columns.addLayout(_column(rows), 1)
        columns.setContentsMargins(_MARGIN, _EDGE, _MARGIN, _EDGE)
        table, self._area = QWidget(), QScrollArea()
        table.setLayout(columns)
        longest = max(len(rows) for rows in found)
        self._high = _HEAD + longest * _ROW + 2 * _EDGE + 4
        self._area.setWidget(table)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in (table, self._area.viewport()):
            part.setAutoFillBackground(False)
        self._inside = QWidget()
        top = QWidget()
        top.setLayout(head)
        top.setFixedHeight(_HEAD)
        self._inside.setLayout(down(top, line(), self._area))
        self._outer.addWidget(self._inside)

    def wanted(self) -> int:
        """As high as the longest column; in a low window it is scrolled."""
        return self._high + 4

    @property
    def whole(self) -> bool:
        """Whether all of it is seen at once."""
        return self._area.verticalScrollBar().maximum() == 0

    def _columns(self) -> list[list[_Row]]:
        """All rows in columns of the same height; a group that goes on says so."""
        parent = self.parentWidget()
        width = _WIDE[0][0] if parent is None else parent.width()
        number = next(columns for least, columns in _WIDE if width >= least)
        groups = [(title, self._rows(group)) for group, title in self._titles().items()]
        everything = sum(len(rows) + 1 for _, rows in groups)
        most = math.ceil((everything + number - 1) / number)
        columns: list[list[_Row]] = [[]]
        for title, rows in groups:
            if len(columns[-1]) + 3 > most:  # no heading at the foot
                columns.append([])
            columns[-1].append(_Row(title))
            for row in rows:
                if len(columns[-1]) >= most:
                    columns.append([_Row(self.tr("{group}, continued").format(group=title))])
                columns[-1].append(row)
        return columns

    def _titles(self) -> dict[Group, str]:
        return {
            Group.STUDY: self.tr("Study"),
            Group.SHEET: self.tr("Sheet and images"),
            Group.MEASURE: self.tr("Measuring"),
            Group.REPORT: self.tr("Report and seat"),
        }

    def _rows(self, group: Group) -> list[_Row]:
        wanted = {group, Group.SEAT} if group is Group.REPORT else {group}
        shown = [c for c in self._commands.table if c.group in wanted and self._commands.keys(c)]
        families: dict[str, list[Command]] = {}
        for command in shown:
            families.setdefault(command.family or command.id, []).append(command)
        return [self._row(members) for members in families.values()]

    def _row(self, members: list[Command]) -> _Row:
        """A command, or a family by its ends."""
        keys = [self._commands.shown_keys(command)[0] for command in members]
        if len(members) == 1:
            return _Row(members[0].words, (keys[0],))
        ends = tuple(keys) if len(keys) == _PAIR else (f"{keys[0]} – {keys[-1]}",)
        return _Row(members[0].family_words, ends)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        bar = self._area.verticalScrollBar()
        steps = {
            Qt.Key.Key_Down: bar.singleStep(),
            Qt.Key.Key_Up: -bar.singleStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
        }
        by = steps.get(Qt.Key(event.key()))
        if by is None:
            event.ignore()
        else:
            bar.setValue(bar.value() + by)


def _column(rows: list[_Row]) -> QVBoxLayout:
    column = down()
    for row in rows:
        words = ElidedLabel(step="words") if row.caps else ElidedLabel(bold=True)
        words.setText(row.words)
        inside = QWidget()
        parts = across(words, *(key_cap(cap) for cap in row.caps), gap=4)
        parts.setStretch(0, 1)
        inside.setLayout(parts)
        inside.setFixedHeight(_ROW - 1)
        column.addWidget(inside)
        column.addWidget(line())
    column.addStretch(1)
    return column


class About(Overlay):
    """Name, version, and what this program is not."""

    def __init__(self, parent: QWidget, appearance: Appearance) -> None:
        super().__init__(parent, 520, 240)
        self._appearance = appearance
        self._name = label("Farlead", step="patient", bold=True)
        self._version, self._what = label(step="words", tone="quiet"), label(wrap=True)
        self._mark = label(tone="urgent", bold=True, wrap=True)
        self._licence = label(step="words", tone="quiet", wrap=True)
        column = down(
            across(self._name, self._version, None, self.way_out(), gap=10), 12, self._what, 10,
            self._mark, 10, self._licence, None,
        )  # fmt: skip
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 20, 20, 20)
        row.addLayout(column)

    def refresh(self) -> None:
        """In the language of the window."""
        self._version.setText(__version__)
        self._what.setText(self.tr("Reading station for remote ECG and imaging"))
        self._mark.setText(self._appearance.text(EVALUATION))
        self._licence.setText(self.tr("Apache-2.0. Screening suggests; the physician decides."))

"""What may lie over the middle of the window: palette, key sheet, about. One at a time.

The head line and its clock stay readable.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from farlead import __version__
from farlead_ui.commands import Command, Commands, Group, shown_key
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import CONTROL_WORDS, HEAD_LINE
from farlead_ui.widgets import across, down, key_cap, label, line
from farlead_ui.windows.status import EVALUATION


class Overlay(QFrame):
    """Base: a framed area over its parent, closed by Esc (the window's own command)."""

    def __init__(self, parent: QWidget, width: int, height: int) -> None:
        super().__init__(parent)
        self._wanted = (width, height)
        self.setProperty("role", "overlay")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVisible(False)

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


class KeySheet(Overlay):
    """All keys that the table has, in columns."""

    def __init__(self, parent: QWidget, commands: Commands) -> None:
        super().__init__(parent, 1440, 900)
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
            24, label(self.tr("Keys"), step="section", bold=True), 8,
            label(self.tr("Single letters work while the sheet has the keyboard"),
                  step="words", tone="quiet"),
            None, label(self.tr("change keys"), step="words", tone="quiet"),
            key_cap(self._commands.key("seat.own_keys")), 16, key_cap(shown_key("Esc")), 20,
        )  # fmt: skip
        head.setContentsMargins(0, 14, 0, 14)
        names = {
            Group.STUDY: self.tr("Study"),
            Group.SHEET: self.tr("Sheet and images"),
            Group.MEASURE: self.tr("Measuring"),
            Group.REPORT: self.tr("Report and seat"),
        }
        columns = across(gap=32)
        for group, title in names.items():
            columns.addLayout(self._column(group, title), 1)
        columns.setContentsMargins(24, 12, 24, 16)
        table, self._area = QWidget(), QScrollArea()
        table.setLayout(columns)
        self._high = head.sizeHint().height() + table.sizeHint().height()
        self._area.setWidget(table)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in (table, self._area.viewport()):
            part.setAutoFillBackground(False)
        self._inside = QWidget()
        self._inside.setLayout(down(head, line(), self._area))
        self._outer.addWidget(self._inside)

    def wanted(self) -> int:
        """As high as the longest column; what has no room is scrolled to."""
        return self._high + 4

    def _column(self, group: Group, title: str) -> QVBoxLayout:
        column = down(label(title, bold=True), 6, line())
        for words, caps in self._rows(group):
            row = across(label(words, step="words"), None, *(key_cap(cap) for cap in caps), gap=4)
            row.setContentsMargins(0, 2, 0, 2)
            column.addLayout(row)
            column.addWidget(line())
        column.addStretch(1)
        return column

    def _rows(self, group: Group) -> list[tuple[str, list[str]]]:
        wanted = {group, Group.SEAT} if group is Group.REPORT else {group}
        rows: list[tuple[str, list[str]]] = []
        families: dict[str, list[Command]] = {}
        for command in self._commands.table:
            keys = self._commands.keys(command)
            if command.group not in wanted or not keys:
                continue
            if command.family:
                families.setdefault(command.family, []).append(command)
                if len(families[command.family]) > 1:
                    continue
            rows.append((command.words, [shown_key(keys[0])]))
        for members in families.values():
            place = next(p for p, row in enumerate(rows) if row[0] == members[0].words)
            ends = [shown_key(self._commands.keys(c)[0]) for c in (members[0], members[-1])]
            rows[place] = (members[0].family_words, [f"{ends[0]} – {ends[1]}"])
        return rows

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
            across(self._name, self._version, None, key_cap("Esc"), gap=10), 12, self._what, 10,
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

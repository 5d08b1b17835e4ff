"""What the typed text may mean: rows below the statement line, the chosen one filled."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame

from farlead.model.phrases import Template
from farlead.model.report import Statement
from farlead_ui.desk_like import EntryLike
from farlead_ui.report.lines import statement_text
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import META, STATEMENT_ROW

#: So many rows, besides the typed text itself.
SHOWN = 7


class Candidates(QFrame):
    """Own short forms, statements, templates, and the typed text itself as the last choice."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.setProperty("role", "candidates")
        self.entries: Sequence[EntryLike | Template] = ()
        self.free = ""
        self.chosen = 0
        self.setVisible(False)

    def show_entries(self, entries: Sequence[EntryLike | Template], free: str) -> None:
        """Show what was found for the typed text."""
        self.entries, self.free, self.chosen = entries[:SHOWN], free, 0
        self.setFixedHeight(STATEMENT_ROW * self.rows + 2 + 34)
        self.setVisible(bool(free))
        self.update()

    @property
    def rows(self) -> int:
        """How many can be chosen."""
        return len(self.entries) + 1

    def step(self, by: int) -> None:
        """Choose the next or the one before, around the ends."""
        self.chosen = (self.chosen + by) % self.rows
        self.update()

    def choice(self) -> EntryLike | Template:
        """What is chosen; the typed text is a free line."""
        if self.chosen < len(self.entries):
            return self.entries[self.chosen]
        return Statement("", self.free, self.free)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        painter = QPainter(self)
        palette = self._appearance.palette
        for place in range(self.rows):
            row = QRect(1, 1 + place * STATEMENT_ROW, self.width() - 2, STATEMENT_ROW)
            chosen = place == self.chosen
            if chosen:
                painter.fillRect(row, QColor(palette.accent))
            self._draw(painter, row.adjusted(11, 0, -11, 0), place, chosen=chosen)
        foot = QRectF(12, STATEMENT_ROW * self.rows + 1, self.width() - 24, 34)
        painter.fillRect(1, int(foot.y()), self.width() - 2, 1, QColor(palette.line))
        painter.setFont(font(META))
        painter.setPen(QColor(palette.quiet))
        hint = self.tr("↑ ↓ choose   Enter add   Esc back to the sheet")
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, hint)
        painter.end()

    def _draw(self, painter: QPainter, row: QRect, place: int, *, chosen: bool) -> None:
        palette = self._appearance.palette
        middle = Qt.AlignmentFlag.AlignVCenter
        if place < len(self.entries):
            entry = self.entries[place]
            text, side = statement_text(entry, self._appearance.language), self._side(entry)
        else:
            text, side = self.free, self.tr("free text")
        painter.setPen(QColor(palette.on_accent if chosen else palette.quiet))
        painter.setFont(font(META))
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, side)
        used = painter.fontMetrics().horizontalAdvance(side) + 12
        painter.setFont(font(bold=chosen))
        painter.setPen(QColor(palette.on_accent if chosen else palette.text))
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, row.width() - used
        )
        painter.drawText(row, middle, shown)

    def _side(self, entry: EntryLike | Template) -> str:
        if not isinstance(entry, Template):
            return entry.code
        if entry.own:
            return self.tr("my short form · {form}").format(form=entry.code)
        return self.tr("template")

"""Entries to choose from by key, wheel and mouse: what palette and key changer are made of."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from farlead_ui.icons import pixmap
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import META, WORDS

#: Height of a row, and how many are seen at once.
ROW, SHOWN = 36, 12


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
        self._first = 0  # the topmost that is seen
        self._turned = 0

    def show_entries(self, entries: list[Entry]) -> None:
        """Show what was found, the first chosen; more than have room are stepped or wheeled to."""
        self.entries, self.chosen, self._first = entries, 0, 0
        self.setFixedHeight(ROW * min(max(len(entries), 1), SHOWN))
        self.update()

    def choose(self, place: int) -> None:
        """Choose this entry, where there is one, and bring it into view."""
        if place < len(self.entries):
            self.chosen = place
            self._first = min(max(self._first, place - SHOWN + 1), place)
            self.update()

    def step(self, by: int) -> None:
        """Choose the next or the one before."""
        if self.entries:
            self.choose((self.chosen + by) % len(self.entries))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        place = self._first + int(event.position().y()) // ROW
        if place < len(self.entries):
            self.chosen = place
            self._run(self.entries[place])

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._turned += event.angleDelta().y()
        steps = int(self._turned / 120)
        self._turned -= 120 * steps
        most = max(len(self.entries) - SHOWN, 0)
        self._first = min(max(self._first - steps, 0), most)
        self.update()
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        seen = self.entries[self._first : self._first + SHOWN]
        for place, entry in enumerate(seen):
            row = QRect(0, place * ROW, self.width(), ROW)
            self._draw(painter, row, entry, chosen=self._first + place == self.chosen)
        if len(self.entries) > SHOWN:
            self._draw_bar(painter)
        painter.end()

    def _draw_bar(self, painter: QPainter) -> None:
        """How much more there is, at the edge."""
        high = self.height() * SHOWN // len(self.entries)
        top = self.height() * self._first // len(self.entries)
        painter.fillRect(self.width() - 4, top, 4, high, QColor(self._appearance.palette.edge))

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
        beside = area.adjusted(used, 0, -key, 0)
        side = painter.fontMetrics().elidedText(
            entry.side, Qt.TextElideMode.ElideRight, beside.width()
        )
        painter.drawText(beside, middle, side)


class Line(QLineEdit):
    """What is looked for; arrows and Enter are the rows'."""

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

"""Shown where a study cannot be drawn: what, why, what to do. Never a blank."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import Palette


class FailurePanel(QWidget):
    """Title and reasons on the panel's plain colour, with nothing drawn.

    Parameters
    ----------
    palette : Palette
    """

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._title, self._reason, self._promise = QLabel(), QLabel(), QLabel()
        self._title.setFont(font(tokens.PATIENT, bold=True))
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 48, 48, 48)
        column.setSpacing(tokens.SPACE[2])
        for label in (self._title, self._reason, self._promise):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            column.addWidget(label)
        self._reason.setFont(font(tokens.BODY))
        self._promise.setFont(font(tokens.BODY))
        column.addStretch(1)
        self.set_palette(palette)

    def say(self, title: str, reason: str, promise: str) -> None:
        """What cannot be shown, why, and what was not touched; in the reader's language."""
        self._title.setText(f"◆  {title}")
        self._reason.setText(reason)
        self._promise.setText(promise)

    def set_palette(self, palette: Palette) -> None:
        """Change between day and night."""
        self._palette = palette
        self._title.setStyleSheet(f"color: {palette.urgent}")
        for label in (self._reason, self._promise):
            label.setStyleSheet(f"color: {palette.text}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        QPainter(self).fillRect(self.rect(), QColor(self._palette.panel))

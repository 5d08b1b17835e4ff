"""Shown where a study cannot be drawn: what, why, what to do. Never a blank."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from farlead_ui.control_word import draw_sign
from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import Palette


class _Sign(QWidget):
    """Warning sign before the title."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.colours = palette
        self.setFixedSize(28, 28)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_sign(painter, 2, 3, 22, self.colours.urgent)


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
        self._sign = _Sign(palette)
        head = QHBoxLayout()
        head.setSpacing(tokens.SPACE[1])
        head.addWidget(self._sign)
        head.addWidget(self._title, 1)
        column.addLayout(head)
        for label in (self._title, self._reason, self._promise):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        column.addWidget(self._reason)
        column.addWidget(self._promise)
        self._reason.setFont(font(tokens.BODY))
        self._promise.setFont(font(tokens.BODY))
        column.addStretch(1)
        self.set_palette(palette)

    def say(self, title: str, reason: str, promise: str) -> None:
        """What cannot be shown, why, and what was not touched; in the reader's language."""
        self._title.setText(title)
        self._reason.setText(reason)
        self._promise.setText(promise)

    def set_palette(self, palette: Palette) -> None:
        """Change between day and night."""
        self._palette = palette
        self._sign.colours = palette
        for label in (self._title, self._reason, self._promise):
            label.setStyleSheet(f"color: {palette.text}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        QPainter(self).fillRect(self.rect(), QColor(self._palette.panel))

"""Shown instead of the sheet when a waveform cannot be drawn: what, and why. Never a blank."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import Palette


class FailurePanel(QWidget):
    """Title and reason on the window's plain colour, with nothing drawn."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._title = QLabel()
        self._reason = QLabel()
        self._reason.setWordWrap(True)
        self._promise = QLabel()
        self._promise.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 48, 48, 48)
        column.setSpacing(tokens.SPACE[2])
        for label in (self._title, self._reason, self._promise):
            column.addWidget(label)
        column.addStretch(1)
        self.setAutoFillBackground(True)
        self.set_palette(palette)
        self._retranslate()

    def say(self, reason: str) -> None:
        """Reason in the reader's language."""
        self._reason.setText(reason)
        self._retranslate()

    def set_palette(self, palette: Palette) -> None:
        """Change between day and night."""
        self.setStyleSheet(
            f"FailurePanel {{ background: {palette.panel} }} QLabel {{ color: {palette.text} }}"
        )
        self._title.setFont(font(tokens.PATIENT, bold=True))
        self._reason.setFont(font(tokens.BODY))
        self._promise.setFont(font(tokens.BODY))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._title.setText("⚠  " + self.tr("The tracing cannot be shown"))
        self._promise.setText(
            self.tr("To avoid a wrong reading nothing is drawn. The original file is unchanged.")
        )

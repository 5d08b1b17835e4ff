"""A structured report as a page of text that can be scrolled and selected."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import Palette


class TextPage(QWidget):
    """Lines of a report under a heading that says what they are.

    Parameters
    ----------
    palette : Palette
        Day or night; unlike an image, a text follows it.
    """

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._heading, self._body = QLabel(), QPlainTextEdit()
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self._heading.setFont(font(tokens.BODY, bold=True))
        self._heading.setContentsMargins(tokens.INSET, 8, tokens.INSET, 8)
        self._body.setReadOnly(True)
        self._body.setFont(font(tokens.BODY))
        self._body.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._body.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._heading)
        column.addWidget(self._body, 1)
        self.setFocusProxy(self._body)
        self.set_palette(palette)
        self._say()

    @property
    def surface(self) -> QWidget:
        """The part that paints the lines."""
        return self._body.viewport()

    @property
    def heading(self) -> str:
        """The heading as it reads."""
        return self._heading.text()

    @property
    def shown(self) -> str:
        """The whole text."""
        return self._body.toPlainText()

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show another report, from its beginning; the same lines stay where they are."""
        text = "\n".join(lines)
        if text != self.shown:
            self._body.setPlainText(text)

    def scroll_to_end(self) -> None:
        """To the last line."""
        bar = self._body.verticalScrollBar()
        bar.setValue(bar.maximum())

    @property
    def scrolled(self) -> int:
        """First line on screen, from 0."""
        return self._body.verticalScrollBar().value()

    def set_palette(self, palette: Palette) -> None:
        """Change between day and night."""
        self.setStyleSheet(f"TextPage {{ background: {palette.panel} }}")
        self._heading.setStyleSheet(f"color: {palette.text}")
        self._body.setStyleSheet(
            f"QPlainTextEdit {{ color: {palette.text}; background: {palette.panel};"
            f" padding: 0 {tokens.INSET}px }}"
        )

    def _say(self) -> None:
        self._heading.setText(self.tr("Structured report, shown as text"))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._say()

"""A control word of the bars over sheet and images: says a state, and changes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font, measures, width_of
from farlead_ui.theme.tokens import Palette

_HEIGHT = 28
_PAD = 10
_SIGN = 14  # warning sign
_RADIUS = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a word's menu; a heading stands over those that follow."""

    text: str
    chosen: bool
    run: Callable[[], None]
    heading: bool = False


def heading(text: str) -> Choice:
    """A line of the menu that only names what follows."""
    return Choice(text, False, lambda: None, heading=True)


class Word(QAbstractButton):
    """A word of the bar.

    Parameters
    ----------
    palette : Palette
    step : callable or None
        Called with +1 or −1 by wheel and arrow keys.
    choices : callable or None
        Entries of the menu that a click opens; without it a click is `clicked` alone.
    """

    def __init__(
        self,
        palette: Palette,
        *,
        step: Callable[[int], None] | None = None,
        choices: Callable[[], Sequence[Choice]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._palette = palette
        self._step = step
        self._choices = choices
        self._hint = ""
        self._warning = False
        self._active = False
        self._quiet = False
        self._turned = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self._open)

    @property
    def warning(self) -> bool:
        """Whether it is filled in the warning colour."""
        return self._warning

    def say(
        self,
        text: str,
        *,
        warning: bool = False,
        active: bool = False,
        quiet: bool = False,
        hint: str = "",
    ) -> None:
        """Change what it says and how: warning fill, active tint, or quiet."""
        self._warning, self._active, self._quiet, self._hint = warning, active, quiet, hint
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Change between day and night."""
        self._palette = palette
        self.update()

    def menu_entries(self) -> Sequence[Choice]:
        """What the click would offer."""
        return self._choices() if self._choices else ()

    def sizeHint(self) -> QSize:  # noqa: N802
        width = width_of(self.text(), tokens.WORDS, bold=self._warning)
        if self._warning:
            width += _SIGN + 6
        if self._hint:
            width += 6 + width_of(self._hint, tokens.META)
        return QSize(round(width) + 2 * _PAD, _HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self._step is None:
            event.ignore()
            return
        self._turned += event.angleDelta().y()
        while abs(self._turned) >= 120:
            direction = 1 if self._turned > 0 else -1
            self._turned -= 120 * direction
            self._step(direction)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if self._step is not None and event.key() in steps:
            self._step(steps[Qt.Key(event.key())])
            event.accept()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if self._choices is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for choice in self._choices():
            if choice.heading and not menu.isEmpty():
                menu.addSeparator()
            action = menu.addAction(choice.text)
            action.setEnabled(not choice.heading)
            if choice.heading:
                continue
            action.setCheckable(True)
            action.setChecked(choice.chosen)
            action.triggered.connect(choice.run)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    # -- painting -----------------------------------------------------------------------------

    def _colours(self) -> tuple[str | None, str]:
        if self._warning:
            return self._palette.urgent, self._palette.on_urgent
        if self._active:
            return self._palette.tint, self._palette.accent
        fill = self._palette.window if self.underMouse() and self._live() else None
        return fill, self._palette.quiet if self._quiet else self._palette.text

    def _live(self) -> bool:
        return self.isEnabled() and self.focusPolicy() != Qt.FocusPolicy.NoFocus

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill, ink = self._colours()
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        if fill is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(fill))
            painter.drawRoundedRect(area, _RADIUS, _RADIUS)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._palette.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area, _RADIUS, _RADIUS)
        left = float(_PAD)
        if self._warning:
            draw_sign(painter, left, (self.height() - _SIGN) / 2, _SIGN, ink)
            left += _SIGN + 6
        left = self._draw_text(painter, left, self.text(), tokens.WORDS, ink, self._warning)
        if self._hint:
            ink = ink if self._warning else self._palette.quiet
            self._draw_text(painter, left + 6, self._hint, tokens.META, ink, False)

    def _draw_text(
        self, painter: QPainter, left: float, text: str, kind: tokens.Type, ink: str, bold: bool
    ) -> float:
        painter.setFont(font(kind, bold=bold))
        painter.setPen(QColor(ink))
        down = (self.height() + measures(kind, bold=bold).capHeight()) / 2
        painter.drawText(QPointF(left, down), text)
        return left + width_of(text, kind, bold=bold)


class Separator(QWidget):
    """Upright line between two words.

    Attributes
    ----------
    colours : Palette
        Day or night.
    """

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.colours = palette
        self.setFixedSize(13, tokens.CONTROL_WORDS)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.fillRect(6, (self.height() - 18) // 2, 1, 18, QColor(self.colours.line))


def draw_sign(painter: QPainter, left: float, top: float, size: float, ink: str) -> None:
    """Warning triangle with an exclamation mark, `size` pixels each way."""
    pen = QPen(QColor(ink), size * 0.11)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = left + size / 2
    edge = size * 0.07
    corners = [
        QPointF(middle, top + edge),
        QPointF(left + size, top + size - edge),
        QPointF(left, top + size - edge),
    ]
    painter.drawPolygon(QPolygonF(corners))
    painter.drawLine(QPointF(middle, top + size * 0.4), QPointF(middle, top + size * 0.64))
    painter.drawPoint(QPointF(middle, top + size * 0.79))

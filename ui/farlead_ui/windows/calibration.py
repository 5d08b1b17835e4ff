"""Laying a bank card or a ruler on the glass: how many pixels a millimetre of this screen has."""

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from farlead_ui.ecg.geometry import scale_for
from farlead_ui.ecg.rulers import CARD, RULER, Matching, Rulers, Screen, first_guess
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import META
from farlead_ui.widgets import across, button, down, label, line
from farlead_ui.windows.overlay import Overlay

_EDGE = 24
_TOP = 16
_RULER_HEIGHT = 44
_FAST = 10
_HEIGHT = 172  # of everything but the picture


class Picture(QWidget):
    """Card and ruler at the scale that is being matched, on whole device pixels.

    Parameters
    ----------
    appearance : Appearance
    changed : callable
        Called after drag and wheel.
    """

    def __init__(self, appearance: Appearance, changed: Callable[[], None]) -> None:
        super().__init__()
        self._appearance, self._changed = appearance, changed
        self.matching = Matching(3.6)
        self._grabbed: tuple[float, int] | None = None
        self._turned = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the card and the ruler below it."""
        ratio = self.devicePixelRatioF()
        high = math.ceil(CARD[1] * self.matching.px_per_mm / ratio)
        return QSize(600, _TOP + high + 32 + _RULER_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        corner = self.mapTo(self.window(), QPoint(0, 0))
        painter.scale(1 / ratio, 1 / ratio)  # from here on device pixels, whole ones
        x, y = corner.x() * ratio, corner.y() * ratio
        painter.translate(math.ceil(x) - x, math.ceil(y) - y)
        left, top = round(_EDGE * ratio), round(_TOP * ratio)
        wide, high = (round(mm * self.matching.px_per_mm) for mm in CARD)
        weight = max(1, round(ratio))
        self._draw_card(painter, QRect(left, top, wide, high), weight)
        self._draw_ruler(painter, left, top + high + round(24 * ratio), ratio, weight)
        painter.end()

    def _draw_card(self, painter: QPainter, card: QRect, weight: int) -> None:
        palette = self._appearance.palette
        ruler = self.matching.ruler
        colour = QColor(palette.quiet if ruler else palette.accent)
        painter.fillRect(card, QColor(palette.window if ruler else palette.tint))
        for edge in (
            QRect(card.left(), card.top(), card.width(), weight),
            QRect(card.left(), card.bottom() + 1 - weight, card.width(), weight),
            QRect(card.left(), card.top(), weight, card.height()),
            QRect(card.right() + 1 - weight, card.top(), weight, card.height()),
        ):
            painter.fillRect(edge, colour)

    def _draw_ruler(
        self, painter: QPainter, left: int, top: int, ratio: float, weight: int
    ) -> None:
        palette = self._appearance.palette
        colour = QColor(palette.accent if self.matching.ruler else palette.quiet)
        scale = self.matching.px_per_mm
        painter.fillRect(left, top, round(RULER * scale) + weight, weight, colour)
        face = font(META)
        face.setPixelSize(round(META.size * ratio))
        painter.setFont(face)
        painter.setPen(QPen(QColor(palette.text)))
        for mm in range(int(RULER) + 1):
            x = left + round(mm * scale)
            long = 14 if mm % 10 == 0 else 10 if mm % 5 == 0 else 6
            painter.fillRect(x, top, weight, round(long * ratio), colour)
            if mm % 10 == 0:
                painter.drawText(round(x - 4 * ratio), top + round(28 * ratio), str(mm))

    # -- by mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._grabbed = (event.position().x(), self.matching.pixels)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._grabbed is None:
            return
        start, pixels = self._grabbed
        moved = round((event.position().x() - start) * self.devicePixelRatioF())
        self.matching.step(pixels + moved - self.matching.pixels)
        self._changed()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        self._grabbed = None

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._turned += event.angleDelta().y()
        steps, self._turned = int(self._turned / 120), int(math.fmod(self._turned, 120))
        if steps:
            self.matching.step(steps)
            self._changed()
        event.accept()


class Calibration(Overlay):
    """The dialog; follows keys, mouse and wheel, and keeps nothing before it is told to.

    Parameters
    ----------
    parent : QWidget
    rulers : Rulers
    screen : callable
        Tells the screen that the window stands on.
    appearance : Appearance
    close : callable
    """

    def __init__(
        self,
        parent: QWidget,
        rulers: Rulers,
        screen: Callable[[], Screen],
        appearance: Appearance,
        close: Callable[[], None],
    ) -> None:
        super().__init__(parent, 1000, 900)
        self._rulers, self._screen, self._close = rulers, screen, close
        self.picture = Picture(appearance, self._say)
        self._title, self._of = label(step="section", bold=True), label(step="words", tone="quiet")
        self._how = label(step="words", wrap=True)
        self._value = label(step="section", bold=True)
        self._grid = label(step="words", tone="quiet")
        self.keep, self.forget = button("first"), button()
        self.keep.clicked.connect(self._keep)
        self.forget.clicked.connect(self._forget)
        self._compose()

    def _compose(self) -> None:
        head = across(self._title, 8, self._of, None, self.way_out())
        head.setContentsMargins(_EDGE, 14, 20, 13)
        how = down(self._how)
        how.setContentsMargins(_EDGE, 12, _EDGE, 0)
        foot = across(self._value, 12, self._grid, None, self.forget, self.keep)
        foot.setContentsMargins(_EDGE, 8, _EDGE, 16)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        for part in (head, line(), how, self.picture, foot):
            if isinstance(part, QWidget):
                column.addWidget(part)
            else:
                column.addLayout(part)

    @property
    def matching(self) -> Matching:
        """What is being matched."""
        return self.picture.matching

    def refresh(self) -> None:
        """Begin with what is known of the screen that the window stands on."""
        screen = self._screen()
        self.picture.matching = Matching(first_guess(screen, self._rulers.of(screen)))
        self._title.setText(self.tr("True scale of this screen"))
        self._of.setText(screen.words)
        self._how.setText(
            self.tr(
                "Lay a bank card on the left edge of the frame, or a ruler on the line (Tab). "
                "Move the right edge until it fits: arrow keys by a pixel, with Shift by ten, "
                "mouse or wheel."
            )
        )
        self.keep.setText(self.tr("Keep") + "  Enter")
        self.forget.setText(self.tr("Not calibrated") + "  Delete")
        self._say()

    def wanted(self) -> int:
        """As high as the card needs."""
        return _HEIGHT + self.picture.sizeHint().height()

    def _say(self) -> None:
        matching = self.matching
        self._value.setText(f"{matching.px_per_mm:.2f} px/mm")
        scale = scale_for(matching.px_per_mm, self.devicePixelRatioF())
        if scale.bold is None:
            self._grid.setText(self.tr("5 mm is no whole number of pixels: lines are snapped"))
        else:
            error = 100 * (scale.px_per_mm / matching.px_per_mm - 1)
            told = self.tr("5 mm = {n} px, error {error} %")
            shown = f"{abs(error):.1f}" if abs(error) < 0.05 else f"{error:+.1f}"
            self._grid.setText(told.format(n=scale.bold, error=shown.replace("-", "−")))
        self.picture.updateGeometry()
        self.picture.update()

    def _keep(self) -> None:
        self._rulers.keep(self._screen(), self.matching.px_per_mm)
        self._close()

    def _forget(self) -> None:
        self._rulers.forget(self._screen())
        self._close()

    # -- by keyboard

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002, ARG002, N802
        """Tab goes from the card to the ruler."""
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        fast = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = _FAST if fast else 1
        acts = {
            Qt.Key.Key_Right: lambda: self.matching.step(step),
            Qt.Key.Key_Left: lambda: self.matching.step(-step),
            Qt.Key.Key_Tab: self.matching.turn,
            Qt.Key.Key_Backtab: self.matching.turn,
            Qt.Key.Key_Return: self._keep,
            Qt.Key.Key_Enter: self._keep,
            Qt.Key.Key_Delete: self._forget,
        }
        act = acts.get(Qt.Key(event.key()))
        if act is None:
            event.ignore()
            return
        act()
        self._say()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange and self.isVisible():
            self.refresh()
        super().changeEvent(event)

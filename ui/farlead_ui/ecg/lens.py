"""The magnifier's lens: the sheet under the pointer drawn again, larger both ways alike."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from farlead_ui.ecg.canvas import hairline
from farlead_ui.ecg.geometry import Scale, Sheet
from farlead_ui.ecg.items import Pattern, SheetItem
from farlead_ui.ecg.magnifier import TIMES
from farlead_ui.ecg.speeds import written
from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import Palette

_SIZE = (360.0, 220.0)  # device-independent pixels
_PLATE = 22.0


class LensItem(SheetItem):
    """Draws the traces once more: sharper than a picture of them would be.

    Parameters
    ----------
    draw : callable
        Draws the traces between two positions with a painter, in device pixels of the sheet.
    """

    def __init__(self, draw: Callable[[QPainter, float, float], None]) -> None:
        super().__init__(9)
        self._draw = draw
        self._at = QPointF()
        self._sheet: Sheet | None = None
        self._pattern: Pattern | None = None
        self._ruled: tuple[Scale, Palette, float] | None = None
        self._palette: Palette | None = None
        self._ratio = 1.0
        self.hide()

    @property
    def text(self) -> str:
        """Scale under the lens; limb leads' gain where the chest differs, both said."""
        if self._sheet is None:
            return ""
        paper = self._sheet.paper
        gains = [paper.gain.limb] + ([paper.gain.chest] if paper.gain.apart else [])
        said = "/".join(f"{gain * TIMES:g}" for gain in gains)
        return f"×{TIMES} · {written(paper.speed * TIMES)} · {said} mm/mV"

    @property
    def place(self) -> QRectF:
        """Where it lies, device pixels."""
        size = QPointF(_SIZE[0] * self._ratio, _SIZE[1] * self._ratio)
        return QRectF(self._at - size / 2, self._at + size / 2)

    def show_sheet(self, sheet: Sheet | None, palette: Palette, ratio: float) -> None:
        """Magnify this page."""
        self._sheet, self._palette, self._ratio = sheet, palette, ratio
        if sheet is not None and (sheet.scale, palette, ratio) != self._ruled:
            self._ruled = (sheet.scale, palette, ratio)
            large = Scale(
                sheet.scale.px_per_mm * TIMES,
                None if sheet.scale.bold is None else sheet.scale.bold * TIMES,
                sheet.scale.calibrated,
            )
            area = QRectF(0, 0, sheet.width * TIMES, sheet.height * TIMES)
            self._pattern = Pattern(large, palette, ratio, area)
            if self._at.isNull():
                self._at = QPointF(sheet.width / 2, sheet.height / 2)
        self.update()

    def move(self, at: QPointF) -> None:
        """Lie over this point, which stays where it is under the lens."""
        self._at = QPointF(round(at.x()), round(at.y()))
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        if self._sheet is None or self._palette is None or self._pattern is None:
            return
        place, away = self.place, self._at * (TIMES - 1)
        painter.save()
        painter.setClipRect(place)
        painter.translate(-away)
        self._pattern.fill(painter, place.translated(away), self._palette.sheet)
        painter.scale(TIMES, TIMES)
        self._draw(painter, place.left(), place.right())
        painter.restore()
        self._frame(painter, place, self._palette)

    def _frame(self, painter: QPainter, place: QRectF, palette: Palette) -> None:
        ratio = self._ratio
        painter.setPen(hairline(palette.accent, 2 * ratio))
        painter.drawRect(place)
        face = font(tokens.WORDS, bold=True)
        metrics = QFontMetricsF(face)
        painter.save()
        painter.translate(place.left(), place.bottom())
        painter.scale(ratio, ratio)
        wide = metrics.horizontalAdvance(self.text) + 16
        painter.fillRect(QRectF(0, -_PLATE, wide, _PLATE), QColor(palette.accent))
        painter.setFont(face)
        painter.setPen(QColor(palette.on_accent))
        painter.drawText(QPointF(8, -_PLATE / 2 + metrics.capHeight() / 2), self.text)
        painter.restore()

"""Lettering and shapes of the wall, in the measures of a screen of 3840 × 2160."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from farlead.model.study import Severity
from farlead_ui.theme.fonts import font
from farlead_ui.theme.marks import paint_mark
from farlead_ui.theme.tokens import Palette, Type

WIDTH, HEIGHT = 3840, 2160
#: Sizes of lettering; nothing is smaller than SMALL.
SMALL, BODY, TITLE, COUNT, CLOCK, CARD_CLOCK, GREAT = 42, 46, 60, 84, 88, 116, 220


@lru_cache(maxsize=32)
def lettering(size: int, *, bold: bool = False) -> QFont:
    """Font of a size of the wall."""
    return font(Type(size, size), bold=bold)


@lru_cache(maxsize=32)
def _measures(size: int, *, bold: bool) -> QFontMetricsF:
    return QFontMetricsF(lettering(size, bold=bold))


def width_of(text: str, size: int, *, bold: bool = False) -> float:
    """Width of a line of lettering."""
    return _measures(size, bold=bold).horizontalAdvance(text)


class Brush:
    """Draws on the wall.

    Parameters
    ----------
    painter : QPainter
        Scaled to the measures of the wall.
    palette : Palette
    faded : bool
        Whether figures are stale: everything goes quiet.
    """

    def __init__(self, painter: QPainter, palette: Palette, *, faded: bool) -> None:
        self.painter, self.palette, self._faded = painter, palette, faded

    def colour(self, name: str) -> QColor:
        """A colour of the palette; of stale figures only the quiet one."""
        loud = name not in ("line", "edge", "panel", "window", "critical_tint", "tint")
        return QColor(getattr(self.palette, "quiet" if self._faded and loud else name))

    def write(
        self, text: str, left: float, middle: float, size: int, tone: str = "text", *,
        bold: bool = False, right: bool = False, room: float | None = None,
    ) -> float:  # fmt: skip
        """Write a line with its middle at this height; ends with an ellipsis where it must.

        Returns
        -------
        float
            Width that was written.
        """
        if room is not None:
            text = _measures(size, bold=bold).elidedText(text, Qt.TextElideMode.ElideRight, room)
        width = width_of(text, size, bold=bold)
        x = left - width if right else left
        self.painter.setFont(lettering(size, bold=bold))
        self.painter.setPen(self.colour(tone))
        area = QRectF(x, middle - size, width + 4, 2 * size)
        self.painter.drawText(
            area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text
        )
        return width

    def fill(self, left: float, top: float, width: float, height: float, tone: str) -> None:
        """Fill an area."""
        self.painter.fillRect(QRectF(left, top, width, height), self.colour(tone))

    def frame(self, left: float, top: float, width: float, height: float, tone: str) -> None:
        """Draw a frame of 3 px."""
        self.painter.setPen(QPen(self.colour(tone), 3))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRect(QRectF(left, top, width, height))

    def rule(self, left: float, top: float, width: float) -> None:
        """A line across."""
        self.fill(left, top, width, 2, "line")

    def mark(self, left: float, middle: float, severity: Severity, size: float = 40) -> None:
        """The shape of a severity."""
        palette, middle_x = self.palette, left + size / 2
        if severity is Severity.NORMAL:  # a ring that is seen from afar
            self.painter.setPen(QPen(self.colour("remark"), 5))
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
            self.painter.drawEllipse(QPointF(middle_x, middle), size * 0.34, size * 0.34)
            return
        paint_mark(self.painter, QPointF(middle_x, middle), size, severity, palette)

    def line(self, points: list[tuple[float, float]], tone: str, *, dashed: bool = False) -> None:
        """A curve of 7 px."""
        pen = QPen(self.colour(tone), 7)
        if dashed:
            pen.setDashPattern([2.2, 1.6])
        self.painter.setPen(pen)
        self.painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))

    def area(self, points: list[tuple[float, float]], tone: str) -> None:
        """A filled area."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self.colour(tone))
        self.painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))

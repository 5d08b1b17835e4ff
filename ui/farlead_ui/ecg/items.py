"""What is painted on the sheet, one graphics item a thing, all in device pixels.

Order of painting (`zValue`): paper, evidence, grid, traces, marks and lettering.
"""

import math

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import create_qpolygonf, ndarray_from_qpolygonf
from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from farlead_ui.ecg.canvas import GraphicsObject, hairline
from farlead_ui.ecg.geometry import Scale
from farlead_ui.ecg.trace import Floats
from farlead_ui.theme.tokens import Palette

_STROKE = 1.4  # device-independent pixels


class SheetItem(GraphicsObject):
    """Base: covers the whole sheet unless told otherwise, takes no mouse."""

    def __init__(self, z: float) -> None:
        super().__init__()
        self._rect = QRectF()
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def set_rect(self, rect: QRectF) -> None:
        """Area painted to, device pixels."""
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = QRectF(rect)

    def boundingRect(self) -> QRectF:  # noqa: N802
        return self._rect


class EvidenceItem(SheetItem):
    """The spans of the focused suggestion, lit under the grid."""

    def __init__(self) -> None:
        super().__init__(0)
        self._areas: list[QRectF] = []
        self._colour = QColor()

    @property
    def areas(self) -> list[QRectF]:
        """Lit rectangles, device pixels."""
        return self._areas

    def set_areas(self, areas: list[QRectF], palette: Palette) -> None:
        """Light these instead."""
        self._areas, self._colour = areas, QColor(palette.lit)
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        for area in self._areas:
            painter.fillRect(area, self._colour)


class GridItem(SheetItem):
    """Millimetre grid: a tile where 5 mm are whole device pixels, snapped lines elsewhere."""

    def __init__(self) -> None:
        super().__init__(1)
        self._brush: QBrush | None = None
        self._fine: list[QLineF] = []
        self._bold: list[QLineF] = []
        self._pens = (QPen(), QPen())

    def set_scale(self, scale: Scale, palette: Palette, ratio: float) -> None:
        """Draw for this scale; call after `set_rect`."""
        weight = max(1, math.floor(ratio + 0.25))  # device pixels; 1 up to 150 %, 2 at 200 %
        self._brush, self._fine, self._bold = None, [], []
        self._pens = (hairline(palette.grid, weight), hairline(palette.grid_bold, weight))
        if scale.bold is not None:
            self._brush = QBrush(_tile(scale, palette, weight))
        else:
            self._fine, self._bold = _snapped_lines(scale, self._rect, weight)
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._brush is not None:
            painter.fillRect(self._rect, self._brush)
            return
        for pen, lines in zip(self._pens, (self._fine, self._bold), strict=True):
            painter.setPen(pen)
            painter.drawLines(lines)


def _tile(scale: Scale, palette: Palette, weight: int) -> QPixmap:
    """Grid of one bold square, transparent between the lines so that evidence shows through."""
    side = scale.bold or 1
    tile = QPixmap(side, side)
    tile.fill(QColor(0, 0, 0, 0))
    painter = QPainter(tile)
    for millimetre in (1, 2, 3, 4):
        at = scale.line(millimetre)
        painter.fillRect(QRect(at, 0, weight, side), QColor(palette.grid))
        painter.fillRect(QRect(0, at, side, weight), QColor(palette.grid))
    painter.fillRect(QRect(0, 0, weight, side), QColor(palette.grid_bold))
    painter.fillRect(QRect(0, 0, side, weight), QColor(palette.grid_bold))
    painter.end()
    return tile


def _snapped_lines(scale: Scale, rect: QRectF, weight: int) -> tuple[list[QLineF], list[QLineF]]:
    fine: list[QLineF] = []
    bold: list[QLineF] = []
    middle = weight / 2
    for millimetre in range(math.ceil(rect.width() / scale.px_per_mm) + 1):
        x = scale.line(millimetre) + middle
        (fine if millimetre % 5 else bold).append(QLineF(x, rect.top(), x, rect.bottom()))
    for millimetre in range(math.ceil(rect.height() / scale.px_per_mm) + 1):
        y = scale.line(millimetre) + middle
        (fine if millimetre % 5 else bold).append(QLineF(rect.left(), y, rect.right(), y))
    return fine, bold


class TraceItem(SheetItem):
    """One lead's trace in its cell.

    The stroke is 1.4 px wide and antialiased. Qt's wide antialiased polylines cost sixty times
    a 1 px one, so the stroke is laid in passes of 1 px, moved by fractions of a pixel.
    """

    def __init__(self) -> None:
        super().__init__(2)
        self._polygons: list[QPolygonF] = []
        self._pen = QPen()
        self._passes: tuple[tuple[float, float], ...] = ((0.0, 0.0),)

    def set_strokes(self, strokes: list[Floats], palette: Palette, ratio: float) -> None:
        """Draw these strokes, device pixels."""
        self._polygons = [polygon(points) for points in strokes]
        self._pen = hairline(palette.trace)
        self._passes = _passes(_STROKE * ratio)
        self.update()

    @property
    def strokes(self) -> list[QPolygonF]:
        """What is drawn."""
        return self._polygons

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(self._pen)
        for x, y in self._passes:
            painter.translate(x, y)
            for stroke in self._polygons:
                painter.drawPolyline(stroke)
            painter.translate(-x, -y)


def _passes(width: float) -> tuple[tuple[float, float], ...]:
    """Where strokes of 1 px are laid to make one of this width, device pixels."""
    spread = (width - 1) / 2
    if spread < 0.3:
        return ((-spread, -spread), (spread, spread))
    corner = 0.75 * spread
    around = ((-corner, -corner), (corner, -corner), (-corner, corner), (corner, corner))
    return around if spread < 0.6 else ((0.0, 0.0), *around)


def polygon(points: NDArray[np.float64]) -> QPolygonF:
    """Polygon with these points, shape (n, 2), copied in one go."""
    made: QPolygonF = create_qpolygonf(len(points))
    if len(points):
        ndarray_from_qpolygonf(made)[:] = points
    return made

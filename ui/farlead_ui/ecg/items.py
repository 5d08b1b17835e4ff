"""What is painted on the sheet, one graphics item a thing, all in device pixels.

Order of painting (`zValue`): paper with its grid, evidence under the same grid, traces, marks and
lettering.
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
from farlead_ui.ecg.spans import SpanImage
from farlead_ui.ecg.trace import Floats
from farlead_ui.theme.tokens import Palette

_STROKE = 1.4  # device-independent pixels
_SQUARES = 8  # bold squares on a side of the grid's tile


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


class Pattern:
    """The grid as something to fill areas with: a tile where 5 mm are whole pixels, else lines."""

    def __init__(self, scale: Scale, palette: Palette, ratio: float, area: QRectF) -> None:
        self._palette = palette
        weight = max(1, math.floor(ratio + 0.25))  # device pixels; 1 up to 150 %, 2 at 200 %
        self._pens = (hairline(palette.grid, weight), hairline(palette.grid_bold, weight))
        self._tiles: dict[str, QBrush] = {}
        self._lines: tuple[list[QLineF], list[QLineF]] = ([], [])
        if scale.bold is None:
            self._lines = _snapped_lines(scale, area, weight)
        else:
            for ground in (palette.sheet, palette.lit):
                self._tiles[ground] = QBrush(_tile(scale, palette, weight, ground))

    def fill(self, painter: QPainter, area: QRectF, ground: str) -> None:
        """Paint an area: the ground's colour with the grid over it."""
        if ground in self._tiles:
            painter.fillRect(area, self._tiles[ground])
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setClipRect(area)
        painter.fillRect(area, QColor(ground))
        for pen, lines in zip(self._pens, self._lines, strict=True):
            painter.setPen(pen)
            painter.drawLines(lines)
        painter.restore()


def _tile(scale: Scale, palette: Palette, weight: int, ground: str) -> QPixmap:
    """Several bold squares, opaque: the fastest thing to fill with."""
    side = scale.bold or 1
    tile = QPixmap(side * _SQUARES, side * _SQUARES)
    tile.fill(QColor(ground))
    painter = QPainter(tile)
    for colour, steps in ((palette.grid, (1, 2, 3, 4)), (palette.grid_bold, (0,))):
        for square in range(_SQUARES):
            for step in steps:
                at = square * side + scale.line(step)
                painter.fillRect(QRect(at, 0, weight, tile.height()), QColor(colour))
                painter.fillRect(QRect(0, at, tile.width(), weight), QColor(colour))
    painter.end()
    return tile


def _snapped_lines(scale: Scale, area: QRectF, weight: int) -> tuple[list[QLineF], list[QLineF]]:
    fine: list[QLineF] = []
    bold: list[QLineF] = []
    middle = weight / 2
    for millimetre in range(math.ceil(area.right() / scale.px_per_mm) + 1):
        x = scale.line(millimetre) + middle
        (fine if millimetre % 5 else bold).append(QLineF(x, area.top(), x, area.bottom()))
    for millimetre in range(math.ceil(area.bottom() / scale.px_per_mm) + 1):
        y = scale.line(millimetre) + middle
        (fine if millimetre % 5 else bold).append(QLineF(area.left(), y, area.right(), y))
    return fine, bold


class PaperItem(SheetItem):
    """Paper with its millimetre grid."""

    def __init__(self) -> None:
        super().__init__(0)
        self._pattern: Pattern | None = None
        self._ground = ""

    def set_pattern(self, pattern: Pattern, palette: Palette) -> None:
        """Fill with this."""
        self._pattern, self._ground = pattern, palette.sheet
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        if self._pattern is not None:
            self._pattern.fill(painter, self._rect, self._ground)


class EvidenceItem(SheetItem):
    """The spans of the focused suggestion, lit; the grid lies over them."""

    def __init__(self) -> None:
        super().__init__(1)
        self._areas: list[QRectF] = []
        self._pattern: Pattern | None = None
        self._ground = ""

    @property
    def areas(self) -> list[QRectF]:
        """Lit rectangles, device pixels."""
        return self._areas

    def set_pattern(self, pattern: Pattern, palette: Palette) -> None:
        """Fill with this."""
        self._pattern, self._ground = pattern, palette.lit

    def set_areas(self, areas: list[QRectF]) -> None:
        """Light these instead."""
        self._areas = areas
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        if self._pattern is not None:
            for area in self._areas:
                self._pattern.fill(painter, area, self._ground)


class TraceItem(SheetItem):
    """One lead's trace in its cell.

    The stroke is 1.4 px wide and antialiased. Qt's wide antialiased polylines cost sixty times
    a 1 px one, so the stroke is laid in passes of 1 px, moved by fractions of a pixel.
    """

    def __init__(self) -> None:
        super().__init__(2)
        self._polygons: list[QPolygonF] = []
        self._spans: SpanImage | None = None
        self._pen = QPen()
        self._passes: tuple[tuple[float, float], ...] = ((0.0, 0.0),)

    def set_spans(self, strokes: list[Floats], palette: Palette) -> None:
        """Draw these upright spans, one a pixel column, instead."""
        self._polygons = []
        if self._spans is None:
            self._spans = SpanImage()
        self._spans.fill(strokes, palette.trace, int(self._rect.height()))
        self.update()

    def set_strokes(self, strokes: list[Floats], palette: Palette, ratio: float) -> None:
        """Draw these strokes, device pixels."""
        self._spans = None
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
        self.draw(painter)

    def draw(self, painter: QPainter) -> None:
        """Draw it, here or through a magnifier."""
        if self._spans is not None:
            self._spans.paint(painter)
            return
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

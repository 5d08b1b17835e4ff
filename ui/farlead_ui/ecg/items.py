"""What is painted on the sheet, one graphics item a thing, all in device pixels.

Order of painting (`zValue`): paper with its grid, evidence under the same grid, traces, marks and
lettering.
"""

import math
from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from farlead_ui.ecg.canvas import GraphicsObject, hairline
from farlead_ui.ecg.film import Film
from farlead_ui.ecg.geometry import Scale
from farlead_ui.theme.tokens import Palette

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


class TracesItem(SheetItem):
    """All traces, on the films that they were stroked on."""

    def __init__(self) -> None:
        super().__init__(2)
        self._films: Sequence[Film] = ()

    def set_films(self, films: Sequence[Film]) -> None:
        """Draw these."""
        self._films = films
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        self.draw(painter)

    def draw(self, painter: QPainter) -> None:
        """Draw them, here or through a magnifier."""
        for film in self._films:
            film.paint(painter)

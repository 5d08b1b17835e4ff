"""The scene the sheet is drawn in: pyqtgraph's, in device pixels, with typed bases.

pyqtgraph ships no type information; for the type checker its classes are the Qt classes that
they derive from.
"""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QPen, QResizeEvent, QTransform
from PySide6.QtWidgets import QGraphicsView, QWidget

if TYPE_CHECKING:
    from PySide6.QtWidgets import QGraphicsObject as GraphicsObject
    from PySide6.QtWidgets import QGraphicsView as GraphicsView
else:
    from pyqtgraph import GraphicsObject, GraphicsView

__all__ = ["Canvas", "GraphicsObject", "hairline"]


class Canvas(GraphicsView):
    """A view whose scene counts device pixels, so that lines stay crisp at any scale factor."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._ratio = 1.0
        super().__init__(parent)
        self.setCentralItem(None)  # type: ignore[attr-defined]  # pyqtgraph's layout, unused
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # paper covers it
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)

    @property
    def ratio(self) -> float:
        """Device pixels per device-independent pixel."""
        return self._ratio

    def device_size(self) -> tuple[int, int]:
        """Width and height of the viewport in device pixels."""
        size = self.viewport().size()
        return int(size.width() * self._ratio), int(size.height() * self._ratio)

    def updateMatrix(self, propagate: bool = True) -> None:  # noqa: ARG002, N802  # pyqtgraph's
        """Map one unit of the scene to one device pixel, whatever the scale factor."""
        self._ratio = self.devicePixelRatioF()
        width, height = self.device_size()
        self.setSceneRect(QRectF(0, 0, width, height))
        self.setTransform(self._aligned())

    def realign(self) -> None:
        """Follow a move inside the window, so that lines keep lying on whole device pixels."""
        aligned = self._aligned()
        if aligned != self.transform():
            self.setTransform(aligned)

    def resizeEvent(self, event: QResizeEvent | None) -> None:  # noqa: N802
        if event is not None:
            QGraphicsView.resizeEvent(self, event)
        self.updateMatrix()

    def _aligned(self) -> QTransform:
        """Scale to device pixels; the corner is moved onto a whole device pixel of the window.

        The scene is aligned left and top: centred, Qt would add whole pixels of its own.
        """
        corner = self.viewport().mapTo(self.window(), QPoint(0, 0))
        x, y = corner.x() * self._ratio, corner.y() * self._ratio
        transform = QTransform.fromScale(1 / self._ratio, 1 / self._ratio)
        return transform.translate(math.ceil(x) - x, math.ceil(y) - y)


def hairline(colour: str, width: float = 1.0) -> QPen:
    """Pen of a width in device pixels, whatever the transform."""
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    return pen

"""Traces that are zoomed out, as pixels: one upright span a pixel column, filled in one go.

Qt fills upright lines one by one, thirty thousand of them for twelve leads; numpy compares whole
rows at once and needs an eighth of the time. Only the band that the trace crosses is made.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPainter

Floats = NDArray[np.float64]
_MOST = 1 << 14  # rows of a sheet, far above any screen


class SpanImage:
    """One lead's spans; the memory is kept from frame to frame."""

    def __init__(self) -> None:
        self._pixels = np.empty(0, np.uint32)
        self._steps = np.empty(0, np.int16)
        self._mask = np.empty(0, np.bool_)
        self._image: QImage | None = None
        self._corner = QPoint()

    def fill(self, strokes: Sequence[Floats], colour: str, height: int) -> None:
        """Draw these strokes.

        Parameters
        ----------
        strokes : sequence of ndarray, shape (2 * columns, 2)
            Both ends of each column's span, device pixels.
        colour : str
        height : int
            Of the sheet in device pixels; what lies outside is left out.
        """
        self._image = None
        if not strokes:
            return
        left = int(strokes[0][0, 0])
        top, stop = _edges(strokes, left, int(strokes[-1][-1, 0]) + 1 - left, height)
        seen = stop > top
        if not seen.any():
            return
        first, last = int(top[seen].min()), int(stop.max())
        self._make(top - first, stop - first, last - first, QColor(colour).rgba())
        self._corner = QPoint(left, first)

    def rows(self, column: int) -> tuple[int, int] | None:
        """First filled row of a column of the sheet and the row after the last; None: empty."""
        if self._image is None:
            return None
        left, image = column - self._corner.x(), self._image
        rows = [y for y in range(image.height()) if image.pixel(left, y)]
        return (rows[0] + self._corner.y(), rows[-1] + 1 + self._corner.y()) if rows else None

    def paint(self, painter: QPainter) -> None:
        """Paint the spans where they belong."""
        if self._image is not None:
            painter.drawImage(self._corner, self._image)

    def _make(self, top: NDArray[np.int16], stop: NDArray[np.int16], rows: int, ink: int) -> None:
        width, size = top.size, top.size * rows
        if size > self._pixels.size:
            self._pixels = np.empty(size, np.uint32)
            self._steps, self._mask = np.empty(size, np.int16), np.empty(size, np.bool_)
        steps = self._steps[:size].reshape(rows, width)
        mask = self._mask[:size].reshape(rows, width)
        pixels = self._pixels[:size].reshape(rows, width)
        np.subtract(np.arange(rows, dtype=np.int16)[:, None], top, out=steps)
        # A row above the span is negative and, read without a sign, beyond its length, too.
        np.less(steps.view(np.uint16), (stop - top).view(np.uint16), out=mask)
        np.multiply(mask, np.uint32(ink), out=pixels, dtype=np.uint32)
        form = QImage.Format.Format_ARGB32_Premultiplied
        self._image = QImage(pixels.data, width, rows, 4 * width, form)


def _edges(
    strokes: Sequence[Floats], left: int, width: int, height: int
) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """First row and row after the last of each column's span; equal where there is none."""
    top, stop = np.zeros(width, np.int16), np.zeros(width, np.int16)
    for points in strokes:
        at = int(points[0, 0]) - left
        columns = slice(at, at + len(points) // 2)
        ends = np.clip(np.floor(points[:, 1]), -1, min(height, _MOST)).astype(np.int16)
        above = np.minimum(ends[0::2], ends[1::2])
        below = np.maximum(ends[0::2], ends[1::2])
        top[columns] = np.maximum(above, 0)
        stop[columns] = np.minimum(below + 1, height)
    np.maximum(stop, top, out=stop)
    return top, stop

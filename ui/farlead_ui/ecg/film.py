"""Traces stroked once and moved by whole pixels afterwards: only what comes in is stroked.

Device pixels are counted from the start of the recording, so a piece is the same picture wherever
it comes to lie, and a sheet that was panned is pixel by pixel the sheet that is painted anew.
"""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import create_qpolygonf, ndarray_from_qpolygonf
from PySide6.QtGui import QImage, QPainter, QPolygonF

from farlead.model.recording import Recording
from farlead_signal.filters import Setting
from farlead_ui.ecg.canvas import hairline
from farlead_ui.ecg.page import Cell, Sheet
from farlead_ui.ecg.seen import Source
from farlead_ui.ecg.trace import thinned

#: Pixels that are stroked ahead at once in the direction of a pan.
AHEAD = 128
#: Pixels beside a piece that are looked at, so that strokes meet where pieces do.
_BESIDE = 4
_STROKE = 1.4  # device-independent pixels
#: Qt cuts places off to whole parts of so many in a pixel. Points lie on these parts, and passes
#: half of one beside, so that no rounding makes two pictures of the same trace differ.
_GRAIN = 64
#: Places of traces between whole pixels are whole parts of this.
_PARTS = 256

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One lead: its place in the samples, the height of its zero, its scale."""

    index: int
    baseline: int
    px_per_mv: float


@dataclass(frozen=True, slots=True)
class Look:
    """All that the pictures depend on but the part of the recording that is shown.

    `shift` is where a trace that begins with the recording lies in its first pixel.
    """

    recording: Recording
    setting: Setting
    per_pixel: float
    shift: float
    rows: tuple[Row, ...]
    height: int
    colour: str
    ratio: float


@dataclass(frozen=True, slots=True)
class Window:
    """What is shown of a film, its pixels `first` to `stop`, and where its pixel 0 would lie."""

    origin: int
    first: int
    stop: int


@dataclass(frozen=True, slots=True)
class _Piece:
    first: int
    stop: int
    top: int
    margin: int
    image: QImage | None  # None: nothing recorded


@dataclass(slots=True)
class Film:
    """What has been stroked of cells that share place and time."""

    look: Look
    window: Window
    source: Source
    _pieces: list[_Piece] = field(default_factory=list)

    def show(self, look: Look, window: Window, source: Source) -> None:
        """Show another part, or another look; what is missing is stroked when it is painted."""
        if look != self.look:
            self._pieces = []
        self.look, self.window, self.source = look, window, source

    def paint(self, painter: QPainter) -> None:
        """Paint the part where it belongs; the painter counts the sheet's device pixels."""
        self._complete()
        window = self.window
        for piece in self._pieces:
            first, stop = max(piece.first, window.first), min(piece.stop, window.stop)
            if first < stop and piece.image is not None:
                left, wide, high = (
                    piece.margin + first - piece.first,
                    stop - first,
                    piece.image.height(),
                )
                x = window.origin + first
                painter.drawImage(x, piece.top, piece.image, left, 0, wide, high)

    def _complete(self) -> None:
        """Have pieces for the whole window, and none far from it."""
        first, stop = self.window.first, self.window.stop
        reach = stop - first
        near = [p for p in self._pieces if p.stop > first - reach and p.first < stop + reach]
        if not near or near[0].first >= stop or near[-1].stop <= first:
            self._pieces = [self._stroked(first, stop)] if stop > first else []
            return
        if near[0].first > first:
            near.insert(0, self._stroked(min(first, near[0].first - AHEAD), near[0].first))
        if near[-1].stop < stop:
            near.append(self._stroked(near[-1].stop, max(stop, near[-1].stop + AHEAD)))
        self._pieces = near

    def _stroked(self, first: int, stop: int) -> _Piece:
        look = self.look
        margin = _BESIDE + 2 + math.ceil(2 / look.per_pixel)
        lines = [points for row in look.rows for points in self._points(row, first, stop)]
        if not lines:
            return _Piece(first, stop, 0, margin, None)
        low, high = min(p[:, 1].min() for p in lines), max(p[:, 1].max() for p in lines)
        top = max(0, math.floor(low) - 3)
        bottom = min(look.height, math.ceil(high) + 3)
        if bottom <= top:
            return _Piece(first, stop, 0, margin, None)
        image = QImage(
            stop - first + 2 * margin, bottom - top, QImage.Format.Format_ARGB32_Premultiplied
        )
        image.fill(0)
        painter = QPainter(image)
        moved = [polygon(points + np.array((margin - first, -top))) for points in lines]
        stroke(painter, moved, look.colour, look.ratio)
        painter.end()
        return _Piece(first, stop, top, margin, image)

    def _points(self, row: Row, first: int, stop: int) -> list[Floats]:
        """Strokes over these pixels and a little beside them."""
        look, source = self.look, self.source
        n = source.samples.shape[1]
        start = math.floor((first - look.shift - _BESIDE) * look.per_pixel) - source.first
        end = math.ceil((stop - look.shift + _BESIDE) * look.per_pixel) + 1 - source.first
        start, end = max(0, start), min(n, end)
        if start >= end:
            return []
        made = []
        part = source.samples[row.index, start:end]
        for at, value in thinned(part, source.first + start, look.per_pixel):
            points = np.empty((len(at), 2))
            points[:, 0] = at + look.shift
            points[:, 1] = row.baseline + 0.5 - value * row.px_per_mv
            made.append(np.round(points * _GRAIN) / _GRAIN)
        return made


def window_of(sheet: Sheet, cell: Cell) -> tuple[float, Window]:
    """Shift and window of the film that a cell lies on."""
    zero = cell.left + 0.5 - cell.begin * sheet.px_per_second
    place = round(zero * _PARTS)
    origin, part = divmod(place, _PARTS)
    left, right = math.floor(cell.left), math.floor(cell.right) + 1
    return part / _PARTS, Window(origin, left - origin, right - origin)


def stroke(painter: QPainter, lines: list[QPolygonF], colour: str, ratio: float) -> None:
    """Draw traces.

    The stroke is 1.4 px wide and antialiased. Qt's wide antialiased polylines cost sixty times
    a 1 px one, so the stroke is laid in passes of 1 px, moved by fractions of a pixel.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
    painter.setPen(hairline(colour))
    for across, down in _passes(_STROKE * ratio):
        x, y = ((math.floor(by * _GRAIN) + 0.5) / _GRAIN for by in (across, down))
        painter.translate(x, y)
        for line in lines:
            painter.drawPolyline(line)
        painter.translate(-x, -y)


def _passes(width: float) -> tuple[tuple[float, float], ...]:
    """Where strokes of 1 px are laid to make one of this width, device pixels."""
    spread = (width - 1) / 2
    if spread < 0.3:
        return ((-spread, -spread), (spread, spread))
    corner = 0.75 * spread
    around = ((-corner, -corner), (corner, -corner), (-corner, corner), (corner, corner))
    return around if spread < 0.6 else ((0.0, 0.0), *around)


def polygon(points: Floats) -> QPolygonF:
    """Polygon with these points, shape (n, 2), copied in one go."""
    made: QPolygonF = create_qpolygonf(len(points))
    if len(points):
        ndarray_from_qpolygonf(made)[:] = points
    return made

"""Traces stroked once and moved by whole pixels afterwards: only what comes in is stroked.

Device pixels are counted from the start of the recording, so a piece is the same picture wherever
it comes to lie, and a sheet that was panned is pixel by pixel the sheet that is painted anew.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import create_qpolygonf, ndarray_from_qpolygonf
from PySide6.QtGui import QImage, QPainter, QPolygonF

from farlead.model.recording import Recording
from farlead_signal.filters import Setting
from farlead_signal.overview import Pyramid, lattice
from farlead_ui.ecg.canvas import hairline
from farlead_ui.ecg.page import Cell, Sheet
from farlead_ui.ecg.seen import Samples
from farlead_ui.ecg.spans import SpanImage
from farlead_ui.ecg.trace import recorded, thinned

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
    upright: bool = False  # one span a pixel column


@dataclass(frozen=True, slots=True)
class Leads:
    """What the traces are made from: each lead by its index, from sample `first` on."""

    of: Callable[[int], Samples | Pyramid]
    first: int = 0


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
    cut: bool = False  # whether a trace runs off the sheet


@dataclass(slots=True)
class Film:
    """What has been stroked of cells that share place and time."""

    look: Look
    window: Window
    leads: Leads
    _pieces: list[_Piece] = field(default_factory=list)

    def show(self, look: Look, window: Window, leads: Leads) -> None:
        """Show another part, or another look; what is missing is stroked when it is painted."""
        if look != self.look:
            self._pieces = []
        self.look, self.window, self.leads = look, window, leads

    def forget(self) -> None:
        """Keep no pictures; what is painted again is stroked again."""
        self._pieces = []

    def paint(self, painter: QPainter) -> None:
        """Paint the part where it belongs; the painter counts the sheet's device pixels."""
        self._complete()
        window = self.window
        for piece in self._pieces:
            first, stop = max(piece.first, window.first), min(piece.stop, window.stop)
            if first < stop and piece.image is not None:
                left, high = piece.margin + first - piece.first, piece.image.height()
                x = window.origin + first
                painter.drawImage(x, piece.top, piece.image, left, 0, stop - first, high)

    @property
    def cut(self) -> bool:
        """Whether a trace runs off the sheet in what is shown, or close to it."""
        self._complete()
        shown = (p for p in self._pieces if p.first < self.window.stop)
        return any(piece.cut for piece in shown if piece.stop > self.window.first)

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
        points = _columns if look.upright else _points
        rows = [points(row, look, self.leads, first, stop) for row in look.rows]
        margin = _BESIDE + 2 + math.ceil(2 / look.per_pixel)
        ends = [(p[:, 1].min(), p[:, 1].max()) for lines in rows for p in lines]
        if not ends:
            return _Piece(first, stop, 0, margin, None)
        low, high = min(end[0] for end in ends), max(end[1] for end in ends)
        top, bottom = max(0, math.floor(low) - 3), min(look.height, math.ceil(high) + 3)
        if bottom <= top:
            return _Piece(first, stop, 0, margin, None, cut=True)
        form = QImage.Format.Format_ARGB32_Premultiplied
        image = QImage(stop - first + 2 * margin, bottom - top, form)
        image.fill(0)
        moved = [[p + np.array((margin - first, -top)) for p in lines] for lines in rows]
        painter = QPainter(image)
        if look.upright:
            for lines in moved:
                spans = SpanImage()
                spans.fill(lines, look.colour, image.height())
                spans.paint(painter)
        else:
            stroke(painter, [polygon(p) for lines in moved for p in lines], look.colour, look.ratio)
        painter.end()
        return _Piece(first, stop, top, margin, image, cut=bool(low < 0 or high > look.height))


def _points(row: Row, look: Look, leads: Leads, first: int, stop: int) -> list[Floats]:
    """Strokes of a lead over these pixels and a little beside them."""
    lead = leads.of(row.index)
    samples = lead.samples if isinstance(lead, Pyramid) else lead
    start = math.floor((first - look.shift - _BESIDE) * look.per_pixel) - leads.first
    end = math.ceil((stop - look.shift + _BESIDE) * look.per_pixel) + 1 - leads.first
    start, end = max(0, start), min(len(samples), end)
    if start >= end:
        return []
    made = []
    for at, value in thinned(samples[start:end], leads.first + start, look.per_pixel):
        points = np.empty((len(at), 2))
        points[:, 0] = at + look.shift
        points[:, 1] = row.baseline + 0.5 - value * row.px_per_mv
        made.append(np.round(points * _GRAIN) / _GRAIN)
    return made


def _columns(row: Row, look: Look, leads: Leads, first: int, stop: int) -> list[Floats]:
    """Both ends of a lead's span in each of these pixel columns, a stretch between gaps each."""
    low, high = lattice(leads.of(row.index), first, stop, look.per_pixel, leads.first)
    points = np.empty((stop - first, 2, 2))
    points[:, :, 0] = np.arange(first, stop)[:, None]
    for n, values in enumerate((low, high)):
        points[:, n, 1] = row.baseline + 0.5 - values * row.px_per_mv
    runs = recorded(np.asarray(low, dtype=np.float64))
    return [points[begin:end].reshape(-1, 2) for begin, end in runs]


def window_of(sheet: Sheet, cell: Cell, *, upright: bool = False) -> tuple[float, Window]:
    """Shift and window of the film that a cell lies on; columns lie on whole pixels."""
    zero = cell.left + 0.5 - cell.begin * sheet.px_per_second
    origin, part = divmod(round(zero * _PARTS), _PARTS)
    if upright:
        origin, part = round(zero - 0.5), 0
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

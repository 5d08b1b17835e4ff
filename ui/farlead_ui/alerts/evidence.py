"""Three seconds of the lead that shows why an ECG is urgent, on its paper, in true proportions."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from farlead.desk import Glimpse
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import META, Palette

#: Device-independent pixels of a millimetre of paper: 270 for 3 s at 25 mm/s.
_MM = 3.6
_SPEED, _GAIN = 25.0, 10.0  # mm/s, mm/mV
_BASE = 0.62  # height of the base line: what stands up has more room than what hangs down


class EvidencePicture:
    """A glimpse as it was last drawn: the clock beside it ticks, the trace stays the same."""

    def __init__(self) -> None:
        self._drawn: tuple[Glimpse, Palette, float] | None = None
        self._picture = QPixmap()

    def paint(self, painter: QPainter, area: QRect, seen: Glimpse, palette: Palette) -> None:
        """Draw a glimpse; what does not fit is cut, never shrunk."""
        ratio = painter.device().devicePixelRatioF()
        drawn = self._drawn
        if drawn is None or drawn[0] is not seen or drawn[1:] != (palette, ratio):
            self._picture = _picture(area, seen, palette, ratio)
            self._drawn = (seen, palette, ratio)
        painter.drawPixmap(area.topLeft(), self._picture)


def _picture(area: QRect, seen: Glimpse, palette: Palette, ratio: float) -> QPixmap:
    made = QPixmap(area.size() * ratio)
    made.setDevicePixelRatio(ratio)
    place = QRectF(0, 0, area.width(), area.height())
    painter = QPainter(made)
    _paper(painter, place, palette)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(palette.trace), 1.4))
    for part in _strokes(seen, place):
        painter.drawPolyline(part)
    painter.setFont(font(META, bold=True))
    painter.setPen(QColor(palette.text))
    painter.drawText(QPointF(6, 15), seen.lead)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(QColor(palette.grid_bold))
    painter.drawRect(place.adjusted(0, 0, -1, -1))
    painter.end()
    return made


def _paper(painter: QPainter, area: QRectF, palette: Palette) -> None:
    painter.fillRect(QRectF(0, 0, area.width(), area.height()), QColor(palette.sheet))
    for step, colour in ((_MM, palette.grid), (5 * _MM, palette.grid_bold)):
        for at in np.arange(0, area.width(), step):
            painter.fillRect(QRectF(round(at), 0, 1, area.height()), QColor(colour))
        for at in np.arange(0, area.height(), step):
            painter.fillRect(QRectF(0, round(at), area.width(), 1), QColor(colour))


def _strokes(seen: Glimpse, area: QRectF) -> list[QPolygonF]:
    """The trace in parts: nothing is drawn across what was not recorded."""
    samples: NDArray[np.float32] = seen.samples
    known = np.isfinite(samples)
    if not known.any():
        return []
    base = float(np.median(samples[known]))
    x = np.arange(len(samples)) / seen.fs * _SPEED * _MM
    y = _BASE * area.height() - (samples - base) * _GAIN * _MM
    edges = np.flatnonzero(np.diff(np.concatenate(([0], known.view(np.int8), [0]))))
    return [
        QPolygonF([QPointF(*point) for point in zip(x[a:b].tolist(), y[a:b].tolist(), strict=True)])
        for a, b in edges.reshape(-1, 2)
    ]

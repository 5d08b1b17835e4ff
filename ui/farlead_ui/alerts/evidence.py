"""Three seconds of the lead that shows why an ECG is urgent, on its paper, in true proportions."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from farlead.desk import Glimpse
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import META, Palette

#: Device-independent pixels of a millimetre of paper: 270 for 3 s at 25 mm/s.
_MM = 3.6
_SPEED, _GAIN = 25.0, 10.0  # mm/s, mm/mV
_BASE = 0.62  # height of the base line: what stands up has more room than what hangs down


def paint_evidence(painter: QPainter, area: QRectF, seen: Glimpse, palette: Palette) -> None:
    """Draw a glimpse; what does not fit is cut, never shrunk."""
    painter.save()
    painter.setClipRect(area)
    painter.translate(area.topLeft())
    _paper(painter, area, palette)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(palette.trace), 1.4))
    for part in _strokes(seen, area):
        painter.drawPolyline(part)
    painter.setFont(font(META, bold=True))
    painter.setPen(QColor(palette.text))
    painter.drawText(QPointF(6, 15), seen.lead)
    painter.restore()
    painter.setPen(QColor(palette.grid_bold))
    painter.drawRect(area.adjusted(0, 0, -1, -1))


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

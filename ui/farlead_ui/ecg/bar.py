"""The bar below a long recording: its rate or amplitude over the whole time, the sheet's part."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from farlead.model.recording import Recording
from farlead_signal.overview import columns
from farlead_ui.bridge import listen
from farlead_ui.ecg.layouts import rhythm_lead
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.overviews import Overviews, is_long
from farlead_ui.ecg.spans import SpanImage
from farlead_ui.ecg.time_marks import label, marks, step_for
from farlead_ui.ecg.trend import LEAST_BEATS, rates
from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import META, WORDS, Palette, Type

HEIGHT = 72
#: Recordings up to so many seconds have no bar.
SHORT = 60.0
_LEFT, _RIGHT, _TOP, _FOOT = 96, 16, 8, 20  # around the graph
_LEAST_WINDOW = 6  # pixels that the sheet's part is wide at least
_RATES = (50.0, 100.0, 150.0)
_RATE_SPAN = (30.0, 180.0)
_APART = 110  # pixels between two times at least

Floats = NDArray[np.float32]


class OverviewBar(QWidget):
    """The whole recording in a strip; a click or drag takes the sheet there, the wheel turns.

    Parameters
    ----------
    model : SheetModel
        Followed, and moved by the mouse.
    overviews : Overviews
        Its amplitude where there is no rate.
    palette : Palette
    """

    def __init__(
        self,
        model: SheetModel,
        overviews: Overviews,
        palette: Palette,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._overviews, self._palette = model, overviews, palette
        self._graph: QPixmap | None = None
        self._turned = 0
        self.setFixedHeight(HEIGHT)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        listen(self, model.recording_changed, self._redraw)
        listen(self, overviews.changed, self._redraw)
        listen(self, model.page_changed, self.update)

    @property
    def wanted(self) -> bool:
        """Whether the recording is long enough to need it."""
        recording = self._model.recording
        return recording is not None and recording.fs > 0 and recording.duration > SHORT

    @property
    def window_area(self) -> QRectF:
        """The part that the sheet shows."""
        area, duration = self._area(), self._duration()
        start, stop = (area.left() + t / duration * area.width() for t in self._model.seconds)
        wide = max(stop - start, _LEAST_WINDOW)
        left = min((start + stop - wide) / 2, area.right() + 1 - wide)
        return QRectF(max(left, area.left()), 0, wide, self.height() - _FOOT + 2)

    def set_palette(self, palette: Palette) -> None:
        """Change between day and night."""
        self._palette = palette
        self._redraw()

    def reword(self) -> None:
        """Write in the language that the window has now."""
        self._redraw()

    # -- events

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position().x())

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self._turned += event.angleDelta().y()
        steps = int(self._turned / 120)
        self._turned -= 120 * steps
        if steps:
            self._model.leaf(-steps)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._graph = None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        ratio = self.devicePixelRatioF()
        if self._graph is None or self._graph.devicePixelRatio() != ratio:
            self._graph = self._drawn(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._graph)
        if self.wanted:
            self._mark_window(painter)

    # -- drawing

    def _redraw(self) -> None:
        self._graph = None
        self.update()

    def _go(self, x: float) -> None:
        area = self._area()
        if self.wanted and area.width() > 0:
            part = min(max((x - area.left()) / area.width(), 0.0), 1.0)
            self._model.centre(part * self._duration())

    def _area(self) -> QRect:
        return self.rect().adjusted(_LEFT, _TOP, -_RIGHT, -_FOOT)

    def _duration(self) -> float:
        recording = self._model.recording
        return recording.duration if recording is not None and recording.duration > 0 else 1.0

    def _mark_window(self, painter: QPainter) -> None:
        area, accent = self.window_area, QColor(self._palette.accent)
        veil = QColor(accent)
        veil.setAlpha(40)
        painter.fillRect(area, veil)
        painter.setPen(accent)
        painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))

    def _drawn(self, ratio: float) -> QPixmap:
        """All but the sheet's part, which alone changes while the sheet moves."""
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(self._palette.panel))
        painter = QPainter(pixmap)
        painter.fillRect(0, 0, self.width(), 1, QColor(self._palette.line))
        recording = self._model.recording
        if recording is not None and self.wanted and self._area().width() > 0:
            self._draw_times(painter, recording)
            if len(self._model.r_peaks) >= LEAST_BEATS:
                self._draw_rate(painter, recording, ratio)
            else:
                self._draw_amplitude(painter, recording, ratio)
        painter.end()
        return pixmap

    def _draw_times(self, painter: QPainter, recording: Recording) -> None:
        area, duration = self._area(), recording.duration
        step = step_for(_APART * duration / area.width())
        for time in marks((0.0, duration), recording.start, step):
            x = area.left() + round(time / duration * area.width())
            painter.fillRect(x, area.bottom() + 1, 1, 3, QColor(self._palette.quiet))
            text = label(time, recording.start, step)
            self._write(painter, x, self.height() - 8, text, META, align=0.5)

    def _draw_rate(self, painter: QPainter, recording: Recording, ratio: float) -> None:
        area = self._area()
        low, high = rates(
            self._model.r_peaks, recording.fs, recording.duration, round(area.width() * ratio)
        )
        for rate in _RATES:
            y = round(float(_height(np.float32(rate), _RATE_SPAN, area)))
            painter.fillRect(area.left(), y, area.width(), 1, QColor(self._palette.line))
            self._write(painter, area.left() - 8, y, f"{rate:g}", META, align=1.0)
        self._name(painter, QCoreApplication.translate("Sheet", "Rate"), "/min")
        self._fill(painter, low, high, _RATE_SPAN, ratio)

    def _draw_amplitude(self, painter: QPainter, recording: Recording, ratio: float) -> None:
        index = rhythm_lead(recording.leads)
        lead = self._overviews.of(index)
        self._name(painter, recording.leads[index], "mV")
        if lead is None and is_long(recording):
            text = QCoreApplication.translate("Sheet", "Overview is being made")
            self._write(painter, self._area().left(), self._area().center().y(), text, WORDS)
            return
        width = round(self._area().width() * ratio)
        source = recording.samples[index] if lead is None else lead
        low, high = columns(source, 0, recording.samples.shape[1], width)
        self._fill(painter, low, high, _span_of(low, high), ratio)

    def _fill(
        self, painter: QPainter, low: Floats, high: Floats, span: tuple[float, float], ratio: float
    ) -> None:
        """Spans of all columns, in device pixels."""
        area = self._area()
        known = np.isfinite(low)
        edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
        points = np.empty((low.size, 2, 2))
        points[:, :, 0] = (area.left() * ratio + np.arange(low.size))[:, None]
        for n, values in enumerate((low, high)):
            inside = np.clip(values, *span)
            points[:, n, 1] = _height(inside, span, area) * ratio
        image = SpanImage()
        runs = [points[a:b].reshape(-1, 2) for a, b in edges.reshape(-1, 2)]
        image.fill(runs, self._palette.quiet, round(self.height() * ratio))
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        image.paint(painter)
        painter.restore()

    def _name(self, painter: QPainter, name: str, unit: str) -> None:
        y = self._area().center().y()
        self._write(painter, tokens.INSET, y - 9, name, WORDS, self._palette.text, bold=True)
        self._write(painter, tokens.INSET, y + 9, unit, META)

    def _write(
        self,
        painter: QPainter,
        x: float,
        y: float,
        text: str,
        kind: Type,
        colour: str | None = None,
        *,
        align: float = 0.0,
        bold: bool = False,
    ) -> None:
        face = font(kind, bold=bold)
        metrics = QFontMetricsF(face)
        painter.setFont(face)
        painter.setPen(QColor(colour or self._palette.quiet))
        left = x - align * metrics.horizontalAdvance(text)
        painter.drawText(QPointF(left, y + metrics.capHeight() / 2), text)


def _height(
    values: Floats | np.float32, span: tuple[float, float], area: QRect
) -> Floats | np.float32:
    """Height in the graph, upper end first."""
    share = (values - span[0]) / (span[1] - span[0])
    return area.bottom() - share * (area.height() - 1)


def _span_of(low: Floats, high: Floats) -> tuple[float, float]:
    """From where to where most of the amplitudes lie; what lies beyond is cut at the edge."""
    known = np.isfinite(low)
    if not known.any():
        return -1.0, 1.0
    bottom, top = np.quantile(low[known], 0.02), np.quantile(high[known], 0.98)
    return (float(bottom), float(top)) if top > bottom else (float(bottom) - 1, float(bottom) + 1)

"""Median beats of the ECG in hand, and of an earlier one dashed and blue over them."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from farlead.model.detail import Detail
from farlead.model.screening import Screening
from farlead_ui.bridge import listen
from farlead_ui.ecg import compare_wording as wording
from farlead_ui.ecg.differences import T_CHANGED, Differences, differences, signed
from farlead_ui.ecg.earlier import ComparisonModel, Mode
from farlead_ui.ecg.film import polygon
from farlead_ui.ecg.geometry import scale_for
from farlead_ui.ecg.items import Pattern
from farlead_ui.ecg.median_geometry import BeatSheet, beat_points, lay_beats, pulse_points
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.wording import calibration_text, number
from farlead_ui.theme import tokens
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font

_HEAD = 76  # device-independent pixels above the beats, for what is which
_STROKE = 1.4
_DASH, _PAUSE = 5.0, 2.0


class MedianView(QWidget):
    """Both median beats of every lead, R on R, PR segment on PR segment, in true millimetres.

    Parameters
    ----------
    model : ComparisonModel
    sheet : SheetModel
        Its scale is followed.
    appearance : Appearance
    """

    def __init__(self, model: ComparisonModel, sheet: SheetModel, appearance: Appearance) -> None:
        super().__init__()
        self._model, self._appearance = model, appearance
        self._calibration: float | None = None
        self._picture: QPixmap | None = None
        self._ruled: tuple[tuple[object, ...], Pattern] | None = None
        self.laid: BeatSheet | None = None
        self.texts: list[str] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for signal in (
            model.changed, model.mode_changed, sheet.scale_changed, appearance.changed,
        ):  # fmt: skip
            listen(self, signal, self.forget)

    def set_calibration(self, px_per_mm: float | None) -> None:
        """Device pixels per millimetre of the screen that it stands on; None: no ruler was laid."""
        self._calibration = px_per_mm
        self.forget()

    def forget(self) -> None:
        """Paint anew."""
        self._picture = None
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        if self._picture is None:
            self._picture = self._painted()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.forget()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.forget()
        super().changeEvent(event)

    # -- painting, in device pixels

    def _painted(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        picture = QPixmap(max(width, 1), max(height, 1))
        palette = self._appearance.palette
        scale = scale_for(self._calibration, ratio)
        painter = QPainter(picture)
        area = QRectF(0, 0, width, height)
        ruled = (scale, palette, ratio, width, height)
        if self._ruled is None or self._ruled[0] != ruled:
            self._ruled = ruled, Pattern(scale, palette, ratio, area)
        self._ruled[1].fill(painter, area, palette.sheet)
        self.texts = []
        model = self._model
        if model.mode is Mode.OVERLAID and model.chosen is not None and model.today is not None:
            now, before = _detail(model.today.screening), _detail(model.chosen.screening)
            leads = now.leads if now is not None else ()
            self.laid = lay_beats(leads, scale, width, height, round(_HEAD * ratio))
            found = differences(model.chosen.screening, model.today.screening)
            self._draw(painter, self.laid, now, before, ratio)
            self._name(painter, self.laid, found, ratio)
            self._say(painter, ratio)
        painter.end()
        picture.setDevicePixelRatio(ratio)
        return picture

    def _draw(
        self,
        painter: QPainter,
        laid: BeatSheet,
        now: Detail | None,
        before: Detail | None,
        ratio: float,
    ) -> None:
        palette = self._appearance.palette
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        earlier = QPen(QColor(palette.trace_earlier), _STROKE * ratio)
        earlier.setDashPattern([_DASH / _STROKE, _PAUSE / _STROKE])
        earlier.setCapStyle(Qt.PenCapStyle.FlatCap)
        today = QPen(QColor(palette.trace), _STROKE * ratio)
        for detail, pen in ((before, earlier), (now, today)):
            painter.setPen(pen)
            for cell in laid.cells if detail is not None else ():
                for points in beat_points(detail, cell.lead, cell, laid):  # type: ignore[arg-type]
                    painter.drawPolyline(polygon(points))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(QPen(QColor(palette.trace), max(1.0, round(ratio))))
        painter.drawPolyline(polygon(np.round(pulse_points(laid))))

    def _name(self, painter: QPainter, laid: BeatSheet, found: Differences, ratio: float) -> None:
        """Name of each lead, how its T wave has changed; what is new stands out by a bar."""
        palette = self._appearance.palette
        for cell in laid.cells:
            row = found.of(cell.lead)
            new = row is not None and bool(row.news)
            y = cell.top + 18 * ratio
            if new:
                bar = QRectF(cell.left, cell.top + 2 * ratio, cell.right - cell.left - 8 * ratio, 3)
                painter.fillRect(bar, QColor(palette.accent))
            colour = palette.accent if new else palette.text
            at = QPointF(cell.left + 12 * ratio, y)
            self._write(painter, at, cell.lead, tokens.SECTION, colour, ratio, bold=True)
            change = row.change_t if row is not None else None
            if change is not None:
                strong = abs(change) >= T_CHANGED
                colour = palette.text if strong else palette.quiet
                at = QPointF(cell.right - 14 * ratio, y)
                told = f"ΔT {signed(change)}"
                self._write(painter, at, told, tokens.WORDS, colour, ratio, bold=strong, right=True)

    def _say(self, painter: QPainter, ratio: float) -> None:
        """Large: which is which. Small: scale and how they were laid over each other."""
        palette, model, appearance = self._appearance.palette, self._model, self._appearance
        laid = self.laid
        if laid is None or model.chosen is None or model.today is None:
            return
        earlier = wording.earlier_title(model.chosen, appearance)
        today = wording.today_title(model.today.study, appearance)
        for n, (text, colour, dashed) in enumerate(
            ((earlier, palette.trace_earlier, True), (today, palette.trace, False))
        ):
            y = (20 + 30 * n) * ratio
            pen = QPen(QColor(colour), 2 * ratio)
            if dashed:
                pen.setDashPattern([5, 2])
            painter.setPen(pen)
            painter.drawLine(QPointF(12 * ratio, y), QPointF(48 * ratio, y))
            at = QPointF(58 * ratio, y)
            self._write(painter, at, text, tokens.PATIENT, colour, ratio, bold=True)
        scale = [f"{number(laid.speed)} mm/s · {number(laid.gain)} mm/mV"]
        if self._calibration is None:
            scale.append(calibration_text(None))
        at = QPointF(laid.scale.line(30.0), laid.height - 16 * ratio)
        self._write(painter, at, " · ".join(scale), tokens.META, palette.quiet, ratio)

    def _write(
        self,
        painter: QPainter,
        at: QPointF,
        text: str,
        kind: tokens.Type,
        colour: str,
        ratio: float,
        *,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        self.texts.append(text)
        face = font(kind, bold=bold)
        metrics = QFontMetricsF(face)
        painter.save()
        painter.translate(at)
        painter.scale(ratio, ratio)
        painter.setFont(face)
        painter.setPen(QColor(colour))
        wide = metrics.horizontalAdvance(text)
        painter.drawText(QPointF(-wide if right else 0.0, metrics.capHeight() / 2), text)
        painter.restore()


def _detail(screening: Screening | None) -> Detail | None:
    return screening.detail if screening is not None else None

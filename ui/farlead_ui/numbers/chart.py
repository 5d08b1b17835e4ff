"""Two charts, one below the other: studies and reports by period, and how long reports took."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from farlead.model.numbers import Line
from farlead_ui.bridge import listen
from farlead_ui.numbers.model import NumbersModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font, width_of
from farlead_ui.theme.tokens import META, WORDS

_LEFT, _RIGHT, _HEAD, _FOOT, _GAP = 56, 16, 26, 22, 18


class Charts(QWidget):
    """Bars of reports with arrivals beside them; below, median and p90 in minutes.

    Parameters
    ----------
    model : NumbersModel
    appearance : Appearance
    """

    def __init__(self, model: NumbersModel, appearance: Appearance) -> None:
        super().__init__()
        self._model, self._appearance = model, appearance
        self.setMinimumHeight(300)
        listen(self, model.changed, self.update)
        listen(self, appearance.changed, self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        numbers = self._model.numbers
        if numbers is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        high = (self.height() - _GAP) / 2
        lines = numbers.periods
        self._bars(painter, lines, QRectF(0, 0, self.width(), high))
        self._times(painter, lines, QRectF(0, high + _GAP, self.width(), high))
        painter.end()

    def _bars(self, painter: QPainter, lines: tuple[Line, ...], area: QRectF) -> None:
        palette = self._appearance.palette
        most = max((max(each.arrived, each.reports.count) for each in lines), default=0)
        legend = ((self.tr("arrived"), palette.edge), (self.tr("reports"), palette.accent))
        inner, top = self._frame(painter, area, most, self.tr("Studies"), legend)
        step = inner.width() / max(len(lines), 1)
        wide = max(min(step * 0.38, 22.0), 1.0)
        for place, each in enumerate(lines):
            middle = inner.left() + (place + 0.5) * step
            for count, left, colour in (
                (each.arrived, middle - wide, palette.edge),
                (each.reports.count, middle, palette.accent),
            ):
                high = inner.height() * count / top
                bar = QRectF(left, inner.bottom() - high, wide, high)
                painter.fillRect(bar, QColor(colour))
        self._names(painter, lines, inner, step)

    def _times(self, painter: QPainter, lines: tuple[Line, ...], area: QRectF) -> None:
        palette = self._appearance.palette
        most = max(((each.reports.p90 or 0) / 60 for each in lines), default=0)
        legend = ((self.tr("p90"), palette.urgent), (self.tr("median"), palette.accent))
        inner, top = self._frame(painter, area, most, self.tr("Minutes to the signature"), legend)
        step = inner.width() / max(len(lines), 1)
        for colour, values in (
            (palette.urgent, [each.reports.p90 for each in lines]),
            (palette.accent, [each.reports.median for each in lines]),
        ):
            points = [
                QPointF(
                    inner.left() + (place + 0.5) * step,
                    inner.bottom() - inner.height() * value / 60 / top,
                )
                for place, value in enumerate(values)
                if value is not None
            ]
            painter.setPen(QPen(QColor(colour), 2))
            painter.drawPolyline(QPolygonF(points))
            painter.setBrush(QColor(colour))
            for point in points if len(points) <= 62 else ():
                painter.drawEllipse(point, 2.5, 2.5)
        self._names(painter, lines, inner, step)

    def _frame(
        self,
        painter: QPainter,
        area: QRectF,
        most: float,
        title: str,
        legend: tuple[tuple[str, str], ...],
    ) -> tuple[QRectF, float]:
        """Title, legend and lines across; the inside, and the value at its top."""
        palette = self._appearance.palette
        inner = area.adjusted(_LEFT, _HEAD, -_RIGHT, -_FOOT)
        self._write(painter, title, area.left(), area.top() + 10, palette.text, bold=True)
        x = inner.right()
        for name, colour in legend:
            x -= width_of(name, META)
            self._write(painter, name, x, area.top() + 10, palette.quiet)
            x -= 18
            painter.fillRect(QRectF(x, area.top() + 5, 12, 10), QColor(colour))
            x -= 16
        step = _round(max(most, 1) / 4)
        lines = max(math.ceil(most / step), 1)
        for number in range(lines + 1):
            y = inner.bottom() - inner.height() * number / lines
            painter.fillRect(QRectF(inner.left(), y, inner.width(), 1), QColor(palette.line))
            text = f"{number * step:g}"
            x = inner.left() - 8 - width_of(text, META)
            self._write(painter, text, x, y, palette.quiet)
        return inner, lines * step

    def _names(
        self, painter: QPainter, lines: tuple[Line, ...], inner: QRectF, step: float
    ) -> None:
        """First days of periods, as many as there is room for."""
        every = max(math.ceil(84 / step), 1)
        for place, each in enumerate(lines):
            if place % every == 0:
                x = inner.left() + (place + 0.5) * step - width_of(each.name, META) / 2
                left = max(x, inner.left())
                self._write(
                    painter, each.name, left, inner.bottom() + 12, self._appearance.palette.quiet
                )

    def _write(
        self, painter: QPainter, text: str, left: float, middle: float, colour: str, *,
        bold: bool = False,
    ) -> None:  # fmt: skip
        painter.setFont(font(WORDS if bold else META, bold=bold))
        painter.setPen(QColor(colour))
        area = QRectF(left, middle - 12, 600, 24)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def _round(step: float) -> float:
    """The next of 1, 2, 5, 10, 20 … that is no smaller."""
    power = 10 ** math.floor(math.log10(max(step, 1)))
    return next(float(m * power) for m in (1, 2, 5, 10) if m * power >= step)

"""Measurements of screening: figures in two rows; what could not be told is a dash."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from farlead.model.screening import Measurement, Screening
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import FIGURE, INSET, META, SECTION, WORDS

# What is shown, in this order, of what was measured; the first row is large.
_ORDER = (
    "heart_rate", "qrs", "qtc", "pr", "qt", "axis",
    "rate_slowest", "rate_fastest", "rr_mean", "rr_cv", "longest_pause",
)  # fmt: skip
_COLUMNS = 3
_LARGE_HEIGHT, _SMALL_HEIGHT = 48, 42


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it is shown."""

    caption: str
    value: str
    unit: str
    large: bool


def figures(screening: Screening | None) -> list[Figure]:
    """Figures in the order in which they are shown; the large ones fill the first row."""
    measured = {m.name: m for m in screening.measurements} if screening else {}
    names = [name for name in _ORDER if name in measured]
    return [_figure(measured[name], large=place < _COLUMNS) for place, name in enumerate(names)]


def _figure(measured: Measurement, *, large: bool) -> Figure:
    caption = _captions()[measured.name]
    if measured.value is None:
        return Figure(caption, "—", "", large)
    return Figure(caption, number(measured.value, measured.unit), _unit(measured.unit), large)


def _captions() -> dict[str, str]:
    """Short names, as an ECG paper has them; the report prints the full ones."""
    translate = QCoreApplication.translate
    return {
        "heart_rate": translate("measurements", "Rate"),
        "qrs": translate("measurements", "QRS"),
        "qtc": translate("measurements", "QTc"),
        "pr": translate("measurements", "PR"),
        "qt": translate("measurements", "QT"),
        "axis": translate("measurements", "Axis"),
        "rate_slowest": translate("measurements", "Slowest"),
        "rate_fastest": translate("measurements", "Fastest"),
        "rr_mean": translate("measurements", "Mean RR"),
        "rr_cv": translate("measurements", "RR variation"),
        "longest_pause": translate("measurements", "Longest gap"),
    }


def number(value: float, unit: str) -> str:
    """A value with the digits that its unit deserves, and a true minus."""
    if unit == "1":
        value *= 100  # a share is read as per cent
    digits = {"mV": 2, "s": 1}.get(unit, 0)
    return f"{value:.{digits}f}".replace("-", "−")


def _unit(unit: str) -> str:
    if unit == "/min":
        return QCoreApplication.translate("measurements", "/min")
    return "%" if unit == "1" else unit


class Measurements(QWidget):
    """The figures, drawn.

    Parameters
    ----------
    appearance : Appearance
    """

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._figures: Sequence[Figure] = ()
        self._screening: Screening | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_screening(self, screening: Screening | None) -> None:
        """Show the figures of a screening; None: there is none."""
        self._screening = screening
        self._figures = figures(screening)
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.show_screening(self._screening)
        super().changeEvent(event)

    def sizeHint(self) -> QSize:  # noqa: N802
        if not self._figures:
            return QSize(200, 52)
        rows = -(-len(self._figures) // _COLUMNS)
        return QSize(200, 24 + _LARGE_HEIGHT + (rows - 1) * _SMALL_HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        if not self._figures:
            painter.setFont(font(WORDS))
            painter.setPen(QColor(self._appearance.palette.quiet))
            area = self.rect().adjusted(INSET, 0, -INSET, 0)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.tr("No measurements"))
        width = (self.width() - 2 * INSET) / _COLUMNS
        top = 12
        for place, figure in enumerate(self._figures):
            column = place % _COLUMNS
            if place and column == 0:
                top += _LARGE_HEIGHT if place == _COLUMNS else _SMALL_HEIGHT
            self._draw(painter, figure, QRectF(INSET + column * width, top, width - 8, 46))
        painter.end()

    def _draw(self, painter: QPainter, figure: Figure, area: QRectF) -> None:
        palette = self._appearance.palette
        painter.setFont(font(META))
        painter.setPen(QColor(palette.quiet))
        caption = painter.fontMetrics().elidedText(
            figure.caption, Qt.TextElideMode.ElideRight, int(area.width())
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignTop, caption)
        below = QRectF(area.x(), area.y() + 16, area.width(), 28 if figure.large else 22)
        painter.setFont(font(FIGURE if figure.large else SECTION, bold=True))
        painter.setPen(QColor(palette.text))
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, figure.value)
        used = painter.fontMetrics().horizontalAdvance(figure.value) + 5
        painter.setFont(font(WORDS))
        painter.setPen(QColor(palette.quiet))
        beside = below.adjusted(used, 3 if figure.large else 1, 0, 3 if figure.large else 1)
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, figure.unit)

"""Measurements of screening: six figures in two rows; what could not be told is a dash.

A doubtful figure bears a question mark; why, a tip says, and the table of all measurements.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from farlead.messages import Message
from farlead.model.figures import caption as full_name
from farlead.model.figures import why, written, written_of
from farlead.model.screening import Certainty, Measurement, Screening
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import FIGURE, INSET, META, SECTION, WORDS

# What is shown, in this order; the first row is large. The rest is in the table.
_ORDER = ("heart_rate", "qrs", "qtc", "pr", "qt", "axis")
_COLUMNS = 3
_LARGE_HEIGHT, _SMALL_HEIGHT, _NOTE_HEIGHT = 48, 42, 20
_TOP = 12


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it is shown."""

    caption: str
    value: str
    unit: str
    large: bool
    doubtful: bool = False
    tip: tuple[Message, ...] = ()
    was: str = ""


def figures(screening: Screening | None) -> list[Figure]:
    """The six figures in their order; none without a screening."""
    if screening is None:
        return []
    return [
        _figure(name, screening.measurement(name), large=place < _COLUMNS)
        for place, name in enumerate(_ORDER)
    ]


def _figure(name: str, measured: Measurement | None, *, large: bool) -> Figure:
    made = measured or Measurement(name, None, "", "", reason="not_measured")
    reason = why(made)
    degrees = "°" if made.unit == "°" and made.value is not None else ""
    return Figure(
        _caption(made),
        written_of(made) + degrees,
        _unit(made.unit) if made.value is not None and not degrees else "",
        large,
        made.quality is Certainty.DOUBTFUL,
        (full_name(made), reason) if reason else (),
        _was(made),
    )


def _was(made: Measurement) -> str:
    """What screening had measured before the reader moved a mark; "" where nobody did."""
    if not made.edited:
        return ""
    before = "—" if made.before is None else written(made.before, made.unit)
    return QCoreApplication.translate("measurements", "was {value}").format(value=before)


def _caption(made: Measurement) -> str:
    """Short names, as an ECG paper has them; a corrected QT names its formula."""
    translate = QCoreApplication.translate
    if made.name == "qtc" and made.formula is not None:
        return translate("measurements", "QTc ({letters})").format(letters=made.formula.letters)
    return {
        "heart_rate": translate("measurements", "Rate"),
        "qrs": translate("measurements", "QRS"),
        "qtc": translate("measurements", "QTc"),
        "pr": translate("measurements", "PR"),
        "qt": translate("measurements", "QT"),
        "axis": translate("measurements", "Axis"),
    }[made.name]


def _unit(unit: str) -> str:
    return QCoreApplication.translate("measurements", "/min") if unit == "/min" else unit


class Measurements(QWidget):
    """The figures, drawn. `asked`: the reader clicked them to see all.

    Parameters
    ----------
    appearance : Appearance
    """

    asked = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._figures: Sequence[Figure] = ()
        self._screening: Screening | None = None
        self._elsewhere = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def elsewhere(self) -> bool:
        """Whether the sheet shows another recording than the one that was measured."""
        return self._elsewhere

    def show_screening(self, screening: Screening | None) -> None:
        """Show the figures of a screening; None: there is none."""
        self._screening, self._elsewhere = screening, False
        self._remake()

    def follow(self, screening: Screening | None) -> None:
        """The same recording, its marks moved by the reader."""
        if screening != self._screening:
            self._screening = screening
            self._remake()

    def mark_elsewhere(self, *, elsewhere: bool) -> None:
        """Say that the figures are not of the recording on the sheet."""
        self._elsewhere = elsewhere and bool(self._figures)
        self._remake()

    def figure_at(self, position: QPointF) -> Figure | None:
        """The figure drawn there."""
        return next((f for f, area in self._areas() if area.contains(position)), None)

    def tip(self, figure: Figure) -> str:
        """Why a figure is unknown or doubtful; "" for a good one."""
        return "\n".join(self._appearance.text(each) for each in figure.tip)

    def _remake(self) -> None:
        self._figures = figures(self._screening)
        said = ((f.caption, f.value, f.unit, f.was, self.tip(f)) for f in self._figures)
        shown = (" ".join(part for part in parts if part) for parts in said)
        self.setAccessibleDescription("\n".join(shown))
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if self._figures else Qt.CursorShape.ArrowCursor
        )
        self.updateGeometry()
        self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self._remake()
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """The tip of the figure under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.figure_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.tip(found) if found else "", self)
            return True
        return super().event(event)

    def mousePressEvent(self, _event: QMouseEvent) -> None:  # noqa: N802
        if self._figures:
            self.asked.emit()

    def sizeHint(self) -> QSize:  # noqa: N802
        if not self._figures:
            return QSize(200, 52)
        note = _NOTE_HEIGHT if self._elsewhere else 0
        return QSize(200, 2 * _TOP + _LARGE_HEIGHT + _SMALL_HEIGHT + note)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        quiet = QColor(self._appearance.palette.quiet)
        painter.setFont(font(WORDS))
        if not self._figures:
            painter.setPen(quiet)
            inside = self.rect().adjusted(INSET, 0, -INSET, 0)
            painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, self.tr("No measurements"))
        if self._elsewhere:
            painter.setPen(QColor(self._appearance.palette.urgent))
            foot = QRectF(INSET, self.height() - _NOTE_HEIGHT - 6, self.width(), _NOTE_HEIGHT)
            painter.drawText(foot, self.tr("Of the first recording, not of the one shown"))
        for figure, area in self._areas():
            self._draw(painter, figure, area)
        painter.end()

    def _areas(self) -> list[tuple[Figure, QRectF]]:
        width = (self.width() - 2 * INSET) / _COLUMNS
        found = []
        for place, figure in enumerate(self._figures):
            row, column = divmod(place, _COLUMNS)
            top = _TOP + (_LARGE_HEIGHT if row else 0)
            found.append((figure, QRectF(INSET + column * width, top, width - 8, 46)))
        return found

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
        ink = palette.accent if figure.was else palette.text
        painter.setPen(QColor(palette.quiet if self._elsewhere else ink))
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, figure.value)
        used = painter.fontMetrics().horizontalAdvance(figure.value) + 5
        painter.setFont(font(WORDS))
        painter.setPen(QColor(palette.quiet))
        down = 3 if figure.large else 1
        beside = below.adjusted(used, down, 0, down)
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, figure.unit)
        if figure.was:
            used += painter.fontMetrics().horizontalAdvance(figure.unit) + 6
            painter.setPen(QColor(palette.accent))
            painter.setFont(font(META))
            behind = below.adjusted(used, down, 0, down)
            painter.drawText(behind, Qt.AlignmentFlag.AlignVCenter, figure.was)
        if figure.doubtful:
            used += painter.fontMetrics().horizontalAdvance(figure.unit) + 6
            painter.setFont(font(SECTION, bold=True))
            painter.setPen(QColor(palette.urgent))
            behind = below.adjusted(used, down - 1, 0, down - 1)
            painter.drawText(behind, Qt.AlignmentFlag.AlignVCenter, "?")

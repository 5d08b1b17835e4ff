"""All measurements of the study in hand: every figure with its doubt, and the table of leads.

What the device itself says stands below, folded and apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from farlead.messages import Message, message
from farlead.model.detail import Detail
from farlead.model.figures import caption, unit_of, why, written, written_in_lead, written_of
from farlead.model.recording import Recording
from farlead.model.screening import Certainty, Measurement, Screening
from farlead_ui.bridge import listen
from farlead_ui.reading import ReadingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import CONTROL_WORDS, HEAD_LINE, META, WORDS
from farlead_ui.widgets import across, label, line
from farlead_ui.windows.device_says import DeviceSays
from farlead_ui.windows.overlay import Overlay

_HEAD, _EDGE, _GAP = 52, 24, 32
_TIGHT, _WIDE = 20, 24  # height of a row: what the window has room for
_NAME, _VALUE, _UNIT, _REASON = 190, 62, 48, 290  # widths of the columns of figures
_QUANTITY, _LEAD = 148, 50  # and of the table of leads


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the figures: name, value, unit, and why it is unknown or doubtful."""

    name: str
    value: str
    unit: str
    reason: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A line of the table of leads: quantity with its unit, and one value for each lead."""

    name: str
    values: tuple[str, ...]
    doubtful: tuple[bool, ...]


def rows(screening: Screening, appearance: Appearance) -> list[Row]:
    """Every figure of a screening, in its order."""
    headline = screening.measurement("qtc")
    again = f"qtc_{headline.formula}" if headline is not None and headline.formula else ""
    left_out = {again, "lead_noise"}  # the latter stands by lead in the other table
    return [_row(m, appearance) for m in screening.measurements if m.name not in left_out]


def _row(made: Measurement, appearance: Appearance) -> Row:
    reason, words = _edited(made) or why(made), unit_of(made.unit)
    unit = appearance.text(words) if words else made.unit
    return Row(
        appearance.text(caption(made)),
        written_of(made),
        "" if made.value is None or made.unit == "1" else unit,
        appearance.text(reason) if reason else "",
        made.quality is Certainty.DOUBTFUL,
    )


def _edited(made: Measurement) -> Message | None:
    """That the reader moved a mark, and what screening had measured; None where nobody did."""
    if not made.edited:
        return None
    before = "—" if made.before is None else written(made.before, made.unit)
    return message("measurement.edited", before=before, unit=made.unit)


def lead_rows(detail: Detail | None, appearance: Appearance) -> list[LeadRow]:
    """The table of leads, one line for each quantity."""
    found = []
    for column in detail.table if detail is not None else ():
        name = appearance.text(message(f"lead_quantity.{column.name}"))
        reasons = column.reasons or ("",) * len(column.values)
        values = tuple(
            written_in_lead(value, column.unit, reason)
            for value, reason in zip(column.values, reasons, strict=True)
        )
        doubtful = tuple(
            bool(reason) and value is not None
            for reason, value in zip(reasons, column.values, strict=True)
        )
        found.append(LeadRow(f"{name}  {column.unit}", values, doubtful))
    return found


class _Page(QWidget):
    """Both tables, drawn."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._rows: Sequence[Row] = ()
        self._leads: tuple[str, ...] = ()
        self._lead_rows: Sequence[LeadRow] = ()
        self.row = _WIDE

    def show_tables(
        self, figures: Sequence[Row], leads: tuple[str, ...], lead_figures: Sequence[LeadRow]
    ) -> None:
        self._rows, self._leads, self._lead_rows = figures, leads, lead_figures

    def fit(self, room: int) -> None:
        """Rows as high as the room allows, within what can be read."""
        lines = 1 + max(len(self._rows), len(self._lead_rows), 1)
        self.row = min(max((room - 16) // lines, _TIGHT), _WIDE)
        self.setFixedSize(self._size())
        self.update()

    def _size(self) -> QSize:
        width = 2 * _EDGE + _NAME + _VALUE + _UNIT + _REASON
        if self._lead_rows:
            width += _GAP + _QUANTITY + _LEAD * len(self._leads)
        return QSize(width, self.row * (1 + max(len(self._rows), len(self._lead_rows), 1)) + 16)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._appearance.palette.panel))
        for place, row in enumerate(self._rows):
            self._draw_row(painter, row, 8 + place * self.row)
        if self._lead_rows:
            left = _EDGE + _NAME + _VALUE + _UNIT + _REASON + _GAP
            self._draw_heads(painter, left + _QUANTITY)
            for place, lead in enumerate(self._lead_rows, 1):
                self._draw_lead(painter, lead, left, 8 + place * self.row)
        painter.end()

    def _draw_row(self, painter: QPainter, row: Row, top: int) -> None:
        palette = self._appearance.palette
        across_ = _EDGE
        for text, width, colour, bold, right in (
            (row.name, _NAME, palette.text, False, False),
            (row.value, _VALUE, palette.text, True, True),
            (row.unit, _UNIT, palette.quiet, False, False),
            (row.reason, _REASON, palette.urgent if row.doubtful else palette.quiet, False, False),
        ):
            inside = QRect(across_ + (0 if right else 6), top, width - 6, self.row)
            self._write(painter, text, inside, colour, bold=bold, right=right)
            across_ += width
        end = _EDGE + _NAME + _VALUE + _UNIT + _REASON
        painter.fillRect(_EDGE, top + self.row - 1, end - _EDGE, 1, QColor(palette.line))

    def _draw_heads(self, painter: QPainter, left: int) -> None:
        palette = self._appearance.palette
        for place, lead in enumerate(self._leads):
            area = QRect(left + place * _LEAD, 8, _LEAD, self.row)
            self._write(painter, lead, area, palette.text, bold=True, right=True)

    def _draw_lead(self, painter: QPainter, row: LeadRow, left: int, top: int) -> None:
        palette = self._appearance.palette
        area = QRect(left, top, _QUANTITY, self.row)
        self._write(painter, row.name, area, palette.text)
        for place, (value, doubtful) in enumerate(zip(row.values, row.doubtful, strict=True)):
            cell = QRect(left + _QUANTITY + place * _LEAD, top, _LEAD, self.row)
            colour = palette.urgent if doubtful else palette.text
            shown = f"{value}?" if doubtful else value
            self._write(painter, shown, cell, colour, right=True)
        wide = _QUANTITY + _LEAD * len(self._leads)
        painter.fillRect(left, top + self.row - 1, wide, 1, QColor(palette.line))

    def _write(
        self,
        painter: QPainter,
        text: str,
        area: QRect,
        colour: str,
        *,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        painter.setFont(font(META if not bold else WORDS, bold=bold))
        painter.setPen(QColor(colour))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | side, shown)


class MeasurementTable(Overlay):
    """Everything that screening measured on the study in hand; follows it while open.

    Parameters
    ----------
    parent : QWidget
    reading : ReadingModel
    appearance : Appearance
    """

    def __init__(self, parent: QWidget, reading: ReadingModel, appearance: Appearance) -> None:
        super().__init__(parent, 1436, 940)
        self._reading, self._appearance = reading, appearance
        self.page = _Page(appearance)
        self.area = QScrollArea()
        self.area.setWidget(self.page)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._title = label(step="section", bold=True)
        self._of = label(step="words", tone="quiet")
        head = across(_EDGE, self._title, 8, self._of, None, self.way_out(), 20)
        head.setContentsMargins(0, 14, 0, 13)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(line())
        column.addWidget(self.area, 1)
        self.device = DeviceSays(appearance)
        self.device.folded_changed.connect(self.place)
        column.addWidget(self.device)
        listen(self, reading.changed, self._follow)

    def refresh(self) -> None:
        """The study in hand, in the language of the window; nothing where there is none."""
        job = self._reading.in_hand
        found = self._reading.screening
        self._title.setText(self.tr("All measurements"))
        told = [job.number] if job is not None else []
        if found is not None:
            told.append(found.version)
        self._of.setText(self._appearance.joined(told))
        contents = job.open.contents if job is not None and job.open is not None else ()
        self.device.show_recording(next((c for c in contents if isinstance(c, Recording)), None))
        detail = found.detail if found is not None else None
        self.page.show_tables(
            rows(found, self._appearance) if found is not None else [],
            detail.leads if detail is not None else (),
            lead_rows(detail, self._appearance),
        )
        self.page.fit(self._room())

    def place(self) -> None:
        """Keep inside the parent, with rows of the height that has room."""
        self.page.fit(self._room())
        super().place()

    def _room(self) -> int:
        parent = self.parentWidget()
        high = parent.height() if parent is not None else 0
        return high - HEAD_LINE - CONTROL_WORDS - 48 - _HEAD - 4 - self.device.high()

    def wanted(self) -> int:
        """As high as the longer of the tables."""
        return _HEAD + self.page.height() + 4 + self.device.high()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Arrows and page keys move the tables, space unfolds what the device says."""
        if event.key() == Qt.Key.Key_Space:
            self.device.turn()
            return
        bars = self.area.verticalScrollBar(), self.area.horizontalScrollBar()
        steps = {
            Qt.Key.Key_Down: (0, self.page.row),
            Qt.Key.Key_Up: (0, -self.page.row),
            Qt.Key.Key_PageDown: (0, bars[0].pageStep()),
            Qt.Key.Key_PageUp: (0, -bars[0].pageStep()),
            Qt.Key.Key_Right: (1, _LEAD),
            Qt.Key.Key_Left: (1, -_LEAD),
        }
        found = steps.get(Qt.Key(event.key()))
        if found is None:
            event.ignore()
            return
        bar, by = bars[found[0]], found[1]
        bar.setValue(bar.value() + by)

    def _follow(self) -> None:
        """What is shown is always of the study in hand."""
        if self.isVisible():
            self.refresh()
            self.place()

"""The table earlier → today → difference, and what has changed in words."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from farlead.messages import message
from farlead.model.figures import unit_of
from farlead_ui.bridge import listen
from farlead_ui.ecg import compare_wording as wording
from farlead_ui.ecg.differences import (
    T_CHANGED,
    T_INVERTED,
    Differences,
    FigureRow,
    LeadRow,
    differences,
    signed,
)
from farlead_ui.ecg.earlier import ComparisonModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import BODY, META, SECTION, WORDS, Type

WIDTH = 524
_EDGE, _ROW, _LEAD_ROW, _HEAD = 16, 28, 26, 36
#: Right edges of the columns of the table of leads: ST then, now; T then, now; ΔT; what is new.
_COLUMNS = (132, 194, 262, 324, 404, WIDTH - _EDGE - 8)
_FIGURE_COLUMNS = (284, 404, WIDTH - _EDGE - 8)


@dataclass(frozen=True, slots=True)
class _Ink:
    """How a text of the table is written."""

    colour: str
    kind: Type = WORDS
    bold: bool = False
    right: bool = True


class DifferenceTable(QWidget):
    """Drawn from the comparison; its texts can be asked for.

    Parameters
    ----------
    model : ComparisonModel
    appearance : Appearance
    """

    def __init__(self, model: ComparisonModel, appearance: Appearance) -> None:
        super().__init__()
        self._model, self._appearance = model, appearance
        self.found = Differences()
        self.texts: list[str] = []
        for signal in (model.changed, model.mode_changed, appearance.changed):
            listen(self, signal, self.follow)
        self.follow()

    def follow(self) -> None:
        """Look at the chosen pair."""
        model = self._model
        if model.comparing and model.chosen is not None and model.today is not None:
            self.found = differences(model.chosen.screening, model.today.screening)
        else:
            self.found = Differences()
        rows = len(self.found.figures) * _ROW + len(self.found.leads) * _LEAD_ROW
        self.setFixedSize(WIDTH, _HEAD + rows + _ROW + 200)
        self.update()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.update()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        palette = self._appearance.palette
        painter.fillRect(self.rect(), QColor(palette.panel))
        self.texts = []
        if self._model.chosen is not None and self._model.comparing:
            y = self._figures(painter)
            y = self._leads(painter, y) if self.found.leads else y
            self._summary(painter, y + 10)
        painter.end()

    def _figures(self, painter: QPainter) -> int:
        palette, chosen = self._appearance.palette, self._model.chosen
        assert chosen is not None  # noqa: S101  # asked before
        bold, blue = _Ink(palette.text, bold=True), _Ink(palette.trace_earlier)
        left = _Ink(palette.text, BODY, bold=True, right=False)
        self._write(painter, self.tr("Difference"), _EDGE, 0, 160, _HEAD, left)
        heads = (wording.day(chosen.study), self.tr("Current"), self.tr("Change"))
        for text, at, ink in zip(heads, _FIGURE_COLUMNS, (blue, bold, bold), strict=True):
            self._write(painter, text, at - 120, 0, 120, _HEAD, ink)
        y = _HEAD
        self._rule(painter, y)
        for row in self.found.figures:
            self._figure(painter, row, y)
            y += _ROW
        self._rule(painter, y)
        return y

    def _figure(self, painter: QPainter, row: FigureRow, y: int) -> None:
        palette, appearance = self._appearance.palette, self._appearance
        words = unit_of(row.unit)
        unit = appearance.text(words) if words else row.unit
        name = f"{appearance.text(message(f'measurement.{row.name}'))}  {unit}"
        self._write(painter, name, _EDGE, y, 150, _ROW, _Ink(palette.text, right=False))
        values = (row.earlier, row.now, row.difference)
        inks = (_Ink(palette.trace_earlier), _Ink(palette.text, bold=True), _Ink(palette.quiet))
        for text, at, ink in zip(values, _FIGURE_COLUMNS, inks, strict=True):
            self._write(painter, text, at - 100, y, 100, _ROW, ink)

    def _leads(self, painter: QPainter, y: int) -> int:
        palette = self._appearance.palette
        quiet = _Ink(palette.quiet, META)
        heads = (
            self.tr("ST J then"), self.tr("now"), self.tr("T then"), self.tr("now"),
            "ΔT", self.tr("new"),
        )  # fmt: skip
        self._write(painter, self.tr("Lead"), _EDGE, y, 60, _LEAD_ROW,
                    _Ink(palette.quiet, META, right=False))  # fmt: skip
        for text, at in zip(heads, _COLUMNS, strict=True):
            self._write(painter, text, at - 70, y, 70, _LEAD_ROW, quiet)
        y += _LEAD_ROW
        for row in self.found.leads:
            self._lead(painter, row, y)
            y += _LEAD_ROW
        note = self.tr("mV; T where it is largest; bold: |ΔT| ≥ {bold}; tinted: newly inverted "
                       "by {new} or more, new QS, or ST changed")  # fmt: skip
        told = note.format(bold=T_CHANGED, new=T_INVERTED)
        area = QRect(_EDGE, y + 4, self.width() - 2 * _EDGE, 36)
        self._paragraph(painter, told, area, META, palette.quiet)
        y += 44
        self._rule(painter, y)
        return y

    def _lead(self, painter: QPainter, row: LeadRow, y: int) -> None:
        palette = self._appearance.palette
        new = bool(row.news)
        if new:
            painter.fillRect(0, y, self.width(), _LEAD_ROW, QColor(palette.tint))
        strong = row.change_t is not None and abs(row.change_t) >= T_CHANGED
        then, now = _Ink(palette.trace_earlier), _Ink(palette.text)
        changed = _Ink(palette.text if strong else palette.quiet, bold=strong)
        name = _Ink(palette.text, bold=new, right=False)
        self._write(painter, row.lead, _EDGE, y, 60, _LEAD_ROW, name)
        cells = (
            (signed(row.j[0]), then), (signed(row.j[1]), now), (signed(row.t[0]), then),
            (signed(row.t[1]), _Ink(palette.text, bold=strong)), (signed(row.change_t), changed),
        )  # fmt: skip
        for (text, ink), at in zip(cells, _COLUMNS, strict=False):
            self._write(painter, text, at - 60, y, 60, _LEAD_ROW, ink)
        words = wording.news_of(row)
        bold = _Ink(palette.text, bold=True)
        self._write(painter, words, _COLUMNS[-2] + 6, y, _COLUMNS[-1] - _COLUMNS[-2] - 6,
                    _LEAD_ROW, bold)  # fmt: skip

    def _summary(self, painter: QPainter, y: int) -> None:
        palette, today = self._appearance.palette, self._model.today
        title = _Ink(palette.text, SECTION, bold=True, right=False)
        self._write(painter, self.tr("What has changed"), _EDGE, y, 300, _ROW, title)
        said = wording.summary(
            self.found, today.screening if today is not None else None, self._appearance.text
        )
        area = QRect(_EDGE, y + _ROW + 2, self.width() - 2 * _EDGE, 120)
        self._paragraph(painter, "\n".join(said), area, BODY, palette.text)

    def _write(
        self, painter: QPainter, text: str, x: int, y: int, width: int, height: int, ink: _Ink
    ) -> None:
        self.texts.append(text)
        painter.setFont(font(ink.kind, bold=ink.bold))
        painter.setPen(QColor(ink.colour))
        side = Qt.AlignmentFlag.AlignRight if ink.right else Qt.AlignmentFlag.AlignLeft
        area = QRect(x, y, width, height)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | side, shown)

    def _paragraph(
        self, painter: QPainter, text: str, area: QRect, kind: Type, colour: str
    ) -> None:
        self.texts.append(text)
        painter.setFont(font(kind))
        painter.setPen(QColor(colour))
        painter.drawText(area, Qt.TextFlag.TextWordWrap, text)

    def _rule(self, painter: QPainter, y: int) -> None:
        painter.fillRect(0, y, self.width(), 1, QColor(self._appearance.palette.line))


class DifferencePanel(QScrollArea):
    """The table with a scroll bar where it does not fit."""

    def __init__(self, model: ComparisonModel, appearance: Appearance) -> None:
        super().__init__()
        self.table = DifferenceTable(model, appearance)
        self.setWidget(self.table)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(WIDTH)

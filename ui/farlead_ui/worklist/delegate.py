"""Draws one row of the list: two lines, three for the selected one, which says why it is there."""

import math
from datetime import datetime, timedelta
from functools import lru_cache

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QStaticText, QTransform
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from farlead.model.lives import StudyState
from farlead.model.study import Severity
from farlead.model.worklist import Row, reason, severity
from farlead.settings import Clock
from farlead_ui import words
from farlead_ui.icons import pixmap
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font, width_of
from farlead_ui.theme.marks import paint_mark
from farlead_ui.theme.tokens import BODY, INSET, META, ROW, ROW_SELECTED, WORDS, Palette, Type
from farlead_ui.waiting import WaitingModel, quarantined

_TEXT_AT = 40
_TITLE_SIZE = 14
_SOON = timedelta(minutes=5)
_LOW, _TALL = QSize(0, ROW), QSize(0, ROW_SELECTED)


class RowDelegate(QStyledItemDelegate):
    """Painter of the list's rows.

    Parameters
    ----------
    waiting : WaitingModel
    appearance : Appearance
    clock : callable returning the aware time
    parent : QObject, optional
    """

    def __init__(
        self,
        waiting: WaitingModel,
        appearance: Appearance,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._waiting, self._appearance, self._clock = waiting, appearance, clock
        self.tall = -1  # place of the selected row; asked of thousands of rows at once

    def sizeHint(  # noqa: N802
        self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return _TALL if index.row() == self.tall else _LOW

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(row, Row):
            return
        area = QRect(option.rect)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        self._background(painter, area, row, focused=focused)
        self._first_line(painter, area, row)
        self._second_line(painter, area, row)
        if row.study.id == self._waiting.selected:
            self._third_line(painter, area, row)
        painter.restore()

    @property
    def _palette(self) -> Palette:
        return self._appearance.palette

    def _background(self, painter: QPainter, area: QRect, row: Row, *, focused: bool) -> None:
        palette = self._palette
        if row.study.id == self._waiting.selected:
            painter.fillRect(area, QColor(palette.tint))
            bar = palette.accent if focused else palette.edge
            painter.fillRect(area.x(), area.y(), 4, area.height(), QColor(bar))
        painter.fillRect(area.x(), area.bottom(), area.width(), 1, QColor(palette.line))

    def _first_line(self, painter: QPainter, area: QRect, row: Row) -> None:
        palette, now = self._palette, self._clock()
        rank = severity(row, now)
        quiet = not self._waiting.free(row)
        paint_mark(painter, QPointF(area.x() + 22.5, area.y() + 18.5), 12, rank, palette)
        bold = rank >= Severity.URGENT or row.study.id == self._waiting.selected
        time = "" if quarantined(row) else words.left(row.study.due - now)
        width = math.ceil(width_of(time, bold=True))
        line = QRect(area.x() + _TEXT_AT, area.y() + 8, area.width() - _TEXT_AT - INSET, 20)
        painter.setPen(QColor(palette.quiet if quiet else palette.text))
        room = line.adjusted(0, 0, -width - 8, 0)
        _write(painter, BODY, room, self._title(row, now), bold=bold)
        painter.setPen(QColor(palette.quiet if quiet else self._time_colour(row, rank, now)))
        _write(painter, BODY, line, time, bold=True, right=True)

    def _second_line(self, painter: QPainter, area: QRect, row: Row) -> None:
        line = QRect(area.x() + _TEXT_AT, area.y() + 29, area.width() - _TEXT_AT - INSET, 20)
        painter.setPen(QColor(self._palette.quiet))
        held = self.held(row)
        width = math.ceil(width_of(held, META))
        if held:
            _write(painter, META, line, held, right=True)
            if row.claim is not None:
                ratio = painter.device().devicePixelRatioF()
                at = QPointF(line.right() - width - 16, line.y() + 3.0)
                painter.drawPixmap(at, pixmap("person", self._palette.quiet, 14, ratio))
            width += 24
        line.adjust(self._doubt(painter, line, row), 0, -width, 0)
        painter.setPen(QColor(self._palette.quiet))
        kind = words.kind(row.study.kind)
        rest = self._appearance.joined([row.study.unit.name, _who(row)])
        _write(painter, WORDS, line, f"{kind}  {rest}")

    def _doubt(self, painter: QPainter, line: QRect, row: Row) -> int:
        """Mark a doubt about file or person; the width that it takes."""
        told = words.refused(row.study) or words.doubt(row.study)
        if not told:
            return 0
        conflict = row.study.identity_conflict or row.study.objects_refused
        colour = QColor(self._palette.urgent)
        width = math.ceil(width_of(told, META, bold=True)) + 10
        area = QRect(line.x(), line.y() + 2, width, 17)
        if conflict:
            painter.fillRect(area, colour)
        else:
            painter.setPen(colour)
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        painter.setPen(QColor(self._palette.on_urgent) if conflict else colour)
        painter.setFont(font(META, bold=True))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, told)
        return width + 8

    def _third_line(self, painter: QPainter, area: QRect, row: Row) -> None:
        line = QRect(area.x() + _TEXT_AT, area.y() + 49, area.width() - _TEXT_AT - INSET, 20)
        painter.setPen(QColor(self._palette.text))
        if quarantined(row) and row.study.quarantine is not None:
            text = self._appearance.text(row.study.quarantine)
        else:
            text = self._appearance.text(reason(row, self._clock()))
        _write(painter, WORDS, line, text)

    def _title(self, row: Row, now: datetime) -> str:
        if quarantined(row) and row.study.objects:
            return row.study.objects[0].file_name
        return words.finding(row, self._appearance, now)

    def _time_colour(self, row: Row, rank: Severity, now: datetime) -> str:
        palette = self._palette
        if row.study.due < now or rank is Severity.CRITICAL:
            return palette.critical
        if rank is Severity.URGENT or row.study.due - now < _SOON:
            return palette.urgent
        return palette.text

    def held(self, row: Row) -> str:
        """Who has a row, or what it waits for."""
        if quarantined(row):
            return words.clock_time(row.study.arrived)
        if self._waiting.mine(row):
            interrupted = row.study.id == self._waiting.interrupted
            return self.tr("mine, interrupted") if interrupted else self.tr("in hand")
        if row.claim is not None:
            return self.tr("{reader} is reading").format(reader=row.claim.reader)
        if row.study.state is StudyState.CHECKED:
            return self.tr("to be signed")
        if row.review is not None:
            waited = int((self._clock() - row.review.asked).total_seconds())
            return self.tr("review {t}").format(t=words.span(max(waited, 0)))
        if row.sent_back_to is not None:
            return self.tr("sent back")
        return self.tr("draft") if row.has_draft else ""


def _who(row: Row) -> str:
    return "" if quarantined(row) else words.sex_and_age(row)


def _write(
    painter: QPainter,
    kind: Type,
    line: QRect,
    text: str,
    *,
    bold: bool = False,
    right: bool = False,
) -> None:
    shown = _laid(text, kind, max(line.width(), 0), bold=bold)
    size = shown.size()
    left = line.right() + 1 - size.width() if right else line.x()
    painter.setFont(font(kind, bold=bold))
    painter.drawStaticText(QPointF(left, line.y() + (line.height() - size.height()) / 2), shown)


@lru_cache(maxsize=1024)  # the same lines are painted again each second
def _laid(text: str, kind: Type, width: int, *, bold: bool) -> QStaticText:
    face = font(kind, bold=bold)
    plain = words.plain(text)
    shown = QStaticText(QFontMetrics(face).elidedText(plain, Qt.TextElideMode.ElideRight, width))
    shown.setTextFormat(Qt.TextFormat.PlainText)
    shown.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    shown.prepare(QTransform(), face)
    return shown

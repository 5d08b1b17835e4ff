"""Draws one row of the list: two lines, three for the selected one, which says why it is there."""

import math
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap, QStaticText, QTransform
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
# More rows than stand on any screen; what was drawn of others is forgotten.
_KEPT = 128


class _Said(NamedTuple):
    """All that a row says and how, but for its clock: drawn once as long as it is the same."""

    rank: Severity
    title: str
    time_width: int
    quiet: bool
    doubt: str
    conflict: bool
    held: str
    claimed: bool
    what: str
    reason: str
    selected: bool
    focused: bool
    palette: Palette
    size: tuple[int, int]
    ratio: float


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
        self._drawn: dict[int, tuple[_Said, QPixmap]] = {}

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
        area, now = QRect(option.rect), self._clock()
        time = "" if quarantined(row) else words.left(row.study.due - now)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        ratio = painter.device().devicePixelRatioF()
        said = self._said(row, now, time, area.size(), ratio, focused=focused)
        painter.save()
        painter.drawPixmap(area.topLeft(), self._picture(row.study.id, said))
        palette, line = self._palette, _first_line(area)
        painter.setPen(QColor(palette.quiet if said.quiet else self._colour(row, said.rank, now)))
        _write(painter, BODY, line, time, bold=True, right=True)
        painter.restore()

    @property
    def _palette(self) -> Palette:
        return self._appearance.palette

    def _said(
        self, row: Row, now: datetime, time: str, size: QSize, ratio: float, *, focused: bool
    ) -> _Said:
        selected, study = row.study.id == self._waiting.selected, row.study
        rest = self._appearance.joined([study.unit.name, _who(row)])
        return _Said(
            rank=severity(row, now),
            title=self._title(row, now),
            time_width=math.ceil(width_of(time, bold=True)),
            quiet=not self._waiting.free(row),
            doubt=words.refused(study) or words.doubt(study),
            conflict=study.identity_conflict or study.objects_refused,
            held=self.held(row),
            claimed=row.claim is not None,
            what=f"{words.kind(study.kind)}  {rest}",
            reason=self._reason(row, now) if selected else "",
            selected=selected,
            focused=focused and selected,
            palette=self._palette,
            size=(size.width(), size.height()),
            ratio=ratio,
        )

    def _picture(self, study: int, said: _Said) -> QPixmap:
        """The row without its clock; drawn when it says something else than before."""
        drawn = self._drawn.get(study)
        if drawn is not None and drawn[0] == said:
            return drawn[1]
        made = QPixmap(QSize(*said.size) * said.ratio)
        made.setDevicePixelRatio(said.ratio)
        painter, area = QPainter(made), QRect(0, 0, *said.size)
        self._background(painter, area, said)
        self._title_line(painter, area, said)
        self._second_line(painter, area, said)
        if said.reason:
            painter.setPen(QColor(said.palette.text))
            _write(painter, WORDS, _line(area, 49), said.reason)
        painter.end()
        if len(self._drawn) >= _KEPT:
            self._drawn.clear()
        self._drawn[study] = said, made
        return made

    def _background(self, painter: QPainter, area: QRect, said: _Said) -> None:
        palette = said.palette
        painter.fillRect(area, QColor(palette.tint if said.selected else palette.panel))
        if said.selected:
            bar = palette.accent if said.focused else palette.edge
            painter.fillRect(0, 0, 4, area.height(), QColor(bar))
        painter.fillRect(0, area.bottom(), area.width(), 1, QColor(palette.line))

    def _title_line(self, painter: QPainter, area: QRect, said: _Said) -> None:
        palette = said.palette
        paint_mark(painter, QPointF(22.5, 18.5), 12, said.rank, palette)
        painter.setPen(QColor(palette.quiet if said.quiet else palette.text))
        room = _first_line(area).adjusted(0, 0, -said.time_width - 8, 0)
        bold = said.rank >= Severity.URGENT or said.selected
        _write(painter, BODY, room, said.title, bold=bold)

    def _second_line(self, painter: QPainter, area: QRect, said: _Said) -> None:
        line, quiet = _line(area, 29), said.palette.quiet
        painter.setPen(QColor(quiet))
        width = math.ceil(width_of(said.held, META))
        if said.held:
            _write(painter, META, line, said.held, right=True)
            if said.claimed:
                at = QPointF(line.right() - width - 16, line.y() + 3.0)
                painter.drawPixmap(at, pixmap("person", quiet, 14, said.ratio))
            width += 24
        line.adjust(_doubt(painter, line, said), 0, -width, 0)
        painter.setPen(QColor(quiet))
        _write(painter, WORDS, line, said.what)

    def _reason(self, row: Row, now: datetime) -> str:
        if quarantined(row) and row.study.quarantine is not None:
            return self._appearance.text(row.study.quarantine)
        return self._appearance.text(reason(row, now))

    def _title(self, row: Row, now: datetime) -> str:
        if quarantined(row) and row.study.objects:
            return row.study.objects[0].file_name
        return words.finding(row, self._appearance, now)

    def _colour(self, row: Row, rank: Severity, now: datetime) -> str:
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


def _first_line(area: QRect) -> QRect:
    return _line(area, 8)


def _line(area: QRect, below: int) -> QRect:
    """One of a row's lines of lettering, so far below its upper edge."""
    return QRect(area.x() + _TEXT_AT, area.y() + below, area.width() - _TEXT_AT - INSET, 20)


def _doubt(painter: QPainter, line: QRect, said: _Said) -> int:
    """Mark a doubt about file or person; the width that it takes."""
    if not said.doubt:
        return 0
    colour = QColor(said.palette.urgent)
    width = math.ceil(width_of(said.doubt, META, bold=True)) + 10
    area = QRect(line.x(), line.y() + 2, width, 17)
    if said.conflict:
        painter.fillRect(area, colour)
    else:
        painter.setPen(colour)
        painter.drawRect(area.adjusted(0, 0, -1, -1))
    painter.setPen(QColor(said.palette.on_urgent) if said.conflict else colour)
    painter.setFont(font(META, bold=True))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, said.doubt)
    return width + 8


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

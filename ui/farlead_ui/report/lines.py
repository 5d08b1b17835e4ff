"""The lines of the report's diagnosis: numbered, and below them in grey what screening offers."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from farlead.messages import Language
from farlead.model.phrases import Template
from farlead.model.report import Statement
from farlead.model.study import Severity
from farlead_ui.bridge import listen
from farlead_ui.desk_like import EntryLike
from farlead_ui.drafting import DraftModel, Suggestion
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.marks import paint_mark
from farlead_ui.theme.tokens import INSET, META, STATEMENT_ROW, WORDS
from farlead_ui.writing import WritingModel

_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def statement_text(statement: Statement | EntryLike | Template, language: Language) -> str:
    """A statement's text in the language of the window."""
    return statement.zh if language is Language.ZH else statement.en


class Lines(QWidget):
    """Rows of statements; a click marks one, the marked one can be qualified or removed.

    Below them in grey the line that accepting the suggestion in focus adds. `accepted`: the
    reader clicked it.
    """

    accepted = Signal()

    def __init__(self, drafting: DraftModel, writing: WritingModel, appearance: Appearance) -> None:
        super().__init__()
        self._drafting, self._writing, self._appearance = drafting, writing, appearance
        self.marked = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        listen(self, drafting.changed, self._changed)
        listen(self, drafting.loaded, self._loaded)
        listen(self, drafting.current_changed, self._changed)
        listen(self, writing.changed, self.update)

    def mark(self, place: int) -> None:
        """Mark a row; -1 marks none."""
        last = len(self._drafting.draft.statements) - 1
        self.marked = min(max(place, -1), last)
        self.update()

    def step(self, by: int) -> None:
        """Mark the row above or below; below the last one none is marked."""
        last = len(self._drafting.draft.statements) - 1
        if self.marked < 0:
            self.mark(last if by < 0 else -1)
        else:
            self.mark(-1 if self.marked + by > last else max(self.marked + by, 0))

    def qualify_marked(self, by: int) -> None:
        """The marked row in its next or previous form."""
        self._writing.qualify(self.marked, by)

    def remove_marked(self) -> None:
        """Take the marked row out of the report."""
        place, self.marked = self.marked, -1
        self._drafting.remove(place)

    def sizeHint(self) -> QSize:  # noqa: N802
        rows = len(self._drafting.draft.statements) + len(self._offered)
        return QSize(200, STATEMENT_ROW * rows)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        place = int(event.position().y() // STATEMENT_ROW)
        written = len(self._drafting.draft.statements)
        if place >= written:
            if self._offered and place == written:
                self.accepted.emit()
            return
        on_cross = event.position().x() > self.width() - 44
        if self.marked == place and on_cross:
            self.remove_marked()
        elif self._drafting.editable:
            self.mark(-1 if self.marked == place else place)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        wrong = {code for found in self._writing.contradictions for code in found.key.split("/")}
        place = 0
        for place, statement in enumerate(self._drafting.draft.statements, 1):
            self._draw(painter, place, statement, wrong=statement.code in wrong)
        for below, suggestion in enumerate(self._offered, place):
            self._draw_offered(painter, self._row(below), suggestion)
        painter.end()

    @property
    def _offered(self) -> tuple[Suggestion, ...]:
        """What the one key would write: the line of the suggestion in focus."""
        current = self._drafting.suggestion
        there = current is not None and current in self._drafting.offered
        return (current,) if current is not None and there and self._drafting.editable else ()

    def _row(self, place: int) -> QRect:
        return QRect(0, place * STATEMENT_ROW, self.width(), STATEMENT_ROW)

    def _draw(self, painter: QPainter, number: int, statement: Statement, *, wrong: bool) -> None:
        palette, row = self._appearance.palette, self._row(number - 1)
        marked = number - 1 == self.marked
        if marked:
            painter.fillRect(row, QColor(palette.tint))
            painter.fillRect(row.x(), row.y(), 4, row.height(), QColor(palette.accent))
        if wrong:
            middle = QPointF(INSET + 5.0, row.center().y() + 1.0)
            paint_mark(painter, middle, 11, Severity.URGENT, palette)
        else:
            painter.setFont(font(WORDS))
            painter.setPen(QColor(palette.quiet))
            painter.drawText(row.adjusted(INSET, 0, 0, 0), _MIDDLE, str(number))
        self._texts(painter, row, self._text(statement), self._side(statement, marked=marked))

    def _draw_offered(self, painter: QPainter, row: QRect, suggestion: Suggestion) -> None:
        """Grey: nothing of it is in the report."""
        if suggestion.statement is None:
            return
        text = self._text(suggestion.statement)
        self._texts(painter, row, text, self.tr("accept: Enter"), grey=True)

    def _texts(
        self, painter: QPainter, row: QRect, text: str, side: str, *, grey: bool = False
    ) -> None:
        palette = self._appearance.palette
        area = row.adjusted(40, 0, -INSET, 0)
        painter.setFont(font(META))
        painter.setPen(QColor(palette.quiet))
        used = painter.fontMetrics().horizontalAdvance(side) + 12
        painter.drawText(area, _MIDDLE | Qt.AlignmentFlag.AlignRight, side)
        painter.setFont(font())
        painter.setPen(QColor(palette.quiet if grey else palette.text))
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, area.width() - used
        )
        painter.drawText(area, _MIDDLE, shown)

    def _side(self, statement: Statement, *, marked: bool) -> str:
        if marked:
            return self.tr("← → qualify   Backspace remove ✕")
        if statement.suggested:
            return self.tr("suggested")
        return statement.code or self.tr("free text")

    def _text(self, statement: Statement) -> str:
        return statement_text(statement, self._appearance.language)

    def _changed(self) -> None:
        """A line that is marked stays marked as long as it is there."""
        self.mark(self.marked)
        self.updateGeometry()

    def _loaded(self) -> None:
        self.mark(-1)
        self.updateGeometry()

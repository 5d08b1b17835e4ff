"""The report's statements, and the line into which the next one is typed."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QSizePolicy, QWidget

from farlead.messages import Language, message
from farlead.model.report import Statement
from farlead_ui.bridge import listen
from farlead_ui.desk_like import EntryLike
from farlead_ui.drafting import DraftModel
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.tasks import Done, Outcome
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import INSET, META, STATEMENT_ROW, WORDS
from farlead_ui.widgets import across, down, label

_SHOWN = 7


class Lines(QWidget):
    """Rows of statements, numbered; a click marks one, the marked one can be removed."""

    def __init__(self, drafting: DraftModel, appearance: Appearance) -> None:
        super().__init__()
        self._drafting, self._appearance = drafting, appearance
        self.marked = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        listen(self, drafting.changed, self._changed)
        listen(self, drafting.loaded, self._changed)

    def mark(self, place: int) -> None:
        """Mark a row for removal; -1 marks none."""
        self.marked = place
        self.update()

    def remove_marked(self) -> None:
        """Take the marked row out of the report."""
        place, self.marked = self.marked, -1
        self._drafting.remove(place)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, STATEMENT_ROW * len(self._drafting.draft.statements))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        place = int(event.position().y() // STATEMENT_ROW)
        on_cross = event.position().x() > self.width() - 44
        if self.marked == place and on_cross:
            self.remove_marked()
        elif self._drafting.editable:
            self.mark(-1 if self.marked == place else place)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        for place, statement in enumerate(self._drafting.draft.statements):
            row = QRect(0, place * STATEMENT_ROW, self.width(), STATEMENT_ROW)
            self._draw(painter, row, place, statement)
        painter.end()

    def _draw(self, painter: QPainter, row: QRect, place: int, statement: Statement) -> None:
        palette = self._appearance.palette
        marked = place == self.marked
        if marked:
            painter.fillRect(row, QColor(palette.tint))
            painter.fillRect(row.x(), row.y(), 4, row.height(), QColor(palette.accent))
        painter.setFont(font(WORDS))
        painter.setPen(QColor(palette.quiet))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(row.adjusted(INSET, 0, 0, 0), middle, str(place + 1))
        painter.setFont(font(META))
        if marked:
            side = self.tr("remove: Backspace ✕")
        elif statement.suggested:
            side = self.tr("suggested")
        else:
            side = statement.code or self.tr("free text")
        used = painter.fontMetrics().horizontalAdvance(side) + 12
        area = row.adjusted(40, 0, -INSET, 0)
        painter.drawText(area, middle | Qt.AlignmentFlag.AlignRight, side)
        painter.setFont(font())
        painter.setPen(QColor(palette.text))
        text = painter.fontMetrics().elidedText(
            statement_text(statement, self._appearance.language),
            Qt.TextElideMode.ElideRight,
            area.width() - used,
        )
        painter.drawText(area, middle, text)

    def _changed(self) -> None:
        self.marked = -1
        self.updateGeometry()
        self.update()


def statement_text(statement: Statement | EntryLike, language: Language) -> str:
    """A statement's text in the language of the window."""
    return statement.zh if language is Language.ZH else statement.en


class Candidates(QFrame):
    """What the typed text may mean: rows, the chosen one filled."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.setProperty("role", "candidates")
        self.entries: Sequence[EntryLike] = ()
        self.free = ""
        self.chosen = 0
        self.setVisible(False)

    def show_entries(self, entries: Sequence[EntryLike], free: str) -> None:
        """Show what was found, and the typed text itself as the last choice."""
        self.entries, self.free, self.chosen = entries[:_SHOWN], free, 0
        self.setFixedHeight(STATEMENT_ROW * self.rows + 2 + 34)
        self.setVisible(bool(free))
        self.update()

    @property
    def rows(self) -> int:
        """How many can be chosen."""
        return len(self.entries) + 1

    def step(self, by: int) -> None:
        """Choose the next or the one before, around the ends."""
        self.chosen = (self.chosen + by) % self.rows
        self.update()

    def statement(self) -> Statement:
        """The chosen one as a line for the report."""
        if self.chosen < len(self.entries):
            entry = self.entries[self.chosen]
            return Statement(entry.code, entry.zh, entry.en)
        return Statement("", self.free, self.free)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        painter = QPainter(self)
        palette = self._appearance.palette
        for place in range(self.rows):
            row = QRect(1, 1 + place * STATEMENT_ROW, self.width() - 2, STATEMENT_ROW)
            chosen = place == self.chosen
            if chosen:
                painter.fillRect(row, QColor(palette.accent))
            self._draw(painter, row.adjusted(11, 0, -11, 0), place, chosen=chosen)
        foot = QRectF(12, STATEMENT_ROW * self.rows + 1, self.width() - 24, 34)
        painter.fillRect(1, int(foot.y()), self.width() - 2, 1, QColor(palette.line))
        painter.setFont(font(META))
        painter.setPen(QColor(palette.quiet))
        hint = self.tr("↑ ↓ choose   Enter add   Esc back to the sheet")
        painter.drawText(foot, Qt.AlignmentFlag.AlignVCenter, hint)
        painter.end()

    def _draw(self, painter: QPainter, row: QRect, place: int, *, chosen: bool) -> None:
        palette = self._appearance.palette
        middle = Qt.AlignmentFlag.AlignVCenter
        if place < len(self.entries):
            entry = self.entries[place]
            text, side = statement_text(entry, self._appearance.language), entry.code
        else:
            text, side = self.free, self.tr("free text")
        painter.setPen(QColor(palette.on_accent if chosen else palette.quiet))
        painter.setFont(font(META))
        painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, side)
        used = painter.fontMetrics().horizontalAdvance(side) + 12
        painter.setFont(font(bold=chosen))
        painter.setPen(QColor(palette.on_accent if chosen else palette.text))
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, row.width() - used
        )
        painter.drawText(row, middle, shown)


class StatementLine(QLineEdit):
    """The input. Up and Down choose, Enter adds, Backspace in an empty line removes the last."""

    step = Signal(int)
    chosen = Signal()
    removal = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        match event.key():
            case Qt.Key.Key_Up:
                self.step.emit(-1)
            case Qt.Key.Key_Down:
                self.step.emit(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.modifiers():
                if not event.isAutoRepeat():
                    self.chosen.emit()
            case Qt.Key.Key_Backspace if not self.text():
                if not event.isAutoRepeat():
                    self.removal.emit()
            case _:
                super().keyPressEvent(event)


class Statements(QWidget):
    """Section “诊断”: the lines and the input with its candidates.

    Parameters
    ----------
    reading : ReadingModel
        Its desk is asked for candidates at each keystroke, off the GUI thread; the newest
        answer counts.
    appearance : Appearance
    """

    def __init__(self, reading: ReadingModel, appearance: Appearance) -> None:
        super().__init__()
        drafting = reading.drafting
        self._reading, self._drafting, self._appearance = reading, drafting, appearance
        self._study: int | None = None
        self._number = ""
        self._dropped: tuple[str, str] | None = None  # text whose study was left, and its number
        self._title, self._count = label(bold=True), label(step="words", tone="quiet")
        self.lines = Lines(drafting, appearance)
        self.input = StatementLine()
        self.input.setClearButtonEnabled(False)
        self.candidates = Candidates(appearance)
        head = across(self._title, None, self._count)
        head.setContentsMargins(INSET, 10, INSET, 4)
        entry = down(self.input, self.candidates, gap=2)
        entry.setContentsMargins(INSET, 4, INSET, 12)
        self.setLayout(down(head, self.lines, entry))
        self.input.textEdited.connect(self._typed)
        self.input.step.connect(self._step)
        self.input.chosen.connect(self._choose)
        self.input.removal.connect(self._remove)
        listen(self, drafting.changed, self.refresh)
        listen(self, drafting.loaded, self._loaded)
        self._loaded()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Follow the draft."""
        self._title.setText(self.tr("Diagnosis"))
        many = len(self._drafting.draft.statements)
        self._count.setText(self.tr("{n} in the report").format(n=many) if many else "")
        self.input.setPlaceholderText(self.tr("Type Chinese, pinyin initials or English   /"))
        self.input.setEnabled(self._drafting.editable)

    def close_candidates(self) -> None:
        """Empty the line and put the candidates away; what was entered already still comes."""
        if not self._drafting.coming:
            self._clear()

    def _clear(self) -> None:
        self._drafting.coming = ""
        self.input.clear()
        self.candidates.show_entries((), "")

    def _loaded(self) -> None:
        """Another study: an empty line. The same one anew: what is being typed stays."""
        job = self._reading.in_hand
        study = job.study if job is not None else None
        if study != self._study or not self._drafting.editable:
            if self._drafting.coming:
                self._dropped = (self._drafting.coming, self._number)
            self._clear()
        self._study, self._number = study, job.number if job is not None else ""
        self.refresh()

    def _typed(self, text: str) -> None:
        self.lines.mark(-1)
        self._drafting.coming = ""
        self._say_dropped()
        query = text.strip()
        if not query:
            self.candidates.show_entries((), "")
            return
        job = self._reading.in_hand
        kind = job.row.study.kind if job is not None else None
        work = partial(self._reading.desk.statements, query, _SHOWN, kind)
        self._reading.tasks.latest("statements", work, partial(self._found, query))

    def _found(self, query: str, outcome: Outcome[Sequence[EntryLike]]) -> None:
        self._say_dropped()
        if self.input.text().strip() != query:
            return  # typed on meanwhile
        entered, self._drafting.coming = self._drafting.coming == query, ""
        if isinstance(outcome, Done):
            self.candidates.show_entries(outcome.value, query)
            if entered and outcome.value:
                self._choose()
            elif entered and not self.input.hasFocus():
                told = message("reading.statement_unknown", text=query)
                self._reading.tell(NoticeKind.TROUBLE, told)
        else:
            self._reading.tell(NoticeKind.TROUBLE, outcome.error.reason)
            self.candidates.show_entries((), query)

    def _step(self, by: int) -> None:
        if self.candidates.isVisible():
            self.candidates.step(by)

    def _choose(self) -> None:
        """Add the chosen candidate; one of an older text is never taken for it.

        Whoever types faster than the candidates come gets the first of those that belong to
        what is typed, as soon as they are there.
        """
        query = self.input.text().strip()
        if not self.candidates.isHidden() and self.candidates.free == query:
            self._drafting.add(self.candidates.statement())
            self._clear()
        elif query:
            self._drafting.coming = query

    def _say_dropped(self) -> None:
        """A line that came too late for its study is told, not lost without a word."""
        if self._dropped is not None:
            text, number = self._dropped
            self._dropped = None
            told = message("reading.statement_dropped", text=text, number=number)
            self._reading.tell(NoticeKind.TROUBLE, told)

    def _remove(self) -> None:
        last = len(self._drafting.draft.statements) - 1
        if self.lines.marked >= 0:
            self.lines.remove_marked()
        elif last >= 0:
            self.lines.mark(last)

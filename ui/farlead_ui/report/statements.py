"""Section “诊断”: the report's statements, and the line into which the next one is typed."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from farlead.messages import message
from farlead.model.phrases import Template
from farlead_ui.bridge import listen
from farlead_ui.desk_like import EntryLike
from farlead_ui.keys import CommandsLike
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.report.candidates import SHOWN, Candidates
from farlead_ui.report.doubts import Doubts
from farlead_ui.report.lines import Lines
from farlead_ui.tasks import Done, Outcome
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import INSET
from farlead_ui.widgets import across, down, label
from farlead_ui.writing import WritingModel


class StatementLine(QLineEdit):
    """The input. Up and Down choose, Enter adds.

    In an empty line they go through the lines of the report: Left and Right qualify the marked
    one, Backspace removes it.
    """

    step = Signal(int)
    chosen = Signal()
    removal = Signal()
    qualified = Signal(int)
    entered = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        match event.key():
            case Qt.Key.Key_Left if not self.text():
                self.qualified.emit(-1)
            case Qt.Key.Key_Right if not self.text():
                self.qualified.emit(1)
            case Qt.Key.Key_Up:
                self.step.emit(-1)
            case Qt.Key.Key_Down:
                self.step.emit(1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if not event.modifiers():
                if not event.isAutoRepeat():
                    self.chosen.emit()
            case Qt.Key.Key_Backspace | Qt.Key.Key_Delete if not self.text():
                if not event.isAutoRepeat():
                    self.removal.emit()
            case _:
                super().keyPressEvent(event)


class Statements(QWidget):
    """The lines, what does not fit in them, and the input with its candidates.

    Parameters
    ----------
    reading : ReadingModel
    writing : WritingModel
        Is asked for candidates at each keystroke, off the GUI thread; the newest answer counts.
    commands : CommandsLike
    appearance : Appearance
    """

    def __init__(
        self,
        reading: ReadingModel,
        writing: WritingModel,
        commands: CommandsLike,
        appearance: Appearance,
    ) -> None:
        super().__init__()
        drafting = reading.drafting
        self._reading, self._drafting, self._appearance = reading, drafting, appearance
        self._writing = writing
        self._study: int | None = None
        self._number = ""
        self._dropped: tuple[str, str] | None = None  # text whose study was left, and its number
        self._title, self._count = label(bold=True), label(step="words", tone="quiet")
        self.lines = Lines(drafting, writing, appearance)
        self.doubts = Doubts(writing, commands, appearance)
        self.input = StatementLine()
        self.input.setClearButtonEnabled(False)
        self.candidates = Candidates(appearance)
        head = across(self._title, None, self._count)
        head.setContentsMargins(INSET, 10, INSET, 4)
        entry = down(self.input, self.candidates, gap=2)
        entry.setContentsMargins(INSET, 4, INSET, 12)
        self.setLayout(down(head, self.lines, self.doubts, entry))
        self.input.textEdited.connect(self._typed)
        self.input.step.connect(self._step)
        self.input.chosen.connect(self._choose)
        self.input.removal.connect(self._remove)
        self.input.qualified.connect(self.lines.qualify_marked)
        self.lines.accepted.connect(lambda: commands.run("suggestion.accept"))
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

    @property
    def lowest(self) -> QWidget:
        """What must be seen while a statement is typed."""
        return self.input if self.candidates.isHidden() else self.candidates

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
        work = self._writing.offered(query, SHOWN)
        self._reading.tasks.latest("statements", work, partial(self._found, query))

    def _found(self, query: str, outcome: Outcome[Sequence[EntryLike | Template]]) -> None:
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
        elif not self.input.text():
            self.lines.step(by)

    def _choose(self) -> None:
        """Add the chosen candidate; one of an older text is never taken for it.

        Whoever types faster than the candidates come gets the first of those that belong to
        what is typed, as soon as they are there.
        """
        query = self.input.text().strip()
        if not self.candidates.isHidden() and self.candidates.free == query:
            self._writing.choose(self.candidates.choice(), self._appearance.language)
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

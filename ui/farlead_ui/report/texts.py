"""Free text of the report: findings and conclusion."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from farlead.model.phrases import BLANK
from farlead_ui.bridge import listen
from farlead_ui.drafting import DraftModel
from farlead_ui.theme.tokens import INSET
from farlead_ui.widgets import down, label


class FreeText(QPlainTextEdit):
    """A text that follows the draft without moving the cursor while it is typed."""

    def __init__(self, height: int, write: Callable[[str], None]) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(height)
        self._write = write
        self.textChanged.connect(self._changed)

    def event(self, event: QEvent) -> bool:
        """Tab moves on to the next widget only where no blank is left."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            tab = event.key() == Qt.Key.Key_Tab and not event.modifiers()
            if tab and self._to_blank():
                return True
        return super().event(event)

    def follow(self, text: str, *, editable: bool) -> None:
        """Show what the draft says."""
        if text != self.toPlainText():
            blocked = self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(blocked)
        self.setEnabled(editable)

    def _to_blank(self) -> bool:
        """Select the next blank, from the top again after the last; whether there is one."""
        text, here = self.toPlainText(), self.textCursor()
        at = text.find(BLANK, here.selectionEnd())
        at = at if at >= 0 else text.find(BLANK)
        if at < 0 or self.isReadOnly():
            return False
        here.setPosition(at)
        here.setPosition(at + len(BLANK), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(here)
        return True

    def _changed(self) -> None:
        self._write(self.toPlainText())


class FreeTexts(QWidget):
    """Findings (asked for with images; with an ECG the statements say it) and conclusion."""

    def __init__(self, drafting: DraftModel) -> None:
        super().__init__()
        self._drafting = drafting
        self._with_findings = False
        self._findings_title, self._conclusion_title = label(bold=True), label(bold=True)
        self.findings = FreeText(116, lambda text: drafting.write(findings=text))
        self.conclusion = FreeText(72, lambda text: drafting.write(conclusion=text))
        column = down(
            self._findings_title, self.findings, 8, self._conclusion_title, self.conclusion, gap=6
        )
        column.setContentsMargins(INSET, 12, INSET, 12)
        self.setLayout(column)
        listen(self, drafting.loaded, self.refresh)
        listen(self, drafting.changed, self.refresh)
        self.refresh()

    def show_findings(self, *, wanted: bool) -> None:
        """Ask for findings, or only where some are written."""
        self._with_findings = wanted
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Follow the draft."""
        draft, editable = self._drafting.draft, self._drafting.editable
        shown = self._with_findings or bool(draft.findings)
        self._findings_title.setVisible(shown)
        self.findings.setVisible(shown)
        self._findings_title.setText(self.tr("Findings"))
        self._conclusion_title.setText(self.tr("Conclusion and advice"))
        self.conclusion.setPlaceholderText(self.tr("May stay empty"))
        self.findings.follow(draft.findings, editable=editable)
        self.conclusion.follow(draft.conclusion, editable=editable)

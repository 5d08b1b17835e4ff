"""All that was checked, signed with one PIN: the list that it confirms."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from farlead.desk import BatchItem
from farlead_ui import words
from farlead_ui.batch import BatchModel
from farlead_ui.bridge import listen
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, down, label, line
from farlead_ui.windows.overlay import Overlay


class BatchSheet(Overlay):
    """Number, patient, conclusion of each, what stops it or what became of it, and the PIN."""

    def __init__(self, parent: QWidget, batch: BatchModel, appearance: Appearance) -> None:
        super().__init__(parent, 860, 640)
        self._batch, self._appearance = batch, appearance
        self._title = label(step="section", bold=True)
        self._hint = label(step="words", tone="quiet", wrap=True)
        self.pin = QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.returnPressed.connect(self._sign)
        self.told = label(step="words", wrap=True)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = across(self._title, None, self.way_out())
        column = down(
            head, 2, self._hint, 10, line(), self._area, line(), 10, self.pin, 6, self.told
        )
        column.setStretch(5, 1)
        column.setContentsMargins(24, 16, 24, 16)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addLayout(column)
        self.setFocusProxy(self.pin)
        listen(self, batch.changed, self.refresh)

    def open(self) -> None:
        """Read the list, then ask."""
        self._batch.open()
        self.pin.clear()
        super().open()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        bar = self._area.verticalScrollBar()
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        by = steps.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            bar.setValue(bar.value() + by * bar.singleStep() * 3)

    def refresh(self) -> None:
        """Say what is on the list, and what became of it."""
        batch = self._batch
        ready, listed = len(batch.ready), len(batch.listed.items)
        self._title.setText(self.tr("Sign what is checked: {n}").format(n=ready))
        self._hint.setText(
            self.tr("The PIN confirms these {n} reports as they were seen.").format(n=ready)
            if listed
            else self.tr("Nothing is checked. Ctrl+Shift+Enter puts the study in hand here.")
        )
        inside = QWidget()
        inside.setProperty("role", "panel")
        column = down(*(self._row(item) for item in batch.listed.items), None)
        inside.setLayout(column)
        self._area.setWidget(inside)
        self.pin.setPlaceholderText(self.tr("PIN of your certificate; Enter signs all"))
        self.pin.setReadOnly(not ready or batch.under_way or bool(batch.outcomes))
        self.told.setText(self._told())

    def _row(self, item: BatchItem) -> QWidget:
        made = QWidget()
        who = label(f"{item.number}  {words.plain(item.patient)}", bold=True)
        said = [line_.zh for line_ in item.draft.statements]
        what = " · ".join([*said, *([item.draft.conclusion] if item.draft.conclusion else [])])
        state, tone = self._state(item)
        # What stops one is a sentence and gets lines of its own; the others are a word.
        stopped = label(state, step="words", tone=tone, wrap=True) if tone == "urgent" else None
        beside = label("" if stopped else state, step="words", tone=tone)
        column = down(
            across(who, None, beside),
            label(words.plain(what), step="words", tone="quiet", wrap=True),
            *([stopped] if stopped else []),
            4,
            line(),
        )
        column.setContentsMargins(0, 6, 8, 0)
        made.setLayout(column)
        return made

    def _state(self, item: BatchItem) -> tuple[str, str]:
        outcome = self._batch.outcomes.get(item.study)
        if outcome is not None and outcome.report is not None:
            return self.tr("signed"), "done"
        if outcome is not None and outcome.refused is not None:
            return self._appearance.text(outcome.refused), "urgent"
        if item.blocked is not None:
            return self._appearance.text(item.blocked), "urgent"
        return self.tr("ready"), "quiet"

    def _told(self) -> str:
        batch = self._batch
        if batch.error is not None:
            return self._appearance.text(batch.error)
        if batch.under_way:
            return self.tr("Signing …")
        if batch.outcomes:
            done = sum(each.report is not None for each in batch.outcomes.values())
            told = self.tr("{n} signed, {m} back in the list with their drafts")
            return told.format(n=done, m=len(batch.outcomes) - done)
        return ""

    def _sign(self) -> None:
        if self.pin.text():
            self._batch.sign(self.pin.text())
            self.pin.clear()

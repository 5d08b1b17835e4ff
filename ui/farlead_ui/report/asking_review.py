"""What is asked when a report goes back to its author: remarks, each at its place."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from farlead.model.review import WHOLE
from farlead_ui.bridge import listen
from farlead_ui.reading import ReadingModel
from farlead_ui.report.asking import Asking, ReasonPanel
from farlead_ui.review import ReviewModel
from farlead_ui.signing import SigningModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import label


class SendBackPanel(Asking):
    """Enter notes a remark; Enter on an empty line sends the report back with them."""

    def __init__(
        self,
        signing: SigningModel,
        appearance: Appearance,
        reading: ReadingModel,
        review: ReviewModel,
    ) -> None:
        super().__init__(signing, appearance)
        self._reading, self._review = reading, review
        self.places, self.text = QComboBox(), QLineEdit()
        self.noted = label(step="words", wrap=True)
        for part in (self.noted, self.places, self.text):
            self.fields.addWidget(part)
        listen(self, review.changed, self._say_noted)
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            by = 1 if event.key() == Qt.Key.Key_Down else -1
            self.places.setCurrentIndex((self.places.currentIndex() + by) % self.places.count())
        elif event.key() == Qt.Key.Key_Backspace and not self.text.text():
            self._review.drop()
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Say what is asked."""
        super().refresh()
        self.title.setText(self.tr("Send back to the author"))
        self.hint.setText(self.tr("↑ ↓ place · Enter notes the remark · empty line sends it back"))
        self.text.setPlaceholderText(self.tr("Remark"))
        self.yes.setText(self.tr("Send back  Enter"))
        self.no.setText(self.tr("Back  Esc"))
        self._say_noted()

    def begin(self) -> None:
        """Ask anew; remarks that were noted stay."""
        self.places.clear()
        self.places.addItem(self.tr("Whole report"), WHOLE)
        draft = self._reading.drafting.draft
        for line in draft.statements:
            self.places.addItem(line.zh, f"statement:{line.code or line.zh}")
        self.places.addItem(self.tr("Findings"), "findings")
        self.places.addItem(self.tr("Conclusion"), "conclusion")
        self.text.clear()
        self.text.setFocus()

    @property
    def first(self) -> QWidget:
        """The remark."""
        return self.text

    def confirm(self) -> None:
        """Note the remark; with none in the line, send the report back."""
        if self.text.text().strip():
            self._review.add(str(self.places.currentData()), self.text.text())
            self.text.clear()
        elif self._review.pending:
            self.signing.cancel()
            self._review.send_back()

    def _say_noted(self) -> None:
        said = [f"✎ {remark.text}" for remark in self._review.pending]
        self.noted.setText("\n".join(said))
        self.noted.setVisible(bool(said))


class SkipPanel(ReasonPanel):
    """Why a study is passed on to another reader; logged."""

    def refresh(self) -> None:
        """Say what is asked."""
        super().refresh()
        self.title.setText(self.tr("Pass on to another reader"))
        self.hint.setText(self.tr("It comes last for you for a while. The reason is logged."))
        self.yes.setText(self.tr("Pass on  Enter"))

    def confirm(self) -> None:
        """Pass it on."""
        self.signing.skip(self.reason.text())

"""What is asked while a report is written.

Why a suggestion is rejected, what lets a contradiction stand, values to write over, the name of a
short form.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from farlead.messages import message
from farlead.model.figures import caption, unit_of, written_of
from farlead.model.report import Ground
from farlead.model.screening import Screening
from farlead_ui.bridge import listen
from farlead_ui.reading import ReadingModel
from farlead_ui.report.asking import Asking, Choices
from farlead_ui.signing import Panel, SigningModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import label

#: Measurements that can be written over, as they stand in the report panel.
_FIGURES = ("heart_rate", "pr", "qrs", "qt", "qtc", "axis")
_LONGEST = 200


class RejectPanel(Asking):
    """Why a critical or urgent suggestion is rejected: one of a short list."""

    def __init__(
        self, signing: SigningModel, appearance: Appearance, reading: ReadingModel
    ) -> None:
        super().__init__(signing, appearance)
        self._drafting = reading.drafting
        self.choices = Choices(len(Ground))
        self.fields.addWidget(self.choices)
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self.choices.choose(event.text()):
            self.confirm()
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Say what is asked, and of which suggestion."""
        super().refresh()
        suggestion = self._drafting.suggestion
        self.title.setText(self.tr("Why is this suggestion rejected?"))
        self.hint.setText(self.appearance.text(suggestion.flag.text) if suggestion else "")
        for number, (choice, ground) in enumerate(
            zip(self.choices.buttons, Ground, strict=True), 1
        ):
            text = self.appearance.text(message(f"desk.ground.{ground}"))
            choice.setText(f"{number}  {text}")
        self.yes.setText(self.tr("Reject  Enter"))
        self.no.setText(self.tr("Back  Esc"))

    def begin(self) -> None:
        """Ask anew; none is chosen beforehand."""
        self.choices.clear()
        self.refresh()
        self.choices.buttons[0].setFocus()

    @property
    def first(self) -> QWidget:
        """The first reason."""
        return self.choices.buttons[0]

    def confirm(self) -> None:
        """Reject with the chosen reason."""
        chosen = self.choices.chosen
        if chosen is not None:
            self.signing.cancel()
            self._drafting.reject(list(Ground)[chosen])


class OverrulePanel(Asking):
    """A word that lets a contradiction stand."""

    def __init__(self, signing: SigningModel, appearance: Appearance) -> None:
        super().__init__(signing, appearance)
        self.word = QLineEdit()
        self.word.setMaxLength(_LONGEST)
        self.fields.addWidget(self.word)
        listen(self, signing.writing.changed, self._changed)
        self.refresh()

    def refresh(self) -> None:
        """Say what is asked, and about what."""
        super().refresh()
        found = self.signing.writing.contradictions
        self.title.setText(self.tr("Let this stand?"))
        self.hint.setText(self.appearance.text(found[0].told) if found else "")
        self.word.setPlaceholderText(self.tr("Why it is so; kept with the report"))
        self.yes.setText(self.tr("Let it stand  Enter"))
        self.no.setText(self.tr("Back  Esc"))

    def begin(self) -> None:
        """Ask anew."""
        self.word.clear()
        self.refresh()
        self.word.setFocus()

    @property
    def first(self) -> QWidget:
        """The word."""
        return self.word

    def confirm(self) -> None:
        """Let it stand, and ask about the next one; without a word nothing happens."""
        if self.word.text().strip():
            self.signing.writing.overrule(self.word.text())

    def _changed(self) -> None:
        """One after another; when nothing is left to be asked, the panel goes."""
        if self.signing.panel is not Panel.OVERRULE:
            return
        if self.signing.writing.contradictable:
            self.begin()
        else:
            self.signing.cancel()


class FiguresPanel(Asking):
    """Values that the reader writes over what was measured; an empty field is as measured."""

    def __init__(
        self, signing: SigningModel, appearance: Appearance, reading: ReadingModel
    ) -> None:
        super().__init__(signing, appearance)
        self._reading = reading
        self.inputs = {name: QLineEdit() for name in _FIGURES}
        self._names = {name: label(step="words", tone="quiet") for name in _FIGURES}
        self._units = {name: QLabel() for name in _FIGURES}
        grid = QGridLayout()
        grid.setSpacing(6)
        for place, name in enumerate(_FIGURES):
            row, column = divmod(place, 2)
            grid.addWidget(self._names[name], row, 3 * column)
            grid.addWidget(self.inputs[name], row, 3 * column + 1)
            grid.addWidget(self._units[name], row, 3 * column + 2)
            self.inputs[name].setFixedWidth(64)
            self.inputs[name].setMaxLength(5)
        grid.setColumnMinimumWidth(2, 48)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(3, 1)
        self.fields.addLayout(grid)
        self.refresh()

    def refresh(self) -> None:
        """Say what is asked."""
        super().refresh()
        screening = self._measured
        for name in _FIGURES:
            made = screening.measurement(name) if screening is not None else None
            self.inputs[name].setEnabled(made is not None)
            self.inputs[name].setPlaceholderText(written_of(made) if made is not None else "—")
            said = caption(made) if made is not None else message(f"measurement.{name}")
            self._names[name].setText(self.appearance.text(said))
            words = unit_of(made.unit) if made is not None else None
            unit = self.appearance.text(words) if words else made.unit if made else ""
            self._units[name].setText(unit)
        self.title.setText(self.tr("Write over measurements"))
        self.hint.setText(self.tr("Marked in the report as changed, with the old value."))
        self.yes.setText(self.tr("Keep  Enter"))
        self.no.setText(self.tr("Back  Esc"))

    def begin(self) -> None:
        """What was written over before stands in its field."""
        self.refresh()
        self.error.setVisible(False)
        for name, field in self.inputs.items():
            value = self._reading.drafting.draft.typed.get(name)
            field.setText("" if value is None else f"{value:g}")
            field.selectAll()
        self.first.setFocus()

    @property
    def first(self) -> QWidget:
        """The first figure that was measured."""
        return next((f for f in self.inputs.values() if f.isEnabled()), self.yes)

    def confirm(self) -> None:
        """Keep what is written; what is no plausible figure is told."""
        typed: dict[str, float] = {}
        for name, field in self.inputs.items():
            text = field.text().strip().replace("−", "-")
            if not text:
                continue
            value = _figure(name, text)
            if value is None:
                self.error.setText(self.tr("“{text}” is no plausible value.").format(text=text))
                self.error.setVisible(True)
                field.setFocus()
                field.selectAll()
                return
            typed[name] = value
        self.signing.cancel()
        self.signing.writing.write_over(typed)

    @property
    def _measured(self) -> Screening | None:
        job = self._reading.in_hand
        return job.row.screening if job is not None else None


class FormLine(QLineEdit):
    """The short form; Ctrl+Delete is the panel's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Delete and event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)


class PhrasePanel(Asking):
    """The short form under which the draft is kept."""

    def __init__(self, signing: SigningModel, appearance: Appearance) -> None:
        super().__init__(signing, appearance)
        self.form = FormLine()
        self.form.setMaxLength(16)
        self.fields.addWidget(self.form)
        self.refresh()

    def refresh(self) -> None:
        """Say what is asked."""
        super().refresh()
        self.title.setText(self.tr("Keep as my short form"))
        self.hint.setText(
            self.tr(
                "Statements and text of this draft; typing the short form writes them again. "
                "Places such as {heart_rate} or {qtc} take the measurements."
            )
            + self._known()
        )
        self.form.setPlaceholderText(self.tr("Short form, for example xbzc"))
        self.yes.setText(self.tr("Keep  Enter"))
        self.no.setText(self.tr("Back  Esc"))

    def _known(self) -> str:
        """The reader's short forms, and how to be rid of one."""
        forms = ", ".join(phrase.code for phrase in self.signing.writing.phrases)
        told = self.tr(" Yours: {forms}. Ctrl+Delete forgets the one that is typed.")
        return told.format(forms=forms) if forms else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        form = self.form.text().strip()
        known = form.casefold() in {p.code.casefold() for p in self.signing.writing.phrases}
        if event.key() == Qt.Key.Key_Delete and event.modifiers() and known:
            self.signing.cancel()
            self.signing.writing.drop_phrase(form)
        else:
            super().keyPressEvent(event)

    def begin(self) -> None:
        """Ask anew."""
        self.refresh()
        self.form.clear()
        self.form.setFocus()

    @property
    def first(self) -> QWidget:
        """The short form."""
        return self.form

    def confirm(self) -> None:
        """Keep it."""
        form = self.form.text().strip()
        if form:
            self.signing.cancel()
            self.signing.writing.keep_phrase(form)


def _figure(name: str, text: str) -> float | None:
    """A plausible value; None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    low, high = {"axis": (-180.0, 180.0), "heart_rate": (1.0, 400.0)}.get(name, (10.0, 1500.0))
    return value if low <= value <= high else None


def writing_panels(
    signing: SigningModel, appearance: Appearance, reading: ReadingModel
) -> dict[Panel, Asking]:
    """These panels by what they ask."""
    return {
        Panel.REJECT: RejectPanel(signing, appearance, reading),
        Panel.OVERRULE: OverrulePanel(signing, appearance),
        Panel.FIGURES: FiguresPanel(signing, appearance, reading),
        Panel.PHRASE: PhrasePanel(signing, appearance),
    }

"""What an act asks before it happens, in the place of the action bar: PIN, retake and others.

Enter confirms, Esc goes back; nothing has happened until then.
"""

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.signing import Panel, SigningModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import INSET
from farlead_ui.widgets import across, button, down, label, line


class Asking(QWidget):
    """Base of the panels: a title, a line of explanation, fields, two buttons.

    Parameters
    ----------
    signing : SigningModel
    appearance : Appearance
    """

    def __init__(self, signing: SigningModel, appearance: Appearance) -> None:
        super().__init__()
        self.signing, self.appearance = signing, appearance
        self.setProperty("role", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = label(bold=True)
        self.hint = label(step="words", tone="quiet", wrap=True)
        self.error = label(step="words", tone="critical", wrap=True)
        self.yes, self.no = button("first"), button()
        self.yes.clicked.connect(self.confirm)
        self.no.clicked.connect(signing.cancel)
        self.fields = down(gap=8)
        column = down(
            self.title, 2, self.hint, 8, self.fields, self.error, 10,
            across(None, self.no, self.yes),
        )  # fmt: skip
        column.setContentsMargins(INSET, 12, INSET, 12)
        self.setLayout(down(line(), column))
        listen(self, signing.panel_changed, self.refresh)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.signing.cancel()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not event.isAutoRepeat():
                self.confirm()
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Say what is asked; an error of the last try stands below the fields."""
        error = self.signing.panel_error
        self.error.setVisible(error is not None)
        self.error.setText(self.appearance.text(error) if error else "")

    def begin(self) -> None:
        """The panel has been opened: empty fields, keyboard in the first one."""

    @property
    def first(self) -> QWidget:
        """The field that gets the keyboard."""
        return self.yes

    def take_keyboard(self) -> None:
        """Keyboard into the first field, unless it is in the panel already."""
        focus = QApplication.focusWidget()
        if focus is None or not self.isAncestorOf(focus):
            self.first.setFocus()

    def confirm(self) -> None:
        """Do what was asked."""


class PinPanel(Asking):
    """The PIN of the signing key."""

    def __init__(self, signing: SigningModel, appearance: Appearance, minutes: int) -> None:
        super().__init__(signing, appearance)
        self._minutes = minutes
        self.pin = QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.fields.addWidget(self.pin)
        self.refresh()

    def refresh(self) -> None:
        """Say what is asked."""
        super().refresh()
        self.title.setText(self.tr("Open the signing key"))
        told = self.tr("It stays open for {n} minutes and closes when the station is locked.")
        self.hint.setText(told.format(n=self._minutes))
        self.pin.setPlaceholderText(self.tr("PIN of your certificate"))
        self.yes.setText(self.tr("Sign  Enter"))
        self.no.setText(self.tr("Back  Esc"))
        if self.signing.panel_error is not None:
            self.pin.selectAll()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        self.pin.clear()  # a PIN does not stay in a field
        super().hideEvent(event)

    def begin(self) -> None:
        """Ask anew."""
        self.pin.clear()
        self.pin.setFocus()

    @property
    def first(self) -> QWidget:
        """The PIN."""
        return self.pin

    def confirm(self) -> None:
        """Try the PIN."""
        if self.pin.text():
            self.signing.give_pin(self.pin.text())


class Choices(QWidget):
    """Numbered choices in two columns, one of them chosen."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.buttons = [QPushButton() for _ in range(count)]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for place, choice in enumerate(self.buttons):
            choice.setCheckable(True)
            choice.setAutoExclusive(True)
            choice.setAutoDefault(False)
            choice.setProperty("role", "choice")
            grid.addWidget(choice, place // 2, place % 2)
            choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def chosen(self) -> int | None:
        """Place of the chosen one; None while none is."""
        return next((n for n, b in enumerate(self.buttons) if b.isChecked()), None)

    def choose(self, number: str) -> bool:
        """Choose by the number typed; whether it is one of them."""
        there = number.isdigit() and 1 <= int(number) <= len(self.buttons)
        if there:
            self.buttons[int(number) - 1].setChecked(True)
        return there

    def clear(self) -> None:
        """Choose none."""
        for choice in self.buttons:
            choice.setAutoExclusive(False)
            choice.setChecked(False)
            choice.setAutoExclusive(True)


class RetakePanel(Asking):
    """Why the unit is asked to record again, and a hint for its technician."""

    def __init__(self, signing: SigningModel, appearance: Appearance) -> None:
        super().__init__(signing, appearance)
        self._choices = Choices(6)
        self._reasons = self._choices.buttons
        self.hint_line = QLineEdit()
        self.fields.addWidget(self._choices)
        self.fields.addWidget(self.hint_line)
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if self._choices.choose(event.text()):
            self.hint_line.setFocus()
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Say what is asked."""
        super().refresh()
        self.title.setText(self.tr("Ask for a retake"))
        self.hint.setText(self.tr("Goes to the unit; can be called back for 10 s."))
        for number, (reason, text) in enumerate(zip(self._reasons, self._texts(), strict=True), 1):
            reason.setText(f"{number}  {text}")
        self.hint_line.setPlaceholderText(self.tr("Hint for the technician (may stay empty)"))
        self.yes.setText(self.tr("Ask for it  Enter"))
        self.no.setText(self.tr("Back  Esc"))

    def begin(self) -> None:
        """Ask anew."""
        self.hint_line.clear()
        self._reasons[0].setChecked(True)
        self._reasons[0].setFocus()

    @property
    def first(self) -> QWidget:
        """The reason that is chosen."""
        return next(reason for reason in self._reasons if reason.isChecked())

    def confirm(self) -> None:
        """Ask the unit."""
        chosen = self._texts()[self._choices.chosen or 0]
        self.signing.retake(chosen, self.hint_line.text().strip())

    def _texts(self) -> list[str]:
        return [
            self.tr("Baseline wanders"),
            self.tr("Noise"),
            self.tr("Lead off"),
            self.tr("Leads reversed"),
            self.tr("Recording too short"),
            self.tr("Patient data doubtful"),
        ]


class ReasonPanel(Asking):
    """Asks for a reason, and nothing else."""

    def __init__(self, signing: SigningModel, appearance: Appearance) -> None:
        super().__init__(signing, appearance)
        self.reason = QLineEdit()
        self.fields.addWidget(self.reason)
        self.refresh()

    def refresh(self) -> None:
        """Say what is asked."""
        super().refresh()
        self.reason.setPlaceholderText(QCoreApplication.translate("ReasonPanel", "Reason"))
        self.no.setText(QCoreApplication.translate("ReasonPanel", "Back  Esc"))

    def begin(self) -> None:
        """Ask anew."""
        self.reason.clear()
        self.reason.setFocus()

    @property
    def first(self) -> QWidget:
        """The reason."""
        return self.reason


class TakeOverPanel(ReasonPanel):
    """Why a study is taken from the colleague who holds it; logged."""

    def refresh(self) -> None:
        """Say what is asked."""
        super().refresh()
        self.title.setText(self.tr("Take the study over"))
        self.hint.setText(self.tr("Your name, the time and the reason go into the audit trail."))
        self.yes.setText(self.tr("Take over  Enter"))

    def confirm(self) -> None:
        """Take it."""
        self.signing.take_over(self.reason.text())


class IdentityPanel(Asking):
    """Whether all documents of the study speak of one person; logged."""

    def __init__(self, signing: SigningModel, appearance: Appearance) -> None:
        super().__init__(signing, appearance)
        self.who = label(bold=True, wrap=True)
        self.fields.addWidget(self.who)
        self.refresh()

    def refresh(self) -> None:
        """Say what is asked, and of whom."""
        super().refresh()
        study = self.signing.identity.study
        self.title.setText(self.tr("Confirm the person"))
        self.hint.setText(
            self.tr(
                "The documents of this study contradict each other: check with the unit. "
                "Your name and the time go into the audit trail."
            )
        )
        self.who.setText(words.person(study, self.appearance) if study is not None else "")
        self.yes.setText(self.tr("It is this person  Enter"))
        self.no.setText(self.tr("Back  Esc"))

    def begin(self) -> None:
        """Ask anew."""
        self.yes.setFocus()

    def confirm(self) -> None:
        """Confirm the person."""
        self.signing.confirm_identity()


def panels(signing: SigningModel, appearance: Appearance, minutes: int) -> dict[Panel, Asking]:
    """All panels by what they ask."""
    return {
        Panel.PIN: PinPanel(signing, appearance, minutes),
        Panel.RETAKE: RetakePanel(signing, appearance),
        Panel.TAKE_OVER: TakeOverPanel(signing, appearance),
        Panel.IDENTITY: IdentityPanel(signing, appearance),
    }

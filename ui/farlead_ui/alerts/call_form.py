"""One call as it is recorded: reached or not, who answered, repeated or not, what was advised."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from farlead.model.critical import CallMade, Contact, Way
from farlead_ui.alerts import wording
from farlead_ui.alerts.choices import Choices
from farlead_ui.widgets import down, label

REACHED, NOT_REACHED = range(2)
REPEATED, NOT_REPEATED = range(2)


class CallForm(QWidget):
    """Four steps in their order; Enter goes from one to the next, the last one records.

    ↑ ↓ in the first step change whom to call.
    """

    recorded = Signal(CallMade)

    def __init__(self) -> None:
        super().__init__()
        self._contacts: tuple[Contact, ...] = ()
        self._place = 0
        self._titles = [label(step="words", bold=True) for _ in range(4)]
        self.reached, self.repeated = Choices(2), Choices(2)
        self.way, self.advised = Choices(4), Choices(4)
        self.number, self.person, self.advice = QLineEdit(), QLineEdit(), QLineEdit()
        self.setLayout(
            down(
                self._titles[0], 4, self.number, 6, self.way, 6, self.reached, 12,
                self._titles[1], 4, self.person, 12,
                self._titles[2], 4, self.repeated, 12,
                self._titles[3], 4, self.advised, 6, self.advice,
            )
        )  # fmt: skip
        self.reached.confirmed.connect(self._reached)
        self.reached.chosen.connect(self._enable)
        self.person.returnPressed.connect(self.repeated.setFocus)
        self.repeated.confirmed.connect(self.advice.setFocus)
        self.advised.confirmed.connect(self._take_advice)
        self.advised.chosen.connect(self._take_advice)
        self.advice.returnPressed.connect(self.confirm)
        self.number.returnPressed.connect(self.reached.setFocus)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.choose(self._place + (1 if event.key() == Qt.Key.Key_Down else -1))
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Say what is asked."""
        titles = (
            self.tr("1  Reached?"),
            self.tr("2  Receiver"),
            self.tr("3  Repeated and right?"),
            self.tr("4  Advice given"),
        )
        for title, text in zip(self._titles, titles, strict=True):
            title.setText(text)
        self.reached.say([self.tr("Reached"), self.tr("Not reached")])
        self.repeated.say([self.tr("Repeated"), self.tr("Not repeated")])
        self.way.say([wording.way(way) for way in Way])
        self.advised.say([word for word, _ in self._advices()])
        self.number.setPlaceholderText(self.tr("Number  ↑ ↓ another contact"))
        self.person.setPlaceholderText(self.tr("Who answered"))
        self.advice.setPlaceholderText(self.tr("Advice; Enter records the call"))

    def begin(self, contacts: tuple[Contact, ...], place: int = 0) -> None:
        """An empty form for a call to one of these."""
        self._contacts = contacts
        for choices in (self.reached, self.repeated, self.advised):
            choices.choose(None)
        self.way.choose(0)
        self.person.clear()
        self.advice.clear()
        self.number.clear()
        self.choose(place)

    def offer(self, contacts: tuple[Contact, ...]) -> None:
        """Whom to call is known now, or stands in another order; what was typed stays."""
        if contacts == self._contacts:
            return
        known = self._contacts[self._place] if self._contacts else None
        typed = self.number.text() != (known.number if known is not None else "")
        self._contacts = contacts
        same = (n for n, each in enumerate(contacts) if known is not None and _same(each, known))
        self._place = next(same, 0)
        if not typed:
            self.choose(self._place)

    @property
    def place(self) -> int:
        """Which contact is to be called, from 0."""
        return self._place

    def choose(self, place: int) -> None:
        """Call another contact."""
        if self._contacts:
            self._place = place % len(self._contacts)
            self.number.setText(self._contacts[self._place].number)

    def take_keyboard(self) -> None:
        """Keyboard into the first step."""
        self.reached.setFocus()

    def confirm(self) -> None:
        """Record the call as it stands in the form."""
        if self.reached.choice is None:
            self.reached.setFocus()
            return
        self.recorded.emit(self._made())

    def _made(self) -> CallMade:
        way = tuple(Way)[self.way.choice or 0]
        if self.reached.choice == NOT_REACHED:
            return CallMade(way, self.number.text(), self._wanted(), reached=False)
        return CallMade(
            way,
            self.number.text(),
            self.person.text(),
            reached=True,
            read_back=self.repeated.choice == REPEATED,
            advice=self.advice.text(),
        )

    def _wanted(self) -> str:
        """Who was wanted, while the number is still that of the contact."""
        known = self._contacts[self._place] if self._contacts else Contact()
        return known.name if known.number == self.number.text() else ""

    def _reached(self) -> None:
        if self.reached.choice == NOT_REACHED:
            self.confirm()
        else:
            self.person.setFocus()

    def _enable(self) -> None:
        vain = self.reached.choice == NOT_REACHED
        for part in (self.person, self.repeated, self.advised, self.advice):
            part.setEnabled(not vain)

    def _take_advice(self) -> None:
        """A usual advice is written into the line, where it can be changed."""
        if self.advised.choice is not None:
            self.advice.setText(self._advices()[self.advised.choice][1])
            self.advice.setFocus()

    def _advices(self) -> list[tuple[str, str]]:
        """Usual advice: the word on the button, and what is written down."""
        return [
            (self.tr("Resus"), self.tr("send now to the resuscitation room")),
            (self.tr("Chest pain"), self.tr("start the chest pain pathway")),
            (self.tr("Transfer"), self.tr("transfer now")),
            (self.tr("Repeat"), self.tr("repeat the ECG")),
        ]


def _same(one: Contact, other: Contact) -> bool:
    """Whether both are one person at one number, there at this hour or not."""
    return (one.name, one.number) == (other.name, other.number)

"""The three ways in which a case ends; none by default."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from farlead.messages import Message
from farlead.model.lives import CaseState
from farlead_ui.alerts.choices import Choices
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import down, label

ENDINGS = (CaseState.TOLD, CaseState.NOT_CRITICAL, CaseState.UNREACHABLE)


class EndForm(QWidget):
    """Ending and its words; says what is missing.

    Parameters
    ----------
    appearance : Appearance
    lacks : callable(ending, words) -> Message or None
        What an ending still needs.
    """

    ended = Signal(CaseState, str)

    def __init__(
        self, appearance: Appearance, lacks: Callable[[CaseState, str], Message | None]
    ) -> None:
        super().__init__()
        self._appearance, self._lacks = appearance, lacks
        self._title = label(step="words", bold=True)
        self.endings, self.words = Choices(len(ENDINGS)), QLineEdit()
        self.takers = Choices(3)
        self.takers.chosen.connect(self._take)
        self.takers.confirmed.connect(self.confirm)
        self.lacking = label(step="words", tone="quiet", wrap=True)
        self.setLayout(
            down(self._title, 4, self.endings, 6, self.takers, 6, self.words, 4, self.lacking)
        )
        self.endings.chosen.connect(self.refresh)
        self.endings.confirmed.connect(self._go_on)
        self.words.textChanged.connect(self.refresh)
        self.words.returnPressed.connect(self.confirm)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    @property
    def ending(self) -> CaseState | None:
        """Which ending is chosen."""
        choice = self.endings.choice
        return None if choice is None else ENDINGS[choice]

    def begin(self) -> None:
        """Nothing chosen."""
        self.words.clear()
        self.takers.choose(None)
        self.endings.choose(None)

    def take_keyboard(self) -> None:
        """Keyboard to the endings."""
        self.endings.setFocus()

    def refresh(self) -> None:
        """Say what can be chosen, and what the chosen one lacks."""
        self._title.setText(self.tr("End the case"))
        self.endings.say([self.tr("Told"), self.tr("Not critical"), self.tr("Unreachable")])
        self.takers.say([word for word, _ in self._takers()])
        ending = self.ending
        self.takers.setVisible(ending is CaseState.UNREACHABLE)
        self.words.setVisible(ending in {CaseState.NOT_CRITICAL, CaseState.UNREACHABLE})
        asked = {
            CaseState.NOT_CRITICAL: self.tr("Why it is no critical value"),
            CaseState.UNREACHABLE: self.tr("Who takes over"),
        }
        self.words.setPlaceholderText(asked.get(ending, "") if ending is not None else "")
        self.lacking.setText(self._told(ending))

    def confirm(self) -> None:
        """End the case so."""
        if self.ending is not None:
            self.ended.emit(self.ending, self.words.text().strip())

    def _takers(self) -> list[tuple[str, str]]:
        """Usual takers: the word on the button, and what is written down."""
        return [
            ("120", "120"),
            (self.tr("Duty line"), self.tr("the unit's duty line")),
            (self.tr("Patient"), self.tr("the patient by telephone")),
        ]

    def _take(self) -> None:
        """A usual taker is written into the line, where a name can be added."""
        if self.takers.choice is not None:
            self.words.setText(f"{self._takers()[self.takers.choice][1]} ")
            self.words.setFocus()

    def _go_on(self) -> None:
        if self.words.isVisible() and not self.words.text().strip():
            self.words.setFocus()
        else:
            self.confirm()

    def _told(self, ending: CaseState | None) -> str:
        if ending is None:
            return self.tr("Choose one of the three; none is chosen by default.")
        lacks = self._lacks(ending, self.words.text())
        return self.tr("Enter ends the case") if lacks is None else self._appearance.text(lacks)

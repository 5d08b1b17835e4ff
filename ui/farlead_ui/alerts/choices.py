"""A row of answers of which at most one is chosen; none is by default."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from farlead_ui.widgets import across


class Choices(QWidget):
    """Numbered answers: the digit chooses, Enter goes on.

    Parameters
    ----------
    count : int
        How many answers.
    """

    chosen = Signal()
    confirmed = Signal()

    def __init__(self, count: int) -> None:
        super().__init__()
        self.buttons = [self._button(place) for place in range(count)]
        row = across(*self.buttons, gap=6)
        for place in range(count):
            row.setStretch(place, 1)
        self.setLayout(row)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def say(self, texts: list[str]) -> None:
        """The answers in the language of the window."""
        for number, (button, text) in enumerate(zip(self.buttons, texts, strict=True), 1):
            button.setText(f"{number}  {text}")

    @property
    def choice(self) -> int | None:
        """Which answer, from 0; None while none is chosen."""
        return next((p for p, button in enumerate(self.buttons) if button.isChecked()), None)

    def choose(self, place: int | None) -> None:
        """Choose an answer, or none."""
        for at, button in enumerate(self.buttons):
            button.setChecked(at == place)
        self.chosen.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.buttons[self.choice or 0].setFocus(event.reason())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        typed, key = event.text(), event.key()
        if typed.isdigit() and 1 <= int(typed) <= len(self.buttons):
            if not event.isAutoRepeat():
                self.choose(int(typed) - 1)
                self.buttons[int(typed) - 1].setFocus()
        elif key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self._step(-1 if key == Qt.Key.Key_Left else 1)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if not event.isAutoRepeat() and self.choice is not None:
                self.confirmed.emit()
        else:
            super().keyPressEvent(event)

    def _step(self, by: int) -> None:
        here = next((p for p, button in enumerate(self.buttons) if button.hasFocus()), 0)
        self.buttons[min(max(here + by, 0), len(self.buttons) - 1)].setFocus()

    def _button(self, place: int) -> QPushButton:
        made = _Answer()
        made.setCheckable(True)
        made.setAutoDefault(False)
        made.setProperty("role", "answer")
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        made.clicked.connect(self._clicked(place))
        return made

    def _clicked(self, place: int) -> Callable[[], None]:
        return lambda: self.choose(place)


class _Answer(QPushButton):
    """An answer; the arrows are the row's, not a step to whatever comes next."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}:
            event.ignore()
        else:
            super().keyPressEvent(event)

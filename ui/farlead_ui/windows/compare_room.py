"""The parts of the comparison put together for the window: strip, bar, view, what feeds them."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from farlead_ui.bridge import listen
from farlead_ui.commands import Commands
from farlead_ui.ecg.compare_view import CompareView
from farlead_ui.ecg.compare_words import CompareWords
from farlead_ui.ecg.earlier import ComparisonModel
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.strip import EarlierStrip
from farlead_ui.reading import ReadingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import down, label
from farlead_ui.windows.comparing import Comparing


class CompareRoom(QObject):
    """Builds them; in the main window, or gathered in a window of their own.

    Parameters
    ----------
    model : ComparisonModel
    reading : ReadingModel
    sheet : SheetModel
    appearance : Appearance
    commands : Commands
    """

    def __init__(
        self,
        model: ComparisonModel,
        reading: ReadingModel,
        sheet: SheetModel,
        appearance: Appearance,
        commands: Commands,
    ) -> None:
        super().__init__()
        self._model, self._key = model, commands.key
        self._begun: int | None = None  # the study that a comparison has begun for by itself
        self.comparing = Comparing(reading, model)
        self.view = CompareView(model, sheet, appearance, reading.tasks)
        self.words = CompareWords(
            model, sheet, self.view.medians, appearance, commands.run, commands.key
        )
        self.strip = EarlierStrip(model, sheet, appearance, lambda: commands.key("compare.toggle"))
        self.strip.compare_asked.connect(lambda: commands.run("compare.toggle"))
        self.words.setVisible(False)
        self._stack: QStackedWidget | None = None
        self._nothing = label(tone="quiet")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        listen(self, model.changed, self._begin)
        listen(self, appearance.changed, self._say)

    def show_bars(self, *, comparing: bool, sheet: bool) -> None:
        """The bar while two are compared, the strip wherever an ECG may stand."""
        self.words.setVisible(comparing)
        self.strip.setVisible(sheet or self._stack is not None)
        if self._stack is not None:
            self._say()
            self._stack.setCurrentIndex(0 if comparing else 1)

    def gathered(self) -> QWidget:
        """Everything in one widget, for a window of its own; it begins with each study by itself.

        There it takes nothing away from the sheet in hand.
        """
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._nothing)
        self._stack.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made = QWidget()
        column = down(self.words, self._stack, self.strip)
        column.setStretch(1, 1)
        made.setLayout(column)
        made.setFocusProxy(self._stack)
        self._begin()
        return made

    def parted(self) -> None:
        """The parts are fetched back into the main window."""
        if self._stack is not None:
            self._nothing.setParent(None)
        self._stack, self._begun = None, None

    def _begin(self) -> None:
        today = self._model.today
        if today is None:
            self._begun = None
        elif self._stack is not None and self._model.comparable and today.study.id != self._begun:
            self._begun = today.study.id
            if not self._model.comparing:
                self._model.toggle()

    def _say(self) -> None:
        self._nothing.setText(
            self.tr("Nothing is compared · {key} compares with the earlier ECG").format(
                key=self._key("compare.toggle")
            )
        )

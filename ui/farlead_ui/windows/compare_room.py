"""The parts of the comparison put together for the window: strip, bar, view, what feeds them."""

from PySide6.QtCore import QObject

from farlead_ui.commands import Commands
from farlead_ui.ecg.compare_view import CompareView
from farlead_ui.ecg.compare_words import CompareWords
from farlead_ui.ecg.earlier import ComparisonModel
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.strip import EarlierStrip
from farlead_ui.reading import ReadingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.windows.comparing import Comparing


class CompareRoom(QObject):
    """Builds them.

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
        self.comparing = Comparing(reading, model)
        self.view = CompareView(model, sheet, appearance)
        self.words = CompareWords(
            model, sheet, self.view.medians, appearance, commands.run, commands.key
        )
        self.strip = EarlierStrip(model, sheet, appearance, commands.key("compare.toggle"))
        self.strip.compare_asked.connect(lambda: commands.run("compare.toggle"))
        self.words.setVisible(False)

    def show_bars(self, *, comparing: bool, sheet: bool) -> None:
        """The bar while two are compared, the strip wherever an ECG may stand."""
        self.words.setVisible(comparing)
        self.strip.setVisible(sheet)

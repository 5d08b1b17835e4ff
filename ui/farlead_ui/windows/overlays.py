"""All that may lie over the main window, one at a time, and where the keyboard goes afterwards."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from farlead_ui.batch import BatchModel
from farlead_ui.bridge import listen
from farlead_ui.case_log import CaseLogModel
from farlead_ui.chest_pain import ChestPainModel
from farlead_ui.commands import Commands
from farlead_ui.ecg.rulers import Rulers
from farlead_ui.ecg.screens import ScreenWatch
from farlead_ui.handing import HandingModel
from farlead_ui.issued import IssuedModel
from farlead_ui.ordering import OrdersModel
from farlead_ui.reading import ReadingModel
from farlead_ui.report.printing import PrintingModel
from farlead_ui.searching import SearchModel
from farlead_ui.tending import TendingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.windows.batch_sheet import BatchSheet
from farlead_ui.windows.calibration import Calibration
from farlead_ui.windows.case_sheet import CaseSheet
from farlead_ui.windows.chest_pain_sheet import ChestPainSheet
from farlead_ui.windows.connections_sheet import ConnectionsSheet
from farlead_ui.windows.exporting import Exporting
from farlead_ui.windows.issued_sheet import IssuedSheet
from farlead_ui.windows.key_changer import KeyChanger
from farlead_ui.windows.measurements import MeasurementTable
from farlead_ui.windows.orders_sheet import OrdersSheet
from farlead_ui.windows.overlay import About, KeySheet, Overlay
from farlead_ui.windows.palette import CommandPalette
from farlead_ui.windows.print_sheet import PrintSheet
from farlead_ui.windows.search_sheet import SearchSheet
from farlead_ui.windows.shift_sheet import ShiftSheet


class Overlays(QObject):
    """Builds them.

    Parameters
    ----------
    window : QWidget
    commands : Commands
    reading : ReadingModel
    appearance : Appearance
    rulers : Rulers
    screens : ScreenWatch
        The screen that is calibrated.
    printing : PrintingModel
    batch : BatchModel
    issued : IssuedModel
    searching : SearchModel
    tending : TendingModel
    case_log : CaseLogModel
    chest_pain : ChestPainModel
    handing : HandingModel
    exporting : Exporting
        Asks for a file.
    closed : callable
        Takes the keyboard back to the sheet.

    Signals
    -------
    turned()
        Something lies there now, or nothing any more.
    """

    turned = Signal()

    def __init__(
        self,
        window: QWidget,
        commands: Commands,
        reading: ReadingModel,
        appearance: Appearance,
        rulers: Rulers,
        screens: ScreenWatch,
        printing: PrintingModel,
        batch: BatchModel,
        issued: IssuedModel,
        searching: SearchModel,
        tending: TendingModel,
        case_log: CaseLogModel,
        chest_pain: ChestPainModel,
        handing: HandingModel,
        exporting: Exporting,
        closed: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window, self._closed = window, closed
        self._before: QWidget | None = None
        self.current: Overlay | None = None
        self.keys = KeySheet(window, commands)
        self.key_changer = KeyChanger(window, commands, appearance)
        self.about = About(window, appearance)
        self.calibration = Calibration(
            window, rulers, lambda: screens.screen, appearance, self.close
        )
        self.measurements = MeasurementTable(window, reading, appearance)
        self.printing = PrintSheet(window, printing, appearance, self.close)
        self.batch = BatchSheet(window, batch, appearance)
        self.issued = IssuedSheet(window, issued, reading.tasks, appearance)
        self.connections = ConnectionsSheet(window, tending, appearance)
        listen(self, issued.finished, self.close)
        self.search = SearchSheet(window, searching, appearance)
        listen(self, searching.finished, self.close)
        self.cases = CaseSheet(window, case_log, reading.tasks, appearance, exporting)
        self.chest_pain = ChestPainSheet(window, chest_pain, appearance, exporting)
        self.shift = ShiftSheet(window, handing, appearance)
        self.palette = CommandPalette(
            window, commands, reading.waiting, reading.take, self.close, appearance
        )
        for overlay in (
            self.keys, self.key_changer, self.about, self.calibration, self.measurements,
            self.printing, self.batch, self.issued, self.search, self.connections, self.cases,
            self.chest_pain, self.shift, self.palette,
        ):  # fmt: skip
            overlay.left.connect(self.close)
        self.orders = OrdersSheet(window, OrdersModel(reading), appearance)
        self.orders.left.connect(self.close)

    def toggle(self, overlay: Overlay) -> None:
        """Open it in the place of what lies there; when it lies there itself, close it."""
        here = self.current
        before = QApplication.activeWindow()
        self.close()
        if here is overlay:
            return
        self._before = before if before is not self._window else None
        self.current = overlay
        if self._before is not None:
            self._window.activateWindow()
        overlay.open()
        self.turned.emit()

    def close(self) -> None:
        """Take away what lies on top; the keyboard goes back to the window that it came from."""
        if self.current is None:
            return
        self.current.hide()
        self.current = None
        self.turned.emit()
        before, self._before = self._before, None
        self._closed()
        if before is not None and before.isVisible():
            before.activateWindow()

    def place(self) -> None:
        """Follow the size of the window."""
        if self.current is not None:
            self.current.place()

    def reword(self) -> None:
        """In the language of the window."""
        if self.current is not None:
            self.current.refresh()

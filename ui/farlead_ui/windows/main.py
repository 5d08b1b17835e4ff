"""The main window: composes the rooms; holds no state but what is folded and what lies on top."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCloseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from farlead.messages import Language, Message
from farlead.settings import Clock
from farlead_ui.actions import Actions
from farlead_ui.bridge import listen
from farlead_ui.command_table import TABLE
from farlead_ui.commands import Commands, Seat, Where
from farlead_ui.ecg.earlier import ComparisonModel
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.overlay_item import OverlayLayer
from farlead_ui.ecg.rulers import Rulers
from farlead_ui.ecg.screens import ScreenWatch
from farlead_ui.ecg.view import EcgView
from farlead_ui.ecg.words import ControlWords
from farlead_ui.imaging.model import ImageModel
from farlead_ui.imaging.view import ImageView
from farlead_ui.imaging.words import ImageWords
from farlead_ui.layout_table import own_layout_commands
from farlead_ui.reading import ReadingModel
from farlead_ui.report.panel import ReportPanel
from farlead_ui.signing import Panel, SigningModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import LIST_WIDTH, REPORT_WIDTH, Look
from farlead_ui.widgets import across, down, line
from farlead_ui.windows.calibration import Calibration
from farlead_ui.windows.compare_room import CompareRoom
from farlead_ui.windows.exporting import Exporting
from farlead_ui.windows.failed import FailedPage
from farlead_ui.windows.headline import HeadLine
from farlead_ui.windows.lock import LockScreen
from farlead_ui.windows.measurements import MeasurementTable
from farlead_ui.windows.measuring import Measuring
from farlead_ui.windows.measuring_sheet import MeasuringSheet
from farlead_ui.windows.overlay import About, KeySheet, Overlay
from farlead_ui.windows.palette import CommandPalette
from farlead_ui.windows.showing import Page, Showing
from farlead_ui.windows.status import StatusLine
from farlead_ui.worklist.panel import WorklistPanel

# Below this the list folds by itself, so that the sheet keeps its scale.
_SHEET_LEAST = 960


class MainWindow(QMainWindow):
    """The reading desk.

    Parameters
    ----------
    reading : ReadingModel
    signing : SigningModel
    appearance : Appearance
    clock : callable returning the aware time
    keys : mapping of command id to keys, optional
        The user's own keys.
    rulers : Rulers, optional
        What is known of the screens' scales.
    sheet : SheetModel, optional
        With the layouts of this seat.
    """

    def __init__(
        self,
        reading: ReadingModel,
        signing: SigningModel,
        appearance: Appearance,
        clock: Clock,
        keys: Mapping[str, tuple[str, ...]] | None = None,
        rulers: Rulers | None = None,
        sheet: SheetModel | None = None,
    ) -> None:
        super().__init__()
        self.reading, self.signing, self.appearance = reading, signing, appearance
        self.sheet, self.images = sheet or SheetModel(), ImageModel()
        self.comparison = ComparisonModel()
        self._list_folded: bool | None = None  # None: as the width asks
        self._overlay: Overlay | None = None
        self.setWindowTitle("Farlead")
        self.setMinimumSize(1100, 640)
        self.showing = Showing(reading, self.sheet, self.images, appearance.text)
        self.measuring = Measuring(
            reading, self.sheet, lambda: self.showing.place == 0, appearance.text
        )
        self.commands = Commands(
            Seat(
                reading, signing, reading.waiting, self.sheet, self.images, self.measuring, self,
                self.comparison,
            ),
            (*TABLE, *own_layout_commands(self.sheet.layouts)),
            keys,
        )  # fmt: skip
        self._make_rooms(clock)
        self._compose()
        self.rulers = rulers if rulers is not None else Rulers()
        self.screens = ScreenWatch(self, self.rulers, self.sheet.set_calibration)
        self._make_overlays()
        self.actions_ = Actions(
            self.commands,
            {Where.SHEET: self.centre, Where.LIST: self.list.view, Where.EVERYWHERE: self},
            reading.activity,
        )
        self._listen()
        self._turn_page()
        self.actions_.hold_tab(held=False)
        self._follow_lock()

    # -- what commands ask of the window

    @property
    def blocked(self) -> bool:
        """Whether the lock screen hides everything."""
        return self.signing.locked_since is not None

    @property
    def overlaid(self) -> bool:
        """Whether something lies over the window."""
        return self._overlay is not None

    @property
    def files(self) -> int:
        """How many recordings or sets of images the study in hand has."""
        return self.showing.count

    def step_file(self, by: int) -> None:
        """Show the next or the previous of them."""
        self.showing.step(by)
        self.report.measurements.mark_elsewhere(elsewhere=self.showing.place > 0)
        self.head.update()

    def fold_list(self) -> None:
        """Fold or unfold the list."""
        self._list_folded = not self.list.folded
        self.list.set_folded(folded=self._list_folded)
        if self._list_folded:
            self.focus_sheet()

    def fold_report(self) -> None:
        """Fold or unfold the report."""
        self.report.setVisible(self.report.isHidden())
        self._report_line.setVisible(not self.report.isHidden())
        self.focus_sheet()

    def escape(self) -> None:
        """Close what lies on top, else what is asked; the keyboard goes to the sheet."""
        if self._overlay is not None:
            self.close_overlay()
        elif self.signing.panel is not Panel.NONE:
            self.signing.cancel()
        elif self.centre.isAncestorOf(self.focusWidget() or self) and self.measuring.held:
            self.measuring.release()
        elif self.comparison.comparing and self.centre.isAncestorOf(self.focusWidget() or self):
            self.comparison.toggle()
        else:
            self.report.statements.close_candidates()
        self.focus_sheet()

    def focus_sheet(self) -> None:
        """Keyboard to the sheet or what stands in its place; while something is asked, to that."""
        here = self.centre.currentWidget()
        if self.blocked:
            self.lock.pin.setFocus()
        elif self.signing.panel is not Panel.NONE:
            self.report.asking[self.signing.panel].take_keyboard()
        elif here is not None:
            here.setFocus()

    def focus_list(self) -> None:
        """Keyboard into the list, unfolded."""
        if self.list.folded:
            self.fold_list()
        self.list.view.setFocus()

    def focus_statement(self) -> None:
        """Keyboard into the statement line."""
        if self.report.isHidden():
            self.fold_report()
        self.report.statements.input.setFocus()

    def show_keys(self) -> None:
        """Key sheet."""
        self._open(self.key_sheet)

    def show_palette(self) -> None:
        """Command palette."""
        self._open(self.palette_)

    def show_measurements(self) -> None:
        """Table of all measurements."""
        self._open(self.measurement_table)

    def show_calibration(self) -> None:
        """Card and ruler for the true scale of this screen."""
        self._open(self.calibration)

    def export(self, form: str) -> None:
        """Give the sheet or its figures out."""
        self.exporting.export(form)

    def show_about(self) -> None:
        """About box."""
        self._open(self.about)

    def toggle_look(self) -> None:
        """Day or night."""
        night = self.appearance.look is Look.NIGHT
        self.appearance.look = Look.DAY if night else Look.NIGHT

    def toggle_language(self) -> None:
        """Chinese or English, at once."""
        chinese = self.appearance.language is Language.ZH
        self.appearance.language = Language.EN if chinese else Language.ZH

    def toggle_full_screen(self) -> None:
        """Full screen or window."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def close_overlay(self) -> None:
        """Take away what lies on top."""
        if self._overlay is not None:
            self._overlay.hide()
            self._overlay = None
            self.focus_sheet()

    def service(self, told: Message | None) -> None:
        """Say something about the background service."""
        self.status.service(told)

    # -- composition

    def _make_rooms(self, clock: Clock) -> None:
        palette = self.appearance.palette
        reading, appearance = self.reading, self.appearance
        self.list = WorklistPanel(reading.waiting, appearance, clock)
        self.head = HeadLine(reading, self.sheet, appearance, clock, self._file)
        self.ecg = EcgView(self.sheet, palette, tasks=reading.tasks)
        self.ecg_words = ControlWords(self.sheet, palette)
        self.overlays = OverlayLayer(self.ecg, self.sheet, lambda: appearance.palette)
        self.view = ImageView(self.images, palette)
        self.view_words = ImageWords(self.images, palette)
        self.measuring_sheet = MeasuringSheet(self.ecg, self.measuring, appearance)
        self.compare = CompareRoom(self.comparison, reading, self.sheet, appearance, self.commands)
        self.exporting = Exporting(self, reading, self.sheet, appearance)
        self.failed = FailedPage(reading, self.commands, appearance)
        self.report = ReportPanel(reading, self.signing, self.commands, appearance)
        self.status = StatusLine(reading, self.commands, appearance, clock)
        self.lock = LockScreen(reading, self.signing, appearance, clock)
        self.report.measurements.asked.connect(lambda: self.commands.run("report.measurements"))
        self.ecg_words.calibration.clicked.connect(lambda: self.commands.run("sheet.calibrate"))
        self.list.take.connect(lambda: self.commands.run("list.take"))
        self.list.fold_asked.connect(self.fold_list)

    def _compose(self) -> None:
        self.centre = QStackedWidget()
        for page in (self.ecg, self.view, self.failed, self.compare.view):
            self.centre.addWidget(page)
        column = down(
            self.head,
            self.ecg_words,
            self.view_words,
            self.compare.words,
            self.centre,
            self.compare.strip,
        )
        self._report_line = line(vertical=True)
        desk = QWidget()
        row = across(self.list, line(vertical=True), column, self._report_line, self.report, gap=0)
        row.setStretch(2, 1)
        desk.setLayout(down(row, self.status))
        self.pages = QStackedWidget()
        self.pages.addWidget(desk)
        self.pages.addWidget(self.lock)
        self.setCentralWidget(self.pages)

    def _file(self) -> tuple[int, int]:
        return self.showing.place + 1, self.showing.count

    def _make_overlays(self) -> None:
        self.key_sheet = KeySheet(self, self.commands)
        self.about = About(self, self.appearance)
        self.calibration = Calibration(
            self, self.rulers, lambda: self.screens.screen, self.appearance, self.close_overlay
        )
        self.measurement_table = MeasurementTable(self, self.reading, self.appearance)
        self.palette_ = CommandPalette(
            self, self.commands, self.reading.waiting, self.reading.take, self.close_overlay,
            self.appearance,
        )  # fmt: skip

    def _listen(self) -> None:
        self.ecg.painted.connect(self.showing.painted)
        self.view.painted.connect(self.showing.painted)
        listen(self, self.showing.page_changed, self._turn_page)
        listen(self, self.comparison.mode_changed, self._compare)
        listen(self, self.reading.changed, self._study_changed)
        listen(self, self.measuring.changed, self._measuring_changed)
        listen(self, self.signing.locked_changed, self._follow_lock)
        listen(self, self.signing.panel_changed, self._follow_panel)
        listen(self, self.appearance.changed, self._follow_look)
        listen(self, self.appearance.changed, self.showing.reword)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._keyboard_moved)

    # -- following the models

    def _turn_page(self) -> None:
        page = self.showing.page
        widgets = {Page.SHEET: self.ecg, Page.IMAGES: self.view, Page.FAILED: self.failed}
        inside = self.centre.isAncestorOf(self.focusWidget()) if self.focusWidget() else True
        comparing = self.comparison.comparing
        self.centre.setCurrentWidget(self.compare.view if comparing else widgets[page])
        self.ecg_words.setVisible(page is Page.SHEET and not comparing)
        self.compare.show_bars(comparing=comparing, sheet=page is Page.SHEET)
        self.view_words.setVisible(page is Page.IMAGES)
        if inside:
            self.focus_sheet()

    def _measuring_changed(self) -> None:
        """A caliper that has the keyboard has it on the sheet, and Tab with it."""
        self.actions_.hold_tab(held=self.measuring.held)
        if self.measuring.held:
            self.focus_sheet()
        self._say_keyboard()

    def _compare(self) -> None:
        """The list gives way while two ECGs are on the screen."""
        if self._list_folded is None:
            self.list.set_folded(folded=self.comparison.comparing or self._narrow())
        self._turn_page()

    def _study_changed(self) -> None:
        """A study that has just been opened has the keyboard."""
        if self.reading.in_hand is not None and self.reading.painted_at is None:
            self.close_overlay()
            self.focus_sheet()

    def _follow_lock(self) -> None:
        self.close_overlay()
        self.exporting.dismiss()
        self.pages.setCurrentIndex(1 if self.blocked else 0)
        self.focus_sheet()

    def _follow_panel(self) -> None:
        if self.signing.panel is not Panel.NONE and self.report.isHidden():
            self.fold_report()  # what is asked must be seen
        self.focus_sheet()

    def _follow_look(self) -> None:
        palette = self.appearance.palette
        for part in (self.ecg, self.ecg_words, self.view, self.view_words):
            part.set_palette(palette)

    def _keyboard_moved(self) -> None:
        """A PIN that is asked for keeps the keyboard: it must not be typed anywhere else."""
        focus = QApplication.focusWidget()
        mine = focus is not None and focus.window() is self
        if self.signing.panel is Panel.PIN and mine and not self.blocked and not self.overlaid:
            self.report.asking[Panel.PIN].take_keyboard()
        self._say_keyboard()

    def _say_keyboard(self) -> None:
        focus = QApplication.focusWidget()
        if focus is None or self.blocked:
            return
        if focus is self.report.statements.input:
            told = self.tr("statement")
        elif self.centre.isAncestorOf(focus) or focus is self.centre:
            told = self._on_sheet()
        elif self.list.isAncestorOf(focus):
            told = self.tr("list")
        elif self.report.isAncestorOf(focus):
            told = self.tr("report")
        else:
            told = self.tr("window")
        self.status.keyboard_at(told)

    def _on_sheet(self) -> str:
        """What moves on the sheet; Esc gives the keys back to it."""
        if self.measuring.calipers.active:
            return self.tr("caliper · Esc back to the sheet")
        return self.tr("marks · Esc back to the sheet") if self.measuring.held else self.tr("sheet")

    # -- events

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "status"):
            self._say_keyboard()
            if self._overlay is not None:
                self._overlay.refresh()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.focus_sheet()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        narrow = self._narrow() or self.comparison.comparing
        folded = narrow if self._list_folded is None else self._list_folded
        self.list.set_folded(folded=folded)
        if self._overlay is not None:
            self._overlay.place()

    def _narrow(self) -> bool:
        return self.width() - LIST_WIDTH - REPORT_WIDTH - 2 < _SHEET_LEAST

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.signing.send_retakes()
        self.reading.close()
        super().closeEvent(event)

    def _open(self, overlay: Overlay) -> None:
        here = self._overlay
        self.close_overlay()
        if here is not overlay:
            self._overlay = overlay
            overlay.open()

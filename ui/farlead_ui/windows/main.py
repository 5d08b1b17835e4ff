"""The main window: composes the rooms and follows the models; no state but what is folded."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QCloseEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from farlead.messages import Message, message
from farlead.settings import Clock
from farlead_ui.actions import Actions
from farlead_ui.alerts.cards import CardStack
from farlead_ui.arrivals import ArrivalsModel
from farlead_ui.batch import BatchModel
from farlead_ui.bridge import listen
from farlead_ui.case_log import CaseLogModel
from farlead_ui.cases import CasesModel
from farlead_ui.chest_pain import ChestPainModel
from farlead_ui.command_table import TABLE
from farlead_ui.commands import Commands, Seat, Where
from farlead_ui.ecg.earlier import ComparisonModel
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.overlay_item import OverlayLayer
from farlead_ui.ecg.rulers import Rulers
from farlead_ui.ecg.screens import ScreenWatch
from farlead_ui.ecg.view import EcgView
from farlead_ui.ecg.words import ControlWords
from farlead_ui.handing import HandingModel
from farlead_ui.imaging.model import ImageModel
from farlead_ui.imaging.view import ImageView
from farlead_ui.imaging.words import ImageWords
from farlead_ui.interrupted import InterruptedModel
from farlead_ui.issued import IssuedModel
from farlead_ui.layout_table import own_layout_commands
from farlead_ui.outage import OfferedModel, OutageModel
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.report.asking_review import SendBackPanel, SkipPanel
from farlead_ui.report.panel import ReportPanel
from farlead_ui.report.paper import PaperModel, PaperView
from farlead_ui.report.printing import PrintingModel
from farlead_ui.review import ReviewModel
from farlead_ui.ringing import Ringer
from farlead_ui.rooms import Room, RoomsModel
from farlead_ui.run import RunModel
from farlead_ui.searching import SearchModel
from farlead_ui.signing import Panel, SigningModel
from farlead_ui.tending import TendingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import LIST_WIDTH, RAIL_WIDTH, REPORT_WIDTH
from farlead_ui.widgets import across, down, line
from farlead_ui.windows.acts import Acts
from farlead_ui.windows.case_room import CASE_WIDTH, CaseRoom
from farlead_ui.windows.compare_room import CompareRoom
from farlead_ui.windows.context_menu import ContextMenu
from farlead_ui.windows.exporting import Exporting
from farlead_ui.windows.failed import FailedPage
from farlead_ui.windows.headline import HeadLine
from farlead_ui.windows.homes import CompareHome, SideHome, list_title, report_title
from farlead_ui.windows.keyboard import Keyboard, Places
from farlead_ui.windows.lock import LockScreen
from farlead_ui.windows.measuring import Measuring
from farlead_ui.windows.measuring_sheet import MeasuringSheet
from farlead_ui.windows.offered_strip import OfferedStrip
from farlead_ui.windows.outage_bar import OutageBar
from farlead_ui.windows.overlay import Overlay
from farlead_ui.windows.overlays import Overlays
from farlead_ui.windows.review_strip import ReviewStrip
from farlead_ui.windows.room_windows import Home, RoomWindows
from farlead_ui.windows.showing import Page, Showing
from farlead_ui.windows.status import StatusLine
from farlead_ui.worklist.panel import WorklistPanel

# Below this the list folds by itself, so that the sheet keeps its scale.
_SHEET_LEAST = 960
# Below this a critical value and the report do not stand side by side.
_SHEET_CRAMPED = 800


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
    rooms : RoomsModel, optional
        Which rooms stand in windows of their own.
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
        rooms: RoomsModel | None = None,
    ) -> None:
        super().__init__()
        self.reading, self.signing, self.appearance = reading, signing, appearance
        self.sheet, self.images = sheet or SheetModel(), ImageModel()
        self.comparison, self.cases = ComparisonModel(), CasesModel(reading)
        self.review, self.batch = ReviewModel(reading), BatchModel(reading, signing)
        self.issued, self.searching = IssuedModel(reading), SearchModel(reading)
        self.run = RunModel(reading, signing, self.batch)
        self.interrupted = InterruptedModel(reading, signing)
        self.arrivals = ArrivalsModel(reading, self.interrupted.take)
        self.tending = TendingModel(reading.desk.tending, reading.tasks, reading.scheduler, clock)
        self.outage, self.offered = OutageModel(reading, signing), OfferedModel(reading)
        self.case_log = CaseLogModel(reading, self.cases)
        self.changing_reader = False  # it is closed because somebody else wants to read here
        self.chest_pain = ChestPainModel(reading)
        self.handing = HandingModel(reading, self.interrupted.give_back)
        self._report_gave_way = False  # to a critical value, for want of room
        self.paper = PaperModel(reading)
        self.setWindowTitle("Farlead")
        self.setMinimumSize(1100, 640)
        self.showing = Showing(reading, self.sheet, self.images, appearance.text)
        self.measuring = Measuring(
            reading, self.sheet, lambda: self.showing.place == 0, appearance.text
        )
        self.rooms = rooms if rooms is not None else RoomsModel()
        self.acts = Acts(self)
        self.commands = Commands(
            Seat(
                reading, signing, reading.waiting, self.sheet, self.images, self.measuring,
                self.acts, self.comparison, self.cases, self.review, self.batch, self.offered,
                self.arrivals, self.run, self.interrupted,
            ),
            (*TABLE, *own_layout_commands(self.sheet.layouts)),
            keys,
        )  # fmt: skip
        self._make_rooms(clock)
        self._compose()
        self.rulers = rulers if rulers is not None else Rulers()
        self.screens = ScreenWatch(self, self.rulers, self.sheet.set_calibration)
        ScreenWatch(self.compare.view, self.rulers, self.compare.view.set_calibration)
        self._make_keyboard()
        self.actions_ = Actions(
            self.commands,
            {Where.SHEET: self.centre, Where.LIST: self.list.view, Where.EVERYWHERE: self},
            reading.activity,
        )
        self._make_windows()
        self._make_menus()
        self._make_arrivals(clock)
        self._listen()
        self._turn_page()
        self._follow_lock()

    def stand(self) -> None:
        """Show it, as it last stood on these screens; else as large as its own."""
        self.room_windows.restore()
        if self.rooms.window is None:
            self.showMaximized()

    def service(self, told: Message | None) -> None:
        """Say something about the background service."""
        self.status.service(told)

    # -- composition

    def _make_rooms(self, clock: Clock) -> None:
        palette = self.appearance.palette
        reading, appearance = self.reading, self.appearance
        self.list = WorklistPanel(reading.waiting, self.run, appearance, clock)
        self.head = HeadLine(reading, self.sheet, appearance, clock, self._file)
        self.ecg = EcgView(self.sheet, palette, tasks=reading.tasks)
        self.ecg_words = ControlWords(self.sheet, palette)
        self.overlays = OverlayLayer(self.ecg, self.sheet, lambda: appearance.palette)
        self.view = ImageView(self.images, palette)
        self.view_words = ImageWords(self.images, palette)
        self.measuring_sheet = MeasuringSheet(self.ecg, self.sheet, self.measuring, appearance)
        self.compare = CompareRoom(self.comparison, reading, self.sheet, appearance, self.commands)
        self.exporting = Exporting(self, reading, self.sheet, appearance)
        self.failed = FailedPage(reading, self.commands, appearance)
        self.paper_view = PaperView(self.paper, appearance)
        self.report = ReportPanel(reading, self.signing, self.commands, appearance)
        self.report.add_top(ReviewStrip(self.review, appearance, clock))
        self.report.add_top(OfferedStrip(self.offered, self.commands, appearance))
        self.outage_bar = OutageBar(self.outage, self.commands, appearance, clock)
        asking = SendBackPanel(self.signing, appearance, reading, self.review)
        self.report.add_asking(Panel.SEND_BACK, asking)
        self.report.add_asking(Panel.SKIP, SkipPanel(self.signing, appearance))
        self.case_room = CaseRoom(self.cases, self.signing, self.commands, appearance)
        self.status = StatusLine(reading, self.commands, appearance, clock)
        self.lock = LockScreen(reading, self.signing, appearance, clock)
        self.lock.leave.connect(self.acts.change_reader)
        self.report.measurements.asked.connect(lambda: self.commands.run("report.measurements"))
        self.ecg_words.calibration.clicked.connect(lambda: self.commands.run("sheet.calibrate"))
        self.list.take.connect(lambda: self.commands.run("list.take"))
        self.list.fold_asked.connect(self.acts.fold_list)

    def _compose(self) -> None:
        # From the outside in: each time that a tree of widgets gets a parent, all of it is styled.
        whole = QWidget()
        self.setCentralWidget(whole)
        self.pages = QStackedWidget()
        whole.setLayout(down(self.outage_bar, self.case_room.bar, self.pages))
        desk = QWidget()
        self.pages.addWidget(desk)
        self.pages.addWidget(self.lock)
        self.centre = QStackedWidget()
        self._column = down(
            self.head, self.ecg_words, self.view_words, self.compare.words, self.centre,
            self.compare.strip,
        )  # fmt: skip
        self._list_line, self.report_line = line(vertical=True), line(vertical=True)
        self._row = across(
            self.list, self._list_line, self._column, self.case_room, self.report_line, self.report,
            gap=0,
        )  # fmt: skip
        self._row.setStretch(2, 1)
        desk.setLayout(down(self._row, self.status))
        for page in (self.ecg, self.view, self.failed, self.compare.view, self.paper_view):
            self.centre.addWidget(page)

    def _make_keyboard(self) -> None:
        """What lies over the window, and where the keyboard is."""
        places = Places(self.centre, self.compare.view, self.list, self.report, self.lock)
        self.keyboard = Keyboard(
            self, places, self.signing, self.measuring, self.status, lambda: self.acts.overlaid
        )
        self.over = Overlays(
            self, self.commands, self.reading, self.appearance, self.rulers, self.screens,
            PrintingModel(self.reading, self.paper), self.batch, self.issued, self.searching,
            self.tending, self.case_log, self.chest_pain, self.handing, self.exporting,
            self.keyboard.to_sheet,
        )  # fmt: skip

    def _make_windows(self) -> None:
        """Rooms that may have windows of their own, and which keys are heard there."""
        homes: dict[Room, Home] = {
            Room.LIST: SideHome(self._row, self.list, self._list_line, list_title, 0),
            Room.REPORT: SideHome(self._row, self.report, self.report_line, report_title, -1),
            Room.COMPARISON: CompareHome(self._column, self.centre, self.compare),
        }
        self.room_windows = RoomWindows(self, self.rooms, homes, self._joined, self._parted)

    def _make_arrivals(self, clock: Clock) -> None:
        """Cards of urgent studies, and their sounds."""
        parts = (
            self, self.arrivals, self.signing, self.report.notice, self.commands, self.appearance,
            clock,
        )  # fmt: skip
        self.cards = CardStack(*parts)
        self.cards.keep_free(self.report.statements.candidates, *self.findChildren(Overlay))
        listen(self.cards, self.reading.notice_changed, self.cards.later)
        self.cards_over_others = CardStack(*parts, over_others=True)
        self.ringer = Ringer(self)
        self.ringer.failed.connect(self._say_no_sound)
        self.arrivals.rang.connect(self.ringer.ring)

    def _say_no_sound(self, player: str) -> None:
        self.reading.tell(NoticeKind.TROUBLE, message("arrivals.no_sound", player=player))

    def _make_menus(self) -> None:
        """The right button."""
        sheet = ContextMenu(self.commands, Where.SHEET)
        for view in (self.ecg, self.compare.view, self.compare.strip):
            sheet.serve(view)
        ContextMenu(self.commands, Where.LIST).serve(self.list.view)

    def _joined(self, room: Room, window: QWidget) -> None:
        sheet = (Where.SHEET,) if room is Room.COMPARISON else ()
        self.actions_.join(window, Where.EVERYWHERE, *sheet)
        self._fit_list()
        self._turn_page()

    def _parted(self, window: QWidget) -> None:
        self.actions_.part(window)
        QTimer.singleShot(0, self, self._rearranged)

    def _rearranged(self) -> None:
        """A room is at home again."""
        self._fit_list()
        self._turn_page()

    def _file(self) -> tuple[int, int]:
        return self.showing.place + 1, self.showing.count

    def _listen(self) -> None:
        self.over.turned.connect(self._note_visible)
        self.ecg.painted.connect(self.showing.painted)
        self.view.painted.connect(self.showing.painted)
        listen(self, self.showing.page_changed, self._turn_page)
        listen(self, self.paper.shown_changed, self._turn_page)
        listen(self, self.comparison.mode_changed, self._compare)
        listen(self, self.reading.changed, self._study_changed)
        listen(self, self.measuring.changed, self._measuring_changed)
        listen(self, self.cases.shown_changed, self._follow_case)
        listen(self, self.signing.locked_changed, self._follow_lock)
        listen(self, self.signing.panel_changed, self._follow_panel)
        listen(self, self.appearance.changed, self._follow_look)
        listen(self, self.appearance.changed, self.showing.reword)
        listen(self, self.commands.keys_changed, self._reword)
        listen(self, self.batch.changed, self.outage.counted)

    # -- following the models

    def _turn_page(self) -> None:
        page = self.showing.page
        widgets = {Page.SHEET: self.ecg, Page.IMAGES: self.view, Page.FAILED: self.failed}
        inside = self.centre.isAncestorOf(self.focusWidget()) if self.focusWidget() else True
        instead = self._compared_here
        here = self.compare.view if instead else widgets[page]
        self.centre.setCurrentWidget(self.paper_view if self.paper.shown else here)
        instead = instead or self.paper.shown
        self.ecg_words.setVisible(page is Page.SHEET and not instead)
        self.compare.show_bars(comparing=self.comparison.comparing, sheet=page is Page.SHEET)
        self.view_words.setVisible(page is Page.IMAGES and not self.paper.shown)
        if inside and QApplication.activeWindow() in (None, self):
            self.keyboard.to_sheet()

    @property
    def _compared_here(self) -> bool:
        """Whether the comparison stands in the place of the sheet."""
        return self.comparison.comparing and not self.acts.out(Room.COMPARISON)

    def _follow_case(self) -> None:
        """The list gives way to the column of a critical value."""
        self.case_room.follow()
        self._fit_list()
        self._fit_report()

    def _measuring_changed(self) -> None:
        """A caliper that has the keyboard has it on the sheet, and Tab with it."""
        self.actions_.hold_tab(held=self.measuring.held)
        if self.measuring.held:
            self.keyboard.to_sheet()
        self.keyboard.say()

    def _compare(self) -> None:
        """The list gives way while two ECGs are on the screen."""
        self._fit_list()
        self._turn_page()

    def _study_changed(self) -> None:
        """A study that has just been opened has the keyboard."""
        if self.reading.in_hand is not None and self.reading.painted_at is None:
            self.over.close()
            self.keyboard.to_sheet()

    def _follow_lock(self) -> None:
        blocked = self.acts.blocked
        self.over.close()
        self.exporting.dismiss()
        while blocked and (menu := QApplication.activePopupWidget()) is not None:
            menu.close()  # it would keep the keyboard from the PIN
        self.pages.setCurrentIndex(1 if blocked else 0)
        self.room_windows.set_hidden(hidden=blocked)
        self._note_visible()
        self.keyboard.to_sheet()

    def _follow_panel(self) -> None:
        if self.signing.panel is not Panel.NONE and self.report.isHidden():
            self.acts.fold_report()  # what is asked must be seen
        self.keyboard.to_sheet()

    def _follow_look(self) -> None:
        palette = self.appearance.palette
        for part in (self.ecg, self.ecg_words, self.view, self.view_words):
            part.set_palette(palette)

    def _reword(self) -> None:
        """Wherever a key is named it is another one now: every room says its words anew."""
        windows: tuple[QWidget, ...] = (self, *self.room_windows.windows.values())
        for part in (part for window in windows for part in window.findChildren(QWidget)):
            QApplication.sendEvent(part, QEvent(QEvent.Type.LanguageChange))

    # -- events

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.WindowStateChange:
            self.cards.follow()
            self.cards_over_others.follow()
            self._note_visible()
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "status"):
            self.keyboard.say()
            self.over.reword()
            self.room_windows.reword()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.keyboard.to_sheet()
        self._note_visible()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._note_visible()

    def _note_visible(self) -> None:
        """The time of looking at a sheet stands still while the window does not show it."""
        shown = self.isVisible() and not self.isMinimized() and not self.acts.blocked
        self.reading.viewing.show(visible=shown and self.over.current is None)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit_list()
        self._fit_report()
        self.over.place()
        self.cards.follow()

    def _fit_report(self) -> None:
        """Where there is no room for both, the report gives way to a critical value's column."""
        home = not self.acts.out(Room.REPORT)
        cramped = self.width() - RAIL_WIDTH - REPORT_WIDTH - CASE_WIDTH < _SHEET_CRAMPED
        self.cases.opens_itself = not (cramped and home)  # else it waits for its key
        if cramped and home and self.cases.visible and not self.report.isHidden():
            self._report_gave_way = True
            self.acts.fold_report()
        elif self._report_gave_way and not (cramped and self.cases.visible):
            self._report_gave_way = False
            if self.report.isHidden():
                self.acts.fold_report()

    def _fit_list(self) -> None:
        """The list gives way where the sheet would become too narrow, unless it was told to."""
        if self.acts.out(Room.LIST):
            return
        report = 0 if self.acts.out(Room.REPORT) else REPORT_WIDTH
        narrow = self.width() - LIST_WIDTH - report - self.case_room.room - 2 < _SHEET_LEAST
        asked = self.acts.list_folded
        self.list.set_folded(folded=narrow or self._compared_here if asked is None else asked)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.signing.send_retakes()
        self.interrupted.give_back()
        self.reading.close()
        self.room_windows.close()
        self.cards_over_others.close()
        self.ringer.stop()
        super().closeEvent(event)

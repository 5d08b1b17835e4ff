"""What commands ask of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from farlead.messages import Language
from farlead_ui.rooms import Room
from farlead_ui.signing import Panel
from farlead_ui.theme.tokens import Look, Paper

if TYPE_CHECKING:  # the window makes this, and this acts on the window
    from farlead_ui.windows.main import MainWindow


class Acts:
    """Acts on the parts of a window that is being put together while this is made.

    Parameters
    ----------
    window : MainWindow
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.list_folded: bool | None = None  # None: as the width asks

    @property
    def blocked(self) -> bool:
        """Whether the lock screen hides everything."""
        return self._window.signing.locked_since is not None

    @property
    def overlaid(self) -> bool:
        """Whether something lies over the window."""
        return self._window.over.current is not None

    @property
    def files(self) -> int:
        """How many recordings or sets of images the study in hand has."""
        return self._window.showing.count

    def step_file(self, by: int) -> None:
        """Show the next or the previous of them."""
        window = self._window
        window.showing.step(by)
        window.report.measurements.mark_elsewhere(elsewhere=window.showing.place > 0)
        window.head.update()

    # -- windows and screens

    def out(self, room: Room) -> bool:
        """Whether a room has a window of its own."""
        return room in self._window.rooms.out

    def toggle_room(self, room: Room) -> None:
        """Send a room into a window of its own, or bring it home."""
        self._window.room_windows.toggle(room)

    @property
    def several_screens(self) -> bool:
        """Whether there is another screen to move a window to."""
        return self._window.room_windows.several_screens

    def to_next_screen(self) -> None:
        """The window that has the keyboard goes to the next screen."""
        self._window.room_windows.to_next_screen()

    @property
    def at_comparison(self) -> bool:
        """Whether keys are the comparison's while two are compared."""
        if not self.out(Room.COMPARISON):
            return True
        return QApplication.activeWindow() is self._window.compare.view.window()

    def fold_list(self) -> None:
        """Fold or unfold the list."""
        window = self._window
        self.list_folded = not window.list.folded
        window.list.set_folded(folded=self.list_folded)
        if self.list_folded:
            window.keyboard.to_sheet()

    def fold_report(self) -> None:
        """Fold or unfold the report."""
        window = self._window
        window.report.setVisible(window.report.isHidden())
        window.report_line.setVisible(not window.report.isHidden())
        window.keyboard.to_sheet()

    def toggle_full_screen(self) -> None:
        """Full screen or window."""
        window = self._window
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)

    # -- the keyboard

    def escape(self) -> None:
        """Close what lies on top, else what is asked; the keyboard goes to the sheet."""
        window = self._window
        if self.overlaid:
            window.over.close()
        elif window.signing.panel is not Panel.NONE:
            window.signing.cancel()
        elif window.keyboard.on_sheet and window.measuring.held:
            window.measuring.release()
        elif window.paper.shown and window.keyboard.on_sheet:
            window.paper.toggle()
        elif window.keyboard.on_sheet and window.comparison.comparing and self.at_comparison:
            window.comparison.toggle()
        else:
            window.report.statements.close_candidates()
        window.keyboard.to_sheet()

    def focus_case(self) -> None:
        """Keyboard into the column of a critical value."""
        self._window.case_room.column.take_keyboard()

    def focus_list(self) -> None:
        """Keyboard into the list, unfolded."""
        if self._window.list.folded:
            self.fold_list()
        self._window.keyboard.to_list()

    def focus_statement(self) -> None:
        """Keyboard into the statement line."""
        if self._window.report.isHidden():
            self.fold_report()
        self._window.keyboard.to_statement()

    # -- what lies over the window

    def show_keys(self) -> None:
        """Key sheet."""
        self._window.over.toggle(self._window.over.keys)

    def show_key_changer(self) -> None:
        """Other keys for commands."""
        self._window.over.toggle(self._window.over.key_changer)

    def show_palette(self) -> None:
        """Command palette."""
        self._window.over.toggle(self._window.over.palette)

    def show_measurements(self) -> None:
        """Table of all measurements."""
        self._window.over.toggle(self._window.over.measurements)

    def show_calibration(self) -> None:
        """Card and ruler for the true scale of this screen."""
        self._window.over.toggle(self._window.over.calibration)

    def show_batch(self) -> None:
        """What is checked, to be signed with one PIN."""
        self._window.over.toggle(self._window.over.batch)

    def show_issued(self) -> None:
        """Issued reports and their versions."""
        self._window.over.toggle(self._window.over.issued)

    def show_orders(self) -> None:
        """Orders that a person must look at."""
        self._window.over.toggle(self._window.over.orders)

    @property
    def connections_known(self) -> bool:
        """Whether this seat knows the systems outside."""
        return self._window.tending.offered

    def show_connections(self) -> None:
        """Every unit, archive and peer."""
        self._window.over.toggle(self._window.over.connections)

    def show_shift(self) -> None:
        """What is left, handed over or taken on."""
        self._window.over.toggle(self._window.over.shift)

    def show_chest_pain(self) -> None:
        """Moments and intervals of the study in hand."""
        self._window.over.toggle(self._window.over.chest_pain)

    def show_cases(self) -> None:
        """Critical values that run or ended lately."""
        self._window.over.toggle(self._window.over.cases)

    def show_search(self) -> None:
        """Search among all studies."""
        self._window.over.toggle(self._window.over.search)

    def show_about(self) -> None:
        """About box."""
        self._window.over.toggle(self._window.over.about)

    def show_paper(self) -> None:
        """Paper preview in the place of the sheet, or the sheet again."""
        self._window.paper.toggle()

    def print_report(self) -> None:
        """Print preview."""
        self._window.over.toggle(self._window.over.printing)

    def export(self, form: str) -> None:
        """Give the sheet or its figures out."""
        self._window.exporting.export(form)

    def change_reader(self) -> None:
        """Log out, so that another reader can sign in here."""
        self._window.changing_reader = True
        self._window.close()

    # -- look and language

    def toggle_look(self) -> None:
        """Day or night."""
        appearance = self._window.appearance
        night = appearance.look is Look.NIGHT
        appearance.look = Look.DAY if night else Look.NIGHT

    @property
    def by_day(self) -> bool:
        """Whether the look is that of the day, with its papers."""
        return self._window.appearance.look is Look.DAY

    def next_paper(self) -> None:
        """Pink, green, white."""
        appearance, papers = self._window.appearance, list(Paper)
        appearance.paper = papers[(papers.index(appearance.paper) + 1) % len(papers)]

    def toggle_language(self) -> None:
        """Chinese or English, at once."""
        appearance = self._window.appearance
        chinese = appearance.language is Language.ZH
        appearance.language = Language.EN if chinese else Language.ZH

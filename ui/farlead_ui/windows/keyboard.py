"""Where the keyboard is, in whichever window, said in the status line; and where it is sent."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from farlead_ui.report.panel import ReportPanel
from farlead_ui.signing import Panel, SigningModel
from farlead_ui.windows.lock import LockScreen
from farlead_ui.windows.measuring import Measuring
from farlead_ui.windows.status import StatusLine
from farlead_ui.worklist.panel import WorklistPanel

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Places:
    """What can have the keyboard."""

    centre: QStackedWidget
    comparison: QWidget
    list: WorklistPanel
    report: ReportPanel
    lock: LockScreen


class Keyboard(QObject):
    """Sends the keyboard from place to place.

    Parameters
    ----------
    window : QWidget
        The main window.
    places : Places
    signing : SigningModel
        What is asked keeps the keyboard.
    measuring : Measuring
    status : StatusLine
    overlaid : callable
        Whether something lies over the main window: that keeps the keyboard, too.
    """

    def __init__(
        self,
        window: QWidget,
        places: Places,
        signing: SigningModel,
        measuring: Measuring,
        status: StatusLine,
        overlaid: Callable[[], bool],
    ) -> None:
        super().__init__(window)
        self._window, self._places, self._status = window, places, status
        self._signing, self._measuring, self._overlaid = signing, measuring, overlaid
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._moved)

    @property
    def on_sheet(self) -> bool:
        """Whether it is on the sheet or what stands in its place."""
        focus = QApplication.focusWidget() or self._window
        return self._places.centre.isAncestorOf(focus)

    def to_sheet(self) -> None:
        """To the sheet or what stands in its place; while something is asked, to that."""
        places = self._places
        here = places.centre.currentWidget()
        if self._signing.locked_since is not None:
            _take(places.lock.pin)
        elif self._signing.panel is not Panel.NONE:
            _raise(places.report)
            places.report.asking[self._signing.panel].take_keyboard()
        elif here is not None:
            _take(here)

    def to_list(self) -> None:
        """Into the rows of the list."""
        _take(self._places.list.view)

    def to_statement(self) -> None:
        """Into the statement line."""
        _take(self._places.report.statements.input)

    def say(self) -> None:
        """Where it is now."""
        focus, places = QApplication.focusWidget(), self._places
        if focus is None or self._signing.locked_since is not None:
            return
        if focus is places.report.statements.input:
            told = translate("Keyboard", "statement")
        elif places.centre.isAncestorOf(focus) or focus is places.centre:
            told = self._on_sheet()
        elif places.comparison.isAncestorOf(focus):
            told = translate("Keyboard", "comparison")
        elif places.list.isAncestorOf(focus):
            told = translate("Keyboard", "list")
        elif places.report.isAncestorOf(focus):
            told = translate("Keyboard", "report")
        else:
            told = translate("Keyboard", "window")
        self._status.keyboard_at(told)

    def _on_sheet(self) -> str:
        """What moves on the sheet; Esc gives the keys back to it."""
        if self._measuring.calipers.active:
            return translate("Keyboard", "caliper · Esc back to the sheet")
        if self._measuring.held:
            return translate("Keyboard", "marks · Esc back to the sheet")
        return translate("Keyboard", "sheet")

    def _moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        """A PIN that is asked for keeps the keyboard: it must not be typed anywhere else."""
        asked = self._signing.panel is Panel.PIN and self._signing.locked_since is None
        if asked and now is not None and self._ours(now):
            _raise(self._places.report)
            self._places.report.asking[Panel.PIN].take_keyboard()
        self.say()

    def _ours(self, widget: QWidget) -> bool:
        """Whether it is in one of our windows, and not in what lies over the main one."""
        places, window = self._places, widget.window()
        rooms = (places.comparison, places.list, places.report)
        mine = window is self._window or any(room.window() is window for room in rooms)
        return mine and not self._overlaid()


def _raise(widget: QWidget) -> None:
    """Its window gets the keyboard when another one of the application has it."""
    window, active = widget.window(), QApplication.activeWindow()
    if active is not None and active is not window:
        window.activateWindow()


def _take(widget: QWidget) -> None:
    _raise(widget)
    widget.setFocus()

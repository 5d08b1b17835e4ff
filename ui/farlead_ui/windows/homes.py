"""Where rooms are at home in the main window, and how they leave it for a window of their own."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from farlead_ui.report.panel import ReportPanel
from farlead_ui.windows.compare_room import CompareRoom
from farlead_ui.worklist.panel import WorklistPanel

translate = QCoreApplication.translate


class SideHome:
    """List or report: a panel at a side of the row, with a line beside it.

    Parameters
    ----------
    row : QHBoxLayout
    panel : WorklistPanel or ReportPanel
    edge : QWidget
        The line, which goes with it.
    title : callable
    place : int
        In the row; -1 for the end.
    """

    def __init__(
        self,
        row: QHBoxLayout,
        panel: WorklistPanel | ReportPanel,
        edge: QWidget,
        title: Callable[[], str],
        place: int,
    ) -> None:
        self._row, self._panel, self._edge = row, panel, edge
        self._place, self.title = place, title

    def leave(self) -> QWidget:
        """As wide as its window from now on."""
        self._row.removeWidget(self._panel)
        self._edge.hide()
        self._panel.set_free(free=True)
        return self._panel

    def come_home(self) -> None:
        """As wide as it was."""
        self._row.insertWidget(self._place, self._panel)
        self._panel.set_free(free=False)
        self._panel.show()
        self._edge.show()


class CompareHome:
    """The comparison: in the centre, with its words above and the strip below.

    Parameters
    ----------
    column : QVBoxLayout
    centre : QStackedWidget
    room : CompareRoom
    """

    def __init__(self, column: QVBoxLayout, centre: QStackedWidget, room: CompareRoom) -> None:
        self._column, self._centre, self._room = column, centre, room
        self._above = column.indexOf(room.words)

    def title(self) -> str:
        """What its window is called."""
        return translate("Rooms", "Comparison")

    def leave(self) -> QWidget:
        """Words, view and strip into one widget."""
        self._centre.removeWidget(self._room.view)
        return self._room.gathered()

    def come_home(self) -> None:
        """Each part to its place."""
        room = self._room
        room.parted()
        self._centre.addWidget(room.view)
        self._column.insertWidget(self._above, room.words)
        self._column.addWidget(room.strip)


def list_title() -> str:
    """What the list's window is called."""
    return translate("Rooms", "List")


def report_title() -> str:
    """What the report's window is called."""
    return translate("Rooms", "Report")

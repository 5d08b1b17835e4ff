"""The connections over the reading desk."""

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from farlead_ui.connections.view import ConnectionsView
from farlead_ui.tending import TendingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, down, label
from farlead_ui.windows.overlay import Overlay


class ConnectionsSheet(Overlay):
    """F12: every unit, archive and peer; looked at anew while it is open.

    Parameters
    ----------
    parent : QWidget
    tending : TendingModel
    appearance : Appearance
    """

    def __init__(self, parent: QWidget, tending: TendingModel, appearance: Appearance) -> None:
        self._tending = tending  # before the frame hides itself for the first time
        super().__init__(parent, 1680, 900)
        self._title = label(step="section", bold=True)
        self.view = ConnectionsView(tending, appearance)
        column = down(across(self._title, None, self.way_out()), 10, self.view)
        column.setStretchFactor(self.view, 1)
        column.setContentsMargins(24, 16, 24, 16)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addLayout(column)
        self.setFocusProxy(self.view)

    def open(self) -> None:
        """Show and begin to look."""
        super().open()
        self._tending.open()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        self._tending.close()
        super().hideEvent(event)

    def refresh(self) -> None:
        """In the language of the window."""
        self._title.setText(self.tr("Connections"))
        self.view.refresh()

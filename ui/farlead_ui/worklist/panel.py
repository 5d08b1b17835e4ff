"""The list panel: head, rows or the empty state, foot; or the rail when it is folded."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QPushButton, QStackedWidget, QWidget

from farlead.settings import Clock
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.run import RunModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import LIST_WIDTH, RAIL_WIDTH, ROW
from farlead_ui.waiting import Tab, WaitingModel
from farlead_ui.widgets import across, button, down, label, line
from farlead_ui.worklist.delegate import RowDelegate
from farlead_ui.worklist.empty import EmptyList
from farlead_ui.worklist.head import Head
from farlead_ui.worklist.rail import Rail
from farlead_ui.worklist.rows import Index, RowsModel

_ANY_WIDTH = 16_777_215  # Qt's largest


class RowsView(QListView):
    """The rows. Arrow keys move the selection; a double click takes the study."""

    take = Signal()

    def __init__(self, waiting: WaitingModel, appearance: Appearance, clock: Clock) -> None:
        super().__init__()
        self._waiting = waiting
        self._tall: int | None = None
        self.rows = RowsModel(waiting, self)
        self.setModel(self.rows)
        self._rows_delegate = RowDelegate(waiting, appearance, clock, self)
        self.setItemDelegate(self._rows_delegate)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.verticalScrollBar().setSingleStep(ROW)
        self.doubleClicked.connect(self.take)
        self.selectionModel().currentChanged.connect(self._chosen)
        listen(self, waiting.selection_changed, self.follow)
        listen(self, waiting.changed, self.follow)
        listen(self, appearance.changed, self.viewport().update)
        beat = QTimer(self)
        beat.timeout.connect(self.viewport().update)
        beat.start(1000)
        self.follow()

    def follow(self) -> None:
        """Put the current row where the model's selection is."""
        place = self._rows_delegate.tall = self.rows.place(self._waiting.selected)
        index = self.rows.index(place) if place >= 0 else QModelIndex()
        if index != self.currentIndex():
            blocked = self.selectionModel().blockSignals(True)
            self.setCurrentIndex(index)
            self.selectionModel().blockSignals(blocked)
            if index.isValid():
                self.scrollTo(index)
            self.viewport().update()
        if self._tall != self._waiting.selected:  # the selected row is the taller one
            self._tall = self._waiting.selected
            self.scheduleDelayedItemsLayout()
            self.viewport().update()

    def dataChanged(  # noqa: N802
        self, first: Index, last: Index, _roles: Sequence[int] = ()
    ) -> None:
        """A row that says something else is as high as before: it alone is drawn anew."""
        for place in range(first.row(), last.row() + 1):
            self.update(self.rows.index(place))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.text() and not event.modifiers():
            event.ignore()  # no search by typing: letters belong to the sheet
            return
        super().keyPressEvent(event)

    def _chosen(self, index: QModelIndex) -> None:
        row = self.rows.row(index.row())
        if row is not None:
            self._waiting.select(row.study.id)


class WorklistPanel(QStackedWidget):
    """The list, 340 px wide, or folded to a rail.

    Parameters
    ----------
    waiting : WaitingModel
    run : RunModel
        How the batch goes.
    appearance : Appearance
    clock : callable returning the aware time
    """

    take = Signal()  # open the selected row
    fold_asked = Signal()

    def __init__(
        self, waiting: WaitingModel, run: RunModel, appearance: Appearance, clock: Clock
    ) -> None:
        super().__init__()
        self._waiting, self._appearance, self._clock = waiting, appearance, clock
        self.view = RowsView(waiting, appearance, clock)
        self.view.take.connect(self.take)
        self._empty = EmptyList(waiting, appearance, clock)
        self._trouble = label(step="words", tone="urgent", wrap=True)
        self._trouble.setContentsMargins(16, 8, 16, 8)
        self._foot = label(step="words", tone="quiet")
        self._fold = self._fold_button()
        foot = across(16, self._foot, None, self._fold, 10)
        foot.setContentsMargins(0, 4, 0, 4)
        full = QWidget()
        full.setProperty("role", "panel")
        full.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        full.setLayout(
            down(
                Head(waiting, run, appearance), self._trouble, self.view, self._empty, line(), foot
            )
        )
        rail = self.rail = Rail(waiting, run, appearance)
        rail.unfold.connect(self.fold_asked)
        self.addWidget(full)
        self.addWidget(rail)
        listen(self, waiting.changed, self.refresh)
        self.set_folded(folded=False)
        self.refresh()

    @property
    def folded(self) -> bool:
        """Whether only the rail is shown."""
        return self.currentIndex() == 1

    def set_folded(self, *, folded: bool) -> None:
        """Show the rail instead of the list, or the list again."""
        self.setCurrentIndex(1 if folded else 0)
        self.setFixedWidth(RAIL_WIDTH if folded else LIST_WIDTH)

    def set_free(self, *, free: bool) -> None:
        """As wide as a window of its own, or as the list is in the main window."""
        self.set_folded(folded=False)
        self._fold.setVisible(not free)
        if free:
            self.setMaximumWidth(_ANY_WIDTH)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Say what is shown now."""
        waiting = self._waiting
        rows = waiting.rows()
        self.view.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        stale = waiting.worklist is not None and waiting.trouble is not None
        self._trouble.setVisible(stale)
        if stale and waiting.trouble is not None:
            self._trouble.setText(self._appearance.text(waiting.trouble))
        self._foot.setText(self._today())
        self._fold.setText(self.tr("[ fold"))

    def _today(self) -> str:
        worklist = self._waiting.worklist
        if worklist is None:
            return ""
        told = self.tr("Signed {n}").format(n=worklist.signed_today)
        if worklist.median_turnaround is not None:
            seconds = int(worklist.median_turnaround.total_seconds())
            told += "   " + self.tr("median {t}").format(t=words.span(seconds))
        unreadable = self._waiting.unreadable()
        if unreadable and self._waiting.tab is Tab.INSTANT:
            told += "   " + self.tr("{n} unreadable").format(n=unreadable)
        return told

    def _fold_button(self) -> QPushButton:
        made = button("quiet")
        made.clicked.connect(self.fold_asked)
        return made

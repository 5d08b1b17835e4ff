"""Handing the shift over, or taking a colleague's on, over the window."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from farlead.messages import message
from farlead.model.handover import Left, LeftOver
from farlead_ui import words
from farlead_ui.bridge import listen
from farlead_ui.handing import HandingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label
from farlead_ui.windows.overlay import Overlay
from farlead_ui.windows.rows import Entry, Rows


class ShiftSheet(Overlay):
    """What is left, a note, and one button; Enter in the note does the same.

    Where a colleague's shift waits it is offered first; Ctrl+E turns to the own one, and back.

    Parameters
    ----------
    parent : QWidget
    handing : HandingModel
    appearance : Appearance
    """

    def __init__(self, parent: QWidget, handing: HandingModel, appearance: Appearance) -> None:
        super().__init__(parent, 880, 680)
        self._handing, self._appearance = handing, appearance
        self._title, self._who = label(step="section", bold=True), label(tone="quiet", wrap=True)
        self.rows = Rows(appearance, lambda _entry: None)
        self._none = label(tone="quiet")
        self.note = QLineEdit()
        self.note.returnPressed.connect(self.confirm)
        self.act = button("primary")
        self.act.clicked.connect(self.confirm)
        self.other = button()
        self.other.clicked.connect(handing.turn)
        self.told = label(step="words", tone="critical", wrap=True)
        column = down(
            across(self._title, None, self.way_out()), 6, self._who, 10, self.rows, self._none,
            None, self.told, 6, self.note, 10, across(self.act, 12, self.other, None),
        )  # fmt: skip
        column.setContentsMargins(24, 16, 24, 16)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addLayout(column)
        self.setFocusProxy(self.note)
        listen(self, handing.changed, self.refresh)
        listen(self, handing.finished, self.left.emit)

    def open(self) -> None:
        """Read anew; the keyboard is in the note."""
        self.note.clear()
        self._handing.open()
        super().open()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_E and not event.isAutoRepeat():
            self._handing.turn()
        else:
            super().keyPressEvent(event)

    def refresh(self) -> None:
        """Say what is left, in the language of the window."""
        handing, offered = self._handing, self._handing.offered
        if offered is None:
            self._title.setText(self.tr("Hand the shift over"))
            self._who.setText(self.tr("The next reader takes it on with name and time."))
            self.act.setText(self.tr("Hand over  Enter"))
            self.note.setPlaceholderText(self.tr("Note for the next reader; may be empty"))
        else:
            self._title.setText(self.tr("Take the shift on"))
            told = self.tr("{who}, {t}: {note}")
            at = f"{words.date(offered.given)} {words.clock_time(offered.given)}"
            note = words.plain(offered.note) or self.tr("no note")
            who = words.plain(offered.giver_name)
            self._who.setText(told.format(who=who, t=at, note=note))
            self.act.setText(self.tr("Take on  Enter"))
            self.note.setPlaceholderText(self.tr("Enter takes it on"))
        self.note.setReadOnly(offered is not None)
        self.other.setVisible(handing.waiting is not None)
        own = self.tr("Hand mine over  Ctrl+E")
        self.other.setText(self.tr("The shift that waits  Ctrl+E") if offered is None else own)
        self.rows.show_entries([self._entry(item) for item in handing.items])
        self.rows.setVisible(bool(handing.items))
        self._none.setText(self.tr("Nothing is left open."))
        self._none.setVisible(not handing.items)
        self.told.setVisible(handing.error is not None)
        self.told.setText(self._appearance.text(handing.error) if handing.error else "")

    def confirm(self) -> None:
        """Hand over, or take on."""
        self._handing.confirm(self.note.text())

    def _entry(self, item: LeftOver) -> Entry:
        icon = "warning" if item.kind in (Left.CASE, Left.AT_RISK) else "document"
        kind = self._appearance.text(message(f"handover.left.{item.kind}"))
        side = f"{item.number} · {words.plain(item.unit)}"
        return Entry(icon, kind, side, words.clock_time(item.due), "", lambda: None)

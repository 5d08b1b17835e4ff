"""The room as a whole: what is looked for, the table, the chosen connection."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from farlead.model.connection import Standing
from farlead_ui.bridge import listen
from farlead_ui.connections.details import Details
from farlead_ui.connections.table import Heads, Table
from farlead_ui.tending import TendingModel
from farlead_ui.theme.appearance import Appearance
from farlead_ui.widgets import across, button, down, label, line, restyle, word


class _Search(QLineEdit):
    """What is looked for; arrows and Enter are the table's."""

    def __init__(self, view: "ConnectionsView") -> None:
        super().__init__()
        self._view = view

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not self._view.pressed(event):
            super().keyPressEvent(event)


class ConnectionsView(QWidget):
    """The same in the reading desk and in a window of its own.

    Parameters
    ----------
    tending : TendingModel
    appearance : Appearance
    """

    def __init__(self, tending: TendingModel, appearance: Appearance) -> None:
        super().__init__()
        self._tending, self._appearance = tending, appearance
        self.search = _Search(self)
        self.search.textChanged.connect(tending.search)
        self.only_trouble, self.test_all = button("choice"), button()
        self.only_trouble.setCheckable(True)
        self.only_trouble.clicked.connect(
            lambda: tending.show_only_trouble(only=self.only_trouble.isChecked())
        )
        self.test_all.clicked.connect(self.test_or_stop)
        self.counts = label(step="words", tone="quiet")
        self.told = label(step="words", tone="critical", wrap=True)
        self.heads, self.table = Heads(appearance), Table(tending, appearance)
        self.details = Details(tending, appearance)
        self._compose()
        self.setFocusProxy(self.search)
        listen(self, tending.changed, self.refresh)
        listen(self, appearance.changed, self.refresh)

    def _compose(self) -> None:
        self.search.setFixedWidth(320)
        tools = across(self.search, self.only_trouble, self.test_all, 12, self.counts, None)
        left = QWidget()
        column = down(self.heads, self.table)
        column.setStretchFactor(self.table, 1)
        left.setLayout(column)
        body = across(left, line(vertical=True), self.details, gap=16)
        body.setStretchFactor(left, 1)
        whole = down(tools, 8, self.told, body)
        whole.setStretchFactor(body, 1)
        self.setLayout(whole)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            self.refresh()
        super().changeEvent(event)

    def refresh(self) -> None:
        """Say all anew."""
        tending = self._tending
        self.search.setPlaceholderText(self.tr("Unit, system or address"))
        word(self.only_trouble, self.tr("In trouble only  Ctrl+F"))
        self.only_trouble.setChecked(tending.only_trouble)
        asked = tending.testing
        self.test_all.setText(
            self.tr("Stop, {n} to go  Ctrl+T").format(n=asked)
            if asked
            else self.tr("Test all shown  Ctrl+T")
        )
        self.test_all.setEnabled(tending.allowed)
        self.counts.setText(self._counted())
        self.told.setVisible(tending.error is not None)
        self.told.setText(self._appearance.text(tending.error) if tending.error else "")
        # What cannot be looked at any more is not shown as if it were so now.
        restyle(self.counts, tone="urgent" if tending.error else "quiet")
        self.heads.update()
        self.table.viewport().update()
        self.details.refresh()

    def _counted(self) -> str:
        tending = self._tending
        if tending.taken is None:
            return self.tr("Looking …")
        known = tending.all
        form = self.tr(
            "▲ {down} of {all} in trouble · to deliver {waiting} · sent, unconfirmed {sent}"
            " · ◆ parked {parked} · as of {when}"
        )
        said = form.format(
            down=sum(each.standing is Standing.DOWN for each in known),
            all=len(known),
            waiting=sum(each.connection.waiting - each.connection.sent for each in known),
            sent=sum(each.connection.sent for each in known),
            parked=sum(each.connection.parked for each in known),
            when=f"{tending.taken.astimezone():%H:%M:%S}",
        )
        told = [each.connection.warning for each in known if each.connection.warning is not None]
        warned = len({self._appearance.text(each) for each in told})
        return said + self.tr(" · ● passwords in clear {n}").format(n=warned) if warned else said

    def test_or_stop(self) -> None:
        """Ask all that are shown; while they are asked, give it up."""
        if self._tending.testing:
            self._tending.cancel()
        else:
            self._tending.test_all()

    def pressed(self, event: QKeyEvent) -> bool:
        """Whether a key was the room's."""
        tending = self._tending
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: self.table.page,
            Qt.Key.Key_PageUp: -self.table.page,
        }
        key = Qt.Key(event.key())
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return self._with_control(key)
        if key in steps:
            tending.step(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                tending.test()
        else:
            return False
        return True

    def _with_control(self, key: Qt.Key) -> bool:
        match key:
            case Qt.Key.Key_T:
                self.test_or_stop()
            case Qt.Key.Key_F:
                self._tending.show_only_trouble(only=not self._tending.only_trouble)
            case Qt.Key.Key_D:
                self._tending.resend()
            case _:
                return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not self.pressed(event):
            super().keyPressEvent(event)

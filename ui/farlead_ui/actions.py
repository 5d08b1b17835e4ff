"""QActions made from the command table: one for each key and place.

What a key does is looked up when it is pressed, so nothing has to be enabled or disabled as
the state changes. Keys that work everywhere go before the editing keys of a text field.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from farlead_ui.commands import Command, Commands, Where

_ACTIVITY = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
}

_TABS = {"Tab", "Shift+Tab"}


class Actions(QObject):
    """The keys of one window.

    Parameters
    ----------
    commands : Commands
    places : mapping of Where to widget
        Where each kind of key is heard; the whole window for EVERYWHERE.
    active : callable
        Called at each key press and mouse move: somebody is there.
    """

    def __init__(
        self,
        commands: Commands,
        places: Mapping[Where, QWidget],
        active: Callable[[], None],
    ) -> None:
        window = places[Where.EVERYWHERE]
        super().__init__(window)
        self._window, self._active = window, active
        self.actions: dict[tuple[Where, str], QAction] = {}
        for (where, key), found in commands.places().items():
            self.actions[where, key] = self._action(commands, places[where], where, key, found)
        self._everywhere = [
            action.shortcut()
            for (where, _), action in self.actions.items()
            if where is Where.EVERYWHERE
        ]
        window.installEventFilter(self)
        for text in (*window.findChildren(QLineEdit), *window.findChildren(QPlainTextEdit)):
            text.installEventFilter(self)

    def hold_tab(self, *, held: bool) -> None:
        """Tab is a command while a caliper has the keyboard; else it moves the focus."""
        for (where, key), action in self.actions.items():
            if where is Where.SHEET and key in _TABS:
                action.setEnabled(held)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        kind = event.type()
        if kind in _ACTIVITY:
            self._active()
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if QKeySequence(event.keyCombination()) in self._everywhere:
                event.ignore()
                return True  # a text field does not keep Ctrl+K for itself
        elif kind == QEvent.Type.Show and watched is self._window:
            self._watch_native()
        return super().eventFilter(watched, event)

    def _watch_native(self) -> None:
        """The window of the system sees each key and mouse event once, before all widgets."""
        native = self._window.windowHandle()
        if native is not None:
            native.removeEventFilter(self)
            native.installEventFilter(self)

    def _action(
        self, commands: Commands, place: QWidget, where: Where, key: str, found: list[Command]
    ) -> QAction:
        action = QAction(self)
        action.setShortcut(QKeySequence(key))
        everywhere = where is Where.EVERYWHERE
        action.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut
            if everywhere
            else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        action.setAutoRepeat(all(command.repeat for command in found))
        action.triggered.connect(lambda: commands.dispatch(found))
        place.addAction(action)
        return action

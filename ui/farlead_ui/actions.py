"""QActions made from the command table: one for each key and place.

What a key does is looked up when it is pressed, so nothing has to be enabled or disabled as
the state changes. Keys that work everywhere go before the editing keys of a text field.
"""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from farlead_ui.bridge import listen
from farlead_ui.commands import Command, Commands, Where

_ACTIVITY = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.Wheel,
}

_TABS = {"Tab", "Shift+Tab"}


class Actions(QObject):
    """The keys of the main window, and of those that join it.

    Parameters
    ----------
    commands : Commands
        Followed: its keys may become others.
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
        self._commands, self._active = commands, active
        self._places = {where: [place] for where, place in places.items()}
        self._held = False
        self._composed: tuple[QObject, str] | None = None  # what an input method has not settled
        self.actions: dict[tuple[Where, str], QAction] = {}
        self._everywhere: list[QKeySequence] = []
        self._hear(window)
        self._make()
        listen(self, commands.keys_changed, self._make)

    def join(self, window: QWidget, *places: Where) -> None:
        """These keys are heard in a further window, too."""
        for where in places:
            self._places[where].append(window)
            for (there, _), action in self.actions.items():
                if there is where:
                    window.addAction(action)
        self._hear(window)

    def part(self, window: QWidget) -> None:
        """A window that goes: what it held may be at home again in another."""
        for places in self._places.values():
            if window in places:
                places.remove(window)
        for action in self.actions.values():
            window.removeAction(action)

    def hold_tab(self, *, held: bool) -> None:
        """Tab is a command while a caliper has the keyboard; else it moves the focus."""
        self._held = held
        for (where, key), action in self.actions.items():
            if where is Where.SHEET and key in _TABS:
                action.setEnabled(held)

    def _make(self) -> None:
        """One action for each key and place, as the table has them now."""
        for (where, _), action in self.actions.items():
            for place in self._places[where]:
                place.removeAction(action)
            action.deleteLater()
        self.actions = {
            (where, key): self._action(where, key, found)
            for (where, key), found in self._commands.places().items()
        }
        self._everywhere = [
            action.shortcut()
            for (where, _), action in self.actions.items()
            if where is Where.EVERYWHERE
        ]
        self.hold_tab(held=self._held)

    def _hear(self, window: QWidget) -> None:
        """The window of the system, and text fields before they keep a key for themselves."""
        window.installEventFilter(self)
        for text in (*window.findChildren(QLineEdit), *window.findChildren(QPlainTextEdit)):
            text.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        kind = event.type()
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            text = event.preeditString()
            self._composed = (watched, text) if text else None
        if kind in _ACTIVITY:
            self._active()
        if kind == QEvent.Type.MouseButtonPress:
            self._settle()
        if kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if QKeySequence(event.keyCombination()) in self._everywhere:
                event.ignore()
                return True  # a text field does not keep Ctrl+K for itself
        elif kind == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self._watch_native(watched)
        return super().eventFilter(watched, event)

    def _settle(self) -> bool:
        """What is being composed becomes text where it stands; whether there was any.

        Left to the input method it would be lost with the study, or go into the next one.
        """
        if self._composed is None:
            return False
        (field, text), self._composed = self._composed, None
        settled = QInputMethodEvent()
        settled.setCommitString(text)
        QApplication.sendEvent(field, settled)
        QGuiApplication.inputMethod().reset()
        return True

    def _watch_native(self, window: QWidget) -> None:
        """The window of the system sees each key and mouse event once, before all widgets."""
        native = window.windowHandle()
        if native is not None:
            native.removeEventFilter(self)
            native.installEventFilter(self)

    def _action(self, where: Where, key: str, found: list[Command]) -> QAction:
        action = QAction(self)
        action.setShortcut(QKeySequence(key))
        everywhere = where is Where.EVERYWHERE
        action.setShortcutContext(
            Qt.ShortcutContext.WindowShortcut
            if everywhere
            else Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
        action.setAutoRepeat(all(command.repeat for command in found))
        action.triggered.connect(lambda: self._commands.dispatch(found, unfinished=self._settle()))
        for place in self._places[where]:
            place.addAction(action)
        return action

"""Rooms in windows of their own: sent out, brought home, put where they stood before.

The main window keeps the sheet. A window that is closed brings its room home; while the station
is locked none of them is on any screen.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QMoveEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from farlead_ui.bridge import listen
from farlead_ui.ecg.screens import described
from farlead_ui.rooms import Place, Room, RoomsModel
from farlead_ui.widgets import down

#: Windows that are being moved are noted when they rest.
_REST_MILLISECONDS = 300
#: Size of a window that has no screen for itself, beside the main window's.
_SMALL = {Room.LIST: (420, 900), Room.COMPARISON: (1200, 760), Room.REPORT: (480, 900)}

Screens: TypeAlias = Callable[[], Sequence[QScreen]]


class Home(Protocol):
    """The place of a room in the main window."""

    def leave(self) -> QWidget:
        """Take the room out; the result fills its own window."""

    def come_home(self) -> None:
        """Put it back."""

    def title(self) -> str:
        """What its window is called, in the language of the window."""


class RoomWindow(QWidget):
    """A window around a room."""

    put_away = Signal()
    moved = Signal()

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._content = content
        self.setProperty("role", "panel")
        self.setLayout(down(content))
        content.show()

    def take_keyboard(self) -> None:
        """The keyboard to what it holds."""
        self.activateWindow()
        if self.focusWidget() is None:
            self._content.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        event.ignore()  # it goes when the room has come home
        self.put_away.emit()

    def moveEvent(self, event: QMoveEvent) -> None:  # noqa: N802
        super().moveEvent(event)
        self.moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.moved.emit()


class RoomWindows(QObject):
    """Keeps the windows in step with the model, and the model with the screens.

    Parameters
    ----------
    window : QWidget
        The main window.
    model : RoomsModel
    homes : mapping of Room to Home
    joined, parted : callable
        Told of each window that opens (with its room) and that goes.
    screens : callable, optional
        The screens that there are.
    """

    def __init__(
        self,
        window: QWidget,
        model: RoomsModel,
        homes: Mapping[Room, Home],
        joined: Callable[[Room, QWidget], None],
        parted: Callable[[QWidget], None],
        screens: Screens = QGuiApplication.screens,
    ) -> None:
        super().__init__(window)
        self._window, self._model, self._homes = window, model, homes
        self._joined, self._parted, self._screens = joined, parted, screens
        self.windows: dict[Room, RoomWindow] = {}
        self._stood: dict[Room, Place] = {}
        self._hidden = True
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MILLISECONDS)
        self._rest.timeout.connect(self.note)
        application = QApplication.instance()
        if isinstance(application, QGuiApplication):
            # All screens that come or go at once are looked at once, when Qt is done with them.
            for signal in (application.screenAdded, application.screenRemoved):
                signal.connect(self._rest.start)
        window.installEventFilter(self)
        listen(self, model.changed, self.follow)

    # -- by command

    def toggle(self, room: Room) -> None:
        """Send a room out, or bring it home."""
        self._model.screens_are(self._keys())
        if room in self._model.out:
            self._model.bring_home(room)
        else:
            self._model.send_out(room, self._free(room))
            self.windows[room].take_keyboard()

    def to_next_screen(self) -> None:
        """Move the window that has the keyboard to the next screen."""
        screens = list(self._screens())
        active = QApplication.activeWindow()
        window = active if active in self.windows.values() else self._window
        assert window is not None  # noqa: S101  # one of ours
        here = screens.index(window.screen()) if window.screen() in screens else -1
        there = screens[(here + 1) % len(screens)]
        _stand(window, _placed(window).model_copy(update={"screen": described(there).key}), there)
        window.activateWindow()
        self.note()

    @property
    def several_screens(self) -> bool:
        """Whether there is another screen to go to."""
        return len(self._screens()) > 1

    # -- following

    def restore(self) -> None:
        """Stand as it last stood on these screens."""
        self._model.screens_are(self._keys())
        if self._model.window is not None:
            self._put(self._window, self._model.window)

    def set_hidden(self, *, hidden: bool) -> None:
        """Take all of them from the screens, or show them again."""
        self._hidden = hidden
        self.follow()

    def follow(self) -> None:
        """Open, move and put away windows as the model says."""
        for room in Room:
            place = self._model.out.get(room)
            if place is None:
                self._put_away(room)
                continue
            if room not in self.windows:
                self._open(room)
            if self._hidden:
                self.windows[room].hide()
            elif self._stood.get(room) != place or self.windows[room].isHidden():
                self._stood[room] = place
                self._put(self.windows[room], place)
        self.reword()

    def reword(self) -> None:
        """Titles in the language of the window."""
        for room, window in self.windows.items():
            window.setWindowTitle(f"Farlead · {self._homes[room].title()}")

    def note(self) -> None:
        """Keep where everything stands now; other screens than before are followed instead."""
        self._rest.stop()
        window = self._model.window
        self._model.screens_are(self._keys())
        if self._model.window is not None and self._model.window != window:
            self._put(self._window, self._model.window)
        if not self._hidden:
            self._stood = {
                room: _placed(window) for room, window in self.windows.items() if window.isVisible()
            }
            self._model.note(_placed(self._window), self._stood)

    def close(self) -> None:
        """The main window closes: the others go with it, and are there again at the next start."""
        self.note()
        self._hidden = True
        for room in list(self.windows):
            self._put_away(room)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._window and event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self._rest.start()
        return super().eventFilter(watched, event)

    def _open(self, room: Room) -> None:
        made = self.windows[room] = RoomWindow(self._homes[room].leave())
        made.put_away.connect(lambda: self._model.bring_home(room))
        made.moved.connect(self._rest.start)
        self._joined(room, made)

    def _put_away(self, room: Room) -> None:
        gone = self.windows.pop(room, None)
        self._stood.pop(room, None)
        if gone is not None:
            self._parted(gone)
            self._homes[room].come_home()
            gone.hide()
            gone.deleteLater()

    def _put(self, window: QWidget, place: Place) -> None:
        screens = {described(screen).key: screen for screen in self._screens()}
        _stand(window, place, screens.get(place.screen, self._window.screen()))

    def _free(self, room: Room) -> Place:
        """A screen on which nothing of ours stands, all of it; else a part of the main window's."""
        windows = (self._window, *self.windows.values())
        taken = [described(window.screen()).key for window in windows]
        for screen in self._screens():
            size, key = screen.geometry().size(), described(screen).key
            if key not in taken:
                wide, high = size.width(), size.height()
                return Place(screen=key, left=0, top=0, width=wide, height=high, full=True)
        wide, high = _SMALL[room]
        corner = 48 * (1 + len(self.windows))
        return Place(screen=taken[0], left=corner, top=corner, width=wide, height=high)

    def _keys(self) -> list[str]:
        return [described(screen).key for screen in self._screens()]


def _placed(window: QWidget) -> Place:
    """Where a window stands; of one that fills its screen, where it would stand if it did not."""
    screen = window.screen()
    full = window.isMaximized()
    area = window.normalGeometry() if full else window.geometry()
    corner = area.topLeft() - screen.geometry().topLeft()
    size = area.size().expandedTo(window.minimumSizeHint())
    return Place(
        screen=described(screen).key, left=corner.x(), top=corner.y(),
        width=max(size.width(), 1), height=max(size.height(), 1), full=full,
    )  # fmt: skip


def _stand(window: QWidget, place: Place, screen: QScreen) -> None:
    """Put a window on a screen, inside it."""
    room = screen.availableGeometry()
    wide, high = min(place.width, room.width()), min(place.height, room.height())
    at = screen.geometry().topLeft() + QPoint(place.left, place.top)
    left = min(max(at.x(), room.left()), room.right() + 1 - wide)
    top = min(max(at.y(), room.top()), room.bottom() + 1 - high)
    window.showNormal() if window.isMaximized() else None
    window.setScreen(screen)
    window.setGeometry(QRect(left, top, wide, high))
    window.showMaximized() if place.full else window.show()

"""Which screen a window stands on, and the ruler that was laid on it."""

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QScreen, QWindow
from PySide6.QtWidgets import QWidget

from farlead_ui.bridge import listen
from farlead_ui.ecg.rulers import Rulers, Screen

_MILLIMETRES = 25.4
Look: TypeAlias = Callable[[QWidget], Screen]


def screen_of(widget: QWidget) -> Screen:
    """The screen that a widget stands on, as the system tells it."""
    return described(widget.screen())


def described(screen: QScreen) -> Screen:
    """A screen as the system tells it."""
    ratio = screen.devicePixelRatio()
    size = screen.geometry().size()
    return Screen(
        screen.manufacturer(),
        screen.model(),
        screen.serialNumber(),
        screen.name(),
        round(size.width() * ratio),
        round(size.height() * ratio),
        ratio,
        screen.physicalDotsPerInch() * ratio / _MILLIMETRES,
    )


class ScreenWatch(QObject):
    """Tells the scale of the screen that a window stands on, each time it may have changed.

    Parameters
    ----------
    window : QWidget
        A window, or something in one.
    rulers : Rulers
        Followed, too.
    tell : callable
        Takes device pixels per millimetre, or None where no ruler was laid.
    look : callable
        Tells the screen of a widget.
    """

    def __init__(
        self,
        window: QWidget,
        rulers: Rulers,
        tell: Callable[[float | None], None],
        look: Look = screen_of,
    ) -> None:
        super().__init__(window)
        self._window, self._rulers, self._tell, self._look = window, rulers, tell, look
        self._native: QWindow | None = None
        self._screen: QScreen | None = None
        window.installEventFilter(self)
        listen(self, rulers.changed, self.follow)
        self.follow()

    @property
    def screen(self) -> Screen:
        """Where the window stands now."""
        return self._look(self._window)

    def follow(self) -> None:
        """Tell what holds now."""
        self._attend()
        self._tell(self._rulers.of(self.screen))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._window and event.type() in (
            QEvent.Type.Show,
            QEvent.Type.DevicePixelRatioChange,
            QEvent.Type.ScreenChangeInternal,
        ):
            self.follow()
        return super().eventFilter(watched, event)

    def _attend(self) -> None:
        """Hear of moves to another screen, and of changes of the screen that it is on."""
        native = self._window.window().windowHandle()
        if native is not None and native is not self._native:
            self._native = native
            native.screenChanged.connect(self.follow)
        screen = self._window.screen()
        if screen is self._screen:
            return
        if self._screen is not None:
            for signal in _signals(self._screen):
                signal.disconnect(self.follow)
        self._screen = screen
        for signal in _signals(screen):
            signal.connect(self.follow)
        screen.destroyed.connect(self._gone)

    def _gone(self) -> None:
        self._screen = None


def _signals(screen: QScreen) -> tuple:  # type: ignore[type-arg]  # Qt's signals have no type
    return (
        screen.geometryChanged,
        screen.physicalDotsPerInchChanged,
        screen.logicalDotsPerInchChanged,
    )

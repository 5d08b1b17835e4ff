"""Where plain models meet Qt's event loop: timers, and listening to a model from a widget."""

import time
from collections.abc import Callable
from typing import Protocol, TypeAlias

import psygnal
from PySide6.QtCore import QObject, QTimer

Cancel: TypeAlias = Callable[[], None]


class Scheduler(Protocol):
    """Timers as plain models see them. Times in seconds."""

    def once(self, seconds: float, act: Callable[[], None]) -> Cancel:
        """Call `act` once, after `seconds`; the result cancels it."""

    def every(self, seconds: float, act: Callable[[], None]) -> Cancel:
        """Call `act` again and again; the result ends it."""

    def ticks(self) -> float:
        """Seconds of a clock that only goes forward, whatever the wall's clock is set to."""


class QtScheduler(QObject):
    """Timers of Qt's event loop, on the GUI thread."""

    def once(self, seconds: float, act: Callable[[], None]) -> Cancel:
        """Call `act` once, after `seconds`."""
        timer = self._timer(seconds, act)
        timer.setSingleShot(True)
        timer.timeout.connect(timer.deleteLater)
        return self._started(timer)

    def every(self, seconds: float, act: Callable[[], None]) -> Cancel:
        """Call `act` each `seconds`."""
        return self._started(self._timer(seconds, act))

    def ticks(self) -> float:
        """Seconds of the machine's steady clock."""
        return time.monotonic()

    def _timer(self, seconds: float, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(round(seconds * 1000))
        timer.timeout.connect(act)
        return timer

    def _started(self, timer: QTimer) -> Cancel:
        alive = [timer]
        timer.destroyed.connect(alive.clear)
        timer.start()

        def cancel() -> None:
            for running in alive:
                self._end(running)
            alive.clear()

        return cancel  # who holds it holds the scheduler, with which its timers would end

    def _end(self, timer: QTimer) -> None:
        timer.stop()
        timer.deleteLater()


def listen(owner: QObject, signal: psygnal.SignalInstance, slot: Callable[[], object]) -> None:
    """Call `slot`, without arguments, at each emission of a model's signal.

    Ends when `owner` is destroyed.
    """

    def call(*_values: object) -> None:
        slot()

    signal.connect(call, check_nargs=False)
    owner.destroyed.connect(lambda: signal.disconnect(call, missing_ok=True))

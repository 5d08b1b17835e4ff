"""A seat for GUI tests: the real window over a scripted desk, time that is moved by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from fake_desk import FakeClock, FakeDesk
from farlead_ui.bridge import Cancel
from farlead_ui.compose import Station
from farlead_ui.reading import REACTION_SECONDS
from farlead_ui.tasks import InlineTasks, Outcome

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier

T = TypeVar("T")


@dataclass
class _Timer:
    due: float
    act: Callable[[], None]
    period: float | None


@dataclass
class ManualScheduler:
    """Timers that go off only when the time is moved."""

    clock: FakeClock
    _timers: list[_Timer] = field(default_factory=list)
    _now: float = 0.0

    def once(self, seconds: float, act: Callable[[], None]) -> Cancel:
        return self._add(_Timer(self._now + seconds, act, None))

    def every(self, seconds: float, act: Callable[[], None]) -> Cancel:
        return self._add(_Timer(self._now + seconds, act, seconds))

    def ticks(self) -> float:
        return self._now

    def _add(self, timer: _Timer) -> Cancel:
        self._timers.append(timer)
        return lambda: self._timers.remove(timer) if timer in self._timers else None

    def advance(self, seconds: float) -> None:
        """Move the clock, timers going off in their order."""
        end = self._now + seconds
        while due := sorted((t for t in self._timers if t.due <= end), key=lambda t: t.due):
            timer = due[0]
            self.clock.now += timedelta(seconds=timer.due - self._now)
            self._now = timer.due
            if timer.period is None:
                self._timers.remove(timer)
            else:
                timer.due += timer.period
            timer.act()
        self.clock.now += timedelta(seconds=end - self._now)
        self._now = end


@dataclass
class TestSeat:
    """Everything that a test of the window needs."""

    __test__ = False

    qtbot: QtBot
    desk: FakeDesk
    clock: FakeClock
    scheduler: ManualScheduler
    station: Station

    @property
    def window(self) -> QWidget:
        return self.station.window

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """A key, wherever the keyboard is."""
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)
        QApplication.sendPostedEvents()

    def type(self, text: str) -> None:
        """Text, wherever the keyboard is; Chinese as an input method would commit it."""
        for letter in text:
            place = QApplication.focusWidget()
            if letter.isascii():
                QTest.keyClicks(place, letter)
            elif place is not None:
                committed = QInputMethodEvent()
                committed.setCommitString(letter)
                QApplication.sendEvent(place, committed)

    def seen(self) -> None:
        """Wait until the sheet of the study in hand is painted, and as long as eyes take."""
        reading = self.station.reading
        self.qtbot.waitUntil(lambda: reading.painted_at is not None, timeout=5000)
        self.scheduler.advance(REACTION_SECONDS)

    def looked(self) -> None:
        """The sheet is painted and was looked at for the least time."""
        self.seen()
        self.scheduler.advance(2.0)

    @property
    def told(self) -> str | None:
        """Id of what is told at the moment."""
        notice = self.station.reading.notice
        return notice.text.id if notice is not None else None


class HeldTasks(InlineTasks):
    """Tasks of one channel are done when they are let go."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self.channel = channel
        self.held: list[Callable[[], None]] = []

    def ordered(
        self, channel: str, work: Callable[[], T], done: Callable[[Outcome[T]], None]
    ) -> None:
        if channel == self.channel:
            self.held.append(lambda: super(HeldTasks, self).ordered(channel, work, done))
        else:
            super().ordered(channel, work, done)

    def latest(
        self, channel: str, work: Callable[[], T], done: Callable[[Outcome[T]], None]
    ) -> None:
        if channel == self.channel:
            self.held.append(lambda: super(HeldTasks, self).latest(channel, work, done))
        else:
            super().latest(channel, work, done)

    def release(self) -> None:
        held, self.held = self.held, []
        self.channel = ""
        for each in held:
            each()

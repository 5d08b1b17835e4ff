"""An hour of batch reading on a scripted desk, as fast as the window goes; what it costs."""

import gc
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from fake_desk import PIN, FakeClock, FakeDesk
from farlead.settings import Settings
from farlead_ui.bridge import QtScheduler
from farlead_ui.compose import Station, compose, dress
from farlead_ui.i18n import Languages
from farlead_ui.i18n.release import release
from farlead_ui.tasks import PoolTasks
from farlead_ui.theme.appearance import Appearance

#: A study each fifteen seconds.
AN_HOUR = 240
_WARM = 40
_PATIENCE = 20.0


class Heartbeat(QObject):
    """Ticks each millisecond; a gap is how long the thread of the window was busy."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[float] = []
        self.busy: list[float] = []  # processor time of the thread in each gap
        self._worked = 0.0
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin."""
        self._since.start()
        self._worked = time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        """End."""
        self._timer.stop()

    def _tick(self) -> None:
        self.gaps.append(self._since.nsecsElapsed() / 1e6 - 1.0)
        self.busy.append((time.thread_time() - self._worked) * 1000.0)
        self._worked = time.thread_time()
        self._since.restart()


class _Beats(QtScheduler):
    """Qt's timers; how long something is looked at is told by the clock of the test."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def ticks(self) -> float:
        return self._clock.now.timestamp()


@dataclass
class Hour:
    """What an hour has shown: studies read, blocks in milliseconds, growth in megabytes."""

    studies: int = 0
    blocks: list[float] = field(default_factory=list)  # by the clock
    busy: list[float] = field(default_factory=list)  # by the thread's own work
    growth: float = 0.0


def read_for_an_hour(application: QApplication, studies: int = AN_HOUR) -> Hour:
    """Open, look through, accept and sign so many studies in the real window."""
    release()
    clock, appearance, tasks = FakeClock(), Appearance(), PoolTasks(1)
    desk = FakeDesk(clock)
    for number in range(studies):
        desk.add(f"示例患者{number}", rate=55 + number % 40, minutes=60 + number)
    dress(application, appearance)
    with TemporaryDirectory() as folder:
        settings = Settings(folder=Path(folder))
        station = compose(desk, settings, appearance, tasks, _Beats(clock), clock)
        station.window.resize(1920, 1080)
        station.window.show()
        station.signing.give_pin(PIN)
        hour = _read(application, station, desk, clock)
        station.window.close()
        tasks.close(5000)
        station.window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    Languages(application).forget()
    application.setStyleSheet("")
    return hour


def _read(application: QApplication, station: Station, desk: FakeDesk, clock: FakeClock) -> Hour:
    hour, beat, before = Hour(), Heartbeat(), 0.0
    station.reading.take(1)
    while desk.rows and _wait(application, lambda: station.reading.seen):
        if hour.studies == _WARM:
            gc.collect()
            before = memory()
            beat.start()
        _look_through(application, station)
        clock.advance(2.0)
        here = station.reading.in_hand
        station.window.commands.run("suggestion.accept_all")
        station.window.commands.run("study.sign")
        hour.studies += 1
        if not _wait(application, lambda here=here: station.reading.in_hand is not here):  # type: ignore[misc]
            break
    beat.stop()
    gc.collect()
    hour.growth = memory() - before
    hour.blocks, hour.busy = beat.gaps, beat.busy
    return hour


def _look_through(application: QApplication, station: Station) -> None:
    run = station.window.commands.run
    for command in ("sheet.layout.3", "sheet.gain_up", "sheet.gain_standard", "sheet.filter",
                    "sheet.filter_original", "sheet.layout.1"):  # fmt: skip
        run(command)
        application.processEvents()


def _wait(application: QApplication, done: object) -> bool:
    end = time.perf_counter() + _PATIENCE
    while not done():  # type: ignore[operator]
        application.processEvents()
        if time.perf_counter() > end:
            return False
    return True


def memory() -> float:
    """Resident memory of this process in megabytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

"""Letting a planned morning happen: services and stations in processes, arrivals by the clock."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from pathlib import Path
from typing import TypeAlias

from farlead.errors import FarleadError
from farlead.messages import message
from farlead.model.lives import StudyState
from farlead.services import Serving
from farlead.settings import Settings
from farlead.simulate.bringing import Bringer
from farlead.simulate.diary import Act, Diary, diary_file
from farlead.simulate.figures import Outcome, Ran, outcome
from farlead.simulate.house import make_house
from farlead.simulate.plan import AWAY_SECONDS, Coming, Plan, Shift
from farlead.simulate.processors import Used, used_by
from farlead.simulate.station import Orders, begin_file, ready_file
from farlead.store import Store

#: Unless told otherwise readers have so long after the last arrival, in seconds of the morning.
FINISH_SECONDS = 2700.0
#: Seconds of the wall clock: for a few stations to stand; for one to end; between two words of how
#: it goes; between two looks whether all is read.
_START, _END, _WORD, _LOOK = 300.0, 30.0, 20.0, 1.0
#: And so long what has been brought may take to be screened.
_SCREENED = 600.0
#: Studies that are still somebody's work.
_UNFINISHED = (StudyState.WAITING, StudyState.CLAIMED, StudyState.CHECKED)


@dataclass(frozen=True, slots=True)
class Progress:
    """How a morning goes.

    Parameters
    ----------
    minutes : float
        Of the morning.
    arrived, signed, waiting : int
    behind : float
        Seconds of the morning by which arrivals were late until now.
    load : float
    """

    minutes: float
    arrived: int
    signed: int
    waiting: int
    behind: float
    load: float


Told: TypeAlias = Callable[[Progress], None]


def run_morning(
    plan: Plan,
    data: Path,
    folder: Path,
    *,
    database: str | None = None,
    rules: Path | None = None,
    looks: bool = True,
    finish: float = FINISH_SECONDS,
    told: Told = lambda _: None,
) -> Outcome:
    """Let a morning happen.

    Parameters
    ----------
    plan : Plan
    data : Path
        The recordings.
    folder : Path
        Becomes the hub's folder; it must be empty.
    database : str, optional
        Address of an empty PostgreSQL database.
    rules : Path, optional
        An institution's own screening rules.
    looks : bool
        False: readers sit there and take nothing.
    finish : float
        Seconds of the morning after the last arrival in which readers may finish what waits.
    told : callable
        Hears now and then how it goes.

    Raises
    ------
    SettingsError
        Folder or database is in use.
    FarleadError
        Stations did not come up.
    """
    settings = make_house(plan, folder, database, rules)
    (settings.folder / "diaries").mkdir()
    Orders.of(plan, looks=looks).write(settings.folder)
    with Store.of(settings) as store:
        with _serving(settings) as serving, _stations(settings, plan) as stations:
            house = _House(settings, store, serving, stations)
            ran = _Morning(plan, house, Bringer(settings, data), told, finish).run()
        return outcome(plan, store, settings.folder, ran)


@contextmanager
def _serving(settings: Settings) -> Iterator[Serving]:
    serving = Serving(settings)
    serving.ensure()
    try:
        yield serving
    finally:
        serving.stop()


@dataclass
class _Station:
    """The process of a station, which may be killed and started again."""

    settings: Settings
    login: str
    process: subprocess.Popen[bytes] | None = None
    before: float = 0.0  # seconds of the processors until it was killed

    @property
    def used(self) -> float:
        """Seconds of the processors until now."""
        return self.before + (used_by(self.process.pid) if self.process is not None else 0.0)

    def start(self) -> None:
        ready_file(self.settings.folder, self.login).unlink(missing_ok=True)
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "farlead.simulate", str(self.settings.folder), self.login],
            stdin=subprocess.PIPE,
            process_group=0,  # Ctrl-C is for the simulation, which ends what it has started
        )

    @property
    def ready(self) -> bool:
        return ready_file(self.settings.folder, self.login).exists()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """As a failing power supply does; somebody writes down when."""
        if self.process is None:
            return
        self.before = self.used
        self.process.kill()
        self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None
        diary = Diary(diary_file(self.settings.folder, self.login))
        diary.tell(Act.DOWN)
        diary.close()

    def drop(self) -> None:
        """Whatever it does, nobody wants it any more."""
        if self.process is not None:
            self.process.kill()

    def leave(self) -> None:
        """Ask it to end: the study in hand is finished."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()

    def end(self) -> None:
        """Wait for it, and end it by force when it does not."""
        if self.process is None:
            return
        try:
            self.process.wait(_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def _stations(settings: Settings, plan: Plan) -> Iterator[dict[str, _Station]]:
    """All stations, up and waiting for the begin."""
    stations = {shift.login: _Station(settings, shift.login) for shift in plan.shifts}
    with ExitStack() as stack:
        for station in stations.values():
            stack.callback(station.end)
        for station in stations.values():
            stack.callback(station.leave)
        several = os.cpu_count() or 1
        every = list(stations.values())
        try:
            for first in range(0, len(every), several):  # not all at once: that takes longer
                for station in every[first : first + several]:
                    station.start()
                _all_up(every[first : first + several])
            yield stations
        except BaseException:  # Ctrl-C, too: what they would finish is thrown away
            for station in every:
                station.drop()
            raise


def _all_up(stations: list[_Station]) -> None:
    until = time.monotonic() + _START
    while not all(station.ready for station in stations):
        dead = [station.login for station in stations if not station.alive]
        if dead or time.monotonic() > until:
            names = ", ".join(dead or [s.login for s in stations if not s.ready])
            raise FarleadError(message("simulate.not_up", stations=names))
        time.sleep(0.2)


@dataclass(frozen=True, slots=True)
class _House:
    """What stands when the morning begins."""

    settings: Settings
    store: Store
    serving: Serving
    stations: dict[str, _Station]


@dataclass(order=True)
class _Due:
    """Something that happens at a time of the morning."""

    at: float
    place: int
    act: Callable[[], None] = field(compare=False)
    timed: bool = field(default=False, compare=False)


class _Morning:
    """One run of a plan over a house that stands."""

    def __init__(
        self, plan: Plan, house: _House, bringer: Bringer, told: Told, finish: float
    ) -> None:
        self._finish_seconds = finish
        self._plan, self._settings, self._store = plan, house.settings, house.store
        self._serving, self._stations = house.serving, house.stations
        self._bringer, self._told = bringer, told
        self._due: list[_Due] = []
        self._begun = self._word_at = 0.0
        self._late, self._killed, self._repeats = 0.0, 0, 0

    def run(self) -> Ran:
        """From the first arrival until all is read, or the time for it is over."""
        for coming in self._plan.comings:
            self._add(coming.at, partial(self._bringer.bring, coming), timed=True)
            if coming.again is not None:
                self._add(coming.again, partial(self._again, coming))
        for shift in self._plan.shifts:
            if shift.dies is not None:
                self._add(shift.dies, partial(self._kill, shift))
        self._bringer.prepare(self._plan)
        self._begin()
        before = self._used()
        while self._due:
            self._next()
        self._finish()
        used = self._used() - before
        return Ran(
            self._begun, time.time(), self._late, self._killed, self._repeats, used, before.all
        )

    def _used(self) -> Used:
        """Of the processors until now."""
        services = self._serving.number
        return Used(
            0.0 if services is None else used_by(services),
            sum(station.used for station in self._stations.values()),
            time.process_time(),
        )

    def _add(self, at: float, act: Callable[[], None], *, timed: bool = False) -> None:
        heappush(self._due, _Due(at, len(self._due), act, timed))

    def _begin(self) -> None:
        self._begun = self._word_at = time.time() + 0.5
        file = begin_file(self._settings.folder)
        part = file.with_suffix(".part")
        part.write_text(repr(self._begun), "utf-8")
        part.replace(file)

    def _next(self) -> None:
        """Wait for what happens next, and let it happen; say meanwhile how it goes."""
        due = heappop(self._due)
        moment = self._begun + due.at / self._plan.size.speed
        self._word()
        while (left := moment - time.time()) > 0:
            time.sleep(min(left, _LOOK))
            self._word()
        if due.timed:
            self._late = max(self._late, time.time() - moment)
        due.act()

    def _again(self, coming: Coming) -> None:
        self._bringer.bring_again(coming)
        self._repeats += 1

    def _kill(self, shift: Shift) -> None:
        station = self._stations[shift.login]
        self._killed += station.alive
        station.kill()
        back = (time.time() - self._begun) * self._plan.size.speed + AWAY_SECONDS
        self._add(back, station.start)

    def _finish(self) -> None:
        """Until nobody has anything to do; not for ever.

        The readers' time counts from the moment at which all has been taken in and screened.
        """
        until = time.time() + _SCREENED
        while self._arriving() and time.time() < until:
            self._wait()
        until = time.time() + self._finish_seconds / self._plan.size.speed
        while self._unfinished() and time.time() < until:
            self._wait()
        self._word(last=True)

    def _wait(self) -> None:
        self._word()
        time.sleep(_LOOK)

    def _arriving(self) -> bool:
        """Whether something is not on the list yet, or not screened."""
        missing = self._store.balance().arrived < len(self._plan.comings)
        return missing or bool(self._store.pending_screenings(1))

    def _unfinished(self) -> bool:
        return any(self._store.balance().states[state] for state in _UNFINISHED)

    def _word(self, *, last: bool = False) -> None:
        now = time.time()
        if now < self._word_at and not last:
            return
        self._word_at = now + _WORD
        balance = self._store.balance()
        self._told(
            Progress(
                minutes=max(now - self._begun, 0.0) * self._plan.size.speed / 60,
                arrived=balance.arrived,
                signed=balance.states[StudyState.REPORTED],
                waiting=sum(balance.states[state] for state in _UNFINISHED),
                behind=self._late * self._plan.size.speed,
                load=os.getloadavg()[0],
            )
        )

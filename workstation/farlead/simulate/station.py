"""A station of a simulated morning, in a process of its own: ``python -m farlead.simulate``.

It opens a real desk, waits for the morning to begin, and reads until its standard input ends: the
one who started it has closed it, or is gone.
"""

import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from farlead.access.demo_authority import DEMO_PIN
from farlead.services import open_desk
from farlead.services.child import until_told
from farlead.settings import Settings, load_settings
from farlead.simulate.diary import Act, Diary, core_wait, diary_file
from farlead.simulate.plan import BREAK_SECONDS, Plan, patient_number
from farlead.simulate.reader import Cards, Habits, Reader


@dataclass(frozen=True, slots=True)
class Orders:
    """What all stations have to know of the morning; a file in its folder.

    Parameters
    ----------
    speed : float
    seed : int
    looks : bool
        Whether readers take anything at all.
    planted : tuple of str
        Numbers of patients whose ECG is critical by its label.
    breaks : dict
        Log-in -> when its reader's break begins, in seconds of the morning.
    """

    speed: float
    seed: int
    looks: bool
    planted: tuple[str, ...]
    breaks: dict[str, float]

    @classmethod
    def of(cls, plan: Plan, *, looks: bool = True) -> Self:
        """Of a plan."""
        breaks = {s.login: s.break_from for s in plan.shifts if s.break_from is not None}
        planted = tuple(patient_number(each.patient) for each in plan.planted)
        return cls(plan.size.speed, plan.size.seed, looks, planted, breaks)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """As they stand in a folder."""
        found = json.loads(_orders(folder).read_text("utf-8"))
        return cls(**{**found, "planted": tuple(found["planted"])})

    def write(self, folder: Path) -> None:
        """Into a folder."""
        found = {name: getattr(self, name) for name in self.__dataclass_fields__}
        _orders(folder).write_text(json.dumps(found), "utf-8")

    def habits(self, login: str) -> Habits:
        """How a reader works."""
        return Habits(self.speed, f"{self.seed}-{login}", self.looks, frozenset(self.planted))


def _orders(folder: Path) -> Path:
    return folder / "simulation.json"


def ready_file(folder: Path, login: str) -> Path:
    """There when a station can begin."""
    return folder / "diaries" / f"{login}.ready"


def begin_file(folder: Path) -> Path:
    """There when the morning begins, with the time at which it does."""
    return folder / "begin"


def run_station(settings: Settings, login: str, stop: threading.Event) -> None:
    """Read at a desk until `stop`."""
    folder = settings.folder
    orders = Orders.read(folder)
    diary = Diary(diary_file(folder, login))
    with open_desk(settings, login, word=DEMO_PIN, station=f"模拟席 {login}") as desk:
        cards = Cards(desk, diary)
        reader = Reader(desk, cards, diary, orders.habits(login))
        ready_file(folder, login).touch()
        begun = _begun(folder, stop)
        cards.start()
        diary.tell(Act.UP)
        try:
            _read_until(reader, diary, stop, _pause(orders, login, begun))
        finally:
            diary.tell(Act.WAITED, f"{core_wait():.3f}")
            diary.tell(Act.DOWN)
            cards.close()


def _begun(folder: Path, stop: threading.Event) -> float:
    """Wait for the begin; its time by the wall clock."""
    while not stop.is_set():
        if begin_file(folder).exists():
            begun = float(begin_file(folder).read_text("utf-8"))
            stop.wait(max(begun - time.time(), 0))
            return begun
        stop.wait(0.1)
    return time.time()


def _pause(orders: Orders, login: str, begun: float) -> tuple[float, float] | None:
    """The break by the wall clock, unless it is over."""
    if login not in orders.breaks:
        return None
    since = begun + orders.breaks[login] / orders.speed
    until = since + BREAK_SECONDS / orders.speed
    return (since, until) if time.time() < until else None


def _read_until(
    reader: Reader, diary: Diary, stop: threading.Event, pause: tuple[float, float] | None
) -> None:
    while not stop.is_set():
        if pause is not None and time.time() >= pause[0]:
            diary.tell(Act.BREAK)
            stop.wait(max(pause[1] - time.time(), 0))
            diary.tell(Act.BACK)
            pause = None
        reader.read_on()


def main(folder: Path, login: str) -> int:
    """Entry of the process."""
    run_station(load_settings(folder), login, until_told())
    return 0

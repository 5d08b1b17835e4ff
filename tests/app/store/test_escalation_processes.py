"""Escalation goes on from another station: kill -9, and a database that stops in the middle.

``FARLEAD_SEED`` chooses the moments; it is printed when something fails.
"""

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from farlead.messages import message
from farlead.model.screening import Flag, Quality, Screening
from farlead.model.study import Severity
from farlead.store import Store
from support_places import POSTGRES, Place, new_place
from support_postgres import running_server
from support_store import MORNING, arrival

SUPPORT = Path(__file__).parents[2] / "support"
SEED = int(os.environ.get("FARLEAD_SEED", "20261122"))
CASES, STATIONS = 3, 3
PAUSE = Flag("pause", Severity.CRITICAL, message("worklist.reason.critical"), "pause/3")
MARKS = [0, 1, 2, 3]


class _Hand:
    """The clock of all stations, in the test's hand."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.set(MORNING)

    def set(self, time: datetime) -> None:
        part = self.file.with_suffix(".part")
        part.write_text(time.isoformat(), "utf-8")
        part.replace(self.file)

    def __call__(self) -> datetime:
        return datetime.fromisoformat(self.file.read_text("utf-8"))

    def advance(self, minutes: float) -> None:
        self.set(self() + timedelta(minutes=minutes))


def _station(place: Place, clock: _Hand, name: str) -> "subprocess.Popen[str]":
    made = subprocess.Popen(
        [
            sys.executable, "-W", "error", "-m", "support_escalator", str(place.where),
            str(place.keys), str(clock.file), name,
        ],
        cwd=SUPPORT,
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert made.stdout is not None
    assert made.stdout.readline() == "ready\n"
    return made


@contextmanager
def _stations(place: Place, clock: _Hand) -> Iterator[list["subprocess.Popen[str]"]]:
    running = [_station(place, clock, f"seat {n}") for n in range(STATIONS)]
    try:
        yield running
    finally:
        for station in running:
            station.kill()
            station.wait()
            if station.stdout is not None:
                station.stdout.close()


def _suspect(store: Store) -> None:
    for number in range(CASES):
        study = store.add_object(arrival(f"s{number}")).study_id
        worst = Screening("1", Severity.CRITICAL, True, Quality.FIT, (), (PAUSE,))
        store.save_screening(study, worst)


def _told(store: Store) -> list[list[int]]:
    return [[e.mark.number for e in case.escalations] for case in store.running_cases()]


def _once(store: Store) -> None:
    """No mark twice: neither in the table nor in the audit trail."""
    entries = [
        (entry.subject, str(entry.detail["mark"]))
        for case in store.running_cases()
        for entry in store.trail(f"study:{case.study}")
        if entry.action == "critical.escalated"
    ]
    twice = [what for what, many in Counter(entries).items() if many > 1]
    assert not twice, f"seed {SEED}"
    assert len(entries) == sum(map(len, _told(store))), f"seed {SEED}"
    assert store.verify_audit() == [], f"seed {SEED}"


def _until(done: Callable[[], bool]) -> None:
    for _ in range(600):
        if done():
            return
        threading.Event().wait(0.1)
    raise AssertionError(f"seed {SEED}: it does not come")


def test_killed_stations_leave_nothing_out_and_nothing_twice(place: Place, tmp_path: Path) -> None:
    chance = random.Random(SEED)
    clock = _Hand(tmp_path / "clock")
    with place.open(clock) as store:
        _suspect(store)
        with _stations(place, clock) as stations:
            for number, minutes in enumerate((1, 4, 5, 5)):
                clock.advance(minutes)
                victim = chance.randrange(STATIONS)
                threading.Event().wait(chance.uniform(0, 0.05))  # somewhere within the writing
                os.kill(stations[victim].pid, signal.SIGKILL)
                wanted = [MARKS[: number + 1]] * CASES
                _until(lambda wanted=wanted: _told(store) == wanted)
                stations[victim].wait()
                stations[victim].stdout.close()
                stations[victim] = _station(place, clock, f"seat again {number}")
        _once(store)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Place]:
    """A server that the test may stop."""
    with running_server() as server:
        yield new_place(POSTGRES, tmp_path, server)


def test_a_database_that_stops_in_the_middle_goes_on_where_it_was(
    own_server: Place, tmp_path: Path
) -> None:
    chance = random.Random(SEED)
    clock = _Hand(tmp_path / "clock")
    server = own_server.server
    assert server is not None
    with own_server.open(clock) as store:
        _suspect(store)
    with _stations(own_server, clock) as stations:
        os.kill(stations[0].pid, signal.SIGKILL)  # and one station is gone for good
        for minutes in (1, 4, 5, 5):
            clock.advance(minutes)
            threading.Event().wait(chance.uniform(0, 0.05))
            server.stop(chance.choice((signal.SIGINT, signal.SIGQUIT)))
            server.start()
        with own_server.open(clock) as store:
            _until(lambda: _told(store) == [MARKS] * CASES)
            _once(store)

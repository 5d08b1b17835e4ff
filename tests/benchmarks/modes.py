"""Modes of reading and the wall, with a year of data in an embedded store; part by part.

`batch`: `batch_ms`, `batch_p95_ms`, and `take`: `take_ms`, are of the real window over a house of
its own, by the clock (:mod:`support_reading_modes`). `cards`: `card_p50_s`, `card_p99_s`, from the
store to the card on every one of many stations (:mod:`support_card_stations`).

`wall`: `wall_ms` is one look of the wall at the store (median), `wall_first_ms` the first one,
which also makes the band of usual days; `numbers_s` is the manager's year by day: processor time,
for the database is in the process. `wall_cpu` is the share of one core that the program with its
window of 3840 × 2160 takes, in percent of the time it hangs there.

`morning`: `unseen_critical`, `missed_critical` and `balance` are of a simulated morning
(:mod:`support_simulation`), which takes ten minutes and more.

``FARLEAD_PARTS`` (``take,wall``) chooses; ``FARLEAD_STUDIES`` (in the year), ``FARLEAD_SECONDS``
(that the wall hangs), ``FARLEAD_ECGS`` (of the batch), ``FARLEAD_DESKS`` and ``FARLEAD_ARRIVALS``
(of the cards) change the size; ``FARLEAD_SIMULATE`` has options of the morning.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from farlead.access.accounts import Session
from farlead.desk import FiguresDesk
from farlead.model.numbers import Period
from farlead.model.people import Role
from farlead.model.study import Severity
from farlead.settings import Promised, Settings
from farlead.store import Store
from support_card_stations import cards_everywhere
from support_reading_modes import batch, takes
from support_simulation import simulated_morning
from support_store import arrival, reader, screening
from support_year import fill

STUDIES = int(os.environ.get("FARLEAD_STUDIES", "500000"))
SECONDS = float(os.environ.get("FARLEAD_SECONDS", "60"))
ECGS = int(os.environ.get("FARLEAD_ECGS", "300"))
DESKS = int(os.environ.get("FARLEAD_DESKS", "12"))
ARRIVALS = int(os.environ.get("FARLEAD_ARRIVALS", "40"))
WAITING, WINDOWS = 300, 2
_HANGING = 120.0  # s that the wall may take to be there


def run() -> dict[str, float]:
    """Every part that is wanted, its figures printed when it ends."""
    wanted = os.environ.get("FARLEAD_PARTS", ",".join(PARTS)).split(",")
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        raise SystemExit(f"no part {unknown}; there are: {', '.join(PARTS)}")
    found: dict[str, float] = {}
    for name in wanted:
        began = time.perf_counter()
        print(f"-- {name}", flush=True)
        part = {**PARTS[name](), f"{name}_took_s": time.perf_counter() - began}
        part[f"{name}_load"] = os.getloadavg()[0]
        for key, value in part.items():
            print(f"   {key}  {value:g}", flush=True)
        found |= part
    return found


def _everywhere() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        return cards_everywhere(Path(folder), DESKS, WINDOWS, ARRIVALS)


def _wall() -> dict[str, float]:
    """Fill a year, then look at it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(folder=Path(folder))
        with Store.of(settings) as store:
            fill(store, settings.folder / "farlead.db", datetime.now(UTC), STUDIES)
            for number in range(WAITING):
                study = store.add_object(
                    arrival(f"w{number}", unit=f"u{number % 200 + 1}")
                ).study_id
                store.save_screening(study, screening(Severity(number % 4)))
            kept = _seconds(lambda: _keep(store))
            boss = reader(store, "boss", Role.MANAGER)
        with Store.of(settings) as store:
            desk = FiguresDesk(store, Session(boss, "wall", store.now()), Promised())
            first = _seconds(desk.wall)
            looks = [_seconds(desk.wall) for _ in range(30)]
            today = store.now().astimezone().date()
            year = today - timedelta(days=364)
            numbers = [_seconds(lambda: desk.numbers(year, today, Period.DAY)) for _ in range(5)]
        return {
            "studies": float(STUDIES),
            "wall_first_ms": first * 1000,
            "wall_ms": float(np.median(looks)) * 1000,
            "numbers_first_s": numbers[0],
            "numbers_s": min(numbers),
            "keep_year_s": kept,
            "wall_cpu": _hung(settings.folder),
        }


PARTS: dict[str, Callable[[], dict[str, float]]] = {
    "batch": lambda: batch(ECGS),
    "take": takes,
    "cards": _everywhere,
    "wall": _wall,
    "morning": simulated_morning,
}


def _keep(store: Store) -> None:
    while store.keep_days(30):
        pass


def _seconds(act: Callable[[], object]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


_PROGRAM = """
import json, sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication([])
from farlead_ui.app import main
begun = []
def look():
    (window,) = [w for w in app.topLevelWidgets() if w.isVisible()]
    if window._model.wall is None:
        return
    if not begun:
        window.showNormal()
        window.resize(3840, 2160)
        begun.append((time.perf_counter(), time.process_time()))
    elif time.perf_counter() - begun[0][0] > SECONDS:
        spent = time.process_time() - begun[0][1]
        print(json.dumps(100 * spent / (time.perf_counter() - begun[0][0])))
        window.close()
timer = QTimer(); timer.timeout.connect(look); timer.start(500)
sys.exit(main(["--home", FOLDER, "--wall", "--login", "boss"]))
"""


def _hung(folder: Path) -> float:
    program = _PROGRAM.replace("SECONDS", repr(SECONDS)).replace("FOLDER", repr(str(folder)))
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS + _HANGING,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    share: float = json.loads(done.stdout.splitlines()[-1])
    return share

"""Cards of arrivals on many stations at once: processes of their own over one embedded house.

Run as a program it is one station: the models of a window without its window, or the real window.
It writes a line for each card with the clock of the machine: ``ready``, ``STUDY TIME`` when it is
there, ``-STUDY TIME`` when it says that somebody has it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

import numpy as np

from farlead.model.study import Severity
from farlead.services import open_desk
from farlead.settings import Settings, load_settings, utc_now
from farlead_ui.app import standing
from farlead_ui.arrivals import ArrivalsModel
from farlead_ui.bridge import Cancel
from farlead_ui.reading import ReadingModel
from farlead_ui.seat import SeatMemory
from farlead_ui.tasks import InlineTasks
from farlead_ui.waiting import WaitingModel
from support_house import PIN, READER, SECOND, House, open_house
from support_store import arrival, screening

# Seconds after which whoever has not answered is named: a card, and a whole station that starts.
_PATIENCE, _STARTING = 60.0, 240.0
_LOOK = 0.01


def cards_everywhere(folder: Path, desks: int, windows: int, arrivals: int) -> dict[str, float]:
    """``card_p99_s``: from before its screening is written until the last station has the card.

    ``card_taken_p99_s``: from before another reader's claim until the last one says who has it.
    """
    with ExitStack() as stack:
        house = stack.enter_context(open_house(folder))
        told = [
            stack.enter_context(_running(folder, f"{kind}{n}"))
            for kind, many in (("desk", desks), ("window", windows))
            for n in range(many)
        ]
        await_all("ready", told, _STARTING)
        shown, taken = zip(*[_one(house, told, n) for n in range(arrivals)], strict=True)
        return {
            "card_p50_s": float(np.median(shown)),
            "card_p99_s": float(np.percentile(shown, 99)),
            "card_taken_p99_s": float(np.percentile(taken, 99)),
            "card_stations": float(len(told)),
            "card_arrivals": float(arrivals),
        }


def _one(house: House, told: list[Path], number: int) -> tuple[float, float]:
    store = house.services.store
    study = store.add_object(arrival(f"c{number}", unit="jia")).study_id
    begun = time.time()
    store.save_screening(study, screening(Severity.CRITICAL))
    shown = max(await_all(f"{study} ", told)) - begun
    begun = time.time()
    store.claim(study, store.account(SECOND.login), "elsewhere")
    return shown, max(await_all(f"-{study} ", told)) - begun


def await_all(word: str, told: list[Path], patience: float = _PATIENCE) -> list[float]:
    """When each station wrote a line that begins so; TimeoutError says what and who."""
    end = time.monotonic() + patience
    found: dict[Path, float] = {}
    while len(found) < len(told):
        for file in told:
            if file not in found and file.exists():
                lines = file.read_text("utf-8").splitlines()
                at = next((line for line in lines if line.startswith(word)), None)
                if at is not None:
                    found[file] = float(at.split()[-1])
        if time.monotonic() > end:
            late = ", ".join(file.stem for file in told if file not in found)
            raise TimeoutError(f"{word.strip()!r} was not told within {patience:g} s by {late}")
        time.sleep(_LOOK)
    return list(found.values())


@contextmanager
def _running(folder: Path, name: str) -> Iterator[Path]:
    told = folder / f"{name}.told"
    support = str(Path(__file__).parent)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": support}
    process = subprocess.Popen([sys.executable, __file__, str(folder), str(told)], env=environment)
    try:
        yield told
    finally:
        process.terminate()
        process.wait(10)


# -- one station


class _Beats:
    """Timers for models without an event loop; :meth:`run` does what is due."""

    def __init__(self) -> None:
        self._due: list[list[object]] = []

    def once(self, seconds: float, act: Callable[[], None]) -> Cancel:
        return self._add(seconds, act, 0.0)

    def every(self, seconds: float, act: Callable[[], None]) -> Cancel:
        return self._add(seconds, act, seconds)

    def ticks(self) -> float:
        return time.monotonic()

    def _add(self, seconds: float, act: Callable[[], None], again: float) -> Cancel:
        entry: list[object] = [time.monotonic() + seconds, act, again]
        self._due.append(entry)
        return lambda: self._due.remove(entry) if entry in self._due else None

    def run(self) -> None:
        now = time.monotonic()
        for entry in [each for each in self._due if each[0] <= now]:  # type: ignore[operator]
            if entry[2]:
                entry[0] = now + entry[2]  # type: ignore[operator]
            else:
                self._due.remove(entry)
            entry[1]()  # type: ignore[operator]


class _Teller:
    """Writes down what is new among the cards."""

    def __init__(self, arrivals: ArrivalsModel, out: TextIO) -> None:
        self._arrivals, self._out = arrivals, out
        self._told: set[str] = set()

    def look(self) -> None:
        for row in self._arrivals.cards:
            gone = self._arrivals.taken_by(row) is not None
            self.tell(f"{'-' if gone else ''}{row.study.id}")

    def tell(self, word: str) -> None:
        if word not in self._told:
            self._told.add(word)
            self._out.write(f"{word} {time.time()}\n")
            self._out.flush()


def _desk(settings: Settings, out: TextIO) -> None:
    beats, tasks = _Beats(), InlineTasks()
    with open_desk(settings, READER.login) as desk:
        waiting = WaitingModel(desk, tasks, beats, utc_now)
        arrivals = ArrivalsModel(ReadingModel(desk, waiting, tasks, beats, utc_now, settings))
        waiting.start()
        teller = _Teller(arrivals, out)
        teller.tell("ready")
        while True:
            beats.run()
            teller.look()
            time.sleep(_LOOK)


def _window(settings: Settings, out: TextIO) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    memory = SeatMemory(login=READER.login)
    with (
        open_desk(settings, READER.login) as desk,
        standing(desk, settings, memory, serve=False) as station,
    ):
        window = station.window
        window.resize(1920, 1080)
        window.show()
        station.signing.give_pin(PIN)
        teller = _Teller(window.arrivals, out)

        def look() -> None:
            if station.waiting.worklist is not None:
                teller.tell("ready")
            if window.cards.isVisible() or not window.arrivals.cards:
                teller.look()

        timer = QTimer()
        timer.timeout.connect(look)
        timer.start(round(_LOOK * 1000))
        application.exec()


if __name__ == "__main__":
    with Path(sys.argv[2]).open("w", encoding="utf-8") as told_to:
        role = _window if Path(sys.argv[2]).name.startswith("window") else _desk
        role(load_settings(Path(sys.argv[1])), told_to)

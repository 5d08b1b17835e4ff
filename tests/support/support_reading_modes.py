"""Figures of the two ways of reading: cards of urgent arrivals, and a run through real ECGs."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ecg_files import recording
from farlead.formats import read
from farlead.formats.dicom_ecg_writer import encode_dicom_ecg
from farlead.model.people import Patient
from farlead.model.recording import Recording
from farlead.services import open_desk
from farlead.settings import SigningSettings
from farlead_ui.app import standing
from farlead_ui.compose import Station
from farlead_ui.seat import SeatMemory
from support_house import PIN, READER, House, house_settings, open_house

DATA = Path(os.environ.get("FARLEAD_DATA", Path(__file__).parents[3] / "shared" / "data"))
#: Arrivals in one house, all of which have their card, and houses.
ARRIVALS, ROUNDS = 3, 6
_PATIENCE = 60.0
_SEGMENT = 10.0  # s of a segment of MIT-BIH
_REACTION = 0.3  # s: what comes sooner after a sheet was not meant for it


def batch(ecgs: int) -> dict[str, float]:
    """``batch_ms`` (median) and ``batch_p95_ms``, of real ECGs one after another.

    Timed from the key that puts one aside until the next one is painted, without the time that its
    reader looks; ``batch_cpu_ms`` is the processor time of the whole program meanwhile.
    """
    with tempfile.TemporaryDirectory() as folder, _station(Path(folder), ecgs) as (_, station):
        taken = _batch(station, ecgs)
    return {**_figures("batch", taken), "batch_ms": median(t.clock for t in taken),
            "batch_ecgs": float(len(taken))}  # fmt: skip


def takes() -> dict[str, float]:
    """``take_ms`` (p95): from Alt+1 on a card until its sheet is painted; ``take_cpu_ms``."""
    taken: list[Took] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder, _station(Path(folder), 0) as (house, station):
            taken += _cards(house, station)
    found = _figures("take", taken)
    return {**found, "take_ms": found.pop("take_p95_ms")}


class Took(NamedTuple):
    """Milliseconds of one act: by the clock, and of the processor."""

    clock: float
    cpu: float


def _figures(name: str, taken: list[Took]) -> dict[str, float]:
    return {
        f"{name}_p95_ms": quantiles((t.clock for t in taken), n=20)[-1],
        f"{name}_best_ms": min(t.clock for t in taken),
        f"{name}_cpu_ms": median(t.cpu for t in taken),
        f"{name}_best_cpu_ms": min(t.cpu for t in taken),
    }


def _timed(act: Callable[[], None]) -> Took:
    clock, worked = time.perf_counter(), time.process_time()
    act()
    return Took(1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - worked))


def real_ecgs(count: int) -> Iterator[Recording]:
    """Records of LUDB, then segments of MIT-BIH; of patients who are not told."""
    heads = sorted((DATA / "ludb").rglob("*.hea"), key=lambda file: int(file.stem))
    given = 0
    for head in heads[:count]:
        found = read(head)
        if isinstance(found, Recording):
            given += 1
            yield found
    for head in sorted((DATA / "mitdb").glob("*.hea")):
        whole = read(head)
        if not isinstance(whole, Recording):
            continue
        step = round(_SEGMENT * whole.fs)
        for start in range(60 * step, whole.samples.shape[1] - step, 30 * step):
            if given >= count:
                return
            given += 1
            part = whole.samples[:, start : start + step].copy()
            yield replace(whole, samples=part, annotations=())


@contextmanager
def _station(folder: Path, ecgs: int) -> Iterator[tuple[House, Station]]:
    settings = house_settings(folder).model_copy(
        update={"signing": SigningSettings(least_view_seconds=0.0)}
    )
    with open_house(folder, settings) as house:
        for number, found in enumerate(real_ecgs(ecgs)):
            named = replace(
                found,
                patient=Patient(name=f"示例{number}", local_number=f"B{number}"),
                start=found.start or datetime(2026, 11, 22, tzinfo=UTC),
            )
            house.drop(f"b{number}.dcm", encode_dicom_ecg(named)[0])
        house.take_in()
        with (
            open_desk(house.settings, READER.login) as desk,
            standing(desk, house.settings, SeatMemory(login=READER.login), serve=False) as station,
        ):
            _begin(station)
            yield house, station
            station.window.close()


def _begin(station: Station) -> None:
    station.window.resize(1920, 1080)
    station.window.show()
    station.window.activateWindow()
    station.signing.give_pin(PIN)
    opened = station.signing
    _until("log-in", lambda: station.waiting.worklist is not None and opened.locked_since is None)


def _batch(station: Station, ecgs: int) -> list[Took]:
    """Y where it says something, then the draft is kept and the next one comes."""
    reading, taken = station.reading, []
    _press(station, Qt.Key.Key_N)
    _until("the first sheet", lambda: reading.painted_at is not None)

    def step() -> None:
        here = reading.in_hand
        _press(station, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        _until(
            f"the sheet after {here.number if here else None}",
            lambda: reading.in_hand not in (None, here) and reading.painted_at is not None,
        )

    for done in range(ecgs - 1):
        _rest(_REACTION)
        _press(station, Qt.Key.Key_Y)
        taken.append(_timed(step))
        if done % 50 == 49:
            sys.stdout.write(f"   {done + 1} ECGs, the last in {taken[-1].clock:.0f} ms\n")
    return taken


def _cards(house: House, station: Station) -> list[Took]:
    """Arrivals one after another; each is taken by its key and given back."""
    reading = station.reading
    _warm(house, station)
    takes = []
    for number in range(ARRIVALS):
        before = {row.study.id for row in house.waiting()}
        made = recording(rate=28, noise=0.01, seed=number, local_number=f"U{number}")
        house.drop(f"u{number}.dcm", encode_dicom_ecg(made)[0])
        house.take_in()
        new = next(row.study.id for row in house.waiting() if row.study.id not in before)
        takes.append(_taken(station, new))
        reading.close()
        _rest(_REACTION)
    return takes


def _taken(station: Station, study: int) -> Took:
    """A card that has been there for a moment is taken by its key."""
    reading = station.reading
    _until(f"the card of study {study}", lambda: _card(station, study) is not None)
    _rest(_REACTION)
    place = _card(station, study)
    assert place is not None

    def take() -> None:
        key = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3)[place]
        _press(station, key, Qt.KeyboardModifier.AltModifier)
        _until(
            f"the sheet of study {study}",
            lambda: reading.in_hand is not None and reading.painted_at is not None,
        )

    return _timed(take)


def _warm(house: House, station: Station) -> None:
    """A station has been read at before: fonts, sandbox and sheet are there."""
    house.drop("calm.dcm", encode_dicom_ecg(recording(local_number="W"))[0])
    house.take_in()
    station.reading.take(house.waiting()[0].study.id)
    _until("the first sheet", lambda: station.reading.painted_at is not None)
    station.reading.close()
    _rest(_REACTION)


def _card(station: Station, study: int) -> int | None:
    cards = [row.study.id for row in station.window.arrivals.cards]
    return cards.index(study) if study in cards else None


def _press(
    station: Station, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(QApplication.focusWidget() or station.window, key, held)


def _rest(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        QCoreApplication.processEvents()
        time.sleep(0.001)


def _until(what: str, reached: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not reached():
        QCoreApplication.processEvents()
        time.sleep(0.0005)
        if time.monotonic() > end:
            raise TimeoutError(f"{what} was waited for {_PATIENCE:g} s")

"""A real window whose database goes amid reading, and comes back: a server, and a file."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ecg_files import dicom_bytes, recording
from farlead.desk import StationDesk
from farlead.messages import Language
from farlead.model.lives import StudyState
from farlead.model.report import Decision, Ground, Statement
from farlead.services import open_desk
from farlead.settings import Settings, utc_now
from farlead_ui.bridge import QtScheduler
from farlead_ui.compose import Station, compose, dress
from farlead_ui.i18n import Languages
from farlead_ui.i18n.release import release
from farlead_ui.tasks import PoolTasks
from farlead_ui.theme.appearance import Appearance
from support_house import PIN, READER, House, open_house
from support_outage import open_hub
from support_postgres import running_server

_LONG = 60_000


@contextmanager
def _window(
    desk: StationDesk, settings: Settings, qapp: QApplication
) -> Iterator[tuple[Station, PoolTasks]]:
    appearance, tasks, scheduler = Appearance(), PoolTasks(), QtScheduler()
    appearance.language = Language.ZH
    dress(qapp, appearance)
    station = compose(desk, settings, appearance, tasks, scheduler, utc_now)
    station.window.resize(1920, 1080)
    station.window.show()
    try:
        yield station, tasks
    finally:
        station.window.close()
        tasks.close(_LONG)
        scheduler.deleteLater()
        appearance.changed.disconnect()
        Languages(qapp).forget()
        qapp.setStyleSheet("")


@dataclass
class Base:
    """A house with two studies, a station that reads there, and its database in the test's hand."""

    house: House
    desk: StationDesk
    study: int
    lose: Callable[[], object]
    give_back: Callable[[], object]


@contextmanager
def _server(folder: Path) -> Iterator[Base]:
    with running_server() as server, open_hub(server, folder) as hub:
        study = hub.study("a.dcm")
        hub.study("b.dcm")
        with hub.station(READER.login) as desk:
            yield Base(hub.house, desk, study, server.stop, server.start)


@contextmanager
def _file(folder: Path) -> Iterator[Base]:
    with open_house(folder / "house") as house:
        for name in ("a", "b"):
            house.drop(f"{name}.dcm", dicom_bytes(recording(local_number=name)))
            house.take_in()
        file, study = house.settings.database_file, house.rows()[0].study.id
        aside = file.with_name("elsewhere.db")
        with open_desk(house.settings, READER.login) as desk:
            yield Base(house, desk, study, lambda: file.rename(aside), lambda: aside.rename(file))
        assert not aside.exists()


@pytest.mark.parametrize("kind", [_server, _file], ids=["postgres", "sqlite"])
def test_the_database_goes_amid_reading_and_comes_back(
    qtbot: QtBot,
    qapp: QApplication,
    tmp_path_factory: pytest.TempPathFactory,
    kind: Callable[[Path], AbstractContextManager[Base]],
) -> None:
    release()
    with kind(tmp_path_factory.mktemp("base")) as base:
        desk, study = base.desk, base.study
        quick = base.house.settings.signing.model_copy(update={"least_view_seconds": 0.0})
        settings = base.house.settings.model_copy(update={"signing": quick})
        with _window(desk, settings, qapp) as (station, _):
            reading, waiting = station.reading, station.waiting
            station.signing.give_pin(PIN)
            qtbot.waitUntil(lambda: waiting.worklist is not None, timeout=_LONG)
            reading.take(study)
            qtbot.waitUntil(lambda: reading.painted_at is not None, timeout=_LONG)
            for suggestion in reading.drafting.suggestions:
                reading.drafting.focus(reading.drafting.suggestions.index(suggestion))
                reading.drafting.reject(Ground.ARTIFACT)
            assert all(d is Decision.REJECTED for d in reading.drafting.draft.decisions.values())

            base.lose()
            bar = station.window.outage_bar
            qtbot.waitUntil(bar.isVisible, timeout=_LONG)
            reading.drafting.add(Statement("RH101", "窦性心律", "Sinus rhythm"))
            reading.flush()
            qtbot.waitUntil(lambda: desk.kept().drafts == 1, timeout=_LONG)
            signing = station.signing
            qtbot.waitUntil(lambda: signing.may_sign and not signing.checking, timeout=_LONG)
            signing.sign()
            qtbot.waitUntil(lambda: desk.kept().ready == 1, timeout=_LONG)
            assert "待签 1" in bar.kept.text() or bar.isVisible()

            base.give_back()
            qtbot.waitUntil(lambda: waiting.away is None, timeout=_LONG)
            batch = station.window.batch
            qtbot.waitUntil(lambda: station.window.outage.kept.ready == 1, timeout=_LONG)
            qtbot.waitUntil(lambda: bool(desk.batch().items), timeout=_LONG)
            batch.open()
            qtbot.waitUntil(lambda: bool(batch.ready), timeout=_LONG)
            batch.sign(PIN)
            qtbot.waitUntil(lambda: bool(batch.outcomes), timeout=_LONG)
            store = base.house.services.store
            assert store.study(study).state is StudyState.REPORTED
            assert len(store.reports(study)) == 1
            qtbot.waitUntil(lambda: not desk.kept(), timeout=_LONG)

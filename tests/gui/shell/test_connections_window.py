"""The connections window: worst first, by keys alone, over real peers that are up and down."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fake_tending import FakeTending, many
from farlead.access.accounts import Session
from farlead.errors import StoreError
from farlead.messages import Language, message
from farlead.model.connection import Connection, Standing, Way
from farlead.model.people import Account, Role
from farlead.services import Services, connections
from farlead.services.connections import tending
from farlead.settings import Settings
from farlead.store import Store
from farlead_ui.connections.table import ROW
from farlead_ui.tasks import PoolTasks
from farlead_ui.tending import Key as LineKey
from farlead_ui.tending import TendingModel
from peers_of_delivery import fhir_server, hospital_system
from support_gui import CTRL, Key, ManualScheduler, TestSeat
from support_orthanc import free_port, orthanc
from support_store import reader, report_one

BUSY = message("store.busy", seconds=10)
ENGINEER = Account(9, "gong", "示例工程师", Role.SYSTEM_ADMINISTRATOR)
HL7_OF_12: LineKey = ("u012:hl7", Way.HL7)
FHIR_OF_3: LineKey = ("u003:fhir", Way.FHIR)


@pytest.fixture
def consortium(make_seat: Callable[..., TestSeat]) -> TestSeat:
    """A seat that sees 200 units, with the window open."""
    made = make_seat()
    assert made.desk.tending is not None
    many(made.desk.tending)
    made.press(Key.Key_F12)
    return made


def fake(seat: TestSeat) -> FakeTending:
    assert seat.desk.tending is not None
    return seat.desk.tending


def model(seat: TestSeat) -> TendingModel:
    return seat.station.window.tending


def test_two_hundred_units_stand_worst_first(consortium: TestSeat) -> None:
    lines = model(consortium).lines
    assert len(lines) == 403
    standings = [line.standing for line in lines]
    assert standings == sorted(standings, reverse=True)
    assert [line.key for line in lines[:2]] == [HL7_OF_12, FHIR_OF_3]
    table = consortium.station.window.over.connections.view.table
    assert table.rows.rowCount() == 403


def test_it_is_driven_by_keys_alone(consortium: TestSeat) -> None:
    seat, here = consortium, model(consortium)
    assert here.chosen == HL7_OF_12
    seat.press(Key.Key_Return)
    assert fake(seat).asked == ["u012:hl7"]
    assert here.line is not None
    assert here.line.answer is not None
    assert here.line.answer.trouble == fake(seat).silent["u012:hl7"]

    seat.press(Key.Key_Down)
    assert here.chosen == FHIR_OF_3
    assert [each.delivery for each in here.parked] == [1, 2, 3]
    seat.press(Key.Key_D, CTRL)
    assert fake(seat).sent == [1, 2, 3]
    assert here.line is not None
    assert here.line.connection.parked == 0

    seat.type("008 县")
    assert {line.connection.title for line in here.lines} == {"示例 008 县人民医院"}
    seat.press(Key.Key_Escape)
    assert not seat.station.window.over.connections.isVisible()
    assert seat.station.window.keyboard.on_sheet


def test_the_mouse_does_the_same(consortium: TestSeat) -> None:
    seat, view = consortium, consortium.station.window.over.connections.view
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(view.table.viewport(), left, pos=QPoint(200, ROW + ROW // 2))
    assert model(seat).chosen == FHIR_OF_3
    QTest.mouseClick(view.details.test, left)
    assert fake(seat).asked == ["u003:fhir"]
    QTest.mouseClick(view.only_trouble, left)
    assert [line.key for line in model(seat).lines] == [HL7_OF_12, FHIR_OF_3]
    QTest.mouseClick(view.test_all, left)
    assert fake(seat).asked[1:] == ["u012:hl7", "u003:fhir"]
    assert model(seat).testing == 0
    view.details.parked.setFocus()
    seat.press(Key.Key_Down)
    seat.press(Key.Key_Return)
    assert fake(seat).sent == [2]  # one alone
    assert [each.delivery for each in model(seat).parked] == [1, 3]


def test_it_looks_again_while_it_is_open_only(
    consortium: TestSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, here = consortium, model(consortium)
    fake(seat).known.pop(HL7_OF_12)
    seat.scheduler.advance(3.5)
    assert here.chosen == FHIR_OF_3  # the one that was chosen is no longer there
    monkeypatch.setattr(FakeTending, "connections", _gone)
    seat.scheduler.advance(3.5)
    told = seat.station.window.over.connections.view.told
    assert told.isVisible()
    assert told.text() == BUSY.text(Language.ZH)
    monkeypatch.undo()
    seat.press(Key.Key_Escape)
    fake(seat).known.pop(FHIR_OF_3)
    seat.scheduler.advance(60.0)
    assert len(here.all) == 402


def test_a_password_in_clear_is_warned_of(consortium: TestSeat) -> None:
    seat, here = consortium, model(consortium)
    view = seat.station.window.over.connections.view
    warning = message("peers.open_password", place="units.u012.hl7")
    assert "明文口令" not in view.counts.text()
    known = fake(seat).known[HL7_OF_12]
    fake(seat).put(replace(known, warning=warning))
    seat.scheduler.advance(3.5)
    here.choose(HL7_OF_12)
    assert warning.text(Language.ZH) in view.details._warning.text()
    assert view.details._warning.isVisible()
    assert "明文口令 1 处" in view.counts.text()
    here.choose(FHIR_OF_3)
    assert not view.details._warning.isVisible()


def _gone(_tending: FakeTending) -> list[Connection]:
    raise StoreError(BUSY)


def test_who_does_not_configure_only_looks(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat()
    many(fake(seat))
    fake(seat).allowed = False
    seat.press(Key.Key_F12)
    seat.press(Key.Key_Return)
    seat.press(Key.Key_T, CTRL)
    model(seat).choose(FHIR_OF_3)
    seat.press(Key.Key_D, CTRL)
    assert (fake(seat).asked, fake(seat).sent) == ([], [])
    view = seat.station.window.over.connections.view
    assert not view.test_all.isEnabled()
    assert not view.details.test.isEnabled()
    assert model(seat).lines  # but sees them


# -- over real peers


@dataclass
class Peers:
    settings: Settings
    house: Services
    seat: TestSeat


@contextmanager
def over(seat: TestSeat, settings: Settings) -> Iterator[Peers]:
    """The window over a real store and the systems of these settings, for an engineer."""
    with Services(settings) as house:
        session = Session(ENGINEER, "工程师站", house.clock())
        real = tending(settings, house.store, session, house.clock)
        seat.station.window.tending._tending = real
        seat.station.window.tending.clock = house.clock
        yield Peers(settings, house, seat)


def _settings(folder: Path, **given: object) -> Settings:
    return Settings.model_validate({"folder": folder, **given})


def _said(seat: TestSeat) -> dict[Way, str | None]:
    found = {}
    for line in model(seat).all:
        assert line.answer is not None
        trouble = line.answer.trouble
        found[line.connection.way] = trouble.id if trouble is not None else None
    return found


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # pynetdicom leaves the socket of a refused association
def test_orthanc_and_a_hospital_system_up_then_down(seat: TestSeat, tmp_path: Path) -> None:
    unit = {"code": "u1", "name": "甲县"}
    with orthanc(tmp_path / "orthanc", dicom=True) as hub:
        with hospital_system() as system, fhir_server() as server:
            ways = [
                {"kind": "folder"},
                {"kind": "hl7", "host": "127.0.0.1", "port": system.port},
                {"kind": "store", "aet": "HUB", "host": "127.0.0.1",
                 "port": hub.dicom_port},
                {"kind": "stow", "archive": "hub"},
                {"kind": "fhir", "url": f"http://127.0.0.1:{server.port}/fhir"},
            ]  # fmt: skip
            archive = hub.archive(unit="u1").model_dump()
            given = {"units": [{**unit, "ways": ways}], "archives": [archive]}
            settings = _settings(tmp_path / "house", **given)
            with over(seat, settings):
                seat.press(Key.Key_F12)
                seat.press(Key.Key_T, CTRL)
                assert set(_said(seat).values()) == {None}
                assert system.messages == []  # nothing of a patient was sent
                assert server.transactions == 0
        hub.kill()
        with over(seat, settings):
            model(seat).test_all()
            silent = {way for way, why in _said(seat).items() if why is not None}
            assert silent == {Way.HL7, Way.STORE, Way.STOW, Way.ARCHIVE, Way.FHIR}
            worst = model(seat).lines[0]
            assert worst.standing is Standing.DOWN
            seat.press(Key.Key_Escape)


def test_a_parked_report_goes_out_again(seat: TestSeat, tmp_path: Path) -> None:
    units = [{"code": "u1", "name": "甲县", "ways": [{"kind": "folder"}]}]
    with over(seat, _settings(tmp_path, units=units)) as peers:
        store = peers.house.store
        report_one(store, "1", reader(store))
        (due,) = store.due_deliveries(9)
        store.begin_delivery(due.id)
        store.park(due.id, message("delivery.unknown_outcome"))
        seat.press(Key.Key_F12)
        here = model(seat)
        assert here.chosen == ("u1", Way.FOLDER)
        seat.press(Key.Key_D, CTRL)
        assert [each.id for each in store.due_deliveries(9)] == [due.id]
        assert here.parked == ()
        (entry,) = [e for e in store.trail(f"delivery:{due.id}") if e.action == "delivery.again"]
        assert entry.actor == ENGINEER.login
        seat.press(Key.Key_Escape)


def test_a_peer_that_hangs_is_given_up(seat: TestSeat, tmp_path: Path) -> None:
    """The window goes on meanwhile; what comes later is dropped."""
    port = free_port()
    hung = threading.Event()
    with socket.create_server(("127.0.0.1", port)) as deaf:
        deaf.listen()
        ways = [{"kind": "fhir", "url": f"http://127.0.0.1:{port}/fhir", "timeout_seconds": 3}]
        units = [{"code": "u1", "name": "甲县", "ways": ways}]
        pool = PoolTasks(parent=seat.station.window)
        with over(seat, _settings(tmp_path, units=units)) as peers:
            here = TendingModel(
                peers.seat.station.window.tending._tending, pool,
                ManualScheduler(seat.clock), peers.house.clock,
            )  # fmt: skip
            here.open()
            seat.qtbot.waitUntil(lambda: len(here.lines) == 2, timeout=5000)
            here.choose(("u1:fhir", Way.FHIR))
            here.changed.connect(lambda: hung.set() if here.testing else None)
            here.test()
            assert here.testing == 1
            QApplication.processEvents()
            assert hung.is_set()
            here.cancel()
            assert here.testing == 0
            here.close()
            assert pool.close(20_000)
            assert here.line is not None
            assert here.line.answer is None


def test_a_way_in_at_which_nobody_looks_any_more_is_in_trouble(
    seat: TestSeat, tmp_path: Path
) -> None:
    units = [{"code": "u1", "name": "甲县"}]
    settings = _settings(tmp_path, units=units)
    with Store.of(settings, clock=seat.clock) as store:
        store.heartbeat({"甲县": None})
        seat.clock.now += timedelta(minutes=3)
        (inbox, _) = connections(settings, store)
        assert inbox.standing is Standing.DOWN
        assert inbox.trouble is not None
        assert inbox.trouble.id == "peers.not_looked_at"
        assert inbox.success == seat.clock.now - timedelta(minutes=3)

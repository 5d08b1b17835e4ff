"""What a unit sees of its studies: the newest only, by its own ways, through restarts."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hl7
import pytest

from farlead.exchange.delivery import Dispatch, Telling
from farlead.model.critical import declared
from farlead.model.people import Unit
from farlead.objects import ObjectFolder
from farlead.settings import Settings, UnitSettings
from farlead.store import Store
from peers_of_delivery import FhirServer, HospitalSystem, fhir_server, hospital_system
from support_store import FakeClock, arrival, draft, reader, report_one, signed


class House:
    """A store, and what tells its units."""

    def __init__(self, folder: Path, *ways: dict[str, object]) -> None:
        self.clock = FakeClock()
        given = {"ways": ways} if ways else {}
        unit = UnitSettings.model_validate({"code": "u1", "name": "甲县", **given})
        self.settings = Settings(folder=folder, units=(unit,))
        self.store = Store.open(folder / "farlead.db", clock=self.clock)
        self.store.add_unit(Unit("u1", "甲县人民医院"))
        self.li = reader(self.store)
        self.telling = self.started()
        self.dispatch = Dispatch(
            self.settings, self.store, ObjectFolder(folder / "objects"), self.clock
        )

    def started(self) -> Telling:
        return Telling(self.settings, self.store, self.clock)

    @property
    def folder(self) -> Path:
        return self.settings.outbox("u1") / "status"

    def said(self, study: int) -> tuple[str, bool]:
        number = self.store.study(study).number
        found = json.loads((self.folder / f"{number}.json").read_text("utf-8"))
        assert (found["schema"], found["number"]) == ("farlead-status/1", number)
        return found["status"], found["critical"]


@contextmanager
def house(folder: Path, *ways: dict[str, object]) -> Iterator[House]:
    made = House(folder / "house", *ways)
    try:
        yield made
    finally:
        made.telling.close()
        made.dispatch.close()
        made.store.close()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


def test_the_unit_sees_how_far_its_study_is(here: House) -> None:
    store, telling = here.store, here.telling
    study = store.add_object(arrival("a")).study_id
    telling.settle()
    assert here.said(study) == ("received", False)
    claim = store.claim(study, here.li, "seat")
    telling.settle()
    assert here.said(study) == ("reading", False)
    case = store.declare_case(study, here.li, declared("前壁 ST 抬高"))
    telling.settle()
    assert here.said(study) == ("reading", True)
    store.finish(claim, signed(store, here.li), ["u1"])
    telling.settle()
    assert here.said(study) == ("signed", True)
    (due,) = store.due_deliveries(9)
    store.begin_delivery(due.id)
    store.confirm(due.id)
    telling.settle()
    assert here.said(study) == ("delivered", True)
    assert store.case(case.id).state.value == "open"
    page = (here.folder / "index.html").read_text("utf-8")
    assert "病人a" in page
    assert "危急值" in page
    assert "甲县人民医院" in page


def test_a_retake_and_a_withdrawn_study_are_seen(here: House) -> None:
    store = here.store
    again, gone = (store.add_object(arrival(name)).study_id for name in "ab")
    store.request_retake(store.claim(again, here.li, "seat"), "导联脱落", "")
    store.withdraw(gone, here.li, "误传")
    here.telling.settle()
    assert here.said(again) == ("retake", False)
    number = store.study(gone).number
    assert not (here.folder / f"{number}.json").exists()  # it had ended before the first look
    store.add_object(arrival("c", study="a"))
    here.telling.settle()
    assert here.said(again) == ("received", False)


def test_only_the_newest_is_told(tmp_path: Path) -> None:
    with hospital_system() as system, house(tmp_path, _hl7(system)) as here:
        study = here.store.add_object(arrival("a")).study_id
        system.answers = ["AE"]
        assert here.telling.settle() == 0
        claim = here.store.claim(study, here.li, "seat")
        here.telling.settle()
        here.store.save_draft(claim, draft())
        here.store.request_retake(claim, "导联脱落", "")
        here.clock.advance(hours=2)
        assert here.telling.settle() == 1
        (message,) = system.messages
        said = hl7.parse(message.decode())
        assert "需要重新采集" in str(said.segment("OBX")[5])
        assert (str(said.segment("OBR")[25]), str(said.segment("OBR")[4])[:6]) == ("X", "STATUS")
        assert here.telling.settle() == 0


def test_nothing_is_lost_while_no_service_runs(here: House) -> None:
    here.telling.settle()
    here.telling.close()
    study = here.store.add_object(arrival("a")).study_id
    here.store.claim(study, here.li, "seat")
    other = report_one(here.store, "b", here.li)
    here.clock.advance(minutes=5)  # longer than the lease of the service that is gone
    again = here.started()
    assert again.settle() == 2
    assert (here.said(study), here.said(other)) == (("reading", False), ("signed", False))
    here.telling = again


def test_a_task_of_fhir_goes_on_with_the_study(tmp_path: Path) -> None:
    with fhir_server() as server, house(tmp_path, _fhir(server)) as here:
        study = here.store.add_object(arrival("a")).study_id
        here.telling.settle()
        (task,) = server.of("Task")
        assert (task["status"], task["businessStatus"]["coding"][0]["code"]) == (
            "received", "received",
        )  # fmt: skip
        here.store.claim(study, here.li, "seat")
        here.telling.settle()
        (task,) = server.of("Task")
        assert task["status"] == "in-progress"


def test_a_place_that_cannot_be_told_rests_and_is_told_later(tmp_path: Path) -> None:
    with house(tmp_path, {"kind": "folder"}) as here:
        here.telling.settle()
        here.folder.parent.mkdir(parents=True)
        here.folder.write_text("in the way")
        report_one(here.store, "a", here.li)
        here.telling.settle()
        assert here.store.failing_progress() == 1
        here.folder.unlink()
        assert here.telling.settle() == 0  # it rests
        here.clock.advance(seconds=15)
        assert here.telling.settle() == 1


def _hl7(system: HospitalSystem) -> dict[str, object]:
    return {
        "kind": "hl7", "host": "127.0.0.1", "port": system.port, "timeout_seconds": 2,
        "tells": ["status", "retake"],
    }  # fmt: skip


def _fhir(server: FhirServer) -> dict[str, object]:
    return {"kind": "fhir", "url": f"http://127.0.0.1:{server.port}/fhir", "tells": ["status"]}

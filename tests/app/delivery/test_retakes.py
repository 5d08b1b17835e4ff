"""A retake request reaches its unit once, and is taken back when it is over."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from farlead.exchange.delivery import DeliveryResult, Dispatch
from farlead.messages import Language
from farlead.model.lives import DeliveryState
from farlead.model.people import Unit
from farlead.objects import ObjectFolder
from farlead.settings import Settings
from farlead.store import Store
from support_store import FakeClock, arrival, reader

CONFIRMED = DeliveryResult(confirmed=1)


class _Hub:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.settings = Settings(folder=folder)
        self.store = Store.open(folder / "farlead.db", clock=self.clock)
        self.store.add_unit(Unit("u1", "甲县人民医院"))
        objects = ObjectFolder(folder / "objects")
        self.dispatch = Dispatch(self.settings, self.store, objects, self.clock)
        self.study = self.store.add_object(arrival("a", study="s")).study_id
        self.ask()

    def ask(self) -> None:
        claim = self.store.claim(self.study, reader(self.store), "seat")
        self.store.request_retake(claim, "导联脱落", "V1 重新贴")

    @property
    def folder(self) -> Path:
        return self.settings.outbox("u1")

    def names(self) -> list[str]:
        number = self.store.study(self.study).number
        return sorted(path.name.removeprefix(number) for path in self.folder.iterdir())

    def read(self, ending: str) -> dict[str, object]:
        (path,) = self.folder.glob(f"*{ending}")
        found = json.loads(path.read_text("utf-8"))
        assert isinstance(found, dict)
        return found

    def states(self) -> list[DeliveryState]:
        return [each.state for each in self.store.deliveries(self.study)]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[_Hub]:
    made = _Hub(tmp_path)
    yield made
    made.dispatch.close()
    made.store.close()


def test_the_unit_learns_what_to_record_again(hub: _Hub) -> None:
    assert hub.dispatch.settle() == CONFIRMED
    told = hub.read("-retake.json")
    number = hub.store.study(hub.study).number
    assert (told["schema"], told["number"], told["unit"]) == ("farlead-retake/1", number, "u1")
    assert (told["reason"], told["hint"], told["reader"]) == ("导联脱落", "V1 重新贴", "医师li")
    assert told["at"] == hub.clock().isoformat()
    assert (told["state"], told["outcome"]) == ("requested", None)
    assert str(told["zh"]).startswith(f"检查 {number} 需要重新采集")
    assert "recorded again" in str(told["en"])
    assert hub.dispatch.settle() == DeliveryResult()
    assert hub.states() == [DeliveryState.CONFIRMED]


def test_what_the_unit_has_fetched_is_not_written_again(hub: _Hub) -> None:
    hub.dispatch.settle()
    for path in hub.folder.iterdir():
        path.unlink()
    hub.clock.advance(days=1)
    assert hub.dispatch.settle() == DeliveryResult()
    assert hub.names() == []


def test_a_folder_that_cannot_be_written_is_tried_again(hub: _Hub) -> None:
    hub.folder.parent.mkdir(parents=True)
    hub.folder.write_text("in the way")
    assert hub.dispatch.settle() == DeliveryResult(failed=1)
    (failing,) = hub.store.failing_deliveries()
    assert failing.error is not None
    assert "u1" in failing.error.text(Language.ZH)
    assert hub.dispatch.settle() == DeliveryResult()
    hub.folder.unlink()
    hub.clock.advance(seconds=15)
    assert hub.dispatch.settle() == CONFIRMED
    assert hub.names() == ["-retake.json"]


def test_the_file_goes_when_the_retake_arrives(hub: _Hub) -> None:
    hub.dispatch.settle()
    hub.store.add_object(arrival("b", study="s"))
    assert hub.dispatch.settle() == CONFIRMED
    assert hub.names() == []
    assert hub.dispatch.settle() == DeliveryResult()


def test_a_request_that_never_went_out_needs_no_taking_back(hub: _Hub) -> None:
    hub.store.recall_retake(hub.study, reader(hub.store))
    assert hub.dispatch.settle() == DeliveryResult()
    assert not hub.folder.exists()
    assert hub.states() == []


def test_a_request_that_is_over_before_its_second_try_is_dropped(hub: _Hub) -> None:
    hub.folder.parent.mkdir(parents=True)
    hub.folder.write_text("in the way")
    hub.dispatch.settle()
    hub.folder.unlink()
    hub.store.recall_retake(hub.study, reader(hub.store))
    hub.clock.advance(seconds=15)
    hub.dispatch.settle()
    assert hub.states() == [DeliveryState.DROPPED, DeliveryState.CONFIRMED]
    assert hub.names() == ["-retake-withdrawn.json"]  # the failed try may have written it


def test_a_unit_that_has_fetched_the_request_is_told_that_it_is_called_back(hub: _Hub) -> None:
    hub.dispatch.settle()
    identifier = hub.read("-retake.json")["identifier"]
    next(hub.folder.iterdir()).unlink()
    hub.store.recall_retake(hub.study, reader(hub.store))
    hub.dispatch.settle()
    assert hub.names() == ["-retake-withdrawn.json"]
    told = hub.read("-withdrawn.json")
    assert (told["identifier"], told["state"]) == (identifier, "withdrawn")
    assert told["outcome"] == "recalled"
    assert "取消" in str(told["zh"])


def test_a_second_request_takes_the_place_of_the_first(hub: _Hub) -> None:
    hub.dispatch.settle()
    next(hub.folder.iterdir()).unlink()
    hub.store.recall_retake(hub.study, reader(hub.store))
    hub.dispatch.settle()
    hub.ask()
    hub.dispatch.settle()
    assert hub.names() == ["-retake.json"]
    first, second = hub.store.retakes(hub.study)
    assert hub.read("-retake.json")["identifier"] == second.identifier != first.identifier


def test_taking_an_old_request_back_leaves_the_new_one(hub: _Hub) -> None:
    hub.dispatch.settle()
    hub.store.recall_retake(hub.study, reader(hub.store))
    hub.ask()
    hub.dispatch.settle()
    _, second = hub.store.retakes(hub.study)
    assert hub.read("-retake.json")["identifier"] == second.identifier
    assert hub.states() == [DeliveryState.CONFIRMED] * 3


_KILLED = """
import os, sys
from pathlib import Path

from farlead.exchange.delivery import Dispatch, files
from farlead.objects import ObjectFolder
from farlead.settings import Settings
from farlead.store import Store
from support_store import FakeClock

folder, point = Path(sys.argv[1]), sys.argv[2]

def die_after(module, name):
    real = getattr(module, name)
    def last(*given):
        real(*given)
        os._exit(9)
    setattr(module, name, last)

{
    "write": lambda: die_after(files, "_fill"),
    "flush": lambda: die_after(files, "_flush_folder"),
    "told": lambda: die_after(Store, "confirm"),
}[point]()
store = Store.open(folder / "farlead.db", clock=FakeClock())
Dispatch(Settings(folder=folder), store, ObjectFolder(folder / "objects"), FakeClock()).settle()
"""


@pytest.mark.parametrize("point", ["write", "flush", "told"])
def test_a_service_killed_in_the_middle_tells_the_unit_once(tmp_path: Path, point: str) -> None:
    hub = _Hub(tmp_path)
    path = os.pathsep.join(str(each) for each in sys.path if each)
    command = [sys.executable, "-c", _KILLED, str(tmp_path), point]
    died = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, check=False, timeout=60)
    assert died.returncode == 9
    hub.clock.advance(minutes=2)
    hub.dispatch.settle()
    hub.dispatch.settle()
    assert hub.names() == ["-retake.json"]
    assert hub.states() == [DeliveryState.CONFIRMED]
    hub.store.recall_retake(hub.study, reader(hub.store))
    hub.dispatch.settle()
    assert hub.names() == []
    hub.dispatch.close()
    hub.store.close()

"""A retake request reaches its unit once, and is taken back when it is over."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from farlead.exchange.delivery import RetakeNotices
from farlead.messages import Language
from farlead.model.people import Unit
from farlead.settings import Settings
from farlead.store import Store
from support_store import FakeClock, arrival, reader


class _Hub:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.settings = Settings(folder=folder)
        self.store = Store.open(folder / "farlead.db", clock=self.clock)
        self.store.add_unit(Unit("u1", "甲县人民医院"))
        self.notices = RetakeNotices(self.settings, self.store, self.clock)
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

    def told(self) -> list[str]:
        trail = self.store.trail(f"study:{self.study}")
        return [entry.action for entry in trail if entry.action == "retake.told"]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[_Hub]:
    made = _Hub(tmp_path)
    yield made
    made.store.close()


def test_the_unit_learns_what_to_record_again(hub: _Hub) -> None:
    assert hub.notices.run_once() == (1, 0)
    told = hub.read("-retake.json")
    number = hub.store.study(hub.study).number
    assert (told["schema"], told["number"], told["unit"]) == ("farlead-retake/1", number, "u1")
    assert (told["reason"], told["hint"], told["reader"]) == ("导联脱落", "V1 重新贴", "医师li")
    assert told["requested"] == hub.clock().isoformat()
    assert (told["state"], told["withdrawn"]) == ("requested", None)
    assert str(told["zh"]).startswith(f"检查 {number} 需要重新采集")
    assert "recorded again" in str(told["en"])
    assert hub.notices.run_once() == (0, 0)
    assert hub.told() == ["retake.told"]


def test_what_the_unit_has_fetched_is_not_written_again(hub: _Hub) -> None:
    hub.notices.run_once()
    for path in hub.folder.iterdir():
        path.unlink()
    hub.clock.advance(days=1)
    assert hub.notices.run_once() == (0, 0)
    assert hub.names() == []


def test_a_folder_that_cannot_be_written_is_tried_again(hub: _Hub) -> None:
    hub.folder.parent.mkdir(parents=True)
    hub.folder.write_text("in the way")
    assert hub.notices.run_once() == (0, 1)
    assert hub.store.failing_retakes() == 1
    (failing,) = hub.store.retakes(hub.study)
    assert failing.error is not None
    assert "u1" in failing.error.text(Language.ZH)
    assert hub.notices.run_once() == (0, 0)
    hub.folder.unlink()
    hub.clock.advance(seconds=11)
    assert hub.notices.run_once() == (1, 0)
    assert hub.names() == ["-retake.json"]


def test_the_file_goes_when_the_retake_arrives(hub: _Hub) -> None:
    hub.notices.run_once()
    hub.store.add_object(arrival("b", study="s"))
    assert hub.notices.run_once() == (1, 0)
    assert hub.names() == []
    assert hub.notices.run_once() == (0, 0)


def test_a_unit_that_has_fetched_the_request_is_told_that_it_is_called_back(hub: _Hub) -> None:
    hub.notices.run_once()
    identifier = hub.read("-retake.json")["identifier"]
    next(hub.folder.iterdir()).unlink()
    hub.store.recall_retake(hub.study, reader(hub.store))
    hub.notices.run_once()
    assert hub.names() == ["-retake-withdrawn.json"]
    told = hub.read("-withdrawn.json")
    assert (told["identifier"], told["state"]) == (identifier, "withdrawn")
    assert told["outcome"] == "recalled"
    assert "取消" in str(told["zh"])


def test_a_second_request_takes_the_place_of_the_first(hub: _Hub) -> None:
    hub.notices.run_once()
    next(hub.folder.iterdir()).unlink()
    hub.store.recall_retake(hub.study, reader(hub.store))
    hub.notices.run_once()
    hub.ask()
    hub.notices.run_once()
    assert hub.names() == ["-retake.json"]
    first, second = hub.store.retakes(hub.study)
    assert hub.read("-retake.json")["identifier"] == second.identifier != first.identifier


def test_taking_an_old_request_back_leaves_the_new_one(hub: _Hub) -> None:
    hub.notices.run_once()
    hub.store.recall_retake(hub.study, reader(hub.store))
    hub.ask()
    first, second = hub.store.retakes(hub.study)
    hub.store.retry_retake(first.id, first.error or _failed(), hub.clock.time.replace(year=2027))
    hub.notices.run_once()
    hub.clock.time = hub.clock.time.replace(year=2028)
    assert hub.notices.run_once() == (1, 0)
    assert hub.read("-retake.json")["identifier"] == second.identifier


def _failed() -> object:
    from farlead.messages import message

    return message("retakes.folder", folder="/x", cause="?")


_KILLED = """
import os, sys
from pathlib import Path
from farlead.exchange.delivery import RetakeNotices, files, retakes
from farlead.settings import Settings
from farlead.store import Store
from support_store import FakeClock

def die_after(owner, name):
    done = getattr(owner, name)
    def die(*args, **kwargs):
        done(*args, **kwargs)
        os._exit(9)
    setattr(owner, name, die)
{
    "going": lambda: die_after(Store, "retake_going"),
    "half": lambda: die_after(files, "_fill"),
    "written": lambda: die_after(retakes, "write_whole"),
    "told": lambda: die_after(Store, "retake_told"),
}[sys.argv[2]]()
folder = Path(sys.argv[1])
store = Store.open(folder / "farlead.db", clock=FakeClock())
RetakeNotices(Settings(folder=folder), store, FakeClock()).run_once()
"""


@pytest.mark.parametrize("moment", ["going", "half", "written", "told"])
def test_a_kill_at_any_moment_tells_the_unit_once(hub: _Hub, moment: str) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(hub.settings.folder), moment],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "support")},
        check=False,
    )
    assert killed.returncode == 9
    before = {p.name: p.stat().st_ino for p in hub.folder.glob("[0-9]*")}
    hub.notices.run_once()
    hub.notices.run_once()
    assert hub.names() == ["-retake.json"]
    if before:  # the same file, not another one
        assert {p.name: p.stat().st_ino for p in hub.folder.iterdir()} == before
    assert hub.told() == ["retake.told"]
    hub.store.add_object(arrival("b", study="s"))
    hub.notices.run_once()
    assert hub.names() == []

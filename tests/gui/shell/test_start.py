"""Start-up: what the seat remembers, the serving child, what cannot start and why."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from fake_desk import FakeClock
from farlead.errors import SettingsError
from farlead.messages import Language
from farlead_ui import app
from farlead_ui.seat import SeatMemory, recall, remember
from farlead_ui.serving import MOST, ServingWatch
from farlead_ui.tasks import InlineTasks
from farlead_ui.theme.tokens import Look
from support_gui import ManualScheduler


def test_the_seat_remembers(tmp_path: Path) -> None:
    assert recall(tmp_path) == SeatMemory()
    memory = SeatMemory(login="jia", look=Look.NIGHT, language=Language.EN)
    remember(tmp_path, memory)
    assert recall(tmp_path) == memory
    assert not list(tmp_path.glob("*.part"))


def test_a_wrong_seat_file_names_its_field(tmp_path: Path) -> None:
    (tmp_path / "seat.json").write_text(json.dumps({"look": "purple"}), "utf-8")
    with pytest.raises(SettingsError) as caught:
        recall(tmp_path)
    assert "look" in str(caught.value)
    assert "seat.json" in str(caught.value)


def test_the_command_line_goes_before_what_was_remembered() -> None:
    options = app.arguments(["--login", "yi", "--language", "en", "--look", "night"])
    memory = app.chosen(SeatMemory(login="jia"), options)
    assert (memory.login, memory.language, memory.look) == ("yi", Language.EN, Look.NIGHT)


def test_without_an_account_the_start_says_how(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["--home", str(tmp_path)]) == 2
    assert "--login" in capsys.readouterr().err


def test_a_wrong_settings_file_ends_the_start_with_its_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.toml").write_text('station = 3\n[claim]\nlease = "x"\n', "utf-8")
    assert app.main(["--home", str(tmp_path)]) == 2
    assert "settings.toml" in capsys.readouterr().err


@dataclass
class _Child:
    alive: bool = False
    starts: int = 0
    stopped: bool = False
    mortal: bool = False

    def ensure(self) -> None:
        self.starts += 1
        self.alive = not self.mortal

    def stop(self) -> None:
        self.stopped = True


def _watch(child: _Child) -> tuple[ServingWatch, ManualScheduler, list[str | None]]:
    clock = FakeClock()
    scheduler = ManualScheduler(clock)
    watch = ServingWatch(child, InlineTasks(), scheduler, clock, "log")
    said: list[str | None] = []
    watch.changed.connect(lambda: said.append(watch.news.id if watch.news else None))
    watch.check()
    return watch, scheduler, said


def test_the_child_is_started_and_nothing_is_said() -> None:
    child = _Child()
    _, scheduler, said = _watch(child)
    scheduler.advance(10)
    assert child.starts == 1
    assert said == []


def test_a_child_that_dies_is_started_again_and_it_is_said() -> None:
    child = _Child()
    watch, scheduler, said = _watch(child)
    child.alive = False
    scheduler.advance(2)
    assert child.starts == 2
    assert said == ["reading.service_restarted"]
    scheduler.advance(130)
    assert said[-1] is None, "after a quiet while the news is old"
    watch.stop()
    assert child.stopped


def test_a_child_that_keeps_dying_is_left_and_that_is_said() -> None:
    child = _Child(mortal=True)
    _, scheduler, said = _watch(child)
    scheduler.advance(60)
    assert child.starts == MOST + 1, "and no more"
    assert said[-1] == "reading.service_down"

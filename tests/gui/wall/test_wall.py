"""The wall: figures that may be believed, and figures that say that they may not."""

import os
import re
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from fake_desk import START, FakeClock
from fake_wall import FakeWall
from farlead.errors import StoreError
from farlead.messages import Language, message
from farlead.model.people import Role
from farlead.services import WallOutlet
from farlead.settings import Settings
from farlead.store import Store
from farlead_ui.tasks import InlineTasks, PoolTasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import Look
from farlead_ui.wall import brush
from farlead_ui.wall.model import Age, WallModel
from farlead_ui.windows.wall_window import WallWindow
from support_gui import ManualScheduler
from support_store import arrival, reader

GONE = StoreError(message("store.busy", seconds=10))


class Hanging:
    """A wall with time that is moved by hand, and everything that was written on it."""

    def __init__(
        self, qtbot: QtBot, appearance: Appearance, written: list[tuple[str, int]]
    ) -> None:
        self.clock = FakeClock(START + timedelta(hours=8, minutes=3))
        self.source = FakeWall(self.clock)
        self.scheduler = ManualScheduler(self.clock)
        self.model = WallModel(
            self.source, InlineTasks(), self.scheduler, self.clock,
            lambda: self.clock().timestamp(),
        )  # fmt: skip
        self.window = WallWindow(self.model, appearance, "示例中心医院")
        qtbot.addWidget(self.window)
        self._written = written

    def drawn(self, width: int = 1920, height: int = 1080) -> QImage:
        """The picture of now; `said` is anew."""
        self._written.clear()
        self.window.resize(width, height)
        self.window.view.resize(width, height)
        return self.window.view.grab().toImage()

    @property
    def said(self) -> str:
        self.drawn()
        return " | ".join(text for text, _ in self._written)


@pytest.fixture
def hanging(
    qtbot: QtBot, appearance: Appearance, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Hanging]:
    appearance.look, appearance.language = Look.NIGHT, Language.ZH
    written: list[tuple[str, int]] = []
    write = brush.Brush.write

    def noted(self: brush.Brush, text: str, *given: float, **named: object) -> float:
        written.append((text, int(given[2])))
        return write(self, text, *given, **named)

    monkeypatch.setattr(brush.Brush, "write", noted)
    return lambda: Hanging(qtbot, appearance, written)


def test_the_figures_are_on_it_with_their_age(hanging: Callable[[], Hanging]) -> None:
    wall = hanging()
    said = wall.said
    for part in ("27", "21:35", "06:12", "201 / 203 在线", "到达 60", "已签 55", "10:50",
                 "尚无人打开", "其余 196 家", "0 ✓", "数据时间 08:17:00 · 0 秒前"):  # fmt: skip
        assert part in said, part
    wall.scheduler.advance(1.0)
    assert "1 秒前" in wall.said
    assert "06:13" in wall.said  # clocks run between two looks


def test_nothing_on_it_is_too_small_to_be_read(hanging: Callable[[], Hanging]) -> None:
    wall = hanging()
    wall.drawn(3840, 2160)
    assert min(size for _, size in wall._written) >= 40


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("look", list(Look))
def test_what_is_written_stays_within_the_screen(
    hanging: Callable[[], Hanging], appearance: Appearance, look: Look, language: Language,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    appearance.look, appearance.language = look, language
    ends: list[tuple[str, float, float]] = []
    write = brush.Brush.write

    def measured(
        self: brush.Brush, text: str, left: float, *given: float, **named: object
    ) -> float:
        width = write(self, text, left, *given, **named)
        begin = left - width if named.get("right") else left
        ends.append((text, begin, begin + width))
        return width

    monkeypatch.setattr(brush.Brush, "write", measured)
    wall = hanging()
    wall.drawn()
    assert [e for e in ends if e[1] < 0 or e[2] > brush.WIDTH] == []


def test_they_turn_stale_when_the_database_is_gone(hanging: Callable[[], Hanging]) -> None:
    wall = hanging()
    wall.source.fault = GONE
    wall.scheduler.advance(2.5)
    assert wall.model.age is Age.STALE
    said = wall.said
    assert "数据已过时：停在 08:17:00" in said
    assert GONE.reason.text(Language.ZH) in said
    wall.source.fault = None
    wall.scheduler.advance(2.5)
    assert wall.model.age is Age.FRESH
    assert "已过时" not in wall.said


def test_they_turn_stale_within_ten_seconds_when_nothing_answers(
    hanging: Callable[[], Hanging], monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = hanging()
    monkeypatch.setattr(wall.model, "refresh", lambda: None)
    for timer in wall.scheduler._timers:
        if timer.period == 2.0:
            timer.act = lambda: None  # the look hangs
    wall.scheduler.advance(6.0)
    assert wall.model.age is Age.FRESH
    wall.scheduler.advance(4.0)
    assert wall.model.age is Age.STALE
    assert "数据库没有应答" in wall.said


def test_stale_figures_look_other_than_fresh_ones(hanging: Callable[[], Hanging]) -> None:
    wall = hanging()
    fresh = wall.drawn()

    def reds(picture: QImage) -> int:
        return sum(
            picture.pixelColor(x, y).red() > 200 > picture.pixelColor(x, y).green() + 60
            for x in range(620, 760, 2) for y in range(200, 300, 2)
        )  # fmt: skip

    assert reds(fresh) > 50
    wall.source.fault = GONE
    wall.scheduler.advance(2.5)
    assert reds(wall.drawn()) == 0


def test_a_balance_that_is_off_is_said_loud(hanging: Callable[[], Hanging]) -> None:
    wall = hanging()
    wall.source.changes = {"difference": -2}
    wall.scheduler.advance(2.5)
    assert "相差 −2" in wall.said


def test_without_critical_values_it_says_so(hanging: Callable[[], Hanging]) -> None:
    wall = hanging()
    wall.source.changes = {"cases": (), "usual": None}
    wall.scheduler.advance(2.5)
    assert "无未确认危急值" in wall.said
    assert "平日：天数不足" in wall.said


def test_more_cases_than_there_is_room_for_are_counted(hanging: Callable[[], Hanging]) -> None:
    wall = hanging()
    assert wall.model.wall is not None
    case = wall.model.wall.cases[0]
    wall.source.changes = {"cases": tuple(replace(case, study=n) for n in range(7))}
    wall.scheduler.advance(2.5)
    assert "另有 4 例" in wall.said


def test_keys_change_language_and_look(
    hanging: Callable[[], Hanging], appearance: Appearance
) -> None:
    wall = hanging()
    wall.window.show()
    QTest.keyClick(wall.window, Qt.Key.Key_F8)
    assert "Waiting" in wall.said
    QTest.keyClick(wall.window, Qt.Key.Key_F9)
    assert appearance.look is Look.DAY
    QTest.keyClick(wall.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert not wall.window.isVisible()


# -- over a real store


def test_it_waits_for_a_store_and_names_no_patient(
    qtbot: QtBot, appearance: Appearance, tmp_path: Path
) -> None:
    settings = Settings(folder=tmp_path)
    with Store.of(settings) as store:
        store.add_object(arrival("x"))
        reader(store, "li")
        reader(store, "boss", Role.MANAGER)
    tasks = PoolTasks(2)
    outlet = WallOutlet(settings, "boss")
    clock = FakeClock()
    model = WallModel(outlet, tasks, ManualScheduler(clock), clock, time.monotonic)
    qtbot.waitUntil(lambda: model.wall is not None, timeout=10_000)
    assert model.wall is not None
    assert sum(each.count for each in model.wall.waiting) == 1
    assert "病人" not in repr(model.wall)
    assert tasks.close(10_000)
    outlet.close()


@pytest.mark.parametrize("role", [Role.READER, Role.SYSTEM_ADMINISTRATOR])
def test_an_account_that_may_do_more_hangs_on_no_wall(tmp_path: Path, role: Role) -> None:
    settings = Settings(folder=tmp_path)
    with Store.of(settings) as store:
        reader(store, "li", role)
    outlet = WallOutlet(settings, "li")
    clock = FakeClock()
    model = WallModel(outlet, InlineTasks(), ManualScheduler(clock), clock, lambda: 0.0)
    assert model.error is not None
    assert model.error.id == "access.not_for_a_wall"
    assert model.age is Age.STALE
    outlet.close()


#: The real program; `look` is called again and again with its window.
_HUNG = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication([])
import farlead_ui.wall.model as wall
from farlead_ui.app import main
wall.REFRESH, wall.BEAT, wall.STALE = 0.1, 0.05, 1.0
seen = []
def again():
    (window,) = [w for w in app.topLevelWidgets() if w.isVisible()]
    look(window, window._model)
def look(window, model):
{look}
timer = QTimer(); timer.timeout.connect(again); timer.start(50)
sys.exit(main(["--home", {home!r}, "--wall", "--login", "boss"]))
"""


def _hung(home: Path, look: str) -> str:
    with Store.of(Settings(folder=home)) as store:
        reader(store, "boss", Role.MANAGER)
    code = _HUNG.format(look=textwrap.indent(textwrap.dedent(look), "    "), home=str(home))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_hangs_it(tmp_path: Path) -> None:
    """The real program, ended by its key."""
    said = _hung(
        tmp_path,
        """
        if model.wall is not None:
            print(type(window).__name__, window.isFullScreen())
            window.close()
        """,
    )
    assert re.search(r"WallWindow True", said)


def test_the_command_goes_on_looking_and_says_when_it_cannot(tmp_path: Path) -> None:
    """Figures come again and again; without the database they are stale, with it fresh."""
    said = _hung(
        tmp_path,
        f"""
        file, aside = Path({str(tmp_path)!r}) / "farlead.db", Path({str(tmp_path)!r}) / "aside"
        if model.wall is not None and model.wall.taken not in seen:
            seen.append(model.wall.taken)
        if len(seen) == 3 and not aside.exists():
            file.rename(aside)
        if model.age is wall.Age.STALE and aside.exists() and not file.exists():
            print("stale")
            aside.rename(file)
            aside.touch()
        elif file.exists() and aside.exists() and model.age is wall.Age.FRESH:
            print("fresh")
            window.close()
        """,
    )
    assert said.split() == ["stale", "fresh"]

"""Rooms in windows of their own: by command, with all keys; where they stood they stand again."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fake_desk import PIN, morning
from farlead.settings import Settings
from farlead_ui.app import keep_standing
from farlead_ui.ecg.earlier import Mode
from farlead_ui.rooms import Place, Room, RoomsModel, Standing
from farlead_ui.seat import recall
from farlead_ui.signing import Panel
from support_compare import with_earlier
from support_gui import CTRL, Key, TestSeat

LEFT, RIGHT = "Dell/U2419H/A1", "BOE/0x0812/@eDP-1"


def _at(screen: str, **more: object) -> Place:
    return Place(screen=screen, left=10, top=20, width=400, height=900, **more)  # type: ignore[arg-type]


def test_a_screen_that_is_taken_away_brings_its_windows_home() -> None:
    model = RoomsModel()
    model.screens_are([LEFT, RIGHT])
    model.send_out(Room.LIST, _at(LEFT))
    model.send_out(Room.COMPARISON, _at(RIGHT, full=True))
    model.note(_at(RIGHT), {})
    model.screens_are([LEFT])
    assert model.out.keys() == {Room.LIST}
    assert model.window is None, "it stood on the screen that is gone"
    model.bring_home(Room.LIST)
    model.screens_are([RIGHT, LEFT])
    assert model.out == {Room.LIST: _at(LEFT), Room.COMPARISON: _at(RIGHT, full=True)}
    assert model.window == _at(RIGHT)
    model.screens_are([LEFT])
    assert model.out == {}, "on the one screen alone it had been brought home"


def test_what_stood_is_remembered_between_starts(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path)
    model = RoomsModel()
    model.kept_changed.connect(lambda: keep_standing(settings, model))
    model.screens_are([LEFT, RIGHT])
    model.send_out(Room.LIST, _at(LEFT))
    again = RoomsModel(recall(tmp_path).standing)
    assert again.out == {}
    again.screens_are([LEFT, RIGHT])
    assert again.out == {Room.LIST: _at(LEFT)}
    assert recall(tmp_path).standing == {
        f"{RIGHT} + {LEFT}": Standing(rooms={Room.LIST: _at(LEFT)})
    }


@pytest.fixture
def seat(make_seat: Callable[..., TestSeat]) -> TestSeat:
    made = make_seat(fill=lambda desk: with_earlier(morning(desk)))
    made.station.reading.take(1)
    made.looked()
    return made


def _window(seat: TestSeat, room: Room) -> object:
    return seat.station.window.room_windows.windows.get(room)


def _active(seat: TestSeat, window: object) -> None:
    seat.qtbot.waitUntil(lambda: QApplication.activeWindow() is window, timeout=5000)


def test_the_list_goes_out_and_its_keys_with_it(seat: TestSeat) -> None:
    main = seat.station.window
    wide = main.centre.width()
    seat.press(Key.Key_F4)
    window = _window(seat, Room.LIST)
    _active(seat, window)
    assert window.isAncestorOf(main.list)
    assert window.windowTitle() == "Farlead · 列表"
    seat.qtbot.waitUntil(lambda: main.centre.width() > wide)
    window.resize(700, 800)
    assert main.list.view.width() > 600
    main.keyboard.to_list()
    seat.press(Key.Key_Down)
    assert seat.station.waiting.selected == 2
    seat.press(Key.Key_Return)
    assert seat.station.reading.in_hand.study == 2
    _active(seat, main)
    assert main.keyboard.on_sheet, "the study that has just been opened has the keyboard"
    seat.press(Key.Key_F4)
    assert main.isAncestorOf(main.list)
    assert _window(seat, Room.LIST) is None
    seat.qtbot.waitUntil(lambda: main.list.width() == 340)


def test_a_window_that_is_closed_brings_its_room_home(seat: TestSeat) -> None:
    main = seat.station.window
    seat.press(Key.Key_F6)
    window = _window(seat, Room.REPORT)
    assert window.isAncestorOf(main.report)
    window.close()
    assert main.isAncestorOf(main.report)
    seat.qtbot.waitUntil(lambda: main.report.width() == 440)
    assert main.isVisible()


def test_the_comparison_beside_the_sheet(seat: TestSeat) -> None:
    main, model = seat.station.window, seat.station.window.comparison
    seat.press(Key.Key_F5)
    window = _window(seat, Room.COMPARISON)
    _active(seat, window)
    assert window.isAncestorOf(main.compare.view)
    assert window.isAncestorOf(main.compare.strip)
    assert model.comparing, "it begins by itself: it takes nothing from the sheet"
    assert main.centre.currentWidget() is main.ecg
    assert main.ecg_words.isVisible()
    QTest.keyClick(main.compare.view, Key.Key_2)
    assert model.mode is Mode.BESIDE, "2 is the comparison's where it has the keyboard"
    main.activateWindow()
    _active(seat, main)
    main.keyboard.to_sheet()
    seat.press(Key.Key_2)
    assert model.mode is Mode.BESIDE
    assert main.sheet.layout.name == "3×4", "and the sheet's where the sheet has it"
    seat.press(Key.Key_H)
    assert not model.comparing
    assert "H" in main.compare._nothing.text()
    assert main.compare._nothing.isVisible()
    seat.press(Key.Key_F5)
    assert _window(seat, Room.COMPARISON) is None
    seat.qtbot.waitUntil(lambda: main.centre.indexOf(main.compare.view) >= 0)
    seat.press(Key.Key_H)
    assert main.centre.currentWidget() is main.compare.view


def test_keys_that_work_everywhere_work_in_each_window(seat: TestSeat) -> None:
    main = seat.station.window
    for key, room in (
        (Key.Key_F4, Room.LIST),
        (Key.Key_F5, Room.COMPARISON),
        (Key.Key_F6, Room.REPORT),
    ):
        seat.press(key)
        window = _window(seat, room)
        _active(seat, window)
        place = window.focusWidget() or window
        before = seat.station.window.appearance.look
        QTest.keyClick(place, Key.Key_F9)
        assert seat.station.window.appearance.look is not before
        QTest.keyClick(place, Key.Key_F9)
        QTest.keyClick(place, Key.Key_K, CTRL)
        assert main.over.palette.isVisible()
        _active(seat, main)
        seat.press(Key.Key_Escape)
        assert not main.over.palette.isVisible()
        _active(seat, window)
        QTest.keyClick(place, Key.Key_L, CTRL)
        assert main.acts.blocked
        seat.station.signing.give_pin(PIN)
        assert not main.acts.blocked
        main.activateWindow()
        _active(seat, main)


def test_sheet_keys_work_in_the_comparison_and_its_guard_holds(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat()
    seat.station.reading.take(1)
    seat.looked()
    main, reading = seat.station.window, seat.station.reading
    seat.press(Key.Key_F5)
    window = _window(seat, Room.COMPARISON)
    _active(seat, window)
    seat.press(Key.Key_Minus)
    assert main.sheet.gain == 5.0
    reading.painted_at = None
    seat.press(Key.Key_Return)
    assert reading.drafting.draft.decisions == {}, "nothing of the study has been painted"
    reading.painted(1)
    seat.scheduler.advance(2.0)
    seat.press(Key.Key_Return)
    assert len(reading.drafting.draft.decisions) == 1


def test_a_pin_that_is_asked_for_is_typed_nowhere_else(seat: TestSeat) -> None:
    main = seat.station.window
    seat.press(Key.Key_F4)
    seat.press(Key.Key_F6)
    main.activateWindow()
    _active(seat, main)
    seat.station.reading.drafting.write(conclusion="窦性心律")
    for _ in seat.station.reading.drafting.suggestions:
        seat.station.reading.drafting.accept()
    seat.press(Key.Key_Return, CTRL)
    assert seat.station.signing.panel is Panel.PIN
    report = _window(seat, Room.REPORT)
    _active(seat, report)
    assert report.isAncestorOf(QApplication.focusWidget())
    _window(seat, Room.LIST).activateWindow()
    _active(seat, report)


def test_locked_nothing_clinical_is_on_any_screen(seat: TestSeat) -> None:
    seat.press(Key.Key_F4)
    seat.press(Key.Key_F5)
    windows = [_window(seat, Room.LIST), _window(seat, Room.COMPARISON)]
    assert all(window.isVisible() for window in windows)
    seat.press(Key.Key_L, CTRL)
    assert not any(window.isVisible() for window in windows)
    seat.station.signing.give_pin(PIN)
    assert all(window.isVisible() for window in windows)


def test_closing_the_desk_closes_all(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat()
    seat.press(Key.Key_F4)
    window = _window(seat, Room.LIST)
    seat.station.window.close()
    assert not window.isVisible()
    assert Room.LIST in seat.station.window.rooms.out, "it is out again at the next start"


def test_several_windows_on_several_screens(tmp_path: Path) -> None:
    """Three screens of different density: each window on its own, and a screen is taken away."""
    sizes = {"A": (0, 1920, 1080, 96), "B": (1920, 3840, 2160, 192), "C": (5760, 1280, 1024, 120)}
    screens = [
        {"name": n, "x": x, "y": 0, "width": w, "height": h, "logicalDpi": d, "logicalBaseDpi": 96}
        for n, (x, w, h, d) in sizes.items()
    ]
    file = tmp_path / "screens.json"
    file.write_text(json.dumps({"screens": screens}), "utf-8")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={file}",
        "PYTHONPATH": str(Path(__file__).parents[2] / "support"),
    }
    program = Path(__file__).parents[2] / "support" / "several_screens.py"
    done = subprocess.run(
        [sys.executable, program, tmp_path],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["first"] == {"main": "A", "list": "B", "comparison": "C"}
    assert told["scales"] == {"main": [3.6, 1.0], "comparison": [4.2, 1.25]}
    assert told["moved"] == ["B", 7.4, 2.0], "the scale of the screen that the window went to"
    box = 25.4 * 7.4
    assert told["box"] == pytest.approx([box, box], rel=0.01, abs=0.6), "an inch on it is an inch"
    assert told["unplugged"] == {"main": "A", "list": "B"}
    assert told["plugged"] == {"main": "A", "list": "B", "comparison": "C"}
    assert told["again"] == {"main": "A", "list": "B", "comparison": "C"}
    assert told["maximised"]


def test_left_alone_the_windows_stay_where_the_reader_put_them(seat: TestSeat) -> None:
    seat.press(Key.Key_F4)
    window = _window(seat, Room.LIST)
    window.move(200, 150)
    rooms = seat.station.window.rooms
    seat.qtbot.waitUntil(lambda: rooms.out[Room.LIST].left == window.geometry().x(), timeout=5000)
    assert abs(rooms.out[Room.LIST].top - 150) < 40, "inside its frame"
    assert window.windowState() == Qt.WindowState.WindowNoState

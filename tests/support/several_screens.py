"""A seat on the three screens of the platform's configuration; tells as JSON where all stands."""

import json
import sys
from pathlib import Path

import numpy as np
from PySide6.QtGui import QColor, QGuiApplication, QScreen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fake_desk import PIN, FakeClock, FakeDesk, morning
from farlead.model.recording import Recording
from farlead.settings import Settings
from farlead_ui.compose import Station, compose, dress
from farlead_ui.ecg.rulers import Rulers
from farlead_ui.ecg.screens import described
from farlead_ui.rooms import Room, RoomsModel
from farlead_ui.tasks import InlineTasks
from farlead_ui.theme.appearance import Appearance
from support_gui import ManualScheduler

#: Device pixels per millimetre that a ruler told.
RULED = {"A": 3.6, "B": 7.4, "C": 4.2}


def _station(folder: Path, rooms: RoomsModel, rulers: Rulers) -> Station:
    clock = FakeClock()
    desk = morning(FakeDesk(clock))
    box = np.zeros((1, 3000), np.float32)
    box[0, 500:1008] = 2.54  # 1016 ms at 500 Hz
    desk.contents[5] = (Recording(box, ("I",), 500.0),)
    appearance = Appearance()
    station = compose(
        desk, Settings(folder=folder), appearance, InlineTasks(), ManualScheduler(clock), clock,
        rulers=rulers, rooms=rooms,
    )  # fmt: skip
    station.window.stand()
    station.signing.give_pin(PIN)
    QTest.qWait(50)
    return station


def _where(station: Station) -> dict[str, str]:
    windows = {"main": station.window} | {
        str(room): window for room, window in station.window.room_windows.windows.items()
    }
    return {name: window.screen().name() for name, window in windows.items()}


def _box(station: Station) -> tuple[float, float]:
    """Width and height of the box of an inch, in device pixels."""
    view = station.window.ecg
    image = view.grab().toImage()
    sheet = view.sheet
    base, scale = sheet.baselines[0], sheet.scale.px_per_mm

    def dark(x: int, y: int) -> bool:
        return QColor(image.pixel(x, y)).lightness() < 90

    middle = base - round(13 * scale)
    columns = [x for x in range(sheet.trace_left + 5, image.width()) if dark(x, middle)]
    left = [x for x in columns if x - columns[0] < 9]
    right = [x for x in columns if columns[-1] - x < 9]
    half = (left[0] + right[-1]) // 2
    top = [y for y in range(round(base - 30 * scale), base) if dark(half, y)]
    foot = left[0] - round(5 * scale)
    feet = [y for y in range(base - 20, base + 20) if dark(foot, y)]
    return sum(right) / len(right) - sum(left) / len(left), sum(feet) / len(feet) - sum(top) / len(
        top
    )


def main(folder: Path) -> dict[str, object]:
    """Send rooms out, move, unplug, plug in, start again."""
    application = QApplication([])
    dress(application, Appearance())
    rulers = Rulers()
    by_name = {screen.name(): screen for screen in QGuiApplication.screens()}
    for name, scale in RULED.items():
        rulers.keep(described(by_name[name]), scale)
    rooms = RoomsModel()
    station = _station(folder, rooms, rulers)
    there: list[QScreen] = list(by_name.values())
    window = station.window
    window.room_windows._screens = lambda: there
    station.reading.take(5)
    window.acts.toggle_room(Room.LIST)
    window.acts.toggle_room(Room.COMPARISON)
    QTest.qWait(50)
    told: dict[str, object] = {"first": _where(station)}
    compare = window.compare.view.models[0]
    told["scales"] = {
        "main": [window.sheet.calibration, window.devicePixelRatioF()],
        "comparison": [compare.calibration, window.compare.view.devicePixelRatioF()],
    }
    told["maximised"] = all(one.isMaximized() for one in window.room_windows.windows.values())
    window.activateWindow()
    QTest.qWait(50)
    window.acts.to_next_screen()
    QTest.qWait(50)
    told["moved"] = [window.screen().name(), window.sheet.calibration, window.devicePixelRatioF()]
    told["box"] = _box(station)
    window.acts.to_next_screen()
    window.acts.to_next_screen()
    QTest.qWait(50)
    window.room_windows.note()
    there.pop()
    window.room_windows.note()
    QTest.qWait(50)
    told["unplugged"] = _where(station)
    there.append(by_name["C"])
    window.room_windows.note()
    QTest.qWait(50)
    told["plugged"] = _where(station)
    window.close()
    again = _station(folder, RoomsModel(rooms.kept), rulers)
    told["again"] = _where(again)
    again.window.close()
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))) + "\n")

"""Seats for GUI tests: dressed application, scripted desk, real window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fake_desk import PIN, FakeClock, FakeDesk, morning
from farlead.messages import Language
from farlead.settings import Settings
from farlead_ui.compose import compose, dress
from farlead_ui.i18n import Languages
from farlead_ui.i18n.release import release
from farlead_ui.tasks import InlineTasks
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import Look
from support_gui import ManualScheduler, TestSeat


@pytest.fixture(scope="session")
def translations() -> None:
    """The .qm files are there."""
    release()


@pytest.fixture(scope="module")
def appearance(qapp: QApplication, translations: None) -> Iterator[Appearance]:
    """The application's look and language, taken off again after each module."""
    made = Appearance()
    dress(qapp, made)
    yield made
    made.changed.disconnect()
    Languages(qapp).forget()
    qapp.setStyleSheet("")


@pytest.fixture
def make_seat(
    qtbot: QtBot, tmp_path: Path, appearance: Appearance
) -> Iterator[Callable[..., TestSeat]]:
    """A function that opens a seat; the window is 1920 × 1080 unless told otherwise."""
    opened: list[TestSeat] = []

    def make(
        fill: Callable[[FakeDesk], FakeDesk] = morning,
        language: Language = Language.ZH,
        look: Look = Look.DAY,
        size: tuple[int, int] = (1920, 1080),
    ) -> TestSeat:
        clock = FakeClock()
        desk = fill(FakeDesk(clock))
        appearance.look, appearance.language = look, language
        scheduler = ManualScheduler(clock)
        settings = Settings(folder=tmp_path, language=language)
        station = compose(desk, settings, appearance, InlineTasks(), scheduler, clock)
        qtbot.addWidget(station.window)
        station.window.resize(*size)
        station.window.show()
        station.window.activateWindow()
        qtbot.waitUntil(station.window.isActiveWindow, timeout=5000)
        station.signing.give_pin(PIN)
        desk.close_key()
        seat = TestSeat(qtbot, desk, clock, scheduler, station)
        opened.append(seat)
        return seat

    yield make
    for seat in opened:
        seat.station.window.close()


@pytest.fixture
def seat(make_seat: Callable[..., TestSeat]) -> TestSeat:
    """A seat on a busy morning."""
    return make_seat()

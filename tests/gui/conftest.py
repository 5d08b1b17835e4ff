"""Seats for GUI tests: dressed application, scripted desk, real window."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fake_desk import FakeClock, FakeDesk, morning
from farlead.messages import Language
from farlead.settings import Settings
from farlead_ui.i18n.release import release
from support_gui import ManualScheduler, TestSeat


@pytest.fixture(scope="session")
def _translations() -> None:
    release()


@pytest.fixture
def make_seat(
    qtbot: QtBot, tmp_path: Path, _translations: None
) -> Iterator[Callable[..., TestSeat]]:
    """A function that opens a seat; the window is 1920 × 1080 unless told otherwise."""
    from PySide6.QtWidgets import QApplication

    from farlead_ui.compose import compose, dress
    from farlead_ui.tasks import InlineTasks
    from farlead_ui.theme.appearance import Appearance
    from farlead_ui.theme.tokens import Look

    opened: list[TestSeat] = []

    def make(
        fill: Callable[[FakeDesk], FakeDesk] = morning,
        language: Language = Language.ZH,
        look: Look = Look.DAY,
        size: tuple[int, int] = (1920, 1080),
    ) -> TestSeat:
        clock = FakeClock()
        desk = fill(FakeDesk(clock))
        appearance = Appearance(look, language)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        dress(application, appearance)
        scheduler = ManualScheduler(clock)
        settings = Settings(folder=tmp_path, language=language)
        station = compose(desk, settings, appearance, InlineTasks(), scheduler, clock)
        qtbot.addWidget(station.window)
        station.window.resize(*size)
        station.window.show()
        qtbot.waitExposed(station.window)
        station.window.activateWindow()
        station.waiting.start()
        seat = TestSeat(qtbot, desk, clock, scheduler, station)
        opened.append(seat)
        return seat

    yield make

    application = QApplication.instance()
    assert isinstance(application, QApplication)
    for seat in opened:
        seat.station.window.close()
    from farlead_ui.i18n import Languages

    Languages(application).use(Language.EN)
    application.setStyleSheet("")


@pytest.fixture
def seat(make_seat: Callable[..., TestSeat]) -> TestSeat:
    """A seat on a busy morning."""
    return make_seat()

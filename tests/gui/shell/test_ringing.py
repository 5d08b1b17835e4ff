"""Sounds by a player of the system; one that fails is told once, and the bell rings instead."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication

from farlead.model.study import Severity
from support_gui import TestSeat


@pytest.fixture
def bells(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    rung: list[int] = []
    monkeypatch.setattr(QApplication, "beep", lambda: rung.append(1))
    return rung


@pytest.fixture
def with_player(
    make_seat: Callable[..., TestSeat], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], TestSeat]:
    """A function that opens a seat where the system's player does this."""

    def opened(does: str) -> TestSeat:
        player = tmp_path / "pw-play"
        player.write_text(does)
        player.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        return make_seat(lambda desk: desk)  # nothing rings by itself

    return opened


@pytest.mark.parametrize(
    "does", ["#!/bin/sh\nexit 1\n", "#!/nowhere/sh\n", "#!/bin/sh\nkill -9 $$\n"]
)
def test_a_player_that_fails_rings_the_bell_and_is_told_once(
    with_player: Callable[[str], TestSeat], bells: list[int], does: str
) -> None:
    seat = with_player(does)
    bells.clear()
    ringer, before = seat.station.window.ringer, seat.told
    ringer.ring(Severity.CRITICAL)
    seat.qtbot.waitUntil(lambda: len(bells) == 1, timeout=5000)
    assert seat.told == "arrivals.no_sound"
    seat.station.reading.hush()
    ringer.ring(Severity.URGENT)
    seat.qtbot.waitUntil(lambda: len(bells) == 2, timeout=5000)
    assert seat.told is None
    assert before != "arrivals.no_sound"


def test_a_player_that_plays_needs_no_bell(
    with_player: Callable[[str], TestSeat], bells: list[int], tmp_path: Path
) -> None:
    heard = tmp_path / "heard"
    seat = with_player(f'#!/bin/sh\necho "$1" > {heard}\n')
    bells.clear()
    ringer = seat.station.window.ringer
    ringer.ring(Severity.CRITICAL)
    assert ringer.findChildren(QProcess)
    seat.qtbot.waitUntil(lambda: not ringer.findChildren(QProcess), timeout=5000)
    assert heard.read_text().strip().endswith("critical.wav")
    assert bells == []
    assert seat.told != "arrivals.no_sound"

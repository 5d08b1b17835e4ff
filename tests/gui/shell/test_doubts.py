"""What is doubtful about a file stands on the sheet, in the language of the window."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from fake_desk import START, FakeDesk, recording
from farlead.messages import message
from support_gui import Key, TestSeat


def _doubtful(desk: FakeDesk) -> FakeDesk:
    content = replace(
        recording(),
        start=START + timedelta(days=2),
        notes=(message("formats.note.leads_missing", leads="V6"),),
    )
    desk.add("示例患者六", content=content)
    return desk


def test_notes_of_the_file_and_a_wrong_clock_stand_on_the_sheet(
    make_seat: Callable[..., TestSeat],
) -> None:
    seat = make_seat(fill=_doubtful)
    sheet = seat.station.window.sheet
    seat.press(Key.Key_N)
    missing, clock = sheet.notes
    assert missing == "缺少导联：V6"
    assert "设备时钟有误" in clock
    seat.press(Key.Key_F8)
    missing, clock = sheet.notes
    assert missing == "Leads missing: V6"
    assert "the device's clock is wrong" in clock


@pytest.mark.parametrize(("fs", "said"), [(200.0, True), (250.0, False), (500.0, False)])
def test_a_rate_without_diagnostic_bandwidth_is_a_warning(
    make_seat: Callable[..., TestSeat], fs: float, said: bool
) -> None:
    from farlead_ui.ecg.wording import warnings_of

    seat = make_seat(fill=lambda desk: _add(desk, fs))
    seat.press(Key.Key_N)
    assert any("150 Hz" in each for each in warnings_of(seat.station.window.sheet)) is said


def _add(desk: FakeDesk, fs: float) -> FakeDesk:
    desk.add("示例患者七", content=replace(recording(), fs=fs))
    return desk

"""Comparison in the window, by key and mouse; nothing reaches an earlier ECG."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from fake_desk import PIN, FakeDesk, morning
from farlead.desk import EarlierEcgs
from farlead.errors import FarleadError
from farlead.messages import Language, message
from farlead_ui.ecg.earlier import Mode, Search
from farlead_ui.theme.tokens import Look
from support_compare import earlier, measured, with_earlier
from support_gui import CTRL, Key, TestSeat

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def pair(make_seat: Callable[..., TestSeat]) -> TestSeat:
    """A study with two earlier ECGs is in hand and has been looked at."""
    made = make_seat(fill=lambda desk: with_earlier(morning(desk)))
    made.station.reading.take(1)
    made.looked()
    return made


def _model(seat: TestSeat) -> object:
    return seat.station.window.comparison


def test_the_strip_names_each_with_time_unit_conclusion_and_difference(pair: TestSeat) -> None:
    strip = pair.station.window.compare.strip
    pair.window.grab()
    texts = strip.texts
    assert "2026-11-11 00:11" in texts or any("2026-11-1" in t for t in texts)
    assert "甲县人民医院" in texts
    assert "乙镇卫生院" in texts
    assert "正常心电图" in texts
    assert any(t.startswith("未出报告") for t in texts)
    assert "2 次" in texts
    assert any("心率 80 → 65" in t for t in texts)
    assert strip.height() == 88


def test_arrows_choose_and_h_compares(pair: TestSeat) -> None:
    model = _model(pair)
    window = pair.station.window
    assert model.place == 0
    pair.press(Key.Key_Left)
    assert model.place == 1
    pair.press(Key.Key_Left)
    assert model.place == 1  # there is none before
    pair.press(Key.Key_Right)
    assert model.place == 0
    pair.press(Key.Key_H)
    assert model.mode is Mode.OVERLAID
    assert window.centre.currentWidget() is window.compare.view
    assert window.list.folded
    pair.press(Key.Key_2)
    assert model.mode is Mode.BESIDE
    pair.press(Key.Key_3)
    assert model.mode is Mode.STACKED
    pair.press(Key.Key_M)
    assert model.mode is Mode.OVERLAID
    pair.press(Key.Key_H)
    assert model.mode is Mode.OFF
    assert window.centre.currentWidget() is window.ecg
    assert not window.list.folded
    assert window.sheet.layout.name == "3×4+1"  # 2 and 3 were the comparison's


def test_the_mouse_chooses_compares_and_ends(pair: TestSeat) -> None:
    model, room = _model(pair), pair.station.window.compare
    QTest.mouseClick(room.strip, LEFT, pos=room.strip.card(1).center())
    assert model.place == 1
    QTest.mouseClick(room.strip, LEFT, pos=room.strip.button.center())
    assert model.mode is Mode.OVERLAID
    QTest.mouseClick(room.words.modes[Mode.BESIDE], LEFT)
    assert model.mode is Mode.BESIDE
    QTest.mouseClick(room.strip, LEFT, pos=room.strip.card(0).center())
    assert model.place == 0
    assert model.mode is Mode.BESIDE
    QTest.mouseClick(room.words.end, LEFT)
    assert model.mode is Mode.OFF
    QTest.mouseClick(room.strip, LEFT, pos=QPoint(2, 2))
    assert model.place == 0


def test_escape_ends_it(pair: TestSeat) -> None:
    pair.press(Key.Key_H)
    pair.press(Key.Key_Escape)
    assert _model(pair).mode is Mode.OFF


def test_no_earlier_ecg_is_said_and_h_says_so(seat: TestSeat) -> None:
    seat.station.reading.take(1)
    seat.looked()
    seat.window.grab()
    assert any("无既往心电图" in t for t in seat.station.window.compare.strip.texts)
    seat.press(Key.Key_H)
    assert seat.told == "comparison.none"
    assert _model(seat).mode is Mode.OFF


def test_a_doubtful_identity_is_compared_with_nobody(make_seat: Callable[..., TestSeat]) -> None:
    def fill(desk: FakeDesk) -> FakeDesk:
        with_earlier(morning(desk))
        row = desk.rows[1]
        desk.rows[1] = replace(row, study=replace(row.study, identity_conflict=True))
        return desk

    seat = make_seat(fill=fill)
    seat.station.reading.take(1)
    assert _model(seat).search is Search.DOUBTFUL
    assert _model(seat).ecgs == ()


def test_who_is_only_possibly_the_same_is_said_and_not_compared(
    make_seat: Callable[..., TestSeat],
) -> None:
    def fill(desk: FakeDesk) -> FakeDesk:
        row = morning(desk).rows[1]
        desk.rows[1] = replace(row, study=replace(row.study, possibly_same=True))
        return desk

    seat = make_seat(fill=fill)
    seat.station.reading.take(1)
    seat.window.grab()
    assert any("可能同一患者" in t for t in seat.station.window.compare.strip.texts)


def test_one_that_cannot_be_read_says_why_and_is_not_laid(
    make_seat: Callable[..., TestSeat],
) -> None:
    def fill(desk: FakeDesk) -> FakeDesk:
        morning(desk)
        bad = earlier(desk, 1, 5, unread=message("desk.earlier_long"))
        desk.earlier[1] = EarlierEcgs((bad,))
        return desk

    seat = make_seat(fill=fill)
    seat.station.reading.take(1)
    seat.looked()
    seat.window.grab()
    assert any("长程记录" in t for t in seat.station.window.compare.strip.texts)
    seat.press(Key.Key_H)
    assert seat.told == "desk.earlier_long"
    assert _model(seat).mode is Mode.OFF


def test_a_failing_search_is_said(
    make_seat: Callable[..., TestSeat], monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = make_seat()

    def fail(_study: int) -> EarlierEcgs:
        raise FarleadError(message("reading.fault"))

    monkeypatch.setattr(seat.desk, "earlier_ecgs", fail)
    seat.station.reading.take(1)
    seat.window.grab()
    assert _model(seat).search is Search.FAILED
    strip = seat.station.window.compare.strip
    assert message("reading.fault").text(Language.ZH) in strip.texts


@pytest.mark.parametrize("mode", [Key.Key_M, Key.Key_2, Key.Key_3])
def test_the_earlier_one_bears_its_time_and_unit_large(pair: TestSeat, mode: Qt.Key) -> None:
    view = pair.station.window.compare.view
    pair.press(Key.Key_Left)
    pair.press(Key.Key_H)
    pair.press(mode)
    pair.window.grab()
    texts = view.medians.texts if mode is Key.Key_M else [title.text for title in view.titles]
    before = next(t for t in texts if t.startswith("既往"))
    now = next(t for t in texts if t.startswith("本次"))
    assert "乙镇卫生院" in before
    assert "2025-10-1" in before
    assert "2026-11-2" in now


def test_its_traces_have_the_colour_of_earlier_ones(make_seat: Callable[..., TestSeat]) -> None:
    for look in Look:
        seat = make_seat(fill=lambda desk: with_earlier(morning(desk)), look=look)
        seat.station.reading.take(1)
        seat.looked()
        seat.press(Key.Key_H)
        seat.press(Key.Key_2)
        view = seat.station.window.compare.view
        blue = seat.station.window.appearance.palette.trace_earlier
        assert view.earlier._palette.trace == blue
        assert view.today._palette.trace != blue
        seat.station.window.close()


def test_another_study_ends_the_comparison_and_keeps_nothing(pair: TestSeat) -> None:
    pair.press(Key.Key_H)
    pair.press(Key.Key_2)
    pair.station.reading.next()
    model, window = _model(pair), pair.station.window
    assert model.mode is Mode.OFF
    assert model.ecgs == ()
    assert window.centre.currentWidget() is window.ecg
    assert all(sheet.recording is None for sheet in window.compare.view.models)


def test_what_comes_too_late_is_dropped(pair: TestSeat) -> None:
    room, model = pair.station.window.compare, _model(pair)
    old = room.comparing._contents
    pair.station.reading.next()
    from farlead_ui.tasks import Done

    room.comparing._found(old, Done(pair.desk.earlier[1]))
    assert model.ecgs == ()


def test_what_reaches_the_report_is_todays_alone(pair: TestSeat) -> None:
    """Accepting, writing and signing while an earlier ECG is beside: the study in hand, only."""
    pair.press(Key.Key_Left)
    pair.press(Key.Key_H)
    pair.press(Key.Key_2)
    reading = pair.station.reading
    pair.press(Key.Key_Slash)
    pair.type("dxxl")
    pair.press(Key.Key_Return)
    assert [s.code for s in reading.drafting.draft.statements] == ["RH101"]
    pair.press(Key.Key_Escape)
    pair.station.signing.give_pin(PIN)
    pair.press(Key.Key_Return, CTRL)
    assert {study for study, _ in pair.desk.signed} <= {1}
    touched = {n for what, n in pair.desk.calls if what in ("save_draft", "claim", "release")}
    assert not touched & {ecg.study.id for ecg in pair.desk.earlier[1].ecgs}


def test_scales_follow_the_sheet_in_hand(pair: TestSeat) -> None:
    pair.press(Key.Key_H)
    pair.press(Key.Key_2)
    pair.press(Key.Key_Plus)
    sheet, models = pair.station.window.sheet, pair.station.window.compare.view.models
    assert sheet.gains.limb == 20.0
    assert all(model.gains == sheet.gains for model in models)
    assert pair.station.window.sheet.recording is models[1].recording


def test_screening_that_comes_meanwhile_does_not_end_it(pair: TestSeat) -> None:
    pair.press(Key.Key_H)
    reading = pair.station.reading
    job = reading.in_hand
    assert job is not None
    other = measured(50.0)[1]
    reading.in_hand = replace(job, row=replace(job.row, screening=other))
    reading.changed.emit()
    model = _model(pair)
    assert model.mode is Mode.OVERLAID
    assert model.today.screening is other


def test_it_speaks_both_languages(pair: TestSeat) -> None:
    pair.press(Key.Key_H)
    pair.press(Key.Key_F8)
    pair.window.grab()
    view = pair.station.window.compare.view
    assert any(t.startswith("Earlier") for t in view.medians.texts)
    assert "What has changed" in view.panel.table.texts
    assert "正常心电图 en" in pair.station.window.compare.strip.texts

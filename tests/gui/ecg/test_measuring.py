"""Measuring in the window: each command by its key and by the mouse; values into the report."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from fake_desk import FakeDesk, morning
from farlead.messages import Language
from farlead.model.detail import BeatKind, Detail, MedianBeats, WaveMarks
from farlead.model.recording import Recording
from farlead.model.screening import Measurement, QtFormula, Screening
from farlead_signal.filters import ORIGINAL, Setting
from farlead_ui.ecg.caliper import Hold, Kind
from farlead_ui.ecg.fields import height_of
from farlead_ui.theme.tokens import Look
from support_gui import CTRL, NONE, SHIFT, Key, TestSeat

STUDY = 5


def _found(recording: Recording, peaks: tuple[int, ...]) -> Screening:
    """A screening with the marks of a median beat: PR 160, QRS 100, QT 400 ms."""
    fs = recording.fs
    ms = {"p_on": -200, "qrs_on": -40, "qrs_off": 60, "t_off": 360}
    at = {name: (round(400 + by) * fs / 1000) for name, by in ms.items()}
    overall = WaveMarks(**{name: (int(place),) for name, place in at.items()})
    each = {name: tuple(p + round(by * fs / 1000) for p in peaks) for name, by in ms.items()}
    width = round(0.9 * fs)
    medians = MedianBeats(
        round(0.4 * fs), tuple(range(len(peaks))), ((0,) * width,) * len(recording.leads),
        overall=overall,
    )  # fmt: skip
    detail = Detail(
        fs, recording.samples.shape[1], recording.leads, beats=(BeatKind.DOMINANT,) * len(peaks),
        overall=WaveMarks(**each), medians=medians,
    )  # fmt: skip
    made = [Measurement("heart_rate", 75.0, "/min", "")]
    made += [Measurement(n, v, "ms", "") for n, v in (("pr", 160.0), ("qrs", 100.0), ("qt", 400.0))]
    made += [Measurement("rr_mean", 800.0, "ms", "")]
    fridericia = 400 / 0.8 ** (1 / 3)
    made += [
        Measurement("qtc", fridericia, "ms", "", formula=QtFormula.FRIDERICIA),
        Measurement("qtc_bazett", 400 / 0.8**0.5, "ms", "", formula=QtFormula.BAZETT),
    ]
    return replace(Screening("t/1", 0, True, "fit"), measurements=tuple(made), detail=detail)  # type: ignore[arg-type]


def measured(desk: FakeDesk) -> FakeDesk:
    """A morning whose fifth study knows its beats and marks."""
    desk = morning(desk)
    row = desk.rows[STUDY]
    recording = desk.contents[STUDY][0]
    assert isinstance(recording, Recording)
    assert row.screening is not None
    peaks = row.screening.r_peaks
    found = _found(recording, peaks)
    desk.rows[STUDY] = replace(
        row,
        screening=replace(row.screening, measurements=found.measurements, detail=found.detail),
    )
    return desk


@pytest.fixture
def desk(make_seat: Callable[..., TestSeat]) -> TestSeat:
    seat = make_seat(measured, language=Language.EN)
    seat.station.reading.take(STUDY)
    seat.seen()
    return seat


def _drag(seat: TestSeat, start: QPointF, end: QPointF, modifiers: object = NONE) -> None:
    canvas = seat.station.window.ecg.canvas
    points = [canvas.transform().map(point).toPoint() for point in (start, end)]
    viewport = canvas.viewport()
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, modifiers, points[0])
    QTest.mouseMove(viewport, (points[0] + points[1]) / 2)
    QTest.mouseMove(viewport, points[1])
    QTest.mouseRelease(viewport, left, modifiers, points[1])


def _wheel(seat: TestSeat, at: QPointF, steps: int) -> None:
    canvas = seat.station.window.ecg.canvas
    place = canvas.transform().map(at)
    event = QWheelEvent(
        place, QPointF(canvas.viewport().mapToGlobal(place.toPoint())), QPoint(),
        QPoint(0, 120 * steps), Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas.viewport(), event)


def test_every_caliper_command_by_its_key(desk: TestSeat) -> None:
    window, press = desk.station.window, desk.press
    model = window.measuring.calipers
    press(Key.Key_C)
    caliper = model.selected
    assert caliper is not None
    assert "caliper" in window.status._keyboard.text()
    fs, start = window.sheet.recording.fs, caliper.legs[1].sample
    press(Key.Key_Right)
    press(Key.Key_Right, SHIFT)
    press(Key.Key_Left)
    assert model.selected.legs[1].sample == start + 10
    press(Key.Key_Left, SHIFT)
    assert model.selected.legs[1].sample == start
    press(Key.Key_Right, CTRL)
    assert model.selected.legs[1].sample == start + round(0.06 * fs), "the end of QRS"
    press(Key.Key_Left, CTRL)
    assert model.selected.legs[1].sample == start
    press(Key.Key_Tab)
    assert model.hold is Hold.BOTH
    assert window.centre.isAncestorOf(QApplication.focusWidget()), "Tab stays with the caliper"
    press(Key.Key_M)
    assert model.selected.march
    press(Key.Key_J)
    assert model.selected.lead == 0
    press(Key.Key_J, SHIFT)
    assert model.selected.lead is None
    press(Key.Key_V)
    assert model.selected.kind is Kind.VOLTAGE
    before = model.selected.legs[1].mv
    press(Key.Key_Up)
    press(Key.Key_Up, SHIFT)
    press(Key.Key_Down)
    assert model.selected.legs[1].mv == pytest.approx(before + 0.1)
    press(Key.Key_Down, SHIFT)
    assert model.selected.legs[1].mv == pytest.approx(before)
    press(Key.Key_Backtab, SHIFT)
    assert model.current == 0
    press(Key.Key_W)
    assert model.ladder
    assert any("/min" in text for text in window.measuring_sheet.layer.texts)
    press(Key.Key_Delete)
    assert len(model.calipers) == 1
    press(Key.Key_Escape)
    assert not model.active
    assert len(model.calipers) == 1
    assert "caliper" not in window.status._keyboard.text()
    press(Key.Key_Space)
    assert model.active
    press(Key.Key_Delete, SHIFT)
    assert model.calipers == ()


def test_tab_moves_the_focus_where_no_caliper_has_the_keyboard(desk: TestSeat) -> None:
    window = desk.station.window
    desk.press(Key.Key_Tab)
    assert not window.centre.isAncestorOf(QApplication.focusWidget())
    window.keyboard.to_sheet()
    desk.press(Key.Key_C)
    desk.press(Key.Key_Escape)
    desk.press(Key.Key_Tab)
    assert not window.centre.isAncestorOf(QApplication.focusWidget())


def test_a_value_goes_into_the_findings_once(desk: TestSeat) -> None:
    drafting = desk.station.reading.drafting
    desk.press(Key.Key_C)
    desk.press(Key.Key_Return)
    desk.press(Key.Key_Return)
    first = drafting.draft.findings
    assert first.startswith("Measured: ")
    assert first.count("ms") == 1
    desk.press(Key.Key_V)
    desk.press(Key.Key_Return)
    assert len(drafting.draft.findings.splitlines()) == 2
    assert "mV" in drafting.draft.findings.splitlines()[1]
    assert drafting.draft.decisions == {}, "Enter has not accepted a suggestion meanwhile"
    assert desk.told == "caliper.written"


def test_under_a_filter_it_measures_what_is_seen_and_the_report_says_so(desk: TestSeat) -> None:
    window, drafting = desk.station.window, desk.station.reading.drafting
    desk.press(Key.Key_C)
    desk.press(Key.Key_V)
    original = window.measuring.calipers.selected
    assert original is not None
    window.sheet.filters.choose(Setting(0.5, 50.0, 25.0))
    seen = window.measuring.calipers.selected
    assert seen is not None
    assert abs(seen.millivolts) < abs(original.millivolts)
    assert any("filtered 0.5–25 Hz" in text for text in window.measuring_sheet.layer.texts)
    desk.press(Key.Key_Return)
    assert "filtered 0.5–25 Hz, mains 50 Hz" in drafting.draft.findings
    window.sheet.filters.press()  # looks at the original
    assert window.measuring.calipers.selected == original
    assert not any("filtered" in text for text in window.measuring_sheet.layer.texts)
    window.sheet.filters.choose(ORIGINAL)
    assert window.measuring.calipers.selected == original


def test_qt_by_tangent_by_its_key(desk: TestSeat) -> None:
    window = desk.station.window
    desk.press(Key.Key_Q)
    caliper = window.measuring.calipers.selected
    assert caliper is not None
    assert caliper.tangent is not None
    assert any("tangent" in text for text in window.measuring_sheet.layer.texts)
    desk.press(Key.Key_Return)
    assert "QTc (F)" in desk.station.reading.drafting.draft.findings


def test_calipers_by_mouse(desk: TestSeat) -> None:
    window = desk.station.window
    sheet, model = window.ecg.sheet, window.measuring.calipers
    fs = window.sheet.recording.fs
    y = sheet.baselines[1] + 40
    start, end = round(4.31 * fs), round(4.83 * fs)
    _drag(desk, QPointF(sheet.x(start), y), QPointF(sheet.x(end), y + 3), Qt.KeyboardModifier(0))
    caliper = model.selected
    assert caliper is not None
    assert caliper.kind is Kind.TIME
    per_pixel = fs / sheet.px_per_second
    assert [leg.sample for leg in caliper.legs] == pytest.approx([start, end], abs=per_pixel + 30)
    leg = caliper.legs[1].sample
    _wheel(desk, QPointF(sheet.x(leg), 200), 3)
    assert model.selected.legs[1].sample == leg + 3
    _drag(desk, QPointF(sheet.x(leg + 3), 300), QPointF(sheet.x(leg) + 100, 300))
    moved = model.selected.legs[1].sample
    assert moved == pytest.approx(leg + 100 * per_pixel, abs=35)
    middle = (sheet.x(caliper.legs[0].sample) + sheet.x(moved)) / 2
    width = model.selected.samples
    _drag(desk, QPointF(middle, 14), QPointF(middle - 60, 14))
    assert model.selected.samples == width
    assert model.selected.legs[1].sample == pytest.approx(moved - 60 * per_pixel, abs=3)
    QTest.mouseClick(window.ecg.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, 700))
    assert not model.active, "a click on bare paper gives the keyboard back"
    assert len(model.calipers) == 1


def test_a_drag_up_and_down_is_a_voltage_in_the_lead_under_it(desk: TestSeat) -> None:
    window = desk.station.window
    sheet, model = window.ecg.sheet, window.measuring.calipers
    cell = next(c for c in sheet.cells if c.lead == "aVF")
    x = (cell.left + cell.right) / 2
    alt = Qt.KeyboardModifier.AltModifier
    _drag(desk, QPointF(x, height_of(cell, 1.5)), QPointF(x + 2, height_of(cell, -0.5)), alt)
    caliper = model.selected
    assert caliper is not None
    assert caliper.kind is Kind.VOLTAGE
    assert caliper.lead == cell.index
    assert caliper.millivolts == pytest.approx(-2.0, abs=1.1 / cell.px_per_mv)


def test_shift_drag_measures_in_one_lead(desk: TestSeat) -> None:
    window = desk.station.window
    sheet = window.ecg.sheet
    cell = next(c for c in sheet.cells if c.lead == "V4")
    start, end = QPointF(cell.left + 30, cell.baseline + 50), QPointF(cell.left + 90, cell.baseline)
    _drag(desk, start, end, SHIFT)
    assert window.measuring.calipers.selected.lead == cell.index


def test_moved_marks_change_the_figures_everywhere(desk: TestSeat) -> None:
    window, reading = desk.station.window, desk.station.reading
    marks = window.measuring.marks
    fs = window.sheet.recording.fs
    desk.press(Key.Key_K)
    assert marks.active
    assert "marks" in window.status._keyboard.text()
    for _ in range(3):
        desk.press(Key.Key_Tab)
    assert marks.current == "t_off"
    desk.press(Key.Key_Right, SHIFT)
    more = 10 / fs * 1000
    qt = reading.screening.measurement("qt")
    assert qt.value == pytest.approx(400 + more)
    assert (qt.before, qt.edited) == (400.0, True)
    qtc = reading.screening.measurement("qtc")
    assert qtc.value == pytest.approx((400 + more) / 0.8 ** (1 / 3))
    assert reading.screening.measurement("pr").value == 160.0
    assert not reading.screening.measurement("pr").edited
    assert reading.drafting.draft.moved == {"t_off": 10}
    shown = {f.caption: (f.value, f.was) for f in window.report.measurements._figures}
    assert shown["QT"] == (f"{400 + more:.0f}", "was 400")
    assert shown["PR"] == ("160", "")
    desk.press(Key.Key_Return)
    line = reading.drafting.draft.findings
    assert line.startswith("Measurements edited: QT ")
    assert "(was 400)" in line
    desk.press(Key.Key_Z, CTRL)
    assert reading.drafting.draft.moved == {}
    assert not reading.screening.measurement("qt").edited
    desk.press(Key.Key_K)
    assert not marks.active


def test_marks_do_not_pass_one_another_and_go_back(desk: TestSeat) -> None:
    marks = desk.station.window.measuring.marks
    desk.press(Key.Key_K)
    for _ in range(100):
        desk.press(Key.Key_Right, SHIFT)
    places = list(marks.places.values())
    assert all(b > a for a, b in pairwise(places))
    desk.press(Key.Key_Delete)
    assert marks.moved == {}
    desk.press(Key.Key_Z, CTRL)
    assert marks.moved != {}


def test_a_mark_is_dragged_in_any_beat(desk: TestSeat) -> None:
    window = desk.station.window
    sheet, marks = window.ecg.sheet, window.measuring.marks
    desk.press(Key.Key_K)
    beat = marks.beats[4]
    x = sheet.x(beat + marks.places["t_off"])
    _drag(desk, QPointF(x, 300), QPointF(x + 10, 300))
    per_pixel = window.sheet.recording.fs / sheet.px_per_second
    assert marks.moved["t_off"] == pytest.approx(10 * per_pixel, abs=per_pixel + 1)
    desk.press(Key.Key_Z, CTRL)
    assert marks.moved == {}, "one drag, one undo"


def test_moves_stay_with_their_study(desk: TestSeat) -> None:
    window, reading = desk.station.window, desk.station.reading
    desk.press(Key.Key_K)
    desk.press(Key.Key_Left)
    moved = dict(reading.drafting.draft.moved)
    assert moved
    desk.press(Key.Key_C)
    reading.take(4)
    desk.seen()
    assert window.measuring.calipers.calipers == ()
    assert not window.measuring.held
    assert reading.drafting.draft.moved == {}
    reading.take(STUDY)
    desk.seen()
    assert reading.drafting.draft.moved == moved, "the draft knows them"
    assert window.measuring.marks.moved == moved


def test_a_drag_repaints_only_its_layer(desk: TestSeat) -> None:
    window = desk.station.window
    desk.press(Key.Key_C)
    desk.press(Key.Key_M)
    layer, viewport = window.measuring_sheet.layer, window.ecg.canvas.viewport()
    QApplication.processEvents()
    drawn = []
    window.ecg.canvas.drawn.connect(lambda: drawn.append(1))
    for _ in range(10):
        desk.press(Key.Key_Right)
        QApplication.processEvents()
    whole = viewport.width() * viewport.height()
    covered = sum(r.width() * r.height() for r in layer.covered)
    assert covered < 0.3 * whole
    assert not drawn, "the sheet as a whole was not painted again"


def test_the_night_look_and_chinese(make_seat: Callable[..., TestSeat]) -> None:
    seat = make_seat(measured, look=Look.NIGHT)
    seat.station.reading.take(STUDY)
    seat.seen()
    seat.press(Key.Key_C)
    seat.press(Key.Key_M)
    texts = seat.station.window.measuring_sheet.layer.texts
    assert any("次/分 · 等距标线" in text for text in texts)
    assert seat.station.window.status._keyboard.text() == "卡尺 · Esc 回到图上"


@pytest.mark.parametrize("layout", [11, 13, 14])
def test_calipers_hold_where_columns_show_the_same_time(desk: TestSeat, layout: int) -> None:
    window = desk.station.window
    window.sheet.set_layout(layout)
    page, model = window.ecg.page, window.measuring.calipers
    cell = [c for c in page.cells if c.index is not None][-1]
    first = cell.start + 200
    y = cell.baseline + 8
    alt = Qt.KeyboardModifier.AltModifier
    _drag(desk, QPointF(page.at(cell, first), y), QPointF(page.at(cell, first + 250), y), alt)
    per_pixel = window.sheet.recording.fs / page.px_per_second
    caliper = model.selected
    assert caliper is not None
    found = [leg.sample for leg in caliper.legs]
    assert found == pytest.approx([first, first + 250], abs=per_pixel + 25)
    desk.press(Key.Key_Right)
    leg = model.selected.legs[1].sample
    _wheel(desk, QPointF(page.at(cell, leg), y), -2)
    assert model.selected.legs[1].sample == leg - 2


def test_the_sheet_below_is_shown_as_it_is_while_a_caliper_moves(desk: TestSeat) -> None:
    window = desk.station.window
    viewport = window.ecg.canvas.viewport()
    before = viewport.grab().toImage()
    desk.press(Key.Key_C)
    QApplication.processEvents()
    held = viewport.grab().toImage()
    clear = QRect(5, viewport.height() // 2, 120, viewport.height() // 3)
    assert held.copy(clear) == before.copy(clear), "the picture below is the sheet itself"
    desk.press(Key.Key_3)
    QApplication.processEvents()
    changed = viewport.grab().toImage()
    desk.press(Key.Key_Delete)
    QApplication.processEvents()
    assert changed.copy(clear) == viewport.grab().toImage().copy(clear), "and follows it"

"""Moving over long recordings: places, zoom, beats, bar, magnifier, pyramids; nothing is kept."""

import gc
import weakref
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from farlead.model.recording import Recording
from farlead_ui.ecg import moving
from farlead_ui.ecg.bar import OverviewBar
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.overviews import LONG, Overviews
from farlead_ui.ecg.spans import SpanImage
from farlead_ui.ecg.speeds import LADDER, step, time_written, written
from farlead_ui.ecg.time_marks import label, marks
from farlead_ui.ecg.trend import rates
from farlead_ui.ecg.view import EcgView
from farlead_ui.tasks import InlineTasks, PoolTasks
from farlead_ui.theme.tokens import DAY
from support_sheet import TWO, beats, recording

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Show = Callable[..., tuple[SheetModel, EcgView]]
HOUR = 3600


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    def made(shown: Recording, r_peaks: object = (), *, layout: int = 3) -> object:
        model = SheetModel()
        view = EcgView(model, DAY)
        qtbot.addWidget(view)
        view.resize(1140, 856)
        view.show()
        QApplication.processEvents()
        model.show(shown, r_peaks)  # type: ignore[arg-type]
        model.set_layout(layout)
        return model, view

    return made  # type: ignore[return-value]


def long(seconds: float = HOUR, fs: float = 250.0) -> Recording:
    """Two leads, one beat a second."""
    minute = beats(fs, 60.0, 2)
    return recording(TWO, fs=fs, samples=np.tile(minute, (1, round(seconds / 60))))


def wheel(target: QWidget, at: QPointF, delta: int, modifier: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        at, at, QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, modifier,
        Qt.ScrollPhase.NoScrollPhase, False,  # Qt takes it by position
    )  # fmt: skip
    QApplication.sendEvent(target, event)


# -- speeds


def test_each_speed_is_written_in_the_unit_that_makes_it_plain() -> None:
    assert [written(speed) for speed in LADDER] == [
        "10 mm/h", "20 mm/h", "1 mm/min", "2 mm/min", "5 mm/min", "10 mm/min", "20 mm/min",
        "50 mm/min", "2.5 mm/s", "5 mm/s", "12.5 mm/s", "25 mm/s", "50 mm/s", "100 mm/s",
    ]  # fmt: skip


def test_slow_paper_is_only_for_what_goes_beyond_the_sheet() -> None:
    assert step(12.5, -1, slow=False) == 12.5
    assert step(12.5, -1, slow=True) == 5.0
    assert step(5.0, 1, slow=False) == 12.5
    assert step(100.0, 1, slow=True) == 100.0
    assert list(LADDER) == sorted(LADDER)


def test_times_are_hours_minutes_and_seconds() -> None:
    assert time_written(3 * HOUR + 7 * 60 + 20) == "3:07:20"
    assert time_written(59.97, tenths=True) == "0:01:00"
    assert time_written(12.5, tenths=True) == "0:00:12.5"


# -- places


def test_the_sheet_stands_anywhere_and_pages_go_on_from_there(show: Show) -> None:
    model, _ = show(long())
    model.move_to(33.0)
    assert model.seconds == (33.0, 43.0)
    model.next_page()
    assert model.seconds == (43.0, 53.0)
    moving.pan(model, -1)
    assert model.seconds == (42.0, 52.0)
    model.last_page()
    assert model.seconds == (HOUR - 10.0, HOUR)
    model.move_by(60.0)
    assert model.seconds[1] == HOUR
    model.first_page()
    moving.pan(model, -1)
    assert (model.page, model.seconds) == (0, (0.0, 10.0))


def test_zoom_keeps_the_proportions_and_the_middle(show: Show) -> None:
    model, _ = show(long())
    model.move_to(1000.0)
    moving.zoom(model, 1)
    assert (model.speed, model.gain, model.seconds) == (50.0, 20.0, (1002.5, 1007.5))
    moving.zoom(model, -1)
    moving.zoom(model, -1)
    assert (model.speed, model.gain) == (12.5, 5.0)
    moving.zoom(model, -1)
    assert (model.speed, model.gain) == (5.0, 5.0)  # slower paper only shows more time
    assert sum(model.seconds) / 2 == pytest.approx(1005.0, abs=15.0)


def test_zoom_about_the_pointer_keeps_the_time_under_it(show: Show) -> None:
    model, view = show(long())
    model.move_to(1000.0)
    assert view.sheet is not None
    x = view.sheet.x(1003.0 * 250)
    viewport = view.canvas.viewport()
    for delta in (120, -120, -120, -120):
        wheel(viewport, QPointF(x, 400), delta, Qt.KeyboardModifier.ControlModifier)
        assert view.sheet.x(1003.0 * 250) == pytest.approx(x, abs=1.0)
    assert model.speed == 5.0


def test_the_sheet_stands_on_whole_pixels_and_still_goes_from_beat_to_beat(show: Show) -> None:
    beat = 250  # samples: one a second
    model, view = show(long(), range(100, HOUR * 250, beat))
    model.set_calibration(3.69)  # 92.25 pixels a second
    starts = []
    for _ in range(6):
        moving.to_beat(model, 1)
        starts.append(model.seconds[0])
        assert view.sheet is not None
        pixels = model.seconds[0] * view.sheet.px_per_second
        assert pixels == pytest.approx(round(pixels), abs=1e-6)
    assert np.diff(starts) == pytest.approx(1.0, abs=0.012)
    for _ in range(5):
        moving.to_beat(model, -1)
    assert model.seconds[0] == starts[0]


def test_shift_and_wheel_pan_and_the_middle_button_drags(show: Show) -> None:
    model, view = show(long())
    model.move_to(100.0)
    viewport = view.canvas.viewport()
    wheel(viewport, QPointF(500, 400), -120, Qt.KeyboardModifier.ShiftModifier)
    assert model.seconds[0] == 101.0
    middle = Qt.MouseButton.MiddleButton
    QTest.mousePress(viewport, middle, pos=QPoint(500, 400))
    QTest.mouseMove(viewport, QPoint(410, 400))
    QTest.mouseRelease(viewport, middle, pos=QPoint(410, 400))
    assert model.seconds[0] == pytest.approx(102.0)


def test_whole_beats_are_stepped(show: Show) -> None:
    peaks = [round((0.4 + k) * 250) for k in range(HOUR)]
    model, view = show(long(), peaks)
    moving.to_beat(model, 1)
    assert view.sheet is not None
    at = [view.sheet.x(peak) for peak in peaks if peak / 250 > model.seconds[0]]
    assert at[0] - view.sheet.trace_left == pytest.approx(36.0, abs=1.0)
    before = model.seconds[0]
    moving.to_beat(model, 1)
    assert model.seconds[0] - before == pytest.approx(1.0)
    moving.to_beat(model, -1)
    assert model.seconds[0] == pytest.approx(before)
    for _ in range(3):
        moving.to_beat(model, -1)
    assert model.seconds[0] == 0.0


def test_the_whole_recording_and_back(show: Show) -> None:
    model, view = show(long())
    moving.whole(model)
    assert (model.pages, model.seconds) == (1, (0.0, HOUR))
    assert any("mm/min not standard" in text for text in view.texts)
    moving.whole(model)
    assert (model.speed, model.gain) == (25.0, 10.0)


def test_another_recording_begins_at_its_start(show: Show) -> None:
    model, _ = show(long())
    model.move_to(1000.0)
    model.magnifier.toggle()
    model.show(long(600.0))
    assert (model.seconds[0], model.at, model.magnifier.on) == (0.0, None, False)


# -- slow paper


def test_slow_paper_has_times_instead_of_intervals(show: Show) -> None:
    model, view = show(long(), range(100, HOUR * 250, 250))
    assert "RR ms" in view.texts
    model.set_speed(50 / 60)
    assert "RR ms" not in view.texts
    assert "0:01:00" in view.texts


def test_time_marks_are_round_by_the_clock() -> None:
    begun = datetime(2026, 11, 21, 8, 29, 40, tzinfo=UTC)
    found = marks((0.0, 90.0), begun, 30)
    assert [label(time, begun, 30) for time in found] == ["08:30:00", "08:30:30", "08:31:00"]
    assert marks((0.0, 90.0), None, 60) == [0.0, 60.0]


def test_a_spike_of_one_sample_is_seen_in_an_hour(show: Show) -> None:
    samples = np.zeros((2, HOUR * 250), np.float32)
    samples[0, 1234 * 250] = 3.0
    model, view = show(recording(TWO, fs=250.0, samples=samples))
    moving.whole(model)
    sheet = view.sheet
    assert sheet is not None
    image = view.grab().toImage()
    x, cell = round(sheet.x(1234 * 250)), sheet.cells[0]
    top = cell.baseline - round(2.5 * cell.px_per_mv)
    dark = [image.pixelColor(column, top).lightness() < 80 for column in range(x - 3, x + 4)]
    assert any(dark)


def test_spans_are_where_they_were_asked_for() -> None:
    strokes = [np.array([[10.5, 20.5], [10.5, 25.5], [11.5, 30.0], [11.5, 22.0]])]
    image = SpanImage()
    image.fill(strokes, "#000000", 100)
    assert image.rows(10) == (20, 26)
    assert image.rows(11) == (22, 31)
    image.fill([np.array([[3.0, -500.0], [3.0, 4000.0]])], "#000000", 50)
    assert image.rows(3) == (0, 50)
    image.fill([], "#000000", 50)
    assert image.rows(3) is None


# -- pyramids


def test_pyramids_are_made_in_a_worker_and_the_sheet_is_usable_at_once(qtbot: QtBot) -> None:
    model, tasks = SheetModel(), PoolTasks(2)
    view = EcgView(model, DAY, tasks=tasks)
    qtbot.addWidget(view)
    view.resize(1140, 856)
    view.show()
    QApplication.processEvents()
    model.show(long())
    assert tasks.busy
    assert view.sheet is not None  # laid out and drawn from the samples
    model.set_speed(50 / 60)
    assert any("Overview is being made" in text for text in view.texts)
    assert tasks.drain(5000)
    assert not any("Overview is being made" in text for text in view.texts)
    tasks.close(1000)


def test_a_recording_that_fits_gets_no_pyramids() -> None:
    model = SheetModel()
    overviews = Overviews(model, InlineTasks())
    model.show(recording())
    assert overviews.of(0) is None
    model.show(recording(TWO, samples=np.zeros((2, LONG + 1))))
    assert overviews.ready
    assert overviews.of(1) is not None
    model.clear()
    assert overviews.of(1) is None


def test_rates_are_those_of_the_single_intervals() -> None:
    low, high = rates([0, 250, 500, 625, 750], 250.0, 4.0, 4)
    np.testing.assert_allclose(high, [np.nan, 60, 120, 120])
    np.testing.assert_allclose(low, [np.nan, 60, 60, 120])


# -- the bar


def bar_of(view: EcgView) -> OverviewBar:
    found = view.findChild(OverviewBar)
    assert isinstance(found, OverviewBar)
    return found


def test_the_bar_is_there_for_long_recordings_only(show: Show) -> None:
    model, view = show(recording(seconds=32.0))
    assert not bar_of(view).isVisible()
    model.show(long())
    assert bar_of(view).isVisible()
    assert view.sheet is not None
    assert view.sheet.height == 856 - bar_of(view).height()
    model.fail("x")
    assert not bar_of(view).isVisible()


@pytest.mark.parametrize("peaks", [(), range(100, HOUR * 250, 250)])
def test_a_click_on_the_bar_goes_there(show: Show, peaks: object) -> None:
    model, view = show(long(), peaks)
    bar = bar_of(view)
    area = bar.window_area
    assert area.left() == pytest.approx(96, abs=1)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(round(96 + 1028 / 2), 30))
    assert sum(model.seconds) / 2 == pytest.approx(HOUR / 2, abs=5.0)
    assert bar.window_area.center().x() == pytest.approx(96 + 1028 / 2, abs=2)
    wheel(bar, QPointF(300, 30), -120, Qt.KeyboardModifier.NoModifier)
    assert sum(model.seconds) / 2 == pytest.approx(HOUR / 2 + 10, abs=5.0)
    assert not view.grab().isNull()


# -- the magnifier


def test_the_magnifier_shows_twice_the_scale_and_says_it(show: Show) -> None:
    model, view = show(long())
    plain = view.grab().toImage()
    model.magnifier.toggle()
    QTest.mouseMove(view.canvas.viewport(), QPoint(500, 400))
    QApplication.processEvents()
    assert view.lens.isVisible()
    assert view.lens.text == "×2 · 50 mm/s · 20 mm/mV"
    assert view.lens.place.contains(QPointF(500, 400))
    assert view.grab().toImage() != plain
    model.magnifier.toggle()
    assert view.grab().toImage() == plain


# -- nothing is kept


def gone(reference: "weakref.ref[object]") -> bool:
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    return reference() is None


def test_a_closed_sheet_and_its_recording_are_freed(qtbot: QtBot) -> None:
    model, tasks = SheetModel(), PoolTasks(2)
    view = EcgView(model, DAY, tasks=tasks)
    view.show()
    shown = long()
    model.show(shown)
    moving.whole(model)
    model.magnifier.toggle()
    assert tasks.drain(5000)
    qtbot.wait(20)
    sheet, samples = weakref.ref(view), weakref.ref(shown.samples)
    model.clear()
    del shown
    assert gone(samples)
    view.close()
    view.deleteLater()
    del view
    assert gone(sheet)
    tasks.close(1000)


def test_a_hundred_recordings_one_after_another_leave_nothing(show: Show) -> None:
    model, _ = show(long(120.0))
    held: list[weakref.ref[object]] = []
    for n in range(100):
        shown = recording(samples=beats(seconds=10.0)) if n % 3 else long(600.0)
        held.append(weakref.ref(shown.samples))
        model.show(shown, range(100, 4000, 400))
        moving.whole(model)
        QApplication.processEvents()
        del shown
    model.clear()
    QApplication.processEvents()
    assert gone(held[0])
    assert [reference() for reference in held] == [None] * len(held)

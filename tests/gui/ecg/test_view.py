"""What is really on the glass, pixel by pixel at 100 %."""

import gc
import weakref
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from farlead.model.recording import Device, Recording
from farlead.model.screening import Span
from farlead_ui.ecg.model import Evidence, SheetModel
from farlead_ui.ecg.view import EcgView
from farlead_ui.theme.tokens import DAY, NIGHT
from support_sheet import EIGHT, TWELVE, TWO, beats, recording

# The offscreen platform has no window manager to tell sizes to, and says so for each window.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Pixels = NDArray[np.int16]
Show = Callable[..., tuple[SheetModel, EcgView]]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    def made(shown: Recording | None = None, *, width: int = 1140, height: int = 856) -> object:
        model = SheetModel()
        view = EcgView(model, DAY)
        qtbot.addWidget(view)
        view.resize(width, height)
        view.show()
        if shown is not None:
            model.show(shown)
        return model, view

    return made  # type: ignore[return-value]


def pixels(view: EcgView) -> Pixels:
    """Red, green, blue of each pixel, shape (rows, columns, 3)."""
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(np.int16)


def colour(name: str) -> Pixels:
    found = QColor(name)
    return np.array([found.red(), found.green(), found.blue()], np.int16)


def is_colour(picture: Pixels, name: str) -> NDArray[np.bool_]:
    return np.asarray((picture == colour(name)).all(axis=-1))


def dark(picture: Pixels) -> NDArray[np.bool_]:
    return np.asarray(picture.sum(axis=-1) < 250)


def spike(at: int, millivolts: float = 1.0) -> Recording:
    """Flat leads; lead I has one narrow triangle."""
    samples = np.zeros((12, 5000))
    samples[0, at - 5 : at + 6] = millivolts * (1 - np.abs(np.arange(-5, 6)) / 5)
    return recording(samples=samples)


def test_bold_lines_are_eighteen_pixels_apart_everywhere(show: Show) -> None:
    _, view = show()
    picture = pixels(view)
    bold = is_colour(picture, DAY.grid_bold)
    assert np.flatnonzero(bold[5]).tolist() == list(range(0, 1140, 18))
    assert np.flatnonzero(bold[:, 5]).tolist() == list(range(0, 856, 18))
    fine = np.flatnonzero(is_colour(picture, DAY.grid)[5])[:4]
    assert fine.tolist() == [4, 7, 11, 14]


def test_a_calibrated_grid_follows_the_ruler(show: Show) -> None:
    model, view = show()
    model.set_calibration(4.02)
    bold = np.flatnonzero(is_colour(pixels(view), DAY.grid_bold)[5])
    assert bold.tolist() == list(range(0, 1140, 20))
    model.set_calibration(3.69)  # no whole number near: snapped
    bold = np.flatnonzero(is_colour(pixels(view), DAY.grid_bold)[5])
    assert bold.tolist() == [int(5 * k * 3.69 + 0.5) for k in range(len(bold))]


def test_the_pulse_is_ten_millimetres_high(show: Show) -> None:
    model, view = show(recording())
    assert view.sheet is not None
    for gain, height in ((10.0, 36), (5.0, 18), (20.0, 72)):
        model.set_gain(gain)
        picture = pixels(view)
        ink = is_colour(picture, DAY.trace if gain == 10.0 else DAY.urgent)
        column = np.flatnonzero(ink[:200, 108])
        assert (column.min(), column.max()) == (126 - height, 126)


def test_an_r_wave_stands_where_the_grid_says(show: Show) -> None:
    _, view = show(spike(at=700))
    picture = dark(pixels(view)[:200, 145:360])
    picture[:70] = False  # the lead's name
    top = np.flatnonzero(picture.any(axis=1)).min()
    tip = np.flatnonzero(picture[top]).mean() + 145
    assert tip == pytest.approx(144 + 700 / 500 * 25 * 3.6, abs=1.0)  # 126 px
    assert top == pytest.approx(126 - 36, abs=2.0)


def test_a_flat_line_lies_on_its_bold_line(show: Show) -> None:
    _, view = show(recording())
    column = pixels(view)[:200, 250].sum(axis=-1)
    assert int(column.argmin()) == 126


def test_a_gap_is_not_painted(show: Show) -> None:
    samples = np.zeros((12, 5000))
    samples[0, 500:1000] = np.nan
    _, view = show(recording(samples=samples))
    assert view.sheet is not None
    row = dark(pixels(view)[124:129]).any(axis=0)
    left, right = view.sheet.x(500), view.sheet.x(1000)
    assert not row[round(left) + 2 : round(right) - 2].any()
    assert row[round(left) - 30 : round(left) - 3].all()
    assert row[round(right) + 3 : round(right) + 30].all()


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_each_name_is_written(show: Show, number: int) -> None:
    model, view = show(recording(samples=beats()))
    model.set_layout(number)
    rhythm = len(model.layout.rhythm)
    names = [text for text in view.texts if text in TWELVE]
    assert set(names) == set(TWELVE)
    assert len(names) == 12 + rhythm


def test_a_lead_that_was_not_recorded_says_so(show: Show) -> None:
    _, view = show(recording(EIGHT))
    assert view.texts.count("not recorded") == 4


def test_two_leads_get_the_sheet(show: Show) -> None:
    _, view = show(recording(TWO, fs=360.0, samples=beats(360.0, 10.0, 2)))
    assert view.sheet is not None
    assert [c.lead for c in view.sheet.cells] == list(TWO)


def test_rr_intervals_are_in_milliseconds(show: Show) -> None:
    model, view = show()
    model.show(recording(), [200, 700, 1100, 1650])
    assert [t for t in view.texts if t.isdigit()] == ["1000", "800", "1100"]


def test_what_is_not_standard_is_written_on_the_sheet(show: Show) -> None:
    model, view = show(recording())
    assert not any("not standard" in text for text in view.texts)
    model.set_gain(5.0)
    model.set_speed(50.0)
    assert "50 mm/s not standard · 5 mm/mV not standard" in view.texts


def test_a_device_filter_that_is_not_diagnostic_is_written_on_the_sheet(show: Show) -> None:
    _, view = show(recording(device=Device(high_pass=0.5, low_pass=40.0)))
    assert "0.5–40 Hz not standard" in view.texts


def test_closely_set_rows_leave_room_for_the_warning(show: Show) -> None:
    model, view = show(recording())
    model.set_layout(3)
    model.set_gain(5.0)
    assert view.sheet is not None
    warning = next(t for t in view.lettering if "not standard" in t.text)
    assert max(view.sheet.baselines) + 18 < warning.y


def test_notes_on_the_file_stand_at_the_foot(show: Show) -> None:
    model, view = show()
    model.show(recording(), notes=("III, aVR, aVL, aVF were derived",))
    assert "III, aVR, aVL, aVF were derived" in view.texts
    model.show(recording())
    assert not any("derived" in text for text in view.texts)


def test_not_calibrated_is_said_on_the_sheet(show: Show) -> None:
    model, view = show(recording())
    assert any("Not calibrated" in text for text in view.texts)
    model.set_calibration(3.6)
    assert not any("Not calibrated" in text for text in view.texts)


def test_a_trace_that_leaves_the_sheet_is_told(show: Show) -> None:
    model, view = show(spike(at=700, millivolts=3.0))
    assert not any("leaves" in text for text in view.texts)
    model.set_gain(20.0)
    assert "▲ I leaves the sheet" in view.texts


def test_evidence_is_lit_under_the_grid(show: Show) -> None:
    model, view = show(recording())
    model.set_evidence(Evidence(("V1",), (Span(2600, 2800, "pause"),), {"V1": "QS"}))
    (area,) = view.lit_areas
    assert view.sheet is not None
    assert area.left() == pytest.approx(view.sheet.x(2600), abs=1.0)
    assert area.width() == pytest.approx(0.4 * 90, abs=1.0)
    picture = pixels(view)
    lit = is_colour(picture, DAY.lit)
    assert lit[int(area.top()) : int(area.bottom()), int(area.left()) : int(area.right())].any()
    x = next(x for x in range(int(area.left()), int(area.right())) if x % 18 == 0)
    assert is_colour(picture, DAY.grid_bold)[int(area.top()) + 2, x]
    assert "QS" in view.texts
    model.toggle_evidence()
    assert not is_colour(pixels(view), DAY.lit).any()


def test_evidence_outside_a_column_is_not_lit_there(show: Show) -> None:
    model, view = show(recording())
    model.set_evidence(Evidence(("V1",), (Span(0, 1000, "pause"),)))
    assert view.lit_areas == []  # V1 shows seconds 5 to 7.5


def test_evidence_as_short_as_a_spike_is_wide_enough_to_be_seen(show: Show) -> None:
    model, view = show(recording())
    model.set_evidence(Evidence(("V2",), (Span(2600, 2602, "spike"),)))
    (area,) = view.lit_areas
    assert view.sheet is not None
    assert area.width() >= view.sheet.scale.px_per_mm
    assert area.left() <= view.sheet.x(2600) <= area.right()
    assert area.left() <= view.sheet.x(2602) <= area.right()


def test_pages_turn(show: Show) -> None:
    model, view = show(recording(seconds=32.0))
    model.set_layout(3)
    assert (model.pages, model.seconds) == (4, (0.0, 10.0))
    model.next_page()
    assert view.sheet is not None
    assert view.sheet.seconds == (10.0, 20.0)
    assert any(text.startswith("10–20 s of 32 s") for text in view.texts)


def test_the_wheel_leafs(show: Show) -> None:
    model, view = show(recording(seconds=32.0))
    viewport = view.childAt(500, 400)
    event = QWheelEvent(
        QPointF(9, 9),
        QPointF(9, 9),
        QPoint(),
        QPoint(0, -240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # not inverted; Qt takes it by position
    )
    QApplication.sendEvent(viewport, event)
    assert model.page == 2


def test_a_name_moves_aside_for_a_trace(show: Show) -> None:
    samples = np.zeros((12, 5000))
    model, view = show(recording(samples=samples))
    free = next(t for t in view.lettering if t.text == "I")
    tall = samples.copy()
    tall[0, 50:56] = 2.5  # runs through the place of the name
    model.show(recording(samples=tall))
    moved = next(t for t in view.lettering if t.text == "I")
    assert moved.y == free.y
    assert moved.x > view.sheet.x(56)  # type: ignore[union-attr]


def test_a_closed_sheet_is_freed(qtbot: QtBot) -> None:
    model = SheetModel()
    view = EcgView(model, DAY)
    view.show()
    model.show(recording(samples=beats()))
    qtbot.wait(20)
    gone = weakref.ref(view)
    view.close()
    view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    del view
    gc.collect()
    assert gone() is None
    model.gain_up()  # nobody is called who is gone


def test_another_speed_keeps_the_time_that_was_shown(show: Show) -> None:
    model, _ = show(recording(seconds=40.0))
    model.set_layout(3)
    model.set_page(2)
    model.set_speed(50.0)
    assert model.seconds == (20.0, 25.0)
    model.set_speed(12.5)
    assert model.seconds[0] <= 20.0 < model.seconds[1]


def test_painted_is_told_once_a_recording_and_only_for_the_one_on_the_sheet(
    show: Show, qtbot: QtBot
) -> None:
    model, view = show()
    told: list[object] = []
    view.painted.connect(told.append)
    first, second = recording(samples=beats()), recording()
    model.show(first)
    assert told == []
    qtbot.waitUntil(lambda: told == [first])
    model.set_gain(20.0)
    model.show(first)
    model.show(second)  # before the other could be painted
    qtbot.waitUntil(lambda: second in told)
    assert told == [first, second]


def test_painted_waits_until_the_sheet_is_visible(qtbot: QtBot) -> None:
    model = SheetModel()
    view = EcgView(model, DAY)
    qtbot.addWidget(view)
    told: list[object] = []
    view.painted.connect(told.append)
    shown = recording()
    model.show(shown)
    qtbot.wait(20)
    assert told == []
    view.show()
    qtbot.waitUntil(lambda: told == [shown])


def test_a_failed_recording_shows_why_and_is_never_painted(show: Show, qtbot: QtBot) -> None:
    model, view = show(recording())
    qtbot.wait(20)
    told: list[object] = []
    view.painted.connect(told.append)
    model.fail("采样率为 0")
    assert view.failure_text is not None
    assert "采样率为 0" in view.failure_text
    empty = recording(samples=np.zeros((12, 0)))
    model.show(empty)
    assert view.failure_text == "The recording holds no samples."
    model.show(recording(samples=np.full((12, 5000), np.nan)))
    assert "No lead was recorded" in (view.failure_text or "")
    qtbot.wait(20)
    assert told == []
    model.show(recording())
    assert view.failure_text is None


def test_night_changes_every_colour(show: Show) -> None:
    _, view = show(recording(samples=beats()))
    view.set_palette(NIGHT)
    picture = pixels(view)
    assert is_colour(picture, NIGHT.sheet).any()
    assert is_colour(picture, NIGHT.grid_bold).any()
    for name in (DAY.sheet, DAY.grid, DAY.grid_bold):
        assert not is_colour(picture, name).any()


def test_an_empty_sheet_is_paper(show: Show) -> None:
    model, view = show(recording(samples=beats()))
    model.clear()
    assert view.texts == ()
    assert not dark(pixels(view)).any()


def test_avr_upside_down_is_drawn_and_named_so(show: Show) -> None:
    samples = np.zeros((12, 5000))
    samples[3, 100:120] = -1.0
    model, view = show(recording(samples=samples))
    model.choose_layout("Cabrera 6×2")
    assert "−aVR" in view.texts
    assert "aVR" not in view.texts
    assert any("aVR upside down" in text for text in view.texts)
    (cell,) = (c for c in view._traces.strokes if c.lead == "aVR")
    assert view._traces.strokes[cell][0][:, 1].min() == pytest.approx(cell.baseline - 35.5, abs=0.1)


def test_how_columns_share_time_is_said(show: Show) -> None:
    model, view = show(recording())
    assert any("Columns follow one another" in text for text in view.texts)
    model.choose_layout("6×2 ∥")
    assert any("Columns show the same time" in text for text in view.texts)
    assert view.sheet is None  # nothing to be measured over columns
    model.choose_layout("12×1")
    assert not any("Columns" in text for text in view.texts)
    model.choose_layout("1 ≡")
    assert any("not shown: I III" in text for text in view.texts)

"""A sheet that was panned and zoomed is pixel by pixel the sheet that is painted anew."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from farlead.model.recording import Recording
from farlead_signal.filters import ORIGINAL, Setting
from farlead_ui.ecg import film, moving
from farlead_ui.ecg.film import Film, Leads, Look, Row, Window
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.view import EcgView
from farlead_ui.theme.tokens import DAY, NIGHT
from support_sheet import beats, recording

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Open = Callable[[Recording], tuple[SheetModel, EcgView]]


@pytest.fixture
def opened(qtbot: QtBot) -> Open:
    def made(shown: Recording) -> tuple[SheetModel, EcgView]:
        model = SheetModel()
        view = EcgView(model, DAY)
        qtbot.addWidget(view)
        view.resize(900, 640)
        view.show()
        QApplication.processEvents()
        model.show(shown, range(100, 20_000, 250))
        return model, view

    return made


def pixels(view: EcgView) -> NDArray[np.uint8]:
    image = view.canvas.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8)
    return rows.reshape(image.height(), image.bytesPerLine())[:, : image.width() * 4].copy()


def rhythm(fs: float = 250.0) -> Recording:
    """A minute and a half with gaps, a spike and a lead that leaves the sheet."""
    samples = beats(fs, 90.0)
    samples[2, 3000:3400] = np.nan
    samples[4, 5000] = 4.0
    samples[7] += 8.0 * (np.arange(samples.shape[1]) > 9000)
    samples[9, 4000:4003] = np.nan
    return recording(fs=fs, samples=samples)


def stroll(rng: np.random.Generator, model: SheetModel) -> None:
    """One act of a reader who looks around."""
    acts: list[Callable[[], object]] = [
        lambda: model.move_by(float(rng.normal(0, 1.0))),
        lambda: model.move_by(float(rng.choice((-1, 1)) / 90)),
        lambda: model.move_to(float(rng.uniform(0, 90))),
        lambda: moving.pan(model, int(rng.choice((-1, 1)))),
        lambda: moving.to_beat(model, int(rng.choice((-1, 1)))),
        lambda: moving.zoom(model, int(rng.choice((-1, 1)))),
        lambda: model.leaf(int(rng.choice((-1, 1)))),
    ]
    acts[int(rng.choice(len(acts), p=(0.35, 0.2, 0.05, 0.15, 0.1, 0.1, 0.05)))]()


@pytest.mark.parametrize("layout", ["12×1", "3×4+1", "6×2 ∥", "1 ≡"])
@pytest.mark.parametrize("calibration", [None, 3.69])
def test_panned_is_painted_anew(opened: Open, layout: str, calibration: float | None) -> None:
    rng = np.random.default_rng(len(layout) + (calibration is None))
    shown = rhythm()
    model, view = opened(shown)
    model.set_calibration(calibration)
    model.choose_layout(layout)
    for step in range(40):
        stroll(rng, model)
        walked = pixels(view)
        if step % 4:
            continue
        fresh, other = opened(shown)
        fresh.set_calibration(calibration)
        fresh.choose_layout(layout)
        fresh.set_scale(model.speed, model.gains)
        fresh.set_page(model.page)
        if model.at is not None:
            fresh.move_to(*model.at)
        assert fresh.seconds == model.seconds
        assert (pixels(other) == walked).all(), (step, model.seconds, model.speed)


def test_panned_is_painted_anew_under_a_filter_and_at_night(opened: Open) -> None:
    shown, setting = rhythm(), Setting(0.5, 50.0, 40.0)
    model, view = opened(shown)
    view.set_palette(NIGHT)
    model.filters.choose(setting)
    for _ in range(12):
        model.move_by(0.7)
        pixels(view)
    fresh, other = opened(shown)
    other.set_palette(NIGHT)
    fresh.filters.choose(setting)
    fresh.move_to(*model.at)
    assert (pixels(other) == pixels(view)).all()


@pytest.mark.parametrize("speed", [1.0 / 60 * 50, 2.5, 20.0 / 3600])
def test_slow_paper_is_panned_alike(opened: Open, speed: float) -> None:
    minutes = np.tile(rhythm().samples, (1, 40))
    shown = recording(fs=250.0, samples=minutes)
    model, view = opened(shown)
    model.set_layout(3)
    model.set_speed(speed)
    rng = np.random.default_rng(3)
    for _ in range(5):
        for _ in range(4):
            model.move_by(float(rng.normal(0, 0.1)) * model.length)
            walked = pixels(view)
        fresh, other = opened(shown)
        fresh.set_layout(3)
        fresh.set_speed(speed)
        fresh.set_page(model.page)
        if model.at is not None:
            fresh.move_to(*model.at)
        assert fresh.seconds == model.seconds
        assert (pixels(other) == walked).all()


def test_a_trace_that_leaves_slow_paper_is_told(opened: Open) -> None:
    samples = np.tile(rhythm().samples, (1, 40))
    model, view = opened(recording(fs=250.0, samples=samples))
    model.set_layout(3)
    model.set_speed(2.5)
    model.move_to(0.0)
    assert not any("leaves" in text and "aVL" not in text for text in view.texts)
    model.set_gain(40.0)
    assert any("leaves" in text for text in view.texts)


def test_a_pan_strokes_only_what_comes_in(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    model, view = opened(rhythm())
    model.set_layout(3)
    model.move_to(20.0)
    pixels(view)
    stroked: list[int] = []
    whole = Film._stroked

    def counted(self: Film, first: int, stop: int) -> object:
        stroked.append(stop - first)
        return whole(self, first, stop)

    monkeypatch.setattr(Film, "_stroked", counted)
    model.move_by(0.1)
    pixels(view)
    assert stroked == [film.AHEAD]
    for _ in range(10):
        model.move_by(0.1)
        pixels(view)
        model.set_notes((f"{model.seconds}",))
        pixels(view)
    assert stroked == [film.AHEAD]


def test_a_hidden_sheet_keeps_no_pictures_and_is_the_same_when_it_comes_back(opened: Open) -> None:
    _, view = opened(rhythm())
    before = pixels(view)
    view.hide()
    assert not any(roll._pieces for roll in view._traces._films)
    view.show()
    assert (pixels(view) == before).all()


def test_what_was_stroked_is_dropped_when_it_is_far() -> None:
    shown = rhythm(500.0)
    look = Look(shown, ORIGINAL, 5.0, 0.5, (Row(1, 100, 36.0),), 200, DAY.trace, 1.0)
    leads = Leads(shown.samples.__getitem__)
    roll = Film(look, Window(0, 0, 400), leads)
    held = []
    image = QImage(400, 200, QImage.Format.Format_ARGB32_Premultiplied)
    for first in range(0, 5000, 50):
        roll.show(look, Window(-first, first, first + 400), leads)
        painter = QPainter(image)
        roll.paint(painter)
        painter.end()
        held.append(sum(piece.stop - piece.first for piece in roll._pieces))
    assert max(held) <= 3 * 400 + 2 * film.AHEAD

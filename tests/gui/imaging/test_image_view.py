"""What the image view shows, and what the mouse and the keys do to it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from farlead.formats import read
from farlead.model.recording import ImageStudy, Modality, Window
from farlead_ui.imaging import wording
from farlead_ui.imaging.model import ImageModel
from farlead_ui.imaging.view import ImageView
from farlead_ui.imaging.window import grey_levels
from farlead_ui.imaging.words import ImageWords
from farlead_ui.theme.tokens import DAY, NIGHT
from support_sheet import image

# The offscreen platform has no window manager to tell sizes to, and says so for each window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

Shown = tuple[ImageModel, ImageView]


@pytest.fixture
def show(qtbot: QtBot) -> Callable[..., Shown]:
    def made(*images: ImageStudy) -> Shown:
        model = ImageModel()
        view = ImageView(model, DAY)
        qtbot.addWidget(view)
        view.resize(640, 480)
        view.show()
        model.show(images)
        return model, view

    return made


def gradient(rows: int = 64, columns: int = 64, **rest: object) -> ImageStudy:
    frames = np.arange(rows * columns, dtype=np.uint16).reshape(1, rows, columns)
    return image(frames, windows=(Window(rows * columns / 2, rows * columns),), **rest)


def test_the_picture_is_the_frame_under_the_window(show: Callable[..., Shown]) -> None:
    model, view = show(gradient())
    assert view.canvas.picture is not None
    assert model.frame is not None
    wanted = grey_levels(model.frame, model.window, inverted=False)
    for x, y in ((0, 0), (63, 0), (20, 40), (63, 63)):
        assert view.canvas.picture.pixelColor(x, y).red() == wanted[y, x]


def test_colours_stay(show: Callable[..., Shown]) -> None:
    frames = np.zeros((1, 5, 7, 3), np.uint8)
    frames[0, 2, 3] = (200, 100, 50)
    _, view = show(image(frames, modality=Modality.ULTRASOUND))
    assert view.canvas.picture is not None
    assert view.canvas.picture.pixelColor(3, 2).getRgb()[:3] == (200, 100, 50)


def test_the_mark_is_always_there(show: Callable[..., Shown]) -> None:
    _, view = show(gradient())
    assert view.mark == "For viewing, not for diagnosis"


def test_pixels_that_are_not_square_keep_their_shape(show: Callable[..., Shown]) -> None:
    _, view = show(gradient(rows=40, columns=80, spacing=(2.0, 1.0)))
    target = view.canvas.target()
    assert target.width() == pytest.approx(target.height())  # 80 mm by 80 mm


def test_the_whole_image_fits_and_is_in_the_middle(show: Callable[..., Shown]) -> None:
    _, view = show(gradient(rows=30, columns=90))
    target, canvas = view.canvas.target(), view.canvas
    assert target.width() == pytest.approx(canvas.width())
    assert target.center().y() == pytest.approx(canvas.height() / 2)


@pytest.mark.parametrize(
    ("direction", "other"), [("L", "R"), ("P", "A"), ("H", "F"), ("LA", "RP"), ("", "")]
)
def test_the_opposite_letters(direction: str, other: str) -> None:
    assert wording.opposite(direction) == other


def test_side_letters_are_drawn_at_the_edges(show: Callable[..., Shown]) -> None:
    frames = np.zeros((1, 64, 64), np.uint8)
    _, without = show(image(frames))
    _, sided = show(image(frames, sides=("L", "P")))
    a, b = without.canvas.grab().toImage(), sided.canvas.grab().toImage()
    middle = a.height() // 2
    changed = {
        x
        for x in range(a.width())
        for y in (middle - 6, middle, middle + 5)
        if a.pixel(x, y) != b.pixel(x, y)
    }
    assert any(x < 40 for x in changed)
    assert any(x > a.width() - 40 for x in changed)
    assert not any(60 < x < a.width() - 60 for x in changed)


def test_a_drag_changes_the_window(show: Callable[..., Shown], qtbot: QtBot) -> None:
    model, view = show(gradient())
    before = model.window
    qtbot.mousePress(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(view.canvas, QPoint(160, 100))
    qtbot.mouseRelease(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(160, 100))
    assert model.window.width != before.width


def test_the_keys_leaf_and_zoom(show: Callable[..., Shown], qtbot: QtBot) -> None:
    model, view = show(image(np.zeros((5, 8, 8), np.uint8), modality=Modality.ULTRASOUND))
    qtbot.keyClick(view.canvas, Qt.Key.Key_PageDown)
    qtbot.keyClick(view.canvas, Qt.Key.Key_End)
    assert model.index == 4
    qtbot.keyClick(view.canvas, Qt.Key.Key_Home)
    assert model.index == 0
    qtbot.keyClick(view.canvas, Qt.Key.Key_Plus)
    assert model.zoom > 1
    qtbot.keyClick(view.canvas, Qt.Key.Key_0)
    assert model.zoom == 1.0
    qtbot.keyClick(view.canvas, Qt.Key.Key_Space)
    assert model.playing
    qtbot.keyClick(view.canvas, Qt.Key.Key_Space)
    assert not model.playing


def test_a_clip_plays_by_itself_and_stops_when_hidden(
    show: Callable[..., Shown], qtbot: QtBot
) -> None:
    times = np.arange(6) * 15.0
    model, view = show(image(np.zeros((6, 8, 8), np.uint8), frame_times=times))
    seen: set[int] = set()
    model.frame_changed.connect(lambda: seen.add(model.index))
    model.toggle_play()
    qtbot.waitUntil(lambda: len(seen) >= 4)
    view.hide()
    assert not model.playing


def test_painted_is_told_for_the_study_shown(show: Callable[..., Shown], qtbot: QtBot) -> None:
    model, view = show()
    told: list[object] = []
    view.painted.connect(told.append)
    shown = gradient()
    model.show([shown])
    qtbot.waitUntil(lambda: told == [shown])
    model.next_frame()
    model.zoom_in()
    qtbot.wait(10)
    assert told == [shown]


def test_a_failed_study_says_why_instead_of_a_blank(show: Callable[..., Shown]) -> None:
    model, view = show()
    model.fail("第 1 个对象：像素数据不完整。请单位重新发送。")
    assert any("像素数据不完整" in text for text in view.shown_failures)
    model.show([gradient()], ["第 2 个对象无法读取"])
    assert view.shown_failures == ("第 2 个对象无法读取",)
    model.show([gradient()])
    assert view.shown_failures == ()


def test_words_follow_the_model(qtbot: QtBot) -> None:
    model = ImageModel()
    words = ImageWords(model, NIGHT)
    qtbot.addWidget(words)
    words.show()
    assert not words.window_word.isVisible()
    model.show([gradient(description="Chest")])
    assert words.window_word.text() == "W 4096  L 2048"
    assert words.series.text() == "1 / 1  CT Chest"
    assert not words.play.isVisible()
    model.set_window(-600.0, 1500.0)
    assert words.window_word.text() == "Own window · W 1500  L −600"
    qtbot.mouseClick(words.invert, Qt.MouseButton.LeftButton)
    assert model.inverted_by_reader
    model.show([image(np.zeros((3, 4, 4, 3), np.uint8), modality=Modality.ULTRASOUND)])
    assert not words.window_word.isVisible()
    assert words.play.text() == "Play · 10 frames/s, not stated in the file"


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm", "examples_ybr_color.dcm"])
def test_real_files_are_shown(show: Callable[..., Shown], name: str) -> None:
    path = get_testdata_file(name)
    assert isinstance(path, str)
    shown = read(Path(path))
    assert isinstance(shown, ImageStudy)
    _, view = show(shown)
    picture = view.canvas.picture
    assert picture is not None
    levels = {
        picture.pixelColor(x, y).red()
        for x in range(0, picture.width(), 5)
        for y in range(0, picture.height(), 5)
    }
    assert len(levels) > 20  # not blank, not flat

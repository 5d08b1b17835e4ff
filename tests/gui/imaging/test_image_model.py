"""State and commands of the image view, without Qt."""

import numpy as np
import pytest

from farlead.model.recording import ImageStudy, Window
from farlead_ui.imaging.model import ZOOM_RANGE, ImageModel
from support_sheet import image

SOFT, LUNG = Window(40, 400, "soft"), Window(-600, 1500, "lung")


def ct(z: float = 0.0, windows: tuple[Window, ...] = (SOFT, LUNG)) -> ImageStudy:
    frames = np.full((1, 8, 10), int(z), np.int16)
    return image(frames, windows=windows, series_uid="ct", position=(0.0, 0.0, z))


@pytest.fixture
def model() -> ImageModel:
    made = ImageModel()
    made.show([ct(2.0), ct(1.0), ct(3.0)])
    return made


def test_leafing_stays_within_the_series(model: ImageModel) -> None:
    values = []
    for _ in range(4):
        assert model.frame is not None
        values.append(int(model.frame[0, 0]))
        model.next_frame()
    assert values == [1, 2, 3, 3]
    model.first_frame()
    model.previous_frame()
    assert (model.index, model.count) == (0, 3)
    model.last_frame()
    assert model.index == 2


def test_the_files_window_is_used_and_presets_go_round(model: ImageModel) -> None:
    assert model.window == SOFT
    model.next_preset()
    assert (model.window, model.preset) == (LUNG, 1)
    model.next_frame()
    assert model.window == LUNG
    model.next_preset()
    assert model.window == SOFT


def test_an_own_window_stays_while_leafing_and_a_preset_takes_it_back(model: ImageModel) -> None:
    model.set_window(100.0, 50.0)
    model.next_frame()
    assert (model.window, model.preset, model.custom) == (Window(100.0, 50.0), None, True)
    model.next_preset()
    assert (model.window, model.custom) == (SOFT, False)


def test_dragging_right_widens_and_up_brightens(model: ImageModel) -> None:
    model.drag_window(64.0, 0.0)
    assert model.window.width == pytest.approx(500.0)
    model.drag_window(0.0, -10.0)
    assert model.window.centre < 40.0
    model.drag_window(-1e6, 0.0)
    assert model.window.width == 1.0


def test_each_slice_has_its_own_window() -> None:
    model = ImageModel()
    model.show([ct(1.0, (Window(1, 10),)), ct(2.0, (Window(2, 20),))])
    assert model.window.centre == 1
    model.next_frame()
    assert model.window.centre == 2


def test_colour_has_no_window() -> None:
    model = ImageModel()
    model.show([image(np.zeros((2, 4, 4, 3), np.uint8))])
    model.set_window(1.0, 2.0)
    model.toggle_inverted()
    assert not model.custom
    assert not model.inverted


def test_inversion_turns_the_files_own_over() -> None:
    model = ImageModel()
    model.show([image(np.zeros((1, 2, 2), np.uint16), inverted=True)])
    assert model.inverted
    model.toggle_inverted()
    assert not model.inverted


def test_zoom_keeps_the_point_under_the_pointer(model: ImageModel) -> None:
    # a point p of the image is seen at (p - pan) * zoom from the middle
    point, seen = 3.0, (3.0 - model.pan[0]) * model.zoom
    model.zoom_by(2.0, (3.0 - model.pan[0], 0.0))
    assert (point - model.pan[0]) * model.zoom == pytest.approx(seen)
    for _ in range(50):
        model.zoom_in()
    assert model.zoom == ZOOM_RANGE[1]
    for _ in range(80):
        model.zoom_out()
    assert model.zoom == ZOOM_RANGE[0]
    model.fit()
    assert (model.zoom, model.pan) == (1.0, (0.0, 0.0))


def test_the_image_cannot_be_lost_by_panning(model: ImageModel) -> None:
    model.pan_by(1e6, -1e6)
    assert model.pan == (5.0, -4.0)


def test_another_series_begins_at_its_first_slice_with_its_own_window(model: ImageModel) -> None:
    other = image(np.zeros((1, 2, 2), np.uint8), series_uid="other")
    model.show([ct(1.0), ct(2.0), other])
    model.next_frame()
    model.set_window(1.0, 2.0)
    model.next_series()
    assert (model.series_index, model.index, model.custom) == (1, 0, False)
    model.next_series()
    assert model.series_index == 1
    model.previous_series()
    assert model.series_index == 0


def test_a_new_study_takes_nothing_over(model: ImageModel) -> None:
    model.set_window(1.0, 2.0)
    model.toggle_inverted()
    model.zoom_in()
    model.next_frame()
    model.show([ct(1.0), ct(2.0)])
    assert (model.index, model.zoom, model.custom, model.inverted) == (0, 1.0, False, False)


def test_objects_without_pixels_are_counted_not_hidden() -> None:
    model = ImageModel()
    model.show([ct(), image(np.zeros((0, 4, 4), np.uint8))], ["第 3 个对象无法读取"])
    assert (model.count, model.empty, model.failures) == (1, 1, ("第 3 个对象无法读取",))


def test_without_images_every_command_is_harmless() -> None:
    model = ImageModel()
    for command in (
        model.next_frame,
        model.last_frame,
        model.next_series,
        model.next_preset,
        model.toggle_inverted,
        model.toggle_play,
        model.zoom_in,
        model.fit,
        model.clear,
    ):
        command()
    model.drag_window(5.0, 5.0)
    model.pan_by(5.0, 5.0)
    assert (model.image, model.frame, model.count) == (None, None, 0)

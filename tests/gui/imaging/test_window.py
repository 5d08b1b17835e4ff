"""Window arithmetic against the standard's text, value by value."""

import numpy as np
import pytest

from farlead.model.recording import Window
from farlead_ui.imaging.window import automatic, grey_levels
from support_sheet import image


def reference(value: float, window: Window, *, inverted: bool = False) -> int:
    """DICOM PS3.3 C.11.2.1.2.1, for one value."""
    if np.isnan(value):
        return 0
    c, w = window.centre, window.width
    if value <= c - 0.5 - (w - 1) / 2:
        level = 0.0
    elif value > c - 0.5 + (w - 1) / 2:
        level = 255.0
    else:
        level = ((value - (c - 0.5)) / (w - 1) + 0.5) * 255.0
    return int((255.0 - level if inverted else level) + 0.5)


WINDOWS = [
    Window(40, 400),
    Window(-600, 1500),
    Window(128, 256),
    Window(2047.5, 4096),
    Window(0, 1),
    Window(10, 2),
]


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int16, np.float32, np.int32])
@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: f"{w.centre}/{w.width}")
def test_every_value_as_the_standard_says(
    dtype: type[np.generic], window: Window, *, inverted: bool
) -> None:
    low, high = (-2000, 5000) if np.dtype(dtype).kind == "f" else (None, None)
    if low is None or high is None:
        info = np.iinfo(dtype)  # type: ignore[type-var]
        low, high = max(info.min, -2000), min(info.max, 5000)
    values = np.linspace(low, high, 600).astype(dtype)
    values[:3] = np.array([window.centre, window.centre - 1, window.centre + 1]).clip(low, high)
    got = grey_levels(values.reshape(20, 30), window, inverted=inverted).ravel()
    wanted = [reference(float(v), window, inverted=inverted) for v in values]
    assert np.abs(got.astype(int) - wanted).max() <= 1  # rounding at exact halves


def test_missing_values_are_black() -> None:
    frame = np.array([[np.nan, 40.0]], np.float32)
    assert grey_levels(frame, Window(40, 400), inverted=True)[0, 0] == 0


def test_the_frame_itself_is_not_changed() -> None:
    frame = np.arange(6, dtype=np.float32).reshape(2, 3)
    frame.setflags(write=False)
    grey_levels(frame, Window(3, 6), inverted=False)
    assert frame.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_big_endian_and_strided_frames() -> None:
    frame = np.arange(-50, 50, dtype=np.int16).reshape(10, 10)
    wanted = grey_levels(frame, Window(0, 100), inverted=False)
    assert (grey_levels(frame.astype(">i2"), Window(0, 100), inverted=False) == wanted).all()
    part = grey_levels(frame[::2, ::-1], Window(0, 100), inverted=False)
    assert (part == wanted[::2, ::-1]).all()


def test_a_byte_image_without_preset_is_shown_as_it_is() -> None:
    frames = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    levels = grey_levels(frames[0], automatic(image(frames)), inverted=False)
    assert (levels == frames[0]).all()


def test_other_images_without_preset_show_all_values_that_occur() -> None:
    frames = np.array([[[-1000, 0, 3000]]], np.int16)
    window = automatic(image(frames))
    levels = grey_levels(frames[0], window, inverted=False)[0]
    assert (levels[0], levels[2]) == (0, 255)
    assert 0 < levels[1] < 255


def test_an_image_of_missing_values_has_a_window() -> None:
    assert automatic(image(np.full((1, 2, 2), np.nan, np.float32))).width > 0

"""Frames at the file's own times; late ones are skipped."""

import numpy as np
import pytest

from farlead_ui.imaging.cine import ASSUMED_RATE, cine_of
from farlead_ui.imaging.model import ImageModel
from support_sheet import image

TIMES = np.array([0.0, 40.0, 70.0, 150.0])


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_each_frame_stands_from_its_own_time_to_the_next() -> None:
    cine = cine_of(TIMES, 4)
    assert cine is not None
    found = [cine.frame_at(t) for t in (0, 39.9, 40, 69.9, 70, 149, 150, 189.9, 190, 231)]
    assert found == [0, 0, 1, 1, 2, 2, 3, 3, 0, 1]  # the last stands for 40 ms, the middle step
    assert cine.until_next(10.0) == pytest.approx(30.0)
    assert cine.until_next(180.0) == pytest.approx(10.0)


def test_times_need_not_begin_at_zero() -> None:
    cine = cine_of(TIMES + 500, 4)
    assert cine is not None
    assert cine.starts[0] == 0.0


@pytest.mark.parametrize(
    "times",
    [None, np.array([0.0, 10.0]), np.array([0.0, 5.0, 5.0, 9.0]), np.array([0, 9, 3, 20.0])],
)
def test_without_usable_times_a_rate_is_assumed_and_known_to_be(times: np.ndarray | None) -> None:
    cine = cine_of(times, 4)
    assert cine is not None
    assert not cine.stated
    assert cine.until_next(0.0) == pytest.approx(1000.0 / ASSUMED_RATE)


def test_one_frame_does_not_play() -> None:
    assert cine_of(np.array([0.0]), 1) is None


def test_playing_follows_the_clock_and_skips_what_is_late() -> None:
    clock = Clock()
    model = ImageModel(clock)
    model.show([image(np.zeros((4, 2, 2), np.uint8), frame_times=TIMES)])
    model.toggle_play()
    assert model.playing
    clock.now += 41.0
    assert model.tick() == pytest.approx(29.0)
    assert model.index == 1
    clock.now += 120.0  # frame 2 was missed
    model.tick()
    assert model.index == 3
    model.toggle_play()
    clock.now += 500.0
    assert model.tick() is None
    assert (model.index, model.playing) == (3, False)


def test_playing_goes_on_from_the_frame_shown() -> None:
    clock = Clock()
    model = ImageModel(clock)
    model.show([image(np.zeros((4, 2, 2), np.uint8), frame_times=TIMES)])
    model.set_index(2)
    model.toggle_play()
    model.tick()
    assert model.index == 2


def test_leafing_and_another_study_stop_the_clip() -> None:
    model = ImageModel(Clock())
    clip = image(np.zeros((4, 2, 2), np.uint8), frame_times=TIMES)
    model.show([clip])
    model.toggle_play()
    model.next_frame()
    assert not model.playing
    model.toggle_play()
    model.show([clip])
    assert not model.playing


def test_slices_do_not_play() -> None:
    model = ImageModel(Clock())
    one = np.zeros((1, 2, 2), np.int16)
    model.show([image(one, series_uid="a"), image(one, series_uid="a")])
    model.toggle_play()
    assert (model.cine, model.playing) == (None, False)


def test_frames_of_ct_without_times_are_slices() -> None:
    model = ImageModel(Clock())
    model.show([image(np.zeros((3, 2, 2), np.int16))])
    assert model.cine is None

"""Series and the order of their slices."""

import numpy as np

from farlead.model.recording import ImageStudy
from farlead_ui.imaging.series import in_series
from support_sheet import image


def slice_at(z: float | None, number: int | None = None, uid: str | None = "1.2") -> ImageStudy:
    position = None if z is None else (0.0, 0.0, z)
    frames = np.zeros((1, 2, 2), np.int16)
    return image(frames, position=position, instance_number=number, series_uid=uid)


def test_slices_go_by_position_before_number() -> None:
    images = [slice_at(30.0, 1), slice_at(10.0, 3), slice_at(20.0, 2)]
    (series,) = in_series(images)
    assert [i.position[2] for i in series.images if i.position] == [10.0, 20.0, 30.0]
    assert series.leaves == ((0, 0), (1, 0), (2, 0))


def test_without_positions_slices_go_by_number() -> None:
    (series,) = in_series([slice_at(None, 3), slice_at(5.0, 1), slice_at(None, 2)])
    assert [i.instance_number for i in series.images] == [1, 2, 3]


def test_the_axis_of_greatest_spread_decides() -> None:
    frames = np.zeros((1, 2, 2), np.int16)
    images = [
        image(frames, position=(x, y, 7.0), series_uid="s")
        for x, y in ((20.0, 1.0), (-20.0, 2.0), (0.0, 3.0))
    ]
    (series,) = in_series(images)
    assert [i.position[0] for i in series.images if i.position] == [-20.0, 0.0, 20.0]


def test_equal_places_keep_number_and_then_arrival() -> None:
    images = [slice_at(1.0, 2), slice_at(1.0, None), slice_at(1.0, 1)]
    (series,) = in_series(images)
    assert [i.instance_number for i in series.images] == [1, 2, None]


def test_several_series_stay_apart_in_order_of_arrival() -> None:
    series = in_series([slice_at(1, uid="b"), slice_at(1, uid="a"), slice_at(2, uid="b")])
    assert [s.images[0].series_uid for s in series] == ["b", "a"]
    assert [len(s.leaves) for s in series] == [2, 1]


def test_an_image_without_series_and_each_clip_stand_alone() -> None:
    clip = image(np.zeros((5, 2, 2), np.uint8), series_uid="c")
    series = in_series([slice_at(1, uid=None), slice_at(1, uid=None), clip, clip])
    assert [len(s.leaves) for s in series] == [1, 1, 5, 5]


def test_nothing_is_no_series() -> None:
    assert in_series([]) == ()

"""What each frame of an enhanced object says of itself; values that stand too high in a word."""

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from farlead.formats import read
from farlead.model.recording import ImageStudy, Window
from image_files import image_bytes, image_dataset

GREY = np.random.default_rng(1).integers(0, 4095, (2, 16, 12), np.uint16)


def image(data: bytes) -> ImageStudy:
    content = read(data)
    assert isinstance(content, ImageStudy)
    return content


def noted(content: ImageStudy, name: str) -> bool:
    return f"formats.note.{name}" in {note.id for note in content.notes}


def enhanced(sequence: str, *frames: dict[str, object] | None, **attributes: object) -> Dataset:
    """CT frames whose functional groups hold this sequence; None: a frame without it."""
    dataset = image_dataset(GREY[: len(frames)], Modality="CT", **attributes)
    groups = []
    for values in frames:
        group = Dataset()
        if values is not None:
            item = Dataset()
            for keyword, value in values.items():
                setattr(item, keyword, value)
            setattr(group, sequence, Sequence([item]))
        groups.append(group)
    dataset.PerFrameFunctionalGroupsSequence = Sequence(groups)
    return dataset


def spaced(*spacings: list[float]) -> ImageStudy:
    frames = ({"PixelSpacing": spacing} for spacing in spacings)
    return image(image_bytes(enhanced("PixelMeasuresSequence", *frames)))


def test_spacing_that_all_frames_share_is_that_of_the_image() -> None:
    content = spaced([0.5, 0.25], [0.5, 0.25])
    assert content.spacing == (0.5, 0.25)
    assert not noted(content, "frame_spacing")


def test_where_spacing_differs_between_frames_nothing_is_measured() -> None:
    content = spaced([0.5, 0.25], [0.5, 0.3])
    assert content.spacing is None
    assert noted(content, "frame_spacing")


def test_windows_that_differ_between_frames_are_told() -> None:
    one, two = {"WindowCenter": 40, "WindowWidth": 400}, {"WindowCenter": 50, "WindowWidth": 400}
    same = image(image_bytes(enhanced("FrameVOILUTSequence", one, one)))
    assert same.windows == (Window(40.0, 400.0, None),)
    assert not noted(same, "frame_windows")
    content = image(image_bytes(enhanced("FrameVOILUTSequence", one, two)))
    assert content.windows == (Window(40.0, 400.0, None),)
    assert noted(content, "frame_windows")


def test_each_frame_has_its_own_scale() -> None:
    name = "PixelValueTransformationSequence"
    one, two = ({"RescaleSlope": s, "RescaleIntercept": i} for s, i in ((2, -10), (3, 5)))
    found = image(image_bytes(enhanced(name, one, two))).frames
    np.testing.assert_array_equal(found[0], GREY[0] * 2.0 - 10)
    np.testing.assert_array_equal(found[1], GREY[1] * 3.0 + 5)


@pytest.mark.parametrize("within", [False, True])
def test_a_slope_of_zero_is_no_scale(within: bool) -> None:
    values = {"RescaleSlope": 0, "RescaleIntercept": -1024}
    if within:
        dataset = enhanced("PixelValueTransformationSequence", values, values)
    else:
        dataset = image_dataset(GREY, Modality="CT", **values)
    content = image(image_bytes(dataset))
    np.testing.assert_array_equal(content.frames, GREY)
    assert noted(content, "slope_zero")


@pytest.mark.parametrize("signed", [False, True])
def test_values_that_stand_high_in_their_words_come_down(signed: bool) -> None:
    wanted: NDArray[np.generic] = GREY.astype(np.int16) - 2048 if signed else GREY
    stored = ((wanted.astype(np.int64) & 0xFFF) << 4 | 0x9).astype(np.uint16)
    content = image(
        image_bytes(
            stored, BitsStored=12, HighBit=15, PixelRepresentation=int(signed), Modality="OT"
        )
    )
    np.testing.assert_array_equal(content.frames, wanted)
    assert noted(content, "high_bit")


@pytest.mark.parametrize("high", [3, 16, 200])
def test_a_high_bit_without_sense_is_left_out(high: int) -> None:
    content = image(image_bytes(GREY, BitsStored=12, HighBit=high, Modality="OT"))
    np.testing.assert_array_equal(content.frames, GREY)
    assert noted(content, "attribute")

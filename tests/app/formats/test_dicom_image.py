"""DICOM images: values, windows, times and sides as the file states them, within bounds."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit

from farlead.errors import UnreadableFile
from farlead.formats import describe, read
from farlead.formats.dicom import pixels
from farlead.messages import Language
from farlead.model.recording import ImageStudy, Modality, Window
from farlead.model.study import Kind
from image_files import image_bytes, image_dataset

GREY = np.arange(12, dtype=np.int16).reshape(1, 3, 4)
CINE = np.zeros((4, 2, 2), np.uint8)


def image(data: bytes | Path) -> ImageStudy:
    content = read(data)
    assert isinstance(content, ImageStudy)
    return content


def notes(content: ImageStudy) -> str:
    return "\n".join(note.text(Language.EN) for note in content.notes)


def wheel(name: str) -> Path:
    found = get_testdata_file(name, download=False)
    assert isinstance(found, str)
    return Path(found)


def items(**attributes: object) -> Sequence:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return Sequence([item])


def test_stored_integers_stay_where_there_is_no_rescale() -> None:
    content = image(image_bytes(GREY))
    np.testing.assert_array_equal(content.frames, GREY)
    assert content.frames.dtype == np.int16
    assert not content.frames.flags.writeable
    assert not content.inverted


def test_rescale_gives_real_values() -> None:
    content = image(image_bytes(GREY, RescaleSlope="2", RescaleIntercept="-1024"))
    np.testing.assert_array_equal(content.frames, GREY * 2.0 - 1024)
    assert content.frames.dtype == np.float32


def test_frames_of_an_enhanced_object_have_their_own_rescale() -> None:
    dataset = image_dataset(np.ones((2, 2, 2), np.int16))
    groups = [
        items(
            PixelValueTransformationSequence=items(
                RescaleSlope=slope, RescaleIntercept="0", RescaleType="US"
            )
        )[0]
        for slope in ("2", "3")
    ]
    dataset.PerFrameFunctionalGroupsSequence = Sequence(groups)
    frames = image(image_bytes(dataset)).frames
    np.testing.assert_array_equal(frames, np.ones((2, 2, 2)) * [[[2]], [[3]]])


def test_monochrome1_is_inverted_not_changed() -> None:
    content = image(image_bytes(GREY, PhotometricInterpretation="MONOCHROME1"))
    assert content.inverted
    np.testing.assert_array_equal(content.frames, GREY)


def test_presets_keep_order_and_names() -> None:
    content = image(
        image_bytes(
            GREY,
            WindowCenter=["40", "-600"],
            WindowWidth=["400", "1500"],
            WindowCenterWidthExplanation=["纵隔", "肺"],
            SpecificCharacterSet="ISO_IR 192",
        )
    )
    assert content.windows == (Window(40, 400, "纵隔"), Window(-600, 1500, "肺"))


def test_a_voi_table_becomes_a_window_close_to_it_and_is_noted() -> None:
    table = items(
        LUTDescriptor=[200, 1000, 16],
        LUTData=np.array([*([0] * 50), *range(0, 65500, 655), *([65500] * 50)], "<u2").tobytes(),
        LUTExplanation="BONE",
    )
    content = image(image_bytes(GREY.astype(np.uint16), VOILUTSequence=table))
    [window] = content.windows
    assert window.centre == pytest.approx(1100, abs=2)
    assert window.width == pytest.approx(100, abs=6)
    assert window.name == "BONE"
    assert "look-up table" in notes(content)


@pytest.mark.parametrize(
    ("attributes", "times"),
    [
        ({"FrameTime": "40"}, [0, 40, 80, 120]),
        ({"FrameTimeVector": ["0", "10", "20", "30"]}, [0, 10, 30, 60]),
        ({"CineRate": "50"}, [0, 20, 40, 60]),
        ({"RecommendedDisplayFrameRate": "25"}, [0, 40, 80, 120]),
        ({"FrameTime": "0", "CineRate": "50"}, [0, 20, 40, 60]),
        ({}, None),
    ],
)
def test_frame_times(attributes: dict[str, object], times: list[float] | None) -> None:
    found = image(image_bytes(CINE, **attributes)).frame_times
    assert (found is None) == (times is None)
    if found is not None:
        np.testing.assert_allclose(found, times or [])


@pytest.mark.parametrize(
    ("attributes", "spacing"),
    [
        ({"Modality": "CT", "PixelSpacing": ["0.5", "0.6"]}, (0.5, 0.6)),
        ({"Modality": "DX", "ImagerPixelSpacing": ["0.1", "0.1"]}, None),
        ({"Modality": "DX", "PixelSpacing": ["0.1", "0.1"],
          "ImagerPixelSpacing": ["0.1", "0.1"]}, None),
        ({"Modality": "DX", "PixelSpacing": ["0.09", "0.09"],
          "ImagerPixelSpacing": ["0.1", "0.1"]}, (0.09, 0.09)),
        ({"Modality": "CR", "PixelSpacing": ["0.1", "0.1"],
          "PixelSpacingCalibrationType": "FIDUCIAL"}, (0.1, 0.1)),
        ({"Modality": "CT", "PixelSpacing": ["0", "-1"]}, None),
    ],
)  # fmt: skip
def test_spacing_only_where_it_is_that_in_the_patient(
    attributes: dict[str, object], spacing: tuple[float, float] | None
) -> None:
    content = image(image_bytes(GREY, **attributes))
    assert content.spacing == spacing
    if attributes["Modality"] == "DX" and spacing is None:
        assert "not calibrated" in notes(content)


def test_spacing_of_ultrasound_comes_from_its_region() -> None:
    region = items(
        RegionSpatialFormat=1,
        PhysicalUnitsXDirection=3,
        PhysicalUnitsYDirection=3,
        PhysicalDeltaX=0.02,
        PhysicalDeltaY=0.03,
    )
    content = image(image_bytes(GREY, Modality="US", SequenceOfUltrasoundRegions=region))
    assert content.spacing == pytest.approx((0.3, 0.2))
    assert content.modality is Modality.ULTRASOUND


@pytest.mark.parametrize(
    ("attributes", "sides"),
    [
        ({"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]}, ("L", "P")),
        ({"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}, ("P", "F")),
        ({"ImageOrientationPatient": [0.8, 0.6, 0, 0, 0, -1]}, ("LP", "F")),
        ({"PatientOrientation": ["L", "F"]}, ("L", "F")),
        ({"PatientOrientation": ["XYZ", "F"]}, None),
        ({}, None),
    ],
)
def test_sides(attributes: dict[str, object], sides: tuple[str, str] | None) -> None:
    assert image(image_bytes(GREY, **attributes)).sides == sides


def test_colour_of_sixteen_bits_becomes_eight() -> None:
    frames = np.array([[[[0, 32768, 65535]]]], np.uint16)
    np.testing.assert_array_equal(image(image_bytes(frames)).frames, [[[[0, 128, 255]]]])


def test_real_files_of_every_photometric_interpretation() -> None:
    for name, shape in (
        ("examples_rgb_color.dcm", (1, 240, 320, 3)),
        ("examples_ybr_color.dcm", (30, 240, 320, 3)),
        ("examples_palette.dcm", (1, 350, 800, 3)),
        ("SC_ybr_full_422_uncompressed.dcm", (1, 100, 100, 3)),
    ):
        content = image(wheel(name))
        assert content.frames.shape == shape
        assert content.frames.dtype == np.uint8
        assert content.colour


def test_values_agree_with_pydicoms_own() -> None:
    from pydicom import dcmread
    from pydicom.pixels import apply_modality_lut  # type: ignore[attr-defined]

    dataset = dcmread(wheel("CT_small.dcm"))
    expected = apply_modality_lut(dataset.pixel_array, dataset)
    content = image(wheel("CT_small.dcm"))
    np.testing.assert_array_equal(content.frames[0], expected)
    assert (content.modality, content.sides) == (Modality.CT, ("L", "P"))
    assert describe(wheel("CT_small.dcm")).kind is Kind.CT


def test_too_few_pixels_is_truncated() -> None:
    with pytest.raises(UnreadableFile, match="should have 24 bytes, 10") as error:
        read(image_bytes(GREY, PixelData=b"\0" * 10))
    assert error.value.tag == "(7FE0,0010)"


def test_a_size_beyond_the_bound_is_refused_before_decoding() -> None:
    with pytest.raises(UnreadableFile, match="too large: 60000×60000") as error:
        read(image_bytes(GREY, Rows=60000, Columns=60000))
    assert "60000×60000" in error.value.text(Language.ZH)


@pytest.mark.parametrize("keyword", ["Rows", "Columns", "SamplesPerPixel", "BitsAllocated"])
def test_a_missing_size_names_its_tag(keyword: str) -> None:
    with pytest.raises(UnreadableFile) as error:
        read(image_bytes(GREY, **{keyword: None}))
    assert error.value.tag is not None


def test_a_codestream_larger_than_its_head_is_refused() -> None:
    jpeg = b"\xff\xd8\xff\xc0\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00\xff\xd9"
    dataset = image_dataset(GREY, PixelData=encapsulate([jpeg]))
    dataset.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    with pytest.raises(UnreadableFile, match="65535×65535"):
        read(image_bytes(dataset))


def test_codestream_sizes() -> None:
    siz = b"\xff\x4f\xff\x51\x00\x2f\x00\x00" + b"".join(
        n.to_bytes(4, "big") for n in (640, 480, 0, 0)
    )
    assert pixels.codestream_size(b"....ftyp" + siz) == (480, 640)
    assert pixels.codestream_size(b"RLE") is None
    assert pixels.codestream_size(b"\xff\xd8\xff\xff\xff\xff") is None
    assert pixels.codestream_size(b"\xff\xd8\xff\xe0\x00\x00\x00\x00\x00\x00\x00\x00") is None


def test_damaged_compression_is_told() -> None:
    dataset = image_dataset(GREY, PixelData=encapsulate([b"\xff\x4f\xff\x51 not a codestream"]))
    dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    with pytest.raises(UnreadableFile):
        read(image_bytes(dataset))


def test_a_deflated_file_is_read_and_a_bomb_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = image_dataset(np.zeros((1, 500, 500), np.uint8))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    data = image_bytes(dataset)
    assert image(data).frames.shape == (1, 500, 500)
    module = importlib.import_module("farlead.formats.dicom.parse")
    monkeypatch.setattr(module, "LARGEST_INFLATED", 100_000)
    with pytest.raises(UnreadableFile, match="grows beyond"):
        read(data)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_deflated_file_cut_short_says_so(share: float) -> None:
    dataset = image_dataset(np.random.default_rng(1).integers(0, 255, (1, 50, 50), np.uint8))
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    data = image_bytes(dataset)
    with pytest.raises(UnreadableFile, match="breaks off"):
        read(data[: int(len(data) * share)])


def test_a_segmentation_is_no_image_to_read() -> None:
    with pytest.raises(UnreadableFile, match="segmentation"):
        read(wheel("liver_1frame.dcm"))

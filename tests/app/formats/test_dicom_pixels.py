"""Pixels of every transfer syntax and photometric interpretation, against others' decoding."""

import subprocess
import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.pixels import apply_color_lut, apply_rescale, pixel_array
from pydicom.sequence import Sequence
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEGExtended12Bit,
    RLELossless,
)

from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.messages import Language
from farlead.model.recording import ImageStudy
from image_files import image_bytes, image_dataset

WHEEL = Path(pydicom.data.__file__).parent / "test_files"
_LARGEST = 600_000  # bytes of a file that is decoded twice; the larger ones are of the same kinds
CHANCE = np.random.default_rng(1)
GREY = CHANCE.integers(0, 4095, (2, 16, 12), np.uint16)
COLOUR = CHANCE.integers(0, 255, (2, 16, 12, 3), np.uint8)


def image(data: bytes | Path) -> ImageStudy:
    content = read(data)
    assert isinstance(content, ImageStudy)
    return content


def written(dataset: Dataset, syntax: str, *, swap: bool = False) -> bytes:
    dataset.file_meta.TransferSyntaxUID = syntax
    if swap:
        dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
    file = BytesIO()
    implicit, little = syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian
    dcmwrite(file, dataset, implicit_vr=implicit, little_endian=little)
    return file.getvalue()


@pytest.mark.parametrize("frames", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_uncompressed_syntaxes(syntax: str, frames: NDArray[np.generic]) -> None:
    dataset = image_dataset(frames)
    data = written(dataset, syntax, swap=syntax == ExplicitVRBigEndian and frames is GREY)
    np.testing.assert_array_equal(image(data).frames, frames)


@pytest.mark.parametrize("frames", [GREY, COLOUR], ids=["grey", "colour"])
def test_rle(frames: NDArray[np.generic]) -> None:
    dataset = image_dataset(frames)
    dataset.compress(RLELossless, generate_instance_uid=False)
    np.testing.assert_array_equal(image(written(dataset, RLELossless)).frames, frames)


def test_colours_by_plane() -> None:
    planes = np.ascontiguousarray(np.moveaxis(COLOUR, -1, 1))
    dataset = image_dataset(COLOUR, PlanarConfiguration=1, PixelData=planes.tobytes())
    np.testing.assert_array_equal(image(image_bytes(dataset)).frames, COLOUR)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("signed", [False, True])
def test_bits_stored(bits: int, *, signed: bool) -> None:
    low, high = (-(1 << bits - 1), 1 << bits - 1) if signed else (0, 1 << bits)
    frames = CHANCE.integers(low, high, (1, 9, 7)).astype(np.int16 if signed else np.uint16)
    masked = (frames.astype(np.uint16) & ((1 << bits) - 1)).astype("<u2").tobytes()
    dataset = image_dataset(frames, BitsStored=bits, HighBit=bits - 1, PixelData=masked)
    np.testing.assert_array_equal(image(image_bytes(dataset)).frames, frames)


def test_luminance_and_chrominance() -> None:
    """Full and 4:2:2, where two pixels share their colour; formulas of the standard."""
    grey = np.repeat(CHANCE.integers(0, 255, (1, 8, 6, 1), np.uint8), 3, axis=3)
    neutral = grey.copy()
    neutral[..., 1:] = 128
    dataset = image_dataset(neutral, PhotometricInterpretation="YBR_FULL")
    np.testing.assert_array_equal(image(image_bytes(dataset)).frames, grey)
    pairs = np.stack(
        [neutral[0, :, 0::2, 0], neutral[0, :, 1::2, 0], neutral[0, :, 0::2, 1],
         neutral[0, :, 0::2, 2]], axis=-1)  # fmt: skip
    dataset = image_dataset(
        neutral, PhotometricInterpretation="YBR_FULL_422", PixelData=pairs.tobytes()
    )
    np.testing.assert_array_equal(image(image_bytes(dataset)).frames, grey)
    red = np.zeros((1, 2, 2, 3), np.uint8)
    red[:] = (76, 85, 255)
    found = image(image_bytes(image_dataset(red, PhotometricInterpretation="YBR_FULL"))).frames
    assert np.abs(found.astype(int) - (254, 0, 0)).max() <= 1


# -- palettes -------------------------------------------------------------------------------


def with_palette(
    codes: NDArray[np.generic],
    tables: NDArray[np.generic],
    first: int = 0,
    *,
    bits: int | None = None,
    wide: bool = False,
    **attributes: object,
) -> FileDataset:
    """A palette image; `tables` (3, entries); `wide`: entries of 8 bits in words."""
    bits = bits or tables.dtype.itemsize * 8
    attributes.setdefault("PhotometricInterpretation", "PALETTE COLOR")
    dataset = image_dataset(codes, **attributes)
    for colour, entries in zip(("Red", "Green", "Blue"), tables, strict=True):
        stored = entries.astype("<u2") if wide else entries
        descriptor = [len(entries) % 65536, first, bits]
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", descriptor)
        dataset.add_new(f"{colour}PaletteColorLookupTableData", "OW", stored.tobytes())
    return dataset


@pytest.mark.parametrize("first", [0, 5])
@pytest.mark.parametrize(("kind", "wide"), [("u1", False), ("u1", True), ("<u2", False)])
def test_palettes_of_8_and_16_bits(kind: str, *, wide: bool, first: int) -> None:
    codes = CHANCE.integers(0, 20, (1, 9, 8), np.uint8)
    tables = CHANCE.integers(1, 255, (3, 16), np.uint8).astype(kind)
    if kind == "<u2":
        tables = tables * 256 + 77
    dataset = with_palette(codes, tables, first, wide=wide)
    places = np.clip(codes[0].astype(int) - first, 0, 15)
    high = tables >> 8 if kind == "<u2" else tables
    expected = np.moveaxis(high[:, places], 0, -1)
    found = image(image_bytes(dataset)).frames[0]
    np.testing.assert_array_equal(found, expected)
    if not wide:  # pydicom takes such entries for bytes
        theirs = apply_color_lut(codes[0], dataset)
        np.testing.assert_array_equal(found, theirs >> (8 if theirs.dtype.itemsize > 1 else 0))


def test_signed_codes_of_a_palette() -> None:
    codes = np.array([[[-3, -2, -1, 0, 1, 2]]], np.int16)
    tables = np.arange(12, dtype=np.uint8).reshape(3, 4)
    found = image(image_bytes(with_palette(codes, tables, -2))).frames
    np.testing.assert_array_equal(found[0, 0, :, 0], [0, 0, 1, 2, 3, 3])


def test_a_palette_of_65536_entries_whose_values_use_8_bits() -> None:
    codes = CHANCE.integers(0, 65535, (1, 9, 8), np.uint16)
    tables = np.tile((np.arange(65536) >> 8).astype("<u2"), (3, 1))
    found = image(image_bytes(with_palette(codes, tables)))
    np.testing.assert_array_equal(found.frames[0, ..., 0], codes[0] >> 8)
    assert "uses 8" in " ".join(note.text(Language.EN) for note in found.notes)


def segmented(dataset: FileDataset, words: list[int], kind: str) -> None:
    for colour in ("Red", "Green", "Blue"):
        delattr(dataset, f"{colour}PaletteColorLookupTableData")
        raw = np.array(words, kind).tobytes()
        raw += b"\0" * (len(raw) % 2)
        dataset.add_new(f"Segmented{colour}PaletteColorLookupTableData", "OW", raw)


@pytest.mark.parametrize("kind", ["u1", "<u2"])
def test_palettes_in_segments(kind: str) -> None:
    """Three discrete entries, a ramp of four, and both again by reference."""
    codes = np.arange(14, dtype=np.uint8).reshape(1, 2, 7)
    scale = 1 if kind == "u1" else 256
    words = [0, 3, 10 * scale, 20 * scale, 30 * scale, 1, 4, 70 * scale, 2, 2]
    words += [0, 0] if kind == "<u2" else [0, 0, 0, 0]
    dataset = with_palette(codes, np.zeros((3, 14), kind))
    segmented(dataset, words, kind)
    found = image(image_bytes(dataset)).frames[0, ..., 1].ravel()
    once = [10, 20, 30, 40, 50, 60, 70]
    assert found.tolist() == once * 2
    theirs = apply_color_lut(codes[0], dataset)[..., 1].ravel() // scale
    np.testing.assert_array_equal(found, theirs)


@pytest.mark.parametrize(
    "words",
    [[], [2, 65535, 0, 0], [1, 9, 5], [0, 65535], [7, 1, 1], [2, 1, 65535, 65535] * 9],
)
def test_senseless_segments_are_refused(words: list[int]) -> None:
    dataset = with_palette(np.zeros((1, 2, 2), np.uint8), np.zeros((3, 14), "<u2"))
    segmented(dataset, words, "<u2")
    with pytest.raises(UnreadableFile, match="look-up table"):
        read(image_bytes(dataset))


@pytest.mark.parametrize(
    ("descriptor", "said"),
    [
        ([0, 0, 8], "incomplete"),
        ([65535, 0, 16], "incomplete"),
        ([16, 0, 64], "look-up table"),
        ([16, 0, 0], "look-up table"),
        ([16, 0], "look-up table"),
    ],
)
def test_palettes_of_absurd_sizes_are_refused(descriptor: list[int], said: str) -> None:
    dataset = with_palette(np.zeros((1, 2, 2), np.uint8), np.zeros((3, 16), np.uint8))
    dataset.RedPaletteColorLookupTableDescriptor = descriptor
    with pytest.raises(UnreadableFile, match=said) as error:
        read(image_bytes(dataset))
    assert "请" in error.value.text(Language.ZH)


def test_a_palette_image_without_palette_is_refused() -> None:
    dataset = image_dataset(
        np.zeros((1, 2, 2), np.uint8), PhotometricInterpretation="PALETTE COLOR"
    )
    with pytest.raises(UnreadableFile, match="look-up table"):
        read(image_bytes(dataset))


def test_a_supplemental_palette_colours_what_lies_above_the_grey_values() -> None:
    codes = np.array([[[0, 50, 100, 200, 201]]], np.uint8)
    tables = np.array([[255, 0], [0, 255], [0, 0]], np.uint8)
    dataset = with_palette(
        codes,
        tables,
        200,
        PhotometricInterpretation="MONOCHROME2",
        WindowCenter="50",
        WindowWidth="100",
    )
    plain = image(image_bytes(dataset))
    assert not plain.colour
    dataset.PixelPresentation = "MIXED"
    found = image(image_bytes(dataset))
    assert found.colour
    np.testing.assert_array_equal(
        found.frames[0, 0],
        [[0, 0, 0], [128, 128, 128], [255, 255, 255], [255, 0, 0], [0, 255, 0]],
    )
    assert any("overlay" in note.text(Language.EN) for note in found.notes)


def test_a_modality_table_gives_real_values() -> None:
    item = Dataset()
    item.LUTDescriptor = [4, 10, 16]
    item.add_new("LUTData", "OW", np.array([100, 300, 900, 2700], "<u2").tobytes())
    codes = np.array([[[0, 10, 11, 12, 13, 99]]], np.uint16)
    dataset = image_dataset(codes, ModalityLUTSequence=Sequence([item]))
    found = image(image_bytes(dataset)).frames
    np.testing.assert_array_equal(found[0, 0], [100, 100, 300, 900, 2700, 2700])


# -- against others -------------------------------------------------------------------------


def theirs(path: Path) -> NDArray[np.generic] | None:
    """Pixels as pydicom gives them, where it does, after rescale and palette."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            dataset = dcmread(path, force=True)
            if not any(k in dataset for k in ("PixelData", "FloatPixelData")):
                return None
            pixels = pixel_array(dataset)
            if dataset.PhotometricInterpretation == "PALETTE COLOR":
                pixels = apply_color_lut(pixels, dataset)
                return pixels >> 8 if pixels.dtype.itemsize > 1 else pixels
            if dataset.get("SamplesPerPixel") == 3:
                bits = pixels.dtype.itemsize * 8
                return pixels.astype(np.uint64) >> (bits - 8)
            return apply_rescale(pixels, dataset)
        except Exception:  # noqa: BLE001  # it raises whatever its plugins raise
            return None


def agree(path: Path) -> str | None:
    """What differs between both decodings; None when nothing does, "" without theirs."""
    expected = theirs(path)
    if expected is None:
        return ""
    try:
        found = read(path)
    except UnreadableFile as error:
        return f"{path.name}: {error}"
    assert isinstance(found, ImageStudy)
    mine = found.frames
    if mine.size != expected.size:
        return f"{path.name}: {mine.shape} {expected.shape}"
    flat = mine.reshape(expected.shape).astype(np.float64)
    return None if np.allclose(flat, expected, rtol=1e-6, atol=0) else f"{path.name}: values"


#: pydicom decodes these, but they are no study by themselves, or it does less with them.
_OTHERWISE = (
    "liver_",  # segmentations
    "seg_image",
    "mlut_18",  # a Modality LUT, which apply_rescale leaves out
    "CT0012",  # a supplemental palette, and a rescale in the functional groups
    "FreezePattern",  # items in no sequence: which data set their elements belong to is unclear
)


def test_all_images_of_the_wheel_agree() -> None:
    results = {path.name: agree(path) for path in sorted(WHEEL.glob("*.dcm"))}
    differing = {k: v for k, v in results.items() if v and not k.startswith(_OTHERWISE)}
    assert not differing
    assert sum(result is None for result in results.values()) > 50


@pytest.mark.data
@pytest.mark.slow
def test_all_shared_images_agree(farlead_data: Path) -> None:
    every = sorted(path for path in (farlead_data / "dicom").rglob("*") if path.is_file())
    results = {path: agree(path) for path in every if path.stat().st_size < _LARGEST}
    said = {path: result for path, result in results.items() if result}
    differing = {k: v for k, v in said.items() if not k.name.startswith(_OTHERWISE)}
    assert not differing
    assert sum(result is None for result in results.values()) > 100


@pytest.mark.data
def test_a_real_supplemental_palette(farlead_data: Path) -> None:
    """Blood flow in colour: stored values from 1024 on have one of 100 colours."""
    folder = farlead_data / "dicom" / "dicomparser" / "encapsulated" / "multi-frame"
    for name in ("CT0012.explicit_little_endian.dcm", "CT0012.not_fragmented_bot_rle.dcm"):
        dataset = dcmread(folder / name)
        codes, found = pixel_array(dataset), image(folder / name)
        table = np.frombuffer(dataset.RedPaletteColorLookupTableData, "<u2") >> 8
        high = codes >= 1024
        places = np.minimum(codes[high].astype(int) - 1024, 99)
        np.testing.assert_array_equal(found.frames[..., 0][high], table[places])
        grey = found.frames[~high]
        assert (grey == grey[:, :1]).all()


@pytest.mark.data
@pytest.mark.parametrize("name", ["JPEG-lossy.dcm", "RG2_JPLY.dcm"])
def test_twelve_bit_jpegs_with_a_wrong_scan_decode_as_dcmtk_decodes_them(
    farlead_data: Path, tmp_path: Path, name: str
) -> None:
    source = farlead_data / "dicom" / "pylibjpeg_data" / "JPEGExtended" / name
    plain = tmp_path / "plain.dcm"
    subprocess.run(["dcmdjpeg", source, plain], check=True, capture_output=True)
    mine, others = image(source), image(plain)
    assert np.abs(mine.frames.astype(int) - others.frames.astype(int)).max() <= 1
    assert "wrong scan" in " ".join(note.text(Language.EN) for note in mine.notes)


@pytest.mark.data
def test_files_that_hurt_others(farlead_data: Path) -> None:
    """Read, though the library's own parser stumbles or warns."""
    folder = farlead_data / "dicom" / "fodicom"
    for name, shape, noted in (
        ("DIRW0007", (65, 456, 576, 3), ""),
        ("GH364.dcm", (1, 768, 1024), "(FFFE,E000)"),
        ("GH177_D_CLUNIE_CT1_IVRLE_BigEndian_undefined_length.dcm", (1, 512, 512), ""),
    ):
        found = image(folder / name)
        assert found.frames.shape == shape
        assert noted in " ".join(note.text(Language.EN) for note in found.notes)


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fodicom/FreezePattern.dcm", "should be an element"),
        ("fodicom/GH1146.dcm", "no waveform or image data"),
        ("fodicom/GH1339.dcm", "breaks off"),
        ("fodicom/GH1376.dcm", "should have 9287460 bytes"),
        ("fodicom/GH178.dcm", "no waveform or image data"),
        ("fodicom/GH340.dcm", "SamplesPerPixel"),
        ("fodicom/GH626.dcm", "incomplete"),
        ("fodicom/genFile.dcm", "cannot be decoded"),
        ("fodicom/multiframe.dcm", "240×55"),
        ("fodicom/DICOMDIR", "directory of a disc"),
        ("dicomparser/deflate/wave_dfl", "no ECG"),
        ("pylibjpeg_data/JPEG2000Lossless/966.dcm", "cannot be decoded"),
        ("highdicom/sm_annotations.dcm", "another kind"),
        ("highdicom/seg_image_ct_binary.dcm", "segmentation"),
        ("dcmqi/sr-example/sr.dcm.zst", "zstd"),
    ],
)
def test_the_others_are_refused_with_their_reason(farlead_data: Path, name: str, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said) as error:
        read(farlead_data / "dicom" / name)
    assert "请" in error.value.text(Language.ZH)


def test_a_codestream_of_any_other_size_is_refused() -> None:
    jpeg = b"\xff\xd8\xff\xc1\x00\x0b\x0c\x00\x02\x00\x02\x01\x01\x11\x00\xff\xd9"
    dataset = image_dataset(GREY[:1], PixelData=encapsulate([jpeg]))
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    with pytest.raises(UnreadableFile, match="2×2"):
        read(written(dataset, JPEGExtended12Bit))


@pytest.mark.parametrize(
    "name", ["JPEG2000.dcm", "MR_small_jpeg_ls_lossless.dcm", "MR_small_RLE.dcm", "JPGExtended.dcm"]
)
def test_kilobytes_that_announce_a_hundred_million_pixels_are_not_decoded(name: str) -> None:
    """Both the head and the codestream say so; decoders would fill what is missing."""
    dataset = dcmread(WHEEL / name)
    data = dataset.PixelData
    old = [side.to_bytes(2, "big") for side in (dataset.Rows, dataset.Columns)]
    side = 11_000
    for pair in (old[0] + old[1], b"\0\0" + old[1] + b"\0\0" + old[0]):  # JPEG, JPEG 2000
        width = len(pair) // 2
        data = data.replace(pair, side.to_bytes(width, "big") * 2, 1)
    dataset.PixelData, dataset.Rows, dataset.Columns = data, side, side
    file = BytesIO()
    dcmwrite(file, dataset)
    with pytest.raises(UnreadableFile) as caught:
        read(file.getvalue())
    assert caught.value.reason.id == "formats.dicom.hollow"
    assert "请单位" in caught.value.text(Language.ZH)

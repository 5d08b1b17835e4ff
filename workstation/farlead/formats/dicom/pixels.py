"""Decode pixel data: bounded before anything is decoded.

References
----------
DICOM PS3.3 C.7.6.3; PS3.5 section 8 and annex A (transfer syntaxes); ITU-T T.81 B.2.2 (frame
header of JPEG and JPEG-LS), T.800 A.5.1 (SIZ marker of JPEG 2000).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID

from farlead.errors import UnreadableFile
from farlead.formats.damage import cause_of
from farlead.formats.dicom.attributes import Attributes, tag_text
from farlead.formats.dicom.jpeg2000 import announced
from farlead.formats.dicom.library import quietly
from farlead.formats.dicom.lut import coloured, palette
from farlead.messages import message

#: Most bytes of decoded pixels of one file.
LARGEST_IMAGE = 1 << 29
_MEGABYTE = 1 << 20
#: Most parts (precincts, resolutions of tiles) of a JPEG 2000 frame: about a kilobyte each.
_MOST_PARTS, _MOST_COMPONENTS = 60_000, 4
#: Pixels that any compressed image may announce, and that each of its bytes may stand for beyond.
_FREE_PIXELS, _PIXELS_A_BYTE = 4_000_000, 1000
_TAG = "(7FE0,0010)"
_COLOURS = {
    "RGB",
    "YBR_FULL",
    "YBR_FULL_422",
    "YBR_PARTIAL_420",
    "YBR_PARTIAL_422",
    "YBR_ICT",
    "YBR_RCT",
}
_GREYS = {"MONOCHROME1", "MONOCHROME2"}
_MOST_FRAMES = 100_000
_ALLOCATED = {1, 8, 16, 32, 64}
_PIXEL_VRS = {"OB", "OW", "OF", "OD"}
_PANIC = "PanicException"
#: Markers that open a frame header: baseline to arithmetic lossless, and JPEG-LS.
_FRAME_HEADERS = (set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {0xF7}
_SEQUENTIAL = {0xC0, 0xC1}
_SCAN = 0xDA
_WITHOUT_LENGTH = {0x01, 0xFF, *range(0xD0, 0xD9)}


@dataclass(frozen=True, slots=True)
class Pixels:
    """Frames ``(frames, rows, columns)``, or ``(frames, rows, columns, 3)`` uint8 RGB."""

    frames: NDArray[np.generic]
    inverted: bool

    @property
    def colour(self) -> bool:
        """Whether the frames are RGB."""
        return self.frames.ndim == 4


def decode(attributes: Attributes) -> Pixels:
    """Frames of a data set, always with the frame axis first."""
    with quietly():
        return _decode(attributes)


def _decode(attributes: Attributes) -> Pixels:
    photometric = _photometric(attributes)
    rows, columns, count = _size(attributes)
    syntax = UID(attributes.syntax)
    encoded = _described(attributes, photometric, (rows, columns, count))
    raised = 0 if syntax.is_compressed else _raised(attributes, encoded)
    if syntax.is_compressed and syntax.is_encapsulated:
        encoded.PixelData = _codestreams(attributes, rows, columns, count)
        encoded["PixelData"].is_undefined_length = True
    else:
        _check_length(attributes)
        _add_native(encoded, attributes)
    array = _decoded(_whole_words(encoded) if raised else encoded, syntax)
    if raised:
        array = _lowered(array, attributes, raised)
    if photometric in _GREYS:
        return Pixels(_shaped(array, (count, rows, columns)), photometric == "MONOCHROME1")
    if photometric != "PALETTE COLOR":
        shaped = _shaped(array, (count, rows, columns, 3))
        return Pixels(_eight_bit(attributes, shaped), False)
    tables = palette(attributes)
    if tables is None:
        raise attributes.wrong("RedPaletteColorLookupTableDescriptor", "table")
    return Pixels(coloured(_shaped(array, (count, rows, columns)), tables), False)


def _decoded(encoded: Dataset, syntax: UID) -> NDArray[np.generic]:
    try:
        return np.asarray(pixel_array(encoded))
    except MemoryError:
        raise
    except BaseException as error:
        # Decoders of others may raise anything on damaged input, native ones even a panic that
        # is no Exception; what concerns the process itself goes on.
        if not isinstance(error, Exception) and type(error).__name__ != _PANIC:
            raise
        reason = message("formats.dicom.pixels", syntax=syntax.name, cause=cause_of(error))
        raise UnreadableFile(reason, tag=_TAG) from error


def _described(attributes: Attributes, photometric: str, size: tuple[int, int, int]) -> Dataset:
    """What the library must know to decode pixels, and nothing else of the file."""
    described = Dataset()
    described.file_meta = FileMetaDataset()
    described.file_meta.TransferSyntaxUID = UID(attributes.syntax)
    described.PhotometricInterpretation = photometric
    described.Rows, described.Columns, count = size
    described.NumberOfFrames = count
    described.SamplesPerPixel = attributes.positive("SamplesPerPixel")
    bits = attributes.positive("BitsAllocated")
    if bits not in _ALLOCATED:
        raise attributes.wrong("BitsAllocated", "bits")
    stored = min(_or(attributes, "BitsStored", bits), bits) or bits
    described.BitsAllocated, described.BitsStored, described.HighBit = bits, stored, stored - 1
    described.PixelRepresentation = int(_or(attributes, "PixelRepresentation", 0) == 1)
    if described.SamplesPerPixel > 1:
        described.PlanarConfiguration = int(_or(attributes, "PlanarConfiguration", 0) == 1)
    return described


def _raised(attributes: Attributes, described: Dataset) -> int:
    """By how many bits the values stand higher than they should; 0 in all but old files."""
    high = attributes.number("HighBit")
    usual = described.HighBit
    if high is None or high == usual or "PixelData" not in attributes:
        return 0
    if not usual < high < described.BitsAllocated or high != int(high):
        attributes.note(message("formats.note.attribute", tag=tag_text("HighBit")))
        return 0
    attributes.note(message("formats.note.high_bit", found=int(high), usual=usual))
    return int(high - usual)


def _whole_words(described: Dataset) -> Dataset:
    """So that the library gives all bits allocated as they stand."""
    bits = described.BitsAllocated
    described.BitsStored, described.HighBit, described.PixelRepresentation = bits, bits - 1, 0
    return described


def _lowered(
    array: NDArray[np.generic], attributes: Attributes, raised: int
) -> NDArray[np.generic]:
    """Values of whole words in which they stand `raised` bits too high."""
    stored = attributes.positive("BitsStored")
    values = array.astype(np.int64) >> raised & (1 << stored) - 1
    signed = attributes.number("PixelRepresentation") == 1
    if signed:
        half = 1 << stored - 1
        values = (values ^ half) - half
    kind = np.dtype(f"{'i' if signed else 'u'}{array.dtype.itemsize}")
    return values.astype(kind)


def _or(attributes: Attributes, keyword: str, assumed: int) -> int:
    """A whole number; a missing one is assumed, and noted."""
    number = attributes.number(keyword)
    if number is None:
        attributes.note(message("formats.note.assumed", name=keyword, value=assumed))
        return assumed
    return max(int(number), 0)


def _counts(attributes: Attributes) -> bool:
    """Whether a number of frames is stated; 0 and nothing stand for one."""
    return bool(attributes.text("NumberOfFrames")) and attributes.number("NumberOfFrames") != 0


def _add_native(encoded: Dataset, attributes: Attributes) -> None:
    """Pixels that are not compressed, into what the library decodes."""
    for keyword in ("PixelData", "FloatPixelData", "DoubleFloatPixelData"):
        data = attributes.data(keyword)
        if len(data):
            stated = attributes.vr(keyword)
            encoded.add_new(keyword, stated if stated in _PIXEL_VRS else "OW", bytes(data))
            return
    what = message("formats.dicom.content_missing", what="@formats.dicom.kind.image")
    raise UnreadableFile(what, tag=_TAG)


def _photometric(attributes: Attributes) -> str:
    found = attributes.text("PhotometricInterpretation")
    if found is None:
        found = "RGB" if attributes.number("SamplesPerPixel") == 3 else "MONOCHROME2"
        attributes.note(message("formats.note.photometric", found=found))
    if found not in _COLOURS | _GREYS | {"PALETTE COLOR"}:
        raise attributes.wrong("PhotometricInterpretation", "photometric")
    return found


def _size(attributes: Attributes) -> tuple[int, int, int]:
    """Rows, columns, frames; UnreadableFile beyond the bound."""
    rows, columns = attributes.positive("Rows"), attributes.positive("Columns")
    frames = attributes.positive("NumberOfFrames") if _counts(attributes) else 1
    samples = attributes.number("SamplesPerPixel") or 1
    bits = attributes.number("BitsAllocated") or 32
    # Greyscale may become float32, palettes three 16-bit channels on the way to RGB.
    each = max(samples * bits / 8, 4)
    size = rows * columns * frames * each
    if size > LARGEST_IMAGE or frames > _MOST_FRAMES:
        reason = message(
            "formats.dicom.pixels_too_large",
            rows=rows,
            columns=columns,
            frames=frames,
            found=int(size // _MEGABYTE),
            limit=LARGEST_IMAGE // _MEGABYTE,
        )
        raise UnreadableFile(reason, tag="(0028,0010)")
    return rows, columns, frames


def _check_length(attributes: Attributes) -> None:
    """Enough bytes for what the head announces."""
    found = len(attributes.data("PixelData"))
    if not found:  # floating-point pixels have attributes of their own
        return
    rows, columns, frames = _size(attributes)
    samples, bits = attributes.positive("SamplesPerPixel"), attributes.positive("BitsAllocated")
    if attributes.text("PhotometricInterpretation") == "YBR_FULL_422":
        samples = 2  # two pixels share their colour
    expected = (rows * columns * frames * samples * bits + 7) // 8
    if found < expected:
        reason = message("formats.dicom.truncated", tag=_TAG, expected=expected, found=found)
        raise UnreadableFile(reason, tag=_TAG)


def _codestreams(attributes: Attributes, rows: int, columns: int, count: int) -> bytes:
    """Compressed frames, none of another size inside than the head says."""
    data = bytes(attributes.data("PixelData"))
    if not data:
        raise UnreadableFile(
            message("formats.dicom.content_missing", what="@formats.dicom.kind.image"), tag=_TAG
        )
    _check_hollow(rows, columns, count, len(data))
    try:
        frames = list(islice(generate_frames(data, number_of_frames=count), count))
    except (ValueError, EOFError) as error:
        reason = message("formats.damaged", format="@formats.name.dicom", cause=cause_of(error))
        raise UnreadableFile(reason, tag=_TAG) from error
    for frame in frames:
        size = codestream_size(frame)
        if size is not None and size != (rows, columns):
            reason = message(
                "formats.dicom.codestream",
                found=f"{size[0]}×{size[1]}",
                expected=f"{rows}×{columns}",
            )
            raise UnreadableFile(reason, tag=_TAG)
        _check_parts(frame)
    mended = [_with_whole_scan(frame) for frame in frames]
    if mended == frames:
        return data
    attributes.note(message("formats.note.scan"))
    return encapsulate(mended)


def _check_hollow(rows: int, columns: int, count: int, length: int) -> None:
    """UnreadableFile for a head that announces what no such number of bytes holds.

    Decoders fill what is missing: a few kilobytes would take seconds and all memory.
    """
    if rows * columns * count > _FREE_PIXELS + _PIXELS_A_BYTE * length:
        reason = message(
            "formats.dicom.hollow", rows=rows, columns=columns, frames=count, found=length
        )
        raise UnreadableFile(reason, tag=_TAG)


def _check_parts(frame: bytes) -> None:
    """UnreadableFile for a JPEG 2000 frame cut into more parts than its decoder has memory for."""
    found = announced(frame)
    if found is None:
        return
    if found.parts > _MOST_PARTS or found.components > _MOST_COMPONENTS:
        reason = message(
            "formats.dicom.parts",
            components=found.components,
            found=found.parts,
            limit=_MOST_PARTS,
        )
        raise UnreadableFile(reason, tag=_TAG)


def _with_whole_scan(frame: bytes) -> bytes:
    """A JPEG whose sequential scan states all coefficients, as it must; some devices write 0.

    No other value is allowed for these processes (T.81 B.2.3), so that nothing is guessed.
    """
    sequential = False
    for marker, position, length in _segments(frame):
        sequential = sequential or marker in _SEQUENTIAL
        if marker == _SCAN and length >= 6:
            at = position + length - 3
            if sequential and frame[at : at + 2] == b"\0\0":
                return frame[:at] + b"\0\x3f" + frame[at + 2 :]
            break
    return frame


def codestream_size(frame: bytes) -> tuple[int, int] | None:
    """Rows and columns that a JPEG, JPEG-LS or JPEG 2000 codestream states; None for others."""
    start = frame.find(b"\xff\x4f\xff\x51", 0, 4096)  # SOC and SIZ, perhaps inside a JP2 box
    if start >= 0 and len(frame) >= start + 24:
        width, height, left, top = (
            int.from_bytes(frame[start + at : start + at + 4], "big") for at in (8, 12, 16, 20)
        )
        return height - top, width - left
    for marker, position, _ in _segments(frame):
        if marker in _FRAME_HEADERS and position + 7 <= len(frame):
            height = int.from_bytes(frame[position + 3 : position + 5], "big")
            return height, int.from_bytes(frame[position + 5 : position + 7], "big")
    return None


def _segments(frame: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker segments of a JPEG up to its first scan: marker, position of the length, length."""
    position = 2 if frame[:2] == b"\xff\xd8" else len(frame)
    while position + 4 <= len(frame) and frame[position] == 0xFF:
        marker = frame[position + 1]
        if marker in _WITHOUT_LENGTH:
            position += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(frame[position + 2 : position + 4], "big")
        yield marker, position + 2, length
        if marker == _SCAN:
            return
        position += 2 + max(length, 2)


def _shaped(array: NDArray[np.generic], shape: tuple[int, ...]) -> NDArray[np.generic]:
    if array.size != int(np.prod(shape)):
        reason = message(
            "formats.dicom.truncated",
            tag=_TAG,
            expected=int(np.prod(shape)) * array.itemsize,
            found=array.nbytes,
        )
        raise UnreadableFile(reason, tag=_TAG)
    return np.ascontiguousarray(array.reshape(shape))


def _eight_bit(attributes: Attributes, frames: NDArray[np.generic]) -> NDArray[np.uint8]:
    if frames.dtype == np.uint8:
        return frames  # type: ignore[return-value]  # the comparison has shown it
    bits = int(attributes.number("BitsStored") or frames.dtype.itemsize * 8)
    scaled: NDArray[np.uint8] = (frames.astype(np.uint64) >> max(bits - 8, 0)).astype(np.uint8)
    return scaled

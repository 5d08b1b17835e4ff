"""Decode pixel data: bounded before anything is decoded.

References
----------
DICOM PS3.3 C.7.6.3; PS3.5 section 8 and annex A (transfer syntaxes); ITU-T T.81 B.2.2 (frame
header of JPEG and JPEG-LS), T.800 A.5.1 (SIZ marker of JPEG 2000).
"""

from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from pydicom.encaps import generate_frames
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID, ImplicitVRLittleEndian

from farlead.errors import UnreadableFile
from farlead.formats.dicom.attributes import Attributes
from farlead.messages import message

#: Most bytes of decoded pixels of one file.
LARGEST_IMAGE = 1 << 29
_MEGABYTE = 1 << 20
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
_CAUSE = 120
_PANIC = "PanicException"
#: Markers that open a frame header: baseline to arithmetic lossless, and JPEG-LS.
_FRAME_HEADERS = (set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}) | {0xF7}
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
    photometric = _photometric(attributes)
    rows, columns, count = _size(attributes)
    syntax = _syntax(attributes)
    if syntax.is_compressed and syntax.is_encapsulated:
        _check_codestreams(attributes, rows, columns, count)
    else:
        _check_length(attributes)
    try:
        array = pixel_array(attributes.dataset)
        if photometric == "PALETTE COLOR":
            array = apply_color_lut(array, attributes.dataset)
    except MemoryError:
        raise
    except BaseException as error:
        # Decoders of others may raise anything on damaged input, native ones even a panic that
        # is no Exception; what concerns the process itself goes on.
        if not isinstance(error, Exception) and type(error).__name__ != _PANIC:
            raise
        cause = " ".join(str(error).split())[:_CAUSE] or type(error).__name__
        reason = message("formats.dicom.pixels", syntax=syntax.name, cause=cause)
        raise UnreadableFile(reason, tag=_TAG) from error
    if photometric in _GREYS:
        return Pixels(_shaped(array, (count, rows, columns)), photometric == "MONOCHROME1")
    return Pixels(_eight_bit(attributes, _shaped(array, (count, rows, columns, 3))), False)


def _photometric(attributes: Attributes) -> str:
    found = attributes.text("PhotometricInterpretation")
    if found is None:
        found = "RGB" if attributes.number("SamplesPerPixel") == 3 else "MONOCHROME2"
        attributes.note(message("formats.note.photometric", found=found))
        attributes.dataset.PhotometricInterpretation = found
    if found not in _COLOURS | _GREYS | {"PALETTE COLOR"}:
        raise attributes.wrong("PhotometricInterpretation", "photometric")
    return found


def _size(attributes: Attributes) -> tuple[int, int, int]:
    """Rows, columns, frames; UnreadableFile beyond the bound."""
    rows, columns = attributes.positive("Rows"), attributes.positive("Columns")
    frames = max(int(attributes.number("NumberOfFrames") or 1), 1)
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


def _syntax(attributes: Attributes) -> UID:
    """Transfer syntax; a data set without file meta information is taken as it was parsed."""
    meta = getattr(attributes.dataset, "file_meta", None)
    found = meta.get("TransferSyntaxUID") if meta is not None else None
    if not found:
        implicit, little = attributes.dataset.original_encoding
        found = UID("1.2.840.10008.1.2.1") if not implicit else ImplicitVRLittleEndian
        if little is False:
            found = UID("1.2.840.10008.1.2.2")
        if meta is not None:
            meta.TransferSyntaxUID = found
    return UID(found)


def _check_length(attributes: Attributes) -> None:
    """Enough bytes for what the head announces."""
    data = attributes.raw("PixelData")
    if data is None:  # floating-point pixels have attributes of their own
        return
    found = len(data) if isinstance(data, bytes) else 0
    rows, columns, frames = _size(attributes)
    samples, bits = attributes.positive("SamplesPerPixel"), attributes.positive("BitsAllocated")
    if attributes.text("PhotometricInterpretation") == "YBR_FULL_422":
        samples = 2  # two pixels share their colour
    expected = (rows * columns * frames * samples * bits + 7) // 8
    if found < expected:
        reason = message("formats.dicom.truncated", tag=_TAG, expected=expected, found=found)
        raise UnreadableFile(reason, tag=_TAG)


def _check_codestreams(attributes: Attributes, rows: int, columns: int, count: int) -> None:
    """No compressed frame may be larger inside than the head says."""
    data = attributes.raw("PixelData")
    if not isinstance(data, bytes) or not data:
        raise UnreadableFile(
            message("formats.dicom.content_missing", what="@formats.dicom.kind.image"), tag=_TAG
        )
    try:
        frames = list(islice(generate_frames(data, number_of_frames=count), count))
    except (ValueError, EOFError) as error:
        reason = message("formats.dicom.damaged", cause=str(error)[:_CAUSE])
        raise UnreadableFile(reason, tag=_TAG) from error
    for frame in frames:
        size = codestream_size(frame)
        if size is not None and size[0] * size[1] > rows * columns:
            reason = message(
                "formats.dicom.codestream",
                found=f"{size[0]}×{size[1]}",
                expected=f"{rows}×{columns}",
            )
            raise UnreadableFile(reason, tag=_TAG)


def codestream_size(frame: bytes) -> tuple[int, int] | None:
    """Rows and columns that a JPEG, JPEG-LS or JPEG 2000 codestream states; None for others."""
    start = frame.find(b"\xff\x4f\xff\x51", 0, 4096)  # SOC and SIZ, perhaps inside a JP2 box
    if start >= 0 and len(frame) >= start + 24:
        width, height, left, top = (
            int.from_bytes(frame[start + at : start + at + 4], "big") for at in (8, 12, 16, 20)
        )
        return height - top, width - left
    if frame[:2] != b"\xff\xd8":
        return None
    position = 2
    while position + 9 <= len(frame) and frame[position] == 0xFF:
        marker = frame[position + 1]
        if marker in _FRAME_HEADERS:
            height = int.from_bytes(frame[position + 5 : position + 7], "big")
            return height, int.from_bytes(frame[position + 7 : position + 9], "big")
        if marker in _WITHOUT_LENGTH:
            position += 1 if marker == 0xFF else 2
        else:
            position += 2 + int.from_bytes(frame[position + 2 : position + 4], "big")
    return None


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
    bits = int(attributes.number("BitsStored") or 8)
    if frames.dtype.itemsize * 8 > bits and "RedPaletteColorLookupTableData" in attributes.dataset:
        bits = frames.dtype.itemsize * 8  # palettes have a depth of their own
    scaled: NDArray[np.uint8] = (frames.astype(np.uint64) >> max(bits - 8, 0)).astype(np.uint8)
    return scaled

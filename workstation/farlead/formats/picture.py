"""PNG and JPEG pictures: photographs and scans of paper, copies of a screen.

====  ===================================================================
PNG   grey of 1 to 16 bits (16 stay 16), palette, colour, transparency on
      white; the first picture of several, which is noted
JPEG  baseline, extended, progressive; grey, colour, CMYK; the camera's
      orientation is applied
====  ===================================================================

Such a file says nothing of its patient: the request must. Its pixels are bounded by the head,
before anything is decoded. Colours are shown as they are stored, without colour profiles.

References
----------
W3C PNG (Third Edition); ITU-T T.81, JFIF; CIPA DC-008 (Exif), tag Orientation.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes
from farlead.formats.damage import cause_of
from farlead.formats.quiet import without_warnings
from farlead.messages import message
from farlead.model.recording import ImageStudy, Modality

#: Most pixels of a picture: as many as the best telephones make.
MOST_PIXELS = 64_000_000
#: Pixels that any file may announce, and that each of its bytes may stand for beyond.
_FREE_PIXELS, _PIXELS_A_BYTE = 8_000_000, 1000
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_ORIENTATION = 0x0112
_WIDE_GREY = {"I;16", "I;16B", "I;16L", "I"}
_WHITE = (255, 255, 255, 255)

Image.MAX_IMAGE_PIXELS = None  # ours is lower, and asked for with our own sentence


def recognises(data: bytes) -> bool:
    """Whether the bytes are a PNG or JPEG picture."""
    return data.startswith((_PNG, _JPEG))


def read(data: bytes) -> ImageStudy:
    """Picture as an image study without patient.

    Raises
    ------
    UnreadableFile
        Too many pixels, damaged, cut short.
    """
    notes = Notes()
    try:
        with without_warnings(), Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            _check_size(image, len(data))
            frame = _decoded(image, notes)
    except (UnreadableFile, MemoryError):
        raise
    except Exception as error:  # a decoder of others on damaged input may raise anything
        reason = message("formats.picture.damaged", cause=cause_of(error))
        raise UnreadableFile(reason) from error
    frames = np.ascontiguousarray(frame[np.newaxis])
    frames.flags.writeable = False
    return ImageStudy(frames=frames, modality=Modality.OTHER, notes=tuple(notes))


def _check_size(image: Image.Image, length: int) -> None:
    """What the head announces, against the bound and against the bytes that are there."""
    width, height = image.size
    size = f"{width}×{height}"
    if width * height > MOST_PIXELS:
        limit = MOST_PIXELS // 1_000_000
        raise UnreadableFile(message("formats.picture.too_large", size=size, limit=limit))
    if width * height > _FREE_PIXELS + _PIXELS_A_BYTE * length:
        raise UnreadableFile(message("formats.picture.hollow", size=size, found=length))


def _decoded(image: Image.Image, notes: Notes) -> NDArray[np.generic]:
    """Pixels ``(rows, columns)`` or ``(rows, columns, 3)``, upright."""
    if getattr(image, "n_frames", 1) > 1:
        notes.add(message("formats.note.first_picture", count=int(image.n_frames)))  # type: ignore[attr-defined]  # just asked
    image.load()
    return _pixels(_upright(image, notes))


def _upright(image: Image.Image, notes: Notes) -> Image.Image:
    """As the camera was held; damaged Exif data say nothing of that."""
    try:
        turned = image.getexif().get(_ORIENTATION, 1) not in {0, 1}
        return ImageOps.exif_transpose(image) if turned else image
    except Exception:  # noqa: BLE001  # any damage of a part that only turns the picture
        notes.add(message("formats.note.orientation"))
        return image


def _pixels(image: Image.Image) -> NDArray[np.generic]:
    if image.mode in _WIDE_GREY:
        return np.asarray(image).astype(np.uint16)
    if image.mode in {"1", "L"} and not image.has_transparency_data:
        return np.array(image.convert("L"))
    if not image.has_transparency_data:
        return np.array(image.convert("RGB"))
    grey = image.mode in {"1", "L", "LA"}
    white = Image.new("RGBA", image.size, _WHITE)
    white.alpha_composite(image.convert("RGBA"))
    return np.array(white.convert("L" if grey else "RGB"))

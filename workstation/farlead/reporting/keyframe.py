"""Key frames of imaging reports: one frame as a small picture with its caption."""

import base64
import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead.model.recording import ImageStudy
from farlead.reporting.content import KeyFrame, ReportContent
from farlead.reporting.wording import Words, number

#: Longer side of a printed picture in pixels: 300 per inch on 110 mm.
LARGEST = 1300
_OPPOSITE = str.maketrans("LRAPHF", "RLPAFH")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for the template.

    Parameters
    ----------
    svg : str
        The picture, wrapped so that a template can place it without a file.
    aspect : float
        Width by height as it must be shown (pixels need not be square).
    sides : tuple of str
        Letters at the left, right, top and bottom edge; empty where unknown.
    """

    svg: str
    aspect: float
    caption: str
    sides: tuple[str, str, str, str]


def key_pictures(content: ReportContent, words: Words) -> tuple[Picture, ...]:
    """Pictures of the chosen key frames; of none chosen, the middle frame of the middle image.

    Reports that are text have no picture.
    """
    pictured = [number for number, image in enumerate(content.images) if image.frames.size]
    if not pictured:
        return ()
    chosen = content.key_frames or (_middle(content, pictured[len(pictured) // 2]),)
    return tuple(_picture(content, key, words) for key in chosen if key.image in pictured)


def _middle(content: ReportContent, image: int) -> KeyFrame:
    return KeyFrame(image, content.images[image].frames.shape[0] // 2)


def _picture(content: ReportContent, key: KeyFrame, words: Words) -> Picture:
    study = content.images[key.image]
    grey = shown(study, key)
    rows, columns = grey.shape[:2]
    tall, wide = study.spacing or (1.0, 1.0)
    aspect = (columns * wide) / (rows * tall)
    encoded = base64.b64encode(png(_smaller(grey))).decode("ascii")
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' viewBox="0 0 {1000 * aspect:.0f} 1000"><image width="{1000 * aspect:.0f}" height="1000"'
        f' preserveAspectRatio="none" xlink:href="data:image/png;base64,{encoded}"/></svg>'
    )
    return Picture(svg, aspect, _caption(content, key, words), _sides(study))


def shown(study: ImageStudy, key: KeyFrame) -> NDArray[np.uint8]:
    """A frame as it is seen: ``(rows, columns)`` grey or ``(rows, columns, 3)`` RGB, uint8."""
    frame = study.frames[key.frame]
    if study.colour:
        return np.asarray(frame, np.uint8)
    values = frame.astype(np.float64)
    centre, width = _window(study, key, values)
    grey = np.clip((values - centre) / width + 0.5, 0, 1)
    return np.asarray(np.rint(255 * (1 - grey if study.inverted else grey)), np.uint8)


def _window(study: ImageStudy, key: KeyFrame, values: NDArray[np.float64]) -> tuple[float, float]:
    if key.centre is not None and key.width is not None:
        return key.centre, max(key.width, 1e-6)
    if study.windows:
        return study.windows[0].centre, max(study.windows[0].width, 1e-6)
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    return (low + high) / 2, max(high - low, 1e-6)


def _smaller(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Averaged down by a whole factor until the longer side is at most :data:`LARGEST`."""
    step = -(-max(picture.shape[:2]) // LARGEST)
    if step == 1:
        return picture
    rows, columns = (size // step * step for size in picture.shape[:2])
    blocks = picture[:rows, :columns].reshape(rows // step, step, columns // step, step, -1)
    smaller = np.asarray(np.rint(blocks.mean(axis=(1, 3))), np.uint8)
    return smaller.reshape(rows // step, columns // step, *picture.shape[2:])


def png(picture: NDArray[np.uint8]) -> bytes:
    """PNG of a grey or RGB picture, 8 bit.

    References
    ----------
    W3C PNG (Third Edition), sections 5.3, 11.2 and 12.
    """
    rows, columns = picture.shape[:2]
    kind = 0 if picture.ndim == 2 else 2
    lines = np.zeros((rows, 1 + picture[0].size), np.uint8)  # each line begins with filter 0
    lines[:, 1:] = picture.reshape(rows, -1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, kind, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def _caption(content: ReportContent, key: KeyFrame, words: Words) -> str:
    study = content.images[key.image]
    parts = [
        words.text("frame", frame=key.frame + 1, frames=study.frames.shape[0])
        if study.frames.shape[0] > 1
        else words.text("image", image=key.image + 1, images=len(content.images)),
        words.optional(study.description),
        words.optional(study.body_part),
    ]
    if not study.colour and (key.centre is not None or study.windows):
        centre, width = _window(study, key, np.empty(0))
        parts.append(words.text("window", centre=number(centre), width=number(width)))
    return " · ".join(part for part in parts if part)


def _sides(study: ImageStudy) -> tuple[str, str, str, str]:
    """Letters at left, right, top, bottom (Patient Orientation gives right and bottom)."""
    if study.sides is None:
        return ("", "", "", "")
    right, bottom = study.sides
    return (right.translate(_OPPOSITE), right, bottom.translate(_OPPOSITE), bottom)

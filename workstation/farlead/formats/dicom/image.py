"""DICOM images to frames: greyscale after rescale, or RGB.

=====================  ==========================================================
Objects                any with pixels that can be seen alone; not segmentations
                       and presentation states
Transfer syntaxes      implicit and explicit little endian, big endian, deflated,
                       RLE, JPEG baseline, extended (8 and 12 bits), lossless,
                       JPEG-LS, JPEG 2000
Photometric            MONOCHROME1/2, PALETTE COLOR (8, 16 bits, in segments),
                       supplemental palettes, RGB, YBR_FULL, YBR_FULL_422,
                       YBR_ICT, YBR_RCT
Values                 Modality LUT, rescale (also of each frame), float pixels
Windows                presets; VOI look-up tables as the nearest window
Not                    overlays, shutters, icons, MPEG video, JPIP
=====================  ==========================================================

References
----------
DICOM PS3.3 C.7.6.3 (Image Pixel), C.7.6.5 (Cine), C.11.1, C.11.2 (Modality and VOI LUT),
C.7.6.16 (Multi-frame Functional Groups), 10.7 (spacing); C.7.6.1.1.1 (Patient Orientation),
C.8.16.2.1.1.1 (supplemental palettes).
"""

import numpy as np
from numpy.typing import NDArray

from farlead.formats.dicom import header
from farlead.formats.dicom.attributes import Attributes
from farlead.formats.dicom.geometry import laterality, position, sides, spacing
from farlead.formats.dicom.kinds import refuse_dependent
from farlead.formats.dicom.lut import coloured, palette
from farlead.formats.dicom.pixels import Pixels, decode
from farlead.formats.dicom.windows import rescale, shades, windows
from farlead.messages import message
from farlead.model.recording import ImageStudy, Modality, Window

_MODALITIES = {
    **dict.fromkeys(("US", "IVUS"), Modality.ULTRASOUND),
    "CT": Modality.CT,
    "MR": Modality.MR,
    **dict.fromkeys(("CR", "DX", "DR", "RG", "MG", "IO", "PX", "RF"), Modality.RADIOGRAPH),
    **dict.fromkeys(("OP", "OPT", "OPM"), Modality.FUNDUS),
}
_SUPPLEMENTAL = {"COLOR", "MIXED"}  # Pixel Presentation
_LONGEST_FRAME = 60_000.0  # milliseconds


def read_image(attributes: Attributes) -> ImageStudy:
    """Image study of a data set with pixel data.

    Raises
    ------
    UnreadableFile
        Too few or too many bytes, a size beyond the bound, a compression that does not
        decode, an object that means nothing alone (segmentation).
    """
    refuse_dependent(attributes)
    modality = _MODALITIES.get(attributes.text("Modality") or "", Modality.OTHER)
    pixels = decode(attributes)
    presets = () if pixels.colour else windows(attributes)
    frames = pixels.frames if pixels.colour else rescale(attributes, pixels.frames)
    overlaid = None if pixels.colour else _overlaid(attributes, pixels, frames, presets)
    if overlaid is not None:
        frames, presets = overlaid, ()
    frames.flags.writeable = False
    found_start = header.start(attributes)
    return ImageStudy(
        frames=frames,
        modality=modality,
        inverted=pixels.inverted and overlaid is None,
        windows=presets,
        frame_times=_frame_times(attributes, len(frames)),
        spacing=spacing(attributes, modality),
        sides=sides(attributes),
        laterality=laterality(attributes),
        body_part=attributes.text("BodyPartExamined"),
        description=attributes.text("SeriesDescription") or attributes.text("StudyDescription"),
        series_uid=header.series_uid(attributes),
        instance_number=header.instance_number(attributes),
        position=position(attributes),
        start=found_start,
        patient=header.patient(attributes),
        device=header.device(attributes),
        identity=header.identity(attributes),
        hints=header.hints(attributes),
        notes=tuple(attributes.notes),
    )


def _overlaid(
    attributes: Attributes, pixels: Pixels, frames: NDArray[np.generic], presets: tuple[Window, ...]
) -> NDArray[np.uint8] | None:
    """Grey values with those in colour that a supplemental palette maps; None without one.

    The grey ones go through the file's first window, which a reader can then no longer change.
    """
    if attributes.text("PixelPresentation") not in _SUPPLEMENTAL:
        return None
    tables = palette(attributes)
    if tables is None:
        return None
    attributes.note(message("formats.note.overlaid"))
    grey = np.empty((*frames.shape, 3), np.uint8)
    for out, frame in zip(grey, frames, strict=True):
        levels = shades(frame, presets)
        out[:] = (255 - levels if pixels.inverted else levels)[..., np.newaxis]
    mapped = pixels.frames.astype(np.int32) >= tables[0].first
    grey[mapped] = coloured(pixels.frames, tables)[mapped]
    return grey


def _frame_times(attributes: Attributes, frames: int) -> NDArray[np.float64] | None:
    """Start of each frame in milliseconds; None for one frame or a file without times."""
    if frames < 2:
        return None
    steps = np.asarray(attributes.numbers("FrameTimeVector"), np.float64)
    if steps.size == frames and np.all(steps >= 0) and np.any(steps[1:] > 0):
        times: NDArray[np.float64] = np.cumsum(steps) - steps[0]
        return times
    for keyword, rate in (
        ("FrameTime", False),
        ("CineRate", True),
        ("RecommendedDisplayFrameRate", True),
    ):
        value = attributes.number(keyword)
        if value is not None and value > 0:
            step = 1000.0 / value if rate else value
            if step <= _LONGEST_FRAME:
                return np.arange(frames, dtype=np.float64) * step
    return None

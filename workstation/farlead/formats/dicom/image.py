"""DICOM images to frames: greyscale after rescale, or RGB.

References
----------
DICOM PS3.3 C.7.6.3 (Image Pixel), C.7.6.5 (Cine), C.11.1, C.11.2 (Modality and VOI LUT),
C.7.6.16 (Multi-frame Functional Groups), 10.7 (spacing); C.7.6.1.1.1 (Patient Orientation).
"""

import numpy as np
from numpy.typing import NDArray

from farlead.formats.dicom import header
from farlead.formats.dicom.attributes import Attributes
from farlead.formats.dicom.geometry import laterality, position, sides, spacing
from farlead.formats.dicom.kinds import refuse_dependent
from farlead.formats.dicom.pixels import decode
from farlead.formats.dicom.windows import rescale, windows
from farlead.model.recording import ImageStudy, Modality

_MODALITIES = {
    **dict.fromkeys(("US", "IVUS"), Modality.ULTRASOUND),
    "CT": Modality.CT,
    "MR": Modality.MR,
    **dict.fromkeys(("CR", "DX", "DR", "RG", "MG", "IO", "PX", "RF"), Modality.RADIOGRAPH),
    **dict.fromkeys(("OP", "OPT", "OPM"), Modality.FUNDUS),
}
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
    frames = pixels.frames if pixels.colour else rescale(attributes, pixels.frames)
    frames.flags.writeable = False
    found_start = header.start(attributes)
    return ImageStudy(
        frames=frames,
        modality=modality,
        inverted=pixels.inverted,
        windows=() if pixels.colour else windows(attributes),
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

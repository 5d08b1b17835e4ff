"""Stored values to real ones (Modality LUT), and the file's own windows (VOI LUT)."""

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.dicom.attributes import Attributes
from farlead.formats.dicom.geometry import functional, per_frame
from farlead.formats.dicom.lut import table
from farlead.messages import message
from farlead.model.recording import Window

_RAMP = (0.02, 0.98)  # part of a look-up table's output that its window spans
_TRANSFORM = "PixelValueTransformationSequence"
_VOI = "FrameVOILUTSequence"


def rescale(attributes: Attributes, frames: NDArray[np.generic]) -> NDArray[np.generic]:
    """Values after rescale, float32; the frames themselves where there is none to do."""
    item = attributes.item("ModalityLUTSequence")
    modality = table(item, "LUTDescriptor", "LUTData") if item is not None else None
    if modality is not None:
        return modality.apply(frames).astype(np.float32)
    scales = _per_frame(attributes, len(frames)) or [_scale(attributes)]
    if all(scale == (1.0, 0.0) for scale in scales):
        return frames.astype(np.float32) if frames.dtype == np.float64 else frames
    out = frames.astype(np.float32)
    if len(scales) == 1:
        scales = scales * len(frames)
    for index, (slope, intercept) in enumerate(scales):
        out[index] *= np.float32(slope)
        out[index] += np.float32(intercept)
    return out


def _scale(attributes: Attributes) -> tuple[float, float]:
    """Slope and intercept; a slope of 0, which would make all values one, is left out (noted)."""
    source = functional(attributes, _TRANSFORM) or attributes
    return _stated(source)


def _stated(source: Attributes) -> tuple[float, float]:
    slope, intercept = source.number("RescaleSlope"), source.number("RescaleIntercept")
    if slope == 0:
        source.note(message("formats.note.slope_zero"))
        return 1.0, 0.0
    return 1.0 if slope is None else slope, intercept or 0.0


def _per_frame(attributes: Attributes, frames: int) -> list[tuple[float, float]]:
    """Scale of each frame, where the frames have their own."""
    transforms = per_frame(attributes, _TRANSFORM)
    if len(transforms) != frames or not any(transforms):
        return []
    return [_stated(one) if one is not None else _scale(attributes) for one in transforms]


def windows(attributes: Attributes) -> tuple[Window, ...]:
    """The file's presets in its order, then windows close to its look-up tables."""
    source = functional(attributes, _VOI) or attributes
    own = {_pairs(one) for one in per_frame(attributes, _VOI) if one is not None}
    if len(own) > 1:
        attributes.note(message("formats.note.frame_windows", count=len(own)))
    centres, widths = source.numbers("WindowCenter"), source.numbers("WindowWidth")
    names = source.texts("WindowCenterWidthExplanation")
    if (source.text("VOILUTFunction") or "LINEAR").startswith("SIGMOID"):
        attributes.note(message("formats.note.sigmoid"))
    presets = [
        Window(centre, width, (names[i] or None) if i < len(names) else None)
        for i, (centre, width) in enumerate(zip(centres, widths, strict=False))
        if width > 0
    ]
    tables = [_from_table(item) for item in attributes.items("VOILUTSequence")]
    found = [window for window in tables if window is not None]
    if found:
        attributes.note(message("formats.note.voi_lut"))
    return tuple(dict.fromkeys([*presets, *found]))


def _pairs(source: Attributes) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return source.numbers("WindowCenter"), source.numbers("WindowWidth")


def shades(frame: NDArray[np.generic], presets: tuple[Window, ...]) -> NDArray[np.uint8]:
    """Grey levels of a frame under the first preset, or over all its values without one."""
    values = frame.astype(np.float32)
    if presets:
        low, width = presets[0].centre - presets[0].width / 2, presets[0].width
    else:
        low, width = float(values.min()), max(float(np.ptp(values)), 1.0)
    levels = np.clip((values - low) / width, 0.0, 1.0) * 255.0
    return np.asarray(np.rint(levels), np.uint8)


def _from_table(item: Attributes) -> Window | None:
    """The window that spans the ramp of a look-up table; None for a table without sense."""
    try:
        voi = table(item, "LUTDescriptor", "LUTData")
    except UnreadableFile:
        return None
    if voi is None:
        return None
    values = voi.values.astype(np.float64)
    if values.size < 2 or values.max() <= values.min():
        return None
    share = (values - values.min()) / (values.max() - values.min())
    rising = np.flatnonzero((share > _RAMP[0]) & (share < _RAMP[1]))
    if not rising.size:
        return None
    low, high = voi.first + rising[0], voi.first + rising[-1] + 1
    return Window(float(low + high) / 2, float(high - low), item.text("LUTExplanation"))

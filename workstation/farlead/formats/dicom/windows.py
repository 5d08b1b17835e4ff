"""Stored values to real ones (Modality LUT), and the file's own windows (VOI LUT)."""

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_modality_lut

from farlead.formats.dicom.attributes import Attributes
from farlead.formats.dicom.geometry import functional
from farlead.messages import message
from farlead.model.recording import Window

_DESCRIPTOR = 3  # values of a LUT Descriptor
_RAMP = (0.02, 0.98)  # part of a look-up table's output that its window spans
_TRANSFORM = "PixelValueTransformationSequence"


def rescale(attributes: Attributes, frames: NDArray[np.generic]) -> NDArray[np.generic]:
    """Values after rescale, float32; the frames themselves where there is none to do."""
    table = attributes.item("ModalityLUTSequence")
    if table is not None and len(table.numbers("LUTDescriptor")) == _DESCRIPTOR:
        return np.asarray(apply_modality_lut(frames, attributes.dataset), np.float32)
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
    source = functional(attributes, _TRANSFORM) or attributes
    slope, intercept = source.number("RescaleSlope"), source.number("RescaleIntercept")
    return slope or 1.0, intercept or 0.0


def _per_frame(attributes: Attributes, frames: int) -> list[tuple[float, float]]:
    """Scale of each frame, where the frames have their own."""
    scales = []
    for item in attributes.items("PerFrameFunctionalGroupsSequence"):
        transform = item.item(_TRANSFORM)
        if transform is None:
            return []
        slope, intercept = transform.number("RescaleSlope"), transform.number("RescaleIntercept")
        scales.append((slope or 1.0, intercept or 0.0))
    return scales if len(scales) == frames else []


def windows(attributes: Attributes) -> tuple[Window, ...]:
    """The file's presets in its order, then windows close to its look-up tables."""
    source = functional(attributes, "FrameVOILUTSequence") or attributes
    centres, widths = source.numbers("WindowCenter"), source.numbers("WindowWidth")
    names = source.texts("WindowCenterWidthExplanation")
    if (source.text("VOILUTFunction") or "LINEAR").startswith("SIGMOID"):
        attributes.note(message("formats.note.sigmoid"))
    presets = [
        Window(centre, width, (names[i] or None) if i < len(names) else None)
        for i, (centre, width) in enumerate(zip(centres, widths, strict=False))
        if width > 0
    ]
    tables = [_from_table(table) for table in attributes.items("VOILUTSequence")]
    found = [table for table in tables if table is not None]
    if found:
        attributes.note(message("formats.note.voi_lut"))
    return tuple(dict.fromkeys([*presets, *found]))


def _from_table(table: Attributes) -> Window | None:
    """The window that spans the ramp of a look-up table."""
    descriptor, data = table.numbers("LUTDescriptor"), table.raw("LUTData")
    if len(descriptor) != _DESCRIPTOR or data is None:
        return None
    if isinstance(data, bytes):
        values = np.frombuffer(data, "<u2" if descriptor[2] > 8 else "u1").astype(np.float64)
    else:
        values = np.asarray(data, np.float64)
    if values.size < 2 or values.max() <= values.min():
        return None
    share = (values - values.min()) / (values.max() - values.min())
    rising = np.flatnonzero((share > _RAMP[0]) & (share < _RAMP[1]))
    if not rising.size:
        return None
    low, high = descriptor[1] + rising[0], descriptor[1] + rising[-1] + 1
    return Window(float(low + high) / 2, float(high - low), table.text("LUTExplanation"))

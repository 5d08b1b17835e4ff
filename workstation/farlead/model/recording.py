"""What a file contains once it is read: an ECG recording or images.

Arrays are read-only; both classes compare by identity.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from farlead.messages import Message
from farlead.model.people import Patient
from farlead.model.study import Kind

#: Note of a reader whose `text` is what the file says of its patient in no fields.
FREE_TEXT = "formats.edf.note.patient"


@dataclass(frozen=True, slots=True)
class Device:
    """The recording device and its filters (None: the file does not say).

    `high_pass`, `low_pass`, `notch` are the device's own filters in hertz, already applied to
    the samples. `gain` is its display gain in mm/mV, where the file states one.
    """

    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    high_pass: float | None = None
    low_pass: float | None = None
    notch: float | None = None
    gain: float | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """A mark or a statement made by the device, kept apart from ours.

    `position` is in samples, None for one that concerns the whole recording.
    """

    text: str
    position: int | None = None
    value: float | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """How the file names itself: the identity of its study and of its object.

    All may be None for formats without such names; the content hash stands in then.
    """

    study_uid: str | None = None
    sop_instance_uid: str | None = None
    sop_class_uid: str | None = None
    accession: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a DICOM object comes from: what decides which unit it belongs to."""

    institution: str | None = None
    station: str | None = None
    modality: str | None = None
    study_uid: str | None = None
    series_uid: str | None = None
    sop_instance_uid: str | None = None


@dataclass(frozen=True, slots=True)
class RequestHints:
    """Request data found in the file's own attributes; a sidecar goes before them."""

    clinical_question: str | None = None
    requesting_doctor: str | None = None
    department: str | None = None
    institution: str | None = None
    priority: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """The samples of an ECG.

    Parameters
    ----------
    samples : ndarray of float32, shape (leads, n)
        Millivolts; NaN where the device marks a sample as not recorded.
    leads : tuple of str
        Standard names in the order of `samples`: ``I II III aVR aVL aVF V1 … V6``, ``V7``, ``V3R``.
    fs : float
        Sampling rate in hertz.
    start : datetime or None
        First sample; naive when the file states no time zone.
    medians : ndarray of float32, shape (leads, m), or None
        The device's own median beat, where the file has one; never shown as rhythm.
    notes : tuple of Message
        What the reader of the file had to do or doubts: leads derived, gaps, odd names.
    """

    samples: NDArray[np.float32]
    leads: tuple[str, ...]
    fs: float
    start: datetime | None = None
    patient: Patient = Patient()
    device: Device = Device()
    annotations: tuple[Annotation, ...] = ()
    identity: Identity = Identity()
    hints: RequestHints = RequestHints()
    medians: NDArray[np.float32] | None = None
    notes: tuple[Message, ...] = ()

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[-1] / self.fs)


class Modality(StrEnum):
    """Kinds of image, by DICOM modality code where there is one of our own shelf."""

    ULTRASOUND = "US"
    CT = "CT"
    MR = "MR"
    RADIOGRAPH = "DX"  # also CR, DR
    FUNDUS = "OP"
    DOCUMENT = "DOC"  # pages, or a report as text
    OTHER = "OT"


@dataclass(frozen=True, slots=True)
class Window:
    """A VOI preset: `centre` and `width` in values after rescale (HU for CT)."""

    centre: float
    width: float
    name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ImageStudy:
    """The frames of one image object.

    Parameters
    ----------
    frames : ndarray
        ``(frames, rows, columns)`` for greyscale: values after rescale (float32, or the stored
        integer type where there is no rescale); ``(frames, rows, columns, 3)`` uint8 RGB for
        colour; none, ``(0, 1, 1)``, for a report that is text.
    inverted : bool
        MONOCHROME1: low values are bright.
    windows : tuple of Window
        The file's own presets, in its order; empty when it has none.
    frame_times : ndarray of float64, shape (frames,), or None
        Start of each frame in milliseconds from the first one, for cine.
    spacing : (float, float) or None
        Row and column spacing in millimetres, only where the file gives a calibrated one.
    sides : (str, str) or None
        Patient Orientation: direction of the rows' and the columns' growing index, such as
        ``("L", "P")``; the opposite letters stand at the left and at the top.
    position : tuple of float or None
        Image Position (Patient), for the order of slices.
    notes : tuple of Message
        What the reader of the file had to do or doubts.
    text : tuple of str
        Lines of a structured report, indented by their level; empty for pictures.
    """

    frames: NDArray[np.generic]
    modality: Modality
    inverted: bool = False
    windows: tuple[Window, ...] = ()
    frame_times: NDArray[np.float64] | None = None
    spacing: tuple[float, float] | None = None
    sides: tuple[str, str] | None = None
    laterality: str | None = None
    body_part: str | None = None
    description: str | None = None
    series_uid: str | None = None
    instance_number: int | None = None
    position: tuple[float, float, float] | None = None
    start: datetime | None = None
    patient: Patient = Patient()
    device: Device = Device()
    identity: Identity = Identity()
    hints: RequestHints = field(default=RequestHints())
    notes: tuple[Message, ...] = ()
    text: tuple[str, ...] = ()

    @property
    def colour(self) -> bool:
        """Whether the frames are RGB."""
        return self.frames.ndim == 4


@dataclass(frozen=True, slots=True)
class Description:
    """What intake needs to know of a file: everything but its samples or pixels.

    `digest` is that of :class:`~farlead.model.study.StoredObject`.
    """

    kind: Kind
    digest: str
    identity: Identity
    patient: Patient
    start: datetime | None
    hints: RequestHints = RequestHints()
    notes: tuple[Message, ...] = ()

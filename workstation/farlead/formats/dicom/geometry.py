"""Where an image lies in the patient: sides, spacing, position."""

from farlead.formats.dicom.attributes import Attributes
from farlead.messages import message
from farlead.model.recording import Modality

_OBLIQUE = 0.5  # a second letter from this direction cosine on
_DIRECTIONS = (("L", "R"), ("P", "A"), ("H", "F"))
_CENTIMETRES = 3  # Physical Units of an ultrasound region
_TWO_DIMENSIONAL = 1  # Region Spatial Format
_LARGEST_SPACING = 1000.0  # millimetres
_LETTERS = set("LRAPHF")


def functional(attributes: Attributes, sequence: str) -> Attributes | None:
    """Item of a functional group: shared, else that of the first frame."""
    for keyword in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        group = attributes.item(keyword)
        found = group.item(sequence) if group else None
        if found is not None:
            return found
    return None


def per_frame(attributes: Attributes, sequence: str) -> list[Attributes | None]:
    """Item of a functional group of each frame, where the frames have groups of their own."""
    groups = attributes.items("PerFrameFunctionalGroupsSequence")
    return [group.item(sequence) for group in groups]


def spacing(attributes: Attributes, modality: Modality) -> tuple[float, float] | None:
    """Row and column spacing in millimetres, only where it is that in the patient."""
    if modality is Modality.ULTRASOUND:
        return _ultrasound_spacing(attributes)
    measures = functional(attributes, "PixelMeasuresSequence") or attributes
    found = _pair(measures, "PixelSpacing")
    frames = [one for one in per_frame(attributes, "PixelMeasuresSequence") if one is not None]
    if any(_pair(one, "PixelSpacing") != found for one in frames):
        attributes.note(message("formats.note.frame_spacing"))
        return None
    detector = _pair(attributes, "ImagerPixelSpacing")
    calibrated = attributes.text("PixelSpacingCalibrationType") is not None
    if modality in {Modality.CT, Modality.MR} or calibrated:
        return found
    if modality is Modality.RADIOGRAPH and (found is None or found == detector):
        if found or detector:
            attributes.note(message("formats.note.spacing"))
        return None
    return found if detector is None or found != detector else None


def _pair(attributes: Attributes, keyword: str) -> tuple[float, float] | None:
    values = attributes.numbers(keyword)
    if len(values) != 2 or not all(0 < value < _LARGEST_SPACING for value in values):
        return None
    return values[0], values[1]


def _ultrasound_spacing(attributes: Attributes) -> tuple[float, float] | None:
    """Spacing of the one two-dimensional region; None when there are several."""
    regions = [
        region
        for region in attributes.items("SequenceOfUltrasoundRegions")
        if region.number("RegionSpatialFormat") == _TWO_DIMENSIONAL
        and region.number("PhysicalUnitsXDirection") == _CENTIMETRES
        and region.number("PhysicalUnitsYDirection") == _CENTIMETRES
    ]
    if len(regions) != 1:
        return None
    x, y = regions[0].number("PhysicalDeltaX"), regions[0].number("PhysicalDeltaY")
    return (abs(y) * 10.0, abs(x) * 10.0) if x and y else None


def sides(attributes: Attributes) -> tuple[str, str] | None:
    """Directions of growing column and row index, such as ``("L", "P")``."""
    stated = attributes.texts("PatientOrientation")
    if len(stated) == 2 and all(part and set(part) <= _LETTERS for part in stated):
        return stated[0], stated[1]
    orientation = functional(attributes, "PlaneOrientationSequence") or attributes
    cosines = orientation.numbers("ImageOrientationPatient")
    if len(cosines) != 6:
        return None
    row, column = _letters(cosines[:3]), _letters(cosines[3:])
    return (row, column) if row and column else None


def _letters(cosines: tuple[float, ...]) -> str:
    """Letters of a direction, the dominant one first."""
    ranked = sorted(range(3), key=lambda axis: -abs(cosines[axis]))
    shown = [axis for i, axis in enumerate(ranked) if i == 0 or abs(cosines[axis]) >= _OBLIQUE]
    return "".join(
        _DIRECTIONS[axis][cosines[axis] < 0] for axis in shown[:2] if abs(cosines[axis]) > 0
    )


def position(attributes: Attributes) -> tuple[float, float, float] | None:
    """Image Position (Patient)."""
    plane = functional(attributes, "PlanePositionSequence") or attributes
    values = plane.numbers("ImagePositionPatient")
    return (values[0], values[1], values[2]) if len(values) == 3 else None


def laterality(attributes: Attributes) -> str | None:
    """Side of a paired organ: R, L or B."""
    for keyword in ("ImageLaterality", "Laterality", "FrameLaterality"):
        found = attributes.text(keyword)
        if found in {"R", "L", "B"}:
            return found
    return None

"""What the device says of its own ECG: statements, measurements, marks in time.

References
----------
DICOM PS3.3 C.10.10 (Waveform Annotation); PS3.16 TID 3700 ff., CID 3335, 3687 (measurements).
"""

from collections.abc import Sequence

from farlead.formats.dicom.attributes import Attributes
from farlead.formats.dicom.channels import Group
from farlead.model.recording import Annotation

_MOST = 10_000

_Starts = Sequence[tuple[Group, int]]


def annotations(attributes: Attributes, starts: _Starts) -> tuple[Annotation, ...]:
    """Annotations of a waveform object, in its order.

    Parameters
    ----------
    attributes : Attributes
    starts : sequence of (Group, int)
        The groups that are shown, and the sample at which each begins.
    """
    found: list[Annotation] = []
    for item in attributes.items("WaveformAnnotationSequence"):
        annotation = _annotation(item, starts)
        if annotation is not None:
            found.append(annotation)
        if len(found) == _MOST:
            break
    return tuple(found)


def _annotation(item: Attributes, starts: _Starts) -> Annotation | None:
    value = item.number("NumericValue")
    text = ": ".join(part for part in _words(item) if part)
    if not text and value is None:
        return None
    unit = item.item("MeasurementUnitsCodeSequence")
    reference = item.numbers("ReferencedWaveformChannels")
    lead = _lead(reference, starts)
    return Annotation(
        text=f"{text} ({lead})" if lead and text else lead or text,
        position=_position(item, reference, starts),
        value=value,
        unit=unit.text("CodeValue") if unit else None,
    )


def _words(item: Attributes) -> tuple[str | None, ...]:
    """Name, coded value and text, as far as they are there."""
    concept, code = item.item("ConceptNameCodeSequence"), item.item("ConceptCodeSequence")
    return (
        concept.text("CodeMeaning") or concept.text("CodeValue") if concept else None,
        code.text("CodeMeaning") or code.text("CodeValue") if code else None,
        " ".join(item.lines("UnformattedTextValue")),
    )


def _lead(reference: Sequence[float], starts: _Starts) -> str | None:
    """The one lead that an annotation is about; channel 0 stands for all."""
    if len(reference) != 2 or not reference[1]:
        return None
    for group, _ in starts:
        if group.number == reference[0] and reference[1] in group.numbers:
            return group.leads[group.numbers.index(int(reference[1]))]
    return None


def _position(item: Attributes, reference: Sequence[float], starts: _Starts) -> int | None:
    """Sample of a mark on the axis of time; the standard counts from 1."""
    number = reference[0] if reference else starts[0][0].number
    places = [(group, start) for group, start in starts if group.number == number]
    if not places:
        return None
    group, start = places[0]
    samples, seconds = item.number("ReferencedSamplePositions"), None
    if samples is None:
        seconds = item.number("ReferencedTimeOffsets")
    if samples is None and seconds is None:
        return None
    position = int(samples) - 1 if samples is not None else round((seconds or 0.0) * group.fs)
    return start + position if 0 <= position < group.n else None

"""DICOM waveform objects to a recording: 12-lead, General, Ambulatory ECG.

Supported: any number of multiplex groups of one sampling rate, 8-, 16- and 32-bit samples,
signed or not, mu-law and A-law excepted; median beats apart from the rhythm.

References
----------
DICOM PS3.3 A.34 (waveform IODs), C.10.8, C.10.9 (Waveform modules); PS3.16 CID 3001.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.dicom import header
from farlead.formats.dicom.attributes import Attributes
from farlead.formats.dicom.channels import Group, read_group
from farlead.formats.dicom.kinds import kind_of
from farlead.formats.leads import derive_limb_lead, in_order, missing_limb_leads
from farlead.messages import message
from farlead.model.recording import Annotation, Device, Recording

#: Most cells (leads × samples) of one recording on one time axis.
_MOST_CELLS = 1 << 28
_MEDIAN_WORDS = ("MEDIAN", "AVERAGE", "REPRESENTATIVE", "TEMPLATE", "BEAT")
_MEDIAN_SECONDS = 2.0  # an unlabelled derived group as short as this is a beat, no rhythm
_DIAGNOSTIC_RATE = 500.0
_RATE_NOTED_BELOW = 250.0
_MOST_ANNOTATIONS = 10_000


def read_waveforms(attributes: Attributes) -> Recording:
    """Recording of a data set with a Waveform Sequence.

    Raises
    ------
    UnreadableFile
        No ECG, only averaged beats, missing or short samples, impossible sampling rate,
        amplitudes without a unit.
    """
    if kind_of(attributes) == "waveform":
        what = "@formats.dicom.kind.waveform"
        raise UnreadableFile(message("formats.dicom.no_content", what=what), tag="(0008,0016)")
    groups = [group for item in attributes.items("WaveformSequence") if (group := read_group(item))]
    rhythm = [group for group in groups if not _is_median(group, groups)]
    if not rhythm:
        text = "formats.dicom.only_medians" if groups else "formats.dicom.no_samples"
        raise UnreadableFile(message(text), tag="(5400,0100)")
    main = max(rhythm, key=lambda group: group.samples.shape[1] / group.fs)
    leads, samples = _on_one_axis(attributes, main, rhythm)
    if not np.isfinite(samples).any():
        raise UnreadableFile(message("formats.dicom.no_samples"), tag="(5400,1010)")
    leads, samples = _with_limb_leads(attributes, leads, samples)
    order = in_order(leads)
    leads, samples = tuple(leads[i] for i in order), np.ascontiguousarray(samples[order])
    samples.flags.writeable = False
    if main.fs < _RATE_NOTED_BELOW:
        attributes.note(message("formats.note.low_rate", rate=f"{main.fs:g}"))
    found_start = header.start(attributes)
    position = groups.index(main) + 1
    return Recording(
        samples=samples,
        leads=leads,
        fs=main.fs,
        start=found_start,
        patient=header.patient(attributes),
        device=_with_filters(header.device(attributes), main),
        annotations=_annotations(attributes, position, samples.shape[1]),
        identity=header.identity(attributes),
        hints=header.hints(attributes),
        medians=_medians(groups, main, leads),
        notes=tuple(attributes.notes),
    )


def _is_median(group: Group, groups: Sequence[Group]) -> bool:
    if group.label:
        label = group.label.upper()
        return any(word in label for word in _MEDIAN_WORDS) and "RHYTHM" not in label
    short = group.samples.shape[1] / group.fs <= _MEDIAN_SECONDS
    return short and not group.original and any(other.original for other in groups)


def _on_one_axis(
    attributes: Attributes, main: Group, rhythm: Sequence[Group]
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Leads and samples of all groups at their places in time; NaN where nothing was recorded."""
    kept = [group for group in rhythm if group.fs == main.fs]
    for group in rhythm:
        if group.fs != main.fs:
            attributes.note(message("formats.note.group_left_out", rate=f"{group.fs:g}"))
    if len(kept) == 1:
        return main.leads, main.samples
    first = min(group.offset for group in kept)
    starts = [round((group.offset - first) * main.fs) for group in kept]
    n = max(start + group.samples.shape[1] for start, group in zip(starts, kept, strict=True))
    leads = tuple(dict.fromkeys(lead for group in kept for lead in group.leads))
    if n * len(leads) > _MOST_CELLS:
        raise attributes.wrong("MultiplexGroupTimeOffset", "offset", max(g.offset for g in kept))
    samples = np.full((len(leads), n), np.nan, np.float32)
    for start, group in zip(starts, kept, strict=True):
        for lead, row in zip(group.leads, group.samples, strict=True):
            place = samples[leads.index(lead), start : start + row.size]
            np.copyto(place, row, where=np.isnan(place))
    return leads, samples


def _with_limb_leads(
    attributes: Attributes, leads: tuple[str, ...], samples: NDArray[np.float32]
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """The recording with those limb leads that follow from I and II and are not there."""
    missing = missing_limb_leads(leads)
    if not missing:
        return leads, samples
    one = samples[leads.index("I")].astype(np.float64)
    two = samples[leads.index("II")].astype(np.float64)
    derived = np.stack([derive_limb_lead(name, one, two) for name in missing])
    attributes.note(message("formats.note.derived", leads=", ".join(missing)))
    return (*leads, *missing), np.concatenate([samples, derived.astype(np.float32)])


def _with_filters(device: Device, group: Group) -> Device:
    """The narrowest filters of all channels: what the whole sheet has been through."""
    return replace(
        device,
        high_pass=max((f for f in group.high_pass if f), default=None),
        low_pass=min((f for f in group.low_pass if f), default=None),
        notch=next((f for f in group.notch if f), None),
    )


def _medians(
    groups: Sequence[Group], main: Group, leads: Sequence[str]
) -> NDArray[np.float32] | None:
    """The first group of median beats at the rhythm's rate, in the order of `leads`."""
    for group in groups:
        if not _is_median(group, groups) or group.fs != main.fs:
            continue
        rows = dict(zip(group.leads, group.samples, strict=True))
        for name in missing_limb_leads(group.leads):
            rows[name] = derive_limb_lead(name, rows["I"], rows["II"]).astype(np.float32)
        empty = np.full(group.samples.shape[1], np.nan, np.float32)
        medians = np.stack([rows.get(lead, empty) for lead in leads])
        medians.flags.writeable = False
        return medians
    return None


def _annotations(attributes: Attributes, group: int, n: int) -> tuple[Annotation, ...]:
    """The device's statements and measurements."""
    found: list[Annotation] = []
    for item in attributes.items("WaveformAnnotationSequence"):
        annotation = _annotation(item, group, n)
        if annotation is not None:
            found.append(annotation)
        if len(found) == _MOST_ANNOTATIONS:
            break
    return tuple(found)


def _annotation(item: Attributes, group: int, n: int) -> Annotation | None:
    concept, code = item.item("ConceptNameCodeSequence"), item.item("ConceptCodeSequence")
    parts = [
        concept.text("CodeMeaning") if concept else None,
        code.text("CodeMeaning") if code else None,
        item.text("UnformattedTextValue"),
    ]
    text = ": ".join(part for part in parts if part)
    value = item.number("NumericValue")
    if not text and value is None:
        return None
    unit = item.item("MeasurementUnitsCodeSequence")
    return Annotation(
        text=text,
        position=_position(item, group, n),
        value=value,
        unit=unit.text("CodeValue") if unit else None,
    )


def _position(item: Attributes, group: int, n: int) -> int | None:
    """Sample of a mark in the rhythm's group; the standard counts from 1."""
    channels = item.numbers("ReferencedWaveformChannels")
    positions = item.numbers("ReferencedSamplePositions")
    if not positions or (channels and channels[0] != group):
        return None
    position = int(positions[0]) - 1
    return position if 0 <= position < n else None

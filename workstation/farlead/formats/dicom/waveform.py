"""DICOM waveform objects to a recording.

==============================  ===================================================
12-lead, General, 32-bit        any number of multiplex groups of one sampling rate;
General, Ambulatory ECG         groups of another rate are left out and noted
Sample interpretations          all of 8, 16 and 32 bits (``samples.py``)
Median or average beats         by label, or unlabelled, derived and short; apart
Annotations                     statements, measurements, marks (``annotations.py``)
Haemodynamic, EEG, EMG, sound   refused: no ECG
==============================  ===================================================

References
----------
DICOM PS3.3 A.34 (waveform IODs), C.10.8, C.10.9 (Waveform modules); Supplement 237 (32-bit
General ECG); PS3.16 CID 3001.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Channel, Label, assemble_rows
from farlead.formats.dicom import header
from farlead.formats.dicom.annotations import annotations
from farlead.formats.dicom.attributes import Attributes
from farlead.formats.dicom.channels import Group, read_group
from farlead.formats.dicom.kinds import kind_of
from farlead.messages import message
from farlead.model.recording import Device, Recording

_MEDIAN_WORDS = ("MEDIAN", "AVERAGE", "REPRESENTATIVE", "TEMPLATE", "BEAT",
                 "中位", "中值", "平均", "叠加", "模板", "代表")  # fmt: skip
_RHYTHM_WORDS = ("RHYTHM", "节律")
_MEDIAN_SECONDS = 2.0  # an unlabelled derived group as short as this is a beat, no rhythm
_LONGEST_OFFSET = 14 * 86_400.0  # seconds between groups; no recording is longer
#: Cells of one time axis for groups that lie apart: this many, or this many times the samples.
_MOST_EMPTY, _MOST_TIMES = 1 << 24, 4


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
    items = enumerate(attributes.items("WaveformSequence", needed=True), start=1)
    groups = [group for number, item in items if (group := read_group(item, number))]
    rhythm = [group for group in groups if not _is_median(group, groups)]
    if not rhythm:
        text = "formats.dicom.only_medians" if groups else "formats.dicom.no_samples"
        raise UnreadableFile(message(text), tag="(5400,0100)")
    main = max(rhythm, key=lambda group: group.seconds)
    starts = _starts(attributes, main, rhythm)
    leads = tuple(dict.fromkeys(lead for group, _ in starts for lead in group.leads))
    n = max(start + group.n for group, start in starts)
    return assemble_rows(
        [Label(lead, lead) for lead in leads],
        n,
        lambda rows: _fill(dict(zip(leads, rows, strict=True)), starts),
        main.fs,
        attributes.notes,
        medians=_medians(attributes, groups, main),
        start=_start(attributes, starts),
        patient=header.patient(attributes),
        device=_with_filters(header.device(attributes), main),
        annotations=annotations(attributes, starts),
        identity=header.identity(attributes),
        hints=header.hints(attributes),
    )


def _is_median(group: Group, groups: Sequence[Group]) -> bool:
    if group.label:
        label = group.label.upper()
        rhythm = any(word in label for word in _RHYTHM_WORDS)
        return any(word in label for word in _MEDIAN_WORDS) and not rhythm
    short = group.seconds <= _MEDIAN_SECONDS
    return short and not group.original and any(other.original for other in groups)


def _starts(
    attributes: Attributes, main: Group, rhythm: Sequence[Group]
) -> list[tuple[Group, int]]:
    """Groups of one rate and the sample at which each begins, the longest one first."""
    for group in rhythm:
        if group.fs != main.fs:
            attributes.note(message("formats.note.group_left_out", rate=f"{group.fs:g}"))
    kept = sorted((g for g in rhythm if g.fs == main.fs), key=lambda group: group is not main)
    first = min(group.offset for group in kept)
    last = max(group.offset for group in kept)
    starts = [(group, round((group.offset - first) * main.fs)) for group in kept]
    leads = len({lead for group in kept for lead in group.leads})
    cells = leads * max(start + group.n for group, start in starts)
    there = sum(len(group.leads) * group.n for group in kept)
    if last - first > _LONGEST_OFFSET or cells > max(_MOST_EMPTY, _MOST_TIMES * there):
        raise attributes.wrong("MultiplexGroupTimeOffset", "offset", f"{last * 1000:g}")
    return starts


def _fill(rows: dict[str, NDArray[np.float32]], starts: Sequence[tuple[Group, int]]) -> None:
    """Write all groups at their places in time; NaN where nothing was recorded."""
    if len(starts) == 1:
        group, _ = starts[0]
        for index, lead in enumerate(group.leads):
            group.write(index, rows[lead])
        return
    for row in rows.values():
        row[:] = np.nan
    for group, start in starts:
        for index, lead in enumerate(group.leads):
            place = rows[lead][start : start + group.n]
            np.copyto(place, group.millivolts(index), where=np.isnan(place))


def _start(attributes: Attributes, starts: Sequence[tuple[Group, int]]) -> datetime | None:
    """Time of the first sample: acquisition begins at offset 0."""
    found, offset = header.start(attributes), min(group.offset for group, _ in starts)
    if found is None or not 0 < offset < _LONGEST_OFFSET:
        return found
    return found + timedelta(seconds=offset)


def _with_filters(device: Device, group: Group) -> Device:
    """The narrowest filters of all channels: what the whole sheet has been through."""
    return replace(
        device,
        high_pass=max((f for f in group.high_pass if f), default=None),
        low_pass=min((f for f in group.low_pass if f), default=None),
        notch=next((f for f in group.notch if f), None),
    )


def _medians(attributes: Attributes, groups: Sequence[Group], main: Group) -> tuple[Channel, ...]:
    """The first group of median beats at the rhythm's rate."""
    found = [group for group in groups if _is_median(group, groups)]
    for group in found:
        if group.fs == main.fs:
            labels = enumerate(group.leads)
            return tuple(Channel(lead, lead, group.millivolts(i)) for i, lead in labels)
    if found:
        attributes.note(message("formats.note.group_left_out", rate=f"{found[0].fs:g}"))
    return ()

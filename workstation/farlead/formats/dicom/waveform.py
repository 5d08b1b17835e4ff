"""DICOM waveform objects to a recording.

==============================  ===================================================
12-lead, General, 32-bit        any number of multiplex groups of one sampling rate;
General, Ambulatory ECG         groups of another rate are left out and noted
Sample interpretations          all of 8, 16 and 32 bits (``samples.py``)
Median or average beats         by label, or derived and short beside a longer one; apart
Groups of one time              of each lead the longest group is shown, others are noted
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
from farlead.formats.dicom.channels import Group, Known, read_group
from farlead.formats.dicom.kinds import kind_of
from farlead.formats.medians import if_sound
from farlead.messages import message
from farlead.model.recording import Device, Recording

_MEDIAN_WORDS = ("MEDIAN", "AVERAGE", "REPRESENTATIVE", "TEMPLATE", "BEAT",
                 "中位", "中值", "平均", "叠加", "模板", "代表")  # fmt: skip
_RHYTHM_WORDS = ("RHYTHM", "节律")
_MEDIAN_SECONDS = 2.0  # a derived group as short as this is a beat, unless called a rhythm
_OVERLAP = 1  # samples that groups which follow one another may share by rounding
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
    known: Known = {}
    groups = [group for number, item in items if (group := read_group(item, number, known))]
    rhythm = [group for group in groups if not _is_median(group, groups)]
    if not rhythm:
        text = "formats.dicom.only_medians" if groups else "formats.dicom.no_samples"
        raise UnreadableFile(message(text), tag="(5400,0100)")
    main = max(rhythm, key=lambda group: group.seconds)
    starts = _shown(attributes, _starts(attributes, main, rhythm))
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
        device=_with_filters(attributes, [group for group, _ in starts]),
        annotations=annotations(attributes, starts),
        identity=header.identity(attributes),
        hints=header.hints(attributes),
    )


def _is_median(group: Group, groups: Sequence[Group]) -> bool:
    label = group.label.upper()
    if any(word in label for word in _RHYTHM_WORDS):
        return False
    if any(word in label for word in _MEDIAN_WORDS):
        return True
    short = group.seconds <= _MEDIAN_SECONDS and not group.original
    return short and any(one.original and one.seconds > group.seconds for one in groups)


def _shown(attributes: Attributes, starts: Sequence[tuple[Group, int]]) -> list[tuple[Group, int]]:
    """Groups whose leads no group before them has at the same time; the others are noted.

    A second signal of the same time is never mixed into the first, not even where that has
    gaps: it may be an average.
    """
    taken: dict[str, list[tuple[int, int]]] = {}
    shown: list[tuple[Group, int]] = []
    for group, start in starts:
        spans = {lead: group.span(i, start) for i, lead in enumerate(group.leads)}
        twice = [
            lead
            for lead, span in spans.items()
            if any(_overlap(span, t) for t in taken.get(lead, ()))
        ]
        if twice:
            seconds, leads = f"{group.seconds:g}", ", ".join(twice)
            attributes.note(message("formats.note.same_time", leads=leads, seconds=seconds))
            if len(twice) == len(spans):
                continue
            group = group.without(twice)  # noqa: PLW2901  # the rest of it is shown
        for lead in group.leads:
            taken.setdefault(lead, []).append(spans[lead])
        shown.append((group, start))
    first = min(start for _, start in shown)
    return [(group, start - first) for group, start in shown]


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return min(one[1], other[1]) - max(one[0], other[0]) > _OVERLAP


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


def _with_filters(attributes: Attributes, groups: Sequence[Group]) -> Device:
    """The narrowest filters of all channels shown: what the whole sheet has been through."""
    kinds = [
        [value or None for group in groups for value in getattr(group, kind)]
        for kind in ("high_pass", "low_pass", "notch")
    ]
    differing = [
        f"{name} {', '.join(f'{v:g}' if v else '–' for v in sorted(set(values), key=_or_zero))} Hz"
        for name, values in zip(("HP", "LP", "N"), kinds, strict=True)
        if len(set(values)) > 1
    ]
    if differing:
        attributes.note(message("formats.note.filters_differ", filters="; ".join(differing)))
    high, low, notch = ([value for value in values if value] for values in kinds)
    return replace(
        header.device(attributes),
        high_pass=max(high, default=None),
        low_pass=min(low, default=None),
        notch=next(iter(notch), None),
    )


def _or_zero(value: float | None) -> float:
    return value or 0.0


def _medians(attributes: Attributes, groups: Sequence[Group], main: Group) -> tuple[Channel, ...]:
    """The first group of median beats at the rhythm's rate."""
    found = [group for group in groups if _is_median(group, groups)]
    beat = next((group for group in found if group.fs == main.fs), None)
    for group in found:
        if group is not beat:
            attributes.note(message("formats.note.group_left_out", rate=f"{group.fs:g}"))
    if beat is None:
        return ()
    return if_sound(lambda: _channels(beat), attributes.notes) or ()


def _channels(group: Group) -> tuple[Channel, ...]:
    labels = enumerate(group.leads)
    return tuple(Channel(lead, lead, group.millivolts(i)) for i, lead in labels)

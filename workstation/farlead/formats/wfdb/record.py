"""A recording of a header and its files: pieces read one after another into their place."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Label, Notes, assemble_rows
from farlead.formats.leads import by_text
from farlead.formats.source import Source
from farlead.formats.units import IN_MILLIVOLTS
from farlead.formats.wfdb.comments import told
from farlead.formats.wfdb.files import Files
from farlead.formats.wfdb.header import Header, Signal, parse
from farlead.formats.wfdb.plan import Piece, Plan, planned
from farlead.formats.wfdb.signals import read_group
from farlead.messages import message
from farlead.model.recording import Annotation, Recording


def read_record(source: Source) -> Recording:
    """Recording of a header's bytes and the files beside it."""
    notes = Notes()
    header = parse(source.data, notes)
    files = Files(source.companion, header.name)
    plan = planned(header, files, notes)

    def fill(rows: Sequence[NDArray[np.float32]]) -> None:
        for piece in plan.pieces:
            _fill(plan, piece, rows, files, notes)

    patient, annotations, zone = told(header.comments)
    if header.time is not None:
        annotations = (*annotations, Annotation(f"Time of day, without a date: {header.time}"))
    start = header.start
    return assemble_rows(
        [_label(plan.template[number].label) for number in plan.kept],
        plan.frames * plan.per_frame,
        fill,
        plan.fs * plan.per_frame,
        notes,
        start=start.replace(tzinfo=zone) if start is not None and zone else start,
        patient=patient,
        annotations=annotations,
    )


def _label(described: str) -> Label:
    """A header has no codes for leads: a standard name in its description is one."""
    return Label(by_text(described), described)


def parts(data: bytes) -> frozenset[str]:
    """Files of other headers that a header of several segments names; empty where unreadable."""
    try:
        header = parse(data, Notes())
    except UnreadableFile:
        return frozenset()
    return frozenset(f"{segment.name}.hea" for segment in header.segments if segment.name)


def _fill(
    plan: Plan, piece: Piece, rows: Sequence[NDArray[np.float32]], files: Files, notes: Notes
) -> None:
    """Samples of one piece into its part of the rows, NaN where it has none."""
    begin, end = (frame * plan.per_frame for frame in (piece.begin, piece.begin + piece.frames))
    empty = {number: row[begin:end] for number, row in zip(plan.kept, rows, strict=True)}
    wanted: dict[int, tuple[NDArray[np.float32], float]] = {}
    header = piece.header
    if header is not None:
        stored = {group.first + i for group in piece.groups for i in range(len(group.signals))}
        for number, own in _matches(plan, header):
            if number in empty and own in stored:
                signal = header.signals[own]
                _check_alike(plan, number, signal, header.name)
                wanted[own] = empty.pop(number), IN_MILLIVOLTS[signal.unit]
        for group in piece.groups:
            checked = header.frames is not None
            read_group(group, piece.frames, files, wanted, notes, checksums=checked)
    for row in empty.values():
        row[:] = np.nan


def _matches(plan: Plan, header: Header) -> Iterator[tuple[int, int]]:
    """Numbers of a signal in the whole record and in one segment's header."""
    if not plan.variable:
        yield from ((number, number) for number in range(len(header.signals)))
        return
    places: dict[str, list[int]] = {}
    for number, signal in enumerate(plan.template):
        places.setdefault(signal.label, []).append(number)
    for own, signal in enumerate(header.signals):
        if places.get(signal.label):
            yield places[signal.label].pop(0), own


def _check_alike(plan: Plan, number: int, signal: Signal, segment: str) -> None:
    """UnreadableFile when a segment's signal is none of the kind that the whole record has."""
    of = plan.template[number]
    if (
        signal.unit not in IN_MILLIVOLTS
        or signal.per_frame != of.per_frame
        or signal.label != of.label
    ):
        raise UnreadableFile(
            message("formats.wfdb.changed", segment=segment, signal=of.label), tag=segment
        )

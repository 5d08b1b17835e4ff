"""What will be read of a record: which signals, which pieces; checked before memory is taken.

Of a record whose signals have several rates, those are kept that share the rate of the ECG
leads; nothing is resampled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes
from farlead.formats.leads import by_text
from farlead.formats.units import IN_MILLIVOLTS, is_lead
from farlead.formats.wfdb.files import Files
from farlead.formats.wfdb.header import (
    DEFAULT_GAIN,
    DEFAULT_RATE,
    Header,
    Segment,
    Signal,
    parse,
)
from farlead.formats.wfdb.signals import Group, check_size, frames_in, groups
from farlead.messages import message

#: A gap costs no bytes in the file: a record may have so many cells, or so many for each byte.
_CELLS, _CELLS_PER_BYTE = 1 << 24, 20
#: Segments times signals, each of which costs time.
_MOST_PARTS = 100_000


class Piece(NamedTuple):
    """Part of a record: one segment, or a gap (no header).

    `begin` and `frames` place it in the whole.
    """

    header: Header | None
    groups: tuple[Group, ...]
    begin: int
    frames: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be read, once everything has been checked that can be without samples.

    Parameters
    ----------
    fs : float
        Frames a second.
    frames : int
        Length of the whole.
    template : tuple of Signal
        The signals of the whole record.
    kept : tuple of int
        Numbers of those that are read.
    pieces : tuple of Piece
    variable : bool
        Segments name their signals; otherwise all have them in the template's order.
    """

    fs: float
    frames: int
    template: tuple[Signal, ...]
    kept: tuple[int, ...]
    pieces: tuple[Piece, ...]
    variable: bool

    @property
    def per_frame(self) -> int:
        """Samples a frame of the kept signals."""
        return self.template[self.kept[0]].per_frame


def planned(header: Header, files: Files, notes: Notes) -> Plan:
    """Plan of a record; UnreadableFile for what the files beside the header do not bear out."""
    fs = header.fs
    if fs is None:
        fs = DEFAULT_RATE
        notes.add(message("formats.wfdb.note.rate", rate=f"{fs:g}"))
    variable = bool(header.segments) and header.segments[0].frames == 0
    if header.segments:
        template, pieces = _segments(header, fs, files, notes)
    else:
        template, pieces = header.signals, (_whole(header, files, notes),)
    frames = sum(piece.frames for piece in pieces)
    if header.frames not in (None, frames):
        raise _wrong_length(header.name, header.frames or 0, frames)
    kept = _kept(template, fs, notes)
    plan = Plan(fs, frames, template, kept, pieces, variable)
    _note_signals(plan, notes)
    _check_claims(plan, files)
    return plan


def _whole(header: Header, files: Files, notes: Notes) -> Piece:
    """The one piece of an ordinary record."""
    found = groups(header)
    if not found:
        raise UnreadableFile(message("formats.wfdb.no_signals", record=header.name))
    lengths = {frames_in(group, files.size(group.file)) for group in found}
    if header.frames is not None:
        frames = header.frames
    elif len(lengths) == 1:
        frames = lengths.pop()
        notes.add(message("formats.wfdb.note.length"))
    else:
        raise UnreadableFile(message("formats.wfdb.lengths", record=header.name), tag="1")
    for group in found:
        check_size(group, frames, files.size(group.file))
    if header.frames is not None and min(lengths) > frames:
        notes.add(message("formats.wfdb.note.longer", expected=frames, found=min(lengths)))
    return Piece(header, found, 0, frames)


def _segments(
    header: Header, fs: float, files: Files, notes: Notes
) -> tuple[tuple[Signal, ...], tuple[Piece, ...]]:
    """Signals of the whole and its pieces; a first segment without samples is the lay-out."""
    known: dict[str, tuple[Header, tuple[Group, ...]]] = {}
    pieces: list[Piece] = []
    begin = signals = 0
    for segment in header.segments:
        if segment.name is None:
            pieces.append(Piece(None, (), begin, segment.frames))
        else:
            if segment.name not in known:
                known[segment.name] = _segment_header(segment.name, fs, files, notes)
            pieces.append(_piece(segment, *known[segment.name], begin, files))
            signals += len(known[segment.name][0].signals)
        begin += segment.frames
        if signals > _MOST_PARTS:
            raise _too_many(header)
    if not known:
        raise UnreadableFile(message("formats.wfdb.no_signals", record=header.name))
    template = next(iter(known.values()))[0].signals
    _check_signals(header, template, {name: found for name, (found, _) in known.items()})
    _note_gaps(pieces, fs, notes)
    return template, tuple(piece for piece in pieces if piece.frames)


def _check_signals(header: Header, template: Sequence[Signal], known: Mapping[str, Header]) -> None:
    """UnreadableFile unless the segments have as many signals as the record says."""
    fixed = header.segments[0].frames != 0
    for name, found in known.items():
        if len(found.signals) != header.announced and (fixed or found.signals is template):
            raise UnreadableFile(
                message(
                    "formats.wfdb.segment_signals",
                    segment=name,
                    expected=header.announced,
                    found=len(found.signals),
                ),
                tag=name,
            )


def _segment_header(
    name: str, fs: float, files: Files, notes: Notes
) -> tuple[Header, tuple[Group, ...]]:
    found = parse(files.header(name), notes)
    if found.segments:
        raise UnreadableFile(message("formats.wfdb.nested", segment=name), tag=name)
    if found.fs is not None and found.fs != fs:
        raise UnreadableFile(
            message("formats.wfdb.rates", segment=name, expected=f"{fs:g}", found=f"{found.fs:g}"),
            tag=name,
        )
    return found, groups(found)


def _piece(
    segment: Segment, found: Header, of: tuple[Group, ...], begin: int, files: Files
) -> Piece:
    if (found.frames or 0) != segment.frames and segment.frames:
        raise _wrong_length(found.name, segment.frames, found.frames or 0)
    for group in of if segment.frames else ():
        check_size(group, segment.frames, files.size(group.file))
    return Piece(found, of, begin, segment.frames)


def _kept(template: Sequence[Signal], fs: float, notes: Notes) -> tuple[int, ...]:
    """Numbers of the voltages that share the ECG leads' rate; the others are noted."""
    rates: dict[int, list[int]] = {}
    for number, signal in enumerate(template):
        if signal.unit in IN_MILLIVOLTS:
            rates.setdefault(signal.per_frame, []).append(number)
        elif is_lead(signal.label):
            reason = message("formats.units.unknown", lead=signal.label, unit=signal.unit)
            raise UnreadableFile(reason, tag=signal.label)
        else:
            notes.add(message("formats.note.not_voltage", name=signal.label or f"#{number + 1}"))
    if not rates:
        raise UnreadableFile(message("formats.wfdb.no_voltage"))

    def weight(per_frame: int) -> tuple[int, int, int]:
        numbers = rates[per_frame]
        leads = sum(by_text(template[number].label) is not None for number in numbers)
        return leads, len(numbers), per_frame

    best = max(rates, key=weight)
    for per_frame in rates:
        if per_frame != best:
            notes.add(message("formats.note.group_left_out", rate=f"{fs * per_frame:g}"))
    return tuple(rates[best])


def _note_signals(plan: Plan, notes: Notes) -> None:
    """What has to be known of the kept signals, in whatever segment it is said."""
    kept = {plan.template[number].label for number in plan.kept}
    every = {signal.label for signal in plan.template}
    seen = {piece.header.signals for piece in plan.pieces if piece.header is not None}
    for signal in {signal for signals in seen for signal in signals}:
        if signal.label not in every:
            notes.add(message("formats.wfdb.note.unlisted", name=signal.label))
        elif signal.label in kept and not signal.calibrated:
            gain = f"{DEFAULT_GAIN:g}"
            notes.add(message("formats.wfdb.note.gain", name=signal.label, gain=gain))
        if signal.label in kept and signal.skew:
            ms = f"{1000 * signal.skew / plan.fs:.1f}"
            notes.add(message("formats.wfdb.note.skew", name=signal.label, ms=ms))


def _note_gaps(pieces: Sequence[Piece], fs: float, notes: Notes) -> None:
    gaps = [piece.frames for piece in pieces if piece.header is None]
    if gaps:
        seconds = f"{sum(gaps) / fs:.1f}"
        notes.add(message("formats.wfdb.note.gaps", count=len(gaps), seconds=seconds))


def _check_claims(plan: Plan, files: Files) -> None:
    """UnreadableFile when gaps and repetitions make a long record of few bytes."""
    cells = plan.frames * plan.per_frame * len(plan.kept)
    if cells <= _CELLS:
        return
    size = sum(files.size(f) for f in {g.file for piece in plan.pieces for g in piece.groups})
    if cells > size * _CELLS_PER_BYTE:
        raise UnreadableFile(message("formats.wfdb.empty", samples=cells, bytes=size), tag="1")


def _wrong_length(record: str, expected: int, found: int) -> UnreadableFile:
    return UnreadableFile(
        message("formats.wfdb.length", record=record, expected=expected, found=found), tag=record
    )


def _too_many(header: Header) -> UnreadableFile:
    return UnreadableFile(
        message("formats.wfdb.too_many", signals=header.announced, segments=len(header.segments)),
        tag="1",
    )

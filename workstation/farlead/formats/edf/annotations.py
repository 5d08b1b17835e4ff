"""Annotation signals of EDF+ and BDF+: time-stamped lists, and the times of data records.

A list is onset, optionally byte 21 and a duration, byte 20, texts each ended by byte 20, and a
zero byte. The first list of a data record, with an empty first text, states the record's time.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.formats.assembly import Notes
from farlead.formats.characters import decoded
from farlead.formats.edf.header import Header, Signal, number
from farlead.messages import message
from farlead.model.recording import Annotation

_LIST = re.compile(rb"([+-][0-9.]{1,24})(?:\x15([0-9.]{0,24}))?\x14(.*)\x14", re.DOTALL)
_ONSET = re.compile(rb"([+-][0-9.]{1,24})\x14\x14")
_END = b"\x14"
_BARE = 2  # bytes 20 in a data record that states nothing but its time
_MOST = 10_000
_LONGEST = 1000
_PIECE = 1 << 12


class Mark(NamedTuple):
    """One annotation; onset and duration (None: not stated) in seconds of the file's clock."""

    onset: Fraction
    duration: Fraction | None
    text: str


def onsets(data: bytes, header: Header, *, ends: bool = False) -> NDArray[np.float64]:
    """Times of data records in seconds, NaN where not stated; empty without their signal.

    `ends` asks for the first and the last one only.
    """
    signal = next((s for s in header.signals if s.annotations), None)
    if signal is None:
        return np.empty(0)
    table = _table(data, header, signal)
    chosen = table[[0, -1]] if ends else table
    return np.array([_onset(row.tobytes()) for row in chosen])


def _onset(part: bytes) -> float:
    found = _ONSET.match(part)
    value = number(found[1].decode("ascii")) if found else None
    return float("nan") if value is None else float(value)


def marks(data: bytes, header: Header, notes: Notes) -> list[Mark]:
    """All annotations in the file's order; damaged lists are noted."""
    found: list[Mark] = []
    for signal in header.signals:
        if signal.annotations and signal.samples:
            for index, raw in _with_texts(_table(data, header, signal)):
                for item in raw.rstrip(b"\0").split(b"\0"):
                    found.extend(_read_list(item, index, notes))
                if len(found) > _MOST:
                    notes.add(message("formats.edf.note.many_annotations", limit=_MOST))
                    return found[:_MOST]
    return found


def annotations(
    found: list[Mark], first: Fraction, fs: float, samples: int
) -> tuple[Annotation, ...]:
    """Marks as annotations of a recording that begins at `first` on the file's clock."""
    return tuple(_annotation(mark, first, fs, samples) for mark in found)


def _annotation(mark: Mark, first: Fraction, fs: float, samples: int) -> Annotation:
    position = round(float(mark.onset - first) * fs)
    lasting = mark.duration or Fraction(0)
    if position <= 0 and position + float(lasting) * fs >= samples - 1:
        return Annotation(mark.text)  # it concerns the whole recording
    inside = 0 <= position < samples
    return Annotation(
        mark.text,
        position=position if inside else None,
        value=float(lasting) if lasting else None,
        unit="s" if lasting else None,
    )


def _table(data: bytes, header: Header, signal: Signal) -> NDArray[np.uint8]:
    """Bytes of one signal, a row for each data record."""
    begin, size = signal.begin * header.width, signal.samples * header.width
    count = header.records * header.record
    table = np.frombuffer(data, np.uint8, count=count, offset=header.size)
    return table.reshape(header.records, header.record)[:, begin : begin + size]


def _with_texts(table: NDArray[np.uint8]) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each data record that states more than its time."""
    for at in range(0, len(table), _PIECE):
        piece = table[at : at + _PIECE]
        for row in np.flatnonzero((piece == _END[0]).sum(axis=1) > _BARE).tolist():
            yield at + row, piece[row].tobytes()


def _read_list(item: bytes, index: int, notes: Notes) -> list[Mark]:
    if not item:
        return []
    parts = _LIST.fullmatch(item)
    onset = number(parts[1].decode("ascii")) if parts else None
    if parts is None or onset is None:
        notes.add(message("formats.edf.note.damaged_annotation", record=index + 1))
        return []
    duration = number((parts[2] or b"").decode("ascii"))
    texts = [_text(text, notes) for text in parts[3].split(_END)]
    return [Mark(onset, duration, text) for text in texts if text]


def _text(data: bytes, notes: Notes) -> str:
    text = decoded(data[:_LONGEST], "utf-8", notes, what="annotation")
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

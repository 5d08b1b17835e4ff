"""Reader of ISHNE Holter files.

=================  ============================================================================
version            ``ISHNE1.0``; annotation files (``ANN  1.0``) hold no samples and are refused
checksum           CRC-CCITT of fixed and variable block, either byte order; 0: not computed
                   (noted); a wrong one: refused
samples            16 bits, one of each lead in turn; −32768 (lead fault): NaN
announced length   samples of a lead, or of all leads together (writers differ): fewer in the
                   file are refused, 0 (not stated) and bytes beyond are noted
resolution         nV of one step; absent or not positive: refused
leads              codes 2–19; others stay unnamed (noted)
statements         quality of each lead, pacemaker, text of the variable block
text               ASCII; UTF-8, GB18030 and Latin letters are recognised and noted
start              date and time of the recording, no time zone
=================  ============================================================================

Samples are converted lead by lead into the rows where they stay.

References
----------
Badilini F, The ISHNE Holter Standard Output File Format, Ann Noninvasive Electrocardiol
1998;3:263 (fixed-length block; tables 1 and 2: leads, quality).
"""

import binascii
import struct
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Fill, Label, Notes, assemble_rows
from farlead.formats.characters import field_text
from farlead.formats.damage import guarded
from farlead.messages import message
from farlead.model.people import Patient, Sex
from farlead.model.recording import Annotation, Device, Recording

__all__ = ["read", "recognises"]

_MAGIC, _MARKS_MAGIC = b"ISHNE1.0", b"ANN  1.0"
_CHECKSUM, _FIXED = 8, 10  # where the checksum and the fixed block begin
_MOST_LEADS = 12
#: The fixed block: sizes and offsets, version, names, number, sex and race, dates, leads,
#: pacemaker, recorder, rate, and three texts.
_BLOCK = struct.Struct("<iiii h 40s 40s 20s hh 3h 3h 3h 3h h 12h 12h 12h h 40s h 80s 80s 88s")
_HEAD = _FIXED + _BLOCK.size
_LEADS = {
    2: "X",
    3: "Y",
    4: "Z",
    5: "I",
    6: "II",
    7: "III",
    8: "aVR",
    9: "aVL",
    10: "aVF",
    **{code: f"V{code - 10}" for code in range(11, 17)},
    17: "ES",
    18: "AS",
    19: "AI",
}
_SEXES = {1: Sex.MALE, 2: Sex.FEMALE}
_QUALITY = {
    2: "intermittent noise",
    3: "frequent noise",
    4: "intermittent disconnection",
    5: "frequent disconnection",
}
_PACEMAKER = {
    1: "unknown type",
    2: "single chamber unipolar",
    3: "dual chamber unipolar",
    4: "single chamber bipolar",
    5: "dual chamber bipolar",
}
_FAULT = -32768
_NANOVOLTS = 1_000_000  # in a millivolt
_PIECE = 1 << 16
_LONGEST_TEXT = 500


class _Header(NamedTuple):
    """The fixed block, field by field; `begin` is where the samples begin."""

    begin: int
    announced: int
    first_name: bytes
    last_name: bytes
    number: bytes
    sex: int
    birth: tuple[int, ...]
    day: tuple[int, ...]
    clock: tuple[int, ...]
    leads: tuple[int, ...]
    quality: tuple[int, ...]
    resolution: tuple[int, ...]
    pacemaker: int
    recorder: bytes
    rate: int
    variable: bytes


def recognises(data: bytes) -> bool:
    """Whether the head is that of an ISHNE file."""
    return bytes(data[:8]) in (_MAGIC, _MARKS_MAGIC)


def read(data: bytes) -> Recording:
    """Read an ISHNE file; UnreadableFile with the offset where it is known."""
    return guarded(lambda: _read(data), "ishne")


def _read(data: bytes) -> Recording:
    if bytes(data[:8]) == _MARKS_MAGIC:
        raise UnreadableFile(message("formats.ishne.only_marks"), offset=0)
    notes = Notes()
    header = _header(data, notes)
    samples = _samples(header, len(data) - header.begin, notes)
    return assemble_rows(
        [_label(code, i) for i, code in enumerate(header.leads, start=1)],
        samples,
        _filler(data, header, samples),
        float(header.rate),
        notes,
        start=_start(header),
        patient=_patient(header, notes),
        device=Device(model=_recorder(header, notes)),
        annotations=_statements(header),
    )


def _header(data: bytes, notes: Notes) -> _Header:
    """The fixed block with its offsets, counts and checksum checked."""
    if len(data) < _HEAD:
        raise _cut(_HEAD, len(data))
    fields = _BLOCK.unpack_from(data, _FIXED)
    extra, announced, variable_at, begin = fields[:4]
    count, rate = fields[22], fields[61]
    if variable_at != _HEAD or extra < 0 or begin != _HEAD + extra:
        found = f"{variable_at}, {extra}, {begin}"
        raise UnreadableFile(message("formats.ishne.offsets", found=found), offset=_FIXED)
    if len(data) < begin:
        raise _cut(begin, len(data))
    _check_crc(data, begin, notes)
    if not 1 <= count <= _MOST_LEADS:
        raise UnreadableFile(message("formats.ishne.leads", found=count), offset=156)
    resolution = fields[47 : 47 + count]
    for number, step in enumerate(resolution, start=1):
        if step <= 0:
            raise UnreadableFile(
                message("formats.ishne.resolution", lead=number, found=step),
                offset=204 + 2 * number,
            )
    return _Header(
        begin=begin,
        announced=announced,
        first_name=fields[5],
        last_name=fields[6],
        number=fields[7],
        sex=fields[8],
        birth=fields[10:13],
        day=fields[13:16],
        clock=fields[19:22],
        leads=fields[23 : 23 + count],
        quality=fields[35 : 35 + count],
        resolution=resolution,
        pacemaker=fields[59],
        recorder=fields[60],
        rate=rate,
        variable=bytes(data[_HEAD:begin]),
    )


def _cut(expected: int, found: int) -> UnreadableFile:
    return UnreadableFile(
        message("formats.ishne.cut", expected=expected, found=found), offset=found
    )


def _check_crc(data: bytes, end: int, notes: Notes) -> None:
    stored = int.from_bytes(data[_CHECKSUM:_FIXED], "little")
    computed = binascii.crc_hqx(data[_FIXED:end], 0xFFFF)
    if stored in (computed, (computed & 0xFF) << 8 | computed >> 8):
        return
    if stored == 0:
        notes.add(message("formats.ishne.note.no_checksum"))
        return
    raise UnreadableFile(
        message("formats.ishne.checksum", stored=f"{stored:04X}", found=f"{computed:04X}"),
        offset=_CHECKSUM,
    )


def _samples(header: _Header, there: int, notes: Notes) -> int:
    """Samples of each lead; those that are announced must be there."""
    leads = len(header.leads)
    found, rest = divmod(there, 2 * leads)
    announced = header.announced
    if announced == found * leads or announced == found:
        announced = found
    elif announced == 0:
        notes.add(message("formats.ishne.note.no_length"))
        announced = found
    if announced < 0 or announced > found:
        raise UnreadableFile(
            message("formats.ishne.truncated", expected=announced, found=found), offset=14
        )
    if rest or announced < found:
        left = there - 2 * leads * announced
        notes.add(message("formats.ishne.note.more_bytes", bytes=left))
    return announced


def _label(code: int, number: int) -> Label:
    return Label(_LEADS.get(code), f"#{number}")


def _filler(data: bytes, header: _Header, samples: int) -> Fill:
    leads = len(header.leads)
    table: NDArray[np.int16] = np.frombuffer(
        data, "<i2", count=samples * leads, offset=header.begin
    ).reshape(samples, leads)

    def fill(rows: Sequence[NDArray[np.float32]]) -> None:
        for index, (row, step) in enumerate(zip(rows, header.resolution, strict=True)):
            for begin in range(0, samples, _PIECE):
                steps = table[begin : begin + _PIECE, index]
                out = row[begin : begin + _PIECE]
                out[:] = steps.astype(np.float64) * step / _NANOVOLTS
                out[steps == _FAULT] = np.nan

    return fill


def _start(header: _Header) -> datetime | None:
    day = _day(header.day)
    try:
        hour, minute, second = header.clock
        return datetime.combine(day, time(hour, minute, second)) if day else None
    except ValueError:
        return None


def _day(parts: Sequence[int]) -> date | None:
    day, month, year = parts
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _patient(header: _Header, notes: Notes) -> Patient:
    """Family name first, as the hospital's lists have it."""
    parts = [field_text(text, notes, what="name") for text in (header.last_name, header.first_name)]
    together = "" if parts[0] and not parts[0].isascii() else " "
    return Patient(
        name=together.join(part for part in parts if part) or None,
        local_number=field_text(header.number, notes, what="ID") or None,
        sex=_SEXES.get(header.sex, Sex.UNKNOWN),
        birth_date=_day(header.birth),
    )


def _recorder(header: _Header, notes: Notes) -> str | None:
    """The recorder's name; the standard itself knows only its kind, which says nothing."""
    text = field_text(header.recorder, notes, what="recorder")
    return None if text.casefold() in ("", "analog", "digital") else text


def _statements(header: _Header) -> list[Annotation]:
    found = [
        Annotation(f"Lead {_LEADS.get(code, f'#{number}')}: {_QUALITY[quality]}")
        for number, (code, quality) in enumerate(
            zip(header.leads, header.quality, strict=True), start=1
        )
        if quality in _QUALITY
    ]
    if header.pacemaker in _PACEMAKER:
        found.append(Annotation(f"Pacemaker: {_PACEMAKER[header.pacemaker]}"))
    comment = field_text(header.variable, Notes(), what="variable block")[:_LONGEST_TEXT]
    if comment and "\ufffd" not in comment:
        found.append(Annotation(comment))
    return found

"""An SCP-ECG record as its sections: lengths, pointers and checksums checked.

A wrong checksum of a section that samples or identity come from (0–6) is a refusal; of one with
the device's findings (7–11), the section is left out. Carts of version 1 write FFFF instead of
a checksum: what no other checksum covers is then noted as unchecked. A wrong checksum of the
whole file is noted only, if those of all sections that are read are right.

References
----------
EN 1064 clause 5.2 (structure, checksum), 5.3 (section 0).
"""

import struct
from binascii import crc_hqx
from enum import Enum
from typing import NamedTuple

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes
from farlead.messages import message

#: Version (times ten) whose sections 7 and 10 have the layout that is known.
FIRST_WITH_MEASUREMENTS = 13
_FIRST_UNKNOWN = 30
_HEAD = 6
_SECTION_HEAD = 16
_POINTER = struct.Struct("<HII")
_SECTION = struct.Struct("<HHIBB6s")
_NO_SUM = 0xFFFF
#: Most bytes of a file, of a section, and of those that samples come from.
_LARGEST, _LARGEST_SECTION = 32 << 20, 1 << 18
_LARGEST_OF = {2: 4 << 20, 3: 4 << 20, 4: 4 << 20, 5: 17 << 20, 6: 17 << 20}
_LAST = 11
#: Sections without which there is nothing to show, or nothing to show rightly.
_ESSENTIAL = 6


class Sum(Enum):
    """State of a checksum."""

    RIGHT = 1
    ABSENT = 2
    WRONG = 3


class Section(NamedTuple):
    """One section: its number, where its data begins in the file, its data without header."""

    number: int
    offset: int
    body: bytes


class Record(NamedTuple):
    """Sections 1–11 that are there, and the version (times ten) that section 0 states."""

    sections: dict[int, Section]
    version: int

    def require(self, number: int) -> Section:
        """Section `number`; UnreadableFile when it is not there."""
        section = self.sections.get(number)
        if section is None:
            reason = message("formats.scp.missing", section=number)
            raise UnreadableFile(reason, tag=f"section {number}")
        return section


class Fields:
    """Little-endian numbers of a section, one after another; never beyond its end."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes that are not taken yet."""
        return len(self._section.body) - self._at

    @property
    def offset(self) -> int:
        """Offset in the file of the next byte."""
        return self._section.offset + self._at

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        if size > self.left:
            raise refused("section_short", self._section, wanted=size, found=self.left)
        piece = self._section.body[self._at : self._at + size]
        self._at += size
        return piece

    def unpack(self, layout: str) -> tuple[int, ...]:
        """The next numbers, in the letters of the struct module."""
        return struct.unpack(f"<{layout}", self.take(struct.calcsize(f"<{layout}")))

    def byte(self) -> int:
        """An unsigned byte."""
        return self.take(1)[0]

    def word(self) -> int:
        """An unsigned 16-bit number."""
        return self.unpack("H")[0]


def refused(name: str, section: Section, **values: str | int | float) -> UnreadableFile:
    """A refusal that names the section."""
    reason = message(f"formats.scp.{name}", section=section.number, **values)
    return UnreadableFile(reason, offset=section.offset, tag=f"section {section.number}")


def recognises(data: bytes) -> bool:
    """Whether the file begins with section 0 of an SCP-ECG record."""
    if len(data) < _HEAD + _SECTION_HEAD + _POINTER.size:
        return False
    _, number, length, _, _, reserved = _SECTION.unpack_from(data, _HEAD)
    if number:
        return False
    if reserved == b"SCPECG":
        return True
    pointed, _, index = _POINTER.unpack_from(data, _HEAD + _SECTION_HEAD)
    return (length - _SECTION_HEAD) % _POINTER.size == 0 and (pointed, index) == (0, _HEAD + 1)


def parse(data: bytes, notes: Notes) -> Record:
    """Sections of a file that :func:`recognises` took."""
    stored, length = struct.unpack_from("<HI", data)
    if length > len(data):
        reason = message("formats.scp.truncated", expected=length, found=len(data))
        raise UnreadableFile(reason, offset=len(data))
    if length > _LARGEST:
        raise UnreadableFile(message("formats.too_large", found=length, limit=_LARGEST))
    if length < _HEAD + _SECTION_HEAD:
        raise UnreadableFile(message("formats.scp.pointers"), offset=2, tag="section 0")
    data = data[:length]
    _, _, own, _, version, _ = _SECTION.unpack_from(data, _HEAD)
    sums = {}
    sections: dict[int, Section] = {}
    for number, index, size in ((0, _HEAD, own), *_pointers(data, own)):
        if number in sums or number > _LAST:
            continue
        section, state = _section(data, number, index, size)
        sums[number] = state
        if state is Sum.WRONG and number <= _ESSENTIAL:
            raise refused("crc", section)
        if state is Sum.WRONG:
            notes.add(message("formats.scp.note.section_left_out", section=number))
        elif number:
            sections[number] = section
    _judge(_sum(memoryview(data), stored), sums, notes)
    return Record(sections, version)


def check_version(version: int) -> None:
    """Refuse versions whose layout is not known."""
    if version >= _FIRST_UNKNOWN:
        reason = message("formats.scp.version", version=f"{version / 10:g}")
        raise UnreadableFile(reason, tag="section 0")


def _pointers(data: bytes, size: int) -> list[tuple[int, int, int]]:
    """Number, offset and length of each section but 0 that section 0 names and that is there."""
    if not _SECTION_HEAD <= size <= min(len(data) - _HEAD, _LARGEST_SECTION):
        raise UnreadableFile(message("formats.scp.pointers"), offset=_HEAD, tag="section 0")
    count = (size - _SECTION_HEAD) // _POINTER.size
    begin = _HEAD + _SECTION_HEAD
    body = data[begin : begin + count * _POINTER.size]
    return [(n, index - 1, size) for n, size, index in _POINTER.iter_unpack(body) if n and size]


def _section(data: bytes, number: int, index: int, size: int) -> tuple[Section, Sum]:
    """A section, and the state of its checksum, which decides between two lengths."""
    place = f"section {number}"
    limit = min(len(data) - index, _LARGEST_OF.get(number, _LARGEST_SECTION))
    if index < _HEAD or not _SECTION_HEAD <= size <= limit:
        reason = message("formats.scp.outside", section=number, offset=index + 1, size=size)
        raise UnreadableFile(reason, offset=max(index, 0), tag=place)
    view = memoryview(data)[index:]
    stored, named, own, *_ = _SECTION.unpack_from(view)
    if named != number:
        reason = message("formats.scp.other_section", section=number, found=named)
        raise UnreadableFile(reason, offset=index, tag=place)
    state = _sum(view[:size], stored)
    if state is not Sum.RIGHT and own != size and _SECTION_HEAD <= own <= limit:
        shorter = _sum(view[:own], stored)
        size, state = (own, shorter) if shorter is Sum.RIGHT else (size, state)
    body = data[index + _SECTION_HEAD : index + size]
    return Section(number, index + _SECTION_HEAD, body), state


def _sum(covered: memoryview, stored: int) -> Sum:
    """State of the checksum at the beginning of `covered`."""
    if crc_hqx(covered[2:], _NO_SUM) == stored:
        return Sum.RIGHT
    return Sum.ABSENT if stored == _NO_SUM else Sum.WRONG


def _judge(whole: Sum, sums: dict[int, Sum], notes: Notes) -> None:
    """Refuse or note what the checksum of the whole file says beyond those of the sections."""
    unchecked = Sum.ABSENT in sums.values()
    if whole is Sum.RIGHT or (whole is Sum.ABSENT and not unchecked):
        return
    if whole is Sum.ABSENT:
        notes.add(message("formats.scp.note.unchecked"))
    elif unchecked:
        raise UnreadableFile(message("formats.scp.crc_file"), offset=0)
    elif Sum.WRONG not in sums.values():
        notes.add(message("formats.scp.note.crc_file"))

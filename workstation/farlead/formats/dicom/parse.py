"""DICOM bytes to a data set: file meta information, transfer syntax, deflated or not.

References
----------
DICOM PS3.10 section 7 (file format), PS3.5 section 10 and annex A (transfer syntaxes).
"""

import zlib
from dataclasses import dataclass
from typing import Literal

from farlead.errors import UnreadableFile
from farlead.formats.dicom.elements import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    Coding,
    DataSet,
    Parser,
    cut_short,
)
from farlead.messages import message

#: A deflated file may not grow beyond this.
LARGEST_INFLATED = 1 << 27
_PIECE = 1 << 16
_PREAMBLE = 128
_META_GROUP = 0x0002
_SYNTAX = 0x00020010
_IMPLICIT, _DEFLATED, _BIG = (
    "1.2.840.10008.1.2",
    "1.2.840.10008.1.2.1.99",
    "1.2.840.10008.1.2.2",
)
_EXPLICIT = "1.2.840.10008.1.2.1"
#: Implicit little endian whose pixels are big endian, from a time before the standard.
_PRIVATE_BIG_PIXELS = "1.2.840.113619.5.2"
_CODINGS = {
    _IMPLICIT: IMPLICIT_LITTLE,
    _PRIVATE_BIG_PIXELS: IMPLICIT_LITTLE,
    _BIG: EXPLICIT_BIG,
}
_VRS = frozenset(b"AE AS AT CS DA DS DT IS LO LT OB OW PN SH SL SQ SS ST TM UI UL UN US UT".split())
#: Groups with which a data set without preamble begins in practice.
_FIRST_GROUPS = (0x0002, 0x0008)
_FIRST_ELEMENTS, _FIRST_LENGTH = 0x100, 64


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file taken apart; `syntax` is the transfer syntax that fits the bytes.

    `strays` are the tags of what stood where it belongs to nothing, and was left out.
    """

    meta: DataSet
    body: DataSet
    syntax: str
    strays: tuple[int, ...] = ()


def recognises(data: bytes) -> bool:
    """Whether the bytes are DICOM: with the prefix, or a data set that begins at once."""
    if data[_PREAMBLE : _PREAMBLE + 4] == b"DICM":
        return True
    return _begins_with_element(data, "little") or _begins_with_element(data, "big")


def _begins_with_element(data: bytes, order: Literal["little", "big"]) -> bool:
    if len(data) < 8 or int.from_bytes(data[:2], order) not in _FIRST_GROUPS:
        return False
    implicit_length = int.from_bytes(data[4:8], order)
    return data[4:6] in _VRS or (
        int.from_bytes(data[2:4], order) < _FIRST_ELEMENTS and implicit_length <= _FIRST_LENGTH
    )


def parse(data: bytes) -> Parsed:
    """Data set of a file.

    Raises
    ------
    UnreadableFile
        The file ends before it should (tag, offset), or grows beyond the bounds.
    """
    start = _PREAMBLE + 4 if data[_PREAMBLE : _PREAMBLE + 4] == b"DICM" else 0
    parser = Parser(data)
    meta, start = parser.data_set(start, len(data), EXPLICIT_LITTLE, group=_META_GROUP)
    stated = (meta.value(_SYNTAX) or b"").decode("ascii", "replace").strip(" \0")
    if stated == _DEFLATED:
        data, start = _inflated(data, start), 0
        parser = Parser(data)
    coding = _CODINGS.get(stated, EXPLICIT_LITTLE) if stated else _guessed(data, start)
    body, _ = parser.data_set(start, len(data), coding)
    return Parsed(meta, body, _fitting(stated, body.coding), tuple(parser.strays))


def _guessed(data: bytes, start: int) -> Coding:
    """Coding of a data set without file meta information."""
    if data[start + 4 : start + 6] not in _VRS:
        return IMPLICIT_LITTLE
    return EXPLICIT_LITTLE if data[start + 1 : start + 2] == b"\0" else EXPLICIT_BIG


def _fitting(stated: str, coding: Coding) -> str:
    """The transfer syntax for the pixels; a deflated data set is plain by now."""
    if stated in {"", _DEFLATED}:
        little = _EXPLICIT if coding.explicit else _IMPLICIT
        return little if coding.little else _BIG
    return _BIG if stated == _PRIVATE_BIG_PIXELS else stated


def _inflated(data: bytes, start: int) -> bytes:
    """The data set of a deflated file."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    pieces: list[bytes] = []
    size = 0
    try:
        for at in range(start, len(data), _PIECE):
            rest = data[at : at + _PIECE]
            while rest and not inflater.eof:
                pieces.append(inflater.decompress(rest, _PIECE))
                size, rest = size + len(pieces[-1]), inflater.unconsumed_tail
                if size > LARGEST_INFLATED:
                    raise UnreadableFile(message("formats.dicom.inflated", limit=LARGEST_INFLATED))
    except zlib.error as error:
        reason = message("formats.dicom.deflate_damaged", cause=str(error))
        raise UnreadableFile(reason, offset=start) from error
    if not inflater.eof:
        raise cut_short(len(data))
    return b"".join(pieces)

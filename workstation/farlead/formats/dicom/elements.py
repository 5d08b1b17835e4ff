"""Data elements of DICOM by tag, their values still bytes: bounded in number and depth.

The library's own parser takes 6 to 24 ms for an ECG and bounds neither; images need it only
for their pixels. Values of a defined length are stepped over, sequences of a defined length are
taken apart when somebody asks for them.

References
----------
DICOM PS3.5 section 7 (data set), 7.5 (sequences), A.4 (encapsulated pixels), 6.2.2 (UN).
"""

import struct
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

from pydicom.datadict import dictionary_VR

from farlead.errors import UnreadableFile
from farlead.messages import message

#: Most elements and items of one file, and deepest nesting of sequences.
MOST_ELEMENTS, DEEPEST = 500_000, 32
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_DELIMITERS = 0xFFFE
_UNDEFINED = 0xFFFFFFFF
_PIXELS = 0x7FE00010
_LONG = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR",
                   b"UT", b"UV"})  # fmt: skip
_ABSENT = (None, 0, 0, ())
_SEQUENCES = frozenset({b"SQ", b"UN", None})
_FRAGMENTED = frozenset({b"OB", b"OW"})
_UNKNOWN = b"UN"


class Coding(NamedTuple):
    """How elements are written."""

    explicit: bool
    little: bool


IMPLICIT_LITTLE = Coding(explicit=False, little=True)
EXPLICIT_LITTLE = Coding(explicit=True, little=True)
EXPLICIT_BIG = Coding(explicit=True, little=False)


class _Structs(NamedTuple):
    explicit: struct.Struct
    implicit: struct.Struct
    long: struct.Struct


_STRUCTS = {
    little: _Structs(*(struct.Struct(order + form) for form in ("HH2sH", "HHL", "L")))
    for little, order in ((True, "<"), (False, ">"))
}


#: Value representation, begin and end of a value, and its items once a sequence is taken apart.
_Element: TypeAlias = "tuple[bytes | None, int, int, tuple[DataSet, ...] | None]"


@cache
def _known_vr(tag: int) -> str:
    try:
        return dictionary_VR(tag)
    except KeyError:
        return "UN"


@lru_cache(256)
def _name(vr: bytes) -> str:
    return vr.decode("ascii", "replace")


class DataSet:
    """A data set or an item of a sequence.

    Parameters
    ----------
    parser : Parser
        That read it, and takes sequences apart.
    elements : dict
        By tag.
    coding : Coding
    depth : int
        Of nesting, 0 for the data set itself.
    """

    __slots__ = ("_elements", "_parser", "coding", "depth")

    def __init__(
        self, parser: "Parser", elements: dict[int, _Element], coding: Coding, depth: int
    ) -> None:
        self._parser = parser
        self._elements = elements
        self.coding = coding
        self.depth = depth

    def __contains__(self, tag: int) -> bool:
        return tag in self._elements

    def vr(self, tag: int) -> str:
        """Value representation: the file's own, else that of the dictionary, else UN."""
        stated = self._elements[tag][0]
        return _known_vr(tag) if stated is None or stated == _UNKNOWN else _name(stated)

    def value(self, tag: int) -> bytes | None:
        """Bytes of a value; None when the element is absent or a sequence."""
        element = self._elements.get(tag)
        if element is None or element[3] is not None:
            return None
        return self._parser.data[element[1] : element[2]]

    def stated(self, tag: int) -> tuple[bytes, str] | None:
        """Bytes and representation of a value; None when absent, empty, or a sequence."""
        vr, start, stop, items = self._elements.get(tag, _ABSENT)
        if start == stop or items:
            return None
        known = _known_vr(tag) if vr is None or vr == _UNKNOWN else _name(vr)
        return self._parser.data[start:stop], known

    def written(self, tag: int) -> bytes:
        """Bytes of a sequence as they stand in the file; empty when it is absent."""
        _, start, stop, _ = self._elements.get(tag, _ABSENT)
        return self._parser.data[start:stop]

    def view(self, tag: int) -> memoryview:
        """As :meth:`value`, without a copy: for samples and pixels. Empty when absent."""
        element = self._elements.get(tag)
        if element is None or element[3] is not None:
            return memoryview(b"")
        return memoryview(self._parser.data)[element[1] : element[2]]

    def items(self, tag: int) -> "Sequence[DataSet]":
        """Items of a sequence; none when it is absent.

        Raises
        ------
        UnreadableFile
            An item reaches beyond the sequence, or they are too many or too deep.
        """
        vr, start, stop, items = self._elements.get(tag, _ABSENT)
        if vr not in _SEQUENCES:
            return ()
        if items is None:
            coding = self.coding if vr != _UNKNOWN else IMPLICIT_LITTLE
            items, _ = self._parser.items(start, stop, coding, self.depth + 1, delimited=False)
            self._elements[tag] = (vr, start, stop, items)
        return items


class Parser:
    """Reads data sets of one file.

    Parameters
    ----------
    data : bytes
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.strays: list[int] = []  #: items that stood outside a sequence; they are left out
        self._left = MOST_ELEMENTS

    def data_set(  # noqa: C901  # the loop that every element goes through; calls would double it
        self,
        position: int,
        stop: int,
        coding: Coding,
        *,
        depth: int = 0,
        delimited: bool = False,
        group: int | None = None,
    ) -> tuple[DataSet, int]:
        """Data set from `position`, and where it ends.

        Parameters
        ----------
        position, stop : int
            Range of bytes in which it stands.
        coding : Coding
        depth : int
        delimited : bool
            It ends with an item delimiter instead of at `stop`.
        group : int, optional
            It ends before the first element of another group.

        Raises
        ------
        UnreadableFile
            A value reaches beyond the end, what should be an element is none, too many or too
            deep.
        """
        coding = self._as_written(position, stop, coding, depth)
        elements: dict[int, _Element] = {}
        explicit, (structs, data) = coding.explicit, (_STRUCTS[coding.little], self.data)
        head, long = structs.explicit.unpack_from, structs.long.unpack_from
        used = 0
        for used in range(self._left + 1):
            if position + 8 > stop:
                break
            found, number, vr, length = head(data, position)
            if group is not None and found != group:
                break
            tag, start = found << 16 | number, position + 8
            if found == _DELIMITERS:
                if tag == _ITEM_END and delimited:
                    position, delimited = start, False
                    break
                if _PIXELS in elements:  # what some devices write behind the pixels
                    break
                position = self._stray(tag, position, stop, coding)
                continue
            if not explicit:
                vr, (length,) = None, long(data, position + 4)
            elif vr in _LONG:
                if start + 4 > stop:
                    raise cut_short(stop)
                (length,), start = long(data, start), start + 4
            if length == _UNDEFINED:
                elements[tag], position = self._open(tag, vr, start, stop, coding, depth, used)
                continue
            position = start + length
            if position > stop:
                raise truncated(tag, length, stop - start, stop)
            elements[tag] = (vr, start, position, None)
        self._left -= used + 1
        if self._left <= 0:
            raise _beyond(position)
        if delimited:
            raise cut_short(stop)
        return DataSet(self, elements, coding, depth), position

    def _stray(self, tag: int, position: int, stop: int, coding: Coding) -> int:
        """Where an item ends that stands in no sequence; it is left out."""
        (length,) = _STRUCTS[coding.little].long.unpack_from(self.data, position + 4)
        if tag != _ITEM or not 0 < length <= stop - position - 8:
            raise _no_element(tag, position)
        self.strays.append(tag)
        return position + 8 + int(length)

    def _open(
        self,
        tag: int,
        vr: bytes | None,
        start: int,
        stop: int,
        coding: Coding,
        depth: int,
        used: int,
    ) -> tuple[_Element, int]:
        """An element of undefined length after `used` others: a sequence, or fragments."""
        self._left -= used
        if tag == _PIXELS or vr in _FRAGMENTED:
            end = self._fragments(start, stop, coding)
            element: _Element = (vr, start, end, None)
            position = end + 8
        else:
            coding = coding if vr != _UNKNOWN else IMPLICIT_LITTLE
            items, position = self.items(start, stop, coding, depth + 1, delimited=True)
            element = (vr, start, position, items)
        if self._left <= 0:
            raise _beyond(position)
        self._left += used
        return element, position

    def items(
        self, position: int, stop: int, coding: Coding, depth: int, *, delimited: bool
    ) -> tuple[tuple[DataSet, ...], int]:
        """Items from `position`, and where they end; raises as :meth:`data_set` does."""
        if depth > DEEPEST:
            raise _beyond(position)
        found: list[DataSet] = []
        head = _STRUCTS[coding.little].implicit.unpack_from
        while position + 8 <= stop:
            group, number, length = head(self.data, position)
            tag, start = group << 16 | number, position + 8
            if tag == _SEQUENCE_END:
                return tuple(found), start
            if tag != _ITEM:
                raise _no_element(tag, position)
            if length == _UNDEFINED:
                item, position = self.data_set(start, stop, coding, depth=depth, delimited=True)
            else:
                if start + length > stop:
                    raise truncated(tag, length, stop - start, stop)
                item, position = self.data_set(start, start + length, coding, depth=depth)
                position = start + length
            found.append(item)
        if delimited:
            raise cut_short(stop)
        return tuple(found), position

    def _fragments(self, position: int, stop: int, coding: Coding) -> int:
        """Where fragments of pixels end: at the sequence delimiter."""
        head = _STRUCTS[coding.little].implicit.unpack_from
        while position + 8 <= stop:
            group, number, length = head(self.data, position)
            tag = group << 16 | number
            if tag == _SEQUENCE_END:
                return position
            if tag != _ITEM:
                raise _no_element(tag, position)
            position += 8 + length
            self._left -= 1
            if self._left <= 0:
                raise _beyond(position)
        raise cut_short(stop)

    def _as_written(self, position: int, stop: int, coding: Coding, depth: int) -> Coding:
        """`coding`, unless the first element shows that it is not explicit, or is."""
        if depth and not coding.explicit:
            return coding
        letters = self.data[position + 4 : min(position + 6, stop)]
        if len(letters) < 2 or self.data[position : position + 2] in {b"\xfe\xff", b"\xff\xfe"}:
            return coding
        explicit = 0x41 <= letters[0] <= 0x5A and 0x41 <= letters[1] <= 0x5A
        return coding._replace(explicit=explicit) if explicit != coding.explicit else coding


def named(tag: int) -> str:
    """A tag as people write it, e.g. ``(003A,001A)``."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def cut_short(offset: int) -> UnreadableFile:
    """Error for a file that ends in the middle."""
    return UnreadableFile(message("formats.dicom.cut_short", offset=offset), offset=offset)


def truncated(tag: int, expected: int, found: int, offset: int) -> UnreadableFile:
    """Error for a value that announces more bytes than there are."""
    name = named(tag)
    reason = message("formats.dicom.truncated", tag=name, expected=expected, found=found)
    return UnreadableFile(reason, offset=offset, tag=name)


def _no_element(tag: int, position: int) -> UnreadableFile:
    reason = message("formats.dicom.no_element", offset=position, tag=named(tag))
    return UnreadableFile(reason, offset=position, tag=named(tag))


def _beyond(position: int) -> UnreadableFile:
    reason = message("formats.dicom.bounds", most=MOST_ELEMENTS, deepest=DEEPEST)
    return UnreadableFile(reason, offset=position)

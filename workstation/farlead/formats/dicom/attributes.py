"""Attributes of a data set, read with suspicion.

An optional attribute that makes no sense is left out and noted; one that is needed raises
UnreadableFile with its tag.
"""

import math
import re
import struct
from collections.abc import Iterator
from functools import cache
from typing import Self

from pydicom.datadict import tag_for_keyword

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes
from farlead.formats.dicom.charsets import NAME_DELIMITERS, TEXT_DELIMITERS, decoded
from farlead.formats.dicom.elements import DataSet, named
from farlead.messages import Message, message
from farlead.model.text import plain

_SHOWN = 40
_CHARSET = 0x00080005
#: Code of a number of each value representation, and its bytes.
_NUMBERS = {
    "US": ("H", 2), "SS": ("h", 2), "UL": ("L", 4), "SL": ("l", 4), "FL": ("f", 4),
    "FD": ("d", 8), "SV": ("q", 8), "UV": ("Q", 8), "US or SS": ("H", 2),
}  # fmt: skip
_PLAIN_TEXTS = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"})
_DECIMAL = frozenset({"DS", "IS"})
_TEXTS = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
#: These hold one value, in which a backslash is a backslash.
_SINGLE = frozenset({"LT", "ST", "UT", "UR"})
_UNDECODABLE = "\ufffd"
_ANY_TEXT = _PLAIN_TEXTS | _TEXTS
#: Letters that are the same in every character set of DICOM, and no delimiter.
_SAME_EVERYWHERE = re.compile(rb"[ -\[\]-}]+\0?")
_PADDING = " \0\r\n\t"


@cache
def tag_of(keyword: str) -> int:
    """Tag of an attribute; KeyError for a keyword that the dictionary does not know."""
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise KeyError(keyword)
    return int(tag)


def tag_text(keyword: str) -> str:
    """Tag of an attribute as people write it, e.g. ``(003A,001A)``."""
    return named(tag_of(keyword))


class Attributes:
    """A data set and the notes made while reading it; items of sequences share the notes.

    Parameters
    ----------
    dataset : DataSet
    notes : Notes, optional
    charsets : tuple of str
        Specific Character Set of the data set around this one.
    """

    __slots__ = ("_charsets", "_little", "dataset", "meta", "notes", "syntax")

    def __init__(
        self, dataset: DataSet, notes: Notes | None = None, charsets: tuple[str, ...] = ()
    ) -> None:
        self.dataset = dataset
        self.meta: Attributes | None = None  #: file meta information, of the file's data set only
        self.syntax = ""  #: transfer syntax, of the file's data set only
        self.notes = Notes() if notes is None else notes
        self._little = dataset.coding.little
        self._charsets = charsets
        if _CHARSET in dataset and (stated := dataset.value(_CHARSET)) is not None:
            self._charsets = _terms(stated)

    def __contains__(self, keyword: str) -> bool:
        return tag_of(keyword) in self.dataset

    @property
    def order(self) -> str:
        """Byte order of words, as numpy writes it."""
        return "<" if self._little else ">"

    def note(self, note: Message) -> None:
        """Keep a note, once."""
        self.notes.add(note)

    def vr(self, keyword: str) -> str:
        """Value representation of an attribute that is there."""
        return self.dataset.vr(tag_of(keyword))

    def data(self, keyword: str) -> memoryview:
        """Bytes as they stand, without a copy; empty when absent."""
        return self.dataset.view(tag_of(keyword))

    def text(self, keyword: str) -> str | None:
        """Text, decoded and stripped; None when absent or empty."""
        found = self.dataset.stated(tag_of(keyword))
        if found is None:
            return None
        data, vr = found
        if vr in _ANY_TEXT and _SAME_EVERYWHERE.fullmatch(data):  # codes, dates: most of an ECG
            return data.decode("ascii").strip(_PADDING) or None
        return ", ".join(part for part in self.texts(keyword) if part) or None

    def texts(self, keyword: str) -> tuple[str, ...]:
        """All values as text, decoded and stripped; empty ones keep their place."""
        text, vr = self._decoded(keyword)
        if not text.strip(_PADDING):
            return ()
        parts = [text] if vr in _SINGLE else text.split("\\")
        return tuple(self._shown(keyword, part) for part in parts)

    def lines(self, keyword: str) -> tuple[str, ...]:
        """Text of several lines, each as :meth:`texts` gives it; empty ones left out."""
        text, _ = self._decoded(keyword)
        return tuple(line for part in text.splitlines() if (line := self._shown(keyword, part)))

    def _decoded(self, keyword: str) -> tuple[str, str]:
        """Whole value as text, and its value representation; numbers are no text."""
        tag = tag_of(keyword)
        data = self.dataset.value(tag)
        if not data:
            return "", ""
        vr = self.dataset.vr(tag)
        if vr in _PLAIN_TEXTS:
            return data.decode("latin-1"), vr
        if vr not in _TEXTS:
            self.note(message("formats.note.attribute", tag=tag_text(keyword)))
            return "", vr
        delimiters = NAME_DELIMITERS if vr == "PN" else TEXT_DELIMITERS
        text, encoding = decoded(data, self._charsets, delimiters)
        if encoding:
            self.note(message("formats.note.charset", encoding=encoding))
        if _UNDECODABLE in text:
            self.note(message("formats.note.undecodable", tag=tag_text(keyword)))
        return text, vr

    def _shown(self, keyword: str, text: str) -> str:
        text = text.strip(_PADDING)
        shown = plain(text)
        if shown != text:
            self.note(message("formats.note.unseen", tag=tag_text(keyword)))
        return shown

    def number(self, keyword: str) -> float | None:
        """Finite number; None when absent or senseless (noted)."""
        found = self.dataset.stated(tag_of(keyword))
        if found is None:
            return None
        data, vr = found
        if vr in _DECIMAL and b"_" not in data:
            try:
                number = float(data)
            except ValueError:  # several values, padding, nonsense: the long way
                return next(self._numbers(keyword, first=True), None)
            if math.isfinite(number):
                return number
        elif vr in _NUMBERS and len(data) == _NUMBERS[vr][1]:
            (number,) = struct.unpack(self.order + _NUMBERS[vr][0], data)
            if math.isfinite(number):
                return float(number)
        return next(self._numbers(keyword, first=True), None)

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """All values as finite numbers; empty when one of them makes no sense (noted)."""
        found = tuple(self._numbers(keyword))
        return found if None not in found else ()  # type: ignore[return-value]  # just asked

    def _numbers(self, keyword: str, *, first: bool = False) -> Iterator[float | None]:
        """Values as numbers, None for one that makes no sense; with `first` no more than one."""
        tag = tag_of(keyword)
        data = self.dataset.value(tag)
        if not data:
            return
        vr = self.dataset.vr(tag)
        code, size = _NUMBERS.get(vr, ("", 0))
        if code:
            count = 1 if first else len(data) // size
            if len(data) < size:
                yield self._senseless(keyword)
                return
            yield from self._finite(keyword, struct.unpack_from(self.order + count * code, data))
            return
        text = data.decode("latin-1").strip(_PADDING)
        for part in text.split("\\", 1)[:1] if first else text.split("\\"):
            if word := part.strip(_PADDING):
                yield self._parsed(keyword, word if vr in _PLAIN_TEXTS | _TEXTS else "")

    def _parsed(self, keyword: str, word: str) -> float | None:
        try:
            number = float(word) if "_" not in word else math.nan
        except ValueError:
            number = math.nan
        return number if math.isfinite(number) else self._senseless(keyword)

    def _finite(self, keyword: str, values: tuple[float, ...]) -> Iterator[float | None]:
        for value in values:
            yield value if math.isfinite(value) else self._senseless(keyword)

    def _senseless(self, keyword: str) -> float | None:
        self.note(message("formats.note.attribute", tag=tag_text(keyword)))
        return None

    def positive(self, keyword: str) -> int:
        """A whole number above 0 that the file needs; UnreadableFile otherwise."""
        number = self.number(keyword)
        if number is None or number < 1 or number != int(number):
            raise self.wrong(keyword, "positive")
        return int(number)

    def items(self, keyword: str, *, needed: bool = False) -> Iterator[Self]:
        """Items of a sequence; none when it is absent, or damaged (noted) and not `needed`."""
        try:
            items = self.dataset.items(tag_of(keyword))
        except UnreadableFile:
            if needed:
                raise
            self._senseless(keyword)
            return
        for item in items:
            yield type(self)(item, self.notes, self._charsets)

    def item(self, keyword: str) -> Self | None:
        """The first item of a sequence."""
        if tag_of(keyword) not in self.dataset:
            return None
        return next(self.items(keyword), None)

    def wrong(self, keyword: str, expected: str, found: object = None) -> UnreadableFile:
        """Error for a needed attribute: tag, what was expected, what is there."""
        value = self._as_found(keyword) if found is None else str(found)
        reason = message(
            "formats.dicom.wrong_value",
            tag=tag_text(keyword),
            name=keyword,
            expected=f"@formats.dicom.expected.{expected}",
            found=value[:_SHOWN],
        )
        return UnreadableFile(reason, tag=tag_text(keyword))

    def _as_found(self, keyword: str) -> str:
        """First value for a refusal, whatever it is."""
        tag = tag_of(keyword)
        if not self.dataset.value(tag):
            return ""
        if self.dataset.vr(tag) in _NUMBERS:
            number = self.number(keyword)
            return "" if number is None else f"{number:g}"
        return next(iter(self.texts(keyword)), "")


def _terms(stated: bytes) -> tuple[str, ...]:
    """Values of Specific Character Set; what means nothing but the default is left out."""
    terms = tuple(term.strip(" \0") for term in stated.decode("latin-1").split("\\"))
    return terms if any(terms) else ()

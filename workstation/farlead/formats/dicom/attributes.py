"""Attributes of a data set, read with suspicion.

An optional attribute that makes no sense is left out and noted; one that is needed raises
UnreadableFile with its tag.
"""

import math
import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, Self

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag

from farlead.errors import UnreadableFile
from farlead.formats.dicom.charsets import repaired
from farlead.messages import Message, message
from farlead.model.text import plain

_SHOWN = 40
_INTEGERS = {"US": 2, "UL": 4}
_TEXTS = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "PN", "SH", "TM", "UI"})
_UNDECODABLE = "\ufffd"
_ESCAPE = re.compile(r"\x1b\$?[()]?[A-Z]")  # the library leaves some of ISO 2022's in the text


@cache
def _tag(keyword: str) -> BaseTag:
    return Tag(keyword)


def _plain(dataset: Dataset, tag: BaseTag) -> str | int | None:
    """Value of a single ASCII text or small integer, straight from its bytes; None for others.

    The library takes ten times as long for the same, and an ECG has hundreds of these.
    """
    raw = dataset.get_item(tag)
    if not isinstance(raw, RawDataElement) or not isinstance(raw.value, bytes):
        return None
    data = raw.value
    if raw.VR in _INTEGERS:
        order: Literal["little", "big"] = "little" if raw.is_little_endian else "big"
        return int.from_bytes(data, order) if len(data) == _INTEGERS[raw.VR] else None
    if raw.VR in _TEXTS and data.isascii() and b"\\" not in data and b"\x1b" not in data:
        return data.decode("ascii").strip(" \0")
    return None


def tag_text(keyword: str) -> str:
    """Tag of an attribute as people write it, e.g. ``(003A,001A)``."""
    tag = _tag(keyword)
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


class Attributes:
    """A data set and the notes made while reading it; items of sequences share the notes."""

    def __init__(
        self, dataset: Dataset, notes: list[Message] | None = None, charsets: object = None
    ) -> None:
        self.dataset = dataset
        self.notes: list[Message] = [] if notes is None else notes
        self._charsets = self.raw("SpecificCharacterSet") or charsets

    def note(self, note: Message) -> None:
        """Keep a note, once."""
        if note not in self.notes:
            self.notes.append(note)

    def raw(self, keyword: str) -> object:
        """Value as the parser gives it; None when absent, empty or senseless (noted)."""
        tag = _tag(keyword)
        if tag not in self.dataset:
            return None
        try:
            plain = _plain(self.dataset, tag)
            value: object = self.dataset.get(keyword) if plain is None else plain
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001  # any conversion may fail; one attribute is not the file
            self.note(message("formats.note.attribute", tag=tag_text(keyword)))
            return None
        return None if value is None or value == "" else value

    def first(self, keyword: str) -> object:
        """The first of several values."""
        value = self.raw(keyword)
        if isinstance(value, MultiValue | list):
            return value[0] if value else None
        return value

    def text(self, keyword: str) -> str | None:
        """Text, decoded and stripped; None when absent or empty."""
        return ", ".join(part for part in self.texts(keyword) if part) or None

    def texts(self, keyword: str) -> tuple[str, ...]:
        """All values as text, decoded and stripped; empty ones keep their place."""
        value = self.raw(keyword)
        if value is None:
            return ()
        parts = list(value) if isinstance(value, MultiValue) else [value]
        return tuple(self._as_text(keyword, str(part)) for part in parts)

    def _as_text(self, keyword: str, value: str) -> str:
        text, encoding = repaired(_ESCAPE.sub("", value), self._charsets)
        if encoding:
            self.note(message("formats.note.charset", encoding=encoding))
        if _UNDECODABLE in text:
            self.note(message("formats.note.undecodable", tag=tag_text(keyword)))
        text = text.strip(" \0\r\n\t")
        shown = plain(text)
        if shown != text:
            self.note(message("formats.note.unseen", tag=tag_text(keyword)))
        return shown

    def number(self, keyword: str) -> float | None:
        """Finite number; None when absent or senseless (noted)."""
        return self._as_number(keyword, self.first(keyword))

    def numbers(self, keyword: str) -> tuple[float, ...]:
        """All values as finite numbers; empty when one of them makes no sense (noted)."""
        value = self.raw(keyword)
        parts = list(value) if isinstance(value, MultiValue | list | tuple) else [value]
        numbers = [self._as_number(keyword, part) for part in parts if part not in (None, "")]
        return tuple(n for n in numbers if n is not None) if None not in numbers else ()

    def _as_number(self, keyword: str, value: object) -> float | None:
        if value is None:
            return None
        try:
            number = float(value)  # type: ignore[arg-type]  # that is the question
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            self.note(message("formats.note.attribute", tag=tag_text(keyword)))
            return None
        return number

    def positive(self, keyword: str) -> int:
        """A whole number above 0 that the file needs; UnreadableFile otherwise."""
        number = self.number(keyword)
        if number is None or number < 1 or number != int(number):
            raise self.wrong(keyword, "positive")
        return int(number)

    def items(self, keyword: str) -> Iterator[Self]:
        """Items of a sequence; none when it is absent."""
        value = self.raw(keyword)
        if isinstance(value, Sequence):
            for item in value:
                yield type(self)(item, self.notes, self._charsets)

    def item(self, keyword: str) -> Self | None:
        """The first item of a sequence."""
        return next(self.items(keyword), None)

    def wrong(self, keyword: str, expected: str, found: object = None) -> UnreadableFile:
        """Error for a needed attribute: tag, what was expected, what is there."""
        value = self.first(keyword) if found is None else found
        reason = message(
            "formats.dicom.wrong_value",
            tag=tag_text(keyword),
            name=keyword,
            expected=f"@formats.dicom.expected.{expected}",
            found="" if value is None else str(value)[:_SHOWN],
        )
        return UnreadableFile(reason, tag=tag_text(keyword))

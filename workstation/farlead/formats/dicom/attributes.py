"""Attributes of a data set, read with suspicion.

An optional attribute that makes no sense is left out and noted; one that is needed raises
UnreadableFile with its tag.
"""

import math
import re
from collections.abc import Iterator
from typing import Self

from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from farlead.errors import UnreadableFile
from farlead.formats.dicom.charsets import repaired
from farlead.messages import Message, message

_SHOWN = 40
_UNDECODABLE = "\ufffd"
_ESCAPE = re.compile(r"\x1b\$?[()]?[A-Z]")  # the library leaves some of ISO 2022's in the text


def tag_text(keyword: str) -> str:
    """Tag of an attribute as people write it, e.g. ``(003A,001A)``."""
    tag = tag_for_keyword(keyword) or 0
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
        try:
            value: object = self.dataset.get(keyword)
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
        value = self.raw(keyword)
        if value is None:
            return None
        if isinstance(value, MultiValue):
            value = ", ".join(str(part) for part in value)
        text, encoding = repaired(_ESCAPE.sub("", str(value)), self._charsets)
        if encoding:
            self.note(message("formats.note.charset", encoding=encoding))
        if _UNDECODABLE in text:
            self.note(message("formats.note.undecodable", tag=tag_text(keyword)))
        return text.strip(" \0\r\n\t") or None

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

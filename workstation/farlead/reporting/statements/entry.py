"""One entry of the statement catalogue, and how its files are written."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from farlead.model.report import Statement
from farlead.model.study import Kind

_WORDS = re.compile(r"[a-z0-9]+")

#: Two letters for the group, three digits; never used again for another meaning.
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{3}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Initials = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+$")]


class StatementTable(BaseModel):
    """``[[statement]]`` of a catalogue file, as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    zh: Text
    en: Text
    pinyin: tuple[Initials, ...] = Field(min_length=1)
    synonyms: tuple[Text, ...] = ()
    excludes: tuple[Code, ...] = ()
    aha: int | None = Field(None, gt=0)


class GroupFile(BaseModel):
    """A catalogue file: one group of statements for one kind of study, or for all (no kind)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind | None = None
    zh: Text
    en: Text
    statement: tuple[StatementTable, ...] = Field(min_length=1)


@dataclass(frozen=True)
class CatalogueEntry:
    """A diagnostic line that can be put into a report.

    Parameters
    ----------
    code : str
        Own stable id, e.g. ``RH101``.
    zh, en : str
        Standard wording.
    pinyin : tuple of str
        Initials of `zh`, then of each Chinese synonym in order; one letter a character,
        Latin letters and digits kept, punctuation left out.
    synonyms : tuple of str
        Other ways to ask for it, in either language.
    kind : Kind or None
        Kind of study whose reports use it; None: all.
    group_zh, group_en : str
        Name of its group.
    excludes : frozenset of str
        Codes that contradict it; the relation is symmetric.
    aha : int or None
        Number in the AHA/ACC/HRS statement list, where the meaning is the same.
    order : int
        Place in the catalogue: the more usual come first.
    """

    code: str
    zh: str
    en: str
    pinyin: tuple[str, ...]
    synonyms: tuple[str, ...]
    kind: Kind | None
    group_zh: str
    group_en: str
    excludes: frozenset[str]
    aha: int | None
    order: int

    @property
    def initials(self) -> str:
        """Pinyin initials of the Chinese wording."""
        return self.pinyin[0]

    @cached_property
    def chinese(self) -> tuple[tuple[str, str], ...]:
        """Chinese wordings with their initials, both without spaces and punctuation."""
        texts = [self.zh, *(text for text in self.synonyms if is_chinese(text))]
        return tuple(zip((squeeze(text) for text in texts), self.pinyin, strict=True))

    @cached_property
    def latin(self) -> tuple[str, ...]:
        """English wording, then the Latin synonyms, lower case."""
        others = (text for text in self.synonyms if not is_chinese(text))
        return (self.en.casefold(), *(text.casefold() for text in others))

    @cached_property
    def words(self) -> frozenset[str]:
        """Words of :attr:`latin`."""
        return frozenset(word for text in self.latin for word in words_of(text))

    def statement(self, *, suggested: bool = False) -> Statement:
        """Line for a report: code and both texts, copied."""
        return Statement(self.code, self.zh, self.en, suggested)


def words_of(text: str) -> list[str]:
    """Latin words and figures of a text in lower case."""
    return _WORDS.findall(text)


def is_chinese(text: str) -> bool:
    """Whether `text` has a Chinese character."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def squeeze(text: str) -> str:
    """Lower case, letters, digits and Chinese characters only."""
    return "".join(character for character in text.casefold() if character.isalnum())

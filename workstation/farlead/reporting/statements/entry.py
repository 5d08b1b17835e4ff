"""One entry of the statement catalogue, and how its files are written."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from farlead.model.people import Sex
from farlead.model.report import Modifier, Statement
from farlead.model.study import Kind

_WORDS = re.compile(r"[a-z0-9]+")
_OLDEST = 150

#: Two letters for the group, three digits; never used again for another meaning.
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{3}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Initials = Annotated[str, StringConstraints(pattern=r"^[^\W\u4e00-\u9fff_]+$")]
Ages = tuple[Annotated[float, Field(ge=0)], Annotated[float, Field(le=_OLDEST)]]


class Expectation(BaseModel):
    """What a statement says of a measurement, both ends included; ``expects`` of a file.

    Parameters
    ----------
    measure : str
        Name of a measurement.
    least, most : float or None
        In the unit of the measurement.
    sex : ``M``, ``F`` or None
        Holds for this sex only.
    ages : pair of float
        Holds from the first age in years, up to but not including the second; adults by default.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    measure: Literal["heart_rate", "pr", "qrs", "qt", "qtc", "axis"]
    least: float | None = None
    most: float | None = None
    sex: Literal[Sex.MALE, Sex.FEMALE] | None = None
    ages: Ages = (16, _OLDEST)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.least is None and self.most is None:
            raise ValueError("least or most is missing")
        return self


class StatementTable(BaseModel):
    """``[[statement]]`` of a catalogue file, as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    zh: Text
    en: Text
    pinyin: tuple[Initials, ...] = ()
    synonyms: tuple[Text, ...] = ()
    excludes: tuple[Code, ...] = ()
    implies: tuple[Code, ...] = ()
    modifiers: tuple[Modifier, ...] | None = None
    aha: int | None = Field(None, gt=0)
    aha_with: int | None = Field(None, gt=0)
    scp: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_()/]{2,8}$")] | None = None
    mdc: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}:[0-9]{1,5}$")] | None = None
    expects: tuple[Expectation, ...] = ()
    sex: Literal[Sex.MALE, Sex.FEMALE] | None = None
    ages: Ages | None = None
    critical: bool = False


class GroupFile(BaseModel):
    """A catalogue file: one group of statements for one kind of study, or for all (no kind).

    `modifiers` are those of every statement that names none of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind | None = None
    zh: Text
    en: Text
    modifiers: tuple[Modifier, ...] = ()
    statement: tuple[StatementTable, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Searchable:
    """What the type-ahead finds.

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
    """

    code: str
    zh: str
    en: str
    pinyin: tuple[str, ...]
    synonyms: tuple[str, ...]

    @property
    def initials(self) -> str:
        """Pinyin initials of the Chinese wording."""
        return self.pinyin[0]

    @cached_property
    def chinese(self) -> tuple[tuple[str, str], ...]:
        """Chinese wordings with their initials, both without spaces and punctuation."""
        texts = chinese_of(self.zh, self.synonyms)
        return tuple(zip((squeeze(text) for text in texts), self.pinyin, strict=True))

    @cached_property
    def latin(self) -> tuple[str, ...]:
        """English wording, then the Latin synonyms, lower case."""
        others = (text for text in self.synonyms if not is_chinese(text))
        return (self.en.casefold(), *(text.casefold() for text in others))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words of :attr:`latin`, each once."""
        return tuple(dict.fromkeys(word for text in self.latin for word in words_of(text)))


@dataclass(frozen=True)
class CatalogueEntry(Searchable):
    """A diagnostic line that can be put into a report.

    Parameters
    ----------
    kind : Kind or None
        Kind of study whose reports use it; None: all.
    group_zh, group_en : str
        Name of its group.
    implies : frozenset of str
        Codes that are true wherever this one is, directly or through others.
    excludes : frozenset of str
        Codes that contradict it, or what it implies; the relation is symmetric.
    modifiers : tuple of Modifier
        How it can be qualified.
    aha, aha_with : int or None
        Number in the AHA/ACC/HRS statement list, where the meaning is the same, and that of its
        modifier there.
    scp : str or None
        Acronym in the statement table of SCP-ECG.
    mdc : str or None
        Code of ISO/IEEE 11073-10102 as DICOM writes it (scheme ``MDC``).
    expects : tuple of Expectation
        What it says of measurements.
    sex : Sex or None
        Sex of the persons of whom it can be said; None: all.
    ages : pair of float or None
        Ages of whom it can be said, years; None: all.
    critical : bool
        Whether it is a critical value.
    order : int
        Place in the catalogue: the more usual come first.
    """

    kind: Kind | None
    group_zh: str
    group_en: str
    implies: frozenset[str]
    excludes: frozenset[str]
    modifiers: tuple[Modifier, ...]
    aha: int | None
    aha_with: int | None
    scp: str | None
    mdc: str | None
    expects: tuple[Expectation, ...]
    sex: Sex | None
    ages: tuple[float, float] | None
    critical: bool
    order: int

    def statement(self, *, suggested: bool = False) -> Statement:
        """Line for a report: code and both texts, copied."""
        return Statement(self.code, self.zh, self.en, suggested)


def words_of(text: str) -> list[str]:
    """Latin words and figures of a text in lower case."""
    return _WORDS.findall(text)


def is_chinese(text: str) -> bool:
    """Whether `text` has a Chinese character."""
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def chinese_of(zh: str, synonyms: tuple[str, ...]) -> list[str]:
    """The wording and its Chinese synonyms: what has pinyin initials."""
    return [zh, *(text for text in synonyms if is_chinese(text))]


def squeeze(text: str) -> str:
    """Lower case, letters, digits and Chinese characters only."""
    return "".join(character for character in text.casefold() if character.isalnum())

"""The templates that ship with the program: files, checks, search."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field

from farlead.errors import SettingsError
from farlead.messages import message
from farlead.model import phrases
from farlead.model.phrases import MEASURES, Template, places
from farlead.model.study import Kind
from farlead.reporting.statements.catalog import Catalogue, catalogue
from farlead.reporting.statements.entry import Code, Initials, Searchable, Text, chinese_of
from farlead.reporting.statements.index import Index
from farlead.reporting.statements.initials import initials_of
from farlead.reporting.statements.search import Query
from farlead.reporting.statements.source import checked, line_of


class BothTable(BaseModel):
    """A text in both languages, as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def value(self) -> phrases.Both:
        """The plain value."""
        return phrases.Both(self.zh.strip(), self.en.strip())


class TemplateTable(BaseModel):
    """``[[template]]`` of a file, as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    zh: Text
    en: Text
    pinyin: tuple[Initials, ...] = ()
    synonyms: tuple[Text, ...] = ()
    statements: tuple[Code, ...] = ()
    findings: BothTable | None = None
    conclusion: BothTable | None = None


class TemplateFile(BaseModel):
    """Templates for one kind of study."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    template: tuple[TemplateTable, ...] = Field(min_length=1)


@dataclass(frozen=True)
class TemplateEntry(Searchable):
    """A template and what it is found by."""

    template: Template
    kind: Kind


class Templates:
    """All templates.

    Parameters
    ----------
    entries : sequence of TemplateEntry
    """

    def __init__(self, entries: tuple[TemplateEntry, ...]) -> None:
        self.entries = entries
        self._indexes = {
            kind: Index([entry for entry in entries if entry.kind is kind]) for kind in Kind
        }

    def find(self, query: str, limit: int, kind: Kind) -> list[Template]:
        """Best matches for a kind of study first; asked for as statements are."""
        found = self._indexes[kind].find(Query.of(query), limit)
        return [entry.template for entry in found]


@cache
def templates() -> Templates:
    """The templates that ship with the program."""
    folder = resources.files("farlead.reporting.statements").joinpath("structured")
    files = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    return read_templates({file.name: file.read_bytes() for file in files}, catalogue())


def read_templates(files: Mapping[str, bytes], listed: Catalogue) -> Templates:
    """Templates from files, by name.

    Raises
    ------
    SettingsError
        A file is no TOML, a field is wrong, a code is used twice, a statement or a measurement
        does not exist; the reason names file, line and code.
    """
    entries: dict[str, TemplateEntry] = {}
    for name, content in sorted(files.items()):
        group = checked(name, content, TemplateFile)
        text = content.decode("utf-8")
        for number, table in enumerate(group.template):
            wrong = _wrong(table, listed, entries)
            if wrong is not None:
                what, key, other = wrong
                line = line_of(text, "template", number, key)
                raise SettingsError(
                    message(
                        f"reporting.catalogue.{what}",
                        file=name, line=line, code=table.code, other=other,
                    )
                )  # fmt: skip
            entries[table.code] = _entry(table, group.kind, listed)
    return Templates(tuple(entries.values()))


def _wrong(
    table: TemplateTable, listed: Catalogue, before: Mapping[str, TemplateEntry]
) -> tuple[str, str, str] | None:
    """What is wrong with a table, the key, and what it names; None: nothing."""
    if table.code in before:
        return "twice", "code", before[table.code].zh
    for code in table.statements:
        if code not in listed.entries:
            return "unknown_statement", "statements", code
    for key in ("findings", "conclusion"):
        both: BothTable | None = getattr(table, key)
        for name in places(f"{both.zh}{both.en}") if both is not None else ():
            if name not in MEASURES:
                return "unknown_measure", key, name
    return None


def _entry(table: TemplateTable, kind: Kind, listed: Catalogue) -> TemplateEntry:
    texts = chinese_of(table.zh, table.synonyms)
    template = Template(
        table.code,
        table.zh,
        table.en,
        tuple(listed.entry(code).statement() for code in table.statements),
        table.findings.value() if table.findings else phrases.Both(),
        table.conclusion.value() if table.conclusion else phrases.Both(),
    )
    pinyin = table.pinyin or tuple(initials_of(text) for text in texts)
    return TemplateEntry(table.code, table.zh, table.en, pinyin, table.synonyms, template, kind)

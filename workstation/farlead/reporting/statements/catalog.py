"""The catalogue as a whole: read from TOML, checked, searched.

A hospital adds statements by further files of the same form. What contradicts what is already
there is refused with the file and the id.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from farlead.errors import SettingsError
from farlead.messages import message
from farlead.model.study import Kind
from farlead.reporting.statements.entry import (
    CatalogueEntry,
    GroupFile,
    StatementTable,
    is_chinese,
    squeeze,
)
from farlead.reporting.statements.search import Query, rank


@dataclass(frozen=True)
class Catalogue:
    """All statements.

    Parameters
    ----------
    entries : mapping
        Code -> entry, the usual first.
    version : str
        First twelve hex digits of the SHA-256 over the files: names exactly these words.
    """

    entries: Mapping[str, CatalogueEntry]
    version: str

    def entry(self, code: str) -> CatalogueEntry:
        """Entry by code; raises KeyError for an unknown one."""
        return self.entries[code]

    def find(self, query: str, limit: int = 8, kind: Kind | None = None) -> list[CatalogueEntry]:
        """Best matches first.

        Parameters
        ----------
        query : str
            Chinese, pinyin initials, a mixture of both, English words or their beginnings,
            or a code.
        limit : int
            At most so many.
        kind : Kind or None
            Only statements for this kind of study; None searches all.
        """
        asked = Query.of(query)
        ranked = [
            (found, entry.order, entry)
            for entry in self.entries.values()
            if (kind is None or entry.kind in {None, kind})
            and (found := rank(entry, asked)) is not None
        ]
        return [entry for _, _, entry in sorted(ranked, key=lambda hit: hit[:2])[:limit]]

    def conflicts(self, codes: Iterable[str]) -> list[tuple[str, str]]:
        """Pairs among `codes` that contradict each other; unknown codes have no opinion."""
        known = [code for code in dict.fromkeys(codes) if code in self.entries]
        return [
            (first, second)
            for place, first in enumerate(known)
            for second in known[place + 1 :]
            if second in self.entries[first].excludes
        ]


@cache
def catalogue() -> Catalogue:
    """The catalogue that ships with the program."""
    folder = resources.files("farlead.reporting.statements")
    tables = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    return read_catalogue({file.name: file.read_bytes() for file in tables})


def read_catalogue(files: Mapping[str, bytes | Path]) -> Catalogue:
    """Catalogue from files, by name.

    Raises
    ------
    SettingsError
        A file is no TOML, a field is wrong, a code or a wording is used twice, a code named
        in an exclusion does not exist; the reason names file and id.
    """
    contents = {
        name: source.read_bytes() if isinstance(source, Path) else source
        for name, source in files.items()
    }
    digest, builder = hashlib.sha256(), _Builder()
    for name in sorted(contents, key=_usual_first):
        digest.update(name.encode() + b"\0" + contents[name] + b"\0")
        builder.add(name, _parse(name, contents[name]))
    return Catalogue(builder.finished(), digest.hexdigest()[:12])


#: Groups in the order in which a reader writes them; others follow by name.
_GROUPS = ("rhythm", "conduction", "chambers", "repolarisation", "infarction", "overall")


def _usual_first(name: str) -> tuple[int, str]:
    stem = name.removesuffix(".toml")
    return (_GROUPS.index(stem) if stem in _GROUPS else len(_GROUPS), name)


def _parse(file: str, content: bytes) -> GroupFile:
    try:
        return GroupFile.model_validate(tomllib.loads(content.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            message("reporting.catalogue.not_toml", file=file, cause=str(error))
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            message("reporting.catalogue.wrong", file=file, place=place, cause=first["msg"])
        ) from error


class _Builder:
    """Collects entries and refuses what contradicts those before."""

    def __init__(self) -> None:
        self._tables: dict[str, tuple[str, GroupFile, StatementTable]] = {}
        self._texts: dict[tuple[Kind | None, str], str] = {}

    def add(self, file: str, group: GroupFile) -> None:
        for table in group.statement:
            if table.code in self._tables:
                raise _refused("twice", file, table.code, other=self._tables[table.code][0])
            for text in {squeeze(table.zh), squeeze(table.en)}:
                other = self._texts.setdefault((group.kind, text), table.code)
                if other != table.code:
                    raise _refused("same_text", file, table.code, other=other)
            _check_initials(file, table)
            self._tables[table.code] = (file, group, table)

    def finished(self) -> dict[str, CatalogueEntry]:
        excludes: dict[str, set[str]] = {code: set() for code in self._tables}
        for code, (file, _, table) in self._tables.items():
            for other in table.excludes:
                if other not in excludes or other == code:
                    raise _refused("unknown_exclusion", file, code, other=other)
                excludes[code].add(other)
                excludes[other].add(code)
        return {
            code: _entry(order, group, table, frozenset(excludes[code]))
            for order, (code, (_, group, table)) in enumerate(self._tables.items())
        }


def _check_initials(file: str, table: StatementTable) -> None:
    texts = [table.zh, *(text for text in table.synonyms if is_chinese(text))]
    if [len(squeeze(text)) for text in texts] != [len(letters) for letters in table.pinyin]:
        raise _refused("initials", file, table.code, other=texts[0])


def _entry(
    order: int, group: GroupFile, table: StatementTable, excludes: frozenset[str]
) -> CatalogueEntry:
    return CatalogueEntry(
        table.code,
        table.zh,
        table.en,
        table.pinyin,
        table.synonyms,
        group.kind,
        group.zh,
        group.en,
        excludes,
        table.aha,
        order,
    )


def _refused(what: str, file: str, code: str, *, other: str) -> SettingsError:
    return SettingsError(message(f"reporting.catalogue.{what}", file=file, code=code, other=other))

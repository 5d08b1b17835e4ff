"""The catalogue as a whole: read from TOML, checked, searched.

A hospital adds statements by a further file of the same form. What contradicts what is already
there is refused with the file, the line and the id.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from pathlib import Path

from farlead.errors import SettingsError
from farlead.messages import message
from farlead.model.report import Statement
from farlead.model.study import Kind
from farlead.reporting.statements.building import Builder
from farlead.reporting.statements.entry import CatalogueEntry
from farlead.reporting.statements.index import Index
from farlead.reporting.statements.modifying import modified
from farlead.reporting.statements.search import Query
from farlead.reporting.statements.source import parse


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
        return self._indexes[kind].find(Query.of(query), limit)

    def conflicts(self, codes: Iterable[str]) -> list[tuple[str, str]]:
        """Pairs among `codes` that contradict each other; unknown codes have no opinion."""
        known = [code for code in dict.fromkeys(codes) if code in self.entries]
        return [
            (first, second)
            for place, first in enumerate(known)
            for second in known[place + 1 :]
            if second in self.entries[first].excludes
        ]

    def variants(self, line: Statement) -> tuple[Statement, ...]:
        """A line as it is in the catalogue, then in each way in which it can be qualified.

        One without an entry, free text among them, has itself only.
        """
        entry = self.entries.get(line.code)
        if entry is None:
            return (line,)
        plain = entry.statement(suggested=line.suggested)
        return (plain, *(modified(plain, modifier) for modifier in entry.modifiers))

    @cached_property
    def _indexes(self) -> Mapping[Kind | None, Index[CatalogueEntry]]:
        everything = tuple(self.entries.values())
        found: dict[Kind | None, Index[CatalogueEntry]] = {None: Index(everything)}
        for kind in Kind:
            found[kind] = Index([entry for entry in everything if entry.kind in {None, kind}])
        return found


@cache
def catalogue(own: Path | None = None) -> Catalogue:
    """The catalogue that ships with the program, with the hospital's `own` file.

    Raises
    ------
    SettingsError
        The own file cannot be read, or :func:`read_catalogue` refuses it.
    """
    folder = resources.files("farlead.reporting.statements")
    tables = (file for file in folder.iterdir() if file.name.endswith(".toml"))
    files = {file.name: file.read_bytes() for file in tables}
    if own is None:
        return read_catalogue(files)
    try:
        return read_catalogue(files, {str(own): own.read_bytes()})
    except OSError as error:
        cause = error.strerror or str(error)
        raise SettingsError(
            message("reporting.catalogue.unreadable", file=str(own), cause=cause)
        ) from error


def read_catalogue(files: Mapping[str, bytes], own: Mapping[str, bytes] | None = None) -> Catalogue:
    """Catalogue from files, by name; `own` ones after the others.

    Raises
    ------
    SettingsError
        A file is no TOML, a field is wrong, a code or a wording is used twice, a code that is
        excluded or implied does not exist, a statement contradicts itself; the reason names
        file, line and id.
    """
    digest, builder = hashlib.sha256(), Builder()
    ordered = [(name, files[name]) for name in sorted(files, key=_usual_first)]
    for name, content in (*ordered, *sorted((own or {}).items())):
        digest.update(name.encode() + b"\0" + content + b"\0")
        builder.add(parse(name, content))
    return Catalogue(builder.finished(), digest.hexdigest()[:12])


#: Groups in the order in which a reader writes them; others follow by name.
_GROUPS = ("rhythm", "conduction", "chambers", "repolarisation", "infarction", "overall")


def _usual_first(name: str) -> tuple[int, str]:
    stem = name.removesuffix(".toml")
    return (_GROUPS.index(stem) if stem in _GROUPS else len(_GROUPS), name)

"""Entries from the tables of the files: unique, complete, free of contradiction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from farlead.model.study import Kind
from farlead.reporting.statements.entry import (
    CatalogueEntry,
    GroupFile,
    StatementTable,
    chinese_of,
    squeeze,
)
from farlead.reporting.statements.initials import initials_of
from farlead.reporting.statements.source import Source


@dataclass(frozen=True, slots=True)
class _Placed:
    """A table and where it stands."""

    source: Source
    number: int

    @property
    def table(self) -> StatementTable:
        return self.group.statement[self.number]

    @property
    def group(self) -> GroupFile:
        return self.source.group


class Builder:
    """Collects tables and refuses what contradicts those before."""

    def __init__(self) -> None:
        self._placed: dict[str, _Placed] = {}
        self._texts: dict[tuple[Kind | None, str], str] = {}

    def add(self, source: Source) -> None:
        """Take up a file; SettingsError."""
        for number, table in enumerate(source.group.statement):
            if table.code in self._placed:
                before = self._placed[table.code].source.name
                raise source.refused("twice", number, key="code", other=before)
            for key, text in (("zh", squeeze(table.zh)), ("en", squeeze(table.en))):
                other = self._texts.setdefault((source.group.kind, text), table.code)
                if other != table.code:
                    raise source.refused("same_text", number, key=key, other=other)
            texts = chinese_of(table.zh, table.synonyms)
            fits = [len(squeeze(text)) for text in texts] == [len(p) for p in table.pinyin]
            if table.pinyin and not fits:
                raise source.refused("initials", number, key="pinyin", other=texts[0])
            self._placed[table.code] = _Placed(source, number)

    def finished(self) -> dict[str, CatalogueEntry]:
        """All entries by code; SettingsError."""
        implies = {code: frozenset(self._implied(code)) for code in self._placed}
        excludes = self._excluded(implies)
        return {
            code: _entry(order, placed, implies[code], frozenset(excludes[code]))
            for order, (code, placed) in enumerate(self._placed.items())
        }

    def _implied(self, code: str) -> set[str]:
        """Everything that follows from a statement, without itself."""
        found: set[str] = set()
        waiting = [(code, other) for other in self._placed[code].table.implies]
        while waiting:
            asker, other = waiting.pop()
            if other not in self._placed or other == code:
                raise self._refused("unknown_implication", asker, "implies", other)
            if other not in found:
                found.add(other)
                waiting += [(other, further) for further in self._placed[other].table.implies]
        return found

    def _excluded(self, implies: Mapping[str, frozenset[str]]) -> dict[str, set[str]]:
        """What contradicts each statement: what it excludes, and what its implications do."""
        implied_by: dict[str, set[str]] = {code: {code} for code in self._placed}
        for code, others in implies.items():
            for other in others:
                implied_by[other].add(code)
        excludes: dict[str, set[str]] = {code: set() for code in self._placed}
        for code, other in self._pairs():
            for one in implied_by[code]:
                if one in implied_by[other]:
                    raise self._refused("contradicts_itself", one, "implies", f"{code}, {other}")
                excludes[one] |= implied_by[other]
                for second in implied_by[other]:
                    excludes[second].add(one)
        return excludes

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for code, placed in self._placed.items():
            for other in placed.table.excludes:
                if other not in self._placed or other == code:
                    raise self._refused("unknown_exclusion", code, "excludes", other)
                yield code, other

    def _refused(self, what: str, code: str, key: str, other: str) -> Exception:
        placed = self._placed[code]
        return placed.source.refused(what, placed.number, key=key, other=other)


def _entry(
    order: int, placed: _Placed, implies: frozenset[str], excludes: frozenset[str]
) -> CatalogueEntry:
    table, group = placed.table, placed.group
    texts = chinese_of(table.zh, table.synonyms)
    return CatalogueEntry(
        code=table.code,
        zh=table.zh,
        en=table.en,
        pinyin=table.pinyin or tuple(initials_of(text) for text in texts),
        synonyms=table.synonyms,
        kind=group.kind,
        group_zh=group.zh,
        group_en=group.en,
        implies=implies,
        excludes=excludes,
        modifiers=group.modifiers if table.modifiers is None else table.modifiers,
        aha=table.aha,
        aha_with=table.aha_with,
        scp=table.scp,
        mdc=table.mdc,
        expects=table.expects,
        sex=table.sex,
        ages=table.ages,
        critical=table.critical,
        order=order,
    )

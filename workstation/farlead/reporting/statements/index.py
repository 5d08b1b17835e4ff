"""The search of the type-ahead, fast: all wordings in a few long strings that are scanned at once.

What is found is what :func:`farlead.reporting.statements.search.rank` finds entry by entry.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from farlead.reporting.statements.entry import Searchable
from farlead.reporting.statements.search import (
    EXACT,
    INSIDE,
    LEAST_SCATTERED,
    SCATTERED,
    START,
    SYNONYM_START,
    WORDS,
    Query,
    in_order,
)

Entry = TypeVar("Entry", bound=Searchable)


class _Lines:
    """Lines in one string; what is found in it is told by line and place within the line."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.text = "\n".join(lines) + "\n"
        self.starts = [0]
        for line in lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def containing(self, part: str) -> Iterator[int]:
        """Lines in which `part` stands, each once."""
        at = self.text.find(part)
        while at >= 0:
            line = bisect_right(self.starts, at) - 1
            yield line
            at = self.text.find(part, self.starts[line + 1])

    def matching(self, pattern: "re.Pattern[str]") -> Iterator[tuple[int, int]]:
        """Lines that match, each once, with the place of the first match in it."""
        found = pattern.search(self.text)
        while found is not None:
            line = bisect_right(self.starts, found.start()) - 1
            yield line, found.start() - self.starts[line]
            found = pattern.search(self.text, self.starts[line + 1])


class Index(Generic[Entry]):
    """Ranks of a query over some entries.

    Parameters
    ----------
    entries : sequence of Searchable
        The more usual first.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self._codes = [entry.code.casefold() for entry in entries]
        chinese = [
            (place, number, text, initials)
            for place, entry in enumerate(entries)
            for number, (text, initials) in enumerate(entry.chinese)
        ]
        self._wording = [(place, number, len(text)) for place, number, text, _ in chinese]
        self._cells = _Lines(
            ["".join(f"{c}{i} " for c, i in zip(*pair, strict=True)) for _, _, *pair in chinese]
        )
        latin = [
            (place, number, text)
            for place, entry in enumerate(entries)
            for number, text in enumerate(entry.latin)
        ]
        self._latin_of = [(place, number) for place, number, _ in latin]
        self._latin_length = [len(text) for _, _, text in latin]
        self._latin = _Lines([f"\0{text}" for _, _, text in latin])
        self._words = _Lines(["".join(f" {word}" for word in entry.words) for entry in entries])
        self._letters = [frozenset(entry.initials) for entry in entries]

    def find(self, query: Query, limit: int) -> list[Entry]:
        """Best matches first, at most so many."""
        ranks = self.ranks(query)
        best = sorted(ranks, key=lambda place: (ranks[place], place))[:limit]
        return [self.entries[place] for place in best]

    def ranks(self, query: Query) -> dict[int, int]:
        """Place of an entry -> its rank; without those that do not match."""
        if not query.squeezed:
            return {}
        found: dict[int, int] = {}
        for place, rank in self._chinese(query.squeezed):
            found[place] = min(rank, found.get(place, rank))
        scattered = list(self._scattered(query.squeezed, found))
        for place, rank in (*self._code(query.squeezed), *self._latins(query), *scattered):
            found[place] = min(rank, found.get(place, rank))
        return found

    def _code(self, query: str) -> Iterator[tuple[int, int]]:
        if len(query) > 1:
            for place, code in enumerate(self._codes):
                if code.startswith(query):
                    yield place, EXACT if code == query else START

    def _chinese(self, query: str) -> Iterator[tuple[int, int]]:
        cells = (
            f"[^ \n]{letter} " if letter.isascii() else f"(?:{letter}[^ \n]|[^ \n]{letter}) "
            for letter in map(re.escape, query)
        )
        for line, at in self._cells.matching(re.compile("".join(cells))):
            place, number, length = self._wording[line]
            if at == 0 and length == len(query):
                yield place, EXACT
            else:
                yield place, INSIDE if at else (SYNONYM_START if number else START)

    def _scattered(self, query: str, found: dict[int, int]) -> Iterator[tuple[int, int]]:
        """Only where nothing else of the Chinese wordings matches."""
        if len(query) < LEAST_SCATTERED:
            return
        letters = frozenset(query)
        for place, entry in enumerate(self.entries):
            there = letters <= self._letters[place]
            if there and place not in found and in_order(entry.initials, query):
                yield place, SCATTERED

    def _latins(self, query: Query) -> Iterator[tuple[int, int]]:
        for line in self._latin.containing(f"\0{query.plain}"):
            place, number = self._latin_of[line]
            if self._latin_length[line] == len(query.plain):
                yield place, EXACT
            else:
                yield place, SYNONYM_START if number else START
        if query.words and query.plain.isascii():
            parts = [set(self._words.containing(f" {part}")) for part in query.words]
            for place in set.intersection(*parts):
                yield place, WORDS

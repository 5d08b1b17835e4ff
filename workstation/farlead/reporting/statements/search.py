"""Type-ahead over the catalogue: Chinese, pinyin initials (also mixed), English, code.

A match gets a rank, lower is better; entries of equal rank keep the catalogue's order, in
which the usual come first.
"""

from dataclasses import dataclass
from typing import Self

from farlead.reporting.statements.entry import CatalogueEntry, squeeze, words_of

EXACT, START, SYNONYM_START, WORDS, INSIDE, SCATTERED = range(6)

#: Shorter queries would match almost everything letter by letter.
_LEAST_SCATTERED = 3


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed: with single spaces, without spaces and punctuation, as Latin words."""

    plain: str
    squeezed: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, typed: str) -> Self:
        """Prepare what was typed."""
        plain = " ".join(typed.casefold().split())
        return cls(plain, squeeze(typed), tuple(words_of(plain)))


def rank(entry: CatalogueEntry, query: Query) -> int | None:
    """How well an entry answers a query.

    Returns
    -------
    int or None
        0 (exact) … 5 (initials with gaps); None when it does not match.
    """
    if not query.squeezed:
        return None
    found = (_code(entry, query.squeezed), _chinese(entry, query.squeezed), _latin(entry, query))
    return min((rank for rank in found if rank is not None), default=None)


def _code(entry: CatalogueEntry, query: str) -> int | None:
    code = entry.code.casefold()
    if code == query:
        return EXACT
    return START if code.startswith(query) and len(query) > 1 else None


def _chinese(entry: CatalogueEntry, query: str) -> int | None:
    best: int | None = None
    for number, (text, initials) in enumerate(entry.chinese):
        at = _place(text, initials, query)
        if at < 0:
            continue
        if at == 0 and len(query) == len(text):
            return EXACT
        here = INSIDE if at else (SYNONYM_START if number else START)
        best = here if best is None else min(best, here)
    if best is None and len(query) >= _LEAST_SCATTERED and _in_order(entry.initials, query):
        return SCATTERED
    return best


def _place(text: str, initials: str, query: str) -> int:
    """First place where each letter of the query is the character or its initial; -1: none."""
    if query.isascii():
        return initials.find(query)  # Latin letters of the text stand in the initials too
    at = text.find(query)
    return at if at >= 0 else _mixed(text, initials, query)


def _mixed(text: str, initials: str, query: str) -> int:
    for start in range(len(text) - len(query) + 1):
        if all(
            letter == text[start + i] or letter == initials[start + i]
            for i, letter in enumerate(query)
        ):
            return start
    return -1


def _in_order(initials: str, query: str) -> bool:
    rest = iter(initials)
    return all(letter in rest for letter in query)


def _latin(entry: CatalogueEntry, query: Query) -> int | None:
    if query.plain in entry.latin:
        return EXACT
    if entry.latin[0].startswith(query.plain):
        return START
    if any(text.startswith(query.plain) for text in entry.latin[1:]):
        return SYNONYM_START
    if not query.words or not query.plain.isascii():
        return None
    starts = all(any(word.startswith(part) for word in entry.words) for part in query.words)
    return WORDS if starts else None

"""Type-ahead over the catalogue: Chinese, pinyin initials (also mixed), English, code.

A match gets a rank, lower is better; entries of equal rank keep the catalogue's order, in
which the usual come first. :func:`rank` says what matches;
:class:`~farlead.reporting.statements.index.Index` finds the same in a fraction of the time.
"""

from dataclasses import dataclass
from typing import Self

from farlead.reporting.statements.entry import Searchable, squeeze, words_of

EXACT, START, SYNONYM_START, WORDS, INSIDE, SCATTERED = range(6)

#: Shorter queries would match almost everything letter by letter.
LEAST_SCATTERED = 3


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


def rank(entry: Searchable, query: Query) -> int | None:
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


def _code(entry: Searchable, query: str) -> int | None:
    code = entry.code.casefold()
    if code == query:
        return EXACT
    return START if code.startswith(query) and len(query) > 1 else None


def _chinese(entry: Searchable, query: str) -> int | None:
    best: int | None = None
    for number, (text, initials) in enumerate(entry.chinese):
        at = _place(text, initials, query)
        if at < 0:
            continue
        if at == 0 and len(query) == len(text):
            return EXACT
        here = INSIDE if at else (SYNONYM_START if number else START)
        best = here if best is None else min(best, here)
    if best is None and len(query) >= LEAST_SCATTERED and in_order(entry.initials, query):
        return SCATTERED
    return best


def _place(text: str, initials: str, query: str) -> int:
    """First place where each letter of the query is the character or its initial; -1: none."""
    for start in range(len(text) - len(query) + 1):
        if all(
            letter == text[start + i] or letter == initials[start + i]
            for i, letter in enumerate(query)
        ):
            return start
    return -1


def in_order(initials: str, query: str) -> bool:
    """Whether the letters of a query stand in the initials in this order, with gaps."""
    rest = iter(initials)
    return all(letter in rest for letter in query)


def _latin(entry: Searchable, query: Query) -> int | None:
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

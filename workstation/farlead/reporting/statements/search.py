"""Type-ahead over the catalogue: Chinese, pinyin initials (also mixed), English, code.

A match gets a rank, lower is better; entries of equal rank keep the catalogue's order, in
which the usual come first.
"""

import re

from farlead.reporting.statements.entry import CatalogueEntry, squeeze

_WORDS = re.compile(r"[a-z0-9]+")

EXACT, START, SYNONYM_START, WORDS, INSIDE, SCATTERED = range(6)

#: Shorter queries would match almost everything letter by letter.
_LEAST_SCATTERED = 3


def rank(entry: CatalogueEntry, query: str) -> int | None:
    """How well an entry answers a query.

    Returns
    -------
    int or None
        0 (exact) … 5 (initials with gaps); None when it does not match.
    """
    plain, squeezed = " ".join(query.casefold().split()), squeeze(query)
    if not squeezed:
        return None
    found = [
        rank
        for rank in (_code(entry, squeezed), _chinese(entry, squeezed), _latin(entry, plain))
        if rank is not None
    ]
    return min(found, default=None)


def _code(entry: CatalogueEntry, query: str) -> int | None:
    code = entry.code.casefold()
    if code == query:
        return EXACT
    return START if code.startswith(query) and len(query) > 1 else None


def _chinese(entry: CatalogueEntry, query: str) -> int | None:
    best: int | None = None
    for number, (text, initials) in enumerate(entry.chinese):
        at = _aligned(text, initials, query)
        if at is None:
            continue
        if at == 0 and len(query) == len(text):
            return EXACT
        here = INSIDE if at else (SYNONYM_START if number else START)
        best = here if best is None else min(best, here)
    if best is None and len(query) >= _LEAST_SCATTERED and _in_order(entry.initials, query):
        return SCATTERED
    return best


def _aligned(text: str, initials: str, query: str) -> int | None:
    """First place where each letter of the query is the character or its initial."""
    for start in range(len(text) - len(query) + 1):
        if all(
            letter == text[start + i] or letter == initials[start + i]
            for i, letter in enumerate(query)
        ):
            return start
    return None


def _in_order(initials: str, query: str) -> bool:
    rest = iter(initials)
    return all(letter in rest for letter in query)


def _latin(entry: CatalogueEntry, query: str) -> int | None:
    if query in entry.latin:
        return EXACT
    if entry.latin[0].startswith(query):
        return START
    if any(text.startswith(query) for text in entry.latin[1:]):
        return SYNONYM_START
    asked = _WORDS.findall(query)
    words = [word for text in entry.latin for word in _WORDS.findall(text)]
    starts = bool(asked) and all(any(w.startswith(part) for w in words) for part in asked)
    return WORDS if starts and query.isascii() else None

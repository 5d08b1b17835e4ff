"""The words under which a study is found: names and numbers, in the one form that is compared."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from sqlalchemy import Connection, and_, false, or_, select
from sqlalchemy.dialects import sqlite

from farlead.model.people import Patient, name_parts
from farlead.store import schema
from farlead.store.columns import Selection
from farlead.store.database import upsert_for
from farlead.store.identity import mask

_WORD = schema.study_word.c

#: Greater than every letter: ends the words that begin alike.
_LAST = "\U0010ffff"

#: From this length on a number may be one that is kept masked.
_MASKED_FROM = 12


def folded(text: str | None) -> str:
    """One word as it is compared: one width, one case, letters, digits and stars alone."""
    plain = unicodedata.normalize("NFKC", text or "").casefold()
    return "".join(c for c in plain if c.isalnum() or c == "*")


def words_of(patient: Patient, *numbers: str | None) -> frozenset[str]:
    """Words of a study: its patient's name and numbers, and `numbers` of its own.

    A Chinese name is found by each of its ends as well, so that the given name will do.
    """
    parts = name_parts(patient.name)
    words = {"".join(parts), *(end for part in parts for end in _ends(part))}
    stated = (patient.local_number, patient.national_id, patient.health_card, *numbers)
    words |= {folded(number) for number in stated}
    return frozenset(words - {""})


def _ends(part: str) -> Iterable[str]:
    if part.isascii() or not any("\u3400" <= c <= "\u9fff" for c in part):
        return (part,)
    return (part[start:] for start in range(len(part)))


def keep_words(connection: Connection, study_id: int, words: frozenset[str]) -> None:
    """Write down what is new among the words of a study."""
    if words:
        rows = [{"word": word, "study_id": study_id} for word in sorted(words)]
        connection.execute(_new_words(connection.dialect.name), rows)


@cache
def _new_words(dialect: str) -> sqlite.Insert:
    return upsert_for(dialect, schema.study_word).on_conflict_do_nothing()


def studies_with(word: str) -> Selection:
    """Studies that have a word which begins with the one that was typed.

    A long number is also looked for in the form in which it may be kept.
    """
    typed = folded(word)
    if not typed:
        return select(_WORD.study_id).where(false())
    fits = [and_(_WORD.word >= typed, _WORD.word < typed + _LAST)]
    if len(typed) >= _MASKED_FROM and "*" not in typed:
        fits.append(_WORD.word == mask(typed))
    return select(_WORD.study_id).where(or_(*fits))

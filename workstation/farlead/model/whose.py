"""Whose study it is: what two documents say of their patient, compared."""

import re
from collections.abc import Collection, Iterable
from datetime import date

from farlead.model.national_id import Holder, holder
from farlead.model.people import (
    PLACEHOLDERS,
    IdentityDoubt,
    Patient,
    name_parts,
    names_somebody,
    normal_number,
)

#: Years by which a stated age may differ: in parts of China a child is one at birth.
AGE_TOLERANCE = 2.0
_BETWEEN_WORDS = re.compile(r"[\s_,;:=/^|]+")


def contradiction(known: Patient, stated: Patient) -> str | None:
    """The first of :func:`contradictions`; None without."""
    return next(iter(contradictions(known, stated)), None)


def contradictions(known: Patient, stated: Patient) -> tuple[str, ...]:
    """Fields in which two documents of one unit cannot speak of the same person.

    What one of them leaves out contradicts nothing. Names are compared in the same script only
    (pinyin says nothing of 汉字); spacing, separators, case and the order of the parts do not
    matter. A local number that is a national identity number is compared as one, and birth
    date and sex that a number holds are compared as stated ones. Equal masked numbers may hide
    different ones: whoever has the numbers looks again.
    """
    theirs, ours = _national(known), _national(stated)
    local = _numbers(known.local_number), _numbers(stated.local_number)
    compared = {
        "name": _other_name(known.name, stated.name),
        "local_number": _apart(*local) and not _shared(theirs, ours),
        "national_id": _apart(theirs, ours),
        "health_card": _apart(_numbers(known.health_card), _numbers(stated.health_card)),
        "sex": _apart(_sexes(known), _sexes(stated)),
        "birth_date": _births(known).isdisjoint(_births(stated))
        and bool(_births(known) and _births(stated)),
    }
    return tuple(field for field, differs in compared.items() if differs)


def age_contradiction(file: Patient, stated: Patient, days: Collection[date]) -> str | None:
    """Field of `stated` that the age in the file does not fit; None without.

    It is compared where the file has no birth date; 0 is what devices write for none entered.

    Parameters
    ----------
    file, stated : Patient
    days : collection of date
        On which an age may have been counted: of the recording, of today.
    """
    age = file.age_years
    if not age or _births(file):
        return None
    if _misfits(age, _births(stated), days):
        return "birth_date" if stated.birth_date else "national_id"
    if stated.age_years is not None:
        since = (max(days) - min(days)).days / 365.25 if days else 0.0
        between = (stated.age_years - age, stated.age_years - age - since)
        if all(abs(difference) > AGE_TOLERANCE for difference in between):
            return "age_years"
    return None


def age_misfit(file: Patient, stated: Patient, days: Collection[date]) -> bool:
    """Whether the stated age fits no birth date that either document states."""
    births = _births(stated) or _births(file)
    return stated.age_years is not None and _misfits(stated.age_years, births, days)


def at_odds(patient: Patient) -> str | None:
    """Field in which one document contradicts the identity number that it states itself."""
    if len(_national(patient)) > 1:
        return "national_id"
    if len(_births(patient)) > 1:
        return "birth_date"
    return "sex" if len(_sexes(patient)) > 1 else None


def identity_doubt(file: Patient, stated: Patient, text: str | None) -> IdentityDoubt | None:
    """What is doubtful about joining a file with a request that contradicts it in nothing.

    Parameters
    ----------
    file, stated : Patient
        As the file and the request state it.
    text : str or None
        What the file says of its patient in no fields.
    """
    if at_odds(file):
        return IdentityDoubt.AT_ODDS
    if not names_somebody(stated):
        return None
    if text:
        return _doubt_of_text(text, stated)
    if file == Patient():
        return IdentityDoubt.REQUEST_ALONE
    names = name_parts(file.name), name_parts(stated.name)
    if _recognised(file, stated, names):
        return None
    if all(names):
        return IdentityDoubt.OTHER_SCRIPT
    aged = all(p.age_years is not None or _births(p) for p in (file, stated))
    compared = aged or (_sexes(file) and _sexes(stated))
    return None if compared else IdentityDoubt.NOT_COMPARED


def _recognised(file: Patient, stated: Patient, names: tuple[list[str], list[str]]) -> bool:
    """Whether the two share what tells people apart: a name in one script, a number, a birth."""
    pairs = (
        (_national(file), _national(stated)),
        (_numbers(file.local_number), _numbers(stated.local_number)),
        (_numbers(file.health_card), _numbers(stated.health_card)),
        (_births(file), _births(stated)),
    )
    one_script = all(names) and _latin(names[0]) == _latin(names[1])
    return one_script or any(all(pair) for pair in pairs)


def _doubt_of_text(text: str, stated: Patient) -> IdentityDoubt | None:
    """Free text is not taken apart: the name and one of the numbers stand in it, or not."""
    words = {normal_number(word) for word in _BETWEEN_WORDS.split(text)}
    parts, numbers = name_parts(stated.name), _all_numbers(stated)
    named = bool(parts) and (_latin(parts) or not text.isascii())
    if not named and not numbers:
        return IdentityDoubt.REQUEST_ALONE
    if named and not _has_name(name_parts(text), parts):
        return IdentityDoubt.NOT_IN_TEXT
    return IdentityDoubt.NOT_IN_TEXT if numbers and words.isdisjoint(numbers) else None


def _has_name(words: list[str], parts: list[str]) -> bool:
    turned = {"".join(parts[i:] + parts[:i]) for i in range(len(parts))}
    return set(parts) <= set(words) or not turned.isdisjoint(words)


def _all_numbers(patient: Patient) -> set[str]:
    stated = (patient.local_number, patient.national_id, patient.health_card)
    return set().union(*(_numbers(number) for number in stated))


def _numbers(number: str | None) -> set[str]:
    return {normal_number(number)} - {"", *PLACEHOLDERS}


def _holders(patient: Patient) -> list[Holder]:
    numbers = (normal_number(patient.national_id), normal_number(patient.local_number))
    return [found for number in numbers if (found := holder(number))]


def _national(patient: Patient) -> set[str]:
    """National identity numbers: the stated one, and a local number that is one."""
    stated = _numbers(patient.national_id)
    return {found.number for found in _holders(patient)} | {n for n in stated if not holder(n)}


def _births(patient: Patient) -> set[date]:
    stated = {patient.birth_date} if patient.birth_date else set()
    return {found.birth_date for found in _holders(patient)} | stated


def _sexes(patient: Patient) -> set[str]:
    return {found.sex for found in _holders(patient)} | ({str(patient.sex)} & {"M", "F"})


def _misfits(age: float, births: Iterable[date], days: Collection[date]) -> bool:
    ages = [Patient(birth_date=born).age_at(day) for born in births for day in days]
    return bool(ages) and all(a is not None and abs(a - age) > AGE_TOLERANCE for a in ages)


def _apart(first: set[str], second: set[str]) -> bool:
    return bool(first and second) and not _shared(first, second)


def _shared(first: set[str], second: set[str]) -> bool:
    return any(_may_be(one, other) for one in first for other in second)


def _may_be(one: str, other: str) -> bool:
    """Whether two numbers may be the same where one is masked; only its seen ends tell."""
    if "*" not in one + other or len(one) != len(other):
        return one == other or "*" in one + other
    return all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=True))


def _latin(parts: list[str]) -> bool:
    return "".join(parts).isascii()


def _other_name(one: str | None, other: str | None) -> bool:
    first, second = name_parts(one), name_parts(other)
    if not first or not second or _latin(first) != _latin(second):
        return False
    turned = {"".join(second[i:] + second[:i]) for i in range(len(second))}
    return "".join(first) not in turned and "".join(second) not in {
        "".join(first[i:] + first[:i]) for i in range(len(first))
    }

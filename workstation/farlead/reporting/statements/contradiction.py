"""What does not fit in a report: statement against statement, measurement, sex and age.

A line that only says that something cannot be excluded contradicts nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from farlead.messages import Language, Message, in_both, message
from farlead.model.figures import caption, unit_of, written
from farlead.model.people import Sex
from farlead.model.report import Modifier, Statement
from farlead.model.screening import Certainty, Measurement, Screening
from farlead.reporting.statements.catalog import Catalogue
from farlead.reporting.statements.entry import CatalogueEntry, Expectation


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One thing that does not fit.

    Parameters
    ----------
    key : str
        Names it in the draft that overrules it: ``RH101/RH201``, ``CD101/pr``, ``US121/sex``.
    told : Message
        What does not fit with what.
    may_stand : bool
        Whether the reader can let it stand, with a word.
    """

    key: str
    told: Message
    may_stand: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """Of whom the report speaks; `age` in years, None: unknown."""

    sex: Sex = Sex.UNKNOWN
    age: float | None = None


def contradictions(
    listed: Catalogue,
    lines: Sequence[Statement],
    screening: Screening | None,
    person: Person,
) -> tuple[Contradiction, ...]:
    """Everything that does not fit in these lines, in their order.

    Parameters
    ----------
    listed : Catalogue
    lines : sequence of Statement
        Free lines, and lines whose code is not in the catalogue, have no opinion.
    screening : Screening or None
        With the figures as the reader left them; a doubtful figure refutes nothing.
    person : Person
    """
    said = {
        line.code: line
        for line in lines
        if line.code in listed.entries and line.modifier is not Modifier.NOT_EXCLUDED
    }
    found = [_between(said[first], said[second]) for first, second in listed.conflicts(said)]
    for code, line in said.items():
        entry = listed.entry(code)
        found += _measured(entry, line, screening, person)
        found += _personal(entry, line, person)
    return tuple(found)


def _between(first: Statement, second: Statement) -> Contradiction:
    told = message(
        "reporting.contradiction.statements",
        **in_both("first", _texts(first)),
        **in_both("second", _texts(second)),
    )
    return Contradiction("/".join(sorted((first.code, second.code))), told)


def _measured(
    entry: CatalogueEntry, line: Statement, screening: Screening | None, person: Person
) -> Iterator[Contradiction]:
    for expected in entry.expects:
        made = screening.measurement(expected.measure) if screening is not None else None
        if made is None or made.value is None or made.quality is not Certainty.GOOD:
            continue
        if _holds_for(expected, person) and not _within(round(made.value), expected):
            yield Contradiction(
                f"{entry.code}/{expected.measure}", _told(line, made, made.value, expected)
            )


def _holds_for(expected: Expectation, person: Person) -> bool:
    """A limit of one sex needs that sex; an unknown age is taken for an adult's."""
    if expected.sex is not None and expected.sex is not person.sex:
        return False
    return person.age is None or expected.ages[0] <= person.age < expected.ages[1]


def _within(value: float, expected: Expectation) -> bool:
    above = expected.least is None or value >= expected.least
    return above and (expected.most is None or value <= expected.most)


def _told(line: Statement, made: Measurement, value: float, expected: Expectation) -> Message:
    def limit(bound: float) -> dict[str, str]:
        return in_both("limit", _figure(bound, made.unit))

    if expected.least is None:
        bound = message("reporting.contradiction.most", **limit(expected.most or 0.0))
    else:
        bound = message("reporting.contradiction.least", **limit(expected.least))
    return message(
        "reporting.contradiction.measured",
        **in_both("first", _texts(line)),
        **in_both("name", caption(made)),
        **in_both("value", _figure(value, made.unit)),
        **in_both("bound", bound),
    )


def _figure(value: float, unit: str) -> dict[Language, str]:
    """A figure with its unit in each language."""
    words = unit_of(unit)
    shown = {language: words.text(language) if words else unit for language in Language}
    gap = "" if unit == "°" else " "
    return {language: f"{written(value, unit)}{gap}{shown[language]}" for language in Language}


def _personal(entry: CatalogueEntry, line: Statement, person: Person) -> Iterator[Contradiction]:
    known = person.sex in {Sex.MALE, Sex.FEMALE}
    if entry.sex is not None and known and person.sex is not entry.sex:
        sex = f"@reporting.sex.{person.sex.lower()}"
        told = message("reporting.contradiction.sex", sex=sex, **in_both("first", _texts(line)))
        yield Contradiction(f"{entry.code}/sex", told)
    age = person.age
    if entry.ages is not None and age is not None and not entry.ages[0] <= age < entry.ages[1]:
        told = message(
            "reporting.contradiction.age", age=int(age), **in_both("first", _texts(line))
        )
        yield Contradiction(f"{entry.code}/age", told)


def _texts(line: Statement) -> dict[Language, str]:
    return {Language.ZH: line.zh, Language.EN: line.en}

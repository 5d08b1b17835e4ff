"""Which limit holds for this patient, and what had to be assumed.

What is not known of the patient takes the most sensitive limit of those that could hold.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from farlead.analysis.facts import Known
from farlead.analysis.rules.table import Circumstance, Comparison, Limit
from farlead.model.people import Sex

#: Age in years from which limits of adults hold.
ADULT = 18.0
#: Answers kept with each comparison: most patients of a morning ask the same.
_MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Holding:
    """The limit that holds, and the circumstances that were not known and made a difference."""

    value: float
    assumed: tuple[Circumstance, ...] = ()


def holding(compared: Comparison, known: Known, *, adult: bool, lead: str = "") -> Holding | None:
    """The limit of a comparison for this patient; None where it has none for them.

    Parameters
    ----------
    adult : bool
        An unknown age counts as an adult's, of whatever age.
    lead : str
        Of a quantity of leads.
    """
    if len(compared.limit) == 1 and not compared.limit[0].leads and _everybody(compared.limit[0]):
        return Holding(compared.limit[0].value)
    key = (known, adult, lead)
    kept = compared.kept
    if key not in kept:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[key] = _holding(compared, known, adult=adult, lead=lead)
    found = kept[key]
    if found is not None and not isinstance(found, Holding):
        raise TypeError("another's answer is kept here")
    return found


def _holding(compared: Comparison, known: Known, *, adult: bool, lead: str) -> Holding | None:
    rows = [row for row in compared.limit if not row.leads or lead in row.leads]
    open_ = _unknown(rows, known)
    found = [(case, _first(rows, case)) for case in _cases(rows, known, open_, adult=adult)]
    upwards = compared.operator.upwards
    best = _best((value for _, value in found), upwards)
    if best is None:
        return None
    return Holding(best, tuple(kind for kind in open_ if _matters(kind, found, upwards)))


def _everybody(row: Limit) -> bool:
    return row.sex is None and row.age is None and row.symptoms is None and row.unstable is None


def _unknown(rows: Sequence[Limit], known: Known) -> tuple[Circumstance, ...]:
    """Circumstances that the rows ask for and that nobody knows."""
    return tuple(
        kind
        for kind in Circumstance
        if getattr(known, kind) is None and any(getattr(row, kind) is not None for row in rows)
    )


def _cases(
    rows: Sequence[Limit], known: Known, unknown: Sequence[Circumstance], *, adult: bool
) -> Iterator[Known]:
    """Every patient this could be."""
    choices: dict[Circumstance, Sequence[object]] = {
        Circumstance.SEX: (Sex.MALE, Sex.FEMALE),
        Circumstance.AGE: tuple(_ages(rows, adult=adult)),
        Circumstance.SYMPTOMS: (False, True),
        Circumstance.UNSTABLE: (False, True),
    }
    for picked in product(*(choices[kind] for kind in unknown)):
        case = dict(zip((str(kind) for kind in unknown), picked, strict=True))
        yield replace(known, **case)  # type: ignore[arg-type]  # names and values of Known's own fields


def _ages(rows: Sequence[Limit], *, adult: bool) -> Iterator[float]:
    """One age within each band that the rows tell apart."""
    edges = {0.0, ADULT, *(edge for row in rows if row.age for edge in row.age)}
    return (age for age in sorted(edges) if not adult or age >= ADULT)


def _first(rows: Sequence[Limit], case: Known) -> float | None:
    return next((row.value for row in rows if _fits(row, case)), None)


def _fits(row: Limit, case: Known) -> bool:
    if row.age is not None and (case.age is None or not row.age[0] <= case.age < row.age[1]):
        return False
    return all(
        getattr(row, kind) is None or getattr(row, kind) == getattr(case, kind)
        for kind in (Circumstance.SEX, Circumstance.SYMPTOMS, Circumstance.UNSTABLE)
    )


def _matters(
    kind: Circumstance, found: Sequence[tuple[Known, float | None]], upwards: bool
) -> bool:
    """Whether another answer to this one question would have made another limit hold, or none."""
    each: dict[object, list[float | None]] = {}
    for case, value in found:
        each.setdefault(getattr(case, kind), []).append(value)
    return len({_best(values, upwards) for values in each.values()}) > 1


def _best(values: Iterable[float | None], upwards: bool) -> float | None:
    """The most sensitive limit; None where there is none."""
    there = [value for value in values if value is not None]
    if not there:
        return None
    return min(there) if upwards else max(there)

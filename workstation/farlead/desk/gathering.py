"""Days in columns put together, and lines made of them: by period, unit, reader, promise, rule."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead.model.lives import CaseState
from farlead.model.numbers import REPORT_PROMISES, Day, Line, Period, Spread
from farlead.model.review import Outcome

Column: TypeAlias = NDArray[np.int64]
By: TypeAlias = Literal["whole", "period", "unit", "reader", "promise"]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Many days as one set of columns; `*_day` are ordinals of days, names are numbered over all.

    `days` are the days themselves: what is counted by the day only is taken from there.
    """

    days: Mapping[date, Day]
    units: tuple[str, ...]
    readers: tuple[str, ...]
    arrived_day: Column
    arrived_unit: Column
    day: Column
    unit: Column
    reader: Column
    promise: Column
    seconds: Column
    late: NDArray[np.bool_]
    retake_day: Column
    retake_unit: Column


def spread(seconds: Column) -> Spread:
    """Count, median and p90.

    >>> spread(np.arange(1, 12))
    Spread(count=11, median=6.0, p90=10.0)
    """
    if not len(seconds):
        return Spread()
    middle, most = np.percentile(seconds, [50, 90])
    return Spread(len(seconds), float(middle), float(most))


def gathered(days: Mapping[date, Day], limits: NDArray[np.float64]) -> Gathered:
    """Put days together; `limits` in seconds, by promise."""
    units, readers = _Names(), _Names()
    in_units = [units.places(day.units) for day in days.values()]
    in_readers = [readers.places(day.readers) for day in days.values()]
    promise = _joined([day.promise for day in days.values()])
    seconds = _joined([day.seconds for day in days.values()])
    return Gathered(
        days=days,
        units=units.names,
        readers=readers.names,
        arrived_day=_ordinals(days, lambda day: day.arrived_unit),
        arrived_unit=_renamed(days, in_units, lambda day: day.arrived_unit),
        day=_ordinals(days, lambda day: day.unit),
        unit=_renamed(days, in_units, lambda day: day.unit),
        reader=_renamed(days, in_readers, lambda day: day.reader),
        promise=promise,
        seconds=seconds,
        late=seconds > limits[promise],
        retake_day=_ordinals(days, lambda day: day.retakes),
        retake_unit=_renamed(days, in_units, lambda day: day.retakes),
    )


def lines_of(found: Gathered, by: By, period: Period) -> tuple[Line, ...]:
    """One line for each name of what it is gathered by."""
    names, arrived, reports, retakes = _keys(found, by, period)
    many = len(names)
    arrivals, asked = _count(arrived, many), _count(retakes, many)
    late = np.bincount(reports[found.late], minlength=many)
    order = np.argsort(reports, kind="stable")
    ends = np.searchsorted(reports[order], np.arange(many + 1))
    times = found.seconds[order]
    days = _days_of(found, by, names, period)
    return tuple(
        Line(
            name=name,
            arrived=int(arrivals[place]),
            reports=spread(times[ends[place] : ends[place + 1]]),
            late=int(late[place]),
            retakes=int(asked[place]),
            **_daily(days.get(name, ())),  # type: ignore[arg-type]  # each value has its field's type
        )
        for place, name in enumerate(names)
    )


def rules_of(days: Iterable[Day]) -> tuple[Line, ...]:
    """What readers made of each rule's suggestions, the most often decided first."""
    accepted, rejected = Counter[str](), Counter[str]()
    for day in days:
        accepted.update(day.accepted)
        rejected.update(day.rejected)
    rules = sorted({*accepted, *rejected}, key=lambda r: (-accepted[r] - rejected[r], r))
    return tuple(
        Line(name=rule, accepted=accepted[rule], rejected=rejected[rule]) for rule in rules
    )


def _keys(found: Gathered, by: By, period: Period) -> tuple[Sequence[str], Column, Column, Column]:
    """Names, and the place of each arrival, report and retake among them."""
    none = np.empty(0, np.int64)
    match by:
        case "whole":
            zeros = [np.zeros(len(c), np.int64) for c in (found.arrived_day, found.day)]
            return ("",), zeros[0], zeros[1], np.zeros(len(found.retake_day), np.int64)
        case "period":
            begins = {day.toordinal(): period.begin(day).isoformat() for day in found.days}
            names = sorted(set(begins.values()))
            place = {day: names.index(begin) for day, begin in begins.items()}
            days = (found.arrived_day, found.day, found.retake_day)
            arrived, reports, retakes = (_looked_up(place, column) for column in days)
            return names, arrived, reports, retakes
        case "unit":
            return found.units, found.arrived_unit, found.unit, found.retake_unit
        case "reader":
            return found.readers, none, found.reader, none
        case "promise":
            return [str(promise) for promise in REPORT_PROMISES], none, found.promise, none


def _looked_up(place: Mapping[int, int], days: Column) -> Column:
    if not len(days):
        return days
    first = min(place)
    table = np.zeros(max(place) - first + 1, np.int64)
    for day, where in place.items():
        table[day - first] = where
    return table[days - first]


def _days_of(
    found: Gathered, by: By, names: Sequence[str], period: Period
) -> Mapping[str, Sequence[Day]]:
    """The days of each line, where a line is of whole days."""
    if by == "whole":
        return {names[0]: list(found.days.values())}
    if by != "period":
        return {}
    days: dict[str, list[Day]] = {}
    for day, figures in found.days.items():
        days.setdefault(period.begin(day).isoformat(), []).append(figures)
    return days


def _daily(days: Sequence[Day]) -> dict[str, object]:
    """What a day holds only as a whole."""
    if not days:
        return {}
    reviewed, endings = Counter[str](), Counter[str]()
    for day in days:
        reviewed.update(day.reviewed)
        endings.update(day.endings)
    return {
        "opened": spread(_joined([day.opened for day in days])),
        "told": spread(_joined([day.told for day in days])),
        "not_critical": endings[CaseState.NOT_CRITICAL],
        "unreachable": endings[CaseState.UNREACHABLE],
        "accepted": sum(sum(day.accepted.values()) for day in days),
        "rejected": sum(sum(day.rejected.values()) for day in days),
        "countersigned": reviewed[Outcome.COUNTERSIGNED],
        "replaced": reviewed[Outcome.REPLACED],
        "sent_back": reviewed[Outcome.SENT_BACK],
    }


class _Names:
    """Names of all days numbered together."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._places)

    def places(self, names: Sequence[str]) -> Column:
        """Place of each name of a day among all."""
        found = [self._places.setdefault(name, len(self._places)) for name in names]
        return np.array(found, np.int64)


def _joined(columns: Sequence[Sequence[int]]) -> Column:
    parts = [np.array(column, np.int64) for column in columns]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _ordinals(days: Mapping[date, Day], column: Callable[[Day], Sequence[int]]) -> Column:
    many = [len(column(day)) for day in days.values()]
    return np.repeat(np.array([day.toordinal() for day in days], np.int64), many)


def _renamed(
    days: Mapping[date, Day], places: Sequence[Column], column: Callable[[Day], Sequence[int]]
) -> Column:
    parts = [
        place[np.array(column(day), np.int64)]
        for place, day in zip(places, days.values(), strict=True)
        if column(day)
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _count(places: Column, many: int) -> Column:
    return np.bincount(places, minlength=many)

"""The wall, and the manager's numbers: what the figures of many days say."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from farlead.access.accounts import Right, Session, require
from farlead.desk import sheets
from farlead.desk.gathering import Gathered, gathered, lines_of, rules_of, spread
from farlead.errors import FarleadError
from farlead.messages import Language, message
from farlead.model.numbers import Day, Line, Numbers, Period, Promise
from farlead.model.wall import Band, Turnaround, Wall
from farlead.settings import Promised
from farlead.store import Store

#: Past days that say what is usual, and how few of them say nothing.
USUAL_DAYS, LEAST_DAYS = 28, 5
#: Longest time that numbers are made of.
LONGEST = timedelta(days=366 * 2)


class FiguresDesk:
    """Figures for whoever may see them. Every method blocks.

    Parameters
    ----------
    store : Store
    session : Session
    promised : Promised
        What times are compared with.
    """

    def __init__(self, store: Store, session: Session, promised: Promised) -> None:
        self._store, self._session, self._promised = store, session, promised
        self._usual: tuple[date, Band | None] | None = None

    def wall(self) -> Wall:
        """Everything on the wall, now."""
        require(self._session, Right.SEE_FIGURES)
        wall, times = self._store.wall()
        turnaround = tuple(
            Turnaround(each, self._limit(each), *_counted(times.get(each, ()))) for each in Promise
        )
        today = wall.taken.astimezone().date()
        return replace(wall, turnaround=turnaround, usual=self._usual_of(today))

    def numbers(self, first: date, last: date, period: Period) -> Numbers:
        """What happened from `first` to `last`, both included.

        Raises
        ------
        FarleadError
            The days are the wrong way round, or too many.
        """
        require(self._session, Right.SEE_FIGURES)
        return numbers_of(self._store, self._promised, first, last, period)

    def export(self, numbers: Numbers, file: Path, language: Language) -> None:
        """Write numbers to a file, by its ending; audited before. FarleadError."""
        require(self._session, Right.SEE_FIGURES)
        session = self._session
        detail = {"first": str(numbers.first), "last": str(numbers.last)}
        self._store.audit(session.account.login, "numbers.exported", "numbers", detail)
        sheets.write(numbers, file, language)

    def _limit(self, promise: Promise) -> float:
        return float(getattr(self._promised, promise))

    def _usual_of(self, today: date) -> Band | None:
        """What is usual: of days that are over, so it is made once a day."""
        if self._usual is None or self._usual[0] != today:
            last = today - timedelta(days=1)
            hours = self._store.hours_of(today - timedelta(days=USUAL_DAYS), last)
            self._usual = (today, _band(hours))
        return self._usual[1]


def numbers_of(
    store: Store, promised: Promised, first: date, last: date, period: Period
) -> Numbers:
    """What happened from `first` to `last`, for whoever stands at the machine; FarleadError."""
    if not timedelta() <= last - first <= LONGEST:
        raise FarleadError(message("numbers.wrong_days", first=str(first), last=str(last)))
    found = _numbers(store.days(first, last), first, last, period, promised)
    units = {unit.code: unit.name for unit in store.units()}
    readers = {account.login: account.name for account in store.accounts()}
    return replace(found, units=_named(found.units, units), readers=_named(found.readers, readers))


def _named(lines: Sequence[Line], names: Mapping[str, str]) -> tuple[Line, ...]:
    """Lines under names; two of the same name have what tells them apart behind it."""
    borne = Counter(names.values())
    said = {key: name if borne[name] == 1 else f"{name} ({key})" for key, name in names.items()}
    return tuple(replace(line, name=said.get(line.name, line.name)) for line in lines)


def _counted(seconds: Iterable[int]) -> tuple[int, float | None, float | None]:
    found = spread(np.fromiter(seconds, np.int64))
    return found.count, found.median, found.p90


def _band(days: Iterable[Sequence[int]]) -> Band | None:
    """The middle four fifths of what arrived in each hour; None of too few days."""
    counts = [np.bincount(hours, minlength=24) for hours in days]
    if len(counts) < LEAST_DAYS:
        return None
    low, high = np.percentile(np.array(counts), [10, 90], axis=0)
    return Band(tuple(low.tolist()), tuple(high.tolist()), len(counts))


def _numbers(
    days: Mapping[date, Day], first: date, last: date, period: Period, promised: Promised
) -> Numbers:
    limits: NDArray[np.float64] = np.array(
        [
            promised.ecg_emergency,
            promised.ecg_routine,
            promised.imaging_urgent,
            promised.imaging_routine,
        ],
        np.float64,
    )
    found: Gathered = gathered(days, limits)
    (whole,) = lines_of(found, "whole", period)
    return Numbers(
        first=first,
        last=last,
        period=period,
        whole=whole,
        periods=lines_of(found, "period", period),
        units=_busiest(lines_of(found, "unit", period)),
        readers=_busiest(lines_of(found, "reader", period)),
        promises=lines_of(found, "promise", period),
        rules=rules_of(days.values()),
    )


def _busiest(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Whoever has the most reports first."""
    return tuple(sorted(lines, key=lambda line: (-line.reports.count, -line.arrived, line.name)))

"""What happened on one day, in columns, and what is made of many days for the manager.

A day holds the events of that day: arrivals, first signatures, retakes asked, cases of critical
values and second signatures that ended. None of them changes afterwards, so a finished day is
written down once.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from farlead.model.study import Kind, Priority

#: Form of a kept day; one of another form is counted anew.
FORM = 3


class Promise(StrEnum):
    """What is promised different times; the fields of ``farlead.settings.Promised``."""

    CRITICAL_FIRST_LOOK = "critical_first_look"
    ECG_EMERGENCY = "ecg_emergency"
    ECG_ROUTINE = "ecg_routine"
    IMAGING_URGENT = "imaging_urgent"
    IMAGING_ROUTINE = "imaging_routine"


#: Promises of reports, by number in a day's column.
REPORT_PROMISES = (
    Promise.ECG_EMERGENCY,
    Promise.ECG_ROUTINE,
    Promise.IMAGING_URGENT,
    Promise.IMAGING_ROUTINE,
)


def promise_of(kind: str, priority: int) -> int:
    """Place in :data:`REPORT_PROMISES` of what was promised for a study.

    >>> REPORT_PROMISES[promise_of("ct", 0)].value
    'imaging_routine'
    """
    asked = priority > Priority.ROUTINE
    return (0 if asked else 1) + (0 if kind == Kind.ECG else 2)


class Period(StrEnum):
    """What numbers are gathered by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def begin(self, day: date) -> date:
        """First day of the period of a day; weeks begin on Monday.

        >>> Period.WEEK.begin(date(2026, 11, 22))
        datetime.date(2026, 11, 16)
        """
        match self:
            case Period.DAY:
                return day
            case Period.WEEK:
                return date.fromordinal(day.toordinal() - day.weekday())
            case Period.MONTH:
                return day.replace(day=1)


@dataclass(frozen=True, slots=True)
class Day:
    """The events of one day; columns of one event have the same length.

    Parameters
    ----------
    units, readers : tuple of str
        Codes and log-ins, which are one unit's and one person's alone; the columns count in them.
    arrived_unit, arrived_hour : tuple of int
        Studies that arrived.
    unit, reader, promise, hour, seconds : tuple of int
        Reports signed for the first time; seconds from the arrival to the signature. One that is
        sent back and signed again stays with its first signature.
    retakes : tuple of int
        Retakes asked, by unit.
    opened, told : tuple of int
        Cases of critical values: seconds from the suspicion until a reader first opened the study,
        of those opened; and until the unit had repeated it, of those that ended as told.
    endings : mapping of ending to int
        Cases of critical values that ended, by how (:class:`~farlead.model.lives.CaseState`).
    accepted, rejected : mapping of rule to int
        What readers made of suggestions.
    reviewed : mapping of outcome to int
        Second signatures.
    """

    units: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    arrived_unit: tuple[int, ...] = ()
    arrived_hour: tuple[int, ...] = ()
    unit: tuple[int, ...] = ()
    reader: tuple[int, ...] = ()
    promise: tuple[int, ...] = ()
    hour: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    retakes: tuple[int, ...] = ()
    opened: tuple[int, ...] = ()
    told: tuple[int, ...] = ()
    endings: dict[str, int] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict)
    reviewed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spread:
    """How many there were, and how long they took: median and p90 in seconds; None without any."""

    count: int = 0
    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers of one period, unit, reader or rule.

    Parameters
    ----------
    name : str
        First day of the period (ISO), or the name of the unit, reader or rule.
    reports : Spread
        Signed for the first time, with their turnaround in seconds.
    late : int
        Of these, those that took longer than was promised.
    opened, told : Spread
        Cases of critical values, from the suspicion to the first look, and until the unit had
        repeated it, of those that ended as told.
    not_critical, unreachable : int
        Cases that ended otherwise.
    """

    name: str
    arrived: int = 0
    reports: Spread = Spread()
    late: int = 0
    retakes: int = 0
    opened: Spread = Spread()
    told: Spread = Spread()
    not_critical: int = 0
    unreachable: int = 0
    accepted: int = 0
    rejected: int = 0
    countersigned: int = 0
    replaced: int = 0
    sent_back: int = 0

    @property
    def cases(self) -> int:
        """Cases of critical values that ended, in whichever way."""
        return self.told.count + self.not_critical + self.unreachable

    @property
    def retake_rate(self) -> float | None:
        """Retakes asked for each study that arrived."""
        return self.retakes / self.arrived if self.arrived else None

    @property
    def agreement(self) -> float | None:
        """Accepted suggestions among those decided."""
        decided = self.accepted + self.rejected
        return self.accepted / decided if decided else None

    @property
    def changed(self) -> float | None:
        """Second signatures that changed the report or sent it back, among all."""
        all_ = self.countersigned + self.replaced + self.sent_back
        return (self.replaced + self.sent_back) / all_ if all_ else None


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the manager sees: the whole time, by period, by unit, by reader, by promise, by rule."""

    first: date
    last: date
    period: Period
    whole: Line
    periods: tuple[Line, ...]
    units: tuple[Line, ...]
    readers: tuple[Line, ...]
    promises: tuple[Line, ...]
    rules: tuple[Line, ...]

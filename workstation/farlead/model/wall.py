"""The figures of the wall screen at one moment. No patient is named in them."""

from dataclasses import dataclass
from datetime import datetime

from farlead.messages import Message
from farlead.model.numbers import Promise
from farlead.model.study import Severity


@dataclass(frozen=True, slots=True)
class Waiting:
    """Studies that nobody has in hand, of one urgency; `oldest` is the arrival of the first."""

    severity: Severity
    count: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A critical value that the unit has not confirmed.

    `reader` is who looks after it, empty when nobody does; `calls` how often the unit was tried.
    """

    study: int
    unit: str
    finding: Message | None
    since: datetime
    reader: str = ""
    calls: int = 0


@dataclass(frozen=True, slots=True)
class EndedCase:
    """A critical value whose case ended today."""

    unit: str
    since: datetime
    ended: datetime


@dataclass(frozen=True, slots=True)
class UnitLine:
    """How a unit stands: its last study, what waits, what is on its way back.

    `trouble` is what is wrong with its way in; `seen` when that was last looked at.
    """

    name: str
    arrived: datetime | None = None
    waiting: int = 0
    deliveries: int = 0
    parked: int = 0
    seen: datetime | None = None
    trouble: Message | None = None


@dataclass(frozen=True, slots=True)
class Turnaround:
    """Times of today against a promise, in seconds; None without any."""

    promise: Promise
    promised: float
    count: int = 0
    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """Counts for each hour of a day, 24 numbers."""

    arrived: tuple[int, ...]
    reported: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """What is usual in each hour: the middle four fifths of past days, and how many these are."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    days: int


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything on the wall.

    Parameters
    ----------
    taken : datetime
        Age of the figures.
    difference : int
        Arrivals less studies in all states: anything but 0 is a loss.
    counted : datetime
        When the balance was counted.
    stations, readers : int
        With a study in hand now; who has one in hand or signed within the last quarter of an hour.
    """

    taken: datetime
    waiting: tuple[Waiting, ...]
    cases: tuple[OpenCase, ...]
    ended: tuple[EndedCase, ...]
    hours: Hours
    usual: Band | None
    turnaround: tuple[Turnaround, ...]
    units: tuple[UnitLine, ...]
    stations: int
    readers: int
    deliveries: int
    parked: int
    difference: int
    counted: datetime

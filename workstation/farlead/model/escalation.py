"""When the clock of a critical value has run too long, and who is told then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: Number of the mark for a suspicion that nobody has opened; the others count from 1.
UNOPENED = 0


class Tells(StrEnum):
    """Who is told at a mark."""

    SENIOR_READER = "senior_reader"
    DUTY_MANAGER = "duty_manager"
    ALL_STATIONS = "all_stations"


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of the clock.

    Parameters
    ----------
    number : int
        From 0; :data:`UNOPENED` counts only while nobody has opened the study.
    after : timedelta
        Since the suspicion.
    tells : Tells
    name, phone : str
        The person on duty and the number, where the settings name them.
    """

    number: int
    after: timedelta
    tells: Tells
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """A mark that was reached: when it was due, when it was told, and to whom."""

    mark: Mark
    due: datetime
    at: datetime
    station: str


def reached(
    marks: Sequence[Mark],
    since: datetime,
    now: datetime,
    *,
    seen: datetime | None,
    received: datetime | None,
) -> list[Mark]:
    """Marks that the clock has passed while what they wait for had not happened.

    Parameters
    ----------
    marks : sequence of Mark
    since, now : datetime
    seen : datetime or None
        When a reader first opened the study.
    received : datetime or None
        When the unit first had it: reached, receiver named, repeated.
    """
    found = []
    for mark in marks:
        ends = [received, seen] if mark.number == UNOPENED else [received]
        due = since + mark.after
        if due <= now and not any(end is not None and end <= due for end in ends):
            found.append(mark)
    return found

"""Handing over a shift: what is left, who gives it and who takes it on."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Left(StrEnum):
    """Why something is handed over."""

    HELD = "held"  # in hand when the shift is given, nothing written
    DRAFT = "draft"  # a report that is begun
    CHECKED = "checked"  # seen and checked, not signed
    CASE = "case"  # a critical value that runs
    AT_RISK = "at_risk"  # waits, and its promised time is near


@dataclass(frozen=True, slots=True)
class LeftOver:
    """One thing that is left.

    Parameters
    ----------
    kind : Left
    study, number : int, str
    unit : str
        Name of the unit.
    due : datetime
        Promised time; of a critical value since when its clock runs.
    """

    kind: Left
    study: int
    number: str
    unit: str
    due: datetime


@dataclass(frozen=True, slots=True)
class HandOver:
    """A shift that was handed over; `taken` is None until somebody has accepted it."""

    id: int
    giver: int
    giver_name: str
    station: str
    given: datetime
    note: str
    items: tuple[LeftOver, ...]
    taken: datetime | None = None
    taker_name: str = ""

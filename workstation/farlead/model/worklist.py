"""Rows of the list, and the one formula of their order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from farlead.messages import Message, message
from farlead.model.report import Claim
from farlead.model.screening import Screening
from farlead.model.study import Kind, Priority, ScreeningState, Severity, Study

#: Screening that takes longer than this counts as unknown.
SCREENING_LIMIT = timedelta(seconds=10)

_REQUESTED = {
    Priority.ROUTINE: Severity.NOT_SCREENED,
    Priority.URGENT: Severity.URGENT,
    Priority.EMERGENCY: Severity.URGENT,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A study as the list shows it.

    `screening` is None unless its state is done; `failure` says why screening failed.
    """

    study: Study
    screening_state: ScreeningState
    screening: Screening | None = None
    failure: Message | None = None
    claim: Claim | None = None
    has_draft: bool = False


def severity(row: Row, now: datetime) -> Severity:
    """Rank of a row: screening may raise what the unit asked for, never lower it.

    Unknown is never safe: pending over 10 s, failed, and a screening that could not judge
    rank with urgent at least.
    """
    return max(_screened(row, now), _REQUESTED[row.study.request.priority])


def unknown(row: Row, now: datetime) -> bool:
    """Whether the row must be looked at because screening cannot vouch for it."""
    match row.screening_state:
        case ScreeningState.FAILED:
            return True
        case ScreeningState.PENDING:
            return now - row.study.arrived > SCREENING_LIMIT
        case ScreeningState.DONE:
            return row.screening is None or not row.screening.known
        case ScreeningState.NOT_APPLICABLE:
            return False


def _screened(row: Row, now: datetime) -> Severity:
    if unknown(row, now):
        found = row.screening.severity if row.screening else Severity.URGENT
        return max(found, Severity.URGENT)
    if row.screening is not None:
        return row.screening.severity
    return Severity.NOT_SCREENED


def order(row: Row, now: datetime) -> tuple[int, bool, int, datetime, datetime, int]:
    """Sort key, smallest first: severity, unknown first, request, time left, age.

    The same on every station; ties end with the number of the study. An unscreened ECG stands
    before a screened one of equal severity.
    """
    study = row.study
    return (
        -severity(row, now),
        not unknown(row, now),
        -study.request.priority,
        study.due,
        study.arrived,
        study.id,
    )


def reason(row: Row, now: datetime) -> Message:
    """Why a row stands where it stands, in one line."""
    if unknown(row, now):
        return message("worklist.reason.unknown")
    rank = severity(row, now)
    if _screened(row, now) < rank:
        return message("worklist.reason.requested")
    if row.screening_state is ScreeningState.PENDING:
        return message("worklist.reason.pending")
    return message(f"worklist.reason.{rank.name.lower()}")


@dataclass(frozen=True, slots=True)
class Source:
    """State of one way in: its name, when it was last looked at, and what is wrong with it."""

    name: str
    seen: datetime | None
    trouble: Message | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; None is "all"."""

    unit: str | None = None
    kind: Kind | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Worklist:
    """The list at one moment, in order.

    `taken` is the age of these figures: the time they were read.
    """

    rows: tuple[Row, ...]
    taken: datetime
    sources: tuple[Source, ...] = ()
    signed_today: int = 0
    median_turnaround: timedelta | None = None
    deliveries_waiting: int = 0
    deliveries_parked: int = 0
    quarantined: int = 0

"""Rows of the list, and the one formula of their order."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from farlead.messages import Message, message
from farlead.model.lives import DeliveryState
from farlead.model.report import Claim
from farlead.model.review import Review
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

    `screening` is None unless its state is done; `failure` says why screening failed; `review`
    is the second signature that it waits for, `sent_back_to` the account that must mend its
    draft. `brought` says how far a reported study is at its destinations, where that was asked
    for: the worst of them counts.
    """

    study: Study
    screening_state: ScreeningState
    screening: Screening | None = None
    failure: Message | None = None
    claim: Claim | None = None
    has_draft: bool = False
    review: Review | None = None
    sent_back_to: int | None = None
    brought: DeliveryState | None = None


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
    if row.screening is not None:
        found = row.screening.rank
        return max(found, Severity.URGENT) if unknown(row, now) else found
    return Severity.URGENT if unknown(row, now) else Severity.NOT_SCREENED


def order(row: Row, now: datetime) -> tuple[bool, int, bool, int, datetime, datetime, int]:
    """Sort key, smallest first: a second signature overdue, severity, unknown, request, time, age.

    The same on every station; ties end with the number of the study. An unscreened ECG stands
    before a screened one of equal severity.
    """
    study = row.study
    return (
        row.review is None or not row.review.escalated(now),
        -severity(row, now),
        not unknown(row, now),
        -study.request.priority,
        study.due,
        study.arrived,
        study.id,
    )


def turns(row: Row, now: datetime) -> datetime | None:
    """From when on the row may stand elsewhere without any change of it; None: never.

    A screening that takes too long becomes unknown, a second signature overdue.
    """
    moments = []
    if row.screening_state is ScreeningState.PENDING:
        moments.append(row.study.arrived + SCREENING_LIMIT + timedelta.resolution)
    if row.review is not None and row.review.escalates is not None:
        moments.append(row.review.escalates)
    return min((moment for moment in moments if moment > now), default=None)


def reason(row: Row, now: datetime) -> Message:
    """Why a row stands where it stands, in one line: who asked for it, or which rule."""
    if unknown(row, now):
        return message("worklist.reason.unknown", cause=f"@worklist.unknown.{_why(row)}")
    rank = severity(row, now)
    if _screened(row, now) < rank:
        asked = row.study.request.priority.name.lower()
        return message("worklist.reason.requested", asked=f"@worklist.asked.{asked}")
    if row.screening_state is ScreeningState.PENDING:
        return message("worklist.reason.pending")
    return _by_screening(row, rank)


def _why(row: Row) -> str:
    """What became of the screening that cannot vouch for this row."""
    if row.screening_state is ScreeningState.DONE:
        return "judged"
    return "failed" if row.screening_state is ScreeningState.FAILED else "pending"


def _by_screening(row: Row, rank: Severity) -> Message:
    name = rank.name.lower()
    found = row.screening
    if found is None or rank < Severity.URGENT:
        return message(f"worklist.reason.{name}")
    if found.severity < rank:
        return message("worklist.reason.unfit")
    flag = found.gravest
    if flag is None:
        return message(f"worklist.reason.{name}")
    more = sum(other.severity is flag.severity for other in found.flags) - 1
    several = "_and_more" if more else ""
    return message(f"worklist.reason.{name}_by{several}", rule=flag.rule, more=more)


@dataclass(frozen=True, slots=True)
class Source:
    """State of one way in: when it was last looked at, what is wrong, when it last went well."""

    name: str
    seen: datetime | None
    trouble: Message | None = None
    good: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list is narrowed to; None is "all".

    `rank` is what screening and request make of a study (:func:`severity`), `day` the day on which
    it arrived, by the calendar here.
    """

    unit: str | None = None
    kind: Kind | None = None
    mine: bool = False
    rank: Severity | None = None
    day: date | None = None

    def passes(self, row: Row, now: datetime) -> bool:
        """Whether a row is what is asked for; whose it is, is not looked at here."""
        study = row.study
        return (
            self.unit in (None, study.unit.code)
            and self.kind in (None, study.kind)
            and (self.rank is None or self.rank is severity(row, now))
            and (self.day is None or self.day == study.arrived.astimezone().date())
        )


@dataclass(frozen=True, slots=True)
class Worklist:
    """The list at one moment, in order.

    `taken` is the age of these figures: the time they were read. Of the deliveries that wait,
    `deliveries_sent` are handed over and not confirmed.
    """

    rows: tuple[Row, ...]
    taken: datetime
    sources: tuple[Source, ...] = ()
    signed_today: int = 0
    median_turnaround: timedelta | None = None
    deliveries_waiting: int = 0
    deliveries_sent: int = 0
    deliveries_parked: int = 0
    quarantined: int = 0

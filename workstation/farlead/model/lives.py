"""The lives: study, report version, delivery, the case of a critical value, and the order.

One definition, used twice: :meth:`Life.check` here, and the database's triggers, which the
store makes from the same tables. An unknown step is an error in both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from farlead.errors import IllegalTransition


class StudyState(StrEnum):
    """State of a study."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    CHECKED = "checked"  # read, reserved for its reader, waiting for signature
    REPORTED = "reported"
    QUARANTINED = "quarantined"  # could not be read; reason and original bytes kept
    RETAKE_REQUESTED = "retake_requested"
    WITHDRAWN = "withdrawn"


class ReportState(StrEnum):
    """State of one version of a report."""

    DRAFT = "draft"
    FIRST_SIGNED = "first_signed"  # signed by the author, may wait for a second signature
    FINAL = "final"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class DeliveryState(StrEnum):
    """State of one report version on its way to one destination."""

    DUE = "due"
    SENT = "sent"  # handed over, outcome not confirmed yet
    CONFIRMED = "confirmed"
    PARKED = "parked"  # waits for a person
    DROPPED = "dropped"  # something newer was to be told before this had arrived


class CaseState(StrEnum):
    """State of the case of a critical value; three ways to end it, none by default."""

    SUSPECTED = "suspected"  # raised by screening; its clock runs, no reader has judged it
    OPEN = "open"
    TOLD = "told"  # the unit has repeated it
    NOT_CRITICAL = "not_critical"
    UNREACHABLE = "unreachable"  # somebody else took over


class OrderState(StrEnum):
    """State of a request that a unit's system sent apart from the study."""

    WAITING = "waiting"  # for its study, or for a person
    JOINED = "joined"
    CANCELLED = "cancelled"  # by the unit; a study that it was joined to stays
    CLOSED = "closed"  # by a person, with a reason


S = TypeVar("S", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Life(Generic[S]):
    """A state table.

    Parameters
    ----------
    name : str
        Name of the life, also that of its table in the store.
    born : frozenset
        States in which a row may be inserted.
    steps : mapping
        For each state the states that may follow it.
    """

    name: str
    born: frozenset[S]
    steps: Mapping[S, frozenset[S]]

    def allows(self, old: S, new: S) -> bool:
        """Whether `new` may follow `old`; staying is no step and always allowed."""
        return old == new or new in self.steps[old]

    def check(self, old: S, new: S) -> None:
        """Raise IllegalTransition unless `new` may follow `old`."""
        if not self.allows(old, new):
            raise IllegalTransition(self.name, old, new)


_S, _R, _D = StudyState, ReportState, DeliveryState

STUDY: Life[StudyState] = Life(
    "study",
    born=frozenset({_S.WAITING, _S.QUARANTINED}),
    steps={
        _S.WAITING: frozenset({_S.CLAIMED, _S.RETAKE_REQUESTED, _S.WITHDRAWN}),
        _S.CLAIMED: frozenset(
            {_S.WAITING, _S.CHECKED, _S.REPORTED, _S.RETAKE_REQUESTED, _S.WITHDRAWN}
        ),
        _S.CHECKED: frozenset({_S.WAITING, _S.CLAIMED, _S.REPORTED, _S.WITHDRAWN}),
        _S.REPORTED: frozenset({_S.CLAIMED}),  # to amend its report
        _S.QUARANTINED: frozenset({_S.WAITING, _S.WITHDRAWN}),
        _S.RETAKE_REQUESTED: frozenset({_S.WAITING, _S.WITHDRAWN}),
        _S.WITHDRAWN: frozenset(),
    },
)

REPORT: Life[ReportState] = Life(
    "report",
    born=frozenset({_R.DRAFT}),
    steps={
        _R.DRAFT: frozenset({_R.FIRST_SIGNED}),
        # Superseded without having been final: the second reader has changed it.
        _R.FIRST_SIGNED: frozenset({_R.DRAFT, _R.FINAL, _R.SUPERSEDED}),
        _R.FINAL: frozenset({_R.SUPERSEDED, _R.WITHDRAWN}),
        _R.SUPERSEDED: frozenset(),
        _R.WITHDRAWN: frozenset(),
    },
)

DELIVERY: Life[DeliveryState] = Life(
    "delivery",
    born=frozenset({_D.DUE}),
    steps={
        # sent -> due is the repeat to a receiver that remembers identifiers;
        # parked -> due is a person's "try again".
        _D.DUE: frozenset({_D.SENT, _D.PARKED, _D.DROPPED}),
        _D.SENT: frozenset({_D.CONFIRMED, _D.PARKED, _D.DUE}),
        _D.CONFIRMED: frozenset(),
        _D.PARKED: frozenset({_D.DUE, _D.DROPPED}),
        _D.DROPPED: frozenset(),
    },
)

_C = CaseState

CASE: Life[CaseState] = Life(
    "critical_case",
    born=frozenset({_C.SUSPECTED, _C.OPEN}),
    steps={
        _C.SUSPECTED: frozenset({_C.OPEN, _C.NOT_CRITICAL}),
        _C.OPEN: frozenset({_C.TOLD, _C.NOT_CRITICAL, _C.UNREACHABLE}),
        _C.TOLD: frozenset(),
        _C.NOT_CRITICAL: frozenset(),
        _C.UNREACHABLE: frozenset(),
    },
)

_O = OrderState

ORDER: Life[OrderState] = Life(
    "study_order",
    born=frozenset({_O.WAITING, _O.CANCELLED}),
    steps={
        _O.WAITING: frozenset({_O.JOINED, _O.CANCELLED, _O.CLOSED}),
        _O.JOINED: frozenset({_O.WAITING, _O.CANCELLED, _O.CLOSED}),
        _O.CANCELLED: frozenset({_O.WAITING}),  # ordered again
        _O.CLOSED: frozenset({_O.WAITING, _O.CANCELLED}),  # opened again
    },
)

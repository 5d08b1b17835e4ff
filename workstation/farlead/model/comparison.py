"""What the comparison with a patient's earlier ECG told; that there is none is a result too."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from farlead.messages import Message, message
from farlead.model.lives import StudyState
from farlead.model.study import Kind, Study


class Compared(StrEnum):
    """How far an ECG could be compared."""

    NONE = "none"  # the same patient has no earlier ECG here
    DONE = "done"
    NOT_COMPARABLE = "not_comparable"  # one of them cannot be measured
    UNREAD = "unread"  # there is one, but it could not be read


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure then and now; None where it could not be measured."""

    name: str
    unit: str
    earlier: float | None
    now: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparison of a recording with the last one before it of the same patient.

    Parameters
    ----------
    state : Compared
    recorded : datetime or None
        When the earlier one was recorded, where its file says so.
    differences : tuple of Difference
    unread : tuple of Message
        Why earlier recordings could not be read.
    """

    state: Compared = Compared.NONE
    recorded: datetime | None = None
    differences: tuple[Difference, ...] = ()
    unread: tuple[Message, ...] = ()

    @property
    def text(self) -> Message:
        """What is shown of it, in one line."""
        if self.state is Compared.UNREAD:
            return message("comparison.unread", count=len(self.unread))
        if self.state is not Compared.NONE and self.recorded is None:
            return message(f"comparison.{self.state}_undated")
        if self.state is Compared.NONE:
            return message("comparison.none")
        day = self.recorded.strftime("%Y-%m-%d") if self.recorded else ""
        return message(f"comparison.{self.state}", day=day)

    def without(self, reasons: tuple[Message, ...]) -> Self:
        """The same, and earlier recordings that could not be read are told."""
        if not reasons:
            return self
        state = Compared.UNREAD if self.state is Compared.NONE else self.state
        return replace(self, state=state, unread=reasons)


def ecgs_before(study: Study, others: Iterable[Study]) -> Iterator[Study]:
    """Those of `others` that this study's ECG may be compared with, in their order.

    Parameters
    ----------
    study : Study
        A document that speaks of several people is nobody's: nothing is compared with it.
    others : iterable of Study
        Other studies of the same patient.
    """
    if study.identity_conflict:
        return
    at = study.acquired or study.arrived
    for other in others:
        readable = other.kind is Kind.ECG and other.state is not StudyState.QUARANTINED
        recorded = other.acquired or other.arrived
        if readable and not other.identity_conflict and recorded <= at:
            yield other

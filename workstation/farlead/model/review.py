"""The second signature: what waits for it, and what the second reader said."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: Place of a remark that belongs to no line of the report.
WHOLE = "whole"


class Outcome(StrEnum):
    """How a review ended."""

    COUNTERSIGNED = "countersigned"  # unchanged: a second signature in the same file
    REPLACED = "replaced"  # changed: a new version, signed by the second reader alone
    SENT_BACK = "sent_back"  # with remarks, to its author


@dataclass(frozen=True, slots=True)
class Review:
    """A report that waits for its second signature.

    Parameters
    ----------
    report, author : int
        The first-signed version and who signed it.
    asked : datetime
        When it was first signed.
    escalates : datetime or None
        From when it stands on top of the second readers' list; None for what is not urgent.
    """

    report: int
    author: int
    author_name: str
    asked: datetime
    escalates: datetime | None = None

    def escalated(self, now: datetime) -> bool:
        """Whether it has waited too long."""
        return self.escalates is not None and self.escalates <= now


@dataclass(frozen=True, slots=True)
class Remark:
    """What the second reader said at a place of the report.

    Parameters
    ----------
    place : str
        ``statement:CODE``, ``findings``, ``conclusion`` or ``whole``.
    text : str
    reader : str
        Who said it; empty before it is sent.
    at : datetime or None
    """

    place: str
    text: str
    reader: str = ""
    at: datetime | None = None

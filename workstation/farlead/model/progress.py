"""How far a study is, as its unit is told."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """What a unit sees of a study; the words are ``progress.STATUS``."""

    RECEIVED = "received"
    UNREADABLE = "unreadable"
    READING = "reading"
    PRELIMINARY = "preliminary"  # waits for its second signature
    SIGNED = "signed"
    DELIVERED = "delivered"  # every way has confirmed
    CORRECTING = "correcting"
    REPORT_WITHDRAWN = "report_taken"
    RETAKE = "retake"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one study is, for one place where its unit is told.

    Parameters
    ----------
    study : int
    destination : str
    status : Status
    critical : bool
        A case of a critical value is open.
    since : datetime
        When it became so, by the store's clock.
    failures : int
        Tries in a row that failed.
    """

    study: int
    destination: str
    status: Status
    critical: bool
    since: datetime
    failures: int = 0

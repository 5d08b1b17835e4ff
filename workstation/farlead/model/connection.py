"""What stands between this installation and a system outside, as a person wants to know it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from farlead.messages import Message


class Way(StrEnum):
    """What kind of system it is, and which way things go."""

    INBOX = "inbox"
    ARCHIVE = "archive"
    LISTENER = "listener"
    FOLDER = "folder"
    STOW = "stow"
    STORE = "store"
    HL7 = "hl7"
    FHIR = "fhir"


@dataclass(frozen=True, slots=True)
class Connection:
    """One of them.

    Parameters
    ----------
    name : str
        Of the unit, the archive, or ``UNIT:WAY``.
    way : Way
    success : datetime or None
        When something last went well: a look, or a confirmed delivery.
    waiting, parked : int
        Deliveries on their way, and those that wait for a person.
    trouble : Message or None
        The last failure, while it lasts.
    """

    name: str
    way: Way
    success: datetime | None = None
    waiting: int = 0
    parked: int = 0
    trouble: Message | None = None

    @property
    def good(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.trouble is None and not self.parked


@dataclass(frozen=True, slots=True)
class Backlog:
    """How deliveries to one destination stand; `trouble` is the newest failure not yet mended."""

    waiting: int = 0
    parked: int = 0
    confirmed: datetime | None = None
    trouble: Message | None = None

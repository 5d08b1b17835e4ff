"""What stands between this installation and a system outside, as a person wants to know it."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from farlead.messages import Message
from farlead.model.report import NoticeKind


class Way(StrEnum):
    """What kind of system it is, and which way things go."""

    INBOX = "inbox"
    ARCHIVE = "archive"
    LISTENER = "listener"
    ORDERS = "orders"  # our HL7 service
    WORKLIST = "worklist"
    REQUESTS = "requests"  # of a FHIR server
    FOLDER = "folder"
    STOW = "stow"
    STORE = "store"
    HL7 = "hl7"
    FHIR = "fhir"
    REMOVED = "removed"  # the settings have it no longer, and something still waits for it


#: Ways by which things go out.
OUT = frozenset({Way.FOLDER, Way.STOW, Way.STORE, Way.HL7, Way.FHIR, Way.REMOVED})


class Standing(IntEnum):
    """How a connection stands, the worst last."""

    GOOD = 0
    UNKNOWN = 1  # nothing has gone through it yet
    WAITING = 2  # deliveries are on their way
    PARKED = 3  # a person is needed
    DOWN = 4  # the last look or try failed


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
    waiting, sent, parked : int
        Deliveries on their way, those of them that were handed over and are not confirmed, and
        those that wait for a person.
    trouble : Message or None
        The last failure, while it lasts.
    title : str
        What people call it: the unit's name, the archive's.
    address : str
        Where it is: folder, URL, or host and port.
    warning : Message or None
        What an engineer should mend though it works: its password stands in the settings in clear.
    """

    name: str
    way: Way
    success: datetime | None = None
    waiting: int = 0
    parked: int = 0
    trouble: Message | None = None
    title: str = ""
    address: str = ""
    sent: int = 0
    warning: Message | None = None

    @property
    def good(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.trouble is None and not self.parked

    @property
    def standing(self) -> Standing:
        """How it stands by what is known without asking it."""
        if self.trouble is not None and (self.waiting or not self.parked):
            return Standing.DOWN
        if self.parked:  # what failed is parked, and nothing is being tried
            return Standing.PARKED
        if self.waiting:
            return Standing.WAITING
        return Standing.GOOD if self.success is not None else Standing.UNKNOWN


@dataclass(frozen=True, slots=True)
class Backlog:
    """How deliveries to one destination stand; `trouble` is the newest failure not yet mended.

    Of those that wait, `sent` are handed over and not confirmed.
    """

    waiting: int = 0
    parked: int = 0
    confirmed: datetime | None = None
    trouble: Message | None = None
    sent: int = 0


@dataclass(frozen=True, slots=True)
class Parked:
    """A delivery that waits for a person: of which report, since when, after how many tries.

    `kind` is that of a notice; `version` is None for one that is about no report.
    """

    delivery: int
    number: str
    version: int | None
    since: datetime
    attempts: int
    why: Message | None = None
    kind: NoticeKind | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a connection said when it was asked; `trouble` is None when it answered."""

    connection: Connection
    at: datetime
    trouble: Message | None = None

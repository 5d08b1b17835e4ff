"""What outlives an outage of the database: drafts, reports ready to sign, calls, acts.

Plain values; the journal of a station keeps them, the desk hands them over.
"""

from dataclasses import dataclass, field
from datetime import datetime

from farlead.messages import Message, Parameter
from farlead.model.critical import CallMade, CriticalCase, Finding
from farlead.model.report import Claim, Draft


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What a reader wrote while the database was away.

    Parameters
    ----------
    study : int
    number : str
        As people know it.
    claim : Claim
        The hold under which it was written; one with the fencing number 0 was never the
        database's: the study was free when the station last saw the list.
    draft : Draft
    base : Draft
        What the database had, as far as the station knew.
    written : datetime
        By the clock of the station.
    seen : str or None
        SHA-256 of all that the signature will stand for; None for a draft.
    """

    study: int
    number: str
    claim: Claim
    draft: Draft
    base: Draft
    written: datetime
    seen: str | None = None

    @property
    def ready(self) -> bool:
        """Whether it waits for its signature."""
        return self.seen is not None


@dataclass(frozen=True, slots=True)
class KeptAct:
    """An act for the audit trail, and when it was done by the clock of the station."""

    actor: str
    action: str
    subject: str
    at: datetime
    detail: dict[str, Parameter | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KeptCase:
    """A critical value that was declared while the database was away.

    `case` is what the station shows meanwhile, under a number below 0 of its own.
    """

    case: CriticalCase
    finding: Finding


@dataclass(frozen=True, slots=True)
class KeptCall:
    """A call that was made while the database was away; `case` may be a :class:`KeptCase`'s."""

    case: int
    made: CallMade
    at: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """What somebody wrote about a study that another had taken meanwhile.

    Parameters
    ----------
    reader, station : str
        Who wrote it, and where.
    written, at : datetime
        When it was written by the station's clock, and when it was handed over.
    ready : bool
        It was ready to be signed.
    """

    reader: str
    station: str
    draft: Draft
    written: datetime
    at: datetime
    ready: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """How much a station keeps for the database."""

    drafts: int = 0
    ready: int = 0
    calls: int = 0

    def __bool__(self) -> bool:
        return bool(self.drafts or self.ready or self.calls)


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What became of what was kept, once the database was back.

    Parameters
    ----------
    held : Claim or None
        The hold on the study in hand as it is now; None where nothing was in hand, or `lost`.
    lost : Message or None
        Why the study in hand is this reader's no longer.
    saved, ready, offered, signed : tuple of str
        Numbers of studies whose draft was saved, which wait for one PIN, whose text was offered
        to another reader, and which turned out to be signed already.
    calls : int
        Calls that were entered into their cases.
    damaged : Message or None
        A journal that could not be read was put aside, and where it is.
    """

    held: Claim | None = None
    lost: Message | None = None
    saved: tuple[str, ...] = ()
    ready: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    calls: int = 0
    damaged: Message | None = None

"""What is on its way to a unit: a report, or word about a study; what every way gives and takes.

Identifiers of what is sent are made from the delivery's own, which was there before the first
try: a repeat carries the same, so a receiver that remembers them recognises it.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Protocol, runtime_checkable

from farlead.messages import Language, Message, message
from farlead.model.progress import Progress
from farlead.model.report import Asked, Delivery, Notice, ReportVersion
from farlead.model.study import Study
from farlead.reporting.structured import StructuredReport, read_structured

_MESSAGE_ID_LENGTH = 20
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Standing(StrEnum):
    """What a report that goes out counts for."""

    PRELIMINARY = "preliminary"  # waits for its second signature
    FINAL = "final"
    CORRECTED = "corrected"  # takes the place of a final one that may have arrived
    WITHDRAWN = "withdrawn"


def made_uid(identifier: str, what: str) -> str:
    """UID of something that is sent with the delivery of this identifier."""
    return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, f'{identifier} {what}').int}"


def made_message_id(identifier: str) -> str:
    """MSH-10 of the delivery of this identifier, at most 20 characters."""
    number = int.from_bytes(sha256(identifier.encode()).digest()[:13])
    letters = ""
    while number:
        number, digit = divmod(number, len(_LETTERS))
        letters = _LETTERS[digit] + letters
    return letters[:_MESSAGE_ID_LENGTH]


@dataclass(frozen=True)
class Parcel:
    """A signed report for one destination, or that it is withdrawn.

    Parameters
    ----------
    delivery : Delivery
    study : Study
    report : ReportVersion
    content : str
        Structured report (JSON), as attached to the PDF.
    pdf : bytes
        The signed file, never altered; empty for a withdrawal.
    series : mapping of SOP Instance UID -> Series Instance UID
        Of the DICOM objects that were read.
    standing : Standing
    before : tuple of Delivery
        Reports of the study that may have reached this destination before, the first one first.
    notice : Notice or None
        Of a preliminary report or a withdrawal.
    """

    delivery: Delivery
    study: Study
    report: ReportVersion
    content: str
    pdf: bytes
    series: Mapping[str, str] = field(default_factory=dict)
    standing: Standing = Standing.FINAL
    before: tuple[Delivery, ...] = ()
    notice: Notice | None = None

    @cached_property
    def said(self) -> StructuredReport:
        """What the report says, as it was signed; ValueError for content that is none."""
        return read_structured(self.content)

    @property
    def name(self) -> str:
        """Number and version, e.g. ``20261122-0007-v1``."""
        return f"{self.study.number}-v{self.report.version}"

    @property
    def at(self) -> datetime | None:
        """When it was signed, or withdrawn."""
        return self.report.signed if self.notice is None else self.notice.asked

    def uid(self, what: str) -> str:
        """UID of something that is sent, the same in every try."""
        return made_uid(self.delivery.identifier, what)

    @property
    def predecessor(self) -> Delivery | None:
        """The delivery of the report whose place this one takes, or that it withdraws."""
        return self.before[-1] if self.before else None

    @property
    def report_uid(self) -> str:
        """UID of the study's report at this destination, through all its versions."""
        first = self.before[0] if self.before else self.delivery
        return made_uid(first.identifier, "report")

    @property
    def message_id(self) -> str:
        """MSH-10, at most 20 characters, the same in every try."""
        return made_message_id(self.delivery.identifier)


@dataclass(frozen=True)
class Word:
    """Word about a study: it is to be recorded again, it has a critical value, or that is over.

    Parameters
    ----------
    delivery : Delivery
    study : Study
    notice : Notice
    first : str
        Identifier of the first delivery to this destination about the same request or case.
    """

    delivery: Delivery
    study: Study
    notice: Notice
    first: str

    @property
    def uid(self) -> str:
        """UID of what the destination knows this by, from the request to its end."""
        return made_uid(self.first, "word")

    @property
    def message_id(self) -> str:
        """MSH-10, at most 20 characters, the same in every try."""
        return made_message_id(self.delivery.identifier)


@dataclass(frozen=True)
class Told:
    """How far a study is, on its way to one place."""

    progress: Progress
    study: Study

    @property
    def words(self) -> Message:
        """In words."""
        return message(f"progress.{self.progress.status}")

    @property
    def message_id(self) -> str:
        """MSH-10, the same in every try."""
        at = self.progress.since.isoformat()
        return made_message_id(f"{self._name} {self.progress.status} {self.progress.critical} {at}")

    @property
    def uid(self) -> str:
        """UID of the study's task at this place."""
        return made_uid(self._name, "status")

    @property
    def _name(self) -> str:
        study = self.study
        return f"{study.number} {study.arrived.isoformat()} {self.progress.destination}"

    def text(self) -> str:
        """In both languages, for systems with one text field."""
        said = [self.words]
        if self.progress.critical:
            said.append(message("progress.critical"))
        return " / ".join("; ".join(each.text(spoken) for each in said) for spoken in Language)


@dataclass(frozen=True, slots=True)
class Receipt:
    """How it is known that a destination has a report: what is kept as proof."""

    proof: Message


@dataclass(frozen=True, slots=True)
class Awaited:
    """Handed over; the destination was asked to vouch for it and answers later.

    Parameters
    ----------
    asked : Asked
    patience : timedelta
        For so long its answer is waited for.
    told : Message
        What is kept in the delivery's history.
    """

    asked: Asked
    patience: timedelta
    told: Message


class Sender(Protocol):
    """One way to one destination."""

    #: Whether the receiver recognises a repeat. If not, a lost answer waits for a person.
    remembers: bool

    def send(self, sending: Parcel | Word) -> Receipt | Awaited:
        """Bring it there and make sure of it.

        Raises
        ------
        DeliveryFailed, PeerFailed
            PeerFailed with ``nothing_done`` False: it may be there.
        """

    def test(self) -> None:
        """Whether the destination answers; PeerFailed or DeliveryFailed says what is wrong."""

    def close(self) -> None:
        """Close connections."""


@runtime_checkable
class Teller(Protocol):
    """A way that can also tell how far a study is; DICOM has no object for that."""

    def tell(self, told: Told) -> None:
        """Bring it there; DeliveryFailed, PeerFailed."""

    def show(self, rows: Sequence[Told], at: datetime, language: Language) -> None:
        """Make a page of all that moved lately, where people look at such a page."""

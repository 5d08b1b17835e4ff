"""One report on its way, and what every way gives and takes.

Identifiers of what is sent are made from the delivery's own, which was there before the first
try: a repeat carries the same, so a receiver that remembers them recognises it.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Protocol

from farlead.messages import Message
from farlead.model.report import Delivery, ReportVersion
from farlead.model.study import Study
from farlead.reporting.structured import StructuredReport, read_structured

_MESSAGE_ID_LENGTH = 20
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Parcel:
    """A signed report for one destination.

    Parameters
    ----------
    delivery : Delivery
    study : Study
    report : ReportVersion
    content : str
        Structured report (JSON), as attached to the PDF.
    pdf : bytes
        The signed file, never altered.
    series : mapping of SOP Instance UID -> Series Instance UID
        Of the DICOM objects that were read.
    """

    delivery: Delivery
    study: Study
    report: ReportVersion
    content: str
    pdf: bytes
    series: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def said(self) -> StructuredReport:
        """What the report says, as it was signed; ValueError for content that is none."""
        return read_structured(self.content)

    @property
    def name(self) -> str:
        """Number and version, e.g. ``20261122-0007-v1``."""
        return f"{self.study.number}-v{self.report.version}"

    @property
    def corrects(self) -> bool:
        """Whether it takes the place of an earlier version."""
        return self.report.supersedes is not None

    def uid(self, what: str) -> str:
        """UID of something that is sent, the same in every try."""
        return f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, f'{self.delivery.identifier} {what}').int}"

    @property
    def message_id(self) -> str:
        """MSH-10, at most 20 characters, the same in every try."""
        number = int.from_bytes(sha256(self.delivery.identifier.encode()).digest()[:13])
        letters = ""
        while number:
            number, digit = divmod(number, len(_LETTERS))
            letters = _LETTERS[digit] + letters
        return letters[:_MESSAGE_ID_LENGTH]


@dataclass(frozen=True, slots=True)
class Receipt:
    """How it is known that a destination has a report: what is kept as proof."""

    proof: Message


class Sender(Protocol):
    """One way to one destination."""

    #: Whether the receiver recognises a repeat. If not, a lost answer waits for a person.
    remembers: bool

    def send(self, parcel: Parcel) -> Receipt:
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

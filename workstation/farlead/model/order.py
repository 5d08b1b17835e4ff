"""An order: a reading request that a unit's system sends apart from the study it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from farlead.messages import Message, message
from farlead.model.lives import OrderState
from farlead.model.people import Patient
from farlead.model.study import Kind, Request, Study


class Control(StrEnum):
    """What a message wants with an order, HL7 table 0119 in our words."""

    NEW = "new"
    CHANGE = "change"
    CANCEL = "cancel"
    LISTED = "listed"  # seen on a list that we asked for: new, or known already


@dataclass(frozen=True, slots=True)
class Order:
    """What a unit asks, as its system states it.

    Parameters
    ----------
    unit : str
        Code of the unit whose studies it can be about.
    placer, filler : str or None
        Numbers of the order at who placed it and at who fulfils it.
    patient : Patient
    request : Request
        With the accession number.
    requested : datetime or None
        When the examination was asked for, aware; the window in which its study is looked for
        lies around it.
    kind : Kind or None
        None fits any kind.
    """

    unit: str
    placer: str | None
    filler: str | None
    patient: Patient
    request: Request
    requested: datetime | None = None
    kind: Kind | None = None

    @property
    def number(self) -> str:
        """The number that people know it by."""
        return self.request.accession or self.placer or self.filler or ""


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """An order in the store.

    Parameters
    ----------
    source : str
        Peer of the settings from which it came.
    received : datetime
        When it first came.
    study, study_number : int or None, str or None
        What it is joined to; a cancelled one may still name its study.
    reason : str
        Why a person parted or closed it, the last time.
    """

    id: int
    order: Order
    source: str
    state: OrderState
    received: datetime
    study: int | None = None
    study_number: str | None = None
    reason: str = ""

    def told_joined(self, chosen: str) -> Message:
        """What became of joining it with the study of this number: that one, or what follows it."""
        if self.study_number in (None, chosen):
            return message("orders.joined", study=chosen)
        return message("orders.joined_anew", study=chosen, opened=self.study_number or "")


@dataclass(frozen=True, slots=True)
class OrderWindow:
    """How far order and study may lie apart, and after what time a missing study is told."""

    before: timedelta = timedelta(hours=2)
    after: timedelta = timedelta(hours=72)
    overdue: timedelta = timedelta(minutes=30)

    def holds(self, asked: datetime, done: datetime) -> bool:
        """Whether an examination at `done` can be the one that was asked for at `asked`."""
        return asked - self.before <= done <= asked + self.after


class Found(StrEnum):
    """By what a study was found for an order, the strongest first."""

    ACCESSION = "accession"
    NUMBER = "number"  # a number of the patient
    NAME = "name"  # only alike: never joined by the program


@dataclass(frozen=True, slots=True)
class Candidate:
    """A study that an order may be about, and the fields in which the two differ.

    `differs` holds names of fields of patient and request, and ``kind``, ``time``, ``taken`` (it
    has another order), ``parted`` (a person has parted the two).
    """

    study: Study
    by: Found
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order that a person must look at: the studies that it may be about, and why."""

    order: KeptOrder
    candidates: tuple[Candidate, ...]
    why: Message


def fitting(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that the order can be about.

    Where a study carries the order's accession number, others are not considered: the number
    names the request itself.
    """
    known = [each for each in candidates if each.by is not Found.NAME]
    named = [each for each in known if each.by is Found.ACCESSION]
    return [each for each in named or known if not each.differs]


def why_open(
    kept: KeptOrder, candidates: Sequence[Candidate], now: datetime, window: OrderWindow
) -> Message | None:
    """Why an order that waits needs a person; None while its study may still come."""
    fits = fitting(candidates)
    if len(fits) > 1:
        return message("orders.why.several", count=len(fits))
    if fits:
        return message("orders.why.rivals")
    named = [each for each in candidates if each.by is Found.ACCESSION]
    if named:
        return message("orders.why.accession")
    waited = now - kept.received
    if waited < window.overdue:
        return None
    if any(each.by is Found.NUMBER for each in candidates):
        return message("orders.why.patient")
    return message("orders.why.none", minutes=int(waited.total_seconds() // 60))


@dataclass(frozen=True, slots=True)
class PatientLink:
    """Two records of one patient: `kept` goes on, `other` was found to be the same.

    `source` is whose word it is; `ended` and `reason` say when and why a person parted them.
    """

    id: int
    kept: Patient
    other: Patient
    source: str
    made: datetime
    ended: datetime | None = None
    reason: str = ""

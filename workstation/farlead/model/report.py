"""Reports: drafts, signed versions, deliveries."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from farlead.messages import Message
from farlead.model.lives import DeliveryState, ReportState


class Modifier(StrEnum):
    """How a statement is qualified."""

    PROBABLE = "probable"
    NOT_EXCLUDED = "not_excluded"
    OLD = "old"
    NEW = "new"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Statement:
    """A coded diagnostic line as it stands in a report: the code with both texts.

    The texts are copied from the catalogue when it is chosen, with the words of its modifier, so
    that a signed report does not change with the catalogue. `free` lines have an empty code.
    """

    code: str
    zh: str
    en: str
    suggested: bool = False  # came from accepting a screening suggestion
    modifier: Modifier | None = None


class Decision(StrEnum):
    """What the reader made of a suggestion."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Ground(StrEnum):
    """Why a critical or urgent suggestion was rejected; its text is ``desk.ground.GROUND``."""

    ARTIFACT = "artifact"
    ELECTRODES = "electrodes"
    MEASUREMENT = "measurement"
    NOT_MET = "not_met"
    KNOWN = "known"
    VARIANT = "variant"


@dataclass(frozen=True, slots=True)
class Display:
    """How the sheet was shown when the report was written; other than standard is printed.

    `gain` is that of the limb leads, and of all where `chest_gain` is None.
    """

    speed: float = 25.0  # mm/s
    gain: float = 10.0  # mm/mV
    layout: str = "3x4+1"
    filters: str = ""
    chest_gain: float | None = None  # mm/mV


@dataclass(frozen=True, slots=True)
class Draft:
    """What the reader has written. Saved at every change.

    Parameters
    ----------
    statements : tuple of Statement
    findings, conclusion : str
        Free text.
    decisions : mapping of flag code -> Decision
    moved : mapping of mark -> int
        Samples by which the reader has moved marks of the median beat
        (:mod:`farlead.model.moved`).
    grounds : mapping of flag code -> Ground
        Why a suggestion was rejected.
    typed : mapping of measurement -> float
        Values that the reader has written over what was measured, in the measurement's unit.
    overruled : mapping of contradiction -> str
        Contradictions that the reader lets stand, each with the word for it.
    """

    statements: tuple[Statement, ...] = ()
    findings: str = ""
    conclusion: str = ""
    decisions: dict[str, Decision] = field(default_factory=dict)
    display: Display = Display()
    moved: dict[str, int] = field(default_factory=dict)
    grounds: dict[str, Ground] = field(default_factory=dict)
    typed: dict[str, float] = field(default_factory=dict)
    overruled: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether nothing has been written, decided or moved."""
        written = self.statements or self.findings or self.conclusion
        return not (written or self.decisions or self.moved or self.typed)


@dataclass(frozen=True, slots=True)
class Claim:
    """A reader's exclusive, expiring hold on a study.

    `fencing` only grows; a write with an outdated number is refused.
    """

    study: int
    account: int
    reader: str
    station: str
    fencing: int
    until: datetime


@dataclass(frozen=True, slots=True)
class ReportVersion:
    """One version of a report. A signed one never changes.

    `sha256` is that of the signed PDF, with both signatures where there are two; `supersedes`
    names the version that this one replaces and `reason` says why; `reviewer` has given the
    second signature; `withdrawn` says why it is no longer in force.
    """

    id: int
    study: int
    version: int
    state: ReportState
    author: int
    draft: Draft
    sha256: str | None = None
    signed: datetime | None = None
    supersedes: int | None = None
    reason: str | None = None
    reviewer: int | None = None
    reviewed: datetime | None = None
    withdrawn: str | None = None


class NoticeKind(StrEnum):
    """What a unit is told beside its final reports."""

    PRELIMINARY = "preliminary"  # first-signed, waits for its second signature
    WITHDRAWN = "withdrawn"
    RETAKE = "retake"
    RETAKE_OVER = "retake_over"  # answered, called back, or its study withdrawn
    CRITICAL = "critical"
    CRITICAL_OVER = "critical_over"  # it was no critical value


@dataclass(frozen=True, slots=True)
class Notice:
    """What a unit is told beside its final reports; it never changes.

    Parameters
    ----------
    report, version : int or None
        Of a preliminary or withdrawn report.
    asked : datetime
        When it was said.
    reader : str
        Who says so; empty for what nobody said, such as that a retake has arrived.
    reason, hint : str
        Of a retake or a withdrawal; why it is no critical value.
    identifier : str or None
        Of a retake request, the same when it is over.
    outcome : str or None
        How a retake request ended: ``answered``, ``recalled`` or ``withdrawn``.
    file_sha256, content : str or None
        The preliminary report's PDF and its structured report.
    findings : tuple of Message
        What is critical.
    """

    id: int
    study: int
    number: str
    unit: str
    kind: NoticeKind
    asked: datetime
    reader: str
    report: int | None = None
    version: int | None = None
    reason: str = ""
    hint: str = ""
    identifier: str | None = None
    outcome: str | None = None
    file_sha256: str | None = None
    content: str | None = None
    findings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Objects that a receiver has taken and was asked to vouch for; it has not answered yet.

    `transaction` is the Transaction UID of a request for storage commitment.
    """

    transaction: str
    objects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One report version, or one notice, on its way to one destination.

    `identifier` is made before the first try, so that a peer that remembers it recognises a
    repeat. `error` is the last failure. Either `report` or `notice` is None. While `asked` is
    set, it was handed over and its receiver has until `next_try` to vouch for it.
    """

    id: int
    report: int | None
    study: int
    destination: str
    identifier: str
    state: DeliveryState
    attempts: int
    next_try: datetime | None = None
    confirmed: datetime | None = None
    error: Message | None = None
    notice: int | None = None
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class DeliveryEvent:
    """One step of a delivery; `told` is the failure, or how it is known to be there."""

    at: datetime
    state: DeliveryState
    told: Message | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """A delivery and its history; `kind` is what it tells of the report, None the report itself."""

    delivery: Delivery
    kind: NoticeKind | None
    history: tuple[DeliveryEvent, ...]

    @property
    def tries(self) -> int:
        """How often it was handed over, or nearly so."""
        return sum(each.state is DeliveryState.SENT and each.told is None for each in self.history)


@dataclass(frozen=True, slots=True)
class Retake:
    """A request to a unit to record a study again.

    `identifier` is the same in every try. `ended` says since when it is over and `outcome`
    how: ``answered``, ``recalled`` or ``withdrawn``.
    """

    id: int
    study: int
    number: str
    unit: str
    identifier: str
    reader: str
    reason: str
    hint: str
    asked: datetime
    ended: datetime | None = None
    outcome: str | None = None

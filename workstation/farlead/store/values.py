"""What goes into the store and what it answers, beyond the model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from farlead.messages import Message
from farlead.model.lives import StudyState
from farlead.model.people import Account, Patient
from farlead.model.recording import Identity
from farlead.model.report import Draft
from farlead.model.study import Kind, Request, ScreeningState, StoredObject


@dataclass(frozen=True, slots=True)
class Arrival:
    """One readable file from a unit; its bytes are in the object folder already.

    Parameters
    ----------
    unit_code : str
    kind : Kind
    content_identity : Identity
        How the file names itself.
    content_patient : Patient
        As the file and its sidecar state it.
    acquired : datetime or None
        Aware; None when the file does not say.
    object : StoredObject
    request : Request
    screening : ScreeningState
        ``pending`` for an ECG, ``not_applicable`` where there is no model.
    stated : Patient
        What the sidecar alone states: all that is new about the patient when the object is
        known already.
    late : bool
        Only the sidecar is new; the object was taken before.
    """

    unit_code: str
    kind: Kind
    content_identity: Identity
    content_patient: Patient
    acquired: datetime | None
    object: StoredObject
    request: Request = field(default_factory=Request)
    screening: ScreeningState = ScreeningState.PENDING
    stated: Patient = Patient()
    late: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an arrival.

    Parameters
    ----------
    study_id : int
        Study that holds the object now.
    new_study, new_object : bool
        Both False for a repeat.
    reopened_from : int or None
        The reported study that the new, linked one follows.
    quarantined : Message or None
        Why the file was set aside: it carries a known object's name with other content.
    refused : Message or None
        Why nothing of the request was applied: its patient is not the study's. `field` names
        the contradiction.
    """

    study_id: int
    new_study: bool
    new_object: bool
    reopened_from: int | None = None
    quarantined: Message | None = None
    refused: Message | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class SignedReport:
    """A report that was composed and signed, outside any transaction.

    `content_json` is the structured report attached to the PDF; `signed` is the store's time.
    """

    draft: Draft
    pdf_sha256: str
    pdf_size: int
    content_json: str
    signer: Account
    signed: datetime


@dataclass(frozen=True, slots=True)
class Countersigned:
    """A first-signed report after its second signature; `first_sha256` is what it was before."""

    first_sha256: str
    pdf_sha256: str
    pdf_size: int
    signer: Account


@dataclass(frozen=True, slots=True)
class Balance:
    """Arrivals, counted from the audit trail, against the studies by state.

    `taken` is the age of the figures.
    """

    arrived: int
    states: Mapping[StudyState, int]
    taken: datetime

    @property
    def whole(self) -> bool:
        """Whether no study was lost and none came from nowhere."""
        return self.arrived == sum(self.states.values())

"""A study and the request that came with it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from farlead.messages import Message, message
from farlead.model.lives import OrderState, StudyState
from farlead.model.people import Patient, Unit


class Kind(StrEnum):
    """Kind of study, as the list shows it."""

    ECG = "ecg"
    ULTRASOUND = "ultrasound"
    CT = "ct"
    MR = "mr"
    RADIOGRAPH = "radiograph"
    FUNDUS = "fundus"
    OTHER = "other"
    UNKNOWN = "unknown"  # quarantined: could not be read


class Priority(IntEnum):
    """What the unit asks for; higher is more urgent."""

    ROUTINE = 0
    URGENT = 1
    EMERGENCY = 2


class Severity(IntEnum):
    """Rank in the list: the greater of screening and request. Marks of screens.md."""

    NOT_SCREENED = 0  # – an imaging study without a model
    NORMAL = 1  # ○ screened and nothing found
    REMARK = 2  # ●
    URGENT = 3  # ◆ at least this where screening is unknown
    CRITICAL = 4  # ▲


class ScreeningState(StrEnum):
    """Screening is a property of a study, not a gate."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"  # images: no model yet


@dataclass(frozen=True, slots=True)
class Request:
    """A reading request: what the unit asks and knows. None is "missing", and shown so."""

    priority: Priority = Priority.ROUTINE
    clinical_question: str | None = None
    symptom_onset: datetime | None = None
    requesting_doctor: str | None = None
    department: str | None = None
    callback_number: str | None = None
    accession: str | None = None


def merged(first: Request, further: Request) -> Request:
    """What is missing is filled, the first answer stays, the priority may rise."""
    missing = {
        name: getattr(further, name)
        for name in Request.__dataclass_fields__
        if name != "priority" and getattr(first, name) is None
    }
    return replace(first, priority=max(first.priority, further.priority), **missing)


@dataclass(frozen=True, slots=True)
class AskedBy:
    """The order that a study is joined to: whose system sent it, under which number.

    `filled` names what the study shows because the order says so.
    """

    order: int
    number: str
    source: str
    state: OrderState
    filled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object (file) of a study.

    Parameters
    ----------
    sha256 : str
        Hash of the bytes as received, hex; the key in the object store.
    digest : str
        SHA-256 over decoded samples or pixels and identifying attributes, hex: stays the same
        when an archive returns other bytes.
    sop_instance_uid : str or None
    file_name : str
        Name under which it arrived, for messages to the unit only.
    """

    sha256: str
    size: int
    digest: str
    file_name: str
    sop_instance_uid: str | None = None
    sop_class_uid: str | None = None
    received: datetime | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """A study as the store knows it. Times are aware, UTC.

    Parameters
    ----------
    id : int
    number : str
        Short number shown to people, e.g. ``20261122-0007``.
    patient_id : int
        Patient in the store; `patient` is what this study's documents state.
    acquired : datetime or None
        None when the file does not say.
    due : datetime
        Promised time of the report.
    linked : int or None
        The reported study that this request reopens (a late object).
    possibly_same : bool
        Another patient in the store has the same name, sex and birth date.
    quarantine : Message or None
        Why it could not be read, for state ``quarantined``.
    identity_conflict : bool
        The document's numbers, sex or birth date speak of different people.
    objects_refused : bool
        The archive that keeps one of its objects has lost it, or gives another content.
    asked_by : AskedBy or None
        The order that asks for it; `request`, `patient` and `due` count what it says.
    """

    id: int
    number: str
    unit: Unit
    kind: Kind
    state: StudyState
    patient_id: int | None
    patient: Patient
    request: Request
    acquired: datetime | None
    arrived: datetime
    due: datetime
    study_uid: str | None = None
    linked: int | None = None
    possibly_same: bool = False
    quarantine: Message | None = None
    objects: tuple[StoredObject, ...] = ()
    identity_conflict: bool = False
    objects_refused: bool = False
    asked_by: AskedBy | None = None


#: A device's clock runs ahead of ours by more than this, or the recording is older than that.
CLOCK_AHEAD, OLD_RECORDING = timedelta(minutes=10), timedelta(days=365)


def doubtful_clock(start: datetime | None, arrived: datetime) -> Message | None:
    """What is doubtful about the time of a recording; None where nothing is.

    Parameters
    ----------
    start : datetime or None
        As the file states it; without a zone that of the place where the program runs.
    arrived : datetime
        When the hub received it, aware.
    """
    if start is None:
        return None
    try:
        late = arrived - start.astimezone()
    except (
        ValueError,
        OverflowError,
    ):  # the first or last year of the calendar: zones do not matter
        late = arrived.replace(tzinfo=None) - start.replace(tzinfo=None)
    shown = f"{start:%Y-%m-%d %H:%M}"
    if late < -CLOCK_AHEAD:
        return message("reading.clock_ahead", start=shown, arrived=_local(arrived))
    if late > OLD_RECORDING:
        return message("reading.clock_old", start=shown, years=f"{late / OLD_RECORDING:.1f}")
    return None


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"

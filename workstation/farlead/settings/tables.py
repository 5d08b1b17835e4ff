"""The tables of the settings file, each checked for itself."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    field_validator,
)

from farlead.model.escalation import UNOPENED, Mark, Tells
from farlead.model.hours import readable
from farlead.model.study import Kind, Priority, Severity
from farlead.peers import FolderWay, UnitCode, Way


class ContactSettings(BaseModel):
    """Somebody at a unit who is called about a critical value, in the order of the list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    role: str = ""
    number: str = Field(min_length=1)
    hours: str = ""

    @field_validator("hours")
    @classmethod
    def _can_be_read(cls, hours: str) -> str:
        if not readable(hours):
            raise ValueError("hours are written like mon-fri 08:00-17:30; 周六 08:00-12:00")
        return hours


class UnitSettings(BaseModel):
    """A member unit.

    Parameters
    ----------
    code : str
        Names its inbox and outbox.
    name : str
        Shown and printed.
    ways : tuple of Way
        How its reports reach it, by every one of them; each with a name of its own.
    contacts : tuple of ContactSettings
        Whom to call about a critical value, the first one first; they count until a list is
        imported (``farleadctl units import``).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: UnitCode
    name: str = Field(min_length=1)
    ways: tuple[Way, ...] = Field((FolderWay(kind="folder"),), min_length=1)
    contacts: tuple[ContactSettings, ...] = ()

    @field_validator("ways")
    @classmethod
    def _have_names_of_their_own(cls, ways: tuple[Way, ...]) -> tuple[Way, ...]:
        if len({way.name for way in ways}) < len(ways):
            raise ValueError("two ways have the same name")
        return ways

    def destination(self, way: Way) -> str:
        """Name of a way in the outbox: the unit's code alone for its folder."""
        return self.code if isinstance(way, FolderWay) else f"{self.code}:{way.name}"


class Promised(BaseModel):
    """Promised turnaround in seconds, by what was asked, by kind, and by what screening found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    critical_first_look: int = Field(300, gt=0)
    ecg_emergency: int = Field(600, gt=0)
    ecg_routine: int = Field(1800, gt=0)
    imaging_urgent: int = Field(1800, gt=0)
    imaging_routine: int = Field(86400, gt=0)

    def of(self, kind: Kind, priority: Priority) -> timedelta:
        """Promise for a study of this kind and priority."""
        asked = priority > Priority.ROUTINE
        if kind is Kind.ECG:
            return timedelta(seconds=self.ecg_emergency if asked else self.ecg_routine)
        return timedelta(seconds=self.imaging_urgent if asked else self.imaging_routine)

    def screened(self, severity: Severity) -> timedelta | None:
        """Promise for an ECG that screening ranks so; None where it changes nothing."""
        if severity is Severity.CRITICAL:
            return timedelta(seconds=self.critical_first_look)
        return timedelta(seconds=self.ecg_emergency) if severity is Severity.URGENT else None


class ClaimSettings(BaseModel):
    """Lease of a claim and the idle times after which it ends, in seconds; who chooses.

    Parameters
    ----------
    lease : int
        At most an hour: a hub's server takes no longer one from a station.
    mode : str
        ``pick``: the reader takes what he likes. ``deal``: the program deals the next.
    dealt_checked : int
        Who has so many checked reports waiting for his signature is dealt urgent studies only.
    skip_seconds : int
        So long a study that a reader passed on comes last for him.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lease: int = Field(120, gt=0, le=3600)
    renew: int = Field(30, gt=0)
    idle_urgent: int = Field(90, gt=0)
    idle_routine: int = Field(600, gt=0)
    mode: Literal["pick", "deal"] = "pick"
    dealt_checked: int = Field(20, gt=0)
    skip_seconds: int = Field(1800, gt=0)


class AuditSettings(BaseModel):
    """Where the marks of the audit trail are copied to.

    Parameters
    ----------
    copy_file : Path
        A file, best on a disk that others than the database's owner keep; within the folder
        when not absolute.
    syslog : str
        ``HOST:PORT`` or the path of a socket; empty: none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    copy_file: Path = Path("audit/marks.jsonl")
    syslog: str = Field("", pattern=r"^(|.+:\d+|/.+)$")


class TimeStampSettings(BaseModel):
    """A time stamp service (RFC 3161): how long it is waited for, and whether it may be missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str = Field(pattern=r"^https?://\S+$")
    seconds: float = Field(3.0, gt=0)
    required: bool = False


class TokenSettings(BaseModel):
    """Keys on PKCS#11 tokens: the vendor's library; `label` None takes what is plugged in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    module: Path
    label: str | None = None


class SigningSettings(BaseModel):
    """Keys, and what proves signatures later.

    Parameters
    ----------
    key_minutes, key_signatures : int
        How long an opened key stays open, whichever comes first.
    least_view_seconds : float
        The least time that a sheet is seen before signing.
    trust : tuple of Path
        Further CA certificates (PEM): of signers, and of the time stamp service.
    tokens : TokenSettings or None
        None: each reader's key is a PKCS#12 file.
    time_stamps : TimeStampSettings or None
    revocation : bool
        Keep in each report what the authorities say about its certificates, where they say it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key_minutes: int = Field(30, gt=0)
    key_signatures: int = Field(200, gt=0)
    least_view_seconds: float = Field(1.5, ge=0)
    trust: tuple[Path, ...] = ()
    tokens: TokenSettings | None = None
    time_stamps: TimeStampSettings | None = None
    revocation: bool = True


class ReportSettings(BaseModel):
    """What the hospital's reports look like.

    Parameters
    ----------
    logo, seal : Path or None
        PNG, JPEG or SVG, absolute or within the store's folder: at the head, and beside the
        author's signature.
    medians : bool
        Median beats of the twelve leads on a page of their own.
    bilingual : bool
        Labels and statements in both languages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    logo: Path | None = None
    seal: Path | None = None
    medians: bool = False
    bilingual: bool = False


class SecondSignature(BaseModel):
    """Which reports need a second signature: those for which every given condition holds.

    A condition that is not given holds for all. `least` is the rank that screening and request
    give, ``normal``, ``remark``, ``urgent`` or ``critical``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: UnitCode | None = None
    kind: Kind | None = None
    least: Literal["normal", "remark", "urgent", "critical"] | None = None

    def wanted(self, unit: str, kind: Kind, severity: Severity) -> bool:
        """Whether this rule asks for a second signature."""
        return (
            self.unit in (None, unit)
            and self.kind in (None, kind)
            and (self.least is None or severity >= Severity[self.least.upper()])
        )


class BatchSettings(BaseModel):
    """Reading many routine ECGs in a row.

    Parameters
    ----------
    break_minutes : int
        After so long without a pause the reader is asked to take one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    break_minutes: int = Field(45, gt=0)


class SecondSignatureSettings(BaseModel):
    """The second signature: no rule, no second signature."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[SecondSignature, ...] = ()
    escalates_minutes: float = Field(10, gt=0)  # an urgent one goes to the top after so long

    def wanted(self, unit: str, kind: Kind, severity: Severity) -> bool:
        """Whether a report of this study needs a second signature."""
        return any(rule.wanted(unit, kind, severity) for rule in self.rules)


class MarkSettings(BaseModel):
    """A mark of the clock of a critical value: after how long, who is told, and who that is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minutes: float = Field(gt=0)
    tells: Tells
    name: str = ""
    number: str = ""


def _usual_marks() -> tuple[MarkSettings, ...]:
    told = (Tells.SENIOR_READER, Tells.DUTY_MANAGER, Tells.ALL_STATIONS)
    return tuple(MarkSettings(minutes=5 * n, tells=who) for n, who in enumerate(told, 1))


class CriticalSettings(BaseModel):
    """The clock of critical values, which runs from the moment when screening raises one.

    Parameters
    ----------
    unopened_minutes : float
        After so long all stations are told that nobody has opened the study.
    escalation : tuple of MarkSettings
        Reminders until the unit has repeated it, the earliest first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    unopened_minutes: float = Field(1.0, gt=0)
    escalation: tuple[MarkSettings, ...] = Field(default_factory=_usual_marks, min_length=1)

    @field_validator("escalation")
    @classmethod
    def _grow(cls, marks: tuple[MarkSettings, ...]) -> tuple[MarkSettings, ...]:
        minutes = [mark.minutes for mark in marks]
        if minutes != sorted(set(minutes)):
            raise ValueError("each mark must come later than the one before it")
        return marks

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All marks in their numbers."""
        unopened = timedelta(minutes=self.unopened_minutes)
        return (
            Mark(UNOPENED, unopened, Tells.ALL_STATIONS),
            *(
                Mark(number, timedelta(minutes=m.minutes), m.tells, m.name, m.number)
                for number, m in enumerate(self.escalation, UNOPENED + 1)
            ),
        )

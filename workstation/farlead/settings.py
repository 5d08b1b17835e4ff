"""Settings: one TOML file, checked; and the folders of the embedded store.

A wrong entry raises SettingsError naming the file and the field. The file is written only by
:func:`save_settings`, atomically.
"""

import json
import os
import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from farlead.errors import SettingsError
from farlead.messages import Language, message
from farlead.model.critical import Contact
from farlead.model.escalation import UNOPENED, Mark, Tells
from farlead.model.hours import readable
from farlead.model.people import Unit
from farlead.model.report import NoticeKind
from farlead.model.screening import QtFormula
from farlead.model.study import Kind, Priority, Severity
from farlead.peers import TOLD_AS, Archive, FolderWay, Listener, OrderSettings, UnitCode, Way

Clock = Callable[[], datetime]

#: Address of a PostgreSQL database.
PostgresAddress = Annotated[
    str, StringConstraints(pattern=r"^postgres(ql)?://[^\s/]*/[^\s/?]+(\?\S*)?$")
]


def utc_now() -> datetime:
    """Now, aware, in UTC: the clock that is used unless a test hands in another."""
    return datetime.now(UTC)


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
    mode : str
        ``pick``: the reader takes what he likes. ``deal``: the program deals the next.
    dealt_checked : int
        Who has so many checked reports waiting for his signature is dealt urgent studies only.
    skip_seconds : int
        So long a study that a reader passed on comes last for him.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    lease: int = Field(120, gt=0)
    renew: int = Field(30, gt=0)
    idle_urgent: int = Field(90, gt=0)
    idle_routine: int = Field(600, gt=0)
    mode: Literal["pick", "deal"] = "pick"
    dealt_checked: int = Field(20, gt=0)
    skip_seconds: int = Field(1800, gt=0)


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


class Settings(BaseModel):
    """Everything that one installation can set.

    Parameters
    ----------
    folder : Path
        Home of the embedded store; all other folders are below it.
    database : str or None
        Address of the hub's store, ``postgresql://host/name``; None: the embedded one. A
        password has no place in it: services take theirs from ``PGPASSFILE``.
    hospital : str
        Name of the hub, printed on reports.
    qt_formula : QtFormula
        How the QT shown and printed is corrected for rate. All are measured and kept.
    screening_rules : Path or None
        The institution's own rule table, absolute or within `folder`; see docs/screening.md.
    own_statements : Path or None
        The hospital's own statements, absolute or within `folder`; see docs/statements.md.
    archives : tuple of Archive
        DICOMweb archives from which studies come and to which reports may go.
    listener : Listener or None
        Our own storage service, for units that push.
    orders : OrderSettings
        Systems that send requests apart from the studies.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path
    database: PostgresAddress | None = None
    hospital: str = "示例牵头医院"
    station: str = "阅图席 01"
    language: Language = Language.ZH
    units: tuple[UnitSettings, ...] = ()
    promised: Promised = Promised()
    claim: ClaimSettings = ClaimSettings()
    signing: SigningSettings = SigningSettings()
    batch: BatchSettings = BatchSettings()
    second_signature: SecondSignatureSettings = SecondSignatureSettings()
    critical: CriticalSettings = CriticalSettings()
    report: ReportSettings = ReportSettings()
    qt_formula: QtFormula = QtFormula.FRIDERICIA
    screening_rules: Path | None = None
    own_statements: Path | None = None
    archives: tuple[Archive, ...] = ()
    listener: Listener | None = None
    orders: OrderSettings = OrderSettings()
    settle_seconds: float = Field(1.0, ge=0)  # an upload must rest so long before it is read
    decode_seconds: float = Field(20.0, gt=0)
    decode_memory: int = Field(2 << 30, gt=0)
    screen_seconds: float = Field(8.0, gt=0)
    largest_file: int = Field(1 << 30, gt=0)
    cache_bytes: int = Field(20 << 30, gt=0)  # of a hub's objects at this station
    work_seconds: float = Field(30.0, gt=0)  # a service without a word for so long is replaced
    cache_days: int = Field(14, gt=0)  # that one stays there unused
    lock_seconds: int = Field(900, gt=0)  # nobody at the keyboard: the station locks itself
    journal_days: int = Field(14, gt=0)  # what nobody came back for is erased after so long
    demo: bool = False  # invented units and patients, demo certificates; said on every report

    @property
    def database_file(self) -> Path:
        """The SQLite file of the embedded store."""
        return self.folder / "farlead.db"

    @property
    def store(self) -> Path | str:
        """Where the store is: the embedded one's file, or the hub's address."""
        return self.database or self.database_file

    @property
    def has_store(self) -> bool:
        """Whether there is a store to look into, without making one."""
        return self.database is not None or self.database_file.exists()

    @property
    def statement_file(self) -> Path | None:
        """The hospital's own statements, where there are any."""
        return None if self.own_statements is None else self.folder / self.own_statements

    @property
    def objects(self) -> Path:
        """Content-addressed bytes of studies and signed reports."""
        return self.folder / "objects"

    @property
    def keys(self) -> Path:
        """Keys and certificates; readable by the user alone."""
        return self.folder / "keys"

    @property
    def journal(self) -> Path:
        """What is written while the hub is away, encrypted; readable by the user alone."""
        return self.folder / "journal"

    def inbox(self, unit: str) -> Path:
        """Folder in which a unit leaves its uploads."""
        return self.folder / "inbox" / unit

    def outbox(self, unit: str) -> Path:
        """Folder in which a unit finds its reports."""
        return self.folder / "outbox" / unit

    def destinations(self, unit: str) -> list[str]:
        """Where a unit's reports go; its folder where the settings do not know it."""
        known = next((each for each in self.units if each.code == unit), None)
        return [known.destination(way) for way in known.ways] if known else [unit]

    def told_by(self, unit: str, kind: NoticeKind) -> list[str]:
        """Where a unit is told of this; its folder where none of its ways can carry it."""
        return self._tellers(unit, TOLD_AS[kind])

    def status_by(self, unit: str) -> list[str]:
        """Where a unit is told how far its studies are; its folder where no way carries that."""
        return self._tellers(unit, "status")

    def _tellers(self, unit: str, word: str) -> list[str]:
        known = next((each for each in self.units if each.code == unit), None)
        ways = known.ways if known else ()
        told = [known.destination(way) for way in ways if word in way.tells] if known else []
        return told or [unit]

    def way(self, destination: str) -> Way | None:
        """The way of a destination; None for one that is no longer in the settings."""
        code, _, name = destination.partition(":")
        for unit in self.units:
            for way in unit.ways:
                if unit.code == code and unit.destination(way) == destination:
                    return way
        return None if name else FolderWay(kind="folder")

    def contacts(self, unit: str) -> tuple[Contact, ...]:
        """Whom to call at a unit, as the settings list them."""
        listed = next((each.contacts for each in self.units if each.code == unit), ())
        return tuple(Contact(c.name, c.role, c.number, c.hours) for c in listed)

    def unit(self, code: str) -> Unit:
        """Unit by code; an unknown one is named by its code."""
        name = next((unit.name for unit in self.units if unit.code == code), code)
        return Unit(code, name)


def default_folder() -> Path:
    """Where the embedded store lives unless told otherwise (``FARLEAD_HOME`` overrides)."""
    home = os.environ.get("FARLEAD_HOME")
    return Path(home) if home else Path(platformdirs.user_data_path("farlead"))


def load_settings(folder: Path | None = None) -> Settings:
    """Read ``settings.toml`` of a store folder; defaults where there is none.

    Raises
    ------
    SettingsError
        The file is no TOML, or a field is wrong; the reason names file, line, field and cause.
    """
    folder = (folder or default_folder()).absolute()
    file = folder / "settings.toml"
    if not file.exists():
        return Settings(folder=folder)
    try:
        stored = tomllib.loads(file.read_text("utf-8"))
        return Settings.model_validate({**stored, "folder": folder})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            message("settings.not_toml", file=str(file), cause=str(error))
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        line = _line_of(file.read_text("utf-8"), first["loc"])
        raise SettingsError(
            message(
                "settings.wrong_line", file=str(file), line=line, field=field, cause=first["msg"]
            )
        ) from error


_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*["']?([\w.-]+)["']?\s*=""")


def _line_of(text: str, loc: Sequence[int | str]) -> int:
    """Line, from 1, where a field of a TOML text stands, or the nearest that it belongs to."""
    table: tuple[int | str, ...] = ()
    last: dict[tuple[int | str, ...], int] = {}
    found, depth = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = here = _table(header[2], last, new=header[1] == "[[")
        elif key := _KEY.match(line):
            here = (*table, *key[1].split("."))
        else:
            continue
        if len(here) > depth and tuple(loc[: len(here)]) == here:
            found, depth = number, len(here)
    return found


def _table(
    header: str, last: dict[tuple[int | str, ...], int], *, new: bool
) -> tuple[int | str, ...]:
    """Path of a table; `last` knows which of each ``[[array]]`` is being written."""
    path: tuple[int | str, ...] = ()
    names = [name.strip(" \"'") for name in header.split(".")]
    for place, name in enumerate(names):
        path = (*path, name)
        if new and place == len(names) - 1:
            last[path] = last.get(path, -1) + 1
        if path in last:
            path = (*path, last[path])
    return path


def save_settings(settings: Settings) -> None:
    """Write ``settings.toml`` into the store folder: whole or not at all."""
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = settings.folder / "settings.toml"
    stored = settings.model_dump(mode="json", exclude={"folder"}, exclude_defaults=True)
    part = file.with_suffix(".part")
    part.write_text(_toml(stored), "utf-8")
    part.replace(file)


def _toml(table: dict[str, object], prefix: str = "") -> str:
    """TOML of plain values, tables and lists of tables; JSON's literals are TOML's."""
    plain = {k: v for k, v in table.items() if not isinstance(v, dict) and not _tables(v)}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items()]
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            lines.append(f"\n[{name}]\n{_toml(value, f'{name}.')}")
        elif _tables(value):
            lines.extend(f"\n[[{name}]]\n{_toml(row, f'{name}.')}" for row in value)  # type: ignore[attr-defined]  # _tables has shown it to be a list of dicts
    return "\n".join(lines) + "\n"


def _tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)

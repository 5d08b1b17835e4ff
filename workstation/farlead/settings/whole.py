"""Everything that one installation can set, and the folders of the embedded store."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
)

from farlead.messages import Language
from farlead.model.critical import Contact
from farlead.model.people import Unit
from farlead.model.report import NoticeKind
from farlead.model.screening import QtFormula
from farlead.peers import TOLD_AS, Archive, FolderWay, Listener, OrderSettings, Way
from farlead.settings.tables import (
    AuditSettings,
    BatchSettings,
    ClaimSettings,
    CriticalSettings,
    Promised,
    ReportSettings,
    SecondSignatureSettings,
    SigningSettings,
    UnitSettings,
)

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now, aware, in UTC: the clock that is used unless a test hands in another."""
    return datetime.now(UTC)


_ADDRESS = re.compile(r"postgres(ql)?://[^\s/]*/[^\s/?]+(\?\S*)?")
_SSL = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})


def _an_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("an address is written postgresql://host:port/database")
    parts = urlsplit(text)
    try:
        _ = parts.port
    except ValueError as error:
        raise ValueError("the port is no number from 0 to 65535") from error
    asked = [value for name, value in parse_qsl(parts.query) if name == "sslmode"]
    if not _SSL.issuperset(asked):
        raise ValueError(f"sslmode is one of {', '.join(sorted(_SSL))}")
    return text


#: Address of a PostgreSQL database.
PostgresAddress = Annotated[str, AfterValidator(_an_address)]


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
    audit: AuditSettings = AuditSettings()
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

    @property
    def audit_copy(self) -> Path:
        """The marks of the audit trail outside the store."""
        return self.folder / self.audit.copy_file

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

"""What a settings file says of the systems outside: archives, listeners, orders, passwords.

These are parts of :class:`farlead.settings.Settings`; docs/exchange.md shows them filled in.
"""

from collections.abc import Mapping
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from farlead.model.order import OrderWindow
from farlead.model.report import NoticeKind
from farlead.model.study import Kind

#: Names a folder on every system, so no separators, dots or spaces.
UnitCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]

#: Names a peer in settings, messages and cursors.
PeerName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,24}$")]

#: Application entity title, DICOM PS3.5 6.2: at most 16 characters, no backslash.
AeTitle = Annotated[str, StringConstraints(pattern=r"^[!-\[\]-~][ -\[\]-~]{0,15}$")]


def _without_password(address: str) -> str:
    """An address is shown, told and logged: no place for a password."""
    if "@" in urlsplit(address).netloc:
        raise ValueError("user and password have fields of their own, not a place in the address")
    return address


Address = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[^\s/]+(/\S*)?$"),
    AfterValidator(_without_password),
]

#: Where a password is: ``keyring:NAME``, ``file:PATH``, or ``plain:WORD``, which is warned of.
Secret = Annotated[str, StringConstraints(pattern=r"^(keyring|file|plain):.+$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Tls(_Part):
    """Files of a TLS connection (PEM), absolute or within the folder of the store.

    Parameters
    ----------
    ca : Path or None
        Certificates that are trusted, instead of the system's.
    certificate, key : Path or None
        Our own, for peers that ask for one; the key without a password, readable by us alone.
    """

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @model_validator(mode="after")
    def _has_both(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key go together")
        return self


class UnitRule(_Part):
    """Which unit an object of an archive belongs to; patterns with ``*`` and ``?``.

    Every pattern that is stated must fit; the first rule that fits counts.

    Parameters
    ----------
    unit : str
    institution : str or None
        Institution Name (0008,0080).
    station : str or None
        Station Name (0008,1010).
    aet : str or None
        Title of the sender, where the archive remembers it (Orthanc with its change feed).
        Elsewhere such a rule decides nothing, and no later one in its place.
    priority : str or None
        What this source's studies are at least.
    """

    unit: UnitCode
    institution: str | None = None
    station: str | None = None
    aet: str | None = None
    priority: Literal["urgent", "emergency"] | None = None

    def fits(self, institution: str | None, station: str | None, aet: str | None) -> bool | None:
        """Whether an object of this origin is of this unit.

        None where nobody can tell: the rule goes by its sender, who is not known (`aet` is None;
        empty says that it had none).
        """
        here = _fits(self.institution, institution) and _fits(self.station, station)
        if here and self.aet is not None and aet is None:
            return None
        return here and _fits(self.aet, aet)


def _fits(pattern: str | None, found: str | None) -> bool:
    """Whether a text is as a pattern with ``*`` and ``?`` says; brackets are letters."""
    if pattern is None:
        return True
    return fnmatchcase((found or "").casefold(), pattern.casefold().replace("[", "[[]"))


class Archive(_Part):
    """A DICOMweb archive from which studies are taken and to which reports may go.

    Parameters
    ----------
    name : str
        Ours, for messages and cursors.
    url : str
        Root of its DICOMweb services, e.g. ``https://archive/dicom-web``.
    user, password : str or None
        HTTP basic authentication; the password as :data:`Secret`.
    changes : str or None
        Root of Orthanc's own services, whose change feed is used beside the windows.
    take : bool
        Whether studies are taken from it.
    modalities : tuple of str
        Kinds that are taken, DICOM (0008,0060); empty for all.
    keep : str
        Where the bytes of its studies stay: ``hub``, a copy at the hub, or ``archive``, there
        alone, where every station fetches them. A copy is the default, because only who runs
        the archive can say whether it keeps what it has.
    unit : str or None
        Whose studies these are when no rule fits.
    rules : tuple of UnitRule
    poll_seconds : float
    parallel : int
        Objects fetched at a time.
    """

    name: PeerName
    url: Address
    user: str | None = None
    password: Secret | None = None
    tls: Tls = Tls()
    changes: Address | None = None
    take: bool = True
    keep: Literal["hub", "archive"] = "hub"
    modalities: tuple[str, ...] = ("ECG",)
    unit: UnitCode | None = None
    rules: tuple[UnitRule, ...] = ()
    poll_seconds: float = Field(2.0, gt=0)
    parallel: int = Field(4, ge=1, le=32)
    timeout_seconds: float = Field(10.0, gt=0)

    @field_validator("keep")
    @classmethod
    def _has_a_hub(cls, keep: str, info: ValidationInfo) -> str:
        """An embedded store has one place for everything; the file says which store it is."""
        if keep == "archive" and info.context is not None and not info.context["hub"]:
            raise ValueError('"archive" is for a hub: this store has no database in its settings')
        return keep


class Sender(_Part):
    """A unit's equipment that pushes studies: its title says whose they are."""

    aet: AeTitle
    unit: UnitCode
    host: str | None = None  # where storage commitments are answered, when it asks for them
    port: int = Field(104, gt=0, lt=65536)
    tls: bool = False
    priority: Literal["urgent", "emergency"] | None = None


class Listener(_Part):
    """Our storage service: it takes C-STORE from the senders that it knows, and nobody else.

    Parameters
    ----------
    aet : str
        Our title; a call to another one is refused.
    bind : str
        Address of the interface.
    tls : Tls or None
        With `ca`, senders must show a certificate.
    associations, per_sender : int
        At one time, in all and of one title: one unit's flood leaves room for the others.
    """

    aet: AeTitle = "FARLEAD"
    bind: str = "127.0.0.1"
    port: int = Field(11112, ge=0, lt=65536)
    tls: Tls | None = None
    senders: tuple[Sender, ...] = ()
    associations: int = Field(32, ge=1)
    per_sender: int = Field(4, ge=1)

    @model_validator(mode="after")
    def _has_what_tls_needs(self) -> Self:
        """Answers to a sender that is reached by TLS never go in clear."""
        if self.tls is None and any(sender.tls for sender in self.senders):
            raise ValueError("a sender with tls needs listener.tls")
        return self


#: Charset of an HL7 peer, MSH-18 (HL7 table 0211).
Hl7Charset = Literal["UNICODE UTF-8", "GB 18030-2000"]

#: What goes out as DICOM: the signed PDF, encapsulated, and the structured report.
DicomKind = Literal["pdf", "sr"]


#: What a unit may be told beside its final reports; DICOM has objects for the first two only.
Told = Literal["preliminary", "withdrawn", "retake", "critical", "status"]
DicomTold = Literal["preliminary", "withdrawn"]
TOLD_AS: Mapping[NoticeKind, Told] = {
    NoticeKind.PRELIMINARY: "preliminary",
    NoticeKind.WITHDRAWN: "withdrawn",
    NoticeKind.RETAKE: "retake",
    NoticeKind.RETAKE_OVER: "retake",
    NoticeKind.CRITICAL: "critical",
    NoticeKind.CRITICAL_OVER: "critical",
}
_ALL: tuple[Told, ...] = ("preliminary", "withdrawn", "retake", "critical", "status")
_AGREED = _ALL[:-1]


class FolderWay(_Part):
    """The unit's folder ``outbox/UNIT``: PDF and summary, notices, status."""

    kind: Literal["folder"]
    name: PeerName = "folder"
    tells: tuple[Told, ...] = _ALL


class StowWay(_Part):
    """STOW-RS into an archive of the settings; proven by asking for the object afterwards."""

    kind: Literal["stow"]
    name: PeerName = "stow"
    archive: PeerName
    objects: tuple[DicomKind, ...] = ("pdf", "sr")
    tells: tuple[DicomTold, ...] = ("preliminary", "withdrawn")


class StoreWay(_Part):
    """C-STORE to the unit's own system.

    Parameters
    ----------
    commitment : bool
        Whether it is asked to vouch for what it took (storage commitment). Without it the status
        of C-STORE is the proof.
    hold_seconds : float
        For so long the association is held open for a quick answer; a later one comes over an
        association of its own, to our storage service.
    commitment_minutes : float
        Without an answer for so long, it is sent and asked again.
    """

    kind: Literal["store"]
    name: PeerName = "store"
    aet: AeTitle
    host: str
    port: int = Field(gt=0, lt=65536)
    calling: AeTitle = "FARLEAD"
    tls: Tls | None = None
    objects: tuple[DicomKind, ...] = ("pdf",)
    commitment: bool = False
    hold_seconds: float = Field(3.0, ge=0, le=60)
    commitment_minutes: float = Field(30.0, gt=0)
    tells: tuple[DicomTold, ...] = ("preliminary", "withdrawn")


class Hl7Way(_Part):
    """ORU^R01 over MLLP; proven by the application acknowledgement.

    Parameters
    ----------
    application, facility : str
        Of the receiver, MSH-5 and MSH-6.
    remembers : bool
        Whether it knows a repeated message by MSH-10. Where it does not, a message whose
        acknowledgement got lost waits for a person instead of being repeated.
    tells : tuple
        What it is told beside final reports. Status only where that is agreed.
    """

    kind: Literal["hl7"]
    name: PeerName = "hl7"
    host: str
    port: int = Field(gt=0, lt=65536)
    tls: Tls | None = None
    charset: Hl7Charset = "UNICODE UTF-8"
    application: str = ""
    facility: str = ""
    remembers: bool = True
    tells: tuple[Told, ...] = _AGREED
    timeout_seconds: float = Field(20.0, gt=0)


class FhirWay(_Part):
    """A FHIR R4 transaction; proven by its answer."""

    kind: Literal["fhir"]
    name: PeerName = "fhir"
    url: Address
    user: str | None = None
    password: Secret | None = None
    tls: Tls = Tls()
    remembers: bool = True
    tells: tuple[Told, ...] = _AGREED
    timeout_seconds: float = Field(20.0, gt=0)


Way = Annotated[FolderWay | StowWay | StoreWay | Hl7Way | FhirWay, Field(discriminator="kind")]


#: Where an HL7 order carries the accession number.
AccessionField = Literal["OBR-18", "OBR-19", "OBR-20", "OBR-2", "OBR-3", "ORC-2", "ORC-3"]


class OrderPeer(_Part):
    """A unit's system that sends orders over HL7 v2; MSH-3 and MSH-4 say which one it is.

    Parameters
    ----------
    unit : str
        Whose studies its orders ask for.
    application : str
        MSH-3 of its messages.
    facility : str or None
        MSH-4; None for any.
    accession : tuple of str
        Fields that may carry the accession number, the first one that is filled counts.
    symptom_code : str
        OBX-3 under which the time of the symptoms is stated; by default its LOINC code.
    kinds : mapping
        Kind of study by the code of the service, OBR-4.
    merges : bool
        Whether its A40 and A34 (two numbers are one patient) are believed.
    updates : bool
        Whether its A08 and A31 (what it knows of a patient has changed) are believed.
    """

    name: PeerName
    unit: UnitCode
    application: str = Field(min_length=1)
    facility: str | None = None
    charset: Hl7Charset = "UNICODE UTF-8"
    accession: tuple[AccessionField, ...] = ("OBR-18", "OBR-3")
    symptom_code: str = "11368-8"
    kinds: dict[str, Kind] = Field(default_factory=dict)
    merges: bool = True
    updates: bool = True


class OrderListener(_Part):
    """Our HL7 service over MLLP: it takes messages of the peers that it knows.

    With `tls.ca`, callers must show a certificate.
    """

    bind: str = "127.0.0.1"
    port: int = Field(2575, ge=0, lt=65536)
    tls: Tls | None = None
    idle_seconds: float = Field(300.0, gt=0)  # after which a connection that is silent is ended
    largest: int = Field(1 << 20, gt=0)  # bytes of one message


class OrderWorklist(_Part):
    """A DICOM modality worklist that is asked for orders.

    Parameters
    ----------
    modalities : tuple of str
        Modality of the scheduled steps, each asked for; empty for all.
    station : str or None
        Scheduled station title; None for any.
    charset : str or None
        Of answers that state none; without it such an answer may hold plain letters only.
    days_before, days_after : int
        Days around today whose scheduled steps are asked for.
    """

    name: PeerName
    unit: UnitCode
    aet: AeTitle
    host: str
    port: int = Field(gt=0, lt=65536)
    calling: AeTitle = "FARLEAD"
    tls: Tls | None = None
    modalities: tuple[str, ...] = ("ECG",)
    station: AeTitle | None = None
    charset: Literal["ISO_IR 192", "GB18030"] | None = None
    days_before: int = Field(1, ge=0)
    days_after: int = Field(1, ge=0)
    poll_seconds: float = Field(30.0, gt=0)
    timeout_seconds: float = Field(20.0, gt=0)


class OrderService(_Part):
    """A FHIR R4 server whose ServiceRequests are orders.

    Parameters
    ----------
    category, code : str or None
        Narrow the search, as ``SYSTEM|CODE``.
    days : int
        How far back by `authoredOn` every look reaches.
    kinds : mapping
        Kind of study by a code of the service.
    """

    name: PeerName
    unit: UnitCode
    url: Address
    user: str | None = None
    password: Secret | None = None
    tls: Tls = Tls()
    category: str | None = None
    code: str | None = None
    days: int = Field(3, ge=1)
    page: int = Field(50, ge=1, le=1000)
    kinds: dict[str, Kind] = Field(default_factory=dict)
    poll_seconds: float = Field(30.0, gt=0)
    timeout_seconds: float = Field(20.0, gt=0)


class OrderSettings(_Part):
    """Orders: where they come from, and how they find their studies.

    Parameters
    ----------
    hours_before, hours_after : float
        An examination made so long before, or so long after it was asked for, may be the one.
    overdue_minutes : float
        An order without a study after so long is shown to a person.
    keep_message_days : float
        For so long the numbers of HL7 messages are remembered, by which a repeat is recognised.
    """

    listener: OrderListener | None = None
    peers: tuple[OrderPeer, ...] = ()
    worklists: tuple[OrderWorklist, ...] = ()
    services: tuple[OrderService, ...] = ()
    hours_before: float = Field(2.0, ge=0)
    hours_after: float = Field(72.0, gt=0)
    overdue_minutes: float = Field(30.0, gt=0)
    keep_message_days: float = Field(90.0, ge=7)

    @property
    def window(self) -> OrderWindow:
        """The times as the store takes them."""
        return OrderWindow(
            timedelta(hours=self.hours_before),
            timedelta(hours=self.hours_after),
            timedelta(minutes=self.overdue_minutes),
        )

    @property
    def sources(self) -> tuple[OrderPeer | OrderWorklist | OrderService, ...]:
        """Every system from which orders come."""
        return (*self.peers, *self.worklists, *self.services)

    @model_validator(mode="after")
    def _have_names_of_their_own(self) -> Self:
        names = [each.name for each in self.sources]
        if len(set(names)) < len(names):
            raise ValueError("two systems that send orders have the same name")
        return self

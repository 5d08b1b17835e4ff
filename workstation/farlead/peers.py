"""What a settings file says of the systems outside: archives, the listener, keys and passwords.

These are parts of :class:`farlead.settings.Settings`; docs/exchange.md shows them filled in.
"""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

#: Names a folder on every system, so no separators, dots or spaces.
UnitCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]

#: Names a peer in settings, messages and cursors.
PeerName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,24}$")]

#: Application entity title, DICOM PS3.5 6.2: at most 16 characters, no backslash.
AeTitle = Annotated[str, StringConstraints(pattern=r"^[!-\[\]-~][ -\[\]-~]{0,15}$")]

Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/\S*)?$")]

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
        Title of the sender, where the archive remembers it (Orthanc's change feed).
    priority : str or None
        What this source's studies are at least.
    """

    unit: UnitCode
    institution: str | None = None
    station: str | None = None
    aet: str | None = None
    priority: Literal["urgent", "emergency"] | None = None

    def fits(self, institution: str | None, station: str | None, aet: str | None) -> bool:
        """Whether an object of this origin is of this unit."""
        stated = ((self.institution, institution), (self.station, station), (self.aet, aet))
        return all(
            pattern is None or fnmatchcase((found or "").casefold(), pattern.casefold())
            for pattern, found in stated
        )


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
    modalities: tuple[str, ...] = ("ECG",)
    unit: UnitCode | None = None
    rules: tuple[UnitRule, ...] = ()
    poll_seconds: float = Field(2.0, gt=0)
    parallel: int = Field(4, ge=1, le=32)
    timeout_seconds: float = Field(10.0, gt=0)


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


#: Charset of an HL7 peer, MSH-18 (HL7 table 0211).
Hl7Charset = Literal["UNICODE UTF-8", "GB 18030-2000"]

#: What goes out as DICOM: the signed PDF, encapsulated, and the structured report.
DicomKind = Literal["pdf", "sr"]


class FolderWay(_Part):
    """The unit's folder ``outbox/UNIT``: PDF and summary."""

    kind: Literal["folder"] = "folder"
    name: PeerName = "folder"


class StowWay(_Part):
    """STOW-RS into an archive of the settings; proven by asking for the object afterwards."""

    kind: Literal["stow"]
    name: PeerName = "stow"
    archive: PeerName
    objects: tuple[DicomKind, ...] = ("pdf", "sr")


class StoreWay(_Part):
    """C-STORE to the unit's own system."""

    kind: Literal["store"]
    name: PeerName = "store"
    aet: AeTitle
    host: str
    port: int = Field(gt=0, lt=65536)
    calling: AeTitle = "FARLEAD"
    tls: Tls | None = None
    objects: tuple[DicomKind, ...] = ("pdf",)


class Hl7Way(_Part):
    """ORU^R01 over MLLP; proven by the application acknowledgement.

    Parameters
    ----------
    application, facility : str
        Of the receiver, MSH-5 and MSH-6.
    remembers : bool
        Whether it knows a repeated message by MSH-10. Where it does not, a message whose
        acknowledgement got lost waits for a person instead of being repeated.
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
    timeout_seconds: float = Field(20.0, gt=0)


Way = Annotated[FolderWay | StowWay | StoreWay | Hl7Way | FhirWay, Field(discriminator="kind")]

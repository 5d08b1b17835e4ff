"""What a report says, as one value: everything that is printed, attached and signed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

import farlead
from farlead.messages import Language
from farlead.model.critical import CriticalCase
from farlead.model.people import Account, Patient, Unit
from farlead.model.recording import ImageStudy, Recording
from farlead.model.report import Draft
from farlead.model.screening import Screening
from farlead.model.study import Kind, Request, StoredObject, Study
from farlead.reporting.emblem import Look
from farlead.reporting.statements import catalogue


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """Which frame of which image stands on the page, and how it is shown.

    `centre` and `width` None: the file's own first preset, else the frame's whole range.
    """

    image: int = 0
    frame: int = 0
    centre: float | None = None
    width: float | None = None


_PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Versions:
    """What made this report: program, screening rules (None: not screened), catalogue."""

    program: str
    screening: str | None
    statements: str


@dataclass(frozen=True, slots=True, eq=False)
class ReportContent:
    """A report before it becomes pages.

    Parameters
    ----------
    number, version : str, int
        Number of the study and version of its report.
    hospital : str
        Name of the hub, printed at the top.
    composed : datetime
        Time of the report, aware; printed as the time of signing.
    draft : Draft
        What the reader wrote.
    author : Account
        Who signs.
    objects : tuple of StoredObject
        Source objects whose hashes are signed with the report.
    recording : Recording or None
        ECG to print.
    images : tuple of ImageStudy
        Images to take the key frame from.
    zone : tzinfo or None
        Zone in which times are printed; None is the station's own.
    amends : str or None
        For a corrected report: which version it replaces and why.
    drafted_by : str
        Who wrote what the author has changed in review; empty where nobody else did.
    cases : tuple of CriticalCase
        Critical values as they stand when the report is composed.
    awaits_review : bool
        A second signature is awaited: until it is there the report is a preliminary one.
    letter : bool
        A consultation letter to the unit instead of a report form.
    look : Look
        Logo, seal, and what else the hospital prints.
    demo : bool
        Invented patients and demo certificates: said on every page.
    catalogue_version : str
        Of the statements with the hospital's own; empty: those that ship.
    """

    number: str
    version: int
    hospital: str
    unit: Unit
    kind: Kind
    patient: Patient
    request: Request
    acquired: datetime | None
    arrived: datetime
    composed: datetime
    draft: Draft
    author: Account
    objects: tuple[StoredObject, ...] = ()
    study_uid: str | None = None
    screening: Screening | None = None
    recording: Recording | None = None
    images: tuple[ImageStudy, ...] = ()
    key_frames: tuple[KeyFrame, ...] = ()
    language: Language = Language.ZH
    zone: tzinfo | None = None
    amends: str | None = None
    drafted_by: str = ""
    cases: tuple[CriticalCase, ...] = ()
    demo: bool = False
    catalogue_version: str = ""
    awaits_review: bool = False
    letter: bool = False
    look: Look = _PLAIN
    versions: Versions = field(init=False)

    def __post_init__(self) -> None:
        screening = self.screening.version if self.screening else None
        listed = self.catalogue_version or catalogue().version
        versions = Versions(farlead.__version__, screening, listed)
        object.__setattr__(self, "versions", versions)

    @property
    def name(self) -> str:
        """Name of this version: ``20261122-0007-v1``."""
        return f"{self.number}-v{self.version}"

    @classmethod
    def of_study(
        cls,
        study: Study,
        contents: Iterable[Recording | ImageStudy],
        *,
        hospital: str,
        version: int,
        composed: datetime,
        draft: Draft,
        author: Account,
        screening: Screening | None = None,
        language: Language = Language.ZH,
        demo: bool = False,
        key_frames: tuple[KeyFrame, ...] = (),
        amends: str | None = None,
        cases: tuple[CriticalCase, ...] = (),
        catalogue_version: str = "",
        awaits_review: bool = False,
        letter: bool = False,
        look: Look = _PLAIN,
    ) -> "ReportContent":
        """Content for a study of the store and its decoded objects."""
        contents = tuple(contents)
        recordings = [content for content in contents if isinstance(content, Recording)]
        return cls(
            number=study.number,
            version=version,
            hospital=hospital,
            unit=study.unit,
            kind=study.kind,
            patient=study.patient,
            request=study.request,
            acquired=study.acquired,
            arrived=study.arrived,
            composed=composed,
            draft=draft,
            author=author,
            objects=study.objects,
            study_uid=study.study_uid,
            screening=screening,
            recording=recordings[0] if recordings else None,
            images=tuple(content for content in contents if isinstance(content, ImageStudy)),
            key_frames=key_frames,
            language=language,
            amends=amends,
            cases=cases,
            demo=demo,
            catalogue_version=catalogue_version,
            awaits_review=awaits_review,
            letter=letter,
            look=look,
        )

"""A rejection note: objects that an archive has and that nobody may use any more.

A key object selection document whose title says so. An archive that follows the profile hides what
it names; another keeps it as a document that people can read.

References
----------
IHE Radiology TF, Imaging Object Change Management (RAD-66); DICOM PS3.3 A.35.4, C.17.6.2; PS3.16
TID 2010, CID 7011.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydicom.dataset import Dataset
from pydicom.uid import KeyObjectSelectionDocumentStorage

from farlead.reporting.structured import StructuredReport

_REJECTED = ("113037", "DCM", "Rejected for Patient Safety Reasons")
_DESCRIPTION = ("113012", "DCM", "Key Object Description")


@dataclass(frozen=True, slots=True)
class Referenced:
    """An object of ours in an archive."""

    sop_class: str
    instance: str
    series: str


@dataclass(frozen=True, slots=True)
class NoteIdentity:
    """UIDs of the note: made before the first try of its delivery."""

    instance: str
    series: str
    study: str


def rejection_note(
    report: StructuredReport,
    identity: NoteIdentity,
    named: Sequence[Referenced],
    *,
    reason: str,
    at: datetime,
) -> Dataset:
    """The note about these objects of a report, which is withdrawn for this reason."""
    made = _header(report, identity, at)
    made.CurrentRequestedProcedureEvidenceSequence = [by_study(identity.study, named)]
    made.ValueType, made.ContinuityOfContent = "CONTAINER", "SEPARATE"
    made.ConceptNameCodeSequence = [_code(_REJECTED)]
    template = Dataset()
    template.MappingResource, template.TemplateIdentifier = "DCMR", "2010"
    made.ContentTemplateSequence = [template]
    told = Dataset()
    told.RelationshipType, told.ValueType = "CONTAINS", "TEXT"
    told.ConceptNameCodeSequence = [_code(_DESCRIPTION)]
    told.TextValue = f"WITHDRAWN 报告已撤回 {report.number}-v{report.version}: {reason}"
    made.ContentSequence = [told, *(_item(each) for each in named)]
    return made


def by_study(study: str, named: Sequence[Referenced]) -> Dataset:
    """Reference to objects of one study, by series (PS3.3 C.17.2.1)."""
    made = Dataset()
    made.StudyInstanceUID = study
    made.ReferencedSeriesSequence = [_series(each) for each in named]
    return made


def _header(report: StructuredReport, identity: NoteIdentity, at: datetime) -> Dataset:
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID = KeyObjectSelectionDocumentStorage
    made.SOPInstanceUID = identity.instance
    made.StudyInstanceUID = identity.study
    made.SeriesInstanceUID = identity.series
    made.Modality = "KO"
    made.SeriesNumber, made.InstanceNumber = 1, report.version
    made.Manufacturer = "Farlead"
    made.InstitutionName = report.hospital.replace("\\", " ")[:64]
    made.PatientName = report.patient.replace("\\", " ")
    made.PatientID = (report.local_number or "").replace("\\", " ")
    made.PatientBirthDate = f"{report.birth:%Y%m%d}" if report.birth else ""
    made.PatientSex = report.sex if report.sex in ("M", "F", "O") else ""
    made.AccessionNumber = (report.accession or "").replace("\\", " ")[:16]
    made.ReferringPhysicianName = ""
    made.StudyID = report.number[:16]
    made.StudyDate = f"{report.acquired:%Y%m%d}" if report.acquired else ""
    made.StudyTime = f"{report.acquired:%H%M%S}" if report.acquired else ""
    moment = at.astimezone(UTC)
    made.ContentDate, made.ContentTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
    made.TimezoneOffsetFromUTC = "+0000"
    made.ReferencedPerformedProcedureStepSequence = []
    return made


def _series(each: Referenced) -> Dataset:
    made = Dataset()
    made.SeriesInstanceUID = each.series
    made.ReferencedSOPSequence = [_sop(each)]
    return made


def _item(each: Referenced) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", "COMPOSITE"
    item.ReferencedSOPSequence = [_sop(each)]
    return item


def _sop(each: Referenced) -> Dataset:
    made = Dataset()
    made.ReferencedSOPClassUID = each.sop_class
    made.ReferencedSOPInstanceUID = each.instance
    return made


def _code(code: tuple[str, str, str]) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code
    return item

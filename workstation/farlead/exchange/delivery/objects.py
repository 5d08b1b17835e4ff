"""A signed report as DICOM objects: the PDF, encapsulated, and the structured report."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import ComprehensiveSRStorage, EncapsulatedPDFStorage, ExplicitVRLittleEndian

from farlead.errors import DeliveryFailed, ObjectMissing
from farlead.exchange.delivery.coded import document_code
from farlead.exchange.delivery.parcel import Parcel, Standing, Word, made_uid
from farlead.messages import message
from farlead.model.study import Study
from farlead.objects import ObjectFolder
from farlead.peers import DicomKind
from farlead.reporting.dicom_note import NoteIdentity, Referenced, by_study, rejection_note
from farlead.reporting.dicom_sr import Identity, ecg_report
from farlead.reporting.structured import Source

_CLASSES = {"pdf": str(EncapsulatedPDFStorage), "sr": str(ComprehensiveSRStorage)}
#: What the title of a document begins with when it is not simply the report.
_MARKS = {Standing.PRELIMINARY: "PRELIMINARY 初步报告 ", Standing.CORRECTED: "CORRECTED 更正报告 "}


@dataclass(frozen=True, slots=True)
class DicomObject:
    """One object as a DICOM file.

    Parameters
    ----------
    uid, study, series, sop_class, syntax : str
    data : bytes
    essence : bytes
        What must come back unaltered from an archive, which may write the rest anew.
    """

    uid: str
    study: str
    series: str
    sop_class: str
    syntax: str
    data: bytes
    essence: bytes

    def dataset(self) -> FileDataset:
        """As pydicom sends it."""
        return dcmread(io.BytesIO(self.data))


def dicom_objects(parcel: Parcel, kinds: Sequence[DicomKind]) -> list[DicomObject]:
    """The objects of a delivery; their UIDs are the same in every try.

    A withdrawal is a rejection note that names the objects of the report that was there.
    """
    ecg = parcel.said.kind == "ecg"
    if parcel.standing is Standing.WITHDRAWN:
        return [_rejection(parcel, kinds if ecg else [kind for kind in kinds if kind != "sr"])]
    makers = {"pdf": _encapsulated, "sr": _structured}
    return [makers[kind](parcel) for kind in kinds if ecg or kind != "sr"]


def objects_of(sending: Parcel | Word, kinds: Sequence[DicomKind]) -> list[DicomObject]:
    """The objects to store; DeliveryFailed for what DICOM has none for."""
    if isinstance(sending, Word):
        destination = sending.delivery.destination
        raise DeliveryFailed(message("delivery.no_object", destination=destination))
    return dicom_objects(sending, kinds)


def series_of(study: Study, objects: ObjectFolder) -> dict[str, str]:
    """Series of the study's DICOM objects, by SOP Instance UID; unreadable ones are left out."""
    found = {}
    for stored in study.objects:
        if stored.sop_instance_uid is None:
            continue
        try:
            header = dcmread(
                io.BytesIO(objects.get(stored.sha256)), specific_tags=["SeriesInstanceUID"]
            )
            found[stored.sop_instance_uid] = str(header.SeriesInstanceUID)
        except (ObjectMissing, InvalidDicomError, AttributeError, ValueError):
            continue  # a report may go out without this reference
    return found


def _structured(parcel: Parcel) -> DicomObject:
    """ECG Report after TID 3700."""
    identity = Identity(
        parcel.uid("sr"),
        parcel.uid("sr series"),
        _study_of(parcel),
        parcel.series,
        preliminary=parcel.standing is Standing.PRELIMINARY,
        predecessor=_earlier(parcel, "sr"),
    )
    document = ecg_report(parcel.said, identity)
    return _object(document, essence=identity.instance.encode())


def _study_of(parcel: Parcel) -> str:
    """Study Instance UID; where the unit sent none, the same for all versions of a report."""
    first = parcel.before[0] if parcel.before else parcel.delivery
    return parcel.study.study_uid or made_uid(first.identifier, "study")


def _earlier(parcel: Parcel, kind: str) -> Referenced | None:
    """The object whose place this one takes."""
    earlier = parcel.predecessor
    if earlier is None:
        return None
    identifier = earlier.identifier
    return Referenced(
        _CLASSES[kind], made_uid(identifier, kind), made_uid(identifier, f"{kind} series")
    )


def _rejection(parcel: Parcel, kinds: Sequence[str]) -> DicomObject:
    """IHE IOCM: what was sent must not be used any more, and why."""
    named = [each for each in (_earlier(parcel, kind) for kind in kinds) if each is not None]
    notice = parcel.notice
    document = rejection_note(
        parcel.said,
        NoteIdentity(parcel.uid("note"), parcel.uid("note series"), _study_of(parcel)),
        named,
        reason=notice.reason if notice else "",
        at=notice.asked if notice else parcel.said.composed,
    )
    return _object(document, essence=parcel.uid("note").encode())


def _encapsulated(parcel: Parcel) -> DicomObject:
    """The signed PDF, byte for byte (PS3.3 A.45.1, C.24.2)."""
    said = parcel.said
    document = Dataset()
    document.SpecificCharacterSet = "ISO_IR 192"
    document.SOPClassUID = EncapsulatedPDFStorage
    document.SOPInstanceUID = parcel.uid("pdf")
    document.StudyInstanceUID = _study_of(parcel)
    document.SeriesInstanceUID = parcel.uid("pdf series")
    document.PatientName = _one_value(said.patient)
    document.PatientID = _one_value(said.local_number)
    document.PatientBirthDate = said.birth.strftime("%Y%m%d") if said.birth else ""
    document.PatientSex = said.sex if said.sex in ("M", "F", "O") else ""
    document.AccessionNumber = _one_value(said.accession)
    document.ReferringPhysicianName = ""
    document.StudyID = parcel.study.number[:16]
    acquired = said.acquired  # as in the structured report: they are of one study
    document.StudyDate = f"{acquired:%Y%m%d}" if acquired else ""
    document.StudyTime = f"{acquired:%H%M%S}" if acquired else ""
    document.Modality = "DOC"
    document.SeriesNumber, document.InstanceNumber = 1, parcel.report.version
    document.ConversionType = "WSD"
    document.Manufacturer = "Farlead"
    document.InstitutionName = _one_value(said.hospital)
    signed = parcel.report.signed
    document.ContentDate = f"{signed:%Y%m%d}" if signed else ""
    document.ContentTime = f"{signed:%H%M%S}" if signed else ""
    document.AcquisitionDateTime = ""
    document.BurnedInAnnotation = "YES"
    mark = _MARKS.get(parcel.standing, "")
    document.DocumentTitle = f"{mark}{document_code(said)[1]} {parcel.name}"
    if (earlier := _earlier(parcel, "pdf")) is not None:
        document.PredecessorDocumentsSequence = [by_study(_study_of(parcel), [earlier])]
    document.ConceptNameCodeSequence = [_coded(*document_code(said))]
    document.SourceInstanceSequence = [
        _reference(each) for each in said.sources if each.sop_instance_uid
    ]
    document.MIMETypeOfEncapsulatedDocument = "application/pdf"
    document.EncapsulatedDocument = parcel.pdf + b"\0" * (len(parcel.pdf) % 2)
    document.EncapsulatedDocumentLength = len(parcel.pdf)
    return _object(document, essence=parcel.pdf)


def _object(document: Dataset, *, essence: bytes) -> DicomObject:
    out = io.BytesIO()
    document.file_meta = FileMetaDataset()
    document.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dcmwrite(out, document, enforce_file_format=True)
    return DicomObject(
        uid=str(document.SOPInstanceUID),
        study=str(document.StudyInstanceUID),
        series=str(document.SeriesInstanceUID),
        sop_class=str(document.SOPClassUID),
        syntax=str(ExplicitVRLittleEndian),
        data=out.getvalue(),
        essence=essence,
    )


def _one_value(text: str | None) -> str:
    """A text as one value: DICOM parts values at a backslash and knows no escape for it."""
    return (text or "").replace("\\", " ")


def _coded(code: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code, "LN", meaning
    return item


def _reference(each: Source) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = each.sop_class_uid
    item.ReferencedSOPInstanceUID = each.sop_instance_uid
    return item

"""A signed report as DICOM objects: the PDF, encapsulated, and the structured report."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import EncapsulatedPDFStorage, ExplicitVRLittleEndian

from farlead.errors import ObjectMissing
from farlead.exchange.delivery.coded import document_code
from farlead.exchange.delivery.parcel import Parcel
from farlead.model.study import Study
from farlead.objects import ObjectFolder
from farlead.peers import DicomKind
from farlead.reporting.dicom_sr import Identity, ecg_report
from farlead.reporting.structured import Source


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
    """The objects of a delivery; their UIDs are the same in every try."""
    ecg = parcel.said.kind == "ecg"
    makers = {"pdf": _encapsulated, "sr": _structured}
    return [makers[kind](parcel) for kind in kinds if ecg or kind != "sr"]


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
        parcel.uid("sr"), parcel.uid("sr series"), parcel.uid("study"), parcel.series
    )
    document = ecg_report(parcel.said, identity)
    return _object(document, essence=identity.instance.encode())


def _encapsulated(parcel: Parcel) -> DicomObject:
    """The signed PDF, byte for byte (PS3.3 A.45.1, C.24.2)."""
    said = parcel.said
    document = Dataset()
    document.SpecificCharacterSet = "ISO_IR 192"
    document.SOPClassUID = EncapsulatedPDFStorage
    document.SOPInstanceUID = parcel.uid("pdf")
    document.StudyInstanceUID = parcel.study.study_uid or parcel.uid("study")
    document.SeriesInstanceUID = parcel.uid("pdf series")
    document.PatientName = _one_value(said.patient)
    document.PatientID = _one_value(said.local_number)
    document.PatientBirthDate = said.birth.strftime("%Y%m%d") if said.birth else ""
    document.PatientSex = said.sex if said.sex in ("M", "F", "O") else ""
    document.AccessionNumber = _one_value(said.accession)
    document.ReferringPhysicianName = ""
    document.StudyID = parcel.study.number[:16]
    document.StudyDate = document.StudyTime = ""
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
    document.DocumentTitle = f"{document_code(said)[1]} {parcel.name}"
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

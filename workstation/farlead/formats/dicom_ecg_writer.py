"""DICOM ECG objects from recordings: strict, so that every archive takes them.

======================  ===============================================================
12-lead ECG             I, II, V1–V6 and others of CID 3001, at most 13 channels of at
                        most 16,384 samples, 200–1000 Hz, 16 bits, no median beats
General ECG             at most 24 channels a group, 200–1000 Hz, 16 bits
Ambulatory ECG          at most 12 channels, 50–1000 Hz, 16 bits, no median beats
General 32-bit ECG      whatever else: above 1000 Hz, or an amplitude beyond 16 bits
======================  ===============================================================

The first that fits is taken. The device's statements and measurements go along as waveform
annotations. The object is a new one, whatever the recording came from: it gets a UID of its own
and names its source. A lead that no public scheme has a code for gets one of our own. What DICOM
has no place for is left out and told: the display gain of the device, patients' other numbers,
what a value is too short for.

References
----------
DICOM PS3.3 A.34.3 (12-lead ECG), A.34.4 (General ECG), A.34.5 (Ambulatory ECG), Supplement 237
(General 32-bit ECG), C.10.9 (Waveform), C.10.10 (Waveform Annotation), C.12.1 (SOP Common:
Conversion Source Attributes Sequence); PS3.16 CID 3001.
"""

import io
import re
import uuid
import warnings
import zlib
from collections.abc import Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    AmbulatoryECGWaveformStorage,
    ExplicitVRLittleEndian,
    General32bitECGWaveformStorage,
    GeneralECGWaveformStorage,
    TwelveLeadECGWaveformStorage,
)
from pydicom.valuerep import format_number_as_ds

from farlead.formats.assembly import Notes
from farlead.formats.dicom.channels import OWN_SCHEME
from farlead.formats.dicom_ecg_samples import Coding, coding, stored
from farlead.formats.leads import NUMBERS
from farlead.formats.losses import losses
from farlead.formats.unfit import Unfit
from farlead.messages import Message, message
from farlead.model.people import Patient
from farlead.model.recording import Annotation, Recording

_TWELVE_LEAD_CHANNELS, _TWELVE_LEAD_SAMPLES = 13, 16384
_GENERAL_CHANNELS, _AMBULATORY_CHANNELS = 24, 12
_NEEDED = {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"}
_PRIORITIES = {"STAT", "HIGH", "ROUTINE", "MEDIUM", "LOW"}
#: Characters of Long String and Short String, and of an Unformatted Text Value.
_LONG, _SHORT, _TEXT = 64, 16, 1024
_UID = re.compile(r"(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+", re.ASCII)
_LONGEST_UID = 64
_SEPARATORS = str.maketrans("^=\\", "   ")
_IMPLEMENTATION = UID("2.25.204771229418379340116253947152270843409")


def encode_dicom_ecg(
    recording: Recording, *, step: float | None = None, sop_instance_uid: str | None = None
) -> tuple[bytes, tuple[Message, ...]]:
    """DICOM file (Part 10, explicit little endian, UTF-8) of a recording.

    Parameters
    ----------
    recording : Recording
        `start` is needed (the standard requires it). Samples that are NaN become the padding
        value. A missing or invalid study UID is made.
    step : float, optional
        Microvolts of one step in all leads. Without it each lead has its own
        (:mod:`~farlead.formats.dicom_ecg_samples`).
    sop_instance_uid : str, optional
        Of the object, for a maker of files that has named it already. Without it the object is
        new, and refers to that which the recording came from.

    Returns
    -------
    bytes
        Reading them gives the samples within half a step; samples that are multiples of the
        step come back bit-identical.
    tuple of Message
        What the file does not hold of the recording.

    Raises
    ------
    Unfit
        No start, no leads, names of leads or too many of them for DICOM, or an amplitude that 32
        bits of `step` do not hold.
    """
    _check(recording)
    lost = losses(recording, medians=True, request=True, uids=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the library warns of values that the standard forbids
        try:
            return _encoded(recording, step, sop_instance_uid, lost), tuple(lost)
        except UserWarning as warning:
            raise Unfit("value") from warning


def _encoded(recording: Recording, step: float | None, uid: str | None, lost: Notes) -> bytes:
    parts = [("RHYTHM", recording.samples)]
    if recording.medians is not None:
        parts.append(("MEDIAN BEAT", recording.medians))
    codings = [coding(samples, step) for _, samples in parts]
    sop_class = _sop_class(recording, max(how.bits for how in codings))
    dataset = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    _add_identity(dataset, recording, sop_class, uid, lost)
    _add_request(dataset, recording, lost)
    _add_patient(dataset, recording.patient, lost)
    _add_times(dataset, recording)
    _add_equipment(dataset, recording, lost)
    dataset.WaveformSequence = Sequence(
        [
            _group(recording, label, samples, how)
            for (label, samples), how in zip(parts, codings, strict=True)
        ]
    )
    annotations = [item for each in recording.annotations for item in _annotation(each)]
    if annotations:
        dataset.WaveformAnnotationSequence = Sequence(annotations)
    file = io.BytesIO()
    dcmwrite(file, dataset, enforce_file_format=True)
    return file.getvalue()


def _check(recording: Recording) -> None:
    """Unfit for what no class may hold."""
    channels, n = recording.samples.shape
    if recording.start is None:
        raise Unfit("no_start")
    if not recording.leads or channels != len(recording.leads) or not n:
        raise Unfit("empty")
    for lead in recording.leads:
        if lead not in NUMBERS and not _is_name(lead):
            raise Unfit("lead", lead=lead)
    if channels > _GENERAL_CHANNELS or not 0 < recording.fs < np.inf:
        raise Unfit("channels", channels=channels, fs=f"{recording.fs:g}")


def _is_name(lead: str) -> bool:
    """Whether a lead's name can stand beside a code of our own."""
    whole = lead.strip() == lead and 0 < len(lead) <= _LONG
    return whole and lead.isprintable() and "\\" not in lead and any(map(str.isalnum, lead))


def _sop_class(recording: Recording, bits: int) -> UID:
    """The first class that may hold the recording."""
    (channels, n), fs, alone = recording.samples.shape, recording.fs, recording.medians is None
    if bits > 16 or fs > 1000 or fs < 50:
        return General32bitECGWaveformStorage
    if fs >= 200:
        twelve = channels <= _TWELVE_LEAD_CHANNELS and n <= _TWELVE_LEAD_SAMPLES
        if twelve and alone and set(recording.leads) >= _NEEDED:
            return TwelveLeadECGWaveformStorage
        return GeneralECGWaveformStorage
    if alone and channels <= _AMBULATORY_CHANNELS:
        return AmbulatoryECGWaveformStorage
    return General32bitECGWaveformStorage


def _new_uid() -> UID:
    return UID(f"2.25.{uuid.uuid4().int}")


def _add_identity(
    dataset: FileDataset, recording: Recording, sop_class: UID, given: str | None, lost: Notes
) -> None:
    identity, meta = recording.identity, dataset.file_meta
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _IMPLEMENTATION
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID = sop_class
    uid = UID(given) if given else _new_uid()
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID = uid
    study = identity.study_uid
    if study and not _is_uid(study):
        field = "@formats.lost.field.study_uid"
        lost.add(message("formats.lost.uid", field=field, uid=study))
        study = None
    dataset.StudyInstanceUID = study or _new_uid()
    dataset.SeriesInstanceUID = UID(f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, uid).int}")
    if identity.sop_instance_uid and identity.sop_instance_uid != given:
        _add_source(dataset, identity.sop_instance_uid, identity.sop_class_uid, lost)
    dataset.AccessionNumber = _cut(identity.accession, _SHORT, "accession", lost)
    dataset.StudyID = ""
    dataset.Modality = "ECG"
    dataset.SeriesNumber = "1"
    dataset.InstanceNumber = "1"


def _add_source(dataset: Dataset, uid: str, sop_class: str | None, lost: Notes) -> None:
    """Name the object that this one was made from."""
    if not _is_uid(uid) or not sop_class or not _is_uid(sop_class):
        lost.add(message("formats.lost.source", uid=uid))
        return
    source = Dataset()
    source.ReferencedSOPClassUID, source.ReferencedSOPInstanceUID = sop_class, uid
    dataset.ConversionSourceAttributesSequence = Sequence([source])


def _is_uid(text: str) -> bool:
    return len(text) <= _LONGEST_UID and _UID.fullmatch(text) is not None


def _cut(text: str | None, size: int, field: str, lost: Notes, *, name: bool = False) -> str:
    """Text as a value of at most `size` characters; what that changes is told."""
    text = text or ""
    parted = text.translate(_SEPARATORS) if name else text.replace("\\", " ")
    if parted != text or len(text) > size:
        lost.add(message("formats.lost.cut", field=f"@formats.lost.field.{field}"))
    return parted[:size].strip()


def _add_request(dataset: Dataset, recording: Recording, lost: Notes) -> None:
    hints = recording.hints
    doctor = _cut(hints.requesting_doctor, _LONG, "doctor", lost, name=True)
    dataset.ReferringPhysicianName = doctor
    dataset.AcquisitionContextSequence = Sequence([])
    for keyword, text, field in (
        ("ReasonForTheRequestedProcedure", hints.clinical_question, "question"),
        ("InstitutionName", hints.institution, "institution"),
        ("InstitutionalDepartmentName", hints.department, "department"),
    ):
        if text:
            setattr(dataset, keyword, _cut(text, _LONG, field, lost))
    if hints.priority in _PRIORITIES:
        dataset.RequestedProcedurePriority = hints.priority
    elif hints.priority:
        lost.add(message("formats.lost.priority", priority=hints.priority))


def _add_patient(dataset: Dataset, patient: Patient, lost: Notes) -> None:
    dataset.PatientName = _cut(patient.name, _LONG, "name", lost, name=True)
    dataset.PatientID = _cut(patient.local_number, _LONG, "code", lost)
    born = patient.birth_date
    dataset.PatientBirthDate = _day(born) if born else ""
    dataset.PatientSex = {"M": "M", "F": "F", "O": "O"}.get(patient.sex, "")
    if patient.age_years is not None and 0 <= patient.age_years < 1000:
        dataset.PatientAge = _age(patient.age_years)


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _age(years: float) -> str:
    """Age String in the unit that is usual for it: days, months, years."""
    for unit, in_year, most in (("D", 365.25, 30), ("M", 12, 24)):
        if round(years * in_year) < most:
            return f"{round(years * in_year):03d}{unit}"
    return f"{int(years):03d}Y"


def _add_times(dataset: Dataset, recording: Recording) -> None:
    start = recording.start
    if start is None:
        raise Unfit("no_start")
    day, time = _day(start), start.strftime("%H%M%S.%f")
    dataset.StudyDate = dataset.ContentDate = day
    dataset.StudyTime = dataset.ContentTime = time
    zone = start.strftime("%z")[:5]
    dataset.AcquisitionDateTime = f"{day}{time}{zone}"
    if zone:
        dataset.TimezoneOffsetFromUTC = zone


def _add_equipment(dataset: Dataset, recording: Recording, lost: Notes) -> None:
    device = recording.device
    dataset.Manufacturer = _cut(device.manufacturer, _LONG, "equipment", lost)
    if device.model:
        dataset.ManufacturerModelName = _cut(device.model, _LONG, "equipment", lost)
    if device.serial:
        dataset.DeviceSerialNumber = _cut(device.serial, _LONG, "equipment", lost)
    if device.gain is not None:
        lost.add(message("formats.lost.gain"))


def _group(recording: Recording, label: str, samples: NDArray[np.float32], how: Coding) -> Dataset:
    group = Dataset()
    group.WaveformOriginality = "ORIGINAL" if label == "RHYTHM" else "DERIVED"
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = samples.shape
    group.SamplingFrequency = format_number_as_ds(float(recording.fs))
    group.MultiplexGroupLabel = label
    group.ChannelDefinitionSequence = Sequence(
        [
            _channel(recording, name, step, how.bits)
            for name, step in zip(recording.leads, how.steps, strict=True)
        ]
    )
    group.WaveformBitsAllocated = how.bits
    group.WaveformSampleInterpretation = "SS" if how.bits == 16 else "SL"
    if np.isnan(samples).any():
        padding = how.padding.to_bytes(how.bits // 8, "little", signed=True)
        group.add_new("WaveformPaddingValue", "OW", padding)
    group.add_new("WaveformData", "OW", stored(samples, how))
    return group


def _channel(recording: Recording, name: str, step: float, bits: int) -> Dataset:
    channel = Dataset()
    channel.ChannelLabel = name[:_SHORT].strip()
    channel.ChannelSourceSequence = Sequence([_source(name)])
    channel.ChannelSensitivity = format_number_as_ds(step)
    channel.ChannelSensitivityUnitsSequence = Sequence([_code("uV", "UCUM", "microvolt")])
    channel.ChannelSensitivityCorrectionFactor = "1"
    channel.ChannelBaseline = "0"
    channel.ChannelSampleSkew = "0"
    channel.WaveformBitsStored = bits
    device = recording.device
    for keyword, value in (
        ("FilterLowFrequency", device.high_pass),
        ("FilterHighFrequency", device.low_pass),
        ("NotchFilterFrequency", device.notch),
    ):
        if value is not None:
            setattr(channel, keyword, format_number_as_ds(float(value)))
    return channel


def _source(name: str) -> Dataset:
    """Code of a lead: of ISO/IEEE 11073, else one of our own that is the same for the name."""
    if name in NUMBERS:
        return _code(f"2:{NUMBERS[name]}", "MDC", f"Lead {name}")
    return _code(_own(name), OWN_SCHEME, name)


def _own(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08X}"


def _annotation(annotation: Annotation) -> Iterator[Dataset]:
    """Items of one statement, measurement or mark; long texts take several."""
    texts = [annotation.text[at : at + _TEXT] for at in range(0, len(annotation.text), _TEXT)]
    for text in texts or [""]:
        item = Dataset()
        item.AnnotationGroupNumber = 0
        item.ReferencedWaveformChannels = [1, 0]
        if annotation.value is not None and text is (texts or [""])[0]:
            item.NumericValue = format_number_as_ds(float(annotation.value))
            if annotation.unit:
                unit = annotation.unit[:16]
                item.MeasurementUnitsCodeSequence = Sequence([_code(unit, "UCUM", unit)])
        if "NumericValue" in item and 0 < len(text) <= _LONG and "\\" not in text:
            # A name of the device's own: a local code that is the same for the same name.
            item.ConceptNameCodeSequence = Sequence([_code(_own(text), OWN_SCHEME, text)])
        elif text:
            item.UnformattedTextValue = text
        if annotation.position is not None:
            item.TemporalRangeType = "POINT"
            item.ReferencedSamplePositions = annotation.position + 1
        yield item


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code

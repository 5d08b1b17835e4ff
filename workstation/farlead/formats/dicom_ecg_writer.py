"""DICOM ECG objects from recordings: strict, so that every archive takes them.

======================  ===============================================================
12-lead ECG             I, II, V1–V6 and others of CID 3001, at most 13 channels of at
                        most 16,384 samples, 200–1000 Hz, 16 bits, no median beats
General ECG             at most 24 channels a group, 200–1000 Hz, 16 bits
Ambulatory ECG          at most 12 channels, 50–1000 Hz, 16 bits, no median beats
General 32-bit ECG      whatever else: above 1000 Hz, or an amplitude beyond 16 bits
======================  ===============================================================

The first that fits is taken. The device's statements and measurements go along as waveform
annotations. What DICOM has no place for is left out: the display gain of the device, and the
numbers of patients that are kept only as a hash.

References
----------
DICOM PS3.3 A.34.3 (12-lead ECG), A.34.4 (General ECG), A.34.5 (Ambulatory ECG), Supplement 237
(General 32-bit ECG), C.10.9 (Waveform), C.10.10 (Waveform Annotation); PS3.16 CID 3001.
"""

import io
import uuid
import warnings
import zlib
from collections.abc import Iterator

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

from farlead.formats.dicom_ecg_samples import Coding, coding, stored
from farlead.formats.leads import NUMBERS
from farlead.model.people import Patient
from farlead.model.recording import Annotation, Recording

_TWELVE_LEAD_CHANNELS, _TWELVE_LEAD_SAMPLES = 13, 16384
_GENERAL_CHANNELS, _AMBULATORY_CHANNELS = 24, 12
_NEEDED = {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"}
_PRIORITIES = {"STAT", "HIGH", "ROUTINE", "MEDIUM", "LOW"}
_MEANING, _TEXT = 64, 1024  # characters of a Code Meaning and of an Unformatted Text Value
_IMPLEMENTATION = UID("2.25.204771229418379340116253947152270843409")


def encode_dicom_ecg(recording: Recording, *, step: float | None = None) -> bytes:
    """DICOM file (Part 10, explicit little endian, UTF-8) of a recording.

    Parameters
    ----------
    recording : Recording
        `start` is needed (the standard requires it). Samples that are NaN become the padding
        value. Missing UIDs are made.
    step : float, optional
        Microvolts of one step in all leads. Without it each lead has its own
        (:mod:`~farlead.formats.dicom_ecg_samples`).

    Returns
    -------
    bytes
        Reading them gives the samples within half a step; samples that are multiples of the
        step come back bit-identical.

    Raises
    ------
    ValueError
        No start, no or unknown leads, too many channels, or an amplitude that 32 bits of
        `step` do not hold.
    """
    _check(recording)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the library warns of values that the standard forbids
        try:
            return _encoded(recording, step)
        except UserWarning as warning:
            raise ValueError(str(warning)) from warning


def _encoded(recording: Recording, step: float | None) -> bytes:
    parts = [("RHYTHM", recording.samples)]
    if recording.medians is not None:
        parts.append(("MEDIAN BEAT", recording.medians))
    codings = [coding(samples, step) for _, samples in parts]
    sop_class = _sop_class(recording, max(how.bits for how in codings))
    dataset = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    _add_identity(dataset, recording, sop_class)
    _add_patient(dataset, recording.patient)
    _add_times(dataset, recording)
    _add_equipment(dataset, recording)
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
    """ValueError for what no class may hold."""
    unknown = [name for name in recording.leads if name not in NUMBERS]
    channels, n = recording.samples.shape
    if recording.start is None:
        raise ValueError("a DICOM waveform needs its acquisition time")
    if unknown or not recording.leads or channels != len(recording.leads) or not n:
        raise ValueError(f"leads without a code: {unknown}, or none, or not one a row")
    if channels > _GENERAL_CHANNELS or not 0 < recording.fs < np.inf:
        raise ValueError(f"{channels} channels at {recording.fs} Hz fit no ECG object")


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


def _add_identity(dataset: FileDataset, recording: Recording, sop_class: UID) -> None:
    identity, hints = recording.identity, recording.hints
    meta = dataset.file_meta
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _IMPLEMENTATION
    dataset.SOPClassUID = meta.MediaStorageSOPClassUID = sop_class
    uid = UID(identity.sop_instance_uid) if identity.sop_instance_uid else _new_uid()
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID = uid
    dataset.StudyInstanceUID = identity.study_uid or _new_uid()
    dataset.SeriesInstanceUID = UID(f"2.25.{uuid.uuid5(uuid.NAMESPACE_OID, uid).int}")
    dataset.AccessionNumber = identity.accession or ""
    dataset.StudyID = ""
    dataset.Modality = "ECG"
    dataset.SeriesNumber = "1"
    dataset.InstanceNumber = "1"
    dataset.ReferringPhysicianName = hints.requesting_doctor or ""
    dataset.AcquisitionContextSequence = Sequence([])
    if hints.clinical_question:
        dataset.ReasonForTheRequestedProcedure = hints.clinical_question[:64]
    if hints.institution:
        dataset.InstitutionName = hints.institution[:64]
    if hints.department:
        dataset.InstitutionalDepartmentName = hints.department[:64]
    if hints.priority in _PRIORITIES:
        dataset.RequestedProcedurePriority = hints.priority


def _add_patient(dataset: Dataset, patient: Patient) -> None:
    name = patient.name or ""
    for separator in "^=\\":
        name = name.replace(separator, " ")
    dataset.PatientName = name
    dataset.PatientID = patient.local_number or ""
    born = patient.birth_date
    dataset.PatientBirthDate = born.strftime("%Y%m%d") if born else ""
    dataset.PatientSex = {"M": "M", "F": "F", "O": "O"}.get(patient.sex, "")
    if patient.age_years is not None and 0 <= patient.age_years < 1000:
        dataset.PatientAge = _age(patient.age_years)


def _age(years: float) -> str:
    """Age String in the unit that is usual for it: days, months, years."""
    for unit, in_year, most in (("D", 365.25, 30), ("M", 12, 24)):
        if round(years * in_year) < most:
            return f"{round(years * in_year):03d}{unit}"
    return f"{int(years):03d}Y"


def _add_times(dataset: Dataset, recording: Recording) -> None:
    start = recording.start
    if start is None:
        raise ValueError("a DICOM waveform needs its acquisition time")
    day, time = start.strftime("%Y%m%d"), start.strftime("%H%M%S.%f")
    dataset.StudyDate = dataset.ContentDate = day
    dataset.StudyTime = dataset.ContentTime = time
    zone = start.strftime("%z")[:5]
    dataset.AcquisitionDateTime = f"{day}{time}{zone}"
    if zone:
        dataset.TimezoneOffsetFromUTC = zone


def _add_equipment(dataset: Dataset, recording: Recording) -> None:
    device = recording.device
    dataset.Manufacturer = device.manufacturer or ""
    if device.model:
        dataset.ManufacturerModelName = device.model
    if device.serial:
        dataset.DeviceSerialNumber = device.serial


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
    channel.ChannelLabel = name
    channel.ChannelSourceSequence = Sequence([_code(f"2:{NUMBERS[name]}", "MDC", f"Lead {name}")])
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
        if "NumericValue" in item and 0 < len(text) <= _MEANING and "\\" not in text:
            # A name of the device's own: a local code that is the same for the same name.
            own = f"{zlib.crc32(text.encode()):08X}"
            item.ConceptNameCodeSequence = Sequence([_code(own, "99FARLEAD", text)])
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

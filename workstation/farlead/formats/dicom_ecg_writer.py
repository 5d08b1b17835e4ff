"""DICOM ECG objects from recordings: strict, so that every archive takes them.

A standard recording (leads of CID 3001, 200–1000 Hz, at most 13 channels and 16,384 samples)
becomes a 12-lead ECG object, any other one of at most 24 channels a General ECG object.

References
----------
DICOM PS3.3 A.34.3 (12-lead ECG), A.34.4 (General ECG), C.10.9 (Waveform); PS3.16 CID 3001.
"""

import io
import uuid
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    GeneralECGWaveformStorage,
    TwelveLeadECGWaveformStorage,
)

from farlead.formats.leads import NUMBERS
from farlead.model.people import Patient
from farlead.model.recording import Recording

#: Steps in microvolts, finest first; the finest that holds the whole amplitude is taken.
_STEPS = (0.1, 0.25, 0.5, 1.0, 1.25, 2.0, 2.5, 4.88, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0)
_PADDING = -32768
_LARGEST = 32767
_TWELVE_LEAD_CHANNELS, _TWELVE_LEAD_SAMPLES = 13, 16384
_GENERAL_CHANNELS = 24
_IMPLEMENTATION = UID("2.25.204771229418379340116253947152270843409")


def write_dicom_ecg(recording: Recording, path: Path, *, step: float | None = None) -> None:
    """Write :func:`encode_dicom_ecg` to `path`."""
    path.write_bytes(encode_dicom_ecg(recording, step=step))


def encode_dicom_ecg(recording: Recording, *, step: float | None = None) -> bytes:
    """DICOM file (Part 10, explicit little endian, UTF-8) of a recording.

    Parameters
    ----------
    recording : Recording
        `start` is needed (the standard requires it). Samples that are NaN become the padding
        value. Missing UIDs are made.
    step : float, optional
        Microvolts of one step. Without it, the coarsest step that loses nothing, else the
        finest that holds the amplitude.

    Returns
    -------
    bytes
        Reading them gives the samples within half a step; samples that are multiples of the
        step come back bit-identical.

    Raises
    ------
    ValueError
        No start, no or unknown leads, too many channels, a sampling rate outside 200–1000 Hz,
        or an amplitude that does not fit `step`.
    """
    sop_class = _checked(recording)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the library warns of values that the standard forbids
        try:
            return _encoded(recording, sop_class, step)
        except UserWarning as warning:
            raise ValueError(str(warning)) from warning


def _encoded(recording: Recording, sop_class: UID, step: float | None) -> bytes:
    dataset = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    _add_identity(dataset, recording, sop_class)
    _add_patient(dataset, recording.patient)
    _add_times(dataset, recording)
    _add_equipment(dataset, recording)
    groups = [_group(recording, recording.samples, "RHYTHM", step)]
    if recording.medians is not None:
        groups.append(_group(recording, recording.medians, "MEDIAN BEAT", step))
    dataset.WaveformSequence = Sequence(groups)
    file = io.BytesIO()
    dcmwrite(file, dataset, enforce_file_format=True)
    return file.getvalue()


def _checked(recording: Recording) -> UID:
    """SOP class that fits; ValueError for what neither class may hold."""
    unknown = [name for name in recording.leads if name not in NUMBERS]
    channels, n = recording.samples.shape
    if recording.start is None:
        raise ValueError("a DICOM waveform needs its acquisition time")
    if unknown or not recording.leads or channels != len(recording.leads) or not n:
        raise ValueError(f"leads without a code: {unknown}, or none, or not one a row")
    if channels > _GENERAL_CHANNELS or not 200 <= recording.fs <= 1000:
        raise ValueError(f"{channels} channels at {recording.fs} Hz fit no ECG object")
    twelve = channels <= _TWELVE_LEAD_CHANNELS and n <= _TWELVE_LEAD_SAMPLES
    if twelve and set(recording.leads) >= {"I", "II", "V1", "V2", "V3", "V4", "V5", "V6"}:
        return TwelveLeadECGWaveformStorage
    return GeneralECGWaveformStorage


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


def _add_patient(dataset: Dataset, patient: Patient) -> None:
    name = patient.name or ""
    for separator in "^=\\":
        name = name.replace(separator, " ")
    dataset.PatientName = name
    dataset.PatientID = patient.local_number or ""
    born = patient.birth_date
    dataset.PatientBirthDate = born.strftime("%Y%m%d") if born else ""
    dataset.PatientSex = {"M": "M", "F": "F", "O": "O"}.get(patient.sex, "")
    if patient.age_years is not None and patient.age_years < 1000:
        dataset.PatientAge = f"{int(patient.age_years):03d}Y"


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


def _group(
    recording: Recording, samples: NDArray[np.float32], label: str, step: float | None
) -> Dataset:
    step = step or _best_step(samples)
    codes = np.rint(samples.astype(np.float64) * (1000.0 / step))
    gaps = np.isnan(codes)
    if np.any(np.abs(codes[~gaps]) > _LARGEST):
        raise ValueError(f"the amplitude does not fit steps of {step} µV")
    codes[gaps] = _PADDING
    group = Dataset()
    group.MultiplexGroupTimeOffset = "0"
    group.WaveformOriginality = "ORIGINAL" if label == "RHYTHM" else "DERIVED"
    group.NumberOfWaveformChannels, group.NumberOfWaveformSamples = samples.shape
    group.SamplingFrequency = f"{recording.fs:.10g}"
    group.MultiplexGroupLabel = label
    group.ChannelDefinitionSequence = Sequence(
        [_channel(recording, name, step) for name in recording.leads]
    )
    group.WaveformBitsAllocated = 16
    group.WaveformSampleInterpretation = "SS"
    if gaps.any():
        group.add_new("WaveformPaddingValue", "OW", np.array(_PADDING, "<i2").tobytes())
    group.add_new("WaveformData", "OW", np.ascontiguousarray(codes.T).astype("<i2").tobytes())
    return group


def _best_step(samples: NDArray[np.float32]) -> float:
    """Coarsest step that loses nothing, else the finest that holds the amplitude."""
    microvolts = samples[np.isfinite(samples)].astype(np.float64) * 1000.0
    peak = float(np.max(np.abs(microvolts), initial=0.0))
    fitting = [step for step in _STEPS if peak <= step * _LARGEST]
    for step in reversed(fitting):
        codes = np.rint(microvolts / step)
        if np.array_equal(
            (codes * step / 1000.0).astype(np.float32), samples[np.isfinite(samples)]
        ):
            return step
    if not fitting:
        raise ValueError(f"an amplitude of {peak:g} µV fits no 16-bit step")
    return fitting[0]


def _channel(recording: Recording, name: str, step: float) -> Dataset:
    channel = Dataset()
    channel.ChannelLabel = name
    channel.ChannelSourceSequence = Sequence([_code(f"2:{NUMBERS[name]}", "MDC", f"Lead {name}")])
    channel.ChannelSensitivity = f"{step:.10g}"
    channel.ChannelSensitivityUnitsSequence = Sequence([_code("uV", "UCUM", "microvolt")])
    channel.ChannelSensitivityCorrectionFactor = "1"
    channel.ChannelBaseline = "0"
    channel.ChannelSampleSkew = "0"
    channel.WaveformBitsStored = 16
    device = recording.device
    for keyword, value in (
        ("FilterLowFrequency", device.high_pass),
        ("FilterHighFrequency", device.low_pass),
        ("NotchFilterFrequency", device.notch),
    ):
        if value is not None:
            setattr(channel, keyword, f"{value:.10g}")
    return channel


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return code

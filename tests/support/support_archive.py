"""ECGs as units send them to an archive, and what an archive may make of them."""

import io
from datetime import datetime, timedelta

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from ecg_files import dicom_bytes, recording


def ecg(name: str = "测试甲", number: str | None = None, *, hours_ago: float = 0.0) -> bytes:
    """An ECG as a unit's cart sends it, with identifiers of its own."""
    made = pydicom.dcmread(io.BytesIO(dicom_bytes(recording(name=name))))
    moment = datetime.now().astimezone() - timedelta(hours=hours_ago)
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.StudyDate, made.StudyTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
    made.AcquisitionDateTime = f"{moment:%Y%m%d%H%M%S%z}"
    if number is not None:
        made.PatientID = number
    return written(made)


def written(made: Dataset) -> bytes:
    """A data set as a file."""
    out = io.BytesIO()
    made.save_as(out)
    return out.getvalue()


def with_another_wave(data: bytes) -> bytes:
    """One sample of the first group differs."""
    made = pydicom.dcmread(io.BytesIO(data))
    wave = np.frombuffer(made.WaveformSequence[0].WaveformData, "<i2").copy()
    wave[len(wave) // 2] += 40
    made.WaveformSequence[0].WaveformData = wave.tobytes()
    return written(made)

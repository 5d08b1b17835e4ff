"""DICOM image files from arrays, for tests."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, ExplicitVRLittleEndian, SecondaryCaptureImageStorage


def image_dataset(frames: NDArray[np.generic], **attributes: object) -> FileDataset:
    """Data set of ``(frames, rows, columns[, 3])``; `attributes` by keyword, None removes one."""
    dataset = FileDataset("", {}, file_meta=FileMetaDataset(), preamble=b"\0" * 128)
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = UID("2.25.5")
    dataset.SOPClassUID, dataset.SOPInstanceUID = SecondaryCaptureImageStorage, "2.25.5"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "2.25.3", "2.25.4"
    dataset.PatientName, dataset.PatientID, dataset.Modality = "Test", "T1", "OT"
    dataset.StudyDate, dataset.StudyTime = "20261122", "093000"
    count, dataset.Rows, dataset.Columns = frames.shape[:3]
    if count > 1:
        dataset.NumberOfFrames = count
    dataset.SamplesPerPixel = 3 if frames.ndim == 4 else 1
    dataset.PhotometricInterpretation = "RGB" if frames.ndim == 4 else "MONOCHROME2"
    if frames.ndim == 4:
        dataset.PlanarConfiguration = 0
    bits = frames.dtype.itemsize * 8
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = int(frames.dtype.kind == "i")
    data = frames.astype(frames.dtype.newbyteorder("<")).tobytes()
    dataset.add_new("PixelData", "OW" if bits > 8 else "OB", data + b"\0" * (len(data) % 2))
    for keyword, value in attributes.items():
        if value is None:
            delattr(dataset, keyword)
        else:
            setattr(dataset, keyword, value)
    return dataset


def image_bytes(frames: NDArray[np.generic] | Dataset, **attributes: object) -> bytes:
    """DICOM file of an image."""
    dataset = frames if isinstance(frames, Dataset) else image_dataset(frames, **attributes)
    file = BytesIO()
    dcmwrite(file, dataset)
    return file.getvalue()

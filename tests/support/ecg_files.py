"""Synthetic ECG recordings and DICOM files of them, for every test that needs some.

>>> data = dicom_bytes(recording(rate=72, name="测试甲"))      # a good 12-lead file
>>> broken = truncated(data)

The beats are sums of Gaussian waves with known positions (:func:`r_positions`), so a test
knows the truth. Nothing here is a real patient.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from farlead.formats.dicom_ecg_writer import encode_dicom_ecg
from farlead.formats.leads import TWELVE, derive_limb_lead
from farlead.model.people import Patient, Sex
from farlead.model.recording import Device, Identity, Recording, RequestHints

START = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)

#: wave: (seconds from R, width in seconds, amplitude in mV)
_WAVES = {
    "p": (-0.16, 0.020, 0.12),
    "q": (-0.025, 0.008, -0.08),
    "r": (0.0, 0.010, 1.0),
    "s": (0.028, 0.009, -0.20),
    "t": (0.26, 0.045, 0.28),
}
#: size of each lead's (QRS, P and T); III and the augmented leads follow from I and II
_SCALE = {
    "I": (0.6, 0.7),
    "II": (1.0, 1.0),
    "V1": (-0.7, 0.4),
    "V2": (-0.5, 1.3),
    "V3": (0.3, 1.4),
    "V4": (1.1, 1.3),
    "V5": (1.2, 1.0),
    "V6": (0.9, 0.8),
}


def r_positions(
    *, rate: float = 72.0, seconds: float = 10.0, fs: float = 500.0, first: float = 0.4
) -> NDArray[np.int64]:
    """R positions in samples of a regular rhythm of `rate` beats a minute."""
    return np.rint(np.arange(first, seconds - 0.05, 60.0 / rate) * fs).astype(np.int64)


def one_lead(
    beats: NDArray[np.int64],
    n: int,
    fs: float = 500.0,
    *,
    qrs: float = 1.0,
    waves: float = 1.0,
    widen: float = 1.0,
) -> NDArray[np.float64]:
    """One lead in mV with a beat at each of `beats` (samples); `widen` stretches the QRS."""
    t = np.arange(n) / fs
    out = np.zeros(n)
    for beat in beats / fs:
        for name, (offset, width, size) in _WAVES.items():
            is_qrs = name in "qrs"
            stretch, scale = (widen, qrs) if is_qrs else (1.0, waves)
            centre = beat + offset * (widen if is_qrs else 1.0)
            out += size * scale * np.exp(-0.5 * ((t - centre) / (width * stretch)) ** 2)
    return out


def twelve_leads(
    beats: NDArray[np.int64], n: int, fs: float = 500.0, *, widen: float = 1.0
) -> NDArray[np.float32]:
    """Standard 12 leads in mV, ``(12, n)``, whole microvolts, with II = I + III."""
    return _twelve(tuple(beats.tolist()), n, fs, widen).copy()


@lru_cache(maxsize=128)
def _twelve(beats: tuple[int, ...], n: int, fs: float, widen: float) -> NDArray[np.float32]:
    at = np.array(beats, np.int64)
    leads = {
        name: np.rint(1000 * one_lead(at, n, fs, qrs=q, waves=w, widen=widen)) / 1000
        for name, (q, w) in _SCALE.items()
    }
    for name in ("III", "aVR", "aVL", "aVF"):
        derived = derive_limb_lead(name, leads["I"], leads["II"])
        leads[name] = np.rint(1000 * np.asarray(derived, np.float64)) / 1000
    return np.stack([leads[name] for name in TWELVE]).astype(np.float32)


def recording(
    *,
    rate: float = 72.0,
    seconds: float = 10.0,
    fs: float = 500.0,
    name: str | None = "演示 甲",
    local_number: str | None = "T0001",
    sex: Sex = Sex.FEMALE,
    birth_date: date | None = date(1960, 5, 17),
    start: datetime | None = START,
    noise: float = 0.0,
    widen: float = 1.0,
    beats: NDArray[np.int64] | None = None,
    samples: NDArray[np.floating] | None = None,
    leads: tuple[str, ...] = TWELVE,
    study_uid: str | None = None,
    sop_instance_uid: str | None = None,
    question: str | None = None,
    seed: int = 1,
) -> Recording:
    """A 12-lead recording; `beats` (samples) goes before `rate`, `samples` (mV) before both.

    `noise` is the standard deviation in mV of white noise in every lead.
    """
    n = round(seconds * fs)
    if samples is None:
        where = r_positions(rate=rate, seconds=seconds, fs=fs) if beats is None else beats
        samples = twelve_leads(where, n, fs, widen=widen)
    if noise:
        samples = samples + np.random.default_rng(seed).normal(0, noise, samples.shape)
    return Recording(
        samples=np.asarray(np.rint(np.asarray(samples, np.float64) * 1000) / 1000, np.float32),
        leads=leads,
        fs=fs,
        start=start,
        patient=Patient(name=name, local_number=local_number, sex=sex, birth_date=birth_date),
        device=Device("Farlead", "synthetic", high_pass=0.05, low_pass=150.0),
        identity=Identity(study_uid=study_uid, sop_instance_uid=sop_instance_uid),
        hints=RequestHints(clinical_question=question),
    )


def noisy(*, seconds: float = 10.0, noise: float = 0.02) -> Recording:
    """As :func:`recording` with `noise`, but of the electrodes: the limb leads agree still."""
    made = recording(seconds=seconds, noise=noise)
    samples = np.asarray(made.samples, np.float64)
    for row, name in enumerate(("III", "aVR", "aVL", "aVF"), start=2):
        samples[row] = derive_limb_lead(name, samples[0], samples[1])
    samples = np.rint(samples * 1000) / 1000
    return replace(made, samples=samples.astype(np.float32))


def flat(*, level: float = 0.0, seconds: float = 10.0, fs: float = 500.0) -> Recording:
    """A flat line in all leads: electrodes off, or asystole."""
    return recording(samples=np.full((12, round(seconds * fs)), level), seconds=seconds, fs=fs)


def noise_only(*, sd: float = 0.3, seconds: float = 10.0, fs: float = 500.0) -> Recording:
    """White noise without any beat."""
    n = round(seconds * fs)
    return recording(samples=np.zeros((12, n)), seconds=seconds, fs=fs, noise=sd)


def with_pause(
    *, pause: float = 4.0, rate: float = 60.0, seconds: float = 10.0, fs: float = 500.0
) -> Recording:
    """A regular rhythm with one pause (seconds between two R waves) in its middle."""
    early = np.arange(0.4, seconds * 0.4, 60.0 / rate)
    late = np.arange(early[-1] + pause, seconds - 0.3, 60.0 / rate)
    beats = np.rint(np.concatenate([early, late]) * fs).astype(np.int64)
    return recording(beats=beats, seconds=seconds, fs=fs)


def dicom_bytes(content: Recording | None = None, **changes: object) -> bytes:
    """DICOM file of `content` (default: :func:`recording`); `changes` replace its fields."""
    content = content or recording()
    content = replace(content, **changes) if changes else content  # type: ignore[arg-type]
    data, _ = encode_dicom_ecg(content, sop_instance_uid=content.identity.sop_instance_uid)
    return data


def dicom_file(path: Path, content: Recording | None = None, **changes: object) -> Path:
    """Write :func:`dicom_bytes` to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dicom_bytes(content, **changes))
    return path


def truncated(data: bytes, share: float = 0.5) -> bytes:
    """The first `share` of a file, as an interrupted upload leaves it."""
    return data[: int(len(data) * share)]


def text_file() -> bytes:
    """A text that somebody named .dcm."""
    return "这是一份文字说明，不是检查文件。\nNot a study.\n".encode()


def dicom_without_content() -> bytes:
    """A valid DICOM file (structured report) with neither waveform nor pixels."""
    from io import BytesIO

    from pydicom import dcmread
    from pydicom.filewriter import dcmwrite
    from pydicom.uid import BasicTextSRStorage

    dataset = dcmread(BytesIO(dicom_bytes()))
    del dataset.WaveformSequence
    dataset.Modality = "SR"
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = BasicTextSRStorage
    file = BytesIO()
    dcmwrite(file, dataset)
    return file.getvalue()

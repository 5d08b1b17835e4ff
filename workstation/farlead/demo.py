"""The demonstration: invented units and patients, real recordings and images.

Studies come from pydicom's wheel (a 12-lead ECG, an ultrasound clip, a CT and an MR slice) and,
where the folder of shared recordings is given, from LUDB and MIT-BIH. Samples and pixels are
unchanged; names, numbers and dates are replaced by invented ones that say 演示. They are left
in the units' inboxes, as a unit leaves them, and enter by intake like any other.

One file is broken on purpose, so that quarantine is seen.
"""

import json
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.filewriter import dcmwrite

from farlead.access.demo_authority import DEMO_PIN, DemoReader, make_demo_keys
from farlead.access.keys import Credential
from farlead.formats.dicom_ecg_writer import encode_dicom_ecg
from farlead.model.people import Patient, Role, Sex
from farlead.model.recording import Device, Identity, Recording
from farlead.settings import (
    Clock,
    ContactSettings,
    Settings,
    UnitSettings,
    save_settings,
    utc_now,
)
from farlead.store import Store

_CONTACTS = (
    ContactSettings(name="示例值班医师", role="急诊", number="0000-0000-601"),
    ContactSettings(name="示例总值班", number="0000-0000-100"),
)
UNITS = (
    UnitSettings(code="jia", name="甲县人民医院（演示）", contacts=_CONTACTS),
    UnitSettings(code="yi", name="乙镇卫生院（演示）", contacts=_CONTACTS),
    UnitSettings(code="bing", name="丙社区卫生服务中心（演示）", contacts=_CONTACTS),
    UnitSettings(code="ding", name="丁镇卫生院（演示）", contacts=_CONTACTS),
    UnitSettings(code="wu", name="戊县中医院（演示）", contacts=_CONTACTS),
)

#: Opens the demonstration's signing keys.
PIN = DEMO_PIN

#: Who reads in the demonstration, and the colleague whose claims are seen.
READERS = (
    (DemoReader("demo", "示例医师甲"), Role.READER),
    (DemoReader("colleague", "示例医师乙"), Role.SENIOR_READER),
)

_NAMESPACE = uuid.UUID("5d1f3c52-6a3e-4a63-9d0c-5a0d4d5d9b0e")
_LUDB_LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
_MITDB_LEADS = ("II", "V1")  # MLII is shown as II; the device's name says so
_LUDB_RATE, _MITDB_RATE = 500.0, 360.0
_MITDB_GAIN, _MITDB_ZERO = 200.0, 1024.0  # per mV, and the code of 0 mV, for record 207
_FLUTTER = (1560, 10)  # second, length: ventricular flutter in record 207
_MARKER = "demo.json"


@dataclass(frozen=True, slots=True)
class _Case:
    """One demonstration study.

    What the fields mean stands at the head of ``demo_data/cases.toml``.
    """

    source: str
    unit: str
    sex: str
    age: int
    priority: str
    question: str
    department: str
    minutes: int

    @property
    def file(self) -> str:
        """Name of the upload; without colon, so that every system can hold it."""
        return f"{self.source.replace(':', '-').removesuffix('.dcm')}.dcm"


_BROKEN = _Case("wheel:waveform_ecg.dcm", "bing", "U", 0, "routine", "", "", 9)
_BROKEN_SHARE = 0.4


def demo_settings(folder: Path) -> Settings:
    """Settings of a demonstration in `folder`: invented units, marked as such everywhere."""
    return Settings(
        folder=folder.absolute(),
        hospital="示例牵头医院（演示）",
        station="演示阅图席 01",
        units=UNITS,
        demo=True,
    )


def open_demo(folder: Path, data: Path | None) -> tuple[Settings, list[Path]]:
    """Make the demonstration's house in `folder`, or find it there: settings, readers, studies.

    Parameters
    ----------
    folder : Path
    data : Path or None
        As for :func:`fill_inbox`.

    Returns
    -------
    Settings, list of Path
        And the files that were left in the inboxes.
    """
    settings = demo_settings(folder)
    save_settings(settings)
    files = make_demo_keys(settings, [reader for reader, _ in READERS])
    with Store.of(settings) as store:
        known = {account.login for account in store.accounts()}
        for reader, role in READERS:
            if reader.login not in known:
                credential = Credential.from_pkcs12(files[reader.login], DEMO_PIN)
                store.add_account(
                    reader.login, reader.name, role, certificate=credential.fingerprint
                )
    return settings, fill_inbox(settings, data)


def fill_inbox(settings: Settings, data: Path | None, *, clock: Clock = utc_now) -> list[Path]:
    """Leave the demonstration's studies in the inboxes.

    A second call leaves the very same bytes, so that intake adds nothing.

    Parameters
    ----------
    settings : Settings
        Of :func:`demo_settings`.
    data : Path or None
        Folder of the shared recordings (``ludb/``, ``mitdb/``); without it, or without one of
        them, only what pydicom's wheel holds.
    clock : callable
        Recordings are dated some minutes before now, at the first call.

    Returns
    -------
    list of Path
        The studies' files, without their sidecars.
    """
    now = _first_call(settings, clock)
    left = []
    for number, case in enumerate(_cases(), 1):
        content = _content(case, number, now, data)
        if content is not None:
            sidecar = _sidecar(case, number, now)
            left.append(_leave(settings.inbox(case.unit), case.file, content, sidecar))
    whole = _content(_BROKEN, 0, now, data)
    if whole is not None:
        broken = whole[: int(len(whole) * _BROKEN_SHARE)]
        left.append(_leave(settings.inbox(_BROKEN.unit), "interrupted.dcm", broken, None))
    return left


def _cases() -> list[_Case]:
    file = resources.files("farlead").joinpath("demo_data", "cases.toml")
    return [_Case(**case) for case in tomllib.loads(file.read_text("utf-8"))["case"]]


def _first_call(settings: Settings, clock: Clock) -> datetime:
    marker = settings.folder / _MARKER
    if marker.exists():
        return datetime.fromisoformat(json.loads(marker.read_text("utf-8"))["filled"])
    now = clock().astimezone(UTC).replace(microsecond=0)
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    marker.write_text(json.dumps({"filled": now.isoformat()}), "utf-8")
    return now


def _leave(inbox: Path, name: str, content: bytes, sidecar: str | None) -> Path:
    """As a careful uploader does: sidecar first, each file renamed when it is whole."""
    inbox.mkdir(parents=True, exist_ok=True)
    path = inbox / name
    files = [(path, content)]
    if sidecar is not None:
        files.insert(0, (path.with_suffix(".request.json"), sidecar.encode()))
    for target, data in files:
        part = target.with_name(f"{target.name}.part")
        part.write_bytes(data)
        part.replace(target)
    return path


def _patient(case: _Case, number: int, now: datetime) -> Patient:
    """An invented person; the birthday is the day of the demonstration."""
    return Patient(
        name=f"演示患者{number:02d}",
        local_number=f"DEMO-{number:04d}",
        sex=Sex(case.sex),
        birth_date=(now - timedelta(days=round(case.age * 365.25) + 30)).date(),
    )


def _sidecar(case: _Case, number: int, now: datetime) -> str:
    patient = _patient(case, number, now)
    born = patient.birth_date
    stated = {
        "name": patient.name,
        "local_number": patient.local_number,
        "sex": patient.sex.value,
        "birth_date": born.isoformat() if born else None,
    }
    request = {
        "version": 1,
        "priority": case.priority,
        "clinical_question": case.question,
        "requesting_doctor": "演示医生",
        "department": case.department,
        "callback_number": "000-0000 0000（演示）",
        "patient": stated,
    }
    return json.dumps(request, ensure_ascii=False, indent=2)


def _content(case: _Case, number: int, now: datetime, data: Path | None) -> bytes | None:
    """Bytes of a case's file; None when its source is not here."""
    kind, _, name = case.source.partition(":")
    if kind == "wheel":
        return _from_wheel(case, name, number, now)
    file = data / kind / f"{name}.dat" if data is not None else None
    if file is None or not file.is_file():
        return None
    start = now - timedelta(minutes=case.minutes)
    patient = _patient(case, number, now)
    identity = Identity(study_uid=_uid(case, "study"), sop_instance_uid=_uid(case, "object"))
    if kind == "ludb":
        device = Device("LUDB 1.0.1", f"record {name}")
        recording = Recording(
            _ludb(file), _LUDB_LEADS, _LUDB_RATE, start, patient, device, identity=identity
        )
    else:
        device = Device("MIT-BIH 1.0.0", f"record {name} (MLII, V1)")
        recording = Recording(
            _mitdb(file, *_FLUTTER),
            _MITDB_LEADS,
            _MITDB_RATE,
            start,
            patient,
            device,
            identity=identity,
        )
    made, _ = encode_dicom_ecg(recording, sop_instance_uid=identity.sop_instance_uid)
    return made


def _uid(case: _Case, what: str) -> str:
    return f"2.25.{uuid.uuid5(_NAMESPACE, f'{case.source} {what}').int}"


def _ludb(file: Path) -> NDArray[np.float32]:
    """Millivolts, ``(12, n)``: the raw numbers are microvolts, the headers' gains are not used.

    The headers scale every lead to exactly 1 mV peak to peak, which is not the patient's
    amplitude; the raw numbers satisfy I + III = II and have the size of microvolts.
    """
    codes = np.fromfile(file, "<i2").reshape(-1, len(_LUDB_LEADS))
    return np.asarray(codes.T / 1000.0, np.float32)


def _mitdb(file: Path, second: int, length: int) -> NDArray[np.float32]:
    """Millivolts, ``(2, n)``, of a stretch of a WFDB format 212 file: two samples in 3 bytes."""
    rate = int(_MITDB_RATE)
    packed = np.fromfile(file, np.uint8, count=3 * length * rate, offset=3 * second * rate)
    low, middle, high = packed.reshape(-1, 3).astype(np.int16).T
    codes = np.stack([low | (middle & 0x0F) << 8, high | (middle & 0xF0) << 4])
    signed = (codes ^ 0x800) - 0x800
    return np.asarray((signed - _MITDB_ZERO) / _MITDB_GAIN, np.float32)


def _from_wheel(case: _Case, name: str, number: int, now: datetime) -> bytes | None:
    """A test file of pydicom with an invented patient and a date of today."""
    source = get_testdata_file(name, download=False)
    if not isinstance(source, str):
        return None
    dataset = dcmread(source)
    dataset.decode()
    patient = _patient(case, number, now)
    born = patient.birth_date
    start = now - timedelta(minutes=case.minutes)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName = patient.name
    dataset.PatientID = patient.local_number
    dataset.PatientSex = "" if patient.sex is Sex.UNKNOWN else patient.sex.value
    dataset.PatientBirthDate = born.strftime("%Y%m%d") if born else ""
    dataset.TimezoneOffsetFromUTC = "+0000"
    for keyword, value in _times(start):
        if keyword in dataset:
            dataset[keyword].value = value
    file = BytesIO()
    dcmwrite(file, dataset)
    return file.getvalue()


def _times(start: datetime) -> Iterator[tuple[str, str]]:
    """Date and time attributes of a file, all at the moment of acquisition."""
    day, time = start.strftime("%Y%m%d"), start.strftime("%H%M%S")
    for of in ("Study", "Series", "Acquisition", "Content"):
        yield f"{of}Date", day
        yield f"{of}Time", time
    yield "AcquisitionDateTime", f"{day}{time}"

"""Small good files of each format: a second or less of one to three leads, or small pictures.

An input costs what its file costs, and a fault is likelier where there is little else to hit.
Between them they reach the branches of a reader; what only whole files show is in ``seeds.py``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom.data

import scp_files
from aecg_files import (
    aecg_bytes,
    annotation,
    annotation_set,
    coded,
    derived,
    leads_of,
    quantity,
    relative,
    said,
    sequence_set,
    times_listed,
)
from cardiosoft_files import cardiosoft_bytes
from document_files import content, encapsulated, measured, pdf, report
from ecg_files import dicom_bytes, recording
from edf_files import Signal, edf_bytes, tal
from farlead.formats.csv_writer import encode_csv
from farlead.model.recording import Recording
from image_files import image_bytes
from ishne_files import ishne_bytes
from mortara_files import mortara_bytes
from muse_files import muse_bytes
from mutators import Given
from schiller_files import schiller_bytes
from scp_files import Coding, beats_of, scp_bytes
from sierra_files import sierra_bytes
from wfdb_files import RANGES
from wfdb_files import Signal as Channel
from wfdb_files import record as wfdb_record

_LARGEST = 4_000
_RNG = np.random.default_rng(2)


def _few(*leads: str, seconds: float = 0.4, fs: float = 250, name: str | None = "甲") -> Recording:
    whole = recording(seconds=seconds, fs=fs, name=name)
    rows = [whole.leads.index(lead) for lead in leads]
    return replace(whole, samples=np.ascontiguousarray(whole.samples[rows]), leads=leads)


_THREE, _ONE = _few("I", "II", "V1"), _few("V5")
_NAMELESS = _few("I", "II", "V1", name=None)


def _dicom() -> Iterable[bytes]:
    ecgs = [dicom_bytes(_THREE), dicom_bytes(_ONE)]
    ecgs.append(dicom_bytes(_THREE, medians=np.array(_THREE.samples[:, :40])))
    yield from ecgs * 8  # as often as all small images together
    grey = _RNG.integers(0, 4000, (2, 8, 8)).astype(np.uint16)
    yield image_bytes(grey, Modality="CT", RescaleSlope="1", RescaleIntercept="-1024")
    yield encapsulated(pdf(((40, 30),)))
    yield report([content("TEXT", "Finding", TextValue="正常"), measured("EF", "61", "%")])
    folder = Path(pydicom.data.__file__).parent / "test_files"
    for file in sorted(folder.rglob("*.dcm")):
        if 0 < file.stat().st_size < _LARGEST:
            yield file.read_bytes()


def _scp() -> Iterable[bytes]:
    findings = {
        7: scp_files.measurements_section(spikes=[(100, -1200)]),
        8: scp_files.statements_section([b"Sinus rhythm\0", b"Left axis\0"], status=1),
        10: scp_files.lead_measurements_section({"I": range(31), "V1": range(20)}),
        11: scp_files.statements_section([b"\1SR\0", b"\2Text\0"]),
    }
    yield from (scp_bytes(_THREE, coding=coding, more=findings) for coding in Coding)
    yield from (scp_bytes(_ONE, differences=differences) for differences in (0, 1, 2))
    beating = _few("I", "II", seconds=0.9)
    beats, reference = beats_of(beating)
    for coding in Coding:
        yield scp_bytes(beating, coding=coding, beats=beats, reference=reference)
    for factor in (2, 3, 4):
        yield scp_bytes(beating, beats=beats, reference=reference, factor=factor)


def _edf() -> Iterable[bytes]:
    def signals(bits: int) -> list[Signal]:
        half = 1 << bits - 1
        ends = (str(-half), str(half - 1))
        rows = _RNG.integers(-half, half, (2, 100))
        return [Signal(n, row, range=ends) for n, row in zip(("ECG I", "V1"), rows, strict=True)]

    lists = [tal(f"+{i}", "") + tal(f"+{i}.5", "AF", "心律", duration="0.5") for i in range(2)]
    for bits in (16, 24):
        yield edf_bytes(signals(bits), records=2, bits=bits)
        for kind in ("EDF+C", "EDF+D"):
            yield edf_bytes(signals(bits), records=2, bits=bits, lists=lists, kind=kind)
    yield edf_bytes([*signals(16), Signal("ECG II", _RNG.integers(0, 9, 50))], records=2)


def _ishne() -> Iterable[bytes]:
    steps = _RNG.integers(-32767, 32768, (3, 60))
    yield ishne_bytes(steps, specs=(12, 15, 7), resolution=(2500, 5000, 1000))
    yield ishne_bytes(steps[:1], specs=(1,), resolution=(1000,), variable=b"x" * 40)


def _muse() -> Iterable[bytes]:
    yield muse_bytes(_THREE, leads=("I", "II", "V1"))
    yield muse_bytes(_THREE, leads=("V1",), exponent="1", medians={})
    yield muse_bytes(_ONE, leads=("V5",), diagnosis=(), declared="UTF-8", encoding="utf-8")


def _sierra() -> Iterable[bytes]:
    brief = recording(seconds=0.5, fs=100)
    beats = np.rint(np.array(brief.samples[:, :30]) * 400.0).astype(np.int64)
    yield sierra_bytes(brief, beats=beats)
    yield sierra_bytes(brief, version="1.03", beats=None)
    yield sierra_bytes(brief, compression="", beats=None)
    yield sierra_bytes(brief, compression="", data_encoding="Plain", beats=None)


def _aecg() -> Iterable[bytes]:
    found = annotation_set(
        annotation("MDC_ECG_TIME_PD_PR", quantity(160)),
        annotation("MDC_ECG_INTERPRETATION", "", annotation("X", said("窦性心律"))),
        annotation("MDC_ECG_WAVC", coded("MDC_ECG_WAVC_QRSWAVE")),
    )
    three, one = (_few(*leads, seconds=1.1, fs=60) for leads in (("I", "II", "V1"), ("V5",)))
    median = derived(sequence_set(relative(60), *leads_of(three.leads, three.samples[:, :30])))
    yield aecg_bytes(three)
    yield aecg_bytes(one, extra=found)
    yield aecg_bytes(three, extra=found + median)
    yield aecg_bytes(one, time=times_listed(one.samples.shape[1], 60))
    yield aecg_bytes(one, document_options={"prefix": "v3:"})


def _cardiosoft() -> Iterable[bytes]:
    yield cardiosoft_bytes(_NAMELESS)
    yield cardiosoft_bytes(_NAMELESS, medians=np.array(_NAMELESS.samples[:, :40]))


def _schiller() -> Iterable[bytes]:
    yield schiller_bytes(_THREE)
    yield schiller_bytes(_ONE, scale=0.005, units="MV")


def _mortara() -> Iterable[bytes]:
    yield mortara_bytes(_THREE)
    yield mortara_bytes(_THREE, medians=np.array(_THREE.samples[:, :40]))


def _csv() -> Iterable[bytes]:
    yield encode_csv(_ONE)[0]
    yield b"# farlead-ecg 1; fs=500; unit=mV\nI,II\n" + b"0.1,-2e-3\n" * 30
    timed = "".join(f"{i / 500},{i}.5,\n" for i in range(30))
    yield ("# farlead-ecg 1; fs=500; unit=uV\n# patient=张三; sex=F\ntime,V1,V2\n" + timed).encode()
    yield "# farlead-ecg 1; fs=500; unit=mV\nI\n1\n2\n3\n".encode("utf-16")


def _wfdb() -> Iterable[dict[str, bytes]]:
    rows = _RNG.integers(-9, 10, (2, 40)).cumsum(axis=1).tolist()
    two = [Channel("II", rows[0]), Channel("V1", rows[1], gain="100(3)/uV")]
    yield from (wfdb_record("r", two, code=code, comments=["Age: 60"]) for code in RANGES)


def _zip() -> Iterable[Given]:
    yield from _wfdb()
    yield {"a.dcm": dicom_bytes(_ONE)}
    yield {"a.xml": muse_bytes(_ONE, leads=("V5",)), "__MACOSX/._a.xml": b"\0" * 9}


#: Of each reader whose other seeds are not small already.
SMALL: Mapping[str, Callable[[], Iterable[Given]]] = {
    "dicom": _dicom,
    "scp": _scp,
    "edf": _edf,
    "ishne": _ishne,
    "muse": _muse,
    "sierra": _sierra,
    "aecg": _aecg,
    "cardiosoft": _cardiosoft,
    "schiller": _schiller,
    "mortara": _mortara,
    "csv": _csv,
    "wfdb": _wfdb,
    "zip": _zip,
}

"""Good files of each format: of the makers in tests/support, and real ones of FARLEAD_DATA.

Nine of ten inputs come of the small files of ``small_seeds.py``, the others of those here: of more
leads and more kinds, and whole files of devices.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import numpy as np
import pydicom.data
from PIL import Image

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
from document_files import content, encapsulated, measured, pdf, picture, report
from ecg_files import dicom_bytes, recording
from edf_files import Signal, edf_bytes, tal
from farlead.formats import READERS
from farlead.formats.csv_writer import encode_csv
from image_files import image_bytes
from ishne_files import ishne_bytes
from mortara_files import mortara_bytes
from muse_files import muse_bytes
from mutators import Given
from schiller_files import schiller_bytes
from scp_files import Coding, beats_of, scp_bytes
from sierra_files import sierra_bytes
from small_seeds import SMALL
from wfdb_files import RANGES, layout, segmented
from wfdb_files import Signal as Channel
from wfdb_files import record as wfdb_record

_DATA = Path(os.environ.get("FARLEAD_DATA", Path(__file__).parents[3] / "shared" / "data"))
#: Real files above this size are left out: they would cost the time of hundreds of inputs.
_LARGEST = 600_000
_LARGEST_IMAGE = 50_000
#: Part of the inputs that comes of small files, where there are any.
_OF_SMALL = 0.9
_SHORT = recording(seconds=0.5, fs=250)
_BRIEF = recording(seconds=1.2, fs=100)
_NAMELESS = recording(seconds=1.2, fs=100, name=None)
_RNG = np.random.default_rng(1)


def _dicom() -> Iterable[bytes]:
    grey = _RNG.integers(0, 4000, (2, 16, 16)).astype(np.uint16)
    yield dicom_bytes(_SHORT)
    yield dicom_bytes(_SHORT, medians=np.array(_SHORT.samples[:, :60]))
    yield image_bytes(grey, Modality="CT", RescaleSlope="1", RescaleIntercept="-1024")
    yield encapsulated(pdf())
    yield report([content("TEXT", "Finding", TextValue="正常"), measured("EF", "61", "%")])
    folder = Path(pydicom.data.__file__).parent / "test_files"
    yield from _small(folder.rglob("*.dcm"), _LARGEST_IMAGE)
    yield from _small((_DATA / "dicom").rglob("*.dcm"), _LARGEST_IMAGE)
    yield from _small((_DATA / "device").rglob("*.dcm"))


def _picture() -> Iterable[bytes]:
    colour = _RNG.integers(0, 255, (20, 30, 3), np.uint8)
    yield picture(colour)
    yield picture(colour, "JPEG")
    yield picture(colour, "JPEG", progressive=True)
    yield picture(colour[:, :, 0])
    yield picture(_RNG.integers(0, 60000, (9, 9)).astype(np.uint16))
    yield picture(Image.fromarray(colour).convert("P"))
    yield picture(Image.fromarray(colour).convert("RGBA"))
    yield picture(Image.fromarray(colour).convert("1"))
    yield picture(Image.fromarray(colour).convert("CMYK"), "JPEG")


def _pdf() -> Iterable[bytes]:
    yield pdf(((80, 60),))
    yield pdf(((80, 60), (60, 80), (10, 10)))
    yield from [pdf(((80, 60), (3, 9)))] * 8
    yield pdf(((595, 842),))  # most of whose time goes into drawing


def _scp() -> Iterable[bytes]:
    short = recording(seconds=2, fs=250)
    beats, reference = beats_of(short)
    findings = {
        7: scp_files.measurements_section(spikes=[(500, -1200)]),
        8: scp_files.statements_section([b"Sinus rhythm\0", b"Left axis\0"], status=1),
        10: scp_files.lead_measurements_section({"I": range(31), "V1": range(20)}),
        11: scp_files.statements_section([b"\1SR\0", b"\2Text\0"]),
    }
    yield from (scp_bytes(short, coding=coding, more=findings) for coding in Coding)
    for coding in Coding:
        yield scp_bytes(short, coding=coding, beats=beats, reference=reference)
    for factor in (2, 3, 4):
        yield scp_bytes(short, beats=beats, reference=reference, factor=factor)
    fine = recording(seconds=2)
    beats, reference = beats_of(fine)
    yield scp_bytes(fine, beats=beats, reference=reference, factor=4, subtract=False, version=11)
    yield scp_bytes(short, sums=dict.fromkeys(range(12), 0xFFFF), checksum=0xFFFF)
    yield from _small([_DATA / "device" / "ecgtoolkit" / "Example.scp"])


def _edf() -> Iterable[bytes]:
    def signals(bits: int = 16, n: int = 500) -> list[Signal]:
        half = 1 << bits - 1
        ends = (str(-half), str(half - 1))
        return [
            Signal(label, _RNG.integers(-half, half, n), range=ends)
            for label in ("ECG I", "V1", "x")
        ]

    lists = [tal(f"+{i}", "") + tal(f"+{i}.5", "AF", "心律", duration="0.5") for i in range(5)]
    yield edf_bytes(signals(), records=5)
    yield edf_bytes(signals(), records=5, lists=lists)
    yield edf_bytes(signals(), records=5, lists=lists, kind="EDF+D")
    yield edf_bytes(signals(24), records=5, bits=24)
    yield edf_bytes(signals(24), records=5, bits=24, lists=lists)
    yield edf_bytes([*signals(), Signal("ECG II", _RNG.integers(0, 9, 250))], records=5)
    for data in _small((_DATA / "device" / "edf_bdf").glob("*")):  # none is an ECG
        yield data[:256] + b"ECG I".ljust(16) + data[272:]


def _ishne() -> Iterable[bytes]:
    steps = _RNG.integers(-32767, 32768, (3, 400))
    yield ishne_bytes(steps, specs=(12, 15, 7), resolution=(2500, 5000, 1000))
    yield ishne_bytes(steps[:1], specs=(1,), resolution=(1000,), variable=b"x" * 40)
    yield ishne_bytes(steps, specs=(0, 19, 9), resolution=(1000,) * 3, quality=(1, 0, 5))


def _muse() -> Iterable[bytes]:
    yield muse_bytes(_SHORT)
    yield muse_bytes(_SHORT, exponent="1", medians={})
    yield from _small((_DATA / "device" / "braveheart_xml").glob("*.xml"))


def _sierra() -> Iterable[bytes]:
    yield sierra_bytes(_BRIEF)
    yield sierra_bytes(_BRIEF, version="1.03", beats=None)
    yield sierra_bytes(_BRIEF, compression="", beats=None)
    yield sierra_bytes(_BRIEF, compression="", data_encoding="Plain", beats=None)
    yield from _small((_DATA / "device" / "philips_sierra_pyfixtures").rglob("*.[xX][mM][lL]"))


def _aecg() -> Iterable[bytes]:
    beat = _BRIEF.samples[:, :100]
    found = annotation_set(
        annotation("MDC_ECG_TIME_PD_PR", quantity(160)),
        annotation("MDC_ECG_INTERPRETATION", "", annotation("X", said("窦性心律"))),
        annotation("MDC_ECG_WAVC", coded("MDC_ECG_WAVC_QRSWAVE")),
    )
    median = derived(sequence_set(relative(100), *leads_of(_BRIEF.leads, beat)))
    yield aecg_bytes(_BRIEF)
    yield aecg_bytes(_BRIEF, extra=found + median)
    yield aecg_bytes(_BRIEF, time=times_listed(_BRIEF.samples.shape[1], 100))
    yield aecg_bytes(_BRIEF, document_options={"prefix": "v3:"})
    yield from _small((_DATA / "device" / "fda_aecg" / "examples").glob("minimum_aecg.xml"))
    yield from _small([_DATA / "device" / "ecgtoolkit" / "Example.xml"])


def _cardiosoft() -> Iterable[bytes]:
    yield cardiosoft_bytes(_NAMELESS)
    yield cardiosoft_bytes(_NAMELESS, medians=np.array(_NAMELESS.samples[:, :100]))
    yield from _small([_DATA / "device" / "ecgprocess" / "example-XML1.xml"])


def _schiller() -> Iterable[bytes]:
    yield schiller_bytes(_SHORT)
    yield schiller_bytes(_SHORT, scale=0.005, units="MV")


def _mortara() -> Iterable[bytes]:
    yield mortara_bytes(_SHORT)
    yield mortara_bytes(_SHORT, medians=np.array(_SHORT.samples[:, :100]))


def _csv() -> Iterable[bytes]:
    data, _ = encode_csv(_SHORT)
    yield data
    yield b"# farlead-ecg 1; fs=500; unit=mV\nI,II\n" + b"0.1,-2e-3\n" * 100
    timed = "".join(f"{i / 500},{i}.5,\n" for i in range(100))
    yield ("# farlead-ecg 1; fs=500; unit=uV\n# patient=张三; sex=F\ntime,V1,V2\n" + timed).encode()
    yield "# farlead-ecg 1; fs=500; unit=mV\nI\n1\n2\n3\n".encode("utf-16")


def records() -> Iterable[dict[str, bytes]]:
    """WFDB records of every format, of segments, of several rates, and real ones."""
    rows = _RNG.integers(-9, 10, (3, 60)).cumsum(axis=1).tolist()
    two = [Channel("II", rows[0]), Channel("V1", rows[1], gain="100(3)/uV")]
    yield from (wfdb_record("r", two, code=code, comments=["Age: 60"]) for code in RANGES)
    yield wfdb_record("r", [Channel("I", rows[0], per_frame=2), Channel("II", rows[1][:30])])
    yield wfdb_record("r", [Channel("I", rows[0], skew=3), Channel("II", rows[1])], offset=24)
    fixed = segmented("m", [("r", 60), ("~", 9), ("r", 60)], 2, when="10:00:00 01/02/2020")
    yield fixed | wfdb_record("r", two)
    variable = segmented("m", [("l", 0), ("r", 60), ("s", 60)], 3) | layout("l", ["II", "V1", "V5"])
    last = wfdb_record("s", [Channel("V5", rows[2])], code=80)
    yield variable | wfdb_record("r", two) | last
    for name in ("310derive", "311derive", "binformats", "100_3chan", "test01_00s_frame"):
        header = _DATA / "wfdb_samples" / f"{name}.hea"
        if header.is_file():
            beside = [f for f in header.parent.glob("*.d*") if f.stem.startswith(name[:9])]
            yield {f.name: f.read_bytes() for f in (header, *beside) if f.stat().st_size < 50_000}


def _zip() -> Iterable[dict[str, bytes]]:
    yield from list(records())[:-5]
    yield {"a.dcm": dicom_bytes(_SHORT)}
    yield {"a.xml": muse_bytes(_SHORT), "__MACOSX/._a.xml": b"\0" * 9}


def _small(files: Iterable[Path], largest: int = _LARGEST) -> Iterable[bytes]:
    sizes = [(f.stat().st_size, f) for f in sorted(files) if f.is_file()]
    return [f.read_bytes() for size, f in sizes if 0 < size < largest]


_OF: Mapping[str, Callable[[], Iterable[Given]]] = {
    "dicom": _dicom,
    "picture": _picture,
    "pdf": _pdf,
    "scp": _scp,
    "edf": _edf,
    "ishne": _ishne,
    "muse": _muse,
    "sierra": _sierra,
    "aecg": _aecg,
    "cardiosoft": _cardiosoft,
    "schiller": _schiller,
    "mortara": _mortara,
    "wfdb": records,
    "csv": _csv,
    "zip": _zip,
}


def names() -> tuple[str, ...]:
    """All readers, and the ZIP files that any of them may come in."""
    return (*(reader.name for reader in READERS), "zip")


def seeds(name: str, files: Iterable[Path] = ()) -> tuple[list[Given], list[float]]:
    """Good files of a reader and how often to take each: small ones mostly, large ones seldom."""
    small = list(SMALL[name]()) if name in SMALL else []
    whole = list(_OF[name]()) + [f.read_bytes() for f in files]
    sizes = [len(one) if isinstance(one, bytes) else sum(map(len, one.values())) for one in whole]
    rare = [1 / (20_000 + size) for size in sizes]
    often = (sum(rare) * _OF_SMALL / (1 - _OF_SMALL)) / max(len(small), 1)
    return [*small, *whole], [often] * len(small) + rare

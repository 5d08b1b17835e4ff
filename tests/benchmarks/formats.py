"""Reading: an ECG of ten seconds in every format, a day of three leads.

Everything runs in a child process with one thread for linear algebra; ``python
tests/benchmarks/formats.py`` prints the same.

Keys: ``dicom_ms``, ``muse_ms``, ``aecg_ms`` and so on are the median of many readings from bytes in
memory, ``…_fastest_ms`` the fastest, which on a machine with other work is nearer to what the work
takes; both in processor time, which waiting for other work is no part of. Real files, 12 leads of
10 or 11 s at 500 Hz, where there are any; made ones for EDF, ISHNE, CSV, Schiller and Mortara. WFDB
reads a record of LUDB from its folder. ``dicom_pydicom_ms``, ``edf_edfio_ms``, ``wfdb_wfdb_ms``:
the same by the libraries of others, in turn with ours, down to the same millivolts.
``day_wfdb_peak``, ``day_edf_peak``, ``day_ishne_peak``, ``day_dicom_peak``: 24 h of 3 leads at 250
Hz, most memory held at a time over that of the samples that come out; ``…_s`` the seconds it takes.
"""

import gc
import io
import json
import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

import edfio
import numpy as np
import wfdb
from pydicom import dcmread
from run import in_one_thread

from farlead.formats import read
from farlead.formats.csv_writer import encode_csv
from farlead.formats.edf_writer import encode_edf
from farlead.model.recording import Recording

DATA = Path(os.environ.get("FARLEAD_DATA", Path(__file__).parents[3] / "shared" / "data"))
ROUNDS = 60
DAY, FS = 24 * 3600, 250
LABELS = ("V1", "V3", "V5")
REAL = {
    "dicom": "ecgprocess/example-DICOM1.dcm",
    "dicom_1000hz": "dicom_ecg_plot/anonymous_ecg.dcm",
    "muse": "braveheart_xml/example1.xml",
    "aecg": "ecgtoolkit/Example.xml",
    "sierra": "philips_sierra/1_04/ad4d3d80-d165_1-04_orig.xml",
    "scp": "ecgtoolkit/Example.scp",
    "cardiosoft": "ecgprocess/example-XML1.xml",
}


def run() -> dict[str, float]:
    """Measure in a child process with one thread."""
    return in_one_thread(__file__)


def measure() -> dict[str, float]:
    """All figures, in this process."""
    return {**_times(_works()), **_days()}


def _works() -> dict[str, Callable[[], object]]:
    """What is timed, by name; peers beside ours."""
    files = {name: (DATA / "device" / path).read_bytes() for name, path in REAL.items()} | _made()
    works: dict[str, Callable[[], object]] = {
        name: lambda data=data: read(data) for name, data in files.items()
    }
    record = DATA / "ludb" / "1"
    works["wfdb"] = lambda: read(record.with_suffix(".hea"))
    works["wfdb_wfdb"] = lambda: wfdb.rdrecord(str(record)).p_signal.astype(np.float32)
    dicom, edf = files["dicom"], files["edf"]
    works["dicom_pydicom"] = lambda: _plain_dicom(dicom)
    works["edf_edfio"] = lambda: [signal.data for signal in edfio.read_edf(edf).signals]
    return works


def _plain_dicom(data: bytes) -> object:
    dataset = dcmread(io.BytesIO(data))
    return [dataset.waveform_array(i) for i in range(len(dataset.WaveformSequence))]


def _made() -> dict[str, bytes]:
    sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
    from ecg_files import recording
    from ishne_files import ishne_bytes
    from mortara_files import mortara_bytes
    from schiller_files import schiller_bytes

    content = recording(noise=0.02)
    steps = np.rint(content.samples * 1000).astype(np.int64)
    places = [{"I": 5, "II": 6, "III": 7, "aVR": 8, "aVL": 9, "aVF": 10}.get(lead) or
              10 + int(lead[1]) for lead in content.leads]  # fmt: skip
    return {
        "edf": encode_edf(content)[0],
        "csv": encode_csv(content)[0],
        "ishne": ishne_bytes(steps, specs=places, resolution=[1000] * 12, rate=500),
        "mortara": mortara_bytes(content),
        "schiller": schiller_bytes(content),
    }


def _times(works: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Milliseconds; all in turn, so that other work on the machine meets all alike."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(ROUNDS):
        for name, work in works.items():
            gc.collect()
            begin = time.process_time()
            work()
            taken[name].append(1000 * (time.process_time() - begin))
    found = {}
    for name, values in taken.items():
        found[f"{name}_ms"] = median(values)
        found[f"{name}_fastest_ms"] = min(values)
    return found


def _days() -> dict[str, float]:
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        writers = {"wfdb": _day_wfdb, "edf": _day_edf, "ishne": _day_ishne, "dicom": _day_dicom}
        for name, write in writers.items():
            path = write(Path(folder))
            begin = time.process_time()
            read(path)
            found[f"day_{name}_s"] = time.process_time() - begin
            tracemalloc.start()
            content = read(path)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert isinstance(content, Recording)
            assert content.samples.shape == (len(LABELS), DAY * FS)
            found[f"day_{name}_peak"] = peak / content.samples.nbytes
            del content
    return found


def _day() -> np.ndarray:
    """Digital values, a row for each lead."""
    chance = np.random.default_rng(1)
    return chance.integers(-2000, 2001, (len(LABELS), DAY * FS), dtype=np.int16)


def _day_wfdb(folder: Path) -> Path:
    rows = _day()
    (folder / "day.dat").write_bytes(rows.T.astype("<i2").tobytes())
    lines = [f"day {len(LABELS)} {FS} {DAY * FS}"]
    for label, row in zip(LABELS, rows, strict=True):
        total = int(row.sum(dtype=np.int64)) & 0xFFFF
        lines.append(f"day.dat 16 200(0)/mV 16 0 {row[0]} {total} 0 {label}")
    path = folder / "day.hea"
    path.write_text("\n".join(lines) + "\n")
    return path


def _day_edf(folder: Path) -> Path:
    from edf_files import Signal, edf_bytes

    signals = [Signal(f"ECG {label}", row) for label, row in zip(LABELS, _day(), strict=True)]
    path = folder / "day.edf"
    path.write_bytes(edf_bytes(signals, records=DAY // 60, duration="60"))
    return path


def _day_ishne(folder: Path) -> Path:
    from ishne_files import ishne_bytes

    path = folder / "day.ecg"
    specs, resolution = (11, 13, 15), (5000,) * 3
    path.write_bytes(ishne_bytes(_day(), specs=specs, resolution=resolution, rate=FS))
    return path


def _day_dicom(folder: Path) -> Path:
    from ecg_files import dicom_bytes, recording

    samples = (_day() * np.float32(0.005)).astype(np.float32)
    path = folder / "day.dcm"
    path.write_bytes(dicom_bytes(recording(samples=samples, leads=LABELS, fs=FS)))
    return path


if __name__ == "__main__":
    figures = measure()
    if "--json" in sys.argv:
        print(json.dumps(figures))
    else:
        for key, value in figures.items():
            print(f"{key:<24}{value:g}")

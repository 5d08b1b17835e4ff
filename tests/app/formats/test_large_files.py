"""A day of ECG is never held twice: beside the samples that come out there is little else."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ecg_files import dicom_bytes, recording
from edf_files import Signal, edf_bytes
from farlead.errors import UnreadableFile
from farlead.formats import describe, identify, read
from farlead.model.recording import Recording
from ishne_files import ishne_bytes
from wfdb_files import zipped

LEADS = ("V1", "V3", "V5")
FS, SECONDS = 250, 7200


def digital() -> NDArray[np.int16]:
    chance = np.random.default_rng(3)
    return chance.integers(-2000, 2001, (len(LEADS), SECONDS * FS), dtype=np.int16)


def edf(rows: NDArray[np.int16]) -> bytes:
    signals = [Signal(f"ECG {lead}", row) for lead, row in zip(LEADS, rows, strict=True)]
    return edf_bytes(signals, records=SECONDS // 60, duration="60")


def ishne(rows: NDArray[np.int16]) -> bytes:
    return ishne_bytes(rows, specs=(11, 13, 15), resolution=(5000,) * 3, rate=FS)


def dicom(rows: NDArray[np.int16]) -> bytes:
    samples = (rows * np.float32(0.005)).astype(np.float32)
    return dicom_bytes(recording(samples=samples, leads=LEADS, fs=FS))


MAKERS = {"edf": edf, "ishne": ishne, "dicom": dicom}


@pytest.mark.parametrize("name", MAKERS)
def test_a_large_file_is_not_held_beside_its_samples(name: str, tmp_path: Path) -> None:
    path = tmp_path / "day"
    path.write_bytes(MAKERS[name](digital()))
    read(path)  # what is imported and remembered once
    tracemalloc.start()
    content = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(content, Recording)
    assert content.samples.shape == (len(LEADS), SECONDS * FS)
    assert peak < 1.15 * content.samples.nbytes


@pytest.mark.parametrize("name", MAKERS)
def test_from_its_path_it_is_the_same_as_from_its_bytes(name: str, tmp_path: Path) -> None:
    data = MAKERS[name](digital())
    path = tmp_path / "day"
    path.write_bytes(data)
    assert identify(path) == name
    assert describe(path) == describe(data)
    one, other = read(path), read(data)
    assert isinstance(one, Recording)
    assert isinstance(other, Recording)
    np.testing.assert_array_equal(one.samples, other.samples)
    assert one.notes == other.notes


@pytest.mark.parametrize("change", [lambda d: d[:-4000], lambda d: b"?" + d[1:], lambda d: d[:300]])
def test_a_large_file_that_is_damaged_is_refused_for_the_same_reason(
    change: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "day"
    data = change(edf(digital()))
    path.write_bytes(data)
    with pytest.raises(UnreadableFile) as from_path:
        read(path)
    with pytest.raises(UnreadableFile) as from_bytes:
        read(data)
    assert from_path.value.reason == from_bytes.value.reason


def test_a_large_zip_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "day.zip"
    path.write_bytes(zipped({"day.edf": edf(digital())}))
    assert identify(path) == "edf"

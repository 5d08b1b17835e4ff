"""All shared WFDB records, against their headers, plain decoders and the published library."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.messages import Language
from farlead.model.recording import Recording
from wfdb_peer import peer_signals

#: Headers of the samples that lack a signal file or a segment, and what they lack.
INCOMPLETE = {
    "1003.hea": "1003.dat",
    "12726.hea": "12726.dat",
    "drive02.hea": "drive02.dat",
    "drive02-no-len.hea": "drive02.dat",
    "n16.hea": "n16.dat",
    "n8_evoked_raw_95_F1_R9.hea": "n8_evoked_raw_95_F1_R9.dat",
    "wave_4.hea": "wave_4.dat",
    "3975656_0009.hea": "3975656_0009.dat",
    "3975656_0010.hea": "3975656_0010.dat",
    "3975656_0011.hea": "3975656_0011.dat",
    "p000878-2137-10-26-16-57.hea": "3269321_0003.hea",
    "s00001-2896-10-10-00-31.hea": "3975656_0009.dat",
}
#: Refused for what they are.
OTHERS = {
    "flac_3_constant.hea": "wfdb.flac",
    "flacformats.hea": "wfdb.flac",
    "mixedsignals.hea": "wfdb.flac",
    "3269321_0001.hea": "wfdb.no_voltage",
    "3269321_layout.hea": "wfdb.no_signals",
    "3248903_layout.hea": "wfdb.no_signals",
    "3975656_layout.hea": "wfdb.no_signals",
    "3234460_layout.hea": "wfdb.no_signals",
    "s00001-2896-10-09-01-56.hea": "no_samples",
    "s00001-2896-10-09-01-56n.hea": "wfdb.no_voltage",
    "s00001-2896-10-10-00-31n.hea": "wfdb.no_voltage",
    "s25047-2704-05-04-10-44n.hea": "wfdb.no_voltage",
}


def recording(path: Path) -> Recording:
    content = read(path)
    assert isinstance(content, Recording)
    return content


def same_as_the_library(path: Path) -> int:
    """Compare all leads; how many there are."""
    content = recording(path)
    rows = {name.casefold(): row for name, row in zip(content.leads, content.samples, strict=True)}
    others = [
        (name, row)
        for name, rate, row in peer_signals(path)
        if rate == content.fs and row.size == content.samples.shape[1]
    ]
    for name, row in others:
        np.testing.assert_array_equal(rows[name.casefold()], row, err_msg=f"{path.name} {name}")
    assert len(others) == len(rows)
    return len(others)


@pytest.mark.data
@pytest.mark.parametrize(("folder", "records"), [("mitdb", 48), ("nstdb", 7), ("ludb", 140)])
def test_databases(farlead_data: Path, folder: str, records: int) -> None:
    """Lengths, first samples and checksums are checked by the reader itself."""
    files = sorted((farlead_data / folder).glob("*.hea"))
    assert len(files) == records
    leads = sum(same_as_the_library(path) for path in files)
    assert leads == records * (12 if folder == "ludb" else 2)


@pytest.mark.data
def test_samples_of_the_library(farlead_data: Path) -> None:
    read_ones = 0
    for path in sorted((farlead_data / "wfdb_samples").rglob("*.hea")):
        if path.name in INCOMPLETE or path.name in OTHERS:
            with pytest.raises(UnreadableFile) as raised:
                read(path)
            _check_refusal(path, raised.value)
        elif path.name == "test_generator_2.hea":  # two units are damaged: no voltage to us
            assert len(recording(path).leads) == 9
        else:
            same_as_the_library(path)
            read_ones += 1
    assert read_ones == 63


def _check_refusal(path: Path, error: UnreadableFile) -> None:
    if path.name in INCOMPLETE:
        assert error.reason.id == "formats.wfdb.missing"
        assert f"“{INCOMPLETE[path.name]}”" in error.text(Language.EN)
        assert f"“{INCOMPLETE[path.name]}”" in error.text(Language.ZH)
    else:
        assert error.reason.id == f"formats.{OTHERS[path.name]}"


def _plain_16(data: bytes, count: int) -> list[int]:
    return [int.from_bytes(data[2 * i : 2 * i + 2], "little", signed=True) for i in range(count)]


def _plain_212(data: bytes, count: int) -> list[int]:
    values = []
    for i in range(0, count * 3 // 2, 3):
        both = data[i + 1]
        values += [data[i] + 256 * (both % 16), data[i + 2] + 256 * (both // 16)]
    return [value - 4096 if value > 2047 else value for value in values]


def _in_millivolts(values: list[int], leads: int, zero: int, gain: float) -> NDArray[np.float32]:
    return ((np.array(values).reshape(-1, leads).T - zero) / gain).astype(np.float32)


@pytest.mark.data
def test_format_212_against_a_plain_decoder(farlead_data: Path) -> None:
    data = (farlead_data / "mitdb" / "100.dat").read_bytes()
    wanted = _in_millivolts(_plain_212(data, 2 * 650_000), 2, 1024, 200.0)
    content = recording(farlead_data / "mitdb" / "100.hea")
    np.testing.assert_array_equal(content.samples, wanted[::-1])  # V5 stands before MLII


@pytest.mark.data
def test_format_16_against_a_plain_decoder(farlead_data: Path) -> None:
    data = (farlead_data / "nstdb" / "118e06.dat").read_bytes()
    wanted = _in_millivolts(_plain_16(data, 2 * 650_000), 2, 1024, 200.0)
    content = recording(farlead_data / "nstdb" / "118e06.hea")
    assert content.leads == ("V1", "MLII")
    np.testing.assert_array_equal(content.samples, wanted[::-1])


@pytest.mark.data
def test_amplitudes_of_ludb_are_those_of_its_headers(farlead_data: Path) -> None:
    content = recording(farlead_data / "ludb" / "1.hea")
    assert content.samples.shape == (12, 5000)
    np.testing.assert_allclose(np.ptp(content.samples, axis=1), 1.0, atol=2e-3)
    assert content.patient.age_years == 51


def test_a_day_is_not_held_twice(tmp_path: Path) -> None:
    """Six hours of three leads, from which three limb leads follow; a day is the same in blocks."""
    n = 6 * 3600 * 250
    walk = np.random.default_rng(1).integers(-30, 31, (n, 3)).astype("<i2")
    (tmp_path / "r.dat").write_bytes(walk.tobytes())
    lines = [f"r 3 250 {n}"]
    for lead, name in enumerate(("V5", "I", "II")):
        total = int(walk[:, lead].sum(dtype=np.int64)) & 0xFFFF
        lines.append(f"r.dat 16 200(0)/mV 16 0 {walk[0, lead]} {total} 0 {name}")
    (tmp_path / "r.hea").write_text("\n".join(lines) + "\n")
    tracemalloc.start()
    content = recording(tmp_path / "r.hea")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert content.leads == ("I", "II", "III", "aVR", "aVL", "aVF", "V5")
    assert peak <= 1.15 * content.samples.nbytes + (8 << 20)
    for lead, name in enumerate(("V5", "I", "II")):
        row = content.samples[content.leads.index(name)]
        np.testing.assert_array_equal(row, (walk[:, lead] / 200).astype(np.float32))

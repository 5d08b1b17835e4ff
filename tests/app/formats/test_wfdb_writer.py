"""What is written as WFDB comes back bit-identically, here and in the published library."""

import zipfile
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from ecg_files import START, recording
from farlead.formats import read
from farlead.formats.guards import blank_filler
from farlead.formats.wfdb_writer import encode_wfdb
from farlead.formats.writers import write
from farlead.model.people import Patient, Sex
from farlead.model.recording import Annotation, Recording
from wfdb_peer import peer_record

GOOD = recording()


def back(content: Recording, folder: Path, name: str = "r.hea") -> Recording:
    write(content, folder / name, replace=True)
    again = read(folder / name)
    assert isinstance(again, Recording)
    return again


def with_samples(samples: NDArray[np.floating], fs: float = 500.0) -> Recording:
    names = tuple(f"V{i + 1}" for i in range(len(samples)))
    return replace(GOOD, samples=np.asarray(samples, np.float32), leads=names, fs=fs, medians=None)


def test_a_synthetic_recording_comes_back_whole(tmp_path: Path) -> None:
    content = GOOD
    for name in ("r.hea", "r.zip"):
        again = back(content, tmp_path, name)
        np.testing.assert_array_equal(again.samples, content.samples)
        assert again.leads == content.leads
        assert (again.fs, again.start) == (content.fs, content.start)
        assert again.patient == Patient(sex=Sex.FEMALE, age_years=66.0)
    assert b"16 1000(0)/mV" in (tmp_path / "r.hea").read_bytes()


def test_files_and_names(tmp_path: Path) -> None:
    assert list(encode_wfdb(GOOD)) == ["ecg.hea", "ecg.dat"]
    write(GOOD, tmp_path / "one.zip")
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["one.hea", "one.dat"]
    for name in ("", "a b", "../a", "a.b", "心电"):
        with pytest.raises(ValueError, match="no name"):
            encode_wfdb(GOOD, name)


def test_the_published_library_reads_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    fine = np.rint(rng.normal(0, 0.3, (3, 999)) * 2.0**22) / 2.0**22
    for samples in (GOOD.samples, fine):
        content = with_samples(samples)
        content.samples[0, 5:9] = np.nan
        write(content, tmp_path / "r.hea", replace=True)
        other = peer_record(tmp_path / "r.hea")
        found = np.stack(other.e_p_signal).astype(np.float32)
        np.testing.assert_array_equal(found, content.samples)
        np.testing.assert_array_equal(back(content, tmp_path).samples, content.samples)
        assert other.sig_name == list(content.leads)
        assert other.fs == content.fs
        assert other.base_datetime == START.replace(tzinfo=None)
        stored = np.stack(peer_record(tmp_path / "r.hea", physical=False).e_d_signal)
        sums = stored.sum(axis=1, dtype=np.int64)
        assert [c & 0xFFFF for c in other.checksum] == [int(s) & 0xFFFF for s in sums]
        assert other.init_value == stored[:, 0].tolist()


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    samples=npst.arrays(
        np.float32,
        st.tuples(st.integers(1, 3), st.integers(1, 30)),
        elements=st.one_of(
            st.floats(-300, 300, width=32).map(lambda x: x if abs(x) > 1e-12 else 0.0),
            st.just(float("nan")),
        ),
    )
)
def test_any_samples_come_back_within_a_part_in_two_to_the_30(
    samples: NDArray[np.float32], tmp_path: Path
) -> None:
    blank_filler(samples)
    if np.isnan(samples).all():
        return
    again = back(with_samples(samples), tmp_path).samples[: len(samples)]
    np.testing.assert_array_equal(np.isnan(again), np.isnan(samples))
    peak = np.nan_to_num(np.abs(samples)).max(axis=1, keepdims=True)
    assert np.all(np.nan_to_num(np.abs(again - samples)) <= peak * 2.0**-30)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    codes=npst.arrays(
        np.int32,
        st.tuples(st.integers(1, 3), st.integers(1, 30)),
        elements=st.integers(-32767, 32767),
    ),
    gain=st.sampled_from([200.0, 204.8, 1000 / 4.88, 1000.0, 409.6, 400.0]),
)
def test_multiples_of_a_devices_step_come_back_bit_identically_in_16_bits(
    codes: NDArray[np.int32], gain: float, tmp_path: Path
) -> None:
    samples = (codes / gain).astype(np.float32)
    blank_filler(samples)
    if np.isnan(samples).all():
        return
    content = with_samples(samples)
    np.testing.assert_array_equal(back(content, tmp_path).samples, content.samples)
    assert b".dat 16 " in (tmp_path / "r.hea").read_bytes()


def test_leads_with_gaps_and_a_lead_that_is_all_gap(tmp_path: Path) -> None:
    samples = GOOD.samples[:3].copy()
    samples[0, 100:200] = np.nan
    samples[1] = np.nan
    np.testing.assert_array_equal(back(with_samples(samples), tmp_path).samples, samples)


@pytest.mark.parametrize(
    "start",
    [
        None,
        datetime.fromisoformat("2026-01-02T03:04:05"),
        datetime.fromisoformat("2026-01-02T03:04:05.006"),
        datetime.fromisoformat("2026-12-31T23:59:59.999999+08:00"),
        datetime.fromisoformat("2026-12-31T23:59:59-03:30"),
        datetime.fromisoformat("1900-01-02T03:04:05"),
        datetime(1900, 1, 2, tzinfo=timezone(timedelta(hours=8, minutes=5, seconds=43))),
    ],
)
def test_the_start_comes_back(start: datetime | None, tmp_path: Path) -> None:
    again = back(replace(GOOD, start=start), tmp_path).start
    assert again == start
    assert (again is None or again.tzinfo is None) == (start is None or start.tzinfo is None)


def test_statements_come_back_as_text(tmp_path: Path) -> None:
    annotations = (
        Annotation("Sinus rhythm\nnormal ECG"),
        Annotation("PR interval", value=160, unit="ms"),
        Annotation("R peak", position=7),
        Annotation("窦性心律"),
    )
    again = back(replace(GOOD, annotations=annotations), tmp_path)
    assert [a.text for a in again.annotations] == [
        "Sinus rhythm normal ECG",
        "PR interval: 160 ms",
        "窦性心律",
    ]


def test_rates_come_back(tmp_path: Path) -> None:
    for fs in (500.0, 360.0, 499.99, 1000 / 3, 128.0):
        assert back(with_samples(GOOD.samples, fs), tmp_path).fs == fs


def test_what_cannot_be_written() -> None:
    samples = GOOD.samples
    for content, reason in (
        (with_samples(np.full((1, 3), np.inf)), "infinite"),
        (with_samples(np.full((1, 3), 2e6)), "none of an ECG"),
        (with_samples(np.zeros((1, 0))), "no samples"),
        (replace(GOOD, leads=("I",)), "one lead a row"),
        (replace(GOOD, samples=samples[:0], leads=()), "no leads"),
    ):
        with pytest.raises(ValueError, match=reason):
            encode_wfdb(content)

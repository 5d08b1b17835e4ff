"""What screening puts at the top of the list, and what it leaves alone."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from farlead.analysis import VERSION, screen
from farlead.analysis.rules import shipped
from farlead.messages import Language
from farlead.model.people import Patient, Sex
from farlead.model.recording import Recording
from farlead.model.screening import Quality, Screening
from farlead.model.study import Severity
from support_ecg import LEADS, ecg, steady, twelve


def screened(samples: NDArray[np.floating], fs: float = 500.0) -> Screening:
    samples = np.atleast_2d(samples).astype(np.float32)
    leads = LEADS if samples.shape[0] == 12 else ("II", "V1", "V5")[: samples.shape[0]]
    return screen(Recording(samples, leads, fs))


def codes(screening: Screening) -> set[str]:
    return {flag.code for flag in screening.flags}


def test_ordinary_sinus_rhythm_is_normal_known_and_fit() -> None:
    found = screened(twelve(ecg(steady(72, 10), 500, 10)))
    assert (found.severity, found.known, found.quality) == (Severity.NORMAL, True, Quality.FIT)
    assert found.measured("heart_rate") == pytest.approx(72, abs=0.5)
    assert found.measured("beats") == len(found.r_peaks)
    assert found.version == VERSION


@pytest.mark.parametrize("rate", [28, 33, 35])
def test_slow_rate_is_critical(rate: float) -> None:
    found = screened(twelve(ecg(steady(rate, 20), 500, 20)))
    assert found.severity is Severity.CRITICAL
    assert "rate.slow" in codes(found)


@pytest.mark.parametrize("rate", [151, 180, 220, 250])
def test_fast_rate_is_at_the_top(rate: float) -> None:
    """Narrow complexes: critical from 200 per minute on, as the consensus has it, or unnamed."""
    found = screened(twelve(ecg(steady(rate, 10), 500, 10, t_wave=0.1)))
    assert found.severity >= (Severity.CRITICAL if rate >= 200 else Severity.URGENT)
    assert codes(found) & {"rate.fast", "svt.fast", "svt"}


@pytest.mark.parametrize("rate", [152, 180, 210])
def test_a_fast_rate_of_wide_complexes_is_critical(rate: float) -> None:
    found = screened(twelve(ecg(steady(rate, 10), 500, 10, t_wave=0.1, width=0.035)))
    assert found.severity is Severity.CRITICAL, codes(found)


@pytest.mark.parametrize(
    "beats",
    [
        [b for b in steady(75, 10) if not 4 < b < 7],
        [b for b in steady(75, 10) if b < 6.4],
        [b for b in steady(75, 10) if b > 3.2],
    ],
    ids=["middle", "to the end", "from the start"],
)
def test_a_pause_of_three_seconds_is_critical(beats: list[float]) -> None:
    found = screened(twelve(ecg(beats, 500, 10)))
    assert found.severity is Severity.CRITICAL
    flag = next(f for f in found.flags if f.code == "pause")
    assert flag.spans
    assert found.measured("longest_pause") == pytest.approx(3.4, abs=0.7)


def test_fewer_than_four_beats_are_unknown() -> None:
    found = screened(twelve(ecg([1.5, 4.4, 7.3], 500, 10)))
    assert not found.known
    assert "unknown.few_beats" in codes(found)
    assert found.severity >= Severity.URGENT


@pytest.mark.parametrize("rms", [0.002, 0.005, 0.02, 0.05, 0.1])
@pytest.mark.parametrize("leads", [1, 12])
def test_noise_is_at_the_top(rms: float, leads: int) -> None:
    found = screened(np.random.default_rng(7).normal(0, rms, (leads, 5000)))
    assert found.severity is Severity.CRITICAL
    assert not found.known
    assert found.r_peaks == ()
    assert found.quality is Quality.RETAKE


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((12, 5000)),
        np.full((1, 5000), 0.7),
        np.full((12, 5000), np.nan),
        np.full((1, 5000), np.inf),
        np.zeros((1, 1)),
        np.zeros((1, 0)),
        np.zeros((0, 0)),
    ],
    ids=["flat", "flat off zero", "nan", "inf", "one sample", "empty", "no lead"],
)
def test_what_holds_no_signal_is_at_the_top(samples: NDArray[np.float64]) -> None:
    found = screened(samples)
    assert found.severity is Severity.CRITICAL
    assert not found.known
    assert found.quality is Quality.RETAKE


def test_a_short_recording_is_unknown() -> None:
    found = screened(twelve(ecg(steady(75, 3), 500, 3)))
    assert not found.known
    assert "unknown.short" in codes(found)


def test_a_gap_is_no_pause_but_is_told() -> None:
    samples = twelve(ecg(steady(75, 20), 500, 20))
    samples[:, 4000:6500] = np.nan
    found = screened(samples)
    assert "pause" not in codes(found)
    assert any(span.kind == "lead_off" for span in found.spans)
    assert not screened(np.concatenate([samples, samples * np.nan], axis=1)).known


def test_a_bad_lead_is_a_remark_and_spoils_nothing() -> None:
    samples = twelve(ecg(steady(72, 10), 500, 10))
    samples[3] = 0
    samples[7] = np.nan
    samples[8] += np.random.default_rng(3).normal(0, 0.5, 5000).astype(np.float32)
    found = screened(samples)
    assert found.known
    assert (found.severity, found.quality) == (Severity.REMARK, Quality.FIT_WITH_REMARK)
    assert codes(found) == {"lead.flat", "lead.missing", "lead.noisy"}


def test_beats_in_strong_noise_are_an_unknown_rhythm() -> None:
    noise = np.random.default_rng(6).normal(0, 0.4, (12, 5000))
    found = screened(twelve(ecg(steady(75, 10), 500, 10)) + noise)
    assert not found.known
    assert found.severity >= Severity.URGENT
    assert codes(found) & {"unknown.rhythm", "unknown.noise"}


def test_the_rules_of_an_institution_are_asked_and_named() -> None:
    own = (
        'version = "own-1"\nzh = "本院"\nen = "ours"\n[[change]]\nid = "rate.slow"\n'
        "limits.rate_slowest = 60\n"
    )
    strict = shipped().changed_by(own, "own.toml")
    recording = Recording(twelve(ecg(steady(55, 10), 500, 10)), LEADS, 500.0)
    found = screen(recording, rules=strict)
    assert found.severity is Severity.CRITICAL
    assert [f.rule for f in found.flags if f.code == "rate.slow"] == ["rate.slow/2+own-1"]
    assert found.version == f"screening-{shipped().version}+own-1/{VERSION.split('/')[1]}"
    assert screen(recording).severity is Severity.NORMAL


def test_every_flag_has_words_in_both_languages() -> None:
    cases = [
        screened(np.zeros((12, 5000))),
        screened(twelve(ecg(steady(30, 10), 500, 10))),
        screened(twelve(ecg(steady(160, 10), 500, 10, t_wave=0.1))),
        screened(np.random.default_rng(1).normal(0, 0.1, (12, 1500))),
    ]
    for flag in (flag for case in cases for flag in case.flags):
        for language in Language:
            assert "{" not in flag.text.text(language)


def _ludb(folder: Path, number: int) -> Recording:
    header = (folder / f"{number}.hea").read_text("ascii").splitlines()[0].split()
    raw = np.fromfile(folder / f"{number}.dat", "<i2").reshape(-1, int(header[1]))
    return Recording((raw.T / 1000).astype(np.float32), LEADS, float(header[2]))


def _ludb_rows(folder: Path) -> dict[int, dict[str, str]]:
    with (folder / "ludb.csv").open(encoding="utf-8-sig", newline="") as file:
        return {int(each["ID"]): each for each in csv.DictReader(file)}


def _patient(row: dict[str, str]) -> Patient:
    sex = {"M": Sex.MALE, "F": Sex.FEMALE}.get(row["Sex"].strip(), Sex.UNKNOWN)
    age = row["Age"].strip()
    return Patient(sex=sex, age_years=float(age) if age.isdigit() else None)


def _ordinary(row: dict[str, str]) -> bool:
    """Sinus rhythm without ischaemia, pacing or third-degree block."""
    return (
        row["Rhythms"].strip().startswith("Sinus")
        and not row["Ischemia"].strip()
        and not row["Cardiac pacing"].strip()
        and "iii degree" not in row["Conduction abnormalities"].lower()
    )


@pytest.mark.data
def test_ludb_ordinary_sinus_records_are_not_put_at_the_top(farlead_data: Path) -> None:
    folder = farlead_data / "ludb"
    rows = {number: row for number, row in _ludb_rows(folder).items() if number <= 140}
    plain = [number for number, row in rows.items() if _ordinary(row)]
    found = {
        number: screen(replace(_ludb(folder, number), patient=_patient(rows[number])))
        for number in plain
    }
    assert len(plain) > 70
    assert [n for n, each in found.items() if each.severity is Severity.CRITICAL] == []
    assert len([n for n, each in found.items() if each.severity is Severity.URGENT]) <= 8


@pytest.mark.data
def test_fibrillation_of_207_is_critical_and_claims_no_rhythm(farlead_data: Path) -> None:
    wfdb = pytest.importorskip("wfdb")
    record = wfdb.rdrecord(str(farlead_data / "mitdb" / "207"))
    signal = record.p_signal.T.astype(np.float32)
    for start in range(554682, 589926 - 3600, 3600):
        for samples in (signal[:1], signal):
            found = screened(samples[:, start : start + 3600], 360.0)
            assert found.severity is Severity.CRITICAL
            assert not found.known

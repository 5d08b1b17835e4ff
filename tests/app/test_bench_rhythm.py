"""``farleadctl bench rhythm``, its records and its counting, on made-up records."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from calibration_ecg import PREMATURE, atrial_fibrillation, make, sinus
from farlead.analysis.rhythm_comparison import Shares, score_record, score_ventricular
from farlead.analysis.rhythm_database import DS1, DS2, WindowKind, read_rhythms
from farlead.cli import app
from support_rhythms import fibrillating_ventricles

FS = 250
#: wfdb writes records by calls that pandas is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One record of 400 s: sinus rhythm with ventricular beats, 60 s of fibrillation, 20 s VF."""
    folder = tmp_path_factory.mktemp("rhythms")
    beats = [(0.5 + 0.8 * i, sinus().shapes[0]) for i in range(399)]
    early = range(5, 399, 10)
    for i in early:
        beats[i] = (beats[i][0] - 0.3, PREMATURE)
    first = make(beats, FS, 320, noise=0.01)
    second = atrial_fibrillation(60, FS, seed=3)
    third = fibrillating_ventricles(40)[:, ::2][:, : 20 * FS]
    signal = np.concatenate([first.signal, second.signal, third], axis=1)[[1, 6]]
    marks = [(int(p), "V" if i in early else "N", "") for i, p in enumerate(first.r_peaks)]
    marks += [(int(p) + 320 * FS, "N", "") for p in second.r_peaks]
    marks += [
        (10, "+", "(N"),
        (320 * FS, "+", "(AFIB"),
        (380 * FS, "[", ""),
        (400 * FS - 1, "]", ""),
    ]
    _write(folder, signal, sorted(marks))
    return folder


def _write(folder: Path, signal: np.ndarray, marks: list[tuple[int, str, str]]) -> None:
    wfdb = pytest.importorskip("wfdb")
    wfdb.wrsamp("a1", fs=FS, units=["mV"] * 2, sig_name=["II", "V1"],
                p_signal=signal.T.astype(float), fmt=["16"] * 2, write_dir=str(folder))  # fmt: skip
    samples, symbols, notes = (list(each) for each in zip(*marks, strict=True))
    wfdb.wrann("a1", "atr", np.array(samples), symbols, aux_note=notes, write_dir=str(folder))


def test_windows_are_what_fills_them(database: Path) -> None:
    record = read_rhythms(database, "a1")
    kinds = [kind for _, _, kind in record.windows()]
    assert kinds[:32] == [WindowKind.OTHER] * 32
    assert kinds[32:38] == [WindowKind.FIBRILLATION] * 6
    assert kinds[38] == WindowKind.LETHAL
    assert record.kind(315 * FS, 325 * FS) is WindowKind.MIXED
    assert record.leads == ("II", "V1")


def test_the_record_is_scored(database: Path) -> None:
    found = score_record(read_rhythms(database, "a1"))
    assert found.alone.fp == found.context.fp == 0
    assert found.alone.tp >= 5
    assert found.context.tp >= 5
    assert found.lethal >= 1
    assert found.missed == ()
    beats = found.ventricular
    assert (beats.fp, beats.fn) == (0, 0)
    assert beats.tp > 0  # those after 5:00


def test_nothing_is_counted_that_was_not_found(database: Path) -> None:
    record = read_rhythms(database, "a1")
    peaks = record.samples
    marked = int(np.sum((record.symbols == "V") & (peaks >= 300 * FS)))
    none = score_ventricular(record, peaks, np.zeros(peaks.size, bool))
    assert (none.tp, none.fn) == (0, marked)
    every = score_ventricular(record, peaks, np.ones(peaks.size, bool))
    assert (every.tp, every.fn) == (marked, 0)
    assert every.fp > 0
    nothing = score_ventricular(record, peaks[:0], np.zeros(0, bool))
    assert (nothing.tp, nothing.fn, nothing.fp) == (0, marked, 0)


def test_the_split_is_complete_and_disjoint() -> None:
    assert len(DS1) == len(DS2) == 22
    assert not DS1 & DS2


def test_shares() -> None:
    assert Shares(3, 1, 2, 6).sensitivity == 75
    assert Shares(3, 1, 2, 6).specificity == 75
    assert np.isnan(Shares().sensitivity)
    assert Shares(1, 2, 3, 4) + Shares(1, 1, 1, 1) == Shares(2, 3, 4, 5)


def test_the_command_prints_a_table_and_writes_json(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "rhythm.json"
    command = ["bench", "rhythm", "--database", str(database), "--json", str(target)]
    done = CliRunner().invoke(app, [*command, "--language", "zh"])
    assert done.exit_code == 0, done.output
    assert "a1" in done.stdout
    assert "合计" in done.stdout
    document = json.loads(target.read_text("utf-8"))
    assert document["records"]["a1"] == document["gross"]
    assert document["gross"]["missed"] == []
    assert document["left_out"] == {}


def test_a_folder_without_records_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["bench", "rhythm", "--database", str(tmp_path)])
    assert done.exit_code == 1
    assert str(tmp_path) in done.output

"""``farleadctl bench qrs`` on two made-up records."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from farlead.analysis import beat_comparison
from farlead.analysis.beat_database import read, records
from farlead.cli import app
from support_ecg import ecg, steady

FS = 200
#: wfdb writes records by calls that pandas is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two records of 320 s: one clean, one with a span of fibrillation and a lead in microvolts."""
    folder = tmp_path_factory.mktemp("database")
    write(folder, "a1", steady(75, 320), "mV")
    write(folder, "a2", steady(60, 320), "uV", fibrillation=(100, 110))
    return folder


def write(
    folder: Path,
    name: str,
    beats: list[float],
    unit: str,
    fibrillation: tuple[int, int] | None = None,
    symbol: str = "N",
) -> None:
    wfdb = pytest.importorskip("wfdb")
    lead = ecg(beats, FS, 320, noise=0.01).astype(np.float64) * (1000 if unit == "uV" else 1)
    rows = np.stack([np.zeros(lead.size), lead, 0.5 * lead], axis=1)
    wfdb.wrsamp(
        name,
        fs=FS,
        units=["mmHg", unit, unit],
        sig_name=["ABP", "II", "V1"],
        p_signal=rows,
        fmt=["16"] * 3,
        write_dir=str(folder),
    )
    marks = [(round(b * FS), symbol) for b in beats]
    if fibrillation:
        marks = sorted([*marks, (fibrillation[0] * FS, "["), (fibrillation[1] * FS, "]")])
    samples, symbols = (list(each) for each in zip(*marks, strict=True))
    wfdb.wrann(name, "atr", np.array(samples), symbols, write_dir=str(folder))


def test_records_hold_millivolts_of_ecg_leads(database: Path) -> None:
    clean, fibrillating = records(database)
    assert clean.signal.shape == fibrillating.signal.shape == (2, 320 * FS)
    assert 0.9 < fibrillating.signal[0].max() < 1.2
    assert fibrillating.exclude == ((100 * FS, 110 * FS),)


@pytest.mark.parametrize("leads", ["first", "all"])
def test_two_records(database: Path, tmp_path: Path, leads: str) -> None:
    answer = tmp_path / "answer.json"
    words = ["bench", "qrs", "--database", str(database), "--leads", leads, "--rounds", "1"]
    done = CliRunner().invoke(app, [*words, "--json", str(answer), "--language", "en"])
    assert done.exit_code == 0, done.output
    assert "gross" in done.stdout
    assert "average" in done.stdout
    for missing in beat_comparison.missing_peers():
        assert missing in done.stdout.splitlines()[-1]
    document = json.loads(answer.read_text("utf-8"))
    ours = document["detectors"]["farlead"]
    assert document["leads"] == leads
    assert ours["whole"]["gross"]["f1"] == 1
    assert ours["ec57"]["records"]["a1"]["tp"] == sum(b >= 300 for b in steady(75, 320))
    assert ours["apart"]["tp"] == sum(100 <= b <= 110 for b in steady(60, 320))
    assert ours["windows_complete"] == 1
    assert ours["times_ours"] == 1
    assert document["detectors"]["wfdb gqrs"]["whole"]["gross"]["tp"] > 600


def test_what_cannot_be_used_is_told(tmp_path: Path) -> None:
    runner = CliRunner()
    empty = runner.invoke(app, ["bench", "qrs", "--database", str(tmp_path), "--language", "en"])
    assert empty.exit_code == 1
    assert "No usable record" in empty.stderr
    (tmp_path / "x.atr").write_bytes(b"\0\0")
    write(tmp_path, "y", steady(60, 320), "mV", symbol="~")
    bad = runner.invoke(app, ["bench", "qrs", "--database", str(tmp_path), "--language", "en"])
    assert bad.exit_code == 1
    assert "x: left out" in bad.stderr
    assert "y: left out, its annotations hold no beats" in bad.stderr
    absent = runner.invoke(app, ["bench", "qrs", "--database", str(tmp_path / "no")])
    assert absent.exit_code == 2


def test_a_failing_peer_is_told_and_ours_is_not_hidden(database: Path) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("flat")

    record = read(database, "a1")
    chosen = {"farlead": beat_comparison.detect_qrs, "peer": fail}
    found = beat_comparison._detected(record, chosen, 2, "first")
    assert found["peer"][0].size == 0
    assert "flat" in found["peer"][2]
    assert found["farlead"][0].size > 300
    with pytest.raises(ZeroDivisionError):
        beat_comparison._detected(record, {"farlead": fail}, 1, "first")

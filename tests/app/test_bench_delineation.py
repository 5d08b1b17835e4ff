"""``farleadctl bench delineation`` on made records with marks of their waves."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import calibration_ecg as made
from farlead.analysis.wave_comparison import POINTS, PointScore, score_points
from farlead.analysis.wave_database import UNMARKED, Wave, paired, read_waves, wave_names
from farlead.cli import app
from farlead.errors import UnreadableFile

FS = 500
#: wfdb writes records by calls that pandas is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


def write(folder: Path, name: str, *, joint: bool = False, shift: int = 0) -> made.Calibration:
    """A record of leads I and II, with true marks of beats 2 to 8, moved by `shift` samples."""
    wfdb = pytest.importorskip("wfdb")
    ecg = made.sinus(70.0, 10.0)
    leads = {"i": 0, "ii": 1}
    wfdb.wrsamp(
        name,
        fs=FS,
        units=["mV"] * 2,
        sig_name=list(leads),
        p_signal=ecg.signal[list(leads.values())].T.astype(float),
        fmt=["16"] * 2,
        adc_gain=[1000.0] * 2,
        baseline=[0] * 2,
        write_dir=str(folder),
    )
    for suffix, lead in ({"qc": 1} if joint else leads).items():
        marks = []
        for beat in range(1, 8):
            for kind, symbol in (("p", "p"), ("qrs", "N"), ("t", "t")):
                on, off = (ecg.fiducials[f"{kind}_{end}"][lead, beat] for end in ("on", "off"))
                peak = (
                    ecg.r_peaks[beat]
                    if kind == "qrs"
                    else ecg.fiducials[f"{kind}_peak"][lead, beat]
                )
                marks += [(on, "("), (peak, symbol), (off, ")")]
        samples = np.array([round(float(sample)) + shift for sample, _ in marks])
        wfdb.wrann(name, suffix, samples, [symbol for _, symbol in marks], write_dir=str(folder))
    return ecg


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["bench", "delineation", "--language", "en", *words])
    return result.exit_code, result.output


def test_marks_of_each_lead(tmp_path: Path) -> None:
    write(tmp_path, "1")
    write(tmp_path, "2", shift=10)
    code, told = run("--database", str(tmp_path), "--json", str(tmp_path / "answer.json"))
    assert code == 0
    assert "2 records" in told
    answer = json.loads((tmp_path / "answer.json").read_text("utf-8"))
    assert set(answer["records"]) == {"1", "2"}
    assert set(answer["points"]) == set(POINTS)
    for name in ("p_on", "qrs_on", "qrs_off", "t_off"):
        first, moved = (answer["records"][record][name] for record in ("1", "2"))
        assert first["marked"] == moved["marked"] == 14
        assert first["sensitivity"] == first["ppv"] == 1.0
        assert abs(first["mean_ms"]) < 12
        assert moved["mean_ms"] == pytest.approx(first["mean_ms"] - 20.0, abs=0.5)
        assert first["sd_ms"] < 4


def test_marks_of_all_leads_together(tmp_path: Path) -> None:
    write(tmp_path, "sel1", joint=True)
    answer = tmp_path / "answer.json"
    code, _ = run("--database", str(tmp_path), "--annotator", "qc", "--json", str(answer))
    assert code == 0
    point = json.loads(answer.read_text("utf-8"))["points"]["qrs_on"]
    assert point["marked"] == 7
    assert point["sensitivity"] == 1.0
    assert read_waves(tmp_path, "sel1", "qc").joint


def test_a_record_without_marks_is_told(tmp_path: Path) -> None:
    write(tmp_path, "1", joint=True)
    code, told = run("--database", str(tmp_path))
    assert code == 1
    assert "no marks of waves" in told
    with pytest.raises(UnreadableFile):
        read_waves(tmp_path, "1")


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    code, told = run("--database", str(tmp_path))
    assert code == 1
    assert "No usable record" in told


def test_raw_integers_are_microvolts(tmp_path: Path) -> None:
    ecg = write(tmp_path, "1")
    raw = read_waves(tmp_path, "1", raw_microvolts=True)
    assert np.allclose(raw.signal[1], ecg.signal[1], atol=0.002)


def test_numbers_come_in_their_order(tmp_path: Path) -> None:
    for name in ("10", "2", "sel5", "1"):
        (tmp_path / f"{name}.hea").touch()
    assert wave_names(tmp_path) == ["1", "2", "10", "sel5"]


def test_brackets_belong_to_the_peak_beside_them() -> None:
    symbols = ["p", ")", "(", "N", ")", "(", "t", "t", ")", ")", "N", "(", "p"]
    marks = paired(symbols, list(range(0, 130, 10)))
    assert marks.rows[Wave.P].tolist() == [[UNMARKED, 0, 10], [110, 120, UNMARKED]]
    assert marks.rows[Wave.QRS].tolist() == [[20, 30, 40], [UNMARKED, 100, UNMARKED]]
    assert marks.rows[Wave.T].tolist() == [[50, 60, UNMARKED], [UNMARKED, 70, 80]]
    assert marks.span == (0, 120)
    assert paired([], []).span == (0, -1)


def test_a_pair_is_nearest_on_both_sides_and_within_150_ms() -> None:
    marks, found = np.array([100, 200, 400, UNMARKED]), np.array([-2, -1, 110, 190, 476, 700])
    score = score_points(marks, found, 500.0, (100, 400))
    assert score.errors.tolist() == [20.0, -20.0]
    assert (score.missed, score.extra) == (1, 0)
    assert score_points(marks, found, 500.0, (100, 500)).extra == 1
    assert score_points(marks, np.array([475]), 500.0).errors.tolist() == [150.0]
    crowded = score_points(np.array([100, 110]), np.array([104]), 500.0)
    assert crowded.errors.tolist() == [8.0]
    assert crowded.missed == 1


def test_scores_add_up_and_nothing_is_no_figure() -> None:
    both = PointScore(np.array([2.0, 4.0]), 1, 0) + PointScore(np.array([6.0]), 0, 3)
    assert (both.mean, both.sd, both.missed, both.extra) == (4.0, 2.0, 1, 3)
    assert both.sensitivity == 0.75
    assert both.ppv == 0.5
    nothing = PointScore()
    assert all(np.isnan(v) for v in (nothing.mean, nothing.sd, nothing.sensitivity, nothing.ppv))

"""``farleadctl bench critical``, its table and its counting, on made-up records."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration_ecg import LEADS, NORMAL, Shape
from farlead.analysis.critical_comparison import Raised, score
from farlead.analysis.critical_database import Labels, read_labels, read_recording
from farlead.cli import app
from farlead.errors import UnreadableFile
from farlead.model.people import Sex
from farlead.model.study import Severity
from support_morphology import FS, LBBB, anterior, made

HEAD = "ID,Sex,Age,Rhythms,Conduction abnormalities,Cardiac pacing,Ischemia\n"
#: wfdb writes records by calls that pandas is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")


def _write(folder: Path, name: str, shape: Shape) -> None:
    wfdb = pytest.importorskip("wfdb")
    leads = [lead.lower() for lead in LEADS]
    wfdb.wrsamp(name, fs=FS, units=["mV"] * 12, sig_name=leads, fmt=["16"] * 12,
                p_signal=made(shape).signal.T.astype(float), write_dir=str(folder))  # fmt: skip


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An infarction that shows, one that does not, a healthy record, a false alarm, a block."""
    folder = tmp_path_factory.mktemp("critical")
    for name, shape in {"1": anterior(0.3), "2": NORMAL, "3": NORMAL, "4": anterior(0.3)}.items():
        _write(folder, name, shape)
    _write(folder, "5", LBBB)
    rows = [
        '1,M,61,Sinus rhythm,,,"Stemi: anterior wall\nStemi: septal"',
        "2,F,50,Sinus rhythm,,,Stemi: inferior wall",
        "3,F,50,Sinus rhythm,,,",
        "4,M,>89,Sinus bradycardia,,,",
        "5,M,70,Sinus rhythm,Iii degree av-block,,",
        "6,M,70,Sinus rhythm,,,",
    ]
    (folder / "labels.csv").write_text(HEAD + "\n".join(rows) + "\n", "utf-8")
    return folder


def test_the_table_is_read(database: Path) -> None:
    labels = read_labels(database)
    assert [one.stemi for one in labels.values()] == [True, True, False, False, False, False]
    assert [one.harmless for one in labels.values()] == [False, False, True, True, False, True]
    assert labels["1"].of("Ischemia") == ("Stemi: anterior wall", "Stemi: septal")
    assert (labels["1"].patient.sex, labels["1"].patient.age_years) == (Sex.MALE, 61.0)
    assert labels["4"].patient.age_years is None
    recording = read_recording(database, labels["1"])
    assert recording.leads == LEADS
    assert recording.samples[7].max() == pytest.approx(
        made(anterior(0.3)).signal[7].max(), abs=0.01
    )


def test_stored_integers_may_be_microvolts(database: Path) -> None:
    labels = read_labels(database)["3"]
    physical = read_recording(database, labels)
    raw = read_recording(database, labels, raw_microvolts=True)
    assert raw.samples.max() != pytest.approx(physical.samples.max(), rel=0.01)
    assert raw.samples.max() * 1000 == pytest.approx(round(float(raw.samples.max()) * 1000))


def raised(name: str, severity: Severity, ischaemia: str = "", *, known: bool = True) -> Raised:
    cells = {"Rhythms": ("Sinus rhythm",), "Ischemia": (ischaemia,) if ischaemia else ()}
    critical = ("ischaemia.stemi",) if severity is Severity.CRITICAL else ()
    return Raised(Labels(name, cells), severity, known, critical, ())


def test_what_is_counted() -> None:
    counts = score(
        [
            raised("a", Severity.REMARK, "Stemi: septal"),
            raised("b", Severity.URGENT, "Stemi: septal"),
            raised("c", Severity.CRITICAL),
            raised("d", Severity.URGENT),
            raised("e", Severity.NORMAL),
            raised("f", Severity.NORMAL, known=False),
            raised("g", Severity.CRITICAL, "Scar formation: septal"),
        ]
    )
    assert (counts.stemi, counts.missed) == (("a", "b"), ("a",))
    assert (counts.harmless, counts.false) == (("c", "d", "e", "f"), ("c",))
    assert (counts.false_percent, counts.urgent_percent) == (25.0, 25.0)
    assert counts.unknown_normal == ("f",)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_names_each_and_writes_json(
    database: Path, tmp_path: Path, language: str
) -> None:
    target = tmp_path / "critical.json"
    command = ["bench", "critical", "--database", str(database), "--json", str(target)]
    done = CliRunner().invoke(app, [*command, "--language", language])
    assert done.exit_code == 0, done.output
    document = json.loads(target.read_text("utf-8"))
    assert (document["stemi"], document["missed"]) == (["1", "2"], ["2"])
    assert (document["harmless"], document["false"]) == (["3", "4"], ["4"])
    assert document["false_percent"] == 50.0
    assert "ischaemia.stemi" in document["records"]["1"]["critical"]
    assert document["left_out"] == {}
    assert "ischaemia.stemi" in done.stdout


@pytest.mark.parametrize("text", ["", "ID,Sex\n1,M\n", HEAD])
def test_a_table_of_no_use_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "labels.csv").write_text(text, "utf-8")
    with pytest.raises(UnreadableFile):
        read_labels(tmp_path)
    done = CliRunner().invoke(app, ["bench", "critical", "--database", str(tmp_path)])
    assert done.exit_code == 1


def test_several_tables_need_a_name(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(HEAD + "1,M,1,,,,\n", "utf-8")
    with pytest.raises(UnreadableFile):
        read_labels(tmp_path)
    assert set(read_labels(tmp_path, tmp_path / "a.csv")) == {"1"}

"""``farleadctl inspect`` and ``convert``: what a file is, and the same ECG in other formats."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from ecg_files import START, dicom_bytes, recording, text_file
from farlead.cli import app
from farlead.errors import UnwritableRecording
from farlead.formats import READERS, read
from farlead.formats.writers import ENCODERS, write
from farlead.messages import Language, catalogue
from farlead.model.recording import Annotation, Recording
from image_files import image_bytes

ENDINGS = tuple(ENCODERS)
MEASURED = (Annotation("QRS duration", value=92.0, unit="ms"), Annotation("Sinus rhythm"))


def run(*words: object, rc: int = 0) -> Result:
    done = CliRunner().invoke(app, [*map(str, words)])
    assert done.exit_code == rc, done.output
    return done


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ecg.dcm"
    path.write_bytes(dicom_bytes(annotations=MEASURED))
    return path


def test_inspect_says_what_and_whose_and_what_the_device_found(file: Path) -> None:
    (answer,) = json.loads(run("inspect", file, "--json").stdout)
    assert answer["format"] == "dicom"
    assert answer["patient"]["name"] == "演示 甲"
    assert answer["leads"][:3] == ["I", "II", "III"]
    assert (answer["samples"], answer["fs"], answer["seconds"]) == (5000, 500.0, 10.0)
    assert answer["start"] == START.isoformat()
    assert answer["measurements"][0]["value"] == 92.0
    assert "Sinus rhythm" in answer["statements"]
    assert answer["device"]["low_pass"] == 150.0
    for spoken, word in ((Language.ZH, "导联"), (Language.EN, "Leads")):
        told = run("inspect", file, "--language", spoken).stdout
        assert word in told
        assert "演示 甲" in told


def test_inspect_of_several_goes_on_behind_a_bad_one(file: Path, tmp_path: Path) -> None:
    (tmp_path / "note.dcm").write_bytes(text_file())
    (tmp_path / "ct.dcm").write_bytes(image_bytes(np.zeros((1, 8, 8), np.uint16)))
    done = run("inspect", tmp_path / "note.dcm", tmp_path / "none", tmp_path / "ct.dcm", file,
               "--json", "--language", "en", rc=1)  # fmt: skip
    bad, missing, images, good = json.loads(done.stdout)
    assert "text file" in bad["error"]
    assert bad["offset"] == 0
    assert "no file" in missing["error"]
    assert images["frames"] >= 1
    assert good["leads"]


def test_every_format_has_a_name_in_both_languages() -> None:
    texts = catalogue()
    assert all(f"formats.name.{reader.name}" in texts for reader in READERS)


@pytest.mark.parametrize("ending", ENDINGS)
def test_convert_writes_what_reads_back_the_same(file: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"out{ending}"
    answer = json.loads(run("convert", file, target, "--json").stdout)
    assert target.is_file()
    assert str(target) in answer["files"]
    before, after = read(file), read(target)
    assert isinstance(before, Recording)
    assert isinstance(after, Recording)
    np.testing.assert_array_equal(after.samples, before.samples)
    assert (after.leads, after.fs) == (before.leads, before.fs)
    assert not list(tmp_path.glob(".farlead-*"))


def test_convert_replaces_only_when_told(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.edf"
    target.write_bytes(b"mine")
    assert "--force" in run("convert", file, target, "--language", "zh", rc=1).output
    assert target.read_bytes() == b"mine"
    run("convert", file, target, "--force")
    assert target.read_bytes() != b"mine"


def test_a_record_is_written_whole_or_not_at_all(file: Path, tmp_path: Path) -> None:
    (tmp_path / "out.dat").write_bytes(b"mine")
    run("convert", file, tmp_path / "out.hea", rc=1)
    assert not (tmp_path / "out.hea").exists()
    assert (tmp_path / "out.dat").read_bytes() == b"mine"


def test_a_time_may_be_given_where_the_file_has_none(tmp_path: Path) -> None:
    source, target = tmp_path / "ecg.csv", tmp_path / "ecg.dcm"
    write(recording(start=None), source)
    assert "--start" in run("convert", source, target, "--language", "en", rc=1).output
    run("convert", source, target, "--start", "yesterday", rc=2)
    run("convert", source, target, "--start", "2026-11-22T08:30:00+08:00")
    made = read(target)
    assert made.start is not None
    assert made.start.isoformat() == "2026-11-22T08:30:00+08:00"


def test_a_time_that_is_not_used_is_said(file: Path, tmp_path: Path) -> None:
    words = ("convert", file, tmp_path / "a.dcm", "--start", "2020-01-01T08:30:00+08:00")
    assert "--start was not used" in run(*words, "--language", "en").output
    assert read(tmp_path / "a.dcm").start == START
    told = json.loads(run(*words, "--force", "--json", "--language", "zh").stdout)
    assert any("--start" in each for each in told["lost"])


def test_what_cannot_be_converted_is_said(file: Path, tmp_path: Path) -> None:
    (tmp_path / "ct.dcm").write_bytes(image_bytes(np.zeros((1, 8, 8), np.uint16)))
    run("convert", tmp_path / "ct.dcm", tmp_path / "ct.edf", rc=1)
    assert ".hea" in run("convert", file, tmp_path / "out.txt", "--language", "zh", rc=1).output
    run("convert", file, tmp_path / "no" / "folder.edf", rc=1)
    with pytest.raises(UnwritableRecording) as found:
        write(replace(recording(), leads=("#1", *recording().leads[1:])), tmp_path / "x.csv")
    assert found.value.text(Language.ZH)
    assert not (tmp_path / "x.csv").exists()


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_recording_comes_back_from_each_format(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    fs = data.draw(st.sampled_from([250.0, 500.0, 1000.0]))
    seed = data.draw(st.integers(0, 1 << 20))
    n, size = int(fs) * data.draw(st.integers(1, 4)), data.draw(st.floats(0.01, 8.0))
    steps = np.random.default_rng(seed).normal(0, size * 200, (12, n)).round().clip(-32000, 32000)
    content = recording(samples=(steps / 1000).astype(np.float32), fs=fs, seconds=n / fs)
    folder = tmp_path_factory.mktemp("round")
    for ending in ENDINGS:
        write(content, folder / f"x{ending}", replace=True)
        again = read(folder / f"x{ending}")
        assert isinstance(again, Recording)
        np.testing.assert_array_equal(again.samples, content.samples, err_msg=ending)
        assert (again.leads, again.fs) == (content.leads, content.fs), ending

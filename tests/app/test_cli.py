"""farleadctl as a person or a script uses it: answers, languages, JSON, exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecg_files import dicom_bytes, recording, text_file
from farlead.access.demo_authority import DemoReader, make_demo_keys
from support_cli import farleadctl
from support_house import PIN, READER, SECOND, UNIT, House, open_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("cli") / "house") as made:
        yield made


def _ctl(house: House, *words: str, rc: int = 0) -> subprocess.CompletedProcess[str]:
    return farleadctl(*words, "--home", str(house.settings.folder), rc=rc)


def _started(house: House, *words: str, rc: int = 0) -> subprocess.CompletedProcess[str]:
    """In a process of its own, its answer in a pipe."""
    done = subprocess.run(
        [sys.executable, "-m", "farlead.cli", *words, "--home", str(house.settings.folder)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LANG": "C.UTF-8"},
    )
    assert done.returncode == rc, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_import_takes_a_file_and_says_so(house: House, tmp_path: Path) -> None:
    file = tmp_path / "good.dcm"
    file.write_bytes(dicom_bytes(recording(local_number="C1")))
    told = _started(house, "import", str(file), "--unit", UNIT, "--json")
    assert json.loads(told.stdout)["taken"] == 1
    assert file.exists(), "a copy went in"


def test_import_answers_no_when_a_file_cannot_be_read(house: House, tmp_path: Path) -> None:
    file = tmp_path / "letter.dcm"
    file.write_bytes(text_file())
    told = _ctl(house, "import", str(file), "--unit", UNIT, "--language", "zh", rc=1)
    assert "隔离 1" in told.stdout
    rows = json.loads(_ctl(house, "list", "--json", "--language", "en").stdout)
    (bad,) = [row for row in rows if row["state"] == "quarantined"]
    assert bad["reason"] not in {"", None}
    assert "time left" not in bad["reason"]


def test_an_import_leaves_what_is_still_being_uploaded(house: House, tmp_path: Path) -> None:
    slow = house.settings.model_copy(update={"settle_seconds": 3600.0})
    (house.settings.inbox("yi") / "growing.dcm").parent.mkdir(parents=True, exist_ok=True)
    growing = house.settings.inbox("yi") / "growing.dcm"
    growing.write_bytes(dicom_bytes(recording(local_number="G1"))[:1000])
    file = tmp_path / "whole.dcm"
    file.write_bytes(dicom_bytes(recording(local_number="W1")))
    from farlead.services import open_services

    with open_services(slow) as services:
        result = services.import_files(UNIT, [file])
    assert result.taken == 1
    assert growing.exists()
    growing.unlink()


@pytest.mark.parametrize(
    "words",
    [
        ("import", "no-such-file.dcm", "--unit", UNIT),
        ("import", "pyproject.toml", "--unit", "no-such-unit"),
        ("list", "--language", "fr"),
        ("verify", "no-such-report.pdf"),
    ],
)
def test_wrong_use_is_told_with_exit_2(house: House, words: tuple[str, ...]) -> None:
    told = _ctl(house, *words, rc=2)
    assert told.stderr.strip()


def test_a_list_in_a_pipe_is_whole(house: House) -> None:
    told = _started(house, "list", "--language", "zh").stdout
    rows = json.loads(_ctl(house, "list", "--json").stdout)
    for row in rows:
        assert row["number"] in told


def test_looking_makes_no_store(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "farlead.cli", "list", "--home", str(tmp_path / "nowhere")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_errors_keep_to_language_and_form(house: House, tmp_path: Path) -> None:
    report = tmp_path / "report.pdf"
    report.write_bytes(b"%PDF-1.7\n")
    words = ("verify", str(report), "--trust", str(report), "--language", "zh", "--json")
    told = _started(house, *words, rc=1)
    assert "根证书" in told.stderr
    assert "根证书" in json.loads(told.stdout)["error"]


def test_screen_answers_no_where_it_cannot_judge(house: House, tmp_path: Path) -> None:
    from ecg_files import noise_only

    good, bad = tmp_path / "good.dcm", tmp_path / "noise.dcm"
    good.write_bytes(dicom_bytes(recording(rate=70)))
    bad.write_bytes(dicom_bytes(noise_only()))
    (found,) = json.loads(_ctl(house, "screen", str(good), "--json").stdout)
    assert found["known"] is True
    assert found["measurements"]["heart_rate"]["value"] == pytest.approx(70, abs=1)
    both = json.loads(_ctl(house, "screen", str(good), str(bad), "--json", rc=1).stdout)
    assert [each["known"] for each in both] == [True, False]


def test_a_reader_is_added_only_with_his_own_certificate(house: House) -> None:
    keys = house.settings.keys
    mine = make_demo_keys(house.settings, [DemoReader("new", "示例医师丙")])["new"]
    add = ("users", "add")
    by = ("--pin", PIN, "--language", "zh")
    told = _ctl(house, *add, "x", "王医生", "--certificate", str(mine), *by, rc=1)
    assert "王医生" in told.stderr
    _ctl(house, *add, "../x", "示例医师丙", "--certificate", str(mine), *by, rc=1)
    assert not (keys.parent / "x.p12").exists()
    _ctl(house, *add, READER.login, "示例医师丙", "--certificate", str(mine), *by, rc=1)
    taken = keys / f"{SECOND.login}.p12"
    _ctl(house, *add, "other", SECOND.name, "--certificate", str(taken), *by, rc=1)
    wrong = ("--pin", "000000", "--language", "zh")
    _ctl(house, *add, "bing", "示例医师丙", "--certificate", str(mine), *wrong, rc=1)
    _ctl(house, *add, "bing", "示例医师丙", "--certificate", str(mine), *by)
    logins = [a["login"] for a in json.loads(_ctl(house, "users", "list", "--json").stdout)]
    assert logins == sorted(["bing", READER.login, SECOND.login])
    renew = ("users", "certificate", READER.login, "--certificate", str(mine), *by)
    told = _ctl(house, *renew, rc=1)
    assert READER.name in told.stderr

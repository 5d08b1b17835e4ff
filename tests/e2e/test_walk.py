"""``make demo`` without a display: the whole walk by keyboard through the real window."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from support_cli import farleadctl

#: The studies that are there without any folder of recordings: they ship with pydicom.
WHEEL_ONLY = {"FARLEAD_DATA": "no-such-folder"}


def _run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, **more}
    # As on a fresh machine: no display, and Python leaves its byte code between the sources.
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "PYTHONDONTWRITEBYTECODE"):
        surroundings.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", *words],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
    )


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("demo") / "output"
    done = _run("farlead_ui.demonstration", "--output", str(output), **WHEEL_ONLY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(output) in done.stdout
    return output


def _ctl(walked: Path, *words: str, rc: int = 0) -> subprocess.CompletedProcess[str]:
    return farleadctl(*words, "--home", str(walked / "store"), rc=rc)


def _report(walked: Path) -> Path:
    return sorted(walked.glob("*.pdf"))[0]


def test_pictures_of_each_step_and_reports_are_left(walked: Path) -> None:
    pictures = sorted(walked.glob("*.png"))
    assert len(pictures) >= 15
    assert all(picture.stat().st_size > 10_000 for picture in pictures)
    names = " ".join(picture.name for picture in pictures)
    for step in (
        "login", "list", "most-urgent", "ultrasound", "ct", "mr", "statement", "signed", "english",
        "night", "locked",
    ):  # fmt: skip
        assert step in names, step
    assert pictures[0].name.endswith("login.png"), "nothing is shown before the PIN"
    assert len(list(walked.glob("*.pdf"))) == 3


def test_no_report_of_the_demonstration_invents_a_finding(walked: Path) -> None:
    """Screening suggests no statement for these studies, so the reports say that nobody read."""
    for report in walked.glob("*.pdf"):
        text = "".join(page.extract_text() for page in PdfReader(report).pages)
        squeezed = text.replace("\n", "").replace(" ", "")
        assert "演示报告，未作诊断。" in squeezed, report.name
        assert "窦性" not in squeezed, report.name


def test_the_signed_report_is_accepted(walked: Path) -> None:
    first, *others = sorted(walked.glob("*.pdf"))
    home = ("--home", str(walked / "store"))
    started = _run("farlead.cli", "verify", str(first), "--json", *home)  # as a person does
    assert started.returncode == 0, started.stdout + started.stderr
    for report, told in (
        (first, started.stdout),
        *((each, _ctl(walked, "verify", str(each), "--json").stdout) for each in others),
    ):
        found = json.loads(told)
        assert found["ok"] is True
        assert "示例医师甲" in found["signer"]
        assert found["study"] in report.name
        assert all(len(digest) == 64 for digest in found["objects"])
        assert found["objects"]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
def test_a_changed_byte_is_refused_with_its_reason(
    walked: Path, tmp_path: Path, share: float
) -> None:
    data = bytearray(_report(walked).read_bytes())
    data[int(len(data) * share)] ^= 0x01
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(data)
    done = _ctl(walked, "verify", str(changed), "--json", rc=1)
    found = json.loads(done.stdout)
    assert found["ok"] is False
    assert all(found["reasons"])
    assert "Traceback" not in done.stderr


def test_verify_says_the_reason_in_words(walked: Path, tmp_path: Path) -> None:
    data = bytearray(_report(walked).read_bytes())
    data[len(data) // 2] ^= 0x01
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(data)
    for language, word in (("zh", "改动"), ("en", "changed")):
        done = _ctl(walked, "verify", str(changed), "--language", language, rc=1)
        assert word in done.stdout


def test_without_the_root_the_signer_is_unknown(walked: Path, tmp_path: Path) -> None:
    report = str(_report(walked))
    other = ("--home", str(tmp_path / "other"))
    farleadctl("verify", report, "--json", *other, rc=1)
    trusted = walked / "store" / "keys" / "demo-ca.pem"
    farleadctl("verify", report, *other, "--trust", str(trusted))


def test_a_pdf_tool_of_others_reads_the_chinese(walked: Path) -> None:
    texts = [page.extract_text() for page in PdfReader(_report(walked)).pages]
    assert any("报告" in text for text in texts)
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.fail("poppler-utils is missing: make test installs it")
    said = subprocess.run([tool, str(_report(walked)), "-"], capture_output=True, check=True)
    text = said.stdout.decode()
    for word in ("示例医师甲", "演示患者", "未取得医疗器械注册证，仅供评估", "请结合临床"):
        assert word in text.replace("\n", "").replace(" ", ""), word


def test_a_pdf_tool_of_others_renders_it(walked: Path, tmp_path: Path) -> None:
    tool = shutil.which("pdftoppm")
    assert tool is not None
    page = tmp_path / "page"
    done = subprocess.run(
        [tool, "-png", "-r", "60", str(_report(walked)), str(page)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    assert list(tmp_path.glob("page*.png"))


def test_the_house_is_in_order_afterwards(walked: Path) -> None:
    done = _ctl(walked, "doctor", "--json")
    findings = {each["check"]: each["state"] for each in json.loads(done.stdout)}
    assert findings["balance"] == findings["audit"] == findings["objects"] == "good"
    rows = json.loads(_ctl(walked, "list", "--json").stdout)
    assert {row["state"] for row in rows} <= {"waiting", "quarantined"}


def test_doctor_finds_what_was_altered(walked: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(walked / "store", store)
    stored = max((store / "objects").rglob("*"), key=lambda f: f.stat().st_size * f.is_file())
    stored.chmod(0o600)
    data = bytearray(stored.read_bytes())
    data[-1] ^= 0xFF
    stored.write_bytes(data)
    done = farleadctl("doctor", "--json", "--home", str(store), rc=1)
    bad = [each for each in json.loads(done.stdout) if each["state"] == "bad"]
    assert [each["check"] for each in bad] == ["objects"]

"""A report against the store that issued it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecg_files import dicom_bytes, recording
from farlead.model.report import Draft
from farlead.reporting.verification import Verification
from farlead.services import compare_with_store, open_desk, verify_report
from support_cli import farleadctl
from support_house import PIN, READER, UNIT, House, open_house


@dataclass
class Issued:
    """A house that has delivered one report."""

    house: House
    pdf: bytes
    copy: Path

    def source(self) -> Path:
        """Where the bytes that were read are kept."""
        (study,) = self.house.services.store.studies()
        return self.house.services.objects.path(study.objects[0].sha256)

    def compared(self, pdf: bytes | None = None) -> Verification:
        data = self.pdf if pdf is None else pdf
        settings, made = self.house.settings, self.house.services
        found = verify_report(settings, data)
        return compare_with_store(settings, made.store, made.objects, data, found)


@pytest.fixture
def issued(tmp_path: Path) -> Iterator[Issued]:
    with open_house(tmp_path / "home") as house:
        house.drop("a.dcm", dicom_bytes(recording(local_number="A1")))
        house.take_in()
        (row,) = house.rows()
        with open_desk(house.settings, READER.login) as desk:
            desk.open_key(PIN)
            desk.sign(desk.claim(row.study.id), Draft(conclusion="正常心电图"))
        house.services.delivery().settle()
        (copy,) = house.settings.outbox(UNIT).glob("*.pdf")
        yield Issued(house, copy.read_bytes(), copy)


def _told(found: Verification) -> list[str]:
    return [reason.id.removeprefix("services.verify.") for reason in found.reasons]


def test_what_was_issued_is_accepted(issued: Issued) -> None:
    found = issued.compared()
    assert found.ok, found.reasons
    assert "services" not in " ".join(reason.id for reason in found.reasons)


def test_a_delivered_copy_that_was_changed_is_told(issued: Issued) -> None:
    issued.copy.chmod(0o640)
    issued.copy.write_bytes(issued.pdf[:-1] + b"\r")
    found = issued.compared()
    assert not found.ok
    assert _told(found)[0] == "copy_differs"
    issued.copy.unlink()  # fetched by the unit
    assert issued.compared().ok


def test_a_source_that_is_gone_is_told(issued: Issued) -> None:
    stored = issued.source()
    whole = stored.read_bytes()
    stored.chmod(0o600)
    stored.write_bytes(whole[:-1])
    assert not issued.compared().ok
    stored.write_bytes(whole)
    assert issued.compared().ok


def test_a_report_of_another_house_is_told(issued: Issued, tmp_path: Path) -> None:
    with open_house(tmp_path / "other", own_keys=True) as other:
        found = verify_report(issued.house.settings, issued.pdf)
        made = other.services
        found = compare_with_store(other.settings, made.store, made.objects, issued.pdf, found)
    assert not found.ok
    assert _told(found)[0] == "no_study"


def test_a_refused_file_is_not_compared(issued: Issued) -> None:
    found = issued.compared(issued.pdf + b"\n")
    assert [reason.id for reason in found.reasons] == ["reporting.verify.appended"]


def test_the_command_compares(issued: Issued) -> None:
    home = str(issued.house.settings.folder)
    command = [sys.executable, "-m", "farlead.cli", "verify", str(issued.copy), "--home", home]
    done = subprocess.run([*command, "--store", "--json"], capture_output=True, check=False)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["ok"]) == (0, True)
    assert answer["version"] == 1
    issued.source().unlink()
    farleadctl(*command[3:], "--store", rc=1)
    farleadctl(*command[3:])

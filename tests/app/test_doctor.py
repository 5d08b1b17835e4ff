"""doctor says what is wrong, of each thing that can be wrong."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecg_files import dicom_bytes, recording
from farlead import services
from farlead.doctor import Finding, State, examine
from farlead.messages import Language
from farlead.model.report import Draft, Statement
from support_house import PIN, READER, House, open_house

_LINE = Statement("GN201", "请结合临床", "Correlate clinically")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path / "house") as made:
        made.drop("one.dcm", dicom_bytes(recording(local_number="D1")))
        made.take_in()
        yield made


def _bad(house: House) -> dict[str, Finding]:
    found = {each.check: each for each in examine(house.settings) if each.state is State.BAD}
    for each in found.values():
        for language in Language:
            assert each.told.text(language)
    return found


def _sign(house: House) -> str:
    with services.open_desk(house.settings, READER.login) as desk:
        desk.open_key(PIN)
        claim = desk.take_next()
        assert claim is not None
        desk.open(claim.study)
        report = desk.sign(claim, Draft(statements=(_LINE,)))
    assert report.sha256 is not None
    return report.sha256


def test_a_house_in_order(house: House) -> None:
    assert not _bad(house)


def test_an_open_critical_value_is_named(house: House) -> None:
    with services.open_desk(house.settings, READER.login) as desk:
        study = desk.worklist().rows[0].study.id
        desk.open_case(study, "气胸")
    found = [each for each in examine(house.settings) if each.check == "critical"]
    assert [each.state for each in found] == [State.NOTE]
    assert house.services.store.row(study).study.number in found[0].told.text(Language.EN)


@pytest.mark.parametrize("how", ["altered", "gone"])
def test_a_signed_report_that_was_destroyed_is_found(house: House, how: str) -> None:
    file = house.services.objects.path(_sign(house))
    file.chmod(0o600)
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(b"gone")
    assert _bad(house)["objects"].told.id.startswith("doctor.report_")


def test_an_altered_source_is_found(house: House) -> None:
    file = house.services.objects.path(house.rows()[0].study.objects[0].sha256)
    file.chmod(0o600)
    file.write_bytes(file.read_bytes()[:-1] + b"\x00\x01")
    assert _bad(house)["objects"].told.id == "doctor.object_altered"


def test_keys_that_others_can_read_are_found(house: House) -> None:
    house.settings.keys.chmod(0o755)
    assert "folders" in _bad(house)


def test_a_lost_study_and_a_cut_audit_trail_are_found(house: House) -> None:
    with sqlite3.connect(house.settings.database_file) as raw:
        names = [
            name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ]
        triggers = dict(
            raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        )
        for name in names:
            raw.execute(f'DROP TRIGGER "{name}"')
        raw.execute("DELETE FROM audit WHERE action = 'study.screened'")
        for sql in triggers.values():
            raw.execute(sql)
    raw.close()
    assert "audit" in _bad(house)

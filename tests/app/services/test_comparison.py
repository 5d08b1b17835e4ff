"""From the unit's folder to the list: compared with the earlier ECG, by the institution's rules."""

import threading
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from ecg_files import START, dicom_bytes, recording
from farlead.analysis.rules.ruleset import variant_text
from farlead.errors import RuleTableError
from farlead.model.comparison import Compared
from farlead.model.screening import Screening
from farlead.model.study import ScreeningState
from farlead.model.worklist import unknown
from farlead.services.loops import _loops
from support_house import House, house_settings, open_house


def _screened(house: House, file: str, **what: object) -> Screening:
    house.drop(f"{file}.dcm", dicom_bytes(recording(**what)))  # type: ignore[arg-type]
    house.take_in()
    row = next(r for r in house.rows() if r.study.objects[0].file_name == f"{file}.dcm")
    found = house.services.store.row(row.study.id).screening
    assert found is not None
    return found


def test_a_second_ecg_is_compared_with_the_first(house: House) -> None:
    first = _screened(house, "first", rate=60, start=START - timedelta(days=3))
    assert first.comparison is not None
    assert first.comparison.state is Compared.NONE
    second = _screened(house, "second", rate=98)
    assert second.comparison is not None
    assert second.comparison.state is Compared.DONE
    assert "serial.heart_rate" in {flag.code for flag in second.flags}
    other = _screened(house, "other", rate=98, local_number="T0002", name="演示 乙")
    assert other.comparison is not None
    assert other.comparison.state is Compared.NONE


def test_the_earlier_file_may_be_gone(house: House) -> None:
    _screened(house, "first", rate=60, start=START - timedelta(days=3))
    stored = house.rows()[0].study.objects[0]
    house.services.objects.path(stored.sha256).unlink()
    second = _screened(house, "second", rate=98)
    assert second.comparison is not None
    assert second.comparison.state is Compared.UNREAD
    assert second.known


def test_the_institutions_rules_are_asked_in_the_confined_process(tmp_path: Path) -> None:
    settings = house_settings(tmp_path / "house")
    settings = settings.model_copy(update={"screening_rules": Path("rules.toml")})
    settings.folder.mkdir(parents=True)
    (settings.folder / "rules.toml").write_text(variant_text("zhejiang"), "utf-8")
    with open_house(settings.folder, settings) as house:
        found = _screened(house, "slow", rate=30)
        assert "+zhejiang-1/" in found.version
        slow = next(flag for flag in found.flags if flag.code == "rate.slow")
        assert slow.rule.endswith("+zhejiang-1")
        (settings.folder / "rules.toml").write_text("version = 1\n", "utf-8")
        with pytest.raises(RuleTableError, match=r"rules\.toml, line 1"):
            house.services.screening()


def test_a_wrong_table_leaves_intake_and_delivery_running(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = house_settings(tmp_path / "house")
    settings = settings.model_copy(update={"screening_rules": Path("rules.toml")})
    settings.folder.mkdir(parents=True)
    table = settings.folder / "rules.toml"
    table.write_text("version = 1\n", "utf-8")
    with open_house(settings.folder, settings) as house, ExitStack() as stack:
        stop = threading.Event()
        intake, screening, *_ = _loops(house.services, stop, stack)
        house.drop("one.dcm", dicom_bytes(recording(rate=30)))
        for _ in range(3):
            intake.run_once()
        (row,) = house.rows()
        with pytest.raises(RuleTableError):
            screening.run_once()
        assert house.rows()[0].screening_state is ScreeningState.PENDING
        assert unknown(row, row.study.arrived + timedelta(seconds=11))
        table.write_text(variant_text("shanxi"), "utf-8")
        assert screening.run_once()
        assert house.rows()[0].screening_state is ScreeningState.DONE
    assert not caplog.records

"""Accounts, units, the audit trail and backups as an engineer handles them."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from farlead.access.accounts import sign_in
from farlead.cli import app
from farlead.errors import SignInRefused
from farlead.services import Services
from farlead.settings import Settings, UnitSettings, save_settings
from support_store import reader, report_one


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Services]:
    settings = Settings(
        folder=tmp_path / "house", units=(UnitSettings(code="u1", name="甲县人民医院"),)
    )
    save_settings(settings)
    with Services(settings) as made:
        yield made


def ctl(house: Services, *words: str, rc: int = 0) -> Result:
    folder = str(house.settings.folder)
    done = CliRunner().invoke(app, [*words, "--home", folder, "--language", "en"])
    assert done.exit_code == rc, done.output
    return done


def test_an_account_from_its_first_to_its_last_day(house: Services) -> None:
    ctl(house, "users", "add", "zhao", "赵主任", "--role", "manager")
    ctl(house, "users", "password", "zhao", "--password", "chang-cheng")
    assert sign_in(house.store, "zhao", "chang-cheng", "seat").name == "赵主任"
    assert "at least 8" in ctl(house, "users", "password", "zhao", "--password", "x", rc=1).stderr
    ctl(house, "users", "role", "zhao", "senior_reader")
    ctl(house, "users", "kinds", "zhao", "ecg", "ct")
    ctl(house, "users", "disable", "zhao")
    with pytest.raises(SignInRefused):
        sign_in(house.store, "zhao", "chang-cheng", "seat")
    (listed,) = json.loads(ctl(house, "users", "list", "--json").stdout)
    assert (listed["role"], listed["kinds"]) == ("senior_reader", ["ct", "ecg"])
    assert listed["disabled"] is not None
    ctl(house, "users", "enable", "zhao")
    assert sign_in(house.store, "zhao", "chang-cheng", "seat")
    acts = [(e.actor.split(":")[0], e.action) for e in house.store.trail("account:zhao")]
    assert ("operator", "account.disabled") in acts
    assert ("operator", "account.password") in acts
    assert "nobody" in ctl(house, "users", "disable", "nobody", rc=1).stderr


def test_a_unit_is_added_and_renamed(house: Services) -> None:
    ctl(house, "units", "add", "u2", "乙镇卫生院")
    ctl(house, "units", "add", "u2", "乙镇中心卫生院")
    listed = json.loads(ctl(house, "units", "list", "--json").stdout)
    assert {"code": "u2", "name": "乙镇中心卫生院"} in listed
    ctl(house, "units", "add", "../x", "无", rc=1)


def test_the_trail_is_verified_and_exported(house: Services) -> None:
    study = report_one(house.store, "a", reader(house.store))
    assert "whole" in ctl(house, "audit", "verify").stdout
    told = ctl(house, "audit", "export", "--subject", f"study:{study}", "--action", "report.")
    (row,) = csv.DictReader(io.StringIO(told.stdout))
    assert (row["actor"], row["action"]) == ("li", "report.signed")
    entries = json.loads(ctl(house, "audit", "export", "--actor", "li", "--json").stdout)
    assert [e["action"] for e in entries] == ["study.claimed", "draft.begun", "report.signed"]
    assert json.loads(ctl(house, "audit", "export", "--to", "2020-01-01", "--json").stdout) == []


def test_an_altered_trail_is_a_no(house: Services) -> None:
    report_one(house.store, "a", reader(house.store))
    with house.store._write(listed=False) as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_fixed")
        connection.exec_driver_sql("UPDATE audit SET actor = 'x' WHERE sequence = 2")
        house.store._database.bind_schema(connection)
    answer = json.loads(ctl(house, "audit", "verify", "--json", rc=1).stdout)
    assert answer["whole"] is False
    assert answer["found"]


def test_a_backup_is_made_and_restored(house: Services, tmp_path: Path) -> None:
    report_one(house.store, "a", reader(house.store))
    file = tmp_path / "b.tar"
    assert json.loads(ctl(house, "backup", str(file), "--json").stdout)["studies"] == 1
    ctl(house, "backup", str(file), rc=1)
    target = tmp_path / "again"
    done = CliRunner().invoke(app, ["restore", str(file), str(target), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["studies"] == 1
    assert (target / "settings.toml").exists()
    done = CliRunner().invoke(app, ["restore", str(file), str(target), "--language", "zh"])
    assert done.exit_code == 1
    assert "空文件夹" in done.stderr


def test_an_address_that_is_none_ends_in_a_sentence(house: Services) -> None:
    file = house.settings.folder / "settings.toml"
    file.write_text('database = "mysql://x/y"\n' + file.read_text("utf-8"), "utf-8")
    told = ctl(house, "units", "list", rc=1).stderr
    assert "database" in told
    assert "settings.toml" in told

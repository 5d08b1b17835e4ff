"""Parked reports as an engineer sees them, and sends them again."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from farlead.cli import app
from farlead.messages import message
from farlead.model.lives import DeliveryState
from farlead.services import Services
from farlead.settings import Settings, UnitSettings, save_settings
from support_store import reader, report_one

FAILED = message("delivery.folder", folder="/nas/u1", cause="No space left on device")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Services]:
    settings = Settings(folder=tmp_path, units=(UnitSettings(code="u1", name="甲县人民医院"),))
    save_settings(settings)
    with Services(settings) as made:
        yield made


def ctl(house: Services, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--home", str(house.settings.folder)])


def test_what_waits_for_a_person_is_listed_with_its_cause_and_sent_again(house: Services) -> None:
    store = house.store
    study = report_one(store, "a", reader(store))
    number = store.study(study).number
    (due,) = store.due_deliveries(10)
    store.begin_delivery(due.id)
    store.retry(due.id, FAILED, store.now() + timedelta(hours=1))
    store.park(due.id, FAILED)
    (row,) = json.loads(ctl(house, "deliveries", "list", "--json", "--language", "en").stdout)
    assert (row["number"], row["version"], row["unit"]) == (number, 1, "u1")
    assert (row["state"], row["attempts"]) == ("parked", 1)
    assert "No space left" in row["error"]
    told = ctl(house, "deliveries", "list", "--language", "zh")
    assert "待人工" in told.stdout
    assert "/nas/u1" in told.stdout
    again = ctl(house, "deliveries", "retry", number, "--language", "zh")
    assert again.exit_code == 0
    assert number in again.stdout
    assert store.deliveries(study)[0].state is DeliveryState.DUE
    assert store.deliveries(study)[0].attempts == 0


def test_nothing_to_release_is_a_no(house: Services) -> None:
    store = house.store
    number = store.study(report_one(store, "a", reader(store))).number
    told = ctl(house, "deliveries", "retry", number, "--json")
    assert (told.exit_code, json.loads(told.stdout)["released"]) == (1, 0)
    unknown = ctl(house, "deliveries", "retry", "20200101-0001", "--language", "zh")
    assert unknown.exit_code == 1
    assert "20200101-0001" in unknown.output


def test_all_is_delivered(house: Services) -> None:
    told = ctl(house, "deliveries", "list", "--language", "en")
    assert (told.exit_code, told.stdout.strip()) == (
        0,
        "Every report has been delivered and confirmed.",
    )

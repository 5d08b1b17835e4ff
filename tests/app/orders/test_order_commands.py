"""``farleadctl orders`` and ``patients``: what a person sees and does, and what is kept of it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from farlead.access.accounts import Session
from farlead.cli import app
from farlead.desk.ordering import OrderDesk
from farlead.errors import PermissionDenied
from farlead.model.order import Control, Order
from farlead.model.people import Patient, Role, Sex
from farlead.model.study import Request
from farlead.settings import save_settings
from farlead.store import Merge, Store
from support_orders import order_settings
from support_store import MORNING, arrival, reader


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An order whose accession number another patient's study carries, and two joined patients."""
    settings = order_settings(tmp_path)
    save_settings(settings)
    known = Patient(name="张伟", local_number="A1", sex=Sex.MALE)
    order = Order("county1", "P1", None, known, Request(accession="ACC1"), MORNING)
    said = Request(accession="ACC1")
    with Store.of(settings) as store:
        made = arrival("a", unit="county1", patient=Patient(name="王芳", local_number="B2"))
        store.add_object(replace(made, request=said))
        store.take_orders("his", [(Control.NEW, order)])
        merge = Merge("county1", Patient(local_number="N"), Patient(local_number="O"))
        store.take_orders("his", [merge])
    return tmp_path


def run(home: Path, *words: str) -> tuple[int, Any]:
    done = CliRunner().invoke(app, [*words, "--home", str(home), "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_both_sides_are_shown_and_put_right(home: Path) -> None:
    code, (found,) = run(home, "orders", "list")
    assert code == 1
    (side,) = found["candidates"]
    assert (found["name"], side["name"]) == ("张伟", "王芳")
    assert {"name", "local_number"} <= set(side["differs"])
    order, study = str(found["order"]), side["study"]
    assert run(home, "orders", "join", order, study, "--reason", " ")[0] == 1
    code, joined = run(home, "orders", "join", order, study, "--reason", "电话核对")
    assert (code, joined["state"], joined["study"]) == (0, "joined", study)
    assert run(home, "orders", "list") == (0, [])
    assert run(home, "orders", "part", order, "--reason", "看错")[1]["state"] == "waiting"
    assert run(home, "orders", "close", order, "--reason", "未做")[1]["state"] == "closed"
    assert run(home, "orders", "list")[0] == 0
    assert run(home, "orders", "list", "--all")[1]["orders"][0]["reason"] == "未做"
    assert run(home, "orders", "reopen", order, "--reason", "补做")[1]["state"] == "waiting"
    assert run(home, "orders", "join", "99", study, "--reason", "x")[0] == 1


def test_the_text_names_the_sides_in_both_languages(home: Path) -> None:
    for language, word in (("zh", "不一致"), ("en", "differs")):
        done = CliRunner().invoke(
            app, ["orders", "list", "--home", str(home), "--language", language]
        )
        assert "张伟" in done.stdout
        assert "王芳" in done.stdout
        assert word in done.stdout


def test_joined_patients_are_listed_and_parted(home: Path) -> None:
    code, (link,) = run(home, "patients", "list")
    assert (code, link["source"]) == (0, "his")
    assert run(home, "patients", "part", str(link["link"]), "--reason", "两个人")[0] == 0
    assert run(home, "patients", "list") == (0, [])
    assert run(home, "patients", "part", str(link["link"]), "--reason", "x")[0] == 1


def test_who_may_not_is_refused(home: Path) -> None:
    with Store.of(order_settings(home)) as store:
        boss = reader(store, "boss", Role.MANAGER)
        desk = OrderDesk(store, Session(boss, "seat", MORNING))
        (found,) = desk.open_orders()
        for act in (desk.part_order, desk.close_order, desk.reopen_order, desk.part_patients):
            with pytest.raises(PermissionDenied):
                act(found.order.id, "r")
        with pytest.raises(PermissionDenied):
            desk.join_order(found.order.id, found.candidates[0].study.id, "r")
        li = OrderDesk(store, Session(reader(store), "seat", MORNING))
        li.join_order(found.order.id, found.candidates[0].study.id, "电话核对")
        assert [each.id for each in li.settled_orders()] == [found.order.id]
        assert len(li.patient_links()) == 1

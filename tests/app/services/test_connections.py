"""How units, archives and peers stand: told in words, tested now, nothing of a patient sent."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from farlead import services
from farlead.cli import app
from farlead.doctor import State, examine
from farlead.messages import Language, message
from farlead.model.connection import Connection, Way
from farlead.peers import Archive, Listener, Sender
from farlead.services import Services
from farlead.settings import Settings, UnitSettings, save_settings
from peers_of_delivery import hospital_system
from support_orthanc import free_port
from support_store import reader, report_one

FAILED = message("delivery.folder", folder="x", cause="full")


def unit(*ways: dict[str, object]) -> UnitSettings:
    return UnitSettings.model_validate({"code": "u1", "name": "甲县", "ways": ways})


def house(folder: Path, **given: object) -> Settings:
    settings = Settings.model_validate({"folder": folder, **given})
    save_settings(settings)
    return settings


def test_a_backlog_and_its_last_failure_are_shown_by_destination(tmp_path: Path) -> None:
    settings = house(tmp_path, units=[unit({"kind": "folder"}).model_dump()])
    with Services(settings) as made:
        report_one(made.store, "1", reader(made.store))
        (due,) = made.store.due_deliveries(9)
        made.store.begin_delivery(due.id)
        made.store.retry(due.id, FAILED, made.store.now() + timedelta(hours=1))

        found = {each.name: each for each in services.connections(settings, made.store)}

        where = str(settings.outbox("u1"))
        assert found["u1"] == Connection("u1", Way.FOLDER, None, 1, 0, FAILED, "甲县", where)
        assert found["甲县"].way is Way.INBOX
        told = [each for each in examine(settings) if each.check == "connection u1"]
        assert [each.state for each in told] == [State.NOTE]
        made.store.begin_delivery(due.id)
        made.store.confirm(due.id)
        (after,) = [e for e in services.connections(settings, made.store) if e.name == "u1"]
        assert (after.good, after.waiting, after.trouble) == (True, 0, None)
        assert after.success is not None


def test_each_kind_says_whether_it_answers(tmp_path: Path) -> None:
    port = free_port()
    with hospital_system() as system:
        ways = (
            {"kind": "folder"},
            {"kind": "hl7", "host": "127.0.0.1", "port": system.port},
            {"kind": "fhir", "url": f"http://127.0.0.1:{port}/fhir"},
        )
        archive = Archive(name="hub", url=f"http://127.0.0.1:{port}/dicom-web", unit="u1")
        listener = Listener(port=port, senders=(Sender(aet="CART", unit="u1"),))
        settings = house(
            tmp_path,
            units=[unit(*ways).model_dump()],
            archives=[archive.model_dump()],
            listener=listener.model_dump(),
        )
        with Services(settings) as made:
            silent = {
                each.way: services.try_connection(settings, each)
                for each in services.connections(settings, made.store)
            }
        assert system.messages == []
    good = {way for way, why in silent.items() if why is None}
    assert good == {Way.INBOX, Way.FOLDER, Way.HL7}
    for way in (Way.FHIR, Way.ARCHIVE, Way.LISTENER):
        why = silent[way]
        assert why is not None
        assert why.id == "peers.unreachable"


def test_the_command_lists_and_tests(tmp_path: Path) -> None:
    house(tmp_path, units=[unit({"kind": "folder"}).model_dump()])
    run = CliRunner().invoke
    listed = run(app, ["connections", "list", "--home", str(tmp_path), "--json"])
    assert listed.exit_code == 0
    assert [row["way"] for row in json.loads(listed.stdout)] == ["inbox", "folder"]
    tested = run(app, ["connections", "test", "u1", "--home", str(tmp_path), "--language", "zh"])
    assert tested.exit_code == 0
    assert "有应答" in tested.stdout
    unknown = run(app, ["connections", "test", "nobody", "--home", str(tmp_path)])
    assert unknown.exit_code == 1


@pytest.mark.parametrize("word", ["plain:geheim", "file:word"])
def test_a_password_in_clear_is_warned_of(tmp_path: Path, word: str) -> None:
    archive = Archive(name="hub", url="http://127.0.0.1:9/x", user="u", password=word)
    settings = house(tmp_path, archives=[archive.model_dump()])
    told = [each.told.text(Language.EN) for each in examine(settings) if each.check == "passwords"]
    assert bool(told) is word.startswith("plain:")
    assert not any("geheim" in each for each in told)

"""How units, archives and peers stand: told in words, tested now, nothing of a patient sent."""

import json
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from farlead import services
from farlead.cli import app
from farlead.doctor import State, examine
from farlead.messages import Language, message
from farlead.model.connection import Connection, Standing, Way
from farlead.peers import Archive, Listener, Sender
from farlead.services import Services
from farlead.settings import Settings, UnitSettings, save_settings
from farlead.store import Store
from peers_of_delivery import hospital_system
from support_exchange import Process, until
from support_orthanc import free_port
from support_store import arrival, draft, reader, report_one, signed

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


def test_what_waits_for_a_way_that_the_settings_lost_has_a_line(tmp_path: Path) -> None:
    old = {"kind": "hl7", "host": "127.0.0.1", "port": free_port()}
    before = house(tmp_path, units=[unit(old, {"kind": "folder"}).model_dump()])
    with Services(before) as made:
        account, study = reader(made.store), made.store.add_object(arrival("1")).study_id
        claim = made.store.claim(study, account, "seat")
        made.store.save_draft(claim, draft())
        made.store.finish(claim, signed(made.store, account), before.destinations("u1"))
        waiting, _ = made.store.due_deliveries(9)
        settings = house(tmp_path, units=[unit(old | {"name": "his"}).model_dump()])

        found = {each.name: each for each in services.connections(settings, made.store)}
        gone = found["u1:hl7"]
        assert (gone.way, gone.title, gone.waiting) == (Way.REMOVED, "甲县", 1)
        assert gone.standing is Standing.DOWN
        assert gone.trouble is not None
        assert "restore" in gone.trouble.text(Language.EN)
        assert services.try_connection(settings, gone) is not None
        assert (found["u1"].way, found["u1"].waiting) == (Way.FOLDER, 1)  # it takes it still
        made.store.park(waiting.id, FAILED)
        (parked,) = (e for e in services.connections(settings, made.store) if e.name == gone.name)
        assert (parked.parked, parked.standing) == (1, Standing.PARKED)
        told = [each for each in examine(settings) if each.check == "connection u1:hl7"]
        assert [each.state for each in told] == [State.NOTE]

        known = services.connections(before, made.store)
        assert [each.way for each in known if each.name == "u1:hl7"] == [Way.HL7]
        made.store.unpark(waiting.id)
        for each in made.store.due_deliveries(9):
            made.store.begin_delivery(each.id)
            made.store.confirm(each.id)
        assert {e.name for e in services.connections(settings, made.store)} == {"甲县", "u1:his"}


def test_all_troubles_of_a_unit_are_told(tmp_path: Path) -> None:
    settings = house(tmp_path, units=[unit({"kind": "folder"}).model_dump()])
    with Services(settings) as made:
        inbox = settings.inbox("u1")
        inbox.mkdir(parents=True)
        for name in ("one.dcm", "two.dcm"):
            (inbox / name).symlink_to(tmp_path / "elsewhere")
        intake = made.intake()
        intake.run_once()
        intake.run_once()  # it is told with the next look
        (told,) = [e for e in examine(settings) if e.check == "connection 甲县"]
        for language in Language:
            said = told.told.text(language)
            assert "one.dcm" in said
            assert "two.dcm" in said


def test_a_storage_service_that_cannot_start_is_told_until_it_does(tmp_path: Path) -> None:
    port = free_port()
    sender = Sender(aet="CART", unit="u1")
    listener = Listener(port=port, senders=(sender,)).model_dump()
    settings = house(tmp_path, units=[unit({"kind": "folder"}).model_dump()], listener=listener)

    def stands(store: Store) -> Connection:
        (found,) = (e for e in services.connections(settings, store) if e.way is Way.LISTENER)
        return found

    with Store.of(settings) as store:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", port))
            taken.listen()
            command = [sys.executable, "-m", "farlead.services.listening", str(tmp_path)]
            assert subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 1
        trouble = stands(store).trouble
        assert trouble is not None
        assert str(port) in trouble.text(Language.ZH)
        with Process(settings, "farlead.services.listening"):
            until(lambda: stands(store).trouble is None)
        assert stands(store).success is not None


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


def test_doctor_names_each_connection_healthy_ones_too(tmp_path: Path) -> None:
    settings = house(tmp_path, units=[unit({"kind": "folder"}).model_dump()])
    with Services(settings) as made:
        report_one(made.store, "1", reader(made.store))
        (due,) = made.store.due_deliveries(9)
        made.store.begin_delivery(due.id)
        made.store.confirm(due.id)
        report_one(made.store, "2", reader(made.store, "wang"))
        made.store.heartbeat({"甲县": None})
    found = {each.check: each for each in examine(settings) if each.check.startswith("connection")}
    assert list(found) == ["connection u1", "connection 甲县"]  # the one with work to do first
    out, into = found["connection u1"], found["connection 甲县"]
    assert (out.state, into.state) == (State.GOOD, State.GOOD)
    told = out.told.text(Language.EN)
    assert told.startswith("u1, delivery folder: under way; last confirmed ")
    assert "to be sent 1, sent and not confirmed 0, parked 0" in told
    assert "never" not in told
    assert into.told.text(Language.ZH).startswith("甲县 · 收件文件夹：正常；上次成功 ")
    assert (out.detail["standing"], out.detail["waiting"]) == ("waiting", 1)


@pytest.mark.parametrize("word", ["plain:geheim", "file:word"])
def test_a_password_in_clear_is_warned_of(tmp_path: Path, word: str) -> None:
    archive = Archive(name="hub", url="http://127.0.0.1:9/x", user="u", password=word)
    settings = house(tmp_path, archives=[archive.model_dump()])
    told = [each.told.text(Language.EN) for each in examine(settings) if each.check == "passwords"]
    assert bool(told) is word.startswith("plain:")
    assert not any("geheim" in each for each in told)


def test_the_window_warns_of_the_same_passwords(tmp_path: Path) -> None:
    ways = ({"kind": "stow", "archive": "hub"}, {"kind": "fhir", "url": "http://127.0.0.1:9/f"})
    ways[1].update(user="u", password="plain:geheim")
    archive = Archive(name="hub", url="http://127.0.0.1:9/x", user="u", password="plain:geheim")
    settings = house(
        tmp_path,
        units=[unit(*ways).model_dump()],
        archives=[archive.model_dump()],
        orders={"services": [{"name": "his", "unit": "u1", "url": "http://127.0.0.1:9/f"}]},
    )
    with Services(settings) as made:
        warned = {
            each.way: each.warning.text(Language.EN)
            for each in services.connections(settings, made.store)
            if each.warning is not None
        }
    assert set(warned) == {Way.ARCHIVE, Way.STOW, Way.FHIR}
    told = {each.told.text(Language.EN) for each in examine(settings) if each.check == "passwords"}
    assert told == set(warned.values())
    assert not any("geheim" in each for each in told)


def test_a_password_in_the_address_of_the_database_is_warned_of(tmp_path: Path) -> None:
    for address, many in (("postgresql://a:geheim@h/farlead", 1), ("postgresql://a@h/farlead", 0)):
        told = list(services.open_passwords(Settings(folder=tmp_path, database=address)))
        assert [each.id for each in told] == ["peers.open_database_password"] * many

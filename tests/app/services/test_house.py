"""The composition: files in, a report out, through the services that are shipped."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ecg_files import dicom_bytes, dicom_file, recording
from farlead import services
from farlead.errors import NotFound, SettingsError
from farlead.formats.writers import write
from farlead.messages import Language, message
from farlead.model.lives import DeliveryState, StudyState
from farlead.model.report import Draft
from farlead.model.study import Kind, Priority, ScreeningState
from farlead.services import Serving, open_desk, serve, verify_report
from farlead.services.loops import Loop
from farlead.store import Store
from support_house import PIN, READER, UNIT, House

QUICK = 0.02


def _until(reached: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for what other threads or processes bring about."""
    pause = threading.Event()
    for _ in range(int(seconds / QUICK)):
        if reached():
            return
        pause.wait(QUICK)
    pytest.fail("it did not happen in time")


def _upload(house: House) -> None:
    """A file that appears whole, as nothing settles in this house."""
    part = house.drop(".a.dcm", dicom_bytes(recording(local_number="A1")))
    part.rename(part.with_name("a.dcm"))


def test_from_file_to_verified_report(house: House, tmp_path: Path) -> None:
    house.drop("a.dcm", dicom_bytes(recording(local_number="A1")))
    house.take_in()
    (row,) = house.rows()
    assert row.screening_state is ScreeningState.DONE
    assert [source.name for source in house.services.store.worklist().sources] == [
        unit.name for unit in sorted(house.settings.units, key=lambda unit: unit.name)
    ]
    with open_desk(house.settings, READER.login) as desk:
        desk.open_key(PIN)
        report = desk.sign(desk.claim(row.study.id), Draft(conclusion="正常心电图"))
    result = house.services.delivery().settle()
    assert result.confirmed == 1
    (pdf,) = house.settings.outbox(UNIT).glob("*.pdf")
    found = verify_report(house.settings, pdf.read_bytes())
    assert found.ok, found.reasons
    assert found.study_number == row.study.number
    (delivery,) = house.services.store.deliveries(row.study.id)
    assert (delivery.state, delivery.report) == (DeliveryState.CONFIRMED, report.id)
    trail = house.services.store.trail(f"account:{READER.login}")
    assert {"session.begun", "key.opened", "session.ended"} <= {entry.action for entry in trail}


def test_import_takes_copies_with_their_sidecars(house: House, tmp_path: Path) -> None:
    good = dicom_file(tmp_path / "good.dcm", recording(local_number="A1"))
    (tmp_path / "good.dcm.request.json").write_text('{"priority": "emergency"}', "utf-8")
    bad = tmp_path / "bad.dcm"
    bad.write_bytes(b"only text")
    found = house.services.import_files(UNIT, [good, bad])
    assert (found.taken, found.quarantined, found.waiting) == (1, 1, 0)
    assert len(found.studies) == 2
    assert len(found.reasons) == 1
    (row,) = house.waiting()
    assert row.study.request.priority is Priority.EMERGENCY
    assert good.exists()
    assert bad.exists()
    again = house.services.import_files(UNIT, [good])
    assert (again.taken, again.quarantined) == (1, 0)
    assert len(house.waiting()) == 1


def test_a_record_of_several_files_is_imported_as_one(house: House, tmp_path: Path) -> None:
    write(recording(), tmp_path / "r1.hea")
    (tmp_path / "r1.request.json").write_text('{"priority": "urgent"}', "utf-8")
    write(recording(rate=90), tmp_path / "r2.hea")
    (tmp_path / "r2.dat").unlink()
    found = house.services.import_files(UNIT, [tmp_path / "r1.hea", tmp_path / "r2.hea"])
    assert (found.taken, found.quarantined) == (1, 1)
    assert "r2.dat" in found.reasons[0].text(Language.ZH)
    (row,) = house.waiting()
    assert row.study.request.priority is Priority.URGENT
    assert row.study.kind is Kind.ECG


def test_wrong_names_are_told(house: House, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere"):
        house.services.import_files("nowhere", [tmp_path / "x"])
    with pytest.raises(NotFound, match="nobody"), open_desk(house.settings, "nobody"):
        pass


def test_an_inbox_that_cannot_be_read_is_told_as_a_source(house: House) -> None:
    inbox = house.settings.inbox(UNIT)
    intake = house.services.intake()
    intake.run_once()
    shutil.rmtree(inbox)
    inbox.write_text("a file where the folder should be")
    intake.run_once()
    troubles = {s.name: s.trouble for s in house.services.store.worklist().sources}
    told = troubles["甲县人民医院"]
    assert told is not None
    assert str(inbox) in told.text(Language.ZH)
    assert troubles["乙镇卫生院"] is None


def test_serve_does_everything_and_ends_when_told(house: House) -> None:
    stop = threading.Event()
    serving = threading.Thread(target=serve, args=(house.settings, stop))
    serving.start()
    try:
        _upload(house)
        store = house.services.store
        _until(lambda: any(r.screening_state is ScreeningState.DONE for r in house.rows()))
        (row,) = house.rows()
        with open_desk(house.settings, READER.login) as desk:
            desk.open_key(PIN)
            desk.sign(desk.claim(row.study.id), Draft(conclusion="正常心电图"))
        _until(lambda: store.deliveries(row.study.id)[0].state is DeliveryState.CONFIRMED)
    finally:
        stop.set()
        serving.join(30)
    assert not serving.is_alive()
    assert not [t for t in threading.enumerate() if t.name.startswith("farlead-")]


def test_a_failing_service_is_logged_and_tried_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, done = threading.Event(), threading.Event()
    tries = iter(
        [ZeroDivisionError("a bug"), SettingsError(message("services.no_unit", unit="x")), None]
    )

    def run_once() -> bool:
        error = next(tries)
        if error is not None:
            raise error
        done.set()
        return False

    monkeypatch.setattr("farlead.services.loops.AFTER_FAILURE", QUICK)
    loop = Loop("test", run_once, stop, poll=60)
    loop.start()
    assert done.wait(10)
    stop.set()
    loop.join()
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert "a bug" in caplog.text


def test_the_serving_child_ends_with_its_parent(house: House) -> None:
    serving = Serving(house.settings)
    assert not serving.alive
    serving.ensure()
    serving.ensure()
    assert serving.alive
    _upload(house)
    _until(lambda: any(r.screening_state is ScreeningState.DONE for r in house.rows()))
    child = serving._child
    assert child is not None
    assert child.stdin is not None
    child.stdin.close()  # all that is left of a parent that was killed
    assert child.wait(30) == 0
    assert not serving.alive
    serving.ensure()
    assert serving.alive
    serving.stop()
    assert not serving.alive


def test_two_services_share_the_work(house: House) -> None:
    for number in range(6):
        house.drop(f"{number}.dcm", dicom_bytes(recording(local_number=f"N{number}")))
    with services.open_services(house.settings) as other:
        intakes = [house.services.intake(), other.intake()]
        threads = [threading.Thread(target=intake.run_once) for intake in intakes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        house.take_in()
        assert len(house.rows()) == 6
        assert {row.study.state for row in house.rows()} == {StudyState.WAITING}
        assert isinstance(other.store, Store)
        assert other.store.balance().whole

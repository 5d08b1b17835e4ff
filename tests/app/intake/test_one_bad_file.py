"""One file that nobody reckoned with stops no other; what could not be compared is said."""

import json
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ecg_files import dicom_bytes, recording
from edf_files import Signal, edf_bytes, replaced
from farlead.cli import app
from farlead.errors import InvalidRequest
from farlead.exchange.intake import folder, read_request
from farlead.exchange.intake.request import aware, with_stated
from farlead.formats import read
from farlead.messages import message
from farlead.model.lives import StudyState
from farlead.model.people import IdentityDoubt, Patient, Sex
from farlead.model.recording import FREE_TEXT
from farlead.model.study import doubtful_clock
from farlead.sandbox import Sandbox
from farlead.store import Arrival, Stored
from mortara_files import mortara_bytes
from support_intake import House

DAYS = (date(2026, 11, 22),)
ZONES = ("Asia/Shanghai", "America/Los_Angeles", "UTC")


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Sandbox() as sandbox:
        made = House(tmp_path / "farlead", sandbox)
        yield made
        made.store.close()


def set_zone(zone: pytest.MonkeyPatch, name: str) -> None:
    zone.setenv("TZ", name)
    time.tzset()


def stamped(year: int) -> bytes:
    start = datetime(2026, 1, 1, 0, 0, 5, tzinfo=UTC)
    made = mortara_bytes(replace(recording(), start=start, patient=Patient(name=f"Y{year}")))
    return made.replace(b'ACQUISITION_TIME="2026', b'ACQUISITION_TIME="%04d' % year).replace(
        b'TIME_XML="2026', b'TIME_XML="%04d' % year
    )


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize(
    "start",
    [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
     datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)],
)  # fmt: skip
def test_no_time_is_too_early_or_too_late(
    zone: pytest.MonkeyPatch, name: str, start: datetime
) -> None:
    set_zone(zone, name)
    for moment in (start, start.replace(tzinfo=None)):
        assert doubtful_clock(moment, datetime(2026, 11, 22, tzinfo=UTC)) is not None
        known = aware(moment)
        assert (known is None) is (start.year in {1, 9999})
        assert known is None or known.astimezone(UTC).astimezone() == known


def test_years_that_are_none_stop_no_unit(house: House, zone: pytest.MonkeyPatch) -> None:
    set_zone(zone, "Asia/Shanghai")
    for year in (1, 9999):
        house.leave(f"{year}.xml", stamped(year), age=60)
    house.leave("good.dcm", dicom_bytes(recording()))
    result = house.run()
    assert (result.taken, result.quarantined, result.troubles) == (3, 0, ())
    assert house.left() == []
    assert sorted(s.acquired is None for s in house.studies(result)) == [False, True, True]
    for study in house.studies(result):
        assert house.store.study(study.id) == study


@pytest.mark.parametrize("year", [1, 9999])
def test_inspect_says_what_it_can_of_such_a_file(
    tmp_path: Path, zone: pytest.MonkeyPatch, year: int
) -> None:
    set_zone(zone, "Asia/Shanghai")
    (tmp_path / "a.xml").write_bytes(stamped(year))
    done = CliRunner().invoke(app, ["inspect", str(tmp_path / "a.xml")])
    assert (done.exit_code, done.exception) == (0, None) or done.exception.code == 0  # type: ignore[union-attr]
    assert "Traceback" not in done.output


def test_a_mistake_of_ours_sets_one_file_aside(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = with_stated

    def failing(file: Patient, *rest: object) -> Patient:
        if file.name == "毒":
            raise ZeroDivisionError("planted")
        return real(file, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(folder, "with_stated", failing)
    bad = replace(recording(), patient=Patient(name="毒"))
    house.leave("a.dcm", dicom_bytes(bad), age=60)
    house.leave("b.dcm", dicom_bytes(recording(study_uid="2.25.9.1", sop_instance_uid="2.25.9.2")))
    with caplog.at_level(logging.ERROR):
        first, second = house.run(), house.run()
    assert (first.taken, first.waiting, second.quarantined) == (1, 1, 1)
    [study] = house.studies(second)
    assert study.state is StudyState.QUARANTINED
    assert study.quarantine == message("intake.unexpected")
    assert house.left() == []
    notice = json.loads((house.outbox / "a.dcm.error.json").read_text("utf-8"))
    assert notice["reason"] == "intake.unexpected"
    assert any(r.exc_info and r.exc_info[0] is ZeroDivisionError for r in caplog.records)
    assert house.run().waiting == 0


def test_one_that_the_store_fails_on_does_not_take_its_lot_along(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = house.store.add_objects

    def failing(arrivals: Sequence[Arrival]) -> list[Stored]:
        if any(each.content_patient.name == "毒" for each in arrivals):
            raise ZeroDivisionError("planted")
        return real(arrivals)

    monkeypatch.setattr(house.store, "add_objects", failing)
    bad = replace(recording(), patient=Patient(name="毒"))
    house.leave("a.dcm", dicom_bytes(bad), age=60)
    house.leave("b.dcm", dicom_bytes(recording(study_uid="2.25.9.1", sop_instance_uid="2.25.9.2")))
    first, second = house.run(), house.run()
    assert (first.taken, first.waiting, second.quarantined) == (1, 1, 1)
    assert house.left() == []


def test_a_failure_to_set_aside_leaves_the_file_and_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = house.objects.put_file

    def failing(path: Path) -> tuple[str, int]:
        if path.name == "a.dcm":
            raise ZeroDivisionError("planted")
        return real(path)

    monkeypatch.setattr(house.objects, "put_file", failing)
    house.leave("a.dcm", dicom_bytes(recording()), age=60)
    house.leave("b.dcm", dicom_bytes(recording(study_uid="2.25.9.1", sop_instance_uid="2.25.9.2")))
    result = house.run()
    assert (result.taken, result.waiting) == (1, 1)
    assert result.troubles == (message("intake.failed_on", name="a.dcm"),)
    assert house.left() == ["a.dcm"]
    assert any(r.exc_info for r in caplog.records)


@pytest.mark.parametrize("onset", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"])
def test_an_onset_that_no_zone_can_show_is_refused(onset: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_request(json.dumps({"symptom_onset": onset}).encode())
    assert refused.value.field == "symptom_onset"


@pytest.mark.parametrize(
    ("file", "stated", "reason", "field"),
    [
        (Patient(local_number="110105196005170026"), Patient(national_id="11010519491231002X"),
         "other_patient", "national_id"),
        (Patient(health_card="1"), Patient(health_card="2"), "other_patient", "health_card"),
        (Patient(age_years=80), Patient(age_years=20), "other_patient", "age_years"),
        (Patient(age_years=80), Patient(birth_date=date(2006, 1, 1)), "other_patient",
         "birth_date"),
        (Patient(), Patient(birth_date=date(1990, 1, 1), national_id="11010519491231002X"),
         "id_differs", "birth_date"),
        (Patient(), Patient(sex=Sex.MALE, national_id="11010519491231002X"), "id_differs", "sex"),
        (Patient(), Patient(age_years=20, national_id="11010519491231002X"), "age_differs",
         "age_years"),
    ],
)  # fmt: skip
def test_who_is_another_patient(file: Patient, stated: Patient, reason: str, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        with_stated(file, stated, DAYS)
    assert (refused.value.reason.id, refused.value.field) == (
        f"intake.{reason}",
        f"patient.{field}",
    )


def test_free_text_of_the_file_is_looked_at() -> None:
    note = message(FREE_TEXT, text="LI SI P77 M")
    asked = Patient(name="李四", local_number="P78")
    assert with_stated(Patient(), asked, DAYS, [note]).doubt is IdentityDoubt.NOT_IN_TEXT
    asked = replace(asked, local_number="P77")
    assert with_stated(Patient(), asked, DAYS, [note]).doubt is None


def test_a_study_says_that_it_goes_by_the_request_alone(house: House) -> None:
    bare = recording(study_uid="2.25.9.1", sop_instance_uid="2.25.9.2")
    house.leave("a.dcm", dicom_bytes(replace(bare, patient=Patient())))
    [study] = house.studies(house.run())
    assert study.patient.doubt is None  # nobody named it yet
    [note] = read(dicom_bytes(replace(bare, patient=Patient()))).notes[-1:]
    assert note.id == "formats.note.no_patient"
    assert "formats.note.no_patient" not in {n.id for n in read(dicom_bytes(bare)).notes}
    house.leave("a.request.json", json.dumps({"patient": {"name": "演示 甲"}}))
    [study] = house.studies(house.run())
    assert study.patient == Patient(name="演示 甲", doubt=IdentityDoubt.REQUEST_ALONE)
    assert house.store.row(study.id).study.patient == study.patient


def test_edf_of_somebody_else_is_doubted(house: House) -> None:
    one = Signal("ECG II", np.arange(2500) % 200)
    house.leave("a.edf", replaced(edf_bytes([one]), "patient", "LI SI P77 M"))
    house.leave("a.request.json", json.dumps({"patient": {"name": "张三", "local_number": "P78"}}))
    [study] = house.studies(house.run())
    assert study.patient.doubt is IdentityDoubt.NOT_IN_TEXT

"""Whose request it is: contradictions are refused, what fits is filled, reasons are in words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ecg_files import dicom_bytes, recording
from farlead.errors import InvalidRequest
from farlead.exchange.intake import read_request
from farlead.exchange.intake.wrong import _REASONS
from farlead.formats import read
from farlead.messages import Language, catalogue
from farlead.model.lives import StudyState
from farlead.model.people import Patient, Sex
from farlead.model.study import Priority
from farlead.model.text import plain
from farlead.sandbox import Sandbox
from support_intake import House

TODAY = date(2026, 11, 22)
FILE = Patient(name="演示 甲", local_number="T0001", sex=Sex.FEMALE, birth_date=date(1960, 5, 17))
OTHERS = {
    "name": "演示 乙",
    "local_number": "T0002",
    "sex": "M",
    "birth_date": "1961-05-17",
}
ENGLISH = ("Input", "Value error", "should be", "permitted", "digit does", "valid", "Extra")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as box:
        yield box


@pytest.fixture
def house(tmp_path: Path, sandbox: Sandbox) -> Iterator[House]:
    made = House(tmp_path / "farlead", sandbox)
    yield made
    made.store.close()


def ecg(patient: Patient = FILE) -> bytes:
    made = recording(study_uid="2.25.88.1", sop_instance_uid="2.25.88.2")
    return dicom_bytes(replace(made, patient=patient))


def request(**fields: object) -> str:
    return json.dumps(fields, ensure_ascii=False)


@pytest.mark.parametrize("field", list(OTHERS))
def test_a_sidecar_of_somebody_else_is_refused(house: House, field: str) -> None:
    house.leave("a.dcm", ecg())
    house.leave("a.request.json", request(patient={field: OTHERS[field]}))
    result = house.run()
    assert (result.taken, result.quarantined) == (0, 1)
    notice = json.loads((house.outbox / "a.dcm.error.json").read_text("utf-8"))
    assert (notice["reason"], notice["field"]) == ("intake.other_patient", f"patient.{field}")


def test_an_age_that_does_not_fit_the_birth_date_is_refused(house: House) -> None:
    house.leave("a.dcm", ecg())
    house.leave("a.request.json", request(patient={"age_years": 40}))
    house.run()
    notice = json.loads((house.outbox / "a.dcm.error.json").read_text("utf-8"))
    assert (notice["reason"], notice["field"]) == ("intake.age_differs", "patient.age_years")


def test_an_age_that_fits_is_no_hindrance(house: House) -> None:
    acquired = recording().start
    assert acquired is not None
    house.leave("a.dcm", ecg())
    house.leave("a.request.json", request(patient={"age_years": acquired.year - 1960 + 1}))
    assert house.run().taken == 1


@pytest.mark.parametrize("field", list(OTHERS))
def test_a_late_sidecar_of_somebody_else_changes_nothing(house: House, field: str) -> None:
    house.leave("a.dcm", ecg(Patient()))
    house.leave("a.request.json", request(patient={**_stated(), "national_id": None}))
    [study] = house.studies(house.run())
    house.leave(
        "a.request.json",
        request(priority="emergency", clinical_question="胸痛", patient={field: OTHERS[field]}),
    )
    result = house.run()
    assert (result.taken, result.quarantined) == (0, 1)
    assert house.store.study(study.id) == study
    [aside] = house.studies(result)
    assert aside.state is StudyState.QUARANTINED
    assert aside.quarantine is not None
    assert f"patient.{field}" in aside.quarantine.text(Language.ZH)
    notice = json.loads((house.outbox / "a.request.json.error.json").read_text("utf-8"))
    assert (notice["field"], notice["reason"]) == (
        f"patient.{field}",
        "store.request_other_patient",
    )
    assert house.left() == []
    house.leave("a.request.json", request(priority="urgent"))
    house.run()
    assert house.store.study(study.id).request.priority is Priority.URGENT
    assert not (house.outbox / "a.request.json.error.json").exists()


def test_a_late_sidecar_that_fits_fills_what_is_missing(house: House) -> None:
    house.leave("a.dcm", ecg(Patient(name="演示 甲")))
    [study] = house.studies(house.run())
    house.leave("a.request.json", request(department="急诊", patient=_stated()))
    assert house.run().taken == 1
    kept = house.store.study(study.id)
    assert kept.patient == replace(FILE, national_id="1101************26")
    assert kept.request.department == "急诊"
    assert not kept.identity_conflict


def test_a_repeat_with_a_sidecar_of_somebody_else_stops_the_signature(house: House) -> None:
    house.leave("a.dcm", ecg(Patient()))
    house.leave("a.request.json", request(patient=_stated()))
    [study] = house.studies(house.run())
    house.leave("b.dcm", ecg(Patient()))
    house.leave("b.request.json", request(priority="emergency", patient={"name": "演示 乙"}))
    result = house.run()
    assert result.quarantined == 1
    kept = house.store.study(study.id)
    assert kept.identity_conflict
    assert (kept.patient, kept.request) == (study.patient, study.request)
    assert (house.outbox / "b.request.json.error.json").exists()
    assert house.left() == []
    assert house.store.balance().whole


def _stated() -> dict[str, object]:
    return {
        "name": "演示 甲",
        "local_number": "T0001",
        "national_id": "110105196005170026",
        "sex": "F",
        "birth_date": "1960-05-17",
    }


@pytest.mark.parametrize(
    ("sidecar", "field", "zh"),
    [
        (request(urgency="urgent"), "urgency", "没有这个字段"),
        (request(version=2), "version", "不是允许的值"),
        (request(priority="high"), "priority", "不是允许的值"),
        (request(patient={"sex": "female"}), "patient.sex", "不是允许的值"),
        (request(clinical_question=7), "clinical_question", "应为文字"),
        (request(clinical_question="长" * 1001), "clinical_question", "文字过长"),
        (request(patient={"age_years": "old"}), "patient.age_years", "应为数字"),
        (request(patient={"age_years": 200}), "patient.age_years", "超出允许范围"),
        (request(patient={"birth_date": "1950-13-01"}), "patient.birth_date", "应为日期"),
        (request(patient={"birth_date": "1850-01-01"}), "patient.birth_date", "早于 1880"),
        (request(patient={"birth_date": "2026-11-23"}), "patient.birth_date", "晚于今天"),
        (request(symptom_onset="soon"), "symptom_onset", "应为时间"),
        (request(symptom_onset="2026-11-22T08:10:00"), "symptom_onset", "时区"),
        (request(patient={"national_id": "123"}), "patient.national_id", "18 位"),
        (
            request(patient={"national_id": "110105194912310021"}),
            "patient.national_id",
            "校验码不符",
        ),
        (request(patient="me"), "patient", "JSON 对象"),
        ("[]", "", "JSON 对象"),
        ("{not json", "", "语法错误"),
        ("{" + " " * 70_000 + "}", "", "64 KiB"),
    ],
)
def test_reasons_are_in_words_of_both_languages(sidecar: str, field: str, zh: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_request(sidecar.encode(), TODAY)
    assert refused.value.field == field
    said = refused.value.text(Language.ZH)
    assert zh in said
    assert field in said
    assert not any(word in said for word in ENGLISH)
    english = refused.value.text(Language.EN)
    assert not any("\u4e00" <= c <= "\u9fff" for c in english)
    assert "@" not in said + english


def test_every_reason_has_its_text() -> None:
    assert {f"intake.why.{name}" for name in _REASONS.values()} <= set(catalogue())


def test_today_is_no_future(house: House) -> None:
    born = read_request(request(patient={"birth_date": TODAY.isoformat()}).encode(), TODAY)
    assert born.patient.birth_date == TODAY


ODD = "演示\u202e甲\n\u200b乙\x07"


def test_unseen_characters_are_left_out_and_noted(house: House) -> None:
    made = read(ecg(replace(FILE, name="演示\u202e甲\u200b")))
    assert made.patient.name == "演示甲"
    assert [note.id for note in made.notes if "unseen" in note.id] == ["formats.note.unseen"]
    house.leave("a.dcm", ecg(Patient()))
    house.leave("a.request.json", request(clinical_question=ODD, patient={"name": ODD}))
    [study] = house.studies(house.run())
    assert study.patient.name == study.request.clinical_question == "演示甲 乙"
    trail = [entry.action for entry in house.store.trail(f"study:{study.id}")]
    assert "request.cleaned" in trail


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Li  Na", "Li  Na"),
        ("a\r\nb\tc", "a b c"),
        ("\ufeff\u2067x\u2069\u00ad", "x"),
        ("\x00\x1b[31m", "[31m"),
        ("\u200d", ""),
    ],
)
def test_plain_text(text: str, shown: str) -> None:
    assert plain(text) == shown

"""Further documents of a study: they fill, raise and doubt; they never overwrite."""

import json
from dataclasses import replace
from datetime import date

import pytest

from farlead.errors import ClaimLost, SignatureRefused
from farlead.messages import Language
from farlead.model.people import Patient, Sex
from farlead.model.study import Priority, Request
from farlead.store import Arrival, Store
from support_store import arrival, reader, signed

ZHANG = Patient(
    name="张伟",
    local_number="A001",
    national_id="110101199003078515",
    sex=Sex.MALE,
    birth_date=date(1990, 3, 7),
)

OTHERS = {
    "local_number": replace(ZHANG, local_number="B002", national_id=None),
    "national_id": replace(ZHANG, national_id="220202198005054321"),
    "birth_date": replace(ZHANG, birth_date=date(1950, 1, 1)),
    "sex": replace(ZHANG, sex=Sex.FEMALE),
    "name": Patient(name="王芳"),
}


def late(object_name: str, study: str, patient: Patient, request: Request | None = None) -> Arrival:
    """A sidecar that comes after its file."""
    return replace(
        arrival(object_name, study=study, patient=patient),
        stated=patient,
        request=request or Request(),
        late=True,
    )


def actions(store: Store, study: int) -> list[str]:
    return [entry.action for entry in store.trail(f"study:{study}")]


@pytest.mark.parametrize("field", list(OTHERS))
def test_a_late_object_of_somebody_else_joins_and_stops_the_signature(
    store: Store, field: str
) -> None:
    account = reader(store)
    study = store.add_object(arrival("a", study="s", patient=ZHANG)).study_id
    claim = store.claim(study, account, "seat")
    other = replace(
        arrival("b", study="s", patient=OTHERS[field], priority=Priority.URGENT),
        request=Request(Priority.URGENT, clinical_question="别人的问题"),
    )
    assert store.add_object(other).study_id == study
    kept = store.study(study)
    assert len(kept.objects) == 2
    assert kept.identity_conflict
    assert kept.patient.name == "张伟"
    assert kept.request == Request(Priority.URGENT)
    assert store.row(study).study.identity_conflict
    assert store.identity_conflicts() == 1
    (doubt,) = [e for e in store.trail(f"study:{study}") if e.action == "patient.conflict"]
    assert doubt.detail["field"] == field
    said = json.dumps(dict(doubt.detail), ensure_ascii=False)
    assert not any(word in said for word in ("张", "王", "A001", "B002", "1990", "1950"))
    with pytest.raises(SignatureRefused):
        store.finish(claim, signed(store, account), ["u1"])


@pytest.mark.parametrize(
    "same",
    [
        ZHANG,
        Patient(),
        Patient(name=" 张 伟 "),
        Patient(name="Zhang Wei"),
        Patient(name="无名氏", local_number="unknown"),
        replace(ZHANG, local_number=" a001 ", national_id=None),
    ],
)
def test_a_late_object_of_the_same_person_is_no_conflict(store: Store, same: Patient) -> None:
    study = store.add_object(arrival("a", study="s", patient=ZHANG)).study_id
    store.add_object(arrival("b", study="s", patient=same))
    assert not store.study(study).identity_conflict
    assert store.study(study).patient.name == "张伟"


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("Zhang Wei", "wei, zhang", False),
        ("Zhangwei", "ZHANG WEI", False),
        ("买买提·阿布都", "买买提 阿布都", False),
        ("Li Na", "Ni La", True),
        ("李小红", "李红小", True),
        ("张伟", "张纬", True),
    ],
)
def test_names_are_compared_in_their_script(
    store: Store, one: str, other: str, differ: bool
) -> None:
    study = store.add_object(arrival("a", study="s", patient=Patient(name=one))).study_id
    store.add_object(arrival("b", study="s", patient=Patient(name=other)))
    assert store.study(study).identity_conflict is differ


def test_a_late_object_of_a_reported_study_is_compared_with_it(store: Store) -> None:
    account = reader(store)
    study = store.add_object(arrival("a", study="s", patient=ZHANG)).study_id
    store.finish(store.claim(study, account, "seat"), signed(store, account), ["u1"])
    linked = store.add_object(arrival("b", study="s", patient=OTHERS["name"])).study_id
    assert linked != study
    assert store.study(linked).identity_conflict
    assert not store.study(study).identity_conflict


def test_the_reader_confirms_the_person_and_may_sign(store: Store) -> None:
    account = reader(store)
    study = store.add_object(arrival("a", study="s", patient=ZHANG)).study_id
    first = store.claim(study, account, "seat")
    store.add_object(arrival("b", study="s", patient=OTHERS["sex"]))
    claim = store.claim(study, account, "seat")
    with pytest.raises(ClaimLost):
        store.confirm_identity(first)
    assert store.study(study).identity_conflict
    store.confirm_identity(claim)
    store.confirm_identity(claim)
    assert not store.study(study).identity_conflict
    assert store.identity_conflicts() == 0
    done = [e for e in store.trail(f"study:{study}") if e.action == "patient.confirmed"]
    assert [entry.actor for entry in done] == [account.login]
    # the same object again tells nothing new; a third one of somebody else does
    store.add_object(arrival("b", study="s", patient=OTHERS["sex"]))
    assert not store.study(study).identity_conflict
    store.add_object(arrival("c", study="s", patient=OTHERS["sex"]))
    assert store.study(study).identity_conflict
    store.confirm_identity(claim)
    store.finish(claim, signed(store, account), ["u1"])


@pytest.mark.parametrize("field", list(OTHERS))
def test_nothing_of_a_late_request_for_somebody_else_is_applied(store: Store, field: str) -> None:
    study = store.add_object(arrival("a", study="s", patient=ZHANG)).study_id
    before = store.study(study)
    asked = Request(Priority.EMERGENCY, clinical_question="胸痛", department="急诊")
    answer = store.add_object(late("a", "s", OTHERS[field], asked))
    assert answer.refused is not None
    assert answer.field == f"patient.{field}"
    assert f"patient.{field}" in answer.refused.text(Language.ZH)
    assert before.number in answer.refused.text(Language.EN)
    assert store.study(study) == before
    assert "request.refused" in actions(store, study)


def test_a_repeat_under_another_name_is_refused_and_doubted(store: Store) -> None:
    study = store.add_object(arrival("a", study="s", patient=ZHANG)).study_id
    repeat = replace(late("a", "s", OTHERS["name"], Request(Priority.EMERGENCY)), late=False)
    assert store.add_object(repeat).refused is not None
    assert store.study(study).identity_conflict
    assert store.study(study).request.priority is Priority.ROUTINE


def test_a_harmless_late_request_fills_what_is_missing(store: Store) -> None:
    study = store.add_object(arrival("a", study="s", patient=Patient(name="张伟"))).study_id
    asked = Request(Priority.URGENT, clinical_question="胸痛", requesting_doctor="周")
    assert store.add_object(late("a", "s", ZHANG, asked)).refused is None
    kept = store.study(study)
    assert kept.patient == replace(ZHANG, national_id="1101************15")
    assert kept.request == asked
    filled = next(e for e in store.trail(f"study:{study}") if e.action == "patient.filled")
    assert filled.detail["fields"] == "local_number,national_id,sex,birth_date"
    # the numbers were learned: the next study of this person is joined with it
    again = store.add_object(arrival("z", patient=Patient(national_id=ZHANG.national_id)))
    assert store.study(again.study_id).patient_id == kept.patient_id


def test_a_nameless_study_turns_out_to_be_of_a_known_person(store: Store) -> None:
    known = store.study(store.add_object(arrival("k", patient=ZHANG)).study_id)
    study = store.add_object(arrival("a", study="s", patient=Patient())).study_id
    assert store.study(study).patient_id != known.patient_id
    store.add_object(late("a", "s", ZHANG))
    assert store.study(study).patient_id == known.patient_id
    assert not store.study(study).identity_conflict
    assert [earlier.id for earlier in store.earlier(study)] == [known.id]


def test_two_known_people_are_not_joined_by_a_late_number(store: Store) -> None:
    store.add_object(arrival("k", patient=ZHANG))
    study = store.add_object(
        arrival("a", study="s", patient=Patient(name="张伟", health_card="6501234567"))
    ).study_id
    before = store.study(study).patient_id
    store.add_object(late("a", "s", replace(ZHANG, sex=Sex.UNKNOWN)))
    assert store.study(study).patient_id == before
    assert store.study(study).identity_conflict


def test_the_first_answer_stays_and_the_other_is_recorded(store: Store) -> None:
    first = replace(
        arrival("a", study="s", patient=ZHANG, priority=Priority.URGENT),
        request=Request(Priority.URGENT, department="急诊"),
    )
    study = store.add_object(first).study_id
    store.add_object(late("a", "s", ZHANG, Request(department="心内科", accession="7")))
    assert store.study(study).request == Request(Priority.URGENT, department="急诊", accession="7")
    kept = next(e for e in store.trail(f"study:{study}") if e.action == "request.kept")
    assert kept.detail["fields"] == "department"


def test_a_request_after_the_report_changes_nothing(store: Store) -> None:
    account = reader(store)
    study = store.add_object(arrival("a", study="s", patient=Patient(name="张伟"))).study_id
    store.finish(store.claim(study, account, "seat"), signed(store, account), ["u1"])
    before = store.study(study)
    store.add_object(late("a", "s", ZHANG, Request(Priority.EMERGENCY)))
    assert store.study(study) == before
    assert "request.too_late" in actions(store, study)

"""Over a real house: whose study it is, confirmed by the reader; a retake that reaches the unit."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from ecg_files import dicom_bytes, recording
from farlead.access.accounts import Session
from farlead.access.demo_authority import key_file
from farlead.access.keys import KeyRing
from farlead.desk import Desk
from farlead.errors import ClaimLost, SignatureRefused
from farlead.messages import Language, message
from farlead.model.lives import ReportState, StudyState
from farlead.model.people import Patient
from farlead.model.recording import Identity
from farlead.reporting.compositor import compositor
from support_house import PIN, READER, UNIT, House, open_house
from support_store import draft, screening

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    store = house.services.store
    account = store.account(READER.login)
    made = Desk(
        house.settings,
        store,
        house.services.objects,
        house.services.sandbox,
        Session(account, "seat", store.now()),
        KeyRing(key_file(house.settings, READER.login), account),
        compositor(),
    )
    yield made
    made.close()


def send(house: House, uid: str, name: str | None = None, sidecar: str | None = None) -> int:
    """One object of the study `uid`; returns the study."""
    number = next(_NUMBERS)
    identity = Identity(study_uid=uid, sop_instance_uid=f"2.25.7.{number}")
    made = replace(recording(local_number=None), identity=identity)
    made = replace(made, patient=Patient(name=name))
    house.drop(f"o{number}.dcm", dicom_bytes(made), sidecar=sidecar)
    result = house.services.intake().run_once()
    return result.studies[-1]


def test_a_file_of_somebody_else_stops_the_signature_until_the_person_is_confirmed(
    house: House, desk: Desk
) -> None:
    study = send(house, "2.25.601", "张伟")
    send(house, "2.25.601", "王芳")
    store = house.services.store
    store.save_screening(study, screening())
    claim, opened = desk.claim(study), desk.open(study)
    desk.open_key(PIN)
    assert opened.row.study.identity_conflict
    assert desk.blocked_by(opened, draft()) == message("store.identity_conflict")
    assert not desk.may_accept_all(opened)
    assert "确认患者身份" in message("store.identity_conflict").text(Language.ZH)
    with pytest.raises(SignatureRefused, match="confirm the person"):
        desk.sign(claim, draft())
    desk.confirm_identity(claim)
    assert desk.blocked_by(desk.open(study), draft()) is None
    assert desk.sign(claim, draft()).state is ReportState.FINAL
    trail = [entry.action for entry in store.trail(f"study:{study}")]
    assert trail.index("patient.conflict") < trail.index("patient.confirmed")


def test_an_outdated_hand_confirms_nobody(house: House, desk: Desk) -> None:
    study = send(house, "2.25.602", "张伟")
    send(house, "2.25.602", "王芳")
    old = desk.claim(study)
    desk.claim(study)
    with pytest.raises(ClaimLost):
        desk.confirm_identity(old)
    assert house.services.store.identity_conflicts() >= 1


def test_a_file_that_joins_while_the_report_is_signed_voids_it(
    house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = send(house, "2.25.603", "张伟")
    store = house.services.store
    store.save_screening(study, screening())
    claim = desk.claim(study)
    desk.open(study)
    desk.open_key(PIN)
    put = house.services.objects.put

    def joined_meanwhile(data: bytes) -> str:
        send(house, "2.25.603", "王芳")
        return put(data)

    with monkeypatch.context() as patch:
        patch.setattr(house.services.objects, "put", joined_meanwhile)
        with pytest.raises(SignatureRefused):
            desk.sign(claim, draft())
    assert store.reports(study) == []
    assert any(e.action == "report.void" for e in store.trail(f"study:{study}"))
    assert store.study(study).state is StudyState.CLAIMED


def test_a_retake_reaches_the_unit_and_is_taken_back_when_it_arrives(
    house: House, desk: Desk
) -> None:
    study = send(house, "2.25.604", "张伟")
    number = house.services.store.study(study).number
    desk.retake(desk.claim(study), "导联脱落", "V1 重新贴")
    delivery = house.services.delivery()
    delivery.settle()
    file = house.settings.outbox(UNIT) / f"{number}-retake.json"
    told = json.loads(file.read_text("utf-8"))
    assert (told["reason"], told["hint"]) == ("导联脱落", "V1 重新贴")
    assert told["reader"] == READER.name
    send(house, "2.25.604", "张伟")
    delivery.settle()
    assert not file.exists()
    assert house.services.store.study(study).state is StudyState.WAITING


def test_a_retake_that_is_called_back_is_taken_back(house: House, desk: Desk) -> None:
    study = send(house, "2.25.605", "张伟")
    number = house.services.store.study(study).number
    desk.retake(desk.claim(study), "干扰", "")
    delivery = house.services.delivery()
    delivery.settle()
    (house.settings.outbox(UNIT) / f"{number}-retake.json").unlink()  # fetched
    desk.recall_retake(study)
    delivery.settle()
    told = house.settings.outbox(UNIT) / f"{number}-retake-withdrawn.json"
    assert json.loads(told.read_text("utf-8"))["outcome"] == "recalled"

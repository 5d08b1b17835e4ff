"""After signing at the desk: amendments, withdrawals, old versions, and the batch with one PIN."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from ecg_files import dicom_bytes, recording
from farlead.access.accounts import Session
from farlead.access.demo_authority import key_file, trusted
from farlead.access.keys import KeyRing
from farlead.desk import BatchItem, BatchList, Desk
from farlead.errors import ClaimRefused, PermissionDenied, SignatureRefused, WrongPin
from farlead.messages import Language, message
from farlead.model.lives import DeliveryState, ReportState, StudyState
from farlead.model.screening import Flag, Quality, Screening
from farlead.model.study import Severity
from farlead.reporting.compositor import compositor
from farlead.reporting.verification import verify
from farlead.services import DeliveryService
from support_house import PIN, READER, SECOND, UNIT, House, open_house
from support_store import draft

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as made:
        yield made


def _desk(house: House, login: str, station: str = "seat") -> Desk:
    services = house.services
    account = services.store.account(login)
    keys = KeyRing(key_file(house.settings, login), account)
    session = Session(account, station, services.store.now())
    return Desk(
        house.settings, services.store, services.objects, services.sandbox, session, keys,
        compositor(),
    )  # fmt: skip


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    made = _desk(house, READER.login)
    made.open_key(PIN)
    yield made
    made.close()


@pytest.fixture
def senior(house: House) -> Iterator[Desk]:
    made = _desk(house, SECOND.login, "seat 2")
    yield made
    made.close()


def _taken_in(house: House) -> int:
    name = f"a{next(_NUMBERS)}.dcm"
    house.drop(name, dicom_bytes(recording(local_number=name)))
    house.take_in()
    study = next(r.study.id for r in house.rows() if r.study.objects[0].file_name == name)
    found = Screening("test/1", Severity.NORMAL, True, Quality.FIT, (), ())
    house.services.store.save_screening(study, found)
    return study


@pytest.fixture
def study(house: House) -> int:
    return _taken_in(house)


@pytest.fixture
def reported(desk: Desk, study: int) -> int:
    claim = desk.claim(study)
    desk.open(study)
    desk.sign(claim, draft())
    return study


def _deliver(house: House) -> None:
    settings, services = house.settings, house.services
    service = DeliveryService(settings, services.store, services.objects, services.clock)
    service.settle()
    service.close()


def test_an_amendment_says_what_it_replaces_and_why_and_goes_to_the_unit(
    house: House, desk: Desk, reported: int
) -> None:
    (first,) = desk.versions(reported)
    claim = desk.amend(first.id, "漏写房早")
    opened = desk.open(reported)
    assert opened.basis == first
    corrected = replace(opened.draft, conclusion="窦性心律，房性早搏")
    desk.save_draft(claim, corrected)
    second = desk.sign(claim, corrected)
    assert (second.version, second.supersedes, second.reason) == (2, first.id, "漏写房早")
    content = json.loads(house.services.store.report_content(second.id))
    assert "漏写房早" in content["report"]["amends"]
    old = next(v for v in desk.versions(reported) if v.id == first.id)
    assert old.state is ReportState.SUPERSEDED
    for version in desk.versions(reported):
        found = verify(desk.signed_pdf(version.id), trust=trusted(house.settings))
        assert found.ok, found.reasons
    assert desk.brought(second.id)[0].delivery.state is DeliveryState.DUE
    assert desk.reported_at([reported]) == {reported: DeliveryState.DUE}
    _deliver(house)
    outbox = house.settings.outbox(UNIT)
    (stands,) = desk.brought(second.id)
    assert (stands.delivery.state, stands.tries) == (DeliveryState.CONFIRMED, 1)
    proof = stands.history[-1].told
    assert proof is not None
    assert str(outbox) in proof.text(Language.ZH)  # how it is known
    assert desk.reported_at([reported]) == {reported: DeliveryState.CONFIRMED}
    assert house.services.store.row(reported).brought is DeliveryState.CONFIRMED
    number = opened.row.study.number
    told = json.loads((outbox / f"{number}-v2.json").read_text("utf-8"))
    assert (told["replaces_version"], told["reason"]) == (1, "漏写房早")


def test_withdrawn_the_unit_has_it_in_writing(house: House, desk: Desk, reported: int) -> None:
    (version,) = desk.versions(reported)
    desk.withdraw_report(version.id, "患者弄错")
    _deliver(house)
    number = house.services.store.row(reported).study.number
    file = house.settings.outbox(UNIT) / f"{number}-v1-withdrawn.json"
    told = json.loads(file.read_text("utf-8"))
    assert (told["state"], told["reason"], told["reader"]) == ("withdrawn", "患者弄错", READER.name)
    assert not (house.settings.outbox(UNIT) / f"{number}-v1.pdf").exists()  # it had not gone out
    assert desk.versions(reported)[0].withdrawn == "患者弄错"


def test_a_reader_changes_their_own_reports_a_senior_any(
    house: House, desk: Desk, senior: Desk, reported: int
) -> None:
    (version,) = desk.versions(reported)
    house.services.store.add_account(f"x{reported}", "示例医师丙", desk.account.role)
    other = _desk_of(house, f"x{reported}")
    for act in (
        lambda: other.amend(version.id, "x"),
        lambda: other.withdraw_report(version.id, "x"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    claim = senior.amend(version.id, "审核发现漏写")
    with pytest.raises(ClaimRefused):
        desk.amend(version.id, "同时改")
    senior.release(claim)
    other.close()


def _desk_of(house: House, login: str) -> Desk:
    services = house.services
    account = services.store.account(login)
    keys = KeyRing(key_file(house.settings, READER.login), account)
    return Desk(
        house.settings, services.store, services.objects, services.sandbox,
        Session(account, "seat 3", services.store.now()), keys, compositor(),
    )  # fmt: skip


def test_reported_studies_are_found_again(desk: Desk, reported: int) -> None:
    (found, version), *_ = desk.reported()
    assert found.id == reported
    assert version.state is ReportState.FINAL
    assert desk.reported("没有这个人") == []


# Batch


def _checked(desk: Desk, study: int, text: str = "窦性心律") -> None:
    claim = desk.claim(study)
    desk.open(study)
    desk.checked(claim, draft(text))


def test_checked_drafts_are_signed_with_one_pin(house: House, desk: Desk) -> None:
    studies = [_taken_in(house) for _ in range(3)]
    for study in studies:
        _checked(desk, study)
    desk.close_key()
    listed = desk.batch()
    assert [item.study for item in listed.items] == studies
    assert all(item.blocked is None for item in listed.items)
    with pytest.raises(WrongPin):
        desk.sign_batch(listed, "0000")
    assert [item.study for item in desk.batch().items] == studies
    outcomes = desk.sign_batch(listed, PIN)
    assert [o.report.state for o in outcomes if o.report] == [ReportState.FINAL] * 3
    assert desk.batch().items == ()
    trail = house.services.store.trail(f"account:{READER.login}")
    (entry,) = [e for e in trail if e.action == "batch.confirmed"]
    assert (entry.detail["count"], entry.detail["list"]) == (3, listed.sha256)


def test_what_changed_since_it_was_checked_comes_back_with_its_draft(
    house: House, desk: Desk
) -> None:
    same, changed = _taken_in(house), _taken_in(house)
    for study in (same, changed):
        _checked(desk, study)
    listed = desk.batch()
    remark = Flag("rate.slowish", Severity.REMARK, message("worklist.reason.urgent"), "rate/1")
    found = Screening("test/2", Severity.REMARK, True, Quality.FIT, (), (remark,))
    house.services.store.save_screening(changed, found)
    blocked = {item.study: item.blocked for item in desk.batch().items}
    assert blocked[same] is None
    assert blocked[changed] is not None
    outcomes = {o.item.study: o for o in desk.sign_batch(listed, PIN)}
    assert outcomes[same].report is not None
    refused = outcomes[changed].refused
    assert refused is not None
    assert refused.id == "desk.batch.changed"
    row = house.services.store.row(changed)
    assert (row.study.state, row.claim) == (StudyState.WAITING, None)
    assert desk.open(changed).draft == draft()


def test_a_list_made_up_signs_nothing(house: House, desk: Desk, study: int) -> None:
    number = house.services.store.row(study).study.number
    forged = BatchList((BatchItem(study, number, "", "0" * 64, draft()),))
    (outcome,) = desk.sign_batch(forged, PIN)
    assert outcome.refused is not None
    assert house.services.store.row(study).study.state is StudyState.WAITING


def test_nothing_undecided_and_nothing_unseen_is_checked(house: House, desk: Desk) -> None:
    study = _taken_in(house)
    claim = desk.claim(study)
    desk.open(study)
    with pytest.raises(SignatureRefused):
        desk.checked(claim, draft(), seen=frozenset())
    pause = Flag("pause", Severity.CRITICAL, message("worklist.reason.critical"), "pause/3")
    found = Screening("test/2", Severity.CRITICAL, True, Quality.FIT, (), (pause,))
    house.services.store.save_screening(study, found)
    with pytest.raises(SignatureRefused):
        desk.checked(claim, draft())
    desk.release(claim)


def test_how_long_a_sheet_was_seen_is_in_the_trail(house: House, desk: Desk) -> None:
    study = _taken_in(house)
    desk.viewed(study, 12.34)
    entry = house.services.store.trail(f"study:{study}")[-1]
    assert entry.action == "study.viewed"
    assert entry.detail["seconds"] == 12.3
    assert entry.detail["least"] == house.settings.signing.least_view_seconds

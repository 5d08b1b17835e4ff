"""The second signature at the desk: policy, both signatures, changed, sent back, too late."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from ecg_files import dicom_bytes, recording
from farlead.access.accounts import Session
from farlead.access.demo_authority import key_file, trusted
from farlead.access.keys import KeyRing
from farlead.desk import Desk
from farlead.errors import ClaimLost, ClaimRefused, PermissionDenied, SignatureRefused
from farlead.model.lives import ReportState, StudyState
from farlead.model.review import Remark
from farlead.model.screening import Quality, Screening
from farlead.model.study import Kind, Severity
from farlead.reporting.compositor import compositor
from farlead.reporting.verification import verify
from farlead.settings import SecondSignature, SecondSignatureSettings
from support_house import PIN, READER, SECOND, UNIT, House, house_settings, open_house
from support_store import draft

_NUMBERS = count(1)
_RULES = SecondSignatureSettings(rules=(SecondSignature(unit=UNIT, kind=Kind.ECG),))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    settings = house_settings(folder).model_copy(update={"second_signature": _RULES})
    with open_house(folder, settings) as made:
        yield made


def _desk(house: House, login: str, station: str) -> Desk:
    services = house.services
    account = services.store.account(login)
    keys = KeyRing(key_file(house.settings, login), account)
    session = Session(account, station, services.store.now())
    made = Desk(
        house.settings, services.store, services.objects, services.sandbox, session, keys,
        compositor(),
    )  # fmt: skip
    made.open_key(PIN)
    return made


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    made = _desk(house, READER.login, "seat")
    yield made
    made.close()


@pytest.fixture
def senior(house: House) -> Iterator[Desk]:
    made = _desk(house, SECOND.login, "seat 2")
    yield made
    made.close()


def _taken_in(house: House, study: str = "", unit: str = UNIT) -> int:
    name = f"r{next(_NUMBERS)}.dcm"
    house.drop(name, dicom_bytes(recording(local_number=study or name)), unit)
    house.take_in()
    study_id = next(r.study.id for r in house.rows() if r.study.objects[0].file_name == name)
    found = Screening("test/1", Severity.NORMAL, True, Quality.FIT, (), ())
    house.services.store.save_screening(study_id, found)
    return study_id


@pytest.fixture
def first(house: House, desk: Desk) -> int:
    """A study whose report was first-signed by the reader."""
    study = _taken_in(house)
    claim = desk.claim(study)
    desk.open(study)
    version = desk.sign(claim, draft())
    assert version.state is ReportState.FIRST_SIGNED
    return study


def test_policy_decides_by_unit_kind_and_rank() -> None:
    rules = SecondSignatureSettings(
        rules=(
            SecondSignature(unit="a", kind=Kind.ECG, least="urgent"),
            SecondSignature(kind=Kind.CT),
        )
    )
    assert rules.wanted("a", Kind.ECG, Severity.URGENT)
    assert rules.wanted("a", Kind.ECG, Severity.CRITICAL)
    assert not rules.wanted("a", Kind.ECG, Severity.REMARK)
    assert not rules.wanted("b", Kind.ECG, Severity.CRITICAL)
    assert rules.wanted("b", Kind.CT, Severity.NOT_SCREENED)
    assert not SecondSignatureSettings().wanted("a", Kind.ECG, Severity.CRITICAL)


def test_a_unit_without_the_rule_needs_one_signature(house: House, desk: Desk) -> None:
    study = _taken_in(house, unit="yi")
    claim = desk.claim(study)
    desk.open(study)
    assert desk.sign(claim, draft()).state is ReportState.FINAL


def test_both_signatures_in_one_file_that_verifies(
    house: House, desk: Desk, senior: Desk, first: int
) -> None:
    claim = senior.claim(first)
    opened = senior.open(first)
    assert opened.review is not None
    assert opened.basis is not None
    assert opened.draft == opened.basis.draft
    before = desk.signed_pdf(opened.basis.id)
    done = senior.sign(claim, opened.draft)
    assert (done.state, done.version) == (ReportState.FINAL, 1)
    pdf = senior.signed_pdf(done.id)
    assert pdf.startswith(before)
    found = verify(pdf, trust=trusted(house.settings))
    assert found.ok, found.reasons
    assert pdf.count(b"/ByteRange") == 2
    assert house.services.store.row(first).study.state is StudyState.REPORTED


def test_changed_is_a_new_version_that_names_the_drafts_author(
    house: House, senior: Desk, first: int
) -> None:
    claim = senior.claim(first)
    opened = senior.open(first)
    changed = replace(opened.draft, conclusion="窦性心动过速")
    senior.save_draft(claim, changed)
    assert senior.open(first).draft == changed
    done = senior.sign(claim, changed)
    assert (done.version, done.state, done.author) == (2, ReportState.FINAL, senior.account.id)
    content = json.loads(house.services.store.report_content(done.id))
    assert content["drafted_by"] == READER.name
    assert content["author"]["name"] == SECOND.name
    states = [version.state for version in senior.versions(first)]
    assert states == [ReportState.FINAL, ReportState.SUPERSEDED]
    pdf = senior.signed_pdf(done.id)
    found = verify(pdf, trust=trusted(house.settings))
    assert found.ok, found.reasons
    assert pdf.count(b"/ByteRange") == 1


def test_sent_back_the_author_reads_why_and_signs_again(
    house: House, desk: Desk, senior: Desk, first: int
) -> None:
    senior.send_back(senior.claim(first), [Remark("conclusion", "请写心率")])
    opened = desk.open(first)
    assert [(remark.place, remark.text) for remark in opened.remarks] == [
        ("conclusion", "请写心率")
    ]
    assert not opened.draft.empty
    claim = desk.claim(first)
    again = desk.sign(claim, replace(opened.draft, conclusion="窦性心律，心率 72"))
    assert (again.state, again.version) == (ReportState.FIRST_SIGNED, 1)


def test_only_another_senior_reader_reviews(house: House, desk: Desk, senior: Desk) -> None:
    study = _taken_in(house)
    claim = senior.claim(study)
    senior.open(study)
    senior.sign(claim, draft())  # the senior's own report needs a second signature, too
    with pytest.raises(ClaimRefused):
        senior.claim(study)
    with pytest.raises(PermissionDenied):
        desk.claim(study)


def test_nobody_is_offered_what_is_not_theirs_to_read(desk: Desk, senior: Desk, first: int) -> None:
    offered = []
    while (claim := desk.take_next()) is not None:
        offered.append(claim)
    assert first not in {claim.study for claim in offered}
    for claim in offered:
        desk.release(claim)
    # It waits in its own list until it has waited too long.
    while (claim := senior.take_next()) is not None:
        assert claim.study != first


def test_what_has_arrived_since_is_not_countersigned(
    house: House, senior: Desk, first: int
) -> None:
    store = house.services.store
    stored = store.row(first).study.objects[0]
    late = replace(stored, sha256="e" * 64, sop_instance_uid="1.2.9")
    opened = senior.open(first)
    grown = replace(opened.row.study, objects=(stored, late))
    signing = senior._signing
    with pytest.raises(SignatureRefused) as caught:
        signing.sign(
            senior.claim(first),
            replace(opened, row=replace(opened.row, study=grown)),
            opened.draft,
            SECOND.login,
        )
    assert caught.value.reason.id == "desk.objects_since_first"


def test_a_second_signature_that_comes_too_late_is_void(
    house: House, senior: Desk, first: int
) -> None:
    claim = senior.claim(first)
    opened = senior.open(first)
    house.services.store.take_over(first, house.services.store.account(READER.login), "x", "急")
    with pytest.raises(ClaimLost):
        senior.sign(claim, opened.draft)
    assert [v.state for v in senior.versions(first)] == [ReportState.FIRST_SIGNED]

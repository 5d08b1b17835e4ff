"""Critical values at the desk: opened by accepting and declaring, told in the report."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from ecg_files import dicom_bytes, recording
from farlead.access.accounts import Session
from farlead.access.demo_authority import key_file
from farlead.access.keys import KeyRing
from farlead.desk import Desk
from farlead.errors import CaseError, PermissionDenied, SignatureRefused
from farlead.messages import message
from farlead.model.chestpain import Moment
from farlead.model.critical import CallMade, Contact, Way
from farlead.model.lives import CaseState
from farlead.model.people import Account, Role
from farlead.model.report import Decision, Draft, Ground
from farlead.model.screening import Flag, Quality, Screening
from farlead.model.study import Severity
from farlead.reporting.compositor import compositor
from farlead.settings import ContactSettings, UnitSettings
from support_house import PIN, READER, UNIT, House, house_settings, open_house
from support_pdf import texts
from support_store import draft

_NUMBERS = count(1)
_HEARD = CallMade(Way.TELEPHONE, "601", "示例医师丁", reached=True, read_back=True, advice="转诊")
_PAUSE = Flag("pause", Severity.CRITICAL, message("worklist.reason.critical"), "pause/3")
_LISTED = (
    ContactSettings(name="总值班", number="0000-100"),
    ContactSettings(name="急诊", role="护士站", number="0000-602"),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    plain = house_settings(folder)
    units = (UnitSettings(code=UNIT, name="甲县人民医院", contacts=_LISTED), *plain.units[1:])
    with open_house(folder, plain.model_copy(update={"units": units})) as made:
        yield made


def _desk(house: House, account: Account) -> Desk:
    services = house.services
    keys = KeyRing(key_file(house.settings, READER.login), account)
    session = Session(account, "seat", services.store.now())
    return Desk(
        house.settings, services.store, services.objects, services.sandbox, session, keys,
        compositor(),
    )  # fmt: skip


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    made = _desk(house, house.services.store.account(READER.login))
    yield made
    made.close()


@pytest.fixture
def study(house: House) -> int:
    """A study of its own, screened as critical; the doctor who asks is known."""
    name = f"c{next(_NUMBERS)}.dcm"
    asked = {"requesting_doctor": "示例医师丙", "callback_number": "0000-601"}
    house.drop(name, dicom_bytes(recording(local_number=name)), sidecar=json.dumps(asked))
    house.take_in()
    study = next(row.study.id for row in house.rows() if row.study.objects[0].file_name == name)
    found = Screening("test/1", Severity.CRITICAL, True, Quality.FIT, (), (_PAUSE,))
    house.services.store.save_screening(study, found)
    return study


def _accepting() -> Draft:
    return Draft(draft().statements, decisions={"pause": Decision.ACCEPTED})


def _own(desk: Desk, study: int) -> list[object]:
    return [case for case in desk.cases() if case.study == study]


def test_accepting_opens_the_case_for_every_desk(house: House, desk: Desk, study: int) -> None:
    desk.save_draft(desk.claim(study), _accepting())
    other = _desk(house, house.services.store.account("second"))
    assert _own(other, study) == _own(desk, study) != []
    other.close()


def test_whom_to_call_is_the_doctor_who_asked_then_the_units_list(desk: Desk, study: int) -> None:
    case = desk.open_case(desk.claim(study), "窦性停搏")
    assert desk.contacts(case) == (
        Contact("示例医师丙", "", "0000-601"),
        Contact("总值班", "", "0000-100"),
        Contact("急诊", "护士站", "0000-602"),
    )


def test_signing_does_not_wait_for_the_telephone_and_the_report_tells_how_it_stands(
    house: House, desk: Desk, study: int
) -> None:
    claim = desk.claim(study)
    desk.open(study)
    desk.open_key(PIN)
    report = desk.sign(claim, _accepting())
    (case,) = desk.cases_of(study)
    assert case.state is CaseState.OPEN
    (told,) = json.loads(house.services.store.report_content(report.id))["critical_values"]
    assert (told["state"], told["findings"][0]["code"], told["calls"]) == ("open", "pause", [])


def test_the_report_names_who_was_told_and_when(house: House, desk: Desk, study: int) -> None:
    claim = desk.claim(study)
    desk.open(study)
    desk.save_draft(claim, _accepting())
    case = desk.cases_of(study)[0]
    desk.record_call(case.id, _HEARD)
    desk.close_case(case.id, CaseState.TOLD)
    desk.open_key(PIN)
    report = desk.sign(claim, _accepting())
    (told,) = json.loads(house.services.store.report_content(report.id))["critical_values"]
    assert told["state"] == "told"
    assert told["calls"][0]["person"] == "示例医师丁"
    assert told["closed"]["by"] == READER.name


def test_not_a_critical_value_and_an_accepted_suggestion_contradict_each_other(
    desk: Desk, study: int
) -> None:
    claim = desk.claim(study)
    opened = desk.open(study)
    desk.save_draft(claim, _accepting())
    desk.close_case(desk.cases_of(study)[0].id, CaseState.NOT_CRITICAL, reason="起搏器")
    blocked = desk.blocked_by(opened, _accepting())
    assert blocked is not None
    assert blocked.id == "critical.denied_in_draft"
    desk.open_key(PIN)
    with pytest.raises(SignatureRefused):
        desk.sign(claim, _accepting())
    rejecting = Draft(
        draft().statements,
        decisions={"pause": Decision.REJECTED},
        grounds={"pause": next(iter(Ground))},
    )
    assert desk.blocked_by(opened, rejecting) is None


def test_ending_says_what_is_missing(desk: Desk, study: int) -> None:
    case = desk.open_case(study, "窦性停搏")
    with pytest.raises(CaseError) as caught:
        desk.close_case(case.id, CaseState.TOLD)
    assert caught.value.reason.id == "critical.lacks_call"


def test_a_technician_handles_no_case(house: House, desk: Desk, study: int) -> None:
    case = desk.open_case(study, "窦性停搏")
    technician = house.services.store.add_account(f"t{study}", "技师", Role.TECHNICIAN)
    theirs = _desk(house, technician)
    assert [found.id for found in theirs.cases() if found.study == study] == [case.id]
    for act in (
        lambda: theirs.open_case(study, "x"),
        lambda: theirs.record_call(case.id, _HEARD),
        lambda: theirs.close_case(case.id, CaseState.NOT_CRITICAL, reason="x"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    theirs.close()


def test_opening_stops_the_clock_of_what_nobody_has_opened(
    house: House, desk: Desk, study: int
) -> None:
    (suspicion,) = [case for case in desk.cases() if case.study == study]
    assert (suspicion.state, suspicion.seen) == (CaseState.SUSPECTED, None)
    technician = house.services.store.add_account(f"s{study}", "技师", Role.TECHNICIAN)
    theirs = _desk(house, technician)
    theirs.open(study)
    theirs.close()
    assert house.services.store.case(suspicion.id).seen is None  # no reader
    desk.open(study)
    assert house.services.store.case(suspicion.id).seen_by == READER.name


def test_a_suspicion_that_the_report_rejects_is_not_printed_as_a_critical_value(
    house: House, desk: Desk, study: int
) -> None:
    claim = desk.claim(study)
    desk.open(study)
    desk.open_key(PIN)
    rejecting = Draft(
        draft().statements,
        decisions={"pause": Decision.REJECTED},
        grounds={"pause": Ground.ARTIFACT},
    )
    report = desk.sign(claim, rejecting)
    assert json.loads(house.services.store.report_content(report.id))["critical_values"] == []
    assert [case for case in desk.cases() if case.study == study] == []
    (ended,) = [case for case in desk.case_log() if case.study == study]
    assert (ended.state, ended.closed_by) == (CaseState.NOT_CRITICAL, READER.name)


def test_the_imported_list_counts_and_who_is_away_comes_last(
    house: House, desk: Desk, study: int
) -> None:
    case = desk.open_case(study, "窦性停搏")
    hour = house.services.store.now().astimezone().hour
    before, after = (f"{(hour + by) % 24:02d}:00" for by in (-1, 2))
    listed = [
        Contact("昼", "", "1", f"{after}-{before}"),
        Contact("夜", "", "2", f"{before}-{after}"),
    ]
    house.services.store.set_contacts({UNIT: listed}, "admin")
    assert [(c.name, c.away) for c in desk.contacts(case)][-2:] == [("夜", False), ("昼", True)]
    house.services.store.set_contacts({UNIT: []}, "admin")


def test_the_form_tells_how_the_case_stands(desk: Desk, study: int) -> None:
    case = desk.open_case(study, "窦性停搏")
    desk.record_call(case.id, _HEARD)
    text = "".join(texts(desk.case_form(case.id)))
    for word in (
        "危急值登记单",
        case.number,
        "窦性停搏",
        "示例医师丁",
        "已接通，已复述",
        "转诊",
        "尚未结案",
    ):
        assert word in text
    desk.close_case(case.id, CaseState.TOLD)
    assert "尚未结案" not in "".join(texts(desk.case_form(case.id)))


def test_clocks_of_the_last_days_leave_as_a_table_and_the_trail_says_so(
    house: House, desk: Desk, study: int, tmp_path: Path
) -> None:
    before = house.services.store.study(study).arrived - timedelta(hours=1)
    desk.enter_time(study, Moment.SYMPTOM, before)
    number = next(row.study.number for row in house.rows() if row.study.id == study)
    file = tmp_path / "clocks.csv"
    count_ = desk.export_chest_pains(7, file)
    lines = file.read_text("utf-8-sig").splitlines()
    assert any(line.startswith(f"{number},") for line in lines)
    assert len(lines) == count_ + 1
    said = [e.action for e in house.services.store.trail("station:seat")]
    assert "chestpain.exported" in said

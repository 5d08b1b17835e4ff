"""The desk over a real house: open, draft, sign, and every reason why it must not be signed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from ecg_files import dicom_bytes, recording
from farlead.access.accounts import Session
from farlead.access.demo_authority import key_file, trusted
from farlead.access.keys import KeyRing
from farlead.desk import Desk, OpenStudy
from farlead.errors import (
    ClaimLost,
    ClaimRefused,
    CredentialProblem,
    PermissionDenied,
    SignatureRefused,
    SigningError,
    WrongPin,
)
from farlead.messages import Language, message
from farlead.model.lives import ReportState, StudyState
from farlead.model.people import Role
from farlead.model.recording import Identity, Recording
from farlead.model.report import Claim, Decision, Draft, Ground
from farlead.model.screening import Flag, Quality, Screening
from farlead.model.study import Severity
from farlead.model.worklist import Filter
from farlead.reporting.compositor import compositor
from farlead.reporting.verification import verify
from farlead.settings import utc_now
from farlead.store import Store
from support_house import PIN, READER, SECOND, House, open_house
from support_store import draft

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as made:
        yield made


def _desk(house: House, login: str, station: str = "seat") -> Desk:
    store = house.services.store
    account = store.account(login)
    keys = KeyRing(key_file(house.settings, login), account)
    session = Session(account, station, store.now())
    return Desk(
        house.settings,
        store,
        house.services.objects,
        house.services.sandbox,
        session,
        keys,
        compositor(),
    )


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    made = _desk(house, READER.login)
    yield made
    made.close()


@pytest.fixture
def other(house: House) -> Iterator[Desk]:
    made = _desk(house, SECOND.login, "seat 2")
    yield made
    made.close()


@pytest.fixture
def study(house: House) -> int:
    """A study of its own, taken in and screened."""
    name = f"s{next(_NUMBERS)}.dcm"
    house.drop(name, dicom_bytes(recording(local_number=name)))
    house.take_in()
    return next(row.study.id for row in house.rows() if row.study.objects[0].file_name == name)


def _screened(house: House, study: int, *flags: Flag, **changes: object) -> None:
    worst = max((flag.severity for flag in flags), default=Severity.NORMAL)
    found = Screening("test/1", worst, True, Quality.FIT, (), flags)
    house.services.store.save_screening(study, replace(found, **changes))  # type: ignore[arg-type]


def _flag(severity: Severity, code: str = "rate.slow") -> Flag:
    return Flag(code, severity, message("worklist.reason.urgent"), "rate/1")


@contextmanager
def two_minutes_later(store: Store) -> Iterator[None]:
    """Two minutes later, by the store's clock."""
    store._clock = lambda: utc_now() + timedelta(minutes=2, seconds=1)
    try:
        yield
    finally:
        store._clock = None


def _open(desk: Desk, study: int) -> tuple[Claim, OpenStudy]:
    return desk.claim(study), desk.open(study)


def test_the_walk_from_open_to_a_report_that_verifies(house: House, desk: Desk, study: int) -> None:
    claim, opened = _open(desk, study)
    assert opened.failure is None
    assert opened.unreadable == ()
    (content,) = opened.contents
    assert isinstance(content, Recording)
    assert opened.draft.empty
    assert opened.report is None
    (entry,) = desk.statements("窦性心律", limit=1)
    written = Draft((entry.statement(),), "", "窦性心律")
    desk.save_draft(claim, written)
    assert desk.open(study).draft == written
    assert desk.blocked_by(opened, written) is None
    assert desk.preview(claim, written).startswith(b"%PDF")
    desk.open_key(PIN)
    report = desk.sign(claim, written)
    assert (report.state, report.version, report.draft) == (ReportState.FINAL, 1, written)
    pdf = desk.signed_pdf(report.id)
    found = verify(pdf, trust=trusted(house.settings))
    assert found.ok, found.reasons
    assert found.study_number == opened.row.study.number
    assert found.object_hashes == (opened.row.study.objects[0].sha256,)
    assert desk.open(study).report == report
    actions = [entry.action for entry in house.services.store.trail(f"study:{study}")]
    assert actions.count("study.opened") == 3
    assert actions.index("report.signed") < actions.index("report.opened")


def test_without_the_key_nothing_is_signed(house: House, desk: Desk, study: int) -> None:
    claim, _ = _open(desk, study)
    _screened(house, study)
    with pytest.raises(WrongPin):
        desk.open_key("000000")
    assert not desk.key_open()
    with pytest.raises(SigningError):
        desk.sign(claim, draft())
    assert house.services.store.row(study).study.state is StudyState.CLAIMED
    trail = house.services.store.trail(f"account:{READER.login}")
    assert trail[-1].action == "key.wrong_pin"


@pytest.mark.parametrize("severity", [Severity.URGENT, Severity.CRITICAL])
def test_an_undecided_suggestion_stops_the_signature(
    house: House, desk: Desk, study: int, severity: Severity
) -> None:
    _screened(house, study, _flag(severity), _flag(Severity.REMARK, "rate.remark"))
    claim, opened = _open(desk, study)
    desk.open_key(PIN)
    assert desk.blocked_by(opened, draft()) is not None
    with pytest.raises(SignatureRefused, match="1 critical or urgent"):
        desk.sign(claim, draft())
    rejected = replace(draft(), decisions={"rate.slow": Decision.REJECTED})
    told = desk.blocked_by(opened, rejected)
    assert told is not None
    assert told.id == "desk.ungrounded"
    decided = replace(rejected, grounds={"rate.slow": Ground.NOT_MET})
    assert desk.blocked_by(opened, decided) is None
    assert desk.sign(claim, decided).draft == decided


def test_what_screening_finds_after_opening_counts(house: House, desk: Desk, study: int) -> None:
    _screened(house, study)
    claim, opened = _open(desk, study)
    assert desk.blocked_by(opened, draft()) is None
    _screened(house, study, _flag(Severity.CRITICAL))
    desk.open_key(PIN)
    with pytest.raises(SignatureRefused):
        desk.sign(claim, draft())


def test_a_late_object_must_be_seen_and_hides_no_suggestion(
    house: House, desk: Desk, study: int
) -> None:
    _screened(house, study, _flag(Severity.CRITICAL))
    claim, opened = _open(desk, study)
    desk.open_key(PIN)
    uid = opened.row.study.study_uid
    late = recording(local_number=opened.row.study.patient.local_number)
    late = replace(late, identity=Identity(study_uid=uid, sop_instance_uid="1.2.826.9.1"))
    house.drop("late.dcm", dicom_bytes(late))
    house.services.intake().run_once()  # stored, not screened yet
    decided = replace(
        draft(),
        decisions={"rate.slow": Decision.REJECTED},
        grounds={"rate.slow": Ground.ARTIFACT},
    )
    with pytest.raises(SignatureRefused, match="1 more file"):
        desk.sign(claim, decided)
    assert len(desk.open(study).contents) == 2
    with pytest.raises(SignatureRefused, match="1 critical or urgent"):
        desk.sign(claim, draft())
    painted = frozenset(stored.sha256 for stored in opened.row.study.objects)
    with pytest.raises(SignatureRefused, match="1 more file"):
        desk.sign(claim, decided, painted)  # opened again, but not on the screen
    everything = frozenset(stored.sha256 for stored in desk.open(study).row.study.objects)
    assert desk.sign(claim, decided, everything).state is ReportState.FINAL


def test_a_key_that_may_not_be_used_is_audited(house: House, desk: Desk) -> None:
    store = house.services.store
    mine = store.account(READER.login)
    key_file(house.settings, READER.login).rename(house.settings.folder / "aside.p12")
    with pytest.raises(CredentialProblem):
        desk.open_key(PIN)
    (house.settings.folder / "aside.p12").rename(key_file(house.settings, READER.login))
    last = store.trail(f"account:{mine.login}")[-1]
    assert (last.action, last.detail["station"]) == ("key.refused", "seat")


def test_a_claim_that_ran_out_is_offered_again(house: House, desk: Desk, study: int) -> None:
    store = house.services.store
    desk.claim(study)
    with two_minutes_later(store):
        assert study in {row.study.id for row in desk.worklist().rows}
        desk.take_next(after=study)
    assert store.row(study).study.state is StudyState.WAITING


def test_an_empty_report_is_not_signed(house: House, desk: Desk, study: int) -> None:
    _screened(house, study)
    claim, opened = _open(desk, study)
    desk.open_key(PIN)
    for empty in (Draft(), Draft(findings="  ", conclusion="\n")):
        assert desk.blocked_by(opened, empty) == message("desk.nothing_written")
        with pytest.raises(SignatureRefused):
            desk.sign(claim, empty)


def test_a_lost_claim_keeps_the_signed_file_as_void(
    house: House, desk: Desk, other: Desk, study: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _screened(house, study)
    claim, _ = _open(desk, study)
    desk.open_key(PIN)
    put = house.services.objects.put
    kept: list[str] = []

    def taken_over_meanwhile(data: bytes) -> str:
        kept.append(put(data))
        other.take_over(study, "对方无响应")
        return kept[-1]

    monkeypatch.setattr(house.services.objects, "put", taken_over_meanwhile)
    with pytest.raises(ClaimLost):
        desk.sign(claim, draft())
    store = house.services.store
    assert store.reports(study) == []
    assert store.deliveries(study) == []
    void = [e for e in store.trail(f"study:{study}") if e.action == "report.void"]
    assert [entry.detail["pdf"] for entry in void] == kept
    assert house.services.objects.get(kept[0]).startswith(b"%PDF")


def test_a_lost_claim_is_told_before_anything_is_composed(
    house: House, desk: Desk, other: Desk, study: int
) -> None:
    _screened(house, study)
    claim, _ = _open(desk, study)
    other.take_over(study, "换班")
    desk.open_key(PIN)
    with pytest.raises(ClaimLost):
        desk.sign(claim, draft())
    assert not any(e.action == "report.void" for e in house.services.store.trail(f"study:{study}"))


def test_the_certificate_must_be_the_accounts(house: House, desk: Desk, study: int) -> None:
    _screened(house, study)
    claim, _ = _open(desk, study)
    desk.open_key(PIN)
    store = house.services.store
    mine = store.account(READER.login)
    store.add_account(mine.login, mine.name, mine.role, certificate="0" * 64)
    with pytest.raises(CredentialProblem):
        desk.sign(claim, draft())
    store.add_account(mine.login, mine.name, mine.role, certificate=mine.certificate)
    assert desk.sign(claim, draft()).state is ReportState.FINAL


def test_an_object_that_cannot_be_read_is_said_and_stops_the_signature(
    house: House, desk: Desk, study: int
) -> None:
    _screened(house, study)
    store, objects = house.services.store, house.services.objects
    (stored,) = store.study(study).objects
    path = objects.path(stored.sha256)
    good = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(good[:-10] + b"0123456789")
    claim, opened = _open(desk, study)
    assert opened.contents == ()
    assert opened.failure is not None
    assert [bad.object for bad in opened.unreadable] == [stored]
    assert not desk.may_accept_all(opened)
    desk.open_key(PIN)
    with pytest.raises(SignatureRefused):
        desk.sign(claim, draft())
    path.write_bytes(good)
    assert desk.open(study).failure is None


def test_a_quarantined_study_shows_its_reason(house: House, desk: Desk) -> None:
    name = f"s{next(_NUMBERS)}.dcm"
    house.drop(name, b"no DICOM at all")
    house.take_in()
    row = next(row for row in house.rows() if row.study.objects[0].file_name == name)
    opened = desk.open(row.study.id)
    assert opened.failure == row.study.quarantine is not None
    with pytest.raises(ClaimRefused):
        desk.claim(row.study.id)


@pytest.mark.parametrize(
    ("flags", "changes", "may"),
    [
        ((), {}, True),
        ((_flag(Severity.REMARK),), {}, True),
        ((_flag(Severity.URGENT),), {}, False),
        ((), {"known": False}, False),
        ((), {"quality": Quality.RETAKE}, False),
        ((), {"quality": Quality.FIT_WITH_REMARK}, False),
    ],
)
def test_when_one_key_accepts_all(
    house: House,
    desk: Desk,
    study: int,
    flags: tuple[Flag, ...],
    changes: dict[str, object],
    may: bool,
) -> None:
    _screened(house, study, *flags, **changes)
    assert desk.may_accept_all(desk.open(study)) is may


def test_unscreened_studies_are_not_accepted_by_one_key(
    house: House, desk: Desk, study: int
) -> None:
    house.services.store.request_screening(study)
    assert not desk.may_accept_all(desk.open(study))
    house.services.store.fail_screening(study, message("services.no_recording"))
    assert not desk.may_accept_all(desk.open(study))


def test_contradicting_statements_are_not_signed(house: House, desk: Desk, study: int) -> None:
    _screened(house, study)
    opened = desk.open(study)
    normal, atrial_fibrillation = (
        desk.statements(query, limit=1)[0].statement() for query in ("窦性心律", "心房颤动")
    )
    assert desk.blocked_by(opened, Draft((normal,))) is None
    told = desk.blocked_by(opened, Draft((normal, atrial_fibrillation)))
    assert told is not None
    assert told.id == "desk.contradiction"
    assert normal.zh in told.text(Language.ZH)


def test_next_is_the_best_free_one_and_what_was_given_back_comes_last(
    house: House, desk: Desk, other: Desk
) -> None:
    unit = Filter(unit="yi")
    for number in range(3):
        house.drop(f"n{number}.dcm", dicom_bytes(recording(local_number=f"n{number}")), "yi")
    house.take_in()
    first, second, third = (row.study.id for row in desk.worklist(unit).rows)

    def taken(by: Desk, after: int | None = None) -> Claim:
        claim = by.take_next(after, unit)
        assert claim is not None
        return claim

    for reader in (desk, other):  # what was given back comes last for who gave it back alone
        best = taken(reader)
        assert best.study == first
        reader.release(best)
    assert taken(other, after=first).study == second
    held = taken(desk)
    assert held.study == third
    assert taken(desk).study == first  # only what was given back is left
    assert desk.take_next(filter=unit) is None
    assert {row.study.id for row in desk.worklist(replace(unit, mine=True)).rows} == {first, third}
    desk.release(held)


def test_readers_who_ask_together_have_different_studies_at_the_first_try(
    house: House, desk: Desk, other: Desk, study: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, rows = house.services.store, house.services.store.rows
    taken: list[Claim | None] = []

    def while_a_colleague_takes_the_first(wanted: Filter, account_id: int | None) -> object:
        found = rows(wanted, account_id)
        if not taken:
            monkeypatch.undo()
            taken.append(other.take_next())
        return found

    monkeypatch.setattr(store, "rows", while_a_colleague_takes_the_first)
    mine = desk.take_next()
    assert (taken[0] and taken[0].account, mine and mine.account) == (
        other.account.id,
        desk.account.id,
    )
    assert taken[0] is not None
    assert mine is not None
    assert taken[0].study != mine.study
    other.release(taken[0])
    desk.release(mine)


def test_a_role_without_the_right_is_refused(house: House, study: int) -> None:
    store = house.services.store
    store.add_account("auditor", "审计员", Role.AUDITOR)
    desk = _desk(house, "auditor")
    for act in (
        desk.worklist,
        lambda: desk.claim(study),
        lambda: desk.open(study),
        lambda: desk.take_over(study, "想看"),
        lambda: desk.preview(study, draft()),
    ):
        with pytest.raises(PermissionDenied):
            act()
    desk.close()


def test_retake_and_checked(house: House, desk: Desk, study: int) -> None:
    _screened(house, study)
    claim, _ = _open(desk, study)
    desk.checked(desk.renew(claim), draft())
    assert house.services.store.row(study).study.state is StudyState.CHECKED
    desk.retake(desk.claim(study), "V1 脱落", "重新贴电极")
    assert house.services.store.row(study).study.state is StudyState.RETAKE_REQUESTED


def test_changed_follows_the_list(desk: Desk, study: int) -> None:
    before = desk.changed()
    claim = desk.claim(study)
    assert desk.changed() > before
    desk.release(claim)

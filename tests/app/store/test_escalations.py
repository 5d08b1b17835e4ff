"""The clock of a critical value: marks are written once, by whoever comes first, none left out."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from farlead.errors import CaseError
from farlead.messages import Language, message
from farlead.model.critical import CallMade, Way, declared
from farlead.model.escalation import UNOPENED, Tells
from farlead.model.lives import CaseState
from farlead.model.people import Account
from farlead.model.report import Decision, Draft, Ground, Statement
from farlead.model.screening import Flag, Quality, Screening
from farlead.model.study import Severity
from farlead.store import SignedReport, Store
from support_places import Place
from support_store import FakeClock, arrival, draft, reader, sha

PAUSE = Flag("pause", Severity.CRITICAL, message("worklist.reason.critical"), "pause/3")
BLOCK = Flag("av_block", Severity.CRITICAL, message("worklist.reason.critical"), "av_block/1")
HEARD = CallMade(Way.TELEPHONE, "601", "示例医师丁", reached=True, read_back=True)
VAIN = CallMade(Way.TELEPHONE, "601", "", reached=False)


@pytest.fixture
def li(store: Store) -> Account:
    return reader(store)


def suspected(store: Store, *flags: Flag, name: str = "a") -> int:
    study = store.add_object(arrival(name)).study_id
    screen(store, study, *flags)
    return study


def screen(store: Store, study: int, *flags: Flag) -> None:
    worst = max(flag.severity for flag in flags)
    store.save_screening(study, Screening("1", worst, True, Quality.FIT, (), flags))


def rejecting(*codes: str) -> Draft:
    return Draft(
        draft().statements,
        decisions=dict.fromkeys(codes, Decision.REJECTED),
        grounds=dict.fromkeys(codes, Ground.ARTIFACT),
    )


def report(store: Store, study: int, account: Account, written: Draft) -> None:
    signed = SignedReport(written, sha(f"pdf {study}"), 4096, "{}", account, store.now())
    store.finish(store.claim(study, account, "seat"), signed, ["u1"])


def marks(store: Store) -> list[int]:
    (case,) = store.running_cases()
    return [each.mark.number for each in case.escalations]


def test_the_clock_starts_when_screening_raises_the_suspicion(
    store: Store, clock: FakeClock
) -> None:
    raised = clock.time
    study = suspected(store, PAUSE)
    (case,) = store.running_cases()
    assert (case.study, case.state, case.since) == (study, CaseState.SUSPECTED, raised)
    assert [finding.code for finding in case.findings] == ["pause"]
    assert (case.opened, case.seen) == (None, None)
    assert store.open_cases() == store.cases(study) == []  # no reader has said so yet


def test_opened_by_nobody_is_told_to_all_after_its_minute_and_once(
    store: Store, clock: FakeClock
) -> None:
    suspected(store, PAUSE)
    clock.advance(seconds=59)
    assert store.escalate("seat 1") == []
    clock.advance(seconds=1)
    before = store.change_counter()
    (told,) = store.escalate("seat 1")
    assert (told.mark.number, told.mark.tells) == (UNOPENED, Tells.ALL_STATIONS)
    assert store.change_counter() > before  # every station looks
    assert store.escalate("seat 2") == []
    assert marks(store) == [UNOPENED]


def test_who_opens_it_stops_that_mark_and_no_other(
    store: Store, li: Account, clock: FakeClock
) -> None:
    study = suspected(store, PAUSE)
    clock.advance(seconds=40)
    store.note_open(study, li, "seat")
    store.note_open(study, reader(store, "zhao"), "seat 2")
    clock.advance(minutes=20)
    store.escalate("seat")
    (case,) = store.running_cases()
    assert (case.seen_by, case.since + timedelta(seconds=40)) == (li.name, case.seen)
    assert [(e.mark.number, e.mark.tells) for e in case.escalations] == [
        (1, Tells.SENIOR_READER), (2, Tells.DUTY_MANAGER), (3, Tells.ALL_STATIONS),
    ]  # fmt: skip


def test_opened_too_late_the_mark_is_written_all_the_same(
    store: Store, li: Account, clock: FakeClock
) -> None:
    study = suspected(store, PAUSE)
    clock.advance(seconds=90)  # and nobody has looked at the clock meanwhile
    store.note_open(study, li, "seat")
    assert marks(store) == [UNOPENED]


def test_a_call_without_read_back_stops_nothing_and_one_with_it_everything(
    store: Store, li: Account, clock: FakeClock
) -> None:
    study = suspected(store, PAUSE)
    store.note_open(study, li, "seat")
    case = store.confirm_case(store.running_cases()[0].id, li)
    store.record_call(case.id, li, "seat", VAIN)
    clock.advance(minutes=5)
    assert [e.mark.number for e in store.escalate("seat")] == [1]
    clock.advance(minutes=4)
    store.record_call(case.id, li, "seat", HEARD)
    clock.advance(minutes=30)
    assert store.escalate("seat") == []
    assert marks(store) == [1]  # it runs on until a reader ends it, but nobody is roused any more


@pytest.mark.parametrize("ending", [CaseState.NOT_CRITICAL, CaseState.UNREACHABLE])
def test_what_was_due_before_the_end_is_written_with_the_end(
    store: Store, li: Account, clock: FakeClock, ending: CaseState
) -> None:
    case = store.declare_case(suspected(store, PAUSE), li, declared("气胸"))
    store.record_call(case.id, li, "seat", VAIN)
    clock.advance(minutes=11)
    ended = store.close_case(case.id, li, ending, reason="x", taken_over_by="120", station="s")
    assert [e.mark.number for e in ended.escalations] == [1, 2]
    assert store.escalate("seat") == []


def test_a_declared_value_is_never_opened_by_nobody(
    store: Store, li: Account, clock: FakeClock
) -> None:
    study = store.add_object(arrival("a")).study_id
    store.declare_case(study, li, declared("气胸"))
    clock.advance(minutes=5)
    store.escalate("seat")
    assert marks(store) == [1]


def test_accepting_takes_the_suspicion_with_its_clock_on(
    store: Store, li: Account, clock: FakeClock
) -> None:
    study = suspected(store, PAUSE, BLOCK)
    raised = clock.time
    clock.advance(minutes=2)
    accepting = Draft(decisions={"pause": Decision.ACCEPTED, "av_block": Decision.REJECTED})
    store.save_draft(store.claim(study, li, "seat"), accepting)
    (case,) = store.running_cases()
    assert (case.state, case.since, case.opened) == (CaseState.OPEN, raised, clock.time)
    assert [finding.code for finding in case.findings] == ["pause"]
    assert marks(store) == [UNOPENED]


def test_a_suspicion_is_neither_told_nor_called_before_a_reader_has_judged_it(
    store: Store, li: Account
) -> None:
    suspected(store, PAUSE)
    (case,) = store.running_cases()
    for ending in (CaseState.TOLD, CaseState.UNREACHABLE, CaseState.NOT_CRITICAL):
        with pytest.raises(CaseError):
            store.close_case(case.id, li, ending, taken_over_by="120")
    with pytest.raises(CaseError):
        store.record_call(case.id, li, "seat", HEARD)
    ended = store.close_case(case.id, li, CaseState.NOT_CRITICAL, reason="起搏器")
    assert (ended.closed_by, ended.reason, ended.opened) == (li.name, "起搏器", None)
    assert store.notices(ended.study) == []  # the unit never heard of it
    with pytest.raises(CaseError):
        store.confirm_case(case.id, li)


def test_the_signed_report_that_rejects_it_ends_the_suspicion_with_its_grounds(
    store: Store, li: Account
) -> None:
    study = suspected(store, PAUSE)
    claim = store.claim(study, li, "seat")
    store.save_draft(claim, rejecting("pause"))
    assert len(store.running_cases()) == 1  # a draft is not a word
    store.release(claim)
    report(store, study, li, rejecting("pause"))
    assert store.running_cases() == []
    (case,) = store.cases_since(store.now() - timedelta(hours=1))
    assert (case.state, case.closed_by) == (CaseState.NOT_CRITICAL, li.name)
    assert "伪差" in case.reason


def test_a_report_that_leaves_a_suspicion_undecided_ends_nothing(store: Store, li: Account) -> None:
    study = suspected(store, PAUSE, BLOCK)
    report(store, study, li, rejecting("pause"))
    assert [case.study for case in store.running_cases()] == [study]


def test_screened_again_nothing_is_raised_twice_and_nothing_taken_back(
    store: Store, li: Account, clock: FakeClock
) -> None:
    study = suspected(store, PAUSE)
    clock.advance(minutes=1)
    screen(store, study, PAUSE, BLOCK)
    screen(store, study, Flag("x", Severity.URGENT, PAUSE.text, "x/1"))
    (case,) = store.running_cases()
    assert [finding.code for finding in case.findings] == ["pause", "av_block"]
    assert case.since == clock.time - timedelta(minutes=1)
    store.close_case(case.id, li, CaseState.NOT_CRITICAL, reason="误报")
    screen(store, study, PAUSE)
    assert store.running_cases() == []


def test_what_is_reported_is_not_roused_by_newer_rules(store: Store, li: Account) -> None:
    study = suspected(store, Flag("x", Severity.REMARK, PAUSE.text, "x/1"))
    report(store, study, li, draft())
    screen(store, study, PAUSE)
    assert store.running_cases() == []


def test_signed_before_screening_ended_what_the_report_lacks_is_shown_to_somebody(
    store: Store, li: Account, clock: FakeClock
) -> None:
    study = store.add_object(arrival("a")).study_id
    report(store, study, li, draft())
    clock.advance(minutes=3)
    screen(store, study, PAUSE)
    (case,) = store.running_cases()
    assert (case.state, case.since) == (CaseState.SUSPECTED, clock.time)
    (finding,) = case.findings
    assert finding.code == "pause"
    assert finding.text.text(Language.EN).startswith("Signed before screening ended")
    assert finding.text.text(Language.ZH).endswith(PAUSE.text.text(Language.ZH))
    clock.advance(minutes=2)
    store.escalate("seat")
    assert marks(store) == [UNOPENED]
    store.close_case(case.id, li, CaseState.NOT_CRITICAL, reason="误报")
    screen(store, study, PAUSE, BLOCK)  # by newer rules
    assert store.running_cases() == []


def test_signed_before_screening_ended_a_report_that_names_it_rouses_nobody(
    store: Store, li: Account
) -> None:
    study = store.add_object(arrival("a")).study_id
    report(store, study, li, Draft((Statement("rhythm.pause", "停搏", "Pause"),)))
    screen(store, study, replace(PAUSE, statement="rhythm.pause"))
    assert store.running_cases() == []
    screened_again = store.add_object(arrival("b")).study_id
    report(store, screened_again, li, Draft((Statement("rhythm.pause", "停搏", "Pause"),)))
    screen(store, screened_again, replace(PAUSE, statement="rhythm.pause"), BLOCK)
    (case,) = store.running_cases()
    assert [finding.code for finding in case.findings] == ["av_block"]


@pytest.fixture(params=["Asia/Shanghai", "Pacific/Kiritimati", "UTC"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Places without summer time, whose midnight comes at different hours."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
def test_over_midnight_the_clock_goes_on(store: Store, clock: FakeClock) -> None:
    for begin in (
        datetime(2026, 12, 31, 15, 58, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 58, tzinfo=UTC),
    ):
        clock.time = begin
        study = suspected(store, PAUSE, name=str(begin))
        at = []
        for _ in range(17 * 60 // 15):
            clock.advance(seconds=15)
            at += [(e.mark.number, e.at - begin) for e in store.escalate("seat")]
        assert at == [(n, timedelta(minutes=m)) for n, m in enumerate((1, 5, 10, 15))]
        case = next(case for case in store.running_cases() if case.study == study)
        assert [e.due for e in case.escalations] == [e.at for e in case.escalations]
        store.close_case(case.id, reader(store), CaseState.NOT_CRITICAL, reason="x")


def test_by_the_servers_clock_where_there_is_one(place: Place) -> None:
    """A station without a clock of its own writes the database's time."""
    with place.open() as store:
        suspected(store, PAUSE)
        (case,) = store.running_cases()
        assert abs(case.since - store.now()) < timedelta(minutes=1)
        assert store.escalate("seat") == []

"""Cases of critical values: opened with the acceptance, ended only with their facts."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farlead.errors import CaseError, NotFound
from farlead.messages import Language, message
from farlead.model.critical import CallMade, Contact, Way, declared
from farlead.model.lives import CaseState
from farlead.model.people import Account
from farlead.model.report import Decision, Draft
from farlead.model.screening import Flag, Quality, Screening
from farlead.model.study import Severity
from farlead.store import Store, case_guards
from farlead.store.guards import guards
from support_places import REFUSALS, Place
from support_store import FakeClock, arrival, draft, reader, signed

PAUSE = Flag("pause", Severity.CRITICAL, message("worklist.reason.critical"), "pause/3")
BLOCK = Flag("av_block", Severity.CRITICAL, message("worklist.reason.critical"), "av_block/1")
SLOW = Flag("rate.slow", Severity.URGENT, message("worklist.reason.urgent"), "rate/1")

HEARD = CallMade(Way.TELEPHONE, "601", "示例医师丁", reached=True, read_back=True, advice="转诊")
VAIN = CallMade(Way.MOBILE, "138", "", reached=False)


@pytest.fixture
def li(store: Store) -> Account:
    return reader(store)


def suspected(store: Store, *flags: Flag, name: str = "a") -> int:
    study = store.add_object(arrival(name)).study_id
    worst = max(flag.severity for flag in flags)
    store.save_screening(study, Screening("1", worst, True, Quality.FIT, (), flags, ()))
    return study


def deciding(*accepted: Flag, rejected: tuple[Flag, ...] = ()) -> Draft:
    decisions = {flag.code: Decision.ACCEPTED for flag in accepted}
    return Draft(decisions={**decisions, **{f.code: Decision.REJECTED for f in rejected}})


def test_the_case_opens_in_the_step_that_keeps_the_acceptance(
    store: Store, li: Account, clock: FakeClock
) -> None:
    study = suspected(store, PAUSE, SLOW)
    raised = clock.time
    clock.advance(seconds=70)
    before = store.change_counter()
    claim = store.claim(study, li, "seat")
    store.save_draft(claim, deciding(PAUSE, SLOW))
    (case,) = store.open_cases()
    assert (case.study, case.since, case.opened) == (study, raised, clock.time)
    assert [(f.code, f.source, f.text) for f in case.findings] == [("pause", "pause/3", PAUSE.text)]
    assert (case.opened_by, case.state) == (li.name, CaseState.OPEN)
    assert store.change_counter() > before  # every seat is told
    store.save_draft(claim, deciding(PAUSE, SLOW))
    assert len(store.cases(study)) == 1


def test_urgent_and_rejected_suggestions_open_nothing(store: Store, li: Account) -> None:
    study = suspected(store, PAUSE, SLOW)
    store.save_draft(store.claim(study, li, "seat"), deciding(SLOW, rejected=(PAUSE,)))
    assert store.open_cases() == []


def test_signing_opens_the_case_that_no_draft_has_opened(store: Store, li: Account) -> None:
    study = suspected(store, PAUSE)
    ready = signed(store, li)
    accepted = Draft(draft().statements, decisions=deciding(PAUSE).decisions)
    claim = store.claim(study, li, "seat")
    store.finish(claim, type(ready)(**{**_fields(ready), "draft": accepted}), ["u1"])
    assert [case.study for case in store.open_cases()] == [study]


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in type(value).__dataclass_fields__}  # type: ignore[attr-defined]


def test_a_second_finding_joins_the_running_case(store: Store, li: Account) -> None:
    study = suspected(store, PAUSE, BLOCK)
    claim = store.claim(study, li, "seat")
    store.save_draft(claim, deciding(PAUSE))
    store.save_draft(claim, deciding(PAUSE, BLOCK))
    (case,) = store.cases(study)
    assert [finding.code for finding in case.findings] == ["pause", "av_block"]


def test_the_clock_starts_when_the_suspicion_was_first_raised(
    store: Store, li: Account, clock: FakeClock
) -> None:
    study = suspected(store, SLOW)
    clock.advance(minutes=1)
    raised = clock.time
    worst = Screening("1", Severity.CRITICAL, True, Quality.FIT, (), (PAUSE,), ())
    store.save_screening(study, worst)
    clock.advance(minutes=1)
    store.save_screening(study, worst)  # screened once more: the suspicion is no younger for it
    clock.advance(minutes=1)
    store.save_draft(store.claim(study, li, "seat"), deciding(PAUSE))
    assert store.open_cases()[0].since == raised


def test_accepted_anew_after_its_end_is_a_new_case(store: Store, li: Account) -> None:
    study = suspected(store, PAUSE)
    claim = store.claim(study, li, "seat")
    store.save_draft(claim, deciding(PAUSE))
    store.close_case(store.open_cases()[0].id, li, CaseState.NOT_CRITICAL, reason="起搏器")
    store.save_draft(claim, deciding(PAUSE))
    assert store.open_cases() == []
    store.save_draft(claim, deciding(rejected=(PAUSE,)))
    store.save_draft(claim, deciding(PAUSE))
    assert [case.state for case in store.cases(study)] == [CaseState.NOT_CRITICAL, CaseState.OPEN]


def test_a_reader_declares_what_screening_did_not_raise(
    store: Store, li: Account, clock: FakeClock
) -> None:
    study = suspected(store, SLOW)
    clock.advance(minutes=9)
    case = store.declare_case(study, li, declared("气胸"))
    assert (case.since, case.findings[0].source) == (clock.time, "declared")
    assert case.findings[0].text.text(Language.ZH) == "气胸"
    with pytest.raises(CaseError):
        store.declare_case(study, li, declared("  "))
    with pytest.raises(NotFound):
        store.declare_case(99, li, declared("气胸"))


def test_the_three_endings_and_what_each_needs(store: Store, li: Account) -> None:
    def opened(name: str) -> int:
        return store.declare_case(suspected(store, SLOW, name=name), li, declared("气胸")).id

    case = opened("told")
    for lacks in (None, VAIN, CallMade(Way.TELEPHONE, "601", "", True, True),
                  CallMade(Way.TELEPHONE, "601", "丁", True)):  # fmt: skip
        if lacks is not None:
            store.record_call(case, li, "seat", lacks)
        with pytest.raises(CaseError):
            store.close_case(case, li, CaseState.TOLD)
    store.record_call(case, li, "seat", HEARD)
    with pytest.raises(CaseError):
        store.close_case(case, li, CaseState.UNREACHABLE, taken_over_by="急诊科主任")
    told = store.close_case(case, li, CaseState.TOLD)
    assert told.receipt is not None
    assert (told.receipt.made, told.closed_by, told.closed) == (HEARD, li.name, store.now())

    case = opened("unreachable")
    with pytest.raises(CaseError):
        store.close_case(case, li, CaseState.UNREACHABLE, taken_over_by="总值班")
    store.record_call(case, li, "seat", VAIN)
    with pytest.raises(CaseError):
        store.close_case(case, li, CaseState.UNREACHABLE)
    ended = store.close_case(case, li, CaseState.UNREACHABLE, taken_over_by="总值班")
    assert (ended.taken_over_by, [call.made for call in ended.calls]) == ("总值班", [VAIN])

    case = opened("not critical")
    with pytest.raises(CaseError):
        store.close_case(case, li, CaseState.NOT_CRITICAL, reason=" ")
    assert store.close_case(case, li, CaseState.NOT_CRITICAL, reason="已知").reason == "已知"
    assert store.open_cases() == []


def test_what_is_over_stays_as_it_is(store: Store, li: Account) -> None:
    case = store.declare_case(suspected(store, SLOW), li, declared("气胸"))
    store.close_case(case.id, li, CaseState.NOT_CRITICAL, reason="误报")
    with pytest.raises(CaseError):
        store.close_case(case.id, li, CaseState.NOT_CRITICAL, reason="再来")
    with pytest.raises(CaseError):
        store.record_call(case.id, li, "seat", HEARD)
    with pytest.raises(NotFound):
        store.record_call(99, li, "seat", HEARD)


def test_the_longest_running_clock_stands_first(
    store: Store, li: Account, clock: FakeClock
) -> None:
    studies = [suspected(store, SLOW, name=name) for name in "abc"]
    for study in studies:
        store.declare_case(study, li, declared("气胸"))
        clock.advance(minutes=1)
    assert [case.study for case in store.open_cases()] == studies


def test_every_step_is_in_the_audit_without_the_patient(store: Store, li: Account) -> None:
    study = suspected(store, PAUSE)
    store.save_draft(store.claim(study, li, "seat"), deciding(PAUSE))
    case = store.open_cases()[0]
    store.record_call(case.id, li, "seat", HEARD)
    store.close_case(case.id, li, CaseState.TOLD)
    steps = [e for e in store.trail(f"study:{study}") if e.action.startswith("critical.")]
    assert [e.action for e in steps] == [
        "critical.suspected", "critical.opened", "critical.called", "critical.closed",
    ]  # fmt: skip
    assert [e.actor for e in steps] == ["service:screening", *[li.login] * 3]
    assert not any("病人" in str(e.detail) for e in steps)
    assert store.verify_audit() == []


# What somebody with a SQL client is refused.

RAW = {
    "critical_case_kept": "DELETE FROM critical_case",
    "critical_call_kept": "DELETE FROM critical_call",
    "critical_finding_kept": "DELETE FROM critical_finding",
    "critical_call_fixed": "UPDATE critical_call SET read_back = 1, person = 'x', reached = 1",
    "critical_finding_fixed": "UPDATE critical_finding SET finding = '{}'",
    "critical_case_clock": "UPDATE critical_case SET since = '2030-01-01'",
    "critical_case_suspicion": "UPDATE critical_case SET suspicion = '[1]'",
    "critical_escalation_kept": "DELETE FROM critical_escalation",
    "critical_escalation_fixed": "UPDATE critical_escalation SET told = '{}'",
    "critical_escalation_due": (
        "INSERT INTO critical_escalation (case_id, mark, due, at, told, station)"
        " VALUES (1, 2, '2026-11-01', '2026-11-22', '{}', 's')"
    ),
    "not_early": (
        "INSERT INTO critical_escalation (case_id, mark, due, at, told, station)"
        " VALUES (1, 2, '2030-11-02', '2030-11-01', '{}', 's')"
    ),
    "critical_escalation.case_id|uq_critical_escalation_case_id_mark": (
        "INSERT INTO critical_escalation (case_id, mark, due, at, told, station)"
        " VALUES (1, 1, '2030-11-01', '2030-11-01', '{}', 's')"
    ),
    "opened_whole": (
        "INSERT INTO critical_case (study_id, state, since) VALUES (1, 'open', '2026-11-22')"
    ),
    "suspected_of": (
        "INSERT INTO critical_case (study_id, state, since) VALUES (1, 'suspected', '2026-11-22')"
    ),
    "unit_contact_kept": "DELETE FROM unit_contact",
    "unit_contact_ended_once": "UPDATE unit_contact SET number = '1'",
    "can_be_called": (
        "INSERT INTO unit_contact (unit_code, place, name, role, number, hours, added)"
        " VALUES ('u1', 2, 'x', '', ' ', '', '2026-11-22')"
    ),
    "critical_case_told_by_call": (
        "UPDATE critical_case SET state = 'told', closed = since, closed_by = 1"
    ),
    "critical_case_born": (
        "INSERT INTO critical_case (study_id, state, since, opened, opened_by, closed, closed_by)"
        " VALUES (1, 'told', '2026-11-22', '2026-11-22', 1, '2026-11-22', 1)"
    ),
    "why_not_critical": (
        "UPDATE critical_case SET state = 'not_critical', closed = since, closed_by = 1"
    ),
    "ck_critical_case_taken_over": (
        "UPDATE critical_case SET state = 'unreachable', closed = since, closed_by = 1"
    ),
    "closed_whole": "UPDATE critical_case SET state = 'not_critical', reason = 'x'",
    "critical_case.study_id|ix_critical_case_one_open": (
        "INSERT INTO critical_case (study_id, state, since, opened, opened_by)"
        " VALUES (1, 'open', '2026-11-22', '2026-11-22', 1)"
    ),
}


ENDED = {
    "critical_case_step": "UPDATE critical_case SET state = 'open', closed = NULL,"
    " closed_by = NULL",
    "critical_case_ended": "UPDATE critical_case SET reason = 'other'",
    "critical_escalation_while_open": "INSERT INTO critical_escalation (case_id, mark, due, at,"
    " told, station) VALUES (1, 3, '2030-11-22', '2030-11-22', '{}', 's')",
    "critical_call_while_open": "INSERT INTO critical_call (case_id, at, account_id, station,"
    " way, number, person, reached, read_back, advice)"
    " VALUES (1, '2026-11-22', 1, 's', 'mobile', '1', 'x', 1, 1, '')",
    "critical_finding_while_open": "INSERT INTO critical_finding (case_id, code, source,"
    " finding, added, account_id) VALUES (1, 'x', 'x', '{}', '2026-11-22', 1)",
}


def test_the_database_refuses(store: Store, li: Account, place: Place, clock: FakeClock) -> None:
    case = store.declare_case(suspected(store, SLOW), li, declared("气胸"))
    store.set_contacts({"u1": [Contact("丁", "", "601")]}, "admin")
    clock.advance(minutes=6)
    store.escalate("seat")
    with place.raw() as raw:
        with pytest.raises(REFUSALS, match="critical_case_tried"):
            raw.execute(
                "UPDATE critical_case SET state = 'unreachable', closed = since, closed_by = 1,"
                " taken_over_by = 'x'"
            )
        store.record_call(case.id, li, "seat", VAIN)
        for refusal, sql in RAW.items():
            with pytest.raises(REFUSALS, match=refusal):
                raw.execute(sql)
        store.close_case(case.id, li, CaseState.NOT_CRITICAL, reason="误报")
        for refusal, sql in ENDED.items():
            with pytest.raises(REFUSALS, match=f"{refusal}|critical_case_ended"):
                raw.execute(sql)


def test_every_guard_of_the_cases_is_tried() -> None:
    tables = {*case_guards.KEPT, *case_guards.FIXED}
    named = {guard.name for guard in guards() if guard.table in tables}
    elsewhere = {
        "critical_case_tried", "study_time_kept", "study_time_fixed", "handover_kept",
        "handover_taken_once",
    }  # fmt: skip
    assert named <= {*RAW, *ENDED, *elsewhere}


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_random_cases_end_as_the_model_says(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    """Calls and endings in any order: the store takes exactly what the rules allow."""
    die = random.Random(seed)
    clock = FakeClock()
    with Store.open(tmp_path_factory.mktemp("c") / "farlead.db", clock=clock) as store:
        li = reader(store)
        case = store.declare_case(suspected(store, SLOW), li, declared("气胸"))
        read = tried = False
        for _ in range(12):
            clock.advance(seconds=die.randint(1, 90))
            if die.random() < 0.5:
                made = CallMade(Way.TELEPHONE, "1", die.choice(("", "丁")), die.random() < 0.5,
                                die.random() < 0.5)  # fmt: skip
                store.record_call(case.id, li, "seat", made)
                tried = True
                read |= made.reached and made.read_back and bool(made.person)
                continue
            ending = die.choice((CaseState.TOLD, CaseState.NOT_CRITICAL, CaseState.UNREACHABLE))
            words = die.choice(("", "因为"))
            allowed = {
                CaseState.TOLD: read,
                CaseState.NOT_CRITICAL: bool(words),
                CaseState.UNREACHABLE: tried and not read and bool(words),
            }[ending]
            if not allowed:
                with pytest.raises(CaseError):
                    store.close_case(case.id, li, ending, reason=words, taken_over_by=words)
                continue
            done = store.close_case(case.id, li, ending, reason=words, taken_over_by=words)
            assert done.state is ending
            assert done.closed == clock.time
            break
        assert store.verify_audit() == []

"""Identity of studies and objects: repeats, late objects, other content under a known name."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import StatementError

from farlead.messages import message
from farlead.model.lives import StudyState
from farlead.model.recording import Identity
from farlead.model.study import Kind, Priority, Request, ScreeningState, Severity
from farlead.store import Store
from support_store import MORNING, FakeClock, arrival, draft, reader, report_one, screening, signed


def test_an_arrival_is_on_the_list_when_it_is_stored(store: Store) -> None:
    stored = store.add_object(arrival("a"))
    assert (stored.new_study, stored.new_object, stored.reopened_from) == (True, True, None)
    (row,) = store.worklist().rows
    assert row.study.id == stored.study_id
    assert row.study.state is StudyState.WAITING
    assert row.screening_state is ScreeningState.PENDING
    assert row.study.arrived == MORNING


def test_numbers_count_through_the_day_and_start_again(store: Store, clock: FakeClock) -> None:
    first, second = (store.add_object(arrival(name)).study_id for name in "ab")
    clock.advance(days=1)
    third = store.add_object(arrival("c")).study_id
    numbers = [store.study(study).number for study in (first, second, third)]
    assert [number[-5:] for number in numbers] == ["-0001", "-0002", "-0001"]
    assert numbers[0][:8] != numbers[2][:8]


def test_a_repeat_adds_nothing_but_may_raise_the_priority(store: Store, clock: FakeClock) -> None:
    first = store.add_object(arrival("a"))
    due = store.study(first.study_id).due
    clock.advance(seconds=30)
    again = store.add_object(arrival("a", priority=Priority.EMERGENCY))
    assert (again.study_id, again.new_study, again.new_object) == (first.study_id, False, False)
    study = store.study(first.study_id)
    assert len(study.objects) == 1
    assert study.request.priority is Priority.EMERGENCY
    assert study.due == clock() + timedelta(minutes=10) < due
    store.add_object(arrival("a", priority=Priority.ROUTINE))
    assert store.study(first.study_id).request.priority is Priority.EMERGENCY


def test_a_repeat_fills_in_what_was_missing_and_overwrites_nothing(store: Store) -> None:
    one = replace(arrival("a"), request=Request(department="急诊科"))
    two = replace(arrival("a"), request=Request(department="内科", clinical_question="胸痛2小时"))
    study = store.add_object(one).study_id
    store.add_object(two)
    request = store.study(study).request
    assert (request.department, request.clinical_question) == ("急诊科", "胸痛2小时")


def test_same_name_with_other_content_is_set_aside_and_the_first_kept(store: Store) -> None:
    first = store.add_object(arrival("a", content="one"))
    for expected in (True, False):  # the second time it is known already
        other = store.add_object(arrival("a", content="two"))
        assert other.new_study is expected
        aside = store.study(other.study_id)
        assert aside.state is StudyState.QUARANTINED
        assert aside.linked == first.study_id
        assert aside.quarantine is not None
        assert store.study(first.study_id).number in aside.quarantine.text("zh")
    kept = store.study(first.study_id)
    assert [stored.digest for stored in kept.objects] == [arrival("a", content="one").object.digest]
    assert store.worklist().quarantined == 1
    assert store.balance().whole


def test_a_late_object_joins_a_claimed_study_and_makes_it_unscreened(store: Store) -> None:
    study = store.add_object(arrival("a", study="s")).study_id
    store.save_screening(study, screening(Severity.REMARK))
    claim = store.claim(study, reader(store), "seat")
    assert len(store.worklist().rows[0].study.objects) == 1
    late = store.add_object(arrival("b", study="s"))
    assert (late.study_id, late.new_study, late.new_object) == (study, False, True)
    row = store.row(study)
    assert len(row.study.objects) == 2
    assert store.worklist().rows[0].study.objects == row.study.objects
    assert row.study.state is StudyState.CLAIMED
    assert row.screening_state is ScreeningState.PENDING
    assert store.renew(claim).fencing == claim.fencing


def test_a_late_object_of_a_reported_study_opens_a_linked_one(store: Store) -> None:
    account = reader(store)
    study = store.add_object(arrival("a", study="s")).study_id
    store.finish(store.claim(study, account, "seat"), signed(store, account), ["u1"])
    late = store.add_object(arrival("b", study="s"))
    assert (late.new_study, late.reopened_from) == (True, study)
    linked = store.study(late.study_id)
    assert linked.linked == study
    assert linked.patient_id == store.study(study).patient_id
    assert store.study(study).state is StudyState.REPORTED
    assert [earlier.id for earlier in store.earlier(late.study_id)] == [study]
    # a further one joins the newest, a repeat of the old one adds nothing
    assert store.add_object(arrival("c", study="s")).study_id == late.study_id
    assert store.add_object(arrival("a", study="s")).study_id == study


def test_a_retake_that_arrives_under_the_same_study_waits_again(store: Store) -> None:
    study = store.add_object(arrival("a", study="s")).study_id
    store.request_retake(store.claim(study, reader(store), "seat"), "导联脱落", "V1 重新贴")
    assert store.row(study).study.state is StudyState.RETAKE_REQUESTED
    assert store.worklist().rows == ()
    store.add_object(arrival("b", study="s"))
    assert store.study(study).state is StudyState.WAITING


def test_content_stands_in_where_there_are_no_names(store: Store) -> None:
    nameless = replace(
        arrival("a"),
        content_identity=Identity(),
        object=replace(arrival("a").object, sop_instance_uid=None),
    )
    first = store.add_object(nameless)
    assert store.add_object(nameless).new_object is False
    other = replace(nameless, object=replace(nameless.object, digest="f" * 64, sha256="e" * 64))
    assert store.add_object(other).study_id != first.study_id


def test_two_units_may_send_the_same_file(store: Store) -> None:
    one, two = (store.add_object(arrival("a", unit=unit)) for unit in ("u1", "u2"))
    assert one.study_id != two.study_id
    assert two.new_study


def test_an_unreadable_file_is_kept_with_its_reason_once(store: Store) -> None:
    reason = message("store.same_name_other_content", uid="1.2", number="x")
    study = store.add_quarantined("u1", arrival("a").object, reason)
    assert store.add_quarantined("u1", arrival("a").object, reason) == study
    kept = store.study(study)
    assert (kept.state, kept.kind, kept.quarantine) == (
        StudyState.QUARANTINED,
        Kind.UNKNOWN,
        reason,
    )
    later = store.add_object(arrival("b", priority=Priority.ROUTINE)).study_id
    assert [row.study.id for row in store.worklist().rows] == [later, study]
    assert store.worklist().quarantined == 1


def test_promises_by_kind_and_priority(store: Store) -> None:
    promised = {
        (Kind.ECG, Priority.ROUTINE): timedelta(minutes=30),
        (Kind.ECG, Priority.EMERGENCY): timedelta(minutes=10),
        (Kind.CT, Priority.URGENT): timedelta(minutes=30),
        (Kind.CT, Priority.ROUTINE): timedelta(days=1),
    }
    for index, ((kind, priority), time) in enumerate(promised.items()):
        study = store.add_object(arrival(str(index), kind=kind, priority=priority)).study_id
        assert store.study(study).due - store.study(study).arrived == time


def test_the_balance_holds_through_every_state(store: Store) -> None:
    account = reader(store)
    report_one(store, "a", account)
    for name in "bcde":
        store.add_object(arrival(name))
    rows = store.worklist().rows
    store.claim(rows[0].study.id, account, "seat")
    store.request_retake(store.claim(rows[1].study.id, account, "seat"), "r", "h")
    store.withdraw(rows[2].study.id, account, "误传")
    balance = store.balance()
    assert balance.arrived == 5
    assert balance.whole
    assert store.check() == []


@pytest.mark.parametrize("state", [StudyState.REPORTED, StudyState.WITHDRAWN])
def test_nothing_leaves_its_last_state(store: Store, state: StudyState, tmp_path: Path) -> None:
    account = reader(store)
    study = report_one(store, "a", account)
    if state is StudyState.WITHDRAWN:
        study = store.add_object(arrival("b")).study_id
        store.withdraw(study, account, "误传")
    with pytest.raises(Exception, match="cannot be claimed"):
        store.claim(study, account, "seat")
    assert draft() is not None


def test_arrivals_are_stored_together_or_not_at_all(store: Store) -> None:
    first, second = store.add_objects([arrival("a", study="s"), arrival("b", study="s")])
    assert (first.new_study, second.new_study) == (True, False)
    wrong = replace(arrival("d"), acquired=datetime(2026, 11, 22))  # noqa: DTZ001 - that it is none is the fault
    with pytest.raises(StatementError):
        store.add_objects([arrival("c"), wrong])
    assert [each.id for each in store.studies()] == [first.study_id]
    assert store.balance().whole

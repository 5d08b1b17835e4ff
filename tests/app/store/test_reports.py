"""Drafts, the one short transaction, void files, amendments, and the outbox behind them."""

from datetime import timedelta

import pytest

from farlead.errors import ClaimLost, IllegalTransition
from farlead.messages import message
from farlead.model.lives import DeliveryState, ReportState, StudyState
from farlead.model.report import Decision, Display, Draft
from farlead.store import Store
from support_store import FakeClock, arrival, draft, reader, report_one, sha, signed

FAILED = message("store.busy", seconds=10)


def test_a_draft_comes_back_as_it_was_saved(store: Store) -> None:
    study = store.add_object(arrival("a")).study_id
    claim = store.claim(study, reader(store), "seat")
    assert store.draft(study) is None
    written = Draft(
        draft().statements,
        "P 波消失",
        "心房颤动",
        {"rhythm.af": Decision.ACCEPTED, "rate.fast": Decision.REJECTED},
        Display(gain=5.0, filters="50 Hz"),
    )
    store.save_draft(claim, draft())
    saved = store.save_draft(claim, written)
    assert (saved.version, saved.state, saved.draft) == (1, ReportState.DRAFT, written)
    kept = store.draft(study)
    assert kept is not None
    assert kept.draft == written
    assert len(store.reports(study)) == 1


def test_finish_does_everything_at_once(store: Store) -> None:
    li = reader(store)
    study = store.add_object(arrival("a")).study_id
    claim = store.claim(study, li, "seat")
    store.save_draft(claim, draft("旧"))
    report = store.finish(claim, signed(store, li, "新"), ["u1", "archive", "u1"])
    assert (report.state, report.version, report.draft) == (ReportState.FINAL, 1, draft("新"))
    assert report.sha256 == sha(f"pdf 新 {li.id}")
    row = store.row(study)
    assert (row.study.state, row.claim, row.has_draft) == (StudyState.REPORTED, None, False)
    deliveries = store.deliveries(study)
    assert [d.destination for d in deliveries] == ["u1", "archive"]
    assert len({d.identifier for d in deliveries}) == 2
    assert all(d.identifier.startswith("2.25.") and len(d.identifier) <= 64 for d in deliveries)
    assert store.report_content(report.id) == '{"report": 1}'
    assert store.worklist(account_id=li.id).signed_today == 1
    assert store.check() == []


def test_a_second_finish_is_refused(store: Store) -> None:
    li = reader(store)
    study = store.add_object(arrival("a")).study_id
    claim = store.claim(study, li, "seat")
    store.finish(claim, signed(store, li), ["u1"])
    with pytest.raises(ClaimLost):
        store.finish(claim, signed(store, li, "二"), ["u1"])
    assert len(store.reports(study)) == 1
    assert len(store.deliveries(study)) == 1


def test_only_the_holder_signs(store: Store) -> None:
    study = store.add_object(arrival("a")).study_id
    claim = store.claim(study, reader(store, "li"), "seat")
    with pytest.raises(ClaimLost):
        store.finish(claim, signed(store, reader(store, "wang")), ["u1"])
    assert store.reports(study) == []


def test_a_void_file_is_kept_and_changes_nothing(store: Store) -> None:
    study = store.add_object(arrival("a")).study_id
    store.void_signed(study, sha("late"), message("store.claim_ended"))
    assert store.reports(study) == []
    assert store.deliveries(study) == []
    assert store.trail(f"study:{study}")[-1].action == "report.void"


def test_a_delivery_lives_from_due_to_confirmed(store: Store, clock: FakeClock) -> None:
    study = report_one(store, "a", reader(store))
    (due,) = store.due_deliveries(10)
    clock.advance(minutes=3)
    assert store.begin_delivery(due.id)
    assert not store.begin_delivery(due.id)  # another service comes too late
    store.retry(due.id, FAILED, clock() + timedelta(minutes=1))
    assert store.due_deliveries(10) == []
    clock.advance(minutes=1)
    (again,) = store.due_deliveries(10)
    assert (again.attempts, again.error, again.identifier) == (1, FAILED, due.identifier)
    store.begin_delivery(due.id)
    assert store.worklist().deliveries_waiting == 1
    store.confirm(due.id)
    (done,) = store.deliveries(study)
    assert (done.state, done.attempts, done.confirmed, done.error) == (
        DeliveryState.CONFIRMED,
        2,
        clock(),
        None,
    )
    assert store.worklist().deliveries_waiting == 0
    assert store.worklist().median_turnaround == timedelta(minutes=4)


def test_confirmed_stays_confirmed(store: Store, clock: FakeClock) -> None:
    study = report_one(store, "a", reader(store))
    (due,) = store.due_deliveries(10)
    with pytest.raises(IllegalTransition):
        store.confirm(due.id)  # nothing was sent
    store.begin_delivery(due.id)
    store.confirm(due.id)
    confirmed = store.deliveries(study)
    clock.advance(minutes=1)
    store.confirm(due.id)  # a second service comes too late
    assert store.deliveries(study) == confirmed
    assert not store.begin_delivery(due.id)
    with pytest.raises(IllegalTransition):
        store.park(due.id, FAILED)


def test_parked_waits_for_a_person(store: Store) -> None:
    li = reader(store)
    report_one(store, "a", li)
    (due,) = store.due_deliveries(10)
    store.park(due.id, FAILED)
    assert store.due_deliveries(10) == []
    assert store.worklist().deliveries_parked == 1
    store.unpark(due.id, li)
    assert [d.id for d in store.due_deliveries(10)] == [due.id]


def test_a_delivery_whose_sender_died_is_due_again(store: Store, clock: FakeClock) -> None:
    report_one(store, "a", reader(store))
    (due,) = store.due_deliveries(10)
    lease = store.take_lease(f"delivery {due.destination}", "a:1:x", timedelta(seconds=30))
    assert store.begin_delivery(due.id, lease)
    assert store.free_destinations(10) == []
    clock.advance(seconds=30)
    assert store.free_destinations(10) == [due.destination]
    (left,) = store.left_deliveries(due.destination)
    store.resume(left.id)
    assert [d.identifier for d in store.due_deliveries(10)] == [due.identifier]

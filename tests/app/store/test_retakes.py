"""Retakes on their way to the unit, deliveries that fail, and leases that are not shortened."""

from datetime import timedelta

import pytest

from farlead.errors import IllegalTransition, NotFound
from farlead.messages import message
from farlead.model.lives import StudyState
from farlead.store import Store
from support_store import FakeClock, arrival, reader, report_one

FAILED = message("delivery.folder", folder="/x", cause="?")


@pytest.fixture
def study(store: Store) -> int:
    study = store.add_object(arrival("a", study="s")).study_id
    store.request_retake(store.claim(study, reader(store), "seat"), "导联脱落", "V1 重新贴")
    return study


def _told(store: Store, study: int) -> list[str]:
    trail = store.trail(f"study:{study}")
    return [entry.action for entry in trail if entry.action.startswith("retake.")]


def test_a_request_is_due_until_it_is_told_and_recorded_once(
    store: Store, study: int, clock: FakeClock
) -> None:
    (due,) = store.due_retakes(10)
    assert (due.study, due.unit, due.reader) == (study, "u1", "医师li")
    assert (due.reason, due.hint, due.asked) == ("导联脱落", "V1 重新贴", clock())
    assert store.retake_going(due.id)
    store.retry_retake(due.id, FAILED, clock() + timedelta(seconds=10))
    assert store.failing_retakes() == 1
    assert store.due_retakes(10) == []
    clock.advance(seconds=10)
    assert [d.identifier for d in store.due_retakes(10)] == [due.identifier]
    store.retake_told(due.id)
    store.retake_told(due.id)
    assert store.due_retakes(10) == []
    assert store.failing_retakes() == 0
    assert _told(store, study) == ["retake.told"]


def test_a_told_request_is_taken_back_when_the_retake_arrives(store: Store, study: int) -> None:
    (due,) = store.due_retakes(10)
    store.retake_going(due.id)
    store.retake_told(due.id)
    store.add_object(arrival("b", study="s"))
    (over,) = store.due_retakes(10)
    assert (over.id, over.outcome) == (due.id, "answered")
    store.retake_cleared(over.id)
    assert store.due_retakes(10) == []
    assert _told(store, study) == ["retake.told", "retake.cleared"]


def test_a_request_that_never_went_out_needs_no_taking_back(store: Store, study: int) -> None:
    store.recall_retake(study, reader(store))
    assert store.due_retakes(10) == []
    (over,) = store.retakes(study)
    assert over.outcome == "recalled"
    assert not store.retake_going(over.id)
    assert store.study(study).state is StudyState.WAITING
    with pytest.raises(IllegalTransition):
        store.recall_retake(study, reader(store))


def test_a_withdrawn_study_takes_its_request_back(store: Store, study: int) -> None:
    (due,) = store.due_retakes(10)
    store.retake_going(due.id)
    store.withdraw(study, reader(store), "误传")
    assert [retake.outcome for retake in store.due_retakes(10)] == ["withdrawn"]


def test_failing_and_parked_deliveries_are_told(store: Store, clock: FakeClock) -> None:
    account = reader(store)
    study = report_one(store, "x", account)
    (due,) = store.due_deliveries(10)
    assert store.failing_deliveries() == []
    store.begin_delivery(due.id)
    store.retry(due.id, FAILED, clock() + timedelta(seconds=10))
    (failing,) = store.failing_deliveries()
    assert (failing.attempts, failing.error) == (1, FAILED)
    number = store.study(study).number
    assert store.parked_deliveries(number) == []
    store.park(due.id, FAILED)
    assert store.failing_deliveries() == []
    assert [d.id for d in store.parked_deliveries(number)] == [due.id]
    assert [d.id for d in store.open_deliveries()] == [due.id]
    store.unpark(due.id)
    (again,) = store.due_deliveries(10)
    assert again.attempts == 0  # as many tries as at the beginning
    actors = [e.actor for e in store.trail(f"delivery:{due.id}") if e.action == "delivery.again"]
    assert actors == ["operator"]
    with pytest.raises(NotFound, match="20200101-0001"):
        store.parked_deliveries("20200101-0001")


def test_a_clock_that_is_set_back_does_not_shorten_a_lease(store: Store, clock: FakeClock) -> None:
    study = store.add_object(arrival("q")).study_id
    claim = store.claim(study, reader(store), "seat")
    clock.advance(seconds=-100)
    assert store.renew(claim).until == claim.until
    clock.advance(seconds=150)
    assert store.renew(claim).until == clock() + timedelta(seconds=120)

"""Retakes on their way to the unit, deliveries that fail, and leases that are not shortened."""

from datetime import timedelta

import pytest

from farlead.errors import IllegalTransition, NotFound
from farlead.messages import message
from farlead.model.lives import DeliveryState, StudyState
from farlead.model.report import NoticeKind
from farlead.store import Store
from support_store import FakeClock, arrival, reader, report_one

FAILED = message("delivery.folder", folder="/x", cause="?")


@pytest.fixture
def study(store: Store) -> int:
    study = store.add_object(arrival("a", study="s")).study_id
    store.request_retake(store.claim(study, reader(store), "seat"), "导联脱落", "V1 重新贴")
    return study


def _folder(unit: str, _kind: NoticeKind) -> list[str]:
    return [unit]


def test_a_request_has_one_delivery_for_each_way(
    store: Store, study: int, clock: FakeClock
) -> None:
    (notice,) = store.notices(study)
    assert (notice.kind, notice.unit, notice.reader) == (NoticeKind.RETAKE, "u1", "医师li")
    assert (notice.reason, notice.hint, notice.asked) == ("导联脱落", "V1 重新贴", clock())
    assert store.spread_notices(lambda unit, _: [unit, f"{unit}:hl7"], 10) == 1
    assert store.spread_notices(_folder, 10) == 0
    due = store.due_deliveries(10)
    assert [each.destination for each in due] == ["u1", "u1:hl7"]
    assert {each.notice for each in due} == {notice.id}
    assert len({each.identifier for each in due}) == 2


def test_words_about_a_patient_who_may_still_lie_there_go_first(
    store: Store, clock: FakeClock
) -> None:
    report_one(store, "x", reader(store))
    clock.advance(minutes=1)
    late = store.add_object(arrival("a", study="s")).study_id
    store.request_retake(store.claim(late, reader(store), "seat"), "导联脱落", "")
    store.spread_notices(_folder, 10)
    assert [each.study == late for each in store.due_deliveries(10)] == [True, False]


def test_the_end_is_told_where_the_request_may_have_arrived(store: Store, study: int) -> None:
    store.spread_notices(lambda unit, _: [unit, f"{unit}:hl7"], 10)
    went, _ = store.due_deliveries(10)
    store.begin_delivery(went.id)
    store.confirm(went.id)
    store.add_object(arrival("b", study="s"))
    store.spread_notices(_folder, 10)
    over = [each for each in store.notices(study) if each.kind is NoticeKind.RETAKE_OVER]
    assert [each.outcome for each in over] == ["answered"]
    (told,) = [each for each in store.deliveries(study) if each.notice == over[0].id]
    assert told.destination == went.destination


def test_a_request_that_is_over_goes_out_no_more(store: Store, study: int) -> None:
    store.spread_notices(_folder, 10)
    (due,) = store.due_deliveries(10)
    store.recall_retake(study, reader(store))
    assert not store.begin_delivery(due.id)
    assert [each.state for each in store.deliveries(study)] == [DeliveryState.DROPPED]
    assert store.open_deliveries() == []
    (over,) = store.retakes(study)
    assert over.outcome == "recalled"
    assert store.study(study).state is StudyState.WAITING
    with pytest.raises(IllegalTransition):
        store.recall_retake(study, reader(store))


def test_a_withdrawn_study_takes_its_request_back(store: Store, study: int) -> None:
    store.withdraw(study, reader(store), "误传")
    assert [retake.outcome for retake in store.retakes(study)] == ["withdrawn"]


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

"""Work that several processes share: one has it, the others wait until it is over."""

from datetime import timedelta

import pytest

from farlead.errors import WorkTaken
from farlead.messages import message
from farlead.store import Store
from farlead.store.screenings import Screened
from support_store import FakeClock, arrival, screening

LASTS = timedelta(seconds=30)
ONE, OTHER = "alpha:11:aa", "beta:12:bb"
WHY = message("services.no_recording")


def test_one_has_it_until_he_gives_it_back(store: Store) -> None:
    lease = store.take_lease("archive hub", ONE, LASTS)
    assert lease is not None
    assert (lease.host, lease.process) == ("alpha", 11)
    assert store.leases() == [lease]
    assert store.take_lease("archive hub", OTHER, LASTS) is None
    assert store.take_lease("archive hub", ONE, LASTS) is None  # nor a second time by himself
    assert store.take_lease("archive pacs", OTHER, LASTS) is not None
    store.end_lease(lease)
    assert store.take_lease("archive hub", OTHER, LASTS) is not None


def test_who_says_nothing_any_more_is_replaced_and_refused(store: Store, clock: FakeClock) -> None:
    first = store.take_lease("archive hub", ONE, LASTS)
    assert first is not None
    clock.advance(seconds=29)
    assert store.renew_leases(ONE, ["archive hub", "archive pacs"], LASTS) == {"archive hub"}
    clock.advance(seconds=29)
    assert store.take_lease("archive hub", OTHER, LASTS) is None
    clock.advance(seconds=1)
    store.save_cursor("hub", "1", first)  # late, and nobody has come meanwhile
    second = store.take_lease("archive hub", OTHER, LASTS)
    assert second is not None
    with pytest.raises(WorkTaken):
        store.save_cursor("hub", "2", first)
    assert store.cursor("hub") == "1"
    assert store.renew_leases(ONE, ["archive hub"], LASTS) == frozenset()
    store.end_lease(first)  # changes nothing: it is another's
    store.save_cursor("hub", "3", second)
    assert store.leases() == [second]


def test_what_rests_is_taken_by_nobody(store: Store, clock: FakeClock) -> None:
    lease = store.take_lease("delivery u1", ONE, LASTS)
    assert lease is not None
    store.end_lease(lease, rest=timedelta(seconds=10))
    assert store.leases() == []
    assert store.take_lease("delivery u1", ONE, LASTS) is None
    clock.advance(seconds=10)
    again = store.take_lease("delivery u1", OTHER, LASTS)
    assert again is not None
    assert again.number > lease.number


def test_a_study_is_screened_by_one_process(store: Store, clock: FakeClock) -> None:
    a, b = (store.add_object(arrival(name)).study_id for name in "ab")
    first = store.take_screening(ONE, LASTS)
    second = store.take_screening(OTHER, LASTS)
    assert first is not None
    assert second is not None
    assert {first.study.id, second.study.id} == {a, b}
    assert store.take_screening(OTHER, LASTS) is None
    store.save_screening(second.study.id, screening(), None, second.lease)
    clock.advance(seconds=30)
    taken_over = store.take_screening(OTHER, LASTS)
    assert taken_over is not None
    assert (taken_over.study.id, taken_over.tries) == (first.study.id, 2)
    with pytest.raises(WorkTaken):
        store.save_screening(first.study.id, screening(), None, first.lease)
    with pytest.raises(WorkTaken):
        store.fail_screening(first.study.id, WHY, first.lease)
    assert [each.id for each in store.pending_screenings(9)] == [first.study.id]
    store.fail_screening(first.study.id, WHY, taken_over.lease)
    assert store.leases() == []
    assert store.take_screening(ONE, LASTS) is None


def test_several_are_screened_together_but_one_that_was_tried_comes_alone(
    store: Store, clock: FakeClock
) -> None:
    a, b, c = (store.add_object(arrival(name)).study_id for name in "abc")
    taken = store.take_screenings(ONE, LASTS, 2)
    assert [(each.study.id, each.tries) for each in taken] == [(a, 1), (b, 1)]
    assert [each.study.id for each in store.take_screenings(OTHER, LASTS, 9)] == [c]
    clock.advance(seconds=30)  # both processes died
    assert [(each.study.id, each.tries) for each in store.take_screenings(OTHER, LASTS, 9)] == [
        (a, 2)
    ]
    assert [each.study.id for each in store.take_screenings(ONE, LASTS, 9)] == [b]


def test_of_several_results_none_is_kept_where_one_was_taken_over(
    store: Store, clock: FakeClock
) -> None:
    a, b = (store.add_object(arrival(name)).study_id for name in "ab")
    first, second = store.take_screenings(ONE, LASTS, 2)
    results = [
        Screened(a, screening(), None, first.lease),
        Screened(b, WHY, None, second.lease),
    ]
    store.end_lease(second.lease)
    with pytest.raises(WorkTaken):
        store.save_screenings(results)
    assert {each.id for each in store.pending_screenings(9)} == {a, b}
    store.save_screenings(results[:1])
    assert [each.id for each in store.pending_screenings(9)] == [b]

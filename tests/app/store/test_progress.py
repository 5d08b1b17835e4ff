"""How far studies are: what changed is found by its mark, through restarts, on both databases."""

from datetime import timedelta

from farlead.messages import message
from farlead.model.progress import Status
from farlead.store import Store
from support_store import FakeClock, arrival, reader, report_one

FAILED = message("delivery.folder", folder="/x", cause="?")


def _folder(unit: str) -> list[str]:
    return [unit]


def test_only_what_changed_is_looked_at(store: Store) -> None:
    li = reader(store)
    report_one(store, "old", li)
    study = store.add_object(arrival("a")).study_id
    assert store.follow_progress(_folder) == 1  # what had ended is left as it is
    (due,) = store.due_progress(9)
    assert (due.study, due.status, due.critical) == (study, Status.RECEIVED, False)
    store.progress_told(due)
    assert store.follow_progress(_folder) == 0
    store.claim(study, li, "seat")
    assert store.follow_progress(_folder) == 1
    assert [each.status for each in store.due_progress(9)] == [Status.READING]


def test_a_confirmed_delivery_is_seen(store: Store) -> None:
    store.follow_progress(_folder)
    study = report_one(store, "a", reader(store))
    store.follow_progress(_folder)
    assert [each.status for each in store.due_progress(9)] == [Status.SIGNED]
    (due,) = store.due_deliveries(9)
    store.begin_delivery(due.id)
    store.confirm(due.id)
    assert store.follow_progress(_folder) == 1
    (told,) = store.due_progress(9)
    assert (told.study, told.status) == (study, Status.DELIVERED)


def test_what_was_told_late_does_not_hide_what_is_newer(store: Store, clock: FakeClock) -> None:
    store.follow_progress(_folder)
    study = store.add_object(arrival("a")).study_id
    store.follow_progress(_folder)
    (old,) = store.due_progress(9)
    store.claim(study, reader(store), "seat")
    store.follow_progress(_folder)
    store.progress_told(old)
    (new,) = store.due_progress(9)
    assert new.status is Status.READING
    store.retry_progress(new, FAILED, clock() + timedelta(seconds=10))
    assert (store.due_progress(9), store.failing_progress()) == ([], 1)
    clock.advance(seconds=10)
    assert [each.failures for each in store.due_progress(9)] == [1]
    (listed,) = store.progress_at("u1", timedelta(days=1))
    assert listed.study == study

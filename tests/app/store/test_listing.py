"""The list: its order, its figures, how cheaply it is read, and what tells that it changed."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from farlead.messages import message
from farlead.model.study import Kind, Priority, ScreeningState, Severity
from farlead.model.worklist import Filter, Source, severity
from farlead.store import Store
from support_places import Place
from support_store import FakeClock, arrival, draft, reader, report_one, screening, signed


def _order(store: Store, **narrowed: object) -> list[int]:
    return [row.study.id for row in store.worklist(Filter(**narrowed)).rows]  # type: ignore[arg-type]


def test_order_is_that_of_the_model(store: Store, clock: FakeClock) -> None:
    ids = {
        name: store.add_object(arrival(name, priority=priority)).study_id
        for name, priority in {
            "normal": Priority.ROUTINE,
            "critical": Priority.ROUTINE,
            "asked": Priority.EMERGENCY,
            "failed": Priority.ROUTINE,
            "pending": Priority.ROUTINE,
        }.items()
    }
    store.save_screening(ids["normal"], screening(Severity.NORMAL))
    store.save_screening(ids["critical"], screening(Severity.CRITICAL))
    store.save_screening(ids["asked"], screening(Severity.NORMAL))
    store.fail_screening(ids["failed"], message("store.busy", seconds=1))
    ranked = [ids[name] for name in ("critical", "failed", "asked", "normal", "pending")]
    assert _order(store) == ranked
    clock.advance(seconds=11)  # now the pending one is unknown
    ranked = [ids[name] for name in ("critical", "failed", "pending", "asked", "normal")]
    assert _order(store) == ranked
    row = store.row(ids["failed"])
    assert row.screening_state is ScreeningState.FAILED
    assert row.failure == message("store.busy", seconds=1)


def test_screening_brings_the_promised_time_nearer_and_never_puts_it_off(store: Store) -> None:
    def left(name: str, priority: Priority, rank: Severity, *, known: bool = True) -> float:
        study = store.add_object(arrival(name, priority=priority)).study_id
        store.save_screening(study, replace(screening(rank), known=known))
        row = store.row(study).study
        return (row.due - row.arrived).total_seconds()

    assert left("a", Priority.ROUTINE, Severity.CRITICAL) == 300
    assert left("b", Priority.ROUTINE, Severity.URGENT) == 600
    assert left("c", Priority.ROUTINE, Severity.NORMAL, known=False) == 600
    assert left("d", Priority.ROUTINE, Severity.NORMAL) == 1800
    assert left("e", Priority.EMERGENCY, Severity.NORMAL) == 600
    failed = store.add_object(arrival("f")).study_id
    store.fail_screening(failed, message("store.busy", seconds=1))
    row = store.row(failed).study
    assert (row.due - row.arrived).total_seconds() == 600


def test_filters(store: Store) -> None:
    ecg = store.add_object(arrival("a")).study_id
    ct = store.add_object(arrival("b", unit="u2", kind=Kind.CT)).study_id
    li = reader(store)
    store.claim(ct, li, "seat")
    assert set(_order(store)) == {ecg, ct}
    assert _order(store, unit="u2") == [ct]
    assert _order(store, kind=Kind.ECG) == [ecg]
    assert [r.study.id for r in store.worklist(Filter(mine=True), li.id).rows] == [ct]


def test_figures_count_today_and_the_reader(store: Store, clock: FakeClock) -> None:
    li, wang = reader(store, "li"), reader(store, "wang")
    for name, account, minutes in (("a", li, 2), ("b", li, 6), ("c", wang, 30)):
        report_one(store, name, account)
        clock.advance(minutes=minutes)
        (due,) = store.due_deliveries(1)
        store.begin_delivery(due.id)
        store.confirm(due.id)
    everybody, mine = store.worklist(), store.worklist(account_id=li.id)
    assert (everybody.signed_today, mine.signed_today) == (3, 2)
    assert everybody.median_turnaround == timedelta(minutes=6)
    assert mine.median_turnaround == timedelta(minutes=4)
    clock.advance(days=1)
    tomorrow = store.worklist()
    assert (tomorrow.signed_today, tomorrow.median_turnaround) == (0, None)


def test_today_begins_at_midnight_also_where_the_clocks_are_changed(
    store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        clock.time = datetime(2026, 10, 24, 21, 50, tzinfo=UTC)  # ten minutes before midnight
        report_one(store, "yesterday", reader(store))
        clock.advance(minutes=20)
        report_one(store, "today", reader(store))
        clock.advance(hours=22)  # after the hour that came twice
        assert store.worklist().signed_today == 1
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_report_counts_as_delivered_when_all_have_it(store: Store, clock: FakeClock) -> None:
    li = reader(store)
    study = store.add_object(arrival("a")).study_id
    store.finish(store.claim(study, li, "seat"), signed(store, li), ["u1", "archive"])
    one, two = store.due_deliveries(2)
    store.begin_delivery(one.id)
    store.confirm(one.id)
    assert store.worklist().median_turnaround is None
    clock.advance(minutes=9)
    store.begin_delivery(two.id)
    store.confirm(two.id)
    assert store.worklist().median_turnaround == timedelta(minutes=9)


def test_sources(store: Store, clock: FakeClock) -> None:
    trouble = message("store.busy", seconds=1)
    store.heartbeat({"甲卫生院": None, "乙卫生院": trouble})
    first = clock()
    clock.advance(seconds=10)
    store.heartbeat({"甲卫生院": None})
    assert store.worklist().sources == (
        Source("乙卫生院", first, trouble),
        Source("甲卫生院", clock(), good=clock()),
    )


def test_the_counter_grows_with_the_list_and_rests_otherwise(store: Store) -> None:
    li = reader(store)
    seen = store.change_counter()

    def grew() -> bool:
        nonlocal seen
        before, seen = seen, store.change_counter()
        return seen > before

    study = store.add_object(arrival("a")).study_id
    assert grew()
    store.save_screening(study, screening())
    assert grew()
    claim = store.claim(study, li, "seat")
    assert grew()
    store.save_draft(claim, draft("一"))
    assert grew()  # the row says that there is a draft
    store.save_draft(claim, draft("二"))
    store.renew(claim)
    store.heartbeat({"甲": None})
    store.audit("li", "study.opened", f"study:{study}")
    store.worklist()
    assert not grew()
    store.finish(claim, signed(store, li), ["u1"])
    assert grew()


def test_pending_screenings_begin_with_the_least_tried_and_most_urgent(store: Store) -> None:
    a, b, c = (
        store.add_object(arrival(name, priority=priority)).study_id
        for name, priority in (
            ("a", Priority.ROUTINE),
            ("b", Priority.EMERGENCY),
            ("c", Priority.ROUTINE),
        )
    )
    assert [study.id for study in store.pending_screenings(5)] == [b, a, c]
    taken = store.take_screening("a:1:x", timedelta(seconds=30))
    assert taken is not None
    assert (taken.study.id, taken.tries) == (b, 1)
    assert taken.study.objects
    assert [study.id for study in store.pending_screenings(2)] == [a, c]
    assert store.pending_screenings(1)[0].objects


def test_five_hundred_rows_are_all_listed(store: Store) -> None:
    for number in range(20):
        store.add_object(arrival(str(number)))
    store.save_screening(1, screening(Severity.REMARK))
    with store._write() as connection:
        for number in range(100, 580):
            connection.execute(_CLONE, {"id": number, "number": f"n{number}", "key": f"k{number}"})
    assert len(store.worklist().rows) == 500


_CLONE = text(
    """
    INSERT INTO study (id, number, unit_code, study_key, kind, state, patient_id, patient, request,
        priority, arrived, due, screening_state, screening_id)
    SELECT :id, :number, unit_code, :key, kind, state, patient_id, patient, request,
        priority, arrived, due, screening_state, screening_id
    FROM study WHERE id = 1
    """
)


def test_a_list_that_was_brought_on_is_the_one_read_anew(
    store: Store, place: Place, clock: FakeClock
) -> None:
    li = reader(store)
    store.worklist()
    studies = [store.add_object(arrival(f"n{number}")).study_id for number in range(6)]
    store.add_object(arrival("u", priority=Priority.URGENT))
    unreadable = message("store.disk_full")
    acts = (
        lambda: store.save_screening(studies[3], screening(Severity.CRITICAL)),
        lambda: store.save_screening(studies[1], screening()),
        lambda: store.claim(studies[0], li, "seat"),
        lambda: store.add_quarantined("u1", arrival("q").object, unreadable),
        lambda: clock.advance(seconds=11),  # what is not screened by now is unknown
        lambda: report_one(store, "done", li),
        lambda: clock.advance(seconds=121) or store.expire_claims(),
        lambda: store.withdraw(studies[5], li, "sent by mistake"),
    )
    for act in acts:
        act()
        with place.open(clock) as other:
            assert store.worklist().rows == other.worklist().rows
            assert store.worklist(Filter(rank=Severity.URGENT)).rows == tuple(
                row for row in other.worklist().rows if severity(row, clock()) is Severity.URGENT
            )

"""The wall's figures and the days in columns, counted from real acts on both databases."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from farlead.access.accounts import Session
from farlead.desk import FiguresDesk
from farlead.errors import FarleadError, PermissionDenied
from farlead.messages import Language, message
from farlead.model.critical import CallMade, Finding, Way, declared
from farlead.model.lives import CaseState
from farlead.model.numbers import Day, Period, Promise
from farlead.model.people import Role, Unit
from farlead.model.report import Decision
from farlead.model.review import Remark
from farlead.model.study import Kind, Priority, Severity
from farlead.settings import Promised
from farlead.store import Store
from support_places import Place
from support_store import FakeClock, arrival, draft, reader, report_one, screening, signed


def desk(store: Store, role: Role = Role.MANAGER) -> FiguresDesk:
    boss = reader(store, f"boss_{role}", role)
    return FiguresDesk(store, Session(boss, "wall", store.now()), Promised())


def today(store: Store) -> date:
    return store.now().astimezone().date()


@pytest.fixture
def busy(store: Store, clock: FakeClock) -> Store:
    """One critical, one urgent and two routine studies wait, one is held, one reported."""
    store.add_unit(Unit("u1", "甲县"))
    store.add_unit(Unit("u2", "乙镇"))
    store.add_unit(Unit("u3", "丙镇"))  # nothing has ever come from there
    li = reader(store)
    done = store.add_object(arrival("done")).study_id
    clock.advance(minutes=5)
    claim = store.claim(done, li, "seat 1")
    ready = replace(signed(store, li), draft=replace(draft(), decisions={"af": Decision.ACCEPTED}))
    store.save_draft(claim, ready.draft)
    store.finish(claim, ready, ["u1"])
    for name, unit, priority in (
        ("c", "u1", Priority.ROUTINE), ("u", "u2", Priority.URGENT), ("r1", "u2", Priority.ROUTINE),
        ("r2", "u2", Priority.ROUTINE), ("h", "u1", Priority.ROUTINE),
    ):  # fmt: skip
        study = store.add_object(arrival(name, unit=unit, priority=priority)).study_id
        rank = Severity.CRITICAL if name == "c" else Severity.NORMAL
        store.save_screening(study, screening(rank))
        clock.advance(seconds=10)
        if name == "h":
            store.claim(study, reader(store, "wang"), "seat 2")
    return store


def test_the_wall_counts_what_waits_and_who_works(busy: Store, clock: FakeClock) -> None:
    wall = desk(busy).wall()
    found = {each.severity: each.count for each in wall.waiting}
    assert found == {Severity.CRITICAL: 1, Severity.URGENT: 1, Severity.NORMAL: 2}
    assert wall.waiting[0].oldest == clock() - timedelta(seconds=50)
    assert (wall.stations, wall.readers) == (1, 2)  # one holds, the other has just signed
    assert (wall.deliveries, wall.parked) == (1, 0)
    assert wall.difference == 0
    assert (sum(wall.hours.arrived), sum(wall.hours.reported)) == (6, 1)
    assert wall.usual is None
    urgent = next(t for t in wall.turnaround if t.promise is Promise.ECG_ROUTINE)
    assert (urgent.count, urgent.median, urgent.promised) == (1, 300.0, 1800.0)
    units = {unit.name: unit for unit in wall.units}
    assert (units["甲县"].waiting, units["甲县"].deliveries, units["乙镇"].waiting) == (1, 1, 3)
    assert units["丙镇"].arrived is None
    (due,) = busy.due_deliveries(9)
    busy.begin_delivery(due.id)
    busy.park(due.id, message("delivery.unknown_outcome"))
    wall = desk(busy).wall()
    assert (wall.deliveries, wall.parked) == (0, 1)
    assert "病人" not in repr(wall)


def test_a_critical_study_is_on_the_wall_before_anybody_opens_it(
    busy: Store, clock: FakeClock
) -> None:
    (case,) = desk(busy).wall().cases
    assert (case.unit, case.reader, case.calls) == ("甲县", "", 0)
    li = busy.account("li")
    busy.declare_case(
        case.study, li, Finding("declared", message("critical.declared", text="室颤"), "li")
    )
    (opened,) = desk(busy).wall().cases  # once, not twice
    assert (opened.study, opened.reader) == (case.study, "医师li")


def test_a_study_that_came_from_nowhere_is_said(busy: Store, place: Place) -> None:
    with place.raw() as raw:
        raw.execute(
            "INSERT INTO study (number, unit_code, study_key, kind, state, patient, request,"
            " priority, arrived, due, screening_state) SELECT 'x', unit_code, 'x', kind, 'waiting',"
            " patient, request, priority, arrived, due, 'pending' FROM study LIMIT 1"
        )
    assert desk(busy).wall().difference == -1


def test_days_say_the_same_kept_or_counted(busy: Store, clock: FakeClock) -> None:
    day = today(busy)
    counted = busy.days(day, day)[day]
    assert (len(counted.arrived_unit), counted.seconds, counted.accepted) == (6, (300,), {"af": 1})
    assert busy.keep_days() == 0  # it is not over
    clock.advance(days=1)
    assert busy.keep_days() == 1
    assert busy.keep_days() == 0
    assert busy.days(day, today(busy)) == {day: counted, today(busy): Day()}


@pytest.mark.parametrize("kept", [True, False])
def test_sent_back_after_midnight_and_signed_again_a_report_counts_once(
    store: Store, clock: FakeClock, kept: bool
) -> None:
    li, wang = reader(store), reader(store, "wang", Role.SENIOR_READER)
    study = store.add_object(arrival("a")).study_id
    clock.advance(minutes=5)
    claim = store.claim(study, li, "seat")
    store.save_draft(claim, draft())
    store.first_sign(claim, signed(store, li), urgent=False)
    day = today(store)
    before = store.days(day, day)[day]
    assert (before.seconds, before.readers) == ((300,), ("li",))
    clock.advance(days=1)
    if kept:
        assert store.keep_days() == 1
    for again in ("better", "best"):
        back = store.claim(study, wang, "seat 2")
        store.send_back(back, wang, [Remark("whole", "不是窦律")])
        clock.advance(minutes=1)
        store.first_sign(store.claim(study, li, "seat"), signed(store, li, again), urgent=False)
    days = store.days(day, today(store))
    assert [len(each.seconds) for each in days.values()] == [1, 0]
    assert days[day] == before


def test_times_until_told_are_apart_from_what_was_no_critical_value(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    li = reader(store)
    for name, ending in (
        ("a", CaseState.TOLD), ("b", CaseState.NOT_CRITICAL), ("c", CaseState.UNREACHABLE),
    ):  # fmt: skip
        study = store.add_object(arrival(name)).study_id
        case = store.declare_case(study, li, declared("STEMI"))
        clock.advance(minutes=4)
        reached = ending is CaseState.TOLD
        made = CallMade(Way.TELEPHONE, "1", "丁" if reached else "", reached, reached)
        store.record_call(case.id, li, "seat", made)
        clock.advance(minutes=30)  # the form is closed much later
        store.close_case(case.id, li, ending, reason="误报", taken_over_by="120")
    manager, day = desk(store), today(store)
    numbers = manager.numbers(day, day, Period.DAY)
    whole = numbers.whole
    assert (whole.cases, whole.not_critical, whole.unreachable) == (3, 1, 1)
    assert (whole.told.count, whole.told.median, whole.told.p90) == (1, 240.0, 240.0)
    file = tmp_path / "n.csv"
    manager.export(numbers, file, Language.EN)
    (heads, first, *_) = csv.reader(file.read_text("utf-8-sig").splitlines())
    line = dict(zip(heads, first, strict=True))
    assert (line["critical cases"], line["told"], line["told in (min)"]) == ("3", "1", "4.0")
    assert (line["not critical"], line["unreachable"]) == ("1", "1")


def test_a_day_of_another_form_is_counted_anew(busy: Store, clock: FakeClock, place: Place) -> None:
    day = today(busy)
    clock.advance(days=1)
    busy.keep_days()
    with place.raw() as raw:
        raw.execute("UPDATE day_figures SET form = 0, content = '{}'")
    assert len(busy.days(day, day)[day].arrived_unit) == 6
    assert busy.keep_days() == 1


def test_numbers_by_period_unit_and_reader(store: Store, clock: FakeClock) -> None:
    li, first = reader(store), today(store)
    for name in range(3):
        report_one(store, f"a{name}", li)
        clock.advance(days=1)
    ct = store.add_object(arrival("ct", kind=Kind.CT)).study_id
    store.request_retake(store.claim(ct, li, "seat"), "运动伪影", "")
    found = desk(store).numbers(first, today(store), Period.DAY)
    assert (found.whole.arrived, found.whole.reports.count, found.whole.retakes) == (4, 3, 1)
    assert [line.reports.count for line in found.periods] == [1, 1, 1, 0]
    assert found.whole.retake_rate == 0.25
    assert [(line.name, line.reports.count) for line in found.readers] == [("医师li", 3)]
    weeks = desk(store).numbers(first, today(store), Period.WEEK)
    assert sum(line.reports.count for line in weeks.periods) == 3
    assert {line.name for line in weeks.periods} <= {
        Period.WEEK.begin(first + timedelta(days=n)).isoformat() for n in range(4)
    }
    assert found.units[0].arrived == 4


def test_two_of_the_same_name_are_two(store: Store, clock: FakeClock) -> None:
    for code in ("u1", "u2"):
        store.add_unit(Unit(code, "城关卫生院"))
    day = today(store)
    for login, unit, count in (("zw1", "u1", 1), ("zw2", "u2", 2)):
        zhang = store.add_account(login, "张伟", Role.READER)
        for name in range(count):
            study = store.add_object(arrival(f"{login}{name}", unit=unit)).study_id
            claim = store.claim(study, zhang, "seat")
            store.save_draft(claim, draft())
            store.finish(claim, signed(store, zhang), [unit])
    for _ in ("counted", "kept"):
        found = desk(store).numbers(day, day, Period.DAY)
        assert [(line.name, line.reports.count) for line in found.readers] == [
            ("张伟 (zw2)", 2), ("张伟 (zw1)", 1),
        ]  # fmt: skip
        assert [(line.name, line.arrived) for line in found.units] == [
            ("城关卫生院 (u2)", 2), ("城关卫生院 (u1)", 1),
        ]  # fmt: skip
        clock.advance(days=1)
        assert store.keep_days() in (0, 1)


def test_days_that_make_no_sense_are_refused(store: Store) -> None:
    with pytest.raises(FarleadError) as refused:
        desk(store).numbers(today(store), today(store) - timedelta(days=1), Period.DAY)
    assert refused.value.reason.id == "numbers.wrong_days"


def test_who_may_see_no_figures_sees_none(store: Store) -> None:
    with pytest.raises(PermissionDenied):
        desk(store, Role.SECURITY_ADMINISTRATOR).wall()

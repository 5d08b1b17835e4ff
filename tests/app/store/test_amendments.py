"""After signing: amendments and withdrawals, and what each leaves as it was."""

import pytest

from farlead.errors import ClaimLost, ClaimRefused, NotFound
from farlead.messages import message
from farlead.model.lives import DeliveryState, ReportState, StudyState
from farlead.model.people import Account, Role
from farlead.model.report import NoticeKind
from farlead.model.review import Remark
from farlead.store import Countersigned, Store
from support_places import REFUSALS, Place
from support_store import FakeClock, arrival, draft, reader, report_one, sha, signed

UNIT = ["u1"]


@pytest.fixture
def li(store: Store) -> Account:
    return reader(store)


@pytest.fixture
def study(store: Store, li: Account) -> int:
    """A reported study."""
    return report_one(store, "a", li)


def test_an_amendment_supersedes_the_final_report(store: Store, li: Account, study: int) -> None:
    (first,) = store.reports(study)
    with pytest.raises(ClaimRefused):
        store.amend(first.id, li, "seat", " ")
    claim = store.amend(first.id, li, "seat", "漏写房早")
    new = store.draft(study)
    assert new is not None
    assert (new.version, new.supersedes, new.draft, new.reason) == (
        2, first.id, first.draft, "漏写房早",
    )  # fmt: skip
    with pytest.raises(ClaimRefused):
        store.amend(first.id, reader(store, "wang"), "seat 2", "也要改")
    store.save_draft(claim, draft("窦律、房早"))
    assert store.reports(study)[0].state is ReportState.FINAL  # in force until then
    store.finish(claim, signed(store, li, "补充"), UNIT)
    assert [r.state for r in store.reports(study)] == [ReportState.SUPERSEDED, ReportState.FINAL]
    assert len(store.deliveries(study)) == 2
    assert store.row(study).study.state is StudyState.REPORTED
    assert store.check() == []
    with pytest.raises(NotFound):
        store.amend(first.id, li, "seat", "再改")


def test_left_alone_the_report_in_force_stays_and_another_goes_on(
    store: Store, li: Account, study: int, clock: FakeClock
) -> None:
    (first,) = store.reports(study)
    claim = store.amend(first.id, li, "seat", "漏写房早")
    store.save_draft(claim, draft("写了一半"))
    clock.advance(minutes=5)
    assert store.expire_claims() == [study]
    assert store.row(study).study.state is StudyState.REPORTED
    assert study not in {row.study.id for row in store.worklist().rows}
    assert store.check() == []
    wang = reader(store, "wang")
    again = store.amend(first.id, wang, "seat 2", "漏写房早，接着改")
    kept = store.draft(study)
    assert kept is not None
    assert (kept.version, kept.draft, kept.reason) == (2, draft("写了一半"), "漏写房早，接着改")
    with pytest.raises(ClaimLost):
        store.save_draft(claim, draft("太晚"))
    store.finish(again, signed(store, wang, "补充"), UNIT)
    assert store.check() == []


def test_given_back_an_amendment_is_no_waiting_study(store: Store, li: Account, study: int) -> None:
    claim = store.amend(store.reports(study)[0].id, li, "seat", "漏写房早")
    for act in (lambda: store.set_checked(claim, "seen"),
                lambda: store.request_retake(claim, "r", "h")):  # fmt: skip
        with pytest.raises(ClaimRefused):
            act()
    store.release(claim)
    assert store.row(study).study.state is StudyState.REPORTED
    with pytest.raises(ClaimRefused):
        store.claim(study, li, "seat")  # a reported study is no work of the list


def test_what_arrives_during_an_amendment_opens_a_request_of_its_own(
    store: Store, li: Account, study: int
) -> None:
    store.amend(store.reports(study)[0].id, li, "seat", "漏写房早")
    late = store.add_object(arrival("late", study="a"))
    assert late.new_study
    assert late.reopened_from == study


def test_an_amendment_can_need_its_second_signature(store: Store, li: Account, study: int) -> None:
    wang = reader(store, "wang", Role.SENIOR_READER)
    claim = store.amend(store.reports(study)[0].id, li, "seat", "漏写房早")
    store.first_sign(claim, signed(store, li, "补充"), urgent=False)
    states = [version.state for version in store.reports(study)]
    assert states == [ReportState.FINAL, ReportState.FIRST_SIGNED]
    assert store.row(study).study.state is StudyState.WAITING
    assert store.check() == []
    store.send_back(store.claim(study, wang, "s"), wang, [Remark("whole", "再看")])
    assert store.row(study).study.state is StudyState.WAITING
    store.first_sign(
        store.claim(study, li, "seat"), signed(store, li, "补充二"), urgent=False)  # fmt: skip
    first = store.reports(study)[-1].sha256 or ""
    store.countersign(
        store.claim(study, wang, "s"), Countersigned(first, sha("both"), 1, wang), UNIT
    )
    assert [r.state for r in store.reports(study)] == [ReportState.SUPERSEDED, ReportState.FINAL]
    assert store.check() == []


def test_withdrawn_the_unit_is_told_and_what_is_due_stays_here(
    store: Store, li: Account, study: int
) -> None:
    (report,) = store.reports(study)
    with pytest.raises(ClaimRefused):
        store.withdraw_report(report.id, li, "")
    withdrawn = store.withdraw_report(report.id, li, "患者弄错")
    assert (withdrawn.state, withdrawn.withdrawn) == (ReportState.WITHDRAWN, "患者弄错")
    (told,) = store.notices(study)
    assert (told.kind, told.reason, told.reader) == (NoticeKind.WITHDRAWN, "患者弄错", li.name)
    store.spread_notices(lambda unit, _: [unit], 10)
    (due,) = store.due_deliveries(10)  # in writing, though nothing had gone out
    assert (due.notice, due.destination) == (told.id, "u1")
    assert [d.state for d in store.deliveries(study)] == [DeliveryState.DROPPED, DeliveryState.DUE]
    assert store.check() == []
    with pytest.raises(NotFound):
        store.withdraw_report(report.id, li, "再一次")
    claim = store.amend(report.id, li, "seat", "重写")
    store.finish(claim, signed(store, li, "重写"), UNIT)
    states = [version.state for version in store.reports(study)]
    assert states == [ReportState.WITHDRAWN, ReportState.FINAL]
    assert store.check() == []


def test_the_one_who_amends_keeps_it_from_being_withdrawn(
    store: Store, li: Account, study: int
) -> None:
    (report,) = store.reports(study)
    store.amend(report.id, li, "seat", "漏写房早")
    with pytest.raises(ClaimRefused):
        store.withdraw_report(report.id, reader(store, "wang"), "患者弄错")


def test_a_withdrawal_goes_where_the_report_may_have_arrived(
    store: Store, li: Account, study: int
) -> None:
    (due,) = store.due_deliveries(10)
    store.begin_delivery(due.id)
    store.park(due.id, message("store.disk_full"))
    store.withdraw_report(store.reports(study)[0].id, li, "患者弄错")
    store.spread_notices(lambda unit, _: [f"{unit}:elsewhere"], 10)
    (told,) = store.due_deliveries(10)
    assert (told.report, told.destination) == (None, due.destination)
    assert [each.id for each in store.brought_before(told)] == [due.id]


def test_a_correction_takes_the_place_of_what_had_not_gone_out(
    store: Store, li: Account, study: int
) -> None:
    (old,) = store.due_deliveries(10)
    store.begin_delivery(old.id)
    claim = store.amend(store.reports(study)[0].id, li, "seat", "漏写房早")
    store.finish(claim, signed(store, li, "房早"), UNIT)
    (new,) = store.due_deliveries(10)
    assert not store.begin_delivery(new.id)  # nothing overtakes what is under way to one place
    store.retry(old.id, message("store.disk_full"), store.now())
    assert store.begin_delivery(new.id)
    states = {each.id: each.state for each in store.deliveries(study)}
    assert states == {old.id: DeliveryState.DROPPED, new.id: DeliveryState.SENT}
    assert [event.state for event in store.delivery_history(old.id)][-1] is DeliveryState.DROPPED


def test_reported_studies_are_found_by_number_and_patient(
    store: Store, li: Account, study: int
) -> None:
    other = report_one(store, "b", li)
    assert [found.id for found, _ in store.reported()] == [other, study]
    number = store.row(study).study.number
    ((found, version),) = store.reported(number)
    assert (found.id, version.version) == (study, 1)
    assert [found.id for found, _ in store.reported("病人b")] == [other]
    assert store.reported("100%") == []
    store.amend(version.id, li, "seat", "漏写房早")
    assert [found.id for found, _ in store.reported("病人a")] == [study]


def test_a_withdrawal_keeps_its_reason(store: Store, li: Account, study: int, place: Place) -> None:
    store.withdraw_report(store.reports(study)[0].id, li, "患者弄错")
    with place.raw() as raw:
        for refusal, sql in {
            "report_withdrawal_fixed": "UPDATE report_withdrawal SET reason = 'x'",
            "report_withdrawal_kept": "DELETE FROM report_withdrawal",
        }.items():
            with pytest.raises(REFUSALS, match=refusal):
                raw.execute(sql)

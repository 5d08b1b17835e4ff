"""Orders find their studies, or a person does; nothing is guessed and nothing is lost."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from farlead.errors import IllegalTransition, NotFound, OrderRefused
from farlead.messages import Language
from farlead.model.lives import OrderState, StudyState
from farlead.model.order import Control, Found, Order
from farlead.model.people import Account, IdentityDoubt, Patient, Sex
from farlead.model.study import Kind, Priority, Request, ScreeningState
from farlead.store import Arrival, Merge, PersonUpdate, Receipt, Store, order_guards
from farlead.store.guards import guards
from support_places import KINDS, REFUSALS, SQLITE, Place, Raw
from support_store import (
    MORNING,
    FakeClock,
    arrival,
    draft,
    reader,
    report_one,
    screening,
    signed,
)

ZHANG = Patient(
    name="张伟",
    local_number="A001",
    national_id="110101199003078515",
    sex=Sex.MALE,
    birth_date=date(1990, 3, 7),
)


#: What depends on the database itself; all else is tried on the quicker one.
BOTH = pytest.mark.parametrize("kind", KINDS, indirect=True)


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", SQLITE))


def order(
    placer: str = "P1",
    *,
    accession: str | None = "ACC1",
    patient: Patient = ZHANG,
    priority: Priority = Priority.ROUTINE,
    unit: str = "u1",
    kind: Kind | None = Kind.ECG,
    hours: float = 0.0,
) -> Order:
    """An order of the morning."""
    return Order(
        unit,
        placer,
        None,
        patient,
        Request(priority, clinical_question="胸痛待查", department="急诊科", accession=accession),
        MORNING + timedelta(hours=hours),
        kind,
    )


def study(
    name: str = "a", accession: str | None = "ACC1", patient: Patient = ZHANG, unit: str = "u1"
) -> Arrival:
    """A study that carries an accession number."""
    return replace(arrival(name, patient=patient, unit=unit), request=Request(accession=accession))


def take(store: Store, *orders: Order, control: Control = Control.NEW, source: str = "his") -> None:
    store.take_orders(source, [(control, each) for each in orders])


def only(store: Store) -> int:
    (found,) = store.orders()
    return found.id


def acts(store: Store, order_id: int) -> list[str]:
    return [event.act for event in store.order_events(order_id)]


@BOTH
@pytest.mark.parametrize("first", ["order", "study"])
def test_order_and_study_find_each_other_whichever_comes_first(store: Store, first: str) -> None:
    if first == "order":
        take(store, order(priority=Priority.EMERGENCY))
        study_id = store.add_object(study()).study_id
    else:
        study_id = store.add_object(study()).study_id
        take(store, order(priority=Priority.EMERGENCY))
    (row,) = store.worklist().rows
    assert row.study.request == Request(
        Priority.EMERGENCY, "胸痛待查", department="急诊科", accession="ACC1"
    )
    assert row.study.due == MORNING + timedelta(minutes=10)
    asked_by = row.study.asked_by
    assert asked_by is not None
    assert (asked_by.source, asked_by.number, asked_by.state) == ("his", "ACC1", OrderState.JOINED)
    assert {"priority", "clinical_question", "department"} <= set(asked_by.filled)
    assert store.orders()[0].study == study_id
    assert store.open_orders() == []
    assert acts(store, only(store)) == ["received", "joined"]
    assert store.check() == []


def test_what_the_study_said_itself_stays(store: Store) -> None:
    said = replace(study(), request=Request(accession="ACC1", clinical_question="心悸"))
    study_id = store.add_object(said).study_id
    take(store, order())
    request = store.study(study_id).request
    assert (request.clinical_question, request.department) == ("心悸", "急诊科")
    asked_by = store.study(study_id).asked_by
    assert asked_by is not None
    assert "clinical_question" not in asked_by.filled


@BOTH
def test_an_urgent_order_raises_the_place_in_the_list(store: Store, clock: FakeClock) -> None:
    first = store.add_object(arrival("early")).study_id
    clock.advance(seconds=5)
    second = store.add_object(study()).study_id
    for each in (first, second):
        store.save_screening(each, screening())
    assert [row.study.id for row in store.worklist().rows] == [first, second]
    take(store, order(priority=Priority.URGENT))
    assert [row.study.id for row in store.worklist().rows] == [second, first]


@BOTH
def test_an_urgent_order_takes_a_checked_study_out_of_the_batch(store: Store) -> None:
    li = reader(store)
    study_id = store.add_object(study()).study_id
    claim = store.claim(study_id, li, "seat")
    store.save_draft(claim, draft())
    store.set_checked(claim, "0" * 64)
    take(store, order(priority=Priority.URGENT))
    assert store.study(study_id).state is StudyState.WAITING
    assert store.row(study_id).has_draft


def test_a_patient_without_an_accession_number_is_found_by_his_number(store: Store) -> None:
    study_id = store.add_object(study(accession=None)).study_id
    take(store, order(accession=None))
    assert store.orders()[0].study == study_id


def test_a_file_that_says_nothing_is_named_by_its_order_and_doubted(store: Store) -> None:
    study_id = store.add_object(study(patient=Patient())).study_id
    take(store, order())
    patient = store.study(study_id).patient
    assert (patient.name, patient.local_number) == ("张伟", "A001")
    assert patient.doubt is IdentityDoubt.REQUEST_ALONE
    assert patient.national_id == "1101************15"


CONTRADICTIONS = {
    "name": replace(ZHANG, name="王芳", local_number=None, national_id=None),
    "local_number": replace(ZHANG, local_number="B2", national_id=None),
    "national_id": replace(ZHANG, national_id="220202198005054321", local_number=None),
    "sex": replace(ZHANG, sex=Sex.FEMALE, national_id=None),
    "birth_date": replace(ZHANG, birth_date=date(1950, 1, 1), national_id=None),
}


@pytest.mark.parametrize("field", list(CONTRADICTIONS))
def test_the_same_accession_number_of_another_patient_is_shown_and_not_joined(
    store: Store, field: str
) -> None:
    study_id = store.add_object(study(patient=CONTRADICTIONS[field])).study_id
    take(store, order())
    (found,) = store.open_orders()
    (candidate,) = found.candidates
    assert (candidate.study.id, candidate.by) == (study_id, Found.ACCESSION)
    assert field in candidate.differs
    assert found.why.id == "orders.why.accession"
    assert store.study(study_id).asked_by is None
    assert store.study(study_id).request.clinical_question is None


def test_another_kind_is_a_contradiction(store: Store) -> None:
    store.add_object(replace(study(), kind=Kind.ULTRASOUND))
    take(store, order())
    assert store.open_orders()[0].candidates[0].differs == ("kind",)


def test_an_accession_number_that_was_used_before_is_not_joined(
    store: Store, clock: FakeClock
) -> None:
    store.add_object(study())
    clock.advance(days=5)
    take(store, order(hours=120))
    assert store.open_orders()[0].candidates[0].differs == ("time",)


def test_of_two_studies_that_fit_none_is_taken(store: Store) -> None:
    both = [store.add_object(study(name, accession=None)).study_id for name in ("a", "b")]
    take(store, order(accession=None))
    (found,) = store.open_orders()
    assert {each.study.id for each in found.candidates} == set(both)
    assert found.why.id == "orders.why.several"


@BOTH
def test_of_two_orders_that_fit_none_is_taken(store: Store) -> None:
    take(store, order("P1", accession=None), order("P2", accession=None))
    store.add_object(study(accession=None))
    assert [each.why.id for each in store.open_orders()] == ["orders.why.rivals"] * 2
    first, second = (each.order.id for each in store.open_orders())
    store.close_order(first, "operator:x", "开错了")
    assert store.match_orders() == 1
    assert store.order(second).state is OrderState.JOINED


def test_an_accession_number_goes_before_the_patient_alone(store: Store) -> None:
    named = store.add_object(study("a")).study_id
    store.add_object(study("b", accession=None))
    take(store, order())
    assert store.orders()[0].study == named


def test_an_order_without_a_study_is_told_after_its_time(store: Store, clock: FakeClock) -> None:
    take(store, order())
    clock.advance(minutes=29)
    assert store.open_orders() == []
    clock.advance(minutes=2)
    (found,) = store.open_orders()
    assert (found.why.id, found.candidates) == ("orders.why.none", ())


def test_the_same_patient_at_another_time_is_told_and_not_joined(
    store: Store, clock: FakeClock
) -> None:
    early = store.add_object(study(accession=None)).study_id
    clock.advance(hours=8)
    take(store, order(accession=None, hours=8))
    assert store.open_orders() == []
    clock.advance(minutes=31)
    (found,) = store.open_orders()
    assert found.why.id == "orders.why.patient"
    assert [(each.study.id, each.differs) for each in found.candidates] == [(early, ("time",))]


def test_an_equal_name_is_shown_and_never_joined(store: Store, clock: FakeClock) -> None:
    name = Patient(name="张伟")
    alike = store.add_object(study(accession=None, patient=name)).study_id
    take(store, order(accession=None))
    assert store.study(alike).asked_by is None
    clock.advance(minutes=31)
    (found,) = store.open_orders()
    assert [(each.study.id, each.by) for each in found.candidates] == [(alike, Found.NAME)]


def test_another_units_study_is_none(store: Store, clock: FakeClock) -> None:
    store.add_object(study(unit="u2"))
    take(store, order())
    clock.advance(hours=1)
    assert store.open_orders()[0].candidates == ()


@BOTH
def test_a_person_joins_parts_and_joins_again(store: Store) -> None:
    li = reader(store)
    wrong = replace(ZHANG, name="王芳", local_number=None, national_id=None)
    study_id = store.add_object(study(patient=wrong)).study_id
    take(store, order(priority=Priority.EMERGENCY))
    order_id = only(store)
    store.join_order(order_id, study_id, li, "电话核对过")
    assert store.study(study_id).request.priority is Priority.EMERGENCY
    store.part_order(order_id, li, "还是不对")
    parted = store.study(study_id)
    assert parted.asked_by is None
    assert parted.request == Request(accession="ACC1")
    assert store.row(study_id).study.due == MORNING + timedelta(minutes=30)
    store.join_order(order_id, study_id, li, "核对无误")
    assert acts(store, order_id) == ["received", "joined", "parted", "joined"]
    assert [e.actor for e in store.order_events(order_id)][1:] == ["li"] * 3
    trail = [e.action for e in store.trail(f"study:{study_id}") if e.action.startswith("order.")]
    assert trail == ["order.joined", "order.parted", "order.joined"]


def _report(store: Store, study_id: int, account: Account) -> None:
    claim = store.claim(study_id, account, "seat")
    store.save_draft(claim, draft())
    store.finish(claim, signed(store, account), ["u1"])


@BOTH
def test_joined_by_a_person_a_reported_study_stays_and_a_linked_request_opens(
    store: Store,
) -> None:
    li = reader(store)
    wrong = replace(ZHANG, name="王芳", local_number=None, national_id=None)
    first = store.add_object(study(patient=wrong)).study_id
    _report(store, first, li)
    take(store, order("P1", priority=Priority.URGENT), order("P2", accession="ACC2"))
    later, sooner = (each.id for each in store.orders())

    again = store.join_order(sooner, first, li, "电话核对过")

    assert again != first
    assert store.study(first).state is StudyState.REPORTED
    assert store.study(first).asked_by is None
    opened = store.study(again)
    assert (opened.linked, opened.state) == (first, StudyState.WAITING)
    assert opened.request.priority is Priority.URGENT
    assert opened.objects == store.study(first).objects
    assert store.order(sooner).study == again
    told = store.order(sooner).told_joined(store.study(first).number)
    assert opened.number in told.text(Language.ZH)
    with pytest.raises(OrderRefused):  # one request waits already, for the other order
        store.join_order(later, first, li, "r")
    _report(store, again, li)
    third = store.join_order(later, first, li, "再次会诊")
    assert store.study(third).linked == again
    assert store.balance().whole
    assert store.check() == []


def test_what_a_person_has_parted_the_program_does_not_join_again(store: Store) -> None:
    li = reader(store)
    study_id = store.add_object(study()).study_id
    take(store, order())
    store.part_order(only(store), li, "别的检查")
    (found,) = store.open_orders()
    assert found.candidates[0].differs == ("parted",)
    assert store.match_orders() == 0
    take(store, replace(order(), request=Request(accession="ACC1")), control=Control.CHANGE)
    store.add_object(study("late"))
    assert store.study(study_id).asked_by is None


def test_closing_and_opening_again_have_reasons(store: Store) -> None:
    li = reader(store)
    take(store, order())
    order_id = only(store)
    with pytest.raises(OrderRefused):
        store.close_order(order_id, li, "  ")
    store.close_order(order_id, li, "未做检查")
    study_id = store.add_object(study()).study_id
    assert store.study(study_id).asked_by is None
    assert store.order(order_id).reason == "未做检查"
    store.reopen_order(order_id, li, "补做了")
    assert store.match_orders() == 1
    assert store.order(order_id).study == study_id


def test_a_person_cannot_join_what_is_not_there_or_taken(store: Store) -> None:
    li = reader(store)
    take(store, order("P1"), order("P2", accession="ACC2"))
    second, first = (each.id for each in store.orders())
    study_id = store.add_object(study()).study_id
    with pytest.raises(OrderRefused):
        store.join_order(second, study_id, li, "r")
    with pytest.raises(OrderRefused):
        store.join_order(second, store.add_object(study("b", "B", unit="u2")).study_id, li, "r")
    with pytest.raises(NotFound):
        store.join_order(second, 999, li, "r")
    with pytest.raises(NotFound):
        store.part_order(999, li, "r")
    store.close_order(second, li, "r")
    with pytest.raises((OrderRefused, IllegalTransition)):
        store.join_order(second, store.add_object(study("c", "C")).study_id, li, "r")
    assert store.order(first).state is OrderState.JOINED


@BOTH
def test_a_cancelled_order_is_told_at_its_study_which_stays(store: Store) -> None:
    study_id = store.add_object(study()).study_id
    take(store, order(priority=Priority.URGENT))
    counter = store.change_counter()
    take(store, order(), control=Control.CANCEL)
    assert store.change_counter() != counter
    (row,) = store.worklist().rows
    assert row.study.asked_by is not None
    assert row.study.asked_by.state is OrderState.CANCELLED
    assert row.study.request.priority is Priority.URGENT
    assert store.study(study_id).state is StudyState.WAITING
    take(store, order("P2"))
    asked_by = store.study(study_id).asked_by
    assert asked_by is not None
    assert asked_by.state is OrderState.JOINED
    assert store.orders()[0].study == study_id


def test_cancelling_what_is_not_known_is_refused(store: Store) -> None:
    with pytest.raises(OrderRefused):
        take(store, order(), control=Control.CANCEL)
    assert store.orders() == []


def test_a_cancelled_order_may_be_ordered_again_and_not_changed(store: Store) -> None:
    take(store, order())
    take(store, order(), control=Control.CANCEL)
    with pytest.raises(OrderRefused):
        take(store, order(), control=Control.CHANGE)
    take(store, order(), control=Control.LISTED)
    assert store.orders()[0].state is OrderState.CANCELLED
    take(store, order())
    assert store.orders()[0].state is OrderState.WAITING


@BOTH
def test_a_change_shows_on_the_study_at_once(store: Store) -> None:
    study_id = store.add_object(study()).study_id
    take(store, order())
    changed = replace(order(), request=Request(Priority.EMERGENCY, "晕厥", accession="ACC1"))
    take(store, changed, control=Control.CHANGE)
    assert store.study(study_id).request.clinical_question == "晕厥"
    assert store.study(study_id).request.priority is Priority.EMERGENCY


def test_a_change_that_contradicts_the_study_leaves_it(store: Store) -> None:
    study_id = store.add_object(study()).study_id
    take(store, order())
    take(store, replace(order(), patient=replace(ZHANG, sex=Sex.FEMALE, national_id=None)),
         control=Control.CHANGE)  # fmt: skip
    assert store.study(study_id).asked_by is None
    (found,) = store.open_orders()
    assert "sex" in found.candidates[0].differs
    assert acts(store, only(store)) == ["received", "joined", "changed", "lost"]


@pytest.mark.parametrize("control", [Control.NEW, Control.CHANGE, Control.CANCEL])
def test_a_known_number_of_another_patient_is_refused(store: Store, control: Control) -> None:
    take(store, order())
    other = replace(ZHANG, local_number="B2", national_id=None)
    with pytest.raises(OrderRefused):
        take(store, order(patient=other), control=control)
    assert store.orders()[0].order.patient.local_number == "A001"
    assert store.orders()[0].state is OrderState.WAITING


@BOTH
def test_a_repeat_does_nothing_and_a_number_used_otherwise_is_refused(store: Store) -> None:
    receipt = Receipt("his", "MSG1", "a" * 64)
    said = [(Control.NEW, order())]
    assert store.take_orders("his", said, receipt)
    assert not store.take_orders("his", said, receipt)
    with pytest.raises(OrderRefused):
        store.take_orders("his", [(Control.NEW, order("P2"))], replace(receipt, sha256="b" * 64))
    assert len(store.orders()) == 1
    other = replace(receipt, peer="other")
    assert store.take_orders("other", [(Control.NEW, order("P3", accession="X"))], other)


@BOTH
def test_a_message_is_taken_whole_or_not_at_all(store: Store) -> None:
    receipt = Receipt("his", "MSG1", "a" * 64)
    said: Sequence[tuple[Control, Order]] = [
        (Control.NEW, order()),
        (Control.CANCEL, order("nobody", accession="nothing")),
    ]
    with pytest.raises(OrderRefused):
        store.take_orders("his", said, receipt)
    assert store.orders() == []
    assert store.take_orders("his", said[:1], receipt)


def test_two_systems_that_name_one_order_make_one(store: Store) -> None:
    take(store, order(), source="his")
    worklist = replace(order(), placer=None, request=Request(accession="ACC1"))
    take(store, worklist, control=Control.LISTED, source="mwl")
    (kept,) = store.orders()
    assert (kept.source, kept.order.request.department) == ("his", "急诊科")


@BOTH
def test_an_order_for_a_reported_study_opens_a_linked_request(store: Store) -> None:
    li = reader(store)
    first = store.add_object(study()).study_id
    store.save_screening(first, screening())
    claim = store.claim(first, li, "seat")
    store.save_draft(claim, draft())
    store.finish(claim, signed(store, li), ["u1"])
    take(store, order(priority=Priority.URGENT))
    (row,) = store.worklist().rows
    again = row.study
    assert again.linked == first
    assert again.request.priority is Priority.URGENT
    assert [each.sha256 for each in again.objects] == [
        each.sha256 for each in store.study(first).objects
    ]
    assert row.screening_state is ScreeningState.DONE
    assert row.screening is not None
    assert store.study(first).state is StudyState.REPORTED
    assert store.study(first).asked_by is None
    assert store.balance().whole
    assert store.check() == []
    claim = store.claim(again.id, li, "seat")
    store.save_draft(claim, draft())
    store.finish(claim, signed(store, li, "第二次"), ["u1"])


def test_the_patient_of_an_order_is_no_patient_of_the_store(store: Store) -> None:
    """An examination that is never made leaves nobody behind whom a study could be taken for."""
    take(store, order())
    alike = Patient(name="张伟", sex=Sex.MALE, birth_date=date(1990, 3, 7))
    study_id = store.add_object(study("x", "X", alike)).study_id
    assert not store.study(study_id).possibly_same


# Patients


def merge(kept: str = "NEW", other: str = "OLD") -> Merge:
    return Merge("u1", Patient(local_number=kept), Patient(local_number=other))


@BOTH
def test_two_numbers_that_a_unit_joins_are_one_patient_until_a_person_parts_them(
    store: Store,
) -> None:
    old = store.add_object(study("a", None, Patient(name="张伟", local_number="OLD"))).study_id
    new = store.add_object(study("b", None, Patient(name="张伟", local_number="NEW"))).study_id
    assert store.earlier(new) == []
    store.take_orders("his", [merge()])
    assert [each.id for each in store.earlier(new)] == [old]
    (found,) = store.patient_links()
    assert found.source == "his"
    li = reader(store)
    with pytest.raises(OrderRefused):
        store.part_patients(found.id, li, "")
    store.part_patients(found.id, li, "合并错误")
    assert store.earlier(new) == []
    assert store.patient_links() == []
    assert store.patient_links(ended=True)[0].reason == "合并错误"
    with pytest.raises(NotFound):
        store.part_patients(found.id, li, "again")
    store.take_orders("his", [merge()])
    assert [each.id for each in store.earlier(new)] == [old]


def test_each_word_of_a_circle_holds_until_it_is_parted(store: Store) -> None:
    first, second = (
        store.add_object(study(name, None, Patient(name="张伟", local_number=name))).study_id
        for name in ("A", "B")
    )
    store.take_orders("his", [merge("A", "B"), merge("B", "C"), merge("C", "A"), merge("A", "C")])
    said = store.patient_links()
    assert len(said) == 3
    li = reader(store)
    store.part_patients(said[-1].id, li, "合并错误")
    assert [each.id for each in store.earlier(second)] == [first]  # by way of C, as was said
    store.part_patients(said[0].id, li, "合并错误")
    assert store.earlier(second) == []


def test_a_merge_counts_for_studies_that_come_later(store: Store) -> None:
    store.take_orders("his", [merge("B", "A"), merge("C", "B")])
    first = store.add_object(study("a", None, Patient(local_number="A"))).study_id
    last = store.add_object(study("c", None, Patient(local_number="C"))).study_id
    assert [each.id for each in store.earlier(last)] == [first]
    store.take_orders("his", [merge("B", "A")])
    assert len(store.patient_links()) == 2


def test_an_order_under_the_old_number_finds_the_study_under_the_new_one(store: Store) -> None:
    store.take_orders("his", [merge()])
    study_id = store.add_object(study("a", None, Patient(local_number="NEW"))).study_id
    take(store, order(accession=None, patient=Patient(name="张伟", local_number="OLD")))
    assert store.orders()[0].study is None or store.orders()[0].study == study_id


@BOTH
def test_a_merge_while_the_study_is_claimed_disturbs_nobody(store: Store) -> None:
    li = reader(store)
    old = report_one(store, "OLD", li)
    new = store.add_object(arrival("NEW")).study_id
    claim = store.claim(new, li, "seat")
    store.save_draft(claim, draft())
    counter = store.change_counter()
    store.take_orders("his", [merge()])
    assert store.change_counter() != counter
    assert [each.id for each in store.earlier(new)] == [old]
    assert store.renew(claim).fencing == claim.fencing
    store.finish(claim, signed(store, li), ["u1"])
    assert store.study(new).state is StudyState.REPORTED


def test_a_merge_of_people_who_differ_makes_open_studies_wait_for_a_reader(store: Store) -> None:
    man = Patient(name="张伟", local_number="OLD", sex=Sex.MALE, birth_date=date(1990, 3, 7))
    woman = Patient(name="王芳", local_number="NEW", sex=Sex.FEMALE, birth_date=date(1950, 1, 1))
    both = [store.add_object(study(p.local_number or "", None, p)).study_id for p in (man, woman)]
    store.take_orders("his", [merge()])
    assert all(store.study(each).identity_conflict for each in both)


def update(**said: object) -> PersonUpdate:
    return PersonUpdate("u1", Patient(local_number="P1", **said))  # type: ignore[arg-type]  # fields of a patient


@BOTH
def test_what_a_unit_says_anew_of_its_patient_fills_and_never_overwrites(store: Store) -> None:
    known = Patient(name="张伟", local_number="P1")
    study_id = store.add_object(study("a", None, known)).study_id
    store.take_orders("his", [update(name="张伟", sex=Sex.MALE, birth_date=date(1961, 3, 7))])
    found = store.study(study_id)
    assert (found.patient.sex, found.patient.birth_date) == (Sex.MALE, date(1961, 3, 7))
    assert not found.identity_conflict
    store.take_orders("his", [update(name="张卫")])  # another name: a reader must confirm
    found = store.study(study_id)
    assert found.patient.name == "张伟"
    assert found.identity_conflict
    entries = [e for e in store.trail("patient:1") if e.action == "patient.updated"]
    assert len(entries) == 2
    assert all("张" not in str(entry.detail) for entry in entries)


def test_a_corrected_birth_date_makes_later_studies_fit(store: Store) -> None:
    wrong = Patient(local_number="P1", sex=Sex.MALE, birth_date=date(1916, 3, 7))
    first = store.add_object(study("a", None, wrong)).study_id
    store.take_orders("his", [update(birth_date=date(1961, 3, 7))])
    assert store.study(first).identity_conflict  # it says otherwise: a reader confirms
    right = Patient(local_number="P1", sex=Sex.MALE, birth_date=date(1961, 3, 7))
    later = store.add_object(study("b", "B", right)).study_id
    assert not store.study(later).identity_conflict
    assert [each.id for each in store.earlier(later)] == [first]


def test_an_update_joins_nobody_and_makes_nobody(store: Store) -> None:
    store.take_orders("his", [update(name="无人")])  # no study of this number: nothing is kept
    mine = Patient(local_number="P1", health_card="330106001234")
    other = Patient(local_number="P2", health_card="330106005678")
    first = store.add_object(study("a", None, mine)).study_id
    second = store.add_object(study("b", "B", other)).study_id
    store.take_orders("his", [update(health_card="330106005678")])  # another patient's card
    assert store.earlier(first) == store.earlier(second) == []
    assert store.study(first).identity_conflict


def test_numbers_of_messages_are_forgotten_in_time_and_the_trail_stays(
    store: Store, clock: FakeClock
) -> None:
    store.take_orders("his", [(Control.NEW, order("P1"))], Receipt("his", "1", "a" * 64))
    clock.advance(hours=24 * 91)
    store.take_orders("his", [(Control.NEW, order("P2"))], Receipt("his", "2", "b" * 64))
    assert store.prune_messages(store.now() - timedelta(days=90)) == 1
    assert store.prune_messages(store.now() - timedelta(days=90)) == 0
    assert not store.take_orders("his", [], Receipt("his", "2", "b" * 64))  # still a repeat
    assert [entry.action for entry in store.trail("orders")] == ["orders.pruned"]
    assert store.check() == store.verify_audit() == []


# What the database refuses by itself

FORBIDDEN = {
    "study_order_step": ["UPDATE study_order SET state = 'closed', study_id = NULL WHERE id = 2"],
    "study_order_born": [
        "INSERT INTO study_order (unit_code, source, content, state, study_id, received)"
        " VALUES ('u1', 'x', '{}', 'joined', 2, '2026-11-22')"
    ],
    "study_order_kept": ["DELETE FROM study_order"],
    "study_order_fixed": [
        "UPDATE study_order SET unit_code = 'u2' WHERE id = 3",
        "UPDATE study_order SET source = 'another'",
    ],
    "study_order_of_its_unit": [
        "UPDATE study_order SET state = 'joined', study_id = 2 WHERE id = 3"
    ],
    "order_number_kept": ["DELETE FROM order_number"],
    "order_event_kept": ["DELETE FROM order_event"],
    "order_event_fixed": ["UPDATE order_event SET act = 'joined'"],
    "order_message_fixed": ["UPDATE order_message SET sha256 = 'x'"],
    "patient_link_kept": ["DELETE FROM patient_link"],
    "patient_link_fixed": [
        "UPDATE patient_link SET other_id = 1, kept_id = 2",
        "UPDATE patient_link SET source = 'me'",
    ],
}


@pytest.fixture(scope="module")
def filled(nowhere: Callable[[str], Place]) -> Callable[[str], Place]:
    """A closed store with an order that is joined, one cancelled, one that waits, and a merge."""

    @cache
    def make(kind: str) -> Place:
        place = nowhere(kind)
        with place.open(FakeClock()) as made:
            made.add_object(study())
            made.add_object(study("b", "B", unit="u2"))
            take(made, order("P1"))
            take(made, order("P2", accession="C"))
            take(made, order("P2", accession="C"), control=Control.CANCEL)
            made.take_orders(
                "his", [(Control.NEW, order("P3", accession="D"))], Receipt("his", "1", "a" * 64)
            )
            made.take_orders("his", [merge()])
        return place

    return make


@BOTH
@pytest.mark.parametrize(
    ("trigger", "sql"), [(name, sql) for name, sqls in FORBIDDEN.items() for sql in sqls]
)
def test_the_database_refuses(undone: Raw, trigger: str, sql: str) -> None:
    with pytest.raises(REFUSALS, match=trigger):
        undone.execute(sql)


def test_every_trigger_is_tried_above() -> None:
    tables = {*order_guards.KEPT, *order_guards.FIXED}
    assert {guard.name for guard in guards() if guard.table in tables} == set(FORBIDDEN)


@BOTH
def test_a_study_has_one_order(undone: Raw) -> None:
    with pytest.raises(REFUSALS, match=r"(?i)unique"):
        undone.execute("UPDATE study_order SET state = 'joined', study_id = 1 WHERE id = 3")


# Whose an order says a study is


def test_earlier_ecgs_are_found_by_the_order_of_a_file_that_names_nobody(
    store: Store, clock: FakeClock
) -> None:
    """A cart that sends nothing but the accession number: the order knows who it was."""
    before = store.add_object(study("old", None)).study_id
    clock.advance(days=5)
    take(store, order(hours=120))
    new = store.add_object(_today("new", "ACC1", Patient())).study_id
    assert [each.id for each in store.earlier(new)] == [before]
    store.part_order(only(store), reader(store), "不是他")
    assert store.earlier(new) == []


def test_they_are_found_as_well_when_a_person_has_joined_them(
    store: Store, clock: FakeClock
) -> None:
    before = store.add_object(study("old", None)).study_id
    clock.advance(days=5)
    take(store, order(hours=120))
    new = store.add_object(_today("new", "OTHER", Patient())).study_id
    store.join_order(only(store), new, reader(store), "检查号写错")
    for _ in range(2):
        store.match_orders()
        assert [each.id for each in store.earlier(new)] == [before]
    assert len(store.patient_links()) == 1


def test_a_study_that_has_numbers_of_its_own_stays_whose_it_is(
    store: Store, clock: FakeClock
) -> None:
    numbered = replace(ZHANG, local_number=None)
    store.add_object(study("old", None, numbered))
    clock.advance(days=5)
    take(store, order(patient=numbered, hours=120))
    new = store.add_object(_today("new", "ACC1", Patient(local_number="B7"))).study_id
    assert store.orders()[0].study == new
    assert store.patient_links() == []


def _today(name: str, accession: str, patient: Patient) -> Arrival:
    """A study of five days later."""
    made = study(name, accession, patient)
    return replace(made, acquired=MORNING + timedelta(days=5))

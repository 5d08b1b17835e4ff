"""Shifts: what is left, taken on by another with name and time; what is handed over is theirs."""

from datetime import timedelta

import pytest

from farlead.errors import ClaimRefused, NotFound
from farlead.model.critical import declared
from farlead.model.handover import Left
from farlead.model.lives import StudyState
from farlead.model.people import Account
from farlead.store import Store
from support_places import REFUSALS, Place
from support_store import FakeClock, arrival, draft, reader, screening, sha, signed


@pytest.fixture
def li(store: Store) -> Account:
    return reader(store)


@pytest.fixture
def zhao(store: Store) -> Account:
    return reader(store, "zhao")


@pytest.fixture
def studies(store: Store, li: Account, clock: FakeClock) -> dict[Left, int]:
    """One of each kind: a draft, one that is checked, a critical value, a promise that is near."""
    kinds = (Left.DRAFT, Left.CHECKED, Left.CASE, Left.AT_RISK)
    made = {kind: store.add_object(arrival(kind)).study_id for kind in kinds}
    for kind in (Left.DRAFT, Left.CHECKED):
        store.save_screening(made[kind], screening())
        claim = store.claim(made[kind], li, "seat")
        store.save_draft(claim, draft())
        if kind is Left.CHECKED:
            store.set_checked(claim, sha("seen"))
        else:
            store.release(claim)
    claim = store.claim(made[Left.CASE], li, "seat")
    store.declare_case(made[Left.CASE], li, declared("气胸"))
    store.release(claim)
    return made


def _kinds(store: Store, account: Account) -> dict[int, set[Left]]:
    found: dict[int, set[Left]] = {}
    for item in store.left_over(account):
        found.setdefault(item.study, set()).add(item.kind)
    return found


def test_what_is_left(
    store: Store, li: Account, zhao: Account, studies: dict[Left, int], clock: FakeClock
) -> None:
    found = _kinds(store, li)
    assert found[studies[Left.DRAFT]] == {Left.DRAFT}
    assert found[studies[Left.CHECKED]] == {Left.CHECKED}
    assert found[studies[Left.CASE]] == {Left.CASE}
    assert studies[Left.AT_RISK] not in found
    clock.advance(minutes=16)
    assert Left.AT_RISK in _kinds(store, li)[studies[Left.AT_RISK]]
    # A colleague leaves no drafts of others, but what is pressing is everybody's.
    assert {Left.DRAFT, Left.CHECKED}.isdisjoint(set().union(*_kinds(store, zhao).values()))


def test_what_is_in_hand_and_a_correction_that_rests_are_left_too(
    store: Store, li: Account, zhao: Account
) -> None:
    held = store.add_object(arrival("held")).study_id
    store.claim(held, li, "seat")
    mended = store.add_object(arrival("mended")).study_id
    claim = store.claim(mended, li, "seat")
    report = store.finish(claim, signed(store, li), ["u1"])
    claim = store.amend(report.id, li, "seat", "笔误")
    store.save_draft(claim, draft("更正"))
    store.release(claim)
    assert _kinds(store, li) == {held: {Left.HELD}, mended: {Left.DRAFT}}
    store.take_shift(store.hand_over(li, "seat", "").id, zhao, "seat 2")
    left = store.draft(mended)
    assert left is not None
    assert left.author == zhao.id
    assert store.study(mended).state is StudyState.REPORTED
    assert store.study(held).state is StudyState.CLAIMED  # the giver has it on the screen still


def test_taken_on_by_another_with_name_and_time(
    store: Store, li: Account, zhao: Account, studies: dict[Left, int], clock: FakeClock
) -> None:
    given = store.hand_over(li, "seat 1", " 3 号机慢 ")
    assert (given.giver_name, given.note, given.given) == (li.name, "3 号机慢", clock.time)
    assert store.handovers() == [given]
    with pytest.raises(ClaimRefused):
        store.take_shift(given.id, li, "seat 1")
    clock.advance(minutes=2)
    taken = store.take_shift(given.id, zhao, "seat 2")
    assert (taken.taker_name, taken.taken) == (zhao.name, clock.time)
    assert taken.items == given.items  # as it stood when it was given
    assert store.handovers() == []
    with pytest.raises(ClaimRefused):
        store.take_shift(given.id, reader(store, "wang"), "seat 3")
    with pytest.raises(NotFound):
        store.take_shift(99, zhao, "seat")
    acts = [(e.actor, e.action) for e in store.trail(f"handover:{given.id}")]
    assert acts == [(li.login, "shift.given"), (zhao.login, "shift.taken")]


def test_drafts_and_checked_studies_have_their_new_holder(
    store: Store, li: Account, zhao: Account, studies: dict[Left, int]
) -> None:
    store.take_shift(store.hand_over(li, "seat", "").id, zhao, "seat 2")
    left = store.draft(studies[Left.DRAFT])
    assert left is not None
    assert left.author == zhao.id
    # Checked by the giver's eyes is not checked by the taker's: it is theirs to see and to sign.
    assert store.checked(li.id) == store.checked(zhao.id) == {}
    with pytest.raises(ClaimRefused):
        store.claim(studies[Left.CHECKED], li, "seat")
    claim = store.claim(studies[Left.CHECKED], zhao, "seat 2")
    store.finish(claim, signed(store, zhao), ["u1"])
    for kind in (Left.DRAFT, Left.CHECKED):
        entries = store.trail(f"study:{studies[kind]}")
        assert "study.handed_over" in [entry.action for entry in entries]
    assert store.verify_audit() == []


def test_what_the_giver_has_in_hand_again_or_has_signed_is_left_to_him(
    store: Store, li: Account, zhao: Account, studies: dict[Left, int]
) -> None:
    given = store.hand_over(li, "seat", "")
    store.claim(studies[Left.DRAFT], li, "seat")
    checked = store.claim(studies[Left.CHECKED], li, "seat")
    store.finish(checked, signed(store, li), ["u1"])
    store.take_shift(given.id, zhao, "seat 2")
    left = store.draft(studies[Left.DRAFT])
    assert left is not None
    assert left.author == li.id
    assert store.study(studies[Left.CHECKED]).state is StudyState.REPORTED


def test_the_database_keeps_shifts(
    store: Store, li: Account, zhao: Account, studies: dict[Left, int], place: Place
) -> None:
    given = store.hand_over(li, "seat", "")
    with place.raw() as raw:
        for refusal, sql in {
            "handover_kept": "DELETE FROM handover",
            "to_another": "UPDATE handover SET taker_id = giver_id, taken = given",
            "taken_whole": "UPDATE handover SET taker_id = 2",
            "handover_taken_once": "UPDATE handover SET items = '[]'",
        }.items():
            with pytest.raises(REFUSALS, match=refusal):
                raw.execute(sql)
        store.take_shift(given.id, zhao, "seat")
        with pytest.raises(REFUSALS, match="handover_taken_once"):
            raw.execute("UPDATE handover SET taker_id = NULL, taken = NULL")
    assert store.now() - given.given < timedelta(seconds=1)

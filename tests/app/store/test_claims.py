"""Claims: one holder, a lease by the store's clock, a fencing number that only grows."""

import pytest

from farlead.errors import ClaimLost, ClaimRefused, NotFound, StoreBusy
from farlead.messages import Language
from farlead.model.lives import StudyState
from farlead.model.study import Priority, Severity
from farlead.model.worklist import Filter
from farlead.store import Store, postgres, sqlite
from support_places import SQLITE, Place
from support_store import FakeClock, arrival, draft, reader, report_one, screening, signed


@pytest.fixture
def study(store: Store) -> int:
    return store.add_object(arrival("a")).study_id


def test_a_held_study_is_refused_and_says_who_holds_it(store: Store, study: int) -> None:
    li, wang = reader(store, "li"), reader(store, "wang")
    claim = store.claim(study, li, "seat 1")
    assert store.row(study).claim == claim
    with pytest.raises(ClaimRefused) as refused:
        store.claim(study, wang, "seat 2")
    assert "医师li" in refused.value.text(Language.ZH)
    assert store.row(study).study.state is StudyState.CLAIMED


def test_a_second_window_of_the_holder_shuts_out_the_first(store: Store, study: int) -> None:
    li = reader(store)
    first = store.claim(study, li, "seat 1")
    second = store.claim(study, li, "seat 1")
    assert second.fencing == first.fencing + 1
    with pytest.raises(ClaimLost):
        store.save_draft(first, draft())
    assert store.renew(second).fencing == second.fencing
    third = store.claim(study, li, "seat 2")  # his studies follow him
    with pytest.raises(ClaimLost):
        store.renew(second)
    assert store.renew(third).station == "seat 2"


def test_a_readers_draft_follows_him_to_another_station(place: Place, clock: FakeClock) -> None:
    with place.open(clock) as here, place.open(clock) as there:
        study = here.add_object(arrival("a")).study_id
        li = reader(here)
        first = here.claim(study, li, "seat 1")
        here.save_draft(first, draft("写到一半"))
        (row,) = there.worklist(Filter(mine=True), li.id).rows  # he sits down elsewhere
        assert (row.study.id, row.has_draft) == (study, True)
        second = there.claim(row.study.id, li, "seat 2")
        kept = there.draft(study)
        assert kept is not None
        assert kept.draft == draft("写到一半")
        with pytest.raises(ClaimLost):
            here.save_draft(first, draft("忘了关的窗口"))
        there.save_draft(second, draft("写完了"))
        there.finish(second, signed(there, li, "写完了"), ["u1"])
        assert [version.draft for version in here.reports(study)] == [draft("写完了")]


def test_what_nobody_can_take_is_passed_over_without_a_word(store: Store) -> None:
    li, wang = reader(store, "li"), reader(store, "wang")
    done = report_one(store, "done", wang)
    held, kept = (store.add_object(arrival(name)).study_id for name in ("held", "kept"))
    store.save_screening(kept, screening())
    store.claim(held, wang, "seat 1")
    store.set_checked(store.claim(kept, wang, "seat 1"), "what was seen")
    seen = store.change_counter()
    assert store.claim_first([done, held, kept], li, "seat 2") is None
    assert store.expire_claims() == []
    assert store.change_counter() == seen  # no other station has a reason to look
    mine = store.claim_first([done, held, kept], wang, "seat 2")  # his own is his to take again
    assert mine is not None
    assert mine.study == held
    assert store.change_counter() != seen


def test_what_is_free_is_taken_past_what_others_hold(store: Store) -> None:
    li, wang = reader(store, "li"), reader(store, "wang")
    studies = [store.add_object(arrival(name)).study_id for name in "abc"]
    held = store.claim(studies[0], wang, "seat 1")
    taken = store.claim_first(studies, li, "seat 2")
    assert taken is not None
    assert taken.study == studies[1]
    assert store.renew(taken).until == taken.until
    mine = store.claim_first([studies[1], studies[2]], li, "seat 3")  # what he holds comes first
    assert mine is not None
    assert (mine.study, mine.fencing) == (studies[1], taken.fencing + 1)
    assert store.claim_first([studies[0]], li, "seat 3") is None
    assert store.claim_first([], li, "seat 3") is None
    assert store.renew(held).study == studies[0]
    last = [(entry.actor, entry.action) for entry in store.trail(f"study:{studies[1]}")][-2:]
    assert last == [("li", "study.claimed")] * 2
    assert store.verify_audit() == []


def test_a_lease_is_renewed_and_runs_out(store: Store, study: int, clock: FakeClock) -> None:
    claim = store.claim(study, reader(store), "seat")
    clock.advance(seconds=119)
    claim = store.renew(claim)
    clock.advance(seconds=119)
    assert store.expire_claims() == []
    clock.advance(seconds=1)
    with pytest.raises(ClaimLost):
        store.renew(claim)
    assert store.expire_claims() == [study]
    assert store.row(study).study.state is StudyState.WAITING
    assert store.row(study).claim is None


def test_what_an_outdated_holder_does_is_refused(
    store: Store, study: int, clock: FakeClock
) -> None:
    li, wang = reader(store, "li"), reader(store, "wang")
    old = store.claim(study, li, "seat 1")
    store.save_draft(old, draft("一"))
    clock.advance(seconds=121)
    store.expire_claims()
    new = store.claim(study, wang, "seat 2")
    assert new.fencing > old.fencing
    for act in (
        lambda: store.renew(old),
        lambda: store.release(old),
        lambda: store.save_draft(old, draft("二")),
        lambda: store.set_checked(old, "seen"),
        lambda: store.request_retake(old, "r", "h"),
        lambda: store.finish(old, signed(store, li), ["u1"]),
    ):
        with pytest.raises(ClaimLost) as lost:
            act()
        assert "医师wang" in lost.value.text(Language.ZH)
    kept = store.draft(study)
    assert kept is not None
    assert kept.draft == draft("一")
    assert store.renew(new).fencing == new.fencing


def test_an_expired_claim_is_free_even_before_anybody_cleans_up(
    store: Store, study: int, clock: FakeClock
) -> None:
    old = store.claim(study, reader(store, "li"), "seat 1")
    clock.advance(seconds=120)
    new = store.claim(study, reader(store, "wang"), "seat 2")
    assert new.fencing == old.fencing + 1
    assert store.expire_claims() == []


def test_giving_back_keeps_the_draft(store: Store, study: int) -> None:
    claim = store.claim(study, reader(store), "seat")
    store.save_draft(claim, draft())
    store.release(claim)
    row = store.row(study)
    assert (row.study.state, row.claim, row.has_draft) == (StudyState.WAITING, None, True)
    with pytest.raises(ClaimLost):
        store.release(claim)


def test_taking_over_needs_a_reason_and_is_recorded(store: Store, study: int) -> None:
    li, wang = reader(store, "li"), reader(store, "wang")
    old = store.claim(study, li, "seat 1")
    with pytest.raises(ClaimRefused):
        store.take_over(study, wang, "seat 2", "  ")
    new = store.take_over(study, wang, "seat 2", "李医师去抢救")
    assert (new.account, new.fencing) == (wang.id, old.fencing + 1)
    with pytest.raises(ClaimLost):
        store.save_draft(old, draft())
    entry = store.trail(f"study:{study}")[-1]
    assert (entry.actor, entry.action) == ("wang", "study.taken_over")
    assert entry.detail["holder"] == li.id


def test_checked_is_reserved_and_returns_when_its_time_is_near(
    store: Store, study: int, clock: FakeClock
) -> None:
    li, wang = reader(store, "li"), reader(store, "wang")
    store.save_screening(study, screening(Severity.NORMAL))
    claim = store.claim(study, li, "seat 1")
    store.save_draft(claim, draft())
    store.set_checked(claim, "seen")
    row = store.row(study)
    assert (row.study.state, row.claim) == (StudyState.CHECKED, None)
    with pytest.raises(ClaimRefused):
        store.claim(study, wang, "seat 2")
    assert [r.study.id for r in store.worklist(Filter(mine=True), li.id).rows] == [study]
    assert store.worklist(Filter(mine=True), wang.id).rows == ()
    clock.advance(minutes=14)
    assert store.expire_claims() == []
    clock.advance(minutes=1)
    assert store.expire_claims() == [study]
    assert store.row(study).study.state is StudyState.WAITING
    assert store.row(study).has_draft


def test_a_checked_study_is_signed_by_its_reader(store: Store, study: int) -> None:
    li = reader(store)
    store.save_screening(study, screening(Severity.REMARK))
    store.set_checked(store.claim(study, li, "seat"), "seen")
    store.finish(store.claim(study, li, "seat"), signed(store, li), ["u1"])
    assert store.row(study).study.state is StudyState.REPORTED


@pytest.mark.parametrize("why", ["urgent", "unknown", "failed", "asked"])
def test_urgent_and_unknown_studies_cannot_wait_for_their_signature(
    store: Store, why: str, clock: FakeClock
) -> None:
    asked = Priority.EMERGENCY if why == "asked" else Priority.ROUTINE
    study = store.add_object(arrival("b", priority=asked)).study_id
    if why == "failed":
        clock.advance(seconds=11)
    else:
        rank = Severity.URGENT if why == "urgent" else Severity.NORMAL
        store.save_screening(study, screening(rank, known=why != "unknown"))
    claim = store.claim(study, reader(store), "seat")
    with pytest.raises(ClaimRefused):
        store.set_checked(claim, "seen")
    assert store.renew(claim).study == study


def test_unknown_studies_are_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.claim(99, reader(store), "seat")
    for ask in (store.study, store.row, store.earlier):
        with pytest.raises(NotFound):
            ask(99)


def test_a_store_that_is_held_too_long_is_said_to_be_busy(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 50)
    monkeypatch.setattr(postgres, "LOCK_SECONDS", 0.05)
    with place.open(FakeClock()) as store, place.raw() as raw:
        store.add_object(arrival("a"))
        if place.kind == SQLITE:
            raw.execute("BEGIN IMMEDIATE")
        else:
            raw.execute("BEGIN")
            raw.execute("SELECT * FROM study FOR UPDATE")
        with pytest.raises(StoreBusy):
            store.claim(1, reader(store), "seat")
        assert len(store.worklist().rows) == 1  # reading goes on
        raw.execute("ROLLBACK")
        assert store.claim(1, reader(store), "seat").study == 1

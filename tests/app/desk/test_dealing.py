"""Dealing: the program says who reads what next, and a reader's own studies follow him."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from farlead.access.accounts import Session
from farlead.access.demo_authority import key_file
from farlead.access.keys import KeyRing
from farlead.desk import Desk
from farlead.errors import ClaimLost, ClaimRefused
from farlead.model.lives import StudyState
from farlead.model.report import Claim
from farlead.model.study import Kind, Priority, Severity
from farlead.reporting.compositor import compositor
from farlead.settings import ClaimSettings
from farlead.store import Store
from support_house import READER, SECOND, House, house_settings, open_house
from support_store import arrival, draft, screening

Seat = Callable[..., Desk]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = house_settings(tmp_path).model_copy(
        update={"claim": ClaimSettings(mode="deal", dealt_checked=2)}
    )
    with open_house(tmp_path, settings) as made:
        yield made


@pytest.fixture
def store(house: House) -> Store:
    return house.services.store


@pytest.fixture
def seat(house: House, store: Store) -> Iterator[Seat]:
    """Sits a reader down at a station."""
    desks: list[Desk] = []

    def sit(login: str = READER.login, station: str = "seat 1") -> Desk:
        account = store.account(login)
        keys = KeyRing(key_file(house.settings, login), account)
        session = Session(account, station, store.now())
        desks.append(
            Desk(
                house.settings,
                store,
                house.services.objects,
                house.services.sandbox,
                session,
                keys,
                compositor(),
            )
        )
        return desks[-1]

    yield sit
    for desk in desks:
        desk.close()


def _arrived(
    store: Store, name: str, severity: Severity | None = Severity.NORMAL, kind: Kind = Kind.ECG
) -> int:
    asked = Priority.URGENT if kind is not Kind.ECG else Priority.ROUTINE
    study = store.add_object(arrival(name, kind=kind, priority=asked)).study_id
    if kind is Kind.ECG and severity is not None:
        store.save_screening(study, screening(severity))
    return study


def _dealt(desk: Desk) -> Claim:
    claim = desk.take_next()
    assert claim is not None
    return claim


def test_the_most_urgent_is_dealt_and_belongs_to_the_reader_at_once(
    store: Store, seat: Seat
) -> None:
    _arrived(store, "a")
    urgent = _arrived(store, "b", Severity.CRITICAL)
    li, wang = seat(), seat(SECOND.login, "seat 2")
    assert _dealt(li).study == urgent
    assert store.row(urgent).study.state is StudyState.CLAIMED
    assert _dealt(wang).study != urgent


def test_a_free_study_is_not_picked(store: Store, seat: Seat) -> None:
    study = _arrived(store, "a")
    desk = seat()
    with pytest.raises(ClaimRefused, match="dealt"):
        desk.claim(study)
    assert desk.take_over(study, "家属催问").study == study  # with a reason, on the record


def test_what_was_passed_on_comes_last_for_this_reader_only(store: Store, seat: Seat) -> None:
    hard = _arrived(store, "a", Severity.URGENT)
    easy = _arrived(store, "b")
    li, wang = seat(), seat(SECOND.login, "seat 2")
    claim = _dealt(li)
    assert claim.study == hard
    with pytest.raises(ClaimRefused):
        li.skip(claim, "  ")
    li.skip(claim, "起搏器，不熟悉")
    skipped = store.trail(f"study:{hard}")[-1]
    assert (skipped.action, skipped.detail["reason"]) == ("study.skipped", "起搏器，不熟悉")
    assert _dealt(li).study == easy
    assert _dealt(wang).study == hard
    with pytest.raises(ClaimLost):
        li.skip(claim, "又一次")


def test_the_last_one_is_dealt_even_to_who_passed_it_on(store: Store, seat: Seat) -> None:
    only = _arrived(store, "a")
    desk = seat()
    desk.skip(_dealt(desk), "稍后再看")
    assert _dealt(desk).study == only


def test_only_what_the_reader_reads_is_dealt(store: Store, seat: Seat) -> None:
    _arrived(store, "ct", kind=Kind.CT)
    ecg = _arrived(store, "ecg")
    store.set_kinds(READER.login, [Kind.ECG], "admin")
    desk = seat()
    assert _dealt(desk).study == ecg
    assert desk.take_next(after=ecg) is None


def test_who_has_much_to_sign_is_dealt_urgent_ones_only(store: Store, seat: Seat) -> None:
    for name in "abc":
        _arrived(store, name)
    desk = seat()
    for _ in range(2):
        claim = _dealt(desk)
        desk.save_draft(claim, draft())
        store.set_checked(claim, "seen")
    assert desk.take_next() is None
    urgent = _arrived(store, "d", Severity.URGENT)
    assert _dealt(desk).study == urgent


def test_claim_and_draft_follow_the_reader_to_another_station(store: Store, seat: Seat) -> None:
    study = _arrived(store, "a")
    _arrived(store, "b", Severity.URGENT)
    first = seat()
    claim = first.take_over(study, "先看这份")
    first.save_draft(claim, draft("未写完"))
    second = seat(station="seat 9")
    moved = _dealt(second)
    assert (moved.study, moved.station) == (study, "seat 9")
    kept = store.draft(study)
    assert kept is not None
    assert kept.draft.conclusion == "未写完"
    with pytest.raises(ClaimLost):
        first.save_draft(claim, draft("旧窗口"))

"""Accounts: wrong passwords make the next one wait, what a person likes follows him."""

from datetime import timedelta

import pytest

from farlead.access.accounts import hash_password, sign_in
from farlead.errors import NotFound, SignInRefused
from farlead.model.people import Role
from farlead.model.study import Kind
from farlead.store import Store
from support_places import SQLITE
from support_store import FakeClock, reader

PASSWORD = "zhong-guo-7"


@pytest.fixture
def signing(store: Store) -> Store:
    """A store with a reader who has a password."""
    reader(store)
    store.set_password("li", PASSWORD, hash_password(PASSWORD), "admin")
    return store


@pytest.mark.parametrize("kind", [SQLITE])
def test_a_right_password_opens_and_a_wrong_one_does_not(signing: Store) -> None:
    assert sign_in(signing, "li", PASSWORD, "seat").login == "li"
    with pytest.raises(SignInRefused):
        sign_in(signing, "li", "wrong", "seat")
    actions = [entry.action for entry in signing.trail("account:li")]
    assert actions[-2:] == ["session.signed_in", "session.refused"]


@pytest.mark.parametrize("kind", [SQLITE])
def test_an_unknown_name_is_refused_in_the_same_words(signing: Store) -> None:
    with pytest.raises(SignInRefused) as wrong:
        sign_in(signing, "li", "wrong", "seat")
    with pytest.raises(SignInRefused) as unknown:
        sign_in(signing, "nobody", PASSWORD, "seat")
    assert str(wrong.value) == str(unknown.value)
    assert signing.trail("account:unknown")[-1].action == "session.refused"


@pytest.mark.parametrize("kind", [SQLITE])
def test_wrong_passwords_make_the_account_rest_longer_each_time(
    signing: Store, clock: FakeClock
) -> None:
    for _ in range(3):
        with pytest.raises(SignInRefused):
            sign_in(signing, "li", "wrong", "seat")
    with pytest.raises(SignInRefused, match="before"):
        sign_in(signing, "li", PASSWORD, "seat")  # the right one is not looked at either
    clock.advance(seconds=5)
    with pytest.raises(SignInRefused, match="before"):
        sign_in(signing, "li", "wrong", "seat")
    clock.advance(seconds=9)
    with pytest.raises(SignInRefused):
        sign_in(signing, "li", PASSWORD, "seat")
    clock.advance(seconds=1)
    assert sign_in(signing, "li", PASSWORD, "seat").login == "li"
    until = signing.note_sign_in("li", "seat", right=False)
    assert until is None  # a right one ends the count


def test_the_longest_rest_is_a_quarter_of_an_hour(store: Store) -> None:
    reader(store)
    for _ in range(40):
        until = store.note_sign_in("li", "seat", right=False)
    assert until == store.now() + timedelta(minutes=15)


@pytest.mark.parametrize("kind", [SQLITE])
def test_a_disabled_account_does_not_sign_in_and_can_be_enabled_again(signing: Store) -> None:
    assert signing.set_enabled("li", "admin", enabled=False).disabled is not None
    with pytest.raises(SignInRefused):
        sign_in(signing, "li", PASSWORD, "seat")
    assert signing.set_enabled("li", "admin", enabled=True).disabled is None
    assert sign_in(signing, "li", PASSWORD, "seat")


def test_what_a_person_likes_is_kept_with_the_account(store: Store) -> None:
    li, wang = reader(store), reader(store, "wang")
    assert store.personal(li) == {}
    store.save_personal(li, {"language": "en", "layouts": {"ecg": "4x3"}, "keys": []})
    store.save_personal(li, {"language": "zh", "layouts": {"ecg": "6x2"}})
    assert store.personal(li) == {"language": "zh", "layouts": {"ecg": "6x2"}}
    assert store.personal(wang) == {}


def test_what_a_person_reads_is_kept(store: Store) -> None:
    reader(store)
    assert store.account("li").reads(Kind.CT)
    store.set_kinds("li", [Kind.ECG], "admin")
    assert store.account("li").reads(Kind.ECG)
    assert not store.account("li").reads(Kind.CT)
    store.set_kinds("li", None, "admin")
    assert store.account("li").kinds is None


def test_acts_on_unknown_accounts_are_told(store: Store) -> None:
    with pytest.raises(NotFound):
        store.set_enabled("nobody", "admin", enabled=False)
    with pytest.raises(NotFound):
        store.set_password("nobody", PASSWORD, "x", "admin")
    with pytest.raises(NotFound):
        store.note_sign_in("nobody", "seat", right=False)


def test_a_new_role_is_kept(store: Store) -> None:
    reader(store)
    store.add_account("li", "医师li", Role.SENIOR_READER)
    assert store.account("li").role is Role.SENIOR_READER

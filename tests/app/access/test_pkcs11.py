"""Keys on a token: SoftHSM2 stands in for the hospital's."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from farlead.access.keys import MOST_TRIES, KeyRing
from farlead.access.pkcs11 import Pkcs11Token
from farlead.access.signing_key import fingerprint
from farlead.errors import CredentialProblem, SigningError, WrongPin
from farlead.messages import Language
from farlead.model.people import Account, Role
from support_pki import PIN, Holder, Pki, open_pki
from support_token import MODULE, Tokens


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pki]:
    with open_pki(tmp_path_factory.mktemp("pki")) as made:
        yield made


@pytest.fixture(scope="module")
def holder(pki: Pki) -> Holder:
    return pki.holder("示例医师甲")


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path)


def _account(holder: Holder) -> Account:
    return Account(1, "jia", "示例医师甲", Role.READER, fingerprint(holder.certificate))


def test_a_token_signs(tokens: Tokens, holder: Holder) -> None:
    label = tokens.plug_in(holder)
    key = Pkcs11Token(MODULE, label).open(PIN)
    assert key.certificate == holder.certificate
    assert key.chain == holder.chain
    public = holder.certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(key.sign(b"data"), b"data", padding.PKCS1v15(), hashes.SHA256())
    key.close()
    with pytest.raises(SigningError):
        key.sign(b"data")


def test_the_one_token_that_is_plugged_in_is_found(tokens: Tokens, holder: Holder) -> None:
    tokens.plug_in(holder)
    key = Pkcs11Token(MODULE, certificate=fingerprint(holder.certificate)).open(PIN)
    assert key.certificate == holder.certificate
    key.close()
    with pytest.raises(CredentialProblem) as refused:
        Pkcs11Token(MODULE, certificate="0" * 64).open(PIN)
    assert refused.value.reason.id == "access.credential.nothing_on_token"


def test_two_tokens_are_one_too_many(tokens: Tokens, holder: Holder) -> None:
    tokens.plug_in(holder)
    tokens.plug_in(holder)
    with pytest.raises(CredentialProblem) as refused:
        Pkcs11Token(MODULE).open(PIN)
    assert refused.value.reason.id == "access.credential.several_tokens"


@pytest.mark.parametrize("what", ["module", "token", "certificate"])
def test_what_is_missing_is_told(tokens: Tokens, holder: Holder, tmp_path: Path, what: str) -> None:
    label = tokens.plug_in(holder, certificate=what != "certificate")
    module = tmp_path / "none.so" if what == "module" else MODULE
    wanted = "elsewhere" if what == "token" else label
    with pytest.raises(CredentialProblem) as refused:
        Pkcs11Token(module, wanted).open(PIN)
    assert refused.value.text(Language.ZH)
    assert refused.value.reason.id.removeprefix("access.credential.") in {
        "no_module", "no_token", "nothing_on_token",
    }  # fmt: skip


def test_three_wrong_pins_lock_the_key(tokens: Tokens, holder: Holder) -> None:
    token = Pkcs11Token(MODULE, tokens.plug_in(holder))
    ring = KeyRing(token, _account(holder), clock=lambda: datetime.now(UTC))
    told = []
    for _ in range(MOST_TRIES):
        with pytest.raises(WrongPin) as refused:
            ring.open("000000")
        told.append(refused.value.reason.id)
    assert told == ["access.wrong_pin", "access.wrong_pin", "access.pin_paused"]
    with pytest.raises(WrongPin) as refused:
        ring.open(PIN)
    assert "锁定" in refused.value.text(Language.ZH)


def test_a_token_unplugged_while_it_signs_is_told(tokens: Tokens, holder: Holder) -> None:
    ring = KeyRing(Pkcs11Token(MODULE, tokens.plug_in(holder)), _account(holder))
    ring.open(PIN)
    key = ring.credential()
    tokens.unplug()
    with pytest.raises(SigningError) as gone:
        key.sign(b"data")
    assert gone.value.reason.id == "access.token_gone"
    assert "草稿已保留" in gone.value.text(Language.ZH)
    ring.close()
    with pytest.raises((CredentialProblem, SigningError)):
        ring.open(PIN)


def test_the_ring_opens_again_after_it_was_closed(tokens: Tokens, holder: Holder) -> None:
    ring = KeyRing(Pkcs11Token(MODULE, tokens.plug_in(holder)), _account(holder))
    for _ in range(3):
        ring.open(PIN)
        assert ring.credential().sign(b"data")
    ring.close()
    assert not ring.is_open

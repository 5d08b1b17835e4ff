"""Signing keys: opened by PIN, closed by themselves, never somebody else's."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from farlead.access.demo_authority import (
    DEMO_ORGANISATION,
    DEMO_PIN,
    DemoReader,
    demo_roots,
    is_demo,
    make_demo_keys,
    trusted,
)
from farlead.access.keys import Credential, KeyRing
from farlead.errors import CredentialProblem, SettingsError, SigningError, WrongPin
from farlead.messages import Language
from farlead.model.people import Account, Role
from farlead.settings import Settings, SigningSettings

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
JIA, YI = DemoReader("jia", "示例医师甲"), DemoReader("yi", "示例医师乙")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(folder=tmp_path_factory.mktemp("keys"), demo=True)


@pytest.fixture(scope="module")
def files(settings: Settings) -> dict[str, Path]:
    return make_demo_keys(settings, [JIA, YI], clock=lambda: NOW)


@pytest.fixture(scope="module")
def credential(files: dict[str, Path]) -> Credential:
    return Credential.from_pkcs12(files["jia"], DEMO_PIN)


def _account(credential: Credential) -> Account:
    return Account(1, "jia", "示例医师甲", Role.READER, credential.fingerprint)


class _Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def _ring(files: dict[str, Path], credential: Credential, clock: Callable[[], datetime]) -> KeyRing:
    return KeyRing(files["jia"], _account(credential), minutes=30, signatures=2, clock=clock)


def test_demo_files_are_private_and_made_once(settings: Settings, files: dict[str, Path]) -> None:
    before = {login: file.read_bytes() for login, file in files.items()}
    assert make_demo_keys(settings, [JIA, YI], clock=lambda: NOW) == files
    assert {login: file.read_bytes() for login, file in files.items()} == before
    for file in files.values():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"PRIVATE KEY" not in file.read_bytes()
    assert stat.S_IMODE(settings.keys.stat().st_mode) == 0o700
    assert b"PRIVATE KEY" not in demo_roots(settings).read_bytes()


def test_demo_certificates_say_what_they_are(settings: Settings, credential: Credential) -> None:
    assert credential.name == "示例医师甲（演示 DEMO）"
    assert is_demo(credential.certificate)
    assert DEMO_ORGANISATION in credential.certificate.subject.rfc4514_string()
    usage = credential.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    (root,) = trusted(settings)
    credential.certificate.verify_directly_issued_by(root)


def test_demo_roots_are_trusted_in_a_demo_only(settings: Settings, files: dict[str, Path]) -> None:
    assert trusted(settings.model_copy(update={"demo": False})) == ()


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_wrong_file_of_roots_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "roots.pem"
    if content is not None:
        file.write_bytes(content)
    own = Settings(folder=tmp_path, signing=SigningSettings(trust=(file,)))
    with pytest.raises(SettingsError) as wrong:
        trusted(own)
    assert "roots.pem" in wrong.value.text(Language.ZH)


def test_a_reader_added_later_is_trusted_too(tmp_path: Path) -> None:
    own = Settings(folder=tmp_path, demo=True)
    make_demo_keys(own, [JIA], clock=lambda: NOW)
    later = make_demo_keys(own, [JIA, YI], clock=lambda: NOW)
    _, second = trusted(own)
    certificate = Credential.from_pkcs12(later["yi"], DEMO_PIN).certificate
    certificate.verify_directly_issued_by(second)


def test_the_key_signs(credential: Credential) -> None:
    public = credential.certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(credential.sign(b"data"), b"data", padding.PKCS1v15(), hashes.SHA256())
    assert "key" not in repr(credential)


def test_a_wrong_pin_opens_nothing(files: dict[str, Path], credential: Credential) -> None:
    ring = _ring(files, credential, _Clock())
    ring.open(DEMO_PIN)
    with pytest.raises(WrongPin):
        ring.open("000000")
    assert not ring.is_open


@pytest.mark.parametrize(("content", "told"), [(None, "找不到"), (b"text", "PKCS#12")])
def test_a_missing_or_damaged_file_is_told(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    file = tmp_path / "x.p12"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CredentialProblem) as refused:
        Credential.from_pkcs12(file, "1")
    assert "x.p12" in refused.value.text(Language.ZH)
    assert told in refused.value.text(Language.ZH)


def test_the_ring_closes_after_its_signatures(
    files: dict[str, Path], credential: Credential
) -> None:
    ring = _ring(files, credential, _Clock())
    assert not ring.is_open
    ring.open(DEMO_PIN)
    assert ring.credential().fingerprint == credential.fingerprint
    ring.credential()
    assert not ring.is_open
    with pytest.raises(SigningError):
        ring.credential()


def test_the_ring_closes_after_its_minutes(files: dict[str, Path], credential: Credential) -> None:
    clock = _Clock()
    ring = _ring(files, credential, clock)
    ring.open(DEMO_PIN)
    clock.now += timedelta(minutes=29, seconds=59)
    assert ring.is_open
    clock.now += timedelta(seconds=1)
    assert not ring.is_open
    clock.now -= timedelta(minutes=10)
    assert not ring.is_open


def test_the_ring_closes_at_lock(files: dict[str, Path], credential: Credential) -> None:
    ring = _ring(files, credential, _Clock())
    ring.open(DEMO_PIN)
    ring.close()
    with pytest.raises(SigningError):
        ring.credential()


def test_another_persons_certificate_does_not_sign(
    files: dict[str, Path], credential: Credential
) -> None:
    ring = KeyRing(files["yi"], _account(credential), clock=_Clock())
    with pytest.raises(CredentialProblem) as refused:
        ring.open(DEMO_PIN)
    assert "示例医师乙" in refused.value.text(Language.ZH)
    assert not ring.is_open


@pytest.mark.parametrize(
    ("days", "told"), [(-5, "尚未生效"), (4 * 365, "到期")], ids=["early", "late"]
)
def test_certificates_sign_only_while_they_are_valid(
    credential: Credential, days: int, told: str
) -> None:
    with pytest.raises(CredentialProblem) as refused:
        credential.check(_account(credential), NOW + timedelta(days=days))
    assert told in refused.value.text(Language.ZH)


def test_guessing_pins_is_slowed_down(files: dict[str, Path], credential: Credential) -> None:
    clock = _Clock()
    ring = _ring(files, credential, clock)
    for _ in range(3):
        with pytest.raises(WrongPin):
            ring.open("000000")
    with pytest.raises(WrongPin) as caught:
        ring.open(DEMO_PIN)
    assert "300" in caught.value.text(Language.ZH)
    assert not ring.is_open
    clock.now += timedelta(seconds=301)
    ring.open(DEMO_PIN)
    assert ring.is_open

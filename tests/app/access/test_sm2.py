"""The hook for vendors' keys, proved with SM2 in software; OpenSSL made the keys and checks."""

import random
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography import x509

from farlead.access.keys import KeyRing
from farlead.access.signing_key import fingerprint
from farlead.access.sm2 import Sm2File, Sm2Key
from farlead.errors import CredentialProblem, SigningError, WrongPin
from farlead.messages import Language
from farlead.model.people import Account, Role
from farlead.reporting.cms import Unproved
from farlead.reporting.signing import Act, sign_first
from farlead.reporting.sm2 import detached, is_sm2, proved
from farlead.reporting.stamp import Composed
from support_pki import PIN

_USER = "distid:1234567812345678"
_PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


def _openssl(folder: Path, *words: str) -> bytes:
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sm2")
    for name in ("ca", "me"):
        _openssl(made, "genpkey", "-algorithm", "SM2", "-out", f"{name}.key")
    signed = ("-sm3", "-sigopt", _USER)
    _openssl(made, "req", "-new", "-x509", "-key", "ca.key", *signed, "-subj", "/CN=SM2 Root",
             "-days", "900", "-out", "ca.pem")  # fmt: skip
    _openssl(made, "req", "-new", "-key", "me.key", *signed, "-subj", "/CN=SM2 Doctor",
             "-out", "me.csr")  # fmt: skip
    (made / "uses").write_text("keyUsage=critical,digitalSignature,nonRepudiation\n")
    _openssl(made, "x509", "-req", "-in", "me.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
             "-CAcreateserial", *signed, "-vfyopt", _USER, "-days", "400", "-extfile", "uses",
             "-out", "me.pem")  # fmt: skip
    _openssl(made, "pkcs8", "-topk8", "-in", "me.key", "-v2", "aes-256-cbc", "-v2prf",
             "hmacWithSHA256", "-passout", f"pass:{PIN}", "-out", "me.p8")  # fmt: skip
    (made / "token.pem").write_bytes((made / "me.p8").read_bytes() + (made / "me.pem").read_bytes())
    return made


@pytest.fixture(scope="module")
def key(folder: Path) -> Sm2Key:
    return Sm2File(folder / "token.pem").open(PIN)


@pytest.fixture(scope="module")
def root(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())


@pytest.fixture(scope="module")
def signature(key: Sm2Key) -> bytes:
    return detached(_PDF, key, datetime.now(UTC))


def test_openssl_accepts_the_signature(folder: Path, key: Sm2Key) -> None:
    (folder / "data").write_bytes(_PDF)
    (folder / "data.sig").write_bytes(key.sign(_PDF))
    _openssl(folder, "x509", "-in", "me.pem", "-noout", "-pubkey", "-out", "me.pub")
    check = ("pkeyutl", "-verify", "-pubin", "-inkey", "me.pub", "-rawin", "-digest", "sm3")
    files = ("-in", "data", "-sigfile", "data.sig")
    said = _openssl(folder, *check, "-pkeyopt", _USER, *files)
    assert b"Verified Successfully" in said


def test_a_detached_signature_is_proved(
    signature: bytes, key: Sm2Key, root: x509.Certificate
) -> None:
    assert is_sm2(key.certificate)
    assert proved(signature, _PDF, [root]) == key.certificate
    (info,) = cms.ContentInfo.load(signature)["content"]["signer_infos"]
    assert info["signature_algorithm"]["algorithm"].dotted == "1.2.156.10197.1.501"


def test_other_data_and_other_roots_are_refused(
    signature: bytes, key: Sm2Key, root: x509.Certificate
) -> None:
    chance = random.Random(5)  # repeatable, not secret
    for _ in range(10):
        place = chance.randrange(len(_PDF))
        changed = _PDF[:place] + bytes([_PDF[place] ^ 1]) + _PDF[place + 1 :]
        with pytest.raises(Unproved):
            proved(signature, changed, [root])
    with pytest.raises(Unproved):
        proved(signature, _PDF, [])
    with pytest.raises(Unproved):
        proved(signature[:-1], _PDF, [root])


def test_the_ring_takes_it_like_any_other(folder: Path, key: Sm2Key) -> None:
    account = Account(1, "bing", "SM2 Doctor", Role.READER, fingerprint(key.certificate))
    ring = KeyRing(Sm2File(folder / "token.pem"), account)
    with pytest.raises(WrongPin):
        ring.open("000000")
    ring.open(PIN)
    opened = ring.credential()
    assert opened.name == "SM2 Doctor"
    assert opened.sign(b"data")
    ring.close()
    with pytest.raises(SigningError):
        opened.sign(b"data")


@pytest.mark.parametrize("content", [None, b"text", b"-----BEGIN CERTIFICATE-----\nAA==\n"])
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "x.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CredentialProblem) as refused:
        Sm2File(file).open(PIN)
    assert "x.pem" in refused.value.text(Language.ZH)


def test_it_does_not_sign_inside_a_pdf(key: Sm2Key) -> None:
    with pytest.raises(SigningError) as refused:
        sign_first(Composed(_PDF, ""), key, Act("签署", datetime.now(UTC)))
    assert refused.value.reason.id == "reporting.signing.sm2"

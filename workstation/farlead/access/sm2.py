"""SM2 keys in software: the proof that a vendor's key fits the hook.

One PEM file: the key as encrypted PKCS#8 (PBES2 with PBKDF2 and AES-CBC), the certificate, its
issuers. A vendor's driver (SKF) takes the place of this file; nothing else changes.
"""

from dataclasses import dataclass
from pathlib import Path

from asn1crypto import core, keys, pem  # type: ignore[import-untyped]  # ships no types
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.padding import PKCS7
from gmalg import SM2  # type: ignore[import-untyped]  # ships no types

from farlead.access.signing_key import SigningKey, problem
from farlead.errors import WrongPin
from farlead.messages import message
from farlead.reporting.sm2 import USER, is_sm2


@dataclass(frozen=True, slots=True)
class Sm2File:
    """A PEM file as a token (`farlead.access.signing_key.Token`)."""

    path: Path

    def open(self, pin: str) -> "Sm2Key":
        """Open the file.

        Raises
        ------
        WrongPin
            The PIN does not open the key.
        CredentialProblem
            The file is missing or damaged, or has no SM2 certificate and key in it.
        """
        try:
            data = self.path.read_bytes()
            locked, certificates = _parts(data)
        except OSError as error:
            raise problem("unreadable", file=self.path.name) from error
        except ValueError as error:
            raise problem("not_sm2", file=self.path.name) from error
        if locked is None or not certificates or not is_sm2(certificates[0]):
            raise problem("not_sm2", file=self.path.name)
        try:
            secret = _unlocked(locked, pin)
        except ValueError as error:
            raise WrongPin(message("access.wrong_pin")) from error
        return Sm2Key(secret, certificates[0], tuple(certificates[1:]))


class Sm2Key(SigningKey):
    """An opened SM2 key in memory."""

    def __init__(
        self, secret: bytes, certificate: x509.Certificate, chain: tuple[x509.Certificate, ...]
    ) -> None:
        self._key: SM2 | None = SM2(sk=secret, uid=USER)
        self._certificate = certificate
        self._chain = chain

    @property
    def certificate(self) -> x509.Certificate:
        """Certificate of the person."""
        return self._certificate

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Issuers that came with it."""
        return self._chain

    def sign(self, data: bytes) -> bytes:
        """DER pair of the signature over `data` with SM3; WrongPin once it is closed."""
        if self._key is None:
            raise WrongPin(message("access.key_closed"))
        pair = (int.from_bytes(part) for part in self._key.sign(data))
        return bytes(core.SequenceOf([*pair], spec=core.Integer).dump())

    def close(self) -> None:
        """Forget the key."""
        self._key = None


def _parts(data: bytes) -> tuple[bytes | None, list[x509.Certificate]]:
    """Locked key and certificates of a PEM file."""
    locked, certificates = None, []
    for kind, _, content in pem.unarmor(data, multiple=True):
        if kind == "ENCRYPTED PRIVATE KEY":
            locked = content
        elif kind == "CERTIFICATE":
            certificates.append(x509.load_der_x509_certificate(content))
    return locked, certificates


def _unlocked(locked: bytes, pin: str) -> bytes:
    """The secret number of an encrypted PKCS#8 key; ValueError when the PIN does not open it."""
    info = keys.EncryptedPrivateKeyInfo.load(locked)
    how = info["encryption_algorithm"]
    if how.kdf != "pbkdf2" or how.kdf_hmac != "sha256" or how.encryption_cipher != "aes":
        raise ValueError("locked in a way that is not known here")
    kdf = PBKDF2HMAC(hashes.SHA256(), how.key_length, how.kdf_salt, how.kdf_iterations)
    cipher = Cipher(AES(kdf.derive(pin.encode())), CBC(how.encryption_iv)).decryptor()
    padded = cipher.update(info["encrypted_data"].native) + cipher.finalize()
    unpadder = PKCS7(128).unpadder()
    whole = keys.PrivateKeyInfo.load(unpadder.update(padded) + unpadder.finalize())
    number: int = whole["private_key"].parsed["private_key"].native
    return number.to_bytes(32)

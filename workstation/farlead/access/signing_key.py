"""What a signing key is, wherever it lives, and whose.

This is the hook for a vendor's key. A driver (SKF for the SM2 keys of Chinese authorities, a
remote signing service, any other) is two small classes:

* a :class:`Token` says where the key lives and opens it with a PIN;
* a :class:`SigningKey` is the opened key: certificate, issuers, `sign`, `close`.

`docs/reports.md` tells what each must do. Three are here: a PKCS#12 file
(`farlead.access.keys`), a PKCS#11 token (`farlead.access.pkcs11`), and SM2 in software
(`farlead.access.sm2`).
"""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from farlead.errors import CredentialProblem
from farlead.messages import message
from farlead.model.people import Account


class SigningKey(ABC):
    """An opened key with its certificate (`farlead.reporting.signing.Signer`)."""

    @property
    @abstractmethod
    def certificate(self) -> x509.Certificate:
        """Certificate of the person."""

    @property
    @abstractmethod
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Issuers that came with it."""

    @abstractmethod
    def sign(self, data: bytes) -> bytes:
        """Signature over `data`.

        With SHA-256: PKCS#1 v1.5 for an RSA certificate, a DER pair for an elliptic curve;
        with SM3: a DER pair for SM2. SigningError when the key is gone.
        """

    def close(self) -> None:  # noqa: B027 - a key in memory has nothing to close
        """Give the key back; nothing can be signed with it afterwards."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hex."""
        return fingerprint(self.certificate)

    @property
    def name(self) -> str:
        """Common name of the person."""
        return common_name(self.certificate)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.fingerprint[:16]}>"

    def check(self, account: Account, at: datetime) -> None:
        """Raise CredentialProblem unless this certificate may sign for `account` at `at`."""
        if account.certificate != self.fingerprint:
            raise problem("other_person", name=self.name, account=account.name)
        if at < self.certificate.not_valid_before_utc:
            raise problem("not_yet_valid", name=self.name)
        if at > self.certificate.not_valid_after_utc:
            until = self.certificate.not_valid_after_utc.date().isoformat()
            raise problem("expired", name=self.name, until=until)
        if not may_sign(self.certificate):
            raise problem("not_for_signing", name=self.name)


class Token(Protocol):
    """Where a person's key lives."""

    def open(self, pin: str) -> SigningKey:
        """Open the key.

        Raises
        ------
        WrongPin
            The PIN does not open it, or it is locked.
        CredentialProblem
            There is no token, or no certificate and key on it that can sign.
        """


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, hex: what an account stores."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def common_name(certificate: x509.Certificate) -> str:
    """Common name of the subject; the whole subject where there is none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def may_sign(certificate: x509.Certificate) -> bool:
    """Whether its key usage allows signatures."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def problem(what: str, **parameters: str) -> CredentialProblem:
    """CredentialProblem with the text ``access.credential.WHAT``."""
    return CredentialProblem(message(f"access.credential.{what}", **parameters))

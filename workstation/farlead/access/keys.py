"""Personal signing keys: opened by PIN, held in memory only, closed by themselves."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from farlead.errors import CredentialProblem, SigningError, WrongPin
from farlead.messages import message
from farlead.model.people import Account
from farlead.settings import Clock, utc_now


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, hex: what an account stores."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def common_name(certificate: x509.Certificate) -> str:
    """Common name of the subject; the whole subject where there is none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


@dataclass(frozen=True)
class Credential:
    """A certificate with its private key, ready to sign (`farlead.reporting.signing.Signer`).

    Parameters
    ----------
    certificate : cryptography.x509.Certificate
    chain : tuple of Certificate
        Issuers that came with it.
    key : RSA or elliptic-curve private key
        Only in memory; nothing in Farlead writes it.
    """

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    def __repr__(self) -> str:
        return f"<Credential {self.fingerprint[:16]}>"

    @classmethod
    def from_pkcs12(cls, path: Path, pin: str) -> "Credential":
        """Open a PKCS#12 file.

        Raises
        ------
        WrongPin
            The PIN does not open the file.
        CredentialProblem
            The file is missing or damaged, or has no certificate or usable key in it.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise _problem("unreadable", file=path.name) from error
        if not data.startswith(b"\x30"):
            raise _problem("damaged", file=path.name)
        try:
            key, certificate, chain = pkcs12.load_key_and_certificates(data, pin.encode())
        except ValueError as error:
            raise WrongPin(message("access.wrong_pin")) from error
        if certificate is None or not isinstance(
            key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
        ):
            raise _problem("incomplete", file=path.name)
        return cls(certificate, tuple(chain), key)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, hex."""
        return fingerprint(self.certificate)

    @property
    def name(self) -> str:
        """Common name of the person."""
        return common_name(self.certificate)

    def sign(self, data: bytes) -> bytes:
        """Signature over `data` with SHA-256: PKCS#1 v1.5 for RSA, DER for ECDSA."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))

    def check(self, account: Account, at: datetime) -> None:
        """Raise CredentialProblem unless this certificate may sign for `account` at `at`."""
        if account.certificate != self.fingerprint:
            raise _problem("other_person", name=self.name, account=account.name)
        if at < self.certificate.not_valid_before_utc:
            raise _problem("not_yet_valid", name=self.name)
        if at > self.certificate.not_valid_after_utc:
            until = self.certificate.not_valid_after_utc.date().isoformat()
            raise _problem("expired", name=self.name, until=until)
        if not _may_sign(self.certificate):
            raise _problem("not_for_signing", name=self.name)


#: So many wrong PINs in a row, and then a pause before the next one is tried.
MOST_TRIES = 5
PAUSE = timedelta(seconds=60)


class KeyRing:
    """The key of the person at this station. Closed until the PIN opens it.

    It closes by itself after `minutes` or `signatures`, whichever comes first, and at once by
    :meth:`close` (lock, log-out, change of reader). Safe to use from several threads.

    Parameters
    ----------
    path : Path
        PKCS#12 file.
    account : Account
        Whose certificate it must be.
    """

    def __init__(
        self,
        path: Path,
        account: Account,
        *,
        minutes: int = 30,
        signatures: int = 200,
        clock: Clock = utc_now,
    ) -> None:
        self._path = path
        self._account = account
        self._time = timedelta(minutes=minutes)
        self._signatures = signatures
        self._clock = clock
        self._lock = threading.Lock()
        self._credential: Credential | None = None
        self._until = datetime.min.replace(tzinfo=UTC)
        self._left = 0
        self._wrong = 0
        self._last_wrong = datetime.min.replace(tzinfo=UTC)

    def open(self, pin: str) -> None:
        """Open the key.

        Raises
        ------
        WrongPin, CredentialProblem
            It stays closed. After MOST_TRIES wrong PINs in a row no further one is tried for
            PAUSE.
        """
        now = self._clock()
        with self._lock:
            self._credential = None
            if self._wrong >= MOST_TRIES and now < self._last_wrong + PAUSE:
                seconds = round((self._last_wrong + PAUSE - now).total_seconds())
                raise WrongPin(message("access.pin_paused", tries=MOST_TRIES, seconds=seconds))
            try:
                credential = Credential.from_pkcs12(self._path, pin)
            except WrongPin:
                self._wrong, self._last_wrong = self._wrong + 1, now
                raise
            self._wrong = 0
            credential.check(self._account, now)
            self._credential = credential
            self._until = now + self._time
            self._left = self._signatures

    def close(self) -> None:
        """Forget the key."""
        with self._lock:
            self._credential = None

    @property
    def is_open(self) -> bool:
        """Whether a signature could be made now without the PIN."""
        with self._lock:
            return self._current() is not None

    def credential(self) -> Credential:
        """Key for one signature; it counts as used.

        Raises
        ------
        SigningError
            The ring is closed: ask for the PIN.
        CredentialProblem
            The certificate has expired since the ring was opened.
        """
        with self._lock:
            credential = self._current()
            if credential is None:
                raise SigningError(message("access.key_closed"))
            credential.check(self._account, self._clock())
            self._left -= 1
            return credential

    def _current(self) -> Credential | None:
        if self._left <= 0 or self._credential is None or self._clock() >= self._until:
            self._credential = None
        return self._credential


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _problem(what: str, **parameters: str) -> CredentialProblem:
    return CredentialProblem(message(f"access.credential.{what}", **parameters))

"""Personal signing keys: opened by PIN, never written anywhere, closed by themselves."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from farlead.access.signing_key import SigningKey, Token, problem
from farlead.errors import CredentialProblem, SigningError, WrongPin
from farlead.messages import message
from farlead.model.people import Account
from farlead.settings import Clock, utc_now


class Credential(SigningKey):
    """A certificate with its private key in memory.

    Parameters
    ----------
    certificate : cryptography.x509.Certificate
    chain : tuple of Certificate
        Issuers that came with it.
    key : RSA or elliptic-curve private key
        Only in memory; nothing in Farlead writes it.
    """

    def __init__(
        self,
        certificate: x509.Certificate,
        chain: tuple[x509.Certificate, ...],
        key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    ) -> None:
        self._certificate = certificate
        self._chain = chain
        self._key = key

    @property
    def certificate(self) -> x509.Certificate:
        """Certificate of the person."""
        return self._certificate

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Issuers that came with it."""
        return self._chain

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
            raise problem("unreadable", file=path.name) from error
        if not data.startswith(b"\x30"):
            raise problem("damaged", file=path.name)
        try:
            key, certificate, chain = pkcs12.load_key_and_certificates(data, pin.encode())
        except ValueError as error:
            raise WrongPin(message("access.wrong_pin")) from error
        if certificate is None or not isinstance(
            key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
        ):
            raise problem("incomplete", file=path.name)
        return cls(certificate, tuple(chain), key)

    def sign(self, data: bytes) -> bytes:
        """Signature over `data` with SHA-256: PKCS#1 v1.5 for RSA, DER for ECDSA."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


@dataclass(frozen=True, slots=True)
class Pkcs12File:
    """A PKCS#12 file as a token (`farlead.access.signing_key.Token`)."""

    path: Path

    def open(self, pin: str) -> Credential:
        """Open the file; raises as :meth:`Credential.from_pkcs12` does."""
        return Credential.from_pkcs12(self.path, pin)


#: So many wrong PINs in a row lock the key for so long: nothing is tried meanwhile.
MOST_TRIES = 3
PAUSE = timedelta(minutes=5)


class KeyRing:
    """The key of the person at this station. Closed until the PIN opens it.

    It closes by itself after `minutes` or `signatures`, whichever comes first, and at once by
    :meth:`close` (lock, log-out, change of reader). Safe to use from several threads.

    Parameters
    ----------
    token : Token or Path
        Where the key lives; a path is a PKCS#12 file.
    account : Account
        Whose certificate it must be.
    """

    def __init__(
        self,
        token: Token | Path,
        account: Account,
        *,
        minutes: int = 30,
        signatures: int = 200,
        clock: Clock = utc_now,
    ) -> None:
        self._token = Pkcs12File(token) if isinstance(token, Path) else token
        self._account = account
        self._time = timedelta(minutes=minutes)
        self._signatures = signatures
        self._clock = clock
        self._lock = threading.Lock()
        self._credential: SigningKey | None = None
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
            self._forget()
            self._unless_locked(now)
            try:
                credential = self._token.open(pin)
            except WrongPin as error:
                self._wrong, self._last_wrong = self._wrong + 1, now
                self._unless_locked(now, error)
                raise
            self._wrong = 0
            try:
                credential.check(self._account, now)
            except CredentialProblem:
                credential.close()
                raise
            self._credential = credential
            self._until = now + self._time
            self._left = self._signatures

    def _unless_locked(self, now: datetime, error: WrongPin | None = None) -> None:
        if self._wrong >= MOST_TRIES and now < self._last_wrong + PAUSE:
            seconds = round((self._last_wrong + PAUSE - now).total_seconds())
            told = message("access.pin_paused", tries=self._wrong, seconds=seconds)
            raise WrongPin(told) from error

    def _forget(self) -> None:
        credential, self._credential = self._credential, None
        if credential is not None:
            credential.close()

    def close(self) -> None:
        """Forget the key."""
        with self._lock:
            self._forget()

    @property
    def is_open(self) -> bool:
        """Whether a signature could be made now without the PIN."""
        with self._lock:
            return self._current() is not None

    def credential(self) -> SigningKey:
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

    def _current(self) -> SigningKey | None:
        if self._left <= 0 or self._credential is None or self._clock() >= self._until:
            self._forget()
        return self._credential

"""Keys on a PKCS#11 token: the key never leaves it, the PIN opens a session."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11.util.ec import encode_ecdsa_signature

from farlead.access.signing_key import SigningKey, fingerprint, may_sign, problem
from farlead.errors import CredentialProblem, SigningError, WrongPin
from farlead.messages import message

#: What tokens answer to a PIN that does not open them.
_WRONG = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange)
_LOCKED = (pkcs11.PinLocked, pkcs11.PinExpired)


@dataclass(frozen=True, slots=True)
class Pkcs11Token:
    """A token behind a vendor's PKCS#11 module (`farlead.access.signing_key.Token`).

    Parameters
    ----------
    module : Path
        The vendor's library.
    label : str or None
        Label of the token; None: the one that is plugged in.
    certificate : str or None
        SHA-256 of the certificate to sign with; None: the only one that may sign.
    """

    module: Path
    label: str | None = None
    certificate: str | None = None

    def open(self, pin: str) -> "TokenKey":
        """Log in with the PIN and find certificate and key.

        Raises
        ------
        WrongPin
        CredentialProblem
            Module or token is not there, or there is nothing on it to sign with.
        """
        token = self._plugged_in()
        try:
            session = token.open(user_pin=pin)
        except _WRONG as error:
            raise WrongPin(message("access.wrong_pin")) from error
        except _LOCKED as error:
            raise WrongPin(message("access.token_locked")) from error
        except pkcs11.PKCS11Error as error:
            raise problem("no_token", label=self.label or "–") from error
        try:
            return self._key(session)
        except CredentialProblem:
            session.close()
            raise
        except pkcs11.PKCS11Error as error:
            session.close()
            raise problem("no_token", label=self.label or "–") from error

    def _plugged_in(self) -> pkcs11.Token:
        try:
            library = pkcs11.lib(str(self.module))
        except (RuntimeError, pkcs11.PKCS11Error) as error:
            raise problem("no_module", file=str(self.module)) from error
        try:
            found = [slot.get_token() for slot in library.get_slots(token_present=True)]
        except pkcs11.PKCS11Error as error:
            raise problem("no_token", label=self.label or "–") from error
        named = [
            token for token in found
            if self.label == token.label
            or (self.label is None and pkcs11.TokenFlag.TOKEN_INITIALIZED in token.flags)
        ]  # fmt: skip
        if not named:
            raise problem("no_token", label=self.label or "–")
        if len(named) > 1:
            raise problem("several_tokens")
        return named[0]

    def _key(self, session: pkcs11.Session) -> "TokenKey":
        known = list(_certificates(session))
        wanted = self.certificate
        for identifier, certificate in known:
            if wanted is not None and fingerprint(certificate) != wanted:
                continue
            if wanted is None and not may_sign(certificate):
                continue
            try:
                key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, id=identifier)
            except (pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned):
                continue
            if isinstance(key, pkcs11.SignMixin):
                chain = _issuers(certificate, [each for _, each in known])
                return TokenKey(session, key, certificate, chain)
        raise problem("nothing_on_token", label=self.label or "–")


class TokenKey(SigningKey):
    """An opened key on a token; one signature at a time."""

    def __init__(
        self,
        session: pkcs11.Session,
        key: pkcs11.SignMixin,
        certificate: x509.Certificate,
        chain: tuple[x509.Certificate, ...],
    ) -> None:
        self._session = session
        self._key = key
        self._certificate = certificate
        self._chain = chain
        self._lock = threading.Lock()

    @property
    def certificate(self) -> x509.Certificate:
        """Certificate of the person."""
        return self._certificate

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Issuers that lie on the token."""
        return self._chain

    def sign(self, data: bytes) -> bytes:
        """Signature over `data` with SHA-256, made by the token.

        Raises
        ------
        SigningError
            The token was unplugged, or its session ended.
        """
        with self._lock:
            try:
                return self._signed(data)
            except pkcs11.PKCS11Error as error:
                cause = type(error).__name__
                raise SigningError(message("access.token_gone", cause=cause)) from error

    def _signed(self, data: bytes) -> bytes:
        if isinstance(self._certificate.public_key(), ec.EllipticCurvePublicKey):
            digest = hashes.Hash(hashes.SHA256())
            digest.update(data)
            pair = self._key.sign(digest.finalize(), mechanism=pkcs11.Mechanism.ECDSA)
            return encode_ecdsa_signature(bytes(pair))
        return bytes(self._key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))

    def close(self) -> None:
        """Log out."""
        with self._lock:
            try:
                self._session.close()
            except pkcs11.PKCS11Error:
                return  # it is unplugged: nothing is left to log out of


def _certificates(session: pkcs11.Session) -> Iterator[tuple[bytes, x509.Certificate]]:
    wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
    for found in session.get_objects(wanted):
        try:
            certificate = x509.load_der_x509_certificate(bytes(found[pkcs11.Attribute.VALUE]))
        except ValueError:
            continue  # tokens carry other things too
        yield bytes(found[pkcs11.Attribute.ID]), certificate


def _issuers(
    certificate: x509.Certificate, known: list[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """Issuers of a certificate among those on the token, up to but without the root."""
    chain: list[x509.Certificate] = []
    last = certificate
    while True:
        above = next((each for each in known if each.subject == last.issuer), None)
        if above is None or above.subject == above.issuer or above in chain:
            return tuple(chain)
        chain.append(above)
        last = above

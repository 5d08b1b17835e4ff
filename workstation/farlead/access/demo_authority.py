"""Certificates for trying Farlead out: their own authority, plainly marked, worth nothing.

Made once, at first start of the demo. The authority's key is thrown away as soon as the
readers' certificates are made, so nobody can issue another; a reader who is added later gets
an authority of his own in the same bundle of roots.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from farlead.access.signing_key import common_name
from farlead.errors import SettingsError
from farlead.messages import message
from farlead.settings import Clock, Settings, utc_now

#: PIN of all demo keys; the demo prints it.
DEMO_PIN = "246810"
#: Organisation in all demo certificates: what a report's verification recognises.
DEMO_ORGANISATION = "Farlead 演示 / not for clinical use"

_YEARS = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class DemoReader:
    """A reader of the demo: log-in and name."""

    login: str
    name: str


def demo_roots(settings: Settings) -> Path:
    """File with the demo authorities' certificates (PEM)."""
    return settings.keys / "demo-ca.pem"


def key_file(settings: Settings, login: str) -> Path:
    """PKCS#12 file of an account."""
    return settings.keys / f"{login}.p12"


def make_demo_keys(
    settings: Settings, readers: Sequence[DemoReader], *, clock: Clock = utc_now
) -> dict[str, Path]:
    """Make what is missing: authority, certificates, PKCS#12 files (0600).

    Returns
    -------
    dict
        Log-in -> PKCS#12 file, for all `readers`.
    """
    settings.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = {reader.login: key_file(settings, reader.login) for reader in readers}
    missing = [reader for reader in readers if not files[reader.login].exists()]
    if missing:
        authority = _Authority(clock())
        with demo_roots(settings).open("ab") as roots:
            roots.write(authority.certificate.public_bytes(Encoding.PEM))
        for reader in missing:
            _write_private(files[reader.login], authority.issue(reader))
    return files


def trusted(settings: Settings) -> tuple[x509.Certificate, ...]:
    """Roots to verify reports with: those of the settings, and the demo's in a demo.

    Raises
    ------
    SettingsError
        A file of trusted certificates is missing or is none; the reason names it.
    """
    files = [*settings.signing.trust]
    if settings.demo and demo_roots(settings).exists():
        files.append(demo_roots(settings))
    return tuple(certificate for file in files for certificate in _certificates(file))


def _certificates(file: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(message("access.trust", file=str(file), cause=str(error))) from error


def is_demo(certificate: x509.Certificate) -> bool:
    """Whether a certificate is one of the demo's."""
    names = certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return any(name.value == DEMO_ORGANISATION for name in names)


class _Authority:
    """A demo authority while its key exists."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._key = rsa.generate_private_key(65537, 2048)
        name = _subject("Farlead 演示 DEMO CA")
        self.certificate = (
            self._builder(name, name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def issue(self, reader: DemoReader) -> bytes:
        """PKCS#12 with key, certificate and this authority, locked with the demo PIN."""
        key = rsa.generate_private_key(65537, 2048)
        subject = _subject(f"{reader.name}（演示 DEMO）")
        certificate = (
            self._builder(subject, self.certificate.subject, key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        return pkcs12.serialize_key_and_certificates(
            common_name(certificate).encode(),
            key,
            certificate,
            [self.certificate],
            BestAvailableEncryption(DEMO_PIN.encode()),
        )

    def _builder(
        self, subject: x509.Name, issuer: x509.Name, key: rsa.RSAPublicKey
    ) -> x509.CertificateBuilder:
        # A day back: stations' clocks differ a little.
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - timedelta(days=1))
            .not_valid_after(self._now + _YEARS)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )


def _subject(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEMO_ORGANISATION),
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,  # "non-repudiation"
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _write_private(file: Path, data: bytes) -> None:
    """Write `file` whole or not at all, never readable by others."""
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    part.replace(file)

"""A hospital's authority on loopback: root, issuing authority, revocation lists, time stamps.

The time stamps are made by OpenSSL, so that a program of others makes what ours must prove.
"""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from threaded import serving

PIN = "135790"

_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
    "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


@dataclass
class Holder:
    """A certificate with its key; signs, as a key in memory does."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def pkcs12(self) -> bytes:
        """The holder as a file locked with PIN."""
        lock = BestAvailableEncryption(PIN.encode())
        return pkcs12.serialize_key_and_certificates(
            b"holder", self.key, self.certificate, list(self.chain), lock
        )


@dataclass
class Pki:
    """Root and issuing authority; what they publish is served under `address`."""

    folder: Path
    address: str = ""
    revoked: set[int] = field(default_factory=set)
    #: What the time stamp service does: "answer", "refuse", "garbage" or "silent".
    stamping: str = "answer"
    asked: int = 0

    def __post_init__(self) -> None:
        self.root = self._made("Test Root", None, authority=True)
        self.issuing = self._made("Test Issuing", self.root, authority=True)

    def holder(
        self, name: str, *, days: tuple[int, int] = (-1, 365), published: bool = True
    ) -> Holder:
        """A person who may sign."""
        return self._made(name, self.issuing, days=days, published=published)

    def service(self) -> None:
        """Key and certificate of the time stamp service, and OpenSSL's configuration."""
        made = self._made("Test TSA", self.issuing, stamps=True)
        pem = Encoding.PEM
        (self.folder / "tsa.pem").write_bytes(made.certificate.public_bytes(pem))
        chain = b"".join(each.public_bytes(pem) for each in made.chain)
        (self.folder / "chain.pem").write_bytes(chain)
        key = made.key.private_bytes(pem, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / "tsa.key").write_bytes(key)
        (self.folder / "serial").write_text("01\n")
        (self.folder / "tsa.cnf").write_text(
            f"[tsa]\ndefault_tsa = one\n[one]\nserial = {self.folder}/serial\n"
            f"signer_cert = {self.folder}/tsa.pem\nsigner_key = {self.folder}/tsa.key\n"
            f"certs = {self.folder}/chain.pem\nsigner_digest = sha256\n"
            "default_policy = 1.2.3.4.1\ndigests = sha256, sha512\nordering = yes\n"
            "ess_cert_id_chain = no\ness_cert_id_alg = sha256\n"
        )

    def revocations(self, authority: Holder) -> bytes:
        """The authority's list of revoked certificates."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(authority.certificate.subject)
            .last_update(now - timedelta(days=1))
            .next_update(now + timedelta(days=7))
        )
        for serial in self.revoked:
            gone = x509.RevokedCertificateBuilder().serial_number(serial)
            builder = builder.add_revoked_certificate(
                gone.revocation_date(now - timedelta(hours=1)).build()
            )
        return builder.sign(authority.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def stamped(self, query: bytes) -> bytes:
        """OpenSSL's answer to a time stamp query."""
        asked = self.folder / f"query-{threading.get_ident()}"
        asked.write_bytes(query)
        return subprocess.run(
            ["openssl", "ts", "-reply", "-queryfile", str(asked), "-config",
             str(self.folder / "tsa.cnf"), "-section", "one"],
            check=True, capture_output=True, timeout=30,
        ).stdout  # fmt: skip

    def _made(
        self,
        name: str,
        issuer: Holder | None,
        *,
        authority: bool = False,
        stamps: bool = False,
        days: tuple[int, int] = (-1, 365),
        published: bool = True,
    ) -> Holder:
        key, now = rsa.generate_private_key(65537, 2048), datetime.now(UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signing = issuer.key if issuer else key
        uses = {"key_cert_sign", "crl_sign"} if authority else {"digital_signature"}
        uses |= set() if authority or stamps else {"content_commitment"}
        usage = x509.KeyUsage(**{use: use in uses for use in _USAGES})
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), False
            )
        )
        if stamps:
            only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(only, critical=True)
        of_root = issuer is not None and issuer.certificate.issuer == issuer.certificate.subject
        if issuer is not None and published:
            which = "root" if of_root else "issuing"
            where = x509.UniformResourceIdentifier(f"{self.address}/{which}.crl")
            point = x509.DistributionPoint([where], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        certificate = builder.sign(signing, hashes.SHA256())
        if issuer is None:
            return Holder(key, certificate)
        return Holder(key, certificate, () if of_root else (issuer.certificate,))


@contextmanager
def open_pki(folder: Path) -> Iterator[Pki]:
    """The authority with its lists and its time stamp service on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    pki = Pki(folder, f"http://127.0.0.1:{server.server_port}")
    pki.service()
    server.pki = pki  # type: ignore[attr-defined]
    with serving(server):
        yield pki


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        pki: Pki = self.server.pki  # type: ignore[attr-defined]
        authority = pki.root if "root" in self.path else pki.issuing
        self._answer(pki.revocations(authority), "application/pkix-crl")

    def do_POST(self) -> None:
        pki: Pki = self.server.pki  # type: ignore[attr-defined]
        pki.asked += 1
        query = self.rfile.read(int(self.headers["Content-Length"]))
        if pki.stamping == "refuse":
            self.send_error(503)
            return
        body = b"\x30\x03\x02\x01\x00" if pki.stamping == "garbage" else pki.stamped(query)
        self._answer(body, "application/timestamp-reply")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

"""Signatures in reports: PAdES baseline B, invisible, over the whole file.

The author's signature certifies the report and permits one thing: the second, empty field may
be signed by the reviewing physician. The signature block that people see is drawn in the page.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Protocol

from asn1crypto import algos  # type: ignore[import-untyped]  # ships no types
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from farlead.messages import Message

#: Names of the two signature fields.
AUTHOR, REVIEWER = "Author", "Reviewer"

_RSA_BYTES = 512  # placeholder length; larger than any signature used here


class Signer(Protocol):
    """Whoever can sign: a key in memory, a token, a service.

    `sign` returns the signature with SHA-256 over `data`: PKCS#1 v1.5 for an RSA certificate,
    a DER pair for an elliptic curve.
    """

    @property
    def certificate(self) -> x509.Certificate:
        """Certificate of the person."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Issuers, as far as known."""

    def sign(self, data: bytes) -> bytes:
        """Signature over `data`."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act of signing.

    Parameters
    ----------
    reason : str
        Why, as it is read in the signature; any language.
    at : datetime
        Time of signing, aware: the database's, never the station's.
    name : str or None
        Name of the person; None: the certificate says who.
    """

    reason: str
    at: datetime
    name: str | None = None


@dataclass(frozen=True, slots=True)
class SignedPdf:
    """A report after an act of signing.

    Parameters
    ----------
    pdf : bytes
        The whole file; it begins with the bytes that were handed in.
    at : datetime
        Time of the act.
    stamped : datetime or None
        Time in the time stamp, where a service gave one.
    long_term : bool
        Whether the file holds the data that proves its certificates valid (PAdES B-LT).
    remarks : tuple of Message
        What should be told although the report is signed, e.g. a time stamp that was not to be
        had.
    """

    pdf: bytes
    at: datetime
    stamped: datetime | None = None
    long_term: bool = False
    remarks: tuple[Message, ...] = ()

    @property
    def sha256(self) -> str:
        """Hash of the file, hex."""
        return hashlib.sha256(self.pdf).hexdigest()


def sign_first(composed: bytes, signer: Signer, act: Act) -> SignedPdf:
    """Certify a composed report with the author's signature.

    The certification permits one thing: that the second, empty field is signed.

    Parameters
    ----------
    composed : bytes
        What `Compositor.compose` made.
    signer : Signer
    act : Act
    """
    return SignedPdf(_signed(composed, signer, AUTHOR, act), act.at)


def countersign(first: bytes, signer: Signer, act: Act) -> SignedPdf:
    """Fill the reviewing physician's field of a signed report; the author's stays valid."""
    return SignedPdf(_signed(first, signer, REVIEWER, act), act.at)


def _signed(pdf: bytes, signer: Signer, field: str, act: Act) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    first = field == AUTHOR
    if first:
        for each in (AUTHOR, REVIEWER):
            fields.append_signature_field(writer, fields.SigFieldSpec(each))
    metadata = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        reason=act.reason,
        name=act.name,
        certify=first,
        docmdp_permissions=fields.MDPPerm.FILL_FORMS,
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    with asyncio.Runner() as runner:
        return runner.run(_run(writer, signers.PdfSigner(metadata, _Adapter(signer)), act.at))


async def _run(
    writer: IncrementalPdfFileWriter, pdf_signer: signers.PdfSigner, at: datetime
) -> bytes:
    """PyHanko's own steps, but with our time instead of the station's clock."""
    session = pdf_signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = at
    size = await session.estimate_signature_container_size(None)
    document = session.prepare_tbs_document(
        validation_info=None, bytes_reserved=size, appearance_text_params=None
    )
    output = BytesIO()
    digest, _ = document.digest_tbs_document(output=output)
    signed = await document.perform_signature(
        digest.document_digest, PdfCMSSignedAttributes(signing_time=at)
    )
    await signed.post_signature_processing(output)
    return output.getvalue()


class _Adapter(signers.Signer):
    """A :class:`Signer` as pyHanko wants it."""

    def __init__(self, signer: Signer) -> None:
        curve = isinstance(signer.certificate.public_key(), ec.EllipticCurvePublicKey)
        super().__init__(
            embed_roots=False,
            signing_cert=as_asn1(signer.certificate),
            cert_registry=SimpleCertificateStore.from_certs(  # type: ignore[no-untyped-call]  # as it ships
                map(as_asn1, signer.chain)
            ),
            signature_mechanism=algos.SignedDigestAlgorithm(
                {"algorithm": "sha256_ecdsa" if curve else "sha256_rsa"}
            ),
        )
        self._signer = signer

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError(f"signatures are made with SHA-256, not {digest_algorithm}")
        return bytes(_RSA_BYTES) if dry_run else self._signer.sign(data)


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate for pyHanko."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))

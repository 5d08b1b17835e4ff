"""Signatures in reports: PAdES over the whole file, with proof for later where it can be had.

The author's signature certifies the report and permits one thing: the second, empty field may
be signed by the reviewing physician. A time stamp (PAdES B-T) and the data that prove the
certificates valid (B-LT) stand in the revision that the signature closes, so that every byte of
the file is covered.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from io import BytesIO
from typing import Protocol

from asn1crypto import algos  # type: ignore[import-untyped]  # ships no types
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import SigningError as CannotSign
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from farlead.errors import SigningError
from farlead.messages import Language, Message, message
from farlead.reporting.cms import as_asn1
from farlead.reporting.evidence import Evidence, NoStamp, TimeStamps
from farlead.reporting.fields import add_fields, appearance
from farlead.reporting.integrity import examine
from farlead.reporting.sm2 import is_sm2
from farlead.reporting.stamp import Composed, Place

#: Names of the two signature fields.
AUTHOR, REVIEWER = "Author", "Reviewer"

_RSA_BYTES = 512  # placeholder length; larger than any signature used here
#: Of a signature value besides its certificates and time stamp; more than any has.
_OTHER_BYTES = 4096

# What goes wrong comes back as an error; its log would repeat that with a traceback.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


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
        """Signature over `data`; SigningError when the key is gone."""


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
    language : Language
        Of what is read in the field.
    zone : tzinfo or None
        Zone of the time in the field; None is the station's own.
    """

    reason: str
    at: datetime
    name: str | None = None
    language: Language = Language.ZH
    zone: tzinfo | None = None


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


def sign_first(
    composed: Composed, signer: Signer, act: Act, evidence: Evidence | None = None
) -> SignedPdf:
    """Certify a composed report with the author's signature.

    The certification permits one thing: that the second, empty field is signed.

    Parameters
    ----------
    composed : Composed
        What `Compositor.compose` made.
    signer : Signer
    act : Act
    evidence : Evidence, optional
        Where time stamp and validation data come from; None: neither.

    Raises
    ------
    SigningError
        The key is gone, or a required time stamp is not to be had.
    CredentialProblem
        The certificate was revoked.
    """
    return _Signing(signer, act, AUTHOR, evidence, composed.places).made(composed.pdf)


def countersign(
    first: bytes, signer: Signer, act: Act, evidence: Evidence | None = None
) -> SignedPdf:
    """Fill the reviewing physician's field of a signed report; the author's stays valid.

    Raises as :func:`sign_first` does.
    """
    return _Signing(signer, act, REVIEWER, evidence).made(first)


class _Signing:
    """One signature into one field, with as much proof as can be had."""

    def __init__(
        self,
        signer: Signer,
        act: Act,
        field: str,
        evidence: Evidence | None,
        places: Sequence[Place] = (),
    ) -> None:
        if is_sm2(signer.certificate):
            raise SigningError(message("reporting.signing.sm2"))
        self._signer = _Adapter(signer)
        self._certificate = signer.certificate
        self._act = act
        self._field = field
        self._places = places
        self._evidence = evidence
        self._context = evidence.context(signer, act.at) if evidence else None

    def made(self, pdf: bytes) -> SignedPdf:
        evidence, act = self._evidence, self._act
        stamps = evidence.stamps if evidence else None
        signed, long_term = None, False
        if stamps is not None and evidence is not None:
            try:
                signed, long_term = self._proved(pdf, stamps)
            except NoStamp:
                evidence.pause()
        if signed is not None:
            return SignedPdf(signed, act.at, examine(signed).stamp_time, long_term)
        if evidence is not None and evidence.required:
            raise SigningError(message("reporting.signing.stamp_required"))
        signed, long_term = self._proved(pdf, None)
        unstamped = evidence is not None and evidence.configured
        remarks = (message("reporting.signing.no_stamp"),) if unstamped else ()
        return SignedPdf(signed, act.at, None, long_term, remarks)

    def _proved(self, pdf: bytes, stamps: TimeStamps | None) -> tuple[bytes, bool]:
        """Signed with validation data; where these do not fit together, without."""
        if self._context is not None:
            try:
                return self._signed(pdf, stamps, self._context), True
            except (PathError, ValidationError, CannotSign):
                pass
        return self._signed(pdf, stamps, None), False

    def _signed(
        self, pdf: bytes, stamps: TimeStamps | None, context: ValidationContext | None
    ) -> bytes:
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        first = self._field == AUTHOR
        if first:
            add_fields(writer, (AUTHOR, REVIEWER), self._places, self._act)
        metadata = signers.PdfSignatureMetadata(
            field_name=self._field,
            md_algorithm="sha256",
            reason=self._act.reason,
            name=self._act.name,
            certify=first,
            docmdp_permissions=fields.MDPPerm.FILL_FORMS,
            subfilter=fields.SigSeedSubFilter.PADES,
            embed_validation_info=context is not None,
            validation_context=context,
            dss_settings=DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
        )
        pdf_signer = signers.PdfSigner(
            metadata,
            self._signer,
            timestamper=stamps,
            stamp_style=appearance(writer, self._field, self._act, self._certificate),
        )
        with asyncio.Runner() as runner:
            return runner.run(_run(writer, pdf_signer, self._act.at))


async def _run(
    writer: IncrementalPdfFileWriter, pdf_signer: signers.PdfSigner, at: datetime
) -> bytes:
    """PyHanko's own steps, but with our time instead of the station's clock."""
    session = pdf_signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = at
    proof = await session.perform_presign_validation(writer)
    size = await _room(pdf_signer)
    document = session.prepare_tbs_document(
        validation_info=proof, bytes_reserved=size, appearance_text_params=None
    )
    output = BytesIO()
    digest, _ = document.digest_tbs_document(output=output)
    signed = await document.perform_signature(
        digest.document_digest, PdfCMSSignedAttributes(signing_time=at)
    )
    await signed.post_signature_processing(output)
    return output.getvalue()


async def _room(pdf_signer: signers.PdfSigner) -> int:
    """Hex digits to keep free for the signature.

    PyHanko would make a whole signature to find out; ours are known but for the time stamp.
    """
    signer, stamps = pdf_signer.signer, pdf_signer.default_timestamper
    certificates = [signer.signing_cert, *signer.cert_registry]
    room = _OTHER_BYTES + sum(len(each.dump()) for each in certificates if each is not None)
    if stamps is not None:
        token = await stamps.async_dummy_response("sha256")
        room += len(token.dump()) * 3 // 2
    return 2 * room


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
        self._sign: Callable[[bytes], bytes] = signer.sign

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError(f"signatures are made with SHA-256, not {digest_algorithm}")
        return bytes(_RSA_BYTES) if dry_run else self._sign(data)

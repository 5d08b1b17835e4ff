"""Whether a file is a report of ours, whose it is, and whether every byte is as it was signed.

Two checks that do not rely on each other must agree: the strict one of the bytes
(`integrity`), which runs before anything parses the file, and pyHanko's of the document, its
signatures, their certificates and what each signature covers. No network, no store.
"""

import json
import logging
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from farlead.messages import Message, message
from farlead.reporting.document import FILE_NAME, SCHEMA
from farlead.reporting.integrity import Altered, SignedFile, examine
from farlead.reporting.signing import AUTHOR, REVIEWER, as_asn1

_USAGE = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)

# What it finds comes back as a status; its log would repeat that with a traceback.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)

#: How pyHanko tells that a document or a signature is not what it should be.
_MALFORMED = (
    PdfError,
    SignatureValidationError,
    SigningError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Verification:
    """What is known about a file.

    Parameters
    ----------
    ok : bool
        Signed, unchanged since, by a trusted certificate valid at the time, and a report.
    reasons : tuple of Message
        First what speaks against it, then what should be known all the same (demo, evaluation).
    signer_name, signed_at : str, datetime or None
        Author's certificate and stated time of signing.
    reviewer_name : str or None
        Second signature, where there is one.
    study_number, report_version : str, int or None
        Which report.
    object_hashes : tuple of str
        SHA-256 of the source objects that were read.
    chain_ok : bool
        Whether the certificates lead to a trusted root.
    evaluation, demo : bool
        Marks of the report.
    """

    ok: bool
    reasons: tuple[Message, ...]
    signer_name: str | None = None
    signed_at: datetime | None = None
    reviewer_name: str | None = None
    study_number: str | None = None
    report_version: int | None = None
    object_hashes: tuple[str, ...] = ()
    chain_ok: bool = False
    evaluation: bool = False
    demo: bool = False


def verify(pdf: bytes, *, trust: Sequence[x509.Certificate]) -> Verification:
    """Check a report file.

    Parameters
    ----------
    pdf : bytes
        The file as received.
    trust : sequence of Certificate
        Roots; nothing else is trusted.
    """
    try:
        file = examine(pdf)
    except Altered as altered:
        return _refused(message(f"reporting.verify.{altered.fault}"))
    try:
        return _Examination(pdf, file, trust).result()
    except _MALFORMED as error:
        return _refused(message("reporting.verify.unreadable", cause=type(error).__name__))


def _refused(*reasons: Message) -> Verification:
    return Verification(False, reasons)


class _Examination:
    """Second check: the document and its signatures, by pyHanko."""

    def __init__(self, pdf: bytes, file: SignedFile, trust: Sequence[x509.Certificate]) -> None:
        self._file = file
        self._trust = [as_asn1(certificate) for certificate in trust]
        self._reader = PdfFileReader(BytesIO(pdf))
        self._signatures = list(self._reader.embedded_signatures)
        if not self._signatures:
            raise ValueError("signed bytes, but no signature in the document")
        self._certificates = [_certificate(each) for each in self._signatures]
        self._statuses = [self._status(each) for each in self._signatures]

    def result(self) -> Verification:
        attached = self._attachment()
        against = [*self._against_signatures(), *self._against_attachment(attached)]
        author = self._certificates[0]
        marks = _table(attached, "marks")
        report, study = _table(attached, "report"), _table(attached, "study")
        demo = marks.get("demo") is True or _is_demo(author)
        number, version = report.get("number"), report.get("version")
        remarks = [message("reporting.verify.demo")] if demo else []
        return Verification(
            ok=not against,
            reasons=(*against, *remarks),
            signer_name=_name(author),
            signed_at=self._signatures[0].self_reported_timestamp,
            reviewer_name=_name(self._certificates[1]) if len(self._certificates) > 1 else None,
            study_number=number if isinstance(number, str) else None,
            report_version=version if isinstance(version, int) else None,
            object_hashes=tuple(_hashes(study)),
            chain_ok=all(status is not None and status.trusted for status in self._statuses),
            evaluation=marks.get("evaluation_only") is True,
            demo=demo,
        )

    def _status(self, signature: EmbeddedPdfSignature) -> PdfSignatureStatus | None:
        """PyHanko's judgement at the stated time of signing; None where no time is stated."""
        at = signature.self_reported_timestamp
        if at is None:
            return None
        context = ValidationContext(
            trust_roots=self._trust, moment=at, allow_fetching=False, revocation_mode="soft-fail"
        )
        return validate_pdf_signature(signature, context, key_usage_settings=_USAGE)

    def _against_signatures(self) -> Iterator[Message]:
        if [each.field_name for each in self._signatures] not in ([AUTHOR], [AUTHOR, REVIEWER]):
            yield message("reporting.verify.foreign_signatures")
        last = self._signatures[-1]
        if tuple(map(int, last.byte_range))[1:3] != self._file.hole:
            yield message("reporting.verify.changed")
        for place, status in enumerate(self._statuses):
            yield from self._against(place, status)

    def _against(self, place: int, status: PdfSignatureStatus | None) -> Iterator[Message]:
        certificate = self._certificates[place]
        if status is None:
            yield message("reporting.verify.no_time")
            return
        last = place == len(self._statuses) - 1
        if not status.intact or not status.valid or not _covers(status, last=last):
            yield message("reporting.verify.changed")
            return
        at = self._signatures[place].self_reported_timestamp
        validity = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
        if at is not None and not validity[0] <= at <= validity[1]:
            yield message(
                "reporting.verify.expired",
                name=_name(certificate),
                first=validity[0].date().isoformat(),
                last=validity[1].date().isoformat(),
            )
        elif not status.trusted or (last and not self._all_used(status)):
            yield message("reporting.verify.unknown_signer", name=_name(certificate))
        elif not status.bottom_line:
            yield message("reporting.verify.changed")

    def _all_used(self, status: PdfSignatureStatus) -> bool:
        """Whether every enclosed certificate belongs to the path that was checked."""
        if status.validation_path is None:
            return False
        path = {certificate.dump() for certificate in status.validation_path.iter_certs(True)}
        return all(each.public_bytes(Encoding.DER) in path for each in self._file.certificates)

    def _attachment(self) -> dict[str, object]:
        """The structured report; empty where there is none or it is no such thing."""
        for name, stream in _embedded_files(self._reader):
            if name == FILE_NAME:
                try:
                    found = json.loads(stream.decode("utf-8"))
                except ValueError:
                    return {}
                return found if isinstance(found, dict) else {}
        return {}

    def _against_attachment(self, attached: dict[str, object]) -> Iterator[Message]:
        if not attached:
            yield message("reporting.verify.no_attachment")
            return
        if attached.get("schema") != SCHEMA:
            yield message("reporting.verify.no_report")
            return
        report, author = _table(attached, "report"), _table(attached, "author")
        name = f"{report.get('number')}-v{report.get('version')}"
        if str(self._reader.trailer_view["/Info"].get("/Title", "")).split()[-1:] != [name]:
            yield message("reporting.verify.attachment_mismatch", name=name)
        stated = author.get("certificate_sha256")
        if stated is not None and stated != _fingerprint(self._certificates[0]):
            yield message("reporting.verify.other_author", name=_name(self._certificates[0]))


def _covers(status: PdfSignatureStatus, *, last: bool) -> bool:
    """Whether a signature covers what it must: the last everything, an earlier its revision."""
    if last:
        return status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    return (
        status.coverage is SignatureCoverageLevel.ENTIRE_REVISION
        and status.modification_level is not None
        and status.modification_level <= ModificationLevel.FORM_FILLING
        and bool(status.docmdp_ok)
    )


def _certificate(signature: EmbeddedPdfSignature) -> x509.Certificate:
    return x509.load_der_x509_certificate(signature.signer_cert.dump())


def _embedded_files(reader: PdfFileReader) -> Iterator[tuple[str, bytes]]:
    """Attachments by name, from the catalogue's list of associated files."""
    for file in reader.root.get("/AF", ()):
        specification = file.get_object()
        if isinstance(specification, DictionaryObject):
            yield str(specification["/UF"]), specification["/EF"]["/F"].get_object().data


def _table(document: dict[str, object], name: str) -> dict[str, object]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _hashes(study: dict[str, object]) -> Iterator[str]:
    objects = study.get("objects")
    for item in objects if isinstance(objects, list) else ():
        if isinstance(item, dict) and isinstance(item.get("sha256"), str):
            yield item["sha256"]


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def _fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def _is_demo(certificate: x509.Certificate) -> bool:
    return "DEMO" in _name(certificate)

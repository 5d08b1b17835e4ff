"""What pyHanko makes of each signature and document time stamp of a file.

Decided by its bottom line and by what a signature covers, never by a single flag: one changed
byte leaves some of them true.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import (
    DocumentTimestampStatus,
    PdfSignatureStatus,
    SignatureCoverageLevel,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from farlead.messages import Message, message
from farlead.reporting.cms import as_asn1
from farlead.reporting.integrity import SignedFile

_USAGE = KeyUsageConstraints(
    key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False
)
_STAMP = "/DocTimeStamp"


@dataclass(frozen=True, slots=True)
class Judged:
    """One signature or document time stamp.

    Parameters
    ----------
    field : str
        Name of its field.
    certificate : x509.Certificate
        Of who made it.
    is_stamp : bool
        A document time stamp, not a person's signature.
    at, stamped : datetime or None
        Stated time of signing; time in its time stamp.
    against : tuple of Message
        What speaks against it.
    trusted, long_term : bool
        Whether its certificates lead to a root; whether the file itself holds the proof that
        they were not revoked.
    """

    field: str
    certificate: x509.Certificate
    is_stamp: bool
    at: datetime | None
    stamped: datetime | None
    against: tuple[Message, ...]
    trusted: bool
    long_term: bool

    @property
    def name(self) -> str:
        """Common name of who made it."""
        return common_name(self.certificate)


class Judge:
    """Judges the signatures of one untouched file.

    Parameters
    ----------
    reader : PdfFileReader
    file : SignedFile
        What the check of the bytes found.
    trust : sequence of Certificate
        Roots; nothing else is trusted.
    """

    def __init__(
        self, reader: PdfFileReader, file: SignedFile, trust: Sequence[x509.Certificate]
    ) -> None:
        self._file = file
        self._trust = [as_asn1(certificate) for certificate in trust]
        self._signatures = list(reader.embedded_signatures)
        try:
            self._dss: DocumentSecurityStore | None = DocumentSecurityStore.read_dss(reader)
        except NoDSSFoundError:
            self._dss = None
        if not self._signatures:
            raise ValueError("signed bytes, but no signature in the document")

    def all(self) -> list[Judged]:
        """Every signature and document time stamp, in the order in which they were made."""
        return [self._judged(place) for place in range(len(self._signatures))]

    @property
    def last_hole(self) -> tuple[int, int]:
        """Where the last one's string stands, as the document says."""
        _, start, stop, _ = map(int, self._signatures[-1].byte_range)
        return start, stop

    def _judged(self, place: int) -> Judged:
        signature = self._signatures[place]
        is_stamp = signature.sig_object_type == _STAMP
        at = _stamp_time(signature) if is_stamp else signature.self_reported_timestamp
        certificate = x509.load_der_x509_certificate(signature.signer_cert.dump())
        if at is None:
            against = (message("reporting.verify.no_time"),)
            return Judged(
                signature.field_name, certificate, is_stamp, None, None, against, False, False
            )
        status = self._status(signature, at, "soft-fail")
        stamp = getattr(status, "timestamp_validity", None)
        return Judged(
            signature.field_name,
            certificate,
            is_stamp,
            at,
            stamp.timestamp if stamp is not None else None,
            tuple(self._against(place, status, certificate, at)),
            status.trusted,
            self._dss is not None and _holds(self._status(signature, at, "require")),
        )

    def _status(
        self, signature: EmbeddedPdfSignature, at: datetime, revocation: str
    ) -> PdfSignatureStatus | DocumentTimestampStatus:
        """PyHanko's judgement at the stated time, with the file's own validation data."""
        wanted = {"trust_roots": self._trust, "moment": at, "revocation_mode": revocation}
        if self._dss is not None:
            context = self._dss.as_validation_context(wanted)
        else:
            context = ValidationContext(**wanted)  # type: ignore[arg-type]  # as named above
        if signature.sig_object_type == _STAMP:
            return validate_pdf_timestamp(signature, context)
        return validate_pdf_signature(signature, context, key_usage_settings=_USAGE)

    def _against(
        self,
        place: int,
        status: PdfSignatureStatus | DocumentTimestampStatus,
        certificate: x509.Certificate,
        at: datetime,
    ) -> Iterator[Message]:
        last = place == len(self._signatures) - 1
        if not status.intact or not status.valid or not _covers(status, last=last):
            yield message("reporting.verify.changed")
            return
        yield from self._against_certificate(status, certificate, at, last=last)

    def _against_certificate(
        self,
        status: PdfSignatureStatus | DocumentTimestampStatus,
        certificate: x509.Certificate,
        at: datetime,
        *,
        last: bool,
    ) -> Iterator[Message]:
        name, stamp = common_name(certificate), getattr(status, "timestamp_validity", None)
        first, final = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if not first <= at <= final:
            days = {"first": first.date().isoformat(), "last": final.date().isoformat()}
            yield message("reporting.verify.expired", name=name, **days)
        elif status.revoked:
            yield message("reporting.verify.revoked", name=name)
        elif not status.trusted:
            yield message("reporting.verify.unknown_signer", name=name)
        elif stamp is not None and not (stamp.valid and stamp.intact and stamp.trusted):
            yield message("reporting.verify.unknown_stamp")
        elif last and not self._all_used(status):
            yield message("reporting.verify.unknown_signer", name=name)
        elif not _holds(status):
            yield message("reporting.verify.changed")

    def _all_used(self, status: PdfSignatureStatus | DocumentTimestampStatus) -> bool:
        """Whether every enclosed certificate belongs to a path that was checked."""
        stamp = getattr(status, "timestamp_validity", None)
        stamped = self._file.stamp.certificates if self._file.stamp is not None else ()
        own = _in_path(self._file.certificates, status.validation_path)
        return own and (stamp is None or _in_path(stamped, stamp.validation_path))


def _stamp_time(signature: EmbeddedPdfSignature) -> datetime | None:
    told = signature.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
    return told if isinstance(told, datetime) else None


def _holds(status: PdfSignatureStatus | DocumentTimestampStatus) -> bool:
    if isinstance(status, PdfSignatureStatus):
        return status.bottom_line
    return status.valid and status.intact and status.trusted


def _in_path(certificates: Sequence[x509.Certificate], path: ValidationPath | None) -> bool:
    if path is None:
        return False
    checked = {certificate.dump() for certificate in path.iter_certs(True)}
    return all(each.public_bytes(Encoding.DER) in checked for each in certificates)


def _covers(status: PdfSignatureStatus | DocumentTimestampStatus, *, last: bool) -> bool:
    """Whether a signature covers what it must: the last everything, an earlier its revision.

    What follows an earlier one may be signatures, time stamps and validation data.
    """
    if last:
        return status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    return (
        status.coverage is SignatureCoverageLevel.ENTIRE_REVISION
        and status.modification_level is not None
        and status.modification_level <= ModificationLevel.FORM_FILLING
        and status.docmdp_ok is not False
    )


def common_name(certificate: x509.Certificate) -> str:
    """Common name of the subject; the whole subject where there is none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()

"""Whether a file is a report of ours, whose it is, and whether every byte is as it was signed.

Two checks that do not rely on each other must agree: the strict one of the bytes
(`integrity`), which runs before anything parses the file, and pyHanko's of the document, its
signatures, their certificates and what each signature covers (`judgement`). Then the structured
report inside must be whole, and be that of this file. No network, no store.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from pyhanko.pdf_utils.generic import DictionaryObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.errors import SignatureValidationError

from farlead.messages import Message, message
from farlead.reporting.document import FILE_NAME, SCHEMA
from farlead.reporting.integrity import Altered, SignedFile, examine
from farlead.reporting.judgement import Judge, Judged, common_name
from farlead.reporting.signing import AUTHOR, REVIEWER
from farlead.reporting.wholeness import lacking

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
    reviewer_name, reviewed_at : str, datetime or None
        Second signature, where there is one.
    study_number, report_version : str, int or None
        Which report.
    object_hashes : tuple of str
        SHA-256 of the source objects that were read.
    chain_ok : bool
        Whether the certificates lead to a trusted root.
    stamped : datetime or None
        Time in the author's time stamp.
    long_term : bool
        Whether the file itself proves that no certificate was revoked (PAdES B-LT).
    evaluation, demo : bool
        Marks of the report.
    """

    ok: bool
    reasons: tuple[Message, ...]
    signer_name: str | None = None
    signed_at: datetime | None = None
    reviewer_name: str | None = None
    reviewed_at: datetime | None = None
    study_number: str | None = None
    report_version: int | None = None
    object_hashes: tuple[str, ...] = ()
    chain_ok: bool = False
    stamped: datetime | None = None
    long_term: bool = False
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
    """Second check: the document, its signatures, and the structured report inside."""

    def __init__(self, pdf: bytes, file: SignedFile, trust: Sequence[x509.Certificate]) -> None:
        self._file = file
        self._reader = PdfFileReader(BytesIO(pdf))
        self._judge = Judge(self._reader, file, trust)
        self._judged = self._judge.all()
        self._signed = [each for each in self._judged if not each.is_stamp]

    def result(self) -> Verification:
        attached = self._attachment()
        against = [*self._against_signatures(), *self._against_attachment(attached)]
        author = self._signed[0] if self._signed else self._judged[0]
        reviewer = self._signed[1] if len(self._signed) > 1 else None
        marks = _table(attached, "marks")
        report, study = _table(attached, "report"), _table(attached, "study")
        demo = marks.get("demo") is True or "DEMO" in author.name
        number, version = report.get("number"), report.get("version")
        remarks = [message("reporting.verify.demo")] if demo else []
        return Verification(
            ok=not against,
            reasons=(*against, *remarks),
            signer_name=author.name,
            signed_at=author.at,
            reviewer_name=reviewer.name if reviewer else None,
            reviewed_at=reviewer.at if reviewer else None,
            study_number=number if isinstance(number, str) else None,
            report_version=version if isinstance(version, int) else None,
            object_hashes=tuple(_hashes(study)),
            chain_ok=all(each.trusted for each in self._judged),
            stamped=author.stamped,
            long_term=all(each.long_term for each in self._judged),
            evaluation=marks.get("evaluation_only") is True,
            demo=demo,
        )

    def _against_signatures(self) -> Iterator[Message]:
        if [each.field for each in self._signed] not in ([AUTHOR], [AUTHOR, REVIEWER]):
            yield message("reporting.verify.foreign_signatures")
        if self._judge.last_hole != self._file.hole:
            yield message("reporting.verify.changed")
        for each in self._judged:
            yield from each.against

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
        report = _table(attached, "report")
        name = f"{report.get('number')}-v{report.get('version')}"
        if str(self._reader.trailer_view["/Info"].get("/Title", "")).split()[-1:] != [name]:
            yield message("reporting.verify.attachment_mismatch", name=name)
        for field in lacking(attached):
            yield message("reporting.verify.lacking", field=field)
        for author in self._signed[:1]:
            yield from _against_author(attached, author)


def _against_author(attached: dict[str, object], author: Judged) -> Iterator[Message]:
    stated = _table(attached, "author").get("certificate_sha256")
    if stated is not None and stated != author.certificate.fingerprint(hashes.SHA256()).hex():
        yield message("reporting.verify.other_author", name=common_name(author.certificate))


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

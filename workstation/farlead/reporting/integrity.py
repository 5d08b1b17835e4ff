"""The last signature of a PDF, checked byte by byte before anything parses the file.

Stricter than PDF validators are: the signed ranges must cover the file from its first byte to
its last but for exactly one hole; the hole must be the signature's own string, written in
capital hex digits, and hold one value followed by zeros only; and that value must be, byte for
byte, what its checked parts make (`farlead.reporting.cms`), so that nothing in it goes unproved.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cryptography import x509

from farlead.reporting.cms import Stamp, Unproved, first_value, prove

_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
_HEX = re.compile(rb"<([0-9A-F]+)>")
_HEADER = b"%PDF-"


class Fault(StrEnum):
    """What is wrong; each has a text ``reporting.verify.NAME``."""

    NO_PDF = "no_pdf"
    UNSIGNED = "unsigned"
    APPENDED = "appended"
    TRUNCATED = "truncated"
    CHANGED = "changed"


class Altered(Exception):  # says what happened, like the errors of the tree
    """The bytes are not those that were signed."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class SignedFile:
    """An untouched signed file.

    Parameters
    ----------
    hole : (int, int)
        Where the last signature's string begins and ends.
    certificates : tuple of cryptography.x509.Certificate
        All that the last signature encloses, its signer's first; not yet a matter of trust.
    stamp : Stamp or None
        Time stamp of the last signature.
    """

    hole: tuple[int, int]
    certificates: tuple[x509.Certificate, ...]
    stamp: Stamp | None = None

    @property
    def stamp_time(self) -> datetime | None:
        """Time in the time stamp, aware."""
        return self.stamp.at if self.stamp is not None else None


def examine(pdf: bytes) -> SignedFile:
    """Check the last signature, or document time stamp, over the whole file.

    Raises
    ------
    Altered
        The file is no signed PDF, or not every byte is as it was signed.
    """
    start, stop = _hole(pdf)
    written = _HEX.fullmatch(pdf[start:stop])
    if written is None or len(written.group(1)) % 2:
        raise Altered(Fault.CHANGED)
    try:
        value = first_value(bytes.fromhex(written.group(1).decode("ascii")))
        proved = prove(value, hashlib.sha256(pdf[:start] + pdf[stop:]).digest())
    except Unproved as error:
        raise Altered(Fault.CHANGED) from error
    return SignedFile((start, stop), proved.certificates, proved.stamp)


def _hole(pdf: bytes) -> tuple[int, int]:
    if not pdf.startswith(_HEADER):
        raise Altered(Fault.NO_PDF)
    found = [tuple(map(int, match.groups())) for match in _RANGE.finditer(pdf)]
    if not found:
        raise Altered(Fault.UNSIGNED)
    for first, length, second, rest in found:
        if first == 0 and length < second and second + rest == len(pdf):
            return length, second
    longest = max(second + rest for _, _, second, rest in found)
    raise Altered(Fault.APPENDED if longest < len(pdf) else Fault.TRUNCATED)

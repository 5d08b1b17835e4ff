"""The last signature of a PDF, checked byte by byte before anything parses the file.

Stricter than PDF validators are: the signed ranges must cover the file from its first byte to
its last but for exactly one hole; the hole must be the signature's own string, written in
capital hex digits, and hold one CMS value followed by zeros only; and that value must be,
byte for byte, what its checked parts make, so that nothing in it goes unproved.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from asn1crypto import cms, core  # type: ignore[import-untyped]  # ships no types
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

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
    """

    hole: tuple[int, int]
    certificates: tuple[x509.Certificate, ...]


def examine(pdf: bytes) -> SignedFile:
    """Check the last signature over the whole file.

    Raises
    ------
    Altered
        The file is no signed PDF, or not every byte is as it was signed.
    """
    start, stop = _hole(pdf)
    written = _HEX.fullmatch(pdf[start:stop])
    if written is None or len(written.group(1)) % 2:
        raise Altered(Fault.CHANGED)
    value = _first_value(bytes.fromhex(written.group(1).decode("ascii")))
    return SignedFile((start, stop), _verified(value, pdf[:start] + pdf[stop:]))


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


def _first_value(content: bytes) -> bytes:
    """The one DER value at the beginning; only zeros may follow it."""
    length = _der_length(content)
    value, rest = content[:length], content[length:]
    if rest.strip(b"\0"):
        raise Altered(Fault.CHANGED)
    return value


def _der_length(content: bytes) -> int:
    """Whole length of the DER sequence at the beginning (X.690, 8.1.3 and 10.1)."""
    if len(content) < 4 or content[0] != 0x30 or content[1] not in (0x82, 0x83):
        raise Altered(Fault.CHANGED)  # a signature has between 256 bytes and 16 MB
    octets = content[1] & 0x7F
    return 2 + octets + int.from_bytes(content[2 : 2 + octets], "big")


def _verified(value: bytes, signed: bytes) -> tuple[x509.Certificate, ...]:
    """Certificates in a proved signature, the signer's first."""
    try:
        content = cms.ContentInfo.load(value, strict=True)["content"]
        (signer,) = content["signer_infos"]
        enclosed = [choice.chosen for choice in content["certificates"]]
        own = next(each for each in enclosed if _is_of(each, signer))
        certificate = x509.load_der_x509_certificate(own.dump())
        _check(certificate, signer, hashlib.sha256(signed).digest())
        if _rebuilt(enclosed, own, signer) != value:
            raise Altered(Fault.CHANGED)
    except _MALFORMED as error:
        raise Altered(Fault.CHANGED) from error
    others = (x509.load_der_x509_certificate(e.dump()) for e in enclosed if e is not own)
    return (certificate, *others)


#: How asn1crypto and cryptography tell malformed input and wrong signatures.
_MALFORMED = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    StopIteration,
    OverflowError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
)


def _is_of(certificate: asn1_x509.Certificate, signer: cms.SignerInfo) -> bool:
    wanted = signer["sid"].chosen
    return bool(
        certificate.issuer == wanted["issuer"]
        and certificate.serial_number == wanted["serial_number"].native
    )


def _check(certificate: x509.Certificate, signer: cms.SignerInfo, digest: bytes) -> None:
    """Raise unless `certificate` signed `digest` and is the one that the signature names."""
    values = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
    (stated,) = values["message_digest"]
    (named,) = values["signing_certificate_v2"]
    fingerprint = certificate.fingerprint(hashes.SHA256())
    if stated.native != digest or named["certs"][0]["cert_hash"].native != fingerprint:
        raise Altered(Fault.CHANGED)
    signature, attributes = signer["signature"].native, signer["signed_attrs"].untag().dump()
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, attributes, padding.PKCS1v15(), hashes.SHA256())
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, attributes, ec.ECDSA(hashes.SHA256()))
    else:
        raise UnsupportedAlgorithm("neither RSA nor elliptic curve")


def _rebuilt(
    enclosed: list[asn1_x509.Certificate], own: asn1_x509.Certificate, signer: cms.SignerInfo
) -> bytes:
    """The signature as it must be written, given its proved parts."""
    mechanism = _der(0x30, _ECDSA) if own.public_key.algorithm == "ec" else _RSA
    attributes = signer["signed_attrs"].untag().contents
    info = _der(
        0x30,
        _ONE,
        _der(0x30, own.issuer.dump(), own["tbs_certificate"]["serial_number"].dump()),
        _SHA256,
        _der(0xA0, attributes),
        mechanism,
        _der(0x04, signer["signature"].native),
    )
    data = _der(
        0x30,
        _ONE,
        _der(0x31, _SHA256),
        _der(0x30, _DATA),
        _der(0xA0, *sorted(certificate.dump() for certificate in enclosed)),
        _der(0x31, info),
    )
    return _der(0x30, _SIGNED_DATA, _der(0xA0, data))


def _der(tag: int, *contents: bytes) -> bytes:
    """A DER value of definite length (X.690, 10.1)."""
    whole = b"".join(contents)
    if len(whole) < 0x80:
        return bytes([tag, len(whole)]) + whole
    octets = len(whole).to_bytes((len(whole).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + whole


def _oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


# The fixed parts of a signature (RFC 5652, section 5; RFC 5754, sections 2 and 3).
_NULL, _ONE = _der(0x05), _der(0x02, b"\x01")
_SIGNED_DATA, _DATA = _oid("1.2.840.113549.1.7.2"), _oid("1.2.840.113549.1.7.1")
_SHA256 = _der(0x30, _oid("2.16.840.1.101.3.4.2.1"), _NULL)
_RSA = _der(0x30, _oid("1.2.840.113549.1.1.11"), _NULL)
_ECDSA = _oid("1.2.840.10045.4.3.2")

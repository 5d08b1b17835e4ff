"""Signature values (CMS) taken apart, proved, and put together again.

A value counts as proved only when it is, byte for byte, what its proved parts make: the
signature, what it covers, the certificates, and a time stamp over the signature. So nothing in
it can be changed without being found, not even what no signature covers.

References
----------
RFC 5652 (CMS), RFC 5754 (algorithms), RFC 3161 and RFC 5816 (time stamps), X.690 (DER).
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from asn1crypto import cms, core, tsp  # type: ignore[import-untyped]  # ships no types
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding


class Unproved(Exception):  # says what it is, like the errors of the tree
    """The value is malformed, is written in another way, or its signature does not hold."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A proved time stamp; its authority is not yet a matter of trust."""

    at: datetime
    certificates: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class Proved:
    """A proved signature or document time stamp.

    Parameters
    ----------
    certificates : tuple of cryptography.x509.Certificate
        All that it encloses, its signer's first.
    stamp : Stamp or None
        The time stamp that it carries, or that it is.
    """

    certificates: tuple[x509.Certificate, ...]
    stamp: Stamp | None = None


#: How asn1crypto and cryptography tell malformed input and wrong signatures.
MALFORMED = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    StopIteration,
    OverflowError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
)

_ABSENT = core.Void

_Hash: TypeAlias = hashes.SHA256 | hashes.SHA384 | hashes.SHA512
_HASHES: dict[str, type[_Hash]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


def prove(value: bytes, digest: bytes) -> Proved:
    """Prove a detached signature, or a time stamp, over something.

    Parameters
    ----------
    value : bytes
        DER of one CMS ContentInfo.
    digest : bytes
        SHA-256 of what it must cover.

    Raises
    ------
    Unproved
    """
    try:
        content = cms.ContentInfo.load(value, strict=True)["content"]
        if content["encap_content_info"]["content_type"].native == "tst_info":
            alone = _stamp(value, digest)
            return Proved(alone.certificates, alone)
        parts = _Parts(content)
        parts.check(digest, "sha256")
        token = parts.stamp_token()
        imprint = hashlib.sha256(parts.signature).digest()
        carried = _stamp(token, imprint) if token is not None else None
        if not any(written == value for written in parts.written(token)):
            raise Unproved
        return Proved(parts.certificates(), carried)
    except MALFORMED as error:
        raise Unproved from error


def normal_stamp(token: bytes) -> bytes:
    """A service's time stamp in the one way in which it is kept and proved.

    What its signature does not cover (names of algorithms, order of certificates, further
    attributes) is written anew, so that no byte of it is free.

    Raises
    ------
    Unproved
        It is malformed, or made in a way that is not known here.
    """
    try:
        return next(_Parts(cms.ContentInfo.load(token, strict=True)["content"]).written(None))
    except MALFORMED as error:
        raise Unproved from error


def proved_stamp(token: bytes, imprint: bytes) -> Stamp:
    """Prove a time stamp over a SHA-256 hash.

    Raises
    ------
    Unproved
    """
    try:
        return _stamp(token, imprint)
    except MALFORMED as error:
        raise Unproved from error


def _stamp(token: bytes, imprint: bytes) -> Stamp:
    parts = _Parts(cms.ContentInfo.load(token, strict=True)["content"])
    if parts.enclosed is None:
        raise Unproved
    parts.check(hashlib.new(parts.hash_name, parts.enclosed).digest(), parts.hash_name)
    if not any(written == token for written in parts.written(None)):
        raise Unproved
    told = tsp.TSTInfo.load(parts.enclosed, strict=True)
    stated = told["message_imprint"]
    if stated["hash_algorithm"]["algorithm"].native != "sha256":
        raise Unproved
    if stated["hashed_message"].native != imprint:
        raise Unproved
    return Stamp(told["gen_time"].native, parts.certificates())


class _Parts:
    """The parts of a SignedData value with one signer."""

    def __init__(self, content: cms.SignedData) -> None:
        (self._signer,) = content["signer_infos"]
        self._all = [choice.chosen for choice in content["certificates"]]
        self._own = next(each for each in self._all if self._is_of(each))
        self._certificate = x509.load_der_x509_certificate(self._own.dump())
        self.signature: bytes = self._signer["signature"].native
        self.hash_name: str = self._signer["digest_algorithm"]["algorithm"].native
        inside = content["encap_content_info"]["content"]
        # `native` would take everything apart, and that is slow.
        self.enclosed: bytes | None = None if isinstance(inside, _ABSENT) else bytes(inside)

    def _is_of(self, certificate: asn1_x509.Certificate) -> bool:
        wanted = self._signer["sid"].chosen
        return bool(
            certificate.issuer == wanted["issuer"]
            and certificate.serial_number == wanted["serial_number"].native
        )

    def certificates(self) -> tuple[x509.Certificate, ...]:
        """All enclosed certificates, the signer's first."""
        others = (e for e in self._all if e is not self._own)
        return (self._certificate, *(x509.load_der_x509_certificate(e.dump()) for e in others))

    def check(self, digest: bytes, hash_name: str) -> None:
        """Raise unless the certificate signed `digest` and is the one that is named."""
        values = {each["type"].native: each["values"] for each in self._signer["signed_attrs"]}
        (stated,) = values["message_digest"]
        if stated.native != digest or self.hash_name != hash_name or not self._is_named(values):
            raise Unproved
        method = _HASHES[hash_name]()
        attributes = self._signer["signed_attrs"].untag().dump()
        key = self._certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(self.signature, attributes, padding.PKCS1v15(), method)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(self.signature, attributes, ec.ECDSA(method))
        else:
            raise UnsupportedAlgorithm("neither RSA nor elliptic curve")

    def _is_named(self, values: dict[str, cms.SetOfAny]) -> bool:
        """Whether the signed attributes name the certificate by its hash (RFC 5035)."""
        if "signing_certificate_v2" in values:
            (named,) = values["signing_certificate_v2"]
            first = named["certs"][0]
            method = _HASHES[first["hash_algorithm"]["algorithm"].native]()
            return bool(first["cert_hash"].native == self._certificate.fingerprint(method))
        # Time stamp services of before RFC 5816 name it so; it chooses, it does not prove.
        (named,) = values["signing_certificate"]
        wanted = named["certs"][0]["cert_hash"].native
        return bool(wanted == self._certificate.fingerprint(hashes.SHA1()))  # noqa: S303

    def stamp_token(self) -> bytes | None:
        """The time stamp over the signature; no other unsigned attribute may be there."""
        unsigned = self._signer["unsigned_attrs"]
        if isinstance(unsigned, _ABSENT):
            return None
        (attribute,) = unsigned
        if attribute["type"].native != "signature_time_stamp_token":
            raise Unproved
        (token,) = attribute["values"]
        return bytes(token.dump())

    def written(self, token: bytes | None) -> Iterator[bytes]:
        """The ways in which a value of these parts may be written; the first is ours."""
        for end in (_NULL, b""):
            yield self._written(token, _der(0x30, _HASH_OIDS[self.hash_name], end))

    def _written(self, token: bytes | None, hashed: bytes) -> bytes:
        issued = _der(0x30, self._own.issuer.dump(), self._serial())
        stamped = _der(0xA1, _der(0x30, _STAMP, _der(0x31, token))) if token else b""
        info = _der(
            0x30,
            _ONE,
            issued,
            hashed,
            _der(0xA0, self._signer["signed_attrs"].untag().contents),
            self._mechanism(),
            _der(0x04, self.signature),
            stamped,
        )
        if self.enclosed is None:
            version, inside = _ONE, _der(0x30, _DATA)
        else:
            version = _THREE
            inside = _der(0x30, _TST_INFO, _der(0xA0, _der(0x04, self.enclosed)))
        data = _der(
            0x30,
            version,
            _der(0x31, hashed),
            inside,
            _der(0xA0, *sorted(certificate.dump() for certificate in self._all)),
            _der(0x31, info),
        )
        return _der(0x30, _SIGNED_DATA, _der(0xA0, data))

    def _serial(self) -> bytes:
        return bytes(self._own["tbs_certificate"]["serial_number"].dump())

    def _mechanism(self) -> bytes:
        if self._own.public_key.algorithm == "ec":
            return _der(0x30, _ECDSA_OIDS[self.hash_name])
        return _der(0x30, _RSA_OIDS[self.hash_name], _NULL)


def as_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate as pyHanko and asn1crypto have it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def first_value(content: bytes) -> bytes:
    """The one DER value at the beginning; only zeros may follow it.

    Raises
    ------
    Unproved
    """
    if len(content) < 4 or content[0] != 0x30 or content[1] not in (0x82, 0x83):
        raise Unproved  # a signature has between 256 bytes and 16 MB
    octets = content[1] & 0x7F
    length = 2 + octets + int.from_bytes(content[2 : 2 + octets], "big")
    if content[length:].strip(b"\0"):
        raise Unproved
    return content[:length]


def _der(tag: int, *contents: bytes) -> bytes:
    """A DER value of definite length (X.690, 10.1)."""
    whole = b"".join(contents)
    if len(whole) < 0x80:
        return bytes([tag, len(whole)]) + whole
    octets = len(whole).to_bytes((len(whole).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + whole


def _oid(dotted: str) -> bytes:
    return bytes(core.ObjectIdentifier(dotted).dump())


_NULL, _ONE, _THREE = _der(0x05), _der(0x02, b"\x01"), _der(0x02, b"\x03")
_SIGNED_DATA, _DATA = _oid("1.2.840.113549.1.7.2"), _oid("1.2.840.113549.1.7.1")
_TST_INFO, _STAMP = _oid("1.2.840.113549.1.9.16.1.4"), _oid("1.2.840.113549.1.9.16.2.14")
_NAMES = ("sha256", "sha384", "sha512")
_HASH_OIDS = {n: _oid(f"2.16.840.1.101.3.4.2.{i}") for i, n in enumerate(_NAMES, 1)}
_RSA_OIDS = {n: _oid(f"1.2.840.113549.1.1.{i}") for i, n in enumerate(_NAMES, 11)}
_ECDSA_OIDS = {n: _oid(f"1.2.840.10045.4.3.{i}") for i, n in enumerate(_NAMES, 2)}

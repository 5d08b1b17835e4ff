"""Signatures with SM2 and SM3 beside a report: detached, as CMS.

PDF readers and pyHanko know neither the curve nor the hash, so such a signature does not go into
the PDF: it covers the whole file and lies beside it (``report.pdf.p7s``). It is what the hook for
vendors' SM2 keys is proved with; the report's own signature in the PDF stays RSA or ECDSA.

References
----------
GB/T 32918.2 (SM2 signatures), GB/T 32905 (SM3), GB/T 33560 (identifiers), RFC 5652 (CMS).
"""

from datetime import UTC, datetime
from typing import Protocol

from asn1crypto import algos, cms, core, util  # type: ignore[import-untyped]  # ships no types
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from gmalg import SM2  # type: ignore[import-untyped]  # ships no types

from farlead.reporting.cms import MALFORMED, Unproved, as_asn1

#: The user identity that is hashed with the key where nobody agreed on another (GM/T 0009).
USER = b"1234567812345678"
_CURVE = "1.2.156.10197.1.301"
_SM3, _SM2_WITH_SM3 = "1.2.156.10197.1.401", "1.2.156.10197.1.501"


class Sm2Signer(Protocol):
    """A key that signs with SM2 and SM3."""

    @property
    def certificate(self) -> x509.Certificate:
        """Certificate of the person."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Issuers, as far as known."""

    def sign(self, data: bytes) -> bytes:
        """DER pair of the signature over `data`, with SM3 and the default identity."""


def is_sm2(certificate: x509.Certificate) -> bool:
    """Whether a certificate's key is one of SM2."""
    algorithm = as_asn1(certificate).public_key["algorithm"]
    return bool(algorithm["algorithm"].native == "ec" and algorithm["parameters"].native == _CURVE)


def detached(data: bytes, signer: Sm2Signer, at: datetime) -> bytes:
    """CMS value that signs `data` without enclosing it.

    Parameters
    ----------
    data : bytes
        The signed PDF.
    signer : Sm2Signer
    at : datetime
        Time of signing, aware.
    """
    own = as_asn1(signer.certificate)
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "data"),
            _attribute("signing_time", cms.Time({"utc_time": at.astimezone(UTC)})),
            _attribute("message_digest", _sm3(data)),
        ]
    )
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                {"issuer": own.issuer, "serial_number": own.serial_number},
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": _SM3}),
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": _SM2_WITH_SM3}),
            "signature": signer.sign(attributes.dump()),
        }
    )
    enclosed = [own, *(as_asn1(each) for each in signer.chain)]
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": _SM3})],
            "encap_content_info": {"content_type": "data"},
            "certificates": enclosed,
            "signer_infos": [info],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump())


def proved(value: bytes, data: bytes, trust: list[x509.Certificate]) -> x509.Certificate:
    """Whose detached signature over `data` this is.

    Parameters
    ----------
    trust : list of Certificate
        Roots with SM2 keys; nothing else is trusted.

    Raises
    ------
    Unproved
        It is malformed, of other data, not valid at its time, or not of a trusted person.
    """
    try:
        content = cms.ContentInfo.load(value, strict=True)["content"]
        (signer,) = content["signer_infos"]
        enclosed = [
            x509.load_der_x509_certificate(choice.chosen.dump())
            for choice in content["certificates"]
        ]
        serial = signer["sid"].chosen["serial_number"].native
        own = next(each for each in enclosed if each.serial_number == serial)
        said = {each["type"].native: each["values"][0] for each in signer["signed_attrs"]}
        if said["message_digest"].native != _sm3(data):
            raise Unproved
        _check(own, signer["signature"].native, signer["signed_attrs"].untag().dump())
        _path(own, [*enclosed, *trust], trust, said["signing_time"].native)
    except MALFORMED as error:
        raise Unproved from error
    return own


def _path(
    last: x509.Certificate,
    known: list[x509.Certificate],
    trust: list[x509.Certificate],
    at: datetime,
) -> None:
    """Follow the issuers up to a trusted root; Unproved where that fails."""
    for _ in range(len(known) + 1):
        if not last.not_valid_before_utc <= at <= last.not_valid_after_utc:
            raise Unproved
        if last in trust:
            return
        above = next(each for each in known if each.subject == last.issuer and each != last)
        _check(above, last.signature, last.tbs_certificate_bytes)
        last = above
    raise Unproved


def _check(certificate: x509.Certificate, signature: bytes, data: bytes) -> None:
    """Raise Unproved unless the certificate's key made this signature."""
    pair = core.SequenceOf.load(signature, spec=core.Integer)
    if len(pair) != 2 or not is_sm2(certificate):
        raise Unproved
    first, second = (util.int_to_bytes(each.native, width=32) for each in pair)
    point = bytes(as_asn1(certificate).public_key["public_key"])
    if not SM2(uid=USER, pk=point).verify(data, first, second):
        raise Unproved


def _attribute(name: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": name, "values": [value]})


def _sm3(data: bytes) -> bytes:
    made = hashes.Hash(hashes.SM3())
    made.update(data)
    return made.finalize()

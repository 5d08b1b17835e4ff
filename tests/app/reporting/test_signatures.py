"""Signatures: ours are accepted, by others too; nothing else is."""

import io
import random
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import NameObject, TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from farlead.access.demo_authority import DEMO_PIN, DemoReader, make_demo_keys, trusted
from farlead.access.keys import Credential
from farlead.messages import Language
from farlead.reporting.compositor import compose
from farlead.reporting.signing import Act, countersign, sign_first
from farlead.reporting.stamp import Composed
from farlead.reporting.verification import Verification, verify
from farlead.settings import Settings
from support_reporting import SIGNED, ecg_content, image_content

_REASON = "签署心电图报告：𠮷"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(folder=tmp_path_factory.mktemp("signing"), demo=True)


@pytest.fixture(scope="module")
def credentials(settings: Settings) -> dict[str, Credential]:
    readers = [DemoReader("jia", "示例医师甲"), DemoReader("yi", "示例医师乙")]
    files = make_demo_keys(settings, readers, clock=lambda: SIGNED)
    return {login: Credential.from_pkcs12(file, DEMO_PIN) for login, file in files.items()}


@pytest.fixture(scope="module")
def roots(settings: Settings, credentials: dict[str, Credential]) -> tuple[x509.Certificate, ...]:
    return trusted(settings)


@pytest.fixture(scope="module")
def composed(credentials: dict[str, Credential]) -> Composed:
    author = replace(ecg_content().author, certificate=credentials["jia"].fingerprint)
    return compose(ecg_content(author=author))


@pytest.fixture(scope="module")
def signed(composed: Composed, credentials: dict[str, Credential]) -> bytes:
    return sign_first(composed, credentials["jia"], Act(_REASON, SIGNED, "示例医师甲")).pdf


def _told(found: Verification) -> str:
    assert not found.ok
    assert found.reasons[0].text(Language.ZH)
    return found.reasons[0].id.removeprefix("reporting.verify.")


def test_a_signed_report_is_accepted(signed: bytes, roots: tuple[x509.Certificate, ...]) -> None:
    found = verify(signed, trust=roots)
    assert found.ok
    assert found.chain_ok
    assert found.signer_name == "示例医师甲（演示 DEMO）"
    assert found.signed_at == SIGNED
    assert (found.study_number, found.report_version) == ("20261122-0007", 1)
    assert found.object_hashes == ("a" * 64,)
    assert found.reviewer_name is None
    assert found.evaluation
    assert found.demo
    assert [reason.id for reason in found.reasons] == ["reporting.verify.demo"]


def test_an_imaging_report_is_accepted(
    credentials: dict[str, Credential], roots: tuple[x509.Certificate, ...]
) -> None:
    author = replace(ecg_content().author, certificate=None)
    unsigned = compose(image_content(author=author))
    assert verify(sign_first(unsigned, credentials["yi"], Act("签署", SIGNED)).pdf, trust=roots).ok


def test_others_read_reason_name_and_time(signed: bytes) -> None:
    fields = pypdf.PdfReader(io.BytesIO(signed)).get_fields()
    assert fields is not None
    value = fields["Author"]["/V"].get_object()
    assert value["/Reason"] == _REASON
    assert value["/Name"] == "示例医师甲"
    assert value["/SubFilter"] == "/ETSI.CAdES.detached"
    assert value["/M"].startswith("D:20261122081726")
    assert value["/Reference"][0]["/TransformParams"]["/P"] == 2
    assert "/V" not in fields["Reviewer"]


def test_signing_leaves_the_composed_bytes_alone(composed: Composed, signed: bytes) -> None:
    assert signed.startswith(composed.pdf)


def test_pdfsig_accepts_it_too(signed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(signed)
    said = subprocess.run(
        ["pdfsig", "-nocert", str(file)], capture_output=True, check=False, timeout=60
    ).stdout.decode()
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "示例医师甲" in said


def test_a_second_signature_keeps_the_first(
    signed: bytes, credentials: dict[str, Credential], roots: tuple[x509.Certificate, ...]
) -> None:
    both = countersign(signed, credentials["yi"], Act("审核", SIGNED)).pdf
    found = verify(both, trust=roots)
    assert found.ok
    assert found.signer_name == "示例医师甲（演示 DEMO）"
    assert found.reviewer_name == "示例医师乙（演示 DEMO）"
    assert both.startswith(signed)
    assert verify(signed, trust=roots).ok


def _changes(pdf: bytes, positions: range, count: int, seed: int) -> Iterator[bytes]:
    chance = random.Random(seed)  # repeatable, not secret
    for _ in range(count):
        place = chance.choice(positions)
        other = chance.choice([byte for byte in range(256) if byte != pdf[place]])
        yield pdf[:place] + bytes([other]) + pdf[place + 1 :]


def _contents(pdf: bytes) -> range:
    found = re.search(rb"/Contents <([0-9A-F]+)>", pdf)
    assert found
    return range(*found.span())


def test_every_changed_byte_is_found(signed: bytes, roots: tuple[x509.Certificate, ...]) -> None:
    for changed in _changes(signed, range(len(signed)), 400, 1):
        assert not verify(changed, trust=roots).ok


def test_every_changed_byte_inside_the_signature_is_found(
    signed: bytes, roots: tuple[x509.Certificate, ...]
) -> None:
    for changed in _changes(signed, _contents(signed), 200, 2):
        assert not verify(changed, trust=roots).ok


def test_every_hex_digit_counts(signed: bytes, roots: tuple[x509.Certificate, ...]) -> None:
    chance = random.Random(3)  # repeatable, not secret
    inside = [i for i in _contents(signed) if chr(signed[i]) in "0123456789ABCDEF"]
    for place in [*inside[:40], *chance.sample(inside, 150)]:
        digit = chance.choice([d for d in b"0123456789ABCDEF" if d != signed[place]])
        changed = signed[:place] + bytes([digit]) + signed[place + 1 :]
        assert not verify(changed, trust=roots).ok


def test_the_case_of_a_hex_digit_counts(signed: bytes, roots: tuple[x509.Certificate, ...]) -> None:
    letter = next(i for i in _contents(signed)[12:] if chr(signed[i]) in "ABCDEF")
    changed = signed[:letter] + signed[letter : letter + 1].lower() + signed[letter + 1 :]
    assert _told(verify(changed, trust=roots)) == "changed"


def test_what_is_appended_is_found(
    signed: bytes, credentials: dict[str, Credential], roots: tuple[x509.Certificate, ...]
) -> None:
    assert _told(verify(signed + b"\n", trust=roots)) == "appended"
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root[NameObject("/Added")] = TextStringObject("x")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    assert _told(verify(out.getvalue(), trust=roots)) == "appended"


def test_a_foreign_revision_before_the_second_signature_is_found(
    signed: bytes, credentials: dict[str, Credential], roots: tuple[x509.Certificate, ...]
) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/Rotate")] = writer.root["/Pages"]["/Count"]
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    both = countersign(out.getvalue(), credentials["yi"], Act("审核", SIGNED)).pdf
    assert _told(verify(both, trust=roots)) == "changed"


@pytest.mark.parametrize("kept", [0.2, 0.7, 0.999])
def test_a_truncated_file_is_found(
    signed: bytes, roots: tuple[x509.Certificate, ...], kept: float
) -> None:
    told = _told(verify(signed[: int(len(signed) * kept)], trust=roots))
    assert told in {"truncated", "unsigned"}


@pytest.mark.parametrize("data", [b"", b"text", b"%PDF-", b"%PDF-1.7\n/ByteRange [0 1 2 3]"])
def test_what_is_no_report_is_told(data: bytes, roots: tuple[x509.Certificate, ...]) -> None:
    assert _told(verify(data, trust=roots)) in {"no_pdf", "unsigned", "truncated", "appended"}


def test_an_unsigned_report_is_told(
    composed: Composed, roots: tuple[x509.Certificate, ...]
) -> None:
    assert _told(verify(composed.pdf, trust=roots)) == "unsigned"


def test_an_unknown_signer_is_told(signed: bytes, tmp_path: Path) -> None:
    assert _told(verify(signed, trust=())) == "unknown_signer"
    other = Settings(folder=tmp_path, demo=True)
    make_demo_keys(other, [DemoReader("x", "他人")], clock=lambda: SIGNED)
    found = verify(signed, trust=trusted(other))
    assert _told(found) == "unknown_signer"
    assert not found.chain_ok


@pytest.mark.parametrize("years", [-1, 4])
def test_a_certificate_that_was_not_valid_is_told(
    composed: Composed,
    credentials: dict[str, Credential],
    roots: tuple[x509.Certificate, ...],
    years: int,
) -> None:
    at = SIGNED + timedelta(days=365 * years)
    pdf = sign_first(composed, credentials["jia"], Act(_REASON, at)).pdf
    assert _told(verify(pdf, trust=roots)) == "expired"


def test_another_author_is_told(
    composed: Composed, credentials: dict[str, Credential], roots: tuple[x509.Certificate, ...]
) -> None:
    pdf = sign_first(composed, credentials["yi"], Act(_REASON, SIGNED)).pdf
    assert _told(verify(pdf, trust=roots)) == "other_author"


def test_a_signed_pdf_without_our_attachment_is_no_report(
    credentials: dict[str, Credential], roots: tuple[x509.Certificate, ...]
) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)
    pdf = sign_first(Composed(out.getvalue(), ""), credentials["jia"], Act(_REASON, SIGNED)).pdf
    assert _told(verify(pdf, trust=roots)) == "no_attachment"


def test_an_attachment_of_another_report_is_told(
    credentials: dict[str, Credential], roots: tuple[x509.Certificate, ...]
) -> None:
    author = replace(ecg_content().author, certificate=None)
    writer = IncrementalPdfFileWriter(io.BytesIO(compose(ecg_content(author=author)).pdf))
    info = writer.trailer["/Info"]
    info[NameObject("/Title")] = TextStringObject("心电图报告 20261122-0008-v1")
    writer.update_container(info)
    out = io.BytesIO()
    writer.write(out)
    pdf = sign_first(Composed(out.getvalue(), ""), credentials["jia"], Act(_REASON, SIGNED)).pdf
    assert _told(verify(pdf, trust=roots)) == "attachment_mismatch"


def test_a_signed_but_broken_document_is_refused(
    composed: Composed, credentials: dict[str, Credential], roots: tuple[x509.Certificate, ...]
) -> None:
    whole = composed.pdf
    start = whole.index(b"stream", whole.index(b"/EmbeddedFile")) + 8
    broken = Composed(whole[:start] + bytes(40) + whole[start + 40 :], "")
    pdf = sign_first(broken, credentials["jia"], Act(_REASON, SIGNED)).pdf
    assert _told(verify(pdf, trust=roots)) == "unreadable"


class _Curve:
    """A signer on P-256, self-signed: any key that signs will do."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "曲线 P-256")])
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=True, key_encipherment=False,
            data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2030, 1, 1, tzinfo=UTC))
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.chain: tuple[x509.Certificate, ...] = ()

    def sign(self, data: bytes) -> bytes:
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def test_a_key_on_a_curve_signs_too() -> None:
    signer = _Curve()
    author = replace(ecg_content().author, certificate=None)
    composed = compose(ecg_content(author=author, demo=False))
    pdf = sign_first(composed, signer, Act("签署", SIGNED)).pdf
    found = verify(pdf, trust=[signer.certificate])
    assert found.ok
    assert not found.demo
    assert found.reasons == ()

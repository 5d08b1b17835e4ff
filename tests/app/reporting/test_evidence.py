"""Time stamps and validation data: from a service on loopback, proved byte for byte."""

import io
import random
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature

from farlead.errors import CredentialProblem, SigningError
from farlead.messages import Language
from farlead.reporting.compositor import compose
from farlead.reporting.evidence import PAUSE, Evidence, TimeStamps
from farlead.reporting.signing import Act, SignedPdf, countersign, sign_first
from farlead.reporting.stamp import Composed
from farlead.reporting.verification import Verification, verify
from support_pki import Holder, Pki, open_pki
from support_reporting import ecg_content


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pki]:
    with open_pki(tmp_path_factory.mktemp("pki")) as made:
        yield made


@pytest.fixture(scope="module")
def holders(pki: Pki) -> tuple[Holder, Holder]:
    return pki.holder("示例医师甲"), pki.holder("示例医师乙")


@pytest.fixture(scope="module")
def composed() -> Composed:
    author = replace(ecg_content().author, certificate=None)
    return compose(ecg_content(author=author, demo=False, awaits_review=True))


def _evidence(pki: Pki, **changes: object) -> Evidence:
    wanted = {"stamps": TimeStamps(pki.address), **changes}
    return Evidence([pki.root.certificate], **wanted)  # type: ignore[arg-type]


def _act(reason: str = "报告医师签名") -> Act:
    return Act(reason, datetime.now(UTC), "示例医师甲")


@pytest.fixture(scope="module")
def stamped(pki: Pki, holders: tuple[Holder, Holder], composed: Composed) -> SignedPdf:
    return sign_first(composed, holders[0], _act(), _evidence(pki))


@pytest.fixture(scope="module")
def both(pki: Pki, holders: tuple[Holder, Holder], stamped: SignedPdf) -> SignedPdf:
    return countersign(stamped.pdf, holders[1], _act("审核医师签名"), _evidence(pki))


def _verified(pdf: bytes, pki: Pki) -> Verification:
    return verify(pdf, trust=[pki.root.certificate])


def _told(found: Verification) -> str:
    assert not found.ok
    assert found.reasons[0].text(Language.ZH)
    return found.reasons[0].id.removeprefix("reporting.verify.")


def test_a_report_carries_time_stamp_and_validation_data(stamped: SignedPdf, pki: Pki) -> None:
    assert stamped.long_term
    assert stamped.remarks == ()
    found = _verified(stamped.pdf, pki)
    assert found.ok, found.reasons
    assert found.long_term
    assert found.stamped == stamped.stamped is not None
    assert abs(found.stamped - stamped.at) < timedelta(minutes=1)
    dss = DocumentSecurityStore.read_dss(PdfFileReader(io.BytesIO(stamped.pdf)))
    assert len(list(dss.crls)) == 2  # of the root and of the issuing authority


def test_a_countersigned_report_passes(both: SignedPdf, stamped: SignedPdf, pki: Pki) -> None:
    assert both.pdf.startswith(stamped.pdf)
    found = _verified(both.pdf, pki)
    assert found.ok, found.reasons
    assert (found.signer_name, found.reviewer_name) == ("示例医师甲", "示例医师乙")
    assert found.long_term
    assert found.reviewed_at is not None


def test_others_accept_both_signatures(both: SignedPdf, pki: Pki, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(both.pdf)
    said = subprocess.run(
        ["pdfsig", "-nocert", str(file)], capture_output=True, check=False, timeout=60
    ).stdout.decode()
    assert said.count("Signature is Valid") == 2
    assert said.count("Total document signed") == 1


@pytest.mark.parametrize("place", [0, 1])
def test_pyhanko_finds_the_data_for_years_later(both: SignedPdf, pki: Pki, place: int) -> None:
    from farlead.reporting.cms import as_asn1

    reader = PdfFileReader(io.BytesIO(both.pdf))
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(
        {
            "trust_roots": [as_asn1(pki.root.certificate)],
            "moment": both.at,
            "revocation_mode": "require",
        }
    )
    assert validate_pdf_signature(reader.embedded_signatures[place], context).bottom_line


def _contents(pdf: bytes) -> range:
    *_, last = re.finditer(rb"/Contents <([0-9A-F]+)>", pdf)
    return range(*last.span(1))


def _changed(pdf: bytes, place: int, other: int) -> bytes:
    return pdf[:place] + bytes([other]) + pdf[place + 1 :]


def test_every_changed_byte_is_refused(both: SignedPdf, pki: Pki) -> None:
    chance, pdf = random.Random(11), both.pdf  # repeatable, not secret
    for _ in range(150):
        place = chance.randrange(len(pdf))
        other = chance.choice([byte for byte in range(256) if byte != pdf[place]])
        assert not _verified(_changed(pdf, place, other), pki).ok, place


def test_every_hex_digit_of_a_stamped_signature_counts(stamped: SignedPdf, pki: Pki) -> None:
    chance, pdf = random.Random(12), stamped.pdf  # repeatable, not secret
    value = pdf[_contents(pdf).start : _contents(pdf).stop].rstrip(b"0")
    inside = range(_contents(pdf).start, _contents(pdf).start + len(value))
    for place in chance.sample(inside, 300):
        digit = chance.choice([d for d in b"0123456789ABCDEF" if d != pdf[place]])
        assert not _verified(_changed(pdf, place, digit), pki).ok, place


def test_others_refuse_changes_outside_the_signature_too(
    both: SignedPdf, pki: Pki, tmp_path: Path
) -> None:
    """Those inside are counted apart: pyHanko and pdfsig let some of them pass."""
    chance, pdf = random.Random(13), both.pdf  # repeatable, not secret
    hole, file = _contents(pdf), tmp_path / "changed.pdf"
    passed = {"pyhanko": 0, "pdfsig": 0}
    for number in range(40):
        inside = number % 4 == 0
        place = chance.choice(hole) if inside else chance.randrange(hole.start - 200)
        other = chance.choice([b for b in b"0123456789ABCDEFabcdef" if b != pdf[place]])
        changed = _changed(pdf, place, other)
        assert not _verified(changed, pki).ok, place
        file.write_bytes(changed)
        accepted = {"pyhanko": _pyhanko_accepts(changed, pki), "pdfsig": _pdfsig_accepts(file)}
        for name, yes in accepted.items():
            assert inside or not yes, (name, place)
            passed[name] += yes
    print(f"changes inside the signature that passed: {passed}")  # noqa: T201 - counted apart


def _pyhanko_accepts(pdf: bytes, pki: Pki) -> bool:
    from pyhanko_certvalidator import ValidationContext

    from farlead.reporting.cms import as_asn1

    context = ValidationContext(trust_roots=[as_asn1(pki.root.certificate)])
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        judged = [validate_pdf_signature(each, context) for each in signatures]
    except Exception:  # noqa: BLE001 - whatever it says, it does not accept
        return False
    return len(judged) == 2 and all(each.bottom_line for each in judged)


def _pdfsig_accepts(file: Path) -> bool:
    said = subprocess.run(
        ["pdfsig", "-nocert", str(file)], capture_output=True, check=False, timeout=60
    ).stdout
    return said.count(b"Signature is Valid") == 2 and b"Total document signed" in said


def test_a_document_time_stamp_after_the_signatures_passes(both: SignedPdf, pki: Pki) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(both.pdf))
    stamper = PdfTimeStamper(TimeStamps(pki.address))
    out = stamper.timestamp_pdf(writer, "sha256")
    found = _verified(out.getvalue(), pki)
    assert found.ok, found.reasons
    assert found.reviewer_name == "示例医师乙"
    assert _told(_verified(out.getvalue() + b"%", pki)) == "appended"


def test_validation_data_that_nothing_covers_is_refused(stamped: SignedPdf, pki: Pki) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(stamped.pdf))
    from farlead.reporting.cms import as_asn1

    more = [as_asn1(pki.holder("他人").certificate)]
    DocumentSecurityStore.supply_dss_in_writer(writer, sig_contents=None, certs=more)
    out = io.BytesIO()
    writer.write(out)
    assert _told(_verified(out.getvalue(), pki)) == "appended"


@pytest.mark.parametrize("stamping", ["refuse", "garbage"])
def test_a_service_that_fails_does_not_hold_up_the_report(
    pki: Pki, holders: tuple[Holder, Holder], composed: Composed, stamping: str
) -> None:
    now = datetime.now(UTC)
    evidence = _evidence(pki, clock=lambda: now)
    pki.stamping = stamping
    try:
        signed = sign_first(composed, holders[0], _act(), evidence)
        asked = pki.asked
        again = sign_first(composed, holders[0], _act(), evidence)
        assert pki.asked == asked  # left alone for a while
    finally:
        pki.stamping = "answer"
    for each in (signed, again):
        assert [remark.id for remark in each.remarks] == ["reporting.signing.no_stamp"]
        assert each.stamped is None
        assert _verified(each.pdf, pki).ok
    now += PAUSE
    assert sign_first(composed, holders[0], _act(), evidence).stamped is not None


def test_where_a_time_stamp_is_required_nothing_is_signed_without(
    pki: Pki, holders: tuple[Holder, Holder], composed: Composed
) -> None:
    pki.stamping = "refuse"
    try:
        with pytest.raises(SigningError) as refused:
            sign_first(composed, holders[0], _act(), _evidence(pki, required=True))
    finally:
        pki.stamping = "answer"
    assert "草稿已保留" in refused.value.text(Language.ZH)


def test_a_revoked_certificate_does_not_sign(pki: Pki, composed: Composed) -> None:
    gone = pki.holder("已离职")
    pki.revoked.add(gone.certificate.serial_number)
    with pytest.raises(CredentialProblem) as refused:
        sign_first(composed, gone, _act(), _evidence(pki))
    assert refused.value.reason.id == "reporting.signing.revoked"


def test_without_lists_a_report_is_signed_without_them(pki: Pki, composed: Composed) -> None:
    plain = pki.holder("无吊销列表", published=False)
    signed = sign_first(composed, plain, _act(), _evidence(pki, stamps=None))
    assert not signed.long_term
    found = _verified(signed.pdf, pki)
    assert found.ok
    assert not found.long_term


def test_a_stamp_of_an_unknown_authority_is_told(
    holders: tuple[Holder, Holder], composed: Composed, pki: Pki, tmp_path: Path
) -> None:
    with open_pki(tmp_path) as other:
        signed = sign_first(
            composed, holders[0], _act(), _evidence(pki, stamps=TimeStamps(other.address))
        )
    assert _told(_verified(signed.pdf, pki)) == "unknown_stamp"

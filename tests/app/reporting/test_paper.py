"""Reports on paper: two fields, both languages, emblems, letters, rare characters, PDF/A."""

import io
import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from farlead.analysis import screen
from farlead.errors import SettingsError
from farlead.messages import Language
from farlead.model.people import Patient
from farlead.model.report import Draft
from farlead.reporting.compositor import Compositor, compose
from farlead.reporting.emblem import Look, look
from farlead.reporting.signing import Act, SignedPdf, countersign, sign_first
from farlead.reporting.verification import verify
from farlead.settings import ReportSettings, Settings
from support_pdf import texts
from support_pki import Holder, Pki
from support_reporting import BEIJING, ecg_content, image_content, recording
from support_scale import scale_error

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
_AT = datetime(2026, 11, 22, 8, 17, 26, tzinfo=UTC)
_RARE = "𠮷㼆䶮"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"), "http://127.0.0.1:9")


@pytest.fixture(scope="module")
def holders(pki: Pki) -> tuple[Holder, Holder]:
    return pki.holder("示例医师甲"), pki.holder(f"{_RARE}医师")


def _act(reason: str = "报告医师签名", name: str | None = None) -> Act:
    return Act(reason, datetime.now(UTC), name, zone=BEIJING)


@pytest.fixture(scope="module")
def first(holders: tuple[Holder, Holder]) -> SignedPdf:
    author = replace(ecg_content().author, certificate=None)
    composed = compose(ecg_content(author=author, awaits_review=True))
    return sign_first(composed, holders[0], _act())


@pytest.fixture(scope="module")
def both(first: SignedPdf, holders: tuple[Holder, Holder]) -> SignedPdf:
    return countersign(first.pdf, holders[1], _act("审核医师签名"))


def _printed(pdf: bytes, folder: Path) -> str:
    """Text of the page as poppler extracts it, fields included, without spaces."""
    file = folder / "report.pdf"
    file.write_bytes(pdf)
    drawn = ["pdftocairo", "-pdf", str(file), str(folder / "flat.pdf")]
    subprocess.run(drawn, check=True, capture_output=True, timeout=60)
    said = subprocess.run(
        ["pdftotext", "-layout", str(folder / "flat.pdf"), "-"],
        check=True, capture_output=True, timeout=60,
    ).stdout.decode()  # fmt: skip
    return "".join(said.split())


def test_the_first_signature_shows_name_time_and_reason(first: SignedPdf, tmp_path: Path) -> None:
    said = _printed(first.pdf, tmp_path)
    assert "电子签名·报告医师签名·证书SHA-256" in said
    local = first.at.astimezone(BEIJING)
    assert f"示例医师甲{local:%Y-%m-%d%H:%M:%S}+08:00" in said
    assert "初步报告，待审核" in said


def test_the_second_signature_takes_the_place_of_the_preliminary_mark(
    both: SignedPdf, pki: Pki, tmp_path: Path
) -> None:
    said = _printed(both.pdf, tmp_path)
    assert "初步报告" not in said
    assert "电子签名·审核医师签名" in said
    assert f"{_RARE}医师" in said
    found = verify(both.pdf, trust=[pki.root.certificate])
    assert found.ok, found.reasons


def test_a_report_that_nobody_reviews_has_no_mark(
    tmp_path: Path, holders: tuple[Holder, Holder]
) -> None:
    author = replace(ecg_content().author, certificate=None)
    signed = sign_first(compose(ecg_content(author=author)), holders[0], _act())
    said = _printed(signed.pdf, tmp_path)
    assert "初步报告" not in said
    assert "审核医师" not in said


def test_the_fields_stand_where_the_page_has_room(both: SignedPdf) -> None:
    with pikepdf.open(io.BytesIO(both.pdf)) as pdf:
        (page,) = pdf.pages
        _, _, wide, tall = (float(each) for each in page.MediaBox)
        boxes = {}
        for field in pdf.Root.AcroForm.Fields:
            boxes[str(field.T)] = [float(each) for each in field.Rect]
    for left, low, right, high in boxes.values():
        assert 0 < left < right < wide
        assert 0 < low < high < tall / 4
    assert boxes["Author"][2] <= boxes["Reviewer"][0]  # they do not lie over one another


def _fonts(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for each in pdf.objects:
        if (
            isinstance(each, pikepdf.Dictionary)
            and each.get("/Type") == pikepdf.Name.FontDescriptor
        ):
            yield each


@pytest.mark.parametrize("which", ["composed", "first", "both"])
def test_the_file_stays_pdf_a(which: str, first: SignedPdf, both: SignedPdf) -> None:
    """What can be seen without veraPDF: marks, intent, fonts, attachment, no scripts."""
    data = {
        "composed": compose(ecg_content()).pdf, "first": first.pdf, "both": both.pdf,
    }[which]  # fmt: skip
    with pikepdf.open(io.BytesIO(data)) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "3B"
        assert pdf.Root.OutputIntents[0].S == pikepdf.Name.GTS_PDFA1
        assert all("/FontFile3" in font for font in _fonts(pdf))
        (attached,) = pdf.attachments
        specification = pdf.attachments[attached]
        assert attached == "report.json"
        assert specification.relationship == pikepdf.Name.Data
        assert json.loads(specification.get_file().read_bytes())["schema"] == "farlead-report/1"
        assert "/OpenAction" not in pdf.Root
        for field in pdf.Root.get("/AcroForm", {}).get("/Fields", []):
            assert int(field.get("/F", 4)) & 4  # printed
            assert not int(field.get("/F", 4)) & 2  # not hidden


def test_the_tracing_is_true_on_the_rendered_page(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(compose(ecg_content(look=Look(_SVG, _SVG))).pdf)
    command = ["pdftoppm", "-r", "600", "-png", "-singlefile", str(file), str(file)]
    subprocess.run(command, check=True, timeout=120)
    with Image.open(f"{file}.png") as page:
        assert scale_error(page, 600) <= 0.5


@pytest.mark.parametrize("content", [ecg_content, image_content])
def test_rare_characters_print(content, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    made = content(patient=Patient(f"{_RARE}三"), draft=Draft(conclusion=f"{_RARE}😀"))
    pdf = compose(made).pdf
    said = _printed(pdf, tmp_path)
    assert said.count(_RARE) >= 2
    assert "〔U+1F600〕" in said  # flagged, not dropped
    with pikepdf.open(io.BytesIO(pdf)) as read:
        assert all("NotoSansCJK" in str(font.FontName) for font in _fonts(read))


def test_both_languages_on_one_page() -> None:
    made = recording()
    pdf = compose(
        ecg_content(recording=made, screening=screen(made), look=Look(bilingual=True))
    ).pdf
    (page,) = texts(pdf)
    for said in ("心电图报告 Electrocardiogram Report", "窦性心律", "Sinus rhythm", "性别 Sex"):
        assert said in page
    assert "V1–V3" in page  # free text has one language


def test_median_beats_have_a_page_of_their_own() -> None:
    made = recording()
    content = ecg_content(recording=made, screening=screen(made), look=Look(medians=True))
    pages = texts(compose(content).pdf)
    assert len(pages) == 2
    assert "50 mm/s · 20 mm/mV" in pages[1]
    assert "示例患者一" in pages[1]
    assert len(texts(compose(replace(content, look=Look())).pdf)) == 1


@pytest.mark.parametrize("language", list(Language))
def test_a_consultation_letter_is_addressed(language: Language) -> None:
    page = "".join(texts(compose(image_content(letter=True, language=language)).pdf))
    assert {"zh": "会诊意见书", "en": "Consultation Letter"}[language] in page
    assert "甲县人民医院 急诊科 示例医师丁" in page
    ecg = texts(compose(ecg_content(letter=True)).pdf)
    assert "25 mm/s" not in ecg[0]


def test_logo_and_seal_come_from_the_settings(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20), "red").save(tmp_path / "logo.png")
    (tmp_path / "seal.svg").write_text(_SVG, "utf-8")
    settings = Settings(
        folder=tmp_path, report=ReportSettings(logo=Path("logo.png"), seal=Path("seal.svg"))
    )
    found = look(settings)
    assert found.logo is not None
    assert 'viewBox="0 0 40 20"' in found.logo
    assert found.seal == _SVG
    with_both = compose(ecg_content(look=found)).pdf
    assert len(texts(with_both)) == 1
    assert len(with_both) > len(compose(ecg_content()).pdf)


@pytest.mark.parametrize("content", [None, b"GIF89a", b"x" * 2_000_000])
def test_a_wrong_emblem_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "logo.png").write_bytes(content)
    settings = Settings(folder=tmp_path, report=ReportSettings(logo=Path("logo.png")))
    with pytest.raises(SettingsError) as wrong:
        look(settings)
    assert "logo.png" in wrong.value.text(Language.ZH)


def test_a_preview_shows_what_will_wait() -> None:
    (page,) = texts(Compositor().preview_pdf(ecg_content(awaits_review=True)))
    assert "初步报告，待审核" in page
    assert "预览，未签名" in page

"""Pictures, documents and reports: shown as they are, upright, within bounds, or refused."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom.dataset import Dataset

from document_files import (
    chunk,
    code,
    content,
    encapsulated,
    measured,
    pdf,
    picture,
    png_claiming,
    report,
)
from farlead.errors import UnreadableFile
from farlead.formats import describe, digest, read
from farlead.formats.dicom import report as reports
from farlead.messages import Language
from farlead.model.people import Patient
from farlead.model.recording import ImageStudy, Modality
from farlead.model.study import Kind
from farlead.sandbox import Sandbox

CHANCE = np.random.default_rng(1)
GREY = CHANCE.integers(0, 255, (20, 30), np.uint8)
COLOUR = CHANCE.integers(0, 255, (20, 30, 3), np.uint8)


def study(data: bytes) -> ImageStudy:
    found = read(data)
    assert isinstance(found, ImageStudy)
    assert not found.frames.flags.writeable
    return found


def noted(found: ImageStudy) -> str:
    return " ".join(note.id for note in found.notes)


def refused(data: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as error:
        read(data)
    assert "请" in error.value.text(Language.ZH)
    assert re.search("[Aa]sk the unit", error.value.text(Language.EN))
    return error.value


# -- pictures -------------------------------------------------------------------------------


@pytest.mark.parametrize("pixels", [GREY, COLOUR, GREY.astype(np.uint16) * 257])
def test_a_png_is_what_was_stored(pixels: np.ndarray) -> None:
    found = study(picture(pixels))
    np.testing.assert_array_equal(found.frames[0], pixels)
    assert found.frames.dtype == pixels.dtype
    assert (found.modality, found.patient, found.start) == (Modality.OTHER, Patient(), None)
    assert "no_patient" in noted(found)


def test_palette_bits_and_transparency_on_white() -> None:
    palette = Image.fromarray(COLOUR).quantize(16)
    np.testing.assert_array_equal(
        study(picture(palette)).frames[0], np.array(palette.convert("RGB"))
    )
    bits = Image.fromarray(GREY).convert("1")
    np.testing.assert_array_equal(study(picture(bits)).frames[0], np.array(bits.convert("L")))
    clear = np.dstack([COLOUR, np.zeros((20, 30), np.uint8)])
    assert (study(picture(clear)).frames == 255).all()
    half = np.dstack([np.zeros((4, 4, 3), np.uint8), np.full((4, 4), 128, np.uint8)])
    assert set(np.unique(study(picture(half)).frames)) <= {126, 127, 128}
    grey = study(picture(np.dstack([GREY, np.full_like(GREY, 255)])))
    np.testing.assert_array_equal(grey.frames[0], GREY)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_upright(orientation: int) -> None:
    """Orientation n of Exif: the upright picture is dark at its top left."""
    upright = np.full((16, 24), 250, np.uint8)
    upright[:8, :8] = 5
    turns = {1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud,
             5: np.transpose, 6: lambda a: np.rot90(a, 1), 7: lambda a: np.rot90(a, 2).T,
             8: lambda a: np.rot90(a, -1)}  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = study(picture(np.ascontiguousarray(turns[orientation](upright)), "JPEG", exif=exif))
    assert found.frames.shape == (1, 16, 24)
    assert found.frames[0, 2, 2] < 40
    assert found.frames[0, 13, 20] > 210


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpegs_of_every_kind(mode: str, *, progressive: bool) -> None:
    image = Image.new("RGB", (24, 16), (200, 30, 60)).convert(mode)
    found = study(picture(image, "JPEG", progressive=progressive))
    wanted = np.array(image.convert("L" if mode == "L" else "RGB"))
    assert np.abs(found.frames[0].astype(int) - wanted).max() < 12


def test_the_first_of_several_pictures_is_shown() -> None:
    frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    data = picture(frames[0], save_all=True, append_images=frames[1:])
    found = study(data)
    np.testing.assert_array_equal(found.frames[0], GREY)
    assert "first_picture" in noted(found)


def test_damaged_exif_only_costs_the_orientation() -> None:
    plain = picture(GREY, "JPEG")
    damaged = plain[:2] + b"\xff\xe1\x00\x14Exif\0\0MM\0*\xff\xff\xff\xff\0\0\0\0" + plain[2:]
    assert study(damaged).frames.shape == (1, 20, 30)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((100_000, 100_000), "too_large"),
        ((2**31 - 1, 1), "too_large"),
        ((8001, 8001), "too_large"),
        ((8000, 8000), "hollow"),
    ],
)
def test_a_picture_that_claims_too_much_is_refused_before_decoding(
    size: tuple[int, int], said: str
) -> None:
    assert refused(png_claiming(*size)).reason.id == f"formats.picture.{said}"


def test_text_bombs_in_a_png_are_refused() -> None:
    import zlib

    bomb = b"Comment\0\0" + zlib.compress(b"\0" * 200_000_000, 9)
    plain = picture(GREY)
    refused(plain[:33] + chunk(b"zTXt", bomb) * 3 + plain[33:])


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_picture_cut_short_is_refused(kind: str, share: float) -> None:
    data = picture(COLOUR, kind)
    assert refused(data[: int(len(data) * share)]).reason.id == "formats.picture.damaged"


# -- documents ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(999_999, 9), (9, 999_999), (14_400, 1)])
def test_a_page_as_long_as_a_street_is_drawn_small(size: tuple[float, float]) -> None:
    found = study(pdf([size, (80, 60)]))
    assert max(found.frames.shape[1:3]) <= 20_001
    assert found.frames.size < 2 * 3 * 9_000_000
    assert "dots" in " ".join(note.text(Language.EN) for note in found.notes)


def test_pages_of_a_pdf_at_150_dots_per_inch() -> None:
    found = study(pdf([(595, 842), (595, 842)]))
    assert found.frames.shape == (2, 1755, 1240, 3)
    assert (found.modality, found.patient) == (Modality.DOCUMENT, Patient())
    np.testing.assert_array_equal(found.frames[1, -50, 50], [255, 0, 0])
    np.testing.assert_array_equal(found.frames[1, 50, 50], [255, 255, 255])
    assert noted(found) == "formats.note.no_patient"
    assert describe(pdf()).kind is Kind.OTHER


def test_pages_of_different_sizes_stand_on_white() -> None:
    found = study(pdf([(144, 288), (288, 144)]))
    assert found.frames.shape == (2, 600, 600, 3)
    np.testing.assert_array_equal(found.frames[0, 599, 0], [255, 0, 0])
    np.testing.assert_array_equal(found.frames[1, 299, 0], [255, 0, 0])
    np.testing.assert_array_equal(found.frames[1, 599, 599], [255, 255, 255])


@pytest.mark.parametrize("size", [(14_400, 14_400), (200_000, 100), (100, 200_000)])
def test_huge_pages_become_coarse(size: tuple[float, float]) -> None:
    found = study(pdf([size]))
    assert found.frames.size <= 3 * 8_100_000
    assert "coarse_pages" in noted(found)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pdf([(100, 100)] * 51), "51 pages"),
        (pdf([]), "damaged"),
        (b"%PDF-1.7\nnothing", "damaged"),
        (pdf()[:200], "damaged"),
    ],
)
def test_documents_beyond_the_bounds_or_broken_are_refused(data: bytes, said: str) -> None:
    assert said in str(refused(data))


def test_a_password_is_told() -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt("secret")
    file = io.BytesIO()
    writer.write(file)
    assert "password" in str(refused(file.getvalue()))
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt("", "owner")  # only printing is forbidden: everybody may read it
    file = io.BytesIO()
    writer.write(file)
    assert study(file.getvalue()).frames.shape[0] == 1


def test_a_document_in_dicom_has_its_patient() -> None:
    found = study(encapsulated(pdf(), DocumentTitle="心电图报告", PatientName="演示^甲"))
    assert (found.modality, found.description) == (Modality.DOCUMENT, "心电图报告")
    assert found.patient.name == "演示甲"
    np.testing.assert_array_equal(found.frames, study(pdf()).frames)
    assert not found.notes or "clock" in noted(found)


def test_other_documents_in_dicom_are_refused() -> None:
    error = refused(encapsulated(b"<ClinicalDocument/>", "text/XML"))
    assert error.tag == "(0042,0011)"
    assert "text/XML" in str(error)


# -- reports --------------------------------------------------------------------------------

TREE = (
    content(
        "CONTAINER",
        "测量",
        [
            measured("左室舒张末内径", "45.5", "mm"),
            measured("射血分数", "62", "%"),
            measured("比值", "1.25", "1"),
            measured("平均值", "-12", "[hnsf'U]", "Hounsfield unit"),
            measured("个数", "3", "{counts}", "counts"),
            content("NUM", "缺失", NumericValueQualifierCodeSequence=code("Not measured")),
        ],
    ),
    content("CODE", "节律", ConceptCodeSequence=code("窦性心律")),
    content("TEXT", "结论", TextValue="第一行\r\n第二行"),
    content("DATETIME", "时间", DateTime="20261122093000"),
    content("DATE", "日期", Date="20261122"),
    content("TIME", "时刻", Time="093000"),
    content("PNAME", "医生", PersonName="Wang^XiuLan=王^秀兰"),
    content("UIDREF", "", UID="1.2.3"),
)


def test_a_report_reads_as_text() -> None:
    found = study(report(TREE))
    assert found.text == (
        "心脏超声报告",
        "COMPLETE · UNVERIFIED",
        "测量",
        "  左室舒张末内径: 45.5 mm",
        "  射血分数: 62 %",
        "  比值: 1.25",
        "  平均值: -12 Hounsfield unit",
        "  个数: 3 counts",
        "  缺失: Not measured",
        "节律: 窦性心律",
        "结论: 第一行",
        "  第二行",
        "时间: 2026-11-22 09:30:00",
        "日期: 2026-11-22",
        "时刻: 09:30:00",
        "医生: 王秀兰",
        "1.2.3",
    )
    assert found.frames.shape == (0, 1, 1)
    assert (found.modality, describe(report(TREE)).kind) == (Modality.DOCUMENT, Kind.OTHER)


def test_the_digest_follows_the_text() -> None:
    same, other = report(TREE), report(TREE[:-1])
    assert digest(read(same)) == digest(read(report(TREE)))
    assert digest(read(same)) != digest(read(other))


def test_a_report_comes_whole_through_the_sandbox() -> None:
    with Sandbox() as sandbox:
        found = sandbox.call("farlead.formats:read", report(TREE))
    assert isinstance(found, ImageStudy)
    assert found.text == study(report(TREE)).text
    assert found.frames.shape == (0, 1, 1)


def nested(depth: int) -> Dataset:
    item = content("TEXT", "deep", TextValue="end")
    for _ in range(depth):
        item = content("CONTAINER", "level", [item])
    return item


def test_deep_and_long_reports_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert study(report([nested(20)])).text[-1].endswith("deep: end")
    deep = study(report([nested(60)]))
    assert not any("deep" in line for line in deep.text)
    assert "attribute" in noted(deep)
    monkeypatch.setattr(reports, "MOST_LINES", 5)
    found = study(report(TREE))
    assert len(found.text) == 5
    assert "report_cut" in noted(found)


def test_a_report_without_content_is_refused() -> None:
    assert "structured report" in str(refused(report([])))


@pytest.mark.data
def test_real_reports(farlead_data: Path) -> None:
    for name, line in (
        ("highdicom/sr_document.dcm", "    Area of defined region: 1.7 cm2"),
        ("fodicom/test_SR.dcm", "  Diameter: 3 cm"),
        ("dicomparser/deflate/report_dfl", "  Diameter: 1.5 cm"),
    ):
        assert line in study((farlead_data / "dicom" / name).read_bytes()).text


_SEEDS = (picture(COLOUR), picture(COLOUR, "JPEG"), pdf(), encapsulated(pdf()), report(TREE))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.sampled_from(_SEEDS),
    edits=st.lists(st.tuples(st.integers(0, 5000), st.binary(min_size=1, max_size=4)), max_size=5),
)
def test_damaged_ones_end_in_a_reason(seed: bytes, edits: list[tuple[int, bytes]]) -> None:
    changed = bytearray(seed)
    for at, piece in edits:
        changed[at % len(seed) : at % len(seed) + len(piece)] = piece
    try:
        read(bytes(changed))
    except UnreadableFile as error:
        told = error.text(Language.ZH)
        assert told

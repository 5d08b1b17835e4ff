"""Pages: what they say, in both languages, whatever was typed."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pypdf
import pytest

from farlead.analysis import screen
from farlead.errors import ComposeError
from farlead.messages import Language, catalogue
from farlead.model.detail import Detail, LeadQuantity
from farlead.model.people import Account, Patient, Role
from farlead.model.recording import Device, ImageStudy, Modality
from farlead.model.report import Decision, Display, Draft, Statement
from farlead.model.screening import Certainty, Measurement, QtFormula, Screening
from farlead.model.study import Kind, Request
from farlead.reporting.compositor import Compositor, compose, preview
from farlead.reporting.content import KeyFrame, ReportContent
from farlead.reporting.fonts import find_fonts
from farlead.reporting.keyframe import key_pictures, shown
from farlead.reporting.wording import Words
from support_pdf import lines, texts
from support_reporting import ENGLISH, ecg_content, image, image_content, recording, screening

_MARK = {
    Language.ZH: "未取得医疗器械注册证，仅供评估",
    Language.EN: "Not a registered medical device; for evaluation",
}


def _text(content: ReportContent) -> str:
    return "\n".join(texts(compose(content).pdf))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def test_an_ecg_report_is_one_page_and_says_everything() -> None:
    (page,) = map(_squeezed, texts(compose(ecg_content()).pdf))
    for said in (
        "示例牵头医院", "心电图报告", "20261122-0007", "第 1 版", "示例患者一", "男", "67 岁",
        "MZ-0001", "甲县人民医院", "急诊科", "示例医师丁", "急诊", "胸痛 2 小时，出汗",
        "2026-11-22 16:12:03 +08:00", "2026-11-22 16:14:09 +08:00", "2026-11-22 16:17:26 +08:00",
        "心率", "75 次/分", "800 ms", "未能测出", "未测量：QRS 时限", "窦性心律", "前壁 T 波倒置",
        "V1–V3 呈 QS 型", "按胸痛流程处置", "示例医师甲", "25 mm/s · 10 mm/mV", "0.05–150 Hz",
        "aVR", "V6", "第 1 页，共 1 页", _MARK[Language.ZH], "演示 DEMO", "未提供",
    ):  # fmt: skip
        assert _squeezed(said) in page


def test_a_real_screening_fits_on_the_page() -> None:
    made = recording()
    (page,) = texts(compose(ecg_content(recording=made, screening=screen(made))).pdf)
    assert "QT/QTcF" in page
    assert "最长间歇" in page
    assert "窦性心律" in page


def test_an_english_report_has_no_word_of_ours_in_chinese() -> None:
    patient = Patient("EXAMPLE^ONE", "MZ-0001", age_years=67.0)
    content = ecg_content(
        **ENGLISH,
        patient=patient,
        hospital="Hub",
        demo=False,
        request=Request(clinical_question="chest pain"),
        unit=replace(ecg_content().unit, name="County"),
        author=Account(1, "a", "Dr Example", Role.READER),
        draft=Draft((Statement("RH101", "窦性心律", "Sinus rhythm"),), conclusion="Normal."),
    )
    (page,) = texts(compose(content).pdf)
    assert not any("\u4e00" <= character <= "\u9fff" for character in page)
    for said in ("Sinus rhythm", "Page 1 of 1", _MARK[Language.EN], "not given", "Not measured"):
        assert said in page


@pytest.mark.parametrize("language", list(Language))
def test_an_imaging_report_says_what_it_is_not(language: Language) -> None:
    page = _text(image_content(language=language))
    assert {"zh": "浏览用，非诊断显示", "en": "For viewing, not for diagnosis"}[language] in page
    assert _MARK[language] in page
    assert "余肺野清晰" in page


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.ECG])
def test_every_kind_has_its_page(kind: Kind) -> None:
    assert catalogue()[f"reporting.title.{kind}"][Language.ZH] in _text(image_content(kind=kind))


def test_several_key_frames() -> None:
    frames = (KeyFrame(0, 1), KeyFrame(0, 7), KeyFrame(1, 0))
    content = image_content(images=(image(9), image(1, colour=True)), key_frames=frames)
    page = _text(content)
    assert "第 2/9 帧" in page
    assert "第 8/9 帧" in page
    assert "第 2/2 幅" in page


def test_a_report_that_is_text_has_no_picture_and_others_keep_theirs() -> None:
    text = ImageStudy(np.zeros((0, 1, 1), np.uint8), Modality.DOCUMENT, text=("结论",))
    words = Words(Language.ZH, range(0x110000))
    assert key_pictures(image_content(images=(text,)), words) == ()
    assert "肺部结节" in _text(image_content(images=(text,)))
    mixed = image_content(images=(text, image(9)), key_frames=(KeyFrame(0, 0), KeyFrame(1, 4)))
    assert len(key_pictures(mixed, words)) == 1
    assert len(key_pictures(image_content(images=(text, image(9))), words)) == 1


def test_windows_and_inverted_pictures() -> None:
    grey = image()
    dark = shown(grey, KeyFrame(centre=10_000.0, width=10.0))
    assert dark.max() == 0
    assert shown(replace(grey, inverted=True), KeyFrame(centre=10_000.0, width=10.0)).min() == 255
    whole = shown(replace(grey, windows=()), KeyFrame())
    assert (whole.min(), whole.max()) == (0, 255)


def test_an_imaging_report_without_images_still_has_its_text() -> None:
    assert "肺部结节" in _text(image_content(images=()))


@pytest.mark.parametrize(
    "typed",
    [
        "#panic(1) #let x = 1",
        "$x^2$ *bold* _it_ `raw` <label> @ref = heading",
        "back\\slash \\u{41} \"quotes\" 'single' {braces} [brackets] %1 %2",
        "// comment /* block */ ~ -- --- ...",
        "{number} {0} @access.denied",
    ],
)
def test_what_is_typed_is_printed_as_typed(typed: str) -> None:
    draft = Draft((Statement("", typed, ""),), findings=typed, conclusion=typed)
    patient = Patient(typed[:40])
    for content in (ecg_content(draft=draft, patient=patient), image_content(draft=draft)):
        composed = compose(content)
        page = " ".join("".join(texts(composed.pdf)).split())
        assert page.count(" ".join(typed.split())) >= 3
        assert json.loads(composed.json)["conclusion"] == typed


@pytest.mark.parametrize("letters", ["a", "窦性心律。", "word ", "\\#$*"])
def test_ten_thousand_characters_are_all_there(letters: str) -> None:
    typed = (letters * 10_000)[:10_000]
    composed = compose(ecg_content(draft=Draft(findings=typed, conclusion="完")))
    pages = texts(composed.pdf)
    assert "见下一页" in pages[0]
    assert len(pages) > 1
    kept = [c for page in pages[1:] for c in page if c in letters and not c.isspace()]
    wanted = len("".join(typed.split()))
    assert wanted <= len(kept) <= wanted + 400  # head and foot of the pages use some too
    assert json.loads(composed.json)["findings"] == typed


def test_statements_stay_on_page_one_when_only_the_text_is_long() -> None:
    draft = replace(ecg_content().draft, conclusion="复查。" * 300)
    pages = texts(compose(ecg_content(draft=draft)).pdf)
    assert "前壁 T 波倒置" in pages[0]
    assert "诊断与结论全文见下一页" in pages[0]
    assert all("示例患者一" in page for page in pages)
    assert all(_MARK[Language.ZH] in page for page in pages)


def test_the_longest_head_leaves_the_sheet_whole() -> None:
    long = "长" * 300
    content = ecg_content(
        patient=Patient(long, long, age_years=67.0),
        request=Request(clinical_question=long, requesting_doctor=long, department=long,
                        accession=long, symptom_onset=ecg_content().arrived),
        unit=replace(ecg_content().unit, name=long),
        hospital=long,
        amends=long,
        author=replace(ecg_content().author, name=long),
        draft=replace(ecg_content().draft, display=Display(50, 5, filters="40 Hz")),
        recording=replace(recording(), device=Device(high_pass=0.5, low_pass=40, gain=5)),
    )  # fmt: skip
    pdf = compose(content).pdf
    upright = [
        line for page in range(2) for line in lines(pdf, page)
        if len(line) == 2 and abs(abs(line[1, 1] - line[0, 1]) - 120) < 0.1
    ]  # fmt: skip
    assert len(upright) == 276
    assert max(line[:, 1].max() for line in upright) < 195
    first, second = texts(pdf)
    assert "窦性心律" in first
    assert "长长长" in second
    assert "aVR" in second


def test_thirty_statements_are_all_printed() -> None:
    draft = Draft(tuple(Statement("", f"语句{i:02d}号", "") for i in range(30)))
    pages = texts(compose(ecg_content(draft=draft)).pdf)
    assert all(f"语句 {i:02d} 号" in pages[1] for i in range(30))


def test_unprintable_characters_are_named_not_dropped() -> None:
    typed = "𠮷㼆䶮 😀 \x00\x1b ئ \ud83d".encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    )
    page = _text(ecg_content(patient=Patient("𠮷㼆䶮"), draft=Draft(conclusion=typed)))
    assert page.count("𠮷㼆䶮") >= 2
    for code in ("U+1F600", "U+0000", "U+001B", "U+0626"):
        assert code in page


def test_what_is_missing_is_said() -> None:
    bare = ecg_content(
        patient=Patient(), request=Request(), acquired=None, screening=None, draft=Draft()
    )
    page = _text(bare)
    assert page.count("未提供") >= 8
    assert "未测量：心率" in page
    assert "未选用编码语句" in page


def test_a_device_time_without_zone_says_so() -> None:
    naive = datetime(2026, 11, 22, 8, 12, 3, tzinfo=UTC).replace(tzinfo=None)
    assert "2026-11-22 08:12:03（设备时间）" in _text(ecg_content(acquired=naive))


@pytest.mark.parametrize(
    ("display", "device", "said"),
    [
        (Display(gain=5.0), Device(), "非标准显示：25 mm/s · 5 mm/mV"),
        (Display(speed=50.0), Device(), "非标准显示：50 mm/s · 10 mm/mV"),
        (Display(filters="40 Hz"), Device(), "阅图时使用滤波：40 Hz"),
        (Display(), Device(high_pass=0.5, low_pass=150), "设备滤波非标准：0.5–150 Hz"),
        (Display(), Device(low_pass=40), "设备滤波非标准：?–40 Hz"),
        (Display(), Device(gain=5), "设备增益设置非标准：5 mm/mV"),
    ],
)
def test_a_display_that_is_not_standard_is_said_large(
    display: Display, device: Device, said: str
) -> None:
    content = ecg_content(
        draft=replace(ecg_content().draft, display=display),
        recording=replace(recording(), device=device),
    )
    assert said in _text(content)


def test_a_correction_says_so_first() -> None:
    assert "更正报告：@access.denied 左右手接反" in _text(
        ecg_content(amends="@access.denied 左右手接反")
    )


def test_a_standard_display_says_nothing() -> None:
    assert "非标准" not in _text(ecg_content())


def test_lengths_that_are_not_ten_seconds_are_said() -> None:
    assert "全长 30 s，仅打印前 10 s" in _text(ecg_content(recording=recording(seconds=30)))
    assert "记录仅 6.5 s" in _text(ecg_content(recording=recording(seconds=6.5)))


@pytest.mark.parametrize(
    ("years", "said"), [(67.9, "67 岁"), (1.6, "19 个月"), (10 / 365.25, "10 天"), (0.0, "0 天")]
)
def test_ages(years: float, said: str) -> None:
    assert said in _text(ecg_content(patient=Patient("甲", age_years=years)))


def test_the_structured_report_is_attached_and_complete() -> None:
    draft = replace(ecg_content().draft, decisions={"rate.test": Decision.REJECTED})
    composed = compose(ecg_content(draft=draft))
    reader = pypdf.PdfReader(io.BytesIO(composed.pdf))
    (attached,) = reader.attachments["report.json"]
    assert attached.decode("utf-8") == composed.json
    report = json.loads(composed.json)
    assert report["schema"] == "farlead-report/1"
    assert report["report"]["number"] == "20261122-0007"
    assert report["study"]["objects"][0]["sha256"] == "a" * 64
    assert report["study"]["objects"][0]["digest"] == "b" * 64
    assert report["statements"][0] == {
        "code": "RH101", "zh": "窦性心律", "en": "Sinus rhythm", "suggested": True,
        "modifier": None, "aha": [20], "scp": "SR", "mdc": "10:9216",
    }  # fmt: skip
    assert report["statements"][2]["code"] is None
    assert report["screening"]["suggestions"][0]["decision"] == "rejected"
    assert report["screening"]["measurements"][4]["value"] is None
    assert report["display"]["gain_mm_per_mv"] == 10.0
    assert set(report["versions"]) == {"program", "screening", "statements"}
    assert report["author"]["certificate_sha256"]
    assert report["marks"] == {"demo": True, "evaluation_only": True, "viewing_only": False}


def test_national_identity_never_leaves() -> None:
    patient = Patient("甲", national_id="110101190001011234", health_card="H123456")
    composed = compose(ecg_content(patient=patient))
    everything = composed.json + "".join(texts(composed.pdf))
    assert "110101190001011234" not in everything
    assert "H123456" not in everything


def test_the_file_says_it_is_pdf_a_3b_with_embedded_fonts_of_ours_only() -> None:
    reader = pypdf.PdfReader(io.BytesIO(compose(ecg_content()).pdf))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode("utf-8")
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        assert "NotoSansCJKsc" in font["/BaseFont"]
        assert "/FontFile3" in font["/DescendantFonts"][0]["/FontDescriptor"]


def test_the_same_content_makes_the_same_bytes() -> None:
    assert compose(ecg_content()).pdf == compose(ecg_content()).pdf


def test_a_preview_is_a_picture_that_says_it_is_unsigned() -> None:
    assert preview(ecg_content()).startswith(b"\x89PNG")
    assert preview(ecg_content(), 99) == preview(ecg_content())
    (page,) = texts(Compositor().preview_pdf(ecg_content()))
    assert page.count("预览，未签名") == 2
    assert "电子签名" not in page


def test_missing_fonts_are_told_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farlead.reporting.fonts.FOLDERS", (tmp_path,))
    with pytest.raises(ComposeError) as missing:
        find_fonts()
    assert "fonts-noto-cjk" in missing.value.text(Language.ZH)


def test_fonts_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = find_fonts()
    monkeypatch.setattr("farlead.reporting.fonts.FOLDERS", ())
    monkeypatch.setenv("FARLEAD_FONTS", str(folder))
    assert find_fonts() == folder


def _measured(**values: float | None) -> Screening:
    units = {"heart_rate": "/min", "axis": "°", "axis_p": "°", "axis_t": "°", "rv5_sv1": "mV"}
    made = tuple(
        Measurement(
            name, value, units.get(name, "ms"), "m",
            formula=QtFormula.BAZETT if name == "qtc" else None,
        )
        for name, value in values.items()
    )  # fmt: skip
    heights = (LeadQuantity("r", "mV", "m", (1.25, None)),)
    detail = Detail(500.0, 5000, ("V5", "V1"), table=heights)
    return replace(screening(), measurements=made, detail=detail)


def test_figures_stand_as_an_ecg_report_has_them() -> None:
    found = _measured(
        heart_rate=65.4, pr=173.6, qrs=98.0, qt=426.0, qtc=438.2, axis=-18.2, axis_p=38.0,
        axis_t=None, rv5_sv1=2.09,
    )  # fmt: skip
    page = _squeezed(_text(ecg_content(screening=found)))
    for said in (
        "心率65次/分", "PR间期174ms", "QRS时限98ms", "QT/QTcB426/438ms", "P/QRS/T电轴38/−18/—°",
        "RV5/SV11.25/0.84mV", "RV5+SV12.09mV",
    ):  # fmt: skip
        assert said in page, said
    assert "QTcF" not in page
    assert "未测量" not in page


@pytest.mark.parametrize(
    ("language", "said"), [(Language.ZH, "未能测出"), (Language.EN, "not measurable")]
)
def test_an_unknown_figure_is_no_number(language: Language, said: str) -> None:
    found = _measured(heart_rate=70.0, pr=None, qrs=None, qt=None, qtc=None, axis=None)
    page = _text(ecg_content(screening=found, language=language))
    assert page.count(said) == 4  # PR, QRS, QT/QTc, axis
    half = _measured(heart_rate=70.0, pr=150.0, qrs=90.0, qt=400.0, qtc=None, axis=10.0)
    assert "400/—" in _text(ecg_content(screening=half, language=language))


@pytest.mark.parametrize(
    ("language", "said"), [(Language.ZH, "? 存疑"), (Language.EN, "? doubtful")]
)
def test_a_doubtful_figure_is_printed_so(language: Language, said: str) -> None:
    doubt = Measurement("qrs", 98.0, "ms", "m", Certainty.DOUBTFUL, "noise")
    sure = Measurement("pr", 150.0, "ms", "m")
    found = replace(screening(), measurements=(sure, doubt))
    page = _squeezed(_text(ecg_content(screening=found, language=language)))
    assert _squeezed(said) in page
    assert "98ms?" in page
    assert "150ms?" not in page
    good = replace(found, measurements=(sure, replace(doubt, quality=Certainty.GOOD)))
    assert _squeezed(said) not in _squeezed(_text(ecg_content(screening=good, language=language)))

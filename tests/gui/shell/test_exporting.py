"""The sheet as PDF and picture in true millimetres, figures as a table; audited before."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from fake_desk import morning
from farlead.errors import FarleadError
from farlead.messages import message
from farlead.model.recording import Recording
from farlead_ui.ecg.layouts import LAYOUTS, place
from farlead_ui.ecg.printing import Printed, picture, write_pdf, write_png
from farlead_ui.windows.exporting import suggested_name
from support_compare import with_earlier
from support_gui import CTRL, SHIFT, Key, TestSeat
from support_pdf import texts
from support_sheet import TWELVE

DPI = 600
needs_poppler = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="poppler is not here")


def _known() -> Printed:
    """Flat but for the rhythm lead: 1 mV high from 2 s to 3 s, and from 7 s to 8 s."""
    samples = np.zeros((12, 5000), dtype=np.float32)
    samples[1, 1000:1500] = samples[1, 3500:4000] = 1.0
    recording = Recording(samples, TWELVE, 500.0)
    return Printed(recording, place(LAYOUTS[0], TWELVE), head=("示例患者一 V1 65",))


def _dark(image: QImage) -> NDArray[np.bool_]:
    """Where traces and letters are, shape (height, width)."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    flat = np.frombuffer(grey.constBits(), dtype=np.uint8)
    rows = flat.reshape(grey.height(), grey.bytesPerLine())[:, : grey.width()]
    return np.asarray(rows < 110)


def _measured(image: QImage, dpi: int) -> tuple[float, float]:
    """Millimetres of 1 mV and of 5 s, taken from the steps in the last row of the page."""
    mm = dpi / 25.4
    dark = _dark(image)
    bottom = dark[round(150 * mm) : round(178 * mm), round(60 * mm) : round(280 * mm)]
    height = round(6 * mm)
    rises = np.flatnonzero(bottom.sum(axis=0) > height)  # the upright strokes
    groups = np.split(rises, np.flatnonzero(np.diff(rises) > mm) + 1)
    middles = [float(group.mean()) for group in groups]
    up, down, again, _ = middles
    level = [_level(bottom[:, round(x)]) for x in ((up + down) / 2, (down + again) / 2)]
    return (level[1] - level[0]) / mm, (again - up) / mm


def _level(column: NDArray[np.bool_]) -> float:
    return float(np.flatnonzero(column).mean())


@needs_poppler
def test_the_pdf_is_true_to_half_a_percent(qapp: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    write_pdf(_known(), file, "ECG 1")
    subprocess.run(["pdftoppm", "-r", str(DPI), "-png", file, tmp_path / "a"], check=True)
    image = QImage(str(next(tmp_path.glob("a-*.png"))))
    assert (image.width(), image.height()) == (
        pytest.approx(297 / 25.4 * DPI, abs=2), pytest.approx(210 / 25.4 * DPI, abs=2)
    )  # fmt: skip
    millivolt, seconds = _measured(image, DPI)
    assert millivolt == pytest.approx(10.0, rel=0.005)
    assert seconds == pytest.approx(125.0, rel=0.005)


@needs_poppler
def test_the_pdf_is_vectors_and_its_text_can_be_read(qapp: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    write_pdf(_known(), file, "ECG 1")
    told = subprocess.run(["pdfimages", "-list", file], check=True, capture_output=True, text=True)
    assert len(told.stdout.splitlines()) == 2  # the head of an empty table
    text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True)
    plain = text.stdout.decode()
    assert "示例患者一 V1 65" in plain
    assert all(lead in plain for lead in TWELVE)
    assert file.stat().st_size < 300_000


@needs_poppler
def test_chinese_is_found_in_the_pdf_as_it_was_meant(qapp: QApplication, tmp_path: Path) -> None:
    file, said = tmp_path / "a.pdf", "人民医院 心电 入口 走 长 金 马 大小 女 一二 日 龙 齐 见 车"
    write_pdf(replace(_known(), head=(said,), foot=(said,)), file, "ECG 1")
    text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True)
    assert text.stdout.decode().count(said) == 2
    assert said in "".join(texts(file.read_bytes()))


def test_the_picture_is_true_and_says_its_scale(qapp: QApplication, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    write_png(_known(), file)
    image = QImage(str(file))
    assert image.dotsPerMeterX() == pytest.approx(300 / 0.0254, abs=1)
    millivolt, seconds = _measured(image, 300)
    assert millivolt == pytest.approx(10.0, rel=0.005)
    assert seconds == pytest.approx(125.0, rel=0.005)


def test_what_is_not_standard_is_on_the_page(qapp: QApplication) -> None:
    plain, warned = _known(), replace(_known(), warnings=("5 mm/mV",))
    assert picture(plain) != picture(warned)


@pytest.fixture
def open_seat(make_seat: Callable[..., TestSeat], tmp_path: Path) -> TestSeat:
    made = make_seat(fill=lambda desk: with_earlier(morning(desk)))
    made.station.reading.take(1)
    made.looked()
    return made


def _answer(seat: TestSeat, path: Path | None) -> list[tuple[str, str]]:
    asked: list[tuple[str, str]] = []

    def ask(suggested: str, kind: str, chosen: Callable[[str], None]) -> None:
        asked.append((suggested, kind))
        chosen("" if path is None else str(path))

    seat.station.window.exporting.ask = ask
    return asked


def _exported(seat: TestSeat) -> list[object]:
    return [what for name, what in seat.desk.calls if name == "exported"]


@needs_poppler
def test_the_key_saves_what_is_on_the_screen(open_seat: TestSeat, tmp_path: Path) -> None:
    asked = _answer(open_seat, tmp_path / "mine")
    open_seat.press(Key.Key_E, CTRL)
    file = tmp_path / "mine.pdf"
    assert file.read_bytes().startswith(b"%PDF")
    assert _exported(open_seat) == [(1, "pdf")]
    assert open_seat.told == "reading.exported"
    assert [path.name for path in tmp_path.glob("*mine*")] == ["mine.pdf"]
    suggested = Path(asked[0][0]).name
    assert "20261121-0001" in suggested
    assert "示例患者" not in suggested
    text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True)
    plain = text.stdout.decode()
    for word in ("示例患者一", "甲县人民医院", "胸痛 2 小时", "示例***01", "25 mm/s",
                 "10 mm/mV", "屏幕副本", "示例医师甲"):  # fmt: skip
        assert word in plain, word
    assert "示例-0001" not in plain  # the number is masked as on the screen


def test_the_picture_has_its_own_key(open_seat: TestSeat, tmp_path: Path) -> None:
    _answer(open_seat, tmp_path / "mine.png")
    open_seat.press(Key.Key_E, CTRL | SHIFT)
    assert QImage(str(tmp_path / "mine.png")).width() > 3000
    assert _exported(open_seat) == [(1, "png")]


def test_no_answer_writes_and_audits_nothing(open_seat: TestSeat, tmp_path: Path) -> None:
    _answer(open_seat, None)
    open_seat.press(Key.Key_E, CTRL)
    assert _exported(open_seat) == []


def test_what_cannot_be_audited_is_not_written(
    open_seat: TestSeat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_study: int, _form: str) -> None:
        raise FarleadError(message("reading.fault"))

    monkeypatch.setattr(open_seat.desk, "exported", refuse)
    _answer(open_seat, tmp_path / "mine.pdf")
    open_seat.press(Key.Key_E, CTRL)
    assert not (tmp_path / "mine.pdf").exists()
    assert open_seat.told == "reading.fault"
    before = QApplication.clipboard().text()
    open_seat.press(Key.Key_C, CTRL)
    assert QApplication.clipboard().text() == before


def test_a_folder_that_is_not_there_is_said(open_seat: TestSeat, tmp_path: Path) -> None:
    _answer(open_seat, tmp_path / "gone" / "mine.pdf")
    open_seat.press(Key.Key_E, CTRL)
    assert open_seat.told == "reading.not_exported"


def test_the_figures_are_copied_as_a_table(open_seat: TestSeat) -> None:
    open_seat.press(Key.Key_C, CTRL)
    text = QApplication.clipboard().text()
    lines = [line.split("\t") for line in text.splitlines()]
    assert "示例患者一" in lines[0][0]
    rate = next(line for line in lines if line[0].startswith("心室率"))
    assert rate[1:3] == ["65", "次/分"]
    head = next(line for line in lines if "aVR" in line)
    assert head[1:] == list(open_seat.station.window.sheet.recording.leads)
    assert all(len(line) == len(head) for line in lines[lines.index(head) :])
    assert _exported(open_seat) == [(1, "values")]
    assert open_seat.told == "reading.values_copied"


def test_it_exports_the_study_in_hand_also_while_comparing(
    open_seat: TestSeat, tmp_path: Path
) -> None:
    _answer(open_seat, tmp_path / "mine.pdf")
    open_seat.press(Key.Key_H)
    open_seat.press(Key.Key_E, CTRL)
    assert _exported(open_seat) == [(1, "pdf")]


def test_the_question_does_not_stop_the_window_and_goes_when_it_is_locked(
    open_seat: TestSeat,
) -> None:
    window = open_seat.station.window
    open_seat.press(Key.Key_E, CTRL)
    dialog = window.exporting.dialog
    assert isinstance(dialog, QFileDialog)
    assert dialog.isVisible()
    job = open_seat.station.reading.in_hand
    assert job is not None
    assert Path(dialog.selectedFiles()[0]).name == suggested_name(job, "pdf")
    open_seat.station.signing.lock()
    assert window.exporting.dialog is None
    assert _exported(open_seat) == []

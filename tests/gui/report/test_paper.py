"""The paper beside the editor, and the way to the printer: by keyboard, at true scale."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter

from farlead.errors import ComposeError, FarleadError
from farlead.messages import message
from farlead.model.report import Draft
from farlead_ui.report.pages import MM, rendered, size
from farlead_ui.report.paper import size_of
from farlead_ui.report.printers import Printer, doubts, print_pdf, scaling
from support_gui import CTRL, Key, TestSeat
from support_reporting import ecg_content

GOOD = Printer("心电图室", True, (4.0, 4.0, 4.0, 4.0), 600, "", True)
BAD = Printer("旧打印机", False, (12.0, 5.0, 5.0, 5.0), 120, "fit-to-page")


def _open(seat: TestSeat, study: int = 5) -> None:
    seat.station.reading.take(study)
    seat.looked()


def _previews(seat: TestSeat) -> list[Draft]:
    return [draft for name, draft in seat.desk.calls if name == "preview"]  # type: ignore[misc]  # what preview noted


# -- beside the editor


def test_the_paper_follows_every_change_and_stands_in_the_place_of_the_sheet(
    seat: TestSeat,
) -> None:
    _open(seat)
    window = seat.station.window
    seat.press(Key.Key_P)
    assert window.centre.currentWidget() is window.paper_view
    assert len(window.paper.pages) == 1
    seat.press(Key.Key_Slash)
    for typed in ("dxxl", "xfcd"):
        seat.type(typed)
        seat.press(Key.Key_Return)
    assert [len(d.statements) for d in _previews(seat)][-2:] == [1, 2]
    assert len(window.paper.pages) == 2, "the page of what is written now"
    seat.press(Key.Key_Escape)
    seat.press(Key.Key_Escape)
    assert window.centre.currentWidget() is window.ecg


def test_nothing_is_composed_while_the_paper_is_not_shown(seat: TestSeat) -> None:
    _open(seat)
    seat.press(Key.Key_Slash)
    seat.type("dxxl")
    seat.press(Key.Key_Return)
    assert _previews(seat) == []


def test_the_next_study_begins_with_its_sheet(seat: TestSeat) -> None:
    _open(seat)
    seat.press(Key.Key_P)
    seat.press(Key.Key_N)
    window = seat.station.window
    assert window.centre.currentWidget() is window.ecg
    assert window.paper.pages == ()
    seat.seen()


def test_a_page_that_cannot_be_composed_says_why(
    seat: TestSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_what: object, _draft: Draft) -> bytes:
        raise ComposeError(message("reporting.failed", number="1", cause="?"))

    monkeypatch.setattr(seat.desk, "preview", refuse)
    _open(seat)
    seat.press(Key.Key_P)
    assert seat.station.window.paper.trouble is not None
    assert "排版失败" in seat.station.window.paper_view._said()


def test_the_keys_of_the_paper_move_the_paper(seat: TestSeat) -> None:
    _open(seat)
    seat.station.reading.drafting.write(conclusion="x")
    seat.press(Key.Key_Slash)
    for typed in ("dxxl", "xfcd", "zcxdt"):
        seat.type(typed)
        seat.press(Key.Key_Return)
    seat.press(Key.Key_Escape)
    seat.press(Key.Key_P)
    view = seat.station.window.paper_view
    before = view._top
    seat.press(Key.Key_PageDown)
    assert view._top > before


# -- to the printer


def _printing(seat: TestSeat, *found: Printer) -> list[tuple[str, bytes]]:
    """Printers of this station; what was printed on which."""
    printed: list[tuple[str, bytes]] = []
    model = seat.station.window.over.printing._model

    def put(pdf: bytes, name: str) -> int:
        printed.append((name, pdf))
        return 1

    model._find, model._put = lambda: found, put
    return printed


def test_printing_is_chosen_noted_and_done_by_keys(seat: TestSeat) -> None:
    printed = _printing(seat, GOOD, BAD)
    _open(seat)
    seat.press(Key.Key_P, CTRL)
    sheet = seat.station.window.over.printing
    assert sheet.isVisible()
    assert not sheet._doubts.isVisible()
    seat.press(Key.Key_Return)
    assert [name for name, _ in printed] == ["心电图室"]
    assert printed[0][1].startswith(b"%PDF")
    assert ("exported", (5, "print")) in seat.desk.calls
    assert seat.told == "print.done"
    assert not sheet.isVisible()


def test_a_printer_that_scales_is_told_before_anything_is_printed(seat: TestSeat) -> None:
    printed = _printing(seat, GOOD, BAD)
    _open(seat)
    seat.press(Key.Key_P, CTRL)
    seat.press(Key.Key_Down)
    sheet = seat.station.window.over.printing
    assert sheet._doubts.isVisible()
    for words in ("fit-to-page", "A4", "12 mm", "120 dpi"):
        assert words in sheet._doubts.text()
    seat.press(Key.Key_Escape)
    assert printed == []


def test_without_a_printer_nothing_is_printed(seat: TestSeat) -> None:
    printed = _printing(seat)
    _open(seat)
    seat.press(Key.Key_P, CTRL)
    seat.press(Key.Key_Return)
    assert printed == []
    assert not seat.station.window.over.printing._yes.isEnabled()


def test_what_is_not_noted_in_the_audit_is_not_printed(
    seat: TestSeat, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = _printing(seat, GOOD)

    def refuse(_study: int, _form: str) -> None:
        raise FarleadError(message("reading.fault"))

    monkeypatch.setattr(seat.desk, "exported", refuse)
    _open(seat)
    seat.press(Key.Key_P, CTRL)
    seat.press(Key.Key_Return)
    assert printed == []
    assert seat.told == "reading.fault"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("copies=1 sides=one-sided media=A4", ""),
        ("print-scaling=none scaling=100 number-up=1", ""),
        ("copies=1 fit-to-page=true", "fit-to-page=true"),
        ("fitplot media=A4", "fitplot"),
        ("fit-to-page=false", ""),
        ("print-scaling=fit", "print-scaling=fit"),
        ("printer-info='fit to page' scaling=95", "scaling=95"),
        ("number-up=2", "number-up=2"),
        ("", ""),
    ],
)
def test_options_that_scale_are_found(options: str, found: str) -> None:
    assert scaling(options) == found


@given(st.text(max_size=80))
def test_any_answer_of_the_printing_system_is_read(options: str) -> None:
    assert isinstance(scaling(options), str)


def test_a_good_printer_raises_no_doubt() -> None:
    assert list(doubts(GOOD)) == []
    assert [d.id for d in doubts(replace(GOOD, a4=False))] == ["print.no_a4"]


@pytest.fixture(scope="module")
def report() -> bytes:
    from farlead.reporting.compositor import compositor

    return compositor().preview_pdf(ecg_content())


def _to_file(report: bytes, file: Path) -> bytes:
    def into(printer: QPrinter) -> None:
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(file))

    print_pdf(report, "", into)
    return file.read_bytes()


def _grey(image: QImage) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].copy()  # the picture goes with its memory


def test_what_is_printed_is_as_large_as_the_page(
    report: bytes, tmp_path: Path, qapp: object
) -> None:
    printed = _to_file(report, tmp_path / "out.pdf")
    assert size(printed) == pytest.approx(size(report), abs=0.5)
    dpi = 100.0
    pages = [_grey(rendered(pdf, dpi, 1)[0]) for pdf in (report, printed)]
    high, wide = np.min([page.shape for page in pages], axis=0)
    before, after = (page[:high, :wide] < 128 for page in pages)
    for axis in (0, 1):
        edges = [np.flatnonzero(dark.any(axis=axis))[[0, -1]] for dark in (before, after)]
        length = edges[0][1] - edges[0][0]
        assert length * MM / dpi > 150, "a rule across the page"
        assert abs((edges[1][1] - edges[1][0]) - length) <= 0.005 * length
        assert np.abs(edges[1] - edges[0]).max() <= 2, "in its place, too"


def test_a_picture_of_a_page_knows_its_size(report: bytes) -> None:
    (page, *_) = rendered(report, 72.0)
    assert size_of(page) == pytest.approx(size(report), abs=0.6)


_PROGRAM = """
import json
from psygnal import Signal
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from farlead_ui.report.paper import PaperView
from farlead_ui.theme.appearance import Appearance


class Pages:
    changed, trouble = Signal(), None

    def __init__(self):
        self.pages = [QImage(600, 400, QImage.Format.Format_RGB32)]
        self.pages[0].fill(Qt.GlobalColor.white)
        for x in (0, 599):  # fine lines at the page's edges
            for y in range(400):
                self.pages[0].setPixel(x, y, 0xFF000000)

    def set_dpi(self, dpi):
        pass


app = QApplication([])
look = Appearance()
found = []
for left in range(340, 345):
    desk, pages = QWidget(), Pages()
    desk.resize(1400, 800)
    view = PaperView(pages, look)
    view.setParent(desk)
    view.setGeometry(left, 37, 1023, 700)
    desk.show()
    app.processEvents()
    image = desk.grab().toImage()
    row = [image.pixelColor(x, image.height() // 4).name() for x in range(image.width())]
    frame = [x for x, colour in enumerate(row) if colour == look.palette.edge.lower()]
    lines = [x for x, colour in enumerate(row) if colour == "#000000"]
    found.append((frame, lines))
print(json.dumps(found))
"""


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
def test_the_page_has_its_frame_and_its_edges_at_every_scale_and_place(scale: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env={**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    wide = round(float(scale))
    for frame, lines in json.loads(done.stdout):
        left, right = lines
        assert right - left == 599, "no column of the page is lost or doubled"
        outside = [*range(left - wide, left), *range(right + 1, right + 1 + wide)]
        assert frame == outside

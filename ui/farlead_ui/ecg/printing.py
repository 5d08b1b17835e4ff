"""The sheet on A4 across: vector PDF, or a picture at 300 dpi, in true millimetres.

A plain value goes in, so that a worker can draw it: no widget and no model is touched.
"""

import math
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLineF, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from farlead.model.recording import Recording
from farlead_signal.filters import ORIGINAL, Setting
from farlead_ui.ecg import marks
from farlead_ui.ecg.film import polygon
from farlead_ui.ecg.filtering import too_long
from farlead_ui.ecg.gain import Gain
from farlead_ui.ecg.geometry import Cell, Paper, Scale, Sheet, lay_out
from farlead_ui.ecg.layouts import Placement
from farlead_ui.ecg.marks import Strokes, Text
from farlead_ui.ecg.model import NO_EVIDENCE, Evidence
from farlead_ui.ecg.pdf_text import mended
from farlead_ui.ecg.seen import seen
from farlead_ui.ecg.trace import Floats, strokes
from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import DAY, Palette

PAGE = (297.0, 210.0)  # mm
SHEET = QRectF(11.0, 27.0, 275.0, 165.0)  # mm; whole bold squares
DPI = 300  # of the picture; in the PDF positions between the dots stay what they are
_MM = 25.4
_PER_INCH = 96.0  # device-independent pixels, in which lettering is measured
_FINE, _BOLD, _TRACE = 0.08, 0.16, 0.28  # mm
_LINE = 6.2  # mm between the lines of the head
_NEVER = 1e-3
_BAND = 200
_PIECE = 64  # points: a long stroke costs Qt more than its pieces do

STANDARD = Gain()

#: White paper: an exported sheet is printed, and the pink would be, too.
PAPER: Palette = replace(DAY, sheet="#FFFFFF", grid="#F6DDD6", grid_bold="#E6B2A6")


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything that stands on the page.

    Parameters
    ----------
    placement : Placement
        Leads in their places.
    start : float
        Second of the recording that the page begins with.
    warnings : tuple of str
        What is not standard; large, on the sheet.
    head, foot : tuple of str
        Lines above and below the sheet; the first of the head is large.
    """

    recording: Recording
    placement: Placement
    r_peaks: tuple[int, ...] = ()
    speed: float = 25.0
    gain: Gain = STANDARD
    setting: Setting = ORIGINAL
    evidence: Evidence = NO_EVIDENCE
    start: float = 0.0
    warnings: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()


def write_pdf(printed: Printed, file: Path, title: str) -> None:
    """Write a page of vectors whose text can be selected and found.

    Raises
    ------
    OSError
    """
    writer = QPdfWriter(str(file))
    writer.setResolution(DPI)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(QPageLayout.Orientation.Landscape)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(title)
    writer.setCreator("Farlead")
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(f"cannot write {file.name}")
    paint(painter, printed)
    if not painter.end():
        raise OSError(f"cannot write {file.name}")
    file.write_bytes(mended(file.read_bytes()))


def write_png(printed: Printed, file: Path) -> None:
    """Write a picture at 300 dpi, which it says of itself.

    Raises
    ------
    OSError
    """
    if not picture(printed).save(str(file), "PNG"):  # type: ignore[call-overload]
        raise OSError(f"cannot write {file.name}")


def picture(printed: Printed) -> QImage:
    """The page as a picture at 300 dpi."""
    width, height = (round(side / _MM * DPI) for side in PAGE)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.setDotsPerMeterX(round(DPI / _MM * 1000))
    image.setDotsPerMeterY(round(DPI / _MM * 1000))
    painter = QPainter(image)
    for top in range(0, height, _BAND):  # all at once would stop the window's thread
        painter.fillRect(0, top, width, _BAND, QColor("#FFFFFF"))
    paint(painter, printed)
    painter.end()
    return image


def laid_out(printed: Printed) -> Sheet:
    """The sheet of the page, in dots from its own corner."""
    mm = DPI / _MM
    recording = printed.recording
    paper = Paper(
        printed.speed, printed.gain, recording.fs, recording.samples.shape[1], 0,
        (printed.start, None) if printed.start > _NEVER else None,
    )  # fmt: skip
    width, height = math.ceil(SHEET.width() * mm), math.ceil(SHEET.height() * mm)
    room = round(12 * mm) if printed.warnings else 0
    scale = Scale(mm, None, calibrated=True)
    return lay_out(printed.placement, paper, scale, width, height, DPI / _PER_INCH, foot=room)


def paint(painter: QPainter, printed: Printed) -> None:
    """Paint the whole page."""
    mm, ratio = DPI / _MM, DPI / _PER_INCH
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    sheet = laid_out(printed)
    points = _points(printed, sheet)
    _lines_of_text(painter, printed, mm, ratio)
    painter.translate(round(SHEET.left() * mm), round(SHEET.top() * mm))
    for area in marks.lit_areas(sheet, printed.evidence, points):
        painter.fillRect(area, QColor(PAPER.lit))
    _grid(painter, mm)
    painter.save()
    painter.setClipRect(QRectF(0, 0, SHEET.width() * mm, SHEET.height() * mm))
    pen = QPen(QColor(PAPER.trace), _TRACE * mm)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    for cell_points in points.values():
        for stroke in cell_points:
            for at in range(0, max(1, len(stroke) - 1), _PIECE):
                painter.drawPolyline(polygon(stroke[at : at + _PIECE + 1]))
    painter.restore()
    for lines in _lines(printed, sheet, ratio):
        _draw(painter, lines, ratio)
    for text in _texts(printed, sheet, points, ratio):
        write(painter, text, ratio)


def write(painter: QPainter, text: Text, ratio: float) -> None:
    """Write a line of lettering; `ratio`: dots per device-independent pixel."""
    face = font(text.type, bold=text.bold)
    face.unsetFeature(QFont.Tag("tnum"))
    face.setFeature(QFont.Tag("locl"), 0)  # else Qt writes figures whose meaning no reader can tell
    metrics = QFontMetricsF(face)
    painter.save()
    painter.translate(text.x, text.y)
    painter.scale(ratio, ratio)
    painter.setFont(face)
    painter.setPen(QColor(text.colour))
    left = -text.align * metrics.horizontalAdvance(text.text)
    painter.drawText(QPointF(left, metrics.capHeight() / 2), text.text)
    painter.restore()


def _points(printed: Printed, sheet: Sheet) -> dict[Cell, list[Floats]]:
    shown = [cell for cell in sheet.cells if cell.index is not None]
    window = min((c.start for c in shown), default=0), max((c.stop for c in shown), default=0)
    waived = too_long(printed.recording, *window)
    setting = ORIGINAL if waived else printed.setting
    source = seen(printed.recording, setting, *window)
    return {cell: strokes(source.samples[cell.index], cell, sheet, source.first) for cell in shown}


def _grid(painter: QPainter, mm: float) -> None:
    right, bottom = SHEET.width() * mm, SHEET.height() * mm
    for bold in (False, True):
        colour = PAPER.grid_bold if bold else PAPER.grid
        pen = QPen(QColor(colour), (_BOLD if bold else _FINE) * mm)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        across = [n * mm for n in range(int(SHEET.width()) + 1) if (n % 5 == 0) is bold]
        down = [n * mm for n in range(int(SHEET.height()) + 1) if (n % 5 == 0) is bold]
        painter.drawLines([QLineF(x, 0, x, bottom) for x in across])
        painter.drawLines([QLineF(0, y, right, y) for y in down])


def _lines(printed: Printed, sheet: Sheet, ratio: float) -> tuple[Strokes, ...]:
    return (
        marks.pulses(sheet, PAPER, standard=printed.gain.standard),
        marks.separators(sheet, PAPER, ratio),
        marks.rr_ticks(sheet, printed.r_peaks, PAPER, ratio),
    )


def _draw(painter: QPainter, lines: Strokes, ratio: float) -> None:
    painter.setPen(QPen(QColor(lines.colour), ratio))
    painter.drawLines([QLineF(*segment) for segment in lines.segments])


def _texts(
    printed: Printed, sheet: Sheet, points: dict[Cell, list[Floats]], ratio: float
) -> list[Text]:
    found = [
        *marks.names(sheet, printed.evidence, partial(marks.upright, points), PAPER, ratio),
        *marks.rr_texts(sheet, printed.r_peaks, PAPER, ratio),
        *marks.beyond(sheet, points, PAPER, ratio),
    ]
    if printed.warnings:
        y = sheet.height - 16 * ratio
        text = " · ".join(printed.warnings)
        found.append(Text(sheet.trace_left, y, text, tokens.SECTION, PAPER.urgent, bold=True))
    return found


def _lines_of_text(painter: QPainter, printed: Printed, mm: float, ratio: float) -> None:
    left = SHEET.left() * mm
    for n, line in enumerate(printed.head):
        kind = tokens.WORDS if n else tokens.SECTION
        y = (8.0 + n * _LINE) * mm
        write(painter, Text(left, y, line, kind, PAPER.text, bold=n == 0), ratio)
    for n, line in enumerate(printed.foot):
        y = (SHEET.bottom() + 5.0 + n * 5.0) * mm
        write(painter, Text(left, y, line, tokens.META, PAPER.quiet), ratio)

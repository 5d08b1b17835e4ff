"""Lines and lettering over the traces: pulses, separators, names, RR, warnings."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from farlead_ui.ecg.canvas import hairline
from farlead_ui.ecg.geometry import Cell, Sheet
from farlead_ui.ecg.items import SheetItem
from farlead_ui.ecg.model import Evidence
from farlead_ui.ecg.speeds import FOR_MEASURING
from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font, measures, width_of
from farlead_ui.theme.tokens import Palette

#: Evidence as short as a pacing spike is lit so wide, in mm: it must be seen.
_LEAST_LIT = 1.5
#: Up to so many lit areas of a lead are fitted to its trace.
_MOST_LIT = 64
#: How many places beside its own a lead's name tries.
_MOVES = 6

Segment = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Text:
    """A line of lettering; `x`, `y`: device pixel of its middle left, middle or middle right.

    `align` is 0 for left, 0.5 for centred, 1 for right.
    """

    x: float
    y: float
    text: str
    type: tokens.Type
    colour: str
    bold: bool = False
    align: float = 0.0

    @property
    def width(self) -> float:
        """In device-independent pixels."""
        return width_of(self.text, self.type, bold=self.bold)


@dataclass(frozen=True, slots=True)
class Strokes:
    """Upright and level lines of one colour on whole device pixels."""

    segments: tuple[Segment, ...]
    colour: str


class MarksItem(SheetItem):
    """Paints lines and lettering."""

    def __init__(self) -> None:
        super().__init__(3)
        self._strokes: tuple[Strokes, ...] = ()
        self._texts: tuple[Text, ...] = ()
        self._ratio = 1.0

    @property
    def texts(self) -> tuple[Text, ...]:
        """All lettering on the sheet."""
        return self._texts

    def set_marks(self, strokes: Iterable[Strokes], texts: Iterable[Text], ratio: float) -> None:
        """Paint these instead."""
        self._strokes, self._texts = tuple(strokes), tuple(texts)
        self._ratio = ratio
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,  # noqa: ARG002
        widget: QWidget | None = None,  # noqa: ARG002
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        width = max(1.0, round(self._ratio))
        for strokes in self._strokes:
            pen = hairline(strokes.colour, width)
            pen.setCapStyle(Qt.PenCapStyle.SquareCap)
            painter.setPen(pen)
            painter.drawLines(_lines(strokes.segments))
        unscaled = painter.transform()
        faces: dict[tuple[tokens.Type, bool], tuple[QFont, float]] = {}
        for text in self._texts:
            kind = text.type, text.bold
            if kind not in faces:
                cap = measures(text.type, bold=text.bold).capHeight()
                faces[kind] = font(text.type, bold=text.bold), cap / 2
            face, down = faces[kind]
            painter.translate(text.x, text.y)
            painter.scale(self._ratio, self._ratio)
            painter.setFont(face)
            painter.setPen(QColor(text.colour))
            left = -text.align * text.width if text.align else 0.0
            painter.drawText(QPointF(left, down), text.text)
            painter.setTransform(unscaled)


@lru_cache(maxsize=64)  # most of them stay where they are while the sheet moves
def _lines(segments: tuple[Segment, ...]) -> list[QLineF]:
    return [QLineF(*segment) for segment in segments]


def pulses(sheet: Sheet, palette: Palette, *, standard: bool) -> Strokes:
    """Calibration pulse in front of each row, in the warning colour when it is not 10 mm."""
    segments: list[Segment] = []
    for baseline, pulse in zip(sheet.baselines, sheet.pulses, strict=True):
        for (x1, y1), (x2, y2) in pairwise(pulse):
            segments.append((x1, baseline + y1, x2, baseline + y2))
    return Strokes(tuple(segments), palette.trace if standard else palette.urgent)


def separators(sheet: Sheet, palette: Palette, ratio: float) -> Strokes:
    """Short lines above and below the trace where the next lead begins."""
    near, far = round(4 * ratio), round(14 * ratio)
    segments: list[Segment] = []
    for cell in sheet.cells:
        if cell.separated:
            x = int(cell.left)
            segments += [
                (x, cell.baseline - far, x, cell.baseline - near),
                (x, cell.baseline + near, x, cell.baseline + far),
            ]
    return Strokes(tuple(segments), palette.trace)


def rr_ticks(sheet: Sheet, r_peaks: Sequence[int], palette: Palette, ratio: float) -> Strokes:
    """A tick under each R wave of the page."""
    line = _rr_line(sheet)
    if line is None:
        return Strokes((), palette.quiet)
    half = round(4 * ratio)
    return Strokes(
        tuple(
            (int(x), line - half, int(x), line + half)
            for x in map(sheet.x, _on_page(sheet, r_peaks))
        ),
        palette.quiet,
    )


def rr_texts(sheet: Sheet, r_peaks: Sequence[int], palette: Palette, ratio: float) -> list[Text]:
    """RR intervals in milliseconds between the ticks, where they have room."""
    line = _rr_line(sheet)
    if line is None or not r_peaks:
        return []
    found = []
    peaks = _on_page(sheet, r_peaks)
    for before, after in pairwise(peaks):
        left, right = sheet.x(before), sheet.x(after)
        text = str(round((after - before) / sheet.paper.fs * 1000))
        if right - left >= (width_of(text, tokens.META) + 6) * ratio:
            middle = (left + right) / 2
            found.append(Text(middle, line, text, tokens.META, palette.quiet, align=0.5))
    label = QCoreApplication.translate("Sheet", "RR ms")
    at = sheet.trace_left - 10 * ratio
    return [Text(at, line, label, tokens.META, palette.quiet, align=1.0), *found]


def _rr_line(sheet: Sheet) -> int | None:
    """Height of the line of RR intervals; None, too, on paper too slow to write them on."""
    return sheet.rr if sheet.paper.speed >= FOR_MEASURING else None


def _on_page(sheet: Sheet, r_peaks: Sequence[int]) -> list[int]:
    fs = sheet.paper.fs
    first = bisect_left(r_peaks, sheet.seconds[0] * fs)
    return list(r_peaks[first : bisect_left(r_peaks, sheet.rr_until * fs)])


def names(
    sheet: Sheet,
    evidence: Evidence,
    near: Callable[[float, float], NDArray[np.float64]],
    palette: Palette,
    ratio: float,
) -> list[Text]:
    """Lead names; those that show the evidence in the accent colour, with the measured value.

    A name moves aside where a trace runs through its place; `near` gives the pieces of all traces
    between two positions as (x, top, bottom).
    """
    wide = partial(width_of, kind=tokens.SECTION, bold=True)
    widest = max((wide(cell.lead) for cell in sheet.cells), default=0.0)
    reach = (widest + 12 * _MOVES) * ratio
    pieces: dict[float, NDArray[np.float64]] = {}
    found = []
    for cell in sheet.cells:
        lit = evidence.concerns(cell.lead)
        x, y = cell.name
        width = wide(cell.title) * ratio
        if y != cell.baseline:
            if x not in pieces:
                pieces[x] = near(x - 3, x + reach + 3)
            x += _aside(pieces[x], (x, y), (width, 8 * ratio), 12 * ratio)
        colour = palette.accent if lit else palette.text
        found.append(Text(x, y, cell.title, tokens.SECTION, colour, bold=True))
        if note := evidence.notes.get(cell.lead):
            after = x + width + 12 * ratio
            if y == cell.baseline:  # the pulse stands beside the name: behind the trace, then
                after = cell.right + 12 * ratio
            found.append(Text(after, y, note, tokens.BODY, palette.accent))
        if cell.index is None:
            text = QCoreApplication.translate("Sheet", "not recorded")
            middle = (cell.left + cell.right) / 2
            found.append(Text(middle, cell.baseline, text, tokens.WORDS, palette.quiet, align=0.5))
    return found


def upright(
    strokes: dict[Cell, list[NDArray[np.float64]]], left: float, right: float
) -> NDArray[np.float64]:
    """Pieces of all strokes between two positions as (x, top, bottom)."""
    pieces = []
    for points in strokes.values():
        for p in points:
            first, last = np.searchsorted(p[:, 0], (left, right))
            near = p[max(int(first) - 1, 0) : int(last) + 1]
            pieces.append(
                np.column_stack(
                    (near[1:, 0], np.minimum(near[1:, 1], near[:-1, 1]),
                     np.maximum(near[1:, 1], near[:-1, 1]))
                )
            )  # fmt: skip
    return np.concatenate(pieces) if pieces else np.empty((0, 3))


def _aside(
    upright: NDArray[np.float64],
    at: tuple[float, float],
    size: tuple[float, float],
    step: float,
) -> float:
    """How far to the right there is room for a name; 0 where there is none."""
    (x, y), (width, half) = at, size
    near = upright[(upright[:, 1] < y + half) & (upright[:, 2] > y - half), 0]
    if not near.size:
        return 0.0
    near = np.sort(near)
    for move in range(_MOVES):
        left = x + move * step
        first = int(near.searchsorted(left - 3, "right"))
        if first == near.size or near[first] >= left + width + 3:
            return move * step
    return 0.0


def beyond(
    sheet: Sheet, strokes: dict[Cell, list[NDArray[np.float64]]], palette: Palette, ratio: float
) -> list[Text]:
    """A word at the sheet's edge wherever a trace runs off it: nothing is cut silently."""
    found = []
    for cell, points in strokes.items():
        for edge, mark in ((0, "▲"), (sheet.height, "▼")):
            xs = [p[(p[:, 1] < 0) if edge == 0 else (p[:, 1] > edge), 0] for p in points if len(p)]
            outside = np.concatenate(xs) if xs else np.empty(0)
            if not len(outside):
                continue
            text = QCoreApplication.translate("Sheet", "{mark} {lead} leaves the sheet").format(
                mark=mark, lead=cell.title
            )
            y = 10 * ratio if edge == 0 else edge - 10 * ratio
            found.append(
                Text(float(outside[0]) + 6 * ratio, y, text, tokens.META, palette.urgent, bold=True)
            )
    return found


def lit_areas(
    sheet: Sheet, evidence: Evidence, strokes: dict[Cell, list[NDArray[np.float64]]]
) -> list[QRectF]:
    """Rectangles under the evidence: as wide as the span, as high as the trace in it needs."""
    found = []
    for cell, points in strokes.items():
        if not evidence.concerns(cell.lead):
            continue
        lit = _lit(sheet, cell, evidence)
        for left, right in lit:
            if len(lit) <= _MOST_LIT:
                top, bottom = _extent(sheet, cell, points, left, right)
            else:  # too many to fit each to its trace
                top, bottom = round(cell.baseline - cell.half), round(cell.baseline + cell.half)
            found.append(QRectF(int(left), top, max(1, int(right) - int(left)), bottom - top))
    return found


def _lit(sheet: Sheet, cell: Cell, evidence: Evidence) -> list[tuple[float, float]]:
    """From where to where the spans of the cell are lit; what lies close on slow paper is one."""
    found: list[tuple[float, float]] = []
    least = _LEAST_LIT * sheet.scale.px_per_mm
    slow = sheet.paper.speed < FOR_MEASURING
    for span in evidence.spans:
        start, stop = max(span.start, cell.start), min(span.stop, cell.stop)
        if start >= stop:
            continue
        left, right = sheet.at(cell, start) - 0.5, sheet.at(cell, stop) - 0.5
        narrow = max(0.0, least - (right - left)) / 2
        left, right = left - narrow, right + narrow
        if slow and found and found[-1][0] <= left <= found[-1][1]:
            found[-1] = found[-1][0], max(right, found[-1][1])
        else:
            found.append((left, right))
    return found


def _extent(
    sheet: Sheet, cell: Cell, points: list[NDArray[np.float64]], left: float, right: float
) -> tuple[int, int]:
    """Whole bold squares around the trace between two positions, one at least each way."""
    square = 5 * sheet.scale.px_per_mm
    inside = [p[(p[:, 0] >= left) & (p[:, 0] <= right), 1] for p in points]
    heights = np.concatenate(inside) if inside else np.empty(0)
    above = below = 1.0
    if len(heights):
        above = max(1.0, np.ceil((cell.baseline - heights.min() + 2) / square))
        below = max(1.0, np.ceil((heights.max() - cell.baseline + 2) / square))
    if cell.half < 2 * square:  # rows too close for whole squares
        square, above, below = cell.half * 0.9, 1.0, 1.0
    return round(cell.baseline - above * square), round(cell.baseline + below * square)

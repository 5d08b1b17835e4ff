"""The overlays as lines, bars and lettering in device pixels.

Shape and letter carry the meaning, colour only helps: P marks are short, those of QRS long, those
of T dotted; each beat's class is a letter.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF

from farlead.model.detail import BeatKind, Detail, WaveMarks
from farlead_ui.ecg.differences import signed
from farlead_ui.ecg.geometry import Cell, Sheet
from farlead_ui.ecg.marks import Segment, Strokes, Text
from farlead_ui.ecg.overlays import Overlay, OverlayModel
from farlead_ui.ecg.seen import Source
from farlead_ui.theme import tokens
from farlead_ui.theme.tokens import Palette

#: Letter of each class of beats.
LETTERS = {
    BeatKind.DOMINANT: "N",
    BeatKind.SUPRAVENTRICULAR: "S",
    BeatKind.VENTRICULAR: "V",
    BeatKind.PACED: "PM",
    BeatKind.FUSION: "F",
    BeatKind.UNKNOWN: "?",
}
_BELOW = 12.0  # mm under the base line: the letters
_P, _QRS, _T = 2.0, 4.0, 3.0  # mm above and below the trace
_DOT = 1.0  # mm of a dotted stroke
_ST_SPAN = 0.080  # s from J on that a bar of the ST level covers
_LEAST_BAR = 1.0  # device pixels


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle."""

    area: QRectF
    colour: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """Everything that the overlays lay on the sheet."""

    strokes: tuple[Strokes, ...] = ()
    texts: tuple[Text, ...] = ()
    bars: tuple[Bar, ...] = ()


def drawn(
    sheet: Sheet, model: OverlayModel, source: Source, palette: Palette, ratio: float
) -> Drawn:
    """What is shown of the overlays on this page; a word where there is nothing to show."""
    detail = model.detail
    if not model.shown:
        return Drawn()
    if detail is None:
        text = QCoreApplication.translate("Overlays", "Nothing was measured in this recording")
        at = sheet.trace_left, 12 * ratio
        return Drawn(texts=(Text(*at, text, tokens.WORDS, palette.urgent, bold=True),))
    strokes: list[Strokes] = []
    texts: list[Text] = []
    bars: list[Bar] = []
    if Overlay.BEATS in model.shown:
        texts += _beats(sheet, detail, model.r_peaks, palette)
    if Overlay.WAVES in model.shown:
        strokes += _waves(sheet, detail, source, palette)
    if Overlay.ST in model.shown:
        bars += _st_bars(sheet, detail, source, palette)
        texts += _st_values(sheet, detail, palette, ratio)
    if Overlay.SPIKES in model.shown:
        strokes.append(_spikes(sheet, detail, palette))
        texts += _no_spikes(sheet, detail, palette, ratio)
    if Overlay.QUALITY in model.shown:
        texts += _quality(sheet, detail, palette, ratio)
    return Drawn(tuple(strokes), tuple(texts), tuple(bars))


def state_words(state: str) -> str:
    """Verdict on a lead."""
    translate = QCoreApplication.translate
    words = {
        "good": translate("Overlays", "good"),
        "wander": translate("Overlays", "baseline wander"),
        "noisy": translate("Overlays", "noisy"),
        "mains": translate("Overlays", "mains"),
        "pops": translate("Overlays", "electrode pops"),
        "saturated": translate("Overlays", "saturated"),
        "flat": translate("Overlays", "flat"),
        "missing": translate("Overlays", "missing"),
    }
    return words.get(state, state)


# -- beats


def _beats(
    sheet: Sheet, detail: Detail, r_peaks: Sequence[int], palette: Palette
) -> Iterator[Text]:
    """The class of each beat below its QRS complex, in every lead."""
    colours = {
        BeatKind.DOMINANT: palette.quiet,
        BeatKind.VENTRICULAR: palette.urgent,
        BeatKind.UNKNOWN: palette.urgent,
    }
    for cell in _recorded(sheet):
        below = min(_BELOW * sheet.scale.px_per_mm, 0.8 * cell.half)
        for beat in _inside(r_peaks, cell):
            if beat >= len(detail.beats):
                break
            kind = detail.beats[beat]
            colour = colours.get(kind, palette.accent)
            strong = kind is not BeatKind.DOMINANT
            x, y = sheet.x(r_peaks[beat]), cell.baseline + below
            yield Text(x, y, LETTERS[kind], tokens.META, colour, bold=strong, align=0.5)


# -- waves


def _waves(sheet: Sheet, detail: Detail, source: Source, palette: Palette) -> list[Strokes]:
    """Begin and end of P, QRS and T in each lead, and a short stroke over each peak."""
    p: list[Segment] = []
    qrs: list[Segment] = []
    t: list[Segment] = []
    mm = sheet.scale.px_per_mm
    for cell in _recorded(sheet):
        marks = _marks_of(detail, cell.lead)
        if marks is None:
            continue
        for ends, half, found in (
            ((marks.p_on, marks.p_off), _P, p), ((marks.qrs_on, marks.qrs_off), _QRS, qrs),
        ):  # fmt: skip
            for x, y in _places(sheet, cell, ends, source):
                found.append((x, y - half * mm, x, y + half * mm))
        for x, y in _places(sheet, cell, (marks.t_on, marks.t_off), source):
            t += _dotted(x, y - _T * mm, y + _T * mm, _DOT * mm)
        for peaks, found in ((marks.p_peak, p), (marks.t_peak, t)):
            for x, y in _places(sheet, cell, (peaks,), source):
                found.append((x, y - 2 * mm, x, y - 1 * mm))
    colours = palette.trace_earlier, palette.critical, palette.done
    return [
        Strokes(tuple(_whole(found)), colour)
        for found, colour in zip((p, qrs, t), colours, strict=True)
    ]


def _marks_of(detail: Detail, lead: str) -> WaveMarks | None:
    """Points of a lead; where there are none of its own, those over all leads."""
    place = detail.leads.index(lead) if lead in detail.leads else -1
    if 0 <= place < len(detail.marks):
        return detail.marks[place]
    return detail.overall


def _places(
    sheet: Sheet, cell: Cell, groups: Iterable[Sequence[int]], source: Source
) -> Iterator[tuple[float, float]]:
    """Where these samples are on the trace of a cell."""
    wanted = sorted(at for group in groups for at in group if cell.start <= at < cell.stop)
    yield from zip(map(sheet.x, wanted), _heights(cell, source, wanted), strict=True)


def _heights(cell: Cell, source: Source, wanted: Sequence[int]) -> list[float]:
    """Height of the trace at these samples; the base line where nothing was recorded."""
    at = np.asarray(wanted, np.intp) - source.first
    values = np.nan_to_num(source.samples[cell.index, at]) if wanted else np.empty(0)
    found: list[float] = (cell.baseline + 0.5 - values * cell.px_per_mv).tolist()
    return found


def _dotted(x: float, top: float, bottom: float, step: float) -> list[Segment]:
    count = max(1, int((bottom - top) / (2 * step)))
    return [(x, top + 2 * n * step, x, top + (2 * n + 1) * step) for n in range(count + 1)]


# -- ST levels


def _st_bars(sheet: Sheet, detail: Detail, source: Source, palette: Palette) -> Iterator[Bar]:
    """From J on, a bar between the level before QRS and that of ST, at every measured beat."""
    column = detail.quantity("j")
    if column is None:
        return
    levels = dict(zip(detail.leads, column.values, strict=False))
    for cell in _recorded(sheet):
        level = levels.get(cell.lead)
        if level is None:
            continue
        ends = [(on, off) for on, off in _measured(detail) if cell.start <= on < off < cell.stop]
        zeros = _heights(cell, source, [on for on, _ in ends])
        height = level * cell.px_per_mv
        colour = palette.urgent if level > 0 else palette.trace_earlier
        for (_, off), zero in zip(ends, zeros, strict=True):
            wide = _ST_SPAN * sheet.px_per_second
            tall = max(abs(height), _LEAST_BAR)
            yield Bar(QRectF(sheet.x(off), zero - max(height, 0.0), wide, tall), colour)


def _measured(detail: Detail) -> list[tuple[int, int]]:
    """Begin and end of QRS of the beats that the median beat, and so the level, was made of."""
    overall, medians = detail.overall, detail.medians
    if overall is None or medians is None:
        return []
    ends = list(zip(overall.qrs_on, overall.qrs_off, strict=True))
    return [ends[beat] for beat in medians.members if beat < len(ends)]


def _st_values(sheet: Sheet, detail: Detail, palette: Palette, ratio: float) -> Iterator[Text]:
    """The ST level at J of each lead, at the right of its name's line."""
    column = detail.quantity("j")
    levels = dict(zip(detail.leads, column.values, strict=False)) if column is not None else {}
    for cell in _recorded(sheet):
        text = f"ST {signed(levels.get(cell.lead))}"
        y = cell.name[1] if cell.name[1] != cell.baseline else cell.baseline - 0.3 * cell.half
        yield Text(cell.right - 6 * ratio, y, text, tokens.META, palette.text, bold=True, align=1.0)


# -- spikes and quality


def _spikes(sheet: Sheet, detail: Detail, palette: Palette) -> Strokes:
    """An upright dashed line through the row at every pacing spike."""
    segments: list[Segment] = []
    for cell in _recorded(sheet):
        half = min(0.8 * cell.half, 15 * sheet.scale.px_per_mm)
        for sample in detail.spikes:
            if cell.start <= sample < cell.stop:
                x = sheet.x(sample)
                top, bottom = cell.baseline - half, cell.baseline + half
                segments += _dotted(x, top, bottom, 1.5 * sheet.scale.px_per_mm)
    return Strokes(tuple(_whole(segments)), palette.urgent)


def _no_spikes(sheet: Sheet, detail: Detail, palette: Palette, ratio: float) -> list[Text]:
    """That there are none, or that they could not be looked for: never an unanswered key."""
    if detail.spikes:
        return []
    text = QCoreApplication.translate("Overlays", "No pacing spikes found")
    if any(part == "spikes" for part, _ in detail.missing):
        text = QCoreApplication.translate("Overlays", "Pacing spikes cannot be looked for")
    at = sheet.trace_right, 12 * ratio
    return [Text(*at, text, tokens.WORDS, palette.quiet, align=1.0)]


def _quality(sheet: Sheet, detail: Detail, palette: Palette, ratio: float) -> Iterator[Text]:
    """The verdict on each lead under its name, with its noise."""
    states = dict(zip(detail.leads, detail.states, strict=False))
    column = detail.quantity("noise")
    noise = dict(zip(detail.leads, column.values, strict=False)) if column is not None else {}
    for cell in _recorded(sheet):
        state = states.get(cell.lead)
        if state is None:
            continue
        text = state_words(state)
        if noise.get(cell.lead) is not None:
            text += f" · {noise[cell.lead]:.0f} µV"
        fine = state == "good"
        x, y = cell.name
        at = (x, y + 17 * ratio) if y != cell.baseline else (cell.left + 8 * ratio, y - 12 * ratio)
        colour = palette.done if fine else palette.urgent
        yield Text(*at, text, tokens.META, colour, bold=not fine)


# -- shared


def _recorded(sheet: Sheet) -> list[Cell]:
    return [cell for cell in sheet.cells if cell.index is not None]


def _inside(samples: Sequence[int], cell: Cell) -> range:
    """Places of the growing `samples` that lie in a cell."""
    return range(bisect_left(samples, cell.start), bisect_left(samples, cell.stop))


def _whole(segments: Iterable[Segment]) -> Iterator[Segment]:
    for x1, y1, x2, y2 in segments:
        yield float(int(x1)), float(round(y1)), float(int(x2)), float(round(y2))

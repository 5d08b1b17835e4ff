"""What is drawn of one beat: each lead in its place, all on one baseline, or the vector loop."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFontMetricsF

from farlead_ui.ecg import marks
from farlead_ui.ecg.beats import Beat, Floats, Loop, Source, loop_of, trimmed
from farlead_ui.ecg.gain import Gain
from farlead_ui.ecg.geometry import Paper, Scale, Sheet, lay_out
from farlead_ui.ecg.layouts import LAYOUTS, Layout, Place, Placement, Time, place
from farlead_ui.ecg.marks import Strokes, Text
from farlead_ui.ecg.model import NO_EVIDENCE
from farlead_ui.ecg.trace import strokes
from farlead_ui.ecg.wording import number
from farlead_ui.theme import tokens
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import Palette

#: How many times larger, both ways, where there is room: a look at one beat is a look closer.
_CLOSER = (4.0, 2.0)
_ROOM = 0.46  # of a row's height, above and below its middle
_LEGEND = 110  # device-independent pixels
#: mm/mV of the vector loop; the largest that fits.
_LOOP_SCALES = (80.0, 40.0, 20.0, 10.0, 5.0)
_LOOP_SHARE = 0.40  # of the shorter side, from the middle
_TICK = 0.010  # s between the marks on the loop


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A stroke: points in device pixels, colour, dash pattern in device-independent pixels."""

    points: Floats
    colour: str
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it."""

    sheet: Sheet
    lines: tuple[Line, ...] = ()
    strokes: tuple[Strokes, ...] = ()
    texts: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What it is drawn on: scale and size in device pixels, colours, speed and gain chosen."""

    scale: Scale
    width: int
    height: int
    ratio: float
    palette: Palette
    speed: float
    gain: Gain


def nothing(ground: Ground, told: str | None = None) -> Drawing:
    """Said where there is no beat to look at, or not this look."""
    sheet = _sheet(Placement("", 1, 1, ()), ground, 500.0, 500)
    told = told or QCoreApplication.translate(
        "Beat", "No median beat: neither device nor screening has one"
    )
    middle = ground.width / 2, ground.height / 2
    text = Text(*middle, told, tokens.SECTION, ground.palette.urgent, bold=True, align=0.5)
    return Drawing(sheet, texts=(text,))


def median(beat: Beat, layout: Layout, ground: Ground) -> Drawing:
    """Each lead's median beat in its place."""
    beat = trimmed(beat)
    layout = LAYOUTS[0] if layout.time is Time.LINES else layout
    together = replace(layout, rhythm=(), time=Time.SIMULTANEOUS)
    placement = place(together, beat.leads)
    if placement.time is not Time.SIMULTANEOUS:  # few leads: one row each
        placement = replace(placement, time=Time.SIMULTANEOUS)
    sheet = _closer(placement, ground, beat)
    ratio, palette = ground.ratio, ground.palette
    drawn = {
        cell: strokes(beat.samples[cell.index], cell, sheet)
        for cell in sheet.cells
        if cell.index is not None
    }
    lines = tuple(Line(points, palette.trace) for cell in drawn.values() for points in cell)
    names = marks.names(sheet, NO_EVIDENCE, partial(marks.upright, drawn), palette, ratio)
    beyond = marks.beyond(sheet, drawn, palette, ratio)
    pulses = marks.pulses(sheet, palette, standard=True)
    return Drawing(sheet, lines, (pulses,), (*names, *beyond, _said(beat, sheet, ground)))


def stacked(beat: Beat, ground: Ground) -> Drawing:
    """All leads on one baseline: six colours, limb leads solid, others dashed."""
    beat, ratio, palette = trimmed(beat), ground.ratio, ground.palette
    places = tuple(Place(lead, n, 0, 0, 1) for n, lead in enumerate(beat.leads))
    sheet = _closer(Placement("", 1, 1, places, Time.SIMULTANEOUS), ground, beat)
    width = beat.samples.shape[1] / beat.fs * sheet.px_per_second
    square = 5 * sheet.scale.px_per_mm
    aside = max(0.0, (ground.width - sheet.trace_left - width - _LEGEND * ratio) / 2)
    aside = square * int(aside / square)
    cells = [replace(cell, left=cell.left + aside) for cell in sheet.cells]
    drawn = {cell: strokes(beat.samples[n], cell, sheet) for n, cell in enumerate(cells)}
    x = cells[0].left + width + 28 * ratio
    y = sheet.baselines[0] - (len(cells) - 1) * 12 * ratio
    lines, texts = [], []
    for n, cell in enumerate(cells):
        colour, dash = _pen(n, palette)
        at = y + n * 24 * ratio
        key = np.array([[x, at], [x + 32 * ratio, at]])
        lines += [Line(points, colour, dash) for points in (*drawn[cell], key)]
        texts.append(Text(x + 42 * ratio, at, cell.lead, tokens.SECTION, colour, bold=True))
    pulses = marks.pulses(sheet, palette, standard=True)
    beyond = marks.beyond(sheet, drawn, palette, ratio)
    return Drawing(sheet, tuple(lines), (pulses,), (*texts, *beyond, _said(beat, sheet, ground)))


def vector(beat: Beat, ground: Ground) -> Drawing:
    """Frontal loop at the largest scale that fits."""
    loop = loop_of(beat)
    if loop is None:
        told = QCoreApplication.translate("Beat", "A vector loop needs lead I and aVF, II or III")
        return nothing(ground, told)
    known = loop.points[np.isfinite(loop.points).all(axis=1)]
    longest = max(float(np.hypot(*known.T).max()), 1e-3)
    room = _LOOP_SHARE * min(ground.width, ground.height) / ground.scale.px_per_mm
    gain = next((g for g in _LOOP_SCALES if g * longest <= room), _LOOP_SCALES[-1])
    ground = replace(ground, gain=Gain(gain, gain))
    sheet = _sheet(Placement("", 1, 1, ()), ground, beat.fs, beat.samples.shape[1])
    square = 5 * ground.scale.px_per_mm
    x = ground.scale.line(5 * round(ground.width / 2 / square)) + 0.5
    y = ground.scale.line(5 * round(ground.height / 2 / square)) + 0.5
    at = np.array([x, y]) + loop.points * gain * ground.scale.px_per_mm
    lines = [line for wave in loop.waves for line in _wave(at, wave, beat.fs, ground)]
    reach = room * ground.scale.px_per_mm
    axes = Strokes(
        ((x - reach, y, x + reach, y), (x, y - reach, x, y + reach)), ground.palette.quiet
    )
    texts = (*_directions(x, y, reach, ground), *_legend(loop, ground), _said(beat, sheet, ground))
    return Drawing(sheet, tuple(lines), (axes,), texts)


# -- parts --------------------------------------------------------------------------------------


def _sheet(placement: Placement, ground: Ground, fs: float, n: int) -> Sheet:
    paper = Paper(ground.speed, ground.gain, fs, n)
    size = ground.width, ground.height
    return lay_out(placement, paper, ground.scale, *size, ground.ratio)


def _closer(placement: Placement, ground: Ground, beat: Beat) -> Sheet:
    """Larger than the speed and gain chosen where the beat has room across and in its row."""
    n = beat.samples.shape[1]
    highest = float(np.nanmax(np.abs(beat.samples)))
    row = _ROOM * ground.height / ground.scale.px_per_mm / max(placement.rows, 1)
    for times in _CLOSER:
        gain = Gain(ground.gain.limb * times, ground.gain.chest * times)
        sheet = _sheet(
            placement, replace(ground, speed=ground.speed * times, gain=gain), beat.fs, n
        )
        if sheet.pages == 1 and max(gain.limb, gain.chest) * highest <= row:
            return sheet
    return _sheet(placement, ground, beat.fs, n)


def _pen(n: int, palette: Palette) -> tuple[str, tuple[float, ...]]:
    dashes: tuple[tuple[float, ...], ...] = ((), (6.0, 3.0), (2.0, 3.0))
    return tokens.lead_colours(palette)[n % 6], dashes[min(n // 6, 2)]


def _said(beat: Beat, sheet: Sheet, ground: Ground) -> Text:
    """Whose beat it is, and at which scale it is drawn."""
    if beat.source is Source.DEVICE:
        whose = QCoreApplication.translate("Beat", "Median beat of the device")
    else:
        text = QCoreApplication.translate("Beat", "Median of {n} beats, screening")
        whose = text.format(n=beat.members)
    gain, speed = sheet.paper.gain, sheet.paper.speed
    scale = f"{number(gain.limb)} mm/mV"
    if gain.apart:
        scale = f"{number(gain.limb)} / {number(gain.chest)} mm/mV"
    if sheet.cells:
        scale = f"{number(speed)} mm/s · {scale}"
    x = sheet.trace_left if sheet.cells else 24 * ground.ratio
    y = 20 * ground.ratio
    return Text(x, y, f"{whose} · {scale}", tokens.BODY, ground.palette.text, bold=True)


def _wave(at: Floats, wave: tuple[str, int, int], fs: float, ground: Ground) -> list[Line]:
    """A wave of the loop; QRS with a mark every 10 ms, pointing the way it goes."""
    name, start, stop = wave
    points = at[start : stop + 1]
    points = points[np.isfinite(points).all(axis=1)]
    colour = _wave_colour(name, ground.palette)
    lines = [Line(points, colour, ())]
    step = max(1, round(_TICK * fs))
    if name in {"QRS", ""}:
        for n in range(step, len(points) - 1, step):
            lines += _arrow(points[n - 1], points[n + 1], points[n], colour, ground.ratio)
    return lines


def _arrow(before: Floats, after: Floats, tip: Floats, colour: str, ratio: float) -> list[Line]:
    way = after - before
    length = float(np.hypot(*way))
    if length < 1.5 * ratio:  # the loop turns or stands still: no direction to show
        return []
    way = way / length * 5 * ratio
    side = np.array([-way[1], way[0]]) * 0.6
    return [Line(np.array([tip - way + side, tip, tip - way - side]), colour)]


def _wave_colour(name: str, palette: Palette) -> str:
    return {"P": palette.urgent, "T": palette.trace_earlier}.get(name, palette.trace)


def _directions(x: float, y: float, reach: float, ground: Ground) -> list[Text]:
    ratio, quiet = ground.ratio, ground.palette.quiet
    ends = (
        (x + reach + 10 * ratio, y, "I  0°", 0.0),
        (x - reach - 10 * ratio, y, "±180°", 1.0),
        (x, y + reach + 14 * ratio, "aVF  +90°", 0.5),
        (x, y - reach - 14 * ratio, "−90°", 0.5),
    )
    return [Text(a, b, text, tokens.WORDS, quiet, align=align) for a, b, text, align in ends]


def _legend(loop: Loop, ground: Ground) -> list[Text]:
    right, y = ground.width - 24 * ground.ratio, 20 * ground.ratio
    found: list[Text] = []
    for name, _, _ in reversed(loop.waves):
        if name:
            colour = _wave_colour(name, ground.palette)
            found.append(Text(right, y, name, tokens.SECTION, colour, bold=True, align=1.0))
            width = QFontMetricsF(font(tokens.SECTION, bold=True)).horizontalAdvance(name)
            right -= (width + 16) * ground.ratio
    return found

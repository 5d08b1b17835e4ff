"""The ECG on paper: sheets in millimetres, 25 mm/s and 10 mm/mV, as vector.

Every sample is drawn; coordinates are whole hundredths of a millimetre (1 µV, 0.4 ms). What
was not recorded stays a gap.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from farlead.model.recording import Recording

SPEED = 25.0  # mm/s
GAIN = 10.0  # mm/mV
SECONDS = 10.0  # of a row
WIDTH = 275.0  # mm, whole sheet
FIRST_HEIGHT = 120.0  # mm, below the text
FURTHER_HEIGHT = 160.0  # mm, a page of its own
START = 15.0  # mm, where the samples begin; a bold line, like the pulse
PULSE = (5.0, 5.0)  # mm from the left edge, mm wide (200 ms)

_ROW_PITCH = 20.0  # mm, the least that lets a row of a further sheet be read
_GRID = 5.0
_EDGES = 0.7  # of the height, at most, for the waves of first and last row alone

STANDARD = (
    ("I", "aVR", "V1", "V4"),
    ("II", "aVL", "V2", "V5"),
    ("III", "aVF", "V3", "V6"),
)
#: Rhythm strip: the first of these that was recorded.
RHYTHM = ("II", "V1", "I", "V5")
#: From so many of the twelve on the standard layout is kept and the others named missing.
LEAST_STANDARD = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """One stretch of one lead: `row` of the sheet, `begin` and `seconds` in the recording."""

    lead: str
    row: int
    begin: float
    seconds: float

    @property
    def left(self) -> float:
        """Where it begins on the sheet, in mm."""
        return START + self.begin * SPEED


@dataclass(frozen=True, slots=True)
class Label:
    """Words on the sheet: `x`, `y` of their left end on the base line, in mm."""

    x: float
    y: float
    text: str
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet ready to print.

    Parameters
    ----------
    grid, svg : str
        Paper; pulses and traces, which lie over everything else. One user unit is 0.01 mm.
    height : float
        In mm; the width is :data:`WIDTH`.
    clipped : tuple of str
        Leads that reach beyond the sheet's edge.
    beats : tuple of (float, int or None)
        Under the rhythm strip: x of a beat in mm, ms from the one before.
    baselines : tuple of float
        Of each row, in mm from the top.
    """

    grid: str
    svg: str
    height: float
    labels: tuple[Label, ...]
    clipped: tuple[str, ...]
    beats: tuple[tuple[float, int | None], ...] = ()
    standard: bool = False
    baselines: tuple[float, ...] = ()


def sheets(recording: Recording, r_peaks: Sequence[int] = ()) -> tuple[Sheet, ...]:
    """Sheets for a recording: 3×4 with rhythm strip for a twelve-lead one, else row by row.

    Leads beyond the twelve follow in rows on further sheets. Of a longer recording the first
    ten seconds are drawn.
    """
    return _kept_sheets(recording, tuple(r_peaks))


# A preview is set anew at every keystroke, and the tracing is the same.
@lru_cache(maxsize=2)
def _kept_sheets(recording: Recording, r_peaks: tuple[int, ...]) -> tuple[Sheet, ...]:
    there = [lead for row in STANDARD for lead in row if lead in recording.leads]
    made: list[Sheet] = []
    rows = list(recording.leads)
    if len(there) >= LEAST_STANDARD:
        made.append(_standard_sheet(recording, r_peaks))
        rows = [lead for lead in rows if lead not in there]
    while rows:
        height = FURTHER_HEIGHT if made else FIRST_HEIGHT
        count = int(height // _ROW_PITCH)
        made.append(row_sheet(recording, rows[:count], height))
        rows = rows[count:]
    return tuple(made)


def _standard_sheet(recording: Recording, r_peaks: Sequence[int]) -> Sheet:
    quarter = SECONDS / 4
    cells = [
        Cell(lead, row, column * quarter, quarter)
        for row, leads in enumerate(STANDARD)
        for column, lead in enumerate(leads)
    ]
    rhythm = next(lead for lead in RHYTHM + recording.leads if lead in recording.leads)
    cells.append(Cell(rhythm, len(STANDARD), 0.0, SECONDS))
    return _sheet(recording, cells, FIRST_HEIGHT, beats=_beats(recording, r_peaks), standard=True)


def row_sheet(recording: Recording, leads: Sequence[str], height: float) -> Sheet:
    """A sheet `height` mm high with one row of ten seconds for each of these leads."""
    cells = [Cell(lead, row, 0.0, SECONDS) for row, lead in enumerate(leads)]
    return _sheet(recording, cells, height)


def _sheet(
    recording: Recording,
    cells: Sequence[Cell],
    height: float,
    *,
    beats: tuple[tuple[float, int | None], ...] = (),
    standard: bool = False,
) -> Sheet:
    waves = [_wave(recording, cell) for cell in cells]
    lines = _base_lines(cells, waves, height)
    paths = [path_data(_across(cell, wave, recording.fs), lines[cell.row] - GAIN * wave)
             for cell, wave in zip(cells, waves, strict=True)]  # fmt: skip
    labels = tuple(
        Label(cell.left + 1.5, lines[cell.row] - 11.5, cell.lead, cell.lead not in recording.leads)
        for cell in cells
    )
    clipped = [
        cell.lead
        for cell, wave in zip(cells, waves, strict=True)
        if _beyond(lines[cell.row] - GAIN * wave, height)
    ]
    svg = framed(
        stroke(_pulses(lines) + _separators(cells, lines), "#101214", 22)
        + stroke("".join(paths), "#101214", 26),
        height,
    )
    return Sheet(
        framed(grid(height), height),
        svg,
        height,
        labels,
        tuple(dict.fromkeys(clipped)),
        beats,
        standard,
        tuple(lines),
    )


def _wave(recording: Recording, cell: Cell) -> NDArray[np.float64]:
    """Millivolts of a cell about the lead's own middle; empty when there is no such lead."""
    if cell.lead not in recording.leads:
        return np.empty(0)
    samples = recording.samples[recording.leads.index(cell.lead)].astype(np.float64)
    shown = samples[: round(SECONDS * recording.fs)]
    known = shown[np.isfinite(shown)]
    middle = float(np.median(known)) if known.size else 0.0
    first = round(cell.begin * recording.fs)
    last = round((cell.begin + cell.seconds) * recording.fs)
    # One sample more joins a lead's last point to the edge of its column.
    wave: NDArray[np.float64] = shown[first : last + 1] - middle
    return wave


def _across(cell: Cell, wave: NDArray[np.float64], fs: float) -> NDArray[np.float64]:
    first = round(cell.begin * fs)
    x: NDArray[np.float64] = START + (first + np.arange(wave.size)) / fs * SPEED
    return x


def _base_lines(
    cells: Sequence[Cell], waves: Sequence[NDArray[np.float64]], height: float
) -> list[float]:
    """Base line of each row: even, but with the room that high and deep waves need."""
    needed = _needed(cells, waves)
    rows = len(needed) - 1
    even = np.array([0.5, *[1.0] * (rows - 1), 0.5]) * height / rows
    lines = np.cumsum(_shared(needed, even, height))[:-1]
    snapped = np.round(lines / _GRID) * _GRID
    # Bold lines are no reason to lose a peak at an edge.
    snapped[0] += _GRID * (snapped[0] < needed[0])
    snapped[-1] -= _GRID * (height - snapped[-1] < needed[-1])
    return [float(line) for line in snapped]


def _needed(cells: Sequence[Cell], waves: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Least gaps in mm: above the first base line, between base lines, below the last.

    Only leads that stand one above the other need room from each other.
    """
    reach = [_reach(wave) for wave in waves]
    gaps = np.zeros(max(cell.row for cell in cells) + 2)
    for cell, (up, down) in zip(cells, reach, strict=True):
        if cell.row == 0:
            gaps[0] = max(gaps[0], up)
        if cell.row == len(gaps) - 2:
            gaps[-1] = max(gaps[-1], down)
        for below, (room, _) in zip(cells, reach, strict=True):
            if below.row == cell.row + 1 and _beside(cell, below):
                gaps[below.row] = max(gaps[below.row], down + room)
    return gaps


def _reach(wave: NDArray[np.float64]) -> tuple[float, float]:
    """Millimetres above and below the base line; at least what label and marks need."""
    known = wave[np.isfinite(wave)]
    if not known.size:
        return 12.0, 4.0
    return max(12.0, GAIN * float(known.max()) + 1), max(4.0, 1 - GAIN * float(known.min()))


def _beside(one: Cell, other: Cell) -> bool:
    return one.begin < other.begin + other.seconds and other.begin < one.begin + one.seconds


def _shared(
    needed: NDArray[np.float64], even: NDArray[np.float64], height: float
) -> NDArray[np.float64]:
    """Gaps that add up to `height`: at least what is needed, otherwise as even as can be.

    Where it is not enough, rows overlap sooner than a wave leaves the sheet.
    """
    if needed.sum() >= height:
        edges, between = needed[0] + needed[-1], needed[1:-1].sum()
        squeezed: NDArray[np.float64] = needed * (height / needed.sum())
        if between and edges < _EDGES * height:
            squeezed = needed * ((height - edges) / between)
            squeezed[[0, -1]] = needed[[0, -1]]
        return squeezed
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if np.maximum(needed, middle * even).sum() < height else (low, middle)
        )
    return np.maximum(needed, low * even)


def _beyond(y: NDArray[np.float64], height: float) -> bool:
    known = y[np.isfinite(y)]
    return bool(known.size and (known.min() < 0 or known.max() > height))


def _beats(recording: Recording, r_peaks: Sequence[int]) -> tuple[tuple[float, int | None], ...]:
    shown = [peak for peak in r_peaks if 0 <= peak < SECONDS * recording.fs]
    before = [None, *shown[:-1]] if shown else []
    return tuple(
        (
            START + peak / recording.fs * SPEED,
            None if last is None else round((peak - last) / recording.fs * 1000),
        )
        for peak, last in zip(shown, before, strict=True)
    )


def path_data(x: NDArray[np.float64], y: NDArray[np.float64]) -> str:
    """SVG path data through the known points; a gap where there are none."""
    known = np.isfinite(x) & np.isfinite(y)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    points = np.column_stack((np.where(known, x, 0.0), np.where(known, y, 0.0)))
    units = np.rint(points * 100).astype(np.int64)
    return "".join(_run(units[start:stop]) for start, stop in edges.reshape(-1, 2))


def _run(units: NDArray[np.int64]) -> str:
    (x, y), steps = units[0], np.diff(units, axis=0)
    if not len(steps):
        return f"M{x} {y}l1 0"  # a lone sample is a dot
    # JSON's writer turns forty thousand whole numbers into text ten times faster than str does.
    return f"M{x} {y}l{json.dumps(steps.ravel().tolist(), separators=(' ', ':'))[1:-1]}"


def _pulses(lines: Sequence[float]) -> str:
    left, width = PULSE
    edge, rise = 1.5, hundredths(GAIN)
    step, foot = hundredths(width), hundredths(edge)
    return "".join(
        f"M{hundredths(left - edge)} {hundredths(line)}h{foot}v-{rise}h{step}v{rise}h{foot}"
        for line in lines
    )


def _separators(cells: Sequence[Cell], lines: Sequence[float]) -> str:
    """Two short strokes where one lead follows another."""
    return "".join(
        f"M{hundredths(cell.left)} {hundredths(lines[cell.row] + dy)}v250"
        for cell in cells
        if cell.begin > 0
        for dy in (-6.0, 3.5)
    )


@cache
def grid(height: float) -> str:
    """SVG of ECG paper, a line every millimetre, a bold one every five."""

    def lines(step: int, *, bold: bool) -> str:
        across = "".join(
            f"M{100 * x} 0v{hundredths(height)}"
            for x in range(0, int(WIDTH) + 1, step)
            if bold or x % _GRID
        )
        down = "".join(
            f"M0 {100 * y}h{hundredths(WIDTH)}"
            for y in range(0, int(height) + 1, step)
            if bold or y % _GRID
        )
        return across + down

    return stroke(lines(1, bold=False), "#F6DDD6", 8) + stroke(
        lines(int(_GRID), bold=True), "#E6B2A6", 14
    )


def framed(parts: str, height: float) -> str:
    """SVG of a sheet `height` mm high."""
    frame = f"0 0 {hundredths(WIDTH)} {hundredths(height)}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{frame}">{parts}</svg>'


def stroke(path: str, colour: str, width: int) -> str:
    """SVG of lines; `width` in hundredths of a millimetre."""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"'
        ' stroke-linejoin="round" stroke-linecap="round"/>'
    )


def hundredths(millimetres: float) -> int:
    """Millimetres as whole user units."""
    return round(millimetres * 100)

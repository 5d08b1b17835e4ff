"""From millimetres of paper to device pixels of the screen; no Qt.

All positions are device pixels from the sheet's upper left corner, where a bold line lies. A
line "at" k fills pixel k, so the middle of a trace at zero volts is at ``baseline + 0.5``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from farlead_ui.ecg.gain import Gain
from farlead_ui.ecg.layouts import Placement

#: Bold lines every 18 px at 100 %, where no ruler has told better.
UNCALIBRATED = 3.60
_BOLD = 5.0  # mm
_TOLERANCE = 0.01
_PULSE_SECONDS = 0.2
_PITCH_MAX = 65.0
_PITCH_RHYTHM = 55.0  # up to here the RR line lies 15 mm below
_PITCH_ON_BOLD = 25.0  # rows closer than this do not fit on bold lines
_NICE_SECONDS = (0.2, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0)
_NICE_MINUTES = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 40.0)
_NICE_HOURS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0, 24.0, 36.0, 48.0)
_NICE = (
    *_NICE_SECONDS,
    *(60.0 * minutes for minutes in _NICE_MINUTES),
    *(3600.0 * hours for hours in _NICE_HOURS),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """Device pixels per millimetre.

    Parameters
    ----------
    px_per_mm : float
        Used for grid and traces alike.
    bold : int or None
        Whole device pixels between bold lines; None where no whole number is within 1 % of the
        truth: then each line is snapped to its nearest pixel.
    calibrated : bool
        Whether a ruler was laid on this screen.
    """

    px_per_mm: float
    bold: int | None
    calibrated: bool

    def line(self, millimetres: float) -> int:
        """Device pixel of a line."""
        return math.floor(millimetres * self.px_per_mm + 0.5)


def scale_for(calibration: float | None, ratio: float) -> Scale:
    """Choose the scale: whole pixels between bold lines where the truth allows it (≤ 1 %).

    Parameters
    ----------
    calibration : float or None
        Device pixels per millimetre measured on this screen; None: not calibrated.
    ratio : float
        Device pixels per device-independent pixel.
    """
    if calibration is None:
        bold = max(5, math.floor(_BOLD * UNCALIBRATED * ratio + 1e-6))
        return Scale(bold / _BOLD, bold, calibrated=False)
    bold = max(1, round(_BOLD * calibration))
    if abs(bold / _BOLD / calibration - 1) <= _TOLERANCE:
        return Scale(bold / _BOLD, bold, calibrated=True)
    return Scale(calibration, None, calibrated=True)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a sheet is laid out from.

    Parameters
    ----------
    speed : float
        mm/s.
    gain : Gain
        mm/mV, of limb and chest leads.
    fs : float
        Sampling rate in hertz.
    samples : int
        Length of the recording in samples.
    page : int
        Page wanted, from 0; the nearest existing one is laid out.
    at : (float, float or None) or None
        Instead of a page: this time, in seconds, at the left edge or at that device pixel.
    """

    speed: float
    gain: Gain
    fs: float
    samples: int
    page: int = 0
    at: tuple[float, float | None] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One lead's place on the sheet: samples ``start`` to ``stop`` (half open) from `left` on.

    `left` and `right` are the edges of its slice of time; `name` is the middle left of the
    lead's name; `index` None: not recorded.
    """

    lead: str
    index: int | None
    start: int
    stop: int
    left: float
    right: float
    baseline: int
    half: float
    name: tuple[float, float]
    separated: bool
    px_per_mv: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A laid-out page.

    Parameters
    ----------
    trace_left : int
        Device pixel of the time `seconds` [0].
    px_per_second : float
        Scale of the traces; that of their heights is each cell's.
    seconds : (float, float)
        Time from the start of the recording that the page shows.
    pages, page : int
        How many there are, and which one this is, from 0.
    baselines : tuple of int
        One a row.
    pulses : tuple of tuple of (int, int)
        One a row: outline of the calibration pulse relative to the row's baseline; 1 mV × 200 ms,
        half of it each where limb and chest leads of a row differ in gain.
    rr : int or None
        Height of the RR line's middle; None where there is no room for it.
    """

    scale: Scale
    width: int
    height: int
    paper: Paper
    trace_left: int
    px_per_second: float
    seconds: tuple[float, float]
    pages: int
    page: int
    cells: tuple[Cell, ...]
    baselines: tuple[int, ...]
    pulses: tuple[tuple[tuple[int, int], ...], ...]
    rr: int | None

    def x(self, sample: float) -> float:
        """Horizontal position of a sample of the recording, middle of the stroke."""
        return (
            self.trace_left
            + 0.5
            + (sample / self.paper.fs - self.seconds[0]) * (self.px_per_second)
        )

    @property
    def trace_right(self) -> float:
        """Horizontal position of the end of the page's time."""
        return self.trace_left + (self.seconds[1] - self.seconds[0]) * self.px_per_second


def lay_out(
    placement: Placement,
    paper: Paper,
    scale: Scale,
    width: int,
    height: int,
    ratio: float,
    *,
    foot: int = 0,
) -> Sheet:
    """Lay out one page of a recording.

    Parameters
    ----------
    placement : Placement
        Leads in their places.
    paper : Paper
        Speed, gain and length.
    scale : Scale
        Device pixels per millimetre.
    width, height : int
        Size of the sheet in device pixels.
    ratio : float
        Device pixels per device-independent pixel, for the distances of lettering.
    foot : int
        Device pixels that closely set rows leave free below for warnings.
    """
    width_mm, height_mm = width / scale.px_per_mm, height / scale.px_per_mm
    block = _PULSE_SECONDS * paper.speed + 7.0  # pulse and its feet before the trace
    length, pages = _page_length(paper, (width_mm - _up(block) - 0.5) / paper.speed)
    page_mm = length * paper.speed
    left_mm = max(_up(block), _BOLD * round(((width_mm - block - page_mm) / 2 + block) / _BOLD))
    trace_left = scale.line(left_mm)
    begun = _start(paper, length, pages, trace_left, paper.speed * scale.px_per_mm)
    page, seconds = _page_at(paper, begun, length, pages), (begun, begun + length)
    baselines, pitch = _baselines(placement.rows, height_mm, foot / scale.px_per_mm, scale)
    beside = placement.columns == 1 and left_mm >= block + 14.0
    cells = _cells(placement, paper, scale, seconds, trace_left, baselines, pitch, ratio)
    if beside:
        cells = tuple(_named_beside(cell, left_mm - block - 11.5, scale) for cell in cells)
    rr_mm = 0.4 * pitch if pitch > _PITCH_RHYTHM else min(15.0, 0.45 * pitch)
    rr = baselines[-1] + scale.line(rr_mm) if baselines else None
    if rr is not None and (pitch < _PITCH_ON_BOLD or rr + 10 * ratio > height):
        rr = None
    return Sheet(
        scale=scale,
        width=width,
        height=height,
        paper=paper,
        trace_left=trace_left,
        px_per_second=paper.speed * scale.px_per_mm,
        seconds=seconds,
        pages=pages,
        page=page,
        cells=cells,
        baselines=baselines,
        pulses=_pulses(placement, paper, scale, left_mm),
        rr=rr,
    )


def _up(millimetres: float) -> float:
    return _BOLD * math.ceil(millimetres / _BOLD)


def _page_length(paper: Paper, capacity: float) -> tuple[float, int]:
    """Seconds on a page of this capacity, and how many pages that makes."""
    duration = paper.samples / paper.fs
    length = max((s for s in _NICE if s <= capacity), default=_NICE[0])
    if duration <= max(capacity, length):  # what does not fit the narrowest sheet runs off it
        return duration, 1
    return length, math.ceil(duration / length - 1e-9)


def _start(paper: Paper, length: float, pages: int, trace_left: int, px_per_second: float) -> float:
    """Time at the left edge; the last page is full, too."""
    last = max(0.0, paper.samples / paper.fs - length)
    if paper.at is None:
        return min(min(max(paper.page, 0), pages - 1) * length, last)
    seconds, x = paper.at
    if x is not None:
        seconds -= (x - trace_left - 0.5) / px_per_second
    return min(max(seconds, 0.0), last)


def _page_at(paper: Paper, start: float, length: float, pages: int) -> int:
    """Page that a sheet stands on; between two pages the earlier one."""
    if paper.at is None:
        return min(max(paper.page, 0), pages - 1)
    at_end = start >= paper.samples / paper.fs - length - 1e-6
    return pages - 1 if at_end else int(start / length + 1e-6)


def _baselines(
    rows: int, height: float, foot: float, scale: Scale
) -> tuple[tuple[int, ...], float]:
    if rows == 0:
        return (), 0.0
    pitch = min(_PITCH_MAX, _BOLD * math.floor(height / rows / _BOLD))
    if pitch >= _PITCH_ON_BOLD:
        first = _BOLD * round(((height - pitch * rows) / 2 + pitch / 2) / _BOLD)
        return tuple(scale.line(first + pitch * r) for r in range(rows)), pitch
    height -= foot
    margin = min(7.5, height / 10)
    step = max(1, math.floor((height - margin) * scale.px_per_mm / rows))
    first_px = round(margin / 2 * scale.px_per_mm + 0.53 * step)
    return tuple(first_px + step * r for r in range(rows)), step / scale.px_per_mm


def _cells(
    placement: Placement,
    paper: Paper,
    scale: Scale,
    seconds: tuple[float, float],
    trace_left: int,
    baselines: Sequence[int],
    pitch: float,
    ratio: float,
) -> tuple[Cell, ...]:
    px_per_second = paper.speed * scale.px_per_mm
    above = min(20.5, 0.37 * pitch) * scale.px_per_mm
    cells = []
    for place in placement.places:
        slice_ = (seconds[1] - seconds[0]) / place.columns
        begin, end = place.column * slice_, (place.column + 1) * slice_
        left, right = trace_left + begin * px_per_second, trace_left + end * px_per_second
        baseline = baselines[place.row]
        cells.append(
            Cell(
                lead=place.lead,
                index=place.index,
                start=_first_sample(seconds[0] + begin, paper),
                stop=_first_sample(seconds[0] + end, paper),
                left=left,
                right=right,
                baseline=baseline,
                half=pitch * scale.px_per_mm / 2,
                name=(math.floor(left) + 8 * ratio, baseline - above),
                separated=place.column > 0,
                px_per_mv=paper.gain.of(place.lead) * scale.px_per_mm,
            )
        )
    return tuple(cells)


def _first_sample(seconds: float, paper: Paper) -> int:
    return min(paper.samples, max(0, math.ceil(seconds * paper.fs - 1e-6)))


def _named_beside(cell: Cell, left_mm: float, scale: Scale) -> Cell:
    return replace(cell, name=(scale.line(left_mm), cell.baseline))


def _pulses(
    placement: Placement, paper: Paper, scale: Scale, left_mm: float
) -> tuple[tuple[tuple[int, int], ...], ...]:
    gains: list[list[float]] = [[] for _ in range(placement.rows)]
    for place in placement.places:
        gain = paper.gain.of(place.lead)
        if gain not in gains[place.row]:
            gains[place.row].append(gain)
    return tuple(_pulse(row or [paper.gain.limb], paper, scale, left_mm) for row in gains)


def _pulse(
    gains: Sequence[float], paper: Paper, scale: Scale, left_mm: float
) -> tuple[tuple[int, int], ...]:
    rise, fall = left_mm - _BOLD - _PULSE_SECONDS * paper.speed, left_mm - _BOLD
    outline = [(scale.line(rise - 2), 0), (scale.line(rise), 0)]
    for n, gain in enumerate(gains):  # the gains in the order of the row's leads
        start, end = (rise + (fall - rise) * part / len(gains) for part in (n, n + 1))
        top = -scale.line(gain)
        outline += [(scale.line(start), top), (scale.line(end), top)]
    return (*outline, (scale.line(fall), 0), (scale.line(left_mm - 3), 0))

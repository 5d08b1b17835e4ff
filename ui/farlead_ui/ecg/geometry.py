"""From millimetres of paper to device pixels of the screen; no Qt.

All positions are device pixels from the sheet's upper left corner, where a bold line lies. A
line "at" k fills pixel k, so the middle of a trace at zero volts is at ``baseline + 0.5``.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from farlead_ui.ecg.gain import Gain
from farlead_ui.ecg.layouts import Placement, Time
from farlead_ui.ecg.page import Cell, Paper, Scale, Sheet, scale_for
from farlead_ui.ecg.speeds import FOR_MEASURING
from farlead_ui.ecg.spread import Spread, spread

__all__ = ["Cell", "Paper", "Scale", "Sheet", "lay_out", "scale_for"]

_BOLD = 5.0  # mm
_PULSE_SECONDS = 0.2
_NAME = 14.0  # mm that a name needs before the pulse; on slow paper it would lie on the trace
_PITCH_MAX = 65.0
_PITCH_RHYTHM = 55.0  # up to here the RR line lies 15 mm below
_BELOW_TRACE = 9.0  # the RR line stands no nearer to the last row, mm
_PITCH_ON_BOLD = 25.0  # rows closer than this do not fit on bold lines


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
        Device pixels that closely set rows leave free below for warnings; the RR line gives way.
    """
    width_mm, height_mm = width / scale.px_per_mm, height / scale.px_per_mm
    block = _PULSE_SECONDS * paper.speed + 7.0  # pulse and its feet before the trace
    duration = paper.samples / paper.fs
    named = block + (_NAME if placement.columns == 1 and paper.speed < FOR_MEASURING else 0.0)
    shared = spread(placement, duration, paper.speed, width_mm - _up(named) - 0.5)
    placement = _needed(placement, shared.rows)
    left = (width_mm - named - shared.width) / 2 + named
    left_mm = max(_up(named), _BOLD * round(left / _BOLD))
    trace_left = scale.line(left_mm)
    begun = _start(paper, shared, trace_left, paper.speed * scale.px_per_mm)
    page, seconds = _page_at(paper, begun, shared), (begun, begun + shared.length)
    baselines, pitch = _baselines(placement.rows, height_mm, foot / scale.px_per_mm, scale)
    beside = placement.columns == 1 and left_mm >= block + _NAME
    cells = _cells(placement, paper, scale, shared, begun, trace_left, baselines, pitch, ratio)
    if beside:
        cells = tuple(_named_beside(cell, left_mm - block - 11.5, scale) for cell in cells)
    rr = _rr(placement, baselines, pitch, scale)
    if rr is not None:
        rr = _above_foot(rr, baselines, scale, height - foot - 10 * ratio)
    return Sheet(
        scale=scale,
        width=width,
        height=height,
        paper=paper,
        trace_left=trace_left,
        px_per_second=paper.speed * scale.px_per_mm,
        seconds=seconds,
        pages=shared.pages,
        page=page,
        cells=cells,
        baselines=baselines,
        pulses=_pulses(placement, paper.speed, paper.gain, scale, left_mm),
        rr=rr,
        rr_until=begun + shared.width / paper.speed if placement.strips else seconds[1],
        time=placement.time,
    )


def _needed(placement: Placement, rows: int) -> Placement:
    """The same without the lines that the recording does not fill."""
    if rows == placement.rows:
        return placement
    return replace(placement, rows=rows, places=placement.places[:rows])


def _rr(placement: Placement, baselines: Sequence[int], pitch: float, scale: Scale) -> int | None:
    """Under the last row, where one place across is one time and where rows are far apart."""
    together = placement.time is Time.SIMULTANEOUS and not placement.strips
    if not baselines or together or placement.time is Time.LINES or pitch < _PITCH_ON_BOLD:
        return None
    return baselines[-1] + scale.line(
        0.4 * pitch if pitch > _PITCH_RHYTHM else min(15.0, 0.45 * pitch)
    )


def _above_foot(rr: int, baselines: Sequence[int], scale: Scale, lowest: float) -> int | None:
    """Higher, where what is said at the foot needs the place; None where that is too high."""
    highest = min(rr, baselines[-1] + scale.line(_BELOW_TRACE))
    return min(rr, int(lowest)) if lowest >= highest else None


def _up(millimetres: float) -> float:
    return _BOLD * math.ceil(millimetres / _BOLD)


def _start(paper: Paper, shared: Spread, trace_left: int, px_per_second: float) -> float:
    """Time at the left edge; the last page is full, too."""
    last = max(0.0, paper.samples / paper.fs - shared.length)
    if paper.at is None:
        return min(min(max(paper.page, 0), shared.pages - 1) * shared.length, last)
    seconds, x = paper.at
    if x is not None:
        seconds -= (x - trace_left - 0.5) / px_per_second
    if paper.speed >= FOR_MEASURING:  # whole pixels: what is drawn already only has to be moved
        seconds = round(seconds * px_per_second) / px_per_second
    return min(max(seconds, 0.0), last)


def _page_at(paper: Paper, start: float, shared: Spread) -> int:
    """Page that a sheet stands on; between two pages the earlier one."""
    if paper.at is None:
        return min(max(paper.page, 0), shared.pages - 1)
    at_end = start >= paper.samples / paper.fs - shared.length - 1e-6
    return shared.pages - 1 if at_end else int(start / shared.length + 1e-6)


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
    shared: Spread,
    begun: float,
    trace_left: int,
    baselines: Sequence[int],
    pitch: float,
    ratio: float,
) -> tuple[Cell, ...]:
    px_per_second = paper.speed * scale.px_per_mm
    above = min(20.5, 0.37 * pitch) * scale.px_per_mm
    cells = []
    for place in placement.places:
        after, stretch, across = shared.slot(place)
        left = trace_left + across * scale.px_per_mm
        baseline = baselines[place.row]
        upright = -1 if place.inverted else 1
        cells.append(
            Cell(
                lead=place.lead,
                index=place.index,
                start=_first_sample(begun + after, paper),
                stop=_first_sample(begun + after + stretch, paper),
                left=left,
                right=left + stretch * px_per_second,
                baseline=baseline,
                half=pitch * scale.px_per_mm / 2,
                name=(math.floor(left) + 8 * ratio, baseline - above),
                separated=place.column > 0,
                px_per_mv=upright * paper.gain.of(place.lead) * scale.px_per_mm,
                begin=begun + after,
            )
        )
    return tuple(cells)


def _first_sample(seconds: float, paper: Paper) -> int:
    return min(paper.samples, max(0, math.ceil(seconds * paper.fs - 1e-6)))


def _named_beside(cell: Cell, left_mm: float, scale: Scale) -> Cell:
    return replace(cell, name=(scale.line(left_mm), cell.baseline))


@lru_cache(maxsize=8)  # the same on each page of a recording
def _pulses(
    placement: Placement, speed: float, gain: Gain, scale: Scale, left_mm: float
) -> tuple[tuple[tuple[int, int], ...], ...]:
    gains: list[list[float]] = [[] for _ in range(placement.rows)]
    for place in placement.places:
        here = gain.of(place.lead)
        if here not in gains[place.row]:
            gains[place.row].append(here)
    return tuple(_pulse(row or [gain.limb], speed, scale, left_mm) for row in gains)


def _pulse(
    gains: Sequence[float], speed: float, scale: Scale, left_mm: float
) -> tuple[tuple[int, int], ...]:
    rise, fall = left_mm - _BOLD - _PULSE_SECONDS * speed, left_mm - _BOLD
    outline = [(scale.line(rise - 2), 0), (scale.line(rise), 0)]
    for n, gain in enumerate(gains):  # the gains in the order of the row's leads
        start, end = (rise + (fall - rise) * part / len(gains) for part in (n, n + 1))
        top = -scale.line(gain)
        outline += [(scale.line(start), top), (scale.line(end), top)]
    return (*outline, (scale.line(fall), 0), (scale.line(left_mm - 3), 0))

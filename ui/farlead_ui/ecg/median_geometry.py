"""Where the median beats of two ECGs lie on one sheet, in device pixels; no Qt."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead.model.detail import Detail, MedianBeats
from farlead_ui.ecg.geometry import Scale

#: mm/s and mm/mV; the second where there is no room for the first. Both keep the ratio 25:10.
SCALES = ((50.0, 20.0), (25.0, 10.0))
_LEAST_CELL = 30.0  # mm of a cell at 50 mm/s
_BEFORE, _AFTER = 0.42, 0.68  # s about the R peak, at most
_MARGIN = 5.0  # mm
_PULSE = 0.2  # s

_GRID = (
    ("I", "aVR", "V1", "V4"),
    ("II", "aVL", "V2", "V5"),
    ("III", "aVF", "V3", "V6"),
)

Floats = NDArray[np.float64]

#: By identity: hashing what is as large as this would cost what keeping it saves.
_kept: deque[tuple[MedianBeats, tuple[Floats, ...]]] = deque(maxlen=16)


@dataclass(frozen=True, slots=True)
class BeatCell:
    """Place of one lead: R at `r`, zero volts at `baseline`; `left` to `right` is its own."""

    lead: str
    left: float
    right: float
    top: float
    r: float
    baseline: float


@dataclass(frozen=True, slots=True)
class BeatSheet:
    """A sheet of median beats: cells and the scale they are drawn at."""

    cells: tuple[BeatCell, ...]
    speed: float
    gain: float
    scale: Scale
    height: int


def lay_beats(leads: Sequence[str], scale: Scale, width: int, height: int, head: int) -> BeatSheet:
    """Lay every lead once, the twelve as on paper, others behind them row by row.

    Parameters
    ----------
    leads : sequence of str
    scale : Scale
    width, height, head : int
        Device pixels; `head` stays free above.
    """
    rows = [[lead for lead in row if lead in leads] for row in _GRID]
    others = [lead for lead in leads if not any(lead in row for row in _GRID)]
    rows += [others[n : n + 4] for n in range(0, len(others), 4)]
    rows = [row for row in rows if row] or [[]]
    columns = max(map(len, rows), default=1) or 1
    mm = scale.px_per_mm
    cell_width, pitch = width / columns, (height - head) / len(rows)
    speed, gain = SCALES[0] if cell_width / mm >= _LEAST_CELL else SCALES[1]
    share = _BEFORE / (_BEFORE + _AFTER)
    before = min(_BEFORE * speed, (cell_width / mm - 2 * _MARGIN) * share) * mm
    cells = []
    for r, row in enumerate(rows):
        for c, lead in enumerate(row):
            left, top = c * cell_width, head + r * pitch
            baseline = scale.line(5.0 * round((top + 0.6 * pitch) / mm / 5.0))
            at = left + _MARGIN * mm + before
            cells.append(BeatCell(lead, left, left + cell_width, top, at, baseline))
    return BeatSheet(tuple(cells), speed, gain, scale, height)


def beat_points(detail: Detail, lead: str, cell: BeatCell, sheet: BeatSheet) -> list[Floats]:
    """Strokes of a lead's median beat: R peak at the cell's, zero at its own PR segment.

    Returns
    -------
    list of ndarray of float64, shape (points, 2)
        Device pixels; a gap parts strokes. Empty where there is no such lead or no beat.
    """
    found = median_beat(detail, lead)
    if found is None or not detail.fs or detail.medians is None:
        return []
    mm = sheet.scale.px_per_mm
    x = cell.r + (np.arange(len(found)) - detail.medians.r) / detail.fs * sheet.speed * mm
    last = min(cell.right - _MARGIN / 2 * mm, cell.r + _AFTER * sheet.speed * mm)
    keep = (x >= cell.left + _MARGIN * mm - 1) & (x <= last)
    y = cell.baseline + 0.5 - found * sheet.gain * mm
    return _runs(np.column_stack((x, y))[keep])


def _beats_of(medians: MedianBeats) -> tuple[Floats, ...]:
    """All median beats in millivolts, NaN where nothing was recorded; the last few are kept."""
    for known, beats in _kept:
        if known is medians:
            return beats
    made = tuple(
        np.array([np.nan if v is None else v for v in lead], dtype=np.float64) / 1000
        for lead in medians.microvolts
    )
    _kept.append((medians, made))
    return made


def median_beat(detail: Detail, lead: str) -> Floats | None:
    """Median beat of a lead in millivolts about its PR segment; None where there is none."""
    medians = detail.medians
    if medians is None or lead not in detail.leads:
        return None
    place = detail.leads.index(lead)
    if place >= len(medians.microvolts):
        return None
    beat = _beats_of(medians)[place]
    onset = next(iter(medians.overall.qrs_on), -1)
    zero = beat[onset] if 0 <= onset < len(beat) else np.nan
    if not np.isfinite(zero):
        known = beat[np.isfinite(beat)]
        zero = float(np.median(known)) if len(known) else 0.0
    shifted: Floats = beat - zero
    return shifted


def pulse_points(sheet: BeatSheet) -> Floats:
    """Calibration pulse of 1 mV and 200 ms in the lower left corner."""
    mm = sheet.scale.px_per_mm
    left, foot = sheet.scale.line(10.0), sheet.scale.line(5.0 * (sheet.height / mm // 5.0) - 5.0)
    top, right = foot - sheet.gain * mm, left + _PULSE * sheet.speed * mm
    edge = 4 * mm
    return np.array(
        [(left - edge, foot), (left, foot), (left, top), (right, top), (right, foot),
         (right + edge, foot)]
    )  # fmt: skip


def _runs(points: Floats) -> list[Floats]:
    known = np.isfinite(points[:, 1])
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    return [points[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]

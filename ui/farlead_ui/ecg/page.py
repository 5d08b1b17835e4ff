"""A laid-out page as values: its scale, its cells, where a sample and a millivolt lie; no Qt."""

import math
from dataclasses import dataclass

from farlead_ui.ecg.gain import Gain
from farlead_ui.ecg.layouts import Time

#: Bold lines every 18 px at 100 %, where no ruler has told better.
UNCALIBRATED = 3.60
_BOLD = 5.0  # mm
_TOLERANCE = 0.01


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

    `left` and `right` are the edges of its slice of time, which begins `begin` seconds after the
    recording; `name` is the middle left of the lead's name; `index` None: not recorded.
    `px_per_mv` is negative for a lead that stands upside down.
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
    begin: float

    @property
    def title(self) -> str:
        """Name as it is written: with a minus where the lead stands upside down."""
        return f"−{self.lead}" if self.px_per_mv < 0 else self.lead


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
    rr_until : float
        Seconds up to which the RR line goes.
    time : Time
        How the cells share the time. Only where it is sequential one place across is one time
        in all cells (`x`); else it is a time in each cell alone (`at`).
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
    rr_until: float
    time: Time = Time.SEQUENTIAL

    def at(self, cell: Cell, sample: float) -> float:
        """Horizontal position of a sample of the recording in a cell, middle of the stroke."""
        return cell.left + 0.5 + (sample / self.paper.fs - cell.begin) * self.px_per_second

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

"""How the time of a page is spread over its places, in seconds and millimetres; no Qt."""

import math
from dataclasses import dataclass

from farlead_ui.ecg.layouts import Place, Placement, Time

_SECONDS = (0.2, 0.5, 1.0, 2.0, 2.5, 5.0, 10.0, 20.0, 30.0, 40.0, 50.0)
_MINUTES = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 40.0)
_HOURS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0, 24.0, 36.0, 48.0)
#: Lengths that a page may have.
NICE = (
    *_SECONDS,
    *(60.0 * minutes for minutes in _MINUTES),
    *(3600.0 * hours for hours in _HOURS),
)
_BOLD = 5.0  # mm
_GAP = 2.5  # mm at least between columns that show the same time
_LEAST = 0.1  # seconds


@dataclass(frozen=True, slots=True)
class Spread:
    """A page's time.

    Parameters
    ----------
    time : Time
    length : float
        Seconds on the page.
    pages : int
        How many such pages the recording has.
    width : float
        Millimetres from the left edge of the traces to their right one.
    speed : float
        mm/s.
    pitch : float
        Millimetres from column to column that show the same time.
    line : float
        Seconds of a line.
    rows : int
        Rows that are needed.
    """

    time: Time
    length: float
    pages: int
    width: float
    speed: float
    pitch: float
    line: float
    rows: int

    def slot(self, place: Place) -> tuple[float, float, float]:
        """Seconds from the page's start, seconds that fit, and millimetres from the left."""
        if self.time is Time.LINES:
            begun = place.row * self.line
            return begun, max(0.0, min(self.line, self.length - begun)), 0.0
        if self.time is Time.SIMULTANEOUS:
            stretch = self.width / self.speed if place.rhythm else self.length
            return 0.0, stretch, place.column * self.pitch
        stretch = self.length / place.columns
        return place.column * stretch, stretch, place.column * stretch * self.speed


def spread(placement: Placement, duration: float, speed: float, room: float) -> Spread:
    """Spread a recording over pages.

    Parameters
    ----------
    placement : Placement
    duration : float
        Seconds of the recording.
    speed : float
        mm/s.
    room : float
        Millimetres that the traces may be wide.
    """
    time, rows, pitch, line = placement.time, placement.rows, room, 0.0
    if time is Time.SIMULTANEOUS:
        pitch = max(_BOLD, _BOLD * math.floor(room / placement.columns / _BOLD))
        fits = max(_LEAST, math.floor((pitch - _GAP) / speed / _LEAST + 1e-6) * _LEAST)
        length = min(duration, fits)
        width = pitch * placement.columns
    elif time is Time.LINES:
        line, _ = _page(duration, room / speed)
        rows = min(rows, max(1, math.ceil(duration / line - 1e-9)))
        length = min(duration, rows * line)
        width = line * speed
    else:
        length, _ = _page(duration, room / speed)
        width = length * speed
    pages = max(1, math.ceil(duration / length - 1e-9))
    return Spread(time, length, pages, width, speed, pitch, line, rows)


def _page(duration: float, capacity: float) -> tuple[float, int]:
    """Seconds on a page of this capacity, and how many pages that makes."""
    length = max((s for s in NICE if s <= capacity), default=NICE[0])
    if duration <= max(capacity, length):  # what does not fit the narrowest sheet runs off it
        return duration, 1
    return length, math.ceil(duration / length - 1e-9)

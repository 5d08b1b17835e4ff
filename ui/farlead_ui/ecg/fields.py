"""Parts of a sheet in which one place across is one time; from places to samples and millivolts.

Where columns follow one another in time the whole sheet is one such field; where they show the
same time, or where one lead goes on line after line, each column or line is.
"""

from dataclasses import dataclass

from farlead_ui.ecg.layouts import Time
from farlead_ui.ecg.page import Cell, Sheet


@dataclass(frozen=True, slots=True)
class Field:
    """Edges in device pixels, and the time in seconds at the left one."""

    left: float
    right: float
    upper: float
    lower: float
    begin: float
    px_per_second: float
    fs: float

    def x(self, sample: float) -> float:
        """Horizontal position of a sample of the recording, middle of the stroke."""
        return self.left + 0.5 + (sample / self.fs - self.begin) * self.px_per_second

    def sample(self, x: float) -> float:
        """Sample of the recording at a device pixel; the inverse of `x`."""
        return ((x - 0.5 - self.left) / self.px_per_second + self.begin) * self.fs

    def across(self, x: float) -> bool:
        """Whether a place lies between its edges."""
        return self.left <= x <= self.right

    def holds(self, x: float, y: float) -> bool:
        """Whether a place lies in it."""
        return self.across(x) and self.upper <= y <= self.lower


def recorded(sheet: Sheet, lead: int | None = None) -> list[Cell]:
    """Places of one lead, a rhythm strip among them; None: of all."""
    return [c for c in sheet.cells if c.index is not None and lead in (None, c.index)]


def fields(sheet: Sheet, lead: int | None = None, top: float = 0.0) -> list[Field]:
    """Fields of all leads together from `top` on, or each place of one lead."""
    if lead is not None:
        return [_of(sheet, [cell], 0.9, top=0.0) for cell in recorded(sheet, lead)]
    if sheet.time is Time.SEQUENTIAL:
        pps, fs = sheet.px_per_second, sheet.paper.fs
        lower = sheet.height - top / 2
        left, right = sheet.trace_left, sheet.trace_right
        return [Field(left, right, top, lower, sheet.seconds[0], pps, fs)]
    groups: dict[tuple[float, float, float], list[Cell]] = {}
    for cell in recorded(sheet):
        groups.setdefault((cell.left, cell.right, cell.begin), []).append(cell)
    return [_of(sheet, cells, 1.0, top) for cells in groups.values()]


def _of(sheet: Sheet, cells: list[Cell], share: float, top: float) -> Field:
    first = cells[0]
    upper = min(cell.baseline - share * cell.half for cell in cells)
    lower = max(cell.baseline + share * cell.half for cell in cells)
    return Field(
        first.left, first.right, max(upper, top), min(lower, float(sheet.height)), first.begin,
        sheet.px_per_second, sheet.paper.fs,
    )  # fmt: skip


def field_at(sheet: Sheet, x: float, y: float, lead: int | None = None) -> Field | None:
    """The field under a place, else the nearest one of its column, else the nearest of all."""
    found = fields(sheet, lead)
    column = [f for f in found if f.across(x)] or found
    return min(column, key=lambda f: max(f.upper - y, y - f.lower, 0.0), default=None)


def cell_at(sheet: Sheet, x: float, y: float) -> Cell | None:
    """The recorded lead under a place: the nearest row of the column."""
    column = [cell for cell in recorded(sheet) if cell.left <= x < cell.right]
    return min(column, key=lambda cell: abs(cell.baseline - y), default=None)


def millivolts_at(cell: Cell, y: float) -> float:
    """Level of a lead at a device pixel's height."""
    return (cell.baseline + 0.5 - y) / cell.px_per_mv


def height_of(cell: Cell, mv: float) -> float:
    """Device pixel of a level of a lead."""
    return cell.baseline + 0.5 - mv * cell.px_per_mv

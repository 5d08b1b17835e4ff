"""Layouts of the sheet as data, and the placing of a recording's leads into them.

How the columns of a layout share the time is data, too (:class:`Time`), and so is a lead that
stands upside down: ``-aVR``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Columns = tuple[str, ...]


#: Before a lead's name in a layout: drawn upside down, and named so.
INVERTED = "-"


class Time(StrEnum):
    """How the places of a sheet share its time."""

    SEQUENTIAL = "sequential"  # each column goes on where the one before it ends
    SIMULTANEOUS = "simultaneous"  # all columns show the same stretch
    LINES = "lines"  # one lead, line after line


@dataclass(frozen=True, slots=True)
class Layout:
    """Arrangement of leads on the sheet.

    Parameters
    ----------
    name : str
        As the control word says it, e.g. ``3×4+1``.
    rows : tuple of tuples of str
        Lead names, row by row; ``-aVR`` is aVR upside down. None for one lead in many lines.
    rhythm : tuple of str
        Leads that run below over the whole page.
    time : Time
    """

    name: str
    rows: tuple[Columns, ...]
    rhythm: Columns = ()
    time: Time = Time.SEQUENTIAL

    @property
    def columns(self) -> int:
        """Number of columns of the widest row."""
        return max((len(row) for row in self.rows), default=1)

    @property
    def leads(self) -> Columns:
        """Every lead of the rows once, row by row (without the rhythm leads)."""
        return tuple(lead.removeprefix(INVERTED) for row in self.rows for lead in row)


_THREE_BY_FOUR = (
    ("I", "aVR", "V1", "V4"),
    ("II", "aVL", "V2", "V5"),
    ("III", "aVF", "V3", "V6"),
)
_TWELVE = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
_LIMB_AND_CHEST = tuple(zip(_TWELVE[:6], _TWELVE[6:], strict=True))
_CABRERA = ("aVL", "I", "-aVR", "II", "aVF", "III")
_POSTERIOR = tuple(
    (*row, lead) for row, lead in zip(_THREE_BY_FOUR, ("V7", "V8", "V9"), strict=True)
)
_RIGHT = tuple((*row, lead) for row, lead in zip(_POSTERIOR, ("V3R", "V4R", "V5R"), strict=True))

#: In the order of their keys 1, 2, 3 …; those after the ninth have none. The first is the default.
LAYOUTS: tuple[Layout, ...] = (
    Layout("3×4+1", _THREE_BY_FOUR, ("II",)),
    Layout("3×4", _THREE_BY_FOUR),
    Layout("12×1", tuple((lead,) for lead in _TWELVE)),
    Layout("6×2", _LIMB_AND_CHEST),
    Layout("3×4+3", _THREE_BY_FOUR, ("II", "V1", "V5")),
    Layout("2×6", (_TWELVE[:6], _TWELVE[6:])),
    Layout("Cabrera 6×2", tuple(zip(_CABRERA, _TWELVE[6:], strict=True))),
    Layout("3×5+1", _POSTERIOR, ("II",)),
    Layout("3×6+1", _RIGHT, ("II",)),
    Layout("Cabrera 12×1", tuple((lead,) for lead in (*_CABRERA, *_TWELVE[6:]))),
    Layout("6×2 ∥", _LIMB_AND_CHEST, (), Time.SIMULTANEOUS),
    Layout("2×6 ∥", (_TWELVE[:6], _TWELVE[6:]), (), Time.SIMULTANEOUS),
    Layout("3×4+1 ∥", _THREE_BY_FOUR, ("II",), Time.SIMULTANEOUS),
    Layout("1 ≡", (), ("II",), Time.LINES),
)
#: Lines that one lead may fill.
MOST_LINES = 8

#: Leads that stand in for a rhythm lead that was not recorded, best first.
_RHYTHM_INSTEAD = ("II", "MLII", "V1", "V5", "I")


@dataclass(frozen=True, slots=True)
class Place:
    """Place of one lead.

    Parameters
    ----------
    lead : str
        Name under which it stands.
    index : int or None
        Its row in the recording's samples; None: not recorded, and the place says so.
    row, column : int
        Counted from 0.
    columns : int
        Columns of its row: 1 for a rhythm strip.
    rhythm : bool
        Whether this is a rhythm strip, which repeats a lead.
    inverted : bool
        Whether it is drawn upside down.
    """

    lead: str
    index: int | None
    row: int
    column: int
    columns: int
    rhythm: bool = False
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """A layout filled with the leads of one recording; `omitted` are those left out of it."""

    name: str
    rows: int
    columns: int
    places: tuple[Place, ...]
    time: Time = Time.SEQUENTIAL
    omitted: Columns = ()

    @property
    def strips(self) -> bool:
        """Whether there are rhythm strips below."""
        return any(place.rhythm for place in self.places)


def place(layout: Layout, leads: Sequence[str], rhythm: str | None = None) -> Placement:
    """Give every recorded lead its place, once.

    Leads that the layout does not name follow in rows of their own. A recording without half of
    the layout's leads (a monitor's two, say) gets one row a lead instead of a sheet of gaps. One
    lead in many lines leaves the others out, and names them.

    Parameters
    ----------
    layout : Layout
    leads : sequence of str
        Lead names in the order of the recording's samples; may repeat.
    rhythm : str, optional
        Lead chosen for the (first) rhythm strip, where it was recorded.

    Returns
    -------
    Placement
        Rhythm strips, if any, come after the rows.
    """
    first = {lead: i for i, lead in reversed(list(enumerate(leads)))}
    if layout.time is Time.LINES:
        return _lines(leads, _rhythm_lead(rhythm or layout.rhythm[0], first))
    named = set(layout.leads)
    if sum(lead in named for lead in leads) * 2 < len(named):
        places = [Place(lead, i, i, 0, 1) for i, lead in enumerate(leads)]
        return Placement(f"{len(places)}×1", len(places), 1, tuple(places))
    columns = layout.columns
    places = [
        _placed(lead, first, r, c, columns)
        for r, row in enumerate(layout.rows)
        for c, lead in enumerate(row)
    ]
    rows = len(layout.rows)
    others = [i for i, lead in enumerate(leads) if first[lead] != i or lead not in named]
    places += [
        Place(leads[i], i, rows + n // columns, n % columns, columns) for n, i in enumerate(others)
    ]
    rows += -(-len(others) // columns)
    strips = _strips(layout, first, rhythm)
    places += [Place(leads[i], i, rows + n, 0, 1, rhythm=True) for n, i in enumerate(strips)]
    name = _named(layout, rows, columns) if others else layout.name
    return Placement(name, rows + len(strips), columns, tuple(places), layout.time)


def _placed(lead: str, first: dict[str, int], row: int, column: int, columns: int) -> Place:
    inverted = lead.startswith(INVERTED)
    lead = lead.removeprefix(INVERTED)
    return Place(lead, first.get(lead), row, column, columns, inverted=inverted)


def _named(layout: Layout, rows: int, columns: int) -> str:
    """Name of a layout with more rows than its own name says."""
    strips = f"+{len(layout.rhythm)}" if layout.rhythm else ""
    together = " ∥" if layout.time is Time.SIMULTANEOUS else ""
    return f"{rows}×{columns}{strips}{together}"


def _strips(layout: Layout, first: dict[str, int], rhythm: str | None) -> list[int]:
    """Leads of the rhythm strips; what was chosen goes before, and none stands there twice."""
    wanted = list(layout.rhythm)
    if rhythm in first and wanted:
        others = [lead for lead in wanted if lead != rhythm]
        wanted = [rhythm, *others][: len(wanted)]
    return [_rhythm_lead(lead, first) for lead in wanted]


def _lines(leads: Sequence[str], index: int) -> Placement:
    lead = leads[index]
    places = tuple(Place(lead, index, r, 0, 1) for r in range(MOST_LINES))
    omitted = tuple(name for i, name in enumerate(leads) if i != index)
    return Placement(f"{lead} ≡", MOST_LINES, 1, places, Time.LINES, omitted)


def rhythm_lead(leads: Sequence[str]) -> int:
    """Which of these leads stands for the rhythm where one must; its place in the samples."""
    return _rhythm_lead("II", {lead: i for i, lead in reversed(list(enumerate(leads)))})


def _rhythm_lead(wanted: str, first: dict[str, int]) -> int:
    for lead in (wanted, *_RHYTHM_INSTEAD):
        if lead in first:
            return first[lead]
    return min(first.values())

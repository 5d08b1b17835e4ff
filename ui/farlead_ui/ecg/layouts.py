"""Layouts of the sheet as data, and the placing of a recording's leads into them."""

from collections.abc import Sequence
from dataclasses import dataclass

Columns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Arrangement of leads on the sheet.

    Parameters
    ----------
    name : str
        As the control word says it, e.g. ``3×4+1``.
    rows : tuple of tuples of str
        Lead names, row by row; each column shows its own slice of time.
    rhythm : tuple of str
        Leads that run below over the whole page.
    """

    name: str
    rows: tuple[Columns, ...]
    rhythm: Columns = ()

    @property
    def columns(self) -> int:
        """Number of columns of the widest row."""
        return max(len(row) for row in self.rows)

    @property
    def leads(self) -> Columns:
        """Every lead of the rows once, row by row (without the rhythm leads)."""
        return tuple(lead for row in self.rows for lead in row)


_THREE_BY_FOUR = (
    ("I", "aVR", "V1", "V4"),
    ("II", "aVL", "V2", "V5"),
    ("III", "aVF", "V3", "V6"),
)
_TWELVE = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
_LIMB_AND_CHEST = tuple(zip(_TWELVE[:6], _TWELVE[6:], strict=True))

#: In the order of their keys 1, 2, 3 …; the first is the default.
LAYOUTS: tuple[Layout, ...] = (
    Layout("3×4+1", _THREE_BY_FOUR, ("II",)),
    Layout("3×4", _THREE_BY_FOUR),
    Layout("12×1", tuple((lead,) for lead in _TWELVE)),
    Layout("6×2", _LIMB_AND_CHEST),
    Layout("3×4+3", _THREE_BY_FOUR, ("II", "V1", "V5")),
)

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
    """

    lead: str
    index: int | None
    row: int
    column: int
    columns: int
    rhythm: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """A layout filled with the leads of one recording."""

    name: str
    rows: int
    columns: int
    places: tuple[Place, ...]


def place(layout: Layout, leads: Sequence[str]) -> Placement:
    """Give every recorded lead its place, once.

    Leads that the layout does not name follow in rows of their own. A recording without half of
    the layout's leads (a monitor's two, say) gets one row a lead instead of a sheet of gaps.

    Parameters
    ----------
    layout : Layout
    leads : sequence of str
        Lead names in the order of the recording's samples; may repeat.

    Returns
    -------
    Placement
        Rhythm strips, if any, come after the rows.
    """
    named = set(layout.leads)
    if sum(lead in named for lead in leads) * 2 < len(named):
        places = [Place(lead, i, i, 0, 1) for i, lead in enumerate(leads)]
        return Placement(f"{len(places)}×1", len(places), 1, tuple(places))
    first = {lead: i for i, lead in reversed(list(enumerate(leads)))}
    columns = layout.columns
    places = [
        Place(lead, first.get(lead), r, c, columns)
        for r, row in enumerate(layout.rows)
        for c, lead in enumerate(row)
    ]
    rows = len(layout.rows)
    others = [i for i, lead in enumerate(leads) if first[lead] != i or lead not in named]
    places += [
        Place(leads[i], i, rows + n // columns, n % columns, columns) for n, i in enumerate(others)
    ]
    rows += -(-len(others) // columns)
    for wanted in layout.rhythm:
        index = _rhythm_lead(wanted, first)
        places.append(Place(leads[index], index, rows, 0, 1, rhythm=True))
        rows += 1
    name = layout.name
    if others:  # more rows than the layout's name says
        name = f"{rows - len(layout.rhythm)}×{columns}"
        name += f"+{len(layout.rhythm)}" if layout.rhythm else ""
    return Placement(name, rows, columns, tuple(places))


def rhythm_lead(leads: Sequence[str]) -> int:
    """Which of these leads stands for the rhythm where one must; its place in the samples."""
    return _rhythm_lead("II", {lead: i for i, lead in reversed(list(enumerate(leads)))})


def _rhythm_lead(wanted: str, first: dict[str, int]) -> int:
    for lead in (wanted, *_RHYTHM_INSTEAD):
        if lead in first:
            return first[lead]
    return min(first.values())

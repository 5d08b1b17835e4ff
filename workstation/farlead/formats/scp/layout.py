"""Sections 3 and 4: which leads there are, over which samples; where the beats are.

References
----------
EN 1064 clauses 5.6 (section 3) and 5.7 (section 4); annex A (lead identification).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Notes
from farlead.formats.leads import BY_NUMBER, reconstructed
from farlead.formats.scp.record import Fields, Record, Section, refused
from farlead.messages import message

#: Most cells (leads × samples): twelve leads, five minutes at 1 kHz.
MOST_CELLS = 1 << 22
_SUBTRACTED, _SIMULTANEOUS = 1, 4
_WITHOUT_AREAS = 11  # versions (times ten) up to this have no protected areas of their own
_ZONE = np.dtype([("type", "<u2"), ("begin", "<u4"), ("point", "<u4"), ("end", "<u4")])


class Lead(NamedTuple):
    """A lead: its name by its code, what the file calls it, its first and last sample from 1."""

    name: str | None
    label: str
    first: int
    last: int

    @property
    def size(self) -> int:
        """Samples."""
        return self.last - self.first + 1


class Leads(NamedTuple):
    """All leads, and whether the reference beat was subtracted from them."""

    leads: tuple[Lead, ...]
    subtracted: bool

    @property
    def first(self) -> int:
        """The recording's first sample."""
        return min(lead.first for lead in self.leads)

    @property
    def span(self) -> int:
        """Samples of the recording."""
        return max(lead.last for lead in self.leads) - self.first + 1


class Beats(NamedTuple):
    """Section 4; samples count from 1.

    Parameters
    ----------
    milliseconds : int
        Length of the reference beat.
    fiducial : int
        Its reference point, in its own samples.
    zones : ndarray of int64, shape (beats, 4)
        Type of the beat; first sample from which it was subtracted, its reference point, last
        sample.
    areas : ndarray of int64, shape (beats, 2)
        First and last sample of each protected area.
    """

    milliseconds: int
    fiducial: int
    zones: NDArray[np.int64]
    areas: NDArray[np.int64]


def leads(record: Record, notes: Notes) -> Leads:
    """Leads of section 3, within bounds."""
    section = record.require(3)
    fields = Fields(section)
    count, flags = fields.byte(), fields.byte()
    if not count:
        raise refused("no_leads", section)
    found = []
    for number in range(1, count + 1):
        first, last, code = fields.unpack("IIB")
        if not 1 <= first <= last:
            raise refused("range", section, lead=number, first=first, last=last)
        found.append(Lead(BY_NUMBER.get(code), f"SCP {code}", first, last))
        if reconstructed(str(code)):
            notes.add(message("formats.note.reconstructed"))
    layout = Leads(tuple(found), bool(flags & _SUBTRACTED))
    cells = layout.span * count
    if cells > MOST_CELLS or layout.span > sum(lead.size for lead in found):
        raise refused("too_long", section, samples=layout.span, leads=count)
    if not flags & _SIMULTANEOUS and count > 1:
        notes.add(message("formats.scp.note.not_simultaneous"))
    return layout


def beats(section: Section, version: int) -> Beats:
    """Section 4 of a file of `version` (times ten)."""
    fields = Fields(section)
    milliseconds, fiducial, count = fields.unpack("HHH")
    rows = np.frombuffer(fields.take(_ZONE.itemsize * count), _ZONE)
    zones = np.stack([rows[name].astype(np.int64) for name in _ZONE.names or ()], axis=1)
    if 0 < version <= _WITHOUT_AREAS:
        return Beats(milliseconds, fiducial, zones, zones[:, [1, 3]])
    areas = np.frombuffer(fields.take(8 * count), "<u4").reshape(-1, 2).astype(np.int64)
    return Beats(milliseconds, fiducial, zones, areas)


def pieces(areas: NDArray[np.int64], first: int, last: int) -> NDArray[np.int64]:
    """Lengths of what lies between protected areas and in them, alternately, over a lead.

    Parameters
    ----------
    areas : ndarray, shape (n, 2)
        Those without samples (an empty or reversed one) are passed over.
    first, last : int
        Of the lead.

    Returns
    -------
    ndarray of int64, shape (2 n + 1,)
        Between, area, between, … area, between.

    Raises
    ------
    UnreadableFile
        Areas that overlap or are not in order.
    """
    begin = np.maximum(areas[:, 0], first)
    end = np.minimum(areas[:, 1], last)
    there = (end >= begin) & (areas[:, 0] > 0)
    edges = np.stack([begin[there], end[there] + 1], axis=1).ravel()
    lengths = np.diff(edges, prepend=first, append=last + 1)
    if (lengths < 0).any():
        raise UnreadableFile(message("formats.scp.areas"), tag="section 4")
    return lengths

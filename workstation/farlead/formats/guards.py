"""What must be told of a recording whose leads are not what they should be.

Found from the samples alone, for every format: leads of the twelve that are missing, empty, or
the same as another, or contradict one another; filler at an end of the number range; amplitudes
that no electrode gives. Only what is no number at all is a refusal; the rest are notes on the
sheet.
"""

from collections.abc import Collection, Iterator, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.leads import TWELVE
from farlead.formats.limb_laws import contradiction
from farlead.messages import Message, message

_LIMB, _CHEST = frozenset(TWELVE[:6]), frozenset(TWELVE[6:])
#: A recording with this many of the twelve leads was meant to have all.
_MEANT_TWELVE = 6
#: Where all leads stand at their own extreme and beyond this, in mV, a device has filled up.
_RAIL = 10.0
_SHORTEST_FILLER = 5  # samples
#: Swings in mV that no ECG has, and of one lead against the others' middle one.
_SWING, _TIMES = 50.0, 100.0
_PIECE = 1 << 18


def of_leads(
    leads: Sequence[str], samples: NDArray[np.float32], derived: Collection[str] = ()
) -> Iterator[Message]:
    """Notes on leads that are missing, empty, copied, contradictory, or of a doubtful scale.

    Parameters
    ----------
    leads : sequence of str
        Standard names, limb leads that can be derived among them.
    samples : ndarray of float32, shape (leads, n)
        Millivolts.
    derived : collection of str
        Leads that were calculated: they follow from others.

    Raises
    ------
    UnreadableFile
        Infinite samples, or none in any lead.
    """
    swings = {lead: _swing(row) for lead, row in zip(leads, samples, strict=True)}
    empty = [lead for lead, swing in swings.items() if np.isnan(swing)]
    if len(empty) == len(swings):
        raise UnreadableFile(message("formats.no_samples"))
    if any(np.isinf(swing) for swing in swings.values()):
        raise UnreadableFile(message("formats.infinite"))
    if empty:
        yield message("formats.note.empty_leads", leads=", ".join(empty))
    present = {lead for lead in leads if lead in TWELVE}
    missing = [lead for lead in TWELVE if lead not in present]
    both = present & _LIMB and present & _CHEST
    if missing and (both or len(present) >= _MEANT_TWELVE):
        yield message("formats.note.leads_missing", leads=", ".join(missing))
    for same in _alike(leads, samples, {lead for lead in TWELVE if swings.get(lead, 0.0) > 0}):
        if recorded := [lead for lead in same if lead not in derived][1:]:
            yield message("formats.note.same_signal", leads=", ".join([same[0], *recorded]))
    if broken := contradiction(dict(zip(leads, samples, strict=True)), derived):
        yield broken
    if odd := _out_of_scale(swings):
        yield message("formats.note.scale", leads=", ".join(odd))


def blank_filler(rows: Sequence[NDArray[np.float32]]) -> bool:
    """NaN where all leads stand at the same end of their range; whether there were such samples.

    Devices fill what was not recorded with the greatest or smallest number, unsaid; an ECG of
    several leads never jumps there in all of them at once.

    Parameters
    ----------
    rows : sequence of ndarray of float32, shape (n,)
        Millivolts; changed in place.
    """
    found = False
    for extreme in (np.fmax, np.fmin):
        if len(rows) < 2 or not all(abs(float(extreme.reduce(row))) > _RAIL for row in rows):
            continue  # of an ECG the first lead shows it
        ends = [float(extreme.reduce(row)) for row in rows]
        at = np.flatnonzero(rows[0] == np.float32(ends[0]))
        for row, end in zip(rows[1:], ends[1:], strict=True):
            at = at[row[at] == np.float32(end)]
        for start, stop in [] if at.size == rows[0].size else _runs(at, rows[0].size):
            beside = start - 1 if start else stop
            if all(not abs(r[beside] - e) < abs(e) / 2 for r, e in zip(rows, ends, strict=True)):
                found = True
                for row in rows:
                    row[start:stop] = np.nan
    return found


def _runs(at: NDArray[np.int64], n: int) -> list[tuple[int, int]]:
    """Start and end of each run at an end of the recording, or too long for an artefact's peak."""
    parts = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1) if at.size else []
    runs = [(int(part[0]), int(part[-1]) + 1) for part in parts]
    return [(a, b) for a, b in runs if a == 0 or b == n or b - a >= _SHORTEST_FILLER]


def _swing(row: NDArray[np.float32]) -> float:
    """Greatest less smallest sample; NaN for a row without one."""
    high, low = float(np.fmax.reduce(row)), float(np.fmin.reduce(row))
    return float("inf") if np.isinf(high) or np.isinf(low) else high - low


def _out_of_scale(swings: dict[str, float]) -> list[str]:
    """Leads whose amplitude no ECG has, or none beside the others'."""
    known = {lead: swing for lead, swing in swings.items() if swing > 0}
    usual = median(known.values()) if known else 0.0
    return [lead for lead, s in known.items() if s > _SWING or s > _TIMES * usual]


def _alike(
    leads: Sequence[str], samples: NDArray[np.float32], moving: Collection[str]
) -> Iterator[list[str]]:
    """Groups of leads that show one and the same signal."""
    rows = {lead: row for lead, row in zip(leads, samples, strict=True) if lead in moving}
    seen: dict[bytes, list[str]] = {}
    for lead, row in rows.items():
        seen.setdefault(row[: 1 << 12].tobytes(), []).append(lead)
    for group in seen.values():
        first, *others = group
        same = [each for each in others if _equal(rows[first], rows[each])]
        if same:
            yield [first, *same]


def _equal(one: NDArray[np.float32], other: NDArray[np.float32]) -> bool:
    """Whether two rows are the same; a day of samples is compared in pieces, without a copy."""
    pieces = ((one[at : at + _PIECE], other[at : at + _PIECE]) for at in range(0, one.size, _PIECE))
    return all(np.array_equal(a, b, equal_nan=True) for a, b in pieces)

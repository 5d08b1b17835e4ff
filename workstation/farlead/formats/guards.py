"""What a reader must be told of a recording whose leads are not what they should be.

A lead that is missing from a 12-lead ECG, or that shows the same signal as another, is found
from the samples alone; both are notes on the sheet, never a refusal.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from farlead.formats.leads import TWELVE
from farlead.messages import Message, message

_PIECE = 1 << 18
_LIMB, _CHEST = frozenset(TWELVE[:6]), frozenset(TWELVE[6:])


def of_leads(leads: Sequence[str], samples: NDArray[np.float32]) -> Iterator[Message]:
    """Notes on leads of the standard twelve that are missing, or the same as another.

    Parameters
    ----------
    leads : sequence of str
        Standard names, limb leads that can be derived among them.
    samples : ndarray of float32, shape (leads, n)
        Millivolts.
    """
    present = set(leads)
    missing = [lead for lead in TWELVE if lead not in present]
    if missing and present & _LIMB and present & _CHEST:
        yield message("formats.note.leads_missing", leads=", ".join(missing))
    for same in _alike(leads, samples):
        yield message("formats.note.same_signal", leads=", ".join(same))


def _alike(leads: Sequence[str], samples: NDArray[np.float32]) -> Iterator[list[str]]:
    """Groups of standard leads that show one and the same signal, which is no flat line."""
    rows = {
        lead: row
        for lead, row in zip(leads, samples, strict=True)
        if lead in TWELVE and not (row == row[0]).all()
    }
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

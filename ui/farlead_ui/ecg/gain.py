"""How high a millivolt is drawn: limb and chest leads apart, chosen or automatic; no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

GAINS: tuple[float, ...] = (2.5, 5.0, 10.0, 20.0, 40.0)
STANDARD_GAIN = 10.0
#: Automatic gain never draws higher than this: it would show noise as if it were a finding.
_HIGHEST = 20.0
#: This share of the samples must fit; a spike of a few samples does not flatten the rest.
_SHARE = 0.999
#: So many samples tell how high a lead is, in pieces of so many.
_ENOUGH, _PIECE = 1 << 17, 1 << 11
#: Room above and below the middle of a row in millimetres: up to so many rows, and above.
_FEW_ROWS, _ROOM, _LITTLE_ROOM = 6, 20.0, 10.0


@cache
def is_chest(lead: str) -> bool:
    """Whether a lead is one of the chest (``V1`` … ``V9``, ``V3R``) and not of the limbs."""
    return lead[:1] == "V" and lead[1:2].isdigit()


@dataclass(frozen=True, slots=True)
class Gain:
    """Gain in mm/mV of the limb and of the chest leads.

    `automatic` says that it was chosen from the heights of the traces.
    """

    limb: float = STANDARD_GAIN
    chest: float = STANDARD_GAIN
    automatic: bool = False

    @property
    def apart(self) -> bool:
        """Whether chest leads are drawn otherwise than limb leads."""
        return self.limb != self.chest

    @property
    def standard(self) -> bool:
        """Whether 1 mV is 10 mm in every lead."""
        return self.limb == self.chest == STANDARD_GAIN

    def of(self, lead: str) -> float:
        """Gain of one lead."""
        return self.chest if is_chest(lead) else self.limb

    def stepped(self, by: int) -> Self:
        """Both one step higher or lower; nothing moves when one of them is at its end."""
        limb, chest = _step(self.limb, by), _step(self.chest, by)
        if self.apart and (limb == self.limb or chest == self.chest):
            return replace(self, automatic=False)
        return replace(self, limb=limb, chest=chest, automatic=False)

    def chest_stepped(self, by: int) -> Self:
        """The chest leads one step higher or lower."""
        return replace(self, chest=_step(self.chest, by), automatic=False)


def checked(gain: float) -> float:
    """Give it back; ValueError for one that the sheet does not have."""
    if gain not in GAINS:
        raise ValueError(f"no gain: {gain} mm/mV")
    return gain


def automatic(samples: NDArray[np.floating], leads: Sequence[str], rows: int) -> Gain:
    """Highest gain at which the traces stay in their rows, for limb and chest apart.

    Parameters
    ----------
    samples : ndarray, shape (leads, n)
        Millivolts; NaN where nothing was recorded.
    leads : sequence of str
    rows : int
        Rows of the layout, which decide how much room each has.
    """
    room = _ROOM if rows <= _FEW_ROWS else _LITTLE_ROOM
    found = {}
    for chest in (False, True):
        of = [n for n, lead in enumerate(leads) if is_chest(lead) is chest]
        highest = max((_height(samples[n]) for n in of), default=0.0)
        found[chest] = _fitting(highest, room)
    if not any(map(is_chest, leads)):
        found[True] = found[False]
    elif all(map(is_chest, leads)):
        found[False] = found[True]
    return Gain(found[False], found[True], automatic=True)


def _height(lead: NDArray[np.floating]) -> float:
    """How far a trace goes from its middle, mV; 0 where nothing is recorded."""
    lead = _stretches(lead)
    known = lead[np.isfinite(lead)]
    if not known.size:
        return 0.0
    return float(np.quantile(np.abs(known - np.median(known)), _SHARE))


def _stretches(lead: NDArray[np.floating]) -> NDArray[np.floating]:
    """Pieces from all over a long recording instead of every sample; a short one as it is."""
    step = lead.size // _ENOUGH
    if step < 2:
        return lead
    pieces = lead.size // _PIECE
    return lead[: pieces * _PIECE].reshape(pieces, _PIECE)[::step].ravel()


def _fitting(height: float, room: float) -> float:
    """Standard where that fits and can be seen; lower where it does not, higher for small waves."""
    if height <= 0:
        return STANDARD_GAIN
    fits = [g for g in GAINS if g <= _HIGHEST and g * height <= room]
    if not fits:
        return GAINS[0]
    return min(max(fits), STANDARD_GAIN) if height * _HIGHEST > room / 2 else max(fits)


def _step(gain: float, by: int) -> float:
    return GAINS[min(max(GAINS.index(gain) + by, 0), len(GAINS) - 1)]

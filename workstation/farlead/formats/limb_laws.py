"""Limb leads that contradict one another: Einthoven's and Goldberger's laws hold in any ECG.

Whatever the heart does, III = II - I, and aVR, aVL and aVF follow from I and II too. Where they
do not, leads have gains of their own, carry wrong names, or were not recorded at the same time:
amplitudes, axis and ST of such a sheet cannot be trusted.
"""

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from farlead.formats.leads import derive_limb_lead
from farlead.messages import Message, message

_FOLLOWING = ("III", "aVR", "aVL", "aVF")
#: Disagreement in mV that never matters: a tenth of a millimetre on the usual sheet.
_FREE = 0.01
#: Three leads rounded, and a device that rounded before it calculated: so many steps of the
#: coarsest. Real files of six makers stay below two in nearly all samples.
_STEPS = 3
#: Part of the samples that may lie beyond: a clipped peak or a pacemaker's spike is no law broken.
_SHARE = 0.05
_PIECE = 1 << 16


def contradiction(
    rows: Mapping[str, NDArray[np.float32]], derived: Collection[str] = ()
) -> Message | None:
    """Note on limb leads that disagree with I and II beyond how finely they were recorded.

    Parameters
    ----------
    rows : mapping
        Lead to its samples in millivolts, NaN where not recorded.
    derived : collection of str
        Leads that were calculated from I and II here: they cannot disagree.
    """
    if "I" not in rows or "II" not in rows:
        return None
    apart: dict[str, float] = {}
    for lead in _FOLLOWING:
        if lead not in rows or lead in derived:
            continue
        most = _disagreement(lead, rows, _FREE)
        if most is None:
            continue
        coarsest = max(_step(rows[name]) for name in ("I", "II", lead))
        if _STEPS * coarsest > _FREE:
            most = _disagreement(lead, rows, _STEPS * coarsest)
        if most is not None:
            apart[lead] = most
    if not apart:
        return None
    greatest = f"{max(apart.values()):.2f}"
    return message("formats.note.contradiction", leads=", ".join(apart), most=greatest)


def _disagreement(
    lead: str, rows: Mapping[str, NDArray[np.float32]], allowed: float
) -> float | None:
    """Greatest disagreement in mV; None when too few samples disagree by more than `allowed`."""
    one, two, third = rows["I"], rows["II"], rows[lead]
    known = beyond = 0
    most = 0.0
    for begin in range(0, third.size, _PIECE):
        piece = slice(begin, begin + _PIECE)
        difference = np.abs(third[piece] - derive_limb_lead(lead, one[piece], two[piece]))
        beyond += int(np.count_nonzero(difference > allowed))
        known += int(np.count_nonzero(difference >= 0))
        most = max(most, float(np.fmax.reduce(difference)))
    return most if known and beyond > _SHARE * known else None


def _step(row: NDArray[np.float32]) -> float:
    """How finely a lead was recorded: the smallest step that it takes, in mV; 0 for none."""
    steps = np.abs(np.diff(row[:_PIECE]))
    steps = steps[steps > 0]
    return float(steps.min()) if steps.size else 0.0

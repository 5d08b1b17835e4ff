"""The calibration pulse that some devices write behind the last second of an ECG.

It is no signal of a patient: taken for one, it counts as a beat, widens intervals and looks
like a clipped lead.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: The pulse and the zero line around it are looked for in the last seconds only.
_LONGEST_TAIL = 2.0
_SHORTEST_PULSE = 0.05
_FEWEST_LEADS = 3


class Pulse(NamedTuple):
    """First sample that is no ECG any more, and the height of the pulse in the samples' unit."""

    start: int
    height: float


def pulse_at_end(leads: NDArray[np.number], fs: float) -> Pulse | None:
    """Calibration pulse with which all leads end.

    Parameters
    ----------
    leads : ndarray, shape (leads, n)
        With I, II and III among them.
    fs : float
        Hertz.

    Returns
    -------
    Pulse or None
        None when the record does not end in zero, one rectangle, zero, the same to the last
        digit in every lead.

    Notes
    -----
    No heart does that: where I and II are equal, III is zero.
    """
    begin = max(leads.shape[1] - round(_LONGEST_TAIL * fs), 0)
    tail = leads[:, begin:]
    apart = np.flatnonzero((tail != tail[0]).any(axis=0))
    if len(leads) < _FEWEST_LEADS or not apart.size:
        return None
    start = int(apart[-1]) + 1
    common = tail[0, start:]
    high = np.flatnonzero(common)
    if high.size < _SHORTEST_PULSE * fs or high[0] == 0 or high[-1] == common.size - 1:
        return None
    rectangle = common[high[0] : high[-1] + 1]
    if (rectangle != rectangle[0]).any():
        return None
    return Pulse(begin + start, float(rectangle[0]))

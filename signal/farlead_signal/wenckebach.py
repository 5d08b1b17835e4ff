"""PR intervals that grow from beat to beat until one P wave is not conducted.

No PR interval is usual there, so that P waves are not told by what the beats have in common. What
tells is that the P waves go on by themselves in what is left when the usual beat is taken out, and
that from pause to pause there is just one of them more than there are beats.

References
----------
F. M. Kusumoto et al., guideline on bradycardia and conduction delay, Circulation 140 (2019)
e382-e482, doi:10.1161/CIR.0000000000000628.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.conduction_av import Conduction, p_train
from farlead_signal.findings import Finding
from farlead_signal.spans import SignalSpan

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]

#: A pause is longer than the interval before it by this share; so many are needed, for groups.
PAUSE, FEWEST = 1.15, 2
#: Intervals of one place in their group (first, second ...) deviate by no more than this share.
ALIKE = 0.06
#: Repetition of the P waves that are left when the usual beat is taken out.
REPEATS = 0.60
#: A group lasts a whole number of P intervals, within this share of one.
WHOLE = 0.15
#: No interval is shorter than that of the P waves, nor a pause as long as two, but for this share.
SLACK = 0.04


def wenckebach(known: Conduction) -> tuple[Finding, ...]:
    """``av.block2`` and ``av.block2.wenckebach``, or nothing.

    Parameters
    ----------
    known : Conduction
        Of a recording in which most beats have one narrow shape.
    """
    intervals = np.diff(known.peaks) / known.fs
    pauses = np.flatnonzero(intervals[1:] > PAUSE * intervals[:-1]) + 1
    if pauses.size < FEWEST or not _in_groups(intervals, pauses):
        return ()
    repeats, cycle = p_train(known)
    if not repeats >= REPEATS:
        return ()
    if intervals.min() < (1 - SLACK) * cycle or intervals.max() > (2 - SLACK) * cycle:
        return ()
    # From the end of one pause to the end of the next one P wave was not conducted.
    ends = np.cumsum(intervals)[pauses]
    p_waves, beats = np.diff(ends) / cycle, np.diff(pauses)
    if (np.abs(p_waves - (beats + 1)) > WHOLE).any():
        return ()
    spans = tuple(
        SignalSpan(int(known.peaks[i]), int(known.peaks[i + 1]), "pause") for i in pauses.tolist()
    )
    values = {
        "count": float(pauses.size),
        "rr_longest": float(intervals.max()),
        "atrial_rate": 60.0 / cycle,
    }
    numbers = tuple(np.unique([pauses, pauses + 1]).tolist())
    return tuple(
        Finding(code, numbers, (), spans, values, certain=False)
        for code in ("av.block2", "av.block2.wenckebach")
    )


def _in_groups(intervals: Floats, pauses: Ints) -> bool:
    """Whether the intervals at one distance behind the pauses are alike: not in fibrillation."""
    place = (
        np.arange(intervals.size)
        - np.concatenate([[-1], pauses])[np.searchsorted(pauses, np.arange(intervals.size))]
    )
    for each in np.unique(place[intervals.size > place]):
        group = intervals[(place == each) & ~np.isin(np.arange(intervals.size), pauses)]
        if group.size > 1 and np.abs(group / group.mean() - 1).max() > ALIKE:
            return False
    lengths = intervals[pauses]
    return bool(np.abs(lengths / lengths.mean() - 1).max() <= 2 * ALIKE)

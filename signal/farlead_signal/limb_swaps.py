"""Exchanged limb electrodes: how the limb leads fit the P wave's way and the chest leads.

Exchanging two limb electrodes mirrors the frontal plane: it turns the sign of one limb lead (I for
the arms, III for left arm and left leg, II for right arm and left leg) and leaves the augmented
lead perpendicular to it, and all chest leads, as they are. So each exchange is a question about
one sign, asked three times: of the P wave's direction or rotation, of the P wave and of QRS-T
against what the chest leads and the perpendicular lead make of that lead. Each answer changes its
sign with the lead's; the weighted sum is the logarithm of the odds that the electrodes are in
place.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from math import sqrt
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.leads import LIMB
from farlead_signal.segments import Segments

Floats: TypeAlias = NDArray[np.float64]


class Swap(StrEnum):
    """Two limb electrodes exchanged."""

    LA_RA = "LA_RA"
    LA_LL = "LA_LL"
    RA_LL = "RA_LL"


#: The questions in the order of the rows below.
SWAPS = tuple(Swap)
#: Angle of the limb lead whose sign the exchange turns: I, III, II.
ANGLES = np.deg2rad([0.0, 120.0, 60.0])
#: What V1 … V6 and the perpendicular limb lead (as long as lead I) make of that lead during P.
#: Least squares on LUDB records 1 to 139 with odd numbers, made by
#: tests/support/support_reversal_fit.py. I and II are seen by V6 and, turned round, by V1.
DURING_P = np.array(
    [
        (-0.30, 0.30, -0.03, 0.04, 0.40, 0.79, 0.27),
        (0.09, -0.45, 0.23, 0.51, -0.13, -0.34, 0.23),
        (-0.32, 0.16, 0.06, 0.27, 0.41, 0.81, -0.44),
    ]
)
#: The same during QRS and T.
DURING_QRST = np.array(
    [
        (-0.38, 0.13, 0.10, -0.06, 0.13, 0.33, 0.20),
        (0.21, -0.18, 0.04, 0.09, -0.12, -0.02, 0.27),
        (-0.36, 0.06, 0.15, -0.03, 0.10, 0.41, -0.41),
    ]
)
#: Weights of the P wave's way and of the agreement of P and of QRS-T: logistic regression on the
#: same records, without a constant since an exchange turns all signs.
WEIGHTS = np.array([(1.5, 1.8, 3.5), (3.8, 3.4, 2.1), (1.2, 1.4, 3.7)])
#: Claimed when the odds against the electrodes reach e to this power. Above the scores of all
#: tuning records, each by a fit made without it, but for a wandering atrial pacemaker: a false
#: claim sends somebody back onto the couch.
LIMITS = np.array([2.0, 2.0, 1.5])
#: No claim where one of the three answers speaks for the electrodes with more than e to this power.
OBJECTION = 0.5
#: From this QRS duration on, in seconds, ventricles are paced or activated from one side, and
#: their axis may be anything: twice the odds are asked for. Of the tuning records the paced ones
#: scored lowest.
WIDE_QRS, WIDE = 0.15, 2.0
#: The chest leads. Fewer than four of them make nothing of a limb lead; one that is missing
#: between others is taken as their mean, at the end as its neighbour.
CHEST = ("V1", "V2", "V3", "V4", "V5", "V6")
FEWEST_CHEST = 4
#: What is of less than this many millivolts rms counts less and less: its direction is that of
#: noise and of the line it is measured from.
FAINT = 0.02
#: The P vector turns by about 20 degrees from its first half (right atrium, downwards) to its
#: second (left atrium, leftwards): the moment about its middle, across, is 0.15 of its length.
USUAL_ROTATION = 0.15
#: Direction of each limb lead in the frontal plane, and its length.
_LEAD = {
    "I": (0.0, 1.0),
    "II": (60.0, 1.0),
    "III": (120.0, 1.0),
    "aVR": (-150.0, 3**0.5 / 2),
    "aVL": (-30.0, 3**0.5 / 2),
    "aVF": (90.0, 3**0.5 / 2),
}
_DIRECTION = {
    name: (length * np.cos(np.deg2rad(angle)), length * np.sin(np.deg2rad(angle)))
    for name, (angle, length) in _LEAD.items()
}
_ALONG = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
_ACROSS = np.stack([np.sin(ANGLES), -np.cos(ANGLES)], axis=1)


def frontal_plane(leads: Mapping[str, Floats]) -> tuple[Floats | None, float]:
    """The heart's vector in the frontal plane from whatever limb leads there are.

    Parameters
    ----------
    leads : mapping of str to ndarray, shape (w,)
        Millivolts.

    Returns
    -------
    vector : ndarray, shape (2, w), or None
        Leftwards and downwards, in millivolts, so that lead I is the first; None with fewer than
        two limb leads.
    disagreement : float
        Root mean square of what the limb leads have against Einthoven's law, over their own.
    """
    names = tuple(name for name in LIMB if name in leads)
    if len(names) < 2:
        return None, 0.0
    rows = np.array([leads[name] for name in names])
    directions, solution = _solution(names)
    vector = solution @ rows
    rest = rows - directions @ vector
    return vector, sqrt(float(np.vdot(rest, rest)) / max(float(np.vdot(rows, rows)), 1e-12))


@cache
def _solution(names: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Directions of some limb leads, and the matrix that makes the vector of their rows."""
    directions = np.array([_DIRECTION[name] for name in names])
    return directions, np.linalg.pinv(directions)


def chest_rows(leads: Mapping[str, Floats]) -> Floats | None:
    """V1 to V6 as (6, w), what is missing made of its neighbours; None when too few are there."""
    known = [at for at, name in enumerate(CHEST) if name in leads]
    if len(known) < FEWEST_CHEST:
        return None
    rows = np.array([leads[CHEST[at]] for at in known])
    if len(known) == len(CHEST):
        return rows
    every = np.interp(np.arange(len(CHEST)), known, np.arange(len(known)))
    low = every.astype(int)
    part = (every - low)[:, None]
    mixed: Floats = (1 - part) * rows[low] + part * rows[np.minimum(low + 1, len(known) - 1)]
    return mixed


def most_likely_swap(
    frontal: Floats, chest: Floats, parts: Segments
) -> tuple[Swap, Floats, float, float] | None:
    """The exchange that is claimed; of several the one that leaves the fewest doubts when undone.

    Parameters
    ----------
    frontal : ndarray, shape (2, w)
        As :func:`frontal_plane` returns it.
    chest : ndarray, shape (6, w)
        As :func:`chest_rows` returns it.
    parts : Segments
        Of the beat.

    Returns
    -------
    swap, answers, score, limit
        The answers of :func:`sign_answers` to this question, their weighted sum, and what it had
        to stay below; None when nothing is claimed.
    """
    answers = sign_answers(frontal, chest, parts)
    parted = answers * WEIGHTS
    scores = parted.sum(axis=1)
    limits = -LIMITS * (WIDE if parts.qrs_seconds >= WIDE_QRS else 1.0)
    objected = parted.max(axis=1) > OBJECTION
    if parts.p is None:  # left arm and left leg are told by the P wave
        objected[SWAPS.index(Swap.LA_LL)] = True
    passed = ((scores < limits) & ~objected).nonzero()[0]
    if passed.size == 0:
        return None
    best = max(passed.tolist(), key=lambda at: _sum_undone(at, frontal, chest, parts))
    return SWAPS[best], answers[best], float(scores[best]), float(limits[best])


def _sum_undone(at: int, frontal: Floats, chest: Floats, parts: Segments) -> float:
    undone = mirrored(frontal, SWAPS[at])
    return float((sign_answers(undone, chest, parts) * WEIGHTS).sum())


def mirrored(frontal: Floats, swap: Swap) -> Floats:
    """The frontal plane with two electrodes exchanged; doing it twice undoes it."""
    along = _ALONG[SWAPS.index(swap)]
    result: Floats = frontal - 2.0 * np.outer(along, along @ frontal)
    return result


def sign_answers(frontal: Floats, chest: Floats, parts: Segments) -> Floats:
    """For each exchange, what speaks for the sign of the lead that it would turn.

    Parameters
    ----------
    frontal : ndarray, shape (2, w)
    chest : ndarray, shape (6, w)
    parts : Segments

    Returns
    -------
    ndarray, shape (3, 3)
        Row: LA_RA, LA_LL, RA_LL. Column: the P wave's direction (for LA_LL its rotation), the
        agreement of the P wave, of QRS and T; negative speaks for an exchange.
    """
    answers = np.zeros((3, 3))
    if parts.p is not None:
        p, p_chest = _above_its_ends(frontal[:, parts.p], chest[:, parts.p])
        answers[:, 0] = _directions(p)
        answers[1, 0] = _rotation(p)
        answers[:, 1] = agreement(p, p_chest, DURING_P)
    for part in (parts.qrs, parts.t):
        if part.stop > part.start:
            answers[:, 2] += agreement(frontal[:, part], chest[:, part], DURING_QRST)
    return answers


def lead_and_others(frontal: Floats, chest: Floats, at: int) -> tuple[Floats, Floats]:
    """The lead that question `at` is about, (w,), and V1 … V6 with the perpendicular, (7, w)."""
    return _ALONG[at] @ frontal, np.vstack([chest, _ACROSS[at] @ frontal])


def agreement(frontal: Floats, chest: Floats, model: Floats) -> Floats:
    """How much of the limb leads is each lead in question, with the sign that others expect.

    Parameters
    ----------
    frontal : ndarray, shape (2, w)
    chest : ndarray, shape (6, w)
    model : ndarray, shape (3, 7)
        What is made of V1 … V6 and the perpendicular lead.

    Returns
    -------
    ndarray, shape (3,)
        -1 to 1.
    """
    lead = _ALONG @ frontal
    expected = model[:, :6] @ chest + model[:, 6:] * (_ACROSS @ frontal)
    size = np.vdot(frontal, frontal) + lead.shape[1] * FAINT**2
    length = np.vecdot(expected, expected)
    found: Floats = np.vecdot(lead, expected) / np.sqrt(length * size + 1e-18)
    return found


def _above_its_ends(frontal: Floats, chest: Floats) -> tuple[Floats, Floats]:
    """The P wave above the straight line between its ends."""
    both = np.vstack([frontal, chest])
    first, last = both[:, :1], both[:, -1:]
    both = both - first - (last - first) * (np.arange(both.shape[1]) / max(both.shape[1] - 1, 1))
    return both[:2], both[2:]


def _length_squared(area: Floats, width: int) -> float:
    return float(area @ area + (2.0 * FAINT * width) ** 2)


def _directions(p: Floats) -> Floats:
    """Cosine between the P vector and each lead in question."""
    area = p.sum(axis=1)
    cosines: Floats = _ALONG @ area / np.sqrt(_length_squared(area, p.shape[1]))
    return cosines


def _rotation(p: Floats) -> float:
    """Which way the P vector turns, -1 to 1: positive from downwards to leftwards, as it should."""
    size = np.hypot(p[0], p[1])
    total = size.sum()
    if not total > 0.0:
        return 0.0
    time = np.arange(p.shape[1])
    time = time - (size @ time) / total
    spread = np.sqrt((size @ time**2) / total)
    area, moment = p.sum(axis=1), p @ time / max(spread, 1e-9)
    across = area[1] * moment[0] - area[0] * moment[1]
    return float(np.tanh(across / _length_squared(area, p.shape[1]) / USUAL_ROTATION))

"""Electrical axes in the frontal plane.

The axis is the direction of the vector of *net amplitudes*: in each limb lead the highest plus
the lowest point of the wave, as readers reckon it from the tracing. On recordings with a
cardiologist's statement on the axis this agreed better than the net area, which a shifted ST
level or a late QRS offset turns. The vector is found from all limb leads there are by least
squares; the augmented leads enter with their true length.

References
----------
W. Einthoven, G. Fahr, A. de Waart, Pflügers Arch 150 (1913) 275-315, doi:10.1007/BF01697566.
B. Surawicz et al., Circulation 119 (2009) e235-e240, doi:10.1161/CIRCULATIONAHA.108.191095.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.leads import FROM_I_AND_II
from farlead_signal.middle import middle
from farlead_signal.representative import Representative
from farlead_signal.values import Value, known, unknown

Floats: TypeAlias = NDArray[np.floating]

#: The net vector is this share or less of the longest one in the wave: there is no direction.
SMALL_SHARE = 0.15
#: A wave with a net vector below this has no axis, in mV: the smallest wave that must be
#: recognised.
SMALL = 0.030
#: Multiple of the noise of the vector below which the direction is the noise's.
OF_NOISE = 3.0
#: Share of the limb leads' energy that no vector explains, above which they contradict: one of
#: them is not what its name says.
CONTRADICTION = 0.05
_METHOD = "net amplitudes (highest + lowest point) of the limb leads, least squares"
_WAVES = {"p": ("p_on", "p_off"), "qrs": ("qrs_on", "qrs_off"), "t": ("t_on", "t_off")}


@dataclass(frozen=True, slots=True)
class Axes:
    """Frontal axes of P wave, QRS complex and T wave.

    Degrees, above -180 up to 180: 0 is lead I, 90 is aVF (downwards), as usual in
    electrocardiography.
    """

    p: Value
    qrs: Value
    t: Value


def measure_axes(beat: Representative | None, names: Sequence[str]) -> Axes:
    """Frontal axes of a median beat.

    Parameters
    ----------
    beat : Representative or None
    names : sequence of str
        Standard names of its leads. Two limb leads are needed at least, such as I and aVF.
    """
    if beat is None:
        return Axes(*(unknown("°", _METHOD, "no_beats") for _ in _WAVES))
    rows = [i for i, name in enumerate(names) if name in FROM_I_AND_II]
    limb = beat.beats[rows]
    alive = np.isfinite(limb.sum(1)) & (limb.max(1) > limb.min(1)) if rows else np.zeros(0, bool)
    if np.count_nonzero(alive) < 2:
        return Axes(*(unknown("°", _METHOD, "limb_leads_missing") for _ in _WAVES))
    kept = [row for row, good in zip(rows, alive.tolist(), strict=True) if good]
    leads = beat.beats[kept].astype(np.float64)
    solve, back, gain = _solution(tuple(names[row] for row in kept))
    seen = beat.noise[kept]
    noise = gain * middle(seen[seen == seen]) if (seen == seen).any() else 0.0
    seen_by = _Limb.of(leads, solve, back)
    overall = beat.fiducials.overall or beat.fiducials
    found = []
    for wave, ends in _WAVES.items():
        first, last = (int(getattr(overall, name).flat[0]) for name in ends)
        found.append(_wave(seen_by, first, last, noise, wave))
    return Axes(*found)


@dataclass(frozen=True, slots=True, eq=False)
class _Limb:
    """Limb leads and their vector at each sample.

    Parameters
    ----------
    leads : ndarray, shape (leads, w)
    solve : ndarray, shape (2, leads)
        Makes the vector of the leads.
    long, whole, rest : ndarray, shape (w,)
        Squares of the vector, of the leads, and of what the leads have against it.
    """

    leads: Floats
    solve: Floats
    long: Floats
    whole: Floats
    rest: Floats

    @classmethod
    def of(cls, leads: Floats, solve: Floats, back: Floats) -> "_Limb":
        vector = solve @ leads
        against = leads - back @ vector
        squares = (np.add.reduce(each * each) for each in (vector, leads, against))
        return cls(leads, solve, *squares)


def _wave(limb: _Limb, first: int, last: int, noise: float, wave: str) -> Value:
    """Axis of one wave from the limb leads."""
    if first < 0 or last <= first:
        return unknown("°", _METHOD, f"{wave}_absent" if first == -1 else f"{wave}_unknown")
    within = slice(first, last + 1)
    part = limb.leads[:, within]
    net = limb.solve @ (np.maximum(part.max(1), 0) + np.minimum(part.min(1), 0))
    longest = math.sqrt(float(limb.long[within].max()))
    size = math.hypot(*net.tolist())
    if size < max(SMALL, SMALL_SHARE * longest):
        return unknown("°", _METHOD, f"{wave}_axis_undetermined")
    if size < OF_NOISE * noise:
        return unknown("°", _METHOD, "noise")
    agree = limb.rest[within].sum() <= CONTRADICTION * limb.whole[within].sum()
    degrees = math.degrees(math.atan2(net[1], net[0]))
    doubt = "" if agree else "limb_leads_contradict"
    return known(180.0 if degrees <= -180.0 else degrees, "°", _METHOD, doubt)


@lru_cache(maxsize=64)
def _solution(names: tuple[str, ...]) -> tuple[Floats, Floats, float]:
    """Vector (x to the left arm, y downwards) from the leads, and the leads from the vector.

    The third is what becomes of one lead's noise in the vector.

    In Einthoven's triangle I = x and II = x / 2 + sqrt(3) / 2 y.
    """
    of_vector = np.array([[1.0, 0.0], [0.5, np.sqrt(3.0) / 2]])
    leads = np.array([FROM_I_AND_II[name] for name in names]) @ of_vector
    solve = np.linalg.pinv(leads)
    return solve, leads, float(np.linalg.norm(solve, 2))

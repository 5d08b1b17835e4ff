"""Electrical axes in the frontal plane.

The axis is the direction of the wave's *net area*, the integral of the heart's vector over the
wave: that is what Einthoven's mean electrical axis means, and unlike the sum of the tallest and
the deepest deflection it does not jump when a narrow wave of a lead changes. The vector is found
from all limb leads there are by least squares; the augmented leads enter with their true length.

References
----------
W. Einthoven, G. Fahr, A. de Waart, Pflügers Arch 150 (1913) 275-315, doi:10.1007/BF01697566.
B. Surawicz et al., Circulation 119 (2009) e235-e240, doi:10.1161/CIRCULATIONAHA.108.191095.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.leads import FROM_I_AND_II
from farlead_signal.representative import Representative
from farlead_signal.values import Value, known, unknown

Floats: TypeAlias = NDArray[np.floating]

#: The net area is this share or less of the area of the vector's size: there is no direction.
SMALL_SHARE = 0.12
#: A wave whose net vector is on average below this has no axis, in mV: half of the smallest wave
#: that must be recognised.
SMALL = 0.015
#: Multiple of the noise of the mean vector below which the direction is the noise's.
OF_NOISE = 3.0
#: Share of the limb leads' energy that no vector explains, above which they contradict: one of
#: them is not what its name says.
CONTRADICTION = 0.05
_METHOD = "direction of the net area over the wave, least squares of the limb leads"
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
    rows = [i for i in rows if np.isfinite(beat.beats[i]).all() and np.ptp(beat.beats[i]) > 0]
    if len(rows) < 2:
        return Axes(*(unknown("°", _METHOD, "limb_leads_missing") for _ in _WAVES))
    leads = beat.beats[rows].astype(np.float64)
    solve, back = _solution(tuple(names[i] for i in rows))
    vector = solve @ leads
    noise = float(np.median(np.nan_to_num(beat.noise[rows]))) * float(np.linalg.norm(solve, 2))
    overall = beat.fiducials.overall or beat.fiducials
    found = []
    for wave, (first, last) in _WAVES.items():
        a, b = (int(getattr(overall, name).flat[0]) for name in (first, last))
        if a < 0 or b <= a:
            reason = f"{wave}_absent" if a == -1 else f"{wave}_unknown"
            found.append(unknown("°", _METHOD, reason))
        else:
            rest = leads[:, a : b + 1] - back @ vector[:, a : b + 1]
            energy = float((leads[:, a : b + 1] ** 2).sum())
            agree = float((rest**2).sum()) <= CONTRADICTION * energy
            found.append(_axis(vector[:, a : b + 1], noise, wave, agree=agree))
    return Axes(*found)


def _axis(vector: Floats, noise: float, wave: str, *, agree: bool) -> Value:
    net = vector.mean(1)
    size = float(np.hypot(*net))
    whole = float(np.hypot(*vector).mean())
    if size < max(SMALL, SMALL_SHARE * whole):
        return unknown("°", _METHOD, f"{wave}_axis_undetermined")
    if size < OF_NOISE * noise:
        return unknown("°", _METHOD, "noise")
    degrees = float(np.degrees(np.arctan2(net[1], net[0])))
    doubt = "" if agree else "limb_leads_contradict"
    return known(180.0 if degrees <= -180.0 else degrees, "°", _METHOD, doubt)


@lru_cache(maxsize=64)
def _solution(names: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Vector (x to the left arm, y downwards) from the leads, and the leads from the vector.

    In Einthoven's triangle I = x and II = x / 2 + sqrt(3) / 2 y.
    """
    of_vector = np.array([[1.0, 0.0], [0.5, np.sqrt(3.0) / 2]])
    leads = np.array([FROM_I_AND_II[name] for name in names]) @ of_vector
    return np.linalg.pinv(leads), leads

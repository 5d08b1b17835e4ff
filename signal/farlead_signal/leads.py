"""Names of leads, and the limb leads that follow from I and II.

References
----------
Einthoven: III = II - I. Goldberger: aVR = -(I + II) / 2, aVL = I - II / 2, aVF = II - I / 2.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

#: The twelve standard leads in their usual order.
STANDARD = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
#: Further precordial leads that have a name of their own.
FURTHER = ("V7", "V8", "V9", "V3R", "V4R", "V5R", "V6R")
LIMB = STANDARD[:6]
#: Limb leads as (share of I, share of II).
FROM_I_AND_II = {
    "I": (1.0, 0.0),
    "II": (0.0, 1.0),
    "III": (-1.0, 1.0),
    "aVR": (-0.5, -0.5),
    "aVL": (1.0, -0.5),
    "aVF": (-0.5, 1.0),
}

_BY_FOLDED = {name.lower(): name for name in (*STANDARD, *FURTHER)}


@lru_cache(maxsize=1024)
def standard_name(name: str) -> str:
    """Standard spelling of a lead's name; what is not a standard lead comes back stripped.

    Examples
    --------
    >>> standard_name(" lead avr"), standard_name("MLII")
    ('aVR', 'MLII')
    """
    bare = name.strip()
    folded = bare.lower().removeprefix("lead").removeprefix("ecg").strip(" _-")
    return _BY_FOLDED.get(folded, bare)


def with_limb_leads(
    samples: NDArray[np.floating], names: Sequence[str]
) -> tuple[NDArray[np.floating], tuple[str, ...]]:
    """Recording with the limb leads that it lacks, where I and II are there.

    Parameters
    ----------
    samples : ndarray, shape (leads, n)
        Millivolts.
    names : sequence of str
        One standard name for each row.

    Returns
    -------
    samples, names
        The twelve standard leads first and in their order, then the others as they came.
        Returned unchanged when I or II is missing or nothing has to be added.

    Raises
    ------
    ValueError
        When there is not one name for each row.
    """
    if samples.ndim != 2 or samples.shape[0] != len(names):
        raise ValueError(f"{len(names)} names for samples of shape {samples.shape}")
    missing = [lead for lead in LIMB if lead not in names]
    if not missing or not {"I", "II"} <= set(names):
        return samples, tuple(names)
    rows = dict(zip(names, samples, strict=True))
    for lead in missing:
        a, b = FROM_I_AND_II[lead]
        rows[lead] = (a * rows["I"] + b * rows["II"]).astype(samples.dtype)
    order = [lead for lead in STANDARD if lead in rows]
    order += [lead for lead in rows if lead not in STANDARD]
    return np.stack([rows[lead] for lead in order]), tuple(order)

"""Exchanged electrodes made from recordings."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DATA = Path(os.environ.get("FARLEAD_DATA", Path(__file__).parents[3] / "shared" / "data"))
#: The limb leads I, II, III, aVR, aVL, aVF after an exchange, as signed rows of those before.
LIMB_SWAPS: dict[str, tuple[int, ...]] = {
    "LA_RA": (-1, 3, 2, 5, 4, 6),
    "LA_LL": (2, 1, -3, 4, 6, 5),
    "RA_LL": (-3, -2, -1, 6, 5, 4),
}


def swapped(samples: NDArray[np.floating], kind: str) -> NDArray[np.floating]:
    """The twelve standard leads with two limb electrodes exchanged.

    Wilson's central terminal is the mean of the three limb electrodes: an exchange among them
    leaves the chest leads as they are.
    """
    rows = np.array(LIMB_SWAPS[kind])
    limb = np.sign(rows)[:, None] * samples[np.abs(rows) - 1]
    return np.concatenate([limb, samples[6:]]).astype(samples.dtype)


def right_leg_swapped(samples: NDArray[np.floating], arm: str) -> NDArray[np.floating]:
    """The twelve standard leads with one arm's electrode exchanged with the right leg's.

    The right leg is taken to be at the left leg's potential. Wilson's central terminal moves.
    """
    two, three = samples[1], samples[2]
    if arm == "RA":
        one, two_after, moved = -three, np.zeros_like(two), two / 3
    else:
        one, two_after, moved = two, two, three / 3
    limb = [
        one,
        two_after,
        two_after - one,
        -(one + two_after) / 2,
        one - two_after / 2,
        two_after - one / 2,
    ]
    return np.concatenate([np.stack(limb), samples[6:] - moved]).astype(samples.dtype)


def neighbours_swapped(samples: NDArray[np.floating], at: int) -> NDArray[np.floating]:
    """The twelve standard leads with V`at` and V`at + 1` exchanged."""
    order = np.arange(len(samples))
    order[[5 + at, 6 + at]] = order[[6 + at, 5 + at]]
    return samples[order]


def mirrored_heart(samples: NDArray[np.floating]) -> NDArray[np.floating]:
    """Something like dextrocardia: arms exchanged, chest leads that fade to the left.

    Real right chest leads are not there; V1 and V2 change places, V3 to V6 are V1 weaker and
    weaker.
    """
    result = swapped(samples, "LA_RA").copy()
    result[6], result[7] = samples[7], samples[6]
    result[8:] = samples[6] * np.array([0.8, 0.6, 0.45, 0.35])[:, None]
    return result


def ludb(number: int, folder: Path = DATA) -> tuple[NDArray[np.float32], float]:
    """A record of LUDB in millivolts, (12, n), and its sampling rate.

    The stored integers are taken as microvolts; the gains in the headers are not the patient's.
    """
    header = (folder / "ludb" / f"{number}.hea").read_text("ascii").splitlines()[0].split()
    raw = np.fromfile(folder / "ludb" / f"{number}.dat", "<i2").reshape(-1, int(header[1]))
    return (raw.T / 1000).astype(np.float32), float(header[2])

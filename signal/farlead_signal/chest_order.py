"""Whether V1 to V6 follow one another as they do around a chest."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

#: Exchanging two neighbours must make the row of leads smoother by this factor to be claimed. Of
#: 69 records with electrodes in place the lowest was 0.95.
EXCHANGED = 0.9
#: Fewer leads than this make no row.
FEWEST = 5
#: Leads of less than this share of the greatest have no shape to speak of.
SMALL = 0.3


@dataclass(frozen=True, slots=True)
class ChestOrder:
    """Two neighbours that fit better the other way round; `roughness` over that of the names."""

    pair: tuple[str, str]
    roughness: float


def chest_order(leads: NDArray[np.float64], names: Sequence[str]) -> ChestOrder | None:
    """The neighbours whose exchange would make the row of chest leads smoothest.

    Potentials on the chest change gradually from V1 to V6: the way through the row, as distance
    in millivolts and as change of shape (one minus the correlation), is shortest in the right
    order. Both ways count alike (geometric mean).

    Parameters
    ----------
    leads : ndarray, shape (leads, w)
        QRS complex and T wave of V1 to V6 in this order, in millivolts.
    names : sequence of str

    Returns
    -------
    ChestOrder or None
        None when no exchange of two neighbours is better by the factor :data:`EXCHANGED`.
    """
    if len(names) < FEWEST or leads.shape[-1] == 0:
        return None
    distance, change = _between(leads)
    ways = _way(np.stack([distance, change]), _orders(len(names)))
    ratios = ways[:, 1:] / np.maximum(ways[:, :1], 1e-12)
    roughness = np.sqrt(ratios[0] * ratios[1])
    best = int(np.argmin(roughness))
    if roughness[best] >= EXCHANGED:
        return None
    return ChestOrder((names[best], names[best + 1]), float(roughness[best]))


@cache
def _orders(count: int) -> NDArray[np.int64]:
    """The order of the names, then those with two neighbours exchanged, shape (count, count)."""
    orders = np.arange(count)[None].repeat(count, 0)
    at = np.arange(count - 1)
    orders[at + 1, at], orders[at + 1, at + 1] = at + 1, at
    return orders


def _between(leads: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distance and change of shape between any two leads."""
    product = leads @ leads.T
    energy = np.diag(product)
    distance = np.sqrt(np.maximum(energy[:, None] + energy - 2 * product, 0.0))
    size = np.sqrt(energy)
    floor = (SMALL * size.max()) ** 2
    return distance, 1.0 - product / np.maximum(size[:, None] * size + floor, 1e-12)


def _way(between: NDArray[np.float64], orders: NDArray[np.int64]) -> NDArray[np.float64]:
    """Length of the way through each order, by either measure, shape (2, orders)."""
    way: NDArray[np.float64] = between[:, orders[:, 1:], orders[:, :-1]].sum(axis=2)
    return way

"""Order statistics of many small sets at once, by sorting networks.

A set's members lie in separate arrays, so that every comparator of the network is one
``minimum`` and one ``maximum`` over all sets. For a dozen members this is several times faster
than partitioning each set by itself.

References
----------
Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M (merge exchange).
"""

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def order_statistics(members: Sequence[NDArray[Scalar]], *ranks: int) -> list[NDArray[Scalar]]:
    """Members of the given ranks, 0 being the least, of every set.

    Parameters
    ----------
    members : sequence of ndarray, all of one shape
        ``members[i]`` is member i of all sets.
    *ranks : int

    Returns
    -------
    list of ndarray
        One array of the members' shape for each rank.
    """
    lines = list(members)
    for a, b, low, high in _network(len(lines), ranks):
        first, second = lines[a], lines[b]
        if low:
            lines[a] = np.minimum(first, second)
        if high:
            lines[b] = np.maximum(first, second)
    return [lines[rank] for rank in ranks]


@cache
def _network(count: int, ranks: tuple[int, ...]) -> tuple[tuple[int, int, bool, bool], ...]:
    """Comparators that the ranks depend on, with which of their two outputs is used."""
    needed = set(ranks)
    kept = []
    for a, b in reversed(_merge_exchange(count)):
        if a in needed or b in needed:
            kept.append((a, b, a in needed, b in needed))
            needed |= {a, b}
    return tuple(reversed(kept))


def _merge_exchange(count: int) -> list[tuple[int, int]]:
    """Comparators of a sorting network for any number of members."""
    comparators = []
    top = 1 << max(count - 1, 0).bit_length() >> 1
    p = top
    while p > 0:
        q, r, d = top, 0, p
        while True:
            comparators += [(i, i + d) for i in range(count - d) if i & p == r]
            if q == p:
                break
            d, q, r = q - p, q >> 1, p
        p >>= 1
    return comparators

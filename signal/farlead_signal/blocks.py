"""Values of blocks and the straight lines between them."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["between"]

Singles: TypeAlias = NDArray[np.float32]
Doubles: TypeAlias = NDArray[np.float64]


def between(nodes: Doubles, size: int, n: int) -> Singles:
    """Straight lines between values in the middles of blocks, and on beyond the outer ones.

    Parameters
    ----------
    nodes : ndarray of float64, shape (leads, blocks)
        Two blocks at least.
    size : int
        Samples in a block; the first one starts with sample 0.
    n : int
        Samples wanted, no more than a block beyond the last whole one.

    Returns
    -------
    ndarray of float32, shape (leads, n)
    """
    ends = (2 * nodes[:, :1] - nodes[:, 1:2], 2 * nodes[:, -1:] - nodes[:, -2:-1])
    further = 2 * ends[1] - nodes[:, -1:]
    known = np.concatenate((ends[0], nodes, ends[1], further), axis=1)
    half = size // 2
    share = ((np.arange(size) + half - (size - 1) / 2) / size).astype(np.float32)
    change = np.diff(known, axis=1).astype(np.float32)
    lines = change[:, :, None] * share
    lines += known[:, :-1, None].astype(np.float32)
    return np.asarray(lines.reshape(len(nodes), -1)[:, size - half : size - half + n])

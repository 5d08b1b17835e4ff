"""Median and mean of a few values, at a small part of what the general ones cost for them."""

import numpy as np
from numpy.typing import NDArray


def middle(values: NDArray[np.generic]) -> float:
    """Median of a one-dimensional array without NaN; NaN when it is empty.

    Parameters
    ----------
    values : ndarray, shape (n,)
    """
    count = values.size
    if count == 0:
        return float("nan")
    ordered = values.copy()
    ordered.sort()
    if count % 2:
        return float(ordered[count // 2])
    return 0.5 * (float(ordered[count // 2 - 1]) + float(ordered[count // 2]))


def mean(values: NDArray[np.floating]) -> float:
    """Mean of a one-dimensional array that is not empty.

    Parameters
    ----------
    values : ndarray, shape (n,)
    """
    return float(np.add.reduce(values)) / values.size


def spread(values: NDArray[np.floating]) -> float:
    """Robust standard deviation: 1.4826 times the median distance from the median."""
    return 1.4826 * middle(np.abs(values - middle(values)))

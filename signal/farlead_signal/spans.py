"""Parts of a recording that are something else than a beating heart with a good contact."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class SignalSpan:
    """Part of a recording, in samples, half open.

    `kind` is one of ``vf`` (fibrillation or flutter of the ventricles is suspected: no beats
    are claimed), ``noise`` (no QRS complex can be told from the rest), ``flat`` (no signal),
    ``lead_off`` (not recorded: gaps in all leads).
    """

    start: int
    stop: int
    kind: str


def runs(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Starts and stops of the runs of True in a one-dimensional mask, shape (runs, 2)."""
    closed = np.zeros(mask.size + 2, bool)
    closed[1:-1] = mask
    (edges,) = (closed[1:] != closed[:-1]).nonzero()
    return np.asarray(edges.reshape(-1, 2), np.int64)


def spans_of(mask: NDArray[np.bool_], unit: float, total: int, kind: str) -> list[SignalSpan]:
    """Spans of a mask whose entries last `unit` samples, cut at `total` samples."""
    return [
        SignalSpan(round(a * unit), min(round(b * unit), total), kind)
        for a, b in runs(mask)
        if round(a * unit) < total
    ]

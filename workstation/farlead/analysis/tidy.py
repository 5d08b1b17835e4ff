"""Any recording as one that can be measured: two dimensions, a name for each row, a usable rate.

A recording comes from files of every make. What makes no sense in it is left out here, once, so
that nothing behind it has to ask; what was left out is flagged, never guessed.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from farlead.model.recording import Recording
from farlead_signal.leads import standard_name
from farlead_signal.qrs import SLOWEST
from farlead_signal.rows import within

#: Fastest sampling of any recorder of surface ECGs, with a wide margin, in hertz.
FASTEST = 20_000.0
#: No converter's raw codes go beyond 24 bit, in whatever unit they were taken for.
BEYOND = 1e7


def tidied(recording: Recording) -> Recording:
    """The same recording with samples of shape (leads, n), float32, and one name for each row.

    What is not a number of a possible size counts as not recorded (NaN).
    """
    samples = _rows(recording.samples)
    names = [str(name) for name in recording.leads[: len(samples)]]
    names += [f"? {row + 1}" for row in range(len(names), len(samples))]
    if samples is recording.samples and tuple(names) == recording.leads:
        return recording
    return replace(recording, samples=samples, leads=tuple(names))


def _rows(samples: NDArray[np.generic]) -> NDArray[np.float32]:
    given = np.asarray(samples)
    if given.dtype.kind not in "fiu" or given.ndim == 0:
        return np.zeros((0, 0), np.float32)
    rows = given
    if given.ndim != 2 or not given.size:
        rows = given.reshape(-1, given.shape[-1]) if given.size else given.reshape(0, 0)
    if not _possible(rows):
        rows = np.where(np.abs(np.nan_to_num(rows, nan=np.inf)) < BEYOND, rows, np.nan)
    return np.ascontiguousarray(rows, np.float32)


def _possible(rows: NDArray[np.generic]) -> bool:
    """Whether the greatest and the least value are possible: NaN goes through, it is a gap."""
    if rows.dtype == np.float32 and within(np.asarray(rows, np.float32), BEYOND):
        return True
    if not rows.size:
        return True
    low, high = rows.min(), rows.max()
    if np.isnan(low):
        low, high = np.fmin.reduce(rows, axis=None), np.fmax.reduce(rows, axis=None)
    return bool(np.isnan(low) or (low > -BEYOND and high < BEYOND))


def possible_rate(fs: float) -> bool:
    """Whether this can be the sampling rate of an ECG that shows QRS complexes."""
    return bool(SLOWEST <= fs <= FASTEST)


def standard_names(leads: Sequence[str]) -> tuple[str, ...]:
    """Standard name of each row; "" for a name that is given twice: neither is to be believed."""
    names = [standard_name(lead) for lead in leads]
    return tuple(name if names.count(name) == 1 else "" for name in names)

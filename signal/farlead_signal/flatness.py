"""Shares of the time in which a lead does not move, or stands at its extreme."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

#: Runs of equal samples from this length on are flat, in seconds.
FLAT_RUN = 0.2
#: Runs of equal samples at the lead's extreme from this length on are saturation, in seconds.
SATURATED_RUN = 0.016
#: Fewer pairs of equal samples in a row than this are asked for before a lead is looked at closely.
MANY = 17


@dataclass(frozen=True, slots=True, eq=False)
class Flatness:
    """Shares of the time, 0 to 1, shape (leads,)."""

    flat: Floats
    saturated: Floats


def flatness(clean: Floats, known: Bools | None, fs: float) -> Flatness:
    """How much of each lead is flat and how much saturated.

    Parameters
    ----------
    clean : ndarray, shape (leads, windows, n)
        Finite samples.
    known : ndarray of bool, same shape, or None
        Where there was a sample; None: everywhere.
    fs : float
        Hertz.
    """
    flat = np.zeros(len(clean))
    flat_run, limit_run = max(FLAT_RUN * fs, 2), max(SATURATED_RUN * fs, 4)
    for at in _may_stand_still(clean, flat_run).nonzero()[0].tolist():
        equal = _equal(clean[at], None if known is None else known[at])
        flat[at] = _share_in_runs(equal, flat_run)
    return Flatness(flat, _saturated(clean, known, limit_run))


def _saturated(clean: Floats, known: Bools | None, shortest: float) -> Floats:
    """Share of each lead in runs of samples at its maximum or minimum."""
    rows = clean.reshape(len(clean), -1)
    extreme = rows == rows.max(axis=1)[:, None]
    extreme |= rows == rows.min(axis=1)[:, None]
    at = extreme.reshape(-1).nonzero()[0]
    values, (total, length) = rows.reshape(-1), (rows.shape[1], clean.shape[2])
    follows = (at[1:] - at[:-1] == 1) & (values[at[1:]] == values[at[:-1]]) & (at[1:] % length > 0)
    if known is not None:
        follows &= known.reshape(-1)[at[1:]]
    edges = np.concatenate([[True], ~follows, [True]]).nonzero()[0]
    lengths = edges[1:] - edges[:-1]
    begins = at[np.cumsum(lengths) - lengths]
    long = lengths >= max(shortest, 2)
    return np.bincount(begins[long] // total, lengths[long], len(rows)) / total


def _may_stand_still(clean: Floats, run: float) -> Bools:
    """Leads in which some samples, a twentieth of a run apart, are equal one after the other.

    Every run contains as many: leads without them need no closer look.
    """
    step = max(int(run / 20), 1)
    seen = clean[:, :, ::step]
    still, pairs = seen[:, :, 1:] == seen[:, :, :-1], 1
    while 2 * pairs < min(int(run) // step, MANY):
        still = still[:, :, :-pairs] & still[:, :, pairs:]
        pairs *= 2
    return np.asarray(np.logical_or.reduce(still, axis=(1, 2)))


def _equal(rows: Floats, known: Bools | None) -> Bools:
    equal: Bools = rows[..., 1:] == rows[..., :-1]
    return equal if known is None else equal & known[:, 1:]


def _share_in_runs(equal: Bools, shortest: float) -> float:
    """Share of the samples in runs of equal samples of at least `shortest`."""
    closed = np.zeros((equal.shape[0], equal.shape[1] + 2), bool)
    closed[:, 1:-1] = equal
    line = closed.ravel()
    edges = np.flatnonzero(line[1:] != line[:-1])
    lengths = edges[1::2] - edges[::2] + 1
    total = equal.shape[0] * (equal.shape[1] + 1)
    return float(lengths[lengths >= max(shortest, 2)].sum() / total)

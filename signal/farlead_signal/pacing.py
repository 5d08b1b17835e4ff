"""Pacing spikes: steep narrow deflections of several leads at once that come again.

A pacemaker's pulse lasts 0.1 to 2 ms; what a recording of 500 or 1000 Hz keeps of it is one to
three samples, rounded and biphasic by the filters, with a tail of some ms. A spike is told from

- QRS complexes and their notches: it has far more of the highest frequencies than anything beside
  it (the fourth difference at 2 ms),
- muscle noise: the same, and it comes again with the same pattern over the leads,
- a loose electrode or a clipped sample: it returns within 30 ms, and is not in one lead alone.

References
----------
Luo S, Johnston P, Hong W. Performance study of digital pacer spike detection as sampling rate
changes. Computers in Cardiology 2008;35:349-352. doi:10.1109/CIC.2008.4749050: at 500 Hz 78 % of
the pulses can be found at best, bipolar ones of today often not at all.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from farlead_signal.rows import within

Floats: TypeAlias = NDArray[np.floating]
Ints: TypeAlias = NDArray[np.int64]

#: Lowest sampling rate, in hertz, at which a pulse leaves a trace of its own.
LOWEST_RATE = 400.0
#: Spacing of the differences, in seconds: the length of a rounded pulse.
SPACING = 0.002
#: Least share of the highest frequencies in the steepest 3 % of a recording (fourth over second
#: difference). A filter of 150 Hz leaves 0.12 to 0.29 to 70 records of LUDB, one of 100 Hz 0.07 to
#: 0.17, one of 40 Hz 0.04 to 0.17: below this a filter has taken the spikes away.
LEAST_SHARPNESS = 0.12
STEEPEST = 0.03
#: What is greater, in millivolts, was not recorded.
POSSIBLE = 1e6
#: Fourth difference of a spike, rms over the leads, in millivolts; and of how many times that of
#: the rest within NEAR seconds, TAIL seconds around the spike left out. Either far above its
#: surroundings, or large and still above.
SMALL, CLEAR = 0.04, 4.0
LARGE, ABOVE = 0.15, 2.0
NEAR, TAIL = 0.06, 0.012
#: A spike shows in so large a share of the leads (of a single lead in that one), with at least
#: this share of its greatest fourth difference.
LEADS, SHOWS = 1 / 3, 0.2
#: No lead may have more than this share of the power, where there are three leads or more.
ALONE = 0.7
#: Within so many seconds a spike has returned to less than this share of its height.
RETURNS_WITHIN, RETURNED = 0.03, 0.5
#: A spike counts when another one in the recording has the same pattern over the leads (cosine).
ALIKE = 0.8
#: Nothing is said of so many seconds at both ends, where filters of recorders start and stop.
ENDS = 0.03
#: A ventricular spike precedes its QRS onset by no more than this, in seconds, or lies in the
#: complex; an atrial one precedes it by a PQ time.
TO_VENTRICLE, IN_COMPLEX = 0.09, 0.08
TO_ATRIUM = 0.4


class Chamber(StrEnum):
    """What a spike was meant for, told by the QRS complex that follows."""

    ATRIAL = "atrial"
    VENTRICULAR = "ventricular"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Spikes:
    """Pacing spikes of a recording.

    Parameters
    ----------
    positions : ndarray of int64, shape (spikes,)
        Samples, ascending.
    leads : ndarray of int64, shape (spikes,)
        In how many leads each of them shows.
    amplitude : ndarray of float64, shape (spikes,)
        Height in the lead where it is greatest, in millivolts; of what the recorder has left.
    able : bool
        Whether spikes could have been found at all.
    reason : str
        Why not: ``rate`` (sampled too slowly), ``bandwidth`` (filtered), ``no_signal``; "" if able.
    """

    positions: Ints
    leads: Ints
    amplitude: NDArray[np.float64]
    able: bool
    reason: str = ""

    def chambers(self, fs: float, qrs_on: ArrayLike, r_peaks: ArrayLike) -> tuple[Chamber, ...]:
        """What each spike was meant for.

        Parameters
        ----------
        fs : float
            Hertz.
        qrs_on : array_like of int, shape (beats,)
            Onsets of the QRS complexes; below zero where not known, then 40 ms before R.
        r_peaks : array_like of int, shape (beats,)
            Their R peaks.
        """
        peaks, onsets = np.asarray(r_peaks, np.int64), np.asarray(qrs_on, np.int64)
        if peaks.size == 0 or self.positions.size == 0:
            return (Chamber.UNKNOWN,) * self.positions.size
        onsets = np.where(onsets >= 0, onsets, peaks - round(0.04 * fs))
        at = np.searchsorted(onsets + IN_COMPLEX * fs, self.positions)
        delay = (onsets[np.minimum(at, onsets.size - 1)] - self.positions) / fs
        delay = np.where(at < onsets.size, delay, np.inf)
        return tuple(_chamber(seconds) for seconds in delay.tolist())


def _chamber(delay: float) -> Chamber:
    if delay <= TO_VENTRICLE:
        return Chamber.VENTRICULAR
    return Chamber.ATRIAL if delay <= TO_ATRIUM else Chamber.UNKNOWN


def find_spikes(signal: ArrayLike, fs: float) -> Spikes:
    """Pacing spikes.

    Parameters
    ----------
    signal : array_like, shape (n,) or (leads, n)
        Millivolts; what is not finite counts as not recorded.
    fs : float
        Hertz.

    Returns
    -------
    Spikes
        ``able`` is False below 400 Hz, after a low-pass filter below about 100 Hz, and without a
        signal; no spikes then means nothing.
    """
    rows = np.ascontiguousarray(np.atleast_2d(np.asarray(signal)))
    if rows.dtype != np.float32:
        rows = rows.astype(np.float64)
    if not fs >= LOWEST_RATE:
        return _none("rate")
    known = None
    if not within(rows, POSSIBLE):
        known = np.abs(rows) < POSSIBLE
        rows = np.where(known, rows, 0)
    step = max(round(SPACING * fs), 1)
    if rows.shape[0] == 0 or rows.shape[1] < 2 * (ENDS + NEAR) * fs:
        return _none("no_signal")
    second = _second_difference(rows, step)
    fourth = _second_difference(second, step)
    fourth /= 6
    power = np.einsum("ij,ij->j", fourth, fourth)
    if reason := _unable(second, power, step):
        return _none(reason)
    height = np.sqrt(power / len(rows))
    found = _candidates(height, fs)
    if known is not None:
        found = found[_recorded(known, found + 2 * step, fs)]
    if found.size == 0:
        return _none()
    return _spikes(rows, fourth, found, step, fs)


def _second_difference(rows: Floats, step: int) -> Floats:
    """Change of the change over so many samples."""
    first = rows[:, step:] - rows[:, :-step]
    return np.asarray(first[:, step:] - first[:, :-step])


def _none(reason: str = "") -> Spikes:
    nothing = np.zeros(0, np.int64)
    return Spikes(nothing, nothing, np.zeros(0), not reason, reason)


def _unable(second: Floats, power: Floats, step: int) -> str:
    """Why spikes cannot be found; "" when they can."""
    slow = np.einsum("ij,ij->j", second, second)[step:-step]
    count = max(int(STEEPEST * slow.size), 1)
    steepest = np.argpartition(slow, -count)[-count:]
    total = float(slow[steepest].sum())
    if not total > 0.0:
        return "no_signal"
    return "" if float(power[steepest].sum()) > LEAST_SHARPNESS**2 * total else "bandwidth"


def _candidates(height: Floats, fs: float) -> Ints:
    """Where the fourth difference is large, and far above what is near."""
    tail, near = round(TAIL * fs), round(NEAR * fs)
    ends = round(ENDS * fs)
    high = np.flatnonzero(height > SMALL)
    high = high[(high >= ends) & (high < height.size - ends)]
    if high.size == 0:
        return high
    around = height[high[:, None] + np.arange(-tail, tail + 1)]
    peaks: Ints = high[height[high] == around.max(axis=1)]
    if peaks.size == 0:
        return peaks
    beside = np.concatenate([np.arange(-near, -tail), np.arange(tail + 1, near + 1)])
    at = np.minimum(np.maximum(peaks[:, None] + beside, 0), height.size - 1)
    around = np.maximum.reduce(height[at], axis=1)
    own = height[peaks]
    kept = (own > CLEAR * around) | ((own > LARGE) & (own > ABOVE * around))
    peaks = peaks[kept]
    apart = np.ones(peaks.size, bool)
    apart[1:] = peaks[1:] - peaks[:-1] > tail
    return peaks[apart]


def _recorded(known: NDArray[np.bool_], at: Ints, fs: float) -> NDArray[np.bool_]:
    """Whether all leads that are ever recorded are recorded around each position."""
    near = round(NEAR * fs)
    columns = np.asarray(known[known.any(axis=1)].all(axis=0))
    span = np.clip(at[:, None] + np.arange(-near, near + 1), 0, known.shape[1] - 1)
    recorded: NDArray[np.bool_] = columns[span].all(axis=1)
    return recorded


def _spikes(rows: Floats, fourth: Floats, found: Ints, step: int, fs: float) -> Spikes:
    """Those of the candidates that several leads show, that return, and that come again."""
    pattern = fourth[:, found]
    power = pattern**2
    total = power.sum(axis=0) + 1e-18
    shows = power >= SHOWS**2 * power.max(axis=0, initial=0.0)
    enough = shows.sum(axis=0) >= LEADS * len(rows)
    if len(rows) >= 3:
        enough &= power.max(axis=0, initial=0.0) <= ALONE * total
    height, returned = _heights(rows, found + 2 * step, step, fs)
    kept = np.flatnonzero(enough & returned)
    unit = pattern[:, kept] / np.sqrt(total[kept])
    alike = np.abs(unit.T @ unit) - 2.0 * np.eye(kept.size) > ALIKE
    kept = kept[alike.any(axis=1)]
    return Spikes(
        (found[kept] + 2 * step).astype(np.int64),
        shows[:, kept].sum(axis=0).astype(np.int64),
        height[kept].astype(np.float64),
        able=True,
    )


def _heights(rows: Floats, at: Ints, step: int, fs: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Height in the greatest lead, and whether the deflection is gone soon."""
    last = rows.shape[1] - 1
    reach = np.arange(-step, round(RETURNS_WITHIN * fs) + 1)
    before = rows[:, np.clip(at - 3 * step, 0, last)]
    moved = rows[:, np.clip(at[:, None] + reach, 0, last)] - before[:, :, None]
    early = moved[:, :, : 3 * step]
    height = np.abs(early).max(axis=(0, 2), initial=0.0)
    size = np.sqrt(np.einsum("ijk,ijk->jk", moved, moved))
    highest = size[:, : 3 * step].max(axis=1, initial=0.0)
    returned = size[:, 2 * step :].min(axis=1, initial=np.inf) < RETURNED * highest
    return height, returned

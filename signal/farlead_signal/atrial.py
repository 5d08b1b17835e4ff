"""What the atria do: P waves before the QRS complexes, fibrillation, flutter.

Three things are measured over the beats of a window and stay apart until the end:

1. *Irregularity* of the RR intervals, without those beside ventricular beats, at the lag of one,
   two or three intervals at which they are most regular: bigeminy repeats after two beats,
   trigeminy and Wenckebach groups after three, fibrillation never.
2. *Clearness of P waves*: the beats are laid over one another. What all of them have in the PR
   segment stands against what each has for itself. A P wave is the same before every beat;
   fibrillation waves, noise and dissociated P waves are not.
3. *Flutter waves*: the signal outside of the QRS complexes repeats itself after one and after
   two flutter cycles, however the ventricles respond.

References
----------
K. Tateno, L. Glass, Med Biol Eng Comput 39 (2001) 664-671, doi:10.1007/BF02345439 (differences
of RR intervals in fibrillation). See docs/screening.md for what was measured.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from farlead_signal.beat_windows import BeatWindows, middle
from farlead_signal.middle import mean

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

#: Lags at which intervals are compared, in beats, and the greatest difference that counts, as
#: share of the usual interval: one dropped beat must not be fibrillation.
LAGS, MOST_DIFFERENCE = (1, 2, 3), 0.35
#: Differences needed at a lag.
ENOUGH = 3
#: Least irregularity that is told from none: sampling and the shift of the R peak.
FINEST = 0.005
#: The P wave lies here in relation to R, in seconds: PR intervals of 0.10 to 0.25 s.
PR = (-0.27, -0.055)
#: The PR segment ends so long before the QRS complex begins; the beginning is looked for from
#: here on, in seconds from R; it is where slopes reach this share of the steepest (their squares;
#: those of P waves stay below a hundredth).
BEFORE_ONSET, ONSET_FROM, STEEP = 0.004, -0.16, 0.06
#: Beats needed for P waves to be told.
FEWEST = 4
#: The clearest leads count: this share of them, one at least. In the others P may be flat.
BEST_SHARE = 0.25

#: Log odds of fibrillation, fitted by logistic regression on the 10 s windows of DS1 of MIT-BIH
#: (fibrillation: records 201 and 203). Per log of irregularity: in fibrillation intervals differ
#: by 20 %, otherwise by 3 %. Per log of clearness in the clearest leads and in the mean of all:
#: without P waves what beats have in common is less than what they have apart.
#: 1.0 of the last is no fit: a missed fibrillation counts 2.7 times as much as a false one.
IRREGULARITY, CLEAREST, CLEAR, FIBRILLATION = 1.294, -0.872, -0.990, 0.680 + 1.0

#: Cycle lengths of flutter, in seconds: 200 to 350 per minute.
CYCLE = (0.172, 0.304)
#: Lags between them, in seconds.
CYCLE_STEP = 0.004
#: Rate at which flutter waves are looked at, in hertz.
FLUTTER_RATE = 62.5
#: The QRS complex with its ST segment's beginning, left out, in seconds around R.
LEFT_OUT = (-0.06, 0.11)
#: Repetition (correlation after one and after two cycles) from which flutter is suspected; and
#: leads that must show it: sinus rhythm has 0.5 at most, flutter 0.8 (LUDB, odd records).
REPEATS, REPEATING_LEADS = 0.65, 2
#: Greatest correlation after half a cycle.
HALF = 0.3
#: A cycle longer than this share of the RR interval is the heart beat itself.
OF_BEAT = 0.7
#: Where RR hardly varies the flutter rate is a multiple of the ventricular rate, but for this
#: share of a beat: tremor is not.
REGULAR, MULTIPLE = 0.03, 0.10


@dataclass(frozen=True, slots=True)
class Atrial:
    """Atrial evidence of one window.

    Parameters
    ----------
    irregularity : float
        Mean difference of RR intervals over the usual one, NaN where too few are plain.
    clearest, clear : float
        Log of what beats have in common in the PR segment over what each has for itself, in the
        clearest leads and in the mean of all; NaN with too few beats.
    p_leads : tuple of int
        The clearest leads.
    odds : float
        Log odds of fibrillation; NaN where it cannot be told.
    noise : float
        Standard error of what beats have in common in the PR segment, in mV, median of the leads.
    repeats : float
        Repetition of flutter waves, -1 to 1; NaN where it was not looked for.
    cycle : float
        Flutter cycle in seconds.
    """

    irregularity: float
    clearest: float
    clear: float
    p_leads: tuple[int, ...]
    odds: float
    noise: float = np.nan
    repeats: float = np.nan
    cycle: float = np.nan

    @property
    def flutter(self) -> bool:
        """Whether flutter waves are seen."""
        return self.repeats > REPEATS


def irregularity(seconds: Floats, other: Bools) -> float:
    """Mean difference of RR intervals at the lag at which they are most regular, over the median.

    Parameters
    ----------
    seconds : ndarray of float64, shape (beats,)
        Times of the beats.
    other : ndarray of bool, shape (beats,)
        Beats that do not come from above (ventricular, paced); intervals beside them do not
        count while enough others are left.
    """
    intervals = seconds[1:] - seconds[:-1]
    plain = ~(other[1:] | other[:-1])
    if np.count_nonzero(plain) < ENOUGH:
        plain = np.ones(intervals.size, bool)
    if intervals.size < 2:
        return np.nan
    usual = float(middle(intervals[plain]))
    found: list[float] = []
    for lag in LAGS:
        both = plain[lag:] & plain[:-lag]
        apart = np.abs(intervals[lag:] - intervals[:-lag])[both]
        if apart.size >= ENOUGH - 1:
            found.append(mean(np.minimum(apart, MOST_DIFFERENCE * usual)))
    return min(found) / usual if found else np.nan


def p_clearness(
    beats: BeatWindows, conducted: Bools
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Log of common over own power in the PR segment, and standard error of the common part.

    Both of shape (leads,); NaN with too few beats. The error is in units of the windows.

    Parameters
    ----------
    beats : BeatWindows
    conducted : ndarray of bool, shape (beats,)
        Beats that count.
    """
    if np.count_nonzero(conducted) < FEWEST:
        nothing = np.full(beats.values.shape[1], np.nan)
        return nothing, nothing
    rows = beats.part(PR[0], min(PR[1], qrs_onset(beats, conducted) - BEFORE_ONSET))
    rows = rows if conducted.all() else rows[conducted]
    count, width = rows.shape[0], rows.shape[2]
    flat = rows @ _without_line(width)
    common = middle(flat)
    own = flat - common
    rest = middle(np.vecdot(own, own)) * (count / (count - 1))
    power = np.vecdot(common, common)
    error = np.sqrt(rest / (width * count))
    return np.log((power + 1e-9) / (rest + 1e-9)).astype(np.float64), error.astype(np.float64)


def qrs_onset(beats: BeatWindows, conducted: Bools) -> float:
    """Where the slopes of the QRS complex begin, in seconds from R (below zero)."""
    rows = beats.part(ONSET_FROM, 0.0)[conducted]
    slopes = rows[:, :, 1:] - rows[:, :, :-1]
    power = middle(np.add.reduce(slopes * slopes, 1))
    top = int(power.argmax())
    low = (power[:top] < STEEP * power[top]).nonzero()[0]
    first = int(low[-1]) + 1 if low.size else 0
    return ONSET_FROM + first / beats.rate


@lru_cache(maxsize=32)
def _without_line(width: int) -> NDArray[np.float32]:
    """Matrix that takes mean and slope out of rows and smooths them over three samples."""
    t = np.linspace(-1, 1, width)
    base = np.stack([np.ones(width) / np.sqrt(width), t / np.sqrt(t @ t)])
    smooth = np.zeros((width, width - 2))
    for lag, weight in enumerate((0.25, 0.5, 0.25)):
        smooth[np.arange(lag, lag + width - 2), np.arange(width - 2)] = weight
    return np.asarray((np.eye(width) - base.T @ base) @ smooth, np.float32)


def judge(seconds: Floats, other: Bools, beats: BeatWindows, whole: Bools) -> Atrial:
    """Evidence of one window, without flutter waves.

    Parameters
    ----------
    seconds : ndarray of float64, shape (beats,)
        Times of the beats.
    other : ndarray of bool, shape (beats,)
        Ventricular and paced beats.
    beats : BeatWindows
        Of the same beats.
    whole : ndarray of bool, shape (beats,)
        Beats whose PR segment was recorded.
    """
    irregular = irregularity(seconds, other)
    conducted = whole & ~other
    if np.count_nonzero(conducted) < FEWEST:
        conducted = whole
    each, error = p_clearness(beats, conducted)
    seen = beats.scale > 0
    if not seen.any() or not np.isfinite(each).any():
        return Atrial(irregular, np.nan, np.nan, (), np.nan)
    best = max(1, round(BEST_SHARE * np.count_nonzero(seen)))
    order = np.argsort(np.where(seen, -each, np.inf))[:best]
    clearest, clear = mean(each[order]), mean(each[seen])
    known = FINEST if np.isnan(irregular) else max(irregular, FINEST)
    odds = IRREGULARITY * np.log(known) + CLEAREST * clearest + CLEAR * clear + FIBRILLATION
    noise = float(middle(error[seen] / beats.scale[seen]))
    return Atrial(irregular, clearest, clear, tuple(order.tolist()), float(odds), noise)


def flutter_waves(signal: NDArray[np.floating], fs: float, peaks: Ints) -> tuple[float, float]:
    """How far the signal between QRS complexes repeats itself, and after how many seconds.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Finite, in millivolts.
    fs : float
        Hertz.
    peaks : ndarray of int64, shape (beats,)
        Samples of R, three at least.

    Returns
    -------
    repeats, cycle : float
        Least of the correlations after one and after two cycles, mean of the clearest leads;
        (NaN, NaN) where there is no rate of flutter that the beats leave room for.
    """
    step = max(1, round(fs / FLUTTER_RATE))
    rate, n = fs / step, signal.shape[1] // step
    slow = signal[:, : n * step].reshape(-1, step) @ np.full(step, 1 / step, signal.dtype)
    slow = slow.reshape(len(signal), n)
    slopes = slow[:, 2:] - slow[:, :-2]
    kept = _outside(n - 2, np.rint(peaks / step).astype(np.int64) - 1, rate)
    intervals = (peaks[1:] - peaks[:-1]) / fs
    usual = float(middle(intervals))
    cycles = np.arange(CYCLE[0], min(CYCLE[1], OF_BEAT * usual), CYCLE_STEP)
    if middle(np.abs(intervals - usual)) < REGULAR * usual:
        ratio = usual / cycles
        whole = np.abs(ratio - np.rint(ratio)) < MULTIPLE
    else:
        whole = np.ones(cycles.size, bool)
    if cycles.size == 0 or n < 4 * rate:
        return np.nan, np.nan
    alike = _self_likeness(slopes * kept, kept, round(2.1 * CYCLE[1] * rate))
    places = np.concatenate([times * cycles * rate for times in (0.5, 1, 2)])
    half, once, twice = _at(alike, places).reshape(len(alike), 3, -1).swapaxes(0, 1)
    # What is alike after half a cycle already is faster than flutter: mains, muscle.
    again = np.where(half < HALF, np.minimum(once, twice), 0.0)
    leads = min(REPEATING_LEADS, len(again))
    again.sort(axis=0)
    repeats = np.add.reduce(again[-leads:]) / leads
    best = int(repeats.argmax())
    return (float(repeats[best]) if whole[best] else 0.0), float(cycles[best])


def _outside(n: int, peaks: Ints, rate: float) -> NDArray[np.float32]:
    """1 outside of the QRS complexes, 0 inside."""
    edges = np.zeros(n + 1, np.int64)
    begin, end = peaks + round(LEFT_OUT[0] * rate), peaks + round(LEFT_OUT[1] * rate) + 1
    np.add.at(edges, np.minimum(np.maximum(begin, 0), n), 1)
    np.add.at(edges, np.minimum(np.maximum(end, 0), n), -1)
    return np.asarray(np.cumsum(edges[:-1]) == 0, np.float32)


def _self_likeness(rows: NDArray[np.floating], kept: NDArray[np.float32], lags: int) -> Floats:
    """Correlation of each row with itself after each lag, over pairs that are both kept."""
    n = kept.size
    size = next_fast_len(n + lags, real=True)
    spectra = rfft(rows, size, axis=1)
    own = irfft(spectra.real**2 + spectra.imag**2, size, axis=1)[:, :lags]
    # Energy of what is kept of a row at each lag of the mask, from -lags to lags.
    mask = np.zeros(n + 2 * lags, np.float32)
    mask[lags : lags + n] = kept
    moved = np.ndarray((2 * lags + 1, n), mask.dtype, mask, 0, mask.strides * 2)
    energy = (rows * rows) @ np.ascontiguousarray(moved).T
    both = energy[:, lags : 2 * lags] * energy[:, lags:0:-1]
    return np.asarray(own / np.sqrt(both + 1e-12))


def _at(rows: Floats, places: Floats) -> Floats:
    """Values of rows between their samples."""
    low = places.astype(np.int64)
    part = places - low
    return np.asarray(rows[:, low] * (1 - part) + rows[:, low + 1] * part)

"""QRS detection for one lead or many; see docs/qrs.md for how it works and where it fails.

Every step works on whole arrays. Several recordings of one length are worked on together; a
single recording is a batch of one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from farlead_signal.beats import decide
from farlead_signal.envelope import Grid, squared_envelope, without_gaps
from farlead_signal.fibrillation import without_spans
from farlead_signal.fusion import Fused, fuse
from farlead_signal.needles import needles, without_needles
from farlead_signal.refine import refine
from farlead_signal.spans import SignalSpan

#: Slowest sampling that still carries the QRS band, in hertz.
SLOWEST = 60.0
#: How often a recording is looked at again without the needles found: a spike before the atria
#: and one before the ventricles can each hide behind the other.
LOOKS = 4
#: No recording has more leads; a table with one row a sample is the wrong way round.
MOST_LEADS = 256
#: Recordings of a batch that are worked on together.
TOGETHER = 32


@dataclass(frozen=True, slots=True, eq=False)
class BeatFinding:
    """Beats of one recording.

    Parameters
    ----------
    r_peaks : ndarray of int64, shape (beats,)
        Peak samples of the QRS complexes, ascending.
    spans : tuple of SignalSpan
        Where no beats are claimed, and why.
    lead_weights : ndarray of float32, shape (leads,)
        Share of each lead in the decision, mean over time; they add up to 1, or are all 0
        where no lead shows QRS complexes.
    contrast : float
        QRS level over the level of the rest, median over time. Below 8 one beat or more in
        10 s is probably missed or invented.
    doubt : float
        Maxima of middling height for each tall one; above 0.6 the same holds.
    """

    r_peaks: NDArray[np.int64]
    spans: tuple[SignalSpan, ...]
    lead_weights: NDArray[np.float32]
    contrast: float = 0.0
    doubt: float = 0.0


def detect_qrs(signal: ArrayLike, fs: float) -> NDArray[np.int64]:
    """R positions of one recording.

    Parameters
    ----------
    signal : array_like, shape (n,) or (leads, n)
        Millivolts. What is not finite counts as not recorded.
    fs : float
        Sampling rate in hertz, 60 or more.

    Returns
    -------
    ndarray of int64, shape (beats,)
        Samples of the QRS peaks, ascending; empty where there are none.

    Raises
    ------
    ValueError
        For another number of dimensions, samples before leads, complex or non-numeric data, or
        an impossible rate.
    """
    samples = _one(signal, fs)
    return _find(samples, fs)[0][0] if samples.size else np.zeros(0, np.int64)


def find_beats(signal: ArrayLike, fs: float) -> BeatFinding:
    """R positions, spans without claimed beats, and the weight of each lead.

    Parameters and errors as for :func:`detect_qrs`.
    """
    samples = _one(signal, fs)
    if samples.size == 0:
        return BeatFinding(np.zeros(0, np.int64), (), np.zeros(samples.shape[1], np.float32))
    peaks, spans, fused = _find(samples, fs)
    return BeatFinding(peaks[0], spans[0], fused.mean_weights(0), fused.contrast(0), fused.doubt(0))


def detect_qrs_batch(signals: ArrayLike, fs: float) -> list[NDArray[np.int64]]:
    """R positions of many recordings of one length.

    Parameters
    ----------
    signals : array_like, shape (recordings, n) or (recordings, leads, n)
        Millivolts.
    fs : float
        Sampling rate in hertz, 60 or more.

    Returns
    -------
    list of ndarray of int64
        What :func:`detect_qrs` would return for each recording.

    Raises
    ------
    ValueError
        As for :func:`detect_qrs`.
    """
    samples = checked_signal(signals, fs, (2, 3))
    samples = samples[:, None] if samples.ndim == 2 else samples
    if 0 in samples.shape:
        return [np.zeros(0, np.int64) for _ in range(samples.shape[0])]
    found: list[NDArray[np.int64]] = []
    for first in range(0, samples.shape[0], TOGETHER):
        found += _find(samples[first : first + TOGETHER], fs)[0]
    return found


def _one(signal: ArrayLike, fs: float) -> NDArray[np.floating]:
    """One recording as a batch of one, shape (1, leads, n)."""
    samples = checked_signal(signal, fs, (1, 2))
    return samples[None, None] if samples.ndim == 1 else samples[None]


def checked_signal(
    signal: ArrayLike, fs: float, dimensions: tuple[int, int] = (1, 2)
) -> NDArray[np.floating]:
    """Signal as contiguous floats, after the checks that :func:`detect_qrs` promises.

    Parameters
    ----------
    signal : array_like
    fs : float
        Hertz.
    dimensions : tuple of int
        How many it may have, the greatest last.
    """
    samples = np.asarray(signal)
    if samples.ndim not in dimensions:
        wanted = " or ".join(map(str, dimensions))
        raise ValueError(f"the signal has {samples.ndim} dimensions, {wanted} are wanted")
    if samples.ndim == dimensions[-1] and samples.shape[-2] > MOST_LEADS:
        raise ValueError(f"the shape is {samples.shape}: leads come first, then samples")
    if samples.dtype.kind not in "fiu":
        raise ValueError(f"the signal is not made of real numbers but of {samples.dtype}")
    if not (np.isfinite(fs) and fs >= SLOWEST):
        raise ValueError(f"the sampling rate is {fs} Hz, {SLOWEST:g} or more are wanted")
    if samples.dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        return np.ascontiguousarray(samples, np.float32)
    return np.ascontiguousarray(samples)  # one column of a recording is not


def _find(
    samples: NDArray[np.floating], fs: float
) -> tuple[list[NDArray[np.int64]], list[tuple[SignalSpan, ...]], Fused]:
    """Beats and spans of recordings of one length, shape (recordings, leads, n).

    A recording with needles among its beats is looked at again without them; what was decided
    on is then that of the last one.
    """
    peaks, spans, fused = _look(samples, fs)
    for index, recording in enumerate(samples):
        smooth = recording
        for _ in range(LOOKS):
            sharp = needles(smooth, peaks[index], fs)
            if sharp.size == 0:
                break
            smooth = without_needles(smooth, sharp, fs)
            (peaks[index],), (spans[index],), fused = _look(smooth[None], fs)
    return peaks, spans, fused


def _look(
    samples: NDArray[np.floating], fs: float
) -> tuple[list[NDArray[np.int64]], list[tuple[SignalSpan, ...]], Fused]:
    """Beats and spans of recordings of one length, whatever their peaks look like."""
    recordings, leads, n = samples.shape
    grid = Grid.of(fs)
    rows, missing = samples.reshape(recordings * leads, n), None
    with np.errstate(invalid="ignore", over="ignore"):  # infinities; they are looked for below
        squared = squared_envelope(rows, grid)
    if not np.isfinite(squared.max()):
        rows, missing = without_gaps(rows)
        squared = squared_envelope(rows, grid)
    fused = fuse(squared.reshape(recordings, leads, grid.size, -1), missing, grid, n)
    clean = rows.reshape(samples.shape)
    found, spans = without_spans(clean, fused, decide(fused, grid), grid)
    return refine(clean, found, fused, grid), spans, fused

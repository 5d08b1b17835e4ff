"""Rate, regularity and pauses from the positions of the beats."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead_signal.middle import mean
from farlead_signal.spans import SignalSpan

#: RR intervals over which the slowest and the fastest rate are taken.
RATE_WINDOW = 8
#: Kinds of span in which the heart may have been beating unseen.
UNJUDGED = ("vf", "noise", "lead_off")


@dataclass(frozen=True, slots=True)
class Pause:
    """The longest stretch without a beat.

    `start` and `stop` are samples: beats, or an end of the recording. `seconds` leaves out what
    could not be judged.
    """

    start: int
    stop: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the beats' positions tell. None where they do not.

    Parameters
    ----------
    beats : int
    rate : float or None
        Mean ventricular rate per minute, from the first to the last beat.
    rr_mean, rr_sd : float or None
        Milliseconds.
    rr_cv : float or None
        ``rr_sd / rr_mean``: 0 is a clock, sinus arrhythmia reaches 0.1, atrial fibrillation
        has 0.15 to 0.3.
    slowest, fastest : float or None
        Least and greatest mean rate over 8 successive intervals (all, when there are fewer).
    pause : Pause
        Longest stretch without beat; the stretches before the first beat and after the last
        one count.
    sparsest : int
        Least number of beats in any stretch of 10 s (of the whole recording, when shorter),
        leaving out stretches that could not be judged.
    """

    beats: int
    rate: float | None
    rr_mean: float | None
    rr_sd: float | None
    rr_cv: float | None
    slowest: float | None
    fastest: float | None
    pause: Pause
    sparsest: int


def rhythm(
    r_peaks: NDArray[np.int64], fs: float, length: int, spans: Sequence[SignalSpan] = ()
) -> Rhythm:
    """Rhythm of a recording.

    Parameters
    ----------
    r_peaks : ndarray of int64, shape (beats,)
        Samples, ascending.
    fs : float
        Hertz.
    length : int
        Samples of the whole recording.
    spans : sequence of SignalSpan
        Where no beats are claimed; intervals across such a span do not count.
    """
    unjudged = _unjudged(spans, length)
    intervals = (r_peaks[1:] - r_peaks[:-1]) / fs
    if intervals.size and unjudged is not None:
        whole = unjudged[r_peaks[1:]] == unjudged[r_peaks[:-1]]
        intervals = intervals[whole]
    pause = _longest(r_peaks, fs, length, unjudged)
    sparsest = _sparsest(r_peaks, fs, length, unjudged)
    if intervals.size == 0:
        return Rhythm(r_peaks.size, None, None, None, None, None, None, pause, sparsest)
    usual = mean(intervals)
    apart = intervals - usual
    sd = float(np.sqrt(apart @ apart / apart.size))
    window = min(RATE_WINDOW, intervals.size)
    means = np.convolve(intervals, np.full(window, 1 / window), "valid")
    return Rhythm(
        beats=r_peaks.size,
        rate=60 / usual,
        rr_mean=1000 * usual,
        rr_sd=1000 * sd,
        rr_cv=sd / usual,
        slowest=float(60 / means.max()),
        fastest=float(60 / means.min()),
        pause=pause,
        sparsest=sparsest,
    )


def _unjudged(spans: Sequence[SignalSpan], length: int) -> NDArray[np.int64] | None:
    """Number of samples that could not be judged before each sample, or None when all could."""
    hidden = [span for span in spans if span.kind in UNJUDGED]
    if not hidden:
        return None
    mask = np.zeros(length + 1, np.int64)
    for span in hidden:
        mask[span.start + 1 : span.stop + 1] = 1
    return np.cumsum(mask)


def _longest(
    r_peaks: NDArray[np.int64], fs: float, length: int, unjudged: NDArray[np.int64] | None
) -> Pause:
    marks = np.concatenate([[0], r_peaks, [length]])
    gaps = marks[1:] - marks[:-1]
    if unjudged is not None:
        gaps = gaps - np.diff(unjudged[marks])
    i = int(gaps.argmax())
    return Pause(int(marks[i]), int(marks[i + 1]), float(gaps[i] / fs))


def _sparsest(
    r_peaks: NDArray[np.int64], fs: float, length: int, unjudged: NDArray[np.int64] | None
) -> int:
    window = int(10 * fs)
    if length <= window:
        return r_peaks.size
    # The emptiest stretch begins just after a beat, or with the recording.
    starts = np.concatenate([[0], r_peaks + 1])
    starts = starts[starts + window <= length]
    starts = np.concatenate([starts, [length - window]])
    counts = np.searchsorted(r_peaks, starts + window) - np.searchsorted(r_peaks, starts)
    if unjudged is not None:
        judged = unjudged[starts + window] == unjudged[starts]
        counts = counts[judged]
    return int(counts.min()) if counts.size else r_peaks.size

"""No beats: suspected fibrillation of the ventricles, and standstill."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.findings import Finding
from farlead_signal.qrs import BeatFinding
from farlead_signal.spans import SignalSpan

Ints: TypeAlias = NDArray[np.int64]

#: A stretch without beats from here on is called standstill, in seconds; a shorter one is a pause,
#: which the longest RR interval tells.
STANDSTILL = 5.0
#: Standstill is still: jumps over JUMP seconds stay below this, in mV, in every lead, but for
#: this share of the time. P waves may go on.
STILL, JUMP, SHARE = 0.15, 0.04, 0.02
#: Left out after the last beat and before the next, in seconds.
AFTER, BEFORE = 0.6, 0.3


def standstill(
    signal: NDArray[np.floating], fs: float, finding: BeatFinding
) -> tuple[Finding, ...]:
    """Suspected ventricular fibrillation or flutter, and standstill of the ventricles.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts, finite.
    fs : float
        Hertz.
    finding : BeatFinding
    """
    found = [
        Finding(
            "rhythm.vf",
            spans=(span,),
            values={"seconds": (span.stop - span.start) / fs},
            certain=False,
        )
        for span in finding.spans
        if span.kind == "vf"
    ]
    hidden = [span for span in finding.spans if span.kind in {"vf", "lead_off", "flat"}]
    for first, last in _gaps(finding.r_peaks, fs, signal.shape[1]):
        if any(span.start < last and span.stop > first for span in hidden):
            continue
        if _is_still(signal[:, first:last], fs):
            seconds = (last - first) / fs
            span = SignalSpan(first, last, "standstill")
            values = {"seconds": seconds}
            found.append(Finding("rhythm.asystole", (), (), (span,), values, certain=False))
    return tuple(found)


def _gaps(peaks: Ints, fs: float, n: int) -> list[tuple[int, int]]:
    """Long stretches without beats, without the beats' own waves at their ends."""
    marks = np.concatenate([[-AFTER * fs], peaks, [n + BEFORE * fs]])
    (long,) = (marks[1:] - marks[:-1] >= STANDSTILL * fs).nonzero()
    return [
        (max(int(marks[i] + AFTER * fs), 0), min(int(marks[i + 1] - BEFORE * fs), n))
        for i in long.tolist()
    ]


def _is_still(part: NDArray[np.floating], fs: float) -> bool:
    step = max(1, round(JUMP * fs))
    if part.shape[1] <= step:
        return False
    moving = np.abs(part[:, step:] - part[:, :-step]) > STILL
    return bool((moving.mean(axis=1) <= SHARE).all())

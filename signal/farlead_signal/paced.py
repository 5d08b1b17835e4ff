"""Paced rhythm: which chambers are paced, and spikes that do not fit."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_labels import BeatLabels
from farlead_signal.delineation import Fiducials
from farlead_signal.findings import Finding
from farlead_signal.pacing import Chamber, Spikes
from farlead_signal.spans import SignalSpan

Ints: TypeAlias = NDArray[np.int64]

#: After a ventricular spike a QRS complex has its R within this time, in seconds; a spike
#: without one did not capture, unless the heart was refractory.
CAPTURED = 0.20
#: An own beat so shortly before a spike should have been sensed, in seconds; nearer than
#: FUSED both met.
SENSED, FUSED = 0.45, 0.10
#: Spikes of a kind needed before it is said which chamber is paced.
FEWEST = 2
#: A spike lies no farther from its middle than this, in samples; for showing it.
AROUND = 5


def paced_findings(
    spikes: Spikes, fs: float, peaks: Ints, fiducials: Fiducials | None, labels: BeatLabels
) -> tuple[Finding, ...]:
    """Paced chambers; capture and sensing in question.

    Parameters
    ----------
    spikes : Spikes
        At least one.
    fs : float
        Hertz.
    peaks : ndarray of int64, shape (beats,)
        Samples of R.
    fiducials : Fiducials or None
        Of the same beats.
    labels : BeatLabels
    """
    points = None if fiducials is None else fiducials.overall or fiducials
    onsets = np.full(peaks.size, -1) if points is None else points.qrs_on
    chambers = np.array(spikes.chambers(fs, onsets, peaks), object)
    at = {kind: spikes.positions[chambers == kind] for kind in Chamber}
    atrial = at[Chamber.ATRIAL].size >= FEWEST
    ventricular = at[Chamber.VENTRICULAR].size >= FEWEST
    found = []
    if atrial and ventricular:
        found.append(_finding("pacing.dual", spikes.positions))
    elif atrial or ventricular:
        kind = Chamber.ATRIAL if atrial else Chamber.VENTRICULAR
        found.append(_finding(f"pacing.{kind.value}", at[kind]))
    if ventricular:
        alone = _not_captured(spikes.positions, at[Chamber.ATRIAL], peaks, fs)
        if alone.size:
            found.append(_finding("pacing.capture", alone, certain=False))
    unsensed = _not_sensed(spikes.positions, peaks, labels, fs)
    if unsensed.size:
        found.append(_finding("pacing.sensing", unsensed, certain=False))
    return tuple(found)


def _finding(code: str, at: Ints, *, certain: bool = True) -> Finding:
    spans = tuple(SignalSpan(max(p - AROUND, 0), p + AROUND, "spike") for p in at.tolist())
    return Finding(code, spans=spans, values={"count": float(at.size)}, certain=certain)


def _not_captured(spikes: Ints, atrial: Ints, peaks: Ints, fs: float) -> Ints:
    """Spikes that no QRS complex follows and that were not meant for the atria."""
    following = np.searchsorted(peaks, spikes)
    reach = np.append(peaks, np.iinfo(np.int64).max)[following] - spikes
    # The last spike's answer may lie behind the recording's end.
    last = peaks[-1] if peaks.size else 0
    return spikes[(reach > CAPTURED * fs) & ~np.isin(spikes, atrial) & (spikes < last)]


def _not_sensed(spikes: Ints, peaks: Ints, labels: BeatLabels, fs: float) -> Ints:
    """Spikes that come shortly after an own beat."""
    own = peaks[~labels.is_class(BeatClass.PACED)]
    if own.size == 0:
        return own
    before = np.searchsorted(own, spikes) - 1
    since = spikes - own[np.maximum(before, 0)]
    return spikes[(before >= 0) & (since > FUSED * fs) & (since < SENSED * fs)]

"""Alternating bundle-branch block: conducted beats now with right, now with left bundle block.

The median beat shows the shape that most beats have. Of the beats on time that have another shape
a second median beat is made, and asked for its block in the same way. Ventricular beats of such a
shape are told apart by the P wave: conducted beats of both shapes have the same one before them,
as far from the QRS complex. What the shape itself makes a beat look like does not count.

References
----------
F. M. Kusumoto et al., "2018 ACC/AHA/HRS guideline on the evaluation and management of patients with
bradycardia and cardiac conduction delay", Circulation 140 (2019) e382-e482,
doi:10.1161/CIR.0000000000000628. The limits of time are ours.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from farlead_signal.amplitudes import measure_leads
from farlead_signal.axis import measure_axes
from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_sheet import PACED, beat_sheet
from farlead_signal.bundle import left_branch, right_branch
from farlead_signal.delineation import Fiducials
from farlead_signal.findings import Finding
from farlead_signal.intervals import measure_intervals
from farlead_signal.middle import middle
from farlead_signal.representative import ALIKE, Representative, median_of
from farlead_signal.rows import without_mean

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

CODE = "conduction.alternating_bundle"
RIGHT, LEFT = "conduction.rbbb", "conduction.lbbb"
#: Beats of the second shape that are needed.
FEWEST = 2
#: Intervals from one QRS onset to the next differ from the usual one by this share at most.
ON_TIME = 0.12
#: So much of the recording must lie before and after R, in seconds.
BEFORE, AFTER = 0.45, 0.50
#: The P wave is looked for in this part before the QRS onset, in seconds; the onsets of two shapes
#: are found so far apart at most.
P_FROM, P_TO, APART = 0.26, 0.04, 0.024
#: Correlation over all leads from which it is the same P wave, and its least height in mV from
#: trough to peak in the lead that shows it best.
SAME_P, LEAST_P = 0.7, 0.06
#: Where these lead the atria no P wave tells a conducted beat.
_NO_P = frozenset({"rhythm.af", "rhythm.flutter"})


def alternating_bundle(
    signal: NDArray[np.floating],
    fs: float,
    names: Sequence[str],
    r_peaks: Ints,
    fiducials: Fiducials,
    beat: Representative,
    found: Iterable[Finding],
) -> Finding | None:
    """``conduction.alternating_bundle`` where both complete blocks are there in conducted beats.

    Parameters
    ----------
    signal : ndarray, shape (leads, n)
        Millivolts.
    fs : float
        Hertz.
    names : sequence of str
        Standard name of each lead.
    r_peaks : ndarray of int64, shape (beats,)
        Samples.
    fiducials : Fiducials
        Of the same beats.
    beat : Representative
        The median beat.
    found : iterable of Finding
        What is known of the rhythm and of the median beat.
    """
    codes = {one.code: one for one in found}
    usual = codes.get(RIGHT) or codes.get(LEFT)
    if usual is None or beat.labels is None or (PACED | _NO_P) & set(codes):
        return None
    other = beat.labels.likeness <= ALIKE
    other &= ~beat.labels.is_class(BeatClass.PACED, BeatClass.FUSION)
    chosen = (other & _on_time(fiducials, signal.shape[1], fs)).nonzero()[0]
    if chosen.size < FEWEST:
        return None
    second = median_of(signal, fs, r_peaks, fiducials, beat.labels, chosen)
    if not _same_p(beat, second, fs):
        return None
    block = _block(second, fs, names, r_peaks, fiducials)
    if block is None or {usual.code, block.code} != {RIGHT, LEFT}:
        return None
    numbers = tuple(sorted({*beat.members.tolist(), *chosen.tolist()}))
    leads = tuple(dict.fromkeys((*usual.leads, *block.leads)))
    values = {"qrs": max(usual.values["qrs"], block.values["qrs"]), "count": float(chosen.size)}
    return Finding(CODE, numbers, leads, values=values, certain=False)


def _on_time(fiducials: Fiducials, n: int, fs: float) -> Bools:
    """Beats that lie in the recording as a whole and whose QRS complex begins when it is due."""
    points, peaks = fiducials.overall or fiducials, fiducials.r_peaks
    kept = (peaks >= BEFORE * fs) & (peaks + AFTER * fs < n) & (points.qrs_on >= 0)
    intervals = (points.qrs_on[1:] - points.qrs_on[:-1]).astype(float)
    usual = middle(intervals)
    kept[1:] &= np.abs(intervals - usual) <= ON_TIME * usual
    return np.asarray(kept)


def _same_p(one: Representative, other: Representative, fs: float) -> bool:
    """Whether the same P wave stands before both QRS complexes, as far from them."""
    room = round(APART * fs)
    here, wide = _before_qrs(one, fs, 0), _before_qrs(other, fs, room)
    if here is None or wide is None or float(np.ptp(here, axis=1).max()) < LEAST_P:
        return False
    width, best = here.shape[1], -1.0
    for moved in range(2 * room + 1):
        there = without_mean(wide[:, moved : moved + width])
        size = np.vdot(here, here) * np.vdot(there, there)
        best = max(best, float(np.vdot(here, there) / np.sqrt(size + 1e-12)))
    return best >= SAME_P


def _before_qrs(beat: Representative, fs: float, room: int) -> Floats | None:
    """Where P waves lie, and `room` samples more on both sides; None where it is not known."""
    on = int((beat.fiducials.overall or beat.fiducials).qrs_on.flat[0])
    first, last = on - round(P_FROM * fs) - room, on - round(P_TO * fs) + room
    if on < 0 or first < 0:
        return None
    return without_mean(np.nan_to_num(beat.beats[:, first:last]))


def _block(
    second: Representative, fs: float, names: Sequence[str], r_peaks: Ints, fiducials: Fiducials
) -> Finding | None:
    """The bundle-branch block that a median beat shows."""
    leads, axes = measure_leads(second, names, fs), measure_axes(second, names)
    intervals = measure_intervals(fs, r_peaks, fiducials, second)
    sheet = beat_sheet(second, names, fs, leads, intervals, axes)
    return None if sheet is None else right_branch(sheet) or left_branch(sheet)

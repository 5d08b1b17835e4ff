"""The rhythm of a recording: what leads the heart, and what else happens, with its evidence.

The order in which the basic rhythm is asked for is that of danger and of what hides what: no beats
(fibrillation of the ventricles, asystole), paced, ventricular, flutter and fibrillation of the
atria, then P waves. Where the evidence for none of them is strong the answer is "unknown", never
"sinus". See docs/screening.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from farlead_signal.alternans import alternans
from farlead_signal.atrial_cells import Cell, stretches
from farlead_signal.beat_classes import BeatClass
from farlead_signal.conduction_av import complete_block, first_degree, second_degree
from farlead_signal.delineation import Fiducials
from farlead_signal.escapes import junctional_escapes
from farlead_signal.findings import Finding
from farlead_signal.middle import mean
from farlead_signal.paced import paced_findings
from farlead_signal.pacing import Chamber, Spikes
from farlead_signal.qrs import BeatFinding
from farlead_signal.representative import Representative
from farlead_signal.rhythm_reading import Reading
from farlead_signal.rows import finite
from farlead_signal.spans import SignalSpan, runs
from farlead_signal.standstill import standstill
from farlead_signal.ventricular import RUN, ectopy, r_on_t, ventricular_runs

__all__ = ["Basic", "Finding", "RhythmFindings", "rhythms"]

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.floating]
Bools: TypeAlias = NDArray[np.bool_]

#: Beats without which no rhythm is told.
FEWEST = 4
#: What may be a wide QRS complex, in ms, the error of measurement taken off, where much speaks for
#: a ventricular tachycardia.
NEARLY_WIDE = 110.0
#: Rates that part slow, usual and fast, per minute: a rhythm is a tachycardia from 100.
FAST = 100.0
#: A regular narrow rhythm from here on is suspected not to be sinus rhythm, unless it varies.
SUPRAVENTRICULAR_TACHYCARDIA, CLOCKWORK = 150.0, 0.02
#: Clearness (log), of the clearest leads and of all together, from which P waves are seen; the
#: former below which there are none.
P_SEEN, NO_P = 1.5, -0.5
#: Both together below which a paced heart's atria show nothing.
SILENT = 0.5
#: Standard error of the mean PR segment, in mV, in which a P wave can hide.
HIDING = 0.006
#: Mean deviation of the intervals (share) up to which a rhythm is regular.
REGULAR = 0.06
#: Odds (log) of fibrillation from which nothing else explains the evidence as well, and from
#: which it is not called sinus rhythm without doubt.
SURE, DOUBT = 2.0, -1.0
#: A ventricular beat later than this share beyond the usual interval is an escape.
LATE = 0.15
#: Share of the beats of one kind that makes the basic rhythm, and of ventricular ones among wide
#: ones without P waves.
MOST, ALTERNATE = 0.5, 0.3
#: Labels that a ventricular rhythm may have been given.
NOT_TOLD_APART = (BeatClass.DOMINANT, BeatClass.SUPRAVENTRICULAR, BeatClass.UNKNOWN)
#: A junctional rhythm is no slower than this, per minute.
SLOWEST_JUNCTIONAL = 30.0
#: Slowness (ms, see BeatLabels.width) and duration (ms) of a QRS complex from which no bundle
#: branch block makes it so.
VERY_SLOW, VERY_WIDE = 28.0, 160.0
#: A regular broad rhythm without P waves is ventricular below this rate, per minute.
SLOW = 50.0
#: A P wave nearer to the QRS complex than this is its beginning, in ms; and the share of beats in
#: which the delineation must find one.
SHORTEST_PR, WITH_P = 110.0, 0.6
#: P is upside down in a lead below this, in mV.
INVERTED = -0.025


class Basic(StrEnum):
    """What leads the ventricles for most of the recording."""

    SINUS = "sinus"
    ATRIAL = "atrial"
    FIBRILLATION = "af"
    FLUTTER = "flutter"
    SUPRAVENTRICULAR_TACHYCARDIA = "svt"
    JUNCTIONAL = "junctional"
    VENTRICULAR = "ventricular"
    PACED = "paced"
    VENTRICULAR_FIBRILLATION = "vf"
    ASYSTOLE = "asystole"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RhythmFindings:
    """Rhythm of a recording.

    Parameters
    ----------
    basic : Basic
    certain : bool
        Whether nothing else explains the evidence as well.
    findings : tuple of Finding
    labels : tuple of BeatClass
        One for each beat.
    cells : tuple of Cell
        Atrial evidence along the recording.
    """

    basic: Basic
    certain: bool
    findings: tuple[Finding, ...]
    labels: tuple[BeatClass, ...]
    cells: tuple[Cell, ...] = ()


def rhythms(
    signal: ArrayLike,
    fs: float,
    names: Sequence[str],
    finding: BeatFinding,
    fiducials: Fiducials | None = None,
    representative: Representative | None = None,
    spikes: Spikes | None = None,
) -> RhythmFindings:
    """Rhythm of a recording of any length.

    Parameters
    ----------
    signal : array_like, shape (n,) or (leads, n)
        Millivolts. What is not finite counts as 0.
    fs : float
        Hertz.
    names : sequence of str
        Of the leads.
    finding : BeatFinding
        Beats and spans (:func:`farlead_signal.find_beats`).
    fiducials : Fiducials, optional
        Of the same beats.
    representative : Representative, optional
        Its QRS duration and PR interval.
    spikes : Spikes, optional
        Pacing spikes.

    Returns
    -------
    RhythmFindings
        Unknown without findings where there is nothing to judge.
    """
    samples = np.atleast_2d(np.asarray(signal))
    if not finite(samples):
        samples = np.where(np.isfinite(samples), samples, 0)
    still = standstill(samples, fs, finding)
    peaks = finding.r_peaks
    if peaks.size < FEWEST or samples.size == 0:
        labels = (
            (BeatClass.UNKNOWN,) * peaks.size if representative is None else representative.classes
        )
        basic = _without_beats(still)
        unknown = (Finding("rhythm.unknown", certain=False),) if basic is Basic.UNKNOWN else ()
        return RhythmFindings(basic, False, (*still, *unknown), labels)
    read = Reading.of(samples, fs, tuple(names), finding, fiducials, representative, spikes)
    basic, certain = _basic(read, still)
    found = (*still, *_basic_findings(read, basic, certain), *_others(read, basic))
    return RhythmFindings(basic, certain, found, _labels(read, basic), read.cells)


def _without_beats(still: Sequence[Finding]) -> Basic:
    codes = {one.code for one in still}
    if "rhythm.vf" in codes:
        return Basic.VENTRICULAR_FIBRILLATION
    return Basic.ASYSTOLE if "rhythm.asystole" in codes else Basic.UNKNOWN


def _basic(read: Reading, still: Sequence[Finding]) -> tuple[Basic, bool]:
    hidden = sum(s.stop - s.start for one in still for s in one.spans)
    if hidden > MOST * read.signal.shape[1]:
        return _without_beats(still), False
    if read.share(BeatClass.PACED) > MOST:
        return Basic.PACED, True
    if _mostly_ventricular(read):
        return Basic.VENTRICULAR, False
    known = [one for one in read.cells if one.evidence is not None]
    if not known:
        return Basic.UNKNOWN, False
    if read.growing_pr:
        return Basic.SINUS, False
    if sum(one.flutter for one in known) > MOST * len(known):
        return Basic.FLUTTER, False
    if sum(one.fibrillation for one in known) > MOST * len(known):
        return Basic.FIBRILLATION, read.middle("odds") > SURE
    return _with_regular_atria(read)


def _mostly_ventricular(read: Reading) -> bool:
    """Most beats ventricular; or every other one, and the rest wide without P waves.

    Where two forms alternate one of them is taken for the dominant one.
    """
    share = read.share(BeatClass.VENTRICULAR)
    if share > MOST:
        return True
    if share <= ALTERNATE or read.rate < FAST or not read.qrs >= NEARLY_WIDE:
        return False
    return not _p_waves_seen(read)


def _with_regular_atria(read: Reading) -> tuple[Basic, bool]:
    """Sinus, atrial, junctional, ventricular, supraventricular tachycardia, or unknown."""
    irregular, rate = read.middle("irregularity"), read.rate
    if rate >= SUPRAVENTRICULAR_TACHYCARDIA and irregular < CLOCKWORK and not read.broad:
        return Basic.SUPRAVENTRICULAR_TACHYCARDIA, False
    if _p_waves_seen(read):
        if _inverted(read):
            return Basic.ATRIAL, False
        return Basic.SINUS, not (read.broad and rate >= FAST)
    if not read.spread < REGULAR:
        return Basic.UNKNOWN, False
    return _regular_without_p(read), False


def _p_waves_seen(read: Reading) -> bool:
    """P waves before the QRS complexes.

    What regular beats have in common in the PR segment is not a P wave yet: in a tachycardia it is
    the T wave of the beat before, in a broad complex its own beginning. There the delineation must
    have found P waves, too.
    """
    together = read.middle("clearest") + read.middle("clear")
    if not together >= P_SEEN or not read.middle("odds") < DOUBT:
        return False
    if not (read.broad or read.rate >= FAST) or read.fiducials is None:
        return True
    return read.pr >= SHORTEST_PR and read.share_with_p >= WITH_P


def _regular_without_p(read: Reading) -> Basic:
    """A regular rhythm in which no P waves are seen."""
    rate, silent = read.rate, read.middle("clearest") < NO_P
    if read.broad and rate >= FAST:
        return Basic.VENTRICULAR
    if read.middle("noise") > HIDING:
        return Basic.UNKNOWN
    if read.broad:
        unusual = rate <= SLOW or read.qrs >= VERY_WIDE or read.slowness >= VERY_SLOW
        return Basic.VENTRICULAR if unusual else Basic.UNKNOWN
    if rate >= FAST:
        return Basic.SUPRAVENTRICULAR_TACHYCARDIA
    return Basic.JUNCTIONAL if silent and rate >= SLOWEST_JUNCTIONAL else Basic.UNKNOWN


def _inverted(read: Reading) -> bool:
    """P upside down in II and aVF: the atria are not led by the sinus node, or leads exchanged."""
    one = read.representative
    if one is None or not {"II", "aVF"} <= set(read.names):
        return False
    points = one.fiducials
    found = []
    for name in ("II", "aVF"):
        lead = read.names.index(name)
        at = int(points.p_peak[lead, 0])
        found.append(at >= 0 and float(one.beats[lead, at]) < INVERTED)
    return all(found)


def _basic_findings(read: Reading, basic: Basic, certain: bool) -> tuple[Finding, ...]:
    """What stands for the basic rhythm, and fibrillation or flutter that comes and goes."""
    found: list[Finding] = []
    for code, chosen in (
        ("rhythm.af", [one.fibrillation for one in read.cells]),
        ("rhythm.flutter", [one.flutter for one in read.cells]),
    ):
        if basic in {Basic.PACED, Basic.VENTRICULAR} or read.growing_pr:
            break
        for span, first, last in stretches(read.cells, np.array(chosen)):
            sure = basic is Basic.FIBRILLATION and certain
            values = _interval_values(read.intervals[first : max(last - 1, first + 1)])
            numbers = tuple(range(first, last))
            found.append(Finding(code, numbers, read.clear_leads(), (span,), values, sure))
    if basic in {Basic.FIBRILLATION, Basic.FLUTTER} and found:
        return tuple(found)
    whole = (SignalSpan(0, read.signal.shape[1], "rhythm"),)
    values = _interval_values(read.intervals)
    values["seconds"] = read.signal.shape[1] / read.fs
    values["beats"] = float(read.peaks.size)
    numbers = tuple(range(read.peaks.size))
    leads = read.clear_leads()
    # Runs of ventricular beats, fibrillation and standstill are found as such.
    if basic not in {Basic.VENTRICULAR, Basic.VENTRICULAR_FIBRILLATION, Basic.ASYSTOLE}:
        found.append(Finding(f"rhythm.{basic.value}", numbers, leads, whole, values, certain))
    if basic is Basic.PACED and _atria_silent(read):
        found.append(Finding("rhythm.af", numbers, leads, whole, values, certain=False))
    if _wide_tachycardia(read, basic):
        found.append(Finding("rhythm.wide_tachycardia", numbers, (), whole, values, certain=False))
    return tuple(found)


def _interval_values(intervals: Floats) -> dict[str, float]:
    if intervals.size == 0:
        return {}
    return {
        "rate": 60.0 / mean(intervals),
        "rr_shortest": 1000 * float(intervals.min()),
        "rr_longest": float(intervals.max()),
    }


def _atria_silent(read: Reading) -> bool:
    """Ventricles paced, no P waves before them, and none of their own: fibrillation is likely."""
    spikes = read.spikes
    if spikes is None or read.middle("clearest") + read.middle("clear") >= SILENT:
        return False
    points = None if read.fiducials is None else read.fiducials.overall or read.fiducials
    onsets = np.full(read.peaks.size, -1) if points is None else points.qrs_on
    return Chamber.ATRIAL not in spikes.chambers(read.fs, onsets, read.peaks)


def _wide_tachycardia(read: Reading, basic: Basic) -> bool:
    """Fast and wide. What looks like P waves may be the T waves before: it is told all the same."""
    if basic in {Basic.PACED, Basic.VENTRICULAR} or read.rate < FAST:
        return False
    return read.broad


def _others(read: Reading, basic: Basic) -> tuple[Finding, ...]:
    ventricular = read.labels.is_class(BeatClass.VENTRICULAR)
    if _all_ventricular(read, basic):
        ventricular |= read.labels.is_class(*NOT_TOLD_APART)
    escape = ventricular & (read.labels.early > np.log1p(LATE))
    early = ventricular & ~escape
    found = list(ventricular_runs(read.seconds, read.fs, ventricular, read.beats, read.qtc))
    if basic is Basic.VENTRICULAR:
        found = [replace(one, certain=False) for one in found]
    else:
        found.extend(ectopy(read.seconds, early, "v", read.beats))
        found.extend(_on_t(read, early))
    if escape.any() and basic is not Basic.VENTRICULAR:
        at = np.flatnonzero(escape)
        found.append(Finding("escape.v", tuple(at.tolist()), values={"count": float(at.size)}))
    if read.beats is not None and basic in {Basic.SINUS, Basic.ATRIAL}:
        late = read.usual & (read.labels.early > np.log1p(LATE))
        found.extend(junctional_escapes(read.beats, read.usual, late))
    if read.beats is not None and basic not in {Basic.FIBRILLATION, Basic.PACED}:
        found.extend(alternans(read.beats, read.usual, read.seconds, read.names))
    if basic in {Basic.SINUS, Basic.ATRIAL, Basic.JUNCTIONAL} and not read.growing_pr:
        premature = read.labels.is_class(BeatClass.SUPRAVENTRICULAR)
        found.extend(ectopy(read.seconds, premature, "sv"))
    found.extend(_conduction(read, basic))
    if read.spikes is not None and read.spikes.positions.size:
        found.extend(paced_findings(read.spikes, read.fs, read.peaks, read.fiducials, read.labels))
    return tuple(found)


def _all_ventricular(read: Reading, basic: Basic) -> bool:
    """A ventricular rhythm in which the labels show no run: two forms in turn, or one for all."""
    if basic is not Basic.VENTRICULAR:
        return False
    found = runs(read.labels.is_class(BeatClass.VENTRICULAR))
    return not bool((found[:, 1] - found[:, 0] >= RUN).any())


def _on_t(read: Reading, early: Bools) -> tuple[Finding, ...]:
    if read.fiducials is None or not early.any():
        return ()
    points = read.fiducials.overall or read.fiducials
    return r_on_t(read.peaks, read.fs, early, points.t_peak, points.t_off)


def _conduction(read: Reading, basic: Basic) -> tuple[Finding, ...]:
    """Atrioventricular block, in recordings of some minutes at most."""
    if basic in {Basic.FIBRILLATION, Basic.FLUTTER, Basic.PACED}:
        return ()
    known = read.conduction
    if known is None:
        return ()
    if basic in {Basic.SINUS, Basic.ATRIAL}:
        if read.growing_pr:
            return read.growing_pr
        delayed = first_degree(read.pr, np.flatnonzero(known.conducted))
        return (*delayed, *second_degree(known))
    return complete_block(known, read.middle("irregularity"))


def _labels(read: Reading, basic: Basic) -> tuple[BeatClass, ...]:
    """Labels of the beats; in fibrillation no beat is early, in a ventricular rhythm all are it."""
    renamed: dict[BeatClass, BeatClass] = {}
    if basic in {Basic.FIBRILLATION, Basic.FLUTTER, Basic.UNKNOWN} or read.growing_pr:
        renamed[BeatClass.SUPRAVENTRICULAR] = BeatClass.DOMINANT
    if _all_ventricular(read, basic):
        renamed = dict.fromkeys(NOT_TOLD_APART, BeatClass.VENTRICULAR)
    return tuple(renamed.get(one, one) for one in read.labels.classes)

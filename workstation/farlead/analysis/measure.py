"""What is measured on a recording before the rules are asked."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from farlead.analysis.tidy import possible_rate, standard_names, tidied
from farlead.model.recording import Recording
from farlead_signal.alternating_bundle import alternating_bundle
from farlead_signal.amplitudes import LeadMeasures, measure_leads
from farlead_signal.axis import Axes, measure_axes
from farlead_signal.delineation import Fiducials, delineate
from farlead_signal.electrodes import Reversal, p_waves_in, reversals
from farlead_signal.findings import Finding
from farlead_signal.intervals import Intervals, measure_intervals
from farlead_signal.morphology import morphology
from farlead_signal.pacing import Spikes, find_spikes
from farlead_signal.qrs import BeatFinding, find_beats
from farlead_signal.quality import LeadQuality, assess
from farlead_signal.representative import Representative, representative
from farlead_signal.rhythm import UNJUDGED, Pause, Rhythm, rhythm
from farlead_signal.rhythms import RhythmFindings, rhythms
from farlead_signal.values import Value, known, unknown
from farlead_signal.voltages import voltage_sums

#: Of a longer recording, in seconds, waves are not measured: one PR interval for a day tells
#: nothing. Rate and rhythm are measured at any length.
LONGEST = 300.0
#: Atrial fibrillation; with this share of the beats in it there is no P wave to be measured, while
#: in a shorter run the median beat is one of the others.
FIBRILLATING, FIBRILLATING_SHARE = "rhythm.af", 0.5
#: Rhythms in which waves at a constant distance before QRS need not be P waves.
FLUTTERING = frozenset({"rhythm.af", "rhythm.flutter"})

_LOG = logging.getLogger(__name__)
_NOTHING = BeatFinding(np.zeros(0, np.int64), (), np.zeros(0, np.float32))
_NO_INTERVALS = measure_intervals(500.0, (), None, None)
_NO_LEADS: tuple[LeadMeasures, ...] = ()
_NO_REVERSALS: tuple[Reversal, ...] = ()
_NO_AXES = measure_axes(None, ())
_NO_VOLTAGES = voltage_sums(())
_NO_RHYTHM = Rhythm(0, None, None, None, None, None, None, Pause(0, 0, 0.0), 0)

_NO_FINDINGS: tuple[Finding, ...] = ()

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Everything the rules look at.

    Parameters
    ----------
    recording : Recording
        Tidied: samples of shape (leads, n), one name for each row.
    unjudged : float
        Share of the recording, 0 to 1, in which no verdict on beats was possible.
    flat : float
        Share of the recording in which no lead moves.
    names : tuple of str
        Standard name of each row; "" where it cannot be told which lead it is.
    fiducials : Fiducials or None
        None where no waves were looked for; `missing` says why.
    representative : Representative or None
        Classes of the beats, and the median beat.
    lead_measures : tuple of LeadMeasures
        Waves and ST of each lead, of the median beat.
    reversals : tuple of Reversal
        Electrodes that are probably exchanged.
    spikes : Spikes or None
        Pacing spikes.
    intervals, axes, voltages : Intervals, Axes, dict of Value
        All of it unknown where there was nothing to measure.
    findings : tuple of Finding
        Of rhythm, conduction and the shape of the beat, without any threshold of an
        institution.
    missing : tuple of (str, str)
        What was not measured, and the id of the reason.
    faults : tuple of str
        Steps that failed by a fault of ours; each of them makes a flag.
    """

    recording: Recording
    finding: BeatFinding
    rhythm: Rhythm
    leads: tuple[LeadQuality, ...]
    unjudged: float
    flat: float
    names: tuple[str, ...] = ()
    fiducials: Fiducials | None = None
    representative: Representative | None = None
    lead_measures: tuple[LeadMeasures, ...] = ()
    reversals: tuple[Reversal, ...] = ()
    spikes: Spikes | None = None
    intervals: Intervals = _NO_INTERVALS
    axes: Axes = _NO_AXES
    voltages: Mapping[str, Value] = field(default_factory=lambda: _NO_VOLTAGES)
    findings: tuple[Finding, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def rate_possible(self) -> bool:
        """Whether samples can be counted as time at all."""
        return possible_rate(self.recording.fs)

    @property
    def judgeable(self) -> bool:
        """Whether there is anything to be measured."""
        return self.rate_possible and self.recording.samples.size > 0

    @property
    def duration(self) -> float:
        """Seconds; 0 where the sampling rate is impossible."""
        return self.recording.duration if self.rate_possible else 0.0


class _Steps:
    """Runs the steps of the signal core; one that fails is noted, and the others go on."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def __call__(self, name: str, otherwise: _T, work: Callable[[], _T]) -> _T:
        try:
            return work()
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the study comes to the top and says so
            _LOG.exception("step %s of screening failed", name)
            self.faults.append(name)
            return otherwise


def measure(recording: Recording) -> Measured:
    """Find the beats of a recording and measure rhythm, waves and quality."""
    tidy = tidied(recording)
    if tidy.samples.size == 0 or not possible_rate(tidy.fs):
        reason = "no_samples" if tidy.samples.size == 0 else "sampling_rate"
        return Measured(tidy, _NOTHING, _NO_RHYTHM, (), 1.0, 0.0, missing=(("all", reason),))
    samples, fs, step = tidy.samples, tidy.fs, _Steps()
    length = samples.shape[1]
    finding = step("beats", _NOTHING, lambda: find_beats(samples, fs))
    told = step("rhythm", _NO_RHYTHM, lambda: rhythm(finding.r_peaks, fs, length, finding.spans))
    names = standard_names(tidy.leads)
    short = tidy.duration <= LONGEST
    spikes = step("pacing", None, lambda: find_spikes(samples, fs)) if short else None
    waves = _waves(tidy, finding, spikes, step)
    read = step("rhythms", None, lambda: _rhythms(tidy, names, finding, waves, spikes))
    beat, points = waves.representative, waves.fiducials
    if beat is not None and read is not None:
        beat = beat.told(read.labels)
        waves = replace(waves, representative=beat)
    leads = step("leads", _NO_LEADS, lambda: measure_leads(beat, names, fs))
    intervals = step("intervals", _NO_INTERVALS, lambda: _intervals(finding, fs, points, beat))
    axes = step("axes", _NO_AXES, lambda: measure_axes(beat, names))
    voltages = step("voltages", _NO_VOLTAGES, lambda: voltage_sums(leads))
    found = () if read is None else read.findings
    codes = [one.code for one in found]
    shapes = step(
        "morphology",
        _NO_FINDINGS,
        lambda: morphology(beat, names, fs, leads, intervals, axes, voltages, codes),
    )
    turned = step(
        "alternating bundle",
        None,
        lambda: _alternating(tidy, names, finding, waves, (*found, *shapes)),
    )
    measured = Measured(
        recording=tidy,
        finding=finding,
        rhythm=told,
        leads=step("quality", (), lambda: assess(samples, fs)),
        unjudged=_share(finding, ("noise", "lead_off"), length),
        flat=_share(finding, ("flat",), length),
        names=names,
        fiducials=points,
        representative=beat,
        lead_measures=leads,
        reversals=step("electrodes", _NO_REVERSALS, lambda: _reversals(waves, names, fs)),
        spikes=spikes,
        intervals=intervals,
        axes=axes,
        voltages=voltages,
        findings=found + shapes + (() if turned is None else (turned,)),
        missing=waves.missing,
        faults=tuple(step.faults),
    )
    return _no_p_waves(measured)


def _no_p_waves(measured: Measured) -> Measured:
    """In fibrillation there is no P wave, in flutter what stands before QRS may be none."""
    beats = [len(one.beats) for one in measured.findings if one.code == FIBRILLATING]
    gone = bool(beats) and max(beats) >= FIBRILLATING_SHARE * measured.rhythm.beats
    if not gone and not any(one.code in FLUTTERING for one in measured.findings):
        return measured
    made = _gone if gone else _doubtful
    all_, axes = measured.intervals, measured.axes
    intervals = replace(all_, p=made(all_.p), pr=made(all_.pr))
    if not gone:
        intervals = replace(intervals, atrial_rate=made(all_.atrial_rate))
    return replace(measured, intervals=intervals, axes=replace(axes, p=made(axes.p)))


def _doubtful(value: Value) -> Value:
    if value.quality != "good" or value.value is None:
        return value
    return known(value.value, value.unit, value.method, "fluttering")


def _gone(value: Value) -> Value:
    return unknown(value.unit, value.method, "fibrillating")


@dataclass(frozen=True, slots=True, eq=False)
class _Waves:
    """What the waves of a recording tell, as far as they could be found."""

    fiducials: Fiducials | None = None
    representative: Representative | None = None
    missing: tuple[tuple[str, str], ...] = ()


def _waves(
    recording: Recording, finding: BeatFinding, spikes: Spikes | None, step: _Steps
) -> _Waves:
    peaks = finding.r_peaks
    if peaks.size == 0:
        return _Waves(missing=(("waves", "no_beats"),))
    if recording.duration > LONGEST:
        return _Waves(missing=(("waves", "long"),))
    samples, fs = recording.samples, recording.fs
    points = step("delineation", None, lambda: delineate(samples, fs, peaks))
    if points is None:
        return _Waves(missing=(("waves", "fault"),))
    paced = spikes.positions if spikes is not None and spikes.able else None
    found = step("median beat", None, lambda: representative(samples, fs, peaks, points, paced))
    return _Waves(points, found, () if found is not None else (("median_beat", "fault"),))


def _rhythms(
    recording: Recording,
    names: tuple[str, ...],
    finding: BeatFinding,
    waves: _Waves,
    spikes: Spikes | None,
) -> RhythmFindings:
    points, beat = waves.fiducials, waves.representative
    return rhythms(recording.samples, recording.fs, names, finding, points, beat, spikes)


def _alternating(
    recording: Recording,
    names: tuple[str, ...],
    finding: BeatFinding,
    waves: _Waves,
    found: tuple[Finding, ...],
) -> Finding | None:
    points, beat = waves.fiducials, waves.representative
    if beat is None or points is None:
        return None
    samples, fs = recording.samples, recording.fs
    return alternating_bundle(samples, fs, names, finding.r_peaks, points, beat, found)


def _reversals(waves: _Waves, names: tuple[str, ...], fs: float) -> tuple[Reversal, ...]:
    beat, points = waves.representative, waves.fiducials
    if beat is None or points is None:
        return ()
    p_waves = p_waves_in(points, beat.members)
    return reversals(beat.beats, names, fs, beat.fiducials, p_waves=p_waves)


def _intervals(
    finding: BeatFinding, fs: float, points: Fiducials | None, beat: Representative | None
) -> Intervals:
    spans = (span for span in finding.spans if span.kind in UNJUDGED)
    breaks = [(span.start + span.stop) // 2 for span in spans]
    return measure_intervals(fs, finding.r_peaks, points, beat, breaks)


def _share(finding: BeatFinding, kinds: tuple[str, ...], length: int) -> float:
    covered = sum(s.stop - s.start for s in finding.spans if s.kind in kinds)
    return min(covered / length, 1.0) if length else 1.0

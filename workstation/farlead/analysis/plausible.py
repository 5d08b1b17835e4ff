"""Is this what a heart gives and a recorder sends: its size, its hum, its limb leads, its samples.

Each of these passes for an ECG when one looks at the beats alone, and what is measured on it is
wrong: a gain a hundredfold too small, hum that looks like waves, a limb lead of which the others
say the opposite, leads that all hold one value.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.measure import Measured
from farlead.analysis.rules.judged import Limits
from farlead.messages import message
from farlead.model.screening import EvidenceValue, Flag, Span
from farlead.model.study import Severity
from farlead_signal.beat_windows import middle, windows_at
from farlead_signal.leads import LIMB
from farlead_signal.limb_swaps import frontal_plane
from farlead_signal.quality import LeadState
from farlead_signal.rows import extent

#: A QRS complex lies within so many seconds of its R peak.
_QRS_HALF = 0.06
#: Of a long recording so many beats, evenly spread, tell how tall the complexes are.
_BEATS = 60
#: P, QRS and T lie within so many seconds before and after R.
_BEFORE, _AFTER = 0.2, 0.4
#: With two limb leads nothing can contradict: any two make a vector.
_FEWEST_LIMB = 3
#: What the limb leads have against one another must be so many times their noise.
_OF_NOISE = 2.0


def implausible(measured: Measured, limits: Limits) -> Iterator[Flag]:
    """Flags of a recording that shows beats but is not what it seems."""
    rule = f"judged/{limits.version}"
    yield from _small(measured, limits, rule)
    yield from _no_waves(measured, rule)
    yield from _held(measured, limits, rule)
    # The same hum in every lead breaks Einthoven's law too: the leads need not be wrong then.
    yield from list(_hum(measured, limits, rule)) or _contradiction(measured, limits, rule)


def _small(measured: Measured, limits: Limits, rule: str) -> Iterator[Flag]:
    tallest = _tallest(measured)
    if tallest is not None and tallest < limits.smallest:
        text = message("analysis.unknown.scale_small", limit=f"{limits.smallest:g}")
        value = EvidenceValue("peak_to_peak", round(tallest, 4), "mV", limits.smallest)
        yield Flag("unknown.scale", Severity.URGENT, text, rule, values=(value,))


def _tallest(measured: Measured) -> float | None:
    """Peak to peak of the QRS complexes in the lead that shows them best; None without beats."""
    peaks = measured.finding.r_peaks
    if peaks.size == 0:
        return None
    samples = measured.recording.samples
    if peaks.size > _BEATS:
        peaks = peaks[np.linspace(0, peaks.size - 1, _BEATS).astype(int)]
    half = max(round(_QRS_HALF * measured.recording.fs), 1)
    low, high = extent(windows_at(samples, peaks - half, 2 * half + 1))
    spans = high - low
    known = np.isfinite(spans)
    if not known.any():
        return None
    tall = middle(np.where(known, spans, 0.0))
    whole = [q.state is not LeadState.SATURATED for q in measured.leads]
    # What is clipped was taller: how tall, nobody knows.
    return float(tall[whole].max()) if len(whole) == tall.size and any(whole) else None


def _no_waves(measured: Measured, rule: str) -> Iterator[Flag]:
    """Beats, but nowhere an onset and an offset of QRS: then nothing at all was measured."""
    beats = measured.finding.r_peaks.size
    if beats and not measured.missing and measured.intervals.qrs.value is None:
        text = message("analysis.unknown.waves", beats=int(beats))
        yield Flag("unknown.waves", Severity.URGENT, text, rule)


def _hum(measured: Measured, limits: Limits, rule: str) -> Iterator[Flag]:
    off = (LeadState.FLAT, LeadState.MISSING, LeadState.SATURATED)
    pairs = zip(measured.recording.leads, measured.leads, strict=False)
    present = [(name, quality.state) for name, quality in pairs if quality.state not in off]
    states = (("mains", {LeadState.MAINS}), ("muscle", {LeadState.MAINS, LeadState.NOISY}))
    for code, counted in states:
        leads = tuple(name for name, state in present if state in counted)
        share = len(leads) / len(present) if present else 0.0
        if leads and share >= limits.hum:
            text = message(f"analysis.unknown.{code}", leads=", ".join(leads))
            yield Flag(f"unknown.{code}", Severity.URGENT, text, rule, leads=leads)
            return


def _contradiction(measured: Measured, limits: Limits, rule: str) -> Iterator[Flag]:
    """Einthoven's and Goldberger's laws hold in any ECG, whatever the heart does."""
    beat, names = measured.representative, measured.names
    if beat is None:
        return
    fs = measured.recording.fs
    ends = max(beat.r - round(_BEFORE * fs), 0), beat.r + round(_AFTER * fs)
    leads = _limb(np.asarray(beat.beats[:, slice(*ends)], np.float64), measured)
    if len(leads) < _FEWEST_LIMB:
        return
    _, against = frontal_plane(leads)
    if against <= limits.contradiction:
        return
    size = float(np.sqrt(np.mean(np.square(list(leads.values())))))
    noise = np.array([beat.noise[names.index(name)] for name in leads])
    noise = noise[np.isfinite(noise)]
    heard = float(middle(noise)) if noise.size else 0.0
    if against * size > _OF_NOISE * heard:
        text = message("analysis.unknown.contradiction", leads=", ".join(leads))
        value = EvidenceValue("limb_disagreement", round(against, 3), "1", limits.contradiction)
        code, shown = "unknown.contradiction", tuple(leads)
        yield Flag(code, Severity.URGENT, text, rule, leads=shown, values=(value,))


def _limb(beats: NDArray[np.float64], measured: Measured) -> dict[str, NDArray[np.float64]]:
    """The limb leads without trouble of their own: what disturbs one is told as that."""
    if not beats.size:
        return {}
    moves = np.isfinite(beats.sum(1)) & (beats.max(1) > beats.min(1))
    rows = zip(measured.names, measured.leads, beats, moves.tolist(), strict=False)
    good = LeadState.GOOD
    return {name: row for name, q, row, moved in rows if name in LIMB and q.state is good and moved}


def _held(measured: Measured, limits: Limits, rule: str) -> Iterator[Flag]:
    """Stretches in which every lead holds one value exactly: no amplifier at work does that."""
    spans = _standing_still(measured, limits.held)
    if spans:
        seconds = round(sum(s.stop - s.start for s in spans) / measured.recording.fs, 1)
        text = message("analysis.unknown.held", seconds=seconds)
        yield Flag("unknown.held", Severity.URGENT, text, rule, spans=spans)


def _may_stand(rows: list[NDArray[np.float32]], least: float) -> bool:
    """Whether two samples half of `least` apart are alike in every lead: a quick look first."""
    step = max(int(least / 2), 1)
    seen = np.array([row[::step] for row in rows])
    moves = np.abs(seen[:, 1:] - seen[:, :-1]) > 0
    return not bool(moves.any(axis=0).all())


def _standing_still(measured: Measured, least: float) -> tuple[Span, ...]:
    """Spans of at least so many seconds; leads that are off throughout do not count."""
    pairs = zip(measured.recording.samples, measured.leads, strict=False)
    rows = [row for row, quality in pairs if quality.usable]
    if not rows or rows[0].size < 2 or not _may_stand(rows, least * measured.recording.fs):
        return ()
    still = np.ones(rows[0].size - 1, bool)
    known = np.zeros(rows[0].size - 1, bool)
    for row in rows:  # one lead after the other: a day in one piece would need the memory twice
        change = row[1:] - row[:-1]
        still &= (change == 0) | np.isnan(change)
        known |= np.isfinite(change)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], still & known, [False])).astype(int)))
    begins, ends = edges[::2], edges[1::2]
    long = ends - begins >= least * measured.recording.fs
    pairs_of = zip(begins[long].tolist(), ends[long].tolist(), strict=True)
    return tuple(Span(begin, end + 1, "flat") for begin, end in pairs_of)

"""Is this an ECG that may be judged at all: its scale, its leads, their names, their electrodes.

A recording that fails here may still show beats; but what its figures would say is not to be
trusted, so its flags are of the kind ``unknown.`` and take it to the top of the list.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from farlead.analysis.measure import Measured
from farlead.analysis.plausible import implausible
from farlead.analysis.rules.judged import Limits
from farlead.messages import message
from farlead.model.screening import EvidenceValue, Flag, Span
from farlead.model.study import Severity
from farlead_signal.electrodes import Reversal, ReversalKind
from farlead_signal.leads import LIMB, STANDARD, standard_name
from farlead_signal.limb_swaps import CHEST
from farlead_signal.rows import extent

#: From so many channels on a recording is meant as a standard ECG, not as a monitor's.
_STANDARD_ECG = 8
#: Part of the samples, in per cent at either end, that a spike or a jump may have.
_SPIKES = 0.5
#: How long a pacing spike is shown to be, in seconds.
_SPIKE_SECONDS = 0.004
#: Exchanges that change what every limb lead says, and are seldom claimed in error. Left arm and
#: left leg change it too, but the claim is less certain: the reader decides.
_TAKEN_AGAIN = {ReversalKind.LA_RA, ReversalKind.RA_LL, ReversalKind.RL}
#: Units of evidence that is no plain number.
_UNITS = {"peak_to_peak": "mV"}


def fitness(measured: Measured, limits: Limits) -> Iterator[Flag]:
    """Flags of a recording whose scale or leads are not those of an ECG."""
    rule = f"judged/{limits.version}"
    wild = _leads_beyond(measured, limits.amplitude)
    if wild:
        text = message(
            "analysis.unknown.scale", leads=", ".join(wild), limit=round(limits.amplitude)
        )
        yield Flag("unknown.scale", Severity.URGENT, text, rule, leads=wild)
    clipped = _in_state(measured, "saturated")
    usable = [name for name, q in _leads(measured) if q == "other"]
    if clipped and len(clipped) >= len(usable):
        text = message("analysis.unknown.saturated", leads=", ".join(clipped))
        yield Flag("unknown.saturated", Severity.URGENT, text, rule, leads=clipped)
    yield from implausible(measured, limits)
    yield from _missing(measured, limits, rule)
    rule = f"electrodes/{limits.version}"
    yield from (_exchanged(claim, limits, rule) for claim in measured.reversals)
    yield from _pacemaker(measured, rule)


def _exchanged(claim: Reversal, limits: Limits, rule: str) -> Flag:
    """A claim of exchanged electrodes: urgent where the recording must be taken again."""
    kind = claim.kind.value.lower()
    text = message(f"analysis.exchanged.{kind}", leads=", ".join(_of(claim)))
    again = claim.kind in _TAKEN_AGAIN and claim.confidence >= limits.retake
    values = tuple(
        EvidenceValue(e.measure, e.value, _UNITS.get(e.measure, "1"), e.limit, e.lead)
        for e in claim.evidence
    )
    code, severity = f"lead.exchanged_{kind}", Severity.REMARK
    if again:
        code, severity = f"unknown.exchanged_{kind}", Severity.URGENT
    return Flag(code, severity, text, rule, leads=_of(claim), values=values)


def _of(claim: Reversal) -> tuple[str, ...]:
    """Leads that show it, each once."""
    every = (lead for e in claim.evidence for lead in e.lead.split("-") if lead)
    return tuple(dict.fromkeys(every))


def _pacemaker(measured: Measured, rule: str) -> Iterator[Flag]:
    spikes = measured.spikes
    if spikes is None or spikes.positions.size == 0:
        return
    width = max(round(_SPIKE_SECONDS * measured.recording.fs), 1)
    spans = tuple(Span(int(at), int(at) + width, "spike") for at in spikes.positions)
    text = message("analysis.paced", spikes=len(spans))
    height = EvidenceValue("spike_height", round(float(np.median(spikes.amplitude)), 2), "mV")
    yield Flag("paced", Severity.REMARK, text, rule, spans=spans, values=(height,))


def _missing(measured: Measured, limits: Limits, rule: str) -> Iterator[Flag]:
    names = measured.recording.leads
    named = {name for name in map(standard_name, names) if name in STANDARD}
    standard = len(named) >= _STANDARD_ECG
    present = sum(q.usable for q in measured.leads)
    few = len(names) >= _STANDARD_ECG and present < limits.fewest_leads
    if present == 0 or few or (standard and _one_sided(measured, limits)):
        text = message("analysis.unknown.leads", present=present, all=len(names))
        yield Flag("unknown.leads", Severity.URGENT, text, rule)
    if (len(names) >= _STANDARD_ECG and not standard) or _doubled(names):
        text = message("analysis.unknown.names", leads=", ".join(names))
        yield Flag("unknown.names", Severity.URGENT, text, rule)
    # What a lead would have shown nobody knows: such a recording is never called normal.
    absent = tuple(lead for lead in STANDARD if lead not in named)
    if absent:
        text = message("analysis.lead.absent", leads=", ".join(absent))
        if not standard:
            text = message("analysis.lead.rhythm_only")
        yield Flag("lead.absent", Severity.REMARK, text, rule, leads=absent)


def _one_sided(measured: Measured, limits: Limits) -> bool:
    """Whether too few limb leads, or too few chest leads, show a signal to judge a standard ECG."""
    shown = {name for name, q in zip(measured.names, measured.leads, strict=False) if q.usable}
    limb, chest, right = shown & set(LIMB), shown & set(CHEST), shown & set(CHEST[:3])
    return len(limb) < limits.fewest_limb or len(chest) < limits.fewest_chest or not right


def _doubled(names: Sequence[str]) -> bool:
    """Whether a standard lead is there twice: nobody knows which of the two it is."""
    standard = [name for name in map(standard_name, names) if name in STANDARD]
    return len(set(standard)) < len(standard)


def _leads(measured: Measured) -> Iterator[tuple[str, str]]:
    for name, quality in zip(measured.recording.leads, measured.leads, strict=False):
        if quality.usable:
            yield name, "saturated" if quality.state == "saturated" else "other"


def _in_state(measured: Measured, state: str) -> tuple[str, ...]:
    return tuple(name for name, found in _leads(measured) if found == state)


def _leads_beyond(measured: Measured, limit: float) -> tuple[str, ...]:
    """Leads whose signal spans more than `limit` millivolts, spikes left out."""
    samples = measured.recording.samples
    # Nearly always the whole way is within the limit: spikes need not be looked for then.
    low, high = extent(samples)
    return tuple(
        measured.recording.leads[row]
        for row in (high - low > limit).nonzero()[0].tolist()
        if _span(samples[row]) > limit
    )


def _span(lead: NDArray[np.float32]) -> float:
    known = lead[np.isfinite(lead)]
    if known.size == 0:
        return 0.0
    low, high = np.percentile(known, (_SPIKES, 100 - _SPIKES))
    return float(high) - float(low)

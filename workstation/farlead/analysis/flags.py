"""What could not be judged, and what disturbs the signal: flags with their reason and evidence.

*Unknown is never safe*: what could not be judged is a flag of its own, whose code begins with
``unknown.``, and takes the recording to the top of the list. What is suspected is for the rule
tables to say (:mod:`farlead.analysis.engine`).
"""

from collections.abc import Iterator, Sequence

from farlead.analysis.evidence import lead_noise
from farlead.analysis.fitness import fitness
from farlead.analysis.measure import Measured
from farlead.analysis.rules.judged import Limits
from farlead.messages import message
from farlead.model.screening import EvidenceValue, Flag, Span
from farlead.model.study import Severity

#: Line of the statement catalogue that accepting ``unknown.vf`` adds to the report.
FIBRILLATION = "RH404"


def flags(measured: Measured, limits: Limits) -> tuple[Flag, ...]:
    """Flags of what cannot be judged and of what disturbs, the most severe first."""
    if measured.recording.samples.size == 0:
        found = [_nothing("unknown.empty", limits)]
    elif not measured.rate_possible:
        found = [_nothing("unknown.sampling", limits, fs=f"{measured.recording.fs:g}")]
    else:
        found = [
            *fault(measured.faults, limits),
            *_unknown(measured, limits),
            *fitness(measured, limits),
            *_bad_leads(measured, f"judged/{limits.version}"),
        ]
    return tuple(sorted(found, key=lambda flag: -flag.severity))


def known(found: tuple[Flag, ...]) -> bool:
    """Whether rhythm, rate and signal could be judged."""
    return not any(flag.code.startswith("unknown.") for flag in found)


def _nothing(code: str, limits: Limits, **values: str) -> Flag:
    """There is nothing at all to be judged."""
    text = message(f"analysis.{code}", **values)
    return Flag(code, Severity.CRITICAL, text, f"judged/{limits.version}")


def fault(steps: Sequence[str], limits: Limits) -> Iterator[Flag]:
    """A flag for steps that failed by a fault of ours."""
    if steps:
        text = message("analysis.unknown.fault", steps=", ".join(steps))
        yield Flag("unknown.fault", Severity.URGENT, text, f"judged/{limits.version}")


def _unknown(measured: Measured, limits: Limits) -> Iterator[Flag]:
    rule = f"judged/{limits.version}"
    beats, seconds = measured.rhythm.beats, round(measured.duration, 1)
    fibrillating = _spans(measured, "vf")
    if fibrillating:
        yield Flag(
            "unknown.vf",
            Severity.CRITICAL,
            message("analysis.unknown.vf", seconds=_total(fibrillating, measured)),
            rule,
            statement=FIBRILLATION,
            leads=measured.recording.leads,
            spans=fibrillating,
        )
    if measured.flat > limits.unjudged:
        text = message("analysis.unknown.flat", share=round(100 * measured.flat))
        spans, values = _spans(measured, "flat"), (_share("flat", measured.flat, limits),)
        yield Flag("unknown.flat", Severity.CRITICAL, text, rule, spans=spans, values=values)
    if beats == 0:
        text = message("analysis.unknown.no_beats", seconds=seconds)
        yield Flag("unknown.no_beats", Severity.CRITICAL, text, rule)
    elif measured.rhythm.sparsest < limits.fewest and measured.duration >= limits.shortest:
        sparsest = measured.rhythm.sparsest
        text = message("analysis.unknown.few_beats", beats=sparsest)
        values = (EvidenceValue("beats", float(sparsest), "1", limits.fewest),)
        yield Flag("unknown.few_beats", Severity.URGENT, text, rule, values=values)
    if measured.duration < limits.shortest:
        text = message("analysis.unknown.short", seconds=seconds)
        values = (EvidenceValue("duration", seconds, "s", limits.shortest),)
        yield Flag("unknown.short", Severity.URGENT, text, rule, values=values)
    yield from _unfit(measured, limits)


def _unfit(measured: Measured, limits: Limits) -> Iterator[Flag]:
    rule = f"judged/{limits.version}"
    if measured.unjudged > limits.unjudged:
        share = round(100 * measured.unjudged)
        spans = _spans(measured, "noise", "lead_off")
        text = message("analysis.unknown.noise", share=share)
        values = (_share("unjudged", measured.unjudged, limits),)
        yield Flag("unknown.noise", Severity.URGENT, text, rule, spans=spans, values=values)
    elif not measured.finding.lead_weights.any() and not _spans(measured, "vf", "flat"):
        text = message("analysis.unknown.no_lead")
        yield Flag("unknown.no_lead", Severity.URGENT, text, rule)
    finding = measured.finding
    unclear = finding.contrast < limits.contrast or finding.doubt > limits.doubt
    if measured.rhythm.beats and unclear:
        text = message("analysis.unknown.rhythm")
        levels = (
            EvidenceValue("contrast", round(float(finding.contrast), 2), "1", limits.contrast),
            EvidenceValue("doubt", round(float(finding.doubt), 2), "1", limits.doubt),
        )
        yield Flag("unknown.rhythm", Severity.URGENT, text, rule, values=levels)
    elif any(found.code == "rhythm.unknown" for found in measured.findings):
        text = message("analysis.unknown.rhythm_unclear")
        yield Flag("unknown.rhythm", Severity.URGENT, text, rule)


def _bad_leads(measured: Measured, rule: str) -> Iterator[Flag]:
    """One remark for each state other than good, with the leads that are in it."""
    states = [str(quality.state) for quality in measured.leads]
    for state in sorted(set(states) - {"good"}):
        rows = [row for row, found in enumerate(states) if found == state]
        leads = tuple(measured.recording.leads[row] for row in rows)
        text = message(f"analysis.lead.{state}", leads=", ".join(leads))
        values = tuple(lead_noise(measured, row) for row in rows if state in {"mains", "noisy"})
        code = f"lead.{state}"
        yield Flag(code, Severity.REMARK, text, rule, leads=leads, values=values)


def _share(measure: str, value: float, limits: Limits) -> EvidenceValue:
    return EvidenceValue(measure, round(value, 3), "1", limits.unjudged)


def _spans(measured: Measured, *kinds: str) -> tuple[Span, ...]:
    found = (s for s in measured.finding.spans if s.kind in kinds)
    return tuple(Span(s.start, s.stop, s.kind) for s in found)


def _total(spans: tuple[Span, ...], measured: Measured) -> float:
    return round(sum(s.stop - s.start for s in spans) / measured.recording.fs, 1)

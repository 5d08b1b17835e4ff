"""Rules: from what was measured to flags with their reason.

*Unknown is never safe*: what could not be judged is a flag of its own, whose code begins with
``unknown.``, and takes the recording to the top of the list.
"""

from collections.abc import Iterator

from farlead.analysis.fitness import fitness
from farlead.analysis.measure import Measured
from farlead.analysis.rules import Rules
from farlead.messages import message
from farlead.model.screening import Flag, Span
from farlead.model.study import Severity

#: Line of the statement catalogue that accepting a flag adds to the report. Flags without one
#: leave the wording to the reader.
STATEMENTS = {
    "unknown.vf": "RH404",
    "rate.slow": "RH503",
    "rate.slowish": "RH502",
    "rate.fast": "RH504",
    "rate.fastish": "RH504",
    "pause": "RH505",
}


def flags(measured: Measured, rules: Rules) -> tuple[Flag, ...]:
    """All flags of a recording, the most severe first.

    Rates are compared as they are shown, in whole beats per minute.
    """
    if measured.recording.samples.size == 0:
        found = [_empty(rules)]
    else:
        found = [
            *_unknown(measured, rules),
            *fitness(measured, rules),
            *_rate(measured, rules),
            *_rest(measured, rules),
        ]
    return tuple(sorted(found, key=lambda flag: -flag.severity))


def known(found: tuple[Flag, ...]) -> bool:
    """Whether rhythm, rate and signal could be judged."""
    return not any(flag.code.startswith("unknown.") for flag in found)


def _empty(rules: Rules) -> Flag:
    text = message("analysis.unknown.empty")
    return Flag("unknown.empty", Severity.CRITICAL, text, f"judged/{rules.version}")


def _unknown(measured: Measured, rules: Rules) -> Iterator[Flag]:
    rule = f"judged/{rules.version}"
    beats, seconds = measured.rhythm.beats, round(measured.duration, 1)
    fibrillating = _spans(measured, "vf")
    if fibrillating:
        yield Flag(
            "unknown.vf",
            Severity.CRITICAL,
            message("analysis.unknown.vf", seconds=_total(fibrillating, measured)),
            rule,
            statement=STATEMENTS["unknown.vf"],
            leads=measured.recording.leads,
            spans=fibrillating,
        )
    if measured.flat > rules.unjudged:
        text = message("analysis.unknown.flat", share=round(100 * measured.flat))
        spans = _spans(measured, "flat")
        yield Flag("unknown.flat", Severity.CRITICAL, text, rule, spans=spans)
    if beats == 0:
        text = message("analysis.unknown.no_beats", seconds=seconds)
        yield Flag("unknown.no_beats", Severity.CRITICAL, text, rule)
    elif measured.rhythm.sparsest < rules.fewest and measured.duration >= rules.shortest:
        text = message("analysis.unknown.few_beats", beats=measured.rhythm.sparsest)
        yield Flag("unknown.few_beats", Severity.URGENT, text, rule)
    if measured.duration < rules.shortest:
        text = message("analysis.unknown.short", seconds=seconds)
        yield Flag("unknown.short", Severity.URGENT, text, rule)
    yield from _unfit(measured, rules)


def _unfit(measured: Measured, rules: Rules) -> Iterator[Flag]:
    rule = f"judged/{rules.version}"
    if measured.unjudged > rules.unjudged:
        share = round(100 * measured.unjudged)
        spans = _spans(measured, "noise", "lead_off")
        text = message("analysis.unknown.noise", share=share)
        yield Flag("unknown.noise", Severity.URGENT, text, rule, spans=spans)
    elif not measured.finding.lead_weights.any() and not _spans(measured, "vf", "flat"):
        text = message("analysis.unknown.no_lead")
        yield Flag("unknown.no_lead", Severity.URGENT, text, rule)
    finding = measured.finding
    unclear = finding.contrast < rules.contrast or finding.doubt > rules.doubt
    if measured.rhythm.beats and unclear:
        text = message("analysis.unknown.rhythm")
        yield Flag("unknown.rhythm", Severity.URGENT, text, rule)


def _rate(measured: Measured, rules: Rules) -> Iterator[Flag]:
    r = measured.rhythm
    if r.slowest is not None and round(r.slowest) <= rules.slow:
        text = message("analysis.rate.slow", rate=round(r.slowest), limit=round(rules.slow))
        yield Flag(
            "rate.slow", Severity.CRITICAL, text, f"rate/{rules.version}", STATEMENTS["rate.slow"]
        )
    if r.fastest is not None and round(r.fastest) >= rules.fast:
        text = message("analysis.rate.fast", rate=round(r.fastest), limit=round(rules.fast))
        rule = f"rate/{rules.version}"
        yield Flag("rate.fast", Severity.CRITICAL, text, rule, STATEMENTS["rate.fast"])
    if r.pause.seconds >= rules.pause and r.beats:
        text = message("analysis.pause", seconds=round(r.pause.seconds, 1), limit=rules.pause)
        spans = (Span(r.pause.start, r.pause.stop, "pause"),)
        rule = f"pause/{rules.version}"
        yield Flag("pause", Severity.CRITICAL, text, rule, STATEMENTS["pause"], spans=spans)


def _rest(measured: Measured, rules: Rules) -> Iterator[Flag]:
    r, rule = measured.rhythm, f"rate/{rules.version}"
    if r.rate is not None and rules.slow < r.rate < rules.slow_remark:
        text = message("analysis.rate.slowish", rate=round(r.rate))
        yield Flag("rate.slowish", Severity.REMARK, text, rule, STATEMENTS["rate.slowish"])
    if r.rate is not None and rules.fast_remark < r.rate < rules.fast:
        text = message("analysis.rate.fastish", rate=round(r.rate))
        yield Flag("rate.fastish", Severity.REMARK, text, rule, STATEMENTS["rate.fastish"])
    if r.rr_cv is not None and r.rr_cv > rules.irregular:
        text = message("analysis.irregular", percent=round(100 * r.rr_cv))
        yield Flag("irregular", Severity.REMARK, text, f"regularity/{rules.version}")
    bad = [
        (name, quality.state)
        for name, quality in zip(measured.recording.leads, measured.leads, strict=False)
        if quality.state != "good"
    ]
    for state in sorted({state for _, state in bad}):
        leads = tuple(name for name, found in bad if found == state)
        text = message(f"analysis.lead.{state}", leads=", ".join(leads))
        yield Flag(f"lead.{state}", Severity.REMARK, text, f"judged/{rules.version}", leads=leads)


def _spans(measured: Measured, *kinds: str) -> tuple[Span, ...]:
    found = (s for s in measured.finding.spans if s.kind in kinds)
    return tuple(Span(s.start, s.stop, s.kind) for s in found)


def _total(spans: tuple[Span, ...], measured: Measured) -> float:
    return round(sum(s.stop - s.start for s in spans) / measured.recording.fs, 1)

"""Rules: from what was measured to flags with their reason and their evidence.

*Unknown is never safe*: what could not be judged is a flag of its own, whose code begins with
``unknown.``, and takes the recording to the top of the list.
"""

from collections.abc import Iterator

from farlead.analysis.evidence import Stretch, extreme_rate, lead_noise, rate_value
from farlead.analysis.fitness import fitness
from farlead.analysis.measure import Measured
from farlead.analysis.rules import Rules
from farlead.messages import Message, message
from farlead.model.screening import EvidenceValue, Flag, Span
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
        found = [_nothing("unknown.empty", rules)]
    elif not measured.rate_possible:
        found = [_nothing("unknown.sampling", rules, fs=f"{measured.recording.fs:g}")]
    else:
        found = [
            *_faults(measured, rules),
            *_unknown(measured, rules),
            *fitness(measured, rules),
            *_rate(measured, rules),
            *_rest(measured, rules),
        ]
    return tuple(sorted(found, key=lambda flag: -flag.severity))


def known(found: tuple[Flag, ...]) -> bool:
    """Whether rhythm, rate and signal could be judged."""
    return not any(flag.code.startswith("unknown.") for flag in found)


def _nothing(code: str, rules: Rules, **values: str) -> Flag:
    """There is nothing at all to be judged."""
    text = message(f"analysis.{code}", **values)
    return Flag(code, Severity.CRITICAL, text, f"judged/{rules.version}")


def _faults(measured: Measured, rules: Rules) -> Iterator[Flag]:
    if measured.faults:
        text = message("analysis.unknown.fault", steps=", ".join(measured.faults))
        yield Flag("unknown.fault", Severity.URGENT, text, f"judged/{rules.version}")


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
        spans, values = _spans(measured, "flat"), (_share("flat", measured.flat, rules),)
        yield Flag("unknown.flat", Severity.CRITICAL, text, rule, spans=spans, values=values)
    if beats == 0:
        text = message("analysis.unknown.no_beats", seconds=seconds)
        yield Flag("unknown.no_beats", Severity.CRITICAL, text, rule)
    elif measured.rhythm.sparsest < rules.fewest and measured.duration >= rules.shortest:
        sparsest = measured.rhythm.sparsest
        text = message("analysis.unknown.few_beats", beats=sparsest)
        values = (EvidenceValue("beats", float(sparsest), "1", rules.fewest),)
        yield Flag("unknown.few_beats", Severity.URGENT, text, rule, values=values)
    if measured.duration < rules.shortest:
        text = message("analysis.unknown.short", seconds=seconds)
        values = (EvidenceValue("duration", seconds, "s", rules.shortest),)
        yield Flag("unknown.short", Severity.URGENT, text, rule, values=values)
    yield from _unfit(measured, rules)


def _unfit(measured: Measured, rules: Rules) -> Iterator[Flag]:
    rule = f"judged/{rules.version}"
    if measured.unjudged > rules.unjudged:
        share = round(100 * measured.unjudged)
        spans = _spans(measured, "noise", "lead_off")
        text = message("analysis.unknown.noise", share=share)
        values = (_share("unjudged", measured.unjudged, rules),)
        yield Flag("unknown.noise", Severity.URGENT, text, rule, spans=spans, values=values)
    elif not measured.finding.lead_weights.any() and not _spans(measured, "vf", "flat"):
        text = message("analysis.unknown.no_lead")
        yield Flag("unknown.no_lead", Severity.URGENT, text, rule)
    finding = measured.finding
    unclear = finding.contrast < rules.contrast or finding.doubt > rules.doubt
    if measured.rhythm.beats and unclear:
        text = message("analysis.unknown.rhythm")
        levels = (
            EvidenceValue("contrast", round(float(finding.contrast), 2), "1", rules.contrast),
            EvidenceValue("doubt", round(float(finding.doubt), 2), "1", rules.doubt),
        )
        yield Flag("unknown.rhythm", Severity.URGENT, text, rule, values=levels)


def _rate(measured: Measured, rules: Rules) -> Iterator[Flag]:
    r = measured.rhythm
    if r.slowest is not None and round(r.slowest) <= rules.slow:
        text = message("analysis.rate.slow", rate=round(r.slowest), limit=round(rules.slow))
        value = rate_value("rate_slowest", r.slowest, rules.slow)
        yield _extreme("rate.slow", text, rules, value, extreme_rate(measured, slowest=True))
    if r.fastest is not None and round(r.fastest) >= rules.fast:
        text = message("analysis.rate.fast", rate=round(r.fastest), limit=round(rules.fast))
        value = rate_value("rate_fastest", r.fastest, rules.fast)
        yield _extreme("rate.fast", text, rules, value, extreme_rate(measured, slowest=False))
    if r.pause.seconds >= rules.pause and r.beats:
        text = message("analysis.pause", seconds=round(r.pause.seconds, 1), limit=rules.pause)
        yield Flag(
            "pause",
            Severity.CRITICAL,
            text,
            f"pause/{rules.version}",
            STATEMENTS["pause"],
            spans=(Span(r.pause.start, r.pause.stop, "pause"),),
            values=(EvidenceValue("longest_pause", round(r.pause.seconds, 3), "s", rules.pause),),
        )


def _extreme(code: str, text: Message, rules: Rules, value: EvidenceValue, where: Stretch) -> Flag:
    """A rate beyond its limit, with the beats that it was taken over."""
    return Flag(
        code,
        Severity.CRITICAL,
        text,
        f"rate/{rules.version}",
        STATEMENTS[code],
        spans=where.spans,
        beats=where.beats,
        values=(value,),
    )


def _rest(measured: Measured, rules: Rules) -> Iterator[Flag]:
    r, rule = measured.rhythm, f"rate/{rules.version}"
    if r.rate is not None and rules.slow < r.rate < rules.slow_remark:
        text = message("analysis.rate.slowish", rate=round(r.rate))
        values = (rate_value("heart_rate", r.rate, rules.slow_remark),)
        code = "rate.slowish"
        yield Flag(code, Severity.REMARK, text, rule, STATEMENTS[code], values=values)
    if r.rate is not None and rules.fast_remark < r.rate < rules.fast:
        text = message("analysis.rate.fastish", rate=round(r.rate))
        values = (rate_value("heart_rate", r.rate, rules.fast_remark),)
        code = "rate.fastish"
        yield Flag(code, Severity.REMARK, text, rule, STATEMENTS[code], values=values)
    if r.rr_cv is not None and r.rr_cv > rules.irregular:
        text = message("analysis.irregular", percent=round(100 * r.rr_cv))
        values = (EvidenceValue("rr_cv", round(r.rr_cv, 3), "1", rules.irregular),)
        yield Flag("irregular", Severity.REMARK, text, f"regularity/{rules.version}", values=values)
    yield from _bad_leads(measured, f"judged/{rules.version}")


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


def _share(measure: str, value: float, rules: Rules) -> EvidenceValue:
    return EvidenceValue(measure, round(value, 3), "1", rules.unjudged)


def _spans(measured: Measured, *kinds: str) -> tuple[Span, ...]:
    found = (s for s in measured.finding.spans if s.kind in kinds)
    return tuple(Span(s.start, s.stop, s.kind) for s in found)


def _total(spans: tuple[Span, ...], measured: Measured) -> float:
    return round(sum(s.stop - s.start for s in spans) / measured.recording.fs, 1)

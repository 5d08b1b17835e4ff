"""From facts to suggestions: each rule is asked, and says what it saw against which limit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from farlead.analysis.facts import Facts, FindingLike, Known
from farlead.analysis.limits import holding
from farlead.analysis.rules.ruleset import RuleSet
from farlead.analysis.rules.table import Circumstance, Comparison, Rank, Rule, Shown
from farlead.analysis.rules.vocabulary import NEIGHBOURS, QUANTITIES, Scope
from farlead.messages import Language, Message, in_both, message
from farlead.model.figures import written
from farlead.model.screening import EvidenceValue, Flag, Span
from farlead.model.study import Severity


@dataclass(frozen=True, slots=True)
class _Met:
    """A condition that is met: evidence, and what had to be assumed for it."""

    values: tuple[EvidenceValue, ...] = ()
    beats: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()
    leads: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @classmethod
    def all(cls, parts: Sequence["_Met"]) -> "_Met":
        """What several conditions were met by: all values, the rest once each."""
        return cls(
            tuple(value for part in parts for value in part.values),
            tuple(sorted({beat for part in parts for beat in part.beats})),
            tuple(dict.fromkeys(span for part in parts for span in part.spans)),
            tuple(dict.fromkeys(lead for part in parts for lead in part.leads)),
            tuple(dict.fromkeys(kind for part in parts for kind in part.assumed)),
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one rule is asked with."""

    rule: Rule
    facts: Facts
    codes: frozenset[str]

    @property
    def known(self) -> Known:
        """What is known of the patient."""
        return self.facts.known

    @property
    def adult(self) -> bool:
        """Whether an unknown age counts as an adult's."""
        return self.rule.asked.age_unknown == "adult"


def suggestions(facts: Facts, rules: RuleSet) -> tuple[Flag, ...]:
    """Flags of all rules that are met, the most severe first.

    Of the rules of one group only the most severe speaks, and of equals the first.

    Parameters
    ----------
    facts : Facts
    rules : RuleSet
    """
    codes = frozenset(finding.code for finding in facts.findings)
    found = [
        (rule, met)
        for rule in rules.about(codes)
        if _worth_asking(rule, facts) and (met := _met(_Asked(rule, facts, codes))) is not None
    ]
    found.sort(key=lambda pair: -pair[0].rank.severity)
    spoken: set[str] = set()
    flags = []
    for rule, met in found:
        group = rule.asked.group
        if group is None or group not in spoken:
            flags.append(_flag(rule, met, facts))
            spoken |= {group} if group else set()
    return tuple(flags)


def _worth_asking(rule: Rule, facts: Facts) -> bool:
    """Whether a rule can be met at all: of many a handful can, and only those are asked."""
    if rule.rank is Rank.OFF:
        return False
    for compared in rule.asked.when:
        if compared.meaning.scope is Scope.RECORDING:
            figure = facts.figures.get(compared.quantity)
            if figure is None or not compared.possible(figure.value):
                return False
    return True


def _met(asked: _Asked) -> _Met | None:
    """Whether a rule is met, and by what; None when it is not."""
    table = asked.rule.asked
    if table.age_unknown == "only" and asked.known.age is not None:
        return None
    if set(table.without) & asked.codes or not set(table.together) <= asked.codes:
        return None
    parts = [_Met(assumed=("age",))] if table.age_unknown == "only" else []
    for wanted, look in ((table.when, _figures), (table.finding, _findings), (table.leads, _leads)):
        if wanted:
            part = look(asked)
            if part is None:
                return None
            parts.append(part)
    return _Met.all(parts)


def _figures(asked: _Asked) -> _Met | None:
    """The comparisons with quantities of the recording."""
    parts = []
    for compared in asked.rule.asked.when:
        if compared.meaning.scope is Scope.RECORDING:
            figure = asked.facts.figures.get(compared.quantity)
            if figure is None or (asked.rule.rank is Rank.REMARK and not figure.certain):
                return None
            met = _compare(compared, figure.value, asked)
            if met is None:
                return None
            doubt = () if figure.certain else ("doubtful",)
            parts += [met, _Met(beats=figure.beats, spans=figure.spans, assumed=doubt)]
    return _Met.all(parts)


def _compare(compared: Comparison, value: float, asked: _Asked, lead: str = "") -> _Met | None:
    if not compared.possible(value):
        return None
    limit = holding(compared, asked.known, adult=asked.adult, lead=lead)
    shown = round(value, compared.meaning.digits)
    if limit is None or not compared.operator.met(shown, limit.value):
        return None
    evidence = EvidenceValue(compared.quantity, shown, compared.unit, limit.value, lead)
    assumed = [str(kind) for kind in limit.assumed]
    if Circumstance.AGE in limit.assumed and asked.adult:
        assumed[assumed.index("age")] = "adult"
    return _Met(values=(evidence,), assumed=tuple(assumed))


def _findings(asked: _Asked) -> _Met | None:
    """The findings of the kinds that a rule names and whose own values meet its limits."""
    parts = [
        met
        for finding in asked.facts.findings
        if finding.code in asked.rule.asked.finding
        and _certain_enough(finding, asked)
        and (met := _finding(finding, asked)) is not None
    ]
    return _Met.all(parts) if parts else None


def _certain_enough(finding: FindingLike, asked: _Asked) -> bool:
    return finding.certain or not asked.rule.asked.certain


def _finding(finding: FindingLike, asked: _Asked) -> _Met | None:
    spans = tuple(Span(s.start, s.stop, finding.code) for s in finding.spans)
    parts = [_Met(beats=tuple(finding.beats), leads=tuple(finding.leads), spans=spans)]
    for compared in asked.rule.asked.when:
        if compared.meaning.scope is not Scope.FINDING:
            continue
        value = finding.values.get(compared.quantity)
        met = None if value is None else _compare(compared, value, asked)
        if met is None and _undecided(compared, spans, asked):
            met = _as_met(compared, value, asked)
        if met is None:
            return None
        parts.append(met)
    return _Met.all(parts)


def _undecided(compared: Comparison, spans: Sequence[Span], asked: _Asked) -> bool:
    """Whether the recording begins or ends within what is to be timed."""
    if not asked.rule.asked.cut_off or compared.quantity != "seconds":
        return False
    first, last = asked.facts.margin, asked.facts.samples - asked.facts.margin
    return any(span.start <= first or span.stop >= last for span in spans)


def _as_met(compared: Comparison, value: float | None, asked: _Asked) -> _Met:
    limit = holding(compared, asked.known, adult=asked.adult)
    shown = None if value is None else round(value, compared.meaning.digits)
    evidence = EvidenceValue(
        compared.quantity, shown, compared.unit, None if limit is None else limit.value
    )
    return _Met(values=(evidence,), assumed=("duration",))


def _leads(asked: _Asked) -> _Met | None:
    """The leads that meet every comparison, where enough of them are neighbours."""
    table = asked.rule.asked
    first = table.leads[0]
    column = asked.facts.leads.get(first.quantity, {})
    sides = list(column.items())
    sides += [("-aVR", -column["aVR"])] if "aVR" in column else []
    if not sides or not first.possible(_extreme(first, [value for _, value in sides])):
        return None
    likely = [lead for lead, value in sides if first.possible(value)]
    if len(likely) < table.contiguous:
        return None
    met = {lead: found for lead in likely if (found := _lead(lead, asked)) is not None}
    chosen = _neighbours(tuple(met), table.contiguous)
    return _Met.all([met[lead] for lead in chosen]) if chosen else None


def _extreme(compared: Comparison, values: Sequence[float]) -> float:
    """The value that meets the comparison most easily."""
    return max(values) if compared.operator.upwards else min(values)


def _lead(lead: str, asked: _Asked) -> _Met | None:
    """What a lead shows; −aVR is aVR seen from the other side, and shown as it is."""
    mirrored, own = lead.startswith("-"), lead.removeprefix("-")
    doubtful = own in asked.facts.doubtful
    if doubtful and asked.rule.rank is Rank.REMARK:
        return None
    parts = [_Met(leads=(own,), assumed=("doubtful",) if doubtful else ())]
    for compared in asked.rule.asked.leads:
        value = asked.facts.leads.get(compared.quantity, {}).get(own)
        met = None
        if value is not None:
            met = _compare(compared, -value if mirrored else value, asked, lead)
        if met is None:
            return None
        evidence = met.values[0]
        shown = -evidence.value if mirrored and evidence.value is not None else evidence.value
        limit = -evidence.limit if mirrored and evidence.limit is not None else evidence.limit
        value_of = EvidenceValue(compared.quantity, shown, compared.unit, limit, own)
        parts.append(_Met(values=(value_of,), assumed=met.assumed))
    return _Met.all(parts)


def _neighbours(leads: Sequence[str], least: int) -> tuple[str, ...]:
    """Those leads that stand in a row of at least so many neighbours."""
    if least <= 1:
        return tuple(leads)
    chosen: list[str] = []
    for order in NEIGHBOURS:
        run: list[str] = []
        for lead in (*order, ""):
            if lead in leads:
                run.append(lead)
                continue
            chosen += run if len(run) >= least else []
            run = []
    return tuple(chosen)


def _flag(rule: Rule, met: _Met, facts: Facts) -> Flag:
    table = rule.asked
    others = tuple(_other(name, facts) for name in table.also)
    return Flag(
        code=table.id,
        severity=rule.rank.severity,
        text=_text(rule, met, facts, others),
        rule=rule.reference,
        statement=table.statement,
        leads=met.leads,
        spans=met.spans,
        beats=met.beats,
        values=met.values + tuple(each for each in others if each.value is not None),
    )


def _other(name: str, facts: Facts) -> EvidenceValue:
    """A value that is shown beside those that were compared."""
    quantity, value = QUANTITIES[name], None
    if name in facts.figures:
        value = facts.figures[name].value
    else:
        for finding in facts.findings:
            value = finding.values.get(name, value)
    shown = None if value is None else round(value, quantity.digits)
    return EvidenceValue(name, shown, quantity.unit)


def _text(rule: Rule, met: _Met, facts: Facts, others: Sequence[EvidenceValue]) -> Message:
    """The words of a suggestion in both languages, with its values and what was assumed."""
    words = dict(_words(met, facts, others))
    texts = {
        language: template.format_map(words)
        + "".join(message(f"analysis.assumed.{kind}").text(language) for kind in met.assumed)
        for language, template in ((Language.ZH, rule.asked.zh), (Language.EN, rule.asked.en))
    }
    return message("analysis.suggestion", **in_both("text", texts))


def _words(met: _Met, facts: Facts, others: Sequence[EvidenceValue]) -> Iterator[tuple[str, str]]:
    for each in (*others, *met.values):
        yield each.measure, _written(each.value, each.unit)
    if met.values:
        first = _greatest(met.values)
        yield "value", _written(first.value, first.unit)
        yield "limit", _written(first.limit, first.unit)
    yield "leads", ", ".join(met.leads)
    yield "beats", str(len(met.beats))
    length = sum(span.stop - span.start for span in met.spans)
    yield "seconds", f"{length / facts.fs:.1f}"


def _greatest(values: Sequence[EvidenceValue]) -> EvidenceValue:
    """Of a quantity of several leads the one farthest from zero; else the first compared."""
    same = [each for each in values if each.measure == values[0].measure and each.value is not None]
    return max(same, key=lambda each: abs(each.value or 0.0), default=values[0])


def _written(value: float | None, unit: str) -> str:
    return "?" if value is None else written(value, unit)


def shows(flag: Flag, wanted: Sequence[Shown]) -> Mapping[Shown, bool]:
    """Which of the wanted parts of the evidence a flag has."""
    has = {
        Shown.VALUE: any(each.value is not None for each in flag.values),
        Shown.BEATS: bool(flag.beats),
        Shown.LEADS: bool(flag.leads),
        Shown.SPANS: bool(flag.spans),
    }
    return {part: has[part] for part in wanted}


def worst(flags: Sequence[Flag]) -> Severity:
    """Greatest severity; NORMAL when there is no flag."""
    return max((flag.severity for flag in flags), default=Severity.NORMAL)

"""The rules in force as a table for people: in the documentation and on a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from farlead.analysis.rules.ruleset import RuleSet
from farlead.analysis.rules.table import Comparison, Limit, Operator, Rule, RuleTable, SourceTable
from farlead.messages import Language
from farlead.model.people import Sex

_SIGNS = {Operator.AT_LEAST: "≥", Operator.ABOVE: ">", Operator.AT_MOST: "≤", Operator.BELOW: "<"}
_HEAD = ("rule", "severity", "asks", "limit", "source", "said (Chinese)", "said (English)")


def markdown(rules: RuleSet) -> str:
    """All rules, one table for each file, then the sources."""
    parts = []
    for table, (zh, en) in rules.titles.items():
        rows = [tuple(row(rule, rules).values()) for rule in rules.rules if rule.table == table]
        if rows:
            parts.append(f"### {en} ({zh}, `{table}.toml`)\n\n{_table(_HEAD, rows)}")
    sources = [
        (f"`{each.id}`", each.kind, each.zh, each.en, str(each.year or ""), _doi(each))
        for each in rules.sources.values()
    ]
    head = ("source", "kind", "Chinese", "English", "year", "DOI")
    return "\n".join([*parts, f"### Sources\n\n{_table(head, sources)}"])


def row(rule: Rule, rules: RuleSet) -> dict[str, str]:
    """One rule as words, by column."""
    asked = rule.asked
    compared = (*asked.when, *asked.leads)
    own = {limit.source for each in compared for limit in each.limit if limit.source}
    named = [asked.source, *sorted(own - {asked.source})]
    section = f" ({asked.section})" if asked.section else ""
    return {
        "rule": f"`{asked.id}`",
        "severity": rule.rank.value,
        "asks": "; ".join(_asks(rule)),
        "limit": "; ".join(_limits(each) for each in compared),
        "source": ", ".join(f"`{source}`" for source in named if source in rules.sources) + section,
        "said (Chinese)": asked.zh,
        "said (English)": asked.en,
    }


def plain(rule: Rule, rules: RuleSet, language: Language) -> Mapping[str, str]:
    """One rule for a terminal or a program: id and version, severity, limits, source, words."""
    words = row(rule, rules)
    source = rule.source
    return {
        "rule": rule.reference,
        "severity": rule.rank.value,
        "asks": words["asks"].replace("`", ""),
        "limit": words["limit"],
        "source": source.zh if language is Language.ZH else source.en,
        "text": rule.asked.zh if language is Language.ZH else rule.asked.en,
    }


def _asks(rule: Rule) -> Iterator[str]:
    asked = rule.asked
    if asked.finding:
        yield " or ".join(f"`{code}`" for code in asked.finding)
    if asked.certain:
        yield "nothing else explains it as well"
    if asked.together:
        yield "with " + ", ".join(f"`{code}`" for code in asked.together)
    for each in (*asked.when, *asked.leads):
        yield f"{each.quantity} {_SIGNS[each.operator]}"
    yield from _conditions(asked)


def _conditions(asked: RuleTable) -> Iterator[str]:
    if asked.contiguous > 1:
        yield f"in {asked.contiguous} neighbouring leads"
    if asked.without:
        yield "not with " + ", ".join(f"`{code}`" for code in asked.without)
    if asked.cut_off:
        yield "cut off by the recording's end counts as lasting"
    if asked.age_unknown == "adult":
        yield "age unknown: an adult's"
    if asked.age_unknown == "only":
        yield "only where the age is unknown"
    if asked.group:
        yield f"the gravest of group {asked.group} speaks"


def _limits(compared: Comparison) -> str:
    rows = ", ".join(_limit(limit) for limit in compared.limit)
    unit = "" if compared.unit == "1" else f" {compared.unit}"
    return f"{rows}{unit}"


def _limit(limit: Limit) -> str:
    whom = " ".join(_whom(limit))
    return (
        f"{limit.value:g} ({whom})".replace("-", "−")
        if whom
        else f"{limit.value:g}".replace("-", "−")
    )


def _whom(limit: Limit) -> Iterator[str]:
    if limit.leads:
        yield "/".join(limit.leads)
    if limit.sex is not None:
        yield "men" if limit.sex is Sex.MALE else "women"
    if limit.age is not None:
        low, high = limit.age
        yield f"from {low:g} y" if high >= 150 else f"{low:g}–{high:g} y"
    if limit.symptoms is not None:
        yield "with symptoms" if limit.symptoms else "without symptoms"
    if limit.unstable is not None:
        yield "unstable" if limit.unstable else "stable"


def _doi(source: SourceTable) -> str:
    return f"[{source.doi}](https://doi.org/{source.doi})" if source.doi else ""


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in lines) + "\n"

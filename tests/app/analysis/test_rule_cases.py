"""Each rule speaks beyond its threshold and is silent short of it; a rule without a case fails."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from farlead.analysis import screen
from farlead.analysis.engine import shows, suggestions
from farlead.analysis.facts import Facts, Figure, Known
from farlead.analysis.limits import holding
from farlead.analysis.rules.ruleset import RuleSet, shipped
from farlead.analysis.rules.table import Comparison, Limit, Rule
from farlead.analysis.rules.vocabulary import Scope
from farlead.messages import Language
from farlead.model.people import Sex
from farlead.model.recording import Recording
from farlead.model.screening import Flag
from support_rules import CASES, Recorded, facts, finding

RULES = {rule.asked.id: rule for rule in shipped().rules}


def suggested(recording: Recording) -> tuple[Flag, ...]:
    return screen(recording).flags


def ungrouped(rule: Rule) -> RuleSet:
    """The rule alone: a graver one of its group would speak instead."""
    return replace(shipped(), rules=(rule,))


@pytest.mark.parametrize("name", [r for r in RULES if not r.startswith("serial.")])
def test_a_rule_speaks_beyond_its_threshold_and_not_short_of_it(name: str) -> None:
    case = CASES[name]
    if isinstance(case, Recorded):
        found, silent = suggested(case.beyond()), suggested(case.short())
    else:
        found, silent = suggestions(case.beyond, shipped()), suggestions(case.short, shipped())
    assert name not in {flag.code for flag in silent}
    flag = next((flag for flag in found if flag.code == name), None)
    assert flag is not None, [(f.code, f.text.text(Language.EN)) for f in found]
    rule = RULES[name]
    assert flag.severity is rule.rank.severity
    assert (flag.rule, flag.statement) == (rule.reference, rule.asked.statement)
    assert all(shows(flag, rule.asked.shows).values()), shows(flag, rule.asked.shows)
    for language in Language:
        assert "{" not in flag.text.text(language)
        assert "?" not in flag.text.text(language)
    for value in flag.values:
        assert value.limit is not None or value.measure in rule.asked.also


def compared() -> Iterator[tuple[str, int, int]]:
    for name, rule in RULES.items():
        for place, each in enumerate((*rule.asked.when, *rule.asked.leads)):
            for row in range(len(each.limit)):
                yield name, place, row


def someone(row: Limit) -> Known:
    """A patient for whom just this row is meant."""
    age = 45.0 if row.age is None else min((row.age[0] + row.age[1]) / 2, 90.0)
    return Known(row.sex or Sex.MALE, age, bool(row.symptoms), bool(row.unstable))


def at(rule: Rule, place: int, row: Limit, *, steps: float) -> Facts:
    """Facts that meet every comparison of a rule, and one of them by so many last digits."""
    known = someone(row)
    figures, values, leads = {}, {}, {}
    lead = row.leads or ("V4", "V5")
    both = (*lead, *_neighbours(lead))
    every = (*rule.asked.when, *rule.asked.leads)
    for number, each in enumerate(every):
        if number != place and each.quantity == every[place].quantity:
            continue  # both ends of a range
        held = holding(each, known, adult=False, lead=lead[0].removeprefix("-"))
        limit = row.value if number == place else (held.value if held else each.loosest)
        away = steps if number == place else 2.0
        value = limit + (away if each.operator.upwards else -away) * 10.0**-each.meaning.digits
        if each.meaning.scope is Scope.LEAD:
            leads[each.quantity] = {n: -value if n == "aVR" else value for n in both}
        elif each.meaning.scope is Scope.FINDING:
            values[each.quantity] = value
        else:
            figures[each.quantity] = Figure(value)
    found = [finding(code, **values) for code in (*rule.asked.finding[:1], *rule.asked.together)]
    base = facts(*found, known=known)
    others = {name: Figure(100.0) for name in rule.asked.also}
    return replace(base, figures={**others, **figures}, leads=leads)


def _neighbours(leads: tuple[str, ...]) -> tuple[str, ...]:
    """Further leads, so that even a single one has its neighbour; limits there are at least met."""
    return () if len(leads) > 1 else ("V4",)


@pytest.mark.parametrize(("name", "place", "row"), list(compared()))
def test_each_limit_holds_to_its_last_digit(name: str, place: int, row: int) -> None:
    rule = RULES[name]
    each: Comparison = (*rule.asked.when, *rule.asked.leads)[place]
    limit = each.limit[row]
    strict = each.operator.value in {">", "<"}
    if rule.asked.age_unknown == "only":
        met = at(rule, place, limit, steps=0)
        assert not suggestions(met, ungrouped(rule))
        met = replace(met, known=replace(met.known, age=None))
        assert suggestions(met, ungrouped(rule))
        return
    met = at(rule, place, limit, steps=1 if strict else 0)
    missed = at(rule, place, limit, steps=0 if strict else -1)
    (flag,) = suggestions(met, ungrouped(rule))
    assert limit.value in {value.limit for value in flag.values} or "aVR" in flag.leads
    assert all(shows(flag, [s for s in rule.asked.shows if s != "beats" and s != "spans"]).values())
    assert not suggestions(missed, ungrouped(rule))

"""Comparison with the earlier recording: what changed is told, what did not is not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from calibration_ecg import BUNDLE_BRANCH, NORMAL, PACED
from farlead.analysis import screen
from farlead.analysis.engine import suggestions
from farlead.analysis.facts import Facts, Figure, Found
from farlead.analysis.measure import measure
from farlead.analysis.rules import shipped
from farlead.analysis.serial import Side, compare, likeness
from farlead.messages import Language
from farlead.model.comparison import Compared
from farlead.model.recording import Recording
from farlead.model.screening import Screening
from support_rules import DAY, MAN, facts, finding, frontal, pr, qt, recorded, st, t_wave

RULES = {rule.asked.id: rule for rule in shipped().rules if rule.table == "serial"}


def before(recording: Recording) -> Recording:
    """The same a day earlier."""
    return replace(recording, start=DAY - timedelta(days=1))


def serial(found: Screening) -> set[str]:
    return {flag.code for flag in found.flags if flag.code.startswith("serial.")}


def side(*found: Found) -> Side:
    return Side(measure(recorded()), facts(*found), known=True)


#: Complexes as of a paced ventricle, without the spike.
OTHER = replace(PACED, spike=None)
#: Now; the earlier one from which it has changed; the one from which it has not, by this rule.
Case = tuple[Callable[[], Recording], Callable[[], Recording], Callable[[], Recording]]
CASES: dict[str, Case] = {
    "serial.heart_rate": (
        lambda: recorded(rate=95), lambda: recorded(rate=60), lambda: recorded(rate=72),
    ),
    "serial.pr": (lambda: pr(220), lambda: pr(160), lambda: pr(195)),
    "serial.qrs": (lambda: recorded(BUNDLE_BRANCH), recorded, lambda: recorded(BUNDLE_BRANCH)),
    "serial.qtc": (lambda: qt(470), lambda: qt(390), lambda: qt(430)),
    "serial.axis": (
        lambda: frontal(1.0, -0.4), lambda: frontal(0.5, 0.9), lambda: frontal(1.0, -0.1),
    ),
    "serial.shape": (lambda: recorded(OTHER), recorded, lambda: recorded(OTHER)),
    "serial.st_up": (
        lambda: st(0.22, "V4", "V5"), recorded, lambda: st(0.18, "V4", "V5"),
    ),
    "serial.st_down": (
        lambda: st(-0.18, "V4", "V5"), recorded, lambda: st(-0.14, "V4", "V5"),
    ),
    "serial.t": (
        lambda: t_wave(-0.25, "V4", "V5", "V6"), recorded, lambda: t_wave(-0.3, "V4", "V5", "V6"),
    ),
}  # fmt: skip
#: Of findings that no recording is made for here: then, now and unchanged.
MADE: dict[str, tuple[Found, Found]] = {
    "serial.rhythm": (finding("rhythm.sinus"), finding("rhythm.af")),
    "serial.conduction": (finding("rhythm.sinus"), finding("conduction.lbbb")),
}


def test_every_rule_of_the_comparison_has_a_case() -> None:
    assert set(RULES) == {*CASES, *MADE}


@pytest.mark.parametrize("name", list(CASES))
def test_a_change_is_told_and_none_is_not(name: str) -> None:
    now, changed, same = (make() for make in CASES[name])
    found = screen(now, earlier=[before(changed)])
    assert name in serial(found), [f.text.text(Language.EN) for f in found.flags]
    assert name not in serial(screen(now, earlier=[before(same)]))
    flag = next(flag for flag in found.flags if flag.code == name)
    assert flag.rule == RULES[name].reference
    assert flag.severity is RULES[name].rank.severity
    for value in flag.values:
        assert value.limit is not None
    if RULES[name].asked.leads:
        assert len(flag.leads) >= 2


@pytest.mark.parametrize("name", list(MADE))
def test_a_new_finding_is_told(name: str) -> None:
    then, now = MADE[name]
    changed = compare(side(now), [side(then)])
    assert suggested(changed.findings) == {name}
    assert suggested(compare(side(now), [side(now)]).findings) == set()


def test_a_rhythm_in_doubt_and_a_few_milliseconds_are_no_change() -> None:
    doubtful = replace(finding("rhythm.af"), certain=False)
    for then, now in (
        (finding("rhythm.sinus"), doubtful),
        (doubtful, finding("rhythm.sinus")),
        (finding("rhythm.sinus"), finding("av.block1")),
        (finding("rhythm.sinus"), finding("conduction.rbbb.incomplete")),
        (finding("rhythm.sinus"), replace(finding("conduction.lbbb"), certain=False)),
    ):
        assert suggested(compare(side(now), [side(then)]).findings) == set()


def suggested(found: tuple[object, ...]) -> set[str]:
    told = suggestions(Facts(findings=found), shipped())  # type: ignore[arg-type]
    return {flag.code for flag in told if flag.code.startswith("serial.")}


def test_the_same_ecg_has_not_changed() -> None:
    for made in (recorded(), recorded(BUNDLE_BRANCH), st(0.3, "V2", "V3", "V4"), pr(230)):
        other = replace(before(made), samples=made.samples * np.float32(1.03))
        assert serial(screen(made, earlier=[other])) == set()


def test_no_earlier_ecg_is_a_result() -> None:
    found = screen(recorded())
    assert found.comparison is not None
    assert found.comparison.state is Compared.NONE
    assert "无既往心电图" in found.comparison.text.text(Language.ZH)
    assert Screening.from_json(found.to_json()) == found


def test_the_newest_that_can_be_measured_counts() -> None:
    flat = replace(before(recorded()), samples=np.zeros((12, 5000), np.float32))
    older = replace(recorded(rate=95), start=DAY - timedelta(days=9))
    found = screen(recorded(), earlier=[flat, older])
    assert found.comparison is not None
    assert (found.comparison.state, found.comparison.recorded) == (Compared.DONE, older.start)
    assert "serial.heart_rate" in serial(found)
    assert "2026-11-13" in found.comparison.text.text(Language.EN)
    rates = next(d for d in found.comparison.differences if d.name == "heart_rate")
    assert (round(rates.earlier or 0), round(rates.now or 0)) == (95, 60)
    only = screen(recorded(), earlier=[flat])
    assert only.comparison is not None
    assert only.comparison.state is Compared.NOT_COMPARABLE
    third = screen(recorded(), earlier=[flat, flat, older])
    assert third.comparison is not None
    assert third.comparison.state is Compared.NOT_COMPARABLE


def test_an_unjudged_recording_is_not_compared() -> None:
    noise = np.random.default_rng(3).normal(0, 0.3, (12, 5000)).astype(np.float32)
    found = screen(replace(recorded(), samples=noise), earlier=[before(recorded())])
    assert found.comparison is not None
    assert found.comparison.state is Compared.NOT_COMPARABLE
    assert not found.known


def test_sampling_rate_and_order_of_leads_do_not_matter() -> None:
    made = recorded()
    slower = replace(
        before(made),
        samples=np.ascontiguousarray(made.samples[::-1, ::2]),
        leads=made.leads[::-1],
        fs=250.0,
    )
    assert serial(screen(made, earlier=[slower])) == set()
    alike = likeness(measure(made), measure(slower))
    assert alike is not None
    assert alike > 0.98


def test_likeness_needs_leads_that_both_have() -> None:
    made = recorded()
    other = replace(made, leads=tuple(f"X{n}" for n in range(12)))
    assert likeness(measure(made), measure(other)) is None
    apart = likeness(measure(recorded(OTHER)), measure(recorded(NORMAL)))
    assert apart is not None
    assert apart < 0.5


def test_the_axis_turns_the_short_way() -> None:
    then = replace(side(), facts=replace(facts(), figures={"axis": Figure(170.0)}))
    now = replace(side(), facts=replace(facts(), figures={"axis": Figure(-170.0)}))
    assert compare(now, [then]).figures["change_axis"].value == pytest.approx(20.0)


def test_nothing_in_an_earlier_recording_stops_the_screening() -> None:
    odd = [
        replace(before(recorded()), samples=np.zeros((0, 0), np.float32)),
        replace(before(recorded()), fs=float("nan")),
        replace(before(recorded()), samples=np.full((12, 10), np.inf, np.float32)),
        replace(before(recorded()), leads=("V1",) * 12),
    ]
    plain = screen(recorded())
    for earlier in odd:
        found = screen(recorded(), earlier=[earlier])
        assert found.known == plain.known
        assert "unknown.fault" not in {flag.code for flag in found.flags}
    assert MAN.sex == "M"

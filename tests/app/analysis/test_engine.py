"""What the engine assumes and says where something is not known; groups; a fault of ours."""

import sys
from dataclasses import replace

import pytest

from farlead.analysis import screen
from farlead.analysis.engine import suggestions
from farlead.analysis.facts import Facts, Figure, Known
from farlead.analysis.rules import shipped
from farlead.messages import Language
from farlead.model.people import Patient, Sex
from farlead.model.screening import Flag
from farlead.model.study import Severity
from support_rules import SECONDS, child, even, facts, finding, recorded, st


def spoken(given: Facts) -> dict[str, Flag]:
    return {flag.code: flag for flag in suggestions(given, shipped())}


def leads(known: Known, **j: float) -> Facts:
    return replace(facts(known=known), leads={"j": j})


@pytest.mark.parametrize(
    ("known", "limit", "said"),
    [
        (Known(Sex.MALE, 30), 0.25, ()),
        (Known(Sex.MALE, 40), 0.20, ()),
        (Known(Sex.FEMALE, 30), 0.15, ()),
        (Known(Sex.FEMALE), 0.15, ()),
        (Known(Sex.MALE), 0.20, ("age",)),
        (Known(None, 50), 0.15, ("sex",)),
        (Known(), 0.15, ("sex",)),
    ],
)
def test_what_is_not_known_takes_the_most_sensitive_limit_and_says_so(
    known: Known, limit: float, said: tuple[str, ...]
) -> None:
    assert "st.elevation" not in spoken(leads(known, V2=limit - 0.01, V3=limit - 0.01))
    flag = spoken(leads(known, V2=limit, V3=limit))["st.elevation"]
    assert {value.limit for value in flag.values} == {limit}
    for kind, zh, en in (("sex", "性别不明", "sex unknown"), ("age", "年龄不明", "age unknown")):
        assert (zh in flag.text.text(Language.ZH)) == (kind in said)
        assert (en in flag.text.text(Language.EN)) == (kind in said)


def test_a_run_that_fills_the_recording_counts_as_sustained() -> None:
    run = {"rate": 160.0}
    whole = finding("rhythm.vt", (0.0, SECONDS), seconds=10.0, **run)
    inside = finding("rhythm.vt", (2.0, 6.0), seconds=4.0, **run)
    flag = spoken(facts(whole))["vt.sustained"]
    assert "按持续计" in flag.text.text(Language.ZH)
    assert "counted as sustained" in flag.text.text(Language.EN)
    found = spoken(facts(inside))
    assert "vt.sustained" not in found
    assert found["vt.unstable"].severity is Severity.CRITICAL
    assert "按不稳定计" in found["vt.unstable"].text.text(Language.ZH)
    stable = spoken(facts(inside, known=Known(Sex.MALE, 50, unstable=False)))
    assert stable["vt.other"].severity is Severity.URGENT


def test_symptoms_unknown_is_the_limit_with_symptoms() -> None:
    def pause(seconds: float, *, symptoms: bool | None) -> bool:
        return "pause" in spoken(facts(known=Known(symptoms=symptoms), longest_pause=seconds))

    assert pause(3.0, symptoms=None)
    assert not pause(2.9, symptoms=None)
    assert pause(3.0, symptoms=True)
    assert not pause(4.9, symptoms=False)
    assert pause(5.0, symptoms=False)
    told = spoken(facts(longest_pause=3.2))["pause"].text
    assert "症状不明" in told.text(Language.ZH)
    assert "3.2" in told.text(Language.EN)


def test_a_child_has_limits_of_its_own() -> None:
    rate = even(55)
    assert screen(rate).severity < Severity.URGENT
    found = screen(replace(rate, patient=child(3)))
    assert found.severity is Severity.CRITICAL
    fast = replace(even(150, child(0)), patient=child(0))
    assert "rate.fastish" not in {flag.code for flag in screen(fast).flags}
    nobody = {f.code: f for f in screen(replace(even(47), patient=Patient())).flags}
    assert nobody["rate.slow.age_unknown"].severity is Severity.REMARK
    assert "儿童" in nobody["rate.slow.age_unknown"].text.text(Language.ZH)


def test_the_gravest_of_a_group_speaks() -> None:
    def qtc(value: float) -> set[str]:
        found = spoken(facts(qtc=value, qrs=90.0, jt=300.0))
        return {code for code in found if code.startswith("qtc.")}

    assert (qtc(449), qtc(450), qtc(500), qtc(550)) == (
        set(),
        {"qtc.long"},
        {"qtc.high"},
        {"qtc.critical"},
    )


def test_beside_a_long_qtc_stand_qrs_and_jt() -> None:
    flag = spoken(facts(qtc=560.0, qrs=150.0, jt=350.0))["qtc.critical"]
    assert [(value.measure, value.value) for value in flag.values] == [
        ("qtc", 560.0),
        ("qrs", 150.0),
        ("jt", 350.0),
    ]
    assert "JT 350 ms" in flag.text.text(Language.EN)


def test_one_lead_alone_is_no_st_elevation() -> None:
    known = Known(Sex.MALE, 50)
    assert "st.elevation" not in spoken(leads(known, V5=0.3, I=0.3, V2=0.1))
    assert spoken(leads(known, II=0.12, aVF=0.11, V4=0.2))["st.elevation"].leads == ("II", "aVF")
    assert spoken(leads(known, I=0.12, aVR=-0.11))["st.elevation"].leads == ("I", "aVR")


def test_a_doubtful_value_makes_no_remark_but_is_not_hidden_where_it_is_grave() -> None:
    def told(value: float) -> dict[str, Flag]:
        return spoken(replace(facts(), figures={"qtc": Figure(value, certain=False)}))

    assert told(470) == {}
    assert "存疑" in told(560)["qtc.critical"].text.text(Language.ZH)
    doubtful = replace(leads(Known(Sex.MALE, 50), V4=0.3, V5=0.3), doubtful=frozenset({"V4"}))
    assert "存疑" in spoken(doubtful)["st.elevation"].text.text(Language.ZH)


def test_evidence_names_leads_and_limits() -> None:
    found = screen(st(0.3, "V2", "V3", "V4"))
    flag = next(flag for flag in found.flags if flag.code == "st.elevation")
    assert set(flag.leads) >= {"V2", "V3", "V4"}
    by_lead = {value.lead: value for value in flag.values}
    assert (by_lead["V3"].limit, by_lead["V4"].limit) == (0.20, 0.10)
    assert by_lead["V3"].value == pytest.approx(0.3, abs=0.03)
    assert flag.rule == "st.elevation/3"


def test_a_fault_in_the_rules_brings_the_study_to_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["farlead.analysis.screen"]  # the package's own name is the function
    monkeypatch.setattr(module, "suggestions", lambda *_: 1 / 0)
    monkeypatch.setattr(module._LOG, "exception", lambda *_: None)
    found = screen(recorded())
    assert not found.known
    assert found.severity >= Severity.URGENT
    assert "rules" in found.flags[0].text.text(Language.EN)

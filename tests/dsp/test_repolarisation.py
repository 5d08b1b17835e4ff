"""ST and T for other reasons than ischaemia, on synthetic beats on either side of each limit."""

from dataclasses import replace

import pytest

from calibration_ecg import NORMAL, Shape
from farlead.analysis import screen
from farlead.analysis.rules.ruleset import shipped
from farlead.model.recording import Recording
from support_morphology import (
    brugada,
    early,
    found,
    hyperkalaemia,
    low_potassium,
    right_load,
    right_ventricle,
    saddle,
    st,
    tall_p,
    terminal_p,
)

CONCAVE = st(NORMAL, 0.5, I=0.15, II=0.20, V2=0.15, V3=0.20, V4=0.20, V5=0.20, V6=0.15)
EMBOLISM = "pattern.pulmonary_embolism"
CONVEX = st(NORMAL, 2.5, I=0.15, II=0.20, V2=0.15, V3=0.20, V4=0.20, V5=0.20, V6=0.15)


@pytest.mark.parametrize(
    ("code", "shape", "short"),
    [
        ("repolarisation.early", early(0.15), early(0.05)),
        ("repolarisation.pericarditis", CONCAVE, CONVEX),
        ("repolarisation.pericarditis", CONCAVE, early(0.15)),
        ("pattern.brugada1", brugada(0.30, -0.2, -0.2), brugada(0.12, -0.2, -0.2)),
        ("pattern.brugada1", brugada(0.30, -0.2, -0.2), brugada(0.30, 1.0, 0.4)),
        ("pattern.brugada2", saddle(0.35, 0.15), saddle(0.12, 0.02)),
        ("pattern.brugada2", saddle(0.35, 0.15), saddle(0.35, -0.05)),
        ("electrolytes.hyperkalaemia", hyperkalaemia(0.150, 0.0, 1.2), hyperkalaemia(0.15, 0, 0.3)),
        ("electrolytes.hyperkalaemia", hyperkalaemia(0.150, 1.0, 1.2), hyperkalaemia(0.09, 1, 1.2)),
    ],
)
def test_a_pattern_on_either_side_of_its_limit(code: str, shape: Shape, short: Shape) -> None:
    there = found(shape)
    assert code in there, sorted(there)
    assert code not in found(short)
    assert there[code].leads
    assert there[code].values


def test_the_normal_beat_has_none_of_it() -> None:
    kinds = ("repolarisation.", "pattern.", "electrolytes.", "chambers.")
    assert not [code for code in found(NORMAL) if code.startswith(kinds)]


@pytest.mark.parametrize(
    ("code", "there", "short"),
    [
        ("electrolytes.hypokalaemia", low_potassium(0.30), low_potassium(0.06)),
        ("electrolytes.hypokalaemia", low_potassium(0.30), low_potassium(0.30, 0.0)),
        ("electrolytes.hypokalaemia", low_potassium(0.30), low_potassium(0.20, t=0.35)),
        (EMBOLISM, right_load(0.3, 0.3, 0.15, 110), right_load(0.3, 0.3, 0.15, 80)),
        (EMBOLISM, right_load(0.3, 0.3, 0.15, 110), right_load(0.05, 0.3, 0.15, 110)),
        (EMBOLISM, right_load(0.3, 0.3, 0.15, 110), right_load(0.3, 0.05, 0.15, 110)),
        ("chambers.rvh", right_ventricle(0.9, 0.3), right_ventricle(0.3, 0.3)),
        ("chambers.rvh", right_ventricle(0.4, 0.9), right_ventricle(0.4, 0.3)),
        ("chambers.ra", tall_p(0.30), tall_p(0.20)),
        ("chambers.la", terminal_p(0.14), terminal_p(0.05)),
    ],
)  # fmt: skip
def test_a_hint_on_either_side_of_its_limit(code: str, there: Recording, short: Recording) -> None:
    one = found(there).get(code)
    assert one is not None, sorted(found(there))
    assert one.leads
    assert one.values
    assert not one.certain
    assert code not in found(short)
    # The rules say it, too.
    rule = next(r.asked.id for r in shipped().rules if code in r.asked.finding)
    assert rule in {flag.code for flag in screen(there).flags}
    assert rule not in {flag.code for flag in screen(short).flags}


def test_tall_broad_t_waves_are_not_those_of_potassium() -> None:
    broad = replace(hyperkalaemia(0.150, 1.0, 1.2), t_time=0.240)
    assert "electrolytes.hyperkalaemia" not in found(broad)


def test_hints_are_never_certain() -> None:
    for shape in (early(0.15), CONCAVE, brugada(0.30, -0.2, -0.2), saddle(0.35, 0.15)):
        for code, one in found(shape).items():
            if code.startswith(("repolarisation.", "pattern.")):
                assert not one.certain, code

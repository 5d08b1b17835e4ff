"""ST and T for other reasons than ischaemia, on synthetic beats on either side of each limit."""

from dataclasses import replace

import pytest

from calibration_ecg import NORMAL, Shape
from support_morphology import brugada, early, found, hyperkalaemia, saddle, st

CONCAVE = st(NORMAL, 0.5, I=0.15, II=0.20, V2=0.15, V3=0.20, V4=0.20, V5=0.20, V6=0.15)
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


def test_tall_broad_t_waves_are_not_those_of_potassium() -> None:
    broad = replace(hyperkalaemia(0.150, 1.0, 1.2), t_time=0.240)
    assert "electrolytes.hyperkalaemia" not in found(broad)


def test_hints_are_never_certain() -> None:
    for shape in (early(0.15), CONCAVE, brugada(0.30, -0.2, -0.2), saddle(0.35, 0.15)):
        for code, one in found(shape).items():
            if code.startswith(("repolarisation.", "pattern.")):
                assert not one.certain, code

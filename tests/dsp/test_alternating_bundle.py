"""Alternating bundle-branch block on synthetic ECGs, and what looks like it; no patient's."""

from dataclasses import replace

import pytest

from calibration_ecg import NORMAL, PREMATURE, Shape
from farlead.analysis import screen
from farlead.analysis.measure import measure
from farlead.model.study import Severity
from farlead_signal.findings import Finding
from support_morphology import LBBB, RBBB, recorded
from support_rhythms import Beats, ecg

CODE = "conduction.alternating_bundle"


def without_p(shape: Shape) -> Shape:
    """The same with no P wave before it."""
    return replace(shape, p=(0.0,) * 8)


def every(*shapes: Shape, interval: float = 0.8) -> Beats:
    """Beats of 10 s, one shape after the other at even intervals."""
    count = int(9.4 / interval)
    return [(0.4 + interval * i, shapes[i % len(shapes)]) for i in range(count)]


def found(beats: Beats) -> Finding | None:
    """The finding, where it is made."""
    findings = measure(recorded(ecg(beats).signal)).findings
    return next((one for one in findings if one.code == CODE), None)


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param((RBBB, LBBB), id="every other beat"),
        pytest.param((RBBB, RBBB, LBBB), id="every third beat left"),
        pytest.param((LBBB, LBBB, RBBB), id="every third beat right"),
        pytest.param((LBBB,) * 6 + (RBBB,) * 6, id="one after the other"),
    ],
)
def test_both_blocks_in_conducted_beats_are_found(shapes: tuple[Shape, ...]) -> None:
    one = found(every(*shapes))
    assert one is not None
    assert {"V1", "V6"} <= set(one.leads)
    assert len(one.beats) > 6
    assert one.values["count"] >= 2
    assert not one.certain


def test_it_is_raised_to_urgent() -> None:
    result = screen(recorded(ecg(every(RBBB, LBBB, interval=1.0)).signal))
    flag = next(flag for flag in result.flags if flag.code == "conduction.alternating")
    assert flag.severity is Severity.URGENT
    assert flag.beats


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param((RBBB,), id="right alone"),
        pytest.param((LBBB,), id="left alone"),
        pytest.param((NORMAL, NORMAL, LBBB), id="left, now and then"),
        pytest.param((RBBB, without_p(LBBB)), id="no P wave before one of them"),
        pytest.param((without_p(RBBB), without_p(LBBB)), id="no P wave at all"),
    ],
)
def test_what_is_no_alternating_block_is_not_called_one(shapes: tuple[Shape, ...]) -> None:
    assert found(every(*shapes)) is None


def test_a_beat_that_comes_before_its_time_is_not_conducted() -> None:
    """Ventricular bigeminy beside right bundle-branch block, of the left block's shape."""
    early = [(0.95 + 1.6 * i, without_p(LBBB)) for i in range(5)]
    for other in (early, [(time, PREMATURE) for time, _ in early]):
        assert found([*((0.4 + 1.6 * i, RBBB) for i in range(6)), *other]) is None


def test_the_p_wave_stands_as_far_before_both() -> None:
    """Late ventricular beats fall behind a sinus P wave, and nearer to it."""
    nearer = replace(LBBB, pr=LBBB.pr - 0.06)
    beats = [
        (time - 0.06, nearer) if shape is LBBB else (time, shape)
        for time, shape in every(RBBB, LBBB)
    ]
    assert found(beats) is None

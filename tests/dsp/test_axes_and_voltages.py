"""Axes, names of the QRS waves, ST, and voltage sums, on beats whose answer is known."""

from collections.abc import Sequence

import numpy as np
import pytest

from calibration_ecg import FROM_EIGHT, LEADS, NAMES
from farlead_signal.amplitudes import LeadMeasures, measure_leads
from farlead_signal.axis import measure_axes
from farlead_signal.delineation import Fiducials
from farlead_signal.representative import BeatClass, Representative
from farlead_signal.voltages import r_height, s_depth, voltage_sums

AT = dict(zip(NAMES, (50, 75, 100, 130, 180, 240, 300, 340), strict=True))


def beat(rows: np.ndarray, noise: float = 0.002, **changed: int) -> Representative:
    """Median beat at 500 Hz with the points of AT."""
    points = {name: np.array([place]) for name, place in (AT | changed).items()}
    overall = Fiducials(**points, r_peaks=np.array([150]))
    return Representative(
        classes=(BeatClass.DOMINANT,) * 5,
        beats=rows.astype(np.float32),
        r=150,
        members=np.arange(5),
        noise=np.full(len(rows), noise, np.float32),
        fiducials=Fiducials(
            **{name: np.tile(v, (len(rows), 1)) for name, v in points.items()},
            r_peaks=np.array([150]),
            overall=overall,
        ),
    )


def hump(first: int, last: int) -> np.ndarray:
    t = np.arange(400)
    inside = (t > first) & (t < last)
    return np.where(inside, np.sin(np.pi * (t - first) / (last - first)), 0.0)


def vector(degrees: float, wave: np.ndarray, size: float = 1.0) -> np.ndarray:
    """The six limb leads of a wave that points in one direction."""
    x, y = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    one, two = x, 0.5 * x + np.sqrt(3) / 2 * y
    return size * np.outer(FROM_EIGHT[:6, :2] @ [one, two], wave)


@pytest.mark.parametrize("degrees", range(-175, 181, 5))
def test_every_direction(degrees: int) -> None:
    rows = vector(degrees, hump(132, 170))
    rows += vector(-degrees, hump(50, 100), 0.2) + vector(degrees / 2, hump(240, 340), 0.3)
    found = measure_axes(beat(rows), LEADS[:6])
    turn = (found.qrs.value or 0) - degrees
    assert (turn + 180) % 360 - 180 == pytest.approx(0, abs=0.1)
    turn = (found.p.value or 0) + degrees
    assert (turn + 180) % 360 - 180 == pytest.approx(0, abs=0.1)
    assert found.t.value == pytest.approx(degrees / 2, abs=0.1)
    assert found.qrs.quality == "good"


@pytest.mark.parametrize(
    "names",
    [("I", "aVF"), ("I", "II"), ("II", "III"), ("aVL", "aVF"), ("aVR", "III"), ("I", "aVR", "V2")],
)
def test_any_two_limb_leads_are_enough(names: Sequence[str]) -> None:
    rows = np.concatenate([vector(-40, hump(132, 170)), np.outer(np.ones(6), hump(132, 170))])
    picked = rows[[LEADS.index(name) for name in names]]
    assert measure_axes(beat(picked), names).qrs.value == pytest.approx(-40, abs=0.1)


def test_one_limb_lead_is_not() -> None:
    rows = vector(30, hump(132, 170))[:1]
    assert measure_axes(beat(rows), ["I"]).qrs.reason == "limb_leads_missing"
    assert measure_axes(beat(rows), ["V1"]).qrs.reason == "limb_leads_missing"
    assert measure_axes(None, ["I", "II"]).qrs.reason == "no_beats"


def test_a_complex_as_high_as_deep_in_all_leads_has_no_axis() -> None:
    rows = vector(20, hump(132, 155)) - vector(20, hump(155, 178))
    value = measure_axes(beat(rows), LEADS[:6]).qrs
    assert (value.value, value.reason) == (None, "qrs_axis_undetermined")


def test_absent_p_has_no_axis() -> None:
    rows = vector(20, hump(132, 170))
    found = measure_axes(beat(rows, p_on=-1, p_off=-1), LEADS[:6])
    assert found.p.reason == "p_absent"
    assert measure_axes(beat(rows, p_on=-2), LEADS[:6]).p.reason == "p_unknown"
    flat = measure_axes(beat(rows), LEADS[:6])
    assert flat.p.reason == "p_axis_undetermined"


def test_an_axis_within_the_noise_is_none() -> None:
    rows = vector(20, hump(132, 170)) + vector(20, hump(50, 100), 0.06)
    assert measure_axes(beat(rows, noise=0.002), LEADS[:6]).p.value == pytest.approx(20, abs=1)
    assert measure_axes(beat(rows, noise=0.04), LEADS[:6]).p.reason == "noise"


def test_leads_that_contradict_make_the_axis_doubtful() -> None:
    rows = vector(60, hump(132, 170))
    rows[0] *= -1  # not what it says it is: III is no longer II - I
    value = measure_axes(beat(rows), LEADS[:6]).qrs
    assert (value.quality, value.reason) == ("doubtful", "limb_leads_contradict")


PARTS = [(132, 142), (142, 158), (158, 168), (168, 179)]


@pytest.mark.parametrize(
    ("sizes", "names"),
    [
        ((-0.1, 1.0, -0.3, 0.0), ("q", "r", "s")),
        ((0.0, 1.0, -0.3, 0.0), ("r", "s")),
        ((0.0, 1.0, 0.0, 0.0), ("r",)),
        ((0.3, -0.9, 0.5, 0.0), ("r", "s", "r2")),
        ((0.3, -0.9, 0.5, -0.2), ("r", "s", "r2", "s2")),
        ((-0.2, 0.4, -0.9, 0.3), ("q", "r", "s", "r2")),
        ((0.0, -1.2, 0.0, 0.0), ("q",)),
    ],
)
def test_waves_have_their_names_sizes_and_times(
    sizes: tuple[float, ...], names: tuple[str, ...]
) -> None:
    row = sum(size * hump(*part) for size, part in zip(sizes, PARTS, strict=True))
    (found,) = measure_leads(beat(np.asarray(row)[None]), ["V2"], 500)
    parts = [(s, b - a) for s, (a, b) in zip(sizes, PARTS, strict=True) if s]
    for name, (size, samples) in zip(names, parts, strict=True):
        assert getattr(found, name) == pytest.approx(size, abs=0.02)
        if name != "s2":
            assert getattr(found, f"{name}_ms") == pytest.approx(2 * samples, abs=4)
    for name in {"q", "r", "s", "r2", "s2"} - set(names):
        assert getattr(found, name) is None
        assert found.value(name).reason == f"{name}_absent"
    assert found.qs == (names == ("q",))


def test_a_notch_does_not_make_two_waves() -> None:
    row = hump(140, 160) + hump(156, 176)
    (found,) = measure_leads(beat(row[None]), ["V5"], 500)
    assert found.s is None
    assert found.r2 is None
    assert found.r_ms == pytest.approx(72, abs=4)


def test_an_elevated_st_is_no_second_r_wave() -> None:
    st = np.interp(np.arange(400), [160, 180, 240, 340], [0, 0.3, 0.3, 0])
    row = hump(132, 150) - 0.5 * hump(150, 170) + st
    (found,) = measure_leads(beat(row[None]), ["V2"], 500)
    assert found.r2 is None
    assert found.j == pytest.approx(0.3, abs=0.01)
    assert found.st_slope == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("slope", [-2.0, -0.5, 0.0, 1.5])
def test_st_levels_and_slope(slope: float) -> None:
    t = np.arange(400)
    row = hump(132, 178) + np.where(t >= 180, 0.1 + slope * (t - 180) / 500, 0.0)
    (found,) = measure_leads(beat(row[None]), ["II"], 500)
    assert found.st_slope == pytest.approx(slope, abs=1e-3)
    for name, after in (("j", 0), ("j40", 0.04), ("j60", 0.06), ("j80", 0.08)):
        assert getattr(found, name) == pytest.approx(0.1 + slope * (after + 0.002), abs=1e-3)


def test_a_biphasic_t_wave_has_two_parts() -> None:
    row = hump(132, 178) + 0.2 * hump(240, 290) - 0.15 * hump(290, 340)
    (found,) = measure_leads(beat(row[None]), ["V3"], 500)
    assert (found.t, found.t2) == (pytest.approx(0.2, abs=0.01), pytest.approx(-0.15, abs=0.01))
    assert found.p == pytest.approx(0, abs=1e-6)
    assert found.p2 is None


def test_absent_waves_are_none_and_not_zero() -> None:
    (found,) = measure_leads(beat(hump(132, 178)[None], p_on=-1, t_on=-2), ["II"], 500)
    assert found.p is None
    assert found.value("p").reason == "p_absent"
    assert found.value("t").reason == "t_unknown"
    (found,) = measure_leads(beat(hump(132, 178)[None], qrs_on=-2), ["II"], 500)
    assert found.value("r").reason == "qrs_unknown"


def test_st_beyond_the_window_is_unknown() -> None:
    (found,) = measure_leads(beat(hump(132, 370)[None], qrs_off=375), ["II"], 500)
    assert found.j is not None
    assert found.j80 is None
    assert found.value("j80").reason == "window_ends"
    assert found.value("st_slope").reason == "window_ends"


def lead(name: str, **sizes: float | bool) -> LeadMeasures:
    return LeadMeasures(name, **({"qrs_pp": 1.0} | sizes))  # type: ignore[arg-type]


def test_sums_by_hand() -> None:
    leads = [
        lead("V1", r=0.2, s=-1.1),
        lead("V5", r=1.9, s=-0.3),
        lead("V6", r=2.1),
        lead("V3", q=-1.4, qs=True),
        lead("aVL", r=0.9, r2=1.2),
        lead("I", r=1.0),
        lead("III", q=-0.2, r=0.1, s=-0.8, s2=-0.9),
    ]
    found = voltage_sums(leads)
    expected = {
        "rv5_sv1": 3.0,
        "rv6_sv1": 3.2,
        "sokolow_lyon": 3.2,
        "cornell": 2.6,
        "r_avl": 1.2,
        "ri_siii": 1.9,
        "rv1_sv5": 0.5,
    }
    for name, value in expected.items():
        assert found[name].value == pytest.approx(value), name
        assert found[name].unit == "mV"
    assert found["limb_max"].reason == found["chest_max"].reason == "lead_missing"


def test_a_q_wave_before_r_is_no_s() -> None:
    assert s_depth(lead("V1", q=-0.5, r=1.0)) == 0
    assert s_depth(lead("V1", q=-0.5, qs=True)) == 0.5
    assert r_height(lead("V1", q=-0.5, qs=True)) == 0


def test_low_voltage_needs_all_limb_leads() -> None:
    six = [lead(name, qrs_pp=0.1 * i + 0.1) for i, name in enumerate(LEADS[:6])]
    assert voltage_sums(six)["limb_max"].value == pytest.approx(0.6)
    assert voltage_sums(six[:5])["limb_max"].value is None
    gone = [*six[:5], LeadMeasures("aVF", reason="lead_flat")]
    assert voltage_sums(gone)["limb_max"].reason == "lead_flat"


def test_a_doubtful_lead_makes_a_doubtful_sum() -> None:
    leads = [lead("aVL", r=0.9), lead("V3", s=-1.0, reason="noise")]
    value = voltage_sums(leads)["cornell"]
    assert (value.value, value.quality, value.reason) == (pytest.approx(1.9), "doubtful", "noise")

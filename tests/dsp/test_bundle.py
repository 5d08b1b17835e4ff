"""Blocks within the ventricles and pre-excitation, on synthetic beats beside each limit."""

from dataclasses import replace

import pytest

from calibration_ecg import NORMAL, PACED, Shape, make, steady
from farlead.model.recording import Recording
from support_morphology import FS, LBBB, RBBB, STRAIN, found, made, recorded, sizes, with_delta

#: QRS complexes of the same shape, as narrow as an incomplete block's, and as a healthy one's.
PARTLY_RIGHT = replace(RBBB, qrs_times=(0.018, 0.034, 0.030, 0.032))
HARDLY_RIGHT = replace(RBBB, qrs_times=(0.014, 0.028, 0.022, 0.026))
PARTLY_LEFT = replace(LBBB, qrs_times=(0.022, 0.036, 0.044, 0.0))
HARDLY_LEFT = replace(LBBB, qrs_times=(0.018, 0.028, 0.034, 0.0))
#: Left axis with qR in aVL and rS in III and aVF; and a horizontal axis.
ANTERIOR = replace(
    NORMAL,
    q=sizes(I=-0.1, II=0.15, V1=0.1, V2=0.2, V3=0.3),
    r=sizes(I=0.9, II=0.25, V4=0.7, V5=0.9, V6=0.9, V1=-0.5, V2=-0.8, V3=-0.4),
    s=sizes(NORMAL.s, I=0.2, II=-0.9, V5=-0.4, V6=-0.3),
    qrs_times=(0.020, 0.044, 0.034, 0.0),
)
LEVEL = replace(ANTERIOR, s=sizes(ANTERIOR.s, II=-0.2))
POSTERIOR = replace(
    NORMAL,
    q=sizes(I=0.1, II=-0.15, V1=0.1, V2=0.2, V3=0.3),
    r=sizes(NORMAL.r, I=-0.6, II=0.9, V1=-0.4),
    s=sizes(NORMAL.s, I=-0.3, II=0.1),
)
BLOCKS = {
    "conduction.rbbb",
    "conduction.rbbb.incomplete",
    "conduction.lbbb",
    "conduction.lbbb.incomplete",
    "conduction.lafb",
    "conduction.lpfb",
}


@pytest.mark.parametrize(
    ("code", "shape", "short"),
    [
        ("conduction.rbbb", RBBB, PARTLY_RIGHT),
        ("conduction.rbbb.incomplete", PARTLY_RIGHT, HARDLY_RIGHT),
        ("conduction.lbbb", LBBB, PARTLY_LEFT),
        ("conduction.lbbb.incomplete", PARTLY_LEFT, HARDLY_LEFT),
        ("conduction.lafb", ANTERIOR, LEVEL),
        ("conduction.lpfb", POSTERIOR, NORMAL),
    ],
)
def test_a_block_on_either_side_of_its_limit(code: str, shape: Shape, short: Shape) -> None:
    there, not_there = found(shape), found(short)
    assert code in there
    assert code not in not_there
    assert there[code].leads
    assert there[code].beats
    assert there[code].values


def test_evidence_of_a_right_block_is_where_it_is_read() -> None:
    block = found(RBBB)["conduction.rbbb"]
    assert {"V1", "V2", "I", "V6"} == set(block.leads)
    assert block.values["qrs"] >= 120
    assert block.values["r_peak_time"] > 50
    assert block.certain


@pytest.mark.parametrize("height", [0.5, 0.8])
def test_a_slow_late_r_behind_the_offset_is_seen(height: float) -> None:
    """The QRS offset may be put on top of R′: what runs on after it belongs to QRS."""
    late = tuple(size * height / 0.8 for size in RBBB.r2)
    block = found(replace(RBBB, qrs_times=(0.018, 0.036, 0.028, 0.060), r2=late))
    assert "conduction.rbbb" in block
    assert block["conduction.rbbb"].values["qrs"] == pytest.approx(142, abs=16)
    assert not block["conduction.rbbb"].certain


def test_wide_without_the_shape_of_either_branch_is_unspecific() -> None:
    slow = found(replace(NORMAL, qrs_times=(0.034, 0.056, 0.050, 0.0), qt=0.440))
    assert "conduction.ivcd" in slow
    assert not BLOCKS & set(slow)


@pytest.mark.parametrize("shape", [NORMAL, STRAIN], ids=["normal", "strain"])
def test_no_block_where_there_is_none(shape: Shape) -> None:
    assert not [code for code in found(shape) if code.startswith("conduction.")]


def test_paced_beats_have_no_block_of_their_own() -> None:
    paced = make(steady(70, 10, PACED), FS, 10, noise=0.004)
    codes = set(found(recorded(paced.signal)))
    assert not BLOCKS & codes
    assert codes & {"rhythm.paced", "pacing.ventricular"}


#: A beat whose QRS complex may begin early: no Q wave, an R that takes its time.
FREE = replace(NORMAL, p_time=0.085, q=(0.0,) * 8, qrs_times=(0.0, 0.060, 0.040, 0.0))


def pre_excited(pr: float, delta: float, share: float = 0.4) -> Recording:
    """PR to the begin of the delta wave, and how long that is, in seconds."""
    return recorded(with_delta(made(replace(FREE, pr=pr + delta)), delta, share).signal)


def test_pre_excitation_asks_for_short_pr_delta_wave_and_width() -> None:
    early = found(pre_excited(0.107, 0.048))
    assert "conduction.preexcitation" in early
    values = early["conduction.preexcitation"].values
    assert values["pr"] < 120
    assert values["delta"] >= 36
    assert values["qrs"] >= 110
    assert "conduction.preexcitation" not in found(pre_excited(0.160, 0.048))
    assert "conduction.preexcitation" not in found(pre_excited(0.105, 0.0))


def test_pre_excitation_explains_what_it_looks_like() -> None:
    codes = set(found(pre_excited(0.107, 0.048)))
    assert not BLOCKS & codes
    assert not [code for code in codes if code.startswith(("ischaemia.", "infarction."))]

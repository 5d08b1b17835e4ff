"""Exchanged electrodes are found; those in place are not accused."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from farlead_signal.delineation import Fiducials
from farlead_signal.electrodes import Reversal, ReversalKind, reversals
from farlead_signal.leads import STANDARD
from farlead_signal.limb_swaps import (
    DURING_P,
    DURING_QRST,
    SWAPS,
    Swap,
    frontal_plane,
    mirrored,
    sign_answers,
)
from support_reversal_fit import marked_beat, model, prepared
from support_reversals import mirrored_heart, neighbours_swapped, right_leg_swapped, swapped

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # wfdb with pandas 3.1

Beat = NDArray[np.float64]
#: Of the records that the limits were chosen on; every kind of axis and conduction.
NUMBERS = range(1, 141, 6)


@pytest.fixture(scope="module")
def beats(farlead_data: object) -> list[tuple[Beat, Fiducials]]:
    """Median beats of LUDB records with odd numbers."""
    pytest.importorskip("wfdb")
    found = (marked_beat(number) for number in NUMBERS)
    return [(each[0], each[1]) for each in found if each]


def claims(beat: Beat, fiducials: Fiducials) -> tuple[Reversal, ...]:
    return reversals(beat, STANDARD, 500.0, fiducials)


def found_in(
    beats: list[tuple[Beat, Fiducials]], change: Callable[[Beat], Beat], kind: ReversalKind
) -> float:
    hits = [kind in {c.kind for c in claims(change(b), f)} for b, f in beats]
    return sum(hits) / len(hits)


@pytest.mark.data
def test_electrodes_in_place_are_not_accused(beats: list[tuple[Beat, Fiducials]]) -> None:
    accused = [c for beat, fiducials in beats for c in claims(beat, fiducials)]
    assert len([c for c in accused if c.kind is not ReversalKind.LA_LL]) == 0
    assert len(accused) <= 1  # 127: a wandering pacemaker


@pytest.mark.data
@pytest.mark.parametrize(("kind", "least"), [("LA_RA", 0.9), ("RA_LL", 0.95), ("LA_LL", 0.55)])
def test_exchanged_limb_electrodes_are_found(
    beats: list[tuple[Beat, Fiducials]], kind: str, least: float
) -> None:
    share = found_in(beats, lambda beat: swapped(beat, kind), ReversalKind(kind))
    assert share >= least


@pytest.mark.data
@pytest.mark.parametrize("arm", ["RA", "LA"])
def test_an_arm_electrode_on_the_right_leg_is_found(
    beats: list[tuple[Beat, Fiducials]], arm: str
) -> None:
    share = found_in(beats, lambda beat: right_leg_swapped(beat, arm), ReversalKind.RL)
    assert share == 1.0


@pytest.mark.data
@pytest.mark.parametrize(("at", "least"), [(1, 0.5), (2, 0.65), (3, 0.75), (4, 0.65), (5, 0.2)])
def test_exchanged_neighbours_on_the_chest_are_found(
    beats: list[tuple[Beat, Fiducials]], at: int, least: float
) -> None:
    change = neighbours_swapped
    assert found_in(beats, lambda b: change(b, at), ReversalKind.PRECORDIAL) >= least


@pytest.mark.data
def test_a_mirrored_heart_is_told_from_exchanged_arms(
    beats: list[tuple[Beat, Fiducials]],
) -> None:
    with_p = [each for each in beats if each[1].p_on[0] >= 0]
    told = found_in(with_p, mirrored_heart, ReversalKind.DEXTROCARDIA)
    assert told >= 0.5
    assert found_in(with_p, lambda b: swapped(b, "LA_RA"), ReversalKind.DEXTROCARDIA) <= 0.05


@pytest.mark.data
def test_claims_do_not_depend_on_scale_order_or_derived_leads(
    beats: list[tuple[Beat, Fiducials]],
) -> None:
    order = np.random.default_rng(0).permutation(12)
    independent = [0, 1, *range(6, 12)]
    for beat, fiducials in beats[:8]:
        for kind in ("LA_RA", "RA_LL"):
            rows = swapped(beat, kind)
            plain = {c.kind for c in claims(rows, fiducials)}
            shuffled = reversals(rows[order], [STANDARD[k] for k in order], 500, fiducials)
            fewer = [STANDARD[k] for k in independent]
            eight = reversals(rows[independent], fewer, 500, fiducials)
            doubled = reversals(2 * rows + 1.0, STANDARD, 500, fiducials)
            for other in (shuffled, eight, doubled):
                assert {c.kind for c in other} == plain


@pytest.mark.data
def test_a_claim_names_lead_measure_value_and_limit(
    beats: list[tuple[Beat, Fiducials]],
) -> None:
    (claim,) = claims(swapped(beats[0][0], "LA_RA"), beats[0][1])
    assert 0.85 < claim.confidence <= 1.0
    total = next(e for e in claim.evidence if e.measure == "electrode_score")
    assert total.value < total.limit < 0
    assert {e.lead for e in claim.evidence} == {"", "I"}


@pytest.mark.data
def test_without_chest_leads_limb_electrodes_are_not_accused(
    beats: list[tuple[Beat, Fiducials]],
) -> None:
    for beat, fiducials in beats:
        assert reversals(swapped(beat, "LA_RA")[:6], STANDARD[:6], 500, fiducials) == ()


@pytest.mark.data
def test_some_missing_chest_leads_do_not_hide_exchanged_arms(
    beats: list[tuple[Beat, Fiducials]],
) -> None:
    keep = [0, 1, 6, 8, 9, 11]
    names = [STANDARD[k] for k in keep]
    hits = [
        ReversalKind.LA_RA in {c.kind for c in reversals(swapped(b, "LA_RA")[keep], names, 500, f)}
        for b, f in beats
    ]
    assert np.mean(hits) >= 0.85


@pytest.mark.data
def test_a_lead_that_breaks_einthovens_law_is_no_evidence(
    beats: list[tuple[Beat, Fiducials]],
) -> None:
    for beat, fiducials in beats:
        torn = beat.copy()
        torn[0] = -torn[0]  # one lead turned: no exchange of electrodes does that
        kinds = {c.kind for c in claims(torn, fiducials)}
        assert not kinds & {ReversalKind(s.value) for s in SWAPS}
        dead = beat.copy()
        dead[1] = 0.0  # a dead channel is no arm electrode on the leg
        assert ReversalKind.RL not in {c.kind for c in claims(dead, fiducials)}


def some_fiducials(qrs_on: int = 90) -> Fiducials:
    at = {name: np.array([value]) for name, value in zip(
        ("p_on", "p_peak", "p_off", "qrs_on", "qrs_off", "t_on", "t_peak", "t_off", "r_peaks"),
        (20, 40, 60, qrs_on, 140, 180, 220, 280, 110), strict=True)}  # fmt: skip
    return Fiducials(**at)


@pytest.mark.parametrize(
    "beat",
    [
        np.zeros((12, 400)),
        np.full((12, 400), np.nan),
        np.full((12, 400), np.inf),
        np.full((12, 400), 3.0),
        np.zeros((12, 1)),
        np.zeros((12, 0)),
        np.zeros((0, 400)),
        np.zeros(400),
    ],
    ids=["zero", "nan", "inf", "constant", "one sample", "empty", "no lead", "one-dimensional"],
)
def test_what_holds_no_beat_gives_no_claim(beat: Beat) -> None:
    assert claims(beat, some_fiducials()) == ()


def test_without_a_qrs_complex_nothing_is_said() -> None:
    beat = np.random.default_rng(1).normal(size=(12, 400))
    assert claims(beat, some_fiducials(qrs_on=-1)) == ()
    gone = replace(some_fiducials(), qrs_on=np.zeros(0, np.int64))
    assert claims(beat, gone) == ()


def test_one_broken_lead_leaves_the_others() -> None:
    beat = np.random.default_rng(1).normal(size=(12, 400))
    beat[3, 7] = np.nan
    beat[9] = np.inf
    claims(beat, some_fiducials())


@pytest.mark.parametrize("swap", SWAPS)
def test_an_exchange_turns_all_answers_to_its_question(swap: Swap) -> None:
    rng = np.random.default_rng(2)
    frontal, chest = rng.normal(size=(2, 300)), rng.normal(size=(6, 300))
    parts = _parts()
    at = SWAPS.index(swap)
    right = sign_answers(frontal, chest, parts)
    wrong = sign_answers(mirrored(frontal, swap), chest, parts)
    np.testing.assert_allclose(wrong[at], -right[at], atol=1e-9)
    np.testing.assert_allclose(mirrored(mirrored(frontal, swap), swap), frontal, atol=1e-12)


@pytest.mark.parametrize("kind", ["LA_RA", "LA_LL", "RA_LL"])
def test_mirroring_the_frontal_plane_is_what_the_leads_do(kind: str) -> None:
    one, two = np.random.default_rng(3).normal(size=(2, 50))
    limb = [one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2]
    rows = np.concatenate([np.stack(limb), np.zeros((6, 50))])
    before = frontal_plane(dict(zip(STANDARD[:6], rows, strict=False)))
    after = frontal_plane(dict(zip(STANDARD[:6], swapped(rows, kind), strict=False)))
    assert before[0] is not None
    assert after[0] is not None
    np.testing.assert_allclose(mirrored(before[0], Swap(kind)), after[0], atol=1e-9)
    assert before[1] == pytest.approx(after[1], abs=1e-9) == pytest.approx(0, abs=1e-9)


@pytest.mark.data
@pytest.mark.slow
def test_the_constants_are_those_of_the_fit(farlead_data: object) -> None:
    pytest.importorskip("wfdb")
    records = [found for number in range(1, 141, 2) if (found := prepared(number))]
    for at in range(3):
        np.testing.assert_allclose(model(records, at, True), DURING_P[at], atol=0.006)
        np.testing.assert_allclose(model(records, at, False), DURING_QRST[at], atol=0.006)


def _parts() -> object:
    from farlead_signal.segments import Segments

    return Segments(slice(85, 90), slice(10, 60), slice(90, 140), slice(140, 280), 0.1)

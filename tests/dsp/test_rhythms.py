"""Rhythms: each is found where it was made, and not where something looks like it.

All recordings here are made up.
"""

import time
from dataclasses import replace

import numpy as np
import pytest

from calibration_ecg import (
    BUNDLE_BRANCH,
    EARLY,
    NORMAL,
    PACED,
    PREMATURE,
    WITHOUT_P,
    Shape,
    atrial_fibrillation,
    paced,
    sinus,
    steady,
    with_premature,
)
from farlead_signal import delineate, find_beats
from farlead_signal.beat_classes import BeatClass
from farlead_signal.pacing import find_spikes
from farlead_signal.representative import representative
from farlead_signal.rhythms import Basic, rhythms
from support_rhythms import (
    ONLY_P,
    OTHER_SIDE,
    THIRD_WAY,
    arrhythmia,
    at,
    codes,
    dissociated,
    dropped,
    ecg,
    fibrillating_ventricles,
    flutter,
    read,
    run_of,
    standstill,
    wenckebach,
)

FAST = np.arange(0.4, 9.6, 60 / 190)
NARROW_FAST = replace(WITHOUT_P, qt=0.28, t_time=0.13)
WIDE_FAST = replace(PREMATURE, qt=0.34, t_time=0.16)
RAISED = {
    "rhythm.vf", "rhythm.vt", "rhythm.vt.polymorphic", "rhythm.vt.bidirectional",
    "rhythm.wide_tachycardia", "rhythm.ventricular", "rhythm.asystole", "rhythm.torsades",
    "ectopy.v.run", "ectopy.v.r_on_t", "av.block3", "rhythm.svt",
}  # fmt: skip


@pytest.mark.parametrize(
    "made",
    [
        sinus(75, noise=0.01), sinus(45, noise=0.01), sinus(125, noise=0.01), arrhythmia(0.15),
        arrhythmia(0.25), sinus(75, noise=0.03), sinus(75, mains=0.1), sinus(75, wander=0.3),
        ecg(steady(75, 10, BUNDLE_BRANCH)),
    ],
    ids=["75", "45", "125", "arrhythmia", "strong arrhythmia", "noise", "mains", "wander",
         "bundle branch"],
)  # fmt: skip
def test_sinus_rhythm_is_sinus_rhythm_and_nothing_else(made) -> None:
    found = read(made.signal)
    assert found.basic is Basic.SINUS
    assert codes(found) == {"rhythm.sinus"}


@pytest.mark.parametrize("seed", range(6))
def test_atrial_fibrillation(seed: int) -> None:
    found = read(atrial_fibrillation(seed=seed).signal)
    assert found.basic is Basic.FIBRILLATION
    (one,) = [f for f in found.findings if f.code == "rhythm.af"]
    assert one.values["rr_shortest"] < one.values["rr_longest"] * 1000
    assert one.leads
    assert one.spans[0].start == 0
    assert BeatClass.SUPRAVENTRICULAR not in found.labels


@pytest.mark.parametrize("seed", range(3))
def test_what_is_irregular_with_p_waves_is_no_fibrillation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    times = 0.5 + np.cumsum(rng.uniform(0.6, 1.1, 12))
    found = read(ecg(at(times[times < 9.5]), seed=seed).signal)
    assert "rhythm.af" not in codes(found)


@pytest.mark.parametrize("every", [2, 3, 4])
def test_premature_beats_are_no_fibrillation(every: int) -> None:
    found = read(with_premature(every, noise=0.01).signal)
    assert found.basic is Basic.SINUS
    assert "ectopy.v" in codes(found)
    assert not codes(found) & {"rhythm.af", *RAISED}


@pytest.mark.parametrize(
    ("ratios", "rate"), [([4], 290.0), ([3], 260.0), ([2], 290.0), ([4, 3, 4, 2], 300.0)]
)
def test_flutter_with_a_fixed_or_changing_ratio(ratios: list[int], rate: float) -> None:
    found = read(flutter(ratios, rate).signal)
    assert found.basic is Basic.FLUTTER
    assert found.cells[0].evidence is not None
    assert 60 / found.cells[0].evidence.cycle == pytest.approx(rate, rel=0.05)


def test_tremor_is_no_flutter() -> None:
    made = sinus(75, noise=0.01)
    t = np.arange(made.signal.shape[1]) / made.fs
    shake = 0.12 * np.sin(2 * np.pi * 4.7 * t) + 0.05 * np.sin(2 * np.pi * 9.4 * t)
    limb = np.array([1, 0.9, -0.1, -0.95, 0.55, 0.4, 0, 0, 0, 0, 0, 0])
    found = read((made.signal + np.outer(limb, shake)).astype(np.float32))
    assert not codes(found) & {"rhythm.flutter", "rhythm.af"}


def test_narrow_regular_and_fast_is_supraventricular() -> None:
    found = read(ecg(at(FAST, NARROW_FAST)).signal)
    assert found.basic is Basic.SUPRAVENTRICULAR_TACHYCARDIA
    (one,) = [f for f in found.findings if f.code == "rhythm.svt"]
    assert one.values["rate"] == pytest.approx(190, rel=0.02)
    assert not one.certain


@pytest.mark.parametrize("rate", [120, 160, 200])
def test_broad_regular_and_fast_is_ventricular_until_told_otherwise(rate: int) -> None:
    times = np.arange(0.4, 9.6, 60 / rate)
    found = read(ecg(at(times, WIDE_FAST)).signal)
    told = {"rhythm.vt", "rhythm.wide_tachycardia"}
    one = next(f for f in found.findings if f.code in told)
    assert one.values["rate"] == pytest.approx(rate, rel=0.03)
    assert one.values["beats"] == pytest.approx(times.size, abs=1)
    assert one.values["seconds"] > 8
    assert not one.certain
    assert not (found.basic is Basic.SINUS and found.certain)


def test_fast_bundle_branch_block_is_sinus_rhythm_with_doubt() -> None:
    found = read(ecg(steady(115, 10, BUNDLE_BRANCH)).signal)
    assert found.basic is Basic.SINUS
    assert not found.certain
    assert "rhythm.wide_tachycardia" in codes(found)


def test_two_forms_in_turn_are_bidirectional() -> None:
    beats = [
        (t, (WIDE_FAST, OTHER_SIDE)[i % 2]) for i, t in enumerate(np.arange(0.4, 9.5, 60 / 140))
    ]
    assert {"rhythm.vt", "rhythm.vt.bidirectional"} <= codes(read(ecg(beats).signal))


@pytest.mark.parametrize(("count", "rate"), [(3, 150.0), (5, 170.0), (8, 120.0)])
def test_runs_with_their_beats_and_rate(count: int, rate: float) -> None:
    found = read(run_of(count, rate).signal)
    (one,) = [f for f in found.findings if f.code == "rhythm.vt"]
    assert one.values["beats"] == count
    assert one.values["rate"] == pytest.approx(rate, rel=0.05)
    assert len(one.beats) == count
    assert one.spans[0].start < one.spans[0].stop


def test_a_run_of_many_forms_is_polymorphic() -> None:
    assert "rhythm.vt.polymorphic" in codes(
        read(run_of(8, 180, (PREMATURE, OTHER_SIDE, THIRD_WAY)).signal)
    )
    assert "rhythm.vt.polymorphic" not in codes(read(run_of(8, 180).signal))


def test_a_couplet_is_no_run_and_a_slow_run_no_tachycardia() -> None:
    couplet = codes(read(run_of(2, 150).signal))
    assert "ectopy.v.couplet" in couplet
    assert not couplet & RAISED
    slow = codes(read(run_of(5, 85).signal))
    assert "rhythm.ventricular" in slow
    assert "rhythm.vt" not in slow


def test_patterns_of_premature_beats() -> None:
    assert "ectopy.v.bigeminy" in codes(read(with_premature(2, noise=0.01).signal))
    assert "ectopy.v.trigeminy" in codes(read(with_premature(3, noise=0.01).signal))
    plain = codes(read(with_premature(5, noise=0.01).signal))
    assert not plain & {"ectopy.v.bigeminy", "ectopy.v.trigeminy", "ectopy.v.couplet"}
    forms = [PREMATURE, OTHER_SIDE]
    beats = [(t - (0.32 if i % 4 == 3 else 0), forms[i // 4 % 2] if i % 4 == 3 else NORMAL)
             for i, t in enumerate(np.arange(0.5, 9.5, 0.8))]  # fmt: skip
    assert "ectopy.v.multiform" in codes(read(ecg(beats).signal))
    assert "ectopy.v.multiform" not in plain


def test_early_beats_from_above() -> None:
    beats = [(t - (0.3 if i % 5 == 4 else 0), EARLY if i % 5 == 4 else NORMAL)
             for i, t in enumerate(np.arange(0.5, 9.5, 0.8))]  # fmt: skip
    found = read(ecg(beats).signal)
    assert found.basic is Basic.SINUS
    (one,) = [f for f in found.findings if f.code == "ectopy.sv"]
    assert one.beats == (4, 9)


@pytest.mark.parametrize("seed", range(3))
def test_fibrillation_of_the_ventricles(seed: int) -> None:
    found = read(fibrillating_ventricles(seed=seed))
    assert found.basic is Basic.VENTRICULAR_FIBRILLATION
    (one,) = {f.code: f for f in found.findings}.values()
    assert one.values["seconds"] > 8


def test_standstill_is_told_from_a_lost_lead_and_from_noise() -> None:
    found = read(standstill())
    assert found.basic is Basic.ASYSTOLE
    assert read(np.zeros((12, 5000), np.float32)).basic is Basic.UNKNOWN
    rng = np.random.default_rng(1)
    assert read(0.3 * rng.normal(size=(12, 5000)).astype(np.float32)).basic is Basic.UNKNOWN
    behind = ecg(at([0.5, 1.3, 2.1, 2.9]))
    (one,) = [f for f in read(behind.signal).findings if f.code == "rhythm.asystole"]
    assert one.spans[0].start > 2.9 * 500
    assert "rhythm.asystole" not in codes(
        read(ecg(at([0.5, 1.3, 2.1, 5.3, 6.1, 6.9, 7.7, 8.5])).signal)
    )


def test_long_pr_and_dropped_beats() -> None:
    long = codes(read(ecg(steady(70, 10, replace(NORMAL, pr=0.28))).signal))
    assert "av.block1" in long
    found = read(dropped().signal)
    assert {"av.block2", "av.block2.mobitz2"} <= codes(found)
    (one,) = [f for f in found.findings if f.code == "av.block2"]
    assert one.values["rr_longest"] == pytest.approx(1.6, abs=0.05)
    assert "av.block2.two_one" in codes(read(dropped(2, rate=84).signal))


def test_two_dropped_beats_in_a_row_are_advanced_block() -> None:
    beats = at(np.arange(0.4, 9.6, 0.75))
    two = [(t, ONLY_P if i in {4, 5} else shape) for i, (t, shape) in enumerate(beats)]
    one = [(t, ONLY_P if i == 4 else shape) for i, (t, shape) in enumerate(beats)]
    assert "av.high" in codes(read(ecg(two).signal))
    assert "av.high" not in codes(read(ecg(one).signal))


@pytest.mark.parametrize(("pause", "said"), [(1.6, True), (2.4, True), (1.35, False), (2.0, False)])
def test_sinoatrial_block_is_a_pause_of_whole_intervals(pause: float, *, said: bool) -> None:
    times = [0.5, 1.3, 2.1, 2.9, *(2.9 + pause + 0.8 * np.arange(6))]
    found = codes(read(ecg(at([t for t in times if t < 9.4])).signal))
    assert ("sa.block" in found) is said
    assert not {code for code in found if code.startswith("av.block2")}


def test_an_escape_beat_of_the_junction_has_no_p_wave() -> None:
    beats = [*at([0.5, 1.3, 2.1, 2.9]), (4.5, WITHOUT_P), *at([5.3, 6.1, 6.9, 7.7, 8.5])]
    found = read(ecg(beats).signal)
    (one,) = [f for f in found.findings if f.code == "escape.j"]
    assert one.beats == (4,)
    assert "sa.block" not in codes(found)
    conducted = [(t, NORMAL) for t, _ in beats]
    assert "escape.j" not in codes(read(ecg(conducted).signal))


@pytest.mark.parametrize("every", [2, 3])
def test_early_beats_from_above_in_turn(every: int) -> None:
    beats = at(np.arange(0.5, 9.4, 0.8))
    for i in range(every - 1, len(beats), every):
        beats[i] = (beats[i][0] - 0.28, EARLY)
    found = read(ecg(beats).signal)
    assert found.basic is Basic.SINUS
    assert ("ectopy.sv.bigeminy" in codes(found)) is (every == 2)
    assert "ectopy.sv" in codes(found)


def with_t(size: float, other: Shape = NORMAL) -> np.ndarray:
    """Every other T wave of V2 to V6 higher by `size` mV."""
    tall = replace(other, t=tuple(v + size * (i > 2) for i, v in enumerate(other.t)))
    return ecg([(t, tall if i % 2 else NORMAL)
                for i, t in enumerate(np.arange(0.4, 9.6, 0.8))]).signal  # fmt: skip


@pytest.mark.parametrize(("size", "said"), [(0.0, False), (0.07, False), (0.13, True), (0.4, True)])
def test_t_wave_alternans(size: float, *, said: bool) -> None:
    found = [f for f in read(with_t(size)).findings if f.code == "repolarisation.alternans"]
    assert bool(found) is said
    for one in found:
        assert {"V3", "V4", "V5"} <= set(one.leads)
        assert one.values["t"] == pytest.approx(size, abs=0.04)


@pytest.mark.parametrize(("share", "said"), [(1.0, False), (0.9, False), (0.65, True)])
def test_electrical_alternans_is_not_that_of_t(share: float, *, said: bool) -> None:
    small = replace(NORMAL, **{name: tuple(share * v for v in getattr(NORMAL, name))
                               for name in ("q", "r", "s", "t")})  # fmt: skip
    beats = [(t, small if i % 2 else NORMAL) for i, t in enumerate(np.arange(0.4, 9.6, 0.8))]
    found = codes(read(ecg(beats).signal))
    assert ("pattern.electrical_alternans" in found) is said
    assert "repolarisation.alternans" not in found


def test_breathing_and_early_beats_are_no_alternans() -> None:
    for made in (sinus(75, noise=0.02), with_premature(2, noise=0.01), arrhythmia(0.2)):
        assert not {code for code in codes(read(made.signal)) if "alternans" in code}


def twisting(qt: float) -> np.ndarray:
    """A fast run whose axis turns round once, among beats with this QT."""

    def turned(phase: float) -> Shape:
        sizes = {
            name: tuple(np.cos(phase) * np.array(getattr(PREMATURE, name))
                        + np.sin(phase) * np.roll(getattr(PREMATURE, name), 3))
            for name in ("q", "r", "s", "t")
        }  # fmt: skip
        return replace(PREMATURE, qt=0.25, t_time=0.10, **sizes)

    usual = replace(NORMAL, qt=qt, t_time=0.25)
    before = [(0.5 + 0.9 * i, usual) for i in range(4)]
    run = [(before[-1][0] + 0.55 + 0.28 * i, turned(0.5 * i)) for i in range(10)]
    after = [(run[-1][0] + 1.1 + 0.9 * i, usual) for i in range(3)]
    return ecg([*before, *run, *after]).signal


def test_torsades_is_polymorphic_tachycardia_where_qt_is_long() -> None:
    assert {"rhythm.torsades", "rhythm.vt.polymorphic"} <= codes(read(twisting(0.53)))
    short = codes(read(twisting(0.39)))
    assert "rhythm.vt.polymorphic" in short
    assert "rhythm.torsades" not in short


def test_a_pause_without_p_wave_is_no_block() -> None:
    beats = at([0.5, 1.3, 2.1, 3.7, 4.5, 5.3, 6.9, 7.7, 8.5])
    assert not {code for code in codes(read(ecg(beats).signal)) if code.startswith("av.block2")}
    early = [(0.5 + 0.8 * i, NORMAL) for i in range(11)]
    early[5] = (early[5][0] - 0.35, EARLY)
    del early[6]
    assert not {code for code in codes(read(ecg(early).signal)) if code.startswith("av.block2")}


@pytest.mark.parametrize("group", [3, 4, 5])
def test_growing_pr_is_told_by_its_groups(group: int) -> None:
    found = read(wenckebach(group).signal)
    assert found.basic is Basic.SINUS
    assert not found.certain
    assert codes(found) == {"rhythm.sinus", "av.block2", "av.block2.wenckebach"}
    assert set(found.labels) == {BeatClass.DOMINANT}
    (one,) = [f for f in found.findings if f.code == "av.block2.wenckebach"]
    assert one.values["atrial_rate"] == pytest.approx(75, abs=1.5)


@pytest.mark.parametrize("shape", [WITHOUT_P, PREMATURE], ids=["narrow", "broad"])
def test_independent_p_waves_beside_a_slow_rhythm(shape) -> None:
    found = read(dissociated(shape=shape).signal)
    assert "av.block3" in codes(found)
    assert found.basic is not Basic.SINUS


def test_no_p_waves_at_all_is_no_block() -> None:
    slow = read(ecg(steady(40, 10, WITHOUT_P)).signal)
    assert slow.basic is Basic.JUNCTIONAL
    assert "av.block3" not in codes(slow)


def test_pacing() -> None:
    found = read(paced(noise=0.005).signal)
    assert found.basic is Basic.PACED
    assert "pacing.ventricular" in codes(found)
    assert set(found.labels) == {BeatClass.PACED}
    assert not codes(found) & {"pacing.capture", "rhythm.vt", "rhythm.wide_tachycardia"}


def test_a_spike_without_answer_is_said() -> None:
    beats = steady(70, 10, PACED)
    alone = replace(PACED, q=(0.0,) * 8, r=(0.0,) * 8, s=(0.0,) * 8, t=(0.0,) * 8)
    beats[5] = (beats[5][0], alone)
    found = read(ecg(beats, noise=0.004).signal)
    (one,) = [f for f in found.findings if f.code == "pacing.capture"]
    assert one.values["count"] == 1
    assert abs(one.spans[0].start - beats[5][0] * 500) < 20
    assert not one.certain


@pytest.mark.parametrize("noise", [0.15, 0.3])
def test_noise_that_hides_p_waves_is_unknown_not_sinus(noise: float) -> None:
    assert read(sinus(75, noise=noise).signal).basic is Basic.UNKNOWN


@pytest.mark.parametrize(
    "signal",
    [
        np.zeros((12, 5000)), np.full((12, 5000), np.nan), np.zeros((0, 0)), np.ones((1, 1)),
        np.full((12, 5000), np.inf), np.zeros((2, 0)),
    ],
    ids=["flat", "nan", "empty", "one", "infinite", "no samples"],
)  # fmt: skip
def test_odd_input_is_unknown(signal: np.ndarray) -> None:
    try:
        beats = find_beats(signal, 500.0)
    except ValueError:
        pytest.skip("the beat finder refuses it first")
    found = rhythms(signal, 500.0, (), beats)
    assert found.basic is Basic.UNKNOWN
    assert codes(found) == {"rhythm.unknown"}


def test_a_lost_lead_changes_nothing() -> None:
    made = with_premature(4, noise=0.01)
    signal = made.signal.copy()
    signal[7] = np.nan
    signal[8] = 0
    found = read(signal)
    assert found.basic is Basic.SINUS
    assert [label.value for label in found.labels] == list(made.labels)


def test_fibrillation_that_comes_and_goes_is_found_where_it_is() -> None:
    part = atrial_fibrillation(seconds=60, seed=2).signal
    signal = np.concatenate([sinus(75, seconds=60, noise=0.01).signal, part], axis=1)[[1, 6]]
    found = rhythms(signal, 500.0, ("II", "V1"), find_beats(signal, 500.0))
    (one,) = [f for f in found.findings if f.code == "rhythm.af"]
    assert abs(one.spans[0].start / 500 - 60) <= 10
    assert one.spans[0].stop == signal.shape[1]


def test_ten_seconds_of_twelve_leads_are_fast() -> None:
    signal = sinus(75, noise=0.01).signal
    beats, spikes = find_beats(signal, 500.0), find_spikes(signal, 500.0)
    points = delineate(signal, 500.0, beats.r_peaks)
    median = representative(signal, 500.0, beats.r_peaks, points)
    taken = []
    for _ in range(20):
        began = time.perf_counter()
        rhythms(signal, 500.0, ("I",) * 12, beats, points, median, spikes)
        taken.append(time.perf_counter() - began)
    assert min(taken) < 0.05  # far above what it takes, far below what would be noticed

"""Calipers measure samples and millivolts: on a plain model, at any scale, on known signals."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farlead.messages import Language
from farlead.model.detail import WaveMarks
from farlead.model.screening import QtFormula
from farlead_signal.filters import Setting
from farlead_ui.ecg.caliper import Caliper, Hold, Kind, Leg
from farlead_ui.ecg.caliper_marks import drawn, marches
from farlead_ui.ecg.caliper_words import said
from farlead_ui.ecg.calipers import CaliperModel
from farlead_ui.ecg.fields import cell_at, field_at, fields, height_of, millivolts_at, recorded
from farlead_ui.ecg.gain import GAINS, Gain
from farlead_ui.ecg.geometry import lay_out
from farlead_ui.ecg.layouts import LAYOUTS, place
from farlead_ui.ecg.page import Paper, Sheet, scale_for
from farlead_ui.ecg.seen import seen
from farlead_ui.ecg.speeds import SPEEDS
from farlead_ui.ecg.tangent import t_end
from farlead_ui.ecg.tape import Tape, ladder
from support_ecg import LEADS, ecg, steady, twelve
from support_sheet import recording

FS = 500.0
BEATS = [0.5, 1.3, 2.1, 2.9, 3.7, 4.5, 5.3, 6.1, 6.9, 7.7, 8.5, 9.3]
PEAKS = tuple(round(b * FS) for b in BEATS)
T_END = 0.28 + 2 * 0.045  # of a Gaussian T: peak and two of its widths


def tape(**rest: object) -> Tape:
    wave = ecg(BEATS, FS, 10.0, **rest)  # type: ignore[arg-type]
    on = tuple(p - 25 for p in PEAKS)
    return Tape(twelve(wave, noise=0.0), LEADS, FS, PEAKS, WaveMarks(qrs_on=on))


@pytest.fixture
def model() -> CaliperModel:
    made = CaliperModel()
    made.load(tape())
    return made


def sheet(
    speed: float = 25.0, gain: float = 10.0, scale: float | None = 3.6, ratio: float = 1.0,
    layout: int = 2, fs: float = FS,
) -> Sheet:  # fmt: skip
    paper = Paper(speed, Gain(gain, gain), fs, round(10 * fs))
    size = round(1140 * ratio), round(856 * ratio)
    return lay_out(place(LAYOUTS[layout], LEADS), paper, scale_for(scale, ratio), *size, ratio)


def test_a_caliper_lies_on_the_next_beat_and_another_on_the_one_after(model: CaliperModel) -> None:
    model.put_time(round(4.6 * FS))
    assert model.active
    assert [leg.sample for leg in model.calipers[0].legs] == [PEAKS[6], PEAKS[7]]
    model.put_time(round(4.6 * FS))
    assert [leg.sample for leg in model.calipers[1].legs] == [PEAKS[7], PEAKS[8]]
    model.release()
    model.put_time(4999)
    assert [leg.sample for leg in model.calipers[2].legs] == [PEAKS[10], PEAKS[11]]


def test_without_beats_it_is_put_in_the_middle(model: CaliperModel) -> None:
    model.load(Tape(np.zeros((1, 5000)), ("I",), FS))
    model.put_time(2500)
    assert [leg.sample for leg in model.calipers[0].legs] == [2500, 2900]
    model.put_voltage(100)
    assert model.selected is not None
    assert model.selected.kind is Kind.VOLTAGE
    assert not model.put_qt(100), "no beats, no QT"
    model.load(None)
    model.put_time(3)
    assert model.calipers == ()


def test_legs_step_by_samples_and_stay_in_the_recording(model: CaliperModel) -> None:
    model.put_time(0)
    model.step(1)
    assert model.selected is not None
    assert model.selected.legs[1].sample == PEAKS[1] + 1
    model.turn_leg()
    assert model.hold is Hold.BOTH
    model.step(10)
    assert [leg.sample for leg in model.selected.legs] == [PEAKS[0] + 10, PEAKS[1] + 11]
    model.step(-10_000)
    assert model.selected.samples == 401, "both keep their distance at the end"
    model.turn_leg()
    model.step(-10_000)
    assert model.selected.legs[0].sample == 0
    model.turn_leg()
    model.step(10_000)
    assert model.selected.legs[1].sample == 4999


def test_legs_jump_to_fiducial_points(model: CaliperModel) -> None:
    model.put_time(0)
    model.to_mark(1)
    assert model.selected is not None
    assert model.selected.legs[1].sample == PEAKS[2] - 25
    model.to_mark(1)
    model.to_mark(-1)
    assert model.selected.legs[1].sample == PEAKS[2] - 25


def test_a_voltage_is_that_of_the_trace(model: CaliperModel) -> None:
    found = model.tape
    assert found is not None
    model.put_voltage(0)
    caliper = model.selected
    assert caliper is not None
    assert caliper.lead == LEADS.index("II")
    peak = float(found.samples[1, PEAKS[0]]) - float(found.samples[1, PEAKS[0] - 25])
    assert caliper.millivolts == pytest.approx(peak, abs=0.01)
    model.step(3)
    assert model.selected is not None
    leg = model.selected.legs[1]
    assert leg.mv == pytest.approx(float(found.samples[1, leg.sample])), "along the trace"
    model.lift(5)
    assert model.selected.legs[1].mv == pytest.approx(leg.mv + 0.05)
    model.next_lead(1)
    assert model.selected.lead == LEADS.index("III")
    assert model.selected.legs[0].mv == pytest.approx(float(found.samples[2, PEAKS[0] - 25]))


def test_leads_go_round_and_all_is_one_of_them(model: CaliperModel) -> None:
    model.put_time(0)
    seen = []
    for _ in range(len(LEADS) + 1):
        assert model.selected is not None
        seen.append(model.selected.lead)
        model.next_lead(1)
    assert seen == [None, *range(12)]
    assert model.selected is not None
    assert model.selected.lead is None
    model.next_lead(-1)
    assert model.selected.lead == 11


def test_several_at_once_and_away_again(model: CaliperModel) -> None:
    for _ in range(3):
        model.put_time(0)
    model.select_next()
    assert model.current == 0
    model.remove()
    assert len(model.calipers) == 2
    assert model.active
    model.remove()
    model.remove()
    assert model.calipers == ()
    assert not model.active
    model.put_time(0)
    model.clear()
    assert model.calipers == ()


@pytest.mark.parametrize("lead", ["II", "aVR", "V5"])
@pytest.mark.parametrize("drift", [0.0, 0.4])
@pytest.mark.parametrize("fs", [250.0, 500.0, 1000.0])
def test_the_tangent_meets_the_baseline_where_it_must(lead: str, drift: float, fs: float) -> None:
    t = np.arange(round(10 * fs)) / fs
    wave = ecg(BEATS, fs, 10.0, p_wave=0.0) + drift * np.asarray(t, np.float32) / 10
    peaks = tuple(round(b * fs) for b in BEATS)
    on = tuple(p - round(0.05 * fs) for p in peaks)
    made = Tape(twelve(wave, noise=0.0), LEADS, fs, peaks, WaveMarks(qrs_on=on))
    for beat in (0, 5, 10):
        found = t_end(made, beat, LEADS.index(lead))
        assert found is not None
        assert (found.end - peaks[beat]) / fs == pytest.approx(T_END, abs=0.006)


def test_a_flat_t_or_the_last_beat_gives_no_tangent() -> None:
    assert t_end(tape(t_wave=0.005), 3, 1) is None
    assert t_end(tape(), len(PEAKS) - 1, 1) is None
    gone = tape()
    samples = gone.samples.copy()
    samples[1, PEAKS[3] + 100 : PEAKS[3] + 140] = np.nan
    assert t_end(Tape(samples, LEADS, FS, PEAKS, gone.waves), 3, 1) is None


def test_qt_by_tangent_says_qt_and_qtc(model: CaliperModel) -> None:
    assert model.put_qt(0)
    assert model.selected is not None
    assert model.tape is not None
    text = said(model.selected, model.tape, QtFormula.BAZETT).text(Language.EN)
    qt = (T_END + 0.05) * 1000
    assert text.startswith("II QT ")
    shown = float(text.split()[2])
    assert shown == pytest.approx(qt, abs=6)
    assert f"QTc (B) {shown / 0.8**0.5:.0f}"[:9] in text
    model.step(1)
    assert "QT" not in said(model.selected, model.tape, QtFormula.BAZETT).text(Language.EN)


def test_what_calipers_say(model: CaliperModel) -> None:
    assert model.tape is not None
    made = model.tape

    def text(caliper: Caliper, language: Language = Language.EN) -> str:
        return said(caliper, made, QtFormula.FRIDERICIA).text(language)

    beat = Caliper(Kind.TIME, (Leg(1000), Leg(1263)))
    assert text(beat) == "526 ms · 114 /min"
    assert text(Caliper(Kind.TIME, (Leg(1263), Leg(1000)), march=True), Language.ZH) == (
        "526 ms · 114 次/分 · 等距标线"
    )
    assert text(Caliper(Kind.TIME, (Leg(10), Leg(20)), lead=6)) == "V1 20 ms"
    assert text(Caliper(Kind.TIME, (Leg(10), Leg(10)))) == "0 ms"
    up = Caliper(Kind.VOLTAGE, (Leg(10, 0.1), Leg(20, 1.3)), lead=1)
    assert text(up) == "II +1.20 mV · 20 ms"
    down = Caliper(Kind.VOLTAGE, (Leg(10, 0.1), Leg(20, -0.8)), lead=1)
    assert text(down) == "II −0.90 mV · 20 ms"


def test_the_ladder_has_a_rung_for_each_interval() -> None:
    rungs = ladder(tape(), 0, 5000)
    assert [round(r.ms) for r in rungs] == [800] * 11
    assert {round(r.rate) for r in rungs} == {75}
    assert len(ladder(tape(), 0, PEAKS[1])) == 1
    assert ladder(Tape(np.zeros((1, 10)), ("I",), FS), 0, 10) == []


def test_the_march_goes_on_to_both_ends_of_the_page() -> None:
    page = sheet()
    (whole,) = fields(page)
    caliper = Caliper(Kind.TIME, (Leg(PEAKS[5]), Leg(PEAKS[6])), march=True)
    found = marches(whole, caliper)
    wanted = [page.x(p) for p in PEAKS if p not in (PEAKS[5], PEAKS[6])]
    assert found == pytest.approx(wanted)
    assert marches(whole, Caliper(Kind.TIME, (Leg(5), Leg(5)))) == []
    assert marches(whole, Caliper(Kind.TIME, (Leg(5), Leg(6)))) == [], "a haze is no scale"


@pytest.mark.parametrize("layout", range(len(LAYOUTS)))
def test_in_every_layout_a_leg_stands_on_its_sample_in_every_lead(layout: int) -> None:
    page = sheet(layout=layout)
    at = 300
    made = drawn(page, [(Caliper(Kind.TIME, (Leg(at), Leg(at + 40))), "x", Hold.SECOND)], 1.0)
    upright = [line for line in made.lines if line[0] == line[2]]
    for cell in recorded(page):
        if cell.start <= at < cell.stop - 40:
            x = page.at(cell, at)
            assert any(
                line[0] == pytest.approx(x) and line[1] <= cell.baseline <= line[3]
                for line in upright
            ), cell.lead
    assert [tag.text for tag in made.tags] == ["x"]


@settings(deadline=None, max_examples=150)
@given(
    speed=st.sampled_from(SPEEDS),
    gain=st.sampled_from(GAINS),
    scale=st.none() | st.floats(2.0, 12.0),
    ratio=st.sampled_from((1.0, 1.25, 1.5, 2.0)),
    layout=st.sampled_from(range(len(LAYOUTS))),
    fs=st.sampled_from((250.0, 360.0, 500.0, 1000.0)),
    mv=st.floats(-3.0, 3.0),
)
def test_what_is_drawn_is_measured_back(
    speed: float, gain: float, scale: float | None, ratio: float, layout: int, fs: float, mv: float
) -> None:
    page = sheet(speed, gain, scale, ratio, layout, fs)
    for cell in recorded(page):
        for share in (0.1, 0.5, 0.9):
            at = round(cell.start + share * (cell.stop - cell.start))
            x = page.at(cell, at)
            field = field_at(page, x, cell.baseline)
            assert field is not None
            assert field.sample(x) == pytest.approx(at, abs=1e-6)
            assert field.x(at) == pytest.approx(x)
            assert millivolts_at(cell, height_of(cell, mv)) == pytest.approx(mv, abs=1e-9)
            under = cell_at(page, min(x, cell.right - 1), cell.baseline)
            assert under is not None
            assert under.baseline == cell.baseline


@settings(deadline=None)
@given(st.floats(0, 4999), st.floats(0, 40))
def test_legs_snap_to_marks_that_are_near_else_to_samples(sample: float, tolerance: float) -> None:
    made = tape()
    found = made.snapped(sample, tolerance)
    near = [m for m in made.marks if abs(m - sample) < tolerance]
    if near:
        assert abs(found - sample) == min(abs(m - sample) for m in near)
    else:
        assert found == round(sample)


def test_rates_of_a_known_rhythm() -> None:
    beats = steady(150.0, 10.0)
    peaks = tuple(round(b * FS) for b in beats)
    made = Tape(np.zeros((1, 5000)), ("I",), FS, peaks)
    assert {round(r.rate) for r in ladder(made, 0, 5000)} == {150}
    assert made.rr == pytest.approx(400.0, abs=1.0)


# -- under a filter


FILTERED = Setting(0.5, 50.0, 25.0)


def test_a_filtered_sample_measures_what_is_drawn() -> None:
    plain = tape()
    long = np.tile(plain.samples, (1, 8))
    for samples in (plain.samples, long):
        shown = recording(LEADS, fs=FS, samples=samples)
        drawn_from = seen(shown, FILTERED, 3000, 4000)
        seen_tape = Tape(shown.samples, LEADS, FS, PEAKS, setting=FILTERED)
        for lead in (1, 7):
            for at in (3000, 3333, 3999):
                value = drawn_from.samples[lead, at - drawn_from.first]
                assert seen_tape.level(lead, at) == pytest.approx(float(value), abs=0.001)
        assert seen_tape.level(1, PEAKS[6]) != pytest.approx(plain.level(1, PEAKS[6]), abs=0.05)


def test_legs_on_the_trace_go_with_it_and_others_stay(model: CaliperModel) -> None:
    model.put_voltage(round(4.6 * FS))
    original = model.calipers[0]
    model.put(Caliper(Kind.VOLTAGE, (Leg(2000, 0.7), Leg(2000, 0.2)), 1))
    before = model.tape
    assert before is not None
    model.know(replace(before, setting=FILTERED))
    there, free = model.calipers
    assert model.tape is not None
    for leg in there.legs:
        assert leg.mv == pytest.approx(model.tape.level(there.lead or 0, leg.sample))
    assert abs(there.millivolts) < abs(original.millivolts) - 0.05
    assert [leg.mv for leg in free.legs] == [0.7, 0.2]
    model.know(before)
    assert model.calipers[0] == original


def test_a_tangent_is_laid_anew_on_what_is_seen(model: CaliperModel) -> None:
    assert model.put_qt(round(4.6 * FS))
    before = model.tape
    assert before is not None
    original = model.calipers[0]
    model.know(replace(before, setting=FILTERED))
    moved = model.calipers[0]
    assert moved.tangent is not None
    assert moved.tangent == t_end(model.tape, 6, moved.lead)
    assert moved.tangent != original.tangent
    assert abs(moved.legs[1].sample - original.legs[1].sample) < 15
    model.know(before)
    assert model.calipers[0] == original


@pytest.mark.parametrize(
    ("setting", "zh", "en"),
    [
        (Setting(0.5, None, 40.0), "滤波后（0.5–40 Hz）", "filtered 0.5–40 Hz"),
        (Setting(0.5, 50.0, 40.0), "滤波后（0.5–40 Hz，工频 50 Hz）",
         "filtered 0.5–40 Hz, mains 50 Hz"),
        (Setting(mains=60.0), "滤波后（工频 60 Hz）", "filtered, mains 60 Hz"),
    ],
)  # fmt: skip
def test_a_value_names_the_filter_it_was_measured_under(setting: Setting, zh: str, en: str) -> None:
    caliper = Caliper(Kind.TIME, (Leg(1000), Leg(1400)))
    told = said(caliper, replace(tape(), setting=setting), QtFormula.BAZETT)
    assert told.text(Language.ZH).endswith(zh)
    assert told.text(Language.EN).endswith(en)
    assert "filter" not in said(caliper, tape(), QtFormula.BAZETT).text(Language.EN)

"""Millimetres first: grid, traces and pulse agree, at every calibration and scale factor."""

from itertools import pairwise

import numpy as np
import pytest

from farlead_ui.ecg.gain import Gain
from farlead_ui.ecg.geometry import Paper, Sheet, lay_out, scale_for
from farlead_ui.ecg.layouts import LAYOUTS, Time, place
from support_sheet import TWELVE

STANDARD = Paper(25.0, Gain(), 500.0, 5000)


def sheet(
    paper: Paper = STANDARD,
    *,
    layout: int = 0,
    width: int = 1140,
    height: int = 856,
    calibration: float | None = None,
    ratio: float = 1.0,
    leads: tuple[str, ...] = TWELVE,
) -> Sheet:
    placement = place(LAYOUTS[layout], leads)
    return lay_out(placement, paper, scale_for(calibration, ratio), width, height, ratio)


@pytest.mark.parametrize("calibration", [3.0, 3.57, 3.6, 3.78, 4.0, 5.21, 7.2, 10.4])
def test_five_millimetres_are_whole_pixels_within_one_per_cent(calibration: float) -> None:
    scale = scale_for(calibration, 1.0)
    if scale.bold is None:
        assert scale.px_per_mm == calibration
    else:
        assert scale.bold == 5 * scale.px_per_mm
    assert abs(scale.px_per_mm / calibration - 1) <= 0.01


def test_a_coarse_screen_snaps_its_lines_and_keeps_the_true_scale() -> None:
    scale = scale_for(3.69, 1.0)  # 18.45 px: no whole number within 1 %
    assert (scale.bold, scale.px_per_mm) == (None, 3.69)
    lines = [scale.line(5 * k) for k in range(50)]
    assert all(abs(at - 5 * k * 3.69) <= 0.5 for k, at in enumerate(lines))


@pytest.mark.parametrize(("ratio", "bold"), [(1.0, 18), (1.25, 22), (1.5, 27), (2.0, 36)])
def test_not_calibrated_bold_lines_are_whole_pixels_too(ratio: float, bold: int) -> None:
    scale = scale_for(None, ratio)
    assert (scale.bold, scale.calibrated) == (bold, False)


def test_the_default_sheet_is_that_of_the_drawing() -> None:
    made = sheet()
    assert made.trace_left == 144
    assert made.baselines == (126, 324, 522, 720)
    assert made.trace_right == 144 + 900
    assert (made.pages, made.seconds) == (1, (0.0, 10.0))


@pytest.mark.parametrize("width", [960, 1024, 1140, 1400, 1920])
@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_ten_seconds_fit_from_960_px_on_at_every_scale_factor(width: int, ratio: float) -> None:
    made = sheet(width=int(width * ratio), height=int(856 * ratio), ratio=ratio)
    assert made.pages == 1
    assert made.pulses[0][0][0] > 0
    assert made.trace_right <= made.width


@pytest.mark.parametrize("gain", [2.5, 5.0, 10.0, 20.0, 40.0])
@pytest.mark.parametrize("speed", [12.5, 25.0, 50.0, 100.0])
def test_the_pulse_is_one_millivolt_and_two_hundred_milliseconds(speed: float, gain: float) -> None:
    made = sheet(Paper(speed, Gain(gain, gain), 500.0, 5000))
    (_, foot), (rise, _), (_, top), (fall, _), *_ = made.pulses[0]
    assert foot - top == pytest.approx(gain * 3.6, abs=0.5)
    assert fall - rise == pytest.approx(0.2 * speed * 3.6, abs=1.0)
    assert made.cells[0].px_per_mv == pytest.approx(gain * 3.6)
    assert made.px_per_second == pytest.approx(speed * 3.6)


def test_the_standard_pulse_stands_on_bold_lines() -> None:
    made = sheet()
    (_, foot), (rise, _), (_, top), (fall, _), *_ = made.pulses[0]
    assert [rise % 18, fall % 18, (made.baselines[0] + foot) % 18] == [0, 0, 0]
    assert (fall - rise, foot - top) == (18, 36)


def test_the_box_of_an_inch() -> None:
    """25.4 mm are 1016 ms and 2.54 mV."""
    made = sheet(calibration=4.0, width=1300, height=1000)
    inch = 25.4 * made.scale.px_per_mm
    assert made.x(508) - made.x(0) == pytest.approx(inch)
    assert 2.54 * made.cells[0].px_per_mv == pytest.approx(inch)


def test_columns_show_their_own_slice_of_time() -> None:
    cells = {c.lead: c for c in sheet().cells if c.right - c.left < 500}
    assert [cells[lead].start for lead in ("I", "aVR", "V1", "V4")] == [0, 1250, 2500, 3750]
    assert [cells[lead].stop for lead in ("I", "aVR", "V1", "V4")] == [1250, 2500, 3750, 5000]
    assert cells["V1"].left == 144 + 2 * 225


def test_no_sample_is_left_out_between_columns_at_odd_rates() -> None:
    for fs, n in ((257.0, 2570), (360.0, 3599), (997.0, 9970)):
        row = [c for c in sheet(Paper(25.0, Gain(), fs, n)).cells if c.baseline == 126]
        assert row[0].start == 0
        assert row[-1].stop == n
        assert all(a.stop == b.start for a, b in pairwise(row))


def test_eleven_seconds_stay_on_one_page() -> None:
    assert sheet(Paper(25.0, Gain(), 500.0, 5500)).pages == 1


def test_long_recordings_have_pages_of_ten_seconds_and_a_full_last_one() -> None:
    first = sheet(Paper(25.0, Gain(), 500.0, 16000), layout=2)
    assert (first.pages, first.seconds) == (4, (0.0, 10.0))
    last = sheet(Paper(25.0, Gain(), 500.0, 16000, page=3), layout=2)
    assert last.seconds == (22.0, 32.0)
    beyond = sheet(Paper(25.0, Gain(), 500.0, 16000, page=99), layout=2)
    assert (beyond.page, beyond.seconds) == (3, (22.0, 32.0))


def test_faster_paper_shows_less_time_not_a_smaller_scale() -> None:
    made = sheet(Paper(50.0, Gain(), 500.0, 5000))
    assert (made.pages, made.seconds, made.px_per_second) == (2, (0.0, 5.0), 180.0)


def test_all_rows_are_on_the_sheet() -> None:
    for number in range(len(LAYOUTS)):
        if LAYOUTS[number].time is Time.LINES:
            continue
        for height in (500, 856, 1300):
            made = sheet(layout=number, height=height)
            assert all(0 < b < height for b in made.baselines), (number, height)
            assert len(set(made.baselines)) == place(LAYOUTS[number], TWELVE).rows


def test_twelve_rows_have_the_pitch_of_the_drawing() -> None:
    made = sheet(layout=2)
    assert {b - a for a, b in pairwise(made.baselines)} == {69}


def number_of(name: str) -> int:
    return next(n for n, layout in enumerate(LAYOUTS) if layout.name == name)


@pytest.mark.parametrize("name", ["6×2 ∥", "2×6 ∥", "3×4+1 ∥"])
@pytest.mark.parametrize("width", [960, 1140, 1920])
def test_columns_at_the_same_time_show_the_same_samples(name: str, width: int) -> None:
    made = sheet(layout=number_of(name), width=width)
    cells = [c for c in made.cells if made.baselines.index(c.baseline) < len(made.baselines) - 1]
    assert {(c.start, c.stop, c.begin) for c in cells} == {(0, cells[0].stop, 0.0)}
    assert made.seconds == (0.0, pytest.approx(cells[0].stop / 500.0))
    row = [c for c in cells if c.baseline == made.baselines[0]]
    assert all(a.right < b.left for a, b in pairwise(row))  # apart: time does not go on
    assert max(c.right for c in made.cells) <= width
    for cell in row:
        assert made.at(cell, cell.start) == pytest.approx(cell.left + 0.5)
        assert (cell.left - made.trace_left) % 18 == 0


def test_the_rhythm_strip_under_columns_at_the_same_time_goes_on() -> None:
    made = sheet(layout=number_of("3×4+1 ∥"))
    strip = made.cells[-1]
    assert (strip.start, strip.stop) == (0, 5000)
    assert made.rr is not None
    assert made.rr_until > 4 * made.seconds[1] >= 4 * 2.9
    assert sheet(layout=number_of("6×2 ∥")).rr is None


def test_pages_of_columns_at_the_same_time_show_every_sample() -> None:
    shown = np.zeros(5000, bool)
    page = pages = 0
    while page == 0 or page < pages:
        made = sheet(Paper(25.0, Gain(), 500.0, 5000, page), layout=number_of("2×6 ∥"))
        shown[made.cells[0].start : made.cells[0].stop] = True
        page, pages = page + 1, made.pages
    assert shown.all()


def test_one_lead_goes_on_from_line_to_line() -> None:
    number = number_of("1 ≡")
    made = sheet(Paper(25.0, Gain(), 500.0, 500 * 300), layout=number)
    assert (len(made.cells), made.seconds, made.pages) == (8, (0.0, 80.0), 4)
    assert all(a.stop == b.start for a, b in pairwise(made.cells))
    assert {c.left for c in made.cells} == {made.trace_left}
    last = sheet(Paper(25.0, Gain(), 500.0, 500 * 300, page=3), layout=number)
    assert last.cells[-1].stop == 500 * 300
    short = sheet(Paper(25.0, Gain(), 500.0, 500 * 25), layout=number)
    assert len(short.cells) == 3
    assert short.cells[-1].right - short.cells[-1].left == pytest.approx(5 * 90)


def test_a_lead_upside_down_has_its_own_name() -> None:
    cells = {c.title: c for c in sheet(layout=number_of("Cabrera 6×2")).cells}
    assert cells["−aVR"].px_per_mv == -cells["aVL"].px_per_mv
    assert cells["−aVR"].lead == "aVR"

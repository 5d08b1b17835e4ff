"""The tracing: 25 mm/s and 10 mm/mV on paper, whatever was recorded."""

import re
from dataclasses import replace

import numpy as np
import pytest

from farlead.model.recording import Recording
from farlead.reporting.compositor import compose
from farlead.reporting.tracing import FIRST_HEIGHT, START, WIDTH, sheets
from support_pdf import lines
from support_reporting import LEADS, beat, ecg_content, recording

_MARGIN = 11.0  # mm, left of the sheet
_TOLERANCE = 0.1  # mm


def _pulses(drawn: list[np.ndarray]) -> list[np.ndarray]:
    """Polylines of the shape of a calibration pulse: up, across, down."""
    return [
        line
        for line in drawn
        if len(line) == 6
        and abs(line[2, 0] - line[1, 0]) < 1e-3
        and abs(np.ptp(line[:, 1]) - 10) < 1
    ]


@pytest.mark.parametrize("fs", [360.0, 500.0, 1000.0])
def test_pulse_and_r_peaks_stand_where_they_must(fs: float) -> None:
    content = ecg_content(recording=recording(fs))
    drawn = lines(compose(content).pdf)
    pulses = _pulses(drawn)
    assert len(pulses) == 4
    for pulse in pulses:
        assert pulse[1, 0] - _MARGIN == pytest.approx(5.0, abs=_TOLERANCE)
        assert pulse[3, 0] - pulse[2, 0] == pytest.approx(5.0, abs=_TOLERANCE)  # 200 ms
        assert pulse[1, 1] - pulse[2, 1] == pytest.approx(10.0, abs=_TOLERANCE)  # 1 mV
    base = max(pulse[0, 1] for pulse in pulses)
    rhythm = max(drawn, key=len)
    wave = recording(fs).samples[LEADS.index("II")]
    height = 10 * (wave.max() - np.median(wave))
    for k in range(12):
        middle = _MARGIN + START + 25 * round((0.3 + 0.8 * k) * fs) / fs
        near = rhythm[np.abs(rhythm[:, 0] - middle) < 1.5]
        peak = near[near[:, 1].argmin()]
        assert peak[0] == pytest.approx(middle, abs=_TOLERANCE)
        assert base - peak[1] == pytest.approx(height, abs=_TOLERANCE)


def test_every_sample_is_drawn_true() -> None:
    made = recording()
    wave = made.samples[LEADS.index("II")].astype(float)
    drawn = lines(compose(ecg_content(recording=made)).pdf)
    base = max(pulse[0, 1] for pulse in _pulses(drawn))
    rhythm = max(drawn, key=len)
    assert len(rhythm) == 5000
    across = _MARGIN + START + np.arange(5000) / 500 * 25
    assert np.abs(rhythm[:, 0] - across).max() < _TOLERANCE
    assert np.abs(base - rhythm[:, 1] - 10 * (wave - np.median(wave))).max() < _TOLERANCE


def test_grid_lines_stand_every_millimetre() -> None:
    drawn = lines(compose(ecg_content()).pdf)
    upright = sorted(
        round(line[0, 0] - _MARGIN, 2)
        for line in drawn
        if len(line) == 2 and abs(np.ptp(line[:, 1]) - FIRST_HEIGHT) < 0.1
    )
    assert upright == pytest.approx(list(range(int(WIDTH) + 1)), abs=0.02)


def test_gaps_stay_gaps() -> None:
    made = recording()
    samples = made.samples.copy()
    samples[1, 2000:2500] = np.nan
    samples[1, 2250] = 0.1  # alone between gaps
    drawn = lines(compose(ecg_content(recording=replace(made, samples=samples))).pdf)
    left, right = _MARGIN + START + 100, _MARGIN + START + 125
    base = max(pulse[0, 1] for pulse in _pulses(drawn))
    crossing = [
        line
        for line in drawn
        if len(line) > 2 and abs(line[:, 1] - base).min() < 15 and line[0, 1] > base - 14
        and line[0, 0] < left - 0.2 < right + 0.2 < line[-1, 0]
    ]  # fmt: skip
    assert crossing == []


def test_a_lead_without_samples_is_an_empty_place() -> None:
    made = recording()
    samples = made.samples.copy()
    samples[6] = np.nan
    assert len(sheets(replace(made, samples=samples))) == 1


@pytest.mark.parametrize(
    ("leads", "names"),
    [
        (LEADS, [[*LEADS, "II"]]),
        (LEADS[:8], [[*LEADS, "II"]]),  # four of the twelve are named as missing
        (("I", "II", "V1"), [["I", "II", "V1"]]),
        (("MLII", "V5"), [["MLII", "V5"]]),
        ((*LEADS, "V7", "V8", "V9"), [[*LEADS, "II"], ["V7", "V8", "V9"]]),
        (
            tuple(f"X{i}" for i in range(10)),
            [[f"X{i}" for i in range(6)], ["X6", "X7", "X8", "X9"]],
        ),
    ],
)
def test_layout_follows_the_leads(leads: tuple[str, ...], names: list[list[str]]) -> None:
    made = sheets(recording(leads=leads))
    assert [sorted(label.text for label in s.labels) for s in made] == [sorted(n) for n in names]
    missing = {label.text for sheet in made for label in sheet.labels if label.missing}
    assert missing == {name for sheet in names for name in sheet} - set(leads)


def test_the_rhythm_strip_is_another_lead_where_ii_is_missing() -> None:
    made = sheets(recording(leads=tuple(lead for lead in LEADS if lead != "II")))
    assert [label.text for label in made[0].labels][-1] == "V1"


def test_only_the_first_ten_seconds_are_drawn() -> None:
    long = recording(seconds=40)
    assert sheets(long)[0].svg == sheets(replace(long, samples=long.samples[:, :5001]))[0].svg


def test_high_waves_get_room_and_what_does_not_fit_is_named() -> None:
    made = recording()
    higher = made.samples * np.float32(2)
    assert sheets(replace(made, samples=higher))[0].clipped == ()
    samples = made.samples.copy()
    samples[LEADS.index("V4")] *= 12
    assert sheets(replace(made, samples=samples))[0].clipped == ("V4",)


def test_an_offset_moves_nothing() -> None:
    made = recording()
    moved = replace(made, samples=made.samples + np.float32(3))
    assert _coordinates(sheets(moved)[0].svg) == pytest.approx(
        _coordinates(sheets(made)[0].svg), abs=1
    )


def test_base_lines_and_pulses_are_on_bold_lines() -> None:
    for gain in (0.5, 1.0, 2.0, 3.0):
        made = recording()
        svg = sheets(replace(made, samples=made.samples * np.float32(gain)))[0].svg
        feet = re.findall(r"M350 (\d+)h150v-1000h500v1000h150", svg)
        assert len(feet) == 4
        assert all(int(foot) % 500 == 0 for foot in feet)


def test_rr_marks_stand_under_the_beats() -> None:
    made = sheets(recording(), [150, 550, 950])[0]
    assert made.beats == ((START + 7.5, None), (START + 27.5, 800), (START + 47.5, 800))


@pytest.mark.parametrize("samples", [0, 1, 3])
def test_almost_nothing_recorded_is_drawn_all_the_same(samples: int) -> None:
    made = Recording(np.zeros((12, samples), np.float32), LEADS, 500.0)
    assert len(sheets(made)) == 1


def test_the_synthetic_beat_is_what_the_test_thinks() -> None:
    assert beat(500.0, 1.1).max() == np.float32(1.1)


def _coordinates(svg: str) -> list[int]:
    return [
        int(value) for value in re.findall(r"-?\d+", svg.split('stroke-width="26"', maxsplit=1)[0])
    ]

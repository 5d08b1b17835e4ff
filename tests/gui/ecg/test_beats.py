"""The looks at one beat: whose beat it is, where each lead stands, and the true angles."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from farlead.model.detail import Detail, MedianBeats, WaveMarks
from farlead.model.recording import Recording
from farlead_ui.ecg.arrangement import BeatView
from farlead_ui.ecg.beats import Beat, Source, beat_of, loop_of, trimmed
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.view import EcgView
from farlead_ui.theme.tokens import DAY, LEADS_DAY, LEADS_NIGHT, NIGHT
from support_gui import Key, TestSeat
from support_sheet import EIGHT, EIGHTEEN, FIFTEEN, TWELVE, TWO, beats, recording

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEAD_SETS = [TWELVE, EIGHT, FIFTEEN, EIGHTEEN, TWO, ("CM5", "CM1", "aVF"), ("I",)]


def with_medians(leads: tuple[str, ...] = TWELVE) -> Recording:
    """A recording with a median beat of the device: R of n tenths of a millivolt in lead n."""
    t = np.arange(600) / 500.0
    wave = np.exp(-(((t - 0.5) / 0.015) ** 2))
    medians = ((np.arange(len(leads))[:, None] + 1) * 0.1 * wave).astype(np.float32)
    shown = recording(leads, samples=beats(leads=len(leads)))
    return replace(shown, medians=medians)


def detail(leads: tuple[str, ...] = TWELVE) -> Detail:
    """Screening's: 1 mV in lead I and aVF at R, both 0.2 mV off their level."""
    window = [200] * 600
    window[250] = 1200
    marks = WaveMarks((100,), (120,), (150,), (230,), (270,), (380,), (400,), (430,))
    medians = MedianBeats(250, (0, 1, 2), (tuple(window),) * len(leads), (), marks)
    return Detail(500.0, 5000, leads, medians=medians)


@pytest.fixture
def show(qtbot: QtBot) -> Callable[..., tuple[SheetModel, EcgView]]:
    def make(shown: Recording, found: Detail | None = None) -> tuple[SheetModel, EcgView]:
        model = SheetModel()
        view = EcgView(model, DAY)
        qtbot.addWidget(view)
        view.resize(1140, 856)
        model.show(shown)
        model.overlays.measured(found)
        view.show()
        return model, view

    return make


def lettering(view: EcgView) -> list[str]:
    return [text.text for text in view._beat.texts]


def test_the_device_goes_before_screening() -> None:
    beat = beat_of(with_medians(), detail())
    assert beat is not None
    assert (beat.source, beat.members) == (Source.DEVICE, None)
    beat = beat_of(recording(), detail())
    assert beat is not None
    assert (beat.source, beat.members) == (Source.SCREENING, 3)
    assert beat.samples[0].max() == pytest.approx(1.0)  # above the level before QRS
    assert beat_of(recording(), None) is None


def test_medians_of_another_shape_are_none_of_this_recording() -> None:
    odd = replace(recording(), medians=np.zeros((3, 100), np.float32))
    assert beat_of(odd, None) is None
    empty = replace(recording(), medians=np.full((12, 100), np.nan, np.float32))
    assert beat_of(empty, None) is None


def test_trimming_keeps_all_waves() -> None:
    beat = beat_of(recording(), detail())
    assert beat is not None
    short = trimmed(beat)
    assert 0 < short.samples.shape[1] < beat.samples.shape[1]
    assert short.samples.shape[1] >= 430 - 100


@pytest.mark.parametrize("leads", LEAD_SETS, ids=lambda leads: f"{len(leads)}:{leads[0]}")
@pytest.mark.parametrize("view_", [BeatView.MEDIAN, BeatView.STACKED])
def test_each_lead_once_under_its_name(
    show: Callable[..., tuple], leads: tuple[str, ...], view_: BeatView
) -> None:
    model, view = show(with_medians(leads))
    for number in range(1, len(model.layouts) + 1):
        model.set_layout(number)
        model.set_beat_view(view_)
        names = Counter(text.removeprefix("−") for text in lettering(view))
        assert all(names[lead] == 1 for lead in leads), (number, names)


def test_it_says_whose_beat_it_is_and_at_which_scale(show: Callable[..., tuple]) -> None:
    model, view = show(with_medians(), detail())
    model.set_beat_view(BeatView.MEDIAN)
    assert any("Median beat of the device · 50 mm/s · 20 mm/mV" in t for t in lettering(view))
    model.show(recording())
    model.set_beat_view(BeatView.MEDIAN)
    assert any("Median of 3 beats" in t for t in lettering(view))


def test_without_a_beat_it_says_so(show: Callable[..., tuple]) -> None:
    model, view = show(recording())
    for one in BeatView:
        model.set_beat_view(one)
        assert any("No median beat" in text for text in lettering(view))


def test_another_recording_is_shown_as_a_recording(show: Callable[..., tuple]) -> None:
    model, view = show(with_medians())
    model.set_beat_view(BeatView.STACKED)
    assert view.sheet is None
    model.show(with_medians())
    assert model.beat_view is None
    assert view.sheet is not None
    assert lettering(view) == []


def test_one_beat_is_not_the_recording(show: Callable[..., tuple], qtbot: QtBot) -> None:
    """Only the recording, painted, counts as seen."""
    model, view = show(with_medians())
    told: list[object] = []
    view.painted.connect(told.append)
    second = with_medians()
    model.show(second)
    model.set_beat_view(BeatView.MEDIAN)
    qtbot.wait(50)
    assert told == []
    model.set_beat_view(None)
    qtbot.waitUntil(lambda: told == [second])


def test_no_filter_is_on_it_and_that_is_said(show: Callable[..., tuple]) -> None:
    model, view = show(with_medians())
    model.filters.toggle()
    model.set_beat_view(BeatView.MEDIAN)
    assert model.filters.waived
    assert not any("Hz:" in text for text in lettering(view))
    model.set_beat_view(None)
    assert any("Hz:" in text for text in view.texts)


def test_the_frontal_angle_is_that_of_einthovens_triangle() -> None:
    """A heart vector of 1 mV at any angle gives a loop point at that angle."""
    for degrees in range(-170, 181, 10):
        angle = math.radians(degrees)
        first = math.cos(angle)
        second = math.cos(angle - math.radians(60))
        rows = {"I": first, "II": second, "aVF": second - first / 2, "III": second - first}
        for leads in (("I", "aVF"), ("I", "II"), ("I", "III")):
            samples = np.array([[0.0, rows[lead]] for lead in leads])
            loop = loop_of(Beat(samples, leads, 500.0, Source.DEVICE))
            assert loop is not None
            x, y = loop.points[1]
            assert (x, y) == pytest.approx((math.cos(angle), math.sin(angle)))


def test_no_loop_without_two_limb_leads(show: Callable[..., tuple]) -> None:
    model, view = show(with_medians(("V1", "V2")))
    model.set_beat_view(BeatView.VECTOR)
    assert any("needs lead I" in t for t in lettering(view))


def test_the_loop_names_its_waves_and_directions(show: Callable[..., tuple]) -> None:
    model, view = show(recording(), detail())
    model.set_beat_view(BeatView.VECTOR)
    said = lettering(view)
    assert {"P", "QRS", "T", "−90°", "±180°"} <= set(said)
    view.set_palette(NIGHT)
    assert not view.grab().isNull()


def test_lead_colours_are_told_apart_and_seen() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    for colours, sheet in ((LEADS_DAY, DAY.sheet), (LEADS_NIGHT, NIGHT.sheet)):
        assert len(set(colours)) == 6
        for colour in colours:
            lighter, darker = sorted((light(colour), light(sheet)), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 3.0


def test_keys(seat: TestSeat) -> None:
    seat.station.reading.take(1)
    seat.seen()
    model = seat.station.window.sheet
    seat.press(Key.Key_M)
    assert model.beat_view is BeatView.MEDIAN
    seat.press(Key.Key_M)
    assert model.beat_view is None
    seat.press(Key.Key_J)
    assert model.rhythm == "III"
    seat.press(Key.Key_7)
    assert model.layout_name == "Cabrera 6×2"

"""The display filter: what is on, the key that shows the original, what is said about it."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from farlead.errors import FarleadError
from farlead.messages import message
from farlead_signal.filters import ORIGINAL, Setting, filtered
from farlead_ui.ecg.filter_choices import filter_choices
from farlead_ui.ecg.filter_words import state_text
from farlead_ui.ecg.filtering import (
    FIRST,
    LADDER,
    FilterModel,
    band_text,
    report_text,
    too_long,
)
from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.seen import FilteredSamples, seen
from farlead_ui.ecg.view import EcgView
from farlead_ui.ecg.words import ControlWords
from farlead_ui.tasks import InlineTasks, Refused, run
from farlead_ui.theme.fonts import font
from farlead_ui.theme.tokens import DAY
from support_gui import Key, TestSeat
from support_sheet import beats, recording

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def show(qtbot: QtBot) -> Callable[..., tuple[SheetModel, EcgView]]:
    def make(**rest: object) -> tuple[SheetModel, EcgView]:
        model = SheetModel()
        view = EcgView(model, DAY)
        qtbot.addWidget(view)
        view.resize(1140, 856)
        model.show(recording(samples=beats(), **rest))  # type: ignore[arg-type]
        view.show()
        return model, view

    return make


def heights(view: EcgView) -> np.ndarray:
    """Heights of the first lead's stroke."""
    drawn = view._traces.strokes
    return drawn[next(iter(drawn))][0][:, 1]


def test_a_tap_turns_off_and_a_held_key_comes_back() -> None:
    clock = Clock()
    model = FilterModel(clock)
    model.begin(500.0)
    model.press()
    model.release()
    assert model.shown == FIRST
    model.press()
    assert (model.shown, model.chosen) == (ORIGINAL, FIRST)
    clock.now += 2.0
    model.release()
    assert model.shown == FIRST
    model.press()
    clock.now += 0.1
    model.release()
    assert (model.on, model.shown) == (False, ORIGINAL)
    model.toggle()
    assert model.shown == FIRST


def test_the_ladder_has_ends_and_only_what_the_rate_allows() -> None:
    model = FilterModel()
    model.begin(500.0)
    for _ in range(20):
        model.step(1)
    assert model.chosen == LADDER[-1]
    for _ in range(20):
        model.step(-1)
    assert model.chosen == ORIGINAL
    model.begin(250.0)  # no 150 Hz
    model.step(1)
    assert model.chosen == Setting(0.05, 50.0, 100.0)


def test_a_step_from_beside_the_ladder() -> None:
    model = FilterModel()
    model.begin(500.0)
    model.choose(Setting(0.5, None, 150.0))
    model.step(1)
    assert model.chosen in LADDER


def test_parts_one_by_one() -> None:
    model = FilterModel()
    model.begin(500.0)
    model.choose_part("muscle", 40.0)
    model.choose_part("mains", 60.0)
    assert model.chosen == Setting(None, 60.0, 40.0)
    model.toggle_mains()
    assert model.chosen == Setting(None, None, 40.0)
    model.choose_part("muscle", None)
    assert not model.on


@pytest.mark.parametrize(
    ("setting", "band", "report"),
    [
        (ORIGINAL, "", ""),
        (Setting(0.5, 50.0, 40.0), "0.5–40 Hz", "0.5–40 Hz, mains 50 Hz"),
        (Setting(0.15), "≥ 0.15 Hz", "≥ 0.15 Hz"),
        (Setting(muscle=35.0), "≤ 35 Hz", "≤ 35 Hz"),
        (Setting(mains=60.0), "", "mains 60 Hz"),
    ],
)
def test_names(setting: Setting, band: str, report: str) -> None:
    assert (band_text(setting), report_text(setting)) == (band, report)


def test_each_recording_begins_with_the_original(show: Callable[..., tuple]) -> None:
    model, _ = show()
    model.filters.choose(Setting(0.5, 50.0, 40.0))
    model.show(recording(samples=beats()))
    assert model.filters.shown == ORIGINAL
    model.filters.toggle()
    assert model.filters.shown == Setting(0.5, 50.0, 40.0)


def test_the_traces_are_filtered_and_the_recording_is_not(show: Callable[..., tuple]) -> None:
    model, view = show()
    before, samples = heights(view), model.recording.samples.copy()
    model.filters.choose(Setting(0.5, 50.0, 25.0))
    after = heights(view)
    assert before.min() + 2 < after.min() or before.max() - 2 > after.max()
    assert (model.recording.samples == samples).all()
    model.filters.press()
    assert (heights(view) == before).all()
    model.filters.choose(ORIGINAL)
    assert (heights(view) == before).all()


def test_what_is_not_standard_is_large_and_what_it_may_hide_beside_it(
    show: Callable[..., tuple],
) -> None:
    model, view = show()
    assert not any("Hz:" in text for text in view.texts)
    model.filters.choose(Setting(0.5, None, 40.0))
    assert "Screen filter 0.5–40 Hz not standard" in view.texts
    said = next(t for t in view.lettering if "ST may" in t.text)
    assert "notches" in said.text
    assert said.colour == DAY.urgent
    model.filters.choose(Setting(0.05, None, 150.0))
    assert not any("not standard" in text for text in view.texts)
    assert any("pacing spikes" in text for text in view.texts)


def test_close_rows_leave_room_for_all_of_it(show: Callable[..., tuple]) -> None:
    model, view = show()
    model.set_layout(3)
    model.filters.choose(Setting(0.5, 50.0, 25.0))
    top = min(t.y for t in view.lettering if "Hz:" in t.text)
    assert max(view.sheet.baselines) + 10 < top


def test_rows_stay_in_their_places_while_the_original_is_looked_at(
    show: Callable[..., tuple],
) -> None:
    model, view = show()
    model.set_layout(3)
    model.filters.choose(Setting(0.5, 50.0, 25.0))
    before = view.sheet.baselines
    model.filters.press()
    assert view.sheet.baselines == before
    assert model.filters.shown == ORIGINAL


def test_lines_at_the_foot_do_not_run_into_one_another(show: Callable[..., tuple]) -> None:
    model, view = show()
    for setting in (Setting(0.05, 50.0, 150.0), Setting(0.5, 50.0, 25.0)):
        model.filters.choose(setting)
        (state,) = (t for t in view.lettering if "Columns" in t.text)
        level = [t for t in view.lettering if abs(t.y - state.y) < 8 and t is not state]
        for text in level:
            width = QFontMetricsF(font(text.type, bold=text.bold)).horizontalAdvance(text.text)
            free = state.x - QFontMetricsF(font(state.type)).horizontalAdvance(state.text)
            assert text.x + width < free


def test_nothing_is_written_over_the_rr_line(show: Callable[..., tuple]) -> None:
    model, view = show()
    view.resize(990, 690)
    model.show(recording(samples=beats()), range(200, 5000, 500))
    model.filters.choose(Setting(0.5, 50.0, 25.0))
    top = min(t.y for t in view.lettering if "Hz:" in t.text)
    assert view.sheet.rr is None or view.sheet.rr + 8 < top


def test_the_control_word(qtbot: QtBot) -> None:
    model = SheetModel()
    words = ControlWords(model, DAY)
    qtbot.addWidget(words)
    model.show(recording())
    assert words.filter.text() == "Filter: original"
    entries = words.filter.menu_entries()
    assert [e.text for e in entries if e.chosen] == ["Original, no filter", "Off", "Off", "Off"]
    next(e for e in entries if e.text.startswith("40 Hz")).run()
    assert words.filter.text() == "Filter: ≤ 40 Hz"
    assert words.filter.warning
    model.filters.press()
    assert words.filter.text() == "Filter: original while held"
    assert not words.filter.warning
    model.filters.choose(Setting(0.05, 50.0, 150.0))
    assert words.filter.text() == "Filter: 0.05–150 Hz · mains 50 Hz"
    assert not words.filter.warning


def test_the_menu_offers_no_more_than_the_rate_allows() -> None:
    model = FilterModel()
    model.begin(250.0)
    texts = [choice.text for choice in filter_choices(model)]
    assert not any(text.startswith("150 Hz") for text in texts)
    assert any(text.startswith("100 Hz") for text in texts)


def test_filtered_samples_are_kept_and_pieces_are_enough_of_a_long_recording() -> None:
    kept, setting = FilteredSamples(InlineTasks()), Setting(0.5, 50.0, 40.0)
    short = recording(samples=beats())
    first = kept.source(short, setting, 0, 1000)
    assert first is not None
    again = kept.source(short, setting, 2000, 3000)
    assert again is not None
    assert again.samples is first.samples
    long = recording(samples=np.tile(beats(), (1, 60)))
    part = kept.source(long, setting, 50_000, 55_000)
    assert part is not None
    assert part.samples.shape[1] < 40_000
    whole = filtered(long.samples[:, :100_000], 500.0, setting)
    found = part.samples[:, 50_000 - part.first : 55_000 - part.first]
    assert np.abs(found - whole[:, 50_000:55_000]).max() < 0.005


def test_a_sample_is_the_same_in_whatever_stretch_it_is_asked_for() -> None:
    setting = Setting(0.05, 50.0, 40.0)
    long = recording(samples=np.tile(beats(), (1, 20)))
    kept = FilteredSamples(InlineTasks())
    for start in (0, 12_345, 40_000, 95_000):
        source = kept.source(long, setting, start, start + 5000)
        other = seen(long, setting, start + 100, start + 4000)
        assert source is not None
        for each in (source, other):
            assert each.first <= start + 100
        at = slice(start + 100, start + 4000)
        parts = [e.samples[:, at.start - e.first : at.stop - e.first] for e in (source, other)]
        assert (parts[0] == parts[1]).all()


class Later:
    """Tasks whose work is done when the test says so; a newer request makes an older one void."""

    def __init__(self) -> None:
        self.waiting: dict[str, tuple[Callable[[], object], Callable[[object], None]]] = {}
        self.asked = 0

    def latest(self, channel: str, work: Callable, done: Callable) -> None:  # type: ignore[type-arg]
        self.asked += 1
        self.waiting[channel] = (work, done)

    def only(self) -> tuple[Callable[[], object], Callable[[object], None]]:
        (job,) = self.waiting.values()
        return job

    def finish(self) -> None:
        waiting, self.waiting = self.waiting, {}
        for work, done in waiting.values():
            done(run(work))


@pytest.fixture
def later(qtbot: QtBot) -> Callable[..., tuple[SheetModel, EcgView, Later]]:
    def make(samples: np.ndarray | None = None) -> tuple[SheetModel, EcgView, Later]:
        tasks, model = Later(), SheetModel()
        view = EcgView(model, DAY, tasks=tasks)  # type: ignore[arg-type]
        qtbot.addWidget(view)
        view.resize(1140, 856)
        view.show()
        model.show(recording(samples=beats() if samples is None else samples))
        return model, view, tasks

    return make


def test_the_original_is_shown_and_said_until_the_filter_is_there(
    later: Callable[..., tuple],
) -> None:
    model, view, tasks = later()
    before = heights(view)
    words = ControlWords(model, DAY)
    model.filters.choose(Setting(0.5, 50.0, 25.0))
    assert model.filters.pending
    assert (heights(view) == before).all()
    assert not any("Hz:" in text for text in view.texts)
    assert "original shown" in words.filter.text()
    tasks.finish()
    assert not model.filters.pending
    assert (heights(view) != before).any()
    assert "Screen filter 0.5–25 Hz not standard" in view.texts
    assert "0.5–25 Hz" in words.filter.text()
    model.filters.toggle()
    model.filters.toggle()
    assert not model.filters.pending  # kept
    words.deleteLater()


def test_another_filter_or_another_recording_makes_what_was_asked_void(
    later: Callable[..., tuple],
) -> None:
    model, view, tasks = later()
    model.filters.choose(Setting(0.5, 50.0, 25.0))
    old = tasks.only()
    model.filters.choose(Setting(0.05, None, 150.0))
    work, done = old
    done(run(work))
    assert model.filters.pending
    tasks.finish()
    assert model.filters.shown == Setting(0.05, None, 150.0)
    model.show(recording(samples=beats()))
    assert model.filters.shown == ORIGINAL
    assert (heights(view) == heights(view)).all()


def test_a_filter_that_fails_leaves_the_original_and_does_not_say_otherwise(
    later: Callable[..., tuple],
) -> None:
    model, _, tasks = later()
    model.filters.choose(Setting(0.5, 50.0, 25.0))
    _, done = tasks.only()
    done(Refused(FarleadError(message("reading.fault"))))
    assert not model.filters.on
    assert not model.filters.pending


def test_the_filter_in_use_is_made_ahead_for_what_comes_next(later: Callable[..., tuple]) -> None:
    model, _, tasks = later()
    assert not tasks.waiting  # nobody has used a filter yet
    model.filters.choose(Setting(0.5, 50.0, 40.0))
    tasks.finish()
    model.show(recording(samples=beats() * 1.1))
    assert model.filters.shown == ORIGINAL
    tasks.finish()
    asked = tasks.asked
    model.filters.toggle()
    assert model.filters.shown == Setting(0.5, 50.0, 40.0)
    assert not model.filters.pending
    assert tasks.asked == asked


def test_panning_under_a_filter_does_not_ask_twice_for_the_same(
    later: Callable[..., tuple],
) -> None:
    model, _, tasks = later(np.tile(beats(), (1, 30)))
    model.set_layout(3)
    model.filters.choose(Setting(0.5, 50.0, 40.0))
    asked = tasks.asked
    for _ in range(5):
        model.move_by(0.2)
    assert tasks.asked == asked
    tasks.finish()
    assert not model.filters.pending


def test_a_filter_change_is_quick(show: Callable[..., tuple]) -> None:
    """12 leads, 10 s, 1000 Hz; in the time of this thread: other programs run beside."""
    x = beats(1000.0).astype(np.float32)
    taken = []
    for setting in LADDER[1:]:
        started = time.thread_time()
        filtered(x, 1000.0, setting)
        taken.append(time.thread_time() - started)
    assert float(np.median(taken)) < 0.05


def test_too_long_a_stretch_is_shown_as_it_is_and_says_so() -> None:
    model = FilterModel()
    model.begin(500.0)
    model.choose(Setting(0.5, 50.0, 40.0))
    long = recording(samples=np.tile(beats(), (1, 60)))
    model.waive(waived=too_long(long, 0, 300_000))
    assert model.shown == ORIGINAL
    assert "not used" in state_text(model)
    assert not too_long(long, 0, 15_000)


def test_the_key_in_the_window_and_the_report(seat: TestSeat) -> None:
    seat.station.reading.take(1)
    seat.seen()
    window = seat.station.window
    filters = window.sheet.filters
    seat.press(Key.Key_F)
    assert filters.on
    assert not filters.held
    window.sheet.filters.choose(Setting(0.5, 50.0, 40.0))
    display = seat.station.reading.drafting.draft.display
    assert display.filters == "0.5–40 Hz, mains 50 Hz"
    seat.press(Key.Key_F)  # a tap: down and up
    assert not filters.on
    assert seat.station.reading.drafting.draft.display.filters == ""

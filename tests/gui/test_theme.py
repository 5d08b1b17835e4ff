"""Text is readable on every ground it stands on, by day and by night."""

from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from farlead.model.study import Severity
from farlead_ui.icons import STROKES, pixmap
from farlead_ui.seat import SeatMemory, recall, remember
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.stylesheet import stylesheet
from farlead_ui.theme.tokens import (
    LEADS_DAY,
    MARKS,
    PALETTES,
    PAPERS,
    Look,
    Palette,
    Paper,
    severity_colour,
)
from support_gui import SHIFT, Key, TestSeat


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("look", list(Look))
@pytest.mark.parametrize("ground", ["window", "panel", "tint"])
@pytest.mark.parametrize(
    "text", ["text", "quiet", "accent", "critical", "urgent", "remark", "done"]
)
def test_text_is_readable(look: Look, ground: str, text: str) -> None:
    palette = PALETTES[look]
    assert contrast(getattr(palette, text), getattr(palette, ground)) >= 4.5


@pytest.mark.parametrize("look", list(Look))
def test_text_on_filled_areas_is_readable(look: Look) -> None:
    p = PALETTES[look]
    for text, ground in (
        (p.on_accent, p.accent),
        (p.on_critical, p.critical),
        (p.on_urgent, p.urgent),
        (p.text, p.lit),
        (p.trace, p.sheet),
        (p.trace, p.lit),
    ):
        assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("paper", list(Paper))
def test_every_paper_is_read_as_the_first_one(paper: Paper) -> None:
    p = PAPERS[paper]
    for ink in (p.trace, p.trace_earlier, p.text, p.quiet, p.urgent, p.accent, *LEADS_DAY):
        assert contrast(ink, p.sheet) >= (3.0 if ink in LEADS_DAY else 4.5), ink
    assert 1.08 <= contrast(p.grid, p.sheet) < contrast(p.grid_bold, p.sheet) <= 2.2
    assert contrast(p.trace, p.grid_bold) >= 8.0, "the grid stays behind the trace"


def test_the_paper_is_another_one_at_once_and_at_the_next_start(
    seat: TestSeat, tmp_path: Path
) -> None:
    seat.station.reading.take(5)
    seat.seen()
    window = seat.station.window
    for paper in (Paper.GREEN, Paper.WHITE, Paper.PINK):
        seat.press(Key.Key_F9, SHIFT)
        assert window.appearance.paper is paper
        image = window.ecg.grab().toImage()
        sheet = QColor(PAPERS[paper].sheet).name()
        colours = {image.pixelColor(x, 9).name() for x in range(200)}
        assert sheet in colours
    remember(tmp_path, SeatMemory(paper=Paper.GREEN))
    assert recall(tmp_path).paper is Paper.GREEN
    window.commands.run("seat.look")
    assert not window.commands.enabled("seat.paper"), "the night has its own"


@pytest.mark.parametrize("look", list(Look))
@pytest.mark.parametrize("ground", ["window", "panel"])
def test_edges_of_controls_are_seen(look: Look, ground: str) -> None:
    palette = PALETTES[look]
    assert contrast(palette.edge, getattr(palette, ground)) >= 3.0 or ground == "window"
    assert contrast(palette.accent, getattr(palette, ground)) >= 3.0


def test_every_severity_has_its_own_shape() -> None:
    assert len(set(MARKS.values())) == len(Severity)


@pytest.mark.parametrize("severity", list(Severity))
def test_marks_are_seen(severity: Severity) -> None:
    for palette in PALETTES.values():
        assert contrast(severity_colour(palette, severity), palette.panel) >= 4.5


def test_the_stylesheet_names_only_colours_of_the_palette() -> None:
    import dataclasses
    import re

    for palette in PALETTES.values():
        known = set(dataclasses.astuple(palette))
        assert isinstance(palette, Palette)
        assert set(re.findall(r"#[0-9A-Fa-f]{6}", stylesheet(palette))) <= known


@pytest.mark.parametrize("name", sorted(STROKES))
def test_every_icon_draws_something(qapp: object, name: str) -> None:
    image = pixmap(name, "#000000", 24, 2.0).toImage()
    assert image.size().width() == 48
    seen = sum(image.pixelColor(x, y).alpha() > 128 for x in range(48) for y in range(48))
    assert 20 < seen < 1500


def test_changing_look_tells_once() -> None:
    appearance, told = Appearance(), list[int]()
    appearance.changed.connect(lambda: told.append(1))
    appearance.look = Look.NIGHT
    appearance.look = Look.NIGHT
    assert told == [1]

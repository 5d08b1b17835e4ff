"""Strokes: true positions, no lost spike, gaps stay gaps."""

import numpy as np
import pytest

from farlead_ui.ecg.gain import Gain
from farlead_ui.ecg.geometry import Cell, Paper, Sheet, lay_out, scale_for
from farlead_ui.ecg.layouts import LAYOUTS, place
from farlead_ui.ecg.trace import strokes


def laid_out(fs: float, n: int, speed: float = 25.0) -> tuple[Cell, Sheet]:
    paper = Paper(speed, Gain(), fs, n)
    sheet = lay_out(place(LAYOUTS[0], ("I",)), paper, scale_for(None, 1.0), 1140, 856, 1.0)
    return sheet.cells[0], sheet


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(7).normal(0, 0.2, n).astype(np.float32)


@pytest.mark.parametrize(("fs", "speed"), [(180.0, 25.0), (500.0, 100.0)])
def test_zoomed_in_every_sample_is_a_point(fs: float, speed: float) -> None:
    n = 400
    cell, sheet = laid_out(fs, n, speed)
    lead = noise(n)
    (points,) = strokes(lead, cell, sheet)
    assert points[:, 0] == pytest.approx([sheet.x(i) for i in range(n)])
    assert points[:, 1] == pytest.approx(cell.baseline + 0.5 - lead * cell.px_per_mv, abs=1e-3)


@pytest.mark.parametrize(
    ("fs", "speed"), [(500.0, 25.0), (1000.0, 25.0), (1000.0, 12.5), (2000.0, 12.5)]
)
def test_zoomed_out_every_column_keeps_its_extremes(fs: float, speed: float) -> None:
    """Against the slow reference: lowest and highest sample of each pixel column."""
    n = int(fs * 10)
    cell, sheet = laid_out(fs, n, speed)
    lead = noise(n)
    lead[n // 3], lead[n // 2] = 3.0, -3.0
    (points,) = strokes(lead, cell, sheet)
    assert len(points) <= 2 * sheet.px_per_second * 10 + 2
    heights = cell.baseline + 0.5 - lead * cell.px_per_mv
    at = np.array([sheet.x(i) for i in range(n)])
    for column in range(int(at[0]) + 2, int(at[-1]) - 2):
        inside = heights[(at >= column) & (at < column + 1)]
        near = points[(points[:, 0] >= column - 1) & (points[:, 0] < column + 2), 1]
        assert near.min() <= inside.min() + 1e-3
        assert near.max() >= inside.max() - 1e-3
    for spike in (n // 3, n // 2):
        extreme = points[np.abs(points[:, 1] - heights[spike]) < 1e-2]
        assert extreme[:, 0] == pytest.approx(at[spike], abs=1.0)


def test_a_gap_parts_the_stroke() -> None:
    cell, sheet = laid_out(500.0, 5000)
    lead = noise(5000)
    lead[2000:2500] = np.nan
    before, after = strokes(lead, cell, sheet)
    assert before[:, 0].max() <= sheet.x(1999) + 1e-6
    assert after[:, 0].min() >= sheet.x(2500) - 1e-6


def test_a_lone_sample_between_gaps_is_visible() -> None:
    cell, sheet = laid_out(500.0, 5000)
    lead = np.full(5000, np.nan, np.float32)
    lead[100] = 1.0
    (points,) = strokes(lead, cell, sheet)
    assert points[:, 0] == pytest.approx([sheet.x(100) - 0.5, sheet.x(100) + 0.5])


def test_nothing_recorded_is_no_stroke() -> None:
    cell, sheet = laid_out(500.0, 5000)
    assert strokes(np.full(5000, np.nan, np.float32), cell, sheet) == []

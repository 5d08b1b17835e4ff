"""A plain pyqtgraph build of the sheet: what anyone would write first; the benchmarks' peer."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from farlead_ui.theme.tokens import DAY


def plot(
    samples: NDArray[np.floating], fs: float, size: tuple[int, int], *, rhythm: bool = True
) -> pg.PlotWidget:
    """PlotDataItems with their own downsampling over a grid of two curves, white paper.

    Parameters
    ----------
    samples : ndarray, shape (leads, n)
        Millivolts.
    fs : float
        Sampling rate in hertz.
    size : (int, int)
        Of the window.
    rhythm : bool
        Whether the second lead stands below once more.
    """
    widget = pg.PlotWidget(background="w")
    widget.hideAxis("left")
    widget.hideAxis("bottom")
    rows = (*samples, samples[1]) if rhythm else tuple(samples)
    height = len(rows) + 1.0
    grid = _grid(widget, min(samples.shape[1] / fs, 10.0), height)
    t = np.arange(samples.shape[1]) / fs
    for row, lead in enumerate(rows):
        item = pg.PlotDataItem(t, lead + np.float32(row + 0.5), pen=DAY.trace, antialias=True)
        widget.addItem(item)
        item.setDownsampling(auto=True, method="peak")
        item.setClipToView(True)
    widget.setRange(xRange=(0, min(t[-1], 10.0)), yRange=(0, height), padding=0)
    widget.grid_items = grid
    widget.resize(*size)
    widget.show()
    return widget


def _grid(widget: pg.PlotWidget, seconds: float, height: float) -> list[pg.PlotCurveItem]:
    made = []
    for step, colour in ((0.04, DAY.grid), (0.2, DAY.grid_bold)):
        x, y = np.arange(0, seconds, step), np.arange(0, height, step * 2.5)
        lines_x = np.concatenate([np.repeat(x, 2), np.tile((0, seconds), len(y))])
        lines_y = np.concatenate([np.tile((0, height), len(x)), np.repeat(y, 2)])
        made.append(pg.PlotCurveItem(lines_x, lines_y, pen=colour, connect="pairs"))
        widget.addItem(made[-1])
    return made


def move(widget: pg.PlotWidget, start: float, stop: float) -> None:
    """Show this stretch; the grid goes with it, as wide as before in millimetres."""
    widget.setXRange(start, stop, padding=0)
    for item in widget.grid_items:
        item.setPos(start, 0)
        item.setTransform(pg.QtGui.QTransform.fromScale((stop - start) / 10.0, 1.0))
    widget.viewport().repaint()

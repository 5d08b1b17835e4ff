"""The ECG sheet against a plain pyqtgraph plot of the same, in the same run.

One window of 1920×1080 on the platform that Qt has (offscreen without a display), software
rendering. Times in milliseconds. `first_paint_ms` is construct + show + paint of a new view;
`open_prefetched_ms` is from `SheetModel.show` of a recording in memory to `painted`, p95.
"""

import time
from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QEventLoop
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from farlead_ui.ecg.model import SheetModel
from farlead_ui.ecg.view import EcgView
from farlead_ui.theme.tokens import DAY
from support_sheet import beats, recording

SIZE = (1920, 1080)
ROUNDS = 15


def run() -> dict[str, float]:
    """Measure the sheet and its peer."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    ours = {fs: beats(fs, 10.0) for fs in (500.0, 1000.0)}
    _first_sheet(application, ours[500.0], 500.0)  # fonts and caches of the process
    _first_plot(application, ours[500.0], 500.0)
    sheet_first = [_first_sheet(application, ours[500.0], 500.0) for _ in range(ROUNDS)]
    plot_first = [_first_plot(application, ours[500.0], 500.0) for _ in range(ROUNDS)]
    model, view = _sheet(ours[1000.0], 1000.0)
    _settle(application)
    sheet_repaint = _times(lambda: _repaint(view), 2 * ROUNDS)
    opened = [_open(model, view, ours[500.0]) for _ in range(2 * ROUNDS)]
    layouts = [_timed(lambda n=n: _relayout(model, view, n)) for n in (2, 3, 4, 5, 1) * 6]
    _close(application, view)
    plot = _plot(ours[1000.0], 1000.0)
    _settle(application)
    plot_repaint = _times(lambda: _repaint(plot), 2 * ROUNDS)
    _close(application, plot)
    return {
        "first_paint_ms": float(np.median(sheet_first)),
        "plotitem_first_paint_ms": float(np.median(plot_first)),
        "times_plotitem_first": float(np.median(plot_first) / np.median(sheet_first)),
        "open_prefetched_ms": float(np.percentile(opened, 95)),
        "repaint_ms": float(np.median(sheet_repaint)),
        "plotitem_repaint_ms": float(np.median(plot_repaint)),
        "times_plotitem_repaint": float(np.median(plot_repaint) / np.median(sheet_repaint)),
        "layout_ms": float(np.percentile(layouts, 95)),
    }


def _sheet(samples: NDArray[np.float64], fs: float) -> tuple[SheetModel, EcgView]:
    model = SheetModel()
    model.show(recording(fs=fs, samples=samples), range(200, 5000, 500))
    view = EcgView(model, DAY)
    view.resize(*SIZE)
    view.show()
    return model, view


def _plot(samples: NDArray[np.float64], fs: float) -> pg.PlotWidget:
    """Twelve PlotDataItems and the rhythm strip over a grid of two curves, white paper."""
    widget = pg.PlotWidget(background="w")
    widget.hideAxis("left")
    widget.hideAxis("bottom")
    seconds, height = samples.shape[1] / fs, 14.0
    for step, colour in ((0.04, DAY.grid), (0.2, DAY.grid_bold)):
        x = np.arange(0, seconds, step)
        y = np.arange(0, height, step * 2.5)
        lines_x = np.concatenate([np.repeat(x, 2), np.tile((0, seconds), len(y))])
        lines_y = np.concatenate([np.tile((0, height), len(x)), np.repeat(y, 2)])
        widget.addItem(pg.PlotCurveItem(lines_x, lines_y, pen=colour, connect="pairs"))
    t = np.arange(samples.shape[1]) / fs
    for row, lead in enumerate((*samples, samples[1])):
        item = pg.PlotDataItem(t, lead + row + 0.5, pen=DAY.trace, antialias=True)
        widget.addItem(item)
        item.setDownsampling(auto=True, method="peak")
        item.setClipToView(True)
    widget.setRange(xRange=(0, seconds), yRange=(0, height), padding=0)
    widget.resize(*SIZE)
    widget.show()
    return widget


def _first_sheet(application: QApplication, samples: NDArray[np.float64], fs: float) -> float:
    started = time.perf_counter()
    _, view = _sheet(samples, fs)
    _settle(application)
    taken = _since(started)
    _close(application, view)
    return taken


def _first_plot(application: QApplication, samples: NDArray[np.float64], fs: float) -> float:
    started = time.perf_counter()
    plot = _plot(samples, fs)
    _settle(application)
    taken = _since(started)
    _close(application, plot)
    return taken


def _open(model: SheetModel, view: EcgView, samples: NDArray[np.float64]) -> float:
    shown = recording(samples=samples)
    loop = QEventLoop()
    view.painted.connect(loop.quit)
    started = time.perf_counter()
    model.show(shown, range(200, 5000, 500))
    loop.exec()
    taken = _since(started)
    view.painted.disconnect(loop.quit)
    return taken


def _relayout(model: SheetModel, view: QWidget, number: int) -> None:
    model.set_layout(number)
    _repaint(view)


def _repaint(view: QWidget) -> None:
    canvas = view if isinstance(view, QGraphicsView) else view.findChild(QGraphicsView)
    assert isinstance(canvas, QGraphicsView)
    canvas.viewport().repaint()


def _settle(application: QApplication) -> None:
    application.processEvents()


def _close(application: QApplication, view: QWidget) -> None:
    view.hide()
    view.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    application.processEvents()


def _times(act: Callable[[], None], rounds: int) -> list[float]:
    return [_timed(act) for _ in range(rounds)]


def _timed(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return _since(started)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000.0

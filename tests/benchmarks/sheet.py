"""The ECG sheet against a plain pyqtgraph build of the same, in the same run.

One window of 1920×1080 on the platform that Qt has (offscreen without a display), software
rendering. Times in milliseconds by the clock, medians unless said; ``_best`` is the fastest,
``_cpu`` the processor time of all threads, which other work on the machine disturbs least. Ratios
are of processor time, frame by frame in turn.

``open_prefetched_ms``: from `SheetModel.show` of a recording in memory to `painted`, p95;
``open_cold_ms``: from the bytes of a DICOM file through the sandbox to `painted`, p95.
``repaint_ms``: 12 leads of 10 s at 1000 Hz with grid, evidence and RR line. ``pan_…``: one frame
of 12 leads × 26 h at 250 Hz, moved, drawn and painted, where so much is on the sheet;
``times_plotdataitem…``: how much longer PlotDataItem with its own downsampling takes, median of
the ratios; the one without a length is the smaller from 10 min up. ``pyramid_s``: all pyramids
by a worker while the window lives; ``pyramid_memory``: their share of the samples' memory;
``open_long_ms``: from `show` of that recording to `painted`.
``gui_block_ms``, ``growth_mb``: an hour of batch reading (240 studies) at the speed of the window.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QEventLoop
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

import sheet_peer
from batch_reading import read_for_an_hour
from ecg_files import dicom_bytes
from farlead.model.recording import Recording
from farlead.model.screening import Span
from farlead.sandbox import Sandbox
from farlead_signal.overview import pyramid
from farlead_ui.ecg.model import Evidence, SheetModel
from farlead_ui.ecg.overviews import Overviews
from farlead_ui.ecg.view import EcgView
from farlead_ui.tasks import PoolTasks
from farlead_ui.theme.tokens import DAY
from support_sheet import beats, recording

SIZE = (1920, 1080)
ROUNDS = 15
HOURS, FS = 26, 250.0
#: Name of the key, paper speed in mm/s, seconds on the sheet at that speed.
WINDOWS = (("10s", 50.0, 10.0), ("10min", 50.0 / 60, 600.0), ("24h", 20.0 / 3600, 86400.0))
Results: TypeAlias = dict[str, float]


class Took(NamedTuple):
    """Milliseconds of one act: by the clock, and of the processor."""

    clock: float
    cpu: float


def run() -> Results:
    """Measure the sheet and its peer."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    first = _first_paint(application)
    opened = _opening(application)
    painted = _painting(application)
    long = _long(application)
    hour = read_for_an_hour(application)
    return {
        **first,
        **opened,
        **painted,
        **long,
        "gui_block_ms": max(hour.blocks, default=0.0),
        "gui_block_cpu_ms": max(hour.busy, default=0.0),
        "growth_mb": hour.growth,
        "studies_read": float(hour.studies),
    }


def _first_paint(application: QApplication) -> Results:
    """Construct + show + paint of a new view."""
    samples = beats(500.0, 10.0)
    _first_sheet(application, samples)  # fonts and caches of the process
    _first_plot(application, samples)
    ours = [_first_sheet(application, samples) for _ in range(ROUNDS)]
    peer = [_first_plot(application, samples) for _ in range(ROUNDS)]
    return {
        "first_paint_ms": median(ours),
        "plotdataitem_first_paint_ms": median(peer),
        "times_plotdataitem_first": median(peer) / median(ours),
    }


def _opening(application: QApplication) -> Results:
    model, view = _sheet(application)
    shown = recording(samples=beats(500.0, 10.0))
    opened = [_open(model, view, lambda: shown) for _ in range(3 * ROUNDS)]
    rng = np.random.default_rng(7)
    files = [_file(rng) for _ in range(2 * ROUNDS)]
    with Sandbox() as sandbox:
        sandbox.call("farlead.formats:read", files[0])
        cold = [_open(model, view, lambda d=data: _decoded(sandbox, d)) for data in files]  # type: ignore[misc]
    _close(application, view)
    return {
        "open_prefetched_ms": float(np.percentile(opened, 95)),
        "open_prefetched_best_ms": min(opened),
        "open_cold_ms": float(np.percentile(cold, 95)),
        "open_cold_best_ms": min(cold),
    }


def _painting(application: QApplication) -> Results:
    samples = beats(1000.0, 10.0)
    model, view = _sheet(application)
    model.show(recording(fs=1000.0, samples=samples), range(400, 10000, 1000))
    model.set_evidence(Evidence(("V1", "V2", "V3"), (Span(5200, 5600, "beat"),), {"V2": "QS"}))
    _settle(application)
    plot = sheet_peer.plot(samples, 1000.0, SIZE)
    _settle(application)
    pairs = [
        (_timed(lambda: _repaint(view)), _timed(lambda: _repaint(plot))) for _ in range(2 * ROUNDS)
    ]
    _close(application, plot)
    layouts = [_timed(lambda n=n: _relayout(model, view, n)) for n in (2, 3, 4, 5, 1) * 6]  # type: ignore[misc]
    _close(application, view)
    return {
        **_figures("repaint", pairs),
        "layout_ms": float(np.percentile([took.clock for took in layouts], 95)),
        "layout_cpu_ms": float(np.percentile([took.cpu for took in layouts], 95)),
    }


def _long(application: QApplication) -> Results:
    """Panning over a day; the page is moved by a hundredth of itself each frame."""
    minutes = beats(FS, 600.0).astype(np.float32)
    samples = np.tile(minutes, (1, HOURS * 6))
    tasks = PoolTasks()
    model, view = _sheet(application, tasks)
    model.set_layout(3)
    shown = recording(fs=FS, samples=samples)
    opened = _open(model, view, lambda: shown)
    results = {"open_long_ms": opened, **_pyramids(samples, tasks)}
    tasks.drain(60_000)
    plot = sheet_peer.plot(samples, FS, SIZE, rhythm=False)
    _settle(application)
    for name, speed, length in WINDOWS:
        model.set_speed(speed)
        _settle(application)
        assert abs(model.length - length) < 1.0, (name, model.length)
        pairs = [
            (_timed(lambda s=start: _move(model, view, s)),  # type: ignore[misc]
             _timed(lambda s=start, n=length: sheet_peer.move(plot, s, s + n)))  # type: ignore[misc]
            for start in (length * 0.01 * (1 + n % 7) for n in range(ROUNDS if length < 6e4 else 9))
        ]  # fmt: skip
        results |= _figures(name, pairs, "pan_")
    _close(application, plot)
    _close(application, view)
    tasks.close(1000)
    smaller = min(results["times_plotdataitem_10min"], results["times_plotdataitem_24h"])
    return {**results, "times_plotdataitem": smaller}


def _figures(name: str, pairs: Sequence[tuple[Took, Took]], prefix: str = "") -> Results:
    """Ours by clock and processor, the peer's, and how many times ours that is."""
    return {
        f"{prefix}{name}_ms": median(ours.clock for ours, _ in pairs),
        f"{prefix}{name}_best_ms": min(ours.clock for ours, _ in pairs),
        f"{prefix}{name}_cpu_ms": median(ours.cpu for ours, _ in pairs),
        f"plotdataitem_{name}_ms": median(theirs.clock for _, theirs in pairs),
        f"plotdataitem_{name}_cpu_ms": median(theirs.cpu for _, theirs in pairs),
        f"times_plotdataitem_{name}": median(theirs.cpu / ours.cpu for ours, theirs in pairs),
    }


def _pyramids(samples: NDArray[np.float32], tasks: PoolTasks) -> Results:
    """A fresh set on a model of its own, without a view."""
    tasks.drain(60_000)
    taken, shown = [], recording(fs=FS, samples=samples)  # a copy, which is not what is timed
    for _ in range(3):
        model = SheetModel()
        overviews = Overviews(model, tasks)
        started = time.perf_counter()
        model.show(shown)
        tasks.drain(60_000)
        taken.append(time.perf_counter() - started)
        made = [overviews.of(lead) for lead in range(len(samples))]
    weight = sum(one.nbytes for one in made if one is not None)
    return {
        "pyramid_s": median(taken),
        "pyramid_best_s": min(taken),
        "pyramid_cpu_s": sum(_timed(lambda n=lead: pyramid(n)).cpu for lead in samples) / 1000.0,  # type: ignore[misc]
        "pyramid_memory": weight / samples.nbytes,
    }


def _file(rng: np.random.Generator) -> bytes:
    """Another file each time: nothing of it can be remembered."""
    samples = beats(500.0, 10.0) + rng.normal(0, 0.01, (12, 5000))
    return dicom_bytes(
        replace(recording(samples=samples), start=datetime(2026, 11, 21, 8, tzinfo=UTC))
    )


def _decoded(sandbox: Sandbox, data: bytes) -> Recording:
    read = sandbox.call("farlead.formats:read", data)
    assert isinstance(read, Recording)
    return read


def _sheet(application: QApplication, tasks: PoolTasks | None = None) -> tuple[SheetModel, EcgView]:
    model = SheetModel()
    view = EcgView(model, DAY, tasks=tasks)
    view.resize(*SIZE)
    view.show()
    _settle(application)
    return model, view


def _first_sheet(application: QApplication, samples: NDArray[np.float64]) -> float:
    started = time.perf_counter()
    model, view = SheetModel(), None
    model.show(recording(samples=samples), range(200, 5000, 500))
    view = EcgView(model, DAY)
    view.resize(*SIZE)
    view.show()
    _settle(application)
    taken = _since(started)
    _close(application, view)
    return taken


def _first_plot(application: QApplication, samples: NDArray[np.float64]) -> float:
    started = time.perf_counter()
    plot = sheet_peer.plot(samples, 500.0, SIZE)
    _settle(application)
    taken = _since(started)
    _close(application, plot)
    return taken


def _open(model: SheetModel, view: EcgView, fetch: Callable[[], Recording]) -> float:
    loop = QEventLoop()
    view.painted.connect(loop.quit)
    started = time.perf_counter()
    model.show(fetch(), range(200, 5000, 500))
    loop.exec()
    taken = _since(started)
    view.painted.disconnect(loop.quit)
    return taken


def _move(model: SheetModel, view: EcgView, start: float) -> None:
    model.move_to(start)
    view.canvas.viewport().repaint()  # and the bar, which waits for it


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


def _timed(act: Callable[[], object]) -> Took:
    clock, worked = time.perf_counter(), time.process_time()
    act()
    return Took(_since(clock), (time.process_time() - worked) * 1000.0)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000.0

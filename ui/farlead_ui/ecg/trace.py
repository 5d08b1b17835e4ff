"""From samples to the points of a stroke: every sample when zoomed in, extremes when zoomed out."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from farlead_signal.overview import Pyramid, columns
from farlead_ui.ecg.geometry import Cell, Sheet
from farlead_ui.ecg.speeds import FOR_MEASURING

Floats = NDArray[np.float64]

#: Samples per device pixel up to which every sample is a point; above, the two extremes of each
#: pixel column at their true times are.
EVERY_SAMPLE = 2.0
#: Above this many the stroke is one upright line a pixel column.
DENSE = 16.0


def dense(sheet: Sheet) -> bool:
    """Whether a stroke is one upright span a pixel column."""
    per_pixel = sheet.paper.fs / sheet.px_per_second
    return per_pixel > DENSE or sheet.paper.speed < FOR_MEASURING


def strokes(
    samples: NDArray[np.floating] | Pyramid, cell: Cell, sheet: Sheet, first: int = 0
) -> list[Floats]:
    """Points of one lead in its cell, one array a stroke; a gap (NaN) parts strokes.

    Parameters
    ----------
    samples : ndarray, shape (n,), or Pyramid
        The lead in millivolts: all that the cell shows. Only a `dense` sheet is drawn from
        pyramids.
    cell : Cell
        Which samples, and where.
    sheet : Sheet
    first : int
        Sample of the recording that `samples` begin with.

    Returns
    -------
    list of ndarray of float64, shape (points, 2)
        Device pixels. A sample that stands alone between gaps is a stroke one pixel wide.
    """
    if isinstance(samples, Pyramid) or dense(sheet):
        return _upright(samples, cell, sheet, first)
    part = samples[cell.start - first : cell.stop - first]
    zero = sheet.at(cell, 0)
    found = []
    for index, value in thinned(part, cell.start, sheet.paper.fs / sheet.px_per_second):
        points = np.empty((len(index), 2))
        points[:, 0] = zero + index
        points[:, 1] = cell.baseline + 0.5 - value * cell.px_per_mv
        found.append(points)
    return found


def thinned(
    part: NDArray[np.floating], start: int, per_pixel: float
) -> Iterator[tuple[Floats, Floats]]:
    """What is drawn of a stretch of one lead, run by run between its gaps.

    Pixel columns are counted from the start of the recording, so a sample is drawn, or left out,
    alike whichever page it stands on.

    Parameters
    ----------
    part : ndarray, shape (n,)
        Millivolts.
    start : int
        Sample of the recording that `part` begins with.
    per_pixel : float
        Samples per device pixel.

    Yields
    ------
    at, value : ndarray of float64, shape (points,)
        Device pixels from the start of the recording, and millivolts. A sample that stands alone
        is a stroke one pixel wide.
    """
    values: Floats = np.asarray(part, dtype=np.float64)
    for first, stop in recorded(values):
        run, begun = values[first:stop], start + first
        if len(run) == 1:
            yield begun / per_pixel + np.array((-0.5, 0.5)), run[[0, 0]]
            continue
        index = _kept(run, begun, per_pixel)
        if index is None:
            yield np.arange(begun, start + stop) / per_pixel, run
        else:
            yield (begun + index) / per_pixel, run[index]


def _upright(
    lead: NDArray[np.floating] | Pyramid, cell: Cell, sheet: Sheet, first: int
) -> list[Floats]:
    """Lowest and highest of each pixel column, up and down by turns so that strokes meet."""
    start, stop = cell.start - first, max(cell.stop, cell.start + 1) - first
    width = max(1, round((stop - start) * sheet.px_per_second / sheet.paper.fs))
    low, high = columns(lead, start, stop, width)
    low[1::2], high[1::2] = high[1::2].copy(), low[1::2].copy()
    points = np.empty((width, 2, 2))
    points[:, :, 0] = (sheet.at(cell, cell.start) + np.arange(width))[:, None]
    points[:, 0, 1] = cell.baseline + 0.5 - low * cell.px_per_mv
    points[:, 1, 1] = cell.baseline + 0.5 - high * cell.px_per_mv
    runs = recorded(np.asarray(low, dtype=np.float64))
    return [points[start:stop].reshape(-1, 2) for start, stop in runs]


def recorded(part: Floats) -> Iterator[tuple[int, int]]:
    """Half-open runs of finite values: between gaps."""
    finite = np.isfinite(part)
    if finite.all():
        if len(part):
            yield 0, len(part)
        return
    edges = np.flatnonzero(np.diff(np.concatenate(([False], finite, [False])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _kept(run: Floats, begun: int, per_pixel: float) -> NDArray[np.intp] | None:
    """Lowest and highest of each pixel column, by their places in the run; None: all of it."""
    n = len(run)
    if per_pixel <= EVERY_SAMPLE:
        return None
    first, last = int(begun / per_pixel), int((begun + n - 1) / per_pixel)
    edges = np.ceil(np.arange(first, last + 2) * per_pixel).astype(np.intp) - begun
    edges[0], edges[-1] = 0, n
    edges = edges[np.concatenate(([True], np.diff(edges) > 0))]
    if len(edges) < 3:
        return None
    window = np.minimum(edges[:-1, None] + np.arange(math.ceil(per_pixel)), edges[1:, None] - 1)
    values = run[window]
    rows = np.arange(len(window))
    low, high = window[rows, values.argmin(axis=1)], window[rows, values.argmax(axis=1)]
    index = np.empty(2 * len(window) + 2, dtype=np.intp)
    index[0], index[-1] = 0, n - 1
    np.minimum(low, high, out=index[1:-1:2])
    np.maximum(low, high, out=index[2:-1:2])
    return index

"""From samples to the points of a stroke: every sample when zoomed in, extremes when zoomed out."""

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
    per_pixel = sheet.paper.fs / sheet.px_per_second
    if isinstance(samples, Pyramid) or dense(sheet):
        return _upright(samples, cell, sheet, first)
    part = np.asarray(samples[cell.start - first : cell.stop - first], dtype=np.float64)
    found = []
    for start, stop in _recorded(part):
        index, value = _thinned(part[start:stop], per_pixel)
        points = np.empty((len(index), 2))
        points[:, 0] = sheet.at(cell, cell.start + start) + index / per_pixel
        points[:, 1] = cell.baseline + 0.5 - value * cell.px_per_mv
        if len(points) == 1:
            points = points[[0, 0]] + ((-0.5, 0.0), (0.5, 0.0))
        found.append(points)
    return found


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
    runs = _recorded(np.asarray(low, dtype=np.float64))
    return [points[start:stop].reshape(-1, 2) for start, stop in runs]


def _recorded(part: Floats) -> Iterator[tuple[int, int]]:
    """Half-open runs of finite samples."""
    finite = np.isfinite(part)
    if finite.all():
        if len(part):
            yield 0, len(part)
        return
    edges = np.flatnonzero(np.diff(np.concatenate(([False], finite, [False])).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _thinned(run: Floats, per_pixel: float) -> tuple[NDArray[np.intp], Floats]:
    """Indices and values to draw: lowest and highest of each pixel column at their true times."""
    n = len(run)
    columns = int(n / per_pixel)
    if per_pixel <= EVERY_SAMPLE or columns < 2:
        return np.arange(n), run
    width = int(np.ceil(n / columns))
    starts = (np.arange(columns) * (n / columns)).astype(np.intp)
    window = np.minimum(starts[:, None] + np.arange(width), n - 1)
    values = run[window]
    low = np.minimum(starts + values.argmin(axis=1), n - 1)
    high = np.minimum(starts + values.argmax(axis=1), n - 1)
    index = np.empty(2 * columns + 2, dtype=np.intp)
    index[0], index[-1] = 0, n - 1
    np.minimum(low, high, out=index[1:-1:2])
    np.maximum(low, high, out=index[2:-1:2])
    return index, run[index]

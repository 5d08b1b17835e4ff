"""From samples to the points of a stroke: every sample when zoomed in, extremes when zoomed out."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from farlead_signal import overview
from farlead_ui.ecg.geometry import Cell, Sheet

Floats = NDArray[np.float64]

#: Samples per device pixel up to which every sample is a point; above, the two extremes of each
#: pixel column at their true times are.
EVERY_SAMPLE = 2.0
#: Above this many the stroke is one upright line a pixel column.
DENSE = 16.0


def strokes(
    samples: NDArray[np.floating], cell: Cell, sheet: Sheet, first: int = 0
) -> list[Floats]:
    """Points of one lead in its cell, one array a stroke; a gap (NaN) parts strokes.

    Parameters
    ----------
    samples : ndarray, shape (n,)
        The lead in millivolts: all that the cell shows.
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
    part = np.asarray(samples[cell.start - first : cell.stop - first], dtype=np.float64)
    per_pixel = sheet.paper.fs / sheet.px_per_second
    if per_pixel > DENSE:
        return _upright(part, cell, sheet, per_pixel)
    found = []
    for start, stop in _recorded(part):
        index, value = _thinned(part[start:stop], per_pixel)
        points = np.empty((len(index), 2))
        points[:, 0] = sheet.x(cell.start + start) + index / per_pixel
        points[:, 1] = cell.baseline + 0.5 - value * cell.px_per_mv
        if len(points) == 1:
            points = points[[0, 0]] + ((-0.5, 0.0), (0.5, 0.0))
        found.append(points)
    return found


def _upright(part: Floats, cell: Cell, sheet: Sheet, per_pixel: float) -> list[Floats]:
    """Lowest and highest of each pixel column, up and down by turns so that strokes meet."""
    width = max(1, round(len(part) / per_pixel))
    low, high = overview.columns(part, 0, max(1, len(part)), width)
    low[1::2], high[1::2] = high[1::2].copy(), low[1::2].copy()
    points = np.empty((width, 2, 2))
    points[:, :, 0] = (sheet.x(cell.start) + np.arange(width))[:, None]
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

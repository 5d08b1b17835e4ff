"""From pixel values to grey levels: the VOI window of DICOM as a table."""

import numpy as np
from numpy.typing import NDArray

from farlead.model.recording import ImageStudy, Window

Grey = NDArray[np.uint8]


def grey_levels(frame: NDArray[np.generic], window: Window, *, inverted: bool) -> Grey:
    """Grey levels of one frame under a linear window.

    Parameters
    ----------
    frame : ndarray, shape (rows, columns)
        Values after rescale: any integer or float type.
    window : Window
        Centre and width in the same values; a width under 1 is taken as 1 for integers.
    inverted : bool
        Low values bright.

    Returns
    -------
    ndarray of uint8, shape (rows, columns)
        NaN becomes black.

    References
    ----------
    DICOM PS3.3 C.11.2.1.2.1 (linear).
    """
    if frame.dtype.kind in "iu" and frame.dtype.itemsize <= 2:
        native = np.ascontiguousarray(frame, dtype=frame.dtype.newbyteorder("="))
        table = _table(native.dtype, window, inverted=inverted)
        return np.asarray(table.take(native.view(f"u{native.dtype.itemsize}")))
    return _mapped(frame.astype(np.float32), window, inverted=inverted)


def _table(dtype: np.dtype[np.generic], window: Window, *, inverted: bool) -> Grey:
    """Grey level of every value that the type can hold, by its unsigned pattern."""
    patterns = np.arange(1 << (8 * dtype.itemsize), dtype=f"u{dtype.itemsize}")
    values = patterns.view(dtype)
    return _mapped(values.astype(np.float32), window, inverted=inverted)


def _mapped(values: NDArray[np.float32], window: Window, *, inverted: bool) -> Grey:
    """The standard's formula, in place: ((x − (c − 0.5)) / (w − 1) + 0.5) · 255, clipped."""
    centre, span = window.centre - 0.5, max(window.width - 1.0, 1e-6)
    values -= np.float32(centre)
    values *= np.float32(255.0 / span)
    values += np.float32(127.5)
    np.clip(values, 0.0, 255.0, out=values)
    if inverted:
        np.subtract(np.float32(255.0), values, out=values)
    values += np.float32(0.5)
    np.nan_to_num(values, copy=False, nan=0.0)
    return values.astype(np.uint8)


def automatic(image: ImageStudy) -> Window:
    """Window for an image without a preset: all of a byte, or all values that occur."""
    if image.frames.dtype == np.uint8:
        return Window(128.0, 256.0)
    values = image.frames.astype(np.float32, copy=False)
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return Window(128.0, 256.0)
    low, high = float(finite.min()), float(finite.max())
    return Window((low + high + 1) / 2, max(high - low + 1, 1.0))

"""A ruler on the rendered page: millimetres of the tracing as another program draws it.

For `support_reporting.ecg_content`: R peaks at 0.3 + 0.8 k seconds in the rhythm strip, which is
lead II with 1.1 mV; calibration pulses of 1 mV and 200 ms before each row.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_MARGIN = 11.0  # mm, left of the sheet
_START = 15.0  # mm, from the sheet's edge to the first sample
_SHEET = (60.0, 186.0)  # mm from the top: between the text and the words below the sheet
_INK = 90  # grey level: trace and letters are darker, the grid is lighter


def scale_error(page: Image.Image, ppi: float) -> float:
    """Greatest deviation, in percent, from 25 mm/s and 10 mm/mV."""
    ink = _ink(page)
    mm = 25.4 / ppi

    def column(x: float) -> NDArray[np.float64]:
        return ink[:, round((_MARGIN + x) / mm)]

    low, high = (edge / mm for edge in _SHEET)
    tops = [top for top in _middles(column(7.5)) if low < top < high]
    feet = [foot for foot in _middles(column(4.2)) if low < foot < high]
    pulses = list(zip(tops, feet, strict=True))
    if len(pulses) != 4:
        raise AssertionError(f"{len(pulses)} calibration pulses on the page, not 4")
    heights = [(foot - top) * mm for top, foot in pulses]
    base = max(foot for _, foot in pulses)
    return max(_against(heights, 10.0), _against([_across(ink, base, mm)], 240.0))


def _across(ink: NDArray[np.float64], base: float, mm: float) -> float:
    """Millimetres from the first to the last R peak of the rhythm strip: 9.6 s."""
    strip = ink[round(base - 10.2 / mm) : round(base - 9.2 / mm)].max(axis=0)
    first = round((_MARGIN + _START + 5.0) / mm)
    peaks = [first + middle for middle in _middles(strip[first:])]
    if len(peaks) != 13:
        raise AssertionError(f"{len(peaks)} R peaks in the rhythm strip, not 13")
    return (peaks[-1] - peaks[0]) * mm


def _against(found: list[float], true: float) -> float:
    return max(100 * abs(each / true - 1) for each in found)


def _ink(page: Image.Image) -> NDArray[np.float64]:
    """Darkness of each pixel from 0 to 1; paper and grid are 0."""
    lightest = np.asarray(page.convert("RGB"), np.float64).max(axis=2)
    return np.clip((_INK - lightest) / _INK, 0, 1)


def _middles(line: NDArray[np.float64]) -> list[float]:
    """Middle of each dark stretch, weighed by its darkness."""
    dark = np.concatenate(([False], line > 0, [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(dark)).reshape(-1, 2)
    return [
        float(np.average(np.arange(start, stop), weights=line[start:stop])) for start, stop in edges
    ]

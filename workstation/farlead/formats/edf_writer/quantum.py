"""16-bit values of a lead: the step that loses nothing, or the finest that holds it."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Bytes of a number in the header.
FIELD = 8
_LOW, _HIGH = -(1 << 15), (1 << 15) - 1
#: Microvolts of one step, coarsest first.
_SERIES = tuple(
    Fraction(digit) * Fraction(10) ** power for power in range(3, -3, -1) for digit in (5, 2, 1)
)
_LOOKED_AT = 1 << 16
#: Relative difference that is left by how a reader multiplied: two units in a float's last place.
_ROUNDING = 2 * float(np.finfo(np.float32).eps)
#: Limits of digital values that are tried: multiples of these give short decimals.
_ROUND = (1, 2, 4, 5, 8, 10, 16, 20, 25, 32, 50, 64, 100, 125, 128, 250, 256, 500, 512, 1000, 1024)
_LARGEST_DENOMINATOR = 10_000


class Quantised(NamedTuple):
    """A lead as EDF holds it.

    Parameters
    ----------
    digital : ndarray of int16, shape (n,)
    limits : tuple of str
        Physical minimum and maximum (µV), digital minimum and maximum, as the header has them.
    step : Fraction
        Microvolts.
    lossless : bool
        Whether all samples are multiples of the step, but for a float's rounding.
    """

    digital: NDArray[np.int16]
    limits: tuple[str, str, str, str]
    step: Fraction
    lossless: bool


def quantised(millivolts: NDArray[np.float32]) -> Quantised:
    """16-bit values of finite samples; ValueError where no step holds their amplitude."""
    for step in _lossless_steps(millivolts):
        result = _with_step(millivolts, step, lossless=True)
        if result is not None:
            return result
    span = 1000 * (float(millivolts.max()) - float(millivolts.min()))
    for step in reversed(_SERIES):
        if span / float(step) < _HIGH - _LOW - 2:
            result = _with_step(millivolts, step, lossless=False)
            if result is not None:
                return result
    raise ValueError("the amplitude does not fit the 16 bits and 8 digits of EDF")


def _with_step(
    millivolts: NDArray[np.float32], step: Fraction, *, lossless: bool
) -> Quantised | None:
    """The lead in whole steps; None where header or 16 bits do not hold them."""
    counts = np.rint(millivolts.astype(np.float64) * 1000 / float(step))
    limits = _limits(step, int(counts.min()), int(counts.max()))
    if limits is None:
        return None
    texts, shift = limits
    return Quantised((counts - shift).astype(np.int16), texts, step, lossless)


def decimal(value: Fraction) -> str | None:
    """Shortest exact decimal of at most eight characters, or None."""
    for digits in range(FIELD):
        scaled = value * 10**digits
        if scaled.denominator == 1:
            text = plain(int(scaled), digits)
            return text if len(text) <= FIELD else None
    return None


def plain(scaled: int, digits: int) -> str:
    """Decimal of ``scaled / 10**digits``."""
    sign, size = "-" * (scaled < 0), str(abs(scaled)).rjust(digits + 1, "0")
    return f"{sign}{size[:-digits]}.{size[-digits:]}" if digits else f"{sign}{size}"


def _lossless_steps(millivolts: NDArray[np.float32]) -> Iterator[Fraction]:
    """Steps of which all samples are multiples, coarsest first; else the device's own."""
    part = millivolts[:_LOOKED_AT]
    series = [step for step in _SERIES if _loses_nothing(part, step)]
    found = None if series else _smallest_difference(part)
    if found is not None:
        series = [Fraction(found).limit_denominator(_LARGEST_DENOMINATOR), Fraction(found)]
    yield from (step for step in series if step > 0 and _loses_nothing(millivolts, step))


def _loses_nothing(millivolts: NDArray[np.float32], step: Fraction) -> bool:
    counts = np.rint(millivolts.astype(np.float64) * 1000 / float(step))
    back = (counts * float(step / 1000)).astype(np.float32)
    same = np.abs(back - millivolts) <= _ROUNDING * np.abs(millivolts)
    return bool(same.all()) and bool(counts.max() - counts.min() < _HIGH - _LOW)


def _smallest_difference(millivolts: NDArray[np.float32]) -> float | None:
    """Step of the device in microvolts, from the values that occur."""
    values = 1000 * np.unique(millivolts).astype(np.float64)
    noise = 4 * np.finfo(np.float32).eps * max(abs(values[0]), abs(values[-1]))
    steps = np.diff(values)
    steps = steps[steps > noise]
    if not steps.size:
        return None
    counts = np.rint(steps / steps.min())
    return float(steps.sum() / counts.sum())


def _limits(step: Fraction, least: int, most: int) -> tuple[tuple[str, str, str, str], int] | None:
    """Header texts and the shift of digital values, for counts from `least` to `most`."""
    shift = 0 if least >= _LOW and most <= _HIGH else (least + most) // 2
    for multiple in _ROUND:
        low = -((-_LOW - shift) // multiple) * multiple
        high = (_HIGH + shift) // multiple * multiple
        texts = decimal(low * step), decimal(high * step)
        if low <= least and most <= high and texts[0] and texts[1]:
            return (texts[0], texts[1], str(low - shift), str(high - shift)), shift
    return _rounded_limits(step, least, most) if shift == 0 else None


def _rounded_limits(
    step: Fraction, least: int, most: int
) -> tuple[tuple[str, str, str, str], int] | None:
    """Limits for a step without short decimals: right to seven digits."""
    low, high = -_HIGH, _HIGH
    largest = float(high * step)
    digits = FIELD - 2 - len(str(int(largest)))
    if digits < 0 or low > least or most > high:
        return None
    text = f"{largest:.{digits}f}" if digits else f"{largest:.0f}"
    return (f"-{text}", text, str(low), str(high)), 0

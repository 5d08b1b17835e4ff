"""Millivolts to the stored numbers of a DICOM waveform, losing nothing where that can be had.

Each lead has a step of its own (Channel Sensitivity): the coarsest usual one that loses nothing,
else the step that the samples themselves show (the quantum of the device that recorded them),
else the finest usual one that holds the amplitude. 16 bits are taken while that is at most
5 µV, the coarsest resolution that IEC 60601-2-25 leaves an electrocardiograph, else 32 bits.
"""

from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom.valuerep import format_number_as_ds

from farlead.formats.unfit import Unfit

#: Usual steps in microvolts, finest first.
STEPS = (0.1, 0.25, 0.5, 1.0, 1.25, 2.0, 2.5, 4.88, 5.0, 10.0, 20.0, 50.0, 100.0, 1000.0)
_COARSEST = 5.0
_FINEST = 0.01  # a shown step below is the rounding of float32, no quantum
_LOOK = 2000  # samples after which most steps are known not to fit
_DIGITS = range(3, 15)


class Coding(NamedTuple):
    """Microvolts of one step for each lead, as they are written, and bits of a sample."""

    steps: tuple[float, ...]
    bits: int

    @property
    def padding(self) -> int:
        """Code of a sample that was not recorded."""
        return -(1 << (self.bits - 1))


def coding(samples: NDArray[np.float32], step: float | None) -> Coding:
    """How the samples (leads, n) are to be stored; `step` in microvolts goes before.

    Raises
    ------
    Unfit
        An amplitude that 32 bits do not hold, or that is infinite.
    """
    if step is not None:
        written = float(format_number_as_ds(step))
        steps = (written,) * len(samples)
    else:
        steps = tuple(_step(row) for row in samples)
    peaks = [_peak(row) for row in samples]
    if not np.isfinite(peaks).all():
        raise Unfit("infinite")
    for bits in (16, 32):
        most = (1 << (bits - 1)) - 1
        if all(peak <= (most + 0.5) * s for peak, s in zip(peaks, steps, strict=True)):
            return Coding(steps, bits)
    raise Unfit("amplitude", mv=f"{max(peaks) / 1000:g}")


def stored(samples: NDArray[np.float32], how: Coding) -> bytes:
    """Samples (leads, n) as little endian words, interleaved; NaN as the padding value."""
    codes = np.empty(samples.shape[::-1], f"<i{how.bits // 8}")
    for lead, step in enumerate(how.steps):
        numbers = np.rint(samples[lead].astype(np.float64) * 1000.0 / step)
        codes[:, lead] = np.where(np.isnan(numbers), how.padding, numbers)
    return codes.tobytes()


def _peak(row: NDArray[np.float32]) -> float:
    """Largest amplitude in microvolts."""
    known = row[~np.isnan(row)]
    return float(np.max(np.abs(known), initial=0.0)) * 1000.0


def _step(row: NDArray[np.float32]) -> float:
    """Microvolts of a step for one lead."""
    known = row[~np.isnan(row)]
    peak = _peak(row)
    fitting = [step for step in STEPS if peak <= step * ((1 << 15) - 1)]
    for step in reversed(fitting):
        if _loses_nothing(known, step):
            return step
    own = _shown(known)
    if own is not None and _loses_nothing(known, own):
        return own
    if fitting and fitting[0] <= _COARSEST:
        return fitting[0]
    wide = [step for step in STEPS if peak <= step * ((1 << 31) - 1)]
    return next((step for step in reversed(wide) if _loses_nothing(known, step)), STEPS[0])


def _loses_nothing(known: NDArray[np.float32], step: float) -> bool:
    """Whether all samples come back as they are."""
    for part in (known[:_LOOK], known[_LOOK:]):
        codes = np.rint(part.astype(np.float64) * 1000.0 / step)
        if not np.array_equal((codes * step / 1000.0).astype(np.float32), part):
            return False
    return True


def _common(one: float, other: float) -> float:
    """Greatest common measure of two lengths, as far as rounding lets it be seen."""
    while other > _FINEST:
        one, other = other, abs(one - other * round(one / other))
    return one


def _shown(known: NDArray[np.float32]) -> float | None:
    """The step that the samples show: all of them are whole multiples of it.

    Each sample of code k allows steps in an interval that its rounding to float32 leaves open;
    what is in all these intervals is the step, and its shortest decimal is taken.
    """
    values = np.unique(np.abs(known)).astype(np.float64) * 1000.0
    gaps = np.diff(values, prepend=0.0)
    if not (gaps > _FINEST).any() or not np.isfinite(values[-1]):
        return None
    least = reduce(_common, np.sort(gaps[gaps > _FINEST])[:_LOOK].tolist())
    if least <= _FINEST:
        return None
    values = values[values > least / 2]
    reach = 16 * least
    while True:  # the estimate sharpens with the reach that it is right for
        far = values[max(int(np.searchsorted(values, reach)) - 1, 0)]
        least = far / max(np.rint(far / least), 1.0)
        if reach > values[-1]:
            break
        reach *= 16
    codes = np.maximum(np.rint(values / least), 1.0)
    half = np.spacing((values / 1000.0).astype(np.float32)).astype(np.float64) * 500.0
    low, high = ((values - half) / codes).max(), ((values + half) / codes).min()
    middle = (low + high) / 2
    if low >= high or codes[-1] >= 1 << 31:
        return None
    decimals = (float(format_number_as_ds(float(f"{middle:.{n}g}"))) for n in _DIGITS)
    return next((step for step in decimals if low < step < high), None)

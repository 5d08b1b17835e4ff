"""End of T by the tangent at its steepest slope; no Qt, no pixels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead_ui.ecg.tape import Tape

_SMOOTH = 12.0  # half width in ms of the line that gives the slope
_LEVEL = (30.0, 6.0)  # the level before QRS is taken from so many ms before its onset
_AFTER_R = 130.0  # T is not looked for before this, ms after R
_T_SHARE = 0.62  # nor after this share of RR
_PEAK_TO_END = 220.0  # ms
_LEAST = 0.02  # mV: a T flatter than this has no slope to speak of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tangent:
    """The construction: point and slope of the tangent, and where it meets the baseline.

    Parameters
    ----------
    sample, mv : float
        Steepest point of T after its peak.
    slope : float
        Millivolts per sample.
    end, end_mv : float
        Where the tangent meets the baseline, samples and millivolts.
    """

    sample: float
    mv: float
    slope: float
    end: float
    end_mv: float


def t_end(tape: Tape, beat: int, lead: int) -> Tangent | None:
    """End of T of one beat in one lead; None where T is too flat or was not recorded.

    Notes
    -----
    The baseline is the line between the levels before this QRS and before the next one, so that
    a drifting recording does not move the end. It is the method of E. Lepeschkin and B. Surawicz,
    Circulation 6 (1952) 378-388, doi:10.1161/01.CIR.6.3.378.
    """
    if beat + 1 >= len(tape.r_peaks):
        return None
    onset, following = tape.qrs_onset(beat), tape.qrs_onset(beat + 1)
    before, after = _level(tape, lead, onset), _level(tape, lead, following)
    if before is None or after is None or following <= onset:
        return None
    drift = (after - before) / (following - onset)
    first, last = _window(tape, beat)
    wave = np.asarray(tape.values(lead, first, last), dtype=np.float64)
    if len(wave) < 2 * tape.span(_SMOOTH) + 5 or not np.isfinite(wave).all():
        return None
    above = wave - (before + drift * (np.arange(first, last) - onset))
    return _tangent(tape, above, first, onset, before, drift)


def _tangent(
    tape: Tape, above: Floats, first: int, onset: int, before: float, drift: float
) -> Tangent | None:
    level, slope = _lines(above, max(2, tape.span(_SMOOTH)))
    peak = int(np.argmax(np.abs(level)))
    upright = level[peak] > 0
    if abs(level[peak]) < _LEAST:
        return None
    falling = slope[peak : peak + tape.span(_PEAK_TO_END)]
    steepest = peak + int(np.argmin(falling) if upright else np.argmax(falling))
    steep = float(slope[steepest])
    if steep == 0 or (steep < 0) is not bool(upright):
        return None
    end = first + steepest - level[steepest] / steep
    sample = float(first + steepest)
    base = before + drift * (sample - onset)
    ends_at = before + drift * (end - onset)
    return Tangent(sample, float(level[steepest]) + base, steep + drift, float(end), float(ends_at))


def _level(tape: Tape, lead: int, onset: int) -> float | None:
    first, last = (tape.inside(onset - tape.span(ms)) for ms in _LEVEL)
    part = tape.values(lead, first, last + 1)
    known = part[np.isfinite(part)]
    return float(np.median(known)) if known.size else None


def _window(tape: Tape, beat: int) -> tuple[int, int]:
    """Where T of a beat is looked for: after QRS, before the P wave of the next beat."""
    r, following = tape.r_peaks[beat], tape.r_peaks[beat + 1]
    first = r + tape.span(_AFTER_R)
    last = r + max(round(_T_SHARE * (following - r)), tape.span(330.0))
    off = tape.waves.qrs_off[beat] if beat < len(tape.waves.qrs_off) else -1
    if off >= 0:
        first = max(first, off + tape.span(30.0))
    p_on = tape.waves.p_on[beat + 1] if beat + 1 < len(tape.waves.p_on) else -1
    limit = p_on if p_on > first else following - tape.span(60.0)
    return tape.inside(first), tape.inside(min(last, limit))


def _lines(wave: Floats, half: int) -> tuple[Floats, Floats]:
    """Level and slope of the straight line through each sample and `half` of them on both sides."""
    offsets = np.arange(-half, half + 1, dtype=np.float64)
    padded = np.pad(wave, half, mode="edge")
    level = np.convolve(padded, np.full(len(offsets), 1 / len(offsets)), "valid")
    slope = np.convolve(padded, -offsets / (offsets**2).sum(), "valid")
    return level, slope

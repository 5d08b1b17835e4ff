"""One beat to look at: the device's median beat, else that of our screening; no Qt."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from farlead.model.detail import Detail, WaveMarks
from farlead.model.recording import Recording

Floats = NDArray[np.float64]
_BESIDE = 0.10  # s that are kept before P, and half of those after T


class Source(StrEnum):
    """Who made the median beat."""

    DEVICE = "device"
    SCREENING = "screening"


@dataclass(frozen=True, slots=True, eq=False)
class Beat:
    """A median beat.

    Parameters
    ----------
    samples : ndarray of float64, shape (leads, m)
        Millivolts above the level before QRS; NaN in a lead without one.
    leads : tuple of str
    fs : float
        Hertz.
    members : int or None
        How many beats made it, where that is known.
    waves : WaveMarks or None
        Over all leads, indices of the window, where they are known.
    """

    samples: Floats
    leads: tuple[str, ...]
    fs: float
    source: Source
    members: int | None = None
    waves: WaveMarks | None = None


def beat_of(recording: Recording, detail: Detail | None) -> Beat | None:
    """The device's median beat, else that of screening; None where there is neither."""
    medians = recording.medians
    if medians is not None and medians.ndim == 2 and len(medians) == len(recording.leads):
        samples = np.asarray(medians, np.float64)
        if np.isfinite(samples).any():
            return Beat(_levelled(samples, None), recording.leads, recording.fs, Source.DEVICE)
    if detail is None or detail.medians is None or not detail.fs:
        return None
    made = detail.medians
    samples = np.array(
        [[np.nan if v is None else v for v in lead] for lead in made.microvolts], np.float64
    )
    if samples.ndim != 2 or not np.isfinite(samples).any():
        return None
    onset = next(iter(made.overall.qrs_on), -1)
    level = onset if 0 <= onset < samples.shape[1] else None
    return Beat(
        _levelled(samples / 1000, level), detail.leads, detail.fs, Source.SCREENING,
        len(made.members), made.overall,
    )  # fmt: skip


def _levelled(samples: Floats, onset: int | None) -> Floats:
    """Each lead above its value at QRS onset; above its middle value where that is not known."""
    known = np.isfinite(samples)
    if onset is not None:
        zero = samples[:, onset : onset + 1]
    else:
        zero = np.array([[np.median(s[k]) if k.any() else np.nan] for s, k in
                         zip(samples, known, strict=True)])  # fmt: skip
    return np.asarray(samples - np.where(np.isfinite(zero), zero, 0.0))


def trimmed(beat: Beat) -> Beat:
    """Without most of the quiet line before P and after T, where the waves are known."""
    marks, m = beat.waves, beat.samples.shape[1]
    if marks is None:
        return beat
    on = [at for at in (*marks.p_on[:1], *marks.qrs_on[:1]) if at >= 0]
    off = [at for at in (*marks.t_off[:1], *marks.qrs_off[:1]) if at >= 0]
    start = max(0, min(on) - round(_BESIDE * beat.fs)) if on else 0
    stop = min(m, max(off) + round(2 * _BESIDE * beat.fs)) if off else m
    return replace(beat, samples=beat.samples[:, start:stop], waves=None)


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """The heart's vector in the frontal plane over one beat.

    Parameters
    ----------
    points : ndarray of float64, shape (m, 2)
        Millivolts to the patient's left (lead I) and downwards (aVF, at the length of lead I).
    waves : tuple of (str, int, int)
        ``P``, ``QRS``, ``T`` with their first and last point; the whole beat under "" where they
        are not known.
    """

    points: Floats
    waves: tuple[tuple[str, int, int], ...]


def loop_of(beat: Beat) -> Loop | None:
    """Frontal loop; None without lead I and one of aVF, II and III.

    An augmented lead is √3/2 as long as a bipolar one, so aVF counts 2/√3 of its voltage
    (Einthoven's triangle).
    """
    rows = {lead: beat.samples[n] for n, lead in enumerate(beat.leads)}
    first = rows.get("I")
    down = rows.get("aVF")
    if down is None and first is not None and "II" in rows:
        down = rows["II"] - first / 2
    if down is None and first is not None and "III" in rows:
        down = rows["III"] + first / 2
    if first is None or down is None:
        return None
    points = np.column_stack((first, down * 2 / math.sqrt(3)))
    return Loop(points, _waves(beat)) if np.isfinite(points).all(axis=1).any() else None


def _waves(beat: Beat) -> tuple[tuple[str, int, int], ...]:
    marks, found = beat.waves, []
    if marks is not None:
        for name, on, off in (
            ("P", marks.p_on, marks.p_off),
            ("QRS", marks.qrs_on, marks.qrs_off),
            ("T", marks.t_on or marks.qrs_off, marks.t_off),
        ):
            start, stop = next(iter(on), -1), next(iter(off), -1)
            if name == "T" and start < 0:
                start = next(iter(marks.qrs_off), -1)
            if 0 <= start < stop:
                found.append((name, start, stop))
    return tuple(found) or (("", 0, beat.samples.shape[1] - 1),)

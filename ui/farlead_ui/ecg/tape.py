"""What is measured: samples, beats and fiducial points of one recording; no Qt, no pixels."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, fields
from itertools import chain

import numpy as np

from farlead.model.detail import WaveMarks
from farlead_signal.filters import ORIGINAL, Setting, filtered
from farlead_ui.ecg.seen import Samples, pieces

#: Where QRS is taken to begin when nobody looked for it, ms before R.
_BEFORE_R = 40.0
#: How far the extreme of QRS is looked for around R, ms.
_AROUND_R = 60.0
NO_WAVES = WaveMarks()


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """A recording as calipers see it.

    Parameters
    ----------
    samples : ndarray, shape (leads, n)
        Millivolts; NaN where nothing was recorded.
    leads : tuple of str
    fs : float
        Sampling rate in hertz.
    r_peaks : tuple of int
        R positions in samples, growing.
    waves : WaveMarks
        Fiducial points of each beat over all leads; may be empty.
    setting : Setting
        The display filter: what is measured is what the reader sees.
    """

    samples: Samples
    leads: tuple[str, ...]
    fs: float
    r_peaks: tuple[int, ...] = ()
    waves: WaveMarks = NO_WAVES
    setting: Setting = ORIGINAL
    marks: tuple[int, ...] = field(init=False)
    _made: dict[tuple[int, int], Samples] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        known = (getattr(self.waves, wave.name) for wave in fields(WaveMarks))
        every = chain(self.r_peaks, *known)
        found = {int(at) for at in every if 0 <= at < self.length}
        object.__setattr__(self, "marks", tuple(sorted(found)))

    def values(self, lead: int, start: int, stop: int) -> Samples:
        """Samples of one lead as they are seen, half open."""
        if self.setting == ORIGINAL:
            return self.samples[lead, start:stop]
        parts = pieces(self.length, self.fs, start, stop)
        joined = np.concatenate([self._piece(lead, *part) for part in parts])
        return joined[start - parts[0][0] : stop - parts[0][0]]

    def _piece(self, lead: int, start: int, stop: int) -> Samples:
        if (lead, start) not in self._made:
            alone = self.samples[lead : lead + 1]
            self._made[lead, start] = filtered(alone, self.fs, self.setting, start, stop)[0]
        return self._made[lead, start]

    @property
    def length(self) -> int:
        """Number of samples."""
        return int(self.samples.shape[-1])

    @property
    def rr(self) -> float | None:
        """Mean RR interval in milliseconds; None with less than two beats."""
        if len(self.r_peaks) < 2:
            return None
        return float(np.mean(np.diff(self.r_peaks))) / self.fs * 1000.0

    def inside(self, sample: float) -> int:
        """The nearest sample that there is."""
        return min(max(round(sample), 0), max(self.length - 1, 0))

    def span(self, milliseconds: float) -> int:
        """Samples of so many milliseconds."""
        return round(milliseconds * self.fs / 1000.0)

    def level(self, lead: int, sample: int) -> float | None:
        """Millivolts of one sample; None where nothing was recorded."""
        at = self.inside(sample)
        value = float(self.values(lead, at, at + 1)[0])
        return value if np.isfinite(value) else None

    def snapped(self, sample: float, tolerance: float) -> int:
        """The fiducial point within so many samples, else the nearest sample."""
        place = bisect_left(self.marks, sample)
        near = [m for m in self.marks[max(place - 1, 0) : place + 1] if abs(m - sample) < tolerance]
        return min(near, key=lambda m: abs(m - sample)) if near else self.inside(sample)

    def next_mark(self, sample: int, direction: int) -> int:
        """The following or preceding fiducial point; the same sample where there is none."""
        if direction > 0:
            place = bisect_right(self.marks, sample)
            return self.marks[place] if place < len(self.marks) else sample
        place = bisect_left(self.marks, sample)
        return self.marks[place - 1] if place else sample

    def beat_from(self, sample: int) -> int | None:
        """Number of the first beat at or after a sample, else of the last one."""
        if not self.r_peaks:
            return None
        return min(bisect_left(self.r_peaks, sample), len(self.r_peaks) - 1)

    def qrs_onset(self, beat: int) -> int:
        """Where QRS of a beat begins; before R by habit where nobody looked."""
        found = self.waves.qrs_on[beat] if beat < len(self.waves.qrs_on) else -1
        return found if found >= 0 else self.inside(self.r_peaks[beat] - self.span(_BEFORE_R))

    def extreme(self, beat: int, lead: int) -> int:
        """Sample of the greatest excursion of a beat's QRS in one lead."""
        base = self.level(lead, self.qrs_onset(beat)) or 0.0
        around = self.span(_AROUND_R)
        first = self.inside(self.r_peaks[beat] - around)
        part = np.abs(self.values(lead, first, first + 2 * around + 1) - base)
        if not np.isfinite(part).any():
            return self.r_peaks[beat]
        return first + int(np.nanargmax(part))


@dataclass(frozen=True, slots=True)
class Rung:
    """From one R wave to the next: samples, milliseconds, and beats a minute."""

    start: int
    stop: int
    ms: float
    rate: float


def ladder(tape: Tape, first: float, last: float) -> list[Rung]:
    """RR intervals that lie in a stretch of samples, wholly or in part."""
    found = []
    for start, stop in zip(tape.r_peaks, tape.r_peaks[1:], strict=False):
        if stop > first and start < last and stop > start:
            ms = (stop - start) / tape.fs * 1000.0
            found.append(Rung(start, stop, ms, 60_000.0 / ms))
    return found

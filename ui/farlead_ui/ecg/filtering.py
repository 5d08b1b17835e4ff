"""The display filter: which one is on, and the key that shows the original; no Qt.

Screening never sees a filtered sample. Calipers measure what the reader sees, and say so.
"""

import time
from collections.abc import Callable

import numpy as np
from psygnal import Signal

from farlead.model.recording import Recording
from farlead_signal.filters import ORIGINAL, Setting

#: From the weakest to the strongest: the steps of the wheel.
LADDER: tuple[Setting, ...] = (
    ORIGINAL,
    Setting(0.05, None, 150.0),
    Setting(0.05, 50.0, 150.0),
    Setting(0.05, 50.0, 100.0),
    Setting(0.05, 50.0, 40.0),
    Setting(0.15, 50.0, 40.0),
    Setting(0.5, 50.0, 40.0),
    Setting(0.5, 50.0, 35.0),
    Setting(0.5, 50.0, 25.0),
)
#: What the key turns on before anything was chosen: the diagnostic bandwidth, without mains.
FIRST = LADDER[2]
#: A key held longer than this, in seconds, was held to look at the original.
HELD = 0.35
#: Samples of all leads together above which the original is drawn: minutes and hours on one sheet
#: show no more of a filter than of the samples, and would take longer than a frame may.
MOST = 800_000


class FilterModel:
    """Which filter is on. `changed` when what is shown is another one.

    Parameters
    ----------
    clock : callable
        Seconds, for the time that the key is held.
    """

    changed = Signal()

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._chosen = FIRST
        self._on = False
        self._pressed: float | None = None
        self._fs = float("inf")
        self._pending = self._waived = self._used = False

    @property
    def on(self) -> bool:
        """Whether a filter is on, also while the key shows the original."""
        return self._on

    @property
    def held(self) -> bool:
        """Whether the key is being held and the original shown."""
        return self._pressed is not None

    @property
    def chosen(self) -> Setting:
        """The filter that is on, as far as the sampling rate allows it; else the original."""
        return self._chosen.within(self._fs) if self._on else ORIGINAL

    @property
    def wanted(self) -> Setting:
        """What the traces are to be drawn with at this moment."""
        return ORIGINAL if self.held or self._waived else self.chosen

    @property
    def waived(self) -> bool:
        """Whether the sheet shows what no filter is used for: too long a stretch, or one beat."""
        return self._waived

    @property
    def pending(self) -> bool:
        """Whether the filter is being made, and the original shown until it is there."""
        return self._pending

    @property
    def shown(self) -> Setting:
        """What the traces are drawn with at this moment."""
        return ORIGINAL if self._pending else self.wanted

    @property
    def habit(self) -> Setting:
        """What the key turns on, if the reader has had a filter on since the start."""
        return self._chosen.within(self._fs) if self._used else ORIGINAL

    def waive(self, *, waived: bool) -> None:
        """Told by the view: whether no filter is used for what is on the sheet."""
        if waived != self._waived:
            self._waived = waived
            if self._on:
                self.changed.emit()

    def wait(self, *, pending: bool) -> None:
        """Told by the view: whether the filter is being made."""
        if pending != self._pending:
            self._pending = pending
            self.changed.emit()

    @property
    def standard(self) -> bool:
        """Whether the filter that is on leaves the diagnostic bandwidth whole."""
        return self.chosen.diagnostic

    def possible(self, setting: Setting) -> bool:
        """Whether the recording's sampling rate allows all of it."""
        return setting.within(self._fs) == setting

    def begin(self, fs: float) -> None:
        """Another recording: the original, whatever was on before."""
        self._on, self._pressed, self._fs = False, None, fs
        self._waived = self._pending = False

    def choose(self, setting: Setting) -> None:
        """Turn this filter on; the original turns it off."""
        before = (self.chosen, self.held)
        self._pressed = None
        self._on = setting != ORIGINAL
        if self._on:
            self._chosen, self._used = setting, True
        if (self.chosen, self.held) != before:
            self.changed.emit()

    def choose_part(self, part: str, value: float | None) -> None:
        """Change ``baseline``, ``mains`` or ``muscle`` alone."""
        parts = {name: getattr(self.chosen, name) for name in ("baseline", "mains", "muscle")}
        self.choose(Setting(**{**parts, part: value}))

    def toggle(self) -> None:
        """On with what was chosen last, or off."""
        self.choose(ORIGINAL if self._on else self._chosen)

    def toggle_mains(self) -> None:
        """Take mains off, or leave it, without a change to the rest."""
        self.choose_part("mains", None if self.chosen.mains else self._chosen.mains or 50.0)

    def step(self, by: int) -> None:
        """Stronger or weaker by a step of the ladder, up to its ends."""
        steps = [one for one in LADDER if self.possible(one)]
        here = steps.index(self.chosen) if self.chosen in steps else self._nearest(steps)
        self.choose(steps[min(max(here + by, 0), len(steps) - 1)])

    def _nearest(self, steps: list[Setting]) -> int:
        chosen = self.chosen
        return max(n for n, one in enumerate(steps) if not _stronger(one, chosen))

    def press(self) -> None:
        """The key goes down: the original at once; off before, the filter at once."""
        if not self._on:
            self.choose(self._chosen)
        elif self._pressed is None:
            self._pressed = self._clock()
            self.changed.emit()

    def release(self) -> None:
        """The key comes up: a tap has turned the filter off, held it comes back."""
        if self._pressed is None:
            return
        tapped = self._clock() - self._pressed < HELD
        self._pressed = None
        if tapped:
            self._on = False
        self.changed.emit()


def too_long(recording: Recording, start: int, stop: int) -> bool:
    """Whether so long a stretch is drawn without a filter."""
    return (stop - start) * len(recording.leads) > MOST


def _stronger(one: Setting, other: Setting) -> bool:
    """Whether `one` takes more than `other` at either end."""
    low = (one.baseline or 0.0) > (other.baseline or 0.0)
    return low or (one.muscle or np.inf) < (other.muscle or np.inf)


def band_text(setting: Setting) -> str:
    """The pass-band in figures: ``0.5–40 Hz``, ``≥ 0.5 Hz``, ``≤ 40 Hz``; "" without one."""
    low, high = setting.baseline, setting.muscle
    if low is not None and high is not None:
        return f"{low:g}–{high:g} Hz"
    if low is not None:
        return f"≥ {low:g} Hz"
    return f"≤ {high:g} Hz" if high is not None else ""


def report_text(setting: Setting) -> str:
    """As the report has it: ``0.5–40 Hz, mains 50 Hz``; "" for the original."""
    mains = f"mains {setting.mains:g} Hz" if setting.mains is not None else ""
    return ", ".join(part for part in (band_text(setting), mains) if part)

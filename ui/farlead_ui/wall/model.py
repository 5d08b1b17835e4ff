"""What the wall knows, how old it is, and whether it may still be believed. Plain; no Qt."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from psygnal import Signal

from farlead.messages import Message
from farlead.model.wall import UnitLine, Wall
from farlead.settings import Clock
from farlead_ui.bridge import Scheduler
from farlead_ui.tasks import Done, Outcome, Tasks

#: Seconds between two looks, and between two movements of the clocks.
REFRESH, BEAT = 2.0, 1.0
#: Figures older than this are stale: said loud, and drawn quiet.
STALE = 7.0
#: A way in that was not looked at for so long is silent.
SILENT = timedelta(seconds=60)


class Age(StrEnum):
    """Whether the figures may be believed."""

    FIRST = "first"  # none yet
    FRESH = "fresh"
    STALE = "stale"


class WallLike(Protocol):
    """Where the figures come from; blocks."""

    def wall(self) -> Wall:
        """Everything on the wall, now."""


class WallModel:
    """The newest figures and their age.

    Signals: `changed` (each second, for the clocks and the newest answer; at once with the first
    answer and when the figures may no longer, or again, be believed).

    Parameters
    ----------
    source : WallLike
    tasks : Tasks
    scheduler : Scheduler
    clock : callable returning the aware time
        Shown on the wall.
    elapsed : callable returning seconds
        Grows evenly: the age of the figures does not follow a clock that is set.
    """

    changed = Signal()

    def __init__(
        self,
        source: WallLike,
        tasks: Tasks,
        scheduler: Scheduler,
        clock: Clock,
        elapsed: Callable[[], float],
    ) -> None:
        self._source, self._tasks, self.clock = source, tasks, clock
        self._elapsed, self._begun = elapsed, elapsed()
        self._came: float | None = None
        self.wall: Wall | None = None
        self.error: Message | None = None
        self._ends = (scheduler.every(REFRESH, self.refresh), scheduler.every(BEAT, self._beat))
        self.refresh()

    def close(self) -> None:
        """Nobody looks any more."""
        for end in self._ends:
            end()

    def refresh(self) -> None:
        """Look anew."""
        self._tasks.latest("wall", self._source.wall, self._looked)

    @property
    def seconds(self) -> int:
        """Age of the figures; without any, how long they have been waited for."""
        since = self._begun if self._came is None else self._came
        return max(int(self._elapsed() - since), 0)

    @property
    def age(self) -> Age:
        """Whether the figures may be believed."""
        if self._elapsed() - (self._came if self._came is not None else self._begun) > STALE:
            return Age.STALE
        if self.error is not None:
            return Age.STALE
        return Age.FIRST if self.wall is None else Age.FRESH

    @property
    def now(self) -> datetime:
        """Time by which ages are told: the store's when the figures came, and on from there."""
        if self.wall is None or self._came is None:
            return self.clock()
        return self.wall.taken + timedelta(seconds=self._elapsed() - self._came)

    def silent(self, unit: UnitLine) -> bool:
        """Whether nobody has looked at a unit's way in for a while, or it is broken."""
        if unit.trouble is not None:
            return True
        return unit.seen is not None and self.now - unit.seen > SILENT

    def units(self) -> list[UnitLine]:
        """All units: those in trouble first, then those with the most that waits."""
        if self.wall is None:
            return []
        return sorted(
            self.wall.units,
            key=lambda u: (not self.silent(u), -u.parked, -u.waiting, -u.deliveries, u.name),
        )

    def _beat(self) -> None:
        self.changed.emit()

    def _looked(self, outcome: Outcome[Wall]) -> None:
        before = self.age
        if isinstance(outcome, Done):
            self.wall, self.error, self._came = outcome.value, None, self._elapsed()
        else:
            self.error = outcome.error.reason
        if self.age is not before:  # else with the next beat: drawing takes most of its time
            self.changed.emit()

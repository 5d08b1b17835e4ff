"""Watches the serving child (intake, screening, delivery) and starts it again when it dies."""

from functools import partial
from typing import Protocol

from psygnal import Signal

from farlead.messages import Message, message
from farlead.settings import Clock
from farlead_ui.bridge import Scheduler
from farlead_ui.tasks import Done, Outcome, Tasks

WATCH_SECONDS = 2.0
#: So many restarts within this time mean that starting again is no cure.
MOST, WITHIN_SECONDS = 5, 120.0


class ServingLike(Protocol):
    """The child, as farlead.services offers it."""

    @property
    def alive(self) -> bool:
        """Whether it runs."""

    def ensure(self) -> None:
        """Start it if it does not run."""

    def stop(self) -> None:
        """End it."""


class ServingWatch:
    """Keeps the child alive and says when it was not. `changed` when there is news.

    Parameters
    ----------
    child : ServingLike
    tasks : Tasks
    scheduler : Scheduler
    clock : callable returning the aware time
    log : str
        Where the engineer looks.
    """

    changed = Signal()

    def __init__(
        self, child: ServingLike, tasks: Tasks, scheduler: Scheduler, clock: Clock, log: str
    ) -> None:
        self._child, self._tasks, self._clock, self._log = child, tasks, clock, log
        self._deaths: list[float] = []
        self._started = False
        self.news: Message | None = None
        self._cancel = scheduler.every(WATCH_SECONDS, self.check)

    def check(self) -> None:
        """Look at the child; start it where it does not run."""
        work = partial(_look, self._child, len(self._deaths) < MOST)
        self._tasks.ordered("serving", work, self._looked)

    def stop(self) -> None:
        """Stop watching and end the child."""
        self._cancel()
        self._child.stop()

    def _looked(self, outcome: Outcome[bool]) -> None:
        if not isinstance(outcome, Done):
            self._say(outcome.error.reason)
        elif outcome.value:
            self._recover()
        elif not self._started:
            self._started = True
        else:
            self._died()

    def _died(self) -> None:
        if len(self._deaths) < MOST:
            self._deaths.append(self._clock().timestamp())
        if len(self._deaths) < MOST:
            self._say(message("reading.service_restarted", count=len(self._deaths)))
        else:
            self._say(message("reading.service_down", log=self._log))

    def _recover(self) -> None:
        """After a quiet while the deaths are forgotten, and the news with them."""
        now = self._clock().timestamp()
        if self._deaths and now - self._deaths[-1] > WITHIN_SECONDS:
            self._deaths.clear()
            self._say(None)

    def _say(self, news: Message | None) -> None:
        if news != self.news:
            self.news = news
            self.changed.emit()


def _look(child: ServingLike, may_start: bool) -> bool:  # a plain value for a worker
    if child.alive:
        return True
    if may_start:
        child.ensure()
    return False

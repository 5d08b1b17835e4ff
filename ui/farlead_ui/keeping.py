"""Keeping what is in hand: drafts saved at every change, leases renewed while the reader works.

Plain; no Qt.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from farlead.errors import ClaimLost, FarleadError
from farlead.model.report import Claim, Draft
from farlead.settings import ClaimSettings, Clock
from farlead_ui.bridge import Cancel, Scheduler
from farlead_ui.desk_like import DeskLike
from farlead_ui.tasks import Done, Outcome, Tasks

# Changes within this time go to the store together; well under the promised 300 ms.
GATHER_SECONDS = 0.15
_WATCH_SECONDS = 5.0


def lane(study: int) -> str:
    """Channel in which everything that changes one study is done in order."""
    return f"study:{study}"


class Autosave:
    """Saves a draft shortly after each change and at once when told to.

    Parameters
    ----------
    saved : callable(claim, draft)
    refused : callable(claim, draft, error)
        The store did not take it; the draft is handed back so that nothing is lost.
    """

    def __init__(
        self,
        desk: DeskLike,
        tasks: Tasks,
        scheduler: Scheduler,
        saved: Callable[[Claim, Draft], None],
        refused: Callable[[Claim, Draft, FarleadError], None],
    ) -> None:
        self._desk = desk
        self._tasks = tasks
        self._scheduler = scheduler
        self._saved = saved
        self._refused = refused
        self._pending: tuple[Claim, Draft] | None = None
        self._cancel: Cancel | None = None

    def note(self, claim: Claim, draft: Draft) -> None:
        """A change: to be saved soon."""
        self._pending = (claim, draft)
        if self._cancel is None:
            self._cancel = self._scheduler.once(GATHER_SECONDS, self.flush)

    def flush(self) -> None:
        """Save now what is not saved yet."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None
        if self._pending is None:
            return
        claim, draft = self._pending
        self._pending = None
        work = partial(self._desk.save_draft, claim, draft)
        self._tasks.ordered(lane(claim.study), work, partial(self._done, claim, draft))

    def _done(self, claim: Claim, draft: Draft, outcome: Outcome[object]) -> None:
        if isinstance(outcome, Done):
            self._saved(claim, draft)
        else:
            self._refused(claim, draft, outcome.error)


class Tenure:
    """Renews the claim in hand while the reader is active, and ends it when nobody is there.

    Parameters
    ----------
    renewed : callable(claim)
    idle : callable()
        The reader has done nothing for the allowed time: give the study back.
    lost : callable(error)
    trouble : callable(error)
        Renewal failed for another reason; it is tried again.
    """

    def __init__(
        self,
        desk: DeskLike,
        tasks: Tasks,
        scheduler: Scheduler,
        clock: Clock,
        settings: ClaimSettings,
        *,
        renewed: Callable[[Claim], None],
        idle: Callable[[], None],
        lost: Callable[[FarleadError], None],
        trouble: Callable[[FarleadError], None],
    ) -> None:
        self._desk, self._tasks, self._clock = desk, tasks, clock
        self._settings = settings
        self._renewed, self._idle, self._lost, self._trouble = renewed, idle, lost, trouble
        self._claim: Claim | None = None
        self._urgent = False
        self._active_at = self._renewed_at = clock()
        self.paused = False  # locked: the lease runs out
        self.away = False  # the database is away: the claim is checked when it is back
        watch = min(_WATCH_SECONDS, settings.renew)
        scheduler.every(watch, self.check)

    def begin(self, claim: Claim, *, urgent: bool) -> None:
        """Keep this claim alive from now on."""
        self._claim, self._urgent = claim, urgent
        self._active_at = self._renewed_at = self._clock()

    def end(self) -> None:
        """Nothing to keep any more."""
        self._claim = None

    def activity(self) -> None:
        """The reader did something."""
        self._active_at = self._clock()

    @property
    def idle(self) -> timedelta:
        """How long the reader has done nothing."""
        return self._clock() - self._active_at

    def check(self) -> None:
        """Renew when it is time, or end the claim when the reader has left."""
        if self._claim is None or self.paused:
            return
        now = self._clock()
        if now - self._active_at > self._allowed():
            self._idle()
        elif now - self._renewed_at >= timedelta(seconds=self._settings.renew):
            self.renew(now)

    def renew(self, now: datetime) -> None:
        """Prolong the lease."""
        if self._claim is None or self.away:
            return
        self._renewed_at = now
        claim = self._claim
        work = partial(self._desk.renew, claim)
        self._tasks.ordered(lane(claim.study), work, partial(self._done, claim))

    def _allowed(self) -> timedelta:
        seconds = self._settings.idle_urgent if self._urgent else self._settings.idle_routine
        return timedelta(seconds=seconds)

    def _done(self, asked: Claim, outcome: Outcome[Claim]) -> None:
        if self._claim is None or self._claim.study != asked.study:
            return  # the study was left while the renewal was under way
        if isinstance(outcome, Done):
            self._claim = outcome.value
            self._renewed(outcome.value)
        elif isinstance(outcome.error, ClaimLost):
            self._claim = None
            self._lost(outcome.error)
        else:
            self._trouble(outcome.error)

"""Shifts: what this reader leaves, and a colleague's shift that waits to be taken on. No Qt."""

from collections.abc import Callable
from functools import partial

from psygnal import Signal

from farlead.messages import Message, message
from farlead.model.handover import HandOver, LeftOver
from farlead_ui.desk_like import DeskLike
from farlead_ui.keeping import lane
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.tasks import Done, Outcome

Seen = tuple[tuple[LeftOver, ...], HandOver | None]

#: How often it is asked whether a shift waits.
LOOK_SECONDS = 15.0


class HandingModel:
    """Signals: `changed` (content), `finished` (handed over, or taken on).

    What is dealt with is settled when the reader looks, and stays so until he acts: a shift that
    comes, or that a colleague takes on meanwhile, never turns one act into the other.
    """

    changed = Signal()
    finished = Signal()

    def __init__(self, reading: ReadingModel, let_go: Callable[[], object]) -> None:
        self._reading, self._desk, self._tasks = reading, reading.desk, reading.tasks
        self._let_go = let_go
        self.mine: tuple[LeftOver, ...] = ()
        self.waiting: HandOver | None = None  # another's shift that waits, the oldest
        self.offered: HandOver | None = None  # the one to be taken on; None: mine is handed over
        self.error: Message | None = None
        self._said: int | None = None
        self._settled = False
        reading.scheduler.once(1.0, self.read)
        reading.scheduler.every(LOOK_SECONDS, self.read)

    @property
    def items(self) -> tuple[LeftOver, ...]:
        """What is listed: the offered shift's, else what this reader leaves."""
        return self.mine if self.offered is None else self.offered.items

    def open(self) -> None:
        """The reader looks: a shift that waits is offered, else his own is handed over."""
        self.error, self._settled = None, False
        self.offered = self.waiting
        self._reading.flush()
        self.read()

    def turn(self) -> None:
        """Hand the own shift over although another waits; or back to that one."""
        if self.waiting is not None:
            self.offered = None if self.offered is not None else self.waiting
            self._say(None)

    def read(self) -> None:
        """Look whether a shift waits, and at what this reader leaves."""
        if self._reading.waiting.worklist is not None:
            self._tasks.latest("shift", partial(_seen, self._desk), self._read)

    def confirm(self, note: str) -> None:
        """Take the offered shift on; where none is offered, hand this reader's over.

        What he has in hand goes back to the list then, his draft with it.
        """
        if self.offered is not None:
            self._act("shift", partial(self._desk.take_shift, self.offered.id), "handover.accepted")
            return
        self._reading.flush()
        job = self._reading.in_hand
        channel = "shift" if job is None else lane(job.study)  # after the draft is kept
        self._act(channel, partial(self._desk.hand_over, note), "handover.given")

    def _act(self, channel: str, work: Callable[[], HandOver], told: str) -> None:
        self._tasks.ordered(channel, work, partial(self._acted, told))

    def _acted(self, told: str, outcome: Outcome[HandOver]) -> None:
        if isinstance(outcome, Done):
            done = outcome.value
            if done.giver == self._desk.account.id:
                self._reading.close()
                self._let_go()
            said = message(told, giver=done.giver_name, count=len(done.items))
            self._reading.tell(NoticeKind.DONE, said)
            self._reading.waiting.refresh()
            self.finished.emit()
        else:
            self._say(outcome.error.reason)
        self.read()

    def _read(self, outcome: Outcome[Seen]) -> None:
        if not isinstance(outcome, Done):
            return  # the list says that the database is away
        self.mine, self.waiting = outcome.value
        if not self._settled:
            self.offered, self._settled = self.waiting, True
        if self.waiting is not None and self.waiting.id != self._said:
            self._said = self.waiting.id
            told = message("handover.waits", giver=self.waiting.giver_name)
            self._reading.tell(NoticeKind.INFO, told)
        self.changed.emit()

    def _say(self, error: Message | None) -> None:
        self.error = error
        self.changed.emit()


def _seen(desk: DeskLike) -> Seen:
    others = [each for each in desk.handovers() if each.giver != desk.account.id]
    return tuple(desk.left_over()), others[0] if others else None

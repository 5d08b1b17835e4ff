"""Shifts: what this reader leaves, and a colleague's shift that waits to be taken on. No Qt."""

from collections.abc import Callable
from functools import partial

from psygnal import Signal

from farlead.messages import Message, message
from farlead.model.handover import HandOver, LeftOver
from farlead_ui.desk_like import DeskLike
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.tasks import Done, Outcome

Seen = tuple[tuple[LeftOver, ...], HandOver | None]

#: How often it is asked whether a shift waits.
LOOK_SECONDS = 15.0


class HandingModel:
    """`offered`: another's shift that waits, shown first. `changed`: content; `finished`: done."""

    changed = Signal()
    finished = Signal()

    def __init__(self, reading: ReadingModel) -> None:
        self._reading, self._desk, self._tasks = reading, reading.desk, reading.tasks
        self.mine: tuple[LeftOver, ...] = ()
        self.offered: HandOver | None = None
        self.error: Message | None = None
        self._said: int | None = None
        reading.scheduler.once(1.0, self.read)
        reading.scheduler.every(LOOK_SECONDS, self.read)

    @property
    def items(self) -> tuple[LeftOver, ...]:
        """What is listed: the offered shift's, else what this reader leaves."""
        return self.mine if self.offered is None else self.offered.items

    def read(self) -> None:
        """Look whether a shift waits, and at what this reader leaves."""
        if self._reading.waiting.worklist is not None:
            self._tasks.latest("shift", partial(_seen, self._desk), self._read)

    def confirm(self, note: str) -> None:
        """Take the offered shift on; where none is offered, hand this reader's over."""
        if self.offered is None:
            self._act(partial(self._desk.hand_over, note), "handover.given")
        else:
            self._act(partial(self._desk.take_shift, self.offered.id), "handover.accepted")

    def _act(self, work: Callable[[], HandOver], told: str) -> None:
        self._tasks.ordered("shift", work, partial(self._acted, told))

    def _acted(self, told: str, outcome: Outcome[HandOver]) -> None:
        if isinstance(outcome, Done):
            done = outcome.value
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
        self.mine, self.offered = outcome.value
        if self.offered is not None and self.offered.id != self._said:
            self._said = self.offered.id
            told = message("handover.waits", giver=self.offered.giver_name)
            self._reading.tell(NoticeKind.INFO, told)
        self._say(None)

    def _say(self, error: Message | None) -> None:
        self.error = error
        self.changed.emit()


def _seen(desk: DeskLike) -> Seen:
    others = [each for each in desk.handovers() if each.giver != desk.account.id]
    return tuple(desk.left_over()), others[0] if others else None

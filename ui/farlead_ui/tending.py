"""Connections as an engineer tends them: worst first, asked now, sent again. Plain; no Qt."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol, TypeAlias

from psygnal import Signal

from farlead.messages import Message
from farlead.model.connection import Answer, Connection, Parked, Standing, Way
from farlead.settings import Clock
from farlead_ui.bridge import Cancel, Scheduler
from farlead_ui.tasks import Done, Outcome, Tasks

#: Seconds between two looks while the window is open.
REFRESH = 3.0
#: Connections asked in one piece of work, as many as are asked at the same time.
LOT = 8

Key: TypeAlias = tuple[str, Way]


class TendingLike(Protocol):
    """What a desk offers of the systems outside; every method blocks."""

    @property
    def allowed(self) -> bool:
        """Whether this person may ask connections and send again."""

    def connections(self) -> list[Connection]:
        """How every unit, archive and peer stands."""

    def parked(self, destination: str) -> list[Parked]:
        """What waits for a person at one destination."""

    def test(self, asked: Sequence[Connection], stopped: Callable[[], bool]) -> list[Answer]:
        """Ask these now."""

    def resend(self, deliveries: Sequence[int]) -> int:
        """Parked deliveries go on their way again."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the window: a connection, what it last said, and whether it is asked now."""

    connection: Connection
    answer: Answer | None = None
    asked: bool = False

    @property
    def key(self) -> Key:
        """Names it among all."""
        return self.connection.name, self.connection.way

    @property
    def standing(self) -> Standing:
        """How it stands: one that did not answer is down, whatever was known before."""
        known = self.connection.standing
        if self.answer is None:
            return known
        if self.answer.trouble is not None:
            return Standing.DOWN
        return Standing.GOOD if known is Standing.UNKNOWN else known

    @property
    def trouble(self) -> Message | None:
        """What is wrong: what it said when it was asked, else the last failure."""
        said = self.answer.trouble if self.answer is not None else None
        return said or self.connection.trouble


class TendingModel:
    """All connections, the worst first; the chosen one and what is parked there.

    Signals: `changed`.

    Parameters
    ----------
    tending : TendingLike or None
        None where this seat cannot reach the systems outside.
    tasks : Tasks
    scheduler : Scheduler
    clock : callable returning the aware time
    """

    changed = Signal()

    def __init__(
        self, tending: TendingLike | None, tasks: Tasks, scheduler: Scheduler, clock: Clock
    ) -> None:
        self._tending, self._tasks, self._scheduler = tending, tasks, scheduler
        self.clock = clock
        self.taken: datetime | None = None
        self.error: Message | None = None
        self.parked: tuple[Parked, ...] = ()
        self.chosen: Key | None = None
        self.words, self.only_trouble = "", False
        self._all: tuple[Connection, ...] = ()
        self._answers: dict[Key, Answer] = {}
        self._asked: set[Key] = set()
        self._queue: deque[Connection] = deque()
        self._stop = threading.Event()
        self._end: Cancel | None = None

    @property
    def offered(self) -> bool:
        """Whether this seat knows anything of the systems outside."""
        return self._tending is not None

    @property
    def allowed(self) -> bool:
        """Whether this person may ask connections and send again."""
        return self._tending is not None and self._tending.allowed

    @property
    def testing(self) -> int:
        """How many are still to be asked."""
        return len(self._asked)

    @property
    def all(self) -> list[Line]:
        """Every connection, the worst first."""
        lines = [
            Line(each, self._answers.get((each.name, each.way)), self._is_asked(each))
            for each in self._all
        ]
        return sorted(lines, key=_worst_first)

    @property
    def lines(self) -> list[Line]:
        """Those that answer to what is looked for."""
        wanted = self.words.casefold().split()
        return [
            line
            for line in self.all
            if (not self.only_trouble or line.standing >= Standing.PARKED)
            and all(word in _found_by(line) for word in wanted)
        ]

    @property
    def line(self) -> Line | None:
        """The chosen one, as long as it is shown."""
        return next((line for line in self.lines if line.key == self.chosen), None)

    # -- looking

    def open(self) -> None:
        """Look now, and again and again until it is closed."""
        if self._tending is None:
            return
        if self._end is None:
            self._end = self._scheduler.every(REFRESH, self.refresh)
        self.refresh()

    def close(self) -> None:
        """Nobody looks any more; what is being asked is given up."""
        if self._end is not None:
            self._end()
            self._end = None
        self.cancel()

    def refresh(self) -> None:
        """Look anew."""
        if self._tending is not None:
            self._tasks.latest("connections", self._tending.connections, self._looked)

    def search(self, words: str) -> None:
        """Show those that have all of these words."""
        self.words = words
        self._keep_choice()

    def show_only_trouble(self, *, only: bool) -> None:
        """Show those alone that need somebody, or all."""
        self.only_trouble = only
        self._keep_choice()

    def choose(self, key: Key | None) -> None:
        """Another one is looked at more closely."""
        if key == self.chosen:
            return
        self.chosen, self.parked = key, ()
        self._read_parked()
        self.changed.emit()

    def step(self, by: int) -> None:
        """Choose one further down or up."""
        keys = [line.key for line in self.lines]
        if keys:
            here = keys.index(self.chosen) if self.chosen in keys else -by
            self.choose(keys[min(max(here + by, 0), len(keys) - 1)])

    # -- asking

    def test(self) -> None:
        """Ask the chosen one now."""
        line = self.line
        if line is not None:
            self._ask([line.connection])

    def test_all(self) -> None:
        """Ask all that are shown, the worst first."""
        self._ask([line.connection for line in self.lines])

    def cancel(self) -> None:
        """Give up what is being asked; answers that come later are dropped."""
        if not self._asked:
            return
        self._stop.set()
        self._queue.clear()
        self._asked.clear()
        self.changed.emit()

    def _ask(self, connections: Sequence[Connection]) -> None:
        if not self.allowed:
            return
        new = [each for each in connections if not self._is_asked(each)]
        if not new:
            return
        under_way = bool(self._asked)
        self._queue.extend(new)
        self._asked.update((each.name, each.way) for each in new)
        if not under_way:
            self._stop = threading.Event()
            self._next_lot()
        self.changed.emit()

    def _next_lot(self) -> None:
        lot = [self._queue.popleft() for _ in range(min(LOT, len(self._queue)))]
        if not lot or self._tending is None:
            return
        work = partial(self._tending.test, lot, self._stop.is_set)
        self._tasks.ordered("connections", work, partial(self._answered, self._stop, lot))

    def _answered(
        self, stop: threading.Event, lot: Sequence[Connection], outcome: Outcome[list[Answer]]
    ) -> None:
        if stop.is_set():
            return
        if isinstance(outcome, Done):
            for answer in outcome.value:
                self._answers[answer.connection.name, answer.connection.way] = answer
            self._asked.difference_update((each.name, each.way) for each in lot)
            self._next_lot()
        else:
            self.error = outcome.error.reason
            self._queue.clear()
            self._asked.clear()
        self.changed.emit()

    def _is_asked(self, connection: Connection) -> bool:
        return (connection.name, connection.way) in self._asked

    # -- sending again

    def resend(self, deliveries: Sequence[int] | None = None) -> None:
        """These parked deliveries, or all of the chosen connection, go on their way again."""
        wanted = [each.delivery for each in self.parked] if deliveries is None else deliveries
        if self._tending is None or not wanted or not self.allowed:
            return
        work = partial(self._tending.resend, list(wanted))
        self._tasks.ordered("connections", work, self._sent)

    def _sent(self, outcome: Outcome[int]) -> None:
        self.error = None if isinstance(outcome, Done) else outcome.error.reason
        self._read_parked()
        self.refresh()
        self.changed.emit()

    # -- what came back

    def _looked(self, outcome: Outcome[list[Connection]]) -> None:
        if isinstance(outcome, Done):
            self._all, self.taken, self.error = tuple(outcome.value), self.clock(), None
            self._forget_old_answers()
            self._keep_choice()
        else:
            self.error = outcome.error.reason
            self.changed.emit()

    def _forget_old_answers(self) -> None:
        """What has gone well since, or failed since, counts more than what was said before."""
        for each in self._all:
            answer = self._answers.get((each.name, each.way))
            went_well = each.success is not None and answer and each.success > answer.at
            if answer is not None and went_well and answer.trouble is not None:
                del self._answers[each.name, each.way]

    def _keep_choice(self) -> None:
        keys = [line.key for line in self.lines]
        if self.chosen not in keys:
            self.chosen, self.parked = (keys[0] if keys else None), ()
        self._read_parked()
        self.changed.emit()

    def _read_parked(self) -> None:
        line = self.line
        if self._tending is None or line is None or not line.connection.parked:
            self.parked = ()
            return
        work = partial(self._tending.parked, line.connection.name)
        self._tasks.latest("parked", work, partial(self._read, line.key))

    def _read(self, key: Key, outcome: Outcome[list[Parked]]) -> None:
        if key != self.chosen:
            return
        if isinstance(outcome, Done):
            self.parked = tuple(outcome.value)
        else:
            self.error = outcome.error.reason
        self.changed.emit()


def _worst_first(line: Line) -> tuple[int, int, int, str, str]:
    known = line.connection
    return (-line.standing, -known.parked, -known.waiting, known.title, known.name)


def _found_by(line: Line) -> str:
    known = line.connection
    return f"{known.title} {known.name} {known.address} {known.way}".casefold()

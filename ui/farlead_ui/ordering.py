"""Orders that a person must look at, and what can be undone: plain, no Qt."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from psygnal import Signal

from farlead.messages import Message, message
from farlead.model.lives import OrderState
from farlead.model.order import Candidate, KeptOrder, OpenOrder
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.tasks import Done, Outcome


@dataclass(frozen=True, slots=True)
class Orders:
    """Both lists: what waits for a person, and what was joined or closed."""

    waiting: tuple[OpenOrder, ...] = ()
    settled: tuple[KeptOrder, ...] = ()


class OrdersModel:
    """The reconciliation list: an order, the study beside it, and what is done with the two.

    Signal: `changed`.
    """

    changed = Signal()

    def __init__(self, reading: ReadingModel) -> None:
        self._reading = reading
        self._desk, self._tasks = reading.desk, reading.tasks
        self.orders = Orders()
        self.undoing = False  # the list of what can be undone is shown
        self.chosen = 0
        self.beside = 0  # which of the candidates
        self.busy = False
        self.error: Message | None = None

    @property
    def listed(self) -> tuple[KeptOrder, ...]:
        """Orders of the list that is shown."""
        if self.undoing:
            return self.orders.settled
        return tuple(each.order for each in self.orders.waiting)

    @property
    def order(self) -> KeptOrder | None:
        """The order that is looked at."""
        return self.listed[self.chosen] if self.chosen < len(self.listed) else None

    @property
    def case(self) -> OpenOrder | None:
        """It with its candidates, where it waits."""
        waiting = self.orders.waiting
        return waiting[self.chosen] if not self.undoing and self.chosen < len(waiting) else None

    @property
    def candidate(self) -> Candidate | None:
        """The study beside it."""
        sides = self.case.candidates if self.case is not None else ()
        return sides[self.beside] if self.beside < len(sides) else None

    def load(self) -> None:
        """Read both lists anew."""
        self.busy = True
        self._tasks.latest("orders", self._read, self._loaded)

    def choose(self, place: int) -> None:
        """Look at another order."""
        if place < len(self.listed):
            self.chosen, self.beside, self.error = place, 0, None
            self.changed.emit()

    def step(self, by: int) -> None:
        """The next order, or the one before."""
        if self.listed:
            self.choose((self.chosen + by) % len(self.listed))

    def turn(self, by: int) -> None:
        """The next candidate, or the one before."""
        sides = self.case.candidates if self.case is not None else ()
        if sides:
            self.beside = (self.beside + by) % len(sides)
            self.changed.emit()

    def show_settled(self, shown: bool) -> None:
        """What can be undone, or what waits."""
        self.undoing, self.chosen, self.beside, self.error = shown, 0, 0, None
        self.changed.emit()

    def join(self, reason: str) -> None:
        """The order asks for the study beside it."""
        order, candidate = self.order, self.candidate
        if order is None or candidate is None:
            return
        study = candidate.study
        told = message("orders.joined", study=study.number)
        self._act(partial(self._desk.join_order, order.id, study.id, reason), reason, told)

    def close(self, reason: str) -> None:
        """The order has no study and will have none."""
        if self.order is not None and not self.undoing:
            work = partial(self._desk.close_order, self.order.id, reason)
            self._act(work, reason, message("orders.closed"))

    def undo(self, reason: str) -> None:
        """Part a joined order from its study, or open a closed one again."""
        order = self.order
        if order is None or not self.undoing:
            return
        if order.state is OrderState.JOINED:
            work = partial(self._desk.part_order, order.id, reason)
            self._act(work, reason, message("orders.parted"))
        else:
            work = partial(self._desk.reopen_order, order.id, reason)
            self._act(work, reason, message("orders.reopened"))

    def _act(self, work: Callable[[], None], reason: str, told: Message) -> None:
        if not reason.strip():
            self._say(message("store.reason_needed"))
            return
        self.busy = True
        self._tasks.ordered("orders", work, partial(self._done, told))

    def _done(self, told: Message, outcome: Outcome[None]) -> None:
        self.busy = False
        if not isinstance(outcome, Done):
            self._say(outcome.error.reason)
            return
        self._reading.tell(NoticeKind.DONE, told)
        self._reading.waiting.refresh()
        self.load()

    def _read(self) -> Orders:
        return Orders(tuple(self._desk.open_orders()), tuple(self._desk.settled_orders()))

    def _loaded(self, outcome: Outcome[Orders]) -> None:
        self.busy = False
        if not isinstance(outcome, Done):
            self._say(outcome.error.reason)
            return
        self.orders, self.error = outcome.value, None
        self.chosen = min(self.chosen, max(len(self.listed) - 1, 0))
        self.beside = 0
        self.changed.emit()

    def _say(self, error: Message) -> None:
        self.error = error
        self.changed.emit()

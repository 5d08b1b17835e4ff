"""Orders that a person must look at, and what can be undone: plain, no Qt."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TypeVar

from psygnal import Signal

from farlead.messages import Message, message
from farlead.model.lives import OrderState
from farlead.model.order import Candidate, KeptOrder, OpenOrder, PatientLink
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.tasks import Done, Outcome

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Orders:
    """What waits for a person, what was joined or closed, and patients who were joined."""

    waiting: tuple[OpenOrder, ...] = ()
    settled: tuple[KeptOrder, ...] = ()
    patients: tuple[PatientLink, ...] = ()


class Shown(StrEnum):
    """Which of the three lists is shown."""

    WAITING = "waiting"
    SETTLED = "settled"
    PATIENTS = "patients"


class OrdersModel:
    """The reconciliation list: an order, the study beside it, and what is done with the two.

    Signal: `changed`.
    """

    changed = Signal()

    def __init__(self, reading: ReadingModel) -> None:
        self._reading = reading
        self._desk, self._tasks = reading.desk, reading.tasks
        self.orders = Orders()
        self.shown = Shown.WAITING
        self.chosen = 0
        self.beside = 0  # which of the candidates
        self.busy = False
        self.error: Message | None = None

    @property
    def undoing(self) -> bool:
        """Whether what can be undone is shown."""
        return self.shown is not Shown.WAITING

    @property
    def listed(self) -> tuple[KeptOrder, ...]:
        """Orders of the list that is shown; none where it is of patients."""
        if self.shown is Shown.WAITING:
            return tuple(each.order for each in self.orders.waiting)
        return self.orders.settled if self.shown is Shown.SETTLED else ()

    @property
    def many(self) -> int:
        """How long the list is that is shown."""
        patients = self.shown is Shown.PATIENTS
        return len(self.orders.patients) if patients else len(self.listed)

    @property
    def order(self) -> KeptOrder | None:
        """The order that is looked at."""
        return self.listed[self.chosen] if self.chosen < len(self.listed) else None

    @property
    def patients(self) -> PatientLink | None:
        """The two joined patients that are looked at."""
        links = self.orders.patients if self.shown is Shown.PATIENTS else ()
        return links[self.chosen] if self.chosen < len(links) else None

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
        """Look at another one of the list."""
        if place < self.many:
            self.chosen, self.beside, self.error = place, 0, None
            self.changed.emit()

    def step(self, by: int) -> None:
        """The next one, or the one before."""
        if self.many:
            self.choose((self.chosen + by) % self.many)

    def turn(self, by: int) -> None:
        """The next candidate, or the one before."""
        sides = self.case.candidates if self.case is not None else ()
        if sides:
            self.beside = (self.beside + by) % len(sides)
            self.changed.emit()

    def show(self, shown: Shown) -> None:
        """Another of the lists."""
        self.shown, self.chosen, self.beside, self.error = shown, 0, 0, None
        self.changed.emit()

    def show_next(self) -> None:
        """The list after the one that is shown."""
        lists = list(Shown)
        self.show(lists[(lists.index(self.shown) + 1) % len(lists)])

    def join(self, reason: str) -> None:
        """The order asks for the study beside it."""
        order, candidate = self.order, self.candidate
        if order is None or candidate is None:
            return
        study = candidate.study
        work = partial(self._desk.join_order, order.id, study.id, reason)
        self._act(work, reason, lambda kept: kept.told_joined(study.number))

    def close(self, reason: str) -> None:
        """The order has no study and will have none."""
        if self.order is not None and not self.undoing:
            work = partial(self._desk.close_order, self.order.id, reason)
            self._act(work, reason, lambda _: message("orders.closed"))

    def undo(self, reason: str) -> None:
        """Part a joined order from its study, open a closed one again, or part two patients."""
        if (link := self.patients) is not None:
            work = partial(self._desk.part_patients, link.id, reason)
            self._act(work, reason, lambda _: message("orders.patients_parted"))
            return
        order = self.order
        if order is None or not self.undoing:
            return
        if order.state is OrderState.JOINED:
            work = partial(self._desk.part_order, order.id, reason)
            self._act(work, reason, lambda _: message("orders.parted"))
        else:
            work = partial(self._desk.reopen_order, order.id, reason)
            self._act(work, reason, lambda _: message("orders.reopened"))

    def _act(self, work: Callable[[], _T], reason: str, told: Callable[[_T], Message]) -> None:
        if not reason.strip():
            self._say(message("store.reason_needed"))
            return
        self.busy = True
        self._tasks.ordered("orders", work, partial(self._done, told))

    def _done(self, told: Callable[[_T], Message], outcome: Outcome[_T]) -> None:
        self.busy = False
        if not isinstance(outcome, Done):
            self._say(outcome.error.reason)
            return
        self._reading.tell(NoticeKind.DONE, told(outcome.value))
        self._reading.waiting.refresh()
        self.load()

    def _read(self) -> Orders:
        desk = self._desk
        waiting, settled = tuple(desk.open_orders()), tuple(desk.settled_orders())
        return Orders(waiting, settled, tuple(desk.patient_links()))

    def _loaded(self, outcome: Outcome[Orders]) -> None:
        self.busy = False
        if not isinstance(outcome, Done):
            self._say(outcome.error.reason)
            return
        self.orders, self.error = outcome.value, None
        self.chosen = min(self.chosen, max(self.many - 1, 0))
        self.beside = 0
        self.changed.emit()

    def _say(self, error: Message) -> None:
        self.error = error
        self.changed.emit()

"""Lists of orders that are asked for again and again: what is new or changed is taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from farlead.errors import OrderRefused, PeerFailed
from farlead.exchange.orders.answering import Taking
from farlead.exchange.orders.service_requests import Revoked
from farlead.messages import Message
from farlead.model.order import Control, Order


class Listed(Protocol):
    """A system that lists its orders when it is asked."""

    name: str

    def listed(self) -> Iterator[Order | Revoked | Message]:
        """Every order; for one that is wrong, what is wrong. PeerFailed."""

    def test(self) -> None:
        """Ask whether it answers; nothing of a patient is sent. PeerFailed."""

    def close(self) -> None:
        """Close the connections."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What one look came to: orders taken, the first thing to be mended, and how many are wrong."""

    taken: int
    trouble: Message | None = None
    wrong: int = 0


class OrderPoll:
    """Asks one system; what it said at the last look is not taken again.

    An order that is no longer listed is not cancelled by that: it may have been carried out.

    Parameters
    ----------
    source : Listed
    store : Taking
    """

    def __init__(self, source: Listed, store: Taking) -> None:
        self._source, self._store = source, store
        self._seen: dict[str, tuple[Control, Order]] = {}

    def run_once(self) -> Polled:
        """One look; a failure is told, and the next one begins anew."""
        taken = 0
        wrong: list[Message] = []
        seen: dict[str, tuple[Control, Order]] = {}
        try:
            for each in self._source.listed():
                if isinstance(each, Message):
                    wrong.append(each)
                    continue
                control = Control.CANCEL if isinstance(each, Revoked) else Control.LISTED
                order = each.order if isinstance(each, Revoked) else each
                seen[order.number] = (control, order)
                if self._seen.get(order.number) != (control, order):
                    taken += self._take(control, order, wrong)
        except PeerFailed as error:
            return Polled(taken, error.reason)
        self._seen = seen
        return Polled(taken, wrong[0] if wrong else None, len(wrong))

    def close(self) -> None:
        """Close the connections."""
        self._source.close()

    def _take(self, control: Control, order: Order, wrong: list[Message]) -> int:
        try:
            self._store.take_orders(self._source.name, [(control, order)])
        except OrderRefused as error:
            # One that was over before we ever saw it is nobody's concern.
            if control is not Control.CANCEL:
                wrong.append(error.reason)
            return 0
        return 1

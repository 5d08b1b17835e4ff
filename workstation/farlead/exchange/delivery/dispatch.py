"""Everything that is due to its destinations, each by its way; one that is dead holds up no other.

A destination is served by one process at a time. A try is written down before it is made
(``sent``), so a crash in the middle is seen by whoever has the destination next: a receiver that
remembers identifiers is sent the same again, another waits for a person. What failed is repeated
with growing pauses, what failed too often is parked with the peer's own words.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from farlead.errors import FarleadError, PeerFailed, WorkTaken
from farlead.exchange.delivery.packing import packed
from farlead.exchange.delivery.parcel import Awaited, Sender
from farlead.exchange.delivery.postponing import jittered, postpone
from farlead.exchange.delivery.routes import Routes
from farlead.exchange.pauses import pause
from farlead.exchange.turns import Turns
from farlead.messages import Message, message
from farlead.model.lease import Lease
from farlead.model.report import Delivery
from farlead.objects import ObjectFolder
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store
from farlead.store.deliveries import DESTINATION

_LOG = logging.getLogger(__name__)

#: So many deliveries to a destination, and so many destinations, are looked at in one go; the next
#: run takes the rest.
BATCH = 200
#: Destinations served at the same time.
WORKERS = 16


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """How many deliveries were confirmed, failed and will be repeated, wait for a person."""

    confirmed: int = 0
    failed: int = 0
    parked: int = 0

    def __add__(self, other: "DeliveryResult") -> "DeliveryResult":
        return DeliveryResult(
            self.confirmed + other.confirmed,
            self.failed + other.failed,
            self.parked + other.parked,
        )


class Dispatch:
    """Brings signed reports, and notices about studies, to their destinations.

    Parameters
    ----------
    settings : Settings
        Names units, their ways and folders.
    store : Store
        Says what is due and keeps what became of it.
    objects : ObjectFolder
        Has the signed files.
    clock : callable
    turns : Turns
        What this process has in hand.
    done : callable
        Called when a destination has been served, e.g. to look again at once.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: ObjectFolder,
        clock: Clock = utc_now,
        *,
        turns: Turns | None = None,
        done: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._objects = objects
        self._clock = clock
        self._done = done
        self._turns = turns or Turns(store)
        self._routes = Routes(settings)
        self._pool = ThreadPoolExecutor(WORKERS, "farlead-delivery")
        self._busy: dict[str, Future[DeliveryResult]] = {}
        self._failures: dict[str, int] = defaultdict(int)
        self._closing = threading.Event()

    def close(self) -> None:
        """Finish the pieces in hand."""
        self._closing.set()
        self._pool.shutdown()
        self._routes.close()

    def run_once(self) -> DeliveryResult:
        """Begin with what is due; what has come to an end since the last look."""
        result = self._collect()
        self._store.spread_notices(self._settings.told_by, BATCH)
        for destination in self._store.free_destinations(BATCH, but=self._busy):
            served = self._pool.submit(self._serve, destination)
            self._busy[destination] = served
            served.add_done_callback(lambda _: self._done())
        return result

    def settle(self) -> DeliveryResult:
        """Serve what is due now and wait for it."""
        result = self.run_once()
        wait(self._busy.values())
        return result + self._collect()

    def _collect(self) -> DeliveryResult:
        total = DeliveryResult()
        for destination, served in list(self._busy.items()):
            if served.done():
                del self._busy[destination]
                total += served.result()
        return total

    def _serve(self, destination: str) -> DeliveryResult:
        """Everything for one destination, in order; the first sign of death ends it."""
        lease = None if self._closing.is_set() else self._turns.take(f"{DESTINATION} {destination}")
        if lease is None:
            return DeliveryResult()
        total, rest = DeliveryResult(), None
        try:
            self._resume(destination, lease)
            for each in self._store.due_deliveries(BATCH, to=destination):
                if self._closing.is_set() or not self._store.begin_delivery(each.id, lease):
                    continue
                outcome, alive = self._try(destination, each, lease)
                total += outcome
                if not alive:
                    self._failures[destination] += 1
                    rest = jittered(pause(self._failures[destination] - 1))
                    break
                self._failures.pop(destination, None)
        except WorkTaken:
            _LOG.warning("%s is served by another process now", destination)
        finally:
            self._turns.end(lease, rest)
        return total

    def _resume(self, destination: str, lease: Lease) -> None:
        """Tries whose process died: again, or to a person where the receiver forgets.

        What the receiver did not vouch for in time has failed: it is sent and asked again.
        """
        for each in self._store.left_deliveries(destination):
            if each.asked is not None:
                late = message("peers.no_word", peer=destination)
                postpone(self._store, each, each.attempts, late, self._clock, lease)
            elif self._routes.remembers(destination):
                self._store.resume(each.id, lease)
            else:
                self._store.park(each.id, message("delivery.unknown_outcome"), lease)

    def _try(self, destination: str, each: Delivery, lease: Lease) -> tuple[DeliveryResult, bool]:
        """One delivery; what came of it, and whether the destination is alive."""
        sender: Sender | None = None
        try:
            sender = self._routes.sender(destination)
            receipt = sender.send(packed(each, self._store, self._objects))
        except PeerFailed as error:
            forgets = sender is not None and not sender.remembers
            if forgets and not error.nothing_done:
                return self._park(each, message("delivery.unknown_outcome"), lease), True
            return self._postpone(each, error.reason, lease), error.answered
        except FarleadError as error:
            return self._postpone(each, error.reason, lease), True
        except Exception:  # noqa: BLE001 - logged whole; one report must not stop the others
            _LOG.exception("delivery %s failed", each.id)
            return self._postpone(each, message("delivery.failed_on"), lease), True
        if isinstance(receipt, Awaited):
            until = self._clock() + receipt.patience
            self._store.await_answer(each.id, receipt.asked, until, receipt.told, lease)
            return DeliveryResult(), True
        self._store.confirm(each.id, receipt.proof, lease)
        return DeliveryResult(confirmed=1), True

    def _park(self, each: Delivery, why: Message, lease: Lease) -> DeliveryResult:
        self._store.park(each.id, why, lease)
        return DeliveryResult(parked=1)

    def _postpone(self, each: Delivery, why: Message, lease: Lease) -> DeliveryResult:
        """Due again later, or parked after too many tries."""
        if postpone(self._store, each, each.attempts + 1, why, self._clock, lease):
            return DeliveryResult(parked=1)
        return DeliveryResult(failed=1)

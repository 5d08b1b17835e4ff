"""Everything that is due to its destinations, each by its way; one that is dead holds up no other.

A try is written down before it is made (``sent``), so two services never make the same one, and a
crash in the middle is seen afterwards: a receiver that remembers identifiers is sent the same
again, another waits for a person. What failed is repeated with growing pauses, what failed too
often is parked with the peer's own words.
"""

import logging
import random
import threading
from collections import defaultdict
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from farlead.errors import FarleadError, PeerFailed
from farlead.exchange.delivery.objects import series_of
from farlead.exchange.delivery.parcel import Parcel, Sender
from farlead.exchange.delivery.pauses import pause
from farlead.exchange.delivery.routes import Routes
from farlead.messages import Message, message
from farlead.model.report import Delivery
from farlead.objects import ObjectFolder
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store

_LOG = logging.getLogger(__name__)

#: So many deliveries are looked at in one go; the next run takes the rest.
BATCH = 200
#: After so many failed tries a delivery waits for a person: about fourteen hours.
ATTEMPTS = 20
#: Destinations served at the same time.
WORKERS = 16
#: A try without an end after this time has lost its sender.
RESUME_AFTER = timedelta(seconds=60)


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
    """Brings signed reports to their destinations.

    Parameters
    ----------
    settings : Settings
        Names units, their ways and folders.
    store : Store
        Says what is due and keeps what became of it.
    objects : ObjectFolder
        Has the signed files.
    clock : callable
    resume_after : timedelta
        A try without an end after this time has lost its sender.
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
        resume_after: timedelta = RESUME_AFTER,
        done: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._objects = objects
        self._clock = clock
        self._done = done
        self._resume_after = resume_after
        self._routes = Routes(settings)
        self._pool = ThreadPoolExecutor(WORKERS, "farlead-delivery")
        self._busy: dict[str, Future[DeliveryResult]] = {}
        self._cooling: dict[str, datetime] = {}  # dead destinations, and until when
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
        self._resume()
        waiting: dict[str, list[Delivery]] = defaultdict(list)
        for each in self._store.due_deliveries(BATCH, but=self._not_now()):
            waiting[each.destination].append(each)
        for destination, due in waiting.items():
            served = self._pool.submit(self._serve, destination, due)
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

    def _not_now(self) -> Collection[str]:
        now = self._clock()
        self._cooling = {name: until for name, until in self._cooling.items() if until > now}
        return {*self._busy, *self._cooling}

    def _resume(self) -> None:
        """Tries whose service died: again, or to a person where the receiver forgets."""
        for each in self._store.stale_deliveries(self._resume_after):
            if self._routes.remembers(each.destination):
                self._store.resume(each.id)
            else:
                self._store.park(each.id, message("delivery.unknown_outcome"))

    def _serve(self, destination: str, due: list[Delivery]) -> DeliveryResult:
        """Everything for one destination, in order; the first sign of death ends it."""
        total = DeliveryResult()
        for each in due:
            if self._closing.is_set() or not self._store.begin_delivery(each.id):
                continue
            outcome, alive = self._try(destination, each)
            total += outcome
            if not alive:
                self._failures[destination] += 1
                rest = pause(self._failures[destination] - 1)
                self._cooling[destination] = self._clock() + _jittered(rest)
                return total
            self._failures.pop(destination, None)
        return total

    def _try(self, destination: str, each: Delivery) -> tuple[DeliveryResult, bool]:
        """One delivery; what came of it, and whether the destination is alive."""
        sender: Sender | None = None
        try:
            sender = self._routes.sender(destination)
            receipt = sender.send(self._parcel(each))
        except PeerFailed as error:
            forgets = sender is not None and not sender.remembers
            if forgets and not error.nothing_done:
                return self._park(each, message("delivery.unknown_outcome")), True
            return self._postpone(each, error.reason), error.status is not None
        except FarleadError as error:
            return self._postpone(each, error.reason), True
        except Exception:  # noqa: BLE001 - logged whole; one report must not stop the others
            _LOG.exception("delivery %s failed", each.id)
            return self._postpone(each, message("delivery.failed_on")), True
        self._store.confirm(each.id, receipt.proof)
        return DeliveryResult(confirmed=1), True

    def _parcel(self, each: Delivery) -> Parcel:
        report, study = self._store.report(each.report), self._store.study(each.study)
        return Parcel(
            delivery=each,
            study=study,
            report=report,
            content=self._store.report_content(each.report),
            pdf=self._objects.get(report.sha256 or ""),
            series=series_of(study, self._objects),
        )

    def _park(self, each: Delivery, why: Message) -> DeliveryResult:
        self._store.park(each.id, why)
        return DeliveryResult(parked=1)

    def _postpone(self, each: Delivery, why: Message) -> DeliveryResult:
        """Due again later, or parked after too many tries."""
        if each.attempts + 1 >= ATTEMPTS:
            return self._park(each, why)
        self._store.retry(each.id, why, self._clock() + _jittered(pause(each.attempts)))
        return DeliveryResult(failed=1)


def _jittered(rest: timedelta) -> timedelta:
    """Up to a fifth longer: many deliveries must not come back at one moment."""
    return rest * (1 + random.random() / 5)  # noqa: S311 - no secret

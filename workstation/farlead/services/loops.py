"""The loops: each service in a thread of its own, woken by what happens, else by the clock."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from watchdog.events import (
    DirCreatedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from farlead.errors import FarleadError
from farlead.services.child import Serving
from farlead.services.house import Services
from farlead.services.screening import ScreeningService
from farlead.settings import Clock, Settings, utc_now

_LOG = logging.getLogger(__name__)

#: Seconds between two looks when nothing wakes a loop; and after a failure.
POLL = 1.0
CLAIM_POLL = 5.0
ORDER_POLL = 5.0
CRITICAL_POLL = 1.0
CHILD_POLL = 2.0
DAYS_POLL = 300.0
AFTER_FAILURE = 5.0

#: By which something appears in an inbox; what else happens there is not even read.
_APPEARS: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirMovedEvent,
    FileMovedEvent,
    FileClosedEvent,
]


@dataclass(eq=False)
class Loop:
    """One service, run again whenever it is woken, until `stop`.

    Parameters
    ----------
    name : str
        Name of its thread.
    run_once : callable
        One piece of work; True when there may be more at once.
    stop : threading.Event
    poll : float
        Seconds after which it looks by itself.
    """

    name: str
    run_once: Callable[[], bool]
    stop: threading.Event
    poll: float = POLL
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin in a thread."""
        self._thread = threading.Thread(target=self.run, name=f"farlead-{self.name}")
        self._thread.start()

    def wake(self) -> None:
        """Something may have happened."""
        self._wake.set()

    def join(self) -> None:
        """Wait for the piece in hand."""
        self.wake()
        if self._thread is not None:
            self._thread.join()

    def run(self) -> None:
        """Work until told to stop; the piece in hand is finished."""
        while not self.stop.is_set():
            self._wake.clear()
            wait = self._work()
            if wait and not self.stop.is_set():
                self._wake.wait(wait)

    def _work(self) -> float:
        """One piece; returns the seconds to wait before the next one."""
        try:
            return 0.0 if self.run_once() else self.poll
        except FarleadError:
            _LOG.exception("%s: failed and will try again", self.name)
        except Exception:  # noqa: BLE001 - a bug in one service is logged whole and must not end the others
            _LOG.exception("%s: unexpected failure; will try again", self.name)
        return AFTER_FAILURE


def serve(settings: Settings, stop: threading.Event, *, clock: Clock = utc_now) -> None:
    """Run all that comes in and goes out, screening, clocks and the end of claims until `stop`.

    The pieces in hand are finished before this returns. Any number of processes on any hosts may
    serve the same store: they share the work by leases (:class:`farlead.exchange.turns.Turns`).

    Raises
    ------
    FarleadError
        The store cannot be opened.
    """
    with Services(settings, clock=clock) as house, _sharing(house), ExitStack() as children:
        loops = (*_loops(house, stop, children), *_outside(house, stop, children))
        watching = _watch(settings, loops[0])
        for loop in loops:
            loop.start()
        try:
            stop.wait()
        finally:
            stop.set()
            watching()
            for loop in loops:
                loop.join()


@contextmanager
def _sharing(house: Services) -> Iterator[None]:
    """Tell the others that this process is there, until the last piece in hand is finished."""
    ended = threading.Event()

    def renew() -> bool:
        house.turns.serving()
        house.turns.renew()
        return False

    renew()
    renewing = Loop("leases", renew, ended, house.turns.lasts.total_seconds() / 3)
    renewing.start()
    try:
        yield
    finally:
        ended.set()
        renewing.join()


def _loops(house: Services, stop: threading.Event, stack: ExitStack) -> tuple[Loop, ...]:
    screening = Loop("screening", _screening(house, stop, stack), stop)
    delivery_service = house.delivery()
    stack.callback(delivery_service.close)
    telling = house.telling()
    stack.callback(telling.close)
    intake_service, claim_service = house.intake(screening.wake), house.claims()
    critical_service = house.critical()

    def take_in() -> bool:
        return intake_service.run_once().more

    def deliver() -> bool:
        delivery_service.run_once()
        return False

    def tell() -> bool:
        telling.run_once()
        return False

    return (
        Loop("intake", take_in, stop),
        screening,
        Loop("delivery", deliver, stop),
        Loop("status", tell, stop),
        Loop("claims", lambda: bool(claim_service.run_once()), stop, CLAIM_POLL),
        Loop("critical", lambda: bool(critical_service.run_once()), stop, CRITICAL_POLL),
        Loop("days", lambda: house.store.keep_days() > 0, stop, DAYS_POLL),
    )


def _outside(house: Services, stop: threading.Event, children: ExitStack) -> Iterator[Loop]:
    """A loop for each archive, and one that keeps the storage service running."""
    for archive in house.archives(stop.is_set):
        children.callback(archive.close)
        yield Loop(f"archive {archive.name}", archive.run_once, stop, archive.poll)
    yield from _orders(house, stop, children)
    if house.settings.listener is not None:
        listening = Serving(house.settings, "farlead.services.listening")
        children.callback(listening.stop)

        port = f"listening {socket.gethostname()}:{house.settings.listener.port}"

        def keep() -> bool:
            if house.turns.keep(port) is None:
                listening.stop()  # another process of this host has the port
            else:
                listening.ensure()
            return False

        yield Loop("listening", keep, stop, CHILD_POLL)


def _orders(house: Services, stop: threading.Event, children: ExitStack) -> Iterator[Loop]:
    """A loop for the HL7 service of orders, and one for each list that is asked for."""
    if not house.settings.orders.sources:
        return
    service = house.orders()
    children.callback(service.close)
    yield Loop("orders", service.run_once, stop, ORDER_POLL)
    for poll in house.order_polls():
        children.callback(poll.close)
        yield Loop(f"orders {poll.name}", poll.run_once, stop, poll.poll)


def _screening(house: Services, stop: threading.Event, stack: ExitStack) -> Callable[[], bool]:
    """Screening, made when it is first asked: a wrong rule table stops nothing else.

    What waits meanwhile ranks with urgent; as soon as the table is mended it is screened.
    """
    made: list[ScreeningService] = []

    def screen() -> bool:
        if not made:
            made.append(house.screening(stop.is_set))
            stack.callback(made[0].close)
        return made[0].run_once() > 0

    return screen


class _Wake(FileSystemEventHandler):
    def __init__(self, loop: Loop) -> None:
        self._loop = loop

    def on_any_event(self, event: FileSystemEvent) -> None:  # noqa: ARG002 - the base class's signature
        self._loop.wake()


def _watch(settings: Settings, intake: Loop) -> Callable[[], None]:
    """Wake intake when something appears in an inbox; returns how to end it.

    A file system that cannot be watched (a network share) is polled like before.
    """
    root = settings.folder / "inbox"
    root.mkdir(parents=True, exist_ok=True)
    observer = Observer()
    try:
        observer.schedule(_Wake(intake), str(root), recursive=True, event_filter=_APPEARS)
        observer.start()
    except OSError:
        _LOG.warning("%s cannot be watched and is looked at every %s s", root, POLL, exc_info=True)
        return lambda: None

    def end() -> None:
        observer.stop()
        observer.join()

    return end

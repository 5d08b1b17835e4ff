"""Orders come in: the HL7 service, the lists that are asked for, and what is looked for again."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from farlead import peers
from farlead.clients.secrets import stands_open
from farlead.errors import NotFound, PeerFailed, SettingsError
from farlead.exchange.orders import OrderListening, OrderPoll, ServiceRequests, Worklist
from farlead.exchange.orders.answering import Answer, Answering
from farlead.exchange.orders.polling import Listed
from farlead.exchange.turns import Turns
from farlead.messages import Message, message
from farlead.model.connection import Connection, Way
from farlead.peers import OrderWorklist
from farlead.services.transport import HEARTBEAT
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store

#: Name under which the HL7 service says that it is alive.
LISTENER = "orders"
_SECONDS = 5.0


class OrderService:
    """Keeps the HL7 service up, tells how its peers do, and looks for studies once more.

    Of several processes on one host one has the port; any of them may look for studies.
    """

    def __init__(self, settings: Settings, store: Store, clock: Clock, turns: Turns) -> None:
        self._settings, self._store, self._clock, self._turns = settings, store, clock, turns
        self._listening: OrderListening | None = None
        self._refused: dict[str, Message | None] = {}  # what each peer was last told
        self._told_before: Message | None = None
        self._next = self._prune_next = datetime.min.replace(tzinfo=UTC)

    @property
    def port(self) -> int | None:
        """Where it listens; None while it does not."""
        return self._listening.port if self._listening is not None else None

    def run_once(self) -> bool:
        """Start listening if need be; say how it stands; look for studies."""
        listener = self._settings.orders.listener
        if listener is not None:
            port = f"orders {socket.gethostname()}:{listener.port}"
            if self._turns.keep(port) is None:
                self.close()  # another process of this host has the port
            else:
                self._tell(self._ensure())
        with self._turns.turn("orders matching") as lease:
            if lease is not None:
                self._store.match_orders()
                self._prune()
        return False

    def close(self) -> None:
        """Stop listening; what was answered with AA is in the store."""
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.close()

    def _prune(self) -> None:
        """Once a day: numbers of messages that nobody repeats any more."""
        now = self._clock()
        if now >= self._prune_next:
            keep = timedelta(days=self._settings.orders.keep_message_days)
            self._store.prune_messages(now - keep)
            self._prune_next = now + timedelta(days=1)

    def _tell(self, trouble: Message | None) -> None:
        now = self._clock()
        refused = next((why for why in list(self._refused.values()) if why is not None), None)
        told = trouble or refused
        if told != self._told_before or now >= self._next:
            self._store.heartbeat({LISTENER: told})
            self._told_before, self._next = told, now + HEARTBEAT

    def _ensure(self) -> Message | None:
        if self._listening is not None:
            return None
        answering = Answering(self._settings, self._store, self._clock)
        try:
            self._listening = OrderListening(self._settings, answering, self._answered)
        except SettingsError as error:  # a port or certificate that may be mended any time
            return error.reason
        return None

    def _answered(self, answer: Answer) -> None:
        if answer.peer is not None:
            self._refused[answer.peer] = answer.reason


class OrderPollService:
    """Asks one worklist or FHIR server, and says whether this way in is alive.

    Parameters
    ----------
    name : str
    seconds : float
        Between two looks.
    source : callable
        Makes the system to ask; SettingsError while a certificate or a password cannot be had,
        which may be mended any time.
    store : Store
    turns : Turns
        One process asks: it remembers what it was told.
    """

    def __init__(
        self,
        name: str,
        seconds: float,
        source: Callable[[], Listed],
        store: Store,
        turns: Turns,
    ) -> None:
        self.name, self.poll = name, seconds
        self._source, self._store, self._turns = source, store, turns
        self._made: OrderPoll | None = None

    def run_once(self) -> bool:
        """One look."""
        if self._turns.keep(f"orders {self.name}") is None:
            return False
        try:
            if self._made is None:
                self._made = OrderPoll(self._source(), self._store)
            trouble = self._made.run_once().trouble
        except SettingsError as error:
            trouble = error.reason
        self._store.heartbeat({self.name: trouble})
        return False

    def close(self) -> None:
        """Close the connections."""
        if self._made is not None:
            self._made.close()


def order_polls(
    settings: Settings, store: Store, clock: Clock, turns: Turns
) -> Iterator[OrderPollService]:
    """A service for each list of orders in the settings."""
    for each in _polled(settings):
        source = partial(_source, settings, each, clock)
        yield OrderPollService(each.name, each.poll_seconds, source, store, turns)


def order_ways(settings: Settings) -> Iterator[Connection]:
    """Every way by which orders come in."""
    known = settings.orders
    if known.listener is not None:
        address = f"{known.listener.bind}:{known.listener.port}"
        yield Connection(LISTENER, Way.ORDERS, address=address)
    for worklist in known.worklists:
        address = f"{worklist.aet} {worklist.host}:{worklist.port}"
        yield Connection(worklist.name, Way.WORKLIST, address=address)
    for server in known.services:
        warning = open_password(f"orders.services.{server.name}", server.password)
        yield Connection(server.name, Way.REQUESTS, address=server.url, warning=warning)


def open_password(place: str, reference: str | None) -> Message | None:
    """The warning where a password stands in the settings in clear."""
    return message("peers.open_password", place=place) if stands_open(reference) else None


def ask_source(settings: Settings, connection: Connection) -> None:
    """Whether a way by which orders come in answers now; FarleadError says what is wrong.

    Raises
    ------
    NotFound
        The settings do not know it.
    """
    known = settings.orders
    if connection.way is Way.ORDERS and known.listener is not None:
        knock(LISTENER, known.listener.bind, known.listener.port)
        return
    found = next((each for each in _polled(settings) if each.name == connection.name), None)
    if found is None:
        raise NotFound(message("peers.no_connection", name=connection.name))
    source = _source(settings, found, utc_now)
    try:
        source.test()
    finally:
        source.close()


def knock(name: str, host: str, port: int) -> None:
    """Whether a service of ours takes connections; PeerFailed."""
    try:
        socket.create_connection((host, port), _SECONDS).close()
    except OSError as error:
        cause = error.strerror or type(error).__name__
        raise PeerFailed(message("peers.unreachable", peer=name, cause=cause)) from error


def _polled(settings: Settings) -> list[OrderWorklist | peers.OrderService]:
    return [*settings.orders.worklists, *settings.orders.services]


def _source(settings: Settings, known: OrderWorklist | peers.OrderService, clock: Clock) -> Listed:
    if isinstance(known, OrderWorklist):
        return Worklist(known, settings.folder, clock)
    return ServiceRequests(known, settings.folder, clock)

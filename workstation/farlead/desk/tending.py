"""What an engineer does with the connections: see how they stand, ask them, send parked ones again.

Whoever may see figures sees them; asking and sending again is for those who configure.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from farlead.access.accounts import Right, Session, require
from farlead.errors import IllegalTransition
from farlead.messages import Message, Parameter
from farlead.model.connection import Answer, Connection, Parked
from farlead.settings import Clock
from farlead.store import Store

#: So many are asked at the same time: one that is dead holds up no other.
AT_ONCE = 8


class Tending:
    """The connections of an installation, for one person. Every method blocks.

    Parameters
    ----------
    store : Store
    session : Session
        Who looks; rights are checked here.
    listed : callable
        How all connections stand.
    trial : callable
        Asks one connection whether it answers; None when it does, else what is wrong.
    clock : callable
    """

    def __init__(
        self,
        store: Store,
        session: Session,
        listed: Callable[[], list[Connection]],
        trial: Callable[[Connection], Message | None],
        clock: Clock,
    ) -> None:
        self._store, self._session = store, session
        self._listed, self._trial, self._clock = listed, trial, clock

    @property
    def allowed(self) -> bool:
        """Whether this person may ask connections and send again."""
        return self._session.may(Right.CONFIGURE)

    def connections(self) -> list[Connection]:
        """How every unit, archive and peer stands."""
        require(self._session, Right.SEE_FIGURES)
        return self._listed()

    def parked(self, destination: str) -> list[Parked]:
        """What waits for a person at one destination, the oldest first."""
        require(self._session, Right.SEE_FIGURES)
        return self._store.parked_at(destination)

    def test(
        self, asked: Sequence[Connection], stopped: Callable[[], bool] = lambda: False
    ) -> list[Answer]:
        """Ask these now; those not yet begun when `stopped` says so are left out. Audited."""
        require(self._session, Right.CONFIGURE)

        def answer(connection: Connection) -> Answer | None:
            if stopped():
                return None
            trouble = self._trial(connection)
            return Answer(connection, self._clock(), trouble)

        with ThreadPoolExecutor(AT_ONCE, "farlead-trial") as pool:
            found = [each for each in pool.map(answer, asked) if each is not None]
        silent = [each.connection.name for each in found if each.trouble is not None]
        detail: dict[str, Parameter] = {
            "station": self._session.station,
            "count": len(found),
            "silent": ", ".join(silent),
        }
        login = self._session.account.login
        self._store.audit(login, "connection.tested", "connections", detail)
        return found

    def resend(self, deliveries: Sequence[int]) -> int:
        """Parked deliveries go on their way again; how many. NotFound."""
        require(self._session, Right.CONFIGURE)
        sent = 0
        for delivery in deliveries:
            try:
                self._store.unpark(delivery, self._session.account)
            except IllegalTransition:
                continue  # somebody else sent it meanwhile, and it has arrived
            sent += 1
        return sent

"""What comes in, what goes out, claims that run out, clocks of critical values."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from farlead.exchange.delivery import DeliveryResult, Dispatch
from farlead.exchange.intake import FolderIntake, IntakeResult
from farlead.exchange.turns import Turns
from farlead.messages import Message, message
from farlead.model.escalation import Escalation
from farlead.objects import ObjectFolder
from farlead.sandbox import Sandbox
from farlead.services.trail import copy_trail, mark_trail
from farlead.settings import Clock, Settings
from farlead.store import Store

#: How often the ways in are told to be alive, and the heads of the audit chains written down.
HEARTBEAT = timedelta(seconds=10)
MARKS = timedelta(hours=1)


class IntakeService:
    """Takes in what units left in their folders and says that the ways in are alive."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: ObjectFolder,
        sandbox: Sandbox,
        clock: Clock,
        turns: Turns | None = None,
        arrived: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._intake: FolderIntake | None = None
        self._new_intake = partial(
            FolderIntake, settings, store, objects, sandbox, clock, turns, arrived
        )
        self._next_heartbeat = datetime.min.replace(tzinfo=UTC)
        self._troubles: dict[str, Message | None] = {}
        self._found: Mapping[str, Message] = {}  # by unit, at the last look

    def run_once(self) -> IntakeResult:
        """Look at every inbox once; one that cannot be read stops no other."""
        troubles = {
            unit.name: self._trouble(unit.code) or self._found.get(unit.code)
            for unit in self._settings.units
        }
        now = self._clock()
        if troubles != self._troubles or now >= self._next_heartbeat:
            self._store.heartbeat(troubles)
            self._next_heartbeat = now + HEARTBEAT
            self._troubles = troubles
        if self._intake is None:
            self._intake = self._new_intake()
        result = self._intake.run_once()
        self._found = result.of_units
        return result

    def _trouble(self, unit: str) -> Message | None:
        """Make the unit's folders if need be; what is wrong with its inbox."""
        inbox = self._settings.inbox(unit)
        try:
            inbox.mkdir(parents=True, exist_ok=True)
            next(inbox.iterdir(), None)
        except OSError as error:
            return message("services.inbox", folder=str(inbox), cause=error.strerror or str(error))
        return None


class DeliveryService:
    """Brings signed reports, and word about studies, back to their units."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: ObjectFolder,
        clock: Clock,
        turns: Turns | None = None,
    ) -> None:
        self.dispatch = Dispatch(settings, store, objects, clock, turns=turns or Turns(store))

    def run_once(self) -> DeliveryResult:
        """Begin with everything that is due; what has come to an end since the last look."""
        return self.dispatch.run_once()

    def settle(self) -> DeliveryResult:
        """Bring what is due now and wait for it."""
        return self.dispatch.settle()

    def close(self) -> None:
        """Finish the pieces in hand."""
        self.dispatch.close()


class ClaimService:
    """Returns studies whose holder is gone; marks the audit trail and copies the marks out."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, turns: Turns | None = None
    ) -> None:
        self._settings, self._store = settings, store
        self._turns = turns or Turns(store)
        self._clock = clock
        self._next_mark = clock()

    def run_once(self) -> list[int]:
        """Ids of the studies that are free again; none where another process sees to it.

        Raises
        ------
        StoreError
            The marks cannot be copied out; claims have been seen to.
        """
        mine = self._turns.keep("claims") is not None
        freed = self._store.expire_claims() if mine else []
        if self._clock() >= self._next_mark:
            self._next_mark = self._clock() + MARKS
            if mine:
                mark_trail(self._settings, self._store)
            copy_trail(self._settings, self._store)
        return freed


class CriticalService:
    """Looks at the clocks of critical values, for stations that are away.

    Parameters
    ----------
    store : Store
    place : str
        Where this service runs, as it is written beside what it tells.
    """

    def __init__(self, store: Store, place: str) -> None:
        self._store, self._place = store, place

    def run_once(self) -> list[Escalation]:
        """Marks that were reached and nobody had written."""
        return self._store.escalate(self._place)

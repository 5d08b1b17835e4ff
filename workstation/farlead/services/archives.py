"""Intake from one archive, started again when its settings could not be used before."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from farlead.errors import SettingsError, WorkTaken
from farlead.exchange.intake.archive import FEED_SECONDS, ArchiveIntake
from farlead.exchange.turns import Turns
from farlead.messages import Message
from farlead.model.lease import Lease
from farlead.peers import Archive
from farlead.sandbox import Sandbox
from farlead.services.transport import HEARTBEAT
from farlead.settings import Clock, Settings
from farlead.store import Store


class ArchiveService:
    """Takes what is new in one archive and says whether this way in is alive.

    Parameters
    ----------
    settings : Settings
    archive : Archive
    store : Store
    sandbox : Sandbox
    clock : callable
    stopped : callable
        Whether to break off.
    turns : Turns
        One process reads an archive: it remembers what it has seen there.
    """

    def __init__(
        self,
        settings: Settings,
        archive: Archive,
        store: Store,
        sandbox: Sandbox,
        clock: Clock,
        stopped: Callable[[], bool],
        turns: Turns,
    ) -> None:
        self.name = archive.name
        followed = archive.changes is not None
        self.poll = min(archive.poll_seconds, FEED_SECONDS) if followed else archive.poll_seconds
        self._store = store
        self._clock = clock
        self._told: Message | None = None
        self._next = datetime.min.replace(tzinfo=UTC)
        self._turns = turns
        self._lease: Lease | None = None
        self._intake: ArchiveIntake | None = None
        self._new = partial(
            ArchiveIntake, settings, archive, store, sandbox, clock, stopped=stopped
        )

    def run_once(self) -> bool:
        """Take what is new; whether there is more at once."""
        lease = self._turns.keep(f"archive {self.name}")
        if lease != self._lease:
            self.close()  # another process has read on meanwhile
            self._lease = lease
        if lease is None:
            return False
        try:
            if self._intake is None:
                self._intake = self._new(lease=lease)
            result = self._intake.run_once()
        except WorkTaken:
            self._turns.forget(lease)
            return True
        except SettingsError as error:  # a certificate or password that may be mended any time
            self._tell(error.reason)
            return False
        self._tell(result.trouble)
        return result.more

    def close(self) -> None:
        """Close the connections."""
        if self._intake is not None:
            self._intake.close()
            self._intake = None

    def _tell(self, trouble: Message | None) -> None:
        now = self._clock()
        if trouble != self._told or now >= self._next:
            self._store.heartbeat({self.name: trouble})
            self._told, self._next = trouble, now + HEARTBEAT

"""What this reader holds stays near at hand: objects of claimed studies do not leave the cache."""

import threading
from collections.abc import Iterable

from farlead.access.accounts import Session
from farlead.desk.taking import TakingDesk
from farlead.errors import ClaimLost
from farlead.model.report import Claim
from farlead.model.study import StoredObject
from farlead.model.worklist import Row
from farlead.objects import ObjectFolder
from farlead.settings import Clock, Settings
from farlead.store import Store


class NearDesk(TakingDesk):
    """The part of a desk that pins the objects of a study while its claim lasts.

    A pin lasts as long as the lease, and goes on with it: whatever becomes of this station, none
    outlives its claim by more than that.

    Parameters
    ----------
    settings : Settings
    store : Store
    objects : ObjectFolder
    session : Session
    clock : callable
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: ObjectFolder,
        session: Session,
        clock: Clock,
    ) -> None:
        super().__init__(settings, store, session, clock)
        self._objects = objects
        self._pinned: dict[int, tuple[str, ...]] = {}
        self._pins = threading.Lock()

    def renew(self, claim: Claim) -> Claim:
        """Prolong the lease; ClaimLost."""
        try:
            renewed = super().renew(claim)
        except ClaimLost:
            self._lift(claim.study)
            raise
        self._go_on(claim.study)
        return renewed

    def release(self, claim: Claim) -> None:
        """Give a study back without reading; its draft is kept. ClaimLost."""
        self._lift(claim.study)
        super().release(claim)

    def skip(self, claim: Claim, reason: str) -> None:
        """Pass a study on and say why: it comes last for this reader. ClaimLost, ClaimRefused."""
        super().skip(claim, reason)
        self._lift(claim.study)

    def retake(self, claim: Claim, reason: str, hint: str) -> None:
        """Ask the unit to record again; ClaimLost."""
        super().retake(claim, reason, hint)
        self._lift(claim.study)

    def _pin(self, row: Row, objects: Iterable[StoredObject]) -> None:
        """Keep the objects of a study that is claimed here."""
        held = row.claim
        if held is None or held.account != self._session.account.id:
            return
        if held.station == self._session.station:
            with self._pins:
                self._pinned[row.study.id] = tuple(stored.sha256 for stored in objects)
            self._go_on(row.study.id)

    def _go_on(self, study: int) -> None:
        with self._pins:
            names = self._pinned.get(study)
        if names:
            self._objects.pin(f"study:{study}", names, self._claims.lease)

    def _lift(self, study: int) -> None:
        with self._pins:
            self._pinned.pop(study, None)
        self._objects.lift(f"study:{study}")

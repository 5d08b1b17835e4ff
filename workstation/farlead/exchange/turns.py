"""The work that this process has in hand, so that no other on any host does the same.

Each piece is a lease in the store. Work that stands (an archive, the notices) is kept until this
process ends; other work (an inbox, a destination, a study to be screened) only while it is done.
As long as the process lives its leases are renewed; when it dies others take over once they have
run out, and what it should still write then is refused by the store.
"""

import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from farlead.model.lease import SERVING, Lease
from farlead.store import Store

#: How long work is somebody's who does not say that he is still there; he says it thrice as often.
LASTS = timedelta(seconds=30)


class Turns:
    """The leases of one process.

    Parameters
    ----------
    store : Store
    lasts : timedelta
        After this time without a word others take over.
    """

    def __init__(self, store: Store, lasts: timedelta = LASTS) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.lasts = lasts
        self._store = store
        self._mine: dict[str, Lease] = {}
        self._lock = threading.Lock()
        self._renewed = time.monotonic()

    def take(self, name: str) -> Lease | None:
        """Take a piece of work; None when somebody has it, or it rests."""
        lease = self._store.take_lease(name, self.holder, self.lasts)
        if lease is not None:
            self.add(lease)
        return lease

    def add(self, lease: Lease) -> None:
        """Renew this one, too: it was taken together with something else."""
        with self._lock:
            self._mine[lease.name] = lease

    def keep(self, name: str) -> Lease | None:
        """Work that stands: this process's since it took it, or now; None when another has it."""
        if time.monotonic() - self._renewed > self.lasts.total_seconds() / 2:
            self.renew()
        with self._lock:
            lease = self._mine.get(name)
        return lease or self.take(name)

    def end(self, lease: Lease, rest: timedelta | None = None) -> None:
        """Give a piece back; nobody takes it while it rests."""
        self.forget(lease)
        self._store.end_lease(lease, rest)

    def forget(self, lease: Lease) -> None:
        """It is over: given back together with something else, or taken over by another."""
        with self._lock:
            if self._mine.get(lease.name) == lease:
                del self._mine[lease.name]

    @contextmanager
    def turn(self, name: str) -> Iterator[Lease | None]:
        """A piece of work while it is done; None when somebody else does it."""
        lease = self.take(name)
        try:
            yield lease
        finally:
            if lease is not None:
                self.end(lease)

    def renew(self) -> None:
        """Say that this process is still there; what others have taken over is forgotten."""
        with self._lock:
            mine = dict(self._mine)
        self._renewed = time.monotonic()
        kept = self._store.renew_leases(self.holder, mine.keys(), self.lasts)
        for name, lease in mine.items():
            if name not in kept:
                self.forget(lease)

    def serving(self) -> None:
        """Tell the others that this process shares the work."""
        self.keep(f"{SERVING} {self.holder}")

    def processes(self) -> int:
        """How many processes share the work, this one among them."""
        now = self._store.now()
        found = self._store.leases()
        return max(1, sum(each.is_process and each.until > now for each in found))

    def close(self) -> None:
        """Give everything back."""
        with self._lock:
            mine = list(self._mine.values())
        for lease in mine:
            self.end(lease)

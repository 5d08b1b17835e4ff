"""What every part of the store shares: transactions, the clock, the audit chain."""

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, desc, insert, select, update
from sqlalchemy.exc import DBAPIError

from farlead.errors import SchemaMismatch, StoreError
from farlead.messages import Parameter, message
from farlead.model.escalation import Mark
from farlead.model.order import OrderWindow
from farlead.settings import Clock, Promised, utc_now
from farlead.store import schema
from farlead.store.columns import Detail
from farlead.store.database import Database
from farlead.store.identity import IdentityKey

_CHAIN = schema.audit_chain.c
# Made once: every act of the store asks them, and making a statement takes longer than its answer.
_HEAD = (
    select(_CHAIN.sequence, _CHAIN.hash).where(_CHAIN.id == bindparam("chain")).with_for_update()
)
_MOVED = (
    update(schema.audit_chain)
    .where(_CHAIN.id == bindparam("chain"))
    .values(sequence=bindparam("sequence"), hash=bindparam("hash"))
)
_WRITTEN = insert(schema.audit)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings decide about the store's behaviour."""

    promised: Promised
    lease: timedelta
    checked_returns: timedelta = timedelta(minutes=15)
    second_signature: timedelta = timedelta(minutes=10)  # an urgent one may wait so long
    orders: OrderWindow = OrderWindow()  # noqa: RUF009 - frozen
    marks: tuple[Mark, ...] = ()  # of the clock of a critical value


class Base:
    """Transactions over one database; the parts of :class:`farlead.store.Store` build on it.

    Parameters
    ----------
    database : Database
    clock : callable or None
        Time of the store, aware; None: the database's own clock, or the station's where the
        database has none.
    key : IdentityKey or None
        Key of the patients' hashes; None where no studies come in.
    rules : Rules
    """

    def __init__(
        self, database: Database, clock: Clock | None, key: IdentityKey | None, rules: Rules
    ) -> None:
        self._database = database
        self._clock = clock
        self._key = key
        self._rules = rules
        self._moment = _Moment()
        self._acts = 0  # transactions of this store that may have changed something

    def now(self) -> datetime:
        """Time of the store: leases, signing times and the list go by it.

        Within a transaction it is the time at which the transaction began.
        """
        if self._clock is not None:
            return self._clock()
        if self._moment.begun is not None:
            return self._moment.begun
        with self._told(), self._database.reading() as connection:
            return self._database.time_of(connection) or utc_now()

    @property
    def _identity(self) -> IdentityKey:
        if self._key is None:
            raise StoreError(message("store.no_key"))
        return self._key

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """What this thread reads within is of one transaction; nothing is written within."""
        with self._read() as connection:
            outer, self._moment.reading = self._moment.reading, connection
            try:
                yield
            finally:
                self._moment.reading = outer

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        if self._moment.reading is not None:
            with self._told():
                yield self._moment.reading
            return
        with self._told(), self._database.reading() as connection, self._timed(connection):
            yield connection

    @contextmanager
    def _write(self, *, listed: bool = True) -> Iterator[Connection]:
        """One transaction that changes rows; `listed`: the list looks other after it.

        SchemaMismatch where a newer program has migrated the store since this one opened it.
        """
        try:
            with self._told(), self._database.writing() as connection, self._timed(connection):
                _not_behind(connection)
                with self._recorded(connection):
                    yield connection
                if listed:
                    self._database.touch(connection)
        finally:
            self._acts += 1

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the environment in words."""
        try:
            yield
        except DBAPIError as error:
            told = self._database.told(error)
            if told is None:
                raise
            raise told from error

    @contextmanager
    def _timed(self, connection: Connection) -> Iterator[None]:
        # The station's clock is asked once, as the server's is: each question is a look at a file.
        begun = self._database.time_of(connection) or utc_now()
        outer, self._moment.begun = self._moment.begun, begun
        try:
            yield
        finally:
            self._moment.begun = outer

    def _record(
        self,
        actor: str,
        action: str,
        subject: str,
        **detail: Parameter | bool | None,
    ) -> None:
        """Append to this session's chain, at the end of the transaction of what it records."""
        if self._moment.acts is None:
            raise RuntimeError("recorded outside a transaction that writes")
        self._moment.acts.append(Entry(self.now(), actor, action, subject, detail))

    @contextmanager
    def _recorded(self, connection: Connection) -> Iterator[None]:
        """What is recorded within is appended at once: the head of the chain moves once."""
        acts: list[Entry] = []
        self._moment.acts = acts
        try:
            yield
        finally:
            self._moment.acts = None
        if not acts:
            return
        chain = self._database.chain_of(connection)
        if self._database.chains_itself:
            connection.execute(_WRITTEN, [_row(chain, 0, each, "", "") for each in acts])
        else:
            append(connection, chain, acts)


def _not_behind(connection: Connection) -> None:
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if found != schema.HEAD:
        raise SchemaMismatch(message("store.schema_newer", found=str(found), known=schema.HEAD))


class _Moment(threading.local):
    """When the transaction of this thread began, the one in which it reads, what it records."""

    begun: datetime | None = None
    reading: Connection | None = None
    acts: "list[Entry] | None" = None  # of the transaction that writes, not yet in the trail


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: who did what to what, and when."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: Detail


def append(connection: Connection, chain: str, entries: Sequence[Entry]) -> None:
    """Append entries to a chain; the first one of a chain is tied to the newest of all."""
    head = connection.execute(_HEAD, {"chain": chain}).one_or_none()
    sequence, digest = (0, _newest(connection)) if head is None else (head.sequence, head.hash)
    rows = []
    for entry in entries:
        sequence, previous = sequence + 1, digest
        digest = entry_hash(chain, sequence, entry, previous)
        rows.append(_row(chain, sequence, entry, previous, digest))
    if head is None:
        connection.execute(
            insert(schema.audit_chain),
            {"id": chain, "opened": entries[0].at, "sequence": sequence, "hash": digest},
        )
    else:
        connection.execute(_MOVED, {"chain": chain, "sequence": sequence, "hash": digest})
    connection.execute(_WRITTEN, rows)


def _row(
    chain: str, sequence: int, entry: Entry, previous: str, digest: str
) -> dict[str, str | int | datetime]:
    return {
        "chain": chain,
        "sequence": sequence,
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "detail": canonical(entry.detail),
        "previous": previous,
        "hash": digest,
    }


def entry_hash(
    chain: str, sequence: int, entry: Entry, previous: str, detail: str | None = None
) -> str:
    """SHA-256 over the JSON of everything an entry says, and the hash before it.

    `detail` is the stored text where there is one, else the canonical JSON of the entry's. The
    trigger of PostgreSQL makes the same (``farlead.store.rights``).
    """
    said = [
        canonical(chain),
        str(sequence),
        canonical(entry.at.isoformat(timespec="microseconds")),
        canonical(entry.actor),
        canonical(entry.action),
        canonical(entry.subject),
        canonical(entry.detail) if detail is None else detail,
        canonical(previous),
    ]
    return hashlib.sha256(f"[{','.join(said)}]".encode()).hexdigest()


def canonical(value: object) -> str:
    """JSON with one spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def _newest(connection: Connection) -> str:
    c = schema.audit.c
    newest = connection.execute(select(c.hash).order_by(desc(c.at), desc(c.sequence)).limit(1))
    return newest.scalar() or ""

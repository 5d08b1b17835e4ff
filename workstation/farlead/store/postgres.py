"""PostgreSQL under the store: one database of a server of version 15 or newer.

Every transaction begins with the server's time, which leases and signatures go by; the clocks
of the stations do not count. The guards are functions in PL/pgSQL with a fixed search path, so
that nobody slips a temporary table of the same name under them.
"""

import hashlib
import json
import os
import re
import secrets
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg import errors as pg
from sqlalchemy import Connection, Engine, ForeignKey, create_engine, event, exists, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from farlead.errors import (
    FarleadError,
    PermissionDenied,
    SchemaMismatch,
    SignInRefused,
    StoreBusy,
    StoreError,
    StoreUnreachable,
)
from farlead.messages import message
from farlead.model.people import Role
from farlead.store import catalog
from farlead.store.columns import Selection
from farlead.store.database import Database, upsert
from farlead.store.guards import ALWAYS, KEPT, Guard, guards
from farlead.store.plainly import CALL, Taken, Taking, plain_claim
from farlead.store.rights import group, person_functions, rights
from farlead.store.schema import fact, metadata
from farlead.store.stamps import postgres_stamps

#: Seconds to wait for a row that another session holds.
LOCK_SECONDS = 10

#: Seconds after which a server that does not answer counts as gone.
ANSWER_SECONDS = 2

#: Oldest server that is used.
OLDEST = 15

_WRITES = "farlead_writes"
_ANNOUNCE = (
    "SELECT set_config('synchronous_commit', 'off', true), nextval('farlead_change'),"
    " pg_notify('farlead', '')"
)
# Transactions that a look sees: the oldest that still runs, and the first that had not begun.
_MARKS = (
    "pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint"
    " FROM pg_current_snapshot() AS s"
)
_BEGIN = {
    True: "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT clock_timestamp()",
    False: f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT clock_timestamp(), {_MARKS}",
}
_COUNTER = "SELECT last_value + is_called::int FROM farlead_change"


class PostgresDatabase(Database):
    """The hub's store.

    Parameters
    ----------
    address : str
        ``postgresql://[user[:password]@]host[:port]/database[?sslmode=…]``.

    Raises
    ------
    StoreError
        The address cannot be read.
    """

    def __init__(self, address: str) -> None:
        url = _url(address)
        super().__init__(_engine(url), url.set(drivername="postgresql").render_as_string())
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._ear: psycopg.Connection[Any] | None = None
        self._ear_lock = threading.Lock()
        self._open: WeakSet[psycopg.Connection[Any]] = WeakSet()
        event.listen(self.engine, "connect", self._note)

    def prepare(self) -> None:
        """Reach the server.

        Raises
        ------
        StoreError
            It is too old or keeps another encoding.
        SignInRefused
            It is there, and does not let this person in.
        """
        try:
            self._ask_in()
        except DBAPIError as error:
            # What the server says about a refusal is in its own language: is it there at all?
            if isinstance(error.orig, psycopg.OperationalError) and self._there():
                cause = _first_line(error.orig)
                raise SignInRefused(message("store.not_let_in", cause=cause)) from error
            raise

    def _there(self) -> bool:
        """Whether the server takes connections of anybody."""
        ping = psycopg.pq.PGconn.ping(psycopg.conninfo.make_conninfo(self._address).encode())
        return ping == psycopg.pq.Ping.OK

    def _ask_in(self) -> None:
        with self.reading() as connection:
            version = int(_setting(connection, "server_version_num")) // 10_000
            encoding = _setting(connection, "server_encoding")
        if version < OLDEST or encoding != "UTF8":
            told = message(
                "store.server_unfit",
                address=self.place,
                version=version,
                oldest=OLDEST,
                encoding=encoding,
            )
            raise StoreError(told)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment."""
        with self._begun(writes=False) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that sees what others have committed, and locks what it changes."""
        with self._begun(writes=True) as connection:
            yield connection

    @contextmanager
    def _begun(self, *, writes: bool) -> Iterator[Connection]:
        for last in (False, True):
            connection = self.engine.connect().execution_options(**{_WRITES: writes})
            try:
                transaction = connection.begin()
            except DBAPIError as error:
                connection.close()
                if last or not error.connection_invalidated:
                    raise
            else:
                break  # a connection that died in the pool was noticed at its first word
        with connection:
            with transaction:
                yield connection
            if connection.info.pop("touched", False):
                _announce(connection)

    def time_of(self, connection: Connection) -> datetime | None:
        """The server's clock at the beginning of the transaction."""
        begun: datetime = connection.info["begun"]
        return begun

    def serialise(self, connection: Connection, what: str) -> None:
        """An advisory lock of this database, until the end of the transaction."""
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what}
        )

    def touch(self, connection: Connection) -> None:
        """Tell the others once the transaction is committed.

        A notification within it would make all commits of the server wait for one another.
        """
        connection.info["touched"] = True

    def claim_plainly(self, studies: Sequence[int], taking: Taking) -> Taken | None:
        """One word to the server, and one to those who look at the list."""
        with self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            who = (taking.account_id, taking.login, taking.station, taking.lease, taking.detail)
            values = (list(studies), *who, connection.info["chain"], taking.at)
            try:
                row = driver.execute(CALL, values).fetchone()  # type: ignore[union-attr]  # psycopg's
            except psycopg.Error as error:
                raise _failed(connection, "CLAIM", error) from error
            if row is None:
                return None
            if row[1] is not None:
                _announce(connection)
            return Taken(*row)

    def counter(self, connection: Connection) -> int:
        """How many transactions changed the list; some are counted whose change came before."""
        return int(connection.exec_driver_sql(_COUNTER).scalar_one())

    def look(self) -> int:
        """The counter in one word to the server: every station asks for it all day."""
        try:
            return self._look()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return self._look()  # a connection that died in the pool was noticed at its first word

    def _look(self) -> int:
        with self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            try:
                (counted,) = driver.execute(_COUNTER).fetchone()  # type: ignore[union-attr]  # psycopg's
            except psycopg.Error as error:
                raise _failed(connection, "LOOK", error) from error
            return int(counted)

    def marks(self, connection: Connection) -> tuple[int, int]:
        """The oldest transaction that still runs, and the first that had not begun."""
        found: tuple[int, int] = connection.info["marks"]
        if not found:  # a transaction that writes: it sees what is committed meanwhile
            low, high = connection.exec_driver_sql(f"SELECT {_MARKS}").one()
            found = int(low), int(high)
        return found

    def await_word(self, seconds: float) -> None:
        """Wait for a notification. Anyone who may connect can send one: it says only "look"."""
        with self._ear_lock:
            if self._ear is None or self._ear.closed:
                self._ear = psycopg.connect(self._address, autocommit=True, **_connect())
                self._ear.execute("LISTEN farlead")
            for _ in self._ear.notifies(timeout=seconds, stop_after=1):
                pass

    def cut(self) -> None:
        """Shut the sockets: a call that waits for an answer ends as one that lost its server."""
        for connection in list(self._open):
            with (
                suppress(OSError, psycopg.Error),
                socket.socket(fileno=os.dup(connection.fileno())) as line,
            ):
                line.shutdown(socket.SHUT_RDWR)

    def _note(self, connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        if isinstance(connection, psycopg.Connection):
            self._open.add(connection)

    def close(self) -> None:
        """Close all connections."""
        with self._ear_lock:
            if self._ear is not None:
                self._ear.close()
        super().close()

    def bind_schema(self, connection: Connection) -> None:
        """Make functions and triggers anew, and write down how the schema looks then."""
        for trigger, table in catalog.triggers(connection):
            connection.exec_driver_sql(f'DROP TRIGGER "{trigger}" ON "{table}"')
        for sql in (*statements(), *person_functions(), *rights()):
            connection.exec_driver_sql(sql)
        found = catalog.described(connection, "public")
        declared = catalog.declared(connection, metadata)
        lacks = [name for name, sql in declared.items() if found.get(name) != sql]
        if lacks:
            raise SchemaMismatch(message("store.schema_missing", names=", ".join(sorted(lacks))))
        marks = json.dumps({name: _mark(sql) for name, sql in found.items()})
        connection.execute(
            upsert(connection, fact)
            .values(name="schema", value=marks)
            .on_conflict_do_update(index_elements=["name"], set_={"value": marks})
        )

    def missing(self, connection: Connection) -> list[str]:
        """Names of safeguards that are not as the last migration left them."""
        found = {n: _mark(sql) for n, sql in catalog.described(connection, "public").items()}
        kept = connection.execute(select(fact.c.value).where(fact.c.name == "schema")).scalar()
        if kept is None:
            return ["fact.schema"]
        known = json.loads(kept)
        lacks = [name for name, mark in known.items() if found.get(name) != mark]
        return lacks + [f"+{name}" for name in found if name not in known]

    def copy_to(self, file: Path) -> None:
        """Not from here: a server is copied by its own tools."""
        raise StoreError(message("store.copy_by_server", file=str(file)))

    def damage(self, connection: Connection) -> list[str]:
        """Rows whose other row is missing: somebody has switched the constraints off."""
        return [
            f"{key.parent.table.name} {row[0]}: its {key.column.table.name} is missing"
            for table in metadata.sorted_tables
            for key in table.foreign_keys
            for row in connection.execute(_orphans(key))
        ]

    def told(self, error: DBAPIError) -> FarleadError | None:
        """A server that is away, full, busy, or that does not allow it."""
        cause = error.orig
        if isinstance(cause, pg.InsufficientPrivilege):
            return PermissionDenied(message("store.no_right", cause=_first_line(cause)))
        if isinstance(cause, pg.DiskFull):
            return StoreError(message("store.disk_full"))
        if isinstance(cause, pg.LockNotAvailable | pg.DeadlockDetected):
            return StoreBusy(message("store.busy", seconds=LOCK_SECONDS))
        if error.connection_invalidated or isinstance(cause, psycopg.OperationalError):
            told = message("store.unreachable", address=self.place, cause=_first_line(cause))
            return StoreUnreachable(told)
        return None

    chains_itself = True
    keeps_passwords = True

    def set_role(self, connection: Connection, login: str, role: str, *, enabled: bool) -> None:
        """The person's role of the server belongs to the group of `role` and to no other."""
        name = _quoted(connection, login)
        known = text("SELECT 1 FROM pg_roles WHERE rolname = :login")
        if connection.execute(known, {"login": login}).first() is None:
            connection.exec_driver_sql(f"CREATE ROLE {name} LOGIN")
        connection.exec_driver_sql(f"ALTER ROLE {name} {'LOGIN' if enabled else 'NOLOGIN'}")
        for other in Role:
            connection.exec_driver_sql(f"REVOKE {group(other)} FROM {name}")
        if enabled:
            connection.exec_driver_sql(f"GRANT {group(Role(role))} TO {name}")

    def set_password(self, connection: Connection, login: str, password: str) -> None:
        """Handed over as a SCRAM verifier: the word itself is in no log of the server."""
        driver = connection.connection.driver_connection
        verifier = driver.pgconn.encrypt_password(  # type: ignore[union-attr]  # psycopg's
            password.encode(), login.encode(), b"scram-sha-256"
        ).decode()
        connection.exec_driver_sql(f"ALTER ROLE {_quoted(connection, login)} PASSWORD '{verifier}'")

    def chain_of(self, connection: Connection) -> str:
        """One chain for each session of the server: nobody waits for another's entry."""
        chain: str = connection.info["chain"]
        return chain


def is_address(where: object) -> bool:
    """Whether a store is named by the address of a server."""
    return isinstance(where, str) and bool(re.match(r"postgres(ql)?(\+\w+)?://", where))


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise StoreError(message("store.bad_address", cause=str(error))) from error
    if not url.database:
        raise StoreError(message("store.bad_address", cause="no database is named"))
    return url.set(drivername="postgresql+psycopg")


def of_person(address: str, login: str, password: str) -> str:
    """The address of a hub as one person signs in there; StoreError for no address."""
    url = _url(address).set(username=login, password=password or None)
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def names_nobody(address: str) -> bool:
    """Whether an address leaves open who signs in."""
    return _url(address).username is None


def _engine(url: URL) -> Engine:
    made = create_engine(
        url,
        pool_size=8,
        max_overflow=16,
        connect_args=_connect(),
    )
    event.listen(made, "connect", _connected)
    event.listen(made, "begin", _started)
    return made


def _connect() -> dict[str, Any]:
    """How every connection is made: a server that is gone is noticed within seconds."""
    return {
        "connect_timeout": ANSWER_SECONDS,
        "tcp_user_timeout": ANSWER_SECONDS * 1000,
        "keepalives_idle": ANSWER_SECONDS,
        "keepalives_interval": 1,
        "keepalives_count": 3,
        "application_name": "farlead",
        "options": (
            "-c search_path=public,pg_temp -c TimeZone=UTC"
            f" -c lock_timeout={LOCK_SECONDS * 1000:.0f}"
            " -c idle_in_transaction_session_timeout=60s"
        ),
    }


def _connected(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    # Transactions are begun below, in one message together with the question for the time.
    connection.autocommit = True
    entry.info["chain"] = secrets.token_hex(8)


def _started(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    writes = bool(connection.get_execution_options().get(_WRITES, False))
    try:
        cursor = driver.execute(_BEGIN[writes])  # type: ignore[union-attr]  # psycopg's connection
        cursor.nextset()
        connection.info["begun"], *marks = cursor.fetchone()
        connection.info["marks"] = tuple(marks)  # empty where it writes
    except psycopg.Error as error:
        raise _failed(connection, "BEGIN", error) from error


def _failed(connection: Connection, what: str, error: psycopg.Error) -> DBAPIError:
    """An error of the driver as SQLAlchemy's; a connection that is broken is not used again."""
    driver = connection.connection.driver_connection
    invalid = driver is None or driver.closed or driver.broken
    if invalid:
        connection.invalidate()
    return DBAPIError(what, None, error, connection_invalidated=invalid)


def _announce(connection: Connection) -> None:
    """Say that there is something to look at; what is committed stays so if nobody can be told."""
    driver = connection.connection.driver_connection
    with suppress(psycopg.Error):
        driver.execute(_ANNOUNCE)  # type: ignore[union-attr]  # psycopg's connection


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _setting(connection: Connection, name: str) -> str:
    return str(connection.exec_driver_sql(f"SHOW {name}").scalar_one())


def _first_line(error: BaseException | None) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


# Guards as functions and triggers


def statements() -> list[str]:
    """SQL that makes every guard."""
    emptied = [
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION farlead_not_emptied()"
        for table in KEPT
    ]
    return [
        *(sql for guard in guards() for sql in made(guard)),
        _function("not_emptied", ALWAYS, "NULL"),
        *emptied,
        *postgres_stamps(),
        plain_claim(),
    ]


def made(guard: Guard) -> list[str]:
    """Statements that make a guard: its function, then its trigger."""
    row = "OLD" if guard.act == "DELETE" else "NEW"
    return [
        _function(guard.name, guard.when, row),
        f"CREATE TRIGGER {guard.name} BEFORE {guard.act} ON {guard.table}"
        f" FOR EACH ROW EXECUTE FUNCTION farlead_{guard.name}()",
    ]


def _function(name: str, when: str, row: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION farlead_{name}() RETURNS trigger LANGUAGE plpgsql"
        f" SECURITY DEFINER SET search_path = public, pg_temp AS $farlead$"
        f" BEGIN IF {when} THEN RAISE EXCEPTION 'farlead: {name}'"
        f" USING ERRCODE = 'check_violation'; END IF; RETURN {row}; END $farlead$"
    )


def _orphans(key: ForeignKey) -> Selection:
    child, parent = key.parent, key.column.table.alias()
    there = exists().where(parent.c[key.column.name] == child)
    return select(*child.table.primary_key).where(child.is_not(None), ~there)


def _mark(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()[:16]

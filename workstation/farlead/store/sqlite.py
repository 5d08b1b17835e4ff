"""SQLite under the store: one file with a write-ahead log.

SQLite has no roles: whoever owns the file can drop a trigger. So the triggers present are
compared with those declared at every start.
"""

import os
import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, create_engine, event, select, update
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateIndex, CreateTable

from farlead.errors import StoreBusy, StoreError, StoreUnreachable
from farlead.messages import message
from farlead.store.database import Database
from farlead.store.guards import ALWAYS, Guard, guards
from farlead.store.schema import HEAD, change, metadata
from farlead.store.stamps import sqlite_stamps

#: Milliseconds to wait for another writer.
BUSY_TIMEOUT = 10_000

#: Bytes that opening a store needs for its log and shared memory.
LEAST_ROOM = 1 << 20

_HIGHEST = (1 << 63) - 1  # largest integer of either database
_LOOK_SECONDS = 0.1
_STEP_PAGES = 4096
_WRITES = "farlead_writes"  # execution option of a transaction that will write
_COUNTED = update(change).values(counter=change.c.counter + 1)
_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
#: The file is not there, or what it lies on cannot be read or written.
_AWAY = (
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PROTOCOL,
)  # fmt: skip


class SqliteDatabase(Database):
    """The embedded store.

    Parameters
    ----------
    file : Path
        Made when it is not there, readable by its owner alone.
    """

    keeps_key = True

    def __init__(self, file: Path) -> None:
        super().__init__(_engine(file), str(file))
        self.file = file
        self._own = self._opened = _mark(file)  # which file it is; what its connections have open
        self._chain = secrets.token_hex(8)
        self._queue = threading.Lock()

    def prepare(self) -> None:
        """Switch on the write-ahead log; StoreError when the file is no database."""
        try:
            use_write_ahead_log(self.engine)
        except sqlite3.DatabaseError as error:
            if disk_full(error, self.file.parent):
                raise StoreError(message("store.disk_full")) from error
            told = message("store.no_store", file=self.place, cause=str(error))
            raise StoreError(told) from error

    def _there(self) -> None:
        """StoreUnreachable where the file is gone: what is open would be written to nowhere.

        A file that was taken away stays whole for those who have it open, so SQLite itself
        would go on reading and signing in it. Where another one lies there, it is opened anew.
        """
        found = _mark(self.file)
        if found == self._opened:
            return
        self.engine.dispose()
        self._opened = None
        if found is None:
            raise StoreUnreachable(message("store.file_gone", file=self.place))
        if found != self._own and not _is_store(self.file):
            raise StoreUnreachable(message("store.file_other", file=self.place))
        self._own = self._opened = found

    def ready(self, connection: Connection) -> None:
        """Write for once: a disk that is full or broken lets a transaction begin all the same."""
        if shutil.disk_usage(self.file.parent).free < LEAST_ROOM:
            raise StoreUnreachable(message("store.disk_full"))
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment."""
        self._there()
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that holds the write lock from its beginning.

        Threads of this process queue here: SQLite lets those who wait ask again now and then, and
        of many one may not be heard for ten seconds.
        """
        options = {_WRITES: True}
        self._there()
        with (
            self._queue,
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    def time_of(self, connection: Connection) -> datetime | None:  # noqa: ARG002 - the base class's signature
        """None: the file has no clock but the station's."""
        return None

    def serialise(self, connection: Connection, what: str) -> None:
        """Nothing to do: there is one writer at a time."""

    def touch(self, connection: Connection) -> None:
        """Count the change, within the transaction."""
        connection.execute(_COUNTED)

    def counter(self, connection: Connection) -> int:
        """How many transactions changed the list."""
        return int(connection.execute(select(change.c.counter)).scalar_one())

    def marks(self, connection: Connection) -> tuple[int, int]:
        """What the next transaction will mark its rows with; there is no other above it."""
        return self.counter(connection) + 1, _HIGHEST

    def await_word(self, seconds: float) -> None:
        """Nobody tells: the file is looked at again soon."""
        time.sleep(min(seconds, _LOOK_SECONDS))

    def bind_schema(self, connection: Connection) -> None:
        """Make all triggers anew: Alembic's batch mode drops them without a word."""
        rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in [str(row[0]) for row in rows]:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        for sql in triggers().values():
            connection.exec_driver_sql(sql)

    def missing(self, connection: Connection) -> list[str]:
        """Names of declared tables, columns, constraints, indexes and triggers not there.

        A trigger or index with another text counts as missing, and so does a trigger that
        nobody declared.
        """
        found = _present(connection)
        lacks = [name for name, sql in _declared().items() if found.get(name) != sql]
        for table in metadata.sorted_tables:
            have = found.get(table.name, "")
            lacks.extend(name for name, sql in _parts(table) if sql not in have)
        known = set(triggers())
        rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return lacks + [f"+{row[0]}" for row in rows if row[0] not in known]

    def copy_to(self, file: Path) -> None:
        """SQLite's own online backup, in steps between which others write; one plain file."""
        self._there()
        with closing(sqlite3.connect(self.file)) as source, closing(sqlite3.connect(file)) as made:
            source.backup(made, pages=_STEP_PAGES)
            made.execute("PRAGMA journal_mode = DELETE")

    def damage(self, connection: Connection) -> list[str]:
        """What SQLite itself finds wrong with the file; empty when it is sound."""
        found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check")]
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        return [line for line in found if line != "ok"] + [
            f"{row[0]} row {row[1]}: its {row[2]} is missing" for row in broken
        ]

    def told(self, error: DBAPIError) -> StoreError | None:
        """A disk that is full, gone or broken, or another writer that took too long."""
        if disk_full(error, self.file.parent):
            return StoreUnreachable(message("store.disk_full"))
        if _code(error) in _AWAY:
            if _mark(self.file) is None:
                return StoreUnreachable(message("store.file_gone", file=self.place))
            told = message("store.file_unreadable", file=self.place, cause=str(error.orig))
            return StoreUnreachable(told)
        if isinstance(error, OperationalError) and _code(error) in _LOCKED:
            return StoreBusy(message("store.busy", seconds=BUSY_TIMEOUT // 1000))
        return None

    def set_role(self, connection: Connection, login: str, role: str, *, enabled: bool) -> None:
        """Nothing to do: a file has no roles."""

    def set_password(self, connection: Connection, login: str, password: str) -> None:
        """Not here: the hash stands in the account."""
        raise NotImplementedError

    def chain_of(self, connection: Connection) -> str:  # noqa: ARG002 - the base class's signature
        """One chain for each open store."""
        return self._chain


def _engine(file: Path) -> Engine:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        # SQLite gives -wal and -shm the mode of the main file.
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    made = create_engine(
        # Never made anew by a connection: a file that is missing is told, not replaced.
        f"sqlite:///{file.absolute().as_uri()}?mode=rw&uri=true",
        connect_args={"timeout": BUSY_TIMEOUT / 1000}, pool_size=8,
    )  # fmt: skip
    event.listen(made, "connect", _connected)
    event.listen(made, "begin", _begun)
    return made


def _mark(file: Path) -> tuple[int, int] | None:
    """Which file lies there; None where none does."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_store(file: Path) -> bool:
    """Whether a file that was not opened before is one of ours, and not an empty one in its place.

    Looked at as it lies there: opened as a database, an empty file would have SQLite delete the
    log of the one that was there, and a copy would have that log played into it.
    """
    if file.with_name(f"{file.name}-wal").exists():
        return False
    try:
        address = f"{file.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as looked:
            rows = looked.execute("SELECT version_num FROM alembic_version").fetchall()
            return [str(row[0]) for row in rows] == [HEAD]
    except sqlite3.Error:
        return False


def _connected(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError(f"not a SQLite connection: {connection!r}")
    connection.isolation_level = None  # transactions are begun below, not by the driver
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT}",
        "synchronous = FULL",  # a signature that was told to a reader survives a power cut
        "foreign_keys = ON",
        "recursive_triggers = ON",  # so that REPLACE fires the triggers that forbid deletion
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begun(connection: Connection) -> None:
    # A reader that becomes a writer half-way could fail with SQLITE_BUSY at once; so a
    # transaction that writes takes the lock before it reads.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def use_write_ahead_log(engine: Engine) -> None:
    """Readers do not wait for the writer. Kept in the file, so set once.

    SQLite does not use its waiting time for this switch, so several processes that open a new
    store together try again.
    """
    raw = engine.raw_connection()
    try:
        patience = time.monotonic() + BUSY_TIMEOUT / 1000
        while not _switched(raw.cursor(), last=time.monotonic() > patience):
            time.sleep(0.02)
    finally:
        raw.close()


def _switched(cursor: DBAPICursor, *, last: bool) -> bool:
    try:
        cursor.execute("PRAGMA journal_mode = WAL")
        return cursor.fetchone() == ("wal",)
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & 0xFF not in _LOCKED:
            raise
        return False
    finally:
        cursor.close()


def disk_full(error: Exception, folder: Path) -> bool:
    """Whether an error comes from a full disk: said outright, or as an I/O error without room."""
    no_room = folder.is_dir() and shutil.disk_usage(folder).free < LEAST_ROOM
    code = _code(error)
    return code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and no_room)


def _code(error: Exception) -> int:
    original = error.orig if isinstance(error, DBAPIError) else error
    return getattr(original, "sqlite_errorcode", 0) & 0xFF


def triggers() -> Mapping[str, str]:
    """Every trigger by name."""
    made_of = {guard.name: sql for guard in guards() for sql in made(guard)}
    return {**made_of, **{name: _sql(sql) for name, sql in sqlite_stamps()}}


def made(guard: Guard) -> list[str]:
    """Statements that make a guard."""
    when = "1" if guard.when == ALWAYS else guard.when.replace("IS DISTINCT FROM", "IS NOT")
    sql = (
        f"CREATE TRIGGER {guard.name} BEFORE {guard.act} ON {guard.table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, 'farlead: {guard.name}'); END"
    )
    return [_sql(sql)]


@cache
def _declared() -> Mapping[str, str]:
    indexes = {
        str(index.name): _sql(str(CreateIndex(index).compile(dialect=SQLiteDialect())))
        for table in metadata.sorted_tables
        for index in table.indexes
    }
    return {**triggers(), **indexes}


def _present(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {str(name): _sql(str(sql)) for name, sql in rows}


@cache
def _parts(table: Table) -> Sequence[tuple[str, str]]:
    """Lines of the table's definition: its columns and its constraints, each by name."""
    text = str(CreateTable(table).compile(dialect=SQLiteDialect()))
    parts = (_sql(line).strip(", ") for line in text.splitlines()[1:])
    return [
        (f"{table.name}.{part.removeprefix('CONSTRAINT ').split()[0]}", part)
        for part in parts
        if part not in ("", ")")
    ]


def _sql(text: str) -> str:
    return " ".join(text.replace('"', "").split())

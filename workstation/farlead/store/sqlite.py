"""All that is particular to SQLite: connections, triggers, and what is really in the file.

A PostgreSQL module offers the same names. SQLite has no roles: whoever owns the file can drop
a trigger. So the triggers present are compared with those declared at every start.
"""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateIndex, CreateTable

from farlead.model.lives import DELIVERY, REPORT, STUDY, Life, ReportState
from farlead.store.schema import audit, metadata, report

__all__ = [
    "BUSY_TIMEOUT",
    "WRITES",
    "busy",
    "create_triggers",
    "damage",
    "engine",
    "missing",
    "triggers",
    "upsert",
    "use_write_ahead_log",
]

S = TypeVar("S", bound=StrEnum)

#: Milliseconds to wait for another writer.
BUSY_TIMEOUT = 10_000

#: Bytes that opening a store needs for its log and shared memory.
LEAST_ROOM = 1 << 20

#: Execution option of a transaction that will write.
WRITES = "farlead_writes"

_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

#: Rows of these tables are never removed.
_KEPT = (
    "study", "study_object", "screening", "report", "void_report", "delivery",
    "retake", "audit", "audit_chain", "audit_mark",
)  # fmt: skip

#: Rows of these tables never change.
_FIXED = ("study_object", "screening", "void_report", "audit", "audit_mark")


def engine(file: Path) -> Engine:
    """Engine for the embedded store; makes the file, readable by its owner alone."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        # SQLite gives -wal and -shm the mode of the main file.
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    made = create_engine(
        f"sqlite:///{file}", connect_args={"timeout": BUSY_TIMEOUT / 1000}, pool_size=8
    )
    event.listen(made, "connect", _connected)
    event.listen(made, "begin", _begun)
    return made


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
    writes = connection.get_execution_options().get(WRITES, False)
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


def busy(error: DBAPIError) -> bool:
    """Whether the error only says that somebody else is writing."""
    return isinstance(error, OperationalError) and _code(error) in _LOCKED


def full(error: Exception) -> bool:
    """Whether SQLite says that the disk is full."""
    return _code(error) == sqlite3.SQLITE_FULL


def disk_full(error: Exception, folder: Path) -> bool:
    """Whether an error comes from a full disk: said outright, or as an I/O error without room."""
    no_room = shutil.disk_usage(folder).free < LEAST_ROOM
    return full(error) or (_code(error) == sqlite3.SQLITE_IOERR and no_room)


def _code(error: Exception) -> int:
    original = error.orig if isinstance(error, DBAPIError) else error
    return getattr(original, "sqlite_errorcode", 0) & 0xFF


def damage(connection: Connection) -> list[str]:
    """What SQLite itself finds wrong with the file; empty when it is sound."""
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA quick_check")]
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    return [line for line in found if line != "ok"] + [
        f"{row[0]} row {row[1]}: its {row[2]} is missing" for row in broken
    ]


# What must be there, and what is


def missing(connection: Connection) -> list[str]:
    """Names of declared tables, columns, constraints, indexes and triggers that are not there.

    A trigger or index with another text counts as missing, and so does a trigger that nobody
    declared.
    """
    found = _present(connection)
    lacks = [name for name, sql in _declared().items() if found.get(name) != sql]
    for table in metadata.sorted_tables:
        have = found.get(table.name, "")
        lacks.extend(name for name, sql in _parts(table) if sql not in have)
    known = set(triggers())
    rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return lacks + [f"+{row[0]}" for row in rows if row[0] not in known]


def create_triggers(connection: Connection) -> None:
    """Make all triggers anew: Alembic's batch mode drops them without a word."""
    rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for name in [str(row[0]) for row in rows]:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for sql in triggers().values():
        connection.exec_driver_sql(sql)


def _declared() -> dict[str, str]:
    indexes = {
        str(index.name): _sql(str(CreateIndex(index).compile(dialect=SQLiteDialect())))
        for table in metadata.sorted_tables
        for index in table.indexes
    }
    return {**triggers(), **indexes}


def _present(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {str(name): _sql(str(sql)) for name, sql in rows}


def _parts(table: Table) -> Iterable[tuple[str, str]]:
    """Lines of the table's definition: its columns and its constraints, each by name."""
    text = str(CreateTable(table).compile(dialect=SQLiteDialect()))
    for line in text.splitlines()[1:]:
        part = _sql(line).strip(", ")
        if part not in ("", ")"):
            yield f"{table.name}.{part.removeprefix('CONSTRAINT ').split()[0]}", part


def _sql(text: str) -> str:
    return " ".join(text.replace('"', "").split())


# Triggers


def triggers() -> Mapping[str, str]:
    """Every trigger by name, the lives' ones made from ``farlead.model.lives``."""
    return {name: _sql(sql) for name, sql in _all_triggers()}


def _all_triggers() -> Iterable[tuple[str, str]]:
    yield from _life(STUDY)
    yield from _life(REPORT)
    yield from _life(DELIVERY)
    for table in _KEPT:
        yield _refuse(f"{table}_kept", "DELETE", table, "1")
    for table in _FIXED:
        yield _refuse(f"{table}_fixed", "UPDATE", table, "1")
    yield from _report_triggers()
    yield from _claim_triggers()
    yield from _audit_triggers()
    yield _refuse(
        "delivery_identifier_fixed",
        "UPDATE OF identifier, report_id, destination",
        "delivery",
        "NEW.identifier IS NOT OLD.identifier OR NEW.report_id IS NOT OLD.report_id"
        " OR NEW.destination IS NOT OLD.destination",
    )


def _refuse(name: str, act: str, table: str, when: str) -> tuple[str, str]:
    return name, (
        f"CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, 'farlead: {name}'); END"
    )


def _life(life: Life[S]) -> Iterable[tuple[str, str]]:
    steps = " OR ".join(
        f"(OLD.state = '{old}' AND NEW.state IN ({_listed(new)}))"
        for old, new in life.steps.items()
        if new
    )
    yield _refuse(
        f"{life.name}_step",
        "UPDATE OF state",
        life.name,
        f"NEW.state IS NOT OLD.state AND NOT ({steps})",
    )
    yield _refuse(
        f"{life.name}_born", "INSERT", life.name, f"NEW.state NOT IN ({_listed(life.born)})"
    )


def _listed(states: Iterable[str]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


def _differs(table: Table, but: frozenset[str]) -> str:
    names = [column.name for column in table.columns if column.name not in but]
    return " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in names)


def _report_triggers() -> Iterable[tuple[str, str]]:
    # Sent back by the second reader: the signed file is kept as void before its row is a draft.
    yield _refuse(
        "report_signed_fixed",
        "UPDATE",
        "report",
        f"OLD.state <> '{ReportState.DRAFT}' AND NEW.state <> '{ReportState.DRAFT}'"
        f" AND ({_differs(report, frozenset({'state'}))})",
    )
    yield _refuse(
        "report_sent_back_kept",
        "UPDATE OF state",
        "report",
        "OLD.state = 'first_signed' AND NEW.state = 'draft'"
        " AND NOT EXISTS (SELECT 1 FROM void_report WHERE pdf_sha256 = OLD.pdf_sha256)",
    )
    yield _refuse(
        "report_of_its_study",
        "UPDATE OF id, study_id, version, supersedes",
        "report",
        _differs(
            report,
            frozenset(c.name for c in report.columns) - {"id", "study_id", "version", "supersedes"},
        ),
    )
    # INSERT OR REPLACE by a client that has not set recursive_triggers.
    yield _refuse(
        "report_not_replaced",
        "INSERT",
        "report",
        "EXISTS (SELECT 1 FROM report WHERE id = NEW.id"
        " OR (study_id = NEW.study_id AND version = NEW.version))",
    )
    yield _refuse(
        "report_outdated_hand",
        "UPDATE OF draft",
        "report",
        "NEW.fencing < OLD.fencing",
    )


def _claim_triggers() -> Iterable[tuple[str, str]]:
    yield _refuse("study_fencing_grows", "UPDATE OF fencing", "study", "NEW.fencing < OLD.fencing")
    for act in ("INSERT", "UPDATE OF fencing"):
        yield _refuse(
            f"claim_fencing_{act.split()[0].lower()}",
            act,
            "claim",
            "NEW.fencing <> (SELECT fencing FROM study WHERE id = NEW.study_id)",
        )
    yield _refuse(
        "study_claimed_by_somebody",
        "UPDATE OF state",
        "study",
        "NEW.state = 'claimed' AND NOT EXISTS (SELECT 1 FROM claim WHERE study_id = NEW.id)",
    )
    yield _refuse(
        "claim_ends_with_state",
        "DELETE",
        "claim",
        "(SELECT state FROM study WHERE id = OLD.study_id) = 'claimed'",
    )
    yield _refuse(
        "study_identity_fixed",
        "UPDATE OF id, number, unit_code, study_key, part, arrived",
        "study",
        "NEW.id IS NOT OLD.id OR NEW.number IS NOT OLD.number"
        " OR NEW.unit_code IS NOT OLD.unit_code OR NEW.study_key IS NOT OLD.study_key"
        " OR NEW.part IS NOT OLD.part OR NEW.arrived IS NOT OLD.arrived",
    )
    yield _refuse(
        "study_priority_grows", "UPDATE OF priority", "study", "NEW.priority < OLD.priority"
    )


def _audit_triggers() -> Iterable[tuple[str, str]]:
    last = f"FROM {audit.name} WHERE chain = NEW.chain"
    yield _refuse(
        "audit_in_sequence",
        "INSERT",
        "audit",
        f"NEW.sequence <> (SELECT COALESCE(MAX(sequence), 0) + 1 {last})"
        f" OR (NEW.sequence > 1 AND NEW.previous <>"
        f" (SELECT hash {last} AND sequence = NEW.sequence - 1))",
    )
    yield _refuse(
        "audit_chain_grows",
        "UPDATE",
        "audit_chain",
        "NEW.id <> OLD.id OR NEW.sequence <= OLD.sequence",
    )

"""The store: studies, claims, reports, outbox and audit in one database.

SQLite with a write-ahead log, embedded; everything particular to it is in
``farlead.store.sqlite``, so that PostgreSQL can take its place. What must never go wrong is a
constraint or a trigger of the database; Python checks the same first, to say it in words.
"""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import Engine, select

from farlead.errors import StoreError
from farlead.messages import message
from farlead.settings import Clock, Promised, Settings, utc_now
from farlead.store import schema, sqlite
from farlead.store.audit import AuditPart
from farlead.store.base import Entry, Rules
from farlead.store.checks import CheckPart
from farlead.store.claims import ClaimPart
from farlead.store.cursors import CursorPart
from farlead.store.identity import IdentityKey
from farlead.store.intake import IntakePart
from farlead.store.listing import ListPart
from farlead.store.migrate import migrate
from farlead.store.outbox import OutboxPart
from farlead.store.people import PeoplePart
from farlead.store.reports import ReportPart
from farlead.store.retakes import RetakePart
from farlead.store.screenings import ScreeningPart
from farlead.store.sqlite import upsert
from farlead.store.values import Arrival, Balance, SignedReport, Stored

__all__ = ["Arrival", "Balance", "Entry", "SignedReport", "Store", "Stored"]


class Store(
    PeoplePart, IntakePart, ScreeningPart, ListPart, ClaimPart, ReportPart, OutboxPart, RetakePart,
    AuditPart, CheckPart, CursorPart,
):  # fmt: skip
    """One open store; thread-safe, any number of processes at once.

    Every method is one transaction, blocking, on disk when it returns. Errors are of the
    FarleadError tree; StoreBusy when another process wrote for longer than ten seconds.
    """

    @classmethod
    def open(
        cls,
        where: Path | str,
        *,
        clock: Clock = utc_now,
        keys: Path | None = None,
        promised: Promised | None = None,
        lease: timedelta = timedelta(seconds=120),
    ) -> Self:
        """Open a store: make or migrate it, then check that nothing declared is missing.

        Parameters
        ----------
        where : Path or str
            The SQLite file, or ``sqlite:///`` and its path.
        clock : callable
            Time of the store, aware.
        keys : Path, optional
            Folder of the installation's keys; beside the file when not given.
        promised : Promised, optional
            Turnaround by kind and priority.
        lease : timedelta
            How long a claim holds without being renewed.

        Raises
        ------
        SchemaMismatch
            The store is newer than this program, or a trigger or constraint is missing.
        StoreError
            The file is no store, or its identity key is another installation's.
        """
        file = Path(str(where).removeprefix("sqlite:///")).absolute()
        engine = sqlite.engine(file)
        try:
            _prepare(engine, file)
            key = IdentityKey.of(keys or file.parent / "keys")
            store = cls(engine, clock, key, Rules(promised or Promised(), lease))
            store._match_key(file)
        except BaseException:
            engine.dispose()
            raise
        return store

    @classmethod
    def of(cls, settings: Settings, *, clock: Clock = utc_now) -> Self:
        """Open the store of an installation, with its promises and units."""
        store = cls.open(
            settings.database,
            clock=clock,
            keys=settings.keys,
            promised=settings.promised,
            lease=timedelta(seconds=settings.claim.lease),
        )
        known = {unit.code: unit.name for unit in store.units()}
        for unit in settings.units:
            if known.get(unit.code) != unit.name:
                store.add_unit(settings.unit(unit.code))
        return store

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _match_key(self, file: Path) -> None:
        """The hashes of patients are worth nothing under another key."""
        fact = schema.fact.c
        with self._read() as connection:
            known = connection.execute(
                select(fact.value).where(fact.name == "identity_key")
            ).scalar()
        if known is None:
            with self._write(listed=False) as connection:
                connection.execute(
                    upsert(schema.fact)
                    .values(name="identity_key", value=self._key.fingerprint)
                    .on_conflict_do_nothing()
                )
        elif known != self._key.fingerprint:
            raise StoreError(message("store.other_key", file=str(file)))


def _prepare(engine: Engine, file: Path) -> None:
    try:
        sqlite.use_write_ahead_log(engine)
    except sqlite3.DatabaseError as error:
        if sqlite.disk_full(error, file.parent):
            raise StoreError(message("store.disk_full")) from error
        raise StoreError(message("store.no_store", file=str(file), cause=str(error))) from error
    migrate(engine)

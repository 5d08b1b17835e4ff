"""The store: studies, claims, reports, outbox and audit in one database.

SQLite embedded, or PostgreSQL on the hub's server: what is particular to one of them is behind
``farlead.store.database``. What must never go wrong is a constraint or a trigger of the
database; Python checks the same first, to say it in words.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError

from farlead.errors import PermissionDenied, StoreError, StoreUnreachable
from farlead.messages import message
from farlead.model.escalation import Mark
from farlead.model.order import OrderWindow
from farlead.settings import Clock, CriticalSettings, Promised, Settings, default_folder, utc_now
from farlead.store import schema
from farlead.store.amendments import AmendmentPart
from farlead.store.archived import ArchivedPart
from farlead.store.audit import AuditPart
from farlead.store.base import Entry, Rules
from farlead.store.batches import BatchPart
from farlead.store.blobs import BlobPart
from farlead.store.checks import CheckPart
from farlead.store.contacts import ContactPart
from farlead.store.cursors import CursorPart
from farlead.store.database import Database, upsert
from farlead.store.handovers import HandoverPart
from farlead.store.identity import IdentityKey
from farlead.store.intake import IntakePart
from farlead.store.leases import LeasePart
from farlead.store.links import LinkPart
from farlead.store.listing import ListPart
from farlead.store.looking import LookingPart
from farlead.store.migrate import migrate
from farlead.store.notices import NoticePart
from farlead.store.offered import OfferedPart
from farlead.store.orders import OrderEvent, OrderPart, Said
from farlead.store.outbox import OutboxPart
from farlead.store.people import PeoplePart
from farlead.store.persons import Merge, PersonUpdate
from farlead.store.postgres import PostgresDatabase, is_address, names_nobody, of_person
from farlead.store.progress import ProgressPart
from farlead.store.receipts import Receipt
from farlead.store.retakes import RetakePart
from farlead.store.screenings import ScreeningPart
from farlead.store.searching import SearchPart
from farlead.store.sqlite import SqliteDatabase
from farlead.store.values import Arrival, Balance, Countersigned, SignedReport, Stored
from farlead.store.wall import WallPart

__all__ = [
    "Arrival",
    "Balance",
    "Countersigned",
    "Entry",
    "Merge",
    "OrderEvent",
    "PersonUpdate",
    "Receipt",
    "Said",
    "SignedReport",
    "Store",
    "Stored",
]


class Store(
    WallPart, PeoplePart, IntakePart, OrderPart, LinkPart, ScreeningPart, ListPart, AmendmentPart,
    OutboxPart, RetakePart, NoticePart, ProgressPart, OfferedPart, BatchPart, AuditPart,
    CheckPart, CursorPart, BlobPart, SearchPart, LeasePart, ContactPart, LookingPart,
    HandoverPart, ArchivedPart,
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
        clock: Clock | None = None,
        keys: Path | None = None,
        promised: Promised | None = None,
        lease: timedelta = timedelta(seconds=120),
        second_signature: timedelta = timedelta(minutes=10),
        orders: OrderWindow | None = None,
        marks: Sequence[Mark] | None = None,
    ) -> Self:
        """Open a store: make or migrate it, then check that nothing declared is missing.

        Parameters
        ----------
        where : Path or str
            The SQLite file, or ``sqlite:///`` and its path, or ``postgresql://host/name``.
        clock : callable, optional
            Time of the store, aware. When not given, the server's clock, or the station's
            where the database is a file.
        keys : Path, optional
            Folder of the installation's keys; beside the file when not given.
        promised : Promised, optional
            Turnaround by kind and priority.
        lease : timedelta
            How long a claim holds without being renewed.
        second_signature : timedelta
            How long an urgent report may wait for its second signature.
        orders : OrderWindow, optional
            How far apart an order and its study may lie.
        marks : sequence of Mark, optional
            Of the clock of a critical value; those of the plain settings when not given.

        Raises
        ------
        SchemaMismatch
            The store is newer than this program, or a trigger or constraint is missing.
        StoreError
            The file is no store, or its identity key is another installation's.
        """
        database, folder = _database(where)
        try:
            database.prepare()
            migrate(database)
            store = cls(
                database,
                clock,
                None,
                Rules(
                    promised or Promised(),
                    lease,
                    second_signature=second_signature,
                    orders=orders or OrderWindow(),
                    marks=CriticalSettings().marks if marks is None else tuple(marks),
                ),
            )
            store._match_key(keys or folder / "keys")
        except DBAPIError as error:
            database.close()
            told = database.told(error)
            if told is None:
                raise
            raise told from error
        except BaseException:
            database.close()
            raise
        return store

    @classmethod
    def of(
        cls, settings: Settings, *, clock: Clock = utc_now, person: tuple[str, str] | None = None
    ) -> Self:
        """Open the store of an installation, with its promises and units.

        The station's own clock is none that a server's store goes by.

        Parameters
        ----------
        person : tuple of login and password, optional
            Who signs in to a hub whose address names nobody.

        Raises
        ------
        SignInRefused
            The hub does not let this person in.
        StoreUnreachable
            The embedded store is not where it was: an empty one is never made in its place.
        """
        if not settings.has_store and IdentityKey.lies_in(settings.keys):
            raise StoreUnreachable(message("store.file_gone", file=str(settings.database_file)))
        store = cls.open(
            settings.store if person is None else of_person(str(settings.store), *person),
            clock=None if clock is utc_now else clock,
            keys=settings.keys,
            promised=settings.promised,
            lease=timedelta(seconds=settings.claim.lease),
            second_signature=timedelta(minutes=settings.second_signature.escalates_minutes),
            orders=settings.orders.window,
            marks=settings.critical.marks,
        )
        known = {unit.code: unit.name for unit in store.units()}
        for unit in settings.units:
            if known.get(unit.code) != unit.name:
                # On a hub services and administrators keep the units, stations read them.
                with suppress(PermissionDenied):
                    store.add_unit(settings.unit(unit.code))
        return store

    @staticmethod
    def asks_who(settings: Settings) -> bool:
        """Whether each person signs in to this store with a password of their own."""
        return settings.database is not None and names_nobody(settings.database)

    @staticmethod
    def is_empty(address: str) -> bool:
        """Whether there is nothing in a server's database yet, no table either; it is not touched.

        StoreError, SignInRefused.
        """
        database = PostgresDatabase(address)
        try:
            database.prepare()
            with database.reading() as connection:
                return not inspect(connection).get_table_names()
        except DBAPIError as error:
            told = database.told(error)
            if told is None:
                raise
            raise told from error
        finally:
            database.close()

    def copy_to(self, file: Path) -> None:
        """A copy of one moment, while others go on writing.

        Raises
        ------
        StoreError
            A server's store: its own tools copy it (see the administrator guide).
        """
        self._database.copy_to(file)

    def answers(self) -> None:
        """Return when the store can be written to; StoreUnreachable, StoreBusy."""
        with self._write(listed=False) as connection:
            self._database.ready(connection)

    def cut(self) -> None:
        """End whatever waits for a server that does not answer; the next call connects anew."""
        self._database.cut()

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _match_key(self, folder: Path) -> None:
        """The hashes of patients are worth nothing under another key.

        A station that only reads from a hub has none: hashes are made where studies come in.
        """
        fact = schema.fact.c
        with self._read() as connection:
            known = connection.execute(
                select(fact.value).where(fact.name == "identity_key")
            ).scalar()
        if known is not None and not self._database.keeps_key and not IdentityKey.lies_in(folder):
            return
        self._key = IdentityKey.of(folder)
        if known is None:
            with self._write(listed=False) as connection:
                connection.execute(
                    upsert(connection, schema.fact)
                    .values(name="identity_key", value=self._key.fingerprint)
                    .on_conflict_do_nothing()
                )
        elif known != self._key.fingerprint:
            raise StoreError(message("store.other_key", file=self._database.place))


def _database(where: Path | str) -> tuple[Database, Path]:
    """The database of a place, and the folder beside which its keys lie unless told otherwise."""
    if isinstance(where, str) and is_address(where):
        return PostgresDatabase(where), default_folder()
    file = Path(str(where).removeprefix("sqlite:///")).absolute()
    return SqliteDatabase(file), file.parent

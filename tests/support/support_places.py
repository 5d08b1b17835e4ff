"""The two kinds of place where a store can live, so that a test runs on both."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg

from farlead.settings import Clock
from farlead.store import Store
from farlead.store.database import Database
from farlead.store.postgres import PostgresDatabase
from farlead.store.sqlite import SqliteDatabase
from support_postgres import Server

SQLITE, POSTGRES = KINDS = ("sqlite", "postgres")

#: What a database says when a guard or a constraint refuses.
REFUSALS = (sqlite3.IntegrityError, psycopg.IntegrityError)


class Raw(Protocol):
    """Somebody with a SQL client."""

    def execute(self, sql: Any, /) -> Any:
        """Run one statement, committed at once."""


@dataclass(frozen=True)
class Place:
    """Where one store is.

    Parameters
    ----------
    where : Path or str
        As :meth:`farlead.store.Store.open` takes it.
    keys : Path
        Folder of the installation's keys.
    server : Server or None
        The server of a PostgreSQL store.
    """

    where: Path | str
    keys: Path
    server: Server | None = None

    @property
    def kind(self) -> str:
        """Which database."""
        return SQLITE if self.server is None else POSTGRES

    def open(self, clock: Clock | None = None) -> Store:
        """Open the store."""
        return Store.open(self.where, clock=clock, keys=self.keys)

    def database(self) -> Database:
        """The database alone, as the store uses it."""
        if isinstance(self.where, Path):
            return SqliteDatabase(self.where)
        return PostgresDatabase(self.where)

    @contextmanager
    def raw(self) -> Iterator[Raw]:
        """The same database under the hands of its owner."""
        if isinstance(self.where, Path):
            connection = sqlite3.connect(self.where, isolation_level=None)
            try:
                yield connection
            finally:
                connection.close()
        else:
            with psycopg.connect(self.where, autocommit=True) as server:
                yield server

    def copy(self, folder: Path) -> "Place":
        """A copy of this (closed) store for one test."""
        shutil.copytree(self.keys, folder / "keys", dirs_exist_ok=True)
        if isinstance(self.where, Path):
            for part in self.where.parent.glob("farlead.db*"):
                shutil.copy(part, folder)
            return Place(folder / "farlead.db", folder / "keys")
        if self.server is None:
            raise TypeError("a server's store without its server")
        name = self.server.fresh(self.where.rpartition("/")[2])
        return Place(self.server.address(name), folder / "keys", self.server)

    @contextmanager
    def copied(self, folder: Path) -> Iterator["Place"]:
        """A copy that is there as long as its test."""
        made = self.copy(folder)
        yield made
        if made.server is not None:
            made.server.drop(str(made.where).rpartition("/")[2])


def new_place(kind: str, folder: Path, server: Server | None) -> Place:
    """A place with nothing in it."""
    if kind == SQLITE:
        return Place(folder / "farlead.db", folder / "keys")
    if server is None:
        raise TypeError("a PostgreSQL store needs a server")
    return Place(server.address(server.fresh()), folder / "keys", server)

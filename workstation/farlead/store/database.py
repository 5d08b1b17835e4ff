"""What the store asks of the database under it, whichever it is.

``farlead.store.sqlite`` and ``farlead.store.postgres`` each offer one :class:`Database`;
nothing else in the store knows which one it works with.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Table,
    any_,
    literal,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from farlead.errors import FarleadError
from farlead.store.plainly import Taken, Taking


class Database(ABC):
    """A file or a server that holds one store.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    place : str
        What is told to people: the file, or the address without its secrets.
    """

    def __init__(self, engine: Engine, place: str) -> None:
        self.engine = engine
        self.place = place

    @abstractmethod
    def prepare(self) -> None:
        """Make sure that there is a database to migrate; StoreError when it is none of ours."""

    @abstractmethod
    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment and changes nothing."""

    @abstractmethod
    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may change rows; on disk when it has ended."""

    @abstractmethod
    def time_of(self, connection: Connection) -> datetime | None:
        """Time at which the connection's transaction began, where the database has a clock."""

    @abstractmethod
    def serialise(self, connection: Connection, what: str) -> None:
        """From here to the end of the transaction nobody else does `what`."""

    @abstractmethod
    def touch(self, connection: Connection) -> None:
        """The list looks other after this transaction; those who look at it are told."""

    @abstractmethod
    def counter(self, connection: Connection) -> int:
        """Number that is another one when the list may look other than before."""

    def look(self) -> int:
        """The same, asked by itself."""
        with self.reading() as connection:
            return self.counter(connection)

    @abstractmethod
    def marks(self, connection: Connection) -> tuple[int, int]:
        """First mark that a later look must ask for, and the one below which this look sees all."""

    @abstractmethod
    def await_word(self, seconds: float) -> None:
        """Return when somebody else's transaction changed the list, or the time is over."""

    @abstractmethod
    def bind_schema(self, connection: Connection) -> None:
        """After the migrations: make the triggers anew, and keep what is needed to check them."""

    @abstractmethod
    def missing(self, connection: Connection) -> list[str]:
        """Names of declared safeguards that are not there, or are there with another text."""

    @abstractmethod
    def copy_to(self, file: Path) -> None:
        """A copy of one moment, while others go on writing; StoreError where that is not ours."""

    @abstractmethod
    def damage(self, connection: Connection) -> list[str]:
        """What the database itself finds wrong with its files; empty when it is sound."""

    @abstractmethod
    def told(self, error: DBAPIError) -> FarleadError | None:
        """What to tell people for an error of the environment; None for a fault of ours."""

    def claim_plainly(self, studies: Sequence[int], taking: Taking) -> Taken | None:  # noqa: ARG002 - what a server goes by
        """Take the first of these that is plainly free, where the database can do it in one word.

        Returns the study that comes first and is not so plain, without a claim: for that one the
        rules must be asked. None: all are just being taken by others.
        """
        return Taken(studies[0])

    #: Whether a trigger puts entries into their chain.
    chains_itself = False

    #: Whether everybody who opens the store needs the key of the patients' hashes.
    keeps_key = False

    #: Whether accounts are roles of the server, which keeps their passwords.
    keeps_passwords = False

    @abstractmethod
    def set_role(self, connection: Connection, login: str, role: str, *, enabled: bool) -> None:
        """The account is this role's, or may not sign in any more."""

    @abstractmethod
    def set_password(self, connection: Connection, login: str, password: str) -> None:
        """The person's password, where the server keeps it."""

    @abstractmethod
    def chain_of(self, connection: Connection) -> str:
        """Audit chain of the session that writes."""

    def ready(self, connection: Connection) -> None:  # noqa: B027 - a server says it itself
        """Try what a transaction's beginning does not show: whether anything can be written."""

    def cut(self) -> None:  # noqa: B027 - a file always answers
        """End connections that wait for a server which does not answer."""

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def upsert(connection: Connection, table: Table) -> sqlite.Insert:
    """An insertion with ``on_conflict_do_…``; both databases spell it alike."""
    return upsert_for(connection.dialect.name, table)


def upsert_for(dialect: str, table: Table) -> sqlite.Insert:
    """The same by the name of the dialect, for statements that are made once."""
    if dialect == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value]  # the same methods, no common class
    return sqlite.insert(table)


def among(
    connection: Connection, column: ColumnElement[int], values: Sequence[int]
) -> ColumnElement[bool]:
    """Condition by which a column has one of these values.

    PostgreSQL is given one array, so that the statement reads the same for any number.
    """
    if len(values) == 1:
        return column == values[0]  # planned once: for an array it would be each time
    if connection.dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(Integer)))
    return column.in_(values)

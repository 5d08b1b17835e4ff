"""Leases: which process has which piece of work, by the clock of the store.

A lease that its holder does not renew is over, and whoever comes next takes the work over. What
the former holder still writes under it is refused (:func:`fence`), in the transaction of the write.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Connection, Executable, bindparam, delete, select, update

from farlead.errors import WorkTaken
from farlead.messages import message
from farlead.model.lease import Lease
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import Fetched
from farlead.store.database import upsert_for

_LEASE = schema.lease.c
_NAMED = (
    (_LEASE.name == bindparam("work"))
    & (_LEASE.holder == bindparam("by"))
    & (_LEASE.number == bindparam("nth"))
)
_FENCE = select(_LEASE.name).where(_NAMED).with_for_update()
_END = delete(schema.lease).where(_NAMED).returning(_LEASE.name)


class LeasePart(Base):
    """Work taken, renewed and given back."""

    def take_lease(self, name: str, holder: str, lasts: timedelta) -> Lease | None:
        """Take a piece of work; None when somebody has it, or it rests."""
        with self._write(listed=False) as connection:
            return take(connection, name, holder, self.now(), lasts)

    def renew_leases(self, holder: str, names: Collection[str], lasts: timedelta) -> frozenset[str]:
        """Say that this process is still there; the names of what it still has."""
        if not names:
            return frozenset()
        with self._write(listed=False) as connection:
            renewed = connection.execute(
                update(schema.lease)
                .where(_LEASE.holder == holder, _LEASE.name.in_(sorted(names)))
                .values(until=self.now() + lasts)
                .returning(_LEASE.name)
            )
            return frozenset(str(name) for name in renewed.scalars())

    def end_lease(self, lease: Lease, rest: timedelta | None = None) -> None:
        """Give a piece of work back; nobody takes it while it rests."""
        with self._write(listed=False) as connection:
            if rest is None:
                connection.execute(delete(schema.lease).where(_same(lease)))
                return
            connection.execute(
                update(schema.lease).where(_same(lease)).values(holder="", until=self.now() + rest)
            )

    def leases(self) -> list[Lease]:
        """Everything that somebody has, or had when he vanished, by name."""
        with self._read() as connection:
            rows = connection.execute(
                select(schema.lease).where(_LEASE.holder != "").order_by(_LEASE.name)
            )
            return [_lease_of(row) for row in rows]


def take(
    connection: Connection, name: str, holder: str, now: datetime, lasts: timedelta
) -> Lease | None:
    """Take a piece of work within a transaction; None when somebody has it, or it rests."""
    until = now + lasts
    given = {"name": name, "number": 1, "holder": holder, "since": now, "until": until}
    number = connection.execute(_taking(connection.dialect.name), given).scalar()
    return None if number is None else Lease(name, holder, int(number), now, until)


@cache
def _taking(dialect: str) -> Executable:
    """Made once: of every piece of work it is asked."""
    new = upsert_for(dialect, schema.lease)
    given = {name: new.excluded[name] for name in ("holder", "since", "until")}
    return new.on_conflict_do_update(
        index_elements=["name"],
        set_={**given, "number": _LEASE.number + 1},
        where=_LEASE.until <= new.excluded.since,
    ).returning(_LEASE.number)


def fence(connection: Connection, lease: Lease | None) -> None:
    """Nobody else has taken this work over, nor does before the transaction ends; WorkTaken."""
    if lease is None:
        return
    found = connection.execute(_FENCE, _named(lease)).first()
    if found is None:
        raise _taken_over(lease)


def end(connection: Connection, lease: Lease | None) -> None:
    """Give it back within a transaction; WorkTaken when somebody else has taken it over."""
    if lease is None:
        return
    if connection.execute(_END, _named(lease)).first() is None:
        raise _taken_over(lease)


def _taken_over(lease: Lease) -> WorkTaken:
    return WorkTaken(message("store.work_taken", work=lease.name))


def taken(connection: Connection, kind: str, now: datetime) -> list[str]:
    """What of a kind somebody has, or rests: the names without the kind before them."""
    rows = connection.execute(
        select(_LEASE.name).where(_LEASE.name.startswith(f"{kind} "), _LEASE.until > now)
    )
    return [str(name).removeprefix(f"{kind} ") for name in rows.scalars()]


def _named(lease: Lease) -> dict[str, str | int]:
    return {"work": lease.name, "by": lease.holder, "nth": lease.number}


def _same(lease: Lease) -> ColumnElement[bool]:
    held = (_LEASE.name == lease.name) & (_LEASE.holder == lease.holder)
    return held & (_LEASE.number == lease.number)


def _lease_of(row: Fetched) -> Lease:
    return Lease(row.name, row.holder, row.number, row.since, row.until)

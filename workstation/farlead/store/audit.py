"""The audit trail: who opened, claimed, signed, exported, failed to log in.

One hash chain for each session that writes. A chain is broken by an entry that was altered,
removed or reordered; the heads in ``audit_chain`` tell when the last entries were cut off, the
marks when a whole chain is gone.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from pydantic import TypeAdapter
from sqlalchemy import Connection, desc, insert, select

from farlead.messages import Message, message
from farlead.store import schema
from farlead.store.base import Base, Entry, canonical, entry_hash
from farlead.store.columns import Detail, Fetched, Selection

_HEADS = TypeAdapter(dict[str, tuple[int, str]])
_DETAIL: TypeAdapter[Detail] = TypeAdapter(Detail)
_MARK = schema.audit_mark.c
_LONGEST_TRANSACTION = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AuditMark:
    """Heads of the chains at one moment, as they were written down.

    Parameters
    ----------
    at : datetime
    heads : str
        JSON: sequence and hash by chain, of the chains that have grown since the mark before.
    signature : str
        Of the service that wrote it; empty where there was no key.
    """

    at: datetime
    heads: str
    signature: str

    def said(self, before: str) -> bytes:
        """What is signed: the mark and the signature `before` it, so that none can be left out."""
        at = self.at.isoformat(timespec="microseconds")
        return canonical([at, self.heads, before]).encode()


class AuditPart(Base):
    """Appending to the trail and checking it."""

    def audit(self, actor: str, action: str, subject: str, detail: Detail | None = None) -> None:
        """Append one entry.

        Parameters
        ----------
        actor : str
            Log-in of the person, or ``service:NAME``.
        action : str
            What was done, ``room.verb``: ``study.opened``.
        subject : str
            What it was done to: ``study:17``. Never a name or number of a patient.
        detail : mapping, optional
            Plain values, without patient data.
        """
        with self._write(listed=False):
            self._record(actor, action, subject, **(detail or {}))

    def trail(self, subject: str) -> list[Entry]:
        """Entries about one subject, oldest first."""
        c = schema.audit.c
        with self._read() as connection:
            rows = connection.execute(
                select(schema.audit).where(c.subject == subject).order_by(c.at, c.sequence)
            )
            return [_entry(row) for row in rows]

    def search_audit(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> list[Entry]:
        """Entries that fit everything that is given, oldest first; `action` by its beginning."""
        c = schema.audit.c
        places = (c.at, c.chain, c.sequence)
        by = [place.desc() for place in places] if newest_first else places
        query = select(schema.audit).order_by(*by).limit(limit)
        if actor is not None:
            query = query.where(c.actor == actor)
        if action is not None:
            query = query.where(c.action.startswith(action, autoescape=True))
        if subject is not None:
            query = query.where(c.subject == subject)
        if begin is not None:
            query = query.where(c.at >= begin)
        if end is not None:
            query = query.where(c.at < end)
        with self._read() as connection:
            return [_entry(row) for row in connection.execute(query)]

    def mark_audit(self, sign: Callable[[bytes], str] = lambda _: "") -> None:
        """Write down the heads of the chains, signed, for copies outside the store to hold them."""
        with self._write(listed=False) as connection:
            self._database.serialise(connection, "audit marks")
            last = connection.execute(_marks().order_by(desc(_MARK.id)).limit(1)).one_or_none()
            heads = canonical(_grown(connection, None if last is None else last.at))
            mark = AuditMark(self.now(), heads, "")
            signature = sign(mark.said((last.signature or "") if last is not None else ""))
            connection.execute(
                insert(schema.audit_mark).values(
                    at=mark.at, heads=heads, signature=signature or None
                )
            )

    def audit_marks(self) -> list[AuditMark]:
        """All marks, the first one first."""
        with self._read() as connection:
            rows = connection.execute(_marks().order_by(_MARK.id))
            return [AuditMark(row.at, row.heads, row.signature or "") for row in rows]

    def verify_audit(self, copies: Iterable[AuditMark] = ()) -> list[Message]:
        """What is wrong with the trail, each with chain and entry; empty when it is whole.

        Parameters
        ----------
        copies : iterable of AuditMark
            Marks that were kept outside the store: what they say must be there as well.
        """
        with self._read() as connection:
            heads = {row.id: (row.sequence, row.hash) for row in _chains(connection)}
            found, reached = _check_entries(connection, heads)
            found += [
                message("store.audit_headless", chain=chain)
                for chain in heads
                if chain not in reached
            ]
            kept = [row.heads for row in connection.execute(_marks().order_by(_MARK.id))]
            return found + _check_marks([*kept, *(copy.heads for copy in copies)], reached)


def _chains(connection: Connection) -> Iterable[Fetched]:
    return connection.execute(select(schema.audit_chain)).all()


def _entry(row: Fetched) -> Entry:
    return Entry(
        row.at, row.actor, row.action, row.subject, _DETAIL.validate_python(json.loads(row.detail))
    )


def _check_entries(
    connection: Connection, heads: Mapping[str, tuple[int, str]]
) -> tuple[list[Message], dict[str, dict[int, str]]]:
    """Troubles of the chains, and the hashes that each chain really has by sequence."""
    c = schema.audit.c
    rows = connection.execute(select(schema.audit).order_by(c.chain, c.sequence))
    found: list[Message] = []
    reached: dict[str, dict[int, str]] = {}
    ties: dict[str, str] = {}
    for chain, entries in groupby(rows, key=lambda row: str(row.chain)):
        hashes = reached.setdefault(chain, {})
        found += _check_chain(chain, entries, hashes, ties)
        last = max(hashes)
        if heads.get(chain) != (last, hashes[last]):
            found.append(message("store.audit_cut", chain=chain, sequence=last))
    everything = {digest for hashes in reached.values() for digest in hashes.values()} | {""}
    found += [
        message("store.audit_tie", chain=chain)
        for chain, previous in ties.items()
        if previous not in everything
    ]
    return found, reached


def _check_chain(
    chain: str, entries: Iterable[Fetched], hashes: dict[int, str], ties: dict[str, str]
) -> list[Message]:
    found: list[Message] = []
    expected, previous = 1, None
    for row in entries:
        if row.sequence != expected:
            found.append(message("store.audit_gap", chain=chain, sequence=expected))
        elif previous is not None and row.previous != previous:
            found.append(message("store.audit_order", chain=chain, sequence=row.sequence))
        if row.sequence == 1:
            ties[chain] = row.previous
        if not _intact(chain, row):
            found.append(message("store.audit_altered", chain=chain, sequence=row.sequence))
        expected, previous = row.sequence + 1, row.hash
        hashes[row.sequence] = row.hash
    return found


def _intact(chain: str, row: Fetched) -> bool:
    try:
        entry = _entry(row)
    except ValueError:  # the detail is no longer the JSON that was written
        return False
    found = entry_hash(chain, row.sequence, entry, row.previous, row.detail)
    return bool(found == row.hash)


def _check_marks(marks: Iterable[str], reached: Mapping[str, Mapping[int, str]]) -> list[Message]:
    """Entries that are not as some mark has them, each once."""
    marked = {
        (chain, sequence, digest)
        for heads in marks
        for chain, (sequence, digest) in _HEADS.validate_json(heads).items()
    }
    return [
        message("store.audit_mark", chain=chain, sequence=sequence)
        for chain, sequence, digest in sorted(marked)
        if reached.get(chain, {}).get(sequence) != digest
    ]


def _marks() -> Selection:
    return select(schema.audit_mark)


def _grown(connection: Connection, since: datetime | None) -> dict[str, tuple[int, str]]:
    """Heads of the chains that have had an entry since a mark; one too many does no harm."""
    head, entry = schema.audit_chain.c, schema.audit.c
    query = select(head.id, head.sequence, head.hash)
    if since is not None:
        newest = (entry.chain == head.id) & (entry.sequence == head.sequence)
        # An entry bears the time at which its transaction began, and is seen when it has ended.
        query = query.join(schema.audit, newest).where(entry.at > since - _LONGEST_TRANSACTION)
    return {row.id: (row.sequence, row.hash) for row in connection.execute(query)}

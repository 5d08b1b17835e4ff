"""The list, single studies, and a patient's earlier ones."""

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Self

from sqlalchemy import BindParameter, Connection, bindparam, desc, func, select

from farlead.errors import NotFound
from farlead.messages import Message, message
from farlead.model.lives import StudyState
from farlead.model.study import Study
from farlead.model.worklist import Filter, Row, Worklist, order, turns
from farlead.store import schema
from farlead.store.columns import MESSAGE, Fetched
from farlead.store.database import upsert
from farlead.store.deliveries import brought
from farlead.store.figures import FigurePart
from farlead.store.links import linked
from farlead.store.rows import (
    LISTED,
    in_full,
    list_row_of,
    list_rows,
    no_study,
    objects_of,
    rows_of,
    studies,
    study_of,
    whole_studies,
    whole_study,
)

_STUDY = schema.study.c

_SHOWN = (*LISTED, str(StudyState.QUARANTINED))
_QUARANTINED = 100
_WHOLE = timedelta(seconds=60)  # names of units and readers may have changed as well
_ALL = Filter()
_CHANGED = select(_STUDY.id, _STUDY.state).where(
    _STUDY.changed >= bindparam("mark"), _STUDY.changed < bindparam("above")
)
_ASKED: BindParameter[int] = bindparam("study")
_ROW = list_rows().where(_STUDY.id == _ASKED)
_DETAIL = (
    select(schema.screening.c.detail)
    .join(schema.study, _STUDY.screening_id == schema.screening.c.id)
    .where(_STUDY.id == _ASKED)
)
_WHOSE = select(_STUDY.patient_id, _STUDY.arrived).where(_STUDY.id == _ASKED)
_EARLIER = (
    studies()
    .where(
        _STUDY.patient_id.in_(bindparam("patients", expanding=True)),
        _STUDY.id != _ASKED,
        _STUDY.state != StudyState.WITHDRAWN,
        _STUDY.arrived <= bindparam("arrived"),
    )
    .order_by(desc(func.coalesce(_STUDY.acquired, _STUDY.arrived)), desc(_STUDY.id))
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A row in its place, with whom its study is reserved for.

    It stands there until it changes, or until `turns`, when time alone may move it.
    """

    key: tuple[object, ...]
    row: Row
    reserved: int | None
    turns: datetime | None

    @classmethod
    def of(cls, row: Row, reserved: int | None, now: datetime) -> Self:
        key = (row.study.state is StudyState.QUARANTINED, *order(row, now))
        return cls(key, row, reserved, turns(row, now))

    def turned(self, now: datetime) -> Self:
        """The same in the place that it has now."""
        if self.turns is None or now < self.turns:
            return self
        return self.of(self.row, self.reserved, now)


@dataclass(frozen=True, slots=True)
class _Known:
    """The list as it was last read, in its order.

    `mark` is what the next look asks for; `at` is when all of it was last read; the order holds
    until `turn`.
    """

    entries: tuple[_Entry, ...]
    rows: tuple[Row, ...]
    mark: int
    at: datetime
    turn: datetime | None

    @classmethod
    def of(cls, entries: Iterable[_Entry], mark: int, at: datetime) -> Self:
        """Put entries in order, most of which are so already."""
        inorder = tuple(sorted(entries, key=attrgetter("key")))
        turn = min((entry.turns for entry in inorder if entry.turns), default=None)
        return cls(inorder, tuple(entry.row for entry in inorder), mark, at, turn)

    def turned(self, now: datetime) -> bool:
        """Whether time alone may have moved a row."""
        return self.turn is not None and now >= self.turn


class ListPart(FigurePart):
    """Reading: nothing here changes a study."""

    _known: _Known | None = None

    def worklist(self, filter: Filter | None = None, account_id: int | None = None) -> Worklist:  # noqa: A002 - the name that callers know
        """Studies that wait, are held or are checked, in the one order of the list.

        After them the newest of those in quarantine, so that nobody forgets them.
        `account_id` is whose signatures and turnaround are counted, and who "mine" is; None
        counts everybody's. Only rows that changed since the last call are read.
        """
        with self._read() as connection:
            rows = self._rows(connection, filter or Filter(), account_id)
            figures = self._figures(connection, account_id)
            return replace(figures, rows=rows, taken=self.now())

    def rows(self, wanted: Filter, account_id: int | None = None) -> tuple[Row, ...]:
        """As :meth:`worklist`, without the figures beside it."""
        with self._read() as connection:
            return self._rows(connection, wanted, account_id)

    def _rows(
        self, connection: Connection, wanted: Filter, account_id: int | None
    ) -> tuple[Row, ...]:
        known, now = self._current(connection), self.now()
        if wanted == _ALL:
            return _without_older(known.rows)
        found = known.entries
        return _without_older(
            tuple(e.row for e in found if _wanted(e.row, e.reserved, wanted, account_id, now))
        )

    def _current(self, connection: Connection) -> _Known:
        """The rows now, as one value that nobody changes: any thread may look."""
        known, now = self._known, self.now()
        mark, above = self._database.marks(connection)
        if known is None or not timedelta() <= now - known.at < _WHOLE:
            entries = (_Entry.of(*found, now) for found in self._all(connection).values())
            self._known = _Known.of(entries, mark, now)
        else:
            changed = connection.execute(_CHANGED, {"mark": known.mark, "above": above}).all()
            self._known = _brought_on(connection, known, changed, mark, now)
        return self._known

    def _all(self, connection: Connection) -> dict[int, tuple[Row, int | None]]:
        # First which ones, by the index of the states alone: beside all that a row is joined with,
        # a planner whose statistics are old goes over every study instead.
        listed = select(_STUDY.id).where(_STUDY.state.in_(LISTED))
        aside = select(_STUDY.id).where(_STUDY.state == StudyState.QUARANTINED)
        # In the order of the key itself all studies would be read.
        newest = aside.order_by(desc(_STUDY.id + 0)).limit(_QUARANTINED)
        found = (connection.execute(query).scalars().all() for query in (listed, newest))
        return rows_of(connection, [study for some in found for study in some])

    def row(self, study_id: int) -> Row:
        """One row of the list, whatever its state, with its objects and the whole screening.

        Raises
        ------
        NotFound
        """
        with self._read() as connection:
            row = connection.execute(_ROW, {"study": study_id}).one_or_none()
            if row is None:
                raise no_study(study_id)
            found = list_row_of(row, objects_of(connection, [study_id]).get(study_id, ()))
            if found.study.state is StudyState.REPORTED:
                found = replace(found, brought=brought(connection, [study_id]).get(study_id))
            if found.screening is None:
                return found
            detail = connection.execute(_DETAIL, {"study": study_id}).scalar()
            return replace(found, screening=in_full(found.screening, detail))

    def study(self, study_id: int) -> Study:
        """One study with its objects; NotFound."""
        with self._read() as connection:
            return whole_study(connection, study_id)

    def known_studies(self, ids: Collection[int]) -> dict[int, Study]:
        """Those of these studies that there are, with their objects, by id."""
        with self._read() as connection:
            return whole_studies(connection, ids)

    def numbered(self, number: str) -> Study:
        """The study of this number with its objects; NotFound."""
        with self._read() as connection:
            study_id = connection.execute(select(_STUDY.id).where(_STUDY.number == number)).scalar()
            if study_id is None:
                raise NotFound(message("store.no_number", number=number))
            return whole_study(connection, study_id)

    def studies(
        self, states: Iterable[StudyState] = tuple(StudyState), limit: int | None = None
    ) -> list[Study]:
        """Studies in these states with their objects, the newest first."""
        with self._read() as connection:
            rows = connection.execute(
                studies()
                .where(_STUDY.state.in_([str(state) for state in states]))
                .order_by(desc(_STUDY.id))
                .limit(limit)
            ).all()
            objects = objects_of(connection, [row.id for row in rows])
            return [study_of(row, objects.get(row.id, ())) for row in rows]

    def earlier(self, study_id: int) -> list[Study]:
        """Other studies of the same patient that arrived before, the newest first.

        Same patient means same identity; one who is only possibly the same is not included.
        """
        with self._read() as connection:
            this = connection.execute(_WHOSE, {"study": study_id}).one_or_none()
            if this is None:
                raise no_study(study_id)
            if this.patient_id is None:
                return []
            patients = list(linked(connection, [this.patient_id]))
            asked = {"study": study_id, "arrived": this.arrived, "patients": patients}
            rows = connection.execute(_EARLIER, asked).all()
            if not rows:
                return []
            objects = objects_of(connection, [row.id for row in rows])
            return [study_of(row, objects.get(row.id, ())) for row in rows]

    def change_counter(self) -> int:
        """Grows whenever the list may look other than before; cheap to ask."""
        with self._told():
            return self._database.look()

    def wait_for_change(self, seen: int, seconds: float) -> int:
        """The change counter, as soon as it is not `seen` any more or the time is over."""
        end = time.monotonic() + seconds
        while (counter := self.change_counter()) == seen:
            left = end - time.monotonic()
            if left <= 0:
                break
            self._database.await_word(left)
        return counter

    def heartbeat(self, ways: Mapping[str, Message | None]) -> None:
        """These ways in were looked at now; the message says what is wrong with one."""
        now = self.now()
        with self._write(listed=False) as connection:
            for name, trouble in ways.items():
                stored = None if trouble is None else MESSAGE.dump_json(trouble).decode()
                values = {"seen": now, "trouble": stored}
                if trouble is None:
                    values["good"] = now
                connection.execute(
                    upsert(connection, schema.source)
                    .values(name=name, **values)
                    .on_conflict_do_update(index_elements=["name"], set_=values)
                )


def _brought_on(
    connection: Connection, known: _Known, changed: Sequence[Fetched], mark: int, now: datetime
) -> _Known:
    """What was known with what changed since; only what is still on the list is read anew."""
    if not changed and not known.turned(now):
        return replace(known, mark=mark)
    touched = {row.id for row in changed}
    listed = [row.id for row in changed if row.state in _SHOWN]
    kept = [entry.turned(now) for entry in known.entries if entry.row.study.id not in touched]
    kept.extend(_Entry.of(*found, now) for found in rows_of(connection, listed).values())
    return _Known.of(kept, mark, known.at)


def _without_older(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Rows without those in quarantine, which come last, that are older than the newest ones."""
    listed = len(rows)
    while listed and rows[listed - 1].study.state is StudyState.QUARANTINED:
        listed -= 1
    aside = sorted(row.study.id for row in rows[listed:])
    if len(aside) <= _QUARANTINED:
        return rows
    older = set(aside[:-_QUARANTINED])
    return tuple(row for row in rows if row.study.id not in older)


def _wanted(
    row: Row, reserved_by: int | None, wanted: Filter, account_id: int | None, now: datetime
) -> bool:
    if not wanted.passes(row, now):
        return False
    if not wanted.mine or account_id is None:
        return True
    held = row.claim is not None and row.claim.account == account_id
    return held or (row.study.state is StudyState.CHECKED and reserved_by == account_id)

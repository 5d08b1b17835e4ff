"""The list, single studies, and a patient's earlier ones."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import Connection, desc, func, select

from farlead.errors import NotFound
from farlead.messages import Message, message
from farlead.model.lives import StudyState
from farlead.model.study import Study
from farlead.model.worklist import Filter, Row, Worklist, order, turns
from farlead.store import schema
from farlead.store.columns import MESSAGE, Fetched
from farlead.store.database import upsert
from farlead.store.figures import FigurePart
from farlead.store.links import linked
from farlead.store.outbox import brought
from farlead.store.rows import (
    LISTED,
    in_full,
    list_row_of,
    list_rows,
    no_study,
    objects_of,
    objects_where,
    read_rows,
    rows_with,
    studies,
    study_of,
    whole_study,
)

_STUDY = schema.study.c

_SHOWN = (*LISTED, str(StudyState.QUARANTINED))
_QUARANTINED = 100
_WHOLE = timedelta(seconds=60)  # names of units and readers may have changed as well


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row stands, and until when it stands there unless it changes."""

    key: tuple[object, ...]
    until: datetime | None

    @classmethod
    def of(cls, row: Row, now: datetime) -> Self:
        key = (row.study.state is StudyState.QUARANTINED, *order(row, now))
        return cls(key, turns(row, now))


@dataclass(frozen=True, slots=True)
class _Known:
    """Rows of the list as they were last read, in their order, with whom each is reserved for.

    `mark` is what the next look asks for; `at` is when they were last read all; the order holds
    until `turn`.
    """

    rows: Mapping[int, tuple[Row, int | None]]
    places: Mapping[int, _Place]
    order: tuple[int, ...]
    mark: int
    at: datetime
    turn: datetime | None

    @classmethod
    def of(
        cls,
        rows: Mapping[int, tuple[Row, int | None]],
        kept: Mapping[int, _Place],
        mark: int,
        at: datetime,
        now: datetime,
    ) -> Self:
        """Put the rows in order; `kept` are places that still hold."""
        places = {study: kept.get(study) or _Place.of(row, now) for study, (row, _) in rows.items()}
        inorder = tuple(sorted(places, key=lambda study: places[study].key))
        turn = min((place.until for place in places.values() if place.until), default=None)
        return cls(rows, places, inorder, mark, at, turn)

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
        known = self._current(connection)
        found, now = (known.rows[study] for study in known.order), self.now()
        shown = [row for row, reserved in found if _wanted(row, reserved, wanted, account_id, now)]
        aside = [row.study.id for row in shown if row.study.state is StudyState.QUARANTINED]
        older = set(sorted(aside)[:-_QUARANTINED])
        return tuple(row for row in shown if row.study.id not in older)

    def _current(self, connection: Connection) -> _Known:
        """The rows now, as one value that nobody changes: any thread may look."""
        known, now = self._known, self.now()
        mark, above = self._database.marks(connection)
        if known is None or not timedelta() <= now - known.at < _WHOLE:
            self._known = _Known.of(self._all(connection), {}, mark, now, now)
        else:
            changed = connection.execute(
                list_rows().where(_STUDY.changed >= known.mark, _STUDY.changed < above)
            ).all()
            self._known = _brought_on(connection, known, changed, mark, now)
        return self._known

    def _all(self, connection: Connection) -> dict[int, tuple[Row, int | None]]:
        listed = _STUDY.state.in_(LISTED)
        newest = desc(_STUDY.id)
        aside = list_rows().where(_STUDY.state == StudyState.QUARANTINED).order_by(newest)
        set_aside = connection.execute(aside.limit(_QUARANTINED)).all()
        objects = objects_where(connection, listed)
        return {
            **rows_with(connection.execute(list_rows().where(listed)), objects),
            **read_rows(connection, set_aside),
        }

    def row(self, study_id: int) -> Row:
        """One row of the list, whatever its state, with its objects and the whole screening.

        Raises
        ------
        NotFound
        """
        with self._read() as connection:
            row = connection.execute(list_rows().where(_STUDY.id == study_id)).one_or_none()
            if row is None:
                raise no_study(study_id)
            found = list_row_of(row, objects_of(connection, [study_id]).get(study_id, ()))
            if found.study.state is StudyState.REPORTED:
                found = replace(found, brought=brought(connection, [study_id]).get(study_id))
            if found.screening is None:
                return found
            detail = connection.execute(
                select(schema.screening.c.detail)
                .join(schema.study, _STUDY.screening_id == schema.screening.c.id)
                .where(_STUDY.id == study_id)
            ).scalar()
            return replace(found, screening=in_full(found.screening, detail))

    def study(self, study_id: int) -> Study:
        """One study with its objects; NotFound."""
        with self._read() as connection:
            return whole_study(connection, study_id)

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
            this = whole_study(connection, study_id)
            if this.patient_id is None:
                return []
            rows = connection.execute(
                studies()
                .where(
                    _STUDY.patient_id.in_(linked(connection, [this.patient_id])),
                    _STUDY.id != study_id,
                    _STUDY.state != StudyState.WITHDRAWN,
                    _STUDY.arrived <= this.arrived,
                )
                .order_by(desc(func.coalesce(_STUDY.acquired, _STUDY.arrived)), desc(_STUDY.id))
            ).all()
            objects = objects_of(connection, [row.id for row in rows])
            return [study_of(row, objects.get(row.id, ())) for row in rows]

    def change_counter(self) -> int:
        """Grows whenever the list may look other than before; cheap to ask."""
        with self._read() as connection:
            return self._database.counter(connection)

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
    """What was known with what changed since; most of it is still in its place."""
    if not changed and not known.turned(now):
        return replace(known, mark=mark)
    fresh = read_rows(connection, [row for row in changed if row.state in _SHOWN])
    touched = {row.id for row in changed}
    rows = {study: row for study, row in known.rows.items() if study not in touched} | fresh
    kept: Mapping[int, _Place] = {}
    if not known.turned(now):
        kept = {study: place for study, place in known.places.items() if study not in touched}
    return _Known.of(rows, kept, mark, known.at, now)


def _wanted(
    row: Row, reserved_by: int | None, wanted: Filter, account_id: int | None, now: datetime
) -> bool:
    if not wanted.passes(row, now):
        return False
    if not wanted.mine or account_id is None:
        return True
    held = row.claim is not None and row.claim.account == account_id
    return held or (row.study.state is StudyState.CHECKED and reserved_by == account_id)

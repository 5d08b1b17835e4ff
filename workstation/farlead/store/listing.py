"""The list, single studies, and a patient's earlier ones."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection, desc, func, select

from farlead.errors import NotFound
from farlead.messages import Message, message
from farlead.model.lives import DeliveryState, StudyState
from farlead.model.study import Study
from farlead.model.worklist import Filter, Row, Source, Worklist, order
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import MESSAGE
from farlead.store.database import upsert
from farlead.store.links import linked
from farlead.store.rows import (
    LISTED,
    in_full,
    list_row_of,
    list_rows,
    message_of,
    no_study,
    objects_of,
    read_rows,
    studies,
    study_of,
    whole_study,
)
from farlead.store.versions import signed_between

_STUDY = schema.study.c
_DELIVERY = schema.delivery.c

_SHOWN = (*LISTED, str(StudyState.QUARANTINED))
_QUARANTINED = 100
_WHOLE = timedelta(seconds=60)  # names of units and readers may have changed as well


@dataclass(frozen=True, slots=True)
class _Known:
    """Rows of the list as they were last read, with whom each is reserved for.

    `mark` is what the next look asks for; `at` is when they were last read all.
    """

    rows: Mapping[int, tuple[Row, int | None]]
    mark: int
    at: datetime


class ListPart(Base):
    """Reading: nothing here changes a study."""

    _known: _Known | None = None

    def worklist(self, filter: Filter | None = None, account_id: int | None = None) -> Worklist:  # noqa: A002 - the name that callers know
        """Studies that wait, are held or are checked, in the one order of the list.

        After them the newest of those in quarantine, so that nobody forgets them.
        `account_id` is whose signatures and turnaround are counted, and who "mine" is; None
        counts everybody's. Only rows that changed since the last call are read.
        """
        now = self.now()
        with self._read() as connection:
            rows = self._rows(connection, filter or Filter(), account_id)
            start, stop = _day(now)
            return Worklist(
                rows=tuple(sorted(rows, key=lambda row: _place(row, now))),
                taken=now,
                sources=_sources(connection),
                signed_today=signed_between(connection, start, stop, account_id),
                median_turnaround=_turnaround(connection, start, stop, account_id),
                deliveries_waiting=_deliveries(connection, DeliveryState.DUE, DeliveryState.SENT),
                deliveries_parked=_deliveries(connection, DeliveryState.PARKED),
                quarantined=_quarantined(connection),
            )

    def _rows(self, connection: Connection, wanted: Filter, account_id: int | None) -> list[Row]:
        found = self._current(connection).rows.values()
        shown = [row for row, reserved in found if _wanted(row, reserved, wanted, account_id)]
        aside = [row for row in shown if row.study.state is StudyState.QUARANTINED]
        newest = sorted(aside, key=lambda row: row.study.id)[-_QUARANTINED:]
        return [r for r in shown if r.study.state is not StudyState.QUARANTINED] + newest

    def _current(self, connection: Connection) -> _Known:
        """The rows now, as one value that nobody changes: any thread may look."""
        known, now = self._known, self.now()
        mark, above = self._database.marks(connection)
        if known is None or not timedelta() <= now - known.at < _WHOLE:
            rows, at = self._all(connection), now
        else:
            changed = connection.execute(
                list_rows().where(_STUDY.changed >= known.mark, _STUDY.changed < above)
            ).all()
            rows, at = {**known.rows}, known.at
            for gone in [row.id for row in changed if row.state not in _SHOWN]:
                rows.pop(gone, None)
            rows |= read_rows(connection, [row for row in changed if row.state in _SHOWN])
        self._known = _Known(rows, mark, at)
        return self._known

    def _all(self, connection: Connection) -> dict[int, tuple[Row, int | None]]:
        aside = list_rows().where(_STUDY.state == StudyState.QUARANTINED)
        found = [
            *connection.execute(list_rows().where(_STUDY.state.in_(LISTED))),
            *connection.execute(aside.order_by(desc(_STUDY.id)).limit(_QUARANTINED)),
        ]
        return read_rows(connection, found)

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

    def sources(self) -> tuple[Source, ...]:
        """The ways in, by name."""
        with self._read() as connection:
            return _sources(connection)

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


def _place(row: Row, now: datetime) -> tuple[object, ...]:
    return (row.study.state is StudyState.QUARANTINED, *order(row, now))


def _wanted(row: Row, reserved_by: int | None, wanted: Filter, account_id: int | None) -> bool:
    if wanted.unit not in (None, row.study.unit.code) or wanted.kind not in (None, row.study.kind):
        return False
    if not wanted.mine or account_id is None:
        return True
    held = row.claim is not None and row.claim.account == account_id
    return held or (row.study.state is StudyState.CHECKED and reserved_by == account_id)


def _day(now: datetime) -> tuple[datetime, datetime]:
    """Start and end of today, by the calendar of the place where the program runs."""
    start = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def _sources(connection: Connection) -> tuple[Source, ...]:
    rows = connection.execute(select(schema.source).order_by(schema.source.c.name))
    return tuple(Source(row.name, row.seen, message_of(row.trouble), row.good) for row in rows)


def _deliveries(connection: Connection, *states: DeliveryState) -> int:
    return int(
        connection.execute(
            select(func.count()).where(_DELIVERY.state.in_([str(state) for state in states]))
        ).scalar_one()
    )


def _quarantined(connection: Connection) -> int:
    return int(
        connection.execute(
            select(func.count()).where(_STUDY.state == StudyState.QUARANTINED)
        ).scalar_one()
    )


def _turnaround(
    connection: Connection, start: datetime, stop: datetime, account_id: int | None
) -> timedelta | None:
    """Median from arrival to the last confirmed destination, over reports delivered today."""
    report = schema.report.c
    today = select(_DELIVERY.report_id).where(
        _DELIVERY.confirmed >= start, _DELIVERY.confirmed < stop
    )
    query = (
        select(_DELIVERY.report_id, _STUDY.arrived, _DELIVERY.confirmed)
        .join(schema.study, _STUDY.id == _DELIVERY.study_id)
        .join(schema.report, report.id == _DELIVERY.report_id)
        .where(_DELIVERY.report_id.in_(today))
    )
    if account_id is not None:
        query = query.where(report.signer_id == account_id)
    took: dict[int, list[timedelta | None]] = defaultdict(list)
    for row in connection.execute(query):
        took[row.report_id].append(row.confirmed - row.arrived if row.confirmed else None)
    whole = [max(t for t in times if t) for times in took.values() if None not in times]
    return timedelta(seconds=median(t.total_seconds() for t in whole)) if whole else None

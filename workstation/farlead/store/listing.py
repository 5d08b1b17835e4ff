"""The list, single studies, and a patient's earlier ones."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection, desc, func, select

from farlead.errors import NotFound
from farlead.messages import Message, message
from farlead.model.lives import DeliveryState, StudyState
from farlead.model.study import StoredObject, Study
from farlead.model.worklist import Filter, Row, Source, Worklist, order
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import MESSAGE, Selection
from farlead.store.database import upsert
from farlead.store.rows import (
    in_full,
    list_row_of,
    list_rows,
    message_of,
    mine,
    no_study,
    object_counts,
    objects_of,
    studies,
    study_of,
    whole_study,
)
from farlead.store.versions import signed_between

_STUDY = schema.study.c
_DELIVERY = schema.delivery.c

_LISTED = (StudyState.WAITING, StudyState.CLAIMED, StudyState.CHECKED)
_QUARANTINED = 100
_MOST_KNOWN = 5000


class ListPart(Base):
    """Reading: nothing here changes a study."""

    def worklist(self, filter: Filter | None = None, account_id: int | None = None) -> Worklist:  # noqa: A002 - the name that callers know
        """Studies that wait, are held or are checked, in the one order of the list.

        After them the newest of those in quarantine, so that nobody forgets them.
        `account_id` is whose signatures and turnaround are counted, and who "mine" is; None
        counts everybody's.
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
        listed = _narrowed(wanted, account_id)
        aside = listed.where(_STUDY.state == StudyState.QUARANTINED)
        found = [
            *connection.execute(listed.where(_STUDY.state.in_([str(state) for state in _LISTED]))),
            *connection.execute(aside.order_by(desc(_STUDY.id)).limit(_QUARANTINED)),
        ]
        objects = self._objects(connection, [row.id for row in found])
        # Most rows look as they did a second ago: comparing is ten times cheaper than decoding.
        known = dict(self._known_rows) if len(self._known_rows) < _MOST_KNOWN else {}
        rows: list[Row] = []
        for row in found:
            seen = (tuple(row), objects[row.id])
            if row.id not in known or known[row.id][0] != seen:
                known[row.id] = (seen, list_row_of(row, objects[row.id]))
            rows.append(known[row.id][1])
        self._known_rows = known
        return rows

    def _objects(
        self, connection: Connection, ids: list[int]
    ) -> Mapping[int, tuple[StoredObject, ...]]:
        """Objects by study; they never change, so only those of studies that grew are read."""
        counts = object_counts(connection, ids)
        known = dict(self._known_objects) if len(self._known_objects) < _MOST_KNOWN else {}
        grown = [study for study in ids if len(known.get(study, ())) != counts.get(study, 0)]
        known.update(objects_of(connection, grown))
        self._known_objects = known
        return {study: known.get(study, ()) for study in ids}

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
                    _STUDY.patient_id == this.patient_id,
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
            return int(connection.execute(select(schema.change.c.counter)).scalar_one())

    def heartbeat(self, ways: Mapping[str, Message | None]) -> None:
        """These ways in were looked at now; the message says what is wrong with one."""
        now = self.now()
        with self._write(listed=False) as connection:
            for name, trouble in ways.items():
                stored = None if trouble is None else MESSAGE.dump_json(trouble).decode()
                values = {"seen": now, "trouble": stored}
                connection.execute(
                    upsert(connection, schema.source)
                    .values(name=name, **values)
                    .on_conflict_do_update(index_elements=["name"], set_=values)
                )


def _place(row: Row, now: datetime) -> tuple[object, ...]:
    return (row.study.state is StudyState.QUARANTINED, *order(row, now))


def _narrowed(wanted: Filter, account_id: int | None) -> Selection:
    query = list_rows()
    if wanted.unit is not None:
        query = query.where(_STUDY.unit_code == wanted.unit)
    if wanted.kind is not None:
        query = query.where(_STUDY.kind == str(wanted.kind))
    if wanted.mine and account_id is not None:
        query = query.where(mine(account_id))
    return query


def _day(now: datetime) -> tuple[datetime, datetime]:
    """Start and end of today, by the calendar of the place where the program runs."""
    start = now.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def _sources(connection: Connection) -> tuple[Source, ...]:
    rows = connection.execute(select(schema.source).order_by(schema.source.c.name))
    return tuple(Source(row.name, row.seen, message_of(row.trouble)) for row in rows)


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

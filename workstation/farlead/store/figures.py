"""The figures beside the list: what was signed, what is under way, where studies come from.

They are read anew after every act of this program, and else at most once a second: a change of one
row on one of fifty stations is no reason for all of them to count everything again.
"""

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from types import MappingProxyType

from sqlalchemy import Connection, func, literal_column, select

from farlead.model.lives import DeliveryState, StudyState
from farlead.model.worklist import Source, Worklist
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.days import bounds
from farlead.store.rows import message_of

_STUDY = schema.study.c
_DELIVERY = schema.delivery.c
_REPORT = schema.report.c

#: As the index of the few open ones says it, word by word: else every delivery ever made is read.
OPEN_DELIVERY = _DELIVERY.state != literal_column(f"'{DeliveryState.CONFIRMED}'")

#: Figures may be this old, by the store's clock and by the station's.
_FRESH = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Read:
    """Figures of one account, and when they were read: by both clocks, after which own act."""

    figures: Worklist
    at: float
    acts: int


class FigurePart(Base):
    """What stands beside the list."""

    _figures_read: Mapping[int | None, _Read] = MappingProxyType({})

    def sources(self) -> tuple[Source, ...]:
        """The ways in, by name."""
        with self._read() as connection:
            return _sources(connection)

    def _figures(self, connection: Connection, account_id: int | None) -> Worklist:
        """A list without rows."""
        now, at, acts = self.now(), time.monotonic(), self._acts
        known = self._figures_read.get(account_id)
        if (
            known is not None
            and known.acts == acts
            and timedelta() <= now - known.figures.taken < _FRESH
            and at - known.at < _FRESH.total_seconds()
        ):
            return known.figures
        figures = _figures(connection, account_id, now)
        self._figures_read = {**self._figures_read, account_id: _Read(figures, at, acts)}
        return figures


def _figures(connection: Connection, account_id: int | None, now: datetime) -> Worklist:
    start, stop = bounds(now.astimezone().date())
    signed, under_way, sent, parked, quarantined = _counts(connection, start, stop, account_id)
    return Worklist(
        rows=(),
        taken=now,
        sources=_sources(connection),
        signed_today=signed,
        median_turnaround=_turnaround(connection, start, stop, account_id),
        deliveries_waiting=under_way,
        deliveries_sent=sent,
        deliveries_parked=parked,
        quarantined=quarantined,
    )


def _sources(connection: Connection) -> tuple[Source, ...]:
    rows = connection.execute(select(schema.source).order_by(schema.source.c.name))
    return tuple(Source(row.name, row.seen, message_of(row.trouble), row.good) for row in rows)


def _counts(
    connection: Connection, start: datetime, stop: datetime, account_id: int | None
) -> tuple[int, int, int, int, int]:
    """Signatures in a time; deliveries under way, sent, parked; and studies in quarantine."""
    signed = select(func.count()).where(_REPORT.signed >= start, _REPORT.signed < stop)
    if account_id is not None:
        signed = signed.where(_REPORT.signer_id == account_id)
    under_way = _DELIVERY.state.in_((str(DeliveryState.DUE), str(DeliveryState.SENT)))
    every = (
        signed,
        select(func.count()).where(OPEN_DELIVERY, under_way),
        select(func.count()).where(OPEN_DELIVERY, _DELIVERY.state == DeliveryState.SENT),
        select(func.count()).where(OPEN_DELIVERY, _DELIVERY.state == DeliveryState.PARKED),
        select(func.count()).where(_STUDY.state == StudyState.QUARANTINED),
    )
    row = connection.execute(select(*(each.scalar_subquery() for each in every))).one()
    return int(row[0]), int(row[1]), int(row[2]), int(row[3]), int(row[4])


def _turnaround(
    connection: Connection, start: datetime, stop: datetime, account_id: int | None
) -> timedelta | None:
    """Median from arrival to the last confirmed destination, over reports delivered today."""
    today = select(_DELIVERY.report_id).where(
        _DELIVERY.confirmed >= start, _DELIVERY.confirmed < stop
    )
    query = (
        select(_DELIVERY.report_id, _STUDY.arrived, _DELIVERY.confirmed)
        .join(schema.study, _STUDY.id == _DELIVERY.study_id)
        .join(schema.report, _REPORT.id == _DELIVERY.report_id)
        .where(_DELIVERY.report_id.in_(today), _DELIVERY.state != DeliveryState.DROPPED)
    )
    if account_id is not None:
        query = query.where(_REPORT.signer_id == account_id)
    took: dict[int, list[timedelta | None]] = defaultdict(list)
    for row in connection.execute(query):
        took[row.report_id].append(row.confirmed - row.arrived if row.confirmed else None)
    whole = [max(t for t in times if t) for times in took.values() if None not in times]
    return timedelta(seconds=median(t.total_seconds() for t in whole)) if whole else None

"""The wall's figures: each read by an index, so that years of studies cost nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, union

from farlead.messages import Message
from farlead.model.lives import DeliveryState, ReportState, StudyState
from farlead.model.numbers import REPORT_PROMISES, Promise, promise_of
from farlead.model.study import Severity
from farlead.model.wall import EndedCase, Hours, OpenCase, UnitLine, Waiting, Wall
from farlead.model.worklist import Row, severity
from farlead.store import schema
from farlead.store.checks import CheckPart
from farlead.store.columns import MESSAGE
from farlead.store.days import DayPart, bounds
from farlead.store.figures import OPEN_DELIVERY
from farlead.store.listing import ListPart
from farlead.store.rows import message_of
from farlead.store.values import Balance

_STUDY, _REPORT, _DELIVERY = schema.study.c, schema.report.c, schema.delivery.c
_CASE, _CLAIM, _UNIT = schema.critical_case.c, schema.claim.c, schema.unit.c

#: Who signed within this time is at work.
_AT_WORK = timedelta(minutes=15)
#: The balance goes over every study and is counted so often.
_BALANCE_AGE = timedelta(seconds=30)

#: Seconds of today by promise: what is shown as median and p90.
Times = Mapping[Promise, Sequence[int]]


class WallPart(ListPart, DayPart, CheckPart):
    """Everything that the wall shows, at one moment."""

    _balance: Balance | None = None

    def wall(self) -> tuple[Wall, Times]:
        """The wall without what is made of many days, and today's times by promise."""
        now = self.now()
        start, stop = bounds(now.astimezone().date())
        balance = self._balanced(now)
        with self._read() as connection:
            rows = list(self._current(connection).rows)
            signed = _signed(connection, start, stop)
            cases = _open_cases(connection, rows, now)
            open_deliveries = _deliveries(connection)
            states = Counter[str]()
            for (_, state), number in open_deliveries.items():
                states[state] += number
            wall = Wall(
                taken=now,
                waiting=_waiting(rows, now),
                cases=cases,
                ended=_ended_cases(connection, start, stop),
                hours=Hours(
                    _hours(_arrived(connection, start, stop)), _hours(s for s, _ in signed)
                ),
                usual=None,
                turnaround=(),
                units=_units(connection, rows, open_deliveries),
                stations=_stations(connection, now),
                readers=_readers(connection, now),
                deliveries=states[DeliveryState.DUE] + states[DeliveryState.SENT],
                parked=states[DeliveryState.PARKED],
                difference=balance.arrived - sum(balance.states.values()),
                counted=balance.taken,
            )
            return wall, _times(connection, signed, start, stop)

    def _balanced(self, now: datetime) -> Balance:
        known = self._balance
        if known is None or not timedelta() <= now - known.taken < _BALANCE_AGE:
            known = self._balance = self.balance()
        return known


def _waiting(rows: Sequence[Row], now: datetime) -> tuple[Waiting, ...]:
    """Critical, urgent and all others that nobody has in hand."""
    found: dict[Severity, list[datetime]] = {}
    for row in rows:
        if row.study.state is StudyState.WAITING:
            rank = severity(row, now)
            rank = rank if rank >= Severity.URGENT else Severity.NORMAL
            found.setdefault(rank, []).append(row.study.arrived)
    ranks = (Severity.CRITICAL, Severity.URGENT, Severity.NORMAL)
    return tuple(
        Waiting(rank, len(found.get(rank, ())), min(found.get(rank, ()), default=None))
        for rank in ranks
    )


def _arrived(connection: Connection, start: datetime, stop: datetime) -> list[datetime]:
    rows = connection.execute(
        select(_STUDY.arrived).where(_STUDY.arrived >= start, _STUDY.arrived < stop)
    )
    return list(rows.scalars())


def _signed(
    connection: Connection, start: datetime, stop: datetime
) -> list[tuple[datetime, tuple[str, int, datetime]]]:
    rows = connection.execute(
        select(_REPORT.signed, _STUDY.kind, _STUDY.priority, _STUDY.arrived)
        .join(schema.study, _STUDY.id == _REPORT.study_id)
        .where(
            _REPORT.signed >= start, _REPORT.signed < stop, _REPORT.supersedes.is_(None),
            _REPORT.state != ReportState.DRAFT,
        )
    )  # fmt: skip
    return [(r.signed, (r.kind, r.priority, r.arrived)) for r in rows]


def _hours(times: Iterable[datetime]) -> tuple[int, ...]:
    counted = Counter(at.astimezone().hour for at in times)
    return tuple(counted[hour] for hour in range(24))


def _times(
    connection: Connection,
    signed: Sequence[tuple[datetime, tuple[str, int, datetime]]],
    start: datetime,
    stop: datetime,
) -> Times:
    found: dict[Promise, list[int]] = {promise: [] for promise in Promise}
    for at, (kind, priority, arrived) in signed:
        promise = REPORT_PROMISES[promise_of(kind, priority)]
        found[promise].append(round((at - arrived).total_seconds()))
    opened = connection.execute(
        select(_CASE.since, _CASE.seen).where(_CASE.seen >= start, _CASE.seen < stop)
    )
    found[Promise.CRITICAL_FIRST_LOOK] += [
        round((row.seen - row.since).total_seconds()) for row in opened
    ]
    return found


def _open_cases(connection: Connection, rows: Sequence[Row], now: datetime) -> tuple[OpenCase, ...]:
    """Open cases, and critical studies that nobody has opened yet; the longest running first."""
    calls = (
        select(func.count())
        .where(schema.critical_call.c.case_id == _CASE.id)
        .scalar_subquery()
        .label("calls")
    )
    finding = (
        select(schema.critical_finding.c.finding)
        .where(schema.critical_finding.c.case_id == _CASE.id)
        .order_by(schema.critical_finding.c.id)
        .limit(1)
        .scalar_subquery()
        .label("finding")
    )
    reader = schema.account.c.name.label("reader")
    open_ = connection.execute(
        select(_CASE.study_id, _CASE.since, _UNIT.name, reader, calls, finding)
        .join(schema.study, _STUDY.id == _CASE.study_id)
        .join(schema.unit, _UNIT.code == _STUDY.unit_code)
        .join(
            schema.account,
            schema.account.c.id == func.coalesce(_CASE.opened_by, _CASE.seen_by),
            isouter=True,
        )
        .where(_CASE.closed.is_(None))
    ).all()
    raised = {row.study.id: _gravest(row) for row in rows}
    found = [
        OpenCase(
            r.study_id, r.name, message_of(r.finding) or raised.get(r.study_id), r.since,
            r.reader or "", r.calls,
        )
        for r in open_
    ]  # fmt: skip
    known = {case.study for case in found}
    found += [
        OpenCase(row.study.id, row.study.unit.name, raised[row.study.id], row.study.arrived)
        for row in rows
        if row.study.state is StudyState.WAITING
        and row.study.id not in known
        and severity(row, now) is Severity.CRITICAL
    ]
    return tuple(sorted(found, key=lambda case: case.since))


def _gravest(row: Row) -> Message | None:
    flag = row.screening.gravest if row.screening is not None else None
    return flag.text if flag is not None else None


def _ended_cases(connection: Connection, start: datetime, stop: datetime) -> tuple[EndedCase, ...]:
    rows = connection.execute(
        select(_UNIT.name, _CASE.since, _CASE.closed)
        .join(schema.study, _STUDY.id == _CASE.study_id)
        .join(schema.unit, _UNIT.code == _STUDY.unit_code)
        .where(_CASE.closed >= start, _CASE.closed < stop)
        .order_by(_CASE.closed.desc())
    )
    return tuple(EndedCase(row.name, row.since, row.closed) for row in rows)


def _deliveries(connection: Connection) -> dict[tuple[str, str], int]:
    """Deliveries that are not confirmed, by unit and state: the index of open ones has them."""
    rows = connection.execute(
        select(_STUDY.unit_code, _DELIVERY.state, func.count())
        .join(schema.study, _STUDY.id == _DELIVERY.study_id)
        .where(OPEN_DELIVERY)
        .group_by(_STUDY.unit_code, _DELIVERY.state)
    )
    return {(unit, state): int(number) for unit, state, number in rows}


def _units(
    connection: Connection, rows: Sequence[Row], deliveries: Mapping[tuple[str, str], int]
) -> tuple[UnitLine, ...]:
    """All units; each one's last study is found by one look into the index."""
    last = (
        select(func.max(_STUDY.arrived))
        .where(_STUDY.unit_code == _UNIT.code)
        .scalar_subquery()
        .label("last")
    )
    source = schema.source.c
    waiting = Counter(row.study.unit.code for row in rows if row.study.state is StudyState.WAITING)
    found = connection.execute(
        select(_UNIT.code, _UNIT.name, last, source.seen, source.trouble).join(
            schema.source, source.name == _UNIT.name, isouter=True
        )
    )
    under_way = (DeliveryState.DUE, DeliveryState.SENT)
    return tuple(
        UnitLine(
            name=row.name,
            arrived=row.last,
            waiting=waiting[row.code],
            deliveries=sum(deliveries.get((row.code, state), 0) for state in under_way),
            parked=deliveries.get((row.code, DeliveryState.PARKED), 0),
            seen=row.seen,
            trouble=None if row.trouble is None else MESSAGE.validate_json(row.trouble),
        )
        for row in found
    )


def _stations(connection: Connection, now: datetime) -> int:
    found = select(func.count(_CLAIM.station.distinct())).where(_CLAIM.until > now)
    return int(connection.execute(found).scalar_one())


def _readers(connection: Connection, now: datetime) -> int:
    at_work = union(
        select(_CLAIM.account_id).where(_CLAIM.until > now),
        select(_REPORT.signer_id).where(_REPORT.signed > now - _AT_WORK),
    ).subquery()
    return int(connection.execute(select(func.count()).select_from(at_work)).scalar_one())

"""Days in columns: counted from the tables by their indexes, and kept once they are over.

The calendar is that of the place where the program runs. A finished day is written down by the
services; whoever only reads counts a day that is not there for himself.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, FromClause, func, select

from farlead.model.lives import CaseState
from farlead.model.numbers import FORM, Day, promise_of
from farlead.model.report import Decision
from farlead.model.review import Outcome
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import DRAFT, Fetched
from farlead.store.database import upsert

_STUDY, _REPORT = schema.study.c, schema.report.c
_DAY = schema.day_figures.c
_KEPT = TypeAdapter(Day)

#: A day is written down so long after its end: what was under way then has been committed.
_SETTLED = timedelta(minutes=10)
#: Days that are looked for to be written down.
_YEARS = 366 * 2


class DayPart(Base):
    """Counting days and keeping them."""

    def days(self, first: date, last: date) -> dict[date, Day]:
        """Every day from `first` to `last`, both included, that has begun."""
        last = min(last, self.now().astimezone().date())
        with self._read() as connection:
            found = dict(_kept(connection, first, last))
            known = _oldest(connection)
            for day in _between(max(first, known) if known else last, last):
                if day not in found:
                    found[day] = counted(connection, day)
        return found

    def hours_of(self, first: date, last: date) -> list[tuple[int, ...]]:
        """The hour of each arrival, day by day from `first` to `last`, of days that had any.

        Less than :meth:`days`, because the wall asks for a month of it at its first look.
        """
        with self._read() as connection:
            found = dict(_kept_hours(connection, first, last))
            known = _oldest(connection)
            for day in _between(max(first, known) if known else last, last):
                if day not in found:
                    arrived = _arrivals(connection, *bounds(day))
                    found[day] = tuple(at.astimezone().hour for _, at in arrived)
        return [hours for hours in found.values() if hours]

    def keep_days(self, most: int = 7) -> int:
        """Write down finished days that are not, the latest first; how many were."""
        now = self.now()
        last = (now - _SETTLED).astimezone().date() - timedelta(days=1)
        first = last - timedelta(days=_YEARS)
        with self._read() as connection:
            known = _oldest(connection)
            if known is None:
                return 0
            there = _places(connection, first, last)
            lacking = [day for day in _between(max(first, known), last) if day not in there]
            made = {day: counted(connection, day) for day in lacking[::-1][:most]}
        for day, figures in made.items():
            start, stop = bounds(day)
            values = {
                "start": start,
                "stop": stop,
                "form": FORM,
                "content": _KEPT.dump_json(figures).decode(),
            }
            with self._write(listed=False) as connection:
                connection.execute(
                    upsert(connection, schema.day_figures)
                    .values(day=day.isoformat(), **values)
                    .on_conflict_do_update(index_elements=["day"], set_=values)
                )
        return len(made)


def bounds(day: date) -> tuple[datetime, datetime]:
    """First moment of a day here, and of the next one."""
    start = datetime(day.year, day.month, day.day).astimezone()
    after = day + timedelta(days=1)
    return start, datetime(after.year, after.month, after.day).astimezone()


def _between(first: date, last: date) -> Iterator[date]:
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


def _oldest(connection: Connection) -> date | None:
    found = connection.execute(select(func.min(_STUDY.arrived))).scalar()
    return found.astimezone().date() if found is not None else None


def _usable(day: str, start: datetime, form: int) -> bool:
    """Whether a kept day is of this form and of the calendar of this place."""
    return form == FORM and start == bounds(date.fromisoformat(day))[0]


def _places(connection: Connection, first: date, last: date) -> set[date]:
    rows = connection.execute(
        select(_DAY.day, _DAY.start, _DAY.form).where(
            _DAY.day >= first.isoformat(), _DAY.day <= last.isoformat()
        )
    )
    return {date.fromisoformat(r.day) for r in rows if _usable(r.day, r.start, r.form)}


def _kept(connection: Connection, first: date, last: date) -> Iterator[tuple[date, Day]]:
    rows = connection.execute(
        select(_DAY.day, _DAY.start, _DAY.form, _DAY.content).where(
            _DAY.day >= first.isoformat(), _DAY.day <= last.isoformat()
        )
    )
    for row in rows:
        if _usable(row.day, row.start, row.form):
            yield date.fromisoformat(row.day), _KEPT.validate_json(row.content)


def _kept_hours(
    connection: Connection, first: date, last: date
) -> Iterator[tuple[date, tuple[int, ...]]]:
    for day, start, form, content in connection.execute(
        select(_DAY.day, _DAY.start, _DAY.form, _DAY.content).where(
            _DAY.day >= first.isoformat(), _DAY.day <= last.isoformat()
        )
    ):
        if _usable(day, start, form):
            yield date.fromisoformat(day), tuple(json.loads(content)["arrived_hour"])


class _Names:
    """Names numbered in the order in which they come."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, name: str) -> int:
        return self.places.setdefault(name, len(self.places))


def counted(connection: Connection, day: date) -> Day:
    """A day from the tables; its rows are found by the indexes of their times."""
    start, stop = bounds(day)
    units, readers = _Names(), _Names()
    arrived = _arrivals(connection, start, stop)
    reports = _reports(connection, start, stop)
    accepted, rejected = _decisions(row.draft for row in reports)
    retakes = [units.place(name) for name in _retakes(connection, start, stop)]
    return Day(
        arrived_unit=tuple(units.place(name) for name, _ in arrived),
        arrived_hour=tuple(at.astimezone().hour for _, at in arrived),
        unit=tuple(units.place(row.unit) for row in reports),
        reader=tuple(readers.place(row.reader) for row in reports),
        promise=tuple(promise_of(row.kind, row.priority) for row in reports),
        hour=tuple(row.signed.astimezone().hour for row in reports),
        seconds=tuple(_seconds(row.arrived, row.signed) for row in reports),
        retakes=tuple(retakes),
        opened=tuple(_opened(connection, start, stop)),
        told=tuple(_told(connection, start, stop)),
        endings=_endings(connection, start, stop),
        accepted=accepted,
        rejected=rejected,
        reviewed=_reviews(connection, start, stop),
        units=tuple(units.places),
        readers=tuple(readers.places),
    )


def _arrivals(
    connection: Connection, start: datetime, stop: datetime
) -> list[tuple[str, datetime]]:
    rows = connection.execute(
        select(_STUDY.unit_code, _STUDY.arrived).where(
            _STUDY.arrived >= start, _STUDY.arrived < stop
        )
    )
    return [(row.unit_code, row.arrived) for row in rows]


def _reports(connection: Connection, start: datetime, stop: datetime) -> Sequence[Fetched]:
    """First signatures of the time; amendments are no new reports.

    A report that is sent back loses its signature; the review that was asked for with it stays.
    """
    before = schema.review.alias()
    back = select(before.c.id).where(before.c.report_id == _REPORT.id, _is_back(before))
    kept = connection.execute(
        select(
            _STUDY.unit_code.label("unit"), schema.account.c.login.label("reader"), _STUDY.kind,
            _STUDY.priority, _STUDY.arrived, _REPORT.signed, _REPORT.draft,
        )
        .join(schema.study, _STUDY.id == _REPORT.study_id)
        .join(schema.account, schema.account.c.id == _REPORT.signer_id)
        .where(
            _REPORT.signed >= start, _REPORT.signed < stop, _REPORT.supersedes.is_(None),
            ~back.exists(),
        )
    ).all()  # fmt: skip
    return [*kept, *_sent_back(connection, start, stop)]


def _sent_back(connection: Connection, start: datetime, stop: datetime) -> Sequence[Fetched]:
    """Reports whose first signature, in this time, was sent back; with what is written now."""
    review, before = schema.review.c, schema.review.alias()
    earlier = select(before.c.id).where(
        before.c.report_id == review.report_id, before.c.id < review.id, _is_back(before)
    )
    return connection.execute(
        select(
            _STUDY.unit_code.label("unit"), schema.account.c.login.label("reader"), _STUDY.kind,
            _STUDY.priority, _STUDY.arrived, review.asked.label("signed"), _REPORT.draft,
        )
        .join(schema.report, _REPORT.id == review.report_id)
        .join(schema.study, _STUDY.id == review.study_id)
        .join(schema.account, schema.account.c.id == _REPORT.author_id)
        .where(
            review.asked >= start, review.asked < stop, review.outcome == Outcome.SENT_BACK,
            _REPORT.supersedes.is_(None), ~earlier.exists(),
        )
    ).all()  # fmt: skip


def _is_back(review: FromClause) -> ColumnElement[bool]:
    return review.c.outcome == Outcome.SENT_BACK


def _decisions(drafts: Iterable[str]) -> tuple[dict[str, int], dict[str, int]]:
    accepted, rejected = Counter[str](), Counter[str]()
    for text in drafts:
        for code, decision in DRAFT.validate_json(text).decisions.items():
            (accepted if decision is Decision.ACCEPTED else rejected)[code] += 1
    return dict(accepted), dict(rejected)


def _retakes(connection: Connection, start: datetime, stop: datetime) -> list[str]:
    retake = schema.retake.c
    rows = connection.execute(
        select(_STUDY.unit_code)
        .join(schema.retake, retake.study_id == _STUDY.id)
        .where(retake.asked >= start, retake.asked < stop)
    )
    return [row.unit_code for row in rows]


def _opened(connection: Connection, start: datetime, stop: datetime) -> Iterator[int]:
    case = schema.critical_case.c
    rows = connection.execute(
        select(case.since, case.seen).where(case.seen >= start, case.seen < stop)
    )
    yield from (_seconds(row.since, row.seen) for row in rows)


def _told(connection: Connection, start: datetime, stop: datetime) -> Iterator[int]:
    """Until the first call that was answered and repeated; a form may be closed much later."""
    case, call = schema.critical_case.c, schema.critical_call.c
    rows = connection.execute(
        select(case.since, func.min(call.at).label("heard"))
        .join(schema.critical_call, call.case_id == case.id)
        .where(
            case.closed >= start, case.closed < stop, case.state == CaseState.TOLD,
            call.reached != 0, call.read_back != 0, call.person != "",
        )
        .group_by(case.id, case.since)
        .order_by(case.id)
    )  # fmt: skip
    yield from (_seconds(row.since, row.heard) for row in rows)


def _endings(connection: Connection, start: datetime, stop: datetime) -> dict[str, int]:
    case = schema.critical_case.c
    rows = connection.execute(
        select(case.state, func.count())
        .where(case.closed >= start, case.closed < stop)
        .group_by(case.state)
    )
    return {str(state): int(number) for state, number in rows}


def _reviews(connection: Connection, start: datetime, stop: datetime) -> dict[str, int]:
    review = schema.review.c
    rows = connection.execute(
        select(review.outcome, func.count())
        .where(review.ended >= start, review.ended < stop, review.outcome.is_not(None))
        .group_by(review.outcome)
    )
    return {str(outcome): int(number) for outcome, number in rows}


def _seconds(begin: datetime, end: datetime) -> int:
    return max(round((end - begin).total_seconds()), 0)

"""How far studies are, for their units: only the newest is kept, and told until it has arrived.

Driven by the marks of change on the studies: what changed since the last look is looked at, and
nothing else. Where the look stands is kept in the same transaction as what came of it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Connection, Executable, bindparam, exists, func, null, or_, select, update

from farlead.messages import Message
from farlead.model.lives import CaseState, DeliveryState, ReportState, StudyState
from farlead.model.progress import Progress, Status
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import MESSAGE, Fetched, Selection
from farlead.store.database import upsert, upsert_for

_STUDY, _REPORT, _DELIVERY = schema.study.c, schema.report.c, schema.delivery.c
_CASE, _REVIEW, _PROGRESS = schema.critical_case.c, schema.review.c, schema.progress.c
_CURSOR = "cursor:progress"
_ASIDE = {
    StudyState.QUARANTINED: Status.UNREADABLE,
    StudyState.RETAKE_REQUESTED: Status.RETAKE,
    StudyState.WITHDRAWN: Status.WITHDRAWN,
}
_UNDER_WAY = (DeliveryState.DUE, DeliveryState.SENT, DeliveryState.PARKED)

#: Names of the places where a unit is told how far its studies are.
Places = Callable[[str], Sequence[str]]


class ProgressPart(Base):
    """Following the studies, and what is to be told of them."""

    def follow_progress(self, places: Places) -> int:
        """Look at what changed since the last look; how many studies stand otherwise now.

        Before the first look, studies that have ended are left as they are.
        """
        with self._write(listed=False) as connection:
            fact = schema.fact.c
            kept = connection.execute(select(fact.value).where(fact.name == _CURSOR)).scalar()
            mark, above = self._database.marks(connection)
            if kept is None:
                ended = (StudyState.REPORTED, StudyState.WITHDRAWN, StudyState.QUARANTINED)
                rows = connection.execute(_standing().where(_STUDY.state.not_in(ended))).all()
            else:
                rows = connection.execute(_changed(), {"mark": int(kept), "above": above}).all()
            moved = self._note(connection, rows, places)
            if kept != str(mark):
                connection.execute(
                    upsert(connection, schema.fact)
                    .values(name=_CURSOR, value=str(mark))
                    .on_conflict_do_update(index_elements=["name"], set_={"value": str(mark)})
                )
            return moved

    def due_progress(self, limit: int) -> list[Progress]:
        """What is to be told now, the longest waiting first."""
        with self._read() as connection:
            rows = connection.execute(
                select(schema.progress)
                .where(
                    _PROGRESS.told.is_(None),
                    or_(_PROGRESS.next_try.is_(None), _PROGRESS.next_try <= self.now()),
                )
                .order_by(_PROGRESS.since)
                .limit(limit)
            )
            return [_progress_of(row) for row in rows]

    def progress_told(self, *told: Progress) -> None:
        """They have arrived; what has changed meanwhile is still to be told."""
        if not told:
            return
        with self._write(listed=False) as connection:
            connection.execute(_TOLD, [{**_of(each), "now": self.now()} for each in told])

    def retry_progress(self, progress: Progress, error: Message, next_try: datetime) -> None:
        """A try failed: again at `next_try`, unless something newer is to be told first."""
        kept = MESSAGE.dump_json(error).decode()
        failures = progress.failures + 1
        with self._write(listed=False) as connection:
            connection.execute(
                _SAME.values(error=kept, next_try=next_try, failures=failures), _of(progress)
            )

    def progress_at(self, destination: str, within: timedelta) -> list[Progress]:
        """How the studies of a place stand that moved within this time, the newest first."""
        with self._read() as connection:
            rows = connection.execute(
                select(schema.progress)
                .where(_PROGRESS.destination == destination, _PROGRESS.since > self.now() - within)
                .order_by(_PROGRESS.since.desc(), _PROGRESS.study_id.desc())
            )
            return [_progress_of(row) for row in rows]

    def failing_progress(self) -> int:
        """How many could not be told at their last try."""
        with self._read() as connection:
            failing = select(func.count()).where(
                _PROGRESS.told.is_(None), _PROGRESS.error.is_not(None)
            )
            return int(connection.execute(failing).scalar_one())

    def _note(self, connection: Connection, rows: Sequence[Fetched], places: Places) -> int:
        """Keep how studies stand, for each place; how many stand otherwise than before."""
        now = self.now()
        standing = [
            {
                "study_id": row.id,
                "destination": place,
                "status": str(_status(row)),
                "critical": int(row.critical),
                "since": now,
                "failures": 0,
            }
            for row in rows
            for place in places(row.unit_code)
        ]
        if not standing:
            return 0
        changed = connection.execute(_noting(connection.dialect.name), standing)
        return len(set(changed.scalars()))


_SAME = update(schema.progress).where(
    _PROGRESS.study_id == bindparam("study"),
    _PROGRESS.destination == bindparam("place"),
    _PROGRESS.status == bindparam("said"),
    _PROGRESS.critical == bindparam("grave"),
)
_TOLD = _SAME.values(told=bindparam("now"), error=null(), next_try=null(), failures=0)


def _of(progress: Progress) -> dict[str, object]:
    """Which row says this, unless something newer took its place."""
    return {
        "study": progress.study,
        "place": progress.destination,
        "said": str(progress.status),
        "grave": int(progress.critical),
    }


@cache
def _noting(dialect: str) -> Executable:
    """Made once: it is asked of every study that changes."""
    new = upsert_for(dialect, schema.progress)
    given = {name: new.excluded[name] for name in ("status", "critical", "since", "failures")}
    moved = or_(
        _PROGRESS.status != new.excluded.status, _PROGRESS.critical != new.excluded.critical
    )
    return new.on_conflict_do_update(
        index_elements=["study_id", "destination"],
        set_={**given, "told": None, "error": None, "next_try": None},
        where=moved,
    ).returning(_PROGRESS.study_id)


@cache
def _changed() -> Selection:
    """What changed between two marks; made once, as it is long."""
    return _standing().where(
        _STUDY.changed >= bindparam("mark"), _STUDY.changed < bindparam("above")
    )


def _standing() -> Selection:
    """Everything that the status is made of."""
    of_study = _REPORT.study_id == _STUDY.id
    final = exists().where(of_study, _REPORT.state == ReportState.FINAL)
    taken = exists().where(of_study, _REPORT.state == ReportState.WITHDRAWN)
    under_way = exists().where(
        of_study,
        _REPORT.state == ReportState.FINAL,
        _DELIVERY.report_id == _REPORT.id,
        _DELIVERY.state.in_([str(state) for state in _UNDER_WAY]),
    )
    return select(
        _STUDY.id,
        _STUDY.unit_code,
        _STUDY.state,
        final.label("final"),
        taken.label("taken"),
        under_way.label("under_way"),
        exists()
        .where(_CASE.study_id == _STUDY.id, _CASE.state == CaseState.OPEN)
        .label("critical"),
        exists().where(_REVIEW.study_id == _STUDY.id, _REVIEW.outcome.is_(None)).label("review"),
    ).order_by(_STUDY.id)


def _status(row: Fetched) -> Status:
    state = StudyState(row.state)
    if state in _ASIDE:
        return _ASIDE[state]
    if state is StudyState.REPORTED:
        if row.final:
            return Status.SIGNED if row.under_way else Status.DELIVERED
        return Status.REPORT_WITHDRAWN
    if row.final or row.taken:
        return Status.CORRECTING
    if row.review:
        return Status.PRELIMINARY
    return Status.RECEIVED if state is StudyState.WAITING else Status.READING


def _progress_of(row: Fetched) -> Progress:
    return Progress(
        row.study_id,
        row.destination,
        Status(row.status),
        bool(row.critical),
        row.since,
        row.failures,
    )

"""How far studies are, for their units: only the newest is kept, and told until it has arrived.

Driven by the marks of change on the studies: what changed since the last look is looked at, and
nothing else. Where the look stands is kept in the same transaction as what came of it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, or_, select, update

from farlead.messages import Message
from farlead.model.lives import CaseState, DeliveryState, ReportState, StudyState
from farlead.model.progress import Progress, Status
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import MESSAGE, Fetched, Selection
from farlead.store.database import upsert

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
            query = _standing()
            if kept is None:
                ended = (StudyState.REPORTED, StudyState.WITHDRAWN, StudyState.QUARANTINED)
                query = query.where(_STUDY.state.not_in(ended))
            else:
                query = query.where(_STUDY.changed >= int(kept), _STUDY.changed < above)
            moved = [
                row
                for row in connection.execute(query).all()
                if self._note(connection, row, places(row.unit_code))
            ]
            if kept != str(mark):
                connection.execute(
                    upsert(connection, schema.fact)
                    .values(name=_CURSOR, value=str(mark))
                    .on_conflict_do_update(index_elements=["name"], set_={"value": str(mark)})
                )
            return len(moved)

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

    def progress_told(self, progress: Progress) -> None:
        """It has arrived; what has changed meanwhile is still to be told."""
        self._noted(progress, told=self.now(), error=None, next_try=None, failures=0)

    def retry_progress(self, progress: Progress, error: Message, next_try: datetime) -> None:
        """A try failed: again at `next_try`, unless something newer is to be told first."""
        kept = MESSAGE.dump_json(error).decode()
        self._noted(progress, error=kept, next_try=next_try, failures=progress.failures + 1)

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

    def _note(self, connection: Connection, row: Fetched, places: Sequence[str]) -> bool:
        """Keep how a study stands, for each place; whether it stands otherwise than before."""
        status, critical = str(_status(row)), int(row.critical)
        moved = False
        for place in places:
            table = upsert(connection, schema.progress).values(
                study_id=row.id,
                destination=place,
                status=status,
                critical=critical,
                since=self.now(),
                failures=0,
            )
            changed = connection.execute(
                table.on_conflict_do_update(
                    index_elements=["study_id", "destination"],
                    set_={
                        "status": status,
                        "critical": critical,
                        "since": self.now(),
                        "told": None,
                        "error": None,
                        "next_try": None,
                        "failures": 0,
                    },
                    where=or_(_PROGRESS.status != status, _PROGRESS.critical != critical),
                ).returning(_PROGRESS.study_id)
            )
            moved = changed.first() is not None or moved
        return moved

    def _noted(self, progress: Progress, **values: object) -> None:
        with self._write(listed=False) as connection:
            connection.execute(
                update(schema.progress)
                .where(
                    _PROGRESS.study_id == progress.study,
                    _PROGRESS.destination == progress.destination,
                    _PROGRESS.status == str(progress.status),
                    _PROGRESS.critical == int(progress.critical),
                )
                .values(**values)
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

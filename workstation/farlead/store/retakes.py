"""Retakes: what the unit is asked to record again, told once and taken back when it is over."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, update

from farlead.errors import IllegalTransition
from farlead.messages import Message
from farlead.model.lives import STUDY, StudyState
from farlead.model.people import Account
from farlead.model.report import Retake
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import MESSAGE, Fetched, Selection
from farlead.store.rows import message_of, no_study

_RETAKE = schema.retake.c
_STUDY = schema.study.c
_ACTOR = "service:delivery"


class RetakePart(Base):
    """Requests to record again, on their way to the unit."""

    def due_retakes(self, limit: int) -> list[Retake]:
        """Requests to tell, and told ones to take back, whose time has come; oldest first."""
        with self._read() as connection:
            rows = connection.execute(
                _retakes()
                .where(_open(), or_(_RETAKE.next_try.is_(None), _RETAKE.next_try <= self.now()))
                .order_by(_RETAKE.id)
                .limit(limit)
            )
            return [_retake_of(row) for row in rows]

    def retakes(self, study_id: int) -> list[Retake]:
        """All that were asked for a study, the first one first."""
        with self._read() as connection:
            rows = connection.execute(
                _retakes().where(_RETAKE.study_id == study_id).order_by(_RETAKE.id)
            )
            return [_retake_of(row) for row in rows]

    def failing_retakes(self) -> int:
        """Requests that could not be told, or not be taken back, at their last try."""
        with self._read() as connection:
            rows = connection.execute(select(_RETAKE.id).where(_open(), _RETAKE.error.is_not(None)))
            return len(rows.all())

    def recall_retake(self, study_id: int, account: Account) -> None:
        """Call a retake back: the study waits for a reader again. IllegalTransition."""
        with self._write() as connection:
            state = connection.execute(
                select(_STUDY.state).where(_STUDY.id == study_id).with_for_update()
            ).scalar()
            if state is None:
                raise no_study(study_id)
            if state != StudyState.RETAKE_REQUESTED:
                raise IllegalTransition(STUDY.name, str(state), StudyState.WAITING)
            connection.execute(
                update(schema.study)
                .where(_STUDY.id == study_id)
                .values(state=str(StudyState.WAITING))
            )
            end_retakes(connection, study_id, "recalled", self.now())
            self._record(connection, account.login, "retake.recalled", f"study:{study_id}")

    def retake_going(self, retake_id: int) -> bool:
        """Said before a request is written: it may be out from now on. False when it is over."""
        with self._write(listed=False) as connection:
            going = connection.execute(
                update(schema.retake)
                .where(_RETAKE.id == retake_id, _RETAKE.ended.is_(None))
                .values(attempts=_RETAKE.attempts + 1)
            )
            return going.rowcount > 0

    def retake_told(self, retake_id: int) -> None:
        """The unit has the request; recorded once, however often it was written."""
        self._reached(retake_id, "told")

    def retake_cleared(self, retake_id: int) -> None:
        """The request lies at the unit no longer, or the unit knows that it is over."""
        self._reached(retake_id, "cleared")

    def retry_retake(self, retake_id: int, error: Message, next_try: datetime) -> None:
        """A try failed: again at `next_try`, the failure is kept."""
        with self._write(listed=False) as connection:
            connection.execute(
                update(schema.retake)
                .where(_RETAKE.id == retake_id)
                .values(
                    error=MESSAGE.dump_json(error).decode(),
                    next_try=next_try,
                    failures=_RETAKE.failures + 1,
                )
            )

    def _reached(self, retake_id: int, what: str) -> None:
        with self._write(listed=False) as connection:
            changed = connection.execute(
                update(schema.retake)
                .where(_RETAKE.id == retake_id, _RETAKE[what].is_(None))
                .values({what: self.now(), "error": None, "next_try": None, "failures": 0})
                .returning(_RETAKE.study_id)
            ).scalar()
            if changed is not None:
                self._record(
                    connection, _ACTOR, f"retake.{what}", f"study:{changed}", retake=retake_id
                )


def add_retake(
    connection: Connection, study_id: int, account_id: int, reason: str, hint: str, now: datetime
) -> None:
    """A request for the study's unit, with the identifier that every try carries."""
    connection.execute(
        insert(schema.retake).values(
            study_id=study_id,
            account_id=account_id,
            identifier=f"2.25.{uuid.uuid4().int}",
            reason=reason,
            hint=hint,
            asked=now,
        )
    )


def end_retakes(connection: Connection, study_id: int, outcome: str, now: datetime) -> None:
    """The requests of a study are over: answered, recalled, or the study was withdrawn.

    One that never went out is done with; the others are taken back.
    """
    connection.execute(
        update(schema.retake)
        .where(_RETAKE.study_id == study_id, _RETAKE.ended.is_(None))
        .values(ended=now, outcome=outcome, next_try=None)
    )
    connection.execute(
        update(schema.retake)
        .where(_RETAKE.study_id == study_id, _RETAKE.attempts == 0, _RETAKE.cleared.is_(None))
        .values(cleared=now)
    )


def _open() -> ColumnElement[bool]:
    return or_(
        and_(_RETAKE.told.is_(None), _RETAKE.ended.is_(None)),
        and_(_RETAKE.ended.is_not(None), _RETAKE.cleared.is_(None)),
    )


def _retakes() -> Selection:
    return (
        select(
            schema.retake,
            _STUDY.number,
            _STUDY.unit_code,
            schema.account.c.name.label("reader"),
        )
        .join(schema.study, _STUDY.id == _RETAKE.study_id)
        .join(schema.account, schema.account.c.id == _RETAKE.account_id)
    )


def _retake_of(row: Fetched) -> Retake:
    return Retake(
        id=row.id,
        study=row.study_id,
        number=row.number,
        unit=row.unit_code,
        identifier=row.identifier,
        reader=row.reader,
        reason=row.reason,
        hint=row.hint,
        asked=row.asked,
        failures=row.failures,
        told=row.told,
        ended=row.ended,
        outcome=row.outcome,
        error=message_of(row.error),
    )

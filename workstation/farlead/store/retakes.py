"""Retakes: what the unit is asked to record again, and that it is over."""

import uuid
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from farlead.errors import IllegalTransition
from farlead.model.lives import STUDY, StudyState
from farlead.model.people import Account
from farlead.model.report import NoticeKind, Retake
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import Fetched, Selection
from farlead.store.rows import no_study
from farlead.store.saying import add_notice

_RETAKE = schema.retake.c
_STUDY = schema.study.c


class RetakePart(Base):
    """Requests to record again."""

    def retakes(self, study_id: int) -> list[Retake]:
        """All that were asked for a study, the first one first."""
        with self._read() as connection:
            rows = connection.execute(
                _retakes().where(_RETAKE.study_id == study_id).order_by(_RETAKE.id)
            )
            return [_retake_of(row) for row in rows]

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
            end_retakes(connection, study_id, "recalled", self.now(), account.id)
            self._record(account.login, "retake.recalled", f"study:{study_id}")


def add_retake(
    connection: Connection, study_id: int, account_id: int, reason: str, hint: str, now: datetime
) -> None:
    """A request for the study's unit, with the identifier that every try carries."""
    retake_id = connection.execute(
        insert(schema.retake)
        .values(
            study_id=study_id,
            account_id=account_id,
            identifier=f"2.25.{uuid.uuid4().int}",
            reason=reason,
            hint=hint,
            asked=now,
        )
        .returning(_RETAKE.id)
    ).scalar_one()
    add_notice(
        connection, study_id, NoticeKind.RETAKE, now, retake_id=retake_id, account_id=account_id
    )


def end_retakes(
    connection: Connection,
    study_id: int,
    outcome: str,
    now: datetime,
    account_id: int | None = None,
) -> None:
    """The requests of a study are over: answered, recalled, or the study was withdrawn.

    Where one may have arrived, the unit is told.
    """
    ended = connection.execute(
        update(schema.retake)
        .where(_RETAKE.study_id == study_id, _RETAKE.ended.is_(None))
        .values(ended=now, outcome=outcome)
        .returning(_RETAKE.id)
    ).scalars()
    for retake_id in ended.all():
        add_notice(
            connection,
            study_id,
            NoticeKind.RETAKE_OVER,
            now,
            retake_id=retake_id,
            account_id=account_id,
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
        ended=row.ended,
        outcome=row.outcome,
    )

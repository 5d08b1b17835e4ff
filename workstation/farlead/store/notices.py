"""Notices to units beside the final reports: once in effect, repeated until they are told."""

from datetime import datetime

from sqlalchemy import or_, select, update

from farlead.messages import Message
from farlead.model.report import Notice, NoticeKind
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import MESSAGE, Fetched, Selection

_NOTICE, _REPORT, _STUDY = schema.notice.c, schema.report.c, schema.study.c
_WITHDRAWAL = schema.report_withdrawal.c
_ACTOR = "service:delivery"


class NoticePart(Base):
    """What is due, told, and failed."""

    def due_notices(self, limit: int) -> list[Notice]:
        """Notices whose time has come, the oldest first."""
        with self._read() as connection:
            rows = connection.execute(
                _notices()
                .where(
                    _NOTICE.told.is_(None),
                    or_(_NOTICE.next_try.is_(None), _NOTICE.next_try <= self.now()),
                )
                .order_by(_NOTICE.id)
                .limit(limit)
            )
            return [_notice_of(row) for row in rows]

    def notices(self, study_id: int) -> list[Notice]:
        """All notices about a study's reports, the first one first."""
        with self._read() as connection:
            rows = connection.execute(
                _notices().where(_REPORT.study_id == study_id).order_by(_NOTICE.id)
            )
            return [_notice_of(row) for row in rows]

    def failing_notices(self) -> int:
        """Notices that could not be told at their last try."""
        with self._read() as connection:
            rows = connection.execute(
                select(_NOTICE.id).where(_NOTICE.told.is_(None), _NOTICE.error.is_not(None))
            )
            return len(rows.all())

    def notice_told(self, notice_id: int) -> None:
        """The unit has it; recorded once, however often it was written."""
        with self._write(listed=False) as connection:
            report = connection.execute(
                update(schema.notice)
                .where(_NOTICE.id == notice_id, _NOTICE.told.is_(None))
                .values(told=self.now(), error=None, next_try=None)
                .returning(_NOTICE.report_id)
            ).scalar()
            if report is not None:
                self._record(
                    connection, _ACTOR, "notice.told", f"report:{report}", notice=notice_id
                )

    def retry_notice(self, notice_id: int, error: Message, next_try: datetime) -> None:
        """A try failed: again at `next_try`, the failure is kept."""
        with self._write(listed=False) as connection:
            connection.execute(
                update(schema.notice)
                .where(_NOTICE.id == notice_id)
                .values(
                    error=MESSAGE.dump_json(error).decode(),
                    next_try=next_try,
                    failures=_NOTICE.failures + 1,
                )
            )


def _notices() -> Selection:
    author, taker = schema.account.alias("author"), schema.account.alias("taker")
    return (
        select(
            schema.notice,
            _REPORT.study_id,
            _REPORT.version,
            _STUDY.number,
            _STUDY.unit_code,
            author.c.name.label("author"),
            taker.c.name.label("taker"),
            _WITHDRAWAL.reason,
        )
        .join(schema.report, _REPORT.id == _NOTICE.report_id)
        .join(schema.study, _STUDY.id == _REPORT.study_id)
        .join(author, author.c.id == _REPORT.author_id)
        .join(schema.report_withdrawal, _WITHDRAWAL.report_id == _REPORT.id, isouter=True)
        .join(taker, taker.c.id == _WITHDRAWAL.account_id, isouter=True)
    )


def _notice_of(row: Fetched) -> Notice:
    kind = NoticeKind(row.kind)
    return Notice(
        id=row.id,
        report=row.report_id,
        study=row.study_id,
        number=row.number,
        version=row.version,
        unit=row.unit_code,
        kind=kind,
        identifier=row.identifier,
        asked=row.asked,
        reader=(row.taker if kind is NoticeKind.WITHDRAWN else None) or row.author,
        reason=row.reason or "",
        file_sha256=row.file_sha256,
        failures=row.failures,
    )

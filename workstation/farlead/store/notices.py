"""Notices to units beside the final reports: said once, spread to the ways that can carry them.

A notice is written in the transaction of what it tells. The delivery service, which knows the
units' ways, gives it one delivery for each; from there it goes the way of a report.
"""

import json
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, exists, or_, select, update
from sqlalchemy.orm import aliased

from farlead.errors import NotFound
from farlead.messages import message
from farlead.model.lives import CaseState, ReportState
from farlead.model.report import Notice, NoticeKind
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import MESSAGE, Fetched, Selection
from farlead.store.deliveries import begun
from farlead.store.holding import lock
from farlead.store.saying import add_deliveries

_NOTICE, _DELIVERY = schema.notice.c, schema.delivery.c
_REPORT, _RETAKE, _STUDY = schema.report.c, schema.retake.c, schema.study.c
_CASE, _WITHDRAWAL = schema.critical_case.c, schema.report_withdrawal.c
#: What takes an earlier notice back goes only where that one may have arrived.
_TAKES_BACK = {
    NoticeKind.RETAKE_OVER: NoticeKind.RETAKE,
    NoticeKind.CRITICAL_OVER: NoticeKind.CRITICAL,
}

#: Names of the ways that can carry a notice of this kind to this unit.
Tellers = Callable[[str, NoticeKind], Sequence[str]]


class NoticePart(Base):
    """Spreading and reading."""

    def spread_notices(self, tellers: Tellers, limit: int) -> int:
        """Give new notices their deliveries; how many notices were new."""
        with self._read() as connection:
            new = connection.execute(
                select(_NOTICE.id, _NOTICE.study_id)
                .where(_NOTICE.spread.is_(None))
                .order_by(_NOTICE.id)
                .limit(limit)
            ).all()
        for row in new:
            self._spread(row.id, row.study_id, tellers)
        return len(new)

    def _spread(self, notice_id: int, study_id: int, tellers: Tellers) -> None:
        with self._write() as connection:
            lock(connection, study_id)
            spread = connection.execute(
                update(schema.notice)
                .where(_NOTICE.id == notice_id, _NOTICE.spread.is_(None))
                .values(spread=self.now())
            )
            if not spread.rowcount:
                return  # another service was faster
            notice = _notice_of(_one(connection, notice_id))
            if notice_outdated(connection, notice_id):
                return
            add_deliveries(
                connection,
                study_id,
                _wanted(connection, notice, tellers),
                self.now(),
                notice_id=notice_id,
            )

    def notices(self, study_id: int) -> list[Notice]:
        """All notices about a study, the first one first."""
        with self._read() as connection:
            rows = connection.execute(
                _notices().where(_NOTICE.study_id == study_id).order_by(_NOTICE.id)
            )
            return [_notice_of(row) for row in rows]

    def notice(self, notice_id: int) -> Notice:
        """One notice; NotFound."""
        with self._read() as connection:
            return _notice_of(_one(connection, notice_id))


def notice_outdated(connection: Connection, notice_id: int) -> bool:
    """Whether nobody need be told any more, or something newer has been said.

    There is a newer report, or a newer preliminary one; the retake has come; what was thought a
    critical value is none.
    """
    later = schema.notice.alias("later").c
    outdated = select(_NOTICE.id).where(
        _NOTICE.id == notice_id,
        or_(
            (_NOTICE.kind == NoticeKind.PRELIMINARY)
            & exists().where(
                _REPORT.id == _NOTICE.report_id, _REPORT.state != ReportState.FIRST_SIGNED
            ),
            # Sent back and signed again, the report is what it was: only the notices tell.
            (_NOTICE.kind == NoticeKind.PRELIMINARY)
            & exists().where(
                later.study_id == _NOTICE.study_id,
                later.kind == NoticeKind.PRELIMINARY,
                later.id > _NOTICE.id,
            ),
            (_NOTICE.kind == NoticeKind.WITHDRAWN)
            & exists().where(
                _REPORT.study_id == _NOTICE.study_id, _REPORT.state == ReportState.FINAL
            ),
            (_NOTICE.kind == NoticeKind.RETAKE)
            & exists().where(_RETAKE.id == _NOTICE.retake_id, _RETAKE.ended.is_not(None)),
            (_NOTICE.kind == NoticeKind.CRITICAL)
            & exists().where(_CASE.id == _NOTICE.case_id, _CASE.state == CaseState.NOT_CRITICAL),
        ),
    )
    return connection.execute(outdated).first() is not None


def may_have(connection: Connection, study_id: int, *kinds: NoticeKind) -> list[str]:
    """Destinations to which a report of the study, or a notice of these kinds, may have gone."""
    rows = connection.execute(
        select(_DELIVERY.destination)
        .join(schema.notice, _NOTICE.id == _DELIVERY.notice_id, isouter=True)
        .where(
            _DELIVERY.study_id == study_id,
            begun(),
            _NOTICE.kind.in_([str(kind) for kind in kinds])
            if NoticeKind.PRELIMINARY not in kinds
            else or_(_DELIVERY.report_id.is_not(None), _NOTICE.kind == NoticeKind.PRELIMINARY),
        )
        .order_by(_DELIVERY.id)
    )
    return list(dict.fromkeys(rows.scalars()))


def _wanted(connection: Connection, notice: Notice, tellers: Tellers) -> Sequence[str]:
    """Where this notice goes."""
    if notice.kind is NoticeKind.WITHDRAWN:
        went = may_have(connection, notice.study, NoticeKind.PRELIMINARY)
        return went or [notice.unit]  # in writing, even if nothing had gone out
    earlier = _TAKES_BACK.get(notice.kind)
    if earlier is not None:
        return may_have(connection, notice.study, earlier)
    return tellers(notice.unit, notice.kind)


def _one(connection: Connection, notice_id: int) -> Fetched:
    row = connection.execute(_notices().where(_NOTICE.id == notice_id)).one_or_none()
    if row is None:
        raise NotFound(message("store.no_notice", notice=notice_id))
    return row


def _notices() -> Selection:
    said_by = aliased(schema.account)
    return (
        select(
            schema.notice,
            _REPORT.version,
            _STUDY.number,
            _STUDY.unit_code,
            said_by.c.name.label("reader"),
            _WITHDRAWAL.reason.label("withdrawn_because"),
            _RETAKE.reason.label("retake_because"),
            _RETAKE.hint,
            _RETAKE.identifier,
            _RETAKE.outcome,
            _CASE.reason.label("case_because"),
        )
        .join(schema.study, _STUDY.id == _NOTICE.study_id)
        .join(schema.report, _REPORT.id == _NOTICE.report_id, isouter=True)
        .join(said_by, said_by.c.id == _NOTICE.account_id, isouter=True)
        .join(schema.report_withdrawal, _WITHDRAWAL.report_id == _REPORT.id, isouter=True)
        .join(schema.retake, _RETAKE.id == _NOTICE.retake_id, isouter=True)
        .join(schema.critical_case, _CASE.id == _NOTICE.case_id, isouter=True)
    )


def _notice_of(row: Fetched) -> Notice:
    kind = NoticeKind(row.kind)
    critical = kind is NoticeKind.CRITICAL
    return Notice(
        id=row.id,
        study=row.study_id,
        number=row.number,
        unit=row.unit_code,
        kind=kind,
        asked=row.asked,
        reader=row.reader or "",
        report=row.report_id,
        version=row.version,
        reason=row.withdrawn_because or row.retake_because or row.case_because or "",
        hint=row.hint or "",
        identifier=row.identifier,
        outcome=row.outcome,
        file_sha256=row.file_sha256,
        content=None if critical else row.content,
        findings=tuple(MESSAGE.validate_python(each) for each in json.loads(row.content))
        if critical
        else (),
    )

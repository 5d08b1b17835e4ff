"""After signing: amendments and withdrawals. A signed version itself never changes."""

from collections.abc import Sequence

from sqlalchemy import Connection, desc, func, insert, or_, select, update

from farlead.errors import ClaimRefused, NotFound
from farlead.messages import message
from farlead.model.lives import ReportState, StudyState
from farlead.model.people import Account
from farlead.model.report import Claim, NoticeKind, ReportVersion
from farlead.model.study import Study
from farlead.store import schema
from farlead.store.claims import ClaimPart
from farlead.store.columns import Fetched
from farlead.store.holding import lock
from farlead.store.outbox import drop_outdated
from farlead.store.reviews import ReviewPart
from farlead.store.rows import studies, study_of
from farlead.store.saying import add_notice
from farlead.store.versions import (
    insert_version,
    locked_version,
    open_version,
    step,
    version_of,
    version_row,
    versions,
)

_REPORT, _STUDY = schema.report.c, schema.study.c
_IN_FORCE = (ReportState.FINAL, ReportState.WITHDRAWN)


class AmendmentPart(ReviewPart, ClaimPart):
    """What happens to reports that have been issued."""

    def amend(self, report_id: int, account: Account, station: str, reason: str) -> Claim:
        """Take a reported study to correct its report: a new version that says why.

        The version in force stays so until the new one is signed (:meth:`finish`). An amendment
        that somebody has begun and left is gone on with. Given back or lost, the study is
        reported as before.

        Raises
        ------
        ClaimRefused
            No reason is given, or somebody is amending it.
        NotFound
            The report is unknown or not the one in force.
        """
        with self._write() as connection:
            if not reason.strip():
                raise ClaimRefused(message("store.reason_needed"))
            row = locked_version(connection, report_id)
            if row.state not in _IN_FORCE or not _newest_signed(connection, row):
                raise NotFound(message("store.not_final", report=report_id))
            if lock(connection, row.study_id).state != StudyState.REPORTED:
                raise ClaimRefused(message("store.amended_already"))
            claim = self._take(connection, row.study_id, account, station)
            new = self._begin_amendment(connection, row, claim, reason.strip())
            self._record(
                account.login,
                "report.amended",
                f"study:{row.study_id}",
                report=new,
                supersedes=report_id,
                reason=reason.strip(),
                station=station,
            )
            return claim

    def withdraw_report(self, report_id: int, account: Account, reason: str) -> ReportVersion:
        """Take a final report back; the unit is told, what has not gone out does not.

        Raises
        ------
        ClaimRefused
            No reason is given, or somebody is amending it.
        NotFound
            The report is unknown or not the one in force.
        """
        with self._write() as connection:
            if not reason.strip():
                raise ClaimRefused(message("store.reason_needed"))
            row = locked_version(connection, report_id)
            if row.state != ReportState.FINAL:
                raise NotFound(message("store.not_final", report=report_id))
            if lock(connection, row.study_id).state != StudyState.REPORTED:
                raise ClaimRefused(message("store.amended_already"))
            connection.execute(
                insert(schema.report_withdrawal).values(
                    report_id=report_id, account_id=account.id, at=self.now(), reason=reason.strip()
                )
            )
            step(connection, report_id, ReportState.FINAL, ReportState.WITHDRAWN)
            drop_outdated(connection, row.study_id, self.now())
            add_notice(
                connection,
                row.study_id,
                NoticeKind.WITHDRAWN,
                self.now(),
                report_id=report_id,
                account_id=account.id,
            )
            self._record(
                account.login,
                "report.withdrawn",
                f"study:{row.study_id}",
                report=report_id,
                version=row.version,
                reason=reason.strip(),
            )
            return version_of(version_row(connection, report_id))

    def reported(self, words: str = "", limit: int = 100) -> list[tuple[Study, ReportVersion]]:
        """Studies whose report has been issued, each with its newest signed version.

        `words`: number of the study, or the patient's name or local number, or a part of them.
        The latest signature stands first.
        """
        newest = (
            select(_REPORT.study_id, func.max(_REPORT.version).label("version"))
            .where(_REPORT.pdf_sha256.is_not(None))
            .group_by(_REPORT.study_id)
            .subquery()
        )
        query = studies().join(newest, newest.c.study_id == _STUDY.id)
        query = query.add_columns(newest.c.version.label("newest"))
        if words.strip():
            part = f"%{_escaped(words.strip())}%"
            query = query.where(
                or_(_STUDY.number.like(part, escape="!"), _STUDY.patient.like(part, escape="!"))
            )
        signed = schema.report.alias("signed")
        query = query.join(
            signed, (signed.c.study_id == _STUDY.id) & (signed.c.version == newest.c.version)
        ).order_by(desc(signed.c.signed), desc(_STUDY.id))
        with self._read() as connection:
            rows = connection.execute(query.limit(limit)).all()
            return [(study_of(row), _version_of(connection, row)) for row in rows]

    def _begin_amendment(
        self, connection: Connection, row: Fetched, claim: Claim, reason: str
    ) -> int:
        left = open_version(connection, row.study_id)
        if left is None:
            return int(
                insert_version(
                    connection,
                    study_id=row.study_id,
                    author_id=claim.account,
                    draft=row.draft,
                    fencing=claim.fencing,
                    saved=self.now(),
                    supersedes=row.id,
                    reason=reason,
                ).id
            )
        connection.execute(
            update(schema.report)
            .where(_REPORT.id == left.id)
            .values(reason=reason, fencing=claim.fencing, author_id=claim.account)
        )
        return int(left.id)


def _newest_signed(connection: Connection, row: Fetched) -> bool:
    newest: int = connection.execute(
        select(func.max(_REPORT.version)).where(
            _REPORT.study_id == row.study_id, _REPORT.pdf_sha256.is_not(None)
        )
    ).scalar_one()
    return newest == int(row.version)


def _version_of(connection: Connection, row: Fetched) -> ReportVersion:
    found: Sequence[Fetched] = connection.execute(
        versions().where(_REPORT.study_id == row.id, _REPORT.version == row.newest)
    ).all()
    return version_of(found[0])


def _escaped(words: str) -> str:
    return words.replace("!", "!!").replace("%", "!%").replace("_", "!_")

"""Rows of report versions: reading, beginning, and their steps. Used inside transactions."""

from sqlalchemy import Connection, and_, bindparam, desc, func, insert, null, select, update

from farlead.errors import NotFound
from farlead.messages import message
from farlead.model.lives import REPORT, ReportState
from farlead.model.report import ReportVersion
from farlead.model.review import Outcome
from farlead.store import schema
from farlead.store.columns import DRAFT, Fetched, Selection
from farlead.store.holding import lock

_REPORT = schema.report.c
_REVIEW = schema.review.c
_WITHDRAWAL = schema.report_withdrawal.c


def versions() -> Selection:
    """Versions with their second signature and why they are withdrawn, where they are."""
    second = and_(_REVIEW.report_id == _REPORT.id, _REVIEW.outcome == Outcome.COUNTERSIGNED)
    return (
        select(
            schema.report,
            _REVIEW.reviewer_id,
            _REVIEW.ended.label("reviewed"),
            _REVIEW.result_sha256,
            _WITHDRAWAL.reason.label("withdrawn"),
        )
        .join(schema.review, second, isouter=True)
        .join(schema.report_withdrawal, _WITHDRAWAL.report_id == _REPORT.id, isouter=True)
    )


#: What hangs on a version that has just been made, or was signed a moment ago: nothing yet.
_BARE = tuple(
    null().label(name) for name in ("reviewer_id", "reviewed", "result_sha256", "withdrawn")
)
_OPEN = (
    versions()
    .where(_REPORT.study_id == bindparam("study"), _REPORT.state == ReportState.DRAFT)
    .order_by(desc(_REPORT.version))
    .limit(1)
)
_ONE = versions().where(_REPORT.id == bindparam("report"))


def version_of(row: Fetched) -> ReportVersion:
    """A version from a row of :func:`versions`."""
    return ReportVersion(
        id=row.id,
        study=row.study_id,
        version=row.version,
        state=ReportState(row.state),
        author=row.author_id,
        draft=DRAFT.validate_json(row.draft),
        sha256=row.result_sha256 or row.pdf_sha256,
        signed=row.signed,
        supersedes=row.supersedes,
        reason=row.reason,
        reviewer=row.reviewer_id,
        reviewed=row.reviewed,
        withdrawn=row.withdrawn,
    )


def version_row(connection: Connection, report_id: int) -> Fetched:
    """One version; NotFound."""
    row = connection.execute(_ONE, {"report": report_id}).one_or_none()
    if row is None:
        raise NotFound(message("store.no_report", report=report_id))
    return row


def locked_version(connection: Connection, report_id: int) -> Fetched:
    """A version whose study is locked until the transaction ends; NotFound."""
    lock(connection, version_row(connection, report_id).study_id)
    return version_row(connection, report_id)


def open_version(connection: Connection, study_id: int) -> Fetched | None:
    """The draft of a study."""
    return connection.execute(_OPEN, {"study": study_id}).one_or_none()


def insert_version(connection: Connection, *, study_id: int, **values: object) -> Fetched:
    """The next version of a study's report, as a draft."""
    last = select(func.coalesce(func.max(_REPORT.version), 0)).where(_REPORT.study_id == study_id)
    return connection.execute(
        insert(schema.report)
        .values(
            study_id=study_id,
            version=last.scalar_subquery() + 1,
            state=str(ReportState.DRAFT),
            **values,
        )
        .returning(schema.report, *_BARE)
    ).one()


def step(connection: Connection, report_id: int, old: ReportState, new: ReportState) -> Fetched:
    """One step of a version's life; the version without its second signature. IllegalTransition."""
    REPORT.check(old, new)
    return connection.execute(
        update(schema.report)
        .where(_REPORT.id == report_id)
        .values(state=str(new))
        .returning(schema.report, *_BARE)
    ).one()


def supersede_final(connection: Connection, study_id: int) -> None:
    """What was in force is superseded, before another version becomes final."""
    found: int | None = connection.execute(
        select(_REPORT.id).where(_REPORT.study_id == study_id, _REPORT.state == ReportState.FINAL)
    ).scalar()
    if found is not None:
        step(connection, found, ReportState.FINAL, ReportState.SUPERSEDED)

"""Who has a study in hand: locking it, asking for its holder, ending the claim. In transactions."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from farlead.errors import ClaimLost
from farlead.messages import message
from farlead.model.lives import STUDY, ReportState, StudyState
from farlead.model.report import Claim
from farlead.store import schema
from farlead.store.columns import Fetched, Selection
from farlead.store.rows import no_study

_STUDY = schema.study.c
_CLAIM = schema.claim.c
_HELD = (
    select(
        _STUDY.state, _STUDY.fencing.label("newest"), _CLAIM.account_id, _CLAIM.fencing,
        _CLAIM.until, schema.account.c.login,
    )
    .join_from(schema.study, schema.claim, _CLAIM.study_id == _STUDY.id)
    .join(schema.account, schema.account.c.id == _CLAIM.account_id)
    .where(_STUDY.id == bindparam("study"))
    .with_for_update(of=schema.study, key_share=True)
)  # fmt: skip
_ENDED = delete(schema.claim).where(_CLAIM.study_id == bindparam("study"))


def hold(connection: Connection, claim: Claim, now: datetime) -> str:
    """Log-in of the holder; ClaimLost unless the claim still holds: same number, lease not over.

    The study is locked until the transaction ends. Where another transaction had it in hand, the
    claim may have been read before the lock was ours, the study never is: while it bears the
    number of the claim, there is no other one. All else is looked at again under the lock.
    """
    row = connection.execute(_HELD, {"study": claim.study}).one_or_none()
    if row is not None and row.state == StudyState.CLAIMED and row.until > now:
        own = (claim.fencing, claim.fencing, claim.account)
        if (row.newest, row.fencing, row.account_id) == own:
            return str(row.login)
    return _holder(connection, claim, now)


def _holder(connection: Connection, claim: Claim, now: datetime) -> str:
    """The same, one after the other: what is refused is told by what it is now."""
    lock(connection, claim.study)
    row = held_by(connection, claim.study)
    if row is None:
        raise ClaimLost(message("store.claim_ended"))
    if (row.fencing, row.account_id) != (claim.fencing, claim.account):
        raise ClaimLost(message("store.claim_taken", reader=row.name, station=row.station))
    if row.until <= now:
        raise ClaimLost(message("store.claim_ended"))
    return str(row.login)


def end_claim(connection: Connection, study_id: int, state: StudyState) -> None:
    """Move the study to `state`, checking its life, and remove the claim if there is one."""
    before = [str(old) for old, new in STUDY.steps.items() if state in new]
    moved = connection.execute(
        update(schema.study)
        .where(_STUDY.id == study_id, _STUDY.state.in_(before))
        .values(state=str(state))
    )
    if not moved.rowcount:
        old = connection.execute(select(_STUDY.state).where(_STUDY.id == study_id)).scalar_one()
        STUDY.check(StudyState(old), state)
    connection.execute(_ENDED, {"study": study_id})


def resting(connection: Connection, study_id: int) -> StudyState:
    """Where a study goes that nobody holds any more: one that is only being amended is reported.

    A report that waits for its second signature, or was sent back, waits for a reader.
    """
    report, review = schema.report.c, schema.review.c
    issued = select(report.id).where(
        report.study_id == study_id,
        report.state.in_((str(ReportState.FINAL), str(ReportState.WITHDRAWN))),
    )
    in_review = (
        select(review.id)
        .join(schema.report, report.id == review.report_id)
        .where(
            review.study_id == study_id,
            report.state.in_((str(ReportState.FIRST_SIGNED), str(ReportState.DRAFT))),
        )
    )
    if connection.execute(issued).first() is None or connection.execute(in_review).first():
        return StudyState.WAITING
    return StudyState.REPORTED


def locking(query: Selection, *, skip_locked: bool = False) -> Selection:
    """Rows of studies are locked before anything that hangs on them, so nobody waits in a ring."""
    return query.with_for_update(of=schema.study, key_share=True, skip_locked=skip_locked)


def lock(connection: Connection, study_id: int) -> Fetched:
    """State and reservation of a study, locked until the transaction ends; NotFound."""
    row = connection.execute(
        locking(select(_STUDY.state, _STUDY.reserved_by).where(_STUDY.id == study_id))
    ).one_or_none()
    if row is None:
        raise no_study(study_id)
    return row


def held_by(connection: Connection, study_id: int) -> Fetched | None:
    """The claim of a study with its holder's name and log-in; None when there is none."""
    return connection.execute(
        select(schema.claim, schema.account.c.name, schema.account.c.login)
        .join(schema.account, schema.account.c.id == _CLAIM.account_id)
        .where(_CLAIM.study_id == study_id)
    ).one_or_none()


def required_claim(connection: Connection, study_id: int) -> Fetched:
    """The same where there must be one."""
    row = held_by(connection, study_id)
    if row is None:
        raise RuntimeError(f"the claim on study {study_id} vanished inside its transaction")
    return row

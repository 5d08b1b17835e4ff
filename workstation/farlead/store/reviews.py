"""The second signature: asked at the first one, and its three ends."""

from collections.abc import Sequence

from sqlalchemy import Connection, desc, insert, select, update

from farlead.errors import ClaimLost, ClaimRefused, SignatureRefused
from farlead.messages import message
from farlead.model.lives import ReportState, StudyState
from farlead.model.people import Account
from farlead.model.report import Claim, Draft, NoticeKind, ReportVersion
from farlead.model.review import Outcome, Remark, Review
from farlead.store import schema
from farlead.store.columns import DRAFT, MESSAGE, REMARKS, Fetched
from farlead.store.holding import end_claim, hold
from farlead.store.reports import ReportPart, check_identity
from farlead.store.saying import add_notice
from farlead.store.values import Countersigned, SignedReport
from farlead.store.versions import (
    insert_version,
    step,
    supersede_final,
    version_of,
    version_row,
)

_REPORT, _REVIEW = schema.report.c, schema.review.c


class ReviewPart(ReportPart):
    """From the first signature to the second, or back to the author."""

    def first_sign(self, claim: Claim, signed: SignedReport, *, urgent: bool) -> ReportVersion:
        """Keep a report that needs a second signature, in one short transaction.

        The study waits for its second reader; the unit gets the file as a preliminary report.
        Errors as in :meth:`finish`.

        Parameters
        ----------
        urgent : bool
            It goes to the top of the second readers' list when it has waited too long.
        """
        with self._write() as connection:
            row = self._sign_first(connection, claim, signed)
            now = self.now()
            connection.execute(
                insert(schema.review).values(
                    report_id=row.id,
                    study_id=claim.study,
                    asked=now,
                    escalates=now + self._rules.second_signature if urgent else None,
                    pdf_sha256=signed.pdf_sha256,
                )
            )
            add_notice(
                connection,
                claim.study,
                NoticeKind.PRELIMINARY,
                now,
                report_id=row.id,
                account_id=claim.account,
                file_sha256=signed.pdf_sha256,
                content=signed.content_json,
            )
            end_claim(connection, claim.study, StudyState.WAITING)
            return version_of(version_row(connection, row.id))

    def review(self, study_id: int) -> Review | None:
        """The second signature that a study waits for."""
        with self._read() as connection:
            row = open_review(connection, study_id)
            return None if row is None else review_of(row)

    def reviewed_draft(self, study_id: int) -> Draft | None:
        """What the second reader has changed so far; None where nothing is."""
        with self._read() as connection:
            row = open_review(connection, study_id)
            return None if row is None or row.draft is None else DRAFT.validate_json(row.draft)

    def remarks(self, study_id: int) -> tuple[Remark, ...]:
        """Why the draft of a study was sent back, the latest time; none where it was not."""
        with self._read() as connection:
            row = connection.execute(
                select(_REVIEW.remarks, _REVIEW.ended, schema.account.c.name)
                .join(schema.report, _REPORT.id == _REVIEW.report_id)
                .join(schema.account, schema.account.c.id == _REVIEW.reviewer_id)
                .where(
                    _REVIEW.study_id == study_id,
                    _REVIEW.outcome == Outcome.SENT_BACK,
                    _REPORT.state == ReportState.DRAFT,
                )
                .order_by(desc(_REVIEW.id))
                .limit(1)
            ).one_or_none()
            if row is None:
                return ()
            said = REMARKS.validate_json(row.remarks)
            return tuple(Remark(each.place, each.text, row.name, row.ended) for each in said)

    def save_draft(self, claim: Claim, draft: Draft) -> ReportVersion:
        """Keep what has been written; the second reader's changes stay apart from the report."""
        with self._write(listed=False) as connection:
            login = hold(connection, claim, self.now())
            row = open_review(connection, claim.study)
            if row is None:
                return self._save(connection, claim, login, draft)
            before = version_row(connection, row.report_id)
            kept = DRAFT.validate_json(row.draft or before.draft)
            reader = (claim.account, login)
            self._open_accepted(connection, claim.study, reader, kept, draft)
            connection.execute(
                update(schema.review)
                .where(_REVIEW.id == row.id)
                .values(
                    draft=DRAFT.dump_json(draft).decode(), fencing=claim.fencing, saved=self.now()
                )
            )
            return version_of(before)

    def countersign(
        self, claim: Claim, second: Countersigned, destinations: Sequence[str]
    ) -> ReportVersion:
        """The second signature on the unchanged report: it is final.

        Raises
        ------
        ClaimLost
            The claim ended, or the report is under review no longer; the file must be kept as
            void (:meth:`void_signed`).
        SignatureRefused
            The second reader is the author, or a document of somebody else has joined.
        """
        with self._write() as connection:
            row = self._reviewing(connection, claim, second.signer)
            if row.pdf_sha256 != second.first_sha256:
                raise ClaimLost(message("store.other_review"))
            self._end_review(
                connection,
                row,
                second.signer,
                Outcome.COUNTERSIGNED,
                result_sha256=second.pdf_sha256,
                result_size=second.pdf_size,
            )
            supersede_final(connection, claim.study)
            step(connection, row.report_id, ReportState.FIRST_SIGNED, ReportState.FINAL)
            end_claim(connection, claim.study, StudyState.REPORTED)
            self._outbox(connection, row.report_id, claim.study, destinations)
            return version_of(version_row(connection, row.report_id))

    def replace_reviewed(
        self, claim: Claim, signed: SignedReport, destinations: Sequence[str], reason: str
    ) -> ReportVersion:
        """The second reader's own version takes the place of the first-signed one.

        The first stays, superseded, never delivered as final. `reason` is kept with the new
        version, in the language of the installation. Errors as in :meth:`countersign`.
        """
        with self._write() as connection:
            row = self._reviewing(connection, claim, signed.signer)
            reader = (claim.account, signed.signer.login)
            self._open_accepted(connection, claim.study, reader, None, signed.draft)
            self._end_review(connection, row, signed.signer, Outcome.REPLACED)
            step(connection, row.report_id, ReportState.FIRST_SIGNED, ReportState.SUPERSEDED)
            new = insert_version(
                connection,
                study_id=claim.study,
                author_id=signed.signer.id,
                draft=DRAFT.dump_json(signed.draft).decode(),
                fencing=claim.fencing,
                saved=self.now(),
                supersedes=row.report_id,
                reason=reason,
            )
            self._keep_signed(connection, new, claim, signed)
            supersede_final(connection, claim.study)
            step(connection, new.id, ReportState.FIRST_SIGNED, ReportState.FINAL)
            end_claim(connection, claim.study, StudyState.REPORTED)
            self._outbox(connection, new.id, claim.study, destinations)
            return version_of(version_row(connection, new.id))

    def send_back(self, claim: Claim, account: Account, remarks: Sequence[Remark]) -> None:
        """Back to its author with remarks; the signed file is kept as void.

        Raises
        ------
        ClaimRefused
            There are no remarks.
        ClaimLost
        """
        said = tuple(remark for remark in remarks if remark.text.strip())
        if not said:
            raise ClaimRefused(message("store.remarks_needed"))
        with self._write() as connection:
            row = self._reviewing(connection, claim, account, signs=False)
            connection.execute(
                insert(schema.void_report).values(
                    study_id=claim.study,
                    pdf_sha256=row.pdf_sha256,
                    reason=MESSAGE.dump_json(message("store.sent_back")).decode(),
                    made=self.now(),
                )
            )
            written = REMARKS.dump_json(said).decode()
            self._end_review(connection, row, account, Outcome.SENT_BACK, remarks=written)
            unsigned = dict.fromkeys(("pdf_sha256", "pdf_size", "content", "signer_id", "signed"))
            connection.execute(
                update(schema.report)
                .where(_REPORT.id == row.report_id)
                .values(state=str(ReportState.DRAFT), **unsigned)
            )
            end_claim(connection, claim.study, StudyState.WAITING)

    def _reviewing(
        self, connection: Connection, claim: Claim, account: Account, *, signs: bool = True
    ) -> Fetched:
        """The open review of what the claim holds, by somebody who may end it."""
        hold(connection, claim, self.now())
        row = open_review(connection, claim.study)
        if row is None or claim.account != account.id:
            raise ClaimLost(message("store.other_review"))
        if signs:
            check_identity(connection, claim.study)
            if row.author_id == account.id:
                raise SignatureRefused(message("store.own_report"))
        return row

    def _end_review(
        self,
        connection: Connection,
        row: Fetched,
        account: Account,
        outcome: Outcome,
        **values: object,
    ) -> None:
        connection.execute(
            update(schema.review)
            .where(_REVIEW.id == row.id)
            .values(outcome=str(outcome), reviewer_id=account.id, ended=self.now(), **values)
        )
        self._record(
            account.login,
            f"report.{outcome}",
            f"study:{row.study_id}",
            report=row.report_id,
            pdf=str(values.get("result_sha256", row.pdf_sha256)),
        )


def open_review(connection: Connection, study_id: int) -> Fetched | None:
    """The review that a study waits for, with the author of what is reviewed."""
    return connection.execute(
        select(
            schema.review,
            _REPORT.signer_id.label("author_id"),
            schema.account.c.name.label("author_name"),
        )
        .join(schema.report, _REPORT.id == _REVIEW.report_id)
        .join(schema.account, schema.account.c.id == _REPORT.signer_id)
        .where(_REVIEW.study_id == study_id, _REVIEW.outcome.is_(None))
    ).one_or_none()


def review_of(row: Fetched) -> Review:
    """A review from a row of :func:`open_review`."""
    return Review(row.report_id, row.author_id, row.author_name, row.asked, row.escalates)

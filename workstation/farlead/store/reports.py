"""Drafts, the one short transaction that makes a report final, and what follows it."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, exists, insert, select, update

from farlead.errors import ClaimLost, NotFound, SignatureRefused
from farlead.messages import Message, message
from farlead.model.lives import REPORT, ReportState, StudyState
from farlead.model.report import Claim, Draft, ReportVersion
from farlead.store import schema
from farlead.store.columns import DRAFT, MESSAGE, Fetched, Selection
from farlead.store.critical import CriticalPart
from farlead.store.holding import end_claim, hold
from farlead.store.saying import add_deliveries
from farlead.store.values import SignedReport
from farlead.store.versions import (
    insert_version,
    open_version,
    step,
    supersede_final,
    version_of,
    version_row,
    versions,
)

_REPORT = schema.report.c


def _before_signing() -> Selection:
    """What a signature must know of its study, which is locked: whose it is, what hangs on it."""
    study, review, case = schema.study.c, schema.review.c, schema.critical_case.c
    waits = exists().where(review.study_id == study.id, review.outcome.is_(None))
    runs = exists().where(case.study_id == study.id, case.closed.is_(None))
    said = exists().where(
        schema.report_finding.c.report_id == _REPORT.id,
        _REPORT.study_id == study.id,
        _REPORT.state == ReportState.DRAFT,
    )
    return select(
        study.identity_conflict,
        waits.label("under_review"),
        runs.label("suspected"),
        said.label("said"),
    ).where(study.id == bindparam("study"))


_BEFORE_SIGNING = _before_signing()


class ReportPart(CriticalPart):
    """Report versions of a study."""

    def draft(self, study_id: int) -> ReportVersion | None:
        """The draft of a study, whoever wrote it; None when there is none."""
        with self._read() as connection:
            row = open_version(connection, study_id)
            return None if row is None else version_of(row)

    def save_draft(self, claim: Claim, draft: Draft) -> ReportVersion:
        """Keep what the reader has written; on disk when this returns.

        A critical suggestion that it accepts opens the case in the same step.

        Raises
        ------
        ClaimLost
            The claim ended or its fencing number is outdated; nothing was changed.
        """
        with self._write(listed=False) as connection:
            return self._save(connection, claim, hold(connection, claim, self.now()), draft)

    def _save(
        self, connection: Connection, claim: Claim, login: str, draft: Draft
    ) -> ReportVersion:
        row = open_version(connection, claim.study)
        before = None if row is None else version_of(row).draft
        self._open_accepted(connection, claim.study, (claim.account, login), before, draft)
        if row is None:
            self._database.touch(connection)
            self._record(login, "draft.begun", f"study:{claim.study}")
            return version_of(self._begin(connection, claim, draft))
        connection.execute(
            update(schema.report)
            .where(_REPORT.id == row.id)
            .values(
                draft=DRAFT.dump_json(draft).decode(),
                author_id=claim.account,
                fencing=claim.fencing,
                saved=self.now(),
            )
        )
        return version_of(version_row(connection, row.id))

    def finish(
        self, claim: Claim, signed: SignedReport, destinations: Sequence[str]
    ) -> ReportVersion:
        """Make a signed report final, in one short transaction.

        Checks claim and fencing number, keeps hash and content, ends the claim, sets the study
        to reported and writes one delivery for each destination, with the identifier that
        every try will carry.

        Raises
        ------
        ClaimLost
            The claim ended, somebody else holds the study, or it is reported already; nothing
            was changed and the signed file must be kept as void (:meth:`void_signed`).
        SignatureRefused
            A document of another patient joined the study while it was being signed; the same
            holds.
        """
        with self._write() as connection:
            row = self._sign_first(connection, claim, signed)
            supersede_final(connection, claim.study)
            final = step(connection, row.id, ReportState.FIRST_SIGNED, ReportState.FINAL)
            end_claim(connection, claim.study, StudyState.REPORTED)
            self._outbox(connection, row.id, claim.study, destinations)
            return version_of(final)

    def _sign_first(self, connection: Connection, claim: Claim, signed: SignedReport) -> Fetched:
        """The author's signature on what the claim holds; the version is first-signed."""
        hold(connection, claim, self.now())
        found = connection.execute(_BEFORE_SIGNING, {"study": claim.study}).one()
        if found.identity_conflict:
            raise SignatureRefused(message("store.identity_conflict"))
        if claim.account != signed.signer.id:
            raise ClaimLost(message("store.claim_other_signer"))
        if found.under_review:
            raise ClaimLost(message("store.under_review"))
        reader = (claim.account, signed.signer.login)
        self._open_accepted(connection, claim.study, reader, None, signed.draft)
        if found.suspected:
            self._end_rejected(connection, claim.study, reader, signed.draft)
        row = open_version(connection, claim.study) or self._begin(connection, claim, signed.draft)
        if found.said:
            _forget_findings(connection, row.id)
        self._keep_signed(connection, row, claim, signed)
        return row

    def void_signed(self, study_id: int, pdf_sha256: str, reason: Message) -> None:
        """Keep a signed file that came too late, with its reason; it is never delivered."""
        with self._write(listed=False) as connection:
            connection.execute(
                insert(schema.void_report).values(
                    study_id=study_id,
                    pdf_sha256=pdf_sha256,
                    reason=MESSAGE.dump_json(reason).decode(),
                    made=self.now(),
                )
            )
            self._record(
                "service:desk",
                "report.void",
                f"study:{study_id}",
                pdf=pdf_sha256,
                reason=reason.id,
            )

    def reports(self, study_id: int) -> list[ReportVersion]:
        """All versions of a study's report, the first one first."""
        with self._read() as connection:
            rows = connection.execute(
                versions().where(_REPORT.study_id == study_id).order_by(_REPORT.version)
            )
            return [version_of(row) for row in rows]

    def report(self, report_id: int) -> ReportVersion:
        """One version; NotFound."""
        with self._read() as connection:
            return version_of(version_row(connection, report_id))

    def report_content(self, report_id: int) -> str:
        """The structured report (JSON) of a signed version, as it is attached to its PDF."""
        with self._read() as connection:
            content: str | None = version_row(connection, report_id).content
            if content is None:
                raise NotFound(message("store.not_final", report=report_id))
            return content

    def _begin(self, connection: Connection, claim: Claim, draft: Draft) -> Fetched:
        return insert_version(
            connection,
            study_id=claim.study,
            author_id=claim.account,
            draft=DRAFT.dump_json(draft).decode(),
            fencing=claim.fencing,
            saved=self.now(),
        )

    def _keep_signed(
        self, connection: Connection, row: Fetched, claim: Claim, signed: SignedReport
    ) -> None:
        REPORT.check(ReportState(row.state), ReportState.FIRST_SIGNED)
        connection.execute(
            update(schema.report)
            .where(_REPORT.id == row.id)
            .values(
                state=str(ReportState.FIRST_SIGNED),
                author_id=signed.signer.id,
                draft=DRAFT.dump_json(signed.draft).decode(),
                saved=self.now(),
                pdf_sha256=signed.pdf_sha256,
                pdf_size=signed.pdf_size,
                content=signed.content_json,
                signer_id=signed.signer.id,
                signed=signed.signed,
                fencing=claim.fencing,
            )
        )
        _keep_findings(connection, row.id, signed.draft)
        self._record(
            signed.signer.login,
            "report.signed",
            f"study:{claim.study}",
            report=row.id,
            version=row.version,
            pdf=signed.pdf_sha256,
            station=claim.station,
        )

    def _outbox(
        self, connection: Connection, report_id: int, study_id: int, destinations: Sequence[str]
    ) -> None:
        add_deliveries(connection, study_id, destinations, self.now(), report_id=report_id)


def _forget_findings(connection: Connection, report_id: int) -> None:
    """What the report said when it was signed before, and sent back."""
    said = schema.report_finding
    connection.execute(delete(said).where(said.c.report_id == report_id))


def _keep_findings(connection: Connection, report_id: int, draft: Draft) -> None:
    """Under which statements the report's study is found; free lines have no code."""
    codes = sorted({line.code for line in draft.statements} - {""})
    if codes:
        rows = [{"code": code, "report_id": report_id} for code in codes]
        connection.execute(insert(schema.report_finding), rows)


def check_identity(connection: Connection, study_id: int) -> None:
    """SignatureRefused while the documents of a study speak of different people."""
    c = schema.study.c
    conflict = connection.execute(select(c.identity_conflict).where(c.id == study_id)).scalar()
    if conflict:
        raise SignatureRefused(message("store.identity_conflict"))

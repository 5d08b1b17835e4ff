"""Drafts, the one short transaction that makes a report final, and what follows it."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, desc, func, insert, select, update

from farlead.errors import ClaimLost, ClaimRefused, NotFound, SignatureRefused
from farlead.messages import Message, message
from farlead.model.lives import REPORT, DeliveryState, ReportState, StudyState
from farlead.model.people import Account
from farlead.model.report import Claim, Draft, ReportVersion
from farlead.store import schema
from farlead.store.claims import end_claim, hold
from farlead.store.columns import DRAFT, MESSAGE, Fetched
from farlead.store.critical import CriticalPart
from farlead.store.rows import version_of
from farlead.store.values import SignedReport

_REPORT = schema.report.c


class ReportPart(CriticalPart):
    """Report versions of a study."""

    def draft(self, study_id: int) -> ReportVersion | None:
        """The draft of a study, whoever wrote it; None when there is none."""
        with self._read() as connection:
            row = _open_version(connection, study_id)
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
            login = hold(connection, claim, self.now())
            row = _open_version(connection, claim.study)
            before = None if row is None else version_of(row).draft
            reader = (claim.account, login)
            self._open_accepted(connection, claim.study, reader, before, draft)
            if row is None:
                connection.execute(
                    update(schema.change).values(counter=schema.change.c.counter + 1)
                )
                self._record(connection, login, "draft.begun", f"study:{claim.study}")
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
            return version_of(_version(connection, row.id))

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
            hold(connection, claim, self.now())
            _check_identity(connection, claim.study)
            if claim.account != signed.signer.id:
                raise ClaimLost(message("store.claim_other_signer"))
            reader = (claim.account, signed.signer.login)
            self._open_accepted(connection, claim.study, reader, None, signed.draft)
            row = _open_version(connection, claim.study) or self._begin(
                connection, claim, signed.draft
            )
            REPORT.check(ReportState(row.state), ReportState.FIRST_SIGNED)
            self._sign(connection, row.id, claim, signed)
            end_claim(connection, claim.study, StudyState.REPORTED)
            self._outbox(connection, row.id, claim.study, destinations)
            self._record(
                connection,
                signed.signer.login,
                "report.signed",
                f"study:{claim.study}",
                report=row.id,
                version=row.version,
                pdf=signed.pdf_sha256,
                station=claim.station,
            )
            return version_of(_version(connection, row.id))

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
                connection,
                "service:desk",
                "report.void",
                f"study:{study_id}",
                pdf=pdf_sha256,
                reason=reason.id,
            )

    def amend(self, report_id: int, account: Account, reason: str) -> ReportVersion:
        """Begin a new version that names the final one and says why.

        The final version stays in force until the new one is signed (:meth:`finish_amendment`).

        Raises
        ------
        ClaimRefused
            No reason is given, or somebody is amending it already.
        NotFound
            The report is unknown or not final.
        """
        with self._write() as connection:
            if not reason.strip():
                raise ClaimRefused(message("store.reason_needed"))
            row = _version(connection, report_id)
            if row.state != ReportState.FINAL:
                raise NotFound(message("store.not_final", report=report_id))
            if _open_version(connection, row.study_id) is not None:
                raise ClaimRefused(message("store.amended_already"))
            new = _insert_version(
                connection,
                study_id=row.study_id,
                author_id=account.id,
                draft=row.draft,
                fencing=0,
                saved=self.now(),
                supersedes=report_id,
                reason=reason,
            )
            self._record(
                connection,
                account.login,
                "report.amended",
                f"study:{row.study_id}",
                report=new.id,
                supersedes=report_id,
                reason=reason,
            )
            return version_of(new)

    def finish_amendment(
        self, report_id: int, signed: SignedReport, destinations: Sequence[str]
    ) -> ReportVersion:
        """Sign an amendment: the old version is superseded, the new one final; ClaimLost."""
        with self._write() as connection:
            row = _version(connection, report_id)
            if row.state != ReportState.DRAFT or row.author_id != signed.signer.id:
                raise ClaimLost(message("store.amended_already"))
            if row.supersedes is None:
                raise NotFound(message("store.not_final", report=report_id))
            _step(connection, row.supersedes, ReportState.FINAL, ReportState.SUPERSEDED)
            self._sign(connection, report_id, None, signed)
            self._outbox(connection, report_id, row.study_id, destinations)
            self._record(
                connection,
                signed.signer.login,
                "report.signed",
                f"study:{row.study_id}",
                report=report_id,
                version=row.version,
                pdf=signed.pdf_sha256,
            )
            return version_of(_version(connection, report_id))

    def reports(self, study_id: int) -> list[ReportVersion]:
        """All versions of a study's report, the first one first."""
        with self._read() as connection:
            rows = connection.execute(
                select(schema.report).where(_REPORT.study_id == study_id).order_by(_REPORT.version)
            )
            return [version_of(row) for row in rows]

    def report(self, report_id: int) -> ReportVersion:
        """One version; NotFound."""
        with self._read() as connection:
            return version_of(_version(connection, report_id))

    def report_content(self, report_id: int) -> str:
        """The structured report (JSON) of a signed version, as it is attached to its PDF."""
        with self._read() as connection:
            content: str | None = _version(connection, report_id).content
            if content is None:
                raise NotFound(message("store.not_final", report=report_id))
            return content

    def _begin(self, connection: Connection, claim: Claim, draft: Draft) -> Fetched:
        return _insert_version(
            connection,
            study_id=claim.study,
            author_id=claim.account,
            draft=DRAFT.dump_json(draft).decode(),
            fencing=claim.fencing,
            saved=self.now(),
        )

    def _sign(
        self, connection: Connection, report_id: int, claim: Claim | None, signed: SignedReport
    ) -> None:
        connection.execute(
            update(schema.report)
            .where(_REPORT.id == report_id)
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
                **({} if claim is None else {"fencing": claim.fencing}),
            )
        )
        # One signature is enough here; a site's two-signature policy will stop before this step.
        _step(connection, report_id, ReportState.FIRST_SIGNED, ReportState.FINAL)

    def _outbox(
        self, connection: Connection, report_id: int, study_id: int, destinations: Sequence[str]
    ) -> None:
        now = self.now()
        for destination in dict.fromkeys(destinations):
            connection.execute(
                insert(schema.delivery).values(
                    report_id=report_id,
                    study_id=study_id,
                    destination=destination,
                    # A UID (PS3.5 B.2), so that DICOM can carry it as well as HL7 or FHIR.
                    identifier=f"2.25.{uuid.uuid4().int}",
                    state=str(DeliveryState.DUE),
                    created=now,
                    changed=now,
                )
            )


def _insert_version(connection: Connection, *, study_id: int, **values: object) -> Fetched:
    last: int | None = connection.execute(
        select(func.max(_REPORT.version)).where(_REPORT.study_id == study_id)
    ).scalar()
    report_id = connection.execute(
        insert(schema.report)
        .values(study_id=study_id, version=(last or 0) + 1, state=str(ReportState.DRAFT), **values)
        .returning(_REPORT.id)
    ).scalar_one()
    return _version(connection, report_id)


def _version(connection: Connection, report_id: int) -> Fetched:
    row = connection.execute(select(schema.report).where(_REPORT.id == report_id)).one_or_none()
    if row is None:
        raise NotFound(message("store.no_report", report=report_id))
    return row


def _check_identity(connection: Connection, study_id: int) -> None:
    c = schema.study.c
    conflict = connection.execute(select(c.identity_conflict).where(c.id == study_id)).scalar()
    if conflict:
        raise SignatureRefused(message("store.identity_conflict"))


def _open_version(connection: Connection, study_id: int) -> Fetched | None:
    return connection.execute(
        select(schema.report)
        .where(_REPORT.study_id == study_id, _REPORT.state == ReportState.DRAFT)
        .order_by(desc(_REPORT.version))
        .limit(1)
    ).one_or_none()


def _step(connection: Connection, report_id: int, old: ReportState, new: ReportState) -> None:
    REPORT.check(old, new)
    connection.execute(update(schema.report).where(_REPORT.id == report_id).values(state=str(new)))


def signed_between(
    connection: Connection, start: datetime, stop: datetime, account_id: int | None
) -> int:
    """Number of signatures in a time, of one account or of all."""
    query = select(func.count()).where(_REPORT.signed >= start, _REPORT.signed < stop)
    if account_id is not None:
        query = query.where(_REPORT.signer_id == account_id)
    return int(connection.execute(query).scalar_one())

"""Signing: compose and sign outside any transaction, then the store's one short transaction."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from farlead.access.keys import KeyRing
from farlead.access.signing_key import SigningKey
from farlead.desk.opened import OpenStudy
from farlead.desk.proof import evidence
from farlead.errors import (
    ClaimLost,
    CredentialProblem,
    IllegalTransition,
    SignatureRefused,
    SigningError,
)
from farlead.messages import Message, message
from farlead.model.critical import CriticalCase
from farlead.model.moved import as_left
from farlead.model.people import Account
from farlead.model.recording import ImageStudy, Recording
from farlead.model.report import Claim, Draft, ReportVersion
from farlead.model.study import Severity
from farlead.model.worklist import severity
from farlead.objects import ObjectFolder
from farlead.reporting.compositor import Compositor
from farlead.reporting.content import ReportContent
from farlead.reporting.emblem import look
from farlead.reporting.signing import Act, SignedPdf, countersign, sign_first
from farlead.reporting.statements import catalogue
from farlead.settings import Settings
from farlead.store import Countersigned, SignedReport, Store


class Signing:
    """Makes reports of what the desk hands over.

    Parameters
    ----------
    settings : Settings
    store : Store
    objects : ObjectFolder
        Keeps the signed files.
    keys : KeyRing
        The reader's key; it must be open.
    compositor : Compositor
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: ObjectFolder,
        keys: KeyRing,
        compositor: Compositor,
    ) -> None:
        self._settings = settings
        self._store = store
        self._objects = objects
        self._keys = keys
        self._compositor = compositor
        self._evidence = evidence(settings)

    def preview(self, opened: OpenStudy, draft: Draft, author: Account) -> bytes:
        """The report as PDF, marked as unsigned; ComposeError."""
        return self._compositor.preview_pdf(self._content(opened, draft, author))

    def preview_at_hand(
        self, opened: OpenStudy, draft: Draft, author: Account, now: datetime,
        cases: Sequence[CriticalCase],
    ) -> bytes:  # fmt: skip
        """As :meth:`preview`, from what the station has: nothing is asked of the store."""
        version = 1 if opened.report is None else opened.report.version + 1
        content = self._content_of(opened, draft, author, version, now, cases, None)
        return self._compositor.preview_pdf(content)

    def sign(self, claim: Claim, opened: OpenStudy, draft: Draft, login: str) -> ReportVersion:
        """Compose, sign, keep and finish; or give the second signature.

        A report that waits for its second signature and reads as it was first signed gets it in
        the same file; changed, it is a new version signed by the second reader alone. A file
        that comes too late is kept as void with its reason; the error goes on to the caller.

        Raises
        ------
        SigningError, CredentialProblem
            The key is closed, or its certificate is not the one of the account.
        ComposeError
        ClaimLost
        SignatureRefused
            Another patient's document joined the study meanwhile; or the report is the second
            reader's own, or does not contain what has arrived since it was first signed.
        """
        self._store.renew(claim)  # a lost claim is told before the work is done
        signer = self._store.account(login)
        self._store.open_accepted(claim.study, signer, draft)  # the report tells of the case
        if opened.review is not None and opened.basis is not None:
            if draft == opened.basis.draft:
                return self._countersign(claim, opened, opened.basis, signer)
            return self._replace(claim, opened, draft, signer)
        return self._first(claim, opened, draft, signer)

    def _first(
        self, claim: Claim, opened: OpenStudy, draft: Draft, signer: Account
    ) -> ReportVersion:
        row, unit = opened.row, opened.row.study.unit.code
        rank = severity(row, self._store.now())
        second = self._settings.second_signature.wanted(unit, row.study.kind, rank)
        content = self._content(opened, draft, signer)
        signed = self._signed(replace(content, awaits_review=second))
        if second:
            urgent = rank >= Severity.URGENT
            return self._kept(
                claim,
                signed.pdf_sha256,
                lambda: self._store.first_sign(claim, signed, urgent=urgent),
            )
        return self._kept(
            claim,
            signed.pdf_sha256,
            lambda: self._store.finish(claim, signed, self._settings.destinations(unit)),
        )

    def _replace(
        self, claim: Claim, opened: OpenStudy, draft: Draft, signer: Account
    ) -> ReportVersion:
        review = opened.review
        author = review.author_name if review is not None else ""
        reason = message("desk.changed_in_review", author=author).text(self._settings.language)
        content = replace(self._content(opened, draft, signer), drafted_by=author)
        signed = self._signed(content)
        destinations = self._settings.destinations(opened.row.study.unit.code)
        return self._kept(
            claim,
            signed.pdf_sha256,
            lambda: self._store.replace_reviewed(claim, signed, destinations, reason),
        )

    def _countersign(
        self, claim: Claim, opened: OpenStudy, first: ReportVersion, signer: Account
    ) -> ReportVersion:
        self._has_all(opened, first)
        act = self._act("desk.review_reason", self._store.now(), signer)
        sha256 = first.sha256 or ""
        made = countersign(self._objects.get(sha256), self._credential(signer), act, self._evidence)
        second = Countersigned(sha256, self._on_disk(made, signer), len(made.pdf), signer)
        destinations = self._settings.destinations(opened.row.study.unit.code)
        return self._kept(
            claim,
            second.pdf_sha256,
            lambda: self._store.countersign(claim, second, destinations),
        )

    def _has_all(self, opened: OpenStudy, first: ReportVersion) -> None:
        """What is countersigned speaks of every object that the study has now."""
        named = json.loads(self._store.report_content(first.id))["study"]["objects"]
        known = {item["sha256"] for item in named}
        new = [stored for stored in opened.row.study.objects if stored.sha256 not in known]
        if new:
            raise SignatureRefused(message("desk.objects_since_first", count=len(new)))

    def _signed(self, content: ReportContent) -> SignedReport:
        """Composed, signed by its author, kept."""
        composed = self._compositor.compose(content)
        credential = self._credential(content.author)
        act = self._act("desk.signing_reason", content.composed, content.author)
        made = sign_first(composed, credential, act, self._evidence)
        return SignedReport(
            draft=content.draft,
            pdf_sha256=self._on_disk(made, content.author),
            pdf_size=len(made.pdf),
            content_json=composed.json,
            signer=content.author,
            signed=content.composed,
        )

    def _on_disk(self, made: SignedPdf, signer: Account) -> str:
        """SHA-256 of the signed file once it is kept; what should be known of it is audited.

        SigningError when the disk is full: nothing was issued.
        """
        try:
            sha256 = self._objects.put(made.pdf)
        except OSError as error:
            cause = error.strerror or type(error).__name__
            raise SigningError(message("desk.not_kept", cause=cause)) from error
        for remark in made.remarks:
            detail = {"reason": remark.id, "pdf": sha256}
            self._store.audit(signer.login, "report.remark", f"account:{signer.login}", detail)
        return sha256

    def _credential(self, signer: Account) -> SigningKey:
        credential = self._keys.credential()
        if signer.certificate is None or credential.fingerprint != signer.certificate:
            raise CredentialProblem(message("desk.other_certificate", name=signer.name))
        return credential

    def _act(self, reason: str, at: datetime, signer: Account) -> Act:
        language = self._settings.language
        return Act(Message(reason).text(language), at, signer.name, language)

    def _kept(
        self, claim: Claim, sha256: str, finish: Callable[[], ReportVersion]
    ) -> ReportVersion:
        """The store's one transaction; refused, the signed file is void."""
        try:
            return finish()
        except (ClaimLost, IllegalTransition, SignatureRefused) as error:
            self._store.void_signed(claim.study, sha256, error.reason)
            raise

    def _content(self, opened: OpenStudy, draft: Draft, author: Account) -> ReportContent:
        study = opened.row.study.id
        finished = [each for each in self._store.reports(study) if each.sha256 is not None]
        return self._content_of(
            opened, draft, author, len(finished) + 1, self._store.now(),
            self._store.cases(study), self._amends(opened),
        )  # fmt: skip

    def _content_of(
        self, opened: OpenStudy, draft: Draft, author: Account, version: int, now: datetime,
        cases: Sequence[CriticalCase], amends: str | None,
    ) -> ReportContent:  # fmt: skip
        recordings = [c for c in opened.contents if isinstance(c, Recording)]
        images = [c for c in opened.contents if isinstance(c, ImageStudy)]
        return ReportContent.of_study(
            opened.row.study,
            (*recordings, *images),
            hospital=self._settings.hospital,
            version=version,
            composed=now,
            draft=draft,
            author=author,
            screening=as_left(opened.row.screening, draft),
            language=self._settings.language,
            cases=tuple(cases),
            amends=amends,
            demo=self._settings.demo,
            look=look(self._settings),
            catalogue_version=catalogue(self._settings.statement_file).version,
        )

    def _amends(self, opened: OpenStudy) -> str | None:
        """Which version a correction replaces and why; None for what corrects nothing."""
        draft = self._store.draft(opened.row.study.id)
        if opened.basis is None or draft is None or draft.supersedes is None:
            return None
        told = message("desk.amends", version=opened.basis.version, reason=draft.reason or "")
        return told.text(self._settings.language)

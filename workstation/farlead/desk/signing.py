"""Signing: compose and sign outside any transaction, then the store's one short transaction."""

from farlead.access.keys import KeyRing
from farlead.desk.opened import OpenStudy
from farlead.desk.proof import evidence
from farlead.errors import ClaimLost, CredentialProblem, IllegalTransition, SignatureRefused
from farlead.messages import message
from farlead.model.moved import as_left
from farlead.model.people import Account
from farlead.model.recording import ImageStudy, Recording
from farlead.model.report import Claim, Draft, ReportVersion
from farlead.objects import ObjectFolder
from farlead.reporting.compositor import Compositor
from farlead.reporting.content import ReportContent
from farlead.reporting.emblem import look
from farlead.reporting.signing import Act, sign_first
from farlead.reporting.statements import catalogue
from farlead.settings import Settings
from farlead.store import SignedReport, Store


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

    def sign(self, claim: Claim, opened: OpenStudy, draft: Draft, login: str) -> ReportVersion:
        """Compose, sign, keep and finish.

        A file that comes too late is kept as void with its reason; the error goes on to the
        caller.

        Raises
        ------
        SigningError, CredentialProblem
            The key is closed, or its certificate is not the one of the account.
        ComposeError
        ClaimLost
        SignatureRefused
            Another patient's document joined the study meanwhile.
        """
        self._store.renew(claim)  # a lost claim is told before the work is done
        signer = self._store.account(login)
        self._store.open_accepted(claim.study, signer, draft)  # the report tells of the case
        content = self._content(opened, draft, signer)
        composed = self._compositor.compose(content)
        credential = self._keys.credential()
        if signer.certificate is None or credential.fingerprint != signer.certificate:
            raise CredentialProblem(message("desk.other_certificate", name=signer.name))
        reason = message("desk.signing_reason").text(self._settings.language)
        act = Act(reason, content.composed, signer.name, self._settings.language)
        pdf = sign_first(composed, credential, act, self._evidence).pdf
        signed = SignedReport(
            draft=draft,
            pdf_sha256=self._objects.put(pdf),
            pdf_size=len(pdf),
            content_json=composed.json,
            signer=signer,
            signed=content.composed,
        )
        destinations = self._settings.destinations(opened.row.study.unit.code)
        try:
            return self._store.finish(claim, signed, destinations)
        except (ClaimLost, IllegalTransition, SignatureRefused) as error:
            self._store.void_signed(claim.study, signed.pdf_sha256, error.reason)
            raise

    def _content(self, opened: OpenStudy, draft: Draft, author: Account) -> ReportContent:
        versions = self._store.reports(opened.row.study.id)
        finished = [version for version in versions if version.sha256 is not None]
        recordings = [c for c in opened.contents if isinstance(c, Recording)]
        images = [c for c in opened.contents if isinstance(c, ImageStudy)]
        return ReportContent.of_study(
            opened.row.study,
            (*recordings, *images),
            hospital=self._settings.hospital,
            version=len(finished) + 1,
            composed=self._store.now(),
            draft=draft,
            author=author,
            screening=as_left(opened.row.screening, draft),
            language=self._settings.language,
            cases=tuple(self._store.cases(opened.row.study.id)),
            demo=self._settings.demo,
            look=look(self._settings),
            catalogue_version=catalogue(self._settings.statement_file).version,
        )

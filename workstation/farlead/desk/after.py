"""What follows the first signature: review, amendment, withdrawal, old versions."""

from collections.abc import Mapping, Sequence

from farlead.access.accounts import Right, Session, require
from farlead.errors import ClaimRefused, PermissionDenied
from farlead.messages import message
from farlead.model.lives import DeliveryState
from farlead.model.report import Brought, Claim, ReportVersion
from farlead.model.review import Remark
from farlead.model.study import Study
from farlead.store import Store


class AfterDesk:
    """The part of a desk that deals with signed reports.

    Parameters
    ----------
    store : Store
    session : Session

    Notes
    -----
    A second reader (``review_report``) reviews others' reports, and amends and withdraws any;
    a reader amends and withdraws reports of their own.
    """

    def __init__(self, store: Store, session: Session) -> None:
        self._store, self._session = store, session

    def send_back(self, claim: Claim, remarks: Sequence[Remark]) -> None:
        """Back to its author with remarks at the place; ClaimRefused without any, ClaimLost."""
        require(self._session, Right.REVIEW_REPORT)
        self._store.send_back(claim, self._session.account, remarks)

    def reported(self, words: str = "", limit: int = 100) -> list[tuple[Study, ReportVersion]]:
        """Studies with an issued report, by number or patient; the latest signature first."""
        require(self._session, Right.OPEN_STUDY)
        return self._store.reported(words, limit)

    def versions(self, study_id: int) -> list[ReportVersion]:
        """All signed versions of a study's report, the newest first."""
        require(self._session, Right.OPEN_STUDY)
        signed = [version for version in self._store.reports(study_id) if version.sha256]
        return list(reversed(signed))

    def brought(self, report_id: int) -> list[Brought]:
        """How a version of a report stands at each destination, and all that happened on the way.

        Preliminary reports and withdrawals are among them.
        """
        require(self._session, Right.OPEN_STUDY)
        return [
            Brought(delivery, kind, tuple(self._store.delivery_history(delivery.id)))
            for delivery, kind in self._store.deliveries_of(report_id)
        ]

    def reported_at(self, studies: Sequence[int]) -> Mapping[int, DeliveryState]:
        """How far the reports of these studies are at their destinations; the worst counts."""
        require(self._session, Right.OPEN_STUDY)
        return self._store.brought(studies)

    def amend(self, report_id: int, reason: str) -> Claim:
        """Begin to correct the report in force; ClaimRefused, NotFound, PermissionDenied."""
        self._may_change(report_id)
        session = self._session
        return self._store.amend(report_id, session.account, session.station, reason)

    def withdraw_report(self, report_id: int, reason: str) -> ReportVersion:
        """Take the report in force back; ClaimRefused, NotFound, PermissionDenied."""
        self._may_change(report_id)
        return self._store.withdraw_report(report_id, self._session.account, reason)

    def _may_review(self, study_id: int) -> None:
        """Whether this reader may take a study that waits for its second signature."""
        review = self._store.review(study_id)
        if review is None:
            return
        require(self._session, Right.REVIEW_REPORT)
        if review.author == self._session.account.id:
            raise ClaimRefused(message("store.own_report"))

    def _may_change(self, report_id: int) -> None:
        require(self._session, Right.SIGN_REPORT)
        author = self._store.report(report_id).author
        if author != self._session.account.id and not self._session.may(Right.REVIEW_REPORT):
            raise PermissionDenied(message("desk.not_your_report"))

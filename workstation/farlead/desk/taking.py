"""The list, and who has a study in hand: taking, passing on, giving back."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta

from farlead.access.accounts import Right, Session, require
from farlead.desk.after import AfterDesk
from farlead.desk.dealing import dealt
from farlead.errors import ClaimRefused
from farlead.messages import message
from farlead.model.lives import StudyState
from farlead.model.report import Claim
from farlead.model.worklist import Filter, Row, Worklist
from farlead.settings import Clock, Settings
from farlead.store import Store

#: A study that was given back is not offered to the same reader again for so long.
PASSED_FOR = timedelta(minutes=5)

#: Everything on the list.
ALL = Filter()


class TakingDesk(AfterDesk):
    """The part of a desk that deals with list and claims.

    Parameters
    ----------
    settings : Settings
        Say whether studies are picked or dealt.
    store : Store
    session : Session
    clock : callable
        Time of the station.
    """

    def __init__(self, settings: Settings, store: Store, session: Session, clock: Clock) -> None:
        super().__init__(store, session)
        self._claims = settings.claim
        self._clock = clock
        self._passed: dict[int, datetime] = {}
        self._passing = threading.Lock()

    # The list

    def worklist(self, filter: Filter = ALL) -> Worklist:  # noqa: A002 - the window's own name
        """The list now, in its order, with this reader's own figures."""
        require(self._session, Right.SEE_LIST)
        return self._store.worklist(filter, self._session.account.id)

    def changed(self) -> int:
        """Number that changes when the list may have changed; cheap enough to poll."""
        return self._store.change_counter()

    def take_next(self, after: int | None = None, filter: Filter = ALL) -> Claim | None:  # noqa: A002 - the window's own name
        """Take the best free study in the order of the list, not `after`; None when none is free.

        What this reader gave back a moment ago comes last. In one step: what a colleague takes at
        this very moment is passed over, so that readers who ask together have different studies at
        the first try.
        """
        require(self._session, Right.CLAIM)
        if self._claims.mode == "deal":
            return self._deal(after)
        studies = self._turn(filter, after)
        return self._store.claim_first(studies, self._session.account, self._session.station)

    def _turn(self, narrowed: Filter, after: int | None) -> list[int]:
        """Free studies for this reader, the best first."""
        self._store.expire_claims()  # a station that died holds nothing, whoever serves
        return [row.study.id for row in self._in_turn(self._free(narrowed, after))]

    def _in_turn(self, free: list[Row]) -> list[Row]:
        """These rows, what this reader gave back a moment ago last."""
        with self._passing:
            limit = self._clock() - PASSED_FOR
            self._passed = {study: at for study, at in self._passed.items() if at > limit}
            return sorted(free, key=lambda row: row.study.id in self._passed)

    def _deal(self, after: int | None) -> Claim | None:
        """The study that the program deals to this reader; None when none is."""
        require(self._session, Right.CLAIM)
        self._store.expire_claims()
        mine = self._store.rows(Filter(mine=True), self._session.account.id)
        rows = [row for row in mine if row.study.id != after]
        passed = self._store.skipped(
            self._session.account, timedelta(seconds=self._claims.skip_seconds)
        )
        studies = dealt(
            [*rows, *self._free(ALL, after)],
            self._session.account,
            passed,
            self._store.now(),
            most_checked=self._claims.dealt_checked,
        )
        return self._store.claim_first(studies, self._session.account, self._session.station)

    def _free(self, narrowed: Filter, after: int | None) -> list[Row]:
        require(self._session, Right.SEE_LIST)
        rows = self._store.rows(replace(narrowed, mine=False), self._session.account.id)
        return [
            row
            for row in rows
            if row.study.state is StudyState.WAITING and row.study.id != after and self._mine(row)
        ]

    def _mine(self, row: Row) -> bool:
        """Whether a free study is this reader's to be offered.

        A second signature is offered when it has waited too long; a report that was sent back is
        its author's.
        """
        if row.review is not None:
            senior = (
                self._session.may(Right.REVIEW_REPORT)
                and row.review.author != self._session.account.id
            )
            return senior and row.review.escalated(self._store.now())
        return row.sent_back_to in (None, self._session.account.id)

    # Claims

    def claim(self, study_id: int) -> Claim:
        """Take a study for this reader alone; ClaimRefused.

        One that waits for its second signature needs the right to review, and another author.
        """
        require(self._session, Right.CLAIM)
        if self._claims.mode == "deal":
            self._refuse_picking(study_id)
        return self.claim_again(study_id)

    def claim_again(self, study_id: int) -> Claim:
        """Take a study that was this reader's before, also where studies are dealt. ClaimRefused.

        What waits for one PIN, and what was written while the database was away, is theirs to
        finish as long as nobody else has taken it.
        """
        require(self._session, Right.CLAIM)
        self._may_review(study_id)
        return self._store.claim(study_id, self._session.account, self._session.station)

    def _refuse_picking(self, study_id: int) -> None:
        """Where studies are dealt, a free one is not picked: the next is asked for."""
        row = self._store.row(study_id)
        if row.study.state is StudyState.WAITING and row.review is None:
            raise ClaimRefused(message("desk.dealt_here"))

    def skip(self, claim: Claim, reason: str) -> None:
        """Pass a study on and say why: it comes last for this reader. ClaimLost, ClaimRefused."""
        self._store.skip(claim, reason)

    def renew(self, claim: Claim) -> Claim:
        """Prolong the lease; ClaimLost."""
        return self._store.renew(claim)

    def release(self, claim: Claim) -> None:
        """Give a study back without reading; its draft is kept. ClaimLost."""
        with self._passing:
            self._passed[claim.study] = self._clock()
        self._store.release(claim)

    def take_over(self, study_id: int, reason: str) -> Claim:
        """Take a study that another holds; logged with the reason. ClaimRefused."""
        require(self._session, Right.TAKE_OVER)
        self._may_review(study_id)
        return self._store.take_over(study_id, self._session.account, self._session.station, reason)

    def retake(self, claim: Claim, reason: str, hint: str) -> None:
        """Ask the unit to record again; ClaimLost."""
        require(self._session, Right.REQUEST_RETAKE)
        self._store.request_retake(claim, reason, hint)

    def recall_retake(self, study_id: int) -> None:
        """Call a retake back that has gone out; the unit is told. IllegalTransition."""
        require(self._session, Right.REQUEST_RETAKE)
        self._store.recall_retake(study_id, self._session.account)

    def confirm_identity(self, claim: Claim) -> None:
        """The reader has made sure whose the claimed study is; audited. ClaimLost."""
        require(self._session, Right.WRITE_REPORT)
        self._store.confirm_identity(claim)

"""When the database is back: everything that the station kept goes where it belongs.

Each claim is checked again. Still this reader's: the draft is saved, a report that is ready waits
for the one PIN. Another's: the text is offered to them. Nothing is erased from the journal before
it is in the store; what is interrupted is done again, and done once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from farlead.access.accounts import Session
from farlead.desk.known import Known
from farlead.errors import CaseError, ClaimError, ClaimLost, NotFound, PermissionDenied
from farlead.journal import Journal
from farlead.messages import Message, message
from farlead.model.lives import CaseState
from farlead.model.outage import KeptAct, KeptCall, KeptCase, KeptDraft, TakenUp
from farlead.model.report import Claim, Draft
from farlead.store import Store
from farlead.store.columns import Detail


@dataclass
class _Done:
    """What has been handed over so far."""

    held: Claim | None = None
    lost: Message | None = None
    saved: list[str] = field(default_factory=list)
    ready: dict[int, str] = field(default_factory=dict)
    offered: list[str] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)

    @property
    def decided(self) -> bool:
        """Whether it is known what became of the study in hand."""
        return self.held is not None or self.lost is not None


class TakingUp:
    """Hands over what a journal keeps.

    Parameters
    ----------
    claim_again : callable
        Takes a study that was this reader's before.
    draft_of : callable
        What the store has written of a study.
    store : Store
    journal : Journal
    known : Known
    session : Session
    """

    def __init__(
        self,
        claim_again: Callable[[int], Claim],
        draft_of: Callable[[int], Draft],
        store: Store,
        journal: Journal,
        known: Known,
        session: Session,
    ) -> None:
        self._claim_again, self._draft_of = claim_again, draft_of
        self._store, self._journal = store, journal
        self._known, self._session = known, session

    def run(self, held: Claim | None) -> tuple[TakenUp, set[int]]:
        """Hand over; also the studies that wait for the one PIN. StoreUnreachable."""
        done = _Done()
        for kept in self._journal.drafts().values():
            self._hand_over(kept, held, done)
        if held is not None and not done.decided and held.study not in done.ready:
            done.held, done.lost = self._still(held)
        calls = self._cases()
        self._acts()
        found = TakenUp(
            done.held,
            done.lost,
            tuple(done.saved),
            tuple(done.ready.values()),
            tuple(done.offered),
            tuple(done.signed),
            calls,
        )
        return found, set(done.ready)

    def _hand_over(self, kept: KeptDraft, held: Claim | None, done: "_Done") -> None:
        here = held is not None and held.study == kept.study
        if self._signed_already(kept):
            self._journal.erase(draft=kept.study)
            done.signed.append(kept.number)
            return
        try:
            claim = self._checked(kept)
        except (ClaimError, NotFound, PermissionDenied) as error:
            self._offer(kept)
            done.offered.append(kept.number)
            done.lost = error.reason if here else done.lost
            return
        self._save(claim, kept)
        if kept.ready:
            done.ready[kept.study] = kept.number
            return
        done.saved.append(kept.number)
        if here:
            done.held = claim
        else:
            self._store.release(claim)

    def _signed_already(self, kept: KeptDraft) -> bool:
        """Whether the signature had come through when the line broke."""
        me = self._session.account.id
        return any(
            version.sha256 is not None and version.author == me and version.draft == kept.draft
            for version in self._store.reports(kept.study)
        )

    def _checked(self, kept: KeptDraft) -> Claim:
        """The claim as it holds now; ClaimError where study or text are another's now."""
        claim = self._renewed(kept.claim)
        if claim is not None:
            return claim
        claim = self._claim_again(kept.study)
        if self._draft_of(kept.study) not in (kept.base, kept.draft):
            self._store.release(claim)
            raise ClaimLost(message("desk.written_meanwhile", number=kept.number))
        return claim

    def _renewed(self, claim: Claim) -> Claim | None:
        """The same hold, if nobody has had the study since."""
        newest = self._known.held(claim.study) or claim
        if not newest.fencing:
            return None
        try:
            renewed = self._store.renew(newest)
        except ClaimLost:
            return None
        self._known.hold(renewed)
        return renewed

    def _still(self, held: Claim) -> tuple[Claim | None, Message | None]:
        """What is in hand and has nothing kept: still this reader's, or why not."""
        known = self._known.study(held.study)
        base = known.opened.draft if known is not None else Draft()
        number = known.opened.row.study.number if known is not None else str(held.study)
        kept = KeptDraft(held.study, number, held, base, base, held.until)
        try:
            return self._checked(kept), None
        except (ClaimError, NotFound, PermissionDenied) as error:
            return None, error.reason

    def _save(self, claim: Claim, kept: KeptDraft) -> None:
        """The text is in the store before the journal lets go of it."""
        self._store.save_draft(claim, kept.draft)
        self._known.drafted(kept.study, kept.draft)
        if kept.ready:
            self._journal.keep(replace(kept, claim=claim, base=kept.draft))
        else:
            self._journal.erase(draft=kept.study)

    def _offer(self, kept: KeptDraft) -> None:
        session = self._session
        if not kept.draft.empty:
            self._store.offer(kept, session.account, session.station)
        self._journal.erase(draft=kept.study)
        self._known.forget(kept.study)

    def _cases(self) -> int:
        """Enter cases, then calls; those of a case that has ended are audited."""
        stored: dict[int, int] = {}
        for kept in self._journal.cases():
            stored.setdefault(kept.case.id, self._case(kept))
        calls = self._journal.calls()
        for call in calls:
            self._called(call, stored.get(call.case, call.case))
            self._journal.erase(call=call)
        for kept in self._journal.cases():
            self._journal.erase(case=kept)
        return len(calls)

    def _case(self, kept: KeptCase) -> int:
        for case in self._store.cases(kept.case.study):
            same = any(finding == kept.finding for finding in case.findings)
            if case.state is CaseState.OPEN and same:
                return case.id
        account, since = self._session.account, kept.case.since
        return self._store.declare_case(kept.case.study, account, kept.finding, since).id

    def _called(self, call: KeptCall, case_id: int) -> None:
        account, station = self._session.account, self._session.station
        try:
            self._store.record_call(case_id, account, station, call.made, call.at)
        except CaseError:
            detail: Detail = {"at": call.at.isoformat(), "reached": call.made.reached}
            subject = f"case:{case_id}"
            late = KeptAct(account.login, "critical.called_late", subject, call.at, dict(detail))
            self._store.enter_act(late, account, station)

    def _acts(self) -> None:
        """What was done meanwhile, with the time by the station's clock."""
        for act in self._journal.acts():
            self._store.enter_act(act, self._session.account, self._session.station)
            self._journal.erase(act=act)

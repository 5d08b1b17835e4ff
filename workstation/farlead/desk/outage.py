"""The desk that goes on while the database is away.

The public methods of :class:`StationDesk` are the whole list of what works then; everything else
is refused in words. Nothing is signed: what is ready waits in the station's journal, and
:meth:`StationDesk.take_up` hands over what the journal keeps, each claim checked again.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from farlead.access.accounts import Right, Session, SignedIn, require
from farlead.access.keys import KeyRing
from farlead.desk.batch import BatchList, BatchOutcome, draft_hash
from farlead.desk.beside import EarlierEcgs
from farlead.desk.calls import KeptCases
from farlead.desk.desk import AT_HAND, Desk
from farlead.desk.known import Described, Known
from farlead.desk.link import ANSWER_SECONDS, Link
from farlead.desk.opened import OpenStudy, Shown
from farlead.desk.taking import ALL
from farlead.desk.taking_up import TakingUp
from farlead.desk.tending import Tending
from farlead.errors import (
    CaseError,
    ClaimRefused,
    JournalError,
    SignatureRefused,
    StoreError,
    StoreUnreachable,
)
from farlead.journal import Journal
from farlead.messages import Message, Parameter, message
from farlead.model.critical import CallMade, Contact, CriticalCase, Finding, declared
from farlead.model.lives import StudyState
from farlead.model.outage import Kept, KeptAct, KeptDraft, TakenUp
from farlead.model.report import Claim, Draft, ReportVersion
from farlead.model.study import StoredObject, Study
from farlead.model.worklist import Filter, Row, Worklist
from farlead.objects import ObjectFolder
from farlead.reporting.compositor import Compositor
from farlead.sandbox import Sandbox
from farlead.settings import Clock, Settings, utc_now
from farlead.store import Store


class StationDesk(Desk):
    """A desk with a journal; parameters as :class:`Desk`.

    Parameters
    ----------
    answer_seconds : float
        So long an answer is waited for before the database counts as away.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        objects: ObjectFolder,
        sandbox: Sandbox,
        session: Session,
        keys: KeyRing,
        compositor: Compositor,
        *,
        clock: Clock = utc_now,
        tending: Tending | None = None,
        password: SignedIn | None = None,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        super().__init__(
            settings, store, objects, sandbox, session, keys, compositor, clock=clock,
            tending=tending, password=password,
        )  # fmt: skip
        self._journal = Journal.of(settings, session.account.login)
        self._known = Known()
        self._link = Link(store, answer_seconds)
        self._kept_cases = KeptCases(self._journal, self._known, session, clock)
        self._one_at_a_time = threading.RLock()  # a draft is written, or handed over
        self._waiting: set[int] = set()  # handed over, waiting for the one PIN
        self._set_aside = self._checked_journal()
        self._taking_up = TakingUp(
            self.claim_again, self._draft_of, store, self._journal, self._known, session
        )

    def _checked_journal(self) -> Message | None:
        """A journal that cannot be read is put aside and said: what is written now is kept."""
        try:
            self._journal.kept()
        except JournalError:
            return message("journal.set_aside", file=str(self._journal.set_aside()))
        return None

    def _draft_of(self, study: int) -> Draft:
        return self._described(study)[0].draft

    def close(self) -> None:
        """Close the key, ask no more, and forget decoded studies; what is kept stays kept."""
        self._link.close()
        super().close()

    # The line

    @property
    def away(self) -> StoreError | None:
        """Why the database cannot be reached; None while it can."""
        return self._link.away

    def changed(self) -> int:
        """As :meth:`Desk.changed`; StoreUnreachable within seconds where nothing answers."""
        return self._link.changed()

    def kept(self) -> Kept:
        """How much the journal keeps. JournalError."""
        return self._journal.kept()

    # The list

    def worklist(self, filter: Filter = ALL) -> Worklist:  # noqa: A002 - the window's own name
        """The list, or as it was last seen."""
        return self._link.reach(partial(self._read_list, filter), partial(self._last_list, filter))

    def _read_list(self, narrowed: Filter) -> Worklist:
        found = super().worklist(narrowed)
        if narrowed == ALL:
            self._known.worklist = found
        return found

    def _last_list(self, narrowed: Filter) -> Worklist:
        last = self._known.worklist
        if last is None or narrowed != ALL:
            raise self._link.refused()
        return last

    def take_next(self, after: int | None = None, filter: Filter = ALL) -> Claim | None:  # noqa: A002 - the window's own name
        """Take the best free study; while the database is away the best one that is at hand."""
        online = partial(self._taken, partial(super().take_next, after, filter))
        return self._link.reach(online, partial(self._take_at_hand, after))

    def _taken(self, take: Callable[[], Claim | None]) -> Claim | None:
        claim = take()
        if claim is not None:
            self._known.hold(claim)
        return claim

    def _take_at_hand(self, after: int | None) -> Claim | None:
        study = self._next_at_hand(after)
        return None if study is None else self._presumed(study)

    def _next_at_hand(self, after: int | None) -> int | None:
        kept = self._journal.drafts()
        rows = self._known.worklist.rows if self._known.worklist is not None else ()
        for row in rows:
            study = row.study.id
            if study != after and study not in kept and self._readable(row):
                return study
        return None

    def _readable(self, row: Row) -> bool:
        """Whether a row was this reader's to take, and the station has the study."""
        free = row.study.state is StudyState.WAITING and row.claim is None and row.review is None
        return free and self._known.study(row.study.id) is not None

    # Claims

    def claim(self, study_id: int) -> Claim:
        """Take a study; while the database is away only as far as the station knows."""
        return self._link.reach(
            partial(self._claimed, super().claim, study_id), partial(self._presumed, study_id)
        )

    def claim_again(self, study_id: int) -> Claim:
        """As :meth:`Desk.claim_again`; the new hold counts for what is written under the old."""
        return self._claimed(super().claim_again, study_id)

    def _claimed(self, take: Callable[[int], Claim], study_id: int) -> Claim:
        claim = take(study_id)
        self._known.hold(claim)
        return claim

    def _presumed(self, study_id: int) -> Claim:
        """A hold that the database has not seen: it is asked for when that is back."""
        require(self._session, Right.CLAIM)
        if self._known.study(study_id) is None:
            raise ClaimRefused(message("journal.not_here"))
        row = next((r for r in self._last_list(ALL).rows if r.study.id == study_id), None)
        if row is not None and row.claim is not None and row.claim.account != self.account.id:
            held = row.claim
            told = message("store.claim_held", reader=held.reader, station=held.station)
            raise ClaimRefused(told)
        until = self._clock() + timedelta(seconds=self._claims.lease)
        before = self._known.held(study_id)
        if before is not None:
            return replace(before, until=until)
        me = self.account
        claim = Claim(study_id, me.id, me.name, self.station, 0, until)
        self._known.hold(claim)
        return claim

    def renew(self, claim: Claim) -> Claim:
        """Prolong the lease; while the database is away it is checked when that is back."""
        until = self._clock() + timedelta(seconds=self._claims.lease)
        renewed = self._link.reach(
            partial(super().renew, self._now(claim)), lambda: replace(claim, until=until)
        )
        self._known.hold(renewed)
        self._go_on(claim.study)
        return renewed

    def release(self, claim: Claim) -> None:
        """Give a study back; while the database is away its lease runs out by itself."""
        with self._one_at_a_time:
            now = self._now(claim)
            if now.fencing and claim.study not in self._journal.drafts():
                self._link.reach(partial(super().release, now), lambda: None)

    def _now(self, claim: Claim) -> Claim:
        """The hold as it is after it was checked again."""
        newer = self._known.held(claim.study)
        return newer if newer is not None and newer.fencing > claim.fencing else claim

    # Reading

    def open(self, study_id: int) -> OpenStudy:
        """Everything about a study; while the database is away what the station has of it."""
        return self._link.reach(partial(super().open, study_id), partial(self._at_hand, study_id))

    def _at_hand(self, study_id: int) -> OpenStudy:
        require(self._session, Right.OPEN_STUDY)
        known = self._known.study(study_id)
        if known is None:
            raise StoreUnreachable(message("journal.not_here"))
        kept = self._journal.drafts().get(study_id)
        described = known.opened if kept is None else replace(known.opened, draft=kept.draft)
        opened = self._with_contents(described, known.objects)
        if opened.unreadable:
            raise StoreUnreachable(message("journal.not_here"))
        return self._shown_to(opened)

    def preview(self, what: Shown | Claim | Study | int, draft: Draft) -> bytes:
        """As :meth:`Desk.preview`; while the database is away from what the station has."""
        return self._link.reach(
            partial(super().preview, what, draft), partial(self._preview_at_hand, what, draft)
        )

    def _preview_at_hand(self, what: Shown | Claim | Study | int, draft: Draft) -> bytes:
        require(self._session, Right.OPEN_STUDY)
        known = self._known.study(_study_of(what))
        if known is None:
            raise StoreUnreachable(message("journal.not_here"))
        if known.opened.basis is not None:  # what it replaces, and why, is the database's to say
            raise self._link.refused()
        opened = self._with_contents(known.opened, known.objects)
        cases = self._kept_cases.of(opened.row.study.id)
        return self._signing.preview_at_hand(opened, draft, self.account, self._clock(), cases)

    def earlier_ecgs(self, study_id: int) -> EarlierEcgs:
        """As :meth:`Desk.earlier_ecgs`; while the database is away those that the station has."""
        return self._link.reach(
            partial(super().earlier_ecgs, study_id), partial(self._earlier_at_hand, study_id)
        )

    def _earlier_at_hand(self, study_id: int) -> EarlierEcgs:
        require(self._session, Right.OPEN_STUDY)
        known = self._known.study(study_id)
        if known is None:
            raise StoreUnreachable(message("journal.not_here"))
        return self._beside.at_hand(known.opened)

    def _described(self, study_id: int) -> tuple[OpenStudy, tuple[StoredObject, ...]]:
        described, objects = super()._described(study_id)
        self._known.note(described, objects)
        return described, objects

    def _decode_ahead(self, coming: Callable[[], Sequence[Row]]) -> None:
        if self._link.away is None:
            super()._decode_ahead(coming)

    def _coming(self, study_id: int) -> tuple[Row, ...]:
        """What comes next is known as well, as far as it is fetched to this station."""
        free = self._in_turn(self._free(ALL, study_id))[:AT_HAND]
        for row in free:
            known = self._known.study(row.study.id)
            if known is None or _listed(known.opened.row) != _listed(self._corrected(row)):
                self._described(row.study.id)
        return tuple(free)

    # Writing

    def save_draft(self, claim: Claim, draft: Draft) -> None:
        """Keep what has been written: in the store, or in the journal while that is away."""
        require(self._session, Right.WRITE_REPORT)
        with self._one_at_a_time:
            now = self._now(claim)
            if not now.fencing:  # not the database's yet
                self._keep(claim, draft)
                return
            self._link.reach(partial(self._save, now, draft), partial(self._keep, now, draft))

    def _save(self, claim: Claim, draft: Draft) -> None:
        super().save_draft(claim, draft)
        self._known.drafted(claim.study, draft)
        self._waiting.discard(claim.study)
        if claim.study in self._journal.drafts():
            self._journal.erase(draft=claim.study)

    def _keep(self, claim: Claim, draft: Draft, seen: str | None = None) -> None:
        known = self._required(claim.study)
        self._waiting.discard(claim.study)
        kept = self._journal.drafts().get(claim.study)
        base = kept.base if kept is not None else known.opened.draft
        number = known.opened.row.study.number
        self._journal.keep(KeptDraft(claim.study, number, claim, draft, base, self._clock(), seen))
        self._kept_cases.accepted(known.opened, draft)

    def _required(self, study: int) -> Described:
        known = self._known.study(study)
        if known is None:
            raise self._link.refused()
        return known

    def put_ready(self, claim: Claim, draft: Draft, seen: frozenset[str] | None = None) -> None:
        """A report ready to sign: it waits in the journal, and is signed when all is checked again.

        Raises
        ------
        SignatureRefused
            What stops a signature stops this.
        JournalError
        """
        require(self._session, Right.SIGN_REPORT)
        with self._one_at_a_time:
            known = self._required(claim.study)
            opened = self._with_contents(known.opened, known.objects)
            blocked = self._unseen(opened, seen) or self._blocked(opened, draft)
            if blocked is not None:
                raise SignatureRefused(blocked)
            self._keep(self._now(claim), draft, draft_hash(opened, draft))

    def _audit(
        self, action: str, subject: str, detail: Mapping[str, Parameter] | None = None
    ) -> None:
        act = KeptAct(self.account.login, action, subject, self._clock(), dict(detail or {}))
        self._link.reach(
            partial(super()._audit, action, subject, detail), partial(self._journal.note, act)
        )

    # Critical values: the number of the unit and what to say are there, and each call is kept

    def cases(self) -> list[CriticalCase]:
        """Open cases, with what was declared and called since the database is away."""
        return self._link.reach(self._read_cases, self._kept_cases.open)

    def _read_cases(self) -> list[CriticalCase]:
        found = super().cases()
        self._known.cases = tuple(found)
        return self._kept_cases.open() if self._journal.kept().calls else found

    def _cases_of(self, study_id: int) -> list[CriticalCase]:
        return self._link.reach(
            partial(super()._cases_of, study_id), partial(self._kept_cases.of, study_id)
        )

    def open_case(self, what: Claim | int, source: Finding | str) -> CriticalCase:
        """Declare a critical value; while the database is away it is declared to that later."""
        study = what.study if isinstance(what, Claim) else what
        finding = declared(source) if isinstance(source, str) else source

        def keep() -> CriticalCase:
            require(self._session, Right.HANDLE_CRITICAL)
            return self._kept_cases.declare(self._required(study).opened, finding)

        return self._link.reach(partial(super().open_case, study, finding), keep)

    def confirm_case(self, case_id: int) -> CriticalCase:
        """Take a suspicion as a critical value; while the database is away it is told later."""

        def keep() -> CriticalCase:
            require(self._session, Right.HANDLE_CRITICAL)
            study = next((c.study for c in self._kept_cases.open() if c.id == case_id), None)
            if study is None:
                raise CaseError(message("critical.judged"))
            return self._kept_cases.confirm(case_id, self._required(study).opened)

        return self._link.reach(partial(super().confirm_case, case_id), keep)

    def contacts(self, case: CriticalCase) -> tuple[Contact, ...]:
        """As :meth:`Desk.contacts`; the lists that were last read while the database is away."""
        known = partial(self._contacts_known, case, self._clock)
        return self._link.reach(partial(super().contacts, case), known)

    def _note_open(self, study_id: int) -> None:
        act = KeptAct(
            self.account.login, "study.opened", f"study:{study_id}", self._clock(),
            {"station": self.station},
        )  # fmt: skip
        self._link.reach(partial(super()._note_open, study_id), partial(self._journal.note, act))

    def record_call(self, case_id: int, made: CallMade) -> CriticalCase:
        """One try to reach the unit; while the database is away it is entered later."""
        keep = partial(self._kept_cases.call, case_id, made)
        if case_id < 0:
            return keep()
        return self._link.reach(partial(super().record_call, case_id, made), keep)

    # When the database is back

    def take_up(self, held: Claim | None = None) -> TakenUp:
        """Hand over what the journal keeps; each claim is checked again first.

        Parameters
        ----------
        held : Claim, optional
            Of the study in hand.

        Raises
        ------
        StoreUnreachable
            It went away again: what has not been handed over is still kept.
        JournalError
        """
        with self._one_at_a_time:
            found, self._waiting = self._taking_up.run(held)
            found = replace(found, damaged=self._set_aside)
            self._set_aside = None
            return found

    def _to_sign(self) -> Mapping[int, str]:
        ready = {s: k.seen for s, k in self._journal.drafts().items() if s in self._waiting}
        return {**super()._to_sign(), **{s: seen for s, seen in ready.items() if seen}}

    def sign(self, claim: Claim, draft: Draft, seen: frozenset[str] | None = None) -> ReportVersion:
        """As :meth:`Desk.sign`; never without the database."""
        made = super().sign(self._now(claim), draft, seen)
        self._known.forget(claim.study)
        return made

    def sign_batch(self, listed: BatchList, pin: str) -> list[BatchOutcome]:
        """As :meth:`Desk.sign_batch`; what was kept and is signed, or somebody else's, is erased.

        What cannot be signed stays as a draft; where another has the study it is offered to them.
        """
        outcomes = super().sign_batch(listed, pin)
        with self._one_at_a_time:
            kept = self._journal.drafts()
            for outcome in outcomes:
                ready = kept.get(outcome.item.study)
                if ready is None or outcome.stays:
                    continue
                if outcome.lost:
                    self._store.offer(ready, self.account, self.station)
                self._journal.erase(draft=ready.study)
                self._waiting.discard(ready.study)
                self._known.forget(ready.study)
        return outcomes


def _listed(row: Row) -> Row:
    """A row as the list has it: without what is large."""
    return replace(row, screening=None if row.screening is None else row.screening.brief)


def _study_of(what: Shown | Claim | Study | int) -> int:
    match what:
        case Claim():
            return what.study
        case Study():
            return what.id
        case int():
            return what
        case _:
            return what.row.study.id

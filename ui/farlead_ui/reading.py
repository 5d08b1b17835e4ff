"""The reader's state: which study is in hand, its draft, what is told. Plain; no Qt.

One study at a time. Leaving saves the draft first and then gives the claim back, in that order
(one channel a study); a response that comes after the reader has gone on is undone, never shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from psygnal import Signal

from farlead.errors import ClaimError, ClaimLost, ClaimRefused, FarleadError
from farlead.messages import Message, message
from farlead.model.moved import as_left
from farlead.model.report import Claim, Draft
from farlead.model.screening import Screening
from farlead.model.study import Severity
from farlead.model.worklist import Row, severity
from farlead.settings import Clock, Settings
from farlead_ui.bridge import Scheduler
from farlead_ui.desk_like import DeskLike
from farlead_ui.drafting import DraftModel
from farlead_ui.keeping import Autosave, Tenure, lane
from farlead_ui.taking import (
    InHand,
    State,
    look_at,
    looked,
    state,
    take_amendment,
    take_best,
    take_first,
    take_one,
)
from farlead_ui.tasks import Done, Outcome, Tasks
from farlead_ui.viewing import Viewing
from farlead_ui.waiting import Tab, WaitingModel, quarantined

# Nobody answers what has just appeared: a key that comes sooner was meant for what was before it.
REACTION_SECONDS = 0.25

# A study that is there sooner is shown without bare paper before it.
OPENING_SECONDS = 0.12


class NoticeKind(StrEnum):
    """How a notice is shown."""

    DONE = "done"
    INFO = "info"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something told to the reader; `command` names the command that helps, if one does."""

    kind: NoticeKind
    text: Message
    command: str | None = None


class ReadingModel:
    """What is in hand.

    Signals: `changed` (another study, or its phase), `notice_changed`, `saved_changed`.
    """

    changed = Signal()
    notice_changed = Signal()
    saved_changed = Signal()

    def __init__(
        self,
        desk: DeskLike,
        waiting: WaitingModel,
        tasks: Tasks,
        scheduler: Scheduler,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self.desk, self.waiting, self.tasks = desk, waiting, tasks
        self.scheduler, self.clock, self.settings = scheduler, clock, settings
        self.in_hand: InHand | None = None
        self.opening: Row | None = None
        self.busy = False  # a study is being fetched
        self.lost = False
        self.notice: Notice | None = None
        self.saved_at: datetime | None = None
        self.painted_at: datetime | None = None
        self.viewing = Viewing(scheduler.ticks)
        self._shown_at: float | None = None  # ticks
        self.drafting = DraftModel()
        self.drafting.changed.connect(self._drafted)
        self._autosave = Autosave(desk, tasks, scheduler, self._saved, self._unsaved)
        self._tenure = Tenure(
            desk, tasks, scheduler, clock, settings.claim,
            renewed=self._renewed, idle=self._idle, lost=self.claim_ended, trouble=self._trouble,
        )  # fmt: skip
        waiting.changed.connect(self._follow_list)
        self._ticket = 0
        self._visited: list[int] = []
        self._looked_for: State | None = None
        self._let_go: set[int] = set()  # confirmed or given back, the list does not know it yet
        self._left: list[InHand] = []  # given back as soon as the next one is on the screen
        self._stored: dict[int, Draft] = {}
        self._kept: dict[int, Draft] = {}

    # -- going from study to study

    def take(self, study: int, *, over: str | None = None) -> None:
        """Claim and open a study; `over`: take it from its holder, for this reason."""
        if self.in_hand is not None and self.in_hand.study == study and not self.lost:
            return
        row = self.waiting.row(study)
        self._leave_for_next()
        if row is not None and quarantined(row):
            self._ticket += 1
            self._show(InHand(row, failure=row.study.quarantine))
            return
        self._fetch(row, partial(take_one, self.desk, study, over), study)

    def look(self, study: int) -> None:
        """Open a study to read it, without claiming it."""
        self._leave_for_next()
        self._fetch(None, partial(look_at, self.desk, study), study)

    def amend(self, study: int, report: int, reason: str) -> None:
        """Take a reported study to correct its report."""
        self._leave_for_next()
        self._fetch(None, partial(take_amendment, self.desk, report, reason), study)

    def next(self) -> None:
        """Claim and open the best free study; the one in hand goes back with its draft."""
        after = self.in_hand.study if self.in_hand else None
        if self.waiting.tab is Tab.INSTANT:
            work = partial(take_best, self.desk, after, self.waiting.filter)
        else:
            coming = [row.study.id for row in self.waiting.following(after)]
            free = [study for study in coming if study not in self._let_go]
            work = partial(take_first, self.desk, free)
        self._leave_for_next()
        self._fetch(None, work, None)

    def previous(self) -> None:
        """Back to the study that was open before this one."""
        here = self.in_hand.study if self.in_hand else None
        before = [study for study in self._visited if study != here]
        if not before:
            self.tell(NoticeKind.INFO, message("reading.no_previous"))
            return
        self._visited = before
        self.take(before[-1])

    def give_back(self) -> None:
        """Return the study without reading it; what is written stays as its draft."""
        if self.in_hand is not None and self.in_hand.claim is not None:
            number = self.in_hand.number
            self.close()
            self.tell(NoticeKind.INFO, message("reading.given_back", number=number))

    def put_aside(self) -> None:
        """Keep the draft and go on."""
        if self.in_hand is not None and self.in_hand.claim is not None:
            number = self.in_hand.number
            self.next()
            self.tell(NoticeKind.INFO, message("reading.kept_as_draft", number=number))

    def close(self) -> None:
        """Nothing in hand any more: draft saved, claim given back."""
        self.leave()
        self._ticket += 1
        self.busy, self.opening = False, None
        self.changed.emit()

    def leave(self) -> None:
        """Save and release what is in hand; the screen stays until the next is there."""
        self._leave_for_next()
        self._settle()

    def _leave_for_next(self) -> None:
        """As :meth:`leave`; the claim is given back when the next one is on the screen.

        What the reader waits for comes first, also at the database.
        """
        gone = self.detach()
        if gone is not None and gone.claim is not None:
            self._left.append(gone)

    def _settle(self) -> None:
        """What waited for the sheet: claims are given back, and the list says who holds what."""
        left, self._left = self._left, []
        for gone in left:
            self.release(gone)
        if not left:  # else the list is read when they are given back
            self.waiting.refresh()

    def _settle_shown(self, ticket: int) -> None:
        """A sheet that is long in being painted holds up no colleague."""
        if ticket == self._ticket and not self.busy and self.painted_at is None:
            self._settle()

    def release(self, gone: InHand) -> None:
        """Give the claim on a study back that is not in hand any more."""
        if gone.claim is not None:
            work = partial(self.desk.release, gone.claim)
            self.tasks.ordered(lane(gone.study), work, self._released)

    def detach(self) -> InHand | None:
        """Save what is in hand and let go of it, the claim kept: it is being signed."""
        self._autosave.flush()
        self._tenure.end()
        gone, lost = self.in_hand, self.lost
        self.in_hand, self.lost = None, False
        if gone is not None:
            self._let_go.add(gone.study)
        self.painted_at = self.saved_at = None
        self.drafting.load(Draft(), (), editable=False, may_accept_all=False)
        return replace(gone, claim=None) if gone is not None and lost else gone

    def bring_back(self, job: InHand, draft: Draft) -> None:
        """Put a study whose signature or retake did not happen in front again."""
        self.leave()
        self._ticket += 1
        self._stored[job.study] = draft
        self._show(job, draft)

    # -- what the screen reports

    def painted(self, study: int) -> None:
        """The sheet of this study has been painted in full."""
        if self.in_hand is not None and self.in_hand.study == study and self.painted_at is None:
            self.painted_at = self.clock()
            self.viewing.begin()
            self.changed.emit()
            self._settle()
            self._look_ahead(study)

    def _look_ahead(self, study: int) -> None:
        """What follows in the tab shown; for the whole list the desk knows it by itself."""
        if self.waiting.tab is not Tab.INSTANT:
            coming = [row.study.id for row in self.waiting.following(study)]
            work = partial(self.desk.fetch_ahead, coming)
            self.tasks.latest("ahead", work, lambda _outcome: None)

    def activity(self) -> None:
        """The reader pressed a key or moved the mouse."""
        self._tenure.activity()

    @property
    def idle(self) -> timedelta:
        """How long nobody has touched key or mouse."""
        return self._tenure.idle

    def pause(self, *, paused: bool) -> None:
        """Locked: the draft is saved and the lease runs out; unlocked: it is renewed at once."""
        self._autosave.flush()
        self._tenure.paused = paused
        if not paused:
            self._tenure.activity()
            self._tenure.renew(self.clock())

    def flush(self) -> None:
        """Save now what is not saved yet."""
        self._autosave.flush()

    @property
    def seen(self) -> bool:
        """Whether this study's sheet is on the screen in full."""
        return self.painted_at is not None and self.writable

    @property
    def viewed_seconds(self) -> float:
        """How long this study's sheet has been on the screen in full."""
        return self.viewing.seconds if self.painted_at is not None else 0.0

    @property
    def answerable(self) -> bool:
        """Whether what is on the screen has been there long enough for a key to be meant for it."""
        if self.in_hand is None or self._shown_at is None:
            return False
        shown = self.scheduler.ticks() - self._shown_at
        return (self.viewing.age if self.painted_at else shown) >= REACTION_SECONDS

    @property
    def screening(self) -> Screening | None:
        """What was measured in the study in hand, as the reader's draft leaves it."""
        found = self.in_hand.row.screening if self.in_hand is not None else None
        return as_left(found, self.drafting.draft)

    @property
    def writable(self) -> bool:
        """Whether the reader holds the study in hand."""
        return self.in_hand is not None and self.in_hand.claim is not None and not self.lost

    def tell(self, kind: NoticeKind, text: Message, command: str | None = None) -> None:
        """Tell the reader something; it replaces what was told before."""
        self.notice = Notice(kind, text, command)
        self.notice_changed.emit()

    def hush(self) -> None:
        """Take the notice away."""
        if self.notice is not None:
            self.notice = None
            self.notice_changed.emit()

    # -- responses

    def _fetch(self, row: Row | None, work: Callable[[], InHand | None], study: int | None) -> None:
        self._ticket += 1
        self.opening, self.busy = row, True
        self.hush()
        self.scheduler.once(OPENING_SECONDS, partial(self._still_opening, self._ticket))
        self.tasks.ordered("open", work, partial(self._taken, self._ticket, study))

    def _still_opening(self, ticket: int) -> None:
        """What takes longer than a glance is told; until then the screen stays as it is."""
        if ticket == self._ticket and self.busy:
            self.changed.emit()

    def _taken(self, ticket: int, study: int | None, outcome: Outcome[InHand | None]) -> None:
        if ticket != self._ticket:
            self._undo(outcome)
            return
        if isinstance(outcome, Done) and outcome.value is not None:
            self._show(outcome.value)
            return
        self.busy, self.opening = False, None
        if isinstance(outcome, Done):
            away = self.waiting.away is not None
            told = "outage.nothing_at_hand" if away else "reading.nothing_left"
            self.tell(NoticeKind.INFO, message(told))
        else:
            refused = isinstance(outcome.error, ClaimRefused) and study is not None
            self.waiting.select(study or self.waiting.selected)
            over = "study.take_over" if refused else None
            self.tell(NoticeKind.TROUBLE, outcome.error.reason, over)
        self._settle()
        self.changed.emit()

    def _undo(self, outcome: Outcome[InHand | None]) -> None:
        """The reader has gone on: what was claimed meanwhile goes back."""
        if isinstance(outcome, Done) and outcome.value is not None:
            self.release(outcome.value)

    def _show(self, job: InHand, draft: Draft | None = None) -> None:
        self.in_hand, self.opening = job, None
        if job.claim is not None:  # what was just left may be in hand again, under a new hold
            self._left = [gone for gone in self._left if gone.study != job.study]
        self._let_go.discard(job.study)
        self.busy = self.lost = False
        self.painted_at, self._shown_at = None, self.scheduler.ticks()
        self._visited = [*(s for s in self._visited if s != job.study), job.study][-50:]
        written = draft or self._written(job)
        self._load(job, written)
        if job.claim is not None:
            urgent = severity(job.row, self.clock()) >= Severity.URGENT
            self._tenure.begin(job.claim, urgent=urgent)
        self.waiting.select(job.study)
        self.changed.emit()
        if job.nothing_to_show:
            self._settle()
        else:
            self.scheduler.once(OPENING_SECONDS, partial(self._settle_shown, self._ticket))
        self._tell_unreadable(job)

    def _load(self, job: InHand, draft: Draft) -> None:
        self._looked_for = state(job.row)
        self.drafting.load(
            draft,
            job.suggestions,
            editable=job.claim is not None,
            may_accept_all=job.accept_all,
            normal=job.normal,
        )

    def _follow_list(self) -> None:
        """What arrives for the study in hand, or is found in it, is shown to its holder at once."""
        rows = {study: self.waiting.row(study) for study in self._let_go}
        self._let_go = {n for n, row in rows.items() if row is not None and self.waiting.mine(row)}
        job = self.in_hand
        row = self.waiting.row(job.study) if job is not None else None
        if job is None or job.claim is None or job.open is None or row is None or self.lost:
            return
        if state(row) not in {state(job.row), self._looked_for}:
            self._looked_for = state(row)
            work = partial(looked, self.desk, job.claim)
            self.tasks.ordered(lane(job.study), work, self._looked_again)

    def _looked_again(self, outcome: Outcome[InHand]) -> None:
        if not isinstance(outcome, Done):
            self._trouble(outcome.error)
            return
        job, new = self.in_hand, outcome.value
        if job is None or job.study != new.study or self.lost:
            return  # the reader went on meanwhile
        self.painted_at = None  # what is new has not been seen
        self.tell(NoticeKind.INFO, Message(_news(job, new), {"number": new.number}))
        self.take_up(new)
        self._tell_unreadable(new)

    def take_up(self, new: InHand) -> None:
        """The study in hand as the desk tells it now; what is written stays."""
        job = self.in_hand
        if job is not None and job.study == new.study and not self.lost:
            if new.objects != job.objects:
                self.painted_at = None
            self.in_hand = replace(new, claim=job.claim)
            self._load(self.in_hand, self.drafting.draft)
            self.changed.emit()

    def _tell_unreadable(self, job: InHand) -> None:
        bad = job.open.unreadable if job.open is not None else ()
        if bad and job.failure is None:
            cause = bad[0].reason.text(self.settings.language)
            total = len(bad) + len(job.open.contents if job.open is not None else ())
            told = message("reading.incomplete", count=len(bad), total=total, cause=cause)
            self.tell(NoticeKind.TROUBLE, told)

    def _written(self, job: InHand) -> Draft:
        """The stored draft, or the one kept here when storing it was refused."""
        stored = job.open.draft if job.open is not None else Draft()
        before, kept = self._stored.get(job.study, Draft()), self._kept.pop(job.study, None)
        self._stored[job.study] = stored
        if kept is None or job.claim is None:
            return stored
        if not stored.empty and stored != before:
            self.tell(NoticeKind.TROUBLE, message("reading.colleague_wrote", number=job.number))
            return stored
        self.tell(NoticeKind.INFO, message("reading.draft_restored", number=job.number))
        self._autosave.note(job.claim, kept)
        return kept

    def _drafted(self) -> None:
        job, draft = self.in_hand, self.drafting.draft
        if job is None or job.claim is None:
            return
        if not draft.empty or not self._stored.get(job.study, Draft()).empty:
            self._autosave.note(job.claim, draft)

    def _saved(self, claim: Claim, draft: Draft) -> None:
        self._stored[claim.study] = draft
        if self.in_hand is not None and self.in_hand.study == claim.study:
            self.saved_at = self.clock()
            self.saved_changed.emit()

    def _unsaved(self, claim: Claim, draft: Draft, error: FarleadError) -> None:
        if self.in_hand is not None and self.in_hand.study == claim.study:
            if isinstance(error, ClaimLost):
                self.claim_ended(error)
            else:
                self._autosave.note(claim, self.drafting.draft)
                self._trouble(error)
            return
        self._kept[claim.study] = draft
        row = self.waiting.row(claim.study)
        number = row.study.number if row else str(claim.study)
        told = message("reading.draft_kept_here", number=number, cause=_cause(error, self.settings))
        self.tell(NoticeKind.TROUBLE, told)

    def _renewed(self, claim: Claim) -> None:
        if self.in_hand is not None and self.in_hand.study == claim.study:
            self.in_hand = replace(self.in_hand, claim=claim)

    def _idle(self) -> None:
        if self.in_hand is not None:
            number = self.in_hand.number
            self.close()
            self.tell(NoticeKind.INFO, message("reading.idle", number=number))

    def claim_ended(self, error: FarleadError) -> None:
        """The claim is lost: writing stops, what is written stays here."""
        if self.in_hand is None or self.lost:
            return
        self.lost = True
        self._tenure.end()
        self._kept[self.in_hand.study] = self.drafting.draft
        self.drafting.freeze()
        cause = _cause(error, self.settings)
        told = message("reading.claim_lost", number=self.in_hand.number, cause=cause)
        self.tell(NoticeKind.TROUBLE, told)
        self.waiting.refresh()
        self.changed.emit()

    def away(self, *, away: bool) -> None:
        """The database is away: the hold on the study in hand is checked when it is back."""
        self._tenure.away = away

    def hold(self, claim: Claim) -> None:
        """The hold on the study in hand as it is now."""
        job = self.in_hand
        if job is not None and job.study == claim.study and not self.lost:
            self.in_hand = replace(job, claim=claim)
            urgent = severity(job.row, self.clock()) >= Severity.URGENT
            self._tenure.begin(claim, urgent=urgent)
            self.changed.emit()

    def taken_meanwhile(self, reason: Message) -> None:
        """The study in hand is another's since the database was away; the text went to them."""
        job = self.in_hand
        if job is not None:
            self.claim_ended(ClaimLost(reason))
            self._kept.pop(job.study, None)

    def _trouble(self, error: FarleadError) -> None:
        self.tell(NoticeKind.TROUBLE, error.reason)

    def _released(self, outcome: Outcome[None]) -> None:
        # A claim that has ended by itself is as good as released; the draft was saved before.
        if not isinstance(outcome, Done) and not isinstance(outcome.error, ClaimError):
            self._trouble(outcome.error)
        self.waiting.refresh()


def _news(before: InHand, now: InHand) -> str:
    """Id of what is told about a study that has changed in the reader's hand."""
    if now.objects - before.objects:
        return "reading.object_arrived"
    if now.row.study.identity_conflict and not before.row.study.identity_conflict:
        return "reading.identity_doubted"
    return "reading.screening_arrived"


def _cause(error: FarleadError, settings: Settings) -> str:
    return error.text(settings.language)

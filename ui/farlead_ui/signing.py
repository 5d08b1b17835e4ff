"""Log-in, signing, retake, take-over and lock: the acts that ask something first. Plain; no Qt.

Nothing here opens a dialog: `panel` says what is asked beside the action bar. Signing goes on
in the background while the next study is opened; a failure brings the study back in front.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from psygnal import Signal

from farlead.errors import ClaimLost, FarleadError, StoreUnreachable
from farlead.messages import Message, message
from farlead.model.lives import ReportState
from farlead.model.report import Claim, Draft, ReportVersion
from farlead_ui.bridge import Cancel
from farlead_ui.desk_like import DeskLike
from farlead_ui.identity import IdentityModel
from farlead_ui.keeping import lane
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.taking import InHand
from farlead_ui.tasks import Done, Outcome, Refused
from farlead_ui.writing import WritingModel

# How often it is looked whether anybody is there.
_IDLE_LOOK_SECONDS = 5.0
# A retake can be called back for this long.
RETAKE_SECONDS = 10.0


class Panel(StrEnum):
    """What is asked at the moment."""

    NONE = "none"
    PIN = "pin"
    RETAKE = "retake"
    TAKE_OVER = "take_over"
    SKIP = "skip"
    IDENTITY = "identity"
    REJECT = "reject"
    OVERRULE = "overrule"
    FIGURES = "figures"
    PHRASE = "phrase"
    SEND_BACK = "send_back"


# Commands that help with what keeps a study from being signed.
_HELPS = {
    "store.identity_conflict": "study.confirm_identity",
    "desk.contradiction": "report.overrule",
    "desk.ungrounded": "suggestion.reject",
}

# Asked about the study in hand: goes away with it.
_ABOUT_HAND = {panel for panel in Panel if panel not in {Panel.NONE, Panel.TAKE_OVER}}


@dataclass(frozen=True, slots=True)
class _Retake:
    job: InHand
    draft: Draft
    reason: str
    hint: str
    cancel: Cancel


class SigningModel:
    """The acts that end a reading. The station is locked until the PIN has opened the key.

    Signals: `panel_changed` (another panel or another error in it), `locked_changed`, `signed`
    (a report version is final), `put_ready` (a report waits for its signature, the database is
    away).
    """

    panel_changed = Signal()
    locked_changed = Signal()
    signed = Signal(ReportVersion)
    put_ready = Signal()

    def __init__(self, reading: ReadingModel) -> None:
        self._reading = reading
        self._desk, self._tasks = reading.desk, reading.tasks
        self.panel = Panel.NONE
        self.panel_error: Message | None = None
        self.checking = False
        self.under_way = 0
        self.identity = IdentityModel(reading)
        self.writing = WritingModel(reading)
        self.logged_in = False
        self.locked_since: datetime | None = reading.clock()
        self._retakes: list[_Retake] = []
        reading.pause(paused=True)
        reading.changed.connect(self._study_changed)
        reading.scheduler.every(_IDLE_LOOK_SECONDS, self._lock_when_left)

    # -- signing

    def sign(self) -> None:
        """Sign what is in hand, then go on to the next; asks for the PIN when the key is closed."""
        reading = self._reading
        job = reading.in_hand
        if self.checking or self.locked_since is not None:
            return
        if job is None or job.open is None or not reading.writable:
            return
        too_early = self._too_early()
        if too_early is not None:
            reading.tell(NoticeKind.INFO, too_early)
            return
        self.checking = True
        work = partial(_checked, reading.desk, job, reading.drafting.draft)
        self._tasks.ordered("sign", work, partial(self._may, job.study))

    @property
    def may_sign(self) -> bool:
        """Whether the sheet in hand has been seen for the least time."""
        reading = self._reading
        least = reading.settings.signing.least_view_seconds
        return reading.seen and reading.viewed_seconds >= least

    def give_pin(self, pin: str) -> None:
        """Open the key and go on with what it is asked for: the desk, or the signature."""
        if not self.checking:
            self.checking = True
            opens = self._desk.unlock if self.locked_since is not None else self._desk.open_key
            work = partial(opens, pin)
            self._tasks.ordered("sign", work, partial(self._key_opened, self.locked_since))

    def _too_early(self) -> Message | None:
        """Why what is on the screen must not be signed yet."""
        reading = self._reading
        if reading.drafting.coming:
            return message("reading.statement_coming", text=reading.drafting.coming)
        if not reading.seen:
            return message("reading.nothing_painted")
        if not self.may_sign:
            seconds = reading.settings.signing.least_view_seconds
            return message("reading.not_seen_yet", seconds=seconds)
        return None

    def _may(self, study: int, outcome: Outcome[tuple[Message | None, bool]]) -> None:
        self.checking = False
        job = self._reading.in_hand
        if job is None or job.study != study or self.locked_since is not None:
            return  # the reader went on; nothing has been signed
        if not isinstance(outcome, Done):
            self._reading.tell(NoticeKind.TROUBLE, outcome.error.reason)
            return
        blocked, key_open = outcome.value
        if blocked is not None:
            self._reading.tell(NoticeKind.TROUBLE, blocked, _HELPS.get(blocked.id))
        elif not key_open and self._reading.waiting.away is None:
            self.ask(Panel.PIN)
        else:
            self._start()

    def _key_opened(self, locked_when_asked: datetime | None, outcome: Outcome[object]) -> None:
        """Go on with what the PIN was given for, if that is still asked."""
        self.checking = False
        wanted = self.locked_since is not None or self.panel is Panel.PIN
        if not wanted or self.locked_since != locked_when_asked:
            return  # locked or put off meanwhile
        if not isinstance(outcome, Done):
            self.panel_error = outcome.error.reason
            self.panel_changed.emit()
        elif self.locked_since is not None:
            self._unlocked()
        else:
            self._show(Panel.NONE)
            self.sign()  # everything is looked at again: the study may have changed meanwhile

    def _start(self) -> None:
        reading = self._reading
        too_early = self._too_early()
        if too_early is not None:
            reading.tell(NoticeKind.INFO, too_early)
            return
        draft, viewed = reading.drafting.draft, reading.viewed_seconds
        job = reading.detach()
        if job is None or job.claim is None:
            return
        self.under_way += 1
        work = partial(_signed_or_ready, self._desk, job.claim, draft, job.objects, viewed)
        self._tasks.ordered(lane(job.study), work, partial(self._signed, job, draft))
        reading.next()
        if self.under_way and reading.waiting.away is None:
            reading.tell(NoticeKind.INFO, message("reading.signing", number=job.number))

    def _signed(self, job: InHand, draft: Draft, outcome: Outcome[ReportVersion | None]) -> None:
        self.under_way -= 1
        reading = self._reading
        if isinstance(outcome, Done) and outcome.value is None:
            reading.tell(NoticeKind.DONE, message("outage.ready", number=job.number))
            self.put_ready.emit()
        elif isinstance(outcome, Done) and outcome.value is not None:
            reading.tell(NoticeKind.DONE, _told(job.number, outcome.value))
            self.signed.emit(outcome.value)
        elif isinstance(outcome, Refused):
            self._back_in_front(job, draft, outcome.error, "reading.not_signed")
        reading.waiting.refresh()

    def _back_in_front(self, job: InHand, draft: Draft, error: FarleadError, told: str) -> None:
        reading = self._reading
        reading.bring_back(job, draft)
        if isinstance(error, ClaimLost):
            reading.claim_ended(error)
        cause = error.text(reading.settings.language)
        reading.tell(NoticeKind.TROUBLE, Message(told, {"number": job.number, "cause": cause}))

    # -- panels

    def ask(self, panel: Panel) -> None:
        """Open a panel; one about the study in hand only while that is held."""
        if panel not in _ABOUT_HAND or self._reading.writable:
            self._show(panel)

    def confirm_identity(self) -> None:
        """The panel's own confirmation."""
        self._show(Panel.NONE)
        self.identity.confirm()

    def cancel(self) -> None:
        """Close the panel; nothing has happened."""
        self._show(Panel.NONE)

    def take_over(self, reason: str) -> None:
        """Take the selected study from its holder."""
        selected = self._reading.waiting.selected
        if selected is not None and reason.strip():
            self._show(Panel.NONE)
            self._reading.take(selected, over=reason.strip())

    def skip(self, reason: str) -> None:
        """Pass the study on to another reader, and say why; what is written stays as its draft."""
        reading = self._reading
        if not reason.strip() or not reading.writable:
            return
        self._show(Panel.NONE)
        draft = reading.drafting.draft
        job = reading.detach()
        if job is None or job.claim is None:
            return
        work = partial(self._desk.skip, job.claim, reason.strip())
        self._tasks.ordered(lane(job.study), work, partial(self._skipped, job, draft))

    def _skipped(self, job: InHand, draft: Draft, outcome: Outcome[None]) -> None:
        if isinstance(outcome, Done):
            self._reading.next()  # not before: where studies are dealt it would be dealt again
            told = message("reading.skipped", number=job.number)
            self._reading.tell(NoticeKind.INFO, told)
        else:
            self._back_in_front(job, draft, outcome.error, "reading.not_skipped")
        self._reading.waiting.refresh()

    def retake(self, reason: str, hint: str) -> None:
        """Ask the unit to record again; goes out after ten seconds and can be called back."""
        reading = self._reading
        self._show(Panel.NONE)
        draft = reading.drafting.draft
        job = reading.detach() if reading.writable else None
        if job is None or job.claim is None:
            return
        cancel = reading.scheduler.once(RETAKE_SECONDS, self.send_retakes)
        self._retakes.append(_Retake(job, draft, reason, hint, cancel))
        reading.next()
        told = message("reading.retake_pending", number=job.number, seconds=int(RETAKE_SECONDS))
        reading.tell(NoticeKind.INFO, told, "study.undo_retake")

    @property
    def can_call_back(self) -> bool:
        """Whether a retake has not gone out yet."""
        return bool(self._retakes)

    def call_back(self) -> None:
        """Call the last retake back."""
        if self._retakes:
            waiting = self._retakes.pop()
            waiting.cancel()
            self._reading.bring_back(waiting.job, waiting.draft)
            told = message("reading.retake_called_back", number=waiting.job.number)
            self._reading.tell(NoticeKind.DONE, told)

    def send_retakes(self) -> None:
        """Send what waits; at the end of the ten seconds, and when the window closes."""
        for waiting in self._retakes:
            waiting.cancel()
            claim = waiting.job.claim
            if claim is not None:
                work = partial(self._desk.retake, claim, waiting.reason, waiting.hint)
                self._tasks.ordered(lane(claim.study), work, partial(self._retaken, waiting))
        self._retakes.clear()

    def _retaken(self, waiting: _Retake, outcome: Outcome[None]) -> None:
        if isinstance(outcome, Done):
            told = message("reading.retake_sent", number=waiting.job.number)
            self._reading.tell(NoticeKind.DONE, told)
        else:
            self._back_in_front(waiting.job, waiting.draft, outcome.error, "reading.retake_failed")
        self._reading.waiting.refresh()

    # -- lock

    def lock(self) -> None:
        """Hide everything clinical; the draft is saved, the key closed, the lease runs out."""
        if self.locked_since is None:
            self.locked_since = self._reading.clock()
            self._show(Panel.NONE)
            self._reading.pause(paused=True)
            self._tasks.ordered("sign", self._desk.close_key, self._key_closed)
            self.locked_changed.emit()

    def enter(self) -> None:
        """The reader has signed in just now: the desk is open."""
        if self.locked_since is not None:
            self._reading.activity()
            self._unlocked()

    def _lock_when_left(self) -> None:
        """Nobody at the keyboard: what is on the screen is hidden, the lease runs out."""
        allowed = self._reading.settings.lock_seconds
        if self.locked_since is None and self._reading.idle.total_seconds() > allowed:
            self.lock()

    def _unlocked(self) -> None:
        first = not self.logged_in
        self.locked_since, self.logged_in = None, True
        self._reading.pause(paused=False)
        self.panel_error = None
        self.locked_changed.emit()
        if first:
            self.writing.read_phrases()
            self._reading.waiting.start()  # nothing is read from the store before log-in

    def _key_closed(self, outcome: Outcome[None]) -> None:
        if not isinstance(outcome, Done):
            self._reading.tell(NoticeKind.TROUBLE, outcome.error.reason)

    def _show(self, panel: Panel) -> None:
        if panel is not self.panel or self.panel_error is not None:
            self.panel, self.panel_error = panel, None
            self.panel_changed.emit()

    def _study_changed(self) -> None:
        """What was asked about one study, as it was then, is not asked about another."""
        reading = self._reading
        job, about = reading.in_hand, self.panel
        stands = reading.writable and (reading.seen or about is Panel.RETAKE)
        if about not in _ABOUT_HAND or stands:
            return
        self._show(Panel.NONE)
        if about is Panel.PIN and job is not None and reading.writable:
            told = message("reading.signature_put_off", number=job.number)
            reading.tell(NoticeKind.TROUBLE, told)


def _signed_or_ready(
    desk: DeskLike, claim: Claim, draft: Draft, seen: frozenset[str], viewed: float
) -> ReportVersion | None:
    """Sign; while the database is away nothing is signed, and the report waits ready: None."""
    try:
        desk.viewed(claim.study, viewed)
        return desk.sign(claim, draft, seen)
    except StoreUnreachable:
        desk.put_ready(claim, draft, seen)
        return None


def _told(number: str, version: ReportVersion) -> Message:
    """What a signature has led to."""
    if version.state is ReportState.FIRST_SIGNED:
        return message("review.first_signed", number=number, version=version.version)
    if version.reviewer is not None:
        return message("review.countersigned", number=number, version=version.version)
    return message("reading.signed", number=number, version=version.version)


def _checked(desk: DeskLike, job: InHand, draft: Draft) -> tuple[Message | None, bool]:
    if job.open is None:
        raise AssertionError("only an opened study is signed")
    return desk.blocked_by(job.open, draft), desk.key_open()

"""The open cases of critical values, and the one in the column. Plain; no Qt.

Cases do not belong to the study in hand: they stay until somebody has ended them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from psygnal import Signal

from farlead.messages import Message, message
from farlead.model.critical import CallMade, Contact, CriticalCase, lacking
from farlead.model.escalation import UNOPENED, Escalation, Mark, Tells
from farlead.model.lives import CaseState
from farlead.model.people import Role
from farlead_ui.desk_like import DeskLike
from farlead_ui.reading import NoticeKind, ReadingModel
from farlead_ui.tasks import Done, Outcome

Listed = tuple[tuple[CriticalCase, tuple[Contact, ...]], ...]

# How often the clocks are looked at, also while nothing else changes.
LOOK_SECONDS = 2.0

_ADDRESSED = {Tells.SENIOR_READER: Role.SENIOR_READER, Tells.DUTY_MANAGER: Role.MANAGER}


class CasesModel:
    """What is open, what stands in the column, and what was refused there.

    Signals: `changed` (the open cases), `shown_changed` (another case in the column, or its
    content), `error_changed`, `alarmed` (a mark that concerns this seat was reached), `called` (a
    call of this seat has been recorded in the case shown).
    """

    changed = Signal()
    shown_changed = Signal()
    error_changed = Signal()
    alarmed = Signal()
    called = Signal()

    def __init__(self, reading: ReadingModel) -> None:
        self._reading, self._desk, self._tasks = reading, reading.desk, reading.tasks
        self.running: tuple[CriticalCase, ...] = ()  # suspicions too
        self.open: tuple[CriticalCase, ...] = ()  # and what nobody has looked at in time
        self.shown: CriticalCase | None = None
        self.declaring: int | None = None  # study of which a critical value is being declared
        self.error: Message | None = None
        self.under_way = False
        self.made: CallMade | None = None  # the last call that was recorded here
        self.opens_itself = True  # there is room for the column beside the report
        self._contacts: dict[int, tuple[Contact, ...]] = {}
        self._known: set[int] = set()
        self._mine: set[int] = set()  # studies that were in hand here
        self._marks: set[tuple[int, int]] | None = None  # that were told here; None: none read yet
        reading.waiting.changed.connect(self.refresh)
        reading.saved_changed.connect(self.refresh)
        reading.changed.connect(self._study_changed)
        reading.scheduler.every(LOOK_SECONDS, self.refresh)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Marks of the clock of the case shown: reached ones as they were, others as they are set.

        Who was told keeps his place when the settings change while the clock runs.
        """
        case = self.shown
        known = {} if case is None else {each.mark.number: each.mark for each in case.escalations}
        unopened = case is None or (case.opened is not None and UNOPENED not in known)
        return tuple(
            known.get(mark.number, mark)
            for mark in self._desk.marks
            if not (unopened and mark.number == UNOPENED)
        )

    @property
    def visible(self) -> bool:
        """Whether the column is there."""
        return self.shown is not None or self.declaring is not None

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """Whom to call about the case in the column, the first one first."""
        return () if self.shown is None else self._contacts.get(self.shown.id, ())

    def elapsed(self, case: CriticalCase) -> timedelta:
        """How long the clock of a case has run; it stands still once the case has ended."""
        until: datetime = case.closed or self._reading.clock()
        return max(until - case.since, timedelta(0))

    def refresh(self) -> None:
        """Read the open cases; nothing is read before log-in."""
        if self._reading.waiting.worklist is not None:
            self._tasks.latest("cases", partial(_listed, self._desk), self._read)

    # -- what stands in the column

    def press(self) -> None:
        """Show the case of the study in hand; where there is none, declare one.

        With nothing in hand the case whose clock runs longest is shown; never another patient's
        beside a study that is only looked at.
        """
        job = self._reading.in_hand
        own = next((c for c in self.running if job is not None and c.study == job.study), None)
        if own is not None:
            self._show(own)
        elif job is not None and self._reading.writable:
            self._declare(job.study)
        elif job is not None:
            self._reading.tell(NoticeKind.INFO, message("critical.not_held", number=job.number))
        elif self.open:
            self._show(self.open[0])
        else:
            self._reading.tell(NoticeKind.INFO, message("critical.none_open"))

    def show(self, case_id: int) -> None:
        """Put a running case into the column."""
        case = next((case for case in self.running if case.id == case_id), None)
        if case is not None:
            self._show(case)

    def step(self, by: int) -> None:
        """The next or previous open case."""
        if self.open:
            ids = [case.id for case in self.open]
            here = ids.index(self.shown.id) if self.shown and self.shown.id in ids else -by
            self._show(self.open[(here + by) % len(ids)])

    def hide(self) -> None:
        """Take the column away; the case goes on."""
        self.shown = self.declaring = None
        self._say(None)
        self.shown_changed.emit()

    # -- acts

    def declare(self, text: str) -> None:
        """Declare a critical value of the study in hand, in the reader's words."""
        job, study = self._reading.in_hand, self.declaring
        if study is None or job is None or job.claim is None or job.study != study:
            return
        if not text.strip():
            self._say(message("critical.lacks_finding"))
            return
        self._act(partial(self._desk.open_case, job.claim, text))

    def confirm(self) -> None:
        """Take the suspicion shown as a critical value."""
        if self.shown is not None:
            self._act(partial(self._desk.confirm_case, self.shown.id))

    def record(self, made: CallMade) -> None:
        """Record a call in the case shown."""
        if self.shown is not None:
            self._act(partial(self._desk.record_call, self.shown.id, made), made)

    def lacks(self, ending: CaseState, words: str) -> Message | None:
        """What is missing for the case shown to end so."""
        calls = (call.made for call in self.shown.calls) if self.shown is not None else ()
        suspected = self.shown is not None and self.shown.state is CaseState.SUSPECTED
        return lacking(calls, ending, words, words, suspected=suspected)

    def close(self, ending: CaseState, words: str) -> None:
        """End the case shown; `words`: the reason, or who took over."""
        lacks = self.lacks(ending, words)
        if self.shown is None or lacks is not None:
            self._say(lacks)
            return
        reason = words if ending is CaseState.NOT_CRITICAL else ""
        taker = words if ending is CaseState.UNREACHABLE else ""
        self._act(
            partial(
                self._desk.close_case, self.shown.id, ending, reason=reason, taken_over_by=taker
            )
        )

    def _act(self, work: Callable[[], CriticalCase], made: CallMade | None = None) -> None:
        if not self.under_way:
            self.under_way = True
            self._tasks.ordered("case", work, partial(self._acted, made))

    def _acted(self, made: CallMade | None, outcome: Outcome[CriticalCase]) -> None:
        self.under_way = False
        if isinstance(outcome, Done):
            case = outcome.value
            self._known.add(case.id)
            if self.shown is None or self.shown.id == case.id:  # else the reader has gone on
                self._show(case)
                if made is not None:
                    self.made = made
                    self.called.emit()
            if not case.running:
                told = message(f"critical.ended_{case.state}", number=case.number)
                self._reading.tell(NoticeKind.DONE, told)
        else:
            self._say(outcome.error.reason)
        self.refresh()

    # -- following

    def _read(self, outcome: Outcome[Listed]) -> None:
        if not isinstance(outcome, Done):
            self._reading.tell(NoticeKind.TROUBLE, outcome.error.reason)
            return
        self.running = tuple(case for case, _ in outcome.value)
        self.open = tuple(c for c in self.running if c.state is CaseState.OPEN or c.escalations)
        self._contacts = {case.id: contacts for case, contacts in outcome.value}
        self._follow_shown()
        self.changed.emit()
        accepted = [case for case in self.open if case.state is CaseState.OPEN]
        for case in accepted:
            if self._opens(case):
                self._show(case)  # what has just been accepted here
        self._known.update(case.id for case in accepted)
        self._follow_marks()

    def _opens(self, case: CriticalCase) -> bool:
        """Whether a case takes the column by itself: never from one that is being told about.

        Who writes there goes on writing; what was accepted of the study in hand comes before it.
        """
        if not self.opens_itself or case.id in self._known or case.study not in self._mine:
            return False
        job = self._reading.in_hand
        own = job is not None and job.study == case.study
        running = self.shown is not None and self.shown.running
        return own or not (running or self.declaring is not None)

    def _follow_marks(self) -> None:
        """Tell of marks that were reached since the last look, where they concern this seat."""
        reached = {(c.id, e.mark.number): (c, e) for c in self.running for e in c.escalations}
        known, self._marks = self._marks, set(reached)
        new = [] if known is None else [reached[key] for key in sorted(set(reached) - known)]
        mine = [each for each in new if self._concerns(*each)]
        if mine:
            self._reading.tell(NoticeKind.TROUBLE, _alarm(*mine[-1]))
            self.alarmed.emit()

    def _concerns(self, case: CriticalCase, reached: Escalation) -> bool:
        """All stations, the role that is told, and whoever has the case in hand."""
        role = _ADDRESSED.get(reached.mark.tells)
        return role in (None, self._desk.account.role) or case.study in self._mine

    def _follow_shown(self) -> None:
        """The case in the column as it is now; one that a colleague has ended goes away."""
        here = self.shown
        if here is None or not here.running:
            return
        now = next((case for case in self.running if case.id == here.id), None)
        if now is None and not self.under_way:
            self.hide()
            told = message("critical.ended_elsewhere", number=here.number)
            self._reading.tell(NoticeKind.INFO, told)
        elif now is not None and now != here:
            self.shown = now
            self.shown_changed.emit()
        elif now is not None:
            self.shown_changed.emit()  # its contacts are known now

    def _study_changed(self) -> None:
        job = self._reading.in_hand
        if job is not None and job.claim is not None:
            self._mine.add(job.study)
        if self.declaring is not None and (job is None or job.study != self.declaring):
            self.hide()

    def _show(self, case: CriticalCase) -> None:
        self.shown, self.declaring = case, None
        self._say(None)
        self.shown_changed.emit()

    def _declare(self, study: int) -> None:
        self.shown, self.declaring = None, study
        self._say(None)
        self.shown_changed.emit()

    def _say(self, error: Message | None) -> None:
        if error != self.error:
            self.error = error
            self.error_changed.emit()


def _alarm(case: CriticalCase, reached: Escalation) -> Message:
    minutes = f"{reached.mark.after.total_seconds() / 60:g}"
    told = "critical.alarm_unopened" if reached.mark.number == UNOPENED else "critical.alarm_late"
    return message(
        told,
        unit=case.unit.name,
        number=case.number,
        minutes=minutes,
        tells=f"@reporting.case.tells_{reached.mark.tells}",
    )


def _listed(desk: DeskLike) -> Listed:
    return tuple((case, tuple(desk.contacts(case))) for case in desk.cases())

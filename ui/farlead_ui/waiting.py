"""The list as this seat sees it: rows, tab, filters, selection. Plain; no Qt.

Selection is by study, so that new rows never move it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from psygnal import Signal

from farlead.errors import FarleadError, StoreBusy, StoreUnreachable
from farlead.messages import Message
from farlead.model.lives import StudyState
from farlead.model.people import Role
from farlead.model.study import Kind, Priority, Severity
from farlead.model.worklist import Filter, Row, Worklist, severity, unknown
from farlead.settings import Clock
from farlead_ui.bridge import Scheduler
from farlead_ui.desk_like import DeskLike
from farlead_ui.tasks import Done, Outcome, Tasks

# How often the change counter is asked, and how old the list may get without a change.
POLL_SECONDS = 0.25
REFRESH_SECONDS = 15.0
#: The whole list.
ALL = Filter()


class Tab(StrEnum):
    """The three views of one list."""

    INSTANT = "instant"  # everything, most urgent first
    BATCH = "batch"  # routine ECGs whose screening is known and at most a remark
    MINE = "mine"  # held by me, or sent back to me
    REVIEW = "review"  # waits for a second signature; second readers only


class WaitingModel:
    """The list, its narrowing and its selection.

    Parameters
    ----------
    desk : DeskLike
    tasks : Tasks
    scheduler : Scheduler
    clock : callable returning the aware time

    Notes
    -----
    Signals: `changed`, `selection_changed`, `away_changed` (the database is away, or back).
    """

    changed = Signal()
    selection_changed = Signal()
    away_changed = Signal()

    def __init__(self, desk: DeskLike, tasks: Tasks, scheduler: Scheduler, clock: Clock) -> None:
        self._desk = desk
        self._tasks = tasks
        self._scheduler = scheduler
        self._clock = clock
        self._counter: int | None = None
        self._read_at: datetime | None = None
        self.worklist: Worklist | None = None
        self.trouble: Message | None = None
        self.away: Message | None = None  # why the database cannot be reached
        self._asking = False
        self.tab = Tab.INSTANT
        self.filter = Filter()
        self.selected: int | None = None
        self.interrupted: int | None = None  # still held, an urgent one is read instead
        self._shown: dict[Tab, tuple[Row, ...]] = {}  # rows of the tabs since the last change
        self._numbered: tuple[Iterable[Row], dict[int, Row]] = (), {}

    def start(self) -> None:
        """Read the list and watch for changes from now on."""
        self.refresh()
        self._scheduler.every(POLL_SECONDS, self.poll)

    def poll(self) -> None:
        """Ask whether something changed; read again when it did or the figures grow old.

        An answer that is waited for is not asked for again: it says whether the database is there.
        """
        if self._asking:
            return
        self._asking = True
        self._tasks.latest("changed", self._desk.changed, self._polled)

    def refresh(self) -> None:
        """Read the list."""
        self._tasks.latest("worklist", self._desk.worklist, self._read)

    @property
    def reviews(self) -> bool:
        """Whether this reader gives second signatures."""
        return self._desk.account.role is Role.SENIOR_READER

    def show(self, tab: Tab) -> None:
        """Change to another tab."""
        self.tab = tab
        self._keep_selection(self.rows())
        self.changed.emit()

    def narrow(self, wanted: Filter = ALL) -> None:
        """Show a part of the list only."""
        self.filter = wanted
        self._shown.clear()
        self._keep_selection(self.rows())
        self.changed.emit()

    def select(self, study: int | None) -> None:
        """Put the selection on a study."""
        if study != self.selected:
            self.selected = study
            self.selection_changed.emit()

    def interrupt(self, study: int | None) -> None:
        """Note which study is held, an urgent one being read instead; None: none is."""
        self.interrupted = study
        self.changed.emit()

    def row(self, study: int | None) -> Row | None:
        """Row of a study, where it is in the list."""
        rows = self.all_rows()
        if rows is not self._numbered[0]:
            self._numbered = rows, {row.study.id: row for row in rows}
        return self._numbered[1].get(study) if study is not None else None

    def rows(self, tab: Tab | None = None) -> tuple[Row, ...]:
        """Rows that a tab shows (the present one), unreadable files last."""
        tab = tab or self.tab
        if tab not in self._shown:
            now = self._clock()
            wanted = self.filter
            shown = [
                row
                for row in self.all_rows()
                if wanted.passes(row, now) and self._in(row, tab, now)
            ]
            self._shown[tab] = tuple(sorted(shown, key=quarantined))
        return self._shown[tab]

    def counts(self) -> dict[Severity, int]:
        """How many wait, by severity; unreadable files apart."""
        now = self._clock()
        ranks = [severity(row, now) for row in self.all_rows() if self._to_read(row, now)]
        return {rank: ranks.count(rank) for rank in Severity}

    def unreadable(self) -> int:
        """How many files could not be read."""
        listed = sum(1 for row in self.all_rows() if quarantined(row))
        return max(listed, self.worklist.quarantined if self.worklist else 0)

    def mine(self, row: Row) -> bool:
        """Whether this reader holds a row."""
        return row.claim is not None and row.claim.account == self._desk.account.id

    def free(self, row: Row) -> bool:
        """Whether a row can be taken."""
        if quarantined(row) or (row.review is not None and not self._may_review(row)):
            return False
        return row.claim is None or self.mine(row)

    def _may_review(self, row: Row) -> bool:
        """Whether this reader may give the second signature that a row waits for."""
        own = row.review is not None and row.review.author == self._desk.account.id
        return self.reviews and not own

    def _to_read(self, row: Row, now: datetime) -> bool:
        """Whether a row is work of the list: not a file, not one that only waits for a review."""
        if quarantined(row):
            return False
        return row.review is None or (self._may_review(row) and row.review.escalated(now))

    def next_free(self, after: int | None) -> int | None:
        """First free study of the present tab below `after`, else from the top."""
        return next((row.study.id for row in self.following(after)), None)

    def following(self, after: int | None) -> list[Row]:
        """Free studies of the present tab, those below `after` first."""
        rows = self.rows()
        places = {row.study.id: place for place, row in enumerate(rows)}
        start = places[after] + 1 if after in places else 0
        turned = (*rows[start:], *rows[:start])
        return [row for row in turned if self.free(row) and row.study.id != after]

    def units(self) -> list[tuple[str, str]]:
        """Code and name of the units that are in the list."""
        return sorted({(row.study.unit.code, row.study.unit.name) for row in self.all_rows()})

    def days(self) -> list[date]:
        """Days on which what is in the list arrived, the newest first."""
        return sorted({row.study.arrived.astimezone().date() for row in self.all_rows()})[::-1]

    def all_rows(self) -> Iterable[Row]:
        """The whole list in its order, whatever is shown of it."""
        return self.worklist.rows if self.worklist else ()

    def _in(self, row: Row, tab: Tab, now: datetime) -> bool:
        match tab:
            case Tab.INSTANT:
                return quarantined(row) or self._to_read(row, now) or self.mine(row)
            case Tab.BATCH:
                return self._to_read(row, now) and row.review is None and _for_batch(row, now)
            case Tab.MINE:
                return self.mine(row) or self._my_report(row)
            case Tab.REVIEW:
                return row.review is not None and self._may_review(row)

    def _my_report(self, row: Row) -> bool:
        """Whether this reader wrote a report that is sent back, or waits for a review."""
        me = self._desk.account.id
        return row.sent_back_to == me or (row.review is not None and row.review.author == me)

    def _polled(self, outcome: Outcome[int]) -> None:
        self._asking = False
        if not isinstance(outcome, Done):
            self._set_away(outcome.error)
            self._told(outcome.error.reason)
            return
        self._set_away(None)
        if self.trouble is not None:
            self.refresh()
        if outcome.value != self._counter or self._old():
            self._counter = outcome.value
            self.refresh()

    def _set_away(self, error: FarleadError | None) -> None:
        away = error.reason if isinstance(error, StoreUnreachable | StoreBusy) else None
        if (away is None) != (self.away is None):
            self.away = away
            self.away_changed.emit()

    def _old(self) -> bool:
        if self._read_at is None:
            return True
        return (self._clock() - self._read_at).total_seconds() > REFRESH_SECONDS

    def _read(self, outcome: Outcome[Worklist]) -> None:
        self._read_at = self._clock()
        if not isinstance(outcome, Done):
            self._told(outcome.error.reason)
            return
        before = self.rows()
        self.worklist, self.trouble = outcome.value, None
        self._shown.clear()
        self._keep_selection(before)
        self.changed.emit()

    def _told(self, reason: Message) -> None:
        self.trouble = reason
        self.changed.emit()

    def _keep_selection(self, before: tuple[Row, ...]) -> None:
        """Stay on the study; when it has gone, on what now stands in its place."""
        rows = self.rows()
        if any(row.study.id == self.selected for row in rows):
            return
        places = [row.study.id for row in before]
        place = places.index(self.selected) if self.selected in places else 0
        self.select(rows[min(place, len(rows) - 1)].study.id if rows else None)


def quarantined(row: Row) -> bool:
    """Whether a row is a file that could not be read."""
    return row.study.state is StudyState.QUARANTINED


def _for_batch(row: Row, now: datetime) -> bool:
    """What is checked already only waits for its signature."""
    return (
        row.study.kind is Kind.ECG
        and row.study.state is not StudyState.CHECKED
        and row.study.request.priority is Priority.ROUTINE
        and row.screening is not None
        and not unknown(row, now)
        and severity(row, now) <= Severity.REMARK
    )

"""Search among all studies: what is asked, what was found, and opening one. Plain; no Qt."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from psygnal import Signal

from farlead.messages import Message, message
from farlead.model.lives import StudyState
from farlead.model.search import SearchMark, SearchPage, SearchQuery
from farlead.model.worklist import Row
from farlead_ui.reading import ReadingModel
from farlead_ui.tasks import Done, Outcome

#: Taken like any study of the list; all others are only looked at.
_TO_READ = {StudyState.WAITING, StudyState.CLAIMED, StudyState.CHECKED, StudyState.QUARANTINED}


class SearchModel:
    """One search at a time.

    Signals: `changed` (what was found, or why nothing), `finished` (a study is being opened).

    Parameters
    ----------
    reading : ReadingModel
    """

    changed = Signal()
    finished = Signal()

    def __init__(self, reading: ReadingModel) -> None:
        self._reading = reading
        self.found: tuple[Row, ...] = ()
        self.more: SearchMark | None = None
        self.error: Message | None = None
        self.busy = False
        self.asked: SearchQuery | None = None  # what `found` is the answer to

    @property
    def units(self) -> Sequence[tuple[str, str]]:
        """Code and name of the units that can be asked for."""
        return [(unit.code, unit.name) for unit in self._reading.settings.units]

    def search(self, query: SearchQuery, since: str = "", until: str = "") -> None:
        """Look for studies; days as ``2026-11-22``, both included."""
        try:
            begin, end = _day(since), _day(until)
        except ValueError:
            self._say(message("desk.search_day"))
            return
        last = end + timedelta(days=1) if end is not None else None
        self.asked = replace(query, begin=begin, end=last)
        self.found, self.more = (), None
        self._ask(self.asked)

    def on(self) -> None:
        """The next page below what is there."""
        if self.more is not None and self.asked is not None and not self.busy:
            self._ask(replace(self.asked, after=self.more))

    def open(self, row: Row) -> None:
        """Open a study: taken where it waits for a reader, else looked at."""
        self.finished.emit()
        if row.study.state in _TO_READ:
            self._reading.take(row.study.id)
        else:
            self._reading.look(row.study.id)

    def _ask(self, query: SearchQuery) -> None:
        self.busy, self.error = True, None
        self.changed.emit()
        work = partial(self._reading.desk.search, query)
        self._reading.tasks.latest("search", work, self._answered)

    def _answered(self, outcome: Outcome[SearchPage]) -> None:
        self.busy = False
        if not isinstance(outcome, Done):
            self._say(outcome.error.reason)
            return
        self.found = (*self.found, *outcome.value.rows)
        self.more = outcome.value.more
        self.changed.emit()

    def _say(self, error: Message) -> None:
        self.error = error
        self.changed.emit()


def _day(text: str) -> datetime | None:
    """Midnight here of a day; None for nothing; ValueError for what is no day."""
    return datetime.strptime(text.strip(), "%Y-%m-%d").astimezone() if text.strip() else None

"""Numbers of some days, and what they are gathered by. Plain; no Qt."""

from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

from psygnal import Signal

from farlead.messages import Language, Message, message
from farlead.model.numbers import Numbers, Period
from farlead.settings import Clock
from farlead_ui.tasks import Done, Outcome, Tasks

#: Spans that are one key away, in days, and how they are gathered.
SPANS = ((7, Period.DAY), (30, Period.DAY), (91, Period.WEEK), (365, Period.MONTH))


class NumbersLike(Protocol):
    """Where numbers come from; blocks."""

    def numbers(self, first: date, last: date, period: Period) -> Numbers:
        """What happened in these days."""

    def export(self, numbers: Numbers, file: Path, language: Language) -> None:
        """Write them to a file; logged."""


class NumbersModel:
    """The span that is looked at and its numbers.

    Signals: `changed`.

    Parameters
    ----------
    source : NumbersLike
    tasks : Tasks
    clock : callable returning the aware time
    """

    changed = Signal()

    def __init__(self, source: NumbersLike, tasks: Tasks, clock: Clock) -> None:
        self._source, self._tasks, self._clock = source, tasks, clock
        self.span, self.period = SPANS[1]
        self.section = "periods"
        self.numbers: Numbers | None = None
        self.error: Message | None = None
        self.told: Message | None = None
        self.looking = False

    def look(self, span: int, period: Period) -> None:
        """Look at the last `span` days, today among them."""
        self.span, self.period, self.looking = span, period, True
        self.told = None
        last = self._clock().astimezone().date()
        work = partial(self._source.numbers, last - timedelta(days=span - 1), last, period)
        self._tasks.latest("numbers", work, self._looked)
        self.changed.emit()

    def show(self, section: str) -> None:
        """List by something else."""
        self.section = section
        self.changed.emit()

    def export(self, file: Path, language: Language) -> None:
        """Write what is shown to a file."""
        if self.numbers is None:
            return
        work = partial(self._source.export, self.numbers, file, language)
        self._tasks.ordered("numbers", work, partial(self._written, file))

    def _looked(self, outcome: Outcome[Numbers]) -> None:
        self.looking = False
        if isinstance(outcome, Done):
            self.numbers, self.error = outcome.value, None
        else:
            self.error = outcome.error.reason
        self.changed.emit()

    def _written(self, file: Path, outcome: Outcome[None]) -> None:
        if isinstance(outcome, Done):
            self.told, self.error = message("numbers.written", file=str(file)), None
        else:
            self.error = outcome.error.reason
        self.changed.emit()
